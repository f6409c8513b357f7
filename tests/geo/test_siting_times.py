"""Shortest times for a budget – in all, and for the farthest: by hand, brute force, oracles."""

from __future__ import annotations

import math

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import siting
from geo.errors import OptionError
from geo.reach import UNREACHED
from tests.geo.siting_cases import choices, timed, times, town

CAP_MS = 1000
BUDGETS = st.sampled_from([0, 1, 2, 3, 0.4, 8])


def total_s(problem: siting.Times, actions: tuple[int, ...], cap_ms: int = CAP_MS) -> float:
    """Return the weighted seconds with some actions done, no way counting as the cap."""
    time = np.minimum(problem.with_actions(actions), cap_ms)
    return math.fsum(problem.weight * time) / 1000


def worst_ms(problem: siting.Times, actions: tuple[int, ...]) -> int:
    """Return the longest time of who can be reached and has weight; 0: there is nobody."""
    counted = (problem.weight > 0) & (problem.shortest() != UNREACHED)
    return int(problem.with_actions(actions)[counted].max(initial=0))


# --- By hand ------------------------------------------------------------------------------------

# A street with homes at 0, 100, 200, 600, 700 m (1 m/s: 100 m are 100 000 ms), 10 people in each,
# and sites at homes 1, 2 and 4. There is no station.
STREET = [
    {0: 100_000, 1: 0, 2: 100_000, 3: 500_000, 4: 600_000},
    {0: 200_000, 1: 100_000, 2: 0, 3: 400_000, 4: 500_000},
    {0: 700_000, 1: 600_000, 2: 500_000, 3: 100_000, 4: 0},
]
TEN = [10] * 5


def test_one_site_for_the_shortest_ways():
    choice = siting.p_median(times(STREET, TEN, [None] * 5), 1, 1_000_000)
    # Site 0: 100 + 0 + 100 + 500 + 600 = 1300 s; site 1: 200 + 100 + 0 + 400 + 500 = 1200 s;
    # site 2: 700 + 600 + 500 + 100 + 0 = 1900 s; each for 10 people. Before: 5 × 10 × 1000 s (cap).
    assert choice.actions == (1,)
    assert (choice.before_s, choice.total_s, choice.bound_s) == (50_000, 12_000, 12_000)
    assert choice.marginal_s == (38_000,)
    assert choice.mean_s == 240 and choice.proven and choice.gap == 0


def test_two_sites_for_the_shortest_ways():
    choice = siting.p_median(times(STREET, TEN, [None] * 5), 2, 1_000_000)
    # Site 2 has 100 + 0 for the two in the east; in the west 0 has 100 + 0 + 100, 1 has 200 + 100.
    assert sorted(choice.actions) == [0, 2] and choice.total_s == 10 * (200 + 100)


def test_existing_stations_stay():
    # A station at home 4 (600, 500, 400, 100, 0 s): then 0 saves 500 + 500 + 300 and 1 as much as
    # 400 + 400 + 400 = 1200.
    existing = [600_000, 500_000, 400_000, 100_000, 0]
    choice = siting.p_median(times(STREET, TEN, existing), 1, 1_000_000)
    assert choice.actions == (0,)
    assert (choice.before_s, choice.total_s) == (16_000, 3_000)


def test_who_has_no_way_is_counted_apart():
    # Home 1 has none, home 2 nobody in it: only the 4 people of home 1 are unreached, at the cap of
    # 90 s: 3 × 20 s + 4 × 90 s = 420 s. The mean is of those who have a way: 20 s.
    choice = siting.p_median(times([{0: 20_000}], [3, 4, 0], [None] * 3), 1, 90_000)
    assert (choice.total_s, choice.mean_s, choice.cap_s) == (420, 20, 90)
    assert (choice.unreached.tolist(), choice.unreached_weight) == ([1], 4)


def test_a_way_longer_than_the_cap_saves_nothing():
    choice = siting.p_median(times([{0: 20_000}], [3], [None]), 1, 10_000)
    assert choice.actions == () and choice.total_s == 30 and choice.mean_s is None


def test_one_site_for_the_farthest():
    choice = siting.p_center(times(STREET, TEN, [None] * 5), 1)
    # The longest ways are 600, 500 and 700 s.
    assert (choice.actions, choice.worst_s, choice.bound_s) == ((1,), 500, 500)
    assert choice.worst.tolist() == [4] and choice.before_s is None
    assert choice.proven and choice.gap == 0


def test_two_sites_for_the_farthest():
    choice = siting.p_center(times(STREET, TEN, [None] * 5), 2)
    # 0 and 2: 100 s at homes 0, 2 and 3; 1 and 2: 200 s.
    assert sorted(choice.actions) == [0, 2] and choice.worst_s == 100
    assert choice.worst.tolist() == [0, 2, 3]


def test_the_farthest_with_a_station():
    # The station at home 4 has 600 s to home 0; action 0 makes that 100 s, and home 3 has 100 s.
    existing = [600_000, 500_000, 400_000, 100_000, 0]
    choice = siting.p_center(times(STREET, TEN, existing), 3)
    assert (choice.before_s, choice.worst_s, choice.actions) == (600, 100, (0,))
    nothing = siting.p_center(times(STREET, TEN, existing), 0)
    assert (nothing.actions, nothing.worst_s, nothing.proven) == ((), 600, True)


def test_too_little_money_to_reach_all():
    # Each action reaches one home: with one of them the home of 9 gets its way, the other has none.
    choice = siting.p_center(times([{0: 5}, {1: 7}], [1, 9, 2], [None] * 3), 1)
    assert (choice.actions, choice.worst_s, choice.bound_s, choice.gap) == ((1,), None, None, None)
    assert choice.unreached.tolist() == [0] and choice.uncoverable.tolist() == [2]
    assert choice.proven  # that no choice reaches both


# --- Degenerate ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem",
    [times([], [], []), times([{}], [5], [None]), times([{0: 9}], [0], [None])],
    ids=["nothing", "nobody can be reached", "nobody"],
)
def test_nothing_to_shorten_is_an_answer(problem):
    median, center = siting.p_median(problem, 1, CAP_MS), siting.p_center(problem, 1)
    assert median.actions == center.actions == ()
    assert median.proven and median.gap == 0 and median.mean_s is None
    assert (center.worst_s, center.bound_s, center.gap) == (None, None, None)


def test_bad_options_are_named():
    problem = times(STREET, TEN, [None] * 5)
    with pytest.raises(OptionError, match="cap: 0 is not allowed; give a number > 0"):
        siting.p_median(problem, 1, 0)
    with pytest.raises(OptionError, match="budget: -1 is not allowed"):
        siting.p_center(problem, -1)
    with pytest.raises(ValueError, match="times must not be negative"):
        times([{0: -1}], [1], [None])


# --- By trying everything -----------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(timed(), BUDGETS)
def test_p_median_equals_trying_everything(problem, budget):
    best = min(total_s(problem, c) for c, cost in choices(problem) if cost <= budget * (1 + 1e-9))
    for exact in ("auto", "never"):
        choice = siting.p_median(problem, budget, CAP_MS, exact=exact)
        assert math.isclose(choice.total_s, total_s(problem, choice.actions), abs_tol=1e-9)
        assert math.isclose(choice.before_s - sum(choice.marginal_s), choice.total_s, abs_tol=1e-9)
        assert choice.bound_s <= best + 1e-9 and choice.total_s >= best - 1e-9
        assert choice.cost <= budget * (1 + 1e-9)
        if exact == "auto" or choice.proven:
            assert math.isclose(choice.total_s, best, abs_tol=1e-6) and choice.proven


@settings(max_examples=120, deadline=None)
@given(timed(), BUDGETS)
def test_p_center_equals_trying_everything(problem, budget):
    allowed = [c for c, cost in choices(problem) if cost <= budget * (1 + 1e-9)]
    best = min(worst_ms(problem, c) for c in allowed)
    for exact in ("auto", "never"):
        choice = siting.p_center(problem, budget, exact=exact)
        assert choice.cost <= budget * (1 + 1e-9)
        if choice.worst_s is None:
            assert worst_ms(problem, choice.actions) in (0, UNREACHED)
        else:
            assert choice.worst_s == worst_ms(problem, choice.actions) / 1000 >= best / 1000
            assert choice.bound_s is not None and choice.bound_s <= best / 1000
        if exact == "auto" and best == UNREACHED:
            assert choice.worst_s is None and choice.proven
        elif exact == "auto" and best > 0:
            assert choice.worst_s == choice.bound_s == best / 1000 and choice.proven


# --- By oracles ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PuLP's own, about PuLP 4
def test_spopt_agrees():
    from spopt import locate  # loads for seconds: whoever runs other tests need not wait

    rng = np.random.default_rng(8)
    homes, sites = rng.uniform(0, 1000, (60, 2)), rng.uniform(0, 1000, (12, 2))
    ms = np.rint(np.linalg.norm(homes[:, None] - sites[None], axis=2) * 800).astype(np.int64)
    people = rng.integers(1, 50, 60)
    rows = [dict(enumerate(ms[:, s].tolist())) for s in range(12)]
    problem = times(rows, people, [None] * 60)
    solver = pulp.PULP_CBC_CMD(msg=False)
    median = locate.PMedian.from_cost_matrix(ms, people, p_facilities=3).solve(solver)
    ours = siting.p_median(problem, 3, 10_000_000)
    assert ours.proven and ours.total_s * 1000 == pytest.approx(
        pulp.value(median.problem.objective)
    )
    center = locate.PCenter.from_cost_matrix(ms, p_facilities=3).solve(solver)
    ours = siting.p_center(problem, 3)
    assert ours.proven and ours.worst_s * 1000 == pytest.approx(
        pulp.value(center.problem.objective)
    )


def test_a_larger_town_is_certified():
    _, problem = town(300, 2000, 60, seed=5, stations=5)
    median = siting.p_median(problem, 20, 600_000, exact="never")
    assert median.total_s == total_s(problem, median.actions, 600_000) >= median.bound_s
    assert median.gap < 0.02
    center = siting.p_center(problem, 120, exact="never")
    assert center.worst_s >= center.bound_s > 0
    assert center.worst_s * 1000 == worst_ms(problem, center.actions)
