"""Two hundred seeded places of whole cities: the rider's list is that of brute force."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from geo import locator, workspace
from geo.crs import project
from geo.model import PROFILES
from tests.geo import riders
from tests.geo.oracle import Oracle

#: Weekdays and a Saturday, none of them within two weeks of a holiday: at noon, before midnight,
#: at night, minutes before most open.
INSTANTS = (
    datetime(2026, 11, 20, 11, 50),
    datetime(2026, 11, 20, 23, 40),
    datetime(2026, 11, 21, 3, 10),
    datetime(2026, 11, 23, 8, 21),
)
PLACES, COUNT = 200, 10


def hours_of(city, seed):
    """Return hours for stations that have none of their own, many kinds of them."""
    rng = np.random.default_rng(seed)
    texts = ["", "24/7", "Mo-Fr 08:30-17:30", "Mo-Su 18:00-02:00", "Sa-Su 10:00-16:00"]
    return rng.choice(texts, len(city.stations)).tolist()


@pytest.fixture(scope="module")
def demo(demo_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(demo_home))
        return workspace.load("demo")


@pytest.fixture(scope="module")
def real(real_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(real_home))
        cities = {slug: workspace.load(slug) for slug in ("nanshan", "haidian")}
    return {
        slug: city.with_stations(
            city.stations.assign(opening_hours=hours_of(city, 3)), city.station_links
        )
        for slug, city in cities.items()
    }


def compare(data, profile, seed):
    """Hold the lists of seeded places to brute force: order, times, states, openings."""
    places = riders.positions(data, PLACES, seed)
    xy = np.column_stack(
        project(np.array([p.lon for p in places]), np.array([p.lat for p in places]), data.city.crs)
    )
    links = data.street_index(profile).link(xy)
    rows = data.open_rows.tolist()
    times = np.empty((PLACES, len(data.stations)), np.int64)
    for k, at in enumerate(INSTANTS):  # every gate as it stands then
        some = np.arange(k, PLACES, len(INSTANTS))
        times[some] = riders.times_by_station(data, profile, links.take(some), rows, at)
    texts = data.stations["opening_hours"].tolist()
    answered = 0
    for k, place in enumerate(places):
        at = INSTANTS[k % len(INSTANTS)]
        found = locator.ranked(data, profile, place, at, COUNT)
        expected = riders.ranked(times[k], [True] * len(texts), texts, at)[:COUNT]
        if not expected:
            tied = ("unreachable",) if links.edge[k] >= 0 else ("outside", "water", "no_street")
            assert found.by == "air" and found.reason in tied
            continue
        answered += 1
        told = [answer.to_json(at) for answer in found.answers]
        assert found.by == "street" and found.reason is None
        assert [
            (a.arrival_ms, a.station, a.state, t["opens_at"], t["closes_at"])
            for a, t in zip(found.answers, told, strict=True)
        ] == [
            (arrival, row, state, minute(opens), minute(closes))
            for arrival, row, state, opens, closes in expected
        ]
    return answered


def minute(moment):
    return None if moment is None else moment.isoformat(timespec="minutes")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_the_list_is_that_of_brute_force_in_the_demo_city(demo, profile):
    assert compare(demo, profile, 20_261_120) > PLACES / 2


@pytest.mark.parametrize("slug", ["nanshan", "haidian"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_the_list_is_that_of_brute_force_in_real_cities(real, slug, profile):
    assert compare(real[slug], profile, 7) > PLACES / 2


def may_be_taken(oracle, way):
    """Hold a way to the rules of the frames: every piece in its direction, every gate, no gap."""
    layer, here = 0, None
    for piece in way.pieces:
        ends = {0.0: oracle.u[piece.edge], oracle.length[piece.edge]: oracle.v[piece.edge]}
        start = ends.get(piece.start_m)
        assert here is None or start == here
        assert here is None or (start, piece.layer) not in oracle.blocked
        assert piece.layer >= layer  # who has left the vehicle never mounts it again
        along, against = oracle.speed[piece.edge][piece.layer]
        assert (along if piece.end_m > piece.start_m else against) > 0
        layer, here = piece.layer, ends.get(piece.end_m)
    assert way.length_m == pytest.approx(np.hypot(*np.diff(way.xy, axis=0).T).sum(), abs=0.11)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_times_equal_a_search_from_the_place_over_the_frames(demo, demo_streets, profile):
    """Neither links, graph nor search are ours here; a rounded part may tip by a millisecond."""
    frames = demo_streets.nodes, demo_streets.edges, demo_streets.barriers
    places = riders.positions(demo, PLACES, 5)
    xy = np.column_stack(
        project(np.array([p.lon for p in places]), np.array([p.lat for p in places]), demo.city.crs)
    )
    rows = demo.open_rows
    oracle = Oracle(*frames, profile)
    times = riders.times_forward(oracle, xy, demo.stations_xy[rows])
    at = INSTANTS[0]
    answered = 0
    for k, place in enumerate(places):
        found = locator.ranked(demo, profile, place, at, COUNT)
        if found.by == "air":
            assert (times[k] < 0).all() or found.reason == "water"
            continue
        answered += 1
        theirs = dict(zip(rows.tolist(), times[k].tolist(), strict=True))
        for answer in found.answers:
            assert answer.arrival_ms == pytest.approx(theirs[answer.station], abs=4)
        way = locator.way(demo, profile, place, found.answers[0].station, at)
        assert way is not None and way.length_m == found.answers[0].length_m
        may_be_taken(oracle, way)
        # Nobody who is left out would have been served clearly earlier.
        texts = demo.stations["opening_hours"].tolist()
        full = np.full(len(texts), -1)
        full[rows] = times[k]
        brute = riders.ranked(full, [True] * len(texts), texts, at)[:COUNT]
        assert [a.arrival_ms for a in found.answers] == pytest.approx(
            [arrival for arrival, *_ in brute], abs=4
        )
    assert answered > PLACES / 2
