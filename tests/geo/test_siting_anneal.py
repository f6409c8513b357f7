"""Annealing keeps the rules and never loses; bounds on the way hold against trying everything."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting import problem as problems
from geo.siting.anneal import anneal
from geo.siting.bound import Relaxation, descend
from geo.siting.core import Goal
from geo.siting.greedy import greedy
from tests.geo.siting_cases import choices, cover, covers


def _whole(places):
    return problems.build(
        places.first, places.place, None, places.weight, places.cost, places.exclusive
    )


def test_it_finds_what_is_missing():
    # The rows (actions 0–2) and columns (3–5) of a 3 × 3 square of places with 1 person each; 6 has
    # its diagonal and a tenth place, 7 that place alone. Rows 0 and 1, the middle column and 6
    # leave out one place, the lower left: 9 people. The three rows with 6 (or 7) have all 10.
    rows = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8, 9], [9]]
    whole = _whole(cover(rows, [1] * 10))
    begun = np.array([0, 1, 4, 6])
    assert whole.worth(begun) == 9
    made = anneal(whole, begun, np.zeros(8), 4.0, math.inf)
    assert whole.worth(made) == 10 and len(made) == 4


@settings(max_examples=150, deadline=None)
@given(covers(), st.integers(0, 12))
def test_it_keeps_the_rules_and_never_loses(places, budget):
    whole = _whole(places)
    begun = greedy(whole, float(budget), math.inf, by_cost=True)
    made = anneal(whole, begun, whole.cost, float(budget), math.inf)
    assert len(set(made.tolist())) == len(made) == len(begun)
    assert whole.worth(made) >= whole.worth(begun)
    assert whole.price(made) <= budget * (1 + 1e-9)
    assert len(set(whole.group[made].tolist())) == len(made)


@settings(max_examples=200, deadline=None)
@given(covers(most_actions=7), st.integers(0, 12), st.floats(0.05, 1))
def test_bounds_and_what_they_settle_hold_on_the_way(places, budget, share):
    # Whatever the steps do, no choice at all may beat a bound; and an action that is said to be in
    # no better choice (or in every one) is in none (or all) that is better than the known one.
    whole = _whole(places)
    every = [(set(chosen), whole.worth(list(chosen)), cost) for chosen, cost in choices(places)]
    most = Goal.of_budget(whole, float(budget))
    known = whole.worth(greedy(whole, most.budget, math.inf, by_cost=True))
    relaxation = Relaxation(whole, most.budget, math.inf)
    for prices in descend(relaxation, whole.top * 0.0, 30, known):
        out, needed = relaxation.fixed(prices, known, 0.0)
        for chosen, gained, cost in every:
            if cost <= most.budget:
                assert gained <= prices.bound
                if gained > known:
                    assert not out[list(chosen)].any()
                    assert set(np.flatnonzero(needed).tolist()) <= chosen
    least = Goal.of_target(whole, share * whole.total)
    relaxation = Relaxation(whole, math.inf, least.sure)
    dearest = math.fsum(whole.cost)
    for prices in descend(relaxation, whole.top * 0.0, 30, dearest):
        for _, gained, cost in every:
            assert gained < least.sure or cost >= prices.bound
