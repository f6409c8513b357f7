"""Robust and fragile verdicts: by hand, and against cities that are really built otherwise.

Walking is 1 m/s, so metres are seconds; the streets stand in ``toy.py``, the cells in
``toy_city.py``: west and east of x = 300, each cut at y = 250.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import certainty, study
from geo.certainty import BASE, BEARINGS, Variation
from geo.memory import Memory
from geo.model import Budget, Need, TravelProfile
from geo.reach import UNREACHED
from tests.geo.toy import TOY_PROFILES, toy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
FIVE = Budget(minutes=5)  # 300 s
FASTER, SLOWER = Variation("speed", 120), Variation("speed", 80)

#: Where 50 m lead: bearing → (east, north), by the compass.
STEP = {
    0: (0, 50), 45: (35.355339, 35.355339), 90: (50, 0), 135: (35.355339, -35.355339),
    180: (0, -50), 225: (-35.355339, -35.355339), 270: (-50, 0), 315: (-35.355339, 35.355339),
}  # fmt: skip


def verdicts(found: certainty.Certainty) -> dict[Variation, list[bool]]:
    return {name: row.tolist() for name, row in zip(found.variations, found.covered, strict=True)}


def served(city, profile=WALK, budget=FIVE) -> list[bool]:
    """Return who is covered, as a study of the city says."""
    return (study.run(city, profile, budget).unit_class == -1).tolist()


def test_speed_by_hand():
    # One station at (0, 0) and people on H0: at 240 m, 250 m, 360 m, 370 m; 300 s.
    # At 0.8 m/s: 300, 312.5, 450, 462.5 s; at 1.2 m/s: 200, 208.3, 300, 308.3 s.
    people = [(240, 0, 1), (250, 0, 2), (360, 0, 4), (370, 0, 8)]
    found = verdicts(certainty.assess(toy_city([(0, 0)], people), WALK, FIVE))
    assert found[BASE] == [True, True, False, False]
    assert found[SLOWER] == [True, False, False, False]
    assert found[FASTER] == [True, True, True, False]


def test_far_from_the_budget_everything_is_robust():
    # 100 s: at 0.8 m/s 125 s, moved by 50 m at most 100 + 2 · 50 (as a leg and along the street);
    # (500, 500) takes 1000 s: at 1.2 m/s 833 s, moved 900 s. Nothing comes near 300 s.
    found = certainty.assess(toy_city([(0, 0)], [(100, 0, 3), (500, 500, 4)]), WALK, FIVE)
    assert found.robust.all()
    told = certainty.summary(found)["people"]
    assert (told["robust_covered"], told["robust_uncovered"], told["fragile"]) == (3, 4, 0)
    assert told["covered_min"] == told["covered_max"] == told["covered"] == 3


def test_a_place_is_moved_by_hand():
    # 240 s to the station. Moved to (275.36, 35.36) the nearest street is V3 at x = 300:
    # leg 24.64 + down 35.36 + 300 west = 360 s. Moved to (204.64, ±35.36): V2 or H0, nearer.
    found = verdicts(certainty.assess(toy_city([(0, 0)], [(240, 0, 1)]), WALK, FIVE))
    assert found[Variation("place", 45)] == [False]
    assert found[Variation("place", 90)] == [True]  # 290 s along H0
    assert found[Variation("place", 270)] == [True]


def test_the_list_of_stations_is_moved_as_a_whole():
    # 290 s to s0. All stations 50 m east: 240 s; 50 m west: along the loop, 340 s; south: s0 at
    # (0, -50) on the loop, 50 + 290 s.
    found = certainty.assess(toy_city([(0, 0), (0, 500)], [(290, 0, 1)]), WALK, FIVE)
    by = verdicts(found)
    assert by[BASE] == by[Variation("stations", 90)] == [True]
    assert by[Variation("stations", 270)] == by[Variation("stations", 180)] == [False]
    assert not found.robust.any()


PEOPLE = [
    (300, 0, 10), (310, 0, 20), (200, 100, 30), (100, 300, 40), (500, 500, 50), (800, 150, 60),
    (300, -260, 70), (100, 200, 15), (150, 120, 5), (450, 380, 25),
]  # fmt: skip
STATIONS = [(0, 0), (420, 60), (500, 210)]
OUTSIDE = [(300, -600, 80)]


def in_river(x: float, y: float) -> bool:
    return -50 < x < 550 and 230 < y < 270


@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("bearing", BEARINGS)
def test_moves_equal_cities_that_are_built_so(profile: TravelProfile, bearing: int):
    east, north = STEP[bearing]
    budget = Budget(minutes=5) if profile is WALK else Budget(minutes=2)

    def moved(spots):
        shifted = [(x + east, y + north, *rest) for x, y, *rest in spots]
        return [old if in_river(*new[:2]) else new for old, new in zip(spots, shifted, strict=True)]

    by = verdicts(certainty.assess(toy_city(STATIONS, PEOPLE, outside=OUTSIDE), profile, budget))
    other = toy_city(STATIONS, moved(PEOPLE), outside=OUTSIDE)
    assert by[Variation("place", bearing)] == served(other, profile, budget)
    other = toy_city(moved(STATIONS), PEOPLE, outside=OUTSIDE)
    assert by[Variation("stations", bearing)] == served(other, profile, budget)
    assert by[BASE] == served(toy_city(STATIONS, PEOPLE, outside=OUTSIDE), profile, budget)


def at_speed(profile: TravelProfile, factor: float) -> TravelProfile:
    """Return the profile with every mode at so many times its speed."""
    ride = profile.ride and replace(profile.ride, speed_mps=profile.ride.speed_mps * factor)
    walk = replace(profile.walk, speed_mps=profile.walk.speed_mps * factor)
    return replace(profile, walk=walk, ride=ride)


@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("percent", [80, 120])
def test_times_scale_with_the_speed_as_on_a_graph_that_is_built_so(profile, percent):
    spots = [(37.0 * k % 520, 53.0 * k % 510, 1.0) for k in range(120)]
    city = toy_city(STATIONS, spots)
    quick = {name: at_speed(each, percent / 100) for name, each in TOY_PROFILES.items()}
    other = replace(city, network=toy().network(quick), _memory=Memory())
    ours = city.times(profile).units.time_ms * (100 / percent)
    theirs = other.times(quick[profile.name]).units.time_ms
    reached = theirs < UNREACHED
    assert reached.sum() > 60
    # Every part of a way is rounded up to 1 ms; no way here has more than 20 parts.
    assert np.abs(ours - theirs)[reached].max() <= 20 * 100 / percent
    budget = Budget(minutes=4) if profile is WALK else Budget(minutes=1.5)
    by = verdicts(certainty.assess(city, profile, budget))[Variation("speed", percent)]
    clear = np.abs(theirs - budget.milliseconds(profile)) > 30
    assert clear.sum() > 100
    assert np.array_equal(np.array(by)[clear], np.array(served(other, profile, budget))[clear])


def test_a_budget_in_metres_does_not_depend_on_the_speed():
    metres = Budget(distance_m=300)
    found = certainty.assess(toy_city([(0, 0)], [(290, 0, 1)]), WALK, metres)
    assert {variation.kind for variation in found.variations} == {"base", "place", "stations"}
    told = certainty.summary(found)
    assert told["speed_percent"] is None
    assert told["speed_reason"] == certainty.METRES
    assert not found.robust[0]  # its position matters all the same


spots = st.lists(
    st.tuples(st.integers(-60, 620), st.integers(-60, 560), st.integers(1, 50)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(spots, st.integers(1, 12))
def test_laws(people, minutes):
    found = certainty.assess(toy_city(STATIONS, people), WALK, Budget(minutes=minutes))
    by = {name: np.array(row) for name, row in verdicts(found).items()}
    assert not (by[SLOWER] & ~by[BASE]).any()  # slower never covers more
    assert not (by[BASE] & ~by[FASTER]).any()
    told = certainty.summary(found)
    bounds = told["share_of_judged_min"], told["share_of_judged_max"]
    assert bounds[0] <= told["share_of_judged"] <= bounds[1]
    parts = told["people"]
    held = parts["robust_covered"] + parts["robust_uncovered"] + parts["fragile"]
    assert held == parts["total"]
    cells = found.cells
    known = cells["verdict"] != ""
    assert (cells["share_min"] <= cells["share"])[known].all()
    assert (cells["share"] <= cells["share_max"])[known].all()
    base = study.run(found.data, WALK, Budget(minutes=minutes)).cells
    assert cells["class"].tolist() == base["class"].tolist()  # the map and this agree
    # Where no place of a cell is fragile, the cell is robust.
    leaf, held = found.data.units["cell"].to_numpy(), found.robust
    for row in np.unique(leaf[leaf >= 0]):
        if held[leaf == row].all():
            assert cells.loc[row, "verdict"] == "robust"


def test_cells_of_all_levels():
    # ws: 20 people at 240 s and 10 at 100 s; es: 5 at 400 s. Slower all of ws stay (300 s, 125 s);
    # moved north-east the 20 are late, so ws goes from all to 10 of 30, w alike.
    people = [(240, 0, 20), (100, 0, 10), (400, 0, 5)]
    found = certainty.assess(toy_city([(0, 0)], people), WALK, FIVE)
    rows = {row["code"]: row for row in certainty.cells_of(found, 2)}
    assert list(rows) == ["ws", "wn", "es", "en"]
    assert rows["ws"] == {
        "code": "ws", "name": "", "class": "full", "share": 1.0, "null_reason": None,
        "share_min": 10 / 30, "share_max": 1.0, "verdict": "fragile",
    }  # fmt: skip
    assert (rows["es"]["verdict"], rows["es"]["share_max"]) == ("robust", 0.0)
    assert (rows["en"]["verdict"], rows["en"]["null_reason"]) == (None, "no_people")
    assert rows["en"]["share_min"] is None
    assert [row["verdict"] for row in certainty.cells_of(found, 1)] == ["fragile", "robust"]
    assert certainty.summary(found)["levels"] == {
        "1": {"cells": 2, "robust": 1, "fragile": 1, "unknown": 0},
        "2": {"cells": 4, "robust": 1, "fragile": 1, "unknown": 2},
    }


def test_hours_and_services_are_asked():
    # 250 s to a station that closes 4 minutes after people set out, 100 s to one without water.
    city = toy_city(
        [(0, 0), (350, 0)],
        [(250, 0, 1), (100, 0, 2)],
        hours=["09:00-18:00", "24/7"],
        services=["water", ""],
    )
    water = Need(("water",), datetime(2026, 11, 20, 17, 56))
    by = verdicts(certainty.assess(city, WALK, FIVE, water))
    assert by[BASE] == [False, True]
    assert by[FASTER] == [True, True]  # 208 s
    assert by[SLOWER] == [False, True]
    for at in (Need(("water",), datetime(2026, 11, 20, 22)), Need(("toilet",))):
        found = certainty.assess(city, WALK, FIVE, at)
        assert not found.covered.any()
        assert found.robust.all()


def test_where_nobody_is_known_the_ground_is_judged():
    city = toy_city([(0, 0)], None)
    found = certainty.assess(city, WALK, FIVE)
    assert {variation.kind for variation in found.variations} == {"base", "speed", "stations"}
    told = certainty.summary(found)
    assert told["basis"] == "ground"
    assert told["people"]["covered"] is None
    assert told["people"]["reason"] == "no demand file"
    assert all(row["covered"] is None for row in told["variations"])
    bounds = told["share_of_judged_min"], told["share_of_judged_max"]
    assert bounds[0] < told["share_of_judged"] < bounds[1]
    # Pixels of 10 m against the drawn circle: the share differs by less than the circle's edge.
    base = study.run(city, WALK, FIVE).to_json()["area_m2"]["share_of_judged"]
    assert told["share_of_judged"] == pytest.approx(base, abs=0.01)
    assert {row["verdict"] for row in certainty.cells_of(found, 2)} <= {"robust", "fragile"}


@pytest.mark.parametrize(
    ("stations", "people"), [([], PEOPLE), (STATIONS, []), ([], [])], ids=["alone", "empty", "bare"]
)
def test_nothing_to_judge_answers_in_words(stations, people):
    found = certainty.assess(toy_city(stations, people), WALK, FIVE)
    told = certainty.summary(found)
    assert told["people"]["fragile"] == 0
    bounds = told["share_of_judged_min"], told["share_of_judged_max"]
    assert told["share_of_judged"] == bounds[0] == bounds[1] == (0.0 if people else None)
    reasons = {row["null_reason"] for row in certainty.cells_of(found, 2)}
    assert people or reasons == {"no_people"}


def test_people_beyond_judgement_have_no_verdict():
    found = certainty.assess(toy_city([(0, 0)], [(100, 0, 1)], outside=OUTSIDE), WALK, FIVE)
    assert found.judged.tolist() == [True, False]
    assert found.robust.tolist() == [True, False]
    parts = certainty.summary(found)["people"]
    assert (parts["total"], parts["judged"], parts["fragile"]) == (81, 1, 0)


def test_progress_is_told_to_its_end():
    steps: list[tuple[str, int, int]] = []
    certainty.assess(
        toy_city([(0, 0)], [(100, 0, 1)]), WALK, FIVE, progress=lambda *step: steps.append(step)
    )
    # 8 bearings for the places and 8 for the stations.
    assert steps == [(certainty.PROGRESS, count, 16) for count in range(17)]
