"""Who reaches which station: by hand, place by place against single searches, and networkx."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import meetings, pairs, reach
from geo.barriers import BarrierIndex
from geo.errors import OptionError
from geo.links import Links
from geo.model import PROFILES, Need
from geo.network import ProfileGraph, StreetNetwork
from geo.pairs import Pairs
from geo.street_index import StreetIndex
from tests.geo.beside import beside
from tests.geo.oracle import Oracle
from tests.geo.toy import TOY_PROFILES, toy, xy
from tests.geo.toy_city import toy_city

# The first example may compile a kernel, so there is no deadline.
LAW = settings(deadline=None, max_examples=40)
PROFILE = st.sampled_from(sorted(TOY_PROFILES))
# Multiples of 25 m meet junctions, gates, shared edges and each other.
COORDINATE = st.integers(-4, 36).map(lambda k: 25.0 * k) | st.floats(-100, 900, width=32)
SPOTS = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=12)


class Stage:
    """One profile of the toy city with stations and places at given toy metres."""

    def __init__(self, profile: str, stations, places) -> None:
        self.network = toy().network()
        self.graph = self.network.graphs[profile]
        self.index = StreetIndex(self.network, self.graph.usable, BarrierIndex(toy().barriers))
        self.links = self.index.link(xy(*places))
        self.seeds = reach.seeds(self.network, self.graph, self.index.link(xy(*stations)))

    def pairs(self, limit_ms: int, **options) -> Pairs:
        return pairs.build(self.network, self.graph, self.links, self.seeds, limit_ms, **options)


def single(
    network: StreetNetwork, graph: ProfileGraph, links: Links, seeds: reach.Seeds, limit_ms: int
) -> np.ndarray:
    """Return times (places, stations) by one search and one arrival per station alone."""
    columns = []
    for station in range(seeds.n_stations):
        own = seeds.of(station)
        found = reach.arrival(network, graph, links, reach.nearest(graph, own), own).time_ms
        columns.append(np.where(found <= limit_ms, found, reach.UNREACHED))
    return np.array(columns).T


def dense(found: Pairs) -> np.ndarray:
    """Return the pairs as a matrix (places, stations), ``UNREACHED`` where there is none."""
    out = np.full((found.n_places, found.n_stations), reach.UNREACHED)
    out[found.place, found.station] = found.time_ms
    assert (out != reach.UNREACHED).sum() == len(found.station)  # no pair comes twice
    return out


def test_pairs_on_one_street_are_counted_by_hand():
    # Stations at (0, 0), (200, 0) and 10 m beside (130, 100); 1 m/s. The first place stands at the
    # second station and 200 m from the first; the second on the third station's street: 50 m along
    # and 10 m beside it; the third reaches nothing.
    stage = Stage("walk", [(0, 0), (200, 0), (130, 110)], [(200, 0), (180, 100), (800, 150)])
    found = stage.pairs(200_000)
    # Station 2 from (200, 0): 100 north, 70 west, 10 beside. (180, 100) → (200, 100) → (200, 0).
    assert found.first.tolist() == [0, 3, 5, 5]
    assert found.station.tolist() == [1, 2, 0, 2, 1]
    assert found.time_ms.tolist() == [0, 180_000, 200_000, 60_000, 120_000]
    first, place, time = found.by_station()
    assert first.tolist() == [0, 1, 3, 5]
    assert place.tolist() == [0, 0, 1, 0, 1]
    assert time.tolist() == [200_000, 0, 120_000, 180_000, 60_000]


def test_equal_times_come_by_station():
    stage = Stage("walk", [(200, 0), (0, 0), (100, 100)], [(100, 0)])
    found = stage.pairs(100_000)
    assert found.station.tolist() == [0, 1, 2]
    assert found.time_ms.tolist() == [100_000] * 3


def test_stations_have_the_callers_numbers_and_unjudged_places_none():
    stage = Stage("walk", [(0, 0), (100, 0)], [(0, 0), (100, 0)])
    found = stage.pairs(
        50_000, station_rows=np.array([4, 2]), n_stations=6, judged=np.array([False, True])
    )
    assert (found.n_places, found.n_stations) == (2, 6)
    assert found.first.tolist() == [0, 0, 1]
    assert found.station.tolist() == [2]
    assert found.by_station()[0].tolist() == [0, 0, 0, 1, 1, 1, 1]


@LAW
@given(profile=PROFILE, stations=SPOTS, places=SPOTS, limit=st.integers(0, 900_000))
def test_pairs_are_the_arrivals_at_single_stations(profile, stations, places, limit):
    stage = Stage(profile, stations, places)
    found = stage.pairs(limit)
    alone = single(stage.network, stage.graph, stage.links, stage.seeds, limit)
    assert np.array_equal(dense(found), alone)
    for p in range(found.n_places):
        own = slice(found.first[p], found.first[p + 1])
        order = np.lexsort((found.station[own], found.time_ms[own]))
        assert order.tolist() == list(range(len(order)))


@LAW
@given(profile=PROFILE, stations=SPOTS, places=SPOTS, limit=st.integers(0, 900_000))
def test_by_station_and_back_gives_the_same_pairs(profile, stations, places, limit):
    found = Stage(profile, stations, places).pairs(limit)
    first, place, time = found.by_station()
    station = np.repeat(np.arange(found.n_stations), np.diff(first))
    order = np.lexsort((station, time, place))
    assert np.array_equal(found.station, station[order])
    assert np.array_equal(found.time_ms, time[order])
    assert np.array_equal(found.place, place[order])
    for s in range(found.n_stations):
        assert np.all(np.diff(place[first[s] : first[s + 1]]) > 0)


@LAW
@given(profile=PROFILE, stations=SPOTS, places=SPOTS, limit=st.integers(0, 900_000))
def test_without_compiled_kernels_the_pairs_are_the_same(profile, stations, places, limit):
    stage = Stage(profile, stations, places)
    compiled = stage.pairs(limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "COMPILED", False)
        patch.setattr(meetings, "COMPILED", False)
        patch.setattr(reach, "COMPILED", False)
        plain = stage.pairs(limit)
    for name in ("first", "station", "time_ms"):
        assert np.array_equal(getattr(compiled, name), getattr(plain, name))


@LAW
@given(profile=PROFILE, stations=SPOTS, places=SPOTS, limit=st.integers(0, 600_000))
def test_a_shorter_limit_keeps_the_pairs_within_it(profile, stations, places, limit):
    stage = Stage(profile, stations, places)
    wide = stage.pairs(600_000)
    near = wide.only(wide.time_ms <= limit)
    short = stage.pairs(limit)
    for name in ("first", "station", "time_ms"):
        assert np.array_equal(getattr(near, name), getattr(short, name))


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_pairs_equal_networkx_station_by_station(profile):
    rng = np.random.default_rng(31)
    spots = rng.uniform(-50, 550, (60, 2))
    spots[::4] = np.round(spots[::4] / 50) * 50
    stations, places = spots[:6], spots[6:]
    ours = dense(Stage(profile, stations, places).pairs(300_000))
    frames = (toy().nodes, toy().edges, toy().barriers)
    for s in range(len(stations)):
        alone = Oracle(*frames, TOY_PROFILES[profile]).times(xy(*places), xy(stations[s]))
        for p, time in enumerate(alone):
            if time is None or time > 300_003:
                assert ours[p, s] == reach.UNREACHED
            elif time < 299_997:  # parts are each rounded up, so a last bit may tip 3 ms
                assert abs(int(ours[p, s]) - time) <= 3


@pytest.mark.parametrize("profile", PROFILES)
def test_pairs_of_the_demonstration_city_are_single_arrivals(demo_streets, profile):
    here = beside(demo_streets, profile, 1500, 40, seed=32, metres=60.0)
    found = pairs.build(here.network, here.graph, here.links, here.seeds, 900_000)
    assert len(found.station) > 1_000
    alone = single(here.network, here.graph, here.links, here.seeds, 900_000)
    assert np.array_equal(dense(found), alone)


def test_a_search_that_runs_out_of_room_goes_on_with_more(monkeypatch):
    rng = np.random.default_rng(33)
    stage = Stage("ebike", rng.uniform(0, 550, (20, 2)), rng.uniform(0, 550, (80, 2)))
    whole = stage.pairs(600_000)
    monkeypatch.setattr(meetings, "_ROOM", 0)
    monkeypatch.setattr(meetings, "_scratch", meetings._Scratch())
    monkeypatch.setattr(meetings, "AT_ONCE", 100)  # and several batches of stations
    seen = []
    again = stage.pairs(600_000, progress=lambda label, done, total: seen.append((done, total)))
    assert np.array_equal(dense(whole), dense(again))
    assert seen[0] == (0, 20) and seen[-1] == (20, 20) and len(seen) > 3


@pytest.mark.parametrize("kernels", [True, False])
def test_more_pairs_than_fit_are_refused_in_words(monkeypatch, kernels):
    stage = Stage("walk", [(0, 0), (100, 0)], [(0, 0), (50, 0), (100, 0)])
    monkeypatch.setattr(pairs, "MAX_PAIRS", 5)
    monkeypatch.setattr(meetings, "COMPILED", kernels)
    with pytest.raises(OptionError, match=r"more than 5 places in all \(6 after 2 of 2 stations\)"):
        stage.pairs(100_000)
    assert len(stage.pairs(50_000).station) == 4


def test_nothing_to_reach_is_an_empty_table():
    no_station = Stage("walk", [], [(0, 0)])
    found = no_station.pairs(900_000)
    assert (found.n_places, found.n_stations, len(found.station)) == (1, 0, 0)
    assert found.by_station()[0].tolist() == [0]
    nobody = Stage("walk", [(0, 0)], []).pairs(900_000)
    assert (nobody.n_places, nobody.n_stations, len(nobody.station)) == (0, 1, 0)
    far = Stage("walk", [(5000, 5000)], [(0, 0), (5000, 5000)]).pairs(900_000)
    assert far.first.tolist() == [0, 0, 0]
    at_once = Stage("walk", [(0, 0)], [(0, 0), (1, 0)])
    assert at_once.pairs(0).first.tolist() == [0, 1, 1]
    assert len(at_once.pairs(-1).station) == 0


def test_compile_says_whether_kernels_are_ready(monkeypatch):
    assert pairs.compile() is True
    monkeypatch.setattr(pairs, "COMPILED", False)
    assert pairs.compile() is False


def test_serving_pairs_wait_for_an_opening_and_end_at_closing():
    # Friday 11:58. In 300 s the place at (0, 0) reaches s0 at 100 s, s1 at 200 s and s2 at 300 s.
    # s0 opens at noon: 120 s. s1 closed at noon: too late. s2 has two openings, of which the second
    # is in time: 12:03 = 300 s. A place at (100, 0) waits at s0 and reaches s1 in time, 100 s.
    hours = ["12:00-18:00", "08:00-12:00", "08:00-12:00,12:03-18:00"]
    data = toy_city([(100, 0), (200, 0), (300, 0)], [(0, 0, 1), (100, 0, 1)], hours=hours)
    offer = data.supply(Need(at=datetime(2026, 11, 20, 11, 58)))
    found = pairs.serving(data.pairs(TOY_PROFILES["walk"], 300_000), offer, 300_000)
    assert found.first.tolist() == [0, 2, 5]
    assert found.station.tolist() == [0, 2, 1, 0, 2]
    assert found.time_ms.tolist() == [120_000, 300_000, 100_000, 120_000, 300_000]


def test_serving_pairs_without_hours_are_those_of_the_stations_that_offer():
    data = toy_city([(100, 0), (200, 0)], [(0, 0, 1)], services=["rest", "rest;water"])
    table = data.pairs(TOY_PROFILES["walk"], 300_000)
    found = pairs.serving(table, data.supply(Need(("water",))), 300_000)
    assert (found.station.tolist(), found.time_ms.tolist()) == ([1], [200_000])
    near = pairs.serving(table, data.supply(Need()), 150_000)
    assert (near.station.tolist(), near.time_ms.tolist()) == ([0], [100_000])
