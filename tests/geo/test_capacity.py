"""Seats against users: a hand-solved 3 × 4 case, PySAL's ``access``, and the laws."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from access import Access, weights
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import capacity, pairs
from geo.capacity import Crowd
from geo.city import CityData
from geo.errors import OptionError
from geo.model import Budget, Need
from geo.pairs import Pairs
from geo.sources.streets import Streets, read_streets
from tests.geo.beside import beside
from tests.geo.test_assignment import FAR, pairs_of
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

LAW = settings(deadline=None, max_examples=100)
MINUTE = 60_000

#: Three places and four stations, minutes; the budget is 15, so zones end at 5, 10 and 15.
HAND = np.array([[2, 6, FAR, 15], [5, 4, 11, FAR], [FAR, 10, 3, 14]])
HAND_MS = np.where(HAND == FAR, FAR, HAND * MINUTE)
USERS = np.array([100.0, 50.0, 80.0])
SEATS = np.array([20.0, 30.0, 10.0, 5.0])


def test_two_steps_of_three_places_and_four_stations_by_hand():
    found = capacity.e2sfca(pairs_of(HAND_MS), 15 * MINUTE, USERS, SEATS)
    # Weights 1, 0.68, 0.22. Step 1, seats per weighted user:
    #   station 0: 20 / (1 · 100 + 1 · 50)            = 20 / 150    = 0.133333…
    #   station 1: 30 / (0.68 · 100 + 1 · 50 + 0.68 · 80) = 30 / 172.4 = 0.174014…
    #   station 2: 10 / (0.22 · 50 + 1 · 80)          = 10 / 91     = 0.109890…
    #   station 3: 5 / (0.22 · 100 + 0.22 · 80)       = 5 / 39.6    = 0.126263…
    assert found.ratio == pytest.approx([20 / 150, 30 / 172.4, 10 / 91, 5 / 39.6], abs=1e-9)
    # Step 2, the weighted sum of what a place reaches:
    #   place 0: 0.133333 + 0.68 · 0.174014 + 0.22 · 0.126263 = 0.279440
    #   place 1: 0.133333 + 0.174014 + 0.22 · 0.109890        = 0.331523
    #   place 2: 0.68 · 0.174014 + 0.109890 + 0.22 · 0.126263 = 0.255998
    assert found.score == pytest.approx([0.279440, 0.331523, 0.255998], abs=1e-6)
    # All seats are given out: Σ users · score = Σ seats.
    assert USERS @ found.score == pytest.approx(SEATS.sum(), abs=1e-9)


def test_the_best_plan_of_three_places_and_four_stations_by_hand():
    users = USERS / 5  # 20, 10, 16
    seats = np.array([12.0, 8.0, 10.0, 5.0])
    found = capacity.seat(pairs_of(HAND_MS), users, seats)
    # 46 users, 35 seats, and every seat can be taken: 11 users go without. Each seat at its least
    # time: 12 × 2 (place 0), 8 × 4 (place 1), 10 × 3 (place 2), 5 × 14 (place 2) = 156 minutes,
    # and the places have so many: 12 of 20, 8 of 10, 15 of 16. Nothing is quicker.
    assert found.assigned.tolist() == seats.tolist()
    assert found.full.tolist() == [8.0, 2.0, 1.0]
    assert found.mean_s == pytest.approx(156 / 35 * 60)
    assert found.unsure.sum() == found.unreached.sum() == 0.0
    assert found.gap == 0.0
    # Most of place 0's users are seated, so the place is not full; with 1 seat there it is.
    assert capacity.full_places(found, users).tolist() == [False, False, False]
    crowded = capacity.seat(pairs_of(HAND_MS), users, np.array([1.0, 8.0, 10.0, 5.0]))
    assert capacity.full_places(crowded, users).tolist() == [True, False, False]


def by_pysal(table: Pairs, users: np.ndarray, seats: np.ndarray, budget_ms: int) -> np.ndarray:
    """Return the scores of the places by PySAL's ``access``; 0 where it names none."""
    third = budget_ms / 3
    steps = dict(zip((third, 2 * third, budget_ms), capacity.WEIGHTS, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = Access(
            demand_df=pd.DataFrame({"id": np.arange(len(users)), "users": users}),
            demand_index="id",
            demand_value="users",
            supply_df=pd.DataFrame({"id": np.arange(len(seats)), "seats": seats}),
            supply_index="id",
            supply_value="seats",
            cost_df=pd.DataFrame(
                {"origin": table.place, "dest": table.station, "cost": table.time_ms}
            ),
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
            neighbor_cost_df=pd.DataFrame({"origin": [0], "dest": [0], "cost": [0.0]}),
            neighbor_cost_origin="origin",
            neighbor_cost_dest="dest",
            neighbor_cost_name="cost",
        )
        scores = told.enhanced_two_stage_fca(weight_fn=weights.step_fn(steps))
    return scores["e2sfca_seats"].reindex(np.arange(len(users))).fillna(0.0).to_numpy()


def test_the_hand_case_equals_pysal():
    ours = capacity.e2sfca(pairs_of(HAND_MS), 15 * MINUTE, USERS, SEATS).score
    theirs = by_pysal(pairs_of(HAND_MS), USERS, SEATS, 15 * MINUTE)
    assert ours == pytest.approx(theirs, abs=1e-9)


def table_of_streets(streets: Streets, profile: str, places: int, stations: int) -> Pairs:
    """Return the pairs within 15 minutes of seeded places and stations beside real streets."""
    here = beside(streets, profile, places, stations, seed=71, metres=40.0)
    return pairs.build(here.network, here.graph, here.links, here.seeds, 15 * MINUTE)


def compare_with_pysal(table: Pairs) -> None:
    rng = np.random.default_rng(72)
    users = rng.uniform(0.1, 60.0, table.n_places)
    seats = rng.integers(1, 40, table.n_stations).astype(float)
    ours = capacity.e2sfca(table, 15 * MINUTE, users, seats).score
    assert (ours > 0).mean() > 0.3
    assert np.abs(ours - by_pysal(table, users, seats, 15 * MINUTE)).max() < 1e-6


def test_scores_of_the_demonstration_city_equal_pysal(demo_streets):
    compare_with_pysal(table_of_streets(demo_streets, "walk", 1500, 120))


@pytest.mark.real
@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_scores_of_a_real_city_equal_pysal(real_data: Path, profile):
    streets = read_streets([real_data / "shenzhen" / "nanshan.osm.pbf"])
    compare_with_pysal(table_of_streets(streets, profile, 1500, 60))


TIME = st.integers(0, 900_000) | st.sampled_from([0, 300_000, 600_000, 900_000, FAR])
AMOUNT = st.floats(0, 50, width=32).map(float)


@st.composite
def problems(draw):
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    rows = st.lists(st.lists(TIME, min_size=m, max_size=m), min_size=n, max_size=n)
    return (
        pairs_of(draw(rows)),
        np.array(draw(st.lists(AMOUNT, min_size=n, max_size=n))),
        np.array(draw(st.lists(AMOUNT | st.just(float("nan")), min_size=m, max_size=m))),
    )


@LAW
@given(problems())
def test_catchments_give_out_the_seats_that_somebody_uses(problem):
    table, users, seats = problem
    found = capacity.e2sfca(table, 900_000, users, seats)
    used = ~np.isnan(found.ratio)
    assert (users * found.score).sum() == pytest.approx(seats[used].sum(), rel=1e-9, abs=1e-9)
    assert not (used & np.isnan(seats)).any()


@LAW
@given(problems())
def test_every_user_is_seated_or_left_for_one_reason(problem):
    table, users, seats = problem
    found = capacity.seat(table, users, seats)
    left = np.column_stack([found.full, found.unsure, found.unreached])
    assert ((left > 0).sum(axis=1) <= 1).all()
    grain = capacity.GRAIN * (len(users) + len(seats))
    assert found.assigned.sum() + left.sum() == pytest.approx(users.sum(), abs=grain)
    assert (found.assigned <= np.nan_to_num(seats) + capacity.GRAIN).all()
    reaches = np.diff(table.first) > 0
    assert np.array_equal(found.unreached > 0, ~reaches & (users > capacity.GRAIN))
    assert found.gap == 0.0
    if not np.isnan(seats).any():
        assert found.unsure.sum() == 0.0


@LAW
@given(problems(), st.integers(1, 20))
def test_more_seats_never_serve_fewer(problem, more):
    table, users, seats = problem
    assert (
        capacity.seat(table, users, seats + more).assigned.sum()
        >= capacity.seat(table, users, seats).assigned.sum()
    )


@LAW
@given(problems())
def test_with_seats_for_all_only_those_who_reach_none_are_left(problem):
    table, users, seats = problem
    found = capacity.seat(table, users, np.full(len(seats), users.sum() + 1.0))
    assert found.full.sum() == found.unsure.sum() == 0.0


def test_the_rounding_of_many_places_adds_nothing_up():
    # 1.4 grains each: alone each would be one, and 1,200 of 4,200 grains would be lost.
    users = np.full(3000, 1.4 * capacity.GRAIN)
    found = capacity.seat(pairs_of([[FAR]] * 3000), users, np.zeros(1))
    assert found.unreached.sum() == 4200 * capacity.GRAIN


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        # 14.9999 in all is told as 15; 10.123 + 0 + 4.876 lack a thousandth. The rests are 0.5, 0.3
        # and 0.1 of one: the first gets it.
        (
            {"a": 10.1235, "b": 0.0003, "c": 4.8761},
            {"total": 15.0, "a": 10.124, "b": 0, "c": 4.876},
        ),
        ({"a": 0.0, "b": 0.0}, {"total": 0.0, "a": 0.0, "b": 0.0}),
        ({"a": 1959.99997, "b": 0.0}, {"total": 1960.0, "a": 1960.0, "b": 0.0}),
        # Thirds: 0.333 thrice, and the thousandth that is left over goes to the first.
        ({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, {"total": 1.0, "a": 0.334, "b": 0.333, "c": 0.333}),
    ],
)
def test_parts_are_told_so_that_they_add_up(parts, told):
    assert capacity.parts_told(parts) == told


def run(data: CityData, rate: float, default: int | None = None, **options):
    budget = Budget(minutes=5)
    return capacity.run(data, TOY_PROFILES["walk"], budget, Need(), Crowd(rate, default), **options)


def test_a_place_is_full_when_most_of_its_users_find_no_seat():
    # 10 users at the station, 10 more 100 m away; 12 seats go to the near ones first.
    people = [(0, 0, 20), (100, 0, 20), (0, 300, 7)]
    data = toy_city([(0, 0)], people, seats=[12])
    found = run(data, 500.0)
    assert found.seating.full.tolist() == [0.0, 8.0, 3.5]
    full = capacity.full_places(found.seating, found.users)
    assert full.tolist() == [False, True, True]
    # Seven at 300 m are the farthest of those who reach it; with 25 seats all are seated.
    wide = toy_city([(0, 0)], people, seats=[25])
    assert not capacity.full_places(run(wide, 500.0).seating, run(wide, 500.0).users).any()


def test_an_answer_is_kept_and_progress_is_told():
    data = toy_city([(0, 0)], [(0, 0, 20)], seats=[1])
    heard = []
    first = run(data, 500.0, progress=lambda *step: heard.append(step))
    assert heard and run(data, 500.0) is first
    assert run(data, 250.0) is not first


@pytest.mark.parametrize("rate", [0.0, -1.0, 1000.5, float("nan"), float("inf")])
def test_impossible_rates_are_refused_in_words(rate):
    with pytest.raises(OptionError, match="more than 0 and at most 1000"):
        Crowd(rate)


def test_other_impossible_options_are_refused_in_words():
    with pytest.raises(OptionError, match="-1 seats"):
        Crowd(10.0, -1)
    with pytest.raises(OptionError, match="no users for them"):
        capacity.crowd_of(None, 5)
    with pytest.raises(OptionError, match="0 riders"):
        capacity.checked_riders(0)
    assert capacity.crowd_of(None, None) is None
    assert capacity.crowd_of(10.0, 5) == Crowd(10.0, 5)
    assert capacity.checked_riders(None) is None
