"""Everything about one place: on the toy city, where metres are seconds, and against the study."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import gaps, study
from geo.capacity import Crowd
from geo.city import CityData
from geo.crs import unproject
from geo.errors import OptionError
from geo.model import SERVICES, Budget, Need, Position, TravelProfile
from geo.why import Why, mending, obstacle, phrases, why
from tests.geo.test_study import position
from tests.geo.toy import CRS, EAST, NORTH, TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
NIGHT = datetime(2026, 11, 20, 22, 0)  # a Friday


def told(
    city: CityData,
    spot: tuple[float, float],
    seconds: float,
    need: Need | None = None,
    profile: TravelProfile = WALK,
    crowd: Crowd | None = None,
) -> Why:
    budget = Budget(minutes=seconds / 60)
    found = why(city, profile, budget, position(*spot), need or Need(), crowd)
    json.dumps(found.to_json(), allow_nan=False)
    return found


def toy_metres(xy) -> list[tuple[float, float]]:
    return [(round(float(x) - EAST, 3), round(float(y) - NORTH, 3)) for x, y in xy]


def test_a_covered_place_has_a_way():
    """From (200, 100) along H1 and V0 to the station at (0, 0): 300 m, 300 s."""
    city = toy_city([(0, 0)])
    found = told(city, (200, 100), 300)
    assert found.cause is None
    place = found.to_json()["place"]
    assert place["covered"] and place["class"] is None
    assert (place["seconds"], place["path_seconds"]) == (300.0, 300.0)
    assert place["path_metres"] == pytest.approx(300)
    assert sum(step["metres"] for step in place["steps"]) == pytest.approx(300)
    assert place["nearest"] == {"id": "s0", "name": "Station 0", "seconds": 300.0}
    ends = place["path"]["coordinates"]
    for (x, y), (lon, lat) in zip([(200, 100), (0, 0)], [ends[0], ends[-1]], strict=True):
        expected = unproject(np.array(EAST + x), np.array(NORTH + y), CRS)
        assert (lon, lat) == pytest.approx(tuple(map(float, expected)), abs=2e-6)
    assert found.words == phrases.Words("5.0 分钟到Station 0", "5.0 min to Station 0")


def test_a_severed_place_names_the_river_and_the_bridge_that_is_missing():
    """100 m to the station across the river, 500 m by the bridge at x = 0.

    The link of 100 m brings three places in time: (200, 200) in 100 s, (220, 200) and (180, 200)
    in 120 s; (240, 200) would need 140 s. (200, 320) is in time already.
    """
    people = [(200, 200, 50.0), (220, 200, 20.0), (180, 200, 3.0), (240, 200, 9.0), (200, 320, 7.0)]
    found = told(toy_city([(200, 300)], people), (200, 200), 120)
    assert found.cause == "severed"
    place = found.to_json()["place"]
    assert place["barrier"] == "River"
    assert place["seconds"] == 500.0
    assert place["path_metres"] == pytest.approx(500)
    assert place["straight_m"] == pytest.approx(100)
    link = place["missing_link"]
    assert link["metres"] == pytest.approx(100)
    assert (link["barrier"], link["fault"], link["seconds"]) == ("River", False, 100.0)
    assert link["streets"] == ["H2", "H3"]
    assert (link["places"], link["people"]) == (3, 73.0)
    assert found.words.zh == "到最近的驿站直线 100 米，但隔着River"


def test_a_link_without_known_people_says_so():
    place = told(toy_city([(200, 300)], None), (200, 200), 120).to_json()["place"]
    assert place["missing_link"]["metres"] == pytest.approx(100)
    assert (place["missing_link"]["places"], place["missing_link"]["people"]) == (None, None)


def test_no_barrier_is_named_where_none_is_known():
    place = told(toy_city([(200, 300)], barriers=False), (200, 200), 120).to_json()["place"]
    assert (place["class"], place["barrier"]) == ("detour", None)
    assert place["missing_link"]["barrier"] is None


def test_an_unreachable_street_gets_a_link():
    """Far stands at x = 800, the bend at x = 520: 280 m, and 20 m to the station at (500, 100)."""
    place = told(toy_city([(500, 100)]), (800, 100), 300).to_json()["place"]
    assert place["class"] == "unreachable"
    assert (place["path"], place["nearest"], place["seconds"]) == (None, None, None)
    assert place["station"]["id"] == "s0"
    assert place["missing_link"]["metres"] == pytest.approx(280)
    assert place["missing_link"]["seconds"] == 300.0


def test_a_private_gate_refuses_everybody():
    """From (500, 0) to (400, 0): 100 s through the gate at x = 450, 300 s around it."""
    found = told(toy_city([(400, 0)]), (500, 0), 120)
    assert found.cause == "refused"
    assert found.refusal is not None
    refusal = found.refusal.obstacle
    assert (refusal.kind, refusal.street) == (obstacle.GATE, "H0")
    assert toy_metres([refusal.xy]) == [(450, 0)]
    place = found.to_json()["place"]
    assert place["obstacle"]["seconds"] == 100.0
    assert place["seconds"] == 300.0
    assert len(place["obstacle"]["line"]["coordinates"]) >= 2
    assert found.words.zh == "H0的门禁不让通行；若放行，1.7 分钟可到"


def test_a_gate_refuses_the_vehicle_alone():
    """From (0, 400) to (100, 400): the gate at x = 50 refuses bicycles.

    Let through 25 s; the vehicle left at the gate 12.5 + 50 s on foot; around 300 m = 75 s.
    """
    city = toy_city([(100, 400)])
    found = told(city, (0, 400), 30, profile=EBIKE)
    assert found.cause == "refused"
    assert found.refusal is not None
    assert toy_metres([found.refusal.obstacle.xy]) == [(50, 400)]
    assert found.refusal.way.time_ms == pytest.approx(25_000, abs=2)
    assert found.found.time_ms == pytest.approx(62_500, abs=2)
    assert told(city, (0, 400), 101).cause is None  # on foot the gate is open


def test_what_is_missing_at_the_nearest_stations():
    """Two minutes: s0 (50 s) has water, s1 (70 s) has charging, s2 (150 s) is too far."""
    city = toy_city([(0, 0), (120, 0), (200, 0)], services=["water", "charging", "charging;water"])
    found = told(city, (50, 0), 120, Need(("charging", "water")))
    assert found.cause == "service_missing"
    place = found.to_json()["place"]
    assert [(row["id"], row["seconds"], row["missing"]) for row in place["lacking"]] == [
        ("s0", 50.0, ["charging"]),
        ("s1", 70.0, ["water"]),
    ]
    assert place["station"]["id"] == "s2"  # the first that would serve, in 150 s
    assert place["path_metres"] == pytest.approx(150)
    assert place["nearest"]["id"] == "s0"
    zh = "、".join(name for key, (name, _) in SERVICES.items() if key in ("charging", "water"))
    assert zh in found.words.zh


def test_when_a_closed_station_opens():
    """At 22:00 on Friday both are closed; s0 opens on Saturday at 9, s1, nearer, on Monday at 8."""
    city = toy_city([(0, 0), (100, 0)], hours=["Sa 09:00-12:00", "Mo-Fr 08:00-20:00"])
    found = told(city, (80, 0), 120, Need(at=NIGHT))
    assert found.cause == "closed"
    opens = found.to_json()["place"]["opens"]
    assert (opens["id"], opens["seconds"], opens["at"]) == ("s1", 20.0, "2026-11-23T08:00")
    assert opens["wait_s"] == (2 * 24 + 10) * 3600
    assert "Station 1 11-23 08:00 开门" in found.words.zh


def test_a_station_that_closes_too_early_opens_the_next_day():
    """90 s to walk, and it closes in 60 s: what counts is tomorrow at 8, not the hour now."""
    city = toy_city([(0, 0)], hours=["Mo-Su 08:00-22:01"])
    opens = told(city, (90, 0), 120, Need(at=NIGHT)).to_json()["place"]["opens"]
    assert opens["at"] == "2026-11-21T08:00"


def test_a_station_that_opens_after_the_budget_opens_soon():
    """90 s to walk, two minutes, and it opens in ten: the wait is told."""
    city = toy_city([(0, 0)], hours=["Mo-Su 22:10-23:00"])
    opens = told(city, (90, 0), 120, Need(at=NIGHT)).to_json()["place"]["opens"]
    assert (opens["at"], opens["wait_s"]) == ("2026-11-20T22:10", 600.0)


def test_a_station_that_stays_closed_for_a_week():
    found = told(toy_city([(0, 0)], hours=["Jan 08:00-20:00"]), (90, 0), 120, Need(at=NIGHT))
    opens = found.to_json()["place"]["opens"]
    assert (opens["id"], opens["at"], opens["wait_s"]) == ("s0", None, None)
    assert found.words.en.endswith(phrases.NEVER_OPENS.en)


def test_whom_to_ask_where_hours_are_unknown():
    city = toy_city([(0, 0), (100, 0)], hours=["", "Mo-Fr 08:00-20:00"])
    found = told(city, (60, 0), 120, Need(at=NIGHT))
    assert found.cause == "unknown_hours"
    ask = found.to_json()["place"]["ask"]
    assert (ask["id"], ask["seconds"], ask["opening_hours"]) == ("s0", 60.0, "")
    assert "Station 0" in found.words.zh


def test_waiting_is_in_the_time_and_not_in_the_way():
    """30 s to walk; it opens in 60 s."""
    city = toy_city([(0, 0)], hours=["Mo-Su 22:01-23:00"])
    place = told(city, (30, 0), 120, Need(at=NIGHT)).to_json()["place"]
    assert place["covered"]
    assert (place["seconds"], place["path_seconds"]) == (60.0, pytest.approx(30, abs=0.002))


def test_without_stations():
    found = told(toy_city([]), (200, 200), 120)
    assert found.to_json()["place"]["station"] is None
    assert found.to_json()["place"]["missing_link"] is None
    assert found.words == phrases.NO_STATION


@pytest.mark.parametrize(("spot", "cause"), [((1060, 150), "no_street"), ((-540, -540), "outside")])
def test_places_without_a_street(spot, cause):
    """Far is at x = 800: 260 m, and a leg has at most 250 m. The loop is at (-50, -50): 693 m."""
    found = told(toy_city([(0, 0)]), spot, 300)
    assert found.cause == cause
    assert found.to_json()["place"]["path"] is None


def test_the_age_of_the_data_is_told_only_with_a_date():
    found = told(toy_city([(0, 0)]), (0, 0), 60)
    assert found.to_json(today=date(2026, 11, 20))["data_age_days"] is None  # no date of the data
    city = toy_city([(0, 0)])
    found = told(replace(city, city=replace(city.city, data_date="2026-11-01")), (0, 0), 60)
    assert found.to_json()["data_age_days"] is None
    answer = found.to_json(today=date(2026, 11, 20), imported="2026-11-19")
    assert answer["data_age_days"] == 19
    assert (answer["data_date"], answer["imported"]) == ("2026-11-01", "2026-11-19")


SPOTS = [(0, 0), (120, 40), (310, 190), (480, 510), (800, 150)]
# --- seats: of every second person, who is left over ---------------------------------------------

HALF = Crowd(500.0)


def test_a_place_is_full_for_one_more_where_no_station_in_reach_has_a_seat():
    """Ten users live at the station and ten 100 m away; all twelve seats are taken.

    The study calls only the second place full, 8 of whose 10 users go without; at the first one
    more user would find no seat either.
    """
    city = toy_city([(0, 0)], [(0, 0, 20.0), (100, 0, 20.0)], seats=[12])
    for spot, seconds in (((0, 0), 0.0), ((100, 0), 100.0)):
        found = told(city, spot, 300, crowd=HALF)
        assert found.cause == "full"
        place = found.to_json()["place"]
        assert not place["covered"] and place["class"] == "full"
        assert place["full"] == [
            {
                "id": "s0",
                "name": "Station 0",
                "seconds": pytest.approx(seconds, abs=0.002),
                "seats": 12.0,
                "assigned": 12.0,
                "load": 1.0,
            }
        ]
        assert place["path"] is not None and place["station"]["id"] == "s0"
    asked = found.to_json()
    assert (asked["users_per_1000"], asked["default_seats"]) == (500.0, None)
    plain = told(city, (100, 0), 300).to_json()
    assert plain["place"]["covered"] and plain["place"]["full"] == []
    assert (plain["users_per_1000"], plain["default_seats"]) == (None, None)


@pytest.mark.parametrize(
    ("seats", "crowd", "cause", "full"),
    [
        ([25], HALF, None, []),
        ([20], HALF, "full", ["s0"]),  # all are seated, and one more would not be
        ([0], HALF, "full", ["s0"]),
        ([None], HALF, None, []),  # perhaps there is a seat
        ([None], Crowd(500.0, 3), "full", ["s0"]),
        ([12, None], HALF, None, ["s0"]),
        ([5, 5], HALF, "full", ["s0", "s1"]),
        ([5, 30], HALF, None, ["s0"]),  # five at s0, fifteen at s1: half of its seats are free
    ],
)
def test_who_finds_a_seat_in_reach(seats, crowd, cause, full):
    """s0 is 100 m away, s1 200 m; all twenty users live here and reach both."""
    spots = [(0, 0), (300, 0)][: len(seats)]
    city = toy_city(spots, [(100, 0, 40.0)], seats=seats)
    found = told(city, (100, 0), 300, crowd=crowd)
    assert found.cause == cause
    assert [row["id"] for row in found.to_json()["place"]["full"]] == full


def test_seats_count_only_where_somebody_is_served():
    people = [(0, 0, 20.0)]
    shut = toy_city([(0, 0)], people, seats=[1], hours=["Mo-Su 08:00-18:00"])
    assert told(shut, (0, 0), 300, Need((), NIGHT), crowd=HALF).cause == "closed"
    far = told(toy_city([(0, 0)], people, seats=[1]), (400, 100), 300, crowd=HALF)
    assert (far.cause, far.to_json()["place"]["full"]) == ("beyond_reach", [])
    nobody = told(toy_city([(0, 0)], None, seats=[0]), (0, 0), 300, crowd=HALF)
    assert (nobody.cause, nobody.to_json()["place"]["full"]) == (None, [])


@settings(max_examples=30, deadline=None)
@given(
    seats=st.lists(st.none() | st.integers(0, 60), min_size=5, max_size=5),
    rate=st.sampled_from([50.0, 300.0, 1000.0]),
    after=st.none() | st.integers(0, 24 * 60),
)
def test_what_a_study_calls_full_is_full(seats, rate, after):
    """And what is not in reach, or closed, has the study's own class."""
    city, crowd = busy_city(), Crowd(rate)
    seated = city.stations.assign(capacity=pd.array(seats, dtype="Int64"))
    city = city.with_stations(seated, city.station_links)
    need = Need((), None if after is None else NIGHT + timedelta(minutes=after))
    result = study.run(city, WALK, Budget(minutes=5), need, crowd)
    lon, lat = unproject(*city.units_xy.T, CRS)
    for row in range(0, len(lon), 9):
        spot = Position(float(lon[row]), float(lat[row]))
        found = why(city, WALK, result.budget, spot, need, crowd)
        number = result.unit_class[row]
        if number == gaps.COVERED:
            assert found.cause in (None, "full")
        else:
            assert found.cause == gaps.CLASSES[number]
        full = {taken.station for taken in found.found.taken}
        assert found.cause != "full" or found.found.station in full


OFFERS = ["water", "water;charging", "charging", "hot_meal;water", "water;charging;hot_meal"]
HOURS = ["24/7", "Mo-Su 08:00-22:05", "Mo-Su 22:05-06:00", "", "Mo-Fr 08:00-18:00"]


@cache
def busy_city() -> CityData:
    """A city of many classes: 400 people at random, some of them far from every street."""
    rng = np.random.default_rng(11)
    people = [(float(x), float(y), 1.0) for x, y in rng.uniform((-250, -300), (980, 700), (400, 2))]
    return toy_city(SPOTS, people, services=OFFERS, hours=HOURS)


@settings(max_examples=60, deadline=None)
@given(
    profile=st.sampled_from([WALK, EBIKE]),
    seconds=st.sampled_from([30, 90, 180, 400]),
    services=st.sets(st.sampled_from(["water", "charging", "hot_meal"]), max_size=2),
    after=st.none() | st.integers(0, 7 * 24 * 60),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_cause_is_that_of_the_study(profile, seconds, services, after, seed):
    city = busy_city()
    at = None if after is None else NIGHT + timedelta(minutes=after)
    need = Need(tuple(services), at)
    result = study.run(city, profile, Budget(minutes=seconds / 60), need)
    rng = np.random.default_rng(seed)
    lon, lat = unproject(*city.units_xy.T, CRS)
    for row in rng.choice(len(lon), 8, replace=False):
        spot = Position(float(lon[row]), float(lat[row]))
        found = why(city, profile, result.budget, spot, need)
        number = result.unit_class[row]
        assert found.cause == (None if number < 0 else gaps.CLASSES[number])
        json.dumps(found.to_json(), allow_nan=False)
        assert (found.refusal is not None) == (found.cause == "refused")
        assert (found.opens is not None) == (found.cause == "closed")
        assert (found.ask is not None) == (found.cause == "unknown_hours")
        assert bool(found.lacking) == (found.cause == "service_missing")
        if found.gain is not None:
            assert found.cause in ("severed", "detour", "unreachable")
            assert found.gain.link.time_ms <= result.budget_ms
            assert found.gain.people is not None and found.gain.people >= 1.0  # this place at least
        assert (found.way is not None) == (found.found.time_ms is not None)
        if found.way is not None:
            assert found.found.time_ms is not None
            assert found.way.time_ms <= found.found.time_ms


def test_a_gap_is_mended():
    """All south of the river are cut off: a link brings 70 of them in time, see above."""
    people = [(200, 200, 50.0), (220, 200, 20.0), (300, 100, 9.0)]
    city = toy_city([(200, 300)], people)
    budget = Budget(minutes=2)
    result = study.run(city, WALK, budget)
    ranked = result.gaps
    rank = int(ranked["rank"][(ranked["class"] == "severed") & (ranked["people"] >= 70)].iloc[0])
    found = mending.gap_link(city, WALK, budget, rank).to_json()
    json.dumps(found, allow_nan=False)
    assert (found["rank"], found["class"], found["barrier"]) == (rank, "severed", "River")
    assert found["reason"] is None
    assert found["people_in_gap"] == 70.0
    assert found["missing_link"]["people"] == 70.0
    assert found["missing_link"]["metres"] == pytest.approx(100)
    assert 0 < found["area_in_gap_m2"] <= found["area_m2"]


def test_every_gap_says_its_link_or_why_there_is_none():
    city, budget = busy_city(), Budget(minutes=2.5)
    result = study.run(city, WALK, budget)
    reasons = set()
    for row in result.gaps.itertuples():
        found = mending.gap_link(city, WALK, budget, row.rank)
        told_ = found.to_json()
        reasons.add(found.reason)
        assert (told_["missing_link"] is None) == bool(found.reason)
        assert (told_["reason"] is not None) == bool(found.reason)
        if told_["missing_link"] is not None:
            assert 0 < told_["people_in_gap"] <= told_["people"]
            assert told_["people_in_gap"] <= told_["missing_link"]["people"]
            assert told_["missing_link"]["seconds"] <= 150
    assert {"", "class"} <= reasons


def test_a_gap_of_unknown_people_is_mended_for_its_middle():
    city = toy_city([(200, 300)], None)
    budget = Budget(minutes=2.5)
    ranked = study.run(city, WALK, budget).gaps
    found = [
        mending.gap_link(city, WALK, budget, int(rank)).to_json()
        for rank in ranked["rank"][ranked["class"].isin(["severed", "detour"])]
    ]
    assert any(answer["missing_link"] is not None for answer in found)
    for answer in found:
        assert answer["people"] is None and answer["people_in_gap"] is None
        if answer["missing_link"] is not None:
            assert answer["area_in_gap_m2"] > 0


def test_a_rank_that_does_not_exist_is_refused():
    city, budget = toy_city([(200, 300)], [(200, 200, 1.0)]), Budget(minutes=2)
    for rank in (0, 999):
        with pytest.raises(OptionError, match=f"no gap {rank}; give 1 to"):
            mending.gap_link(city, WALK, budget, rank)


def test_there_is_a_sentence_for_every_class():
    assert set(phrases.CAUSES) == {"", *gaps.CLASSES}
