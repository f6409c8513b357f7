"""The shortest missing link: by hand, against all pairs, and by building it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gaps, reach
from geo.barriers import BarrierIndex
from geo.network import build
from geo.street_index import StreetIndex
from geo.why import missing
from tests.geo.oracle import Oracle, ceil_ms
from tests.geo.toy import EAST, NORTH, TOY_PROFILES, Toy, edge_frame, junction, node_frame, toy, xy

#: A laden vehicle at 1.5 m/s, hardly faster than the feet: links on foot are of use to it too.
LADEN = replace(
    TOY_PROFILES["ebike"], name="laden", ride=replace(TOY_PROFILES["ebike"].ride, speed_mps=1.5)
)
PROFILES = TOY_PROFILES | {"laden": LADEN}


class Stage:
    """A small city of one profile with stations, and the finder of its missing links."""

    def __init__(self, frames: Toy, profile: str, *stations: tuple[float, float]) -> None:
        self.frames, self.profile = frames, PROFILES[profile]
        self.stations = xy(*stations)
        known = len(frames.barriers) > 0
        walls = BarrierIndex(frames.barriers) if known else None
        self.network = frames.network(PROFILES)
        self.graph = self.network.graphs[profile]
        self.index = StreetIndex(self.network, self.graph.usable, walls)
        self.start = reach.seeds(self.network, self.graph, self.index.link(self.stations))
        self.nodes = reach.nearest(self.graph, self.start)
        self.finder = missing.LinkFinder(
            self.network,
            self.graph,
            self.start,
            self.nodes,
            walls,
            gaps.kinds_of(frames.barriers) if known else (),
        )

    def find(self, place: tuple[float, float], seconds: float) -> missing.MissingLink | None:
        at = xy(place)
        return self.finder.find(self.index.link(at), at[0], round(seconds * 1000))

    def times(self, places: np.ndarray) -> np.ndarray:
        links = self.index.link(places)
        return reach.arrival(self.network, self.graph, links, self.nodes, self.start).time_ms


def ends(link: missing.MissingLink) -> list[tuple[float, float]]:
    """Return the ends in toy metres."""
    return [(round(x - EAST, 6), round(y - NORTH, 6)) for x, y in link.ends.xy]


@cache
def toy_stage(profile: str, *stations: tuple[float, float]) -> Stage:
    return Stage(toy(), profile, *stations)


def streets(*lines: list[tuple[float, float]], **tags: str) -> Toy:
    """Return a city of plain streets that share no node."""
    places = [end for line in lines for end in (line[0], line[-1])]
    rows = [(2 * k, 2 * k + 1, line, tags) for k, line in enumerate(lines)]
    none = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=toy().nodes.crs)
    return Toy(node_frame(places, {}), edge_frame(rows), none)


def test_a_bridge_across_the_river():
    """The banks' streets are 100 m apart: at 1 m/s the link from door to door takes 100 s.

    Without it 200 + 100 + 200 m by the bridge at x = 0.
    """
    stage = toy_stage("walk", (200, 300))
    for seconds in (100, 140, 499):
        link = stage.find((200, 200), seconds)
        assert link is not None
        assert link.length_m == pytest.approx(100, abs=1e-6)
        assert ends(link) == [(200, 200), (200, 300)]
        assert link.time_ms == 100_000
        assert toy().barriers["name"].iloc[link.barrier] == "River"
        assert not link.fault
    assert stage.find((200, 200), 99.999) is None


def test_the_access_legs_count():
    """10 m to the street at either end and 100 m between: 120 s."""
    stage = toy_stage("walk", (240, 310))
    assert stage.find((240, 190), 119.9) is None
    link = stage.find((240, 190), 120)
    assert link is not None and link.time_ms == 120_000


def test_a_place_in_time_needs_no_link():
    assert toy_stage("walk", (200, 300)).find((200, 200), 500) is None


def test_a_place_without_a_street_has_no_link():
    assert toy_stage("walk", (200, 300)).find((700, 700), 500) is None


def test_without_stations_there_is_no_link():
    assert Stage(toy(), "walk").find((200, 200), 500) is None


def test_an_island_gets_a_link():
    """The far street stands at x = 800, the nearest street points at x = 520 on the bend."""
    link = toy_stage("walk", (500, 100)).find((800, 100), 1000)
    assert link is not None
    assert link.length_m == pytest.approx(280)
    assert ends(link) == [(800, 100), (520, 100)]
    assert link.time_ms == 300_000  # 280 m and 20 m back along the bend


def test_streets_that_nearly_touch_are_a_fault_of_the_data():
    stage = Stage(streets([(0, 0), (100, 0)], [(100.5, 0), (200, 0)]), "walk", (200, 0))
    link = stage.find((0, 0), 200)
    assert link is not None
    assert link.fault
    assert link.length_m == pytest.approx(0.5)
    assert link.barrier == -1
    assert link.time_ms == 200_000 - 500 + 500


def test_a_dead_end_is_joined_with_its_foot():
    """The dead end is 7.3 m from the side of the other street, whose points are elsewhere.

    That street is 203 m long: eleven pieces of 18.45 m from y = −93, so none ends at y = 0.
    """
    city = streets([(0, 0), (100, 0)], [(107.3, -93), (107.3, 110)])
    link = Stage(city, "walk", (107.3, 100)).find((0, 0), 300)
    assert link is not None
    assert link.length_m == pytest.approx(7.3)
    assert ends(link) == [(100, 0), (107.3, 0)]


def test_where_links_may_end():
    """None in the river, along the bridge, in the tunnel, on the pier or at the private gate."""
    at = toy_stage("walk", (0, 0)).finder.points.xy - np.array([EAST, NORTH])
    amid = (at[:, 1] > 200.01) & (at[:, 1] < 299.99)
    assert not amid.any()
    assert np.isclose(at, (600, 500)).all(axis=1).any()  # the pier's head can be stepped on …
    assert not np.isclose(at, (550, 500)).all(axis=1).any()  # … its middle can not
    assert not np.isclose(at, (450, 0)).all(axis=1).any()
    assert np.isclose(at, (400 + 100 / 3, 0)).all(axis=1).any()


def test_points_of_a_street_are_at_most_a_step_apart():
    """110 m make six pieces of 18.33 m: five points between the two ends."""
    points = Stage(streets([(0, 0), (110, 0)]), "walk", (0, 0)).finder.points
    assert np.sort(points.xy[:, 0] - EAST) == pytest.approx(np.arange(7) * 110 / 6)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 150),
    side=st.sampled_from([10.0, 150.0, 900.0]),
    budget_s=st.integers(0, 700),
    grid=st.booleans(),
)
def test_the_search_misses_no_pair(seed, count, side, budget_s, grid):
    """Random points, some of them on a grid with many equal distances, against all pairs."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, side, (count, 2))
    spots = np.round(spots / 50) * 50 if grid else spots
    to, back = rng.integers(0, 600_000, (2, count)).astype(np.int32)
    to[rng.random(count) < 0.2] = reach.UNREACHED
    apart = np.hypot(*(spots[:, None] - spots[None]).T).T
    total = to[:, None] + back[None].astype(np.int64) + np.ceil(apart / 1.25 * 1000 - 1e-6)
    fits = total <= budget_s * 1000
    found = missing.shortest_pair(spots, to, back, budget_s * 1000, 1.25)
    if not fits.any():
        assert found is None
        return
    shortest = apart[fits].min()
    assert found is not None
    assert found.length_m == pytest.approx(shortest, abs=1e-9)
    assert found.time_ms == total[fits & (apart <= shortest + 1e-9)].min()
    assert total[found.a, found.b] == found.time_ms


def brute_force(stage: Stage, row: int, budget_ms: int) -> tuple[float, int] | None:
    """Return length and time of the best link from a junction, over all pairs of points.

    Times come from networkx on the oracle's own graph.
    """
    frames = stage.frames
    oracle = Oracle(frames.nodes, frames.edges, frames.barriers, stage.profile)
    oracle.times(np.empty((0, 2)), stage.stations)
    if "goal" not in oracle.graph:
        return None
    towards = nx.single_source_dijkstra_path_length(oracle.graph, "goal")
    away = nx.single_source_dijkstra_path_length(oracle.graph.reverse(), (row, 0))
    layers = range(stage.graph.layers)
    doors = [door for spot in stage.stations if (door := oracle.link(spot)) is not None]
    points = stage.finder.points
    to = np.full((len(layers), len(points)), np.inf)
    back = np.full((len(layers), len(points)), np.inf)
    for k, (e, along) in enumerate(zip(points.edge, points.offset_m, strict=True)):
        u, v, rest = oracle.u[e], oracle.v[e], oracle.length[e] - along
        for layer in layers:
            ahead, behind = oracle.speed[e][layer]
            for end, way, out, home in ((u, along, ahead, behind), (v, rest, behind, ahead)):
                node = (end, layer)
                if way == 0:
                    to[layer:, k] = np.minimum(to[layer:, k], away.get(node, np.inf))
                    offer = towards.get(node, np.inf)
                    back[: layer + 1, k] = np.minimum(back[: layer + 1, k], offer)
                    continue
                if out and node not in oracle.blocked:
                    offer = away.get(node, np.inf) + ceil_ms(way, out)
                    to[layer:, k] = np.minimum(to[layer:, k], offer)
                if home:
                    offer = towards.get(node, np.inf) + ceil_ms(way, home)
                    back[: layer + 1, k] = np.minimum(back[: layer + 1, k], offer)
            for door in doors:
                step = door.offset_m - along
                speed = ahead if step > 0 else behind
                if door.edge == e and (speed or step == 0):
                    way = ceil_ms(abs(step), speed) if step else 0
                    offer = way + ceil_ms(door.leg_m, stage.profile.walk.speed_mps)
                    back[: layer + 1, k] = np.minimum(back[: layer + 1, k], offer)
    apart = np.hypot(*(points.xy[:, None] - points.xy[None]).T).T
    walked = np.ceil(apart / stage.profile.walk.speed_mps * 1000 - 1e-6)
    total = np.min([to[k][:, None] + walked + back[k][None] for k in layers], axis=0)
    fits = total <= budget_ms
    if not fits.any():
        return None
    shortest = apart[fits].min()
    return shortest, int(total[fits & (apart <= shortest + 1e-9)].min())


@settings(max_examples=25, deadline=None)
@given(
    profile=st.sampled_from([*PROFILES]),
    place=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    spots=st.lists(st.tuples(st.integers(-20, 560), st.integers(-20, 560)), min_size=1, max_size=2),
    seconds=st.integers(20, 500),
)
def test_the_link_equals_the_best_of_all_pairs(profile, place, spots, seconds):
    stage = Stage(toy(), profile, *spots)
    spot = (100.0 * place[0], 100.0 * place[1])
    if stage.times(xy(spot))[0] <= seconds * 1000:
        assert stage.find(spot, seconds) is None
        return
    link, best = stage.find(spot, seconds), brute_force(stage, junction(*place), seconds * 1000)
    # Sums of parts rounded up: the oracle's may differ by a millisecond a part.
    if link is None or best is None:
        assert link is None and best is None
        return
    assert link.length_m == pytest.approx(best[0], abs=1e-6)
    assert link.time_ms == pytest.approx(best[1], abs=4)


def built(frames: Toy, link: missing.MissingLink) -> Toy:
    """Return the city with the link as a footway; the edges at its ends are cut there."""
    nodes, edges = frames.nodes, frames.edges
    spots = [tuple(row - (EAST, NORTH)) for row in nodes.geometry.get_coordinates().to_numpy()]
    tags = dict(enumerate(nodes.drop(columns="geometry").to_dict("records")))
    rows = []
    joints: list[int] = []
    cuts: dict[int, list[tuple[float, int]]] = {}
    for e, offset, spot in zip(
        link.ends.edge, link.ends.offset_m, link.ends.xy - (EAST, NORTH), strict=True
    ):
        ends_of = {0.0: edges["u"].iloc[e], edges["length_m"].iloc[e]: edges["v"].iloc[e]}
        if offset in ends_of:
            joints.append(int(ends_of[offset]))
        else:
            joints.append(len(spots))
            cuts.setdefault(int(e), []).append((offset, len(spots)))
            spots.append(tuple(spot))
    for e, edge in enumerate(edges.to_dict("records")):
        line = np.array(edge.pop("geometry").coords) - (EAST, NORTH)
        own = {key: edge[key] for key in edge if key not in ("u", "v", "length_m", "way_id")}
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        last, tail = 0.0, edge["u"]
        for offset, node in [*sorted(cuts.get(e, [])), (along[-1], edge["v"])]:
            inner = line[(along > last) & (along < offset)]
            first, end = (
                [float(np.interp(at, along, line[:, axis])) for axis in (0, 1)]
                for at in (last, offset)
            )
            vertices = [tuple(point) for point in (first, *inner.tolist(), end)]
            rows.append((tail, node, vertices, own))
            last, tail = offset, node
    rows.append((*joints, [spots[joint] for joint in joints], {"highway": "footway"}))
    return Toy(node_frame(spots, tags), edge_frame(rows), frames.barriers)


@pytest.mark.parametrize(("profile", "budget_ms"), [("walk", 150_000), ("laden", 150_000)])
@pytest.mark.parametrize("station", [(200, 300), (310, 180), (130, 320), (420, 190), (370, 310)])
def test_a_built_link_keeps_its_promise(profile, budget_ms, station):
    """The city with the link as a footway gives the promised time, and everybody else's."""
    stage = Stage(toy(), profile, station)
    rng = np.random.default_rng(3)
    people = xy((-30, -30)) + rng.uniform(0, 560, (120, 2))
    before = stage.times(people)
    late = np.flatnonzero((before > budget_ms) & (stage.index.link(people).edge >= 0))
    found = [
        (row, link)
        for row in late
        for link in [stage.finder.find(stage.index.link(people[[row]]), people[row], budget_ms)]
        if link is not None
    ]
    assert found
    for row, link in found[:4]:
        frames = built(stage.frames, link)
        # Nobody and no station starts from the new link itself: their links are held.
        network = build(frames.nodes, frames.edges, PROFILES)
        usable = network.graphs[profile].usable.copy()
        usable[-1] = False
        index = StreetIndex(network, usable, BarrierIndex(frames.barriers))
        graph = network.graphs[profile]
        start = reach.seeds(network, graph, index.link(stage.stations))
        nodes = reach.nearest(graph, start)
        after = reach.arrival(network, graph, index.link(people), nodes, start).time_ms
        assert after[row] == pytest.approx(link.time_ms, abs=4)
        over = stage.finder.times_over(link, stage.index.link(people), budget_ms)
        expected = np.where(after <= budget_ms - 10, after, reach.UNREACHED)
        ours = np.minimum(over, before)
        ours = np.where(ours <= budget_ms - 10, ours, reach.UNREACHED)
        # Cutting an edge rounds up once more.
        assert np.abs(ours.astype(float) - expected).max() <= 4


def test_a_gap_is_mended_for_its_fullest_place():
    """Three places on the southern bank, the station on the northern one, 140 s.

    The 100 m link at x = 200 is there for the 50; the 20 who live 40 m beside it are in time too
    (140 s); the 30 who live 60 m beside it are not.
    """
    stage = toy_stage("walk", (200, 300))
    at = xy((260, 200), (200, 200), (240, 200))
    mending = stage.finder.mend(stage.index.link(at), at, np.array([30.0, 50.0, 20.0]), 140_000)
    assert mending is not None
    assert (mending.place, mending.places, mending.people) == (1, 2, 70.0)
    assert ends(mending.link) == [(200, 200), (200, 300)]


def test_the_next_fullest_is_asked_where_the_fullest_is_beyond_help():
    stage = toy_stage("walk", (200, 300))
    at = xy((200, 0), (200, 200))
    mending = stage.finder.mend(stage.index.link(at), at, np.array([90.0, 5.0]), 140_000)
    assert mending is not None
    assert (mending.place, mending.places, mending.people) == (1, 1, 5.0)
    beyond = stage.finder.mend(stage.index.link(at[:1]), at[:1], np.array([90.0]), 140_000)
    assert beyond is None
    nobody = stage.finder.mend(stage.index.link(at[:0]), at[:0], np.empty(0), 140_000)
    assert nobody is None


def test_turning_the_graph_round_twice_changes_nothing():
    graph = toy().network().graphs["ebike"]
    back = missing.onward(missing.onward(graph))
    same = np.arange(graph.n_nodes)
    for left, right in zip(_arcs(graph, same), _arcs(back, same), strict=True):
        assert left == right


def _arcs(graph, nodes) -> list[list[tuple[int, int]]]:
    return [
        sorted(
            (int(graph.arcs[k]), int(graph.arc_edge[k]))
            for k in range(graph.indptr[node], graph.indptr[node + 1])
        )
        for node in nodes
    ]
