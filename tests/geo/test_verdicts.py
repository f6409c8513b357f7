"""Who is served when, with what, and why not – on the toy city, where metres are seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import enquiry, gaps, reach, study
from geo.capacity import Crowd
from geo.model import Budget, Need
from tests.geo.test_study import position
from tests.geo.toy import TOY_PROFILES, toy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
NIGHT = datetime(2026, 11, 20, 22, 0)

# Stations on H0 (y = 0), all people on H0, too: seconds are differences of x, but for the private
# gate at x = 450, which none of these ways meets.
#   s0 (0, 0)    water            24/7
#   s1 (100, 0)  water;charging   until 22:05
#   s2 (200, 0)  charging         from 22:05
#   s3 (300, 0)  hot_meal         unknown
SPOTS = [(0, 0), (100, 0), (200, 0), (300, 0)]
SERVICES = ["water", "water;charging", "charging", "hot_meal"]
HOURS = ["24/7", "Mo-Su 08:00-22:05", "Mo-Su 22:05-06:00", ""]
PEOPLE = [(x, 0, 1.0) for x in (0, 50, 100, 150, 200, 250, 300, 350)]


@pytest.fixture(scope="module")
def city():
    return toy_city(SPOTS, PEOPLE, services=SERVICES, hours=HOURS)


def causes(city, minutes, need, profile=WALK):
    found = study.run(city, profile, Budget(minutes=minutes), need).unit_class
    return [None if c < 0 else gaps.CLASSES[c] for c in found]


def test_the_time_is_the_later_of_arrival_and_opening(city):
    times = city.times(WALK, Need(("charging",), NIGHT))
    # s1 from x: |x − 100| s while less than 300 s; s2: max(|x − 200|, 300) s.
    #   0 → 100 | 50 → 50 | 100 → 0 | 150 → 50 | 200 → 100 | 250 → 150 | 300 → 200 | 350 → 250
    assert times.units.time_ms.tolist() == [1000 * s for s in (100, 50, 0, 50, 100, 150, 200, 250)]
    late = city.times(WALK, Need(("charging",), NIGHT + timedelta(minutes=5)))
    # At 22:05 s1 has closed and s2 is open: |x − 200|.
    assert late.units.time_ms.tolist() == [1000 * s for s in (200, 150, 100, 50, 0, 50, 100, 150)]
    assert set(late.units.station.tolist()) == {2}


def test_waiting_counts_within_the_budget():
    alone = toy_city([(200, 0)], [(150, 0, 1.0)], services=["charging"], hours=[HOURS[2]])
    need = Need(at=NIGHT)
    # 50 s to walk, 300 s until it opens: five minutes are just enough, four are not.
    assert causes(alone, 5, need) == [None]
    assert causes(alone, 4, need) == ["closed"]
    assert alone.times(WALK, need).units.time_ms.tolist() == [300_000]


def test_whoever_comes_after_closing_is_not_served():
    alone = toy_city([(0, 0)], [(200, 0, 1.0), (0, 0, 1.0)], hours=["Mo-Su 08:00-22:03"])
    # 200 s to walk and 180 s until it closes; at the door one is in time.
    assert causes(alone, 5, Need(at=NIGHT)) == ["closed", None]


def test_the_causes_of_those_who_reach_a_station(city):
    # Two minutes = 120 m. Charging at 22:00 is only at s1 (x = 100): 0 … 200 are served. 250 and
    # 300 reach s2, which offers it and is closed; 350 reaches only s3, which does not offer it.
    assert causes(city, 2, Need(("charging",), NIGHT)) == [
        *[None] * 5,
        "closed",
        "closed",
        "service_missing",
    ]
    # Hot meals are at s3 alone, and nobody knows when: those within 120 m of it learn that.
    assert causes(city, 2, Need(("hot_meal",), NIGHT)) == [
        *["service_missing"] * 4,
        *["unknown_hours"] * 4,
    ]
    # Without an instant they are served.
    assert causes(city, 2, Need(("hot_meal",))) == [*["service_missing"] * 4, *[None] * 4]


def test_unknown_hours_come_before_closed_and_after_missing_services():
    both = toy_city(
        [(0, 0), (100, 0)],
        [(50, 0, 1.0)],
        services=["water", "water"],
        hours=["Mo-Su 08:00-18:00", ""],
    )
    # One is surely closed, the other may be open: nobody may call that closed.
    assert causes(both, 2, Need(at=NIGHT)) == ["unknown_hours"]
    assert causes(both, 2, Need(("toilet",), NIGHT)) == ["service_missing"]


def test_a_way_that_is_missing_comes_before_hours_and_services(city):
    # One minute = 60 m, all stations in service: every place is within 50 m of one.
    far = toy_city([(0, 0)], [(500, 500, 1.0)], services=["water"], hours=["Mo-Su 08:00-18:00"])
    for need in (Need(), Need(("toilet",)), Need(at=NIGHT), Need(("toilet",), NIGHT)):
        assert causes(far, 1, need) == ["beyond_reach"]


def test_a_private_gate_is_said_to_refuse():
    # P at x = 450 on H0 refuses walkers. From (480, 0) to s (420, 0): 60 s through the gate; the
    # lawful way: 20 to the corner, 100 up, 100 along H1, 100 down, 20 back = 340 s.
    gated = toy_city([(420, 0)], [(480, 0, 1.0)])
    assert gated.times(WALK).units.time_ms.tolist() == [340_000]
    assert gated.free_times(WALK).units.time_ms.tolist() == [60_000]
    assert causes(gated, 2, Need()) == ["refused"]
    assert causes(gated, 0.9, Need()) == ["beyond_reach"]  # 54 s: not even through the gate
    assert causes(gated, 6, Need()) == [None]


def test_a_gate_refuses_the_vehicle_but_not_the_walker():
    # G at x = 50 on H4 refuses bicycles. From (100, 400) to s (0, 400): ride 50 m in 12.5 s, leave
    # the e-bike, walk 50 m: 62.5 s. Round the block it is 300 m: 75 s. Through the gate 25 s.
    gated = toy_city([(0, 400)], [(100, 400, 1.0)])
    assert gated.times(EBIKE).units.time_ms.tolist() == [62_500]
    assert gated.free_times(EBIKE).units.time_ms.tolist() == [25_000]
    assert causes(gated, 0.5, Need(), EBIKE) == ["refused"]
    assert causes(gated, 0.5, Need(), WALK) == ["beyond_reach"]
    assert causes(gated, 1.1, Need(), EBIKE) == [None]


def test_steps_are_no_faster_when_the_vehicle_is_pushed_over_them():
    # (200, 400)–(200, 500) are steps, 100 s on foot; round the block the rider needs 75 s.
    steps = toy_city([(200, 500)], [(200, 400, 1.0)])
    assert steps.times(EBIKE).units.time_ms.tolist() == [75_000]
    assert steps.free_times(EBIKE).units.time_ms.tolist() == [75_000]


def test_the_free_streets_are_never_slower(city):
    for profile in (WALK, EBIKE):
        own, free = city.times(profile).pixels.time_ms, city.free_times(profile).pixels.time_ms
        assert (free <= own).all()


def test_a_click_says_what_the_study_says(city):
    need, budget = Need(("charging",), NIGHT), Budget(minutes=2)
    told = [enquiry.explain(city, WALK, budget, position(x, y), need) for x, y, _ in PEOPLE]
    assert [place.cause for place in told] == causes(city, 2, need)
    assert [place.station for place in told[:5]] == [1] * 5
    # Nobody serves 350 within two minutes; still it hears who does at all: s1, 250 s away.
    assert (told[7].station, told[7].time_ms) == (1, pytest.approx(250_000, abs=5))


def test_the_summary_says_what_was_needed(city):
    told = study.run(city, WALK, Budget(minutes=2), Need(("charging",), NIGHT)).to_json()
    assert told["stations"] == 1
    assert told["need"] == {
        "services": ["charging"],
        "at": "2026-11-20T22:00",
        "holidays_known": True,
        "stations": {"serves": 1, "closed": 1, "unknown_hours": 0, "service_missing": 2},
        "users_per_1000": None,
        "default_seats": None,
    }
    assert told["people"]["covered"] == 5
    lost = {name: row["people"] for name, row in told["uncovered"].items() if row["people"]}
    assert lost == {"closed": 2, "service_missing": 1}


def test_beyond_the_published_calendar_holidays_are_unknown(city):
    told = study.run(city, WALK, Budget(minutes=2), Need(at=datetime(2049, 1, 4, 12))).to_json()
    assert told["need"]["holidays_known"] is False
    assert study.run(city, WALK, Budget(minutes=2)).to_json()["need"]["holidays_known"] is None


def test_when_all_are_closed_nobody_is_covered_and_nothing_breaks():
    shut = toy_city(SPOTS, PEOPLE, hours=["Mo-Su 08:00-18:00"] * 4)
    result = study.run(shut, WALK, Budget(minutes=15), Need(at=NIGHT))
    told = result.to_json()
    assert told["stations"] == 0 and told["people"]["covered"] == 0
    assert told["uncovered"]["closed"]["people"] == 8
    assert told["median_s"] is None
    assert len(result.circles) == 0 and len(result.ring) == 0
    assert result.gaps["people"].sum() == 8 and set(result.gaps["class"]) >= {"closed"}
    assert told["area_m2"]["covered"] == 0 and told["ring"]["area_m2"]["covered"] == 0


def test_whoever_finds_no_seat_is_full_and_only_where_seats_are_asked():
    # 20 of every 1,000 people: 2 users of 100 people at (100, 0), 1 user of 50 at (200, 0). The
    # one station at (0, 0) has two seats: the nearer two sit, the third finds it full.
    small = toy_city([(0, 0)], [(100, 0, 100.0), (200, 0, 50.0), (500, 500, 9.0)])
    small.stations["capacity"] = pd.array([2], "Int64")
    result = study.run(small, WALK, Budget(minutes=5), crowd=Crowd(20.0))
    assert [gaps.CLASSES[c] if c >= 0 else None for c in result.unit_class] == [
        None,
        "full",
        "beyond_reach",
    ]
    told = result.to_json()
    assert told["people"]["covered"] == 100 and told["uncovered"]["full"]["people"] == 50
    assert told["uncovered"]["full"]["area_m2"] == 0  # ground knows no seats
    assert (told["need"]["users_per_1000"], told["need"]["default_seats"]) == (20.0, None)
    assert set(result.cells["reason"]) == {"full", "beyond_reach", ""}
    assert result.gaps["people"].sum() == 9
    plain = study.run(small, WALK, Budget(minutes=5))
    assert plain.unit_class.tolist()[:2] == [gaps.COVERED] * 2
    # A seat more, and nobody is left standing.
    small = toy_city([(0, 0)], [(100, 0, 100.0), (200, 0, 50.0), (500, 500, 9.0)])
    small.stations["capacity"] = pd.array([3], "Int64")
    enough = study.run(small, WALK, Budget(minutes=5), crowd=Crowd(20.0))
    assert enough.unit_class.tolist() == plain.unit_class.tolist()


def test_shares_are_the_cells_without_the_ground(city):
    for need in (Need(), Need(("charging",), NIGHT)):
        whole = study.run(city, WALK, Budget(minutes=2), need).cells
        quick = study.run(city, WALK, Budget(minutes=2), need).shares
        for column in quick:
            assert quick[column].equals(whole[column]), column


def test_the_headline_is_the_summary_without_the_ground(city):
    for need in (Need(), Need(("charging",), NIGHT)):
        result = study.run(city, WALK, Budget(minutes=2), need)
        quick, whole = study.headline(result), result.to_json()
        assert quick["people"] == whole["people"] and quick["need"] == whole["need"]
        assert quick["uncovered"] == {n: row["people"] for n, row in whole["uncovered"].items()}


# ------------------------------------------------------------------ laws

KEYS = ("water", "charging", "toilet")
CLOCKS = ["", "24/7", "Mo-Su 08:00-22:05", "Mo-Su 22:05-06:00", "Mo-Fr 09:00-18:00", "Fr off"]
LONGER = {"": "24/7", **dict.fromkeys(CLOCKS[1:], "24/7")}

_station = st.tuples(
    st.sampled_from([(0, 0), (200, 100), (400, 200), (100, 480), (480, 10), (300, 300)]),
    st.sets(st.sampled_from(KEYS)),
    st.sampled_from(CLOCKS),
)
_needs = st.builds(
    Need,
    st.sets(st.sampled_from(KEYS), max_size=2).map(tuple),
    st.one_of(st.none(), st.integers(0, 7 * 96).map(lambda k: NIGHT + timedelta(minutes=15 * k))),
)
CROWD = [(x, y, 1.0) for x in range(0, 501, 50) for y in range(0, 501, 100)]


def crowded(posts, hours=None):
    return toy_city(
        [spot for spot, *_ in posts],
        CROWD,
        services=[";".join(sorted(keys)) for _, keys, _ in posts],
        hours=hours or [clock for *_, clock in posts],
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(_station, min_size=1, max_size=5), _needs, st.integers(1, 12), st.integers(0, 4))
def test_more_time_longer_hours_and_fewer_wishes_never_lose_anybody(posts, need, minutes, which):
    city = crowded(posts)

    def served(of, minutes, need):
        return study.run(of, WALK, Budget(minutes=minutes), need).unit_class == gaps.COVERED

    base = served(city, minutes, need)
    assert not (base & ~served(city, minutes + 1, need)).any()
    assert not (base & ~served(city, minutes, Need((), need.at))).any()
    assert not (base & ~served(city, minutes, Need(need.services))).any()
    hours = [clock for *_, clock in posts]
    hours[which % len(posts)] = "24/7"
    assert not (base & ~served(crowded(posts, hours), minutes, need)).any()


@settings(max_examples=25, deadline=None)
@given(st.lists(_station, max_size=5), _needs, st.integers(1, 12))
def test_causes_exclude_each_other_and_add_up(posts, need, minutes):
    result = study.run(crowded(posts), WALK, Budget(minutes=minutes), need)
    told = result.to_json()
    lost = sum(row["people"] for row in told["uncovered"].values())
    assert lost + told["people"]["covered"] == len(CROWD)
    plain = study.run(crowded(posts), WALK, Budget(minutes=minutes)).unit_class
    way = (plain >= 0) & (plain <= gaps.BEYOND_REACH)
    # What the way decides does not change with the need; the need divides only the others.
    assert np.array_equal(result.unit_class[way], plain[way])
    assert np.isin(
        result.unit_class[~way],
        (gaps.COVERED, gaps.SERVICE_MISSING, gaps.UNKNOWN_HOURS, gaps.CLOSED),
    ).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(_station, min_size=1, max_size=5), _needs, st.integers(1, 12))
def test_served_is_what_a_station_by_station_loop_finds(posts, need, minutes):
    """Ask each station alone: the way from the oracle's search, its hours from its limit."""
    city = crowded(posts)
    budget = Budget(minutes=minutes)
    budget_ms = budget.milliseconds(WALK)
    limits = city.supply(need, budget_ms).limits(budget_ms)
    graph, links = city.graph(WALK), city.links_of_units(WALK)
    found = np.zeros(len(CROWD), bool)
    for row in range(len(posts)):
        seeds = city.seeds(WALK, np.array([row]))
        nodes = reach.nearest(graph, seeds)
        alone = reach.arrival(city.network, graph, links, nodes, seeds).time_ms
        found |= alone <= limits[row]
    assert np.array_equal(found, study.run(city, WALK, budget, need).unit_class == gaps.COVERED)


def test_the_toy_has_what_these_tests_speak_of():
    """The gate and the steps of the toy streets; without them the tests above prove nothing."""
    frames = toy()
    assert (frames.nodes["access"] == "private").sum() == 1
    assert (frames.edges["highway"] == "steps").sum() == 1
