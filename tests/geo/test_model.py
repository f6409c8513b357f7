"""Budgets, profiles and positions: what is accepted and how refusals speak."""

from __future__ import annotations

import math
from datetime import datetime

import pytest

from geo.errors import Fault, InputError, OptionError, PositionInvalid, PositionSwapped
from geo.model import PROFILES, Budget, Need, Position, profile_named


@pytest.mark.parametrize(
    ("profile", "metres"),
    # 15 min × 60 s × speed: 1.25 → 1,125 m; 0.8 → 720 m; 0.9 → 810 m; 15 km/h → 3,750 m.
    [("walk", 1125), ("slow", 720), ("wheelchair", 810), ("ebike", 3750)],
)
def test_fifteen_minutes_are_so_many_metres(profile, metres):
    budget = Budget(minutes=15)
    assert budget.metres(PROFILES[profile]) == pytest.approx(metres)
    assert budget.milliseconds(PROFILES[profile]) == 900_000
    assert budget.key == "15min"


def test_a_distance_becomes_the_time_it_takes():
    budget = Budget(distance_m=1000)
    assert budget.milliseconds(PROFILES["walk"]) == 800_000  # 1000 m / 1.25 m/s
    assert budget.metres(PROFILES["walk"]) == 1000
    assert budget.key == "1000m"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"minutes": 5, "distance_m": 5},
        {"minutes": 0},
        {"minutes": -1},
        {"minutes": math.nan},
        {"minutes": math.inf},
        {"minutes": 121},
        {"distance_m": 40_000},
    ],
)
def test_a_budget_that_promises_nothing_is_refused(options):
    with pytest.raises(OptionError):
        Budget(**options)


@pytest.mark.parametrize(
    ("lon", "lat", "error", "words"),
    [
        (math.nan, 30, PositionInvalid, "finite"),
        (106.5, math.inf, PositionInvalid, "finite"),
        (29.5, 106.5, PositionSwapped, "longitude first, as 106.5, 29.5"),
        (40.0, 116.3, PositionSwapped, "swapped"),
        (-41.1, 128.6, PositionSwapped, "swapped"),
        (500_000, 4_000_000, PositionInvalid, "projected metres"),
        (181, 10, PositionInvalid, "±180"),
    ],
)
def test_what_is_no_position_says_why(lon, lat, error, words):
    with pytest.raises(error, match=words):
        Position(lon, lat)


def test_true_positions_pass():
    assert Position(106.5, 29.5).lat == 29.5
    assert Position(-8.6, 41.1).lon == -8.6


def test_an_unknown_profile_names_those_that_are():
    with pytest.raises(OptionError, match=r"'car'.*walk, slow, wheelchair, ebike"):
        profile_named("car")


@pytest.mark.parametrize(
    "ask",
    [
        lambda text: profile_named(text),
        lambda text: Need.of(services=text),
        lambda text: Need.of(services=",".join("abcdefghij" * 500)),
        lambda text: Need.of(at=text),
    ],
)
def test_a_value_of_any_length_is_answered_in_a_line_or_two(ask):
    with pytest.raises(OptionError) as caught:
        ask("x" * 100_000)
    assert len(str(caught.value)) < 300


def test_an_input_error_lists_every_fault():
    error = InputError([Fault("a.csv:3", "lat 200", "give degrees"), Fault("b", "empty", "fill")])
    assert str(error).splitlines() == [
        "2 faults in the input:",
        "  a.csv:3: lat 200 → give degrees",
        "  b: empty → fill",
    ]
    with pytest.raises(ValueError, match="at least one"):
        InputError([])


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "1999-12-31T23:59", "9999-12-31T23:30"])
def test_an_instant_far_from_our_time_is_refused(at):
    with pytest.raises(OptionError, match=f"{at}.* out of reach; .* 2000 to 2099"):
        Need.of(at=at)
    assert Need.of(at="2000-01-01T00:00").at == datetime(2000, 1, 1)
