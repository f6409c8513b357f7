"""The stations where a rider is served first: order, filters, reasons, laws; and the fallback."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import locator
from geo.crs import unproject
from geo.errors import OptionError
from geo.locator import Filters
from geo.model import Position
from geo.ranking import UNSURE_MS
from geo.way import trips
from tests.geo import riders
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
#: A Friday, no holiday near.
NOON = datetime(2026, 11, 20, 12, 0)
NIGHT = datetime(2026, 11, 20, 22, 30)
#: At x = 50 on H4; e-bikes are refused from ten to six.
NORTH_GATE = {"barrier": "gate", "name": "北门", "bicycle_conditional": "no @ (22:00-06:00)"}
ALL_DAY, OFFICE, EVENING = "24/7", "Mo-Fr 09:00-18:00", "Mo-Su 12:10-23:00"


def at(x: float, y: float) -> Position:
    """Return toy metres as a position."""
    lon, lat = unproject(*xy((x, y)).T, CRS)
    return Position(float(lon[0]), float(lat[0]))


def told(found: locator.Ranking) -> list[tuple[int, int | None, str]]:
    """Return station, whole seconds of arrival and state of every answer."""
    return [
        (a.station, None if a.arrival_ms is None else round(a.arrival_ms / 1000), a.state)
        for a in found.answers
    ]


def test_stations_come_in_the_order_in_which_one_is_served_there():
    # From (0, 0) along H0 at 1 m/s: 100 s, 200 s, 300 s, 400 s.
    spots = [(100, 0), (200, 0), (300, 0), (400, 0)]
    city = toy_city(spots, hours=["", EVENING, ALL_DAY, OFFICE])
    found = locator.ranked(city, WALK, at(0, 0), NOON)
    # Open: ready on arrival, 300 s and 400 s. Opens at 12:10: 600 s. Unknown: 100 s + ten minutes.
    assert told(found) == [
        (2, 300, "open"),
        (3, 400, "open"),
        (1, 200, "closed"),
        (0, 100, "unknown"),
    ]
    assert [round((a.ready_ms or 0) / 1000) for a in found.answers] == [300, 400, 600, 700]
    assert [a.closes_ms for a in found.answers] == [None, 6 * 3_600_000, None, None]
    assert [a.opens_ms for a in found.answers] == [None, None, 600_000, None]
    assert [a.length_m for a in found.answers] == pytest.approx([300, 400, 200, 100], abs=1e-3)
    assert (found.by, found.reason, found.at) == ("street", None, NOON)
    assert found.access is not None and found.access.street == "H0"


def test_gates_and_a_river_are_walked_around():
    three = toy_city([(0, 0), (300, 300), (500, 0)])
    # From (200, 0): 200 s to (0, 0). To (500, 0) the private gate at x = 450 turns the walker into
    # H1: 200 + 100 + 100 + 100 = 500 s. To (300, 300) the way goes round by the bridge at x = 0:
    # 200 + 300 + 300 = 800 s (by the tunnel at x = 500: 300 + 300 + 200 = 800 s).
    found = locator.ranked(three, WALK, at(200, 0), NOON)
    assert told(found) == [(0, 200, "unknown"), (2, 500, "unknown"), (1, 800, "unknown")]


def test_a_gate_that_refuses_at_this_hour_changes_the_list_and_the_way():
    # From (10, 400): (102, 400) lies 92 m east, behind the gate, (0, 486) 10 m west and 86 m north.
    city = toy_city([(102, 400), (0, 486)], hours=[ALL_DAY, ALL_DAY], gates={36: NORTH_GATE})
    # By day 92 m and 96 m at 4 m/s.
    by_day = locator.ranked(city, EBIKE, at(10, 400), NOON)
    assert told(by_day) == [(0, 23, "open"), (1, 24, "open")]
    # By night 40 m to the gate, 52 m on foot: 10 s + 52 s.
    by_night = locator.ranked(city, EBIKE, at(10, 400), NIGHT)
    assert told(by_night) == [(1, 24, "open"), (0, 62, "open")]
    on_foot = locator.ranked(city, WALK, at(10, 400), NIGHT)
    assert told(on_foot) == [(0, 92, "open"), (1, 96, "open")]
    day, night = (locator.way(city, EBIKE, at(10, 400), 0, when) for when in (NOON, NIGHT))
    assert day is not None and night is not None
    assert [step.kind for step in day.steps] == ["ride", "walk"]
    assert [(s.kind, round(s.metres), s.gate) for s in night.steps] == [
        ("ride", 40, ""),
        ("leave", 0, "北门"),
        ("walk", 52, ""),
        ("walk", 0, ""),
    ]
    # Who sets out a minute before ten comes through, whenever he arrives.
    last = locator.ranked(city, EBIKE, at(10, 400), NIGHT.replace(hour=21, minute=59))
    assert told(last) == told(by_day)


def test_a_closed_station_never_comes_first_where_another_may_be_open():
    # The first opens in ten minutes, the other is 900 s away: later, but open on arrival.
    hours = [EVENING, "Mo-Su 00:00-24:00"]
    city = toy_city([(100, 0), (500, 400)], hours=hours)
    assert told(locator.ranked(city, WALK, at(0, 0), NOON)) == [
        (1, 900, "open"),
        (0, 100, "closed"),
    ]
    # It stands there even when only one is asked for, and when its own hours are unknown.
    assert told(locator.ranked(city, WALK, at(0, 0), NOON, 1)) == [(1, 900, "open")]
    unsure = toy_city([(100, 0), (500, 400)], hours=[EVENING, ""])
    assert told(locator.ranked(unsure, WALK, at(0, 0), NOON, 1)) == [(1, 900, "unknown")]
    # Where all are closed, the one that opens first comes first; never is last.
    shut = toy_city([(100, 0), (200, 0), (300, 0)], hours=["off", EVENING, "Mo-Su 12:06-13:00"])
    found = locator.ranked(shut, WALK, at(0, 0), NOON)
    assert told(found) == [(2, 300, "closed"), (1, 200, "closed"), (0, 100, "closed")]
    assert found.answers[-1].ready_ms is None


def test_what_closes_before_one_arrives_is_closed():
    city = toy_city([(100, 0), (300, 0)], hours=["Mo-Su 08:00-12:01", ALL_DAY])
    found = locator.ranked(city, WALK, at(0, 0), NOON)
    assert told(found) == [(1, 300, "open"), (0, 100, "closed")]
    # It opens again at 08:00 tomorrow, twenty hours from now.
    assert found.answers[1].opens_ms == 20 * 3_600_000
    # From 50 m it is reached 50 s after noon, in the last seconds.
    near = locator.ranked(city, WALK, at(50, 0), NOON).answers[0]
    assert (near.station, near.state, near.closes_ms) == (0, "open", 60_000)
    assert near.to_json(NOON)["closes_in_s"] == pytest.approx(10, abs=0.01)


def test_filters_ask_for_services_an_open_door_and_24_hours():
    spots = [(100, 0), (200, 0), (300, 0), (400, 0)]
    hours = ["", EVENING, ALL_DAY, OFFICE]
    services = ["water;rest", "water;charging", "rest", "charging;water;rest"]
    city = toy_city(spots, hours=hours, services=services)

    def rows(filters: Filters) -> list[int]:
        return [a.station for a in locator.ranked(city, WALK, at(0, 0), NOON, 5, filters).answers]

    assert rows(Filters(("water",))) == [3, 1, 0]
    assert rows(Filters(("charging", "water", "rest"))) == [3]
    assert rows(Filters(open_only=True)) == [2, 3]
    assert rows(Filters(always=True)) == [2]
    assert rows(Filters(("water",), open_only=True)) == [3]


def test_what_hinders_is_said_where_no_station_passes():
    city = toy_city(
        [(100, 0), (200, 0)], hours=[ALL_DAY, OFFICE], services=["rest", "water;rest"], closed=[]
    )
    night = datetime(2026, 11, 20, 22, 0)
    filters = Filters(("water",), open_only=True)
    found = locator.ranked(city, WALK, at(0, 0), night, 5, filters)
    assert (found.by, found.reason, found.answers) == ("street", "none_fits", ())
    # Without water the first is open; without “open” the second offers water.
    assert found.dropping == {"water": 1, "open_only": 1}
    never = locator.ranked(city, WALK, at(0, 0), night, 5, Filters(("toilet",), always=True))
    assert never.dropping == {"toilet": 1, "always": 0}


def test_a_city_without_stations_says_so():
    for city in (toy_city([]), toy_city([(100, 0)], closed=[0])):
        found = locator.ranked(city, WALK, at(0, 0), NOON)
        assert (found.answers, found.reason) == ((), "no_station")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((250, 250), "water"),  # in the river
        ((250, -300), "no_street"),  # 300 m south of H0, and 500 m is judged
        ((5000, 5000), "outside"),
        ((800, 150), "unreachable"),  # on the street of its own
    ],
)
def test_where_no_way_leads_the_nearest_by_air_are_named(place, reason):
    city = toy_city([(0, 0), (500, 500)], hours=[ALL_DAY, OFFICE])
    found = locator.ranked(city, WALK, at(*place), NOON)
    assert (found.by, found.reason) == ("air", reason)
    assert (found.access is not None) == (reason == "unreachable")
    apart = [np.hypot(place[0] - x, place[1] - y) for x, y in [(0, 0), (500, 500)]]
    assert [a.station for a in found.answers] == np.argsort(apart, kind="stable").tolist()
    # Far out the line runs over the ellipsoid: four parts in ten thousand of projection at most.
    assert [a.length_m for a in found.answers] == pytest.approx(sorted(apart), rel=1e-3)
    assert all(a.arrival_ms is None and a.ready_ms is None for a in found.answers)
    assert locator.why_not(city, WALK, at(*place)) == reason
    assert locator.way(city, WALK, at(*place), 0, NOON) is None


def test_by_air_too_a_closed_door_stands_behind_an_open_one():
    city = toy_city([(250, 0), (0, 0)], hours=["off", ALL_DAY])
    found = locator.ranked(city, WALK, at(250, -300), NOON)
    assert told(found) == [(1, None, "open"), (0, None, "closed")]
    only = locator.ranked(city, WALK, at(250, -300), NOON, 5, Filters(open_only=True))
    assert told(only) == [(1, None, "open")]


def test_other_continents_have_a_distance():
    city = toy_city([(0, 0)])
    found = locator.ranked(city, WALK, Position(-46.6, -23.5), NOON)
    assert (found.by, found.reason) == ("air", "outside")
    assert 17_000_000 < found.answers[0].length_m < 20_100_000


def test_seconds_are_dropped_and_nonsense_is_refused():
    city = toy_city([(100, 0)])
    assert locator.ranked(city, WALK, at(0, 0), NOON.replace(second=59)).at == NOON
    for count in (0, 11):
        with pytest.raises(OptionError, match="ask for 1 to 10"):
            locator.ranked(city, WALK, at(0, 0), NOON, count)
    with pytest.raises(OptionError, match="unknown service"):
        Filters(("sauna",))
    with pytest.raises(OptionError, match="time zone"):
        locator.ranked(city, WALK, at(0, 0), NOON.replace(tzinfo=UTC))


def test_the_citys_clock_is_that_of_the_mainland():
    city = toy_city([(100, 0)])
    assert city.calendar is not None
    assert locator.wall_clock(city, datetime(2026, 11, 20, 16, 30, tzinfo=UTC)) == datetime(
        2026, 11, 21, 0, 30
    )


SPOTS = st.tuples(st.integers(-60, 640), st.integers(-60, 560))
HOURS = st.sampled_from(["", ALL_DAY, OFFICE, EVENING, "off", "Mo-Su 12:02-12:06"])
PROFILE = st.sampled_from([WALK, EBIKE])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(SPOTS, HOURS), min_size=1, max_size=7),
    SPOTS,
    PROFILE,
    st.booleans(),
    st.sampled_from([NOON, NIGHT]),
)
def test_the_list_is_brute_force_and_its_beginnings_are_shorter_lists(
    posts, place, profile, only, moment
):
    city = toy_city(
        [spot for spot, _ in posts], hours=[text for _, text in posts], gates={36: NORTH_GATE}
    )
    link = city.street_index(profile).link(city.locate(at(*place)))
    times = riders.times_by_station(city, profile, link, range(len(posts)), moment)[0]
    texts = [text for _, text in posts]
    expected = riders.ranked(times, [True] * len(posts), texts, moment)
    if only:
        expected = [row for row in expected if row[2] == "open"]
    filters = Filters(open_only=only)
    lists = [
        locator.ranked(city, profile, at(*place), moment, count, filters) for count in range(1, 8)
    ]
    for count, found in enumerate(lists, 1):
        answers = found.answers if found.by == "street" else ()
        assert [(a.arrival_ms, a.station, a.state) for a in answers] == [
            row[:3] for row in expected[:count]
        ]


@settings(max_examples=40)
@given(st.lists(st.tuples(SPOTS, HOURS), min_size=2, max_size=6), SPOTS, PROFILE)
def test_another_station_never_makes_the_first_one_later(posts, place, profile):
    def first(some):
        city = toy_city([spot for spot, _ in some], hours=[text for _, text in some])
        found = locator.ranked(city, profile, at(*place), NOON, 1)
        return found.answers[0] if found.by == "street" and found.answers else None

    before, after = first(posts[:-1]), first(posts)
    if before is None:
        return
    assert after is not None
    ends = [2**31 if a.ready_ms is None else a.ready_ms for a in (before, after)]
    # Nothing that is open or may be is given up for a closed door.
    if before.state != "closed":
        assert after.state != "closed" and ends[1] <= ends[0]
    elif after.state == "closed":
        assert ends[1] <= ends[0]


def test_ten_minutes_weigh_as_much_as_not_knowing():
    # 24/7 at 700 s against unknown at 100 s: 700 < 100 + 600 is not, equal; the nearer goes first.
    city = toy_city([(100, 0), (500, 200)], hours=["", ALL_DAY])
    found = locator.ranked(city, WALK, at(0, 0), NOON)
    assert UNSURE_MS == 600_000
    assert {a.station: round((a.ready_ms or 0) / 1000) for a in found.answers} == {0: 700, 1: 700}
    nearer = toy_city([(100, 0), (500, 190)], hours=["", ALL_DAY])
    assert [a.station for a in locator.ranked(nearer, WALK, at(0, 0), NOON).answers] == [1, 0]


@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=lambda p: p.name)
def test_without_compiled_kernels_the_answers_are_the_same(profile, monkeypatch):
    rng = np.random.default_rng(3)
    spots = [tuple(spot) for spot in rng.uniform(-50, 600, (12, 2))]
    texts = rng.choice(["", ALL_DAY, OFFICE, EVENING, "off"], 12).tolist()
    city = toy_city(spots, hours=texts)
    places = [at(*spot) for spot in rng.uniform(-80, 650, (40, 2))]

    def answers():
        lists = [locator.ranked(city, profile, place, NOON, 6) for place in places]
        ways = [
            locator.way(city, profile, place, found.answers[0].station, NOON)
            for place, found in zip(places, lists, strict=True)
            if found.by == "street"
        ]
        return lists, [(way.pieces, way.length_m, way.time_ms) for way in ways]

    compiled = answers()
    monkeypatch.setattr(trips, "COMPILED", False)
    assert answers() == compiled and len(compiled[1]) > 20


def test_a_search_that_needs_more_room_asks_for_it(monkeypatch):
    city = toy_city([(0, 0), (500, 500)], hours=[ALL_DAY, OFFICE])
    expected = locator.ranked(city, EBIKE, at(120, 130), NOON)
    monkeypatch.setattr(trips, "_ROOM", 4)
    monkeypatch.setattr(trips, "_scratch", trips._Scratch())
    assert locator.ranked(city, EBIKE, at(120, 130), NOON) == expected
    way = locator.way(city, EBIKE, at(120, 130), 1, NOON)
    assert way is not None and way.time_ms == expected.answers[1].arrival_ms


def test_many_threads_do_not_disturb_each_other():
    city = toy_city([(0, 0), (300, 0), (500, 500)], hours=[ALL_DAY, OFFICE, ""])
    places = [at(*spot) for spot in np.random.default_rng(1).uniform(0, 500, (20, 2))]
    alone = [locator.ranked(city, WALK, place, NOON) for place in places]
    together: dict[int, list[locator.Ranking]] = {}

    def run(number: int) -> None:
        together[number] = [locator.ranked(city, WALK, place, NOON) for place in places]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found == alone for found in together.values()) and len(together) == 4


def test_who_would_be_on_the_way_for_too_long_is_not_sent_there(monkeypatch):
    city = toy_city([(100, 0), (300, 0)])
    assert locator.HORIZON_MS == 7_200_000
    monkeypatch.setattr(locator, "HORIZON_MS", 250_000)
    assert told(locator.ranked(city, WALK, at(0, 0), NOON)) == [(0, 100, "unknown")]
    far = locator.ranked(city, WALK, at(500, 500), NOON)
    assert (far.by, far.reason) == ("air", "unreachable")
