"""Access legs: to the nearest usable street, never across a barrier, bridges only at their ends."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from geo.barriers import BarrierIndex
from geo.network import build
from geo.street_index import StreetIndex, WidenedIndex
from tests.geo.toy import CRS, TOY_PROFILES, edge_frame, node_frame, toy, xy

STREET = [(0, 1, [(0.0, 0.0), (100.0, 0.0)], {}), (2, 3, [(0.0, 60.0), (100.0, 60.0)], {})]
ENDS = [(0, 0), (100, 0), (0, 60), (100, 60)]


def wall(*points: tuple[float, float]) -> gpd.GeoDataFrame:
    line = LineString(xy(*points))
    return gpd.GeoDataFrame({"kind": ["wall"], "name": [""]}, geometry=[line], crs=CRS)


def index(streets=STREET, ends=ENDS, barriers: gpd.GeoDataFrame | None = None) -> StreetIndex:
    network = build(node_frame(ends, {}), edge_frame(streets), {"walk": TOY_PROFILES["walk"]})
    known = None if barriers is None else BarrierIndex(barriers)
    return StreetIndex(network, network.graphs["walk"].usable, known)


def toy_index(profile: str = "walk", *, barriers: bool = True) -> StreetIndex:
    network = toy().network()
    known = BarrierIndex(toy().barriers) if barriers else None
    return StreetIndex(network, network.graphs[profile].usable, known)


def test_the_nearest_street_is_taken_and_measured():
    link = index().link(xy((30, 20), (30, 50), (-30, 40), (30, 320)))
    # 20 m and 10 m aside; 30 m west and 20 m south of the corner (0, 60); beyond 250 m.
    assert link.edge.tolist() == [0, 1, 1, -1]
    assert link.offset_m[:3].tolist() == [30.0, 30.0, 0.0]
    assert link.leg_m[:3] == pytest.approx([20.0, 10.0, np.hypot(30, 20)], abs=1e-9)
    assert link.xy[:3].tolist() == xy((30, 0), (30, 60), (0, 60)).tolist()
    assert np.isnan(link.leg_m[3])


def test_a_leg_of_just_the_longest_length_is_allowed():
    link = index().link(xy((50, 60 + 250), (50, 60 + 250.01)))
    assert link.edge.tolist() == [1, -1]
    assert index().link(xy((50, 61)), max_access_m=0.5).edge.tolist() == [-1]


def test_equally_near_streets_go_to_the_lower_row():
    assert index().link(xy((50, 30))).edge.tolist() == [0]
    assert index(STREET[::-1], ENDS).link(xy((50, 30))).edge.tolist() == [0]


def test_a_street_behind_a_wall_is_passed_over_for_the_next():
    place = xy((50, 20))
    assert index().link(place).edge.tolist() == [0]
    between = index(barriers=wall((0, 10), (100, 10)))
    assert between.link(place).edge.tolist() == [1]
    # The leg goes to the street's nearest point or not at all: around the end of the wall is no
    # straight line.
    short = index(barriers=wall((45, 10), (55, 10)))
    assert short.link(place).edge.tolist() == [1]
    enclosed = Polygon(xy((40, 10), (60, 10), (60, 30), (40, 30)))
    frame = gpd.GeoDataFrame({"kind": ["wall"], "name": [""]}, geometry=[enclosed], crs=CRS)
    assert index(barriers=frame).link(place).edge.tolist() == [-1]


def test_touching_a_barrier_is_not_crossing_it():
    on_street = index(barriers=wall((0, 0), (100, 0)))  # a wall along the street itself
    assert on_street.link(xy((50, 20))).edge.tolist() == [0]
    at_place = index(barriers=wall((0, 20), (100, 20)))
    assert at_place.link(xy((50, 20))).edge.tolist() == [0]


def test_a_leg_through_the_corner_of_a_wall_crosses_it():
    corner = index(barriers=wall((0, 5), (50, 10), (100, 5)))
    assert corner.link(xy((50, 20))).edge.tolist() == [1]


def test_offsets_run_along_all_vertices_and_snap_to_the_ends():
    bent = [(0, 1, [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)], {})]
    bend = index(bent, [(0, 0), (100, 50)])
    link = bend.link(xy((110, 20), (0.03, 4), (200, 49.97), (50, 1)))
    assert link.offset_m.tolist() == [120.0, 0.0, 150.0, 50.0]
    # What the snap leaves out is walked.
    assert link.leg_m[1:3] == pytest.approx([4.03, 100.03], abs=1e-6)


def test_bridges_offer_their_ends_only():
    ends = [(0, 0), (100, 0), (200, 0), (300, 0), (400, 0)]
    streets = [
        (0, 1, [ends[0], ends[1]], {}),
        (1, 2, [ends[1], ends[2]], {"bridge": True}),
        (2, 3, [ends[2], ends[3]], {"bridge": True}),
        (3, 4, [ends[3], ends[4]], {"tunnel": True}),
    ]
    link = index(streets, ends).link(xy((140, 0), (200, 10), (310, 0), (380, 0)))
    # The first two go back to where the bridge begins, which the street shares; the middle joints
    # are no ends. The tunnel's far end is a place of its own.
    assert link.edge.tolist() == [0, 0, 3, 3]
    assert link.offset_m.tolist() == [100.0, 100.0, 100.0, 100.0]
    assert link.leg_m == pytest.approx([40.0, np.hypot(100, 10), 90.0, 20.0], abs=1e-9)


def test_both_ends_of_a_lonely_bridge_are_tried():
    bridge = [(0, 1, [(0.0, 0.0), (100.0, 0.0)], {"bridge": True})]
    lonely = index(bridge, ENDS[:2], wall((20, -50), (20, 50)))
    link = lonely.link(xy((40, 0)))
    assert (link.edge.tolist(), link.offset_m.tolist()) == ([0], [100.0])


def test_an_empty_city_links_nothing():
    network = build(node_frame(ENDS, {}), edge_frame(STREET), {"walk": TOY_PROFILES["walk"]})
    none = StreetIndex(network, np.zeros(2, bool))
    assert none.link(xy((0, 0))).edge.tolist() == [-1]
    assert none.link_by_tree(xy((0, 0))).edge.tolist() == [-1]
    assert len(none.link(np.empty((0, 2)))) == 0


@pytest.mark.parametrize("barriers", [True, False])
def test_kernel_and_tree_agree(barriers):
    rng = np.random.default_rng(3)
    places = rng.uniform(-300, 1100, (3000, 2)) + xy((0, 0))
    places[::7] = np.round(places[::7] / 50) * 50
    known = toy_index(barriers=barriers)
    ours, plain = known.link(places), known.link_by_tree(places)
    assert ours.edge.tolist() == plain.edge.tolist()
    assert ours.offset_m == pytest.approx(plain.offset_m, abs=1e-6, nan_ok=True)
    assert ours.leg_m == pytest.approx(plain.leg_m, abs=1e-6, nan_ok=True)


def test_one_place_alone_is_linked_as_among_many_to_the_last_bit():
    network = toy().network()
    index = StreetIndex(network, network.graphs["walk"].usable, BarrierIndex(toy().barriers))
    rng = np.random.default_rng(8)
    places = xy((-150, -150)) + rng.uniform(0, [1000, 800], (600, 2))
    places[::3] = xy((0, 0)) + np.round(rng.uniform(0, 600, (200, 2)) / 50) * 50
    places[1::3] = places[::3] + rng.normal(0, 0.03, (200, 2))  # around the ends that links snap to
    many = index.link(places)
    for k, place in enumerate(places):
        one = index.link(place)
        for part in ("edge", "offset_m", "leg_m", "xy"):
            assert np.array_equal(getattr(one, part)[0], getattr(many, part)[k], equal_nan=True), (
                part
            )


def test_no_leg_crosses_the_river():
    rng = np.random.default_rng(4)
    places = rng.uniform(-100, 700, (3000, 2)) + xy((0, 0))
    link = toy_index().link(places)
    found = link.edge >= 0
    legs = shapely.linestrings(np.stack([places[found], link.xy[found]], axis=1))
    river = shapely.boundary(toy().barriers.geometry.to_numpy()[0])
    assert not shapely.crosses(legs, river).any()
    inside = shapely.contains_xy(toy().barriers.geometry.to_numpy()[0], places)
    assert inside.sum() > 100
    assert not found[inside].any()


def test_one_place_alone_has_the_link_that_it_has_among_others():
    """To the last bit, in water and beyond the river, and where an added street is nearer."""
    rng = np.random.default_rng(11)
    places = rng.uniform(-100, 700, (2000, 2)) + xy((0, 0))
    river = toy_index()
    network = toy().network()
    some = np.arange(network.n_edges) % 3 > 0
    wider = WidenedIndex(StreetIndex(network, some), StreetIndex(network, ~some))
    for index in (river, wider):
        together = index.link(places)
        alone = [index.link_one(x, y) for x, y in places.tolist()]
        assert alone == [together.row(k) for k in range(len(places))]
        found = [link is not None for link in alone]
        assert sum(found) > 500 and alone.count(None) == len(places) - sum(found)
    assert river.link_one(*xy((605, 500))[0]) == river.link_by_tree(xy((605, 500))).row(0)


coordinate = st.integers(-40, 140).map(float)
point = st.tuples(coordinate, coordinate)


@settings(deadline=None)
@given(start=point, end=point, corners=st.lists(point, min_size=2, max_size=6, unique=True))
def test_crossings_agree_with_the_tree_and_with_geometry(start, end, corners):
    known = BarrierIndex(wall(*corners))
    ours = known.crosses(xy(start), xy(end))
    assert ours.tolist() == known.crosses_by_tree(xy(start), xy(end)).tolist()
    leg = LineString(xy(start, end))
    line = LineString(xy(*corners))
    if start != end and leg.disjoint(line):
        assert ours[0] == -1
    if (
        start != end
        and leg.crosses(line)
        and min(shapely.Point(c).distance(leg) for c in line.coords) > 0.01
        and min(shapely.Point(c).distance(line) for c in leg.coords) > 0.01
    ):
        assert ours[0] == 0


def test_the_first_barrier_along_the_line_is_named():
    both = gpd.GeoDataFrame(
        {"kind": ["wall", "water"], "name": ["far", "near"]},
        geometry=[LineString(xy((80, -5), (80, 5))), LineString(xy((30, -5), (30, 5)))],
        crs=CRS,
    )
    found = BarrierIndex(both).crosses(xy((0, 0), (100, 0)), xy((100, 0), (0, 0)))
    assert found.tolist() == [1, 0]
    assert BarrierIndex(both.iloc[:0]).crosses(xy((0, 0)), xy((9, 0))).tolist() == [-1]


def test_a_pier_that_ends_in_water_is_nowhere_to_step_ashore():
    # The toy's pier is a bridge that ends at (600, 500); a swimmer 5 m off its end.
    net = toy().network()
    usable = net.graphs["walk"].usable
    swimmer = xy((605, 500))
    lake = gpd.GeoDataFrame(
        {"kind": ["water"], "name": ["Lake"]},
        geometry=[shapely.box(*xy((560, 450), (700, 550)).ravel())],
        crs=CRS,
    )
    dry = StreetIndex(net, usable, None).link(swimmer)
    assert dry.leg_m.tolist() == [5.0]
    wet = StreetIndex(net, usable, BarrierIndex(lake)).link(swimmer)
    assert wet.edge.tolist() == [-1]
