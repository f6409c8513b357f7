"""Gini and quantiles: by hand, by brute force over all pairs, and by NumPy on a list of people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import inequality
from geo.inequality import gini, quantiles, spread
from geo.reach import UNREACHED

#: Times in whole seconds with so many people each.
CROWDS = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 30)), min_size=1, max_size=12)


def brute_force(values: list[float]) -> float:
    """Return half the relative mean absolute difference over all pairs of people."""
    total = sum(abs(one - other) for one in values for other in values)
    return total / (2 * len(values) ** 2 * (sum(values) / len(values)))


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        # 0 and 10: |0 − 10| twice = 20; 2 · 2² · mean 5 = 40; 20 / 40.
        ([0, 10], [1, 1], 0.5),
        # 1 2 3 4: pairs differ by 1 2 3 1 2 1 = 10, twice 20; 2 · 4² · 2.5 = 80; 20 / 80.
        ([4, 1, 3, 2], [1, 1, 1, 1], 0.25),
        # 1 1 1 5: three pairs differ by 4, twice 24; 2 · 4² · 2 = 64; 24 / 64.
        ([1, 5], [3, 1], 0.375),
        # One of n bears all: (n − 1) / n.
        ([0, 7], [99, 1], 0.99),
        # Half a person each: weights need not be whole.
        ([0, 10], [0.5, 0.5], 0.5),
        ([600, 600, 600], [1, 2, 3], 0.0),
        ([0, 0], [1, 1], 0.0),  # all the same, though there is no mean to compare with
        ([5], [10], 0.0),
        ([5], [0], None),
        ([], [], None),
    ],
)
def test_gini_by_hand(values, weights, expected):
    found = gini(np.array(values, float), np.array(weights, float))
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


@given(CROWDS)
def test_gini_is_the_mean_difference_of_all_pairs(crowd):
    people = [value for value, count in crowd for _ in range(count)]
    found = gini(np.array([v for v, _ in crowd], float), np.array([c for _, c in crowd], float))
    if not people:
        assert found is None
    elif not any(people):
        assert found == 0.0
    else:
        assert found == pytest.approx(brute_force(people), abs=1e-9)


@given(CROWDS, st.floats(0.01, 100), st.randoms())
def test_laws_of_gini(crowd, factor, random):
    values, weights = np.array(crowd, float).T
    found = gini(values, weights)
    if found is None:
        return
    assert 0.0 <= found <= 1.0
    order = list(range(len(crowd)))
    random.shuffle(order)
    assert gini(values[order], weights[order]) == pytest.approx(found, abs=1e-12)
    assert gini(values * factor, weights) == pytest.approx(found, abs=1e-9)  # the unit of time
    assert gini(values, weights * factor) == pytest.approx(found, abs=1e-9)  # copies of everybody


@given(CROWDS)
def test_quantiles_are_numpy_s_on_a_list_of_people(crowd):
    people = [value for value, count in crowd for _ in range(count)]
    found = quantiles(np.array([v for v, _ in crowd]), np.array([c for _, c in crowd], float))
    if not people:
        assert found == [None] * 6
        return
    exact = np.array([0.10, 0.25, 0.50, 0.75, 0.90, 0.95])
    # The least person k with k / n ≥ q, by whole numbers: NumPy's q · n may miss by a last bit.
    people.sort()
    at = [-(-percent * len(people) // 100) - 1 for percent in inequality.QUANTILES]
    assert found == [people[k] for k in at]
    # A hair below and above q brackets whatever NumPy makes of the last bit.
    low = np.quantile(people, exact - 1e-9, method="inverted_cdf")
    high = np.quantile(people, exact + 1e-9, method="inverted_cdf")
    assert (low <= found).all() and (found <= high).all()


def test_quantiles_by_hand():
    # 3 people at 1, 5 at 2, 2 at 9: the 3rd, 8th and 10th person close the steps.
    #   10 % → person 1, 25 % → 2.5 → person 3, 50 % → 5, 75 % → 7.5 → 8, 90 % → 9, 95 % → 9.5 → 10
    found = quantiles(np.array([9, 1, 2]), np.array([2.0, 3.0, 5.0]))
    assert found == [1, 1, 2, 2, 9, 9]
    assert quantiles(np.array([4, 8]), np.array([0.0, 1.0]), (1, 99)) == [8, 8]


def of(times, people, outside=None, budget_ms=300_000):
    """Return the spread of times in milliseconds."""
    lost = np.zeros(len(times), bool) if outside is None else np.array(outside)
    return spread(np.array(times, np.int32), np.array(people, float), lost, budget_ms)


def test_people_without_a_way_are_counted_apart():
    found = of(
        [100_000, 300_000, 500_000, UNREACHED, UNREACHED],
        [10, 20, 30, 15, 25],
        [False, False, False, False, True],
    )
    assert (found.people, found.outside, found.unreached, found.covered) == (100, 25, 15, 30)
    assert (found.share, found.share_of_judged) == (0.3, 0.4)  # of 100 and of 75
    # Judged: 75. p10 → 7.5 of them: 100 s; p25 → 18.75: 300 s; p50 → 37.5: 500 s;
    # p75 → 56.25: 500 s; p90 → 67.5 and p95 fall among the 15 without a way.
    assert found.quantiles_s == (100.0, 300.0, 500.0, 500.0, None, None)
    assert found.mean_s == pytest.approx((10 * 100 + 20 * 300 + 30 * 500) / 60)
    # 60 with a time: pairs 10·20·200 + 10·30·400 + 20·30·200 = 280,000, twice; 2 · 60² · 366.67.
    assert found.gini == pytest.approx(560_000 / (2 * 3600 * (22_000 / 60)))
    assert found.reason is None


@pytest.mark.parametrize(
    ("times", "people", "outside", "reason"),
    [
        ([], [], [], inequality.NO_PEOPLE),
        ([100_000], [0], [False], inequality.NO_PEOPLE),
        ([UNREACHED], [5], [True], inequality.OUTSIDE),
        ([UNREACHED], [5], [False], inequality.NO_WAY),
    ],
)
def test_nothing_to_measure_says_why(times, people, outside, reason):
    found = of(times, people, np.array(outside, bool))
    assert found.reason == reason
    assert (found.gini, found.mean_s) == (None, None)
    assert found.quantiles_s == (None,) * 6
    assert found.share == (0.0 if sum(people) else None)
    assert set(found.to_json()["quantiles_s"]) == {"p10", "p25", "p50", "p75", "p90", "p95"}
