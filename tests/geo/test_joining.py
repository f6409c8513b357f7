"""New links and opened gates on the toy city, where a metre is a second; the map stands in toy.py.

Two oracles: networkx on streets that are cut where a link joins them, as a file would bring them;
and the city before, for the law that nothing new lengthens a time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo import enquiry, locator, meetings, pairs, reach, scenario, spots, workspace
from geo.city import CityData
from geo.crs import degrees, unproject
from geo.errors import InputError
from geo.links import Links
from geo.model import PROFILES, Budget, Position
from geo.scenario import apply, joining, undo, whatif
from geo.scenario.changes import (
    AddLink,
    CloseStation,
    MoveStation,
    OpenGate,
    OpenSite,
    RemoveLink,
    ShutGate,
)
from geo.why import mending
from tests.geo import riders
from tests.geo.oracle import Oracle
from tests.geo.toy import CRS, TOY_PROFILES, edge_frame, node_frame, toy, xy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
Spot = tuple[float, float]
NOON = datetime(2026, 11, 20, 12)


def at(x: float, y: float) -> Position:
    """Return toy metres as a position."""
    lon, lat = unproject(*xy((x, y)).T, CRS)
    return Position(float(lon[0]), float(lat[0]))


def link(*spots: Spot, own: str = "b", profiles: tuple[str, ...] = ()) -> AddLink:
    return AddLink(own, tuple(at(*spot) for spot in spots), profiles=profiles)


def seconds(data: CityData, profile=WALK) -> list[float]:
    """Return the times; a position in degrees is exact to less than a millimetre."""
    return (data.times(profile).units.time_ms / 1000).round(2).tolist()


# A station north of the river, people south of it and north.
SOUTH, NORTH = (200, 190, 1.0), (300, 310, 2.0)


@pytest.fixture(scope="module")
def banks() -> CityData:
    return toy_city([(200, 300)], [SOUTH, NORTH])


def test_a_bridge_across_the_river(banks):
    """By the bridge at x = 0: 10 + 200 + 100 + 200; by the new one, of 100 m: 10 + 100."""
    assert seconds(banks) == [510, 110]
    built = apply(banks, [link((200, 200), (200, 300))])
    assert seconds(built) == [110, 110]
    frame = built.added_links
    assert frame[["id", "name", "profiles"]].values.tolist() == [["b", "", "walk;ebike"]]
    assert frame["length_m"].iloc[0] == pytest.approx(100)
    assert frame.crs == built.stations.crs
    ends = np.asarray(frame.geometry.iloc[0].coords) - xy((0, 0))
    np.testing.assert_allclose(ends, [(200, 200), (200, 300)], atol=1e-6)


def test_its_ends_join_streets_on_their_way(banks):
    """From (250, 220) it is 20 m to H2, to (250, 280) 20 m to H3: 100 m in all, 50 + 100 + 50."""
    built = apply(banks, [link((250, 220), (250, 280))])
    assert seconds(built) == [10 + 50 + 100 + 50, 110]
    assert built.added_links["length_m"].iloc[0] == pytest.approx(100)
    # Not cut: the accesses are those of before, to the bit, and so is every edge.
    assert built.unit_links is banks.unit_links
    assert built.station_links is banks.station_links
    assert built.pixels is banks.pixels
    before, after = banks.network, built.network
    assert np.array_equal(after.length_m[: before.n_edges], before.length_m)
    assert after.n_nodes == before.n_nodes + 2 and len(after.joints.node) == 2


def test_who_is_tied_to_the_edge_turns_off_at_the_joint():
    """Both on one block of H2, 20 m from the joint at x = 250; the station 30 m east of it on H3.

    By the tunnel at x = 500: 270 + 100 + 220 m and 40 m less. Over the link 20 + 100 + 30 m.
    """
    data = toy_city([(280, 300)], [(230, 200, 1.0), (270, 200, 1.0)])
    assert seconds(data) == [590, 550]
    built = apply(data, [link((250, 200), (250, 300))])
    assert seconds(built) == [20 + 100 + 30, 20 + 100 + 30]


def test_a_link_is_ridden_in_both_directions():
    """The e-bike's 4 m/s: 100 m are 25 s, either way. H1 is one way east; links are not."""
    data = toy_city([(200, 100)], [(200, 0, 1.0), (300, 100, 1.0)])
    back = apply(data, [link((200, 100), (250, 60), (300, 100))])
    # Against the one-way 100 m are pushed; over the link 2 × √(50² + 40²) m = 128.062 m ridden.
    assert seconds(data, EBIKE) == [25, 75]
    assert seconds(back, EBIKE) == [25, 32.02]


@pytest.mark.parametrize(("profiles", "helped"), [(("walk",), [1, 0]), (("ebike",), [0, 1])])
def test_only_its_profiles_use_it(banks, profiles, helped):
    built = apply(banks, [link((200, 200), (200, 300), profiles=profiles)])
    for profile, faster in zip((WALK, EBIKE), helped, strict=True):
        assert (seconds(built, profile)[0] < seconds(banks, profile)[0]) == bool(faster)
    assert built.added_links["profiles"].iloc[0] == profiles[0]


def test_a_free_graph_lets_others_over_it_on_foot(banks):
    """Whom a link refuses is refused, and told so: it would be in time at walking pace."""
    built = apply(banks, [link((200, 200), (200, 300), profiles=("ebike",))])
    assert built.free_times(WALK).units.time_ms[0] == 110_000
    told = enquiry.explain(built, WALK, Budget(minutes=3), at(200, 190))
    assert told.cause == "refused"


def test_the_way_leads_over_the_link(banks):
    built = apply(banks, [replace(link((250, 220), (250, 280)), name="新桥")])
    station = locator.ranked(built, WALK, at(200, 190), NOON, 1).answers[0].station
    way = locator.way(built, WALK, at(200, 190), station, NOON)
    assert way is not None
    assert [step.street for step in way.steps] == ["V2", "H2", "新桥", "H3", ""]
    assert [round(step.metres, 3) for step in way.steps] == [10, 50, 100, 50, 0]
    assert way.length_m == pytest.approx(210)
    assert LineString(way.xy).length == pytest.approx(210)


def test_links_may_share_ends_cross_and_join_each_other(banks):
    """Two bridges from one joint; one that ends on another; two that cross and do not meet."""
    shared = apply(
        banks,
        [link((250, 200), (250, 300), own="a"), link((250, 200), (350, 300), own="c")],
    )
    assert len(shared.network.joints.node) == 3
    onto = apply(
        banks,
        [
            link((250, 200), (250, 300), own="a"),
            link((150, 200), (250, 260), own="c"),  # its end stands on the first one
        ],
    )
    # 10 m, 50 m west, √(100² + 60²) m, 40 m north, 50 m west: 266.62; by the first: 10 + 50 + 150.
    assert onto.added_links["length_m"].tolist() == pytest.approx([100, np.hypot(100, 60)])
    assert seconds(onto)[0] == 210
    crossing = apply(
        banks,
        [link((250, 200), (350, 300), own="a"), link((250, 300), (350, 200), own="c")],
    )
    # 10 + 50, √2 · 100 to (350, 300), 150 back: nothing is to be turned at where they cross.
    assert seconds(crossing)[0] == round(10 + 50 + 100 * np.sqrt(2) + 150, 2)


def test_a_new_station_may_stand_beside_a_new_link(banks):
    """At (250, 250), in the middle of it: 10 + 50 + 50. Nobody stands in water, bridge or not."""
    bridge = link((250, 200), (250, 300))
    with pytest.raises(InputError, match="no usable street"):
        apply(banks, [bridge, OpenSite("n", at(250, 250), "n")])
    dry = toy_city([(200, 300)], [SOUTH, NORTH], barriers=False)
    built = apply(dry, [bridge, OpenSite("n", at(250, 250), "n")])
    assert built.station_links["walk"].edge[1] == dry.network.n_edges
    assert seconds(built)[0] == 110
    first = apply(dry, [OpenSite("n", at(250, 250), "n"), bridge])
    assert first.station_links["walk"].edge[1] < dry.network.n_edges


def test_a_gate_lets_pass_whom_it_refused():
    """Walking: to (500, 0) by V3, H1 and V5 it is 400 s; through the gate at (450, 0) 200 s."""
    data = toy_city([(500, 0)], [(300, 0, 1.0)])
    assert seconds(data) == [400]
    opened = apply(data, [OpenGate("g", at(440, 10))])
    assert seconds(opened) == [200]
    assert opened.opened_gates[["id", "profiles"]].values.tolist() == [["g", "walk;ebike"]]
    spot = np.asarray(opened.opened_gates.geometry.iloc[0].coords) - xy((0, 0))
    np.testing.assert_allclose(spot, [(450, 0)], atol=1e-6)
    others = apply(data, [OpenGate("g", at(440, 10), ("ebike",))])
    assert seconds(others) == [400]
    assert seconds(others, EBIKE) == [50]
    back = apply(opened, [ShutGate("g")])
    assert back.network is data.network and seconds(back) == [400]


def closed_way() -> CityData:
    """Two streets of 100 m, joined by a private one; the station at the far end."""
    places = [(0, 0), (100, 0), (200, 0), (300, 0)]
    tags = [{}, {"access": "private"}, {}]
    edges = edge_frame([(k, k + 1, places[k : k + 2], tags[k]) for k in range(3)])
    nodes = node_frame(places, {1: {"barrier": "gate", "access": "private"}})
    frames = replace(toy(), nodes=nodes, edges=edges)
    data = toy_city([(300, 0)], [(10, 0, 1.0)])
    network = frames.network(TOY_PROFILES)
    data = replace(data, network=network, works=())
    index = {name: data.street_index(TOY_PROFILES[name]) for name in data.station_links}
    return replace(
        data,
        unit_links={name: found.link(data.units_xy) for name, found in index.items()},
        station_links={name: found.link(data.stations_xy) for name, found in index.items()},
    )


@pytest.mark.parametrize("spot", [(100, 0), (110, 5), (150, 20), (90, 10)])
def test_a_gate_and_the_closed_way_behind_it_are_opened_together(spot):
    """On foot the 90, 100 and 100 m; the e-bike is pushed along what was closed."""
    data = closed_way()
    assert (data.times(WALK).units.time_ms == reach.UNREACHED).all()
    opened = apply(data, [OpenGate("g", at(*spot))])
    if spot == (150, 20):  # the gate is farther than 30 m
        assert (opened.times(WALK).units.time_ms == reach.UNREACHED).all()
    else:
        assert seconds(opened) == [290]
        assert seconds(opened, EBIKE) == [90 / 4 + 100 + 25]
        assert (opened.times(WALK).units.time_ms == data.free_times(WALK).units.time_ms).all()


def test_who_stood_beside_what_is_taken_away_finds_another_street(banks):
    dry = toy_city([(200, 300)], [SOUTH, NORTH], barriers=False)
    on_it = apply(dry, [link((250, 200), (250, 300)), OpenSite("n", at(251, 240), "n")])
    again = apply(on_it, [RemoveLink("b")])
    assert again.network is dry.network
    assert seconds(again) == seconds(apply(dry, [OpenSite("n", at(251, 240), "n")]))


def test_links_that_remain_stay_where_they_joined():
    dry = toy_city([(200, 300)], [SOUTH, NORTH], barriers=False)
    one = [link((250, 200), (250, 300), own="a"), link((350, 200), (350, 300), own="c")]
    both = apply(dry, [*one, OpenSite("n", at(351, 240), "n")])
    left = apply(both, [RemoveLink("a")])
    alone = apply(dry, [one[1], OpenSite("n", at(351, 240), "n")])
    for name, array in left.network.to_arrays().items():
        assert np.array_equal(array, alone.network.to_arrays()[name]), name
    for name, links in left.station_links.items():
        assert np.array_equal(links.edge, alone.station_links[name].edge)
    assert seconds(left) == seconds(alone)


def test_what_was_taken_away_returns_to_where_it_was(banks):
    """Links and gates of a city that has them already: to within a nanometre, a millisecond."""
    has = apply(
        banks, [replace(link((250, 220), (251.3, 280)), name="桥"), OpenGate("g", at(440, 10))]
    )
    for change in (RemoveLink("b"), ShutGate("g")):
        back = apply(apply(has, [change]), undo(has, [change]))
        for profile in TOY_PROFILES.values():
            then, now = (city.times(profile).units.time_ms for city in (has, back))
            assert (np.abs(then - now) <= 1).all()
        assert back.added_links["name"].tolist() == ["桥"]
        np.testing.assert_allclose(
            shapely.get_coordinates(back.added_links.geometry.iloc[0])[[0, -1]],
            shapely.get_coordinates(has.added_links.geometry.iloc[0])[[0, -1]],
            atol=1e-6,
        )


def test_everything_that_cannot_be_done_is_said_at_once(banks):
    with pytest.raises(InputError) as caught:
        apply(
            banks,
            [
                link((0, -200), (200, 300)),  # 200 m from the nearest street
                AddLink("one", (at(0, 0),)),
                AddLink(" ", (at(0, 0), at(100, 100)), profiles=("horse",)),
                AddLink("away", (at(0, 0), Position(120.0, 30.0))),
                link((200, 200), (200.02, 200)),
                CloseStation("nowhere"),
                RemoveLink("b"),
                ShutGate("g"),
                OpenGate("g", at(200, 100)),
                OpenGate("g", at(200, 450)),  # steps, which are walked; nothing refuses
            ],
        )
    said = {int(fault.where.split()[1]): fault.seen for fault in caught.value.faults}
    assert sorted(said) == list(range(1, 11))
    assert "60 m of its first end" in said[1] and "1 positions" in said[2]
    assert "horse" in said[3] and "one point" in said[5]
    text = str(caught.value)
    for part in ("no id", "(AddLink one)", "'nowhere'", "no link 'b'", "no gate 'g'", "30 m"):
        assert part in text
    again = [link((250, 200), (250, 300)), link((350, 200), (350, 300))]
    with pytest.raises(InputError, match="'b' is there already"):
        apply(banks, again)
    hangs = [link((250, 200), (250, 300)), link((250, 240), (300, 200), own="c"), RemoveLink("b")]
    with pytest.raises(InputError, match="link 'c' joins it"):
        apply(banks, hangs)


def test_a_board_after_the_last_street_answers_as_the_whole_city_does(banks):
    """From the south 60 + 100 + 30 = 190 s to (280, 300), from the north 10 + 20."""
    changes = [
        OpenSite("n", at(500, 500), "n"),
        link((250, 220), (250, 280)),
        CloseStation("s0"),
        OpenSite("m", at(280, 300), "m"),
    ]
    before, behind = scenario.divided(changes)
    assert (before, behind) == (tuple(changes[:2]), tuple(changes[2:]))
    assert scenario.divided(changes[:1]) == ((), tuple(changes[:1]))
    assert scenario.divided(changes[1:2]) == (tuple(changes[1:2]), ())
    assert scenario.divided(()) == ((), ())
    budget = Budget(minutes=3.5)
    quick = whatif.board(apply(banks, before), WALK, budget).after(behind)
    whole = apply(banks, changes)
    covered = whole.times(WALK).units.time_ms <= 210_000
    assert covered.tolist() == [True, True]
    assert quick.people["covered"] == 3.0
    assert whatif.board(banks, WALK, budget).people["covered"] == 2.0


# --- laws -----------------------------------------------------------------------------------------

# Points beside the streets, at whole decimetres; the far street at x = 800, too.
ANY_SPOT = st.tuples(st.integers(-200, 6200), st.integers(-200, 5200)).map(
    lambda spot: (spot[0] / 10, spot[1] / 10)
)
LINES = st.lists(ANY_SPOT, min_size=2, max_size=3)
WHO = st.sampled_from([(), ("walk",), ("ebike",)])
PEOPLE = [(x + 3.7, y + 1.3, 1.0) for x in range(0, 600, 57) for y in range(0, 520, 43)]


@cache
def town() -> CityData:
    return toy_city([(20, 13), (430, 77), (310, 512), (500, 333)], [*PEOPLE, (800, 150, 1.0)])


def works(draw_lines, gates) -> list:
    changes: list = [
        link(*line, own=f"b{k}", profiles=profiles) for k, (line, profiles) in draw_lines
    ]
    return changes + [OpenGate(f"g{k}", at(*spot)) for k, spot in enumerate(gates)]


def possible(data: CityData, changes: list) -> tuple[CityData, list]:
    """Return the city after those changes that can be made, and these."""
    made = []
    for change in changes:
        try:
            data = apply(data, [change])
        except InputError:
            continue
        made.append(change)
    return data, made


@settings(max_examples=40)
@given(
    lines=st.lists(st.tuples(LINES, WHO), min_size=1, max_size=4),
    gates=st.lists(st.sampled_from([(50, 400), (450, 0)]), max_size=2, unique=True),
)
@example(lines=[([(250, 200), (250, 300)], ()), ([(250.1, 200), (260, 300)], ())], gates=[])
def test_with_accesses_held_a_new_street_never_lengthens_a_time(lines, gates):
    """Step by step, for all places, pixels and profiles, to the millisecond."""
    data = town()
    for change in works(enumerate(lines), gates):
        before = data
        data, made = possible(data, [change])
        assume(made or len(lines) > 1)
        for profile in TOY_PROFILES.values():
            old, new = before.times(profile), data.times(profile)
            assert (new.units.time_ms <= old.units.time_ms).all()
            assert (new.pixels.time_ms <= old.pixels.time_ms).all()
            old, new = before.free_times(profile), data.free_times(profile)
            assert (new.units.time_ms <= old.units.time_ms).all()


@settings(max_examples=40)
@given(
    lines=st.lists(st.tuples(LINES, WHO), min_size=1, max_size=3),
    gates=st.lists(st.sampled_from([(50, 400), (450, 0)]), max_size=1),
    data=st.data(),
)
def test_what_is_undone_gives_the_old_figures(lines, gates, data):
    """Streets and stations, one after the other; in one list and step by step."""
    others = [OpenSite("n", at(300, 250), "n"), MoveStation("s1", at(200, 310)), CloseStation("s0")]
    changes = data.draw(st.permutations([*works(enumerate(lines), gates), *others]))
    there, made = possible(town(), changes)
    back = undo(town(), made)
    steps = there
    for change in back:
        steps = apply(steps, [change])
    at_once = apply(town(), [*made, *back])
    for city in (steps, at_once):
        assert city.works == () and city.network is town().network
    for profile in TOY_PROFILES.values():
        own = town().times(profile).units.time_ms
        assert np.array_equal(at_once.times(profile).units.time_ms, own)
        # A station moved there and back by itself stands a nanometre off: a millisecond at most.
        assert (np.abs(steps.times(profile).units.time_ms - own) <= 1).all()


# --- streets cut as a file would bring them -------------------------------------------------------


def cut(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, spot: np.ndarray):
    """Return the frames with a node at a spot on the nearest plain street, and its row."""
    away = nodes.distance(shapely.Point(spot))
    if away.min() < 0.05:
        return nodes, edges, int(away.argmin())
    plain = edges[~(edges["bridge"] | edges["tunnel"])]
    row = int(plain.distance(shapely.Point(spot)).idxmin())
    old = edges.loc[row]
    along = old.geometry.project(shapely.Point(spot))
    made = len(nodes)
    blank = nodes.iloc[[0]].assign(barrier="", access="", bicycle="", foot="")
    blank = blank.set_geometry([shapely.Point(spot)], crs=CRS)
    nodes = gpd.GeoDataFrame(pd.concat([nodes, blank], ignore_index=True), crs=CRS)
    parts = [
        shapely.ops.substring(old.geometry, 0, along),
        shapely.ops.substring(old.geometry, along, old.geometry.length),
    ]
    rows = gpd.GeoDataFrame([old, old], crs=CRS).set_geometry(parts, crs=CRS)
    rows["u"], rows["v"] = [old["u"], made], [made, old["v"]]
    rows["length_m"] = [along, old["length_m"] - along]
    edges = pd.concat([edges.drop(row), rows], ignore_index=True).astype(edges.dtypes)
    return nodes, gpd.GeoDataFrame(edges, crs=CRS), made


def with_street(frames, changed: CityData):
    """Return the frames with the added links as streets of a file, cut where they join."""
    nodes, edges = frames.nodes, frames.edges
    for row in changed.added_links.itertuples():
        ends = shapely.get_coordinates(row.geometry)[[0, -1]]
        nodes, edges, u = cut(nodes, edges, ends[0])
        nodes, edges, v = cut(nodes, edges, ends[1])
        who = "" if ";" in row.profiles else {"walk": "foot", "ebike": "bicycle"}[row.profiles]
        new = edges.iloc[[0]].assign(
            u=u, v=v, length_m=row.geometry.length, highway="path", name=row.name, oneway=""
        )
        if who == "foot":
            new = new.assign(bicycle="no", highway="path")
        new = new.set_geometry([row.geometry], crs=CRS)
        edges = gpd.GeoDataFrame(pd.concat([edges, new], ignore_index=True), crs=CRS)
    return nodes, edges.astype(frames.edges.dtypes.drop("geometry").to_dict())


@settings(max_examples=8)
@given(lines=st.lists(st.lists(ANY_SPOT, min_size=2, max_size=3), min_size=1, max_size=3))
def test_times_are_those_of_a_city_imported_with_the_street(lines):
    """Cut streets, searched by networkx: where accesses are the same, so are the times.

    Every joint on a way costs the cut streets up to a millisecond; leg, part of an edge and door
    are each rounded up there and here, and a last bit may tip each.
    """
    changed, made = possible(town(), works(enumerate((line, ()) for line in lines), []))
    assume(made)
    nodes, edges = with_street(toy(), changed)
    places = town().units_xy[::3]
    for profile in TOY_PROFILES.values():
        before = Oracle(toy().nodes, toy().edges, toy().barriers, profile)
        anew = Oracle(nodes, edges, toy().barriers, profile)
        held = [
            k
            for k, (x, y) in enumerate(places)
            if _foot(before, edges, (x, y)) == _foot(anew, edges, (x, y))
        ]
        stations = changed.stations_xy
        assume(all(_foot(before, edges, s) == _foot(anew, edges, s) for s in stations))
        assert len(held) > len(places) / 2
        theirs = anew.times(places[held], stations)
        ours = changed.times(profile).units.time_ms[::3][held]
        for mine, other in zip(ours.tolist(), theirs, strict=True):
            assert (mine == reach.UNREACHED) == (other is None)
            if other is not None:
                assert -3 <= other - mine <= 3 + 2 * len(made)


def _foot(oracle: Oracle, edges, spot) -> tuple[float, float] | None:
    """Return where a place meets the streets, to the millimetre."""
    found = oracle.link(np.asarray(spot))
    if found is None:
        return None
    point = oracle.geometry[found.edge].interpolate(found.offset_m)
    return round(point.x, 3), round(point.y, 3)


# --- one answer, however it is computed -----------------------------------------------------------


@pytest.fixture(scope="module")
def linked() -> CityData:
    changed, made = possible(
        town(),
        [
            link((150, 210), (150, 290), own="a"),
            link((170, 210), (170, 290), own="c"),
            link((160, 300), (430, 450), own="d", profiles=("walk",)),
            OpenSite("n", at(440, 455), "n"),
            OpenGate("g", at(50, 400)),
        ],
    )
    assert len(made) == 5
    return changed


@pytest.mark.parametrize("profile", TOY_PROFILES.values(), ids=lambda p: p.name)
def test_tables_and_scipy_say_the_same(linked, profile, monkeypatch):
    """Nearest, k nearest, every pair, and each without compiled kernels."""
    own = linked.times(profile).units.time_ms
    graph, start = linked.graph(profile), linked.seeds(profile)
    places = linked.links_of_units(profile)
    table = linked.k_nearest(profile, 3)
    near = reach.arrival_k(linked.network, graph, places, table, start)
    assert np.array_equal(near.time_ms[:, 0], own)
    found = linked.pairs(profile, 900_000)
    reached = own <= 900_000
    assert np.array_equal(found.time_ms[found.first[:-1][reached]], own[reached])
    assert np.array_equal(np.diff(found.first) > 0, reached)
    for module in (reach, meetings, pairs):
        monkeypatch.setattr(module, "COMPILED", False)
    nodes = reach.nearest(graph, start)
    assert np.array_equal(reach.arrival(linked.network, graph, places, nodes, start).time_ms, own)
    slow = reach.arrival_k(linked.network, graph, places, table, start)
    assert np.array_equal(slow.time_ms, near.time_ms)
    again = pairs.build(linked.network, graph, places, start, 900_000)
    assert np.array_equal(again.time_ms, found.time_ms)
    assert np.array_equal(again.station, found.station)


def test_ways_add_up_on_joined_streets(linked):
    """Every way that is drawn is as long as its time says, at 1 m/s on foot."""
    for x, y, _ in PEOPLE[::7]:
        found = locator.ranked(linked, WALK, at(x, y), NOON, 2)
        for answer in found.answers if found.by == "street" else ():
            way = locator.way(linked, WALK, at(x, y), answer.station, NOON)
            assert way is not None and way.time_ms == answer.arrival_ms
            assert way.length_m == pytest.approx(way.time_ms / 1000, abs=0.02)


@pytest.mark.parametrize("profile", TOY_PROFILES.values(), ids=lambda p: p.name)
def test_a_riders_list_knows_the_joints(linked, profile):
    """The search from the place adds up what the search from the stations does."""
    rows = linked.open_rows.tolist()
    for x, y, _ in PEOPLE[::5]:
        spot = spots.Spot.of(linked, profile, at(x, y))
        if spot.link is None:
            continue
        times = riders.times_by_station(linked, profile, Links.of(spot.link), rows, NOON)[0]
        found = locator.ranked(linked, profile, at(x, y), NOON, 10)
        answers = found.answers if found.by == "street" else ()
        assert sorted((a.arrival_ms, a.station) for a in answers) == sorted(
            (int(time), row) for row, time in enumerate(times) if time >= 0
        )


def test_a_place_that_is_asked_about_has_the_time_of_its_people(linked):
    """It stays tied where the places are, though a new street may be nearer."""
    own = linked.times(WALK).units.time_ms
    for row in range(0, len(PEOPLE), 5):
        told = enquiry.explain(linked, WALK, Budget(minutes=5), at(*PEOPLE[row][:2]))
        if told.time_ms is not None:
            assert abs(told.time_ms - own[row]) <= 2


def test_an_added_link_is_never_faster_than_its_straight_line(linked):
    for row in range(len(linked.stations)):
        times = pairs.build(
            linked.network,
            linked.graph(WALK),
            linked.links_of_units(WALK),
            linked.seeds(WALK, np.array([row])),
            3_600_000,
        )
        reached = np.flatnonzero(np.diff(times.first))
        line = np.hypot(*(linked.units_xy[reached] - linked.stations_xy[row]).T)
        assert (times.time_ms[times.first[reached]] >= line * 1000 - 1e-3).all()


@pytest.fixture(scope="module")
def demo(demo_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(demo_home))
        return workspace.load("demo")


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_building_a_missing_link_brings_the_people_that_it_promises(demo, rank):
    """On foot. An e-bike would ride over the link, along which the promise lets it be pushed."""
    profile, budget = PROFILES["walk"], Budget(minutes=15)
    gain = mending.gap_link(demo, profile, budget, rank).gain
    line = tuple(Position(*end) for end in degrees(gain.link.ends.xy, demo.city.crs).tolist())
    built = apply(demo, [AddLink("bridge", line)])
    before, after = (city.times(profile).units.time_ms for city in (demo, built))
    helped = (before > 900_000) & (after <= 900_000) & ~demo.units["outside"].to_numpy()
    assert (int(helped.sum()), demo.units["people"][helped].sum()) == (gain.places, gain.people)
    assert built.added_links["length_m"].iloc[0] == pytest.approx(gain.link.length_m, abs=0.1)
    for other in PROFILES.values():
        longer = built.times(other).units.time_ms > demo.times(other).units.time_ms
        assert not longer.any()
        assert not (built.times(other).pixels.time_ms > demo.times(other).pixels.time_ms).any()


def test_the_names_of_profiles_are_those_of_the_model():
    assert list(TOY_PROFILES) == [name for name in PROFILES if name in TOY_PROFILES]
    assert joining.LINK_HIGHWAY in PROFILES["ebike"].ride.highways
