"""Who is covered at every hour: by hand in the toy city, second by second, and as a study says."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import hours, study, timetables, week
from geo.city import CityData
from geo.errors import OptionError
from geo.model import SERVICES, Budget, Need
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK, RIDE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
FIVE = Budget(minutes=5)  # 300 m on foot at 1 m/s
MONDAY = date(2026, 11, 16)

#: In metres = seconds, to s0 at (100, 0) and s1 at (400, 0):
#:   16 at (0, 0): 100, 400 · 8 at (200, 0): 100, 200 · 4 at (300, 0): 200, 100
#:   2 at (400, 100): 400, 100 · 1 at (0, 300): 400, more
STATIONS = [(100, 0), (400, 0)]
PEOPLE = [(0, 0, 16), (200, 0, 8), (300, 0, 4), (400, 100, 2), (0, 300, 1)]
HOURS = ["Mo-Fr 08:03-12:02; PH off", "Mo-Su 18:00-02:00"]


def toy_week(start: date = MONDAY, services: tuple[str, ...] = (), **city) -> week.Curve:
    data = toy_city(STATIONS, PEOPLE, **{"hours": HOURS, **city})
    return week.week(data, WALK, FIVE, services, start=start)


def test_a_week_by_hand():
    found = toy_week()
    night, morning = 8 + 4 + 2, 16 + 8 + 4
    # At 08:00 people within 300 s of s0 wait until 08:03 and are in time, 180 s ≤ 300 s. At 12:00
    # it serves for another 120 s: those at 100 s. s1 serves from 18:00 to 02:00.
    weekday = [night] * 2 + [0] * 6 + [morning] * 4 + [16 + 8] + [0] * 5 + [night] * 6
    weekend = [night] * 2 + [0] * 16 + [night] * 6
    assert found.covered.tolist() == weekday * 5 + weekend * 2
    assert found.stations.tolist() == [int(count > 0) for count in weekday * 5 + weekend * 2]
    assert found.ceiling == 30.0
    assert found.unknown_hours == 0


def test_holidays_and_a_make_up_day():
    # Sunday 28 September 2025 has a Tuesday's hours; the holidays begin on Wednesday 1 October and
    # are off. The nights of s1 go on throughout.
    found = toy_week(date(2025, 9, 28))
    at_nine = found.covered[9::24].tolist()
    assert at_nine == [28.0, 28.0, 28.0, 0.0, 0.0, 0.0, 0.0]
    told = found.to_json()
    assert told["holidays"]["names"] == ["调休上班（按周二）", None, None, *["国庆节"] * 4]
    assert told["holidays"]["known"] == [True] * 7


def test_unpublished_holidays_are_said_to_be_unknown():
    last = date(hours.CHINA.years[1], 12, 29)
    told = toy_week(last).to_json()
    assert told["holidays"]["known"] == [True] * 3 + [False] * 4
    assert told["holidays"]["names"] == [None] * 7


def test_each_service_alone():
    services = ["water;rest", "charging"]
    data = toy_city(STATIONS, PEOPLE, hours=["24/7", "24/7"], services=services)
    found = week.week(data, WALK, FIVE, ("rest", "water"), start=MONDAY)
    assert set(found.covered) == {28.0}
    by_service = {key: set(line) for key, line in found.by_service.items()}
    assert by_service == {key: {0.0} for key in SERVICES} | {
        "water": {28.0},
        "rest": {28.0},
        "charging": {14.0},
    }
    both = week.week(data, WALK, FIVE, ("water", "charging"), start=MONDAY)
    assert set(both.covered) == {0.0} and set(both.stations) == {0} and both.ceiling == 0.0


def test_unknown_hours_never_count():
    found = toy_week(hours=["", 'Mo-Fr 09:00-17:00; Sa "call us"'])
    assert found.covered[9] == 14.0 and found.covered[5 * 24 + 9] == 0.0
    assert found.unknown_hours == 2
    assert found.ceiling == 30.0


def test_a_day_is_a_part_of_the_week():
    data = toy_city(STATIONS, PEOPLE, hours=HOURS)
    whole = week.week(data, WALK, FIVE, start=MONDAY)
    for number in range(7):
        part = week.day(data, WALK, FIVE, day=MONDAY + timedelta(days=number))
        assert part.covered.tolist() == whole.covered[24 * number : 24 * number + 24].tolist()


def test_cells_are_those_of_the_study():
    data = toy_city(STATIONS, PEOPLE, hours=HOURS, outside=[(100, 0, 64)])
    found = week.day(data, WALK, FIVE, day=MONDAY)
    for hour in (0, 5, 9, 12):
        asked = study.run(data, WALK, FIVE, Need(at=found.instants[hour]))
        expected = asked.shares.drop(columns="reason")
        assert found.cells(hour)[expected.columns].equals(expected)


SPOT = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda k: (25.0 * k[0], 25.0 * k[1]))
TIMETABLE = st.sampled_from(
    [
        "24/7",
        "Mo-Su 08:00-12:00",
        "Mo-Su 12:04-20:00",
        "Mo-Fr 11:00-12:01,12:03-14:00",
        "Sa-Su,PH 21:00-03:02",
        "Mo-Fr 09:00-18:00; PH off",
        "off",
        "",
    ]
)
OFFERED = st.sampled_from(["", "water", "rest;water", "charging"])


@settings(deadline=None, max_examples=20)
@given(
    stations=st.lists(st.tuples(SPOT, TIMETABLE, OFFERED), min_size=1, max_size=5),
    people=st.lists(SPOT, min_size=1, max_size=10),
    profile=st.sampled_from([WALK, RIDE]),
    minutes=st.sampled_from([1, 3, 7]),
    services=st.sampled_from([(), ("water",)]),
    sample=st.lists(st.integers(0, 167), min_size=1, max_size=2, unique=True),
)
def test_every_hour_is_what_a_study_of_that_instant_says(
    stations, people, profile, minutes, services, sample
):
    spots, texts, offers = zip(*stations, strict=True)
    crowd = [(x, y, 1.0 + k) for k, (x, y) in enumerate(people)]
    data = toy_city(spots, crowd, hours=texts, services=offers)
    budget = Budget(minutes=minutes)
    found = week.week(data, profile, budget, services, start=date(2025, 9, 29))
    for hour in sample:
        for wanted, line in [(services, found.covered), (("rest",), found.by_service["rest"])]:
            asked = study.run(data, profile, budget, Need(wanted, found.instants[hour]))
            assert study.headline(asked)["people"]["covered"] == line[hour]
        serving = data.supply(Need(services, found.instants[hour]), budget.milliseconds(profile))
        assert serving.serving(budget.milliseconds(profile)).sum() == found.stations[hour]
    ignored = study.run(data, profile, budget, Need(services))
    assert study.headline(ignored)["people"]["covered"] == found.ceiling
    assert (found.covered <= found.ceiling).all()


def second_by_second(data: CityData, seconds: int, at: datetime) -> float:
    """Return who finds a station open when they come, or before their budget ends.

    One person, one station, one second at a time; the ways are straight along one street, west of
    its private gate.
    """
    total = 0.0
    xs = data.stations_xy[:, 0]
    for (x, _), people in zip(data.units_xy, data.units["people"], strict=True):
        ways = np.rint(np.abs(xs - x)).astype(int)
        total += people * any(
            hours.windows(text, moment, moment + timedelta(seconds=1), data.calendar)
            for way, text in zip(ways, data.stations["opening_hours"], strict=True)
            for moment in (at + timedelta(seconds=s) for s in range(way, seconds + 1))
        )
    return total


@settings(deadline=None, max_examples=8)
@given(
    stations=st.lists(st.tuples(st.integers(0, 8), TIMETABLE), min_size=1, max_size=3),
    people=st.lists(st.integers(0, 8), min_size=1, max_size=4),
    hour=st.integers(0, 167),
)
def test_an_hour_is_what_happens_second_by_second(stations, people, hour):
    spots = [(50.0 * k, 0.0) for k, _ in stations]
    data = toy_city(
        spots, [(50.0 * k, 0.0, 4.0) for k in people], hours=[text for _, text in stations]
    )
    found = week.week(data, WALK, FIVE, start=date(2025, 9, 29))
    assert found.covered[hour] == second_by_second(data, 300, found.instants[hour])


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_kernel_equals_array_arithmetic(data):
    places, stations, tables, instants = 6, 5, 3, 70  # two words of bits
    size = data.draw(st.lists(st.integers(0, 4), min_size=places, max_size=places))
    first = np.concatenate([[0], np.cumsum(size)])
    numbers = st.integers(0, 2**31)
    rng = np.random.default_rng(data.draw(numbers))
    pairs = (first, rng.integers(0, stations, first[-1]), rng.integers(0, 100, first[-1]))
    offers = rng.integers(0, 8, stations)
    timetable = rng.integers(0, tables, stations)
    limits = rng.choice([-1, -1, 30, 60, 99], (instants, tables))
    steps = timetables.steps_of(limits)
    people = rng.integers(0, 50, places).astype(float)
    told = []
    for serve in (timetables.serve_each, timetables.serve_each_plain):
        covered, served = np.zeros((3, instants)), np.zeros((places, 2), np.uint64)
        serve(*pairs, offers, timetable, steps, people, covered, served)
        told.append((covered, served))
    assert np.array_equal(told[0][0], told[1][0])
    assert np.array_equal(told[0][1], told[1][1])
    # And both equal the plain question, asked of every place, station and instant.
    for question in range(3):
        for instant, limit in enumerate(limits):
            count = 0.0
            for place in range(places):
                mine = range(first[place], first[place + 1])
                count += people[place] * any(
                    offers[pairs[1][i]] >> question & 1
                    and pairs[2][i] <= limit[timetable[pairs[1][i]]]
                    for i in mine
                )
            assert told[0][0][question, instant] == count


def test_longer_hours_never_lower_the_curve():
    short = toy_week(hours=["Mo-Fr 10:00-12:00", "Mo-Su 18:00-23:00"])
    longer = toy_week(hours=["Mo-Fr 10:00-12:00,13:00-15:00", "Mo-Su 17:30-02:00"])
    assert (short.covered <= longer.covered).all() and (short.covered < longer.covered).any()


@pytest.mark.parametrize(
    "data",
    [
        toy_city([], PEOPLE),
        toy_city(STATIONS, PEOPLE, hours=HOURS, closed=[0, 1]),
        toy_city(STATIONS, PEOPLE, hours=["off", "off"]),
        toy_city(STATIONS, PEOPLE),
        toy_city(STATIONS, [], hours=HOURS),
        toy_city(STATIONS, [(0, 0, 0)], hours=HOURS),
        toy_city(STATIONS, [], outside=[(0, 0, 4)], hours=HOURS),
    ],
    ids=["no stations", "none in service", "off", "unknown", "no places", "nobody", "outside"],
)
def test_where_nobody_is_served_the_curve_is_zero(data):
    told = week.week(data, WALK, FIVE, start=MONDAY).to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["covered"] == [0.0] * 168
    assert told["reason"] is None


def test_where_nobody_is_known_the_curve_is_null_with_the_reason():
    data = toy_city(STATIONS, None, hours=HOURS)
    found = week.week(data, WALK, FIVE, start=MONDAY)
    assert found.covered is None and found.by_service is None and found.cells(9) is None
    told = found.to_json()
    assert told["covered"] == [None] * 168
    assert told["by_service"] == {key: [None] * 168 for key in SERVICES}
    assert told["ceiling"] is told["people_total"] is told["people_judged"] is None
    assert told["reason"] == "no demand file"
    assert told["stations"][9] == 1  # stations keep their hours all the same


def test_people_outside_are_counted_apart():
    told = toy_week(outside=[(100, 0, 64)]).to_json()
    assert (told["people_total"], told["people_judged"], told["ceiling"]) == (95.0, 31.0, 30.0)


def test_json_has_the_whole_week():
    told = toy_week().to_json()
    assert told["from"] == "2026-11-16"
    assert (told["hours"][0], told["hours"][-1]) == ("2026-11-16T00:00", "2026-11-22T23:00")
    assert len(told["hours"]) == len(told["covered"]) == len(told["stations"]) == 168
    assert set(told["by_service"]) == set(SERVICES)


def test_dates_are_read_in_words():
    assert week.day_of(" 2026-11-16 ") == MONDAY
    assert week.monday_of(date(2026, 11, 22)) == MONDAY == week.monday_of(MONDAY)
    with pytest.raises(OptionError, match=r"'16\.11\.2026' is no date; give one as 2026-11-16"):
        week.day_of("16.11.2026")
    with pytest.raises(OptionError, match=r"1999-12-27 is out of reach.*2000 to 2099"):
        toy_week(date(1999, 12, 27))
    with pytest.raises(OptionError, match="unknown service 'sauna'"):
        toy_week(services=("sauna",))
