"""Times towards stations: by hand in the toy city, and by the laws."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import reach
from geo.barriers import BarrierIndex
from geo.network import ProfileGraph, StreetNetwork, build
from geo.street_index import StreetIndex
from tests.geo.toy import TOY_PROFILES, edge_frame, junction, toy, xy


@cache
def _city(profile: str) -> tuple[StreetNetwork, ProfileGraph, StreetIndex]:
    network = toy().network()
    graph = network.graphs[profile]
    return network, graph, StreetIndex(network, graph.usable, BarrierIndex(toy().barriers))


class Stage:
    """One profile of the toy city with stations at given toy metres."""

    def __init__(self, profile: str, *stations: tuple[float, float]) -> None:
        self.network, self.graph, self.index = _city(profile)
        self.seeds = reach.seeds(self.network, self.graph, self.index.link(xy(*stations)))
        self.nodes = reach.nearest(self.graph, self.seeds)

    def seconds(self, *places: tuple[float, float]) -> list[float]:
        links = self.index.link(xy(*places))
        arrival = reach.arrival(self.network, self.graph, links, self.nodes, self.seeds)
        reached = arrival.time_ms != reach.UNREACHED
        return np.where(reached, arrival.time_ms / 1000, np.inf).tolist()

    def at_junctions(self) -> np.ndarray:
        """Return seconds of the junctions as 6 rows, south first."""
        by_row = self.nodes.time_ms[: self.network.n_nodes][np.argsort(self.network.node_row)]
        return by_row[:36].reshape(6, 6) / 1000


def test_walking_counts_blocks():
    walk = Stage("walk", (100, 100)).at_junctions()
    # 1 m/s and 100 m a block: |i - 1| + |j - 1| blocks on the southern bank; one-way streets
    # do not bind on foot; the private gate between (4,0) and (5,0) is walked around.
    assert walk[0].tolist() == [200, 100, 200, 300, 400, 500]
    assert walk[1].tolist() == [100, 0, 100, 200, 300, 400]
    # Across the river only by the bridge at i = 0 (2 blocks west and north, 1 across) …
    assert walk[3][0] == 100 + 100 + 100
    # … or the tunnel at i = 5: 4 east, 1 north, 1 across.
    assert walk[3][5] == 600
    assert walk[5][2] == walk[3][0] + 200 + 200  # by the steps or beside them


def test_riding_knows_one_ways_gates_and_pushing():
    ride = Stage("ebike", (100, 100)).at_junctions()
    # 25 s a block riding. East of the station the street is one-way against the rider: pushing
    # back 100 m takes 100 s, riding around the block three times 25 s.
    assert ride[1][0] == 25  # (0,1) → (1,1) with the street
    assert ride[1][2] == 75
    # On the last block cyclists may ride against the one-way, but only to (4,1).
    assert ride[1][5] == 25 + ride[1][4]
    north = Stage("ebike", (100, 400)).at_junctions()
    # (0,4) → (1,4): the gate at x = 50 refuses the vehicle. Ride 50 m (12.5 s), walk 50 m, in all
    # 62.5 s; or ride around the block, 75 s.
    assert north[4][0] == 62.5
    east = Stage("ebike", (300, 400)).at_junctions()
    # (3,5) → (3,4) along the footway: pushed, 100 s; or ride (3,5), (4,5), (4,4), (3,4): 75 s.
    assert east[5][3] == 75
    # (2,5) → (2,4) by the steps: leave the vehicle, 100 s on foot, then 100 s more on foot:
    # riding around by (3,5) is 25 + 75 s.
    assert east[5][2] == 100


def test_a_place_uses_its_leg_and_its_part_of_the_edge():
    stage = Stage("walk", (130, 110))
    # Station: leg 10 m, 30 m east of (1,1). Place 20 m north of the street at x = 180 on the same
    # edge: 20 + 50 + 10. Place at (60, 0): 40 to (1,0), 100 north, 30 east, 10.
    assert stage.seconds((180, 120), (60, 0)) == [80, 180]
    # Same place and same street side: the two legs only.
    assert stage.seconds((130, 95)) == [15]


def test_a_rider_on_a_one_way_leaves_in_its_direction():
    stage = Stage("ebike", (150, 100))
    # 40 m ahead of the station on the one-way street: riding back is forbidden, pushing 40 m takes
    # 40 s, riding around the block 3.4 blocks = 60 m + 300 m + 50 m at 4 m/s = 102.5 s.
    assert stage.seconds((190, 100)) == [40]
    assert stage.seconds((110, 100)) == [10]


def test_bridges_are_entered_at_their_ends_only():
    stage = Stage("walk", (0, 200))
    # Beside the middle of the bridge (50 m up): the nearest enterable point is its end (0, 200)
    # or (0, 300), 50 m along and 10 m aside, but a leg from the river crosses its bank. So the
    # place is unlinked, while one on the bank is linked to (0, 200).
    assert stage.seconds((10, 250), (0, 225)) == [np.inf, 25]
    # The pier B–C is a bridge that ends in nothing: C can be entered, its middle B cannot.
    east = Stage("walk", (500, 500))
    assert east.seconds((600, 500), (610, 500)) == [100, 110]


def test_the_far_street_is_unreachable_from_the_city():
    stage = Stage("walk", (100, 100))
    assert stage.seconds((800, 150)) == [np.inf]


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_nearest_names_the_lowest_of_equally_near_stations(profile):
    stage = Stage(profile, (0, 0), (200, 0))
    middle = np.flatnonzero(stage.network.node_row == junction(1, 0))[0]
    assert stage.nodes.station[middle] == 0


def test_a_blocked_gate_can_be_reached_but_not_passed():
    # A station at the private gate itself is reached from both sides; one block behind it counts
    # the way around: (4,0) → (4,1) → (5,1) → (5,0) instead of 100 m straight.
    at_gate = Stage("walk", (450, 0)).at_junctions()
    assert (at_gate[0][4], at_gate[0][5]) == (50, 50)
    behind = Stage("walk", (500, 0)).at_junctions()
    assert behind[0][4] == 300


def test_the_loop_and_the_bend_are_streets_to_stand_on():
    stage = Stage("walk", (0, 0))
    # (-50, -25) is 25 m up the loop from its corner (-50, 0), which is 50 m from the station.
    assert stage.seconds((-50, -25)) == [75]
    # 50 m up the bend, 70 m along it: back to (5,1), then 6 blocks.
    assert stage.seconds((520, 150)) == [70 + 600]


# The first example may compile a kernel, so there is no deadline.
LAW = settings(deadline=None, max_examples=60)
PROFILE = st.sampled_from(sorted(TOY_PROFILES))
COORDINATE = st.floats(-100, 900, allow_nan=False, width=32)
PLACE = st.tuples(COORDINATE, COORDINATE)
STATIONS = st.lists(PLACE, min_size=1, max_size=5)
PLACES = st.lists(PLACE, min_size=1, max_size=30)


@LAW
@given(profile=PROFILE, stations=STATIONS, more=PLACE, places=PLACES)
def test_another_station_never_lengthens_a_time(profile, stations, more, places):
    before = Stage(profile, *stations).seconds(*places)
    after = Stage(profile, *stations, more).seconds(*places)
    assert np.all(np.array(after) <= before)


@LAW
@given(profile=PROFILE, stations=STATIONS, places=PLACES)
def test_the_network_is_never_faster_than_the_straight_line(profile, stations, places):
    seconds = np.array(Stage(profile, *stations).seconds(*places))
    apart = np.array([min(np.hypot(x - a, y - b) for a, b in stations) for x, y in places])
    assert np.all(apart <= seconds * TOY_PROFILES[profile].speed_mps + 1e-6)


@LAW
@given(profile=PROFILE, stations=STATIONS, places=PLACES, limit=st.integers(0, 900_000))
def test_a_limit_changes_no_time_within_it(profile, stations, places, limit):
    stage = Stage(profile, *stations)
    whole = np.array(stage.seconds(*places)) * 1000
    stage.nodes = reach.nearest(stage.graph, stage.seeds, limit)
    assert np.all((stage.nodes.time_ms <= limit) | (stage.nodes.time_ms == reach.UNREACHED))
    limited = np.array(stage.seconds(*places)) * 1000
    assert np.array_equal(limited[whole <= limit], whole[whole <= limit])
    assert np.all(limited >= whole)


@LAW
@given(profile=PROFILE, stations=STATIONS, limit=st.integers(0, 900_000))
def test_the_union_of_single_searches_is_the_search_from_all(profile, stations, limit):
    stage = Stage(profile, *stations)
    best = np.full(stage.graph.n_nodes, reach.UNREACHED)
    indptr, nodes, times = reach.within_each(stage.graph, stage.seeds, limit)
    assert len(indptr) == len(stations) + 1
    np.minimum.at(best, nodes, times)
    assert np.array_equal(best, reach.nearest(stage.graph, stage.seeds, limit).time_ms)


@LAW
@given(profile=PROFILE, stations=STATIONS, limit=st.integers(0, 900_000))
def test_a_weight_within_counts_every_street_node_once(profile, stations, limit):
    stage = Stage(profile, *stations, (5000, 5000))  # the last one is linked to nothing
    weight = np.arange(1.0, stage.network.n_nodes + 1.0)
    total = reach.weight_within(stage.graph, stage.seeds, limit, weight)
    indptr, nodes, _ = reach.within_each(stage.graph, stage.seeds, limit)
    each = [nodes[a:b] % stage.network.n_nodes for a, b in pairwise(indptr)]
    assert total.tolist() == [weight[np.unique(reached)].sum() for reached in each]
    assert total[-1] == 0.0


@LAW
@given(profile=PROFILE, stations=STATIONS, places=PLACES, k=st.integers(1, 4))
def test_the_k_nearest_are_the_sorted_times_of_single_stations(profile, stations, places, k):
    stage = Stage(profile, *stations)
    table = reach.k_nearest(stage.graph, stage.seeds, k)
    links = stage.index.link(xy(*places))
    found = reach.arrival_k(stage.network, stage.graph, links, table, stage.seeds)
    alone = []
    for station in range(len(stations)):
        own = stage.seeds.of(station)
        nodes = reach.nearest(stage.graph, own)
        alone.append(reach.arrival(stage.network, stage.graph, links, nodes, own).time_ms)
    each = np.array(alone).T
    order = np.argsort(each, axis=1, kind="stable")[:, :k]
    times = np.take_along_axis(each, order, axis=1)
    width = times.shape[1]
    assert np.array_equal(found.time_ms[:, :width], times)
    names = np.where(times == reach.UNREACHED, -1, order)
    assert np.array_equal(found.station[:, :width], names)
    assert np.all(found.station[:, width:] == -1)


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_relabelling_changes_nothing(profile):
    rng = np.random.default_rng(11)
    city, stations = toy(), rng.uniform(0, 500, (4, 2))
    places = rng.uniform(-100, 900, (500, 2))
    place_xy, station_xy = xy(*places), xy(*stations)
    times, blocked = [], np.zeros(len(places), bool)
    for shuffled in (False, True):
        nodes, edges = city.nodes, city.edges
        if shuffled:
            row, street = rng.permutation(len(nodes)), rng.permutation(len(edges))
            number = np.argsort(row).astype(np.int32)
            nodes = nodes.iloc[row].reset_index(drop=True)
            edges = edges.iloc[street].reset_index(drop=True)
            edges = edges.assign(u=number[edges["u"]], v=number[edges["v"]])
        network = build(nodes, edges, TOY_PROFILES)
        graph = network.graphs[profile]
        index = StreetIndex(network, graph.usable, BarrierIndex(city.barriers))
        seeds = reach.seeds(network, graph, index.link(station_xy))
        links = index.link(place_xy)
        # Who stands in a closed gate is on the side of the lower edge row: no law binds that.
        for end, offset in ((network.edge_u, 0.0), (network.edge_v, network.length_m[links.edge])):
            blocked |= (links.offset_m == offset) & graph.blocked[0][end[links.edge]]
        nodes_ms = reach.nearest(graph, seeds)
        times.append(reach.arrival(network, graph, links, nodes_ms, seeds).time_ms)
    assert np.array_equal(times[0][~blocked], times[1][~blocked])
    assert blocked.mean() < 0.1


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_a_new_street_never_lengthens_a_time_with_links_held(profile):
    rng = np.random.default_rng(12)
    stage = Stage(profile, *rng.uniform(0, 500, (3, 2)))
    places = stage.index.link(xy(*rng.uniform(-100, 700, (500, 2))))
    old = reach.arrival(stage.network, stage.graph, places, stage.nodes, stage.seeds)
    city = toy()
    bridge = edge_frame([(junction(2, 2), junction(2, 3), [(200, 200), (200, 300)], {})])
    edges = pd.concat([city.edges, bridge], ignore_index=True)
    network = build(city.nodes, edges, TOY_PROFILES)
    graph = network.graphs[profile]
    seeds = reach.seeds(network, graph, stage.seeds.links)
    new = reach.arrival(network, graph, places, reach.nearest(graph, seeds), seeds)
    assert np.all(new.time_ms <= old.time_ms)
    assert np.any(new.time_ms < old.time_ms)


def test_scipy_gives_the_same_answers(monkeypatch):
    rng = np.random.default_rng(13)
    stations, places = rng.uniform(-50, 850, (6, 2)), xy(*rng.uniform(-100, 900, (400, 2)))
    for profile in TOY_PROFILES:
        stage = Stage(profile, *stations)
        links = stage.index.link(places)
        weight = np.arange(stage.network.n_nodes)

        def answers(stage=stage, links=links, weight=weight):
            nodes = reach.nearest(stage.graph, stage.seeds, 600_000)
            table = reach.k_nearest(stage.graph, stage.seeds, 3)
            own = stage.seeds.of(2)
            inside, times = reach.within(stage.graph, own, 300_000)
            order = np.argsort(inside)
            return [
                *nodes,
                *table,
                inside[order],
                times[order],
                reach.weight_within(stage.graph, stage.seeds, 300_000, weight),
                *reach.arrival(stage.network, stage.graph, links, nodes, stage.seeds),
                *reach.arrival_k(stage.network, stage.graph, links, table, stage.seeds),
            ]

        compiled = answers()
        with monkeypatch.context() as patch:
            patch.setattr(reach, "COMPILED", False)
            plain = answers()
        for ours, theirs in zip(compiled, plain, strict=True):
            assert np.array_equal(ours, theirs)


_WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from geo import compiled, reach
assert not compiled.COMPILED and not reach.compile()
from tests.geo.test_reach import Stage
stage = Stage("ebike", (100, 400), (330, 510))
print(stage.seconds((10, 400), (260, 130), (800, 150), (100, 250)))
"""


def test_everything_works_without_numba():
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_NUMBA], capture_output=True, text=True, check=True
    )
    here = Stage("ebike", (100, 400), (330, 510)).seconds(
        (10, 400), (260, 130), (800, 150), (100, 250)
    )
    assert done.stdout.strip() == str(here)


def test_searches_from_every_station_find_room_for_all():
    # 40 stations that each reach most of the town: far more pairs than room at the start.
    places = np.random.default_rng(14).uniform(0, 550, (40, 2))
    stage = Stage("walk", *places, (5000, 5000))
    indptr, nodes, times = reach.within_each(stage.graph, stage.seeds, 10_000_000)
    assert indptr[-1] > 10 * stage.graph.n_nodes
    assert indptr[-1] == indptr[-2] == len(nodes)  # the last one is linked to nothing
    for station in range(41):
        alone = reach.within(stage.graph, stage.seeds.of(station), 10_000_000)
        own = slice(indptr[station], indptr[station + 1])
        assert dict(zip(nodes[own], times[own], strict=True)) == dict(zip(*alone, strict=True))


def test_compile_says_whether_kernels_are_ready():
    assert reach.compile() is True


def test_a_search_that_runs_out_of_room_starts_again_with_more(monkeypatch):
    places = np.random.default_rng(15).uniform(0, 550, (30, 2))
    stage = Stage("ebike", *places)
    table = reach.k_nearest(stage.graph, stage.seeds, 5)
    reached = reach.within_each(stage.graph, stage.seeds, 600_000)
    monkeypatch.setattr(reach, "_ROOM", 3)
    own = stage.seeds.of(0)
    alone = reach.nearest(stage.graph, own, 600_000).time_ms
    for search, needed, expected in (
        (lambda: reach.k_nearest(stage.graph, stage.seeds, 5), 2 * len(stage.seeds.node), table),
        (lambda: reach.within(stage.graph, own, 600_000), 2 * len(own.node), None),
        (lambda: reach.within_each(stage.graph, stage.seeds, 600_000), 3, reached),
    ):
        monkeypatch.setattr(reach, "_scratch", reach._Scratch())
        found = search()
        assert len(reach._scratch.piles.near) > needed
        if expected is None:
            assert np.array_equal(alone[found[0]], found[1])
            assert len(found[0]) == np.sum(alone != reach.UNREACHED)
            continue
        for ours, theirs in zip(found, expected, strict=True):
            assert len(ours) == len(theirs)
            assert ours.sum() == theirs.sum()
