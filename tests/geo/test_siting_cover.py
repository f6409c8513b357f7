"""Most people for a budget, fewest for a target: by hand, by trying everything, by oracles."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo import siting
from geo.errors import OptionError
from geo.siting.solve import PROVEN_GAP
from tests.geo.siting_cases import choices, cover, covers, town

EXACT = ("auto", "never")


def close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


# --- By hand ------------------------------------------------------------------------------------

# Six places with 10, 20, 30, 40, 50, 60 people. Action 0 covers the middle four (20 + 30 + 40 + 50
# = 140), actions 1 and 2 the halves (10 + 20 + 30 = 60 and 40 + 50 + 60 = 150), 3 the last (60).
SIX = [10, 20, 30, 40, 50, 60]
HALVES = [[1, 2, 3, 4], [0, 1, 2], [3, 4, 5], [5]]


def test_two_sites_for_most_people():
    choice = siting.most_people(cover(HALVES, SIX), 2)
    # 1 and 2 together have all 210; greedy begins with 2 (150) as well, then 1 adds all its 60.
    assert choice.actions == (2, 1)
    assert choice.marginal == (150, 60)
    assert (choice.gained, choice.cost, choice.bound, choice.gap) == (210, 2, 210, 0)
    assert choice.proven and choice.reached and choice.uncoverable.tolist() == []


def test_greedy_alone_would_be_wrong():
    # Places of 4, 4, 3, 3, 3, 3. Action 0 covers both 4s and one 3 of each side: 4 + 4 + 3 + 3 =
    # 14. Actions 1 and 2 cover a side each: 4 + 3 + 3 = 10. Greedy takes 0, then 1 adds 3: 17; 1
    # and 2 together have 20. One exchange mends it, and the bound proves it.
    weight, rows = [4, 4, 3, 3, 3, 3], [[0, 1, 2, 4], [0, 2, 3], [1, 4, 5]]
    for exact in EXACT:
        choice = siting.most_people(cover(rows, weight), 2, exact=exact)
        assert sorted(choice.actions) == [1, 2] and choice.gained == 20


def test_costs_decide():
    # For 10 either the dear one (100 people for 10) or both cheap ones (2 × 40 for 2 × 4 = 8); for
    # 8 only the cheap ones, for 14 the dear one and a cheap one.
    problem = cover([[0], [1], [2]], [100, 40, 40], [10, 4, 4])
    assert [siting.most_people(problem, b).gained for b in (3, 8, 10, 14, 18)] == [
        0, 80, 100, 140, 180,
    ]  # fmt: skip


def test_fewest_sites_for_a_target():
    problem = cover(HALVES, SIX)
    # All 210: 1 is needed for place 0, then 2 has the rest. 150: 2 alone. 151: two.
    assert sorted(siting.fewest(problem, 210).actions) == [1, 2]
    assert siting.fewest(problem, 150).actions == (2,)
    two = siting.fewest(problem, 151)
    assert (two.cost, two.bound, two.gap, two.proven) == (2, 2, 0, True)
    assert siting.fewest(problem, 0).actions == ()


def test_a_target_out_of_reach_says_how_far_one_gets():
    problem = cover([[0], [0, 1]], [5, 7, 9, 0])
    choice = siting.fewest(problem, 20)
    assert not choice.reached
    assert (choice.actions, choice.gained, choice.bound) == ((1,), 12, 12)
    assert choice.uncoverable.tolist() == [2]  # place 3 has no people, so nobody is missed there


def test_one_of_a_group():
    # Longer hours (0), charging (1) or both (2) at one station, and a new site (3): at most one of
    # the first three. For 2, hours and charging would have 6 + 5 = 11, but exclude each other: 6.
    # For 3, both at once (11) beat hours and the site (6 + 4 = 10). For 5: 11 + 4.
    problem = cover([[0], [1], [0, 1], [2]], [6, 5, 4], [1, 1, 3, 2], [0, 0, 0, -1])
    assert siting.most_people(problem, 2).actions == (0,)
    assert siting.most_people(problem, 3).actions == (2,)
    assert siting.most_people(problem, 5).gained == 15
    assert siting.fewest(problem, 15).cost == 5


def test_merged_places_and_twins_change_nothing():
    # Places 1 and 2 are covered by the same actions; action 2 is action 0 once more: ties go to 0.
    problem = cover([[1, 2], [0], [1, 2]], [1, 2, 3])
    assert siting.most_people(problem, 1).actions == (0,)


# --- Degenerate ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem",
    [
        cover([], []),
        cover([], [3, 4]),
        cover([[], []], [3, 4]),
        cover([[0, 1]], [0, 0]),
        cover([[0, 1]], [3, 4], [5]),
    ],
    ids=["nothing", "no actions", "covering nothing", "nobody", "too dear"],
)
def test_nothing_to_gain_is_an_answer(problem):
    choice = siting.most_people(problem, 1)
    assert (choice.actions, choice.gained, choice.bound, choice.gap) == ((), 0, 0, 0)
    assert choice.proven
    none = siting.fewest(problem, 0)
    assert (none.actions, none.cost, none.gap, none.proven, none.reached) == ((), 0, 0, True, True)


def test_budget_0_takes_what_is_free():
    assert siting.most_people(cover([[0], [1]], [3, 4], [0, 1]), 0).actions == (0,)


def test_an_infinite_budget_takes_what_is_needed():
    choice = siting.most_people(cover(HALVES, SIX), math.inf)
    assert choice.gained == 210 and choice.proven
    assert len(choice.actions) == len(choice.marginal) and min(choice.marginal) > 0


def test_tenths_add_up():
    # 0.1 + 0.2 is more than 0.3 in floating point; nobody means that.
    problem = cover([[0], [1]], [1, 1], [0.1, 0.2])
    assert siting.most_people(problem, 0.3).gained == 2


@pytest.mark.parametrize("amount", [-1, math.nan])
def test_bad_amounts_are_named(amount):
    with pytest.raises(OptionError, match=f"budget: {amount} is not allowed; give a number ≥ 0"):
        siting.most_people(cover([[0]], [1]), amount)
    with pytest.raises(OptionError, match=f"target: {amount} is not allowed"):
        siting.fewest(cover([[0]], [1]), amount)


def test_an_infinite_target_is_named():
    with pytest.raises(OptionError, match="target: inf is not a weight"):
        siting.fewest(cover([[0]], [1]), math.inf)


@pytest.mark.parametrize(
    ("rows", "weight", "cost", "groups", "message"),
    [
        ([[0, 0]], [1], None, None, "action 0 names a place twice"),
        ([[1]], [1], None, None, "places must lie in 0…0"),
        ([[0]], [-1], None, None, "weights must be finite and not negative"),
        ([[0]], [1], [math.inf], None, "costs must be finite"),
        ([[0]], [1], None, [-2], "exclusive needs one entry per action"),
        ([[0]], [1], [1, 1], None, "first must rise from 0 to 1 in 3 entries"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(rows, weight, cost, groups, message):
    with pytest.raises(ValueError, match=message):
        cover(rows, weight, cost, groups)


# --- By trying everything -----------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(covers(), st.sampled_from([0, 1, 2, 3, 0.3, 7, 100]))
def test_most_people_equals_trying_everything(problem, budget):
    best = max(problem.gained(c) for c, cost in choices(problem) if cost <= budget * (1 + 1e-9))
    for exact in EXACT:
        choice = siting.most_people(problem, budget, exact=exact)
        assert choice.gained <= best + 1e-9 and best <= choice.bound + 1e-9
        assert choice.gained == problem.gained(choice.actions)
        assert close(sum(choice.marginal), choice.gained)
        assert choice.cost <= budget * (1 + 1e-9)
        assert tuple(sorted(choice.actions)) in {actions for actions, _ in choices(problem)}
        assert choice.proven == (choice.gap <= PROVEN_GAP)
        if exact == "auto" or choice.proven:
            assert close(choice.gained, best) and choice.proven


@settings(max_examples=150, deadline=None)
@given(covers(), st.sampled_from([0, 0.3, 0.5, 0.8, 0.95, 1, 1.1]))
def test_fewest_equals_trying_everything(problem, share):
    target = share * problem.gained(tuple(range(problem.n_actions)))
    enough = [cost for c, cost in choices(problem) if problem.gained(c) >= target * (1 - 1e-9)]
    most = max(problem.gained(c) for c, _ in choices(problem))
    for exact in EXACT:
        choice = siting.fewest(problem, target, exact=exact)
        assert choice.gained == problem.gained(choice.actions)
        if choice.reached:
            assert choice.gained >= target * (1 - 1e-9)
            assert choice.bound <= min(enough) + 1e-9 and choice.cost >= min(enough) - 1e-9
            if exact == "auto" or choice.proven:
                assert close(choice.cost, min(enough)) and choice.proven
        else:
            assert choice.gained <= most + 1e-9 and most <= choice.bound + 1e-9
            if exact == "auto":
                assert not enough and close(choice.gained, most)


@settings(max_examples=60, deadline=None)
@given(covers(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(problem, random):
    actions, places = list(range(problem.n_actions)), list(range(len(problem.weight)))
    random.shuffle(actions)
    random.shuffle(places)
    at = np.argsort(places)
    again = cover(
        [at[problem.places_of(a)].tolist() for a in actions],
        problem.weight[places],
        problem.cost[actions],
        None if problem.exclusive is None else problem.exclusive[actions],
    )
    for budget in (1, 3):
        one, two = siting.most_people(problem, budget), siting.most_people(again, budget)
        assert close(one.gained, two.gained)
    target = 0.8 * problem.gained(tuple(actions))
    one, two = siting.fewest(problem, target), siting.fewest(again, target)
    assert one.reached == two.reached
    assert not one.reached or close(one.cost, two.cost)


@settings(max_examples=40, deadline=None)
@given(covers())
def test_more_money_never_gains_less(problem):
    gained = [siting.most_people(problem, budget).gained for budget in (0, 1, 2, 3, 5, 8)]
    assert all(more >= less - 1e-9 for less, more in pairwise(gained))


# --- By oracles ---------------------------------------------------------------------------------


def _matrix(problem: siting.Cover) -> sparse.csr_matrix:
    """Return the places × actions matrix of who covers whom."""
    shape = (problem.n_actions, len(problem.weight))
    ones = np.ones(len(problem.place))
    return sparse.csr_matrix((ones, problem.place, problem.first), shape=shape).T.tocsr()


@pytest.fixture(scope="module")
def small_town() -> siting.Cover:
    return town(80, 900, 30, seed=3, stations=4)[0]


def test_most_people_equals_a_plain_model(small_town):
    # The textbook model by scipy: max Σ w y, y_i ≤ Σ x_j over who covers i, Σ x ≤ p.
    n, m = small_town.n_actions, len(small_town.weight)
    link = sparse.hstack([-_matrix(small_town), sparse.eye_array(m)])
    count = sparse.csr_array(np.concatenate([np.ones(n), np.zeros(m)])[None])
    for p in (5, 15):
        plain = milp(
            np.concatenate([np.zeros(n), -small_town.weight]),
            constraints=[LinearConstraint(link, -np.inf, 0), LinearConstraint(count, 0, p)],
            integrality=np.concatenate([np.ones(n), np.zeros(m)]),
            bounds=Bounds(0, 1),
        )
        choice = siting.most_people(small_town, p)
        assert choice.proven and choice.gap == 0
        assert choice.gained == round(-plain.fun)


def test_fewest_equals_a_plain_model(small_town):
    cover_all = _matrix(small_town)
    asked = (small_town.weight > 0) & (np.diff(cover_all.indptr) > 0)
    plain = milp(
        np.ones(small_town.n_actions),
        constraints=LinearConstraint(cover_all[asked], 1, np.inf),
        integrality=np.ones(small_town.n_actions),
        bounds=Bounds(0, 1),
    )
    choice = siting.fewest(small_town, math.fsum(small_town.weight[asked]))
    assert choice.proven and choice.cost == choice.bound == round(plain.fun)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PuLP's own, about PuLP 4
def test_spopt_agrees(small_town):
    from spopt import locate  # loads for seconds: whoever runs other tests need not wait

    asked = np.flatnonzero(np.diff(_matrix(small_town).indptr) > 0)
    distance = 1.0 - _matrix(small_town)[asked].toarray()  # 0 within the radius, else 1
    solver = pulp.PULP_CBC_CMD(msg=False)
    mclp = locate.MCLP.from_cost_matrix(distance, small_town.weight[asked], 0.5, 8).solve(solver)
    theirs = sum(
        w for w, who in zip(small_town.weight[asked], mclp.cli2fac, strict=True) if len(who)
    )
    assert siting.most_people(small_town, 8).gained == theirs
    lived_in = small_town.weight[asked] > 0
    lscp = locate.LSCP.from_cost_matrix(distance[lived_in], 0.5).solve(solver)
    theirs = sum(1 for sites in lscp.fac2cli if len(sites))
    assert siting.fewest(small_town, math.fsum(small_town.weight[asked])).cost == theirs


def test_a_larger_town_is_certified():
    problem, _ = town(600, 4000, 40, seed=5, stations=10)
    choice = siting.most_people(problem, 40, exact="never")
    assert choice.gained == problem.gained(choice.actions) <= choice.bound
    assert choice.gap < 0.02 and len(choice.actions) == 40
    few = siting.fewest(problem, choice.gained, exact="never")
    assert few.bound <= few.cost <= 41
