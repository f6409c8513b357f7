"""Users and seats: by hand, by trying all plans, by HiGHS, and by the laws."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from geo import assignment
from geo.pairs import Pairs
from geo.reach import UNREACHED

LAW = settings(deadline=None, max_examples=150)
FAR = UNREACHED


def pairs_of(times) -> Pairs:
    """Return the table of a matrix of times (places, stations); ``FAR`` = no way."""
    matrix = np.asarray(times)
    place, station = np.nonzero(matrix != FAR)
    time = matrix[place, station]
    order = np.lexsort((station, time, place))
    first = np.searchsorted(place, np.arange(len(matrix) + 1))
    return Pairs(
        first,
        station[order].astype(np.int32),
        time[order].astype(np.int32),
        matrix.shape[1],
        int(time.max(initial=0)),
    )


def solved(times, demand, seats):
    """Return the plan as a matrix, with the users served and their total time."""
    table = pairs_of(times)
    plan = assignment.assign(table, np.array(demand), np.array(seats))
    flow = np.zeros((table.n_places, table.n_stations), int)
    flow[table.place, table.station] = plan.flow
    assert (flow >= 0).all()
    assert (flow.sum(axis=0) <= seats).all()
    assert np.array_equal(flow.sum(axis=1) + plan.left, demand)
    assert (plan.left >= 0).all()
    assert plan.gap == 0.0
    return plan, flow, int(flow.sum()), int((plan.flow * table.time_ms).sum())


def test_three_places_and_four_stations_by_hand():
    times = [
        [100, 200, FAR, 900],
        [100, 150, 400, FAR],
        [FAR, 100, 300, 300],
    ]
    # 18 users, 4 + 4 + 5 + 1 = 14 seats, and all of them can be taken, so 4 users go without.
    # Each seat at its least time: 4 × 100 + 4 × 100 + 5 × 300 + 1 × 300 = 2600. That asks for 10
    # users of place 2 (stations 1, 2, 3), and it has 6. The other four sit dearer: place 1 at
    # station 1 for 50 more each, place 1 at station 2 for 100 more, place 0 at station 3 for 600
    # more. So all four of station 1 are of place 1: 2600 + 4 × 50 = 2800.
    plan, flow, served, total = solved(times, [6, 6, 6], [4, 4, 5, 1])
    assert served == 14
    assert total == 2800
    assert flow[2].tolist() == [0, 0, 5, 1]
    assert flow[1, 1] == 4
    assert flow[:, 0].sum() == 4
    assert plan.left[2] == 0


def test_a_chain_makes_room_where_the_own_station_is_full():
    # Place 0 reaches only station 0, which place 1 fills from 100 away; 1 moves to station 1 and
    # its users move on from there to 2: nobody goes without. 10 + 20 + 30 instead of nobody.
    times = [[10, FAR, FAR], [5, 20, FAR], [FAR, 5, 30]]
    _, flow, served, total = solved(times, [1, 1, 1], [1, 1, 1])
    assert flow.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert (served, total) == (3, 60)


def test_serving_more_comes_before_serving_sooner():
    # One seat each: 0 near both, 1 only reaches station 0. Total 900 + 800 beats one user at 1.
    _, flow, served, total = solved([[1, 900], [800, FAR]], [1, 1], [1, 1])
    assert flow.tolist() == [[0, 1], [1, 0]]
    assert (served, total) == (2, 1700)


def test_prices_are_what_one_more_seat_saves():
    # Place 0 at 100 from station 0 (1 seat) and 300 from station 1: 2 users, one moves: +200.
    plan, _, _, total = solved([[100, 300]], [2], [1, 5])
    assert plan.price_ms.tolist() == [200, 0]
    assert solved([[100, 300]], [2], [2, 5])[3] == total - 200
    # A station where users go without: one more seat serves one more, at 100.
    crowded, *_ = solved([[100]], [3], [1])
    assert crowded.price_ms.tolist() == [crowded.without_ms - 100]
    assert crowded.left.tolist() == [2]


def all_plans(times, demand, seats) -> tuple[int, int]:
    """Return the most users and the least time, by seating every user everywhere in turn."""
    users = [p for p, count in enumerate(demand) for _ in range(count)]
    ways = [[*np.flatnonzero(np.array(times[p]) != FAR).tolist(), None] for p in users]
    best = (0, 0)
    for plan in itertools.product(*ways):
        load = [sum(s == k for s in plan) for k in range(len(seats))]
        if all(a <= b for a, b in zip(load, seats, strict=True)):
            total = sum(times[p][s] for p, s in zip(users, plan, strict=True) if s is not None)
            best = max(best, (sum(load), -total))
    return best[0], -best[1]


TIME = st.integers(0, 9) | st.just(FAR)


@st.composite
def problems(draw, places=3, stations=3, users=3, time=TIME):
    n, m = draw(st.integers(1, places)), draw(st.integers(1, stations))
    row = st.lists(time, min_size=m, max_size=m)
    return (
        draw(st.lists(row, min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, users), min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, users), min_size=m, max_size=m)),
    )


@LAW
@given(problems(users=2))
def test_no_plan_is_better(problem):
    _, _, served, total = solved(*problem)
    assert (served, total) == all_plans(*problem)


def by_highs(times, demand, seats) -> tuple[float, float]:
    """Return the most users, and the least time of so many, by two linear programmes."""
    table = pairs_of(times)
    k = len(table.station)
    if not k:
        return 0.0, 0.0
    rows = np.concatenate([table.place, table.n_places + table.station])
    sums = sparse.csr_array((np.ones(2 * k), (rows, np.tile(np.arange(k), 2))))
    sums.resize(table.n_places + table.n_stations, k)
    most = np.concatenate([demand, seats])
    served = -linprog(-np.ones(k), A_ub=sums, b_ub=most, method="highs").fun
    plan = linprog(
        table.time_ms, A_ub=sums, b_ub=most, A_eq=np.ones((1, k)), b_eq=[served], method="highs"
    )
    return served, plan.fun


WIDE = problems(
    places=25, stations=8, users=40, time=st.integers(0, 900) | st.integers(0, 5) | st.just(FAR)
)


@LAW
@given(WIDE)
def test_plans_equal_two_linear_programmes(problem):
    _, _, served, total = solved(*problem)
    most, least = by_highs(*problem)
    assert served == pytest.approx(most, abs=1e-6)
    assert total == pytest.approx(least, abs=1e-4)


@LAW
@given(WIDE, st.data())
def test_more_seats_never_serve_fewer(problem, data):
    times, demand, seats = problem
    more = list(seats)
    more[data.draw(st.integers(0, len(seats) - 1))] += data.draw(st.integers(1, 10))
    served, total = solved(times, demand, seats)[2:]
    now, then = solved(times, demand, more)[2:]
    assert now > served or (now == served and then <= total)


@LAW
@given(WIDE)
def test_with_seats_for_all_everybody_sits_at_the_nearest(problem):
    times, demand, seats = problem
    plan, _, _, total = solved(times, demand, [sum(demand)] * len(seats))
    nearest = np.min(times, axis=1)
    reached = nearest != FAR
    assert np.array_equal(plan.left > 0, ~reached & (np.array(demand) > 0))
    assert total == (nearest[reached] * np.array(demand)[reached]).sum()


def test_great_numbers_stay_exact():
    # 2^40 users of a place at 2 h and as many seats less one elsewhere: one goes without.
    many = 2**40
    plan, _, served, _ = solved([[7_200_000, 7_199_999]], [2 * many], [many, many - 1])
    assert (served, plan.left.tolist()) == (2 * many - 1, [1])


def test_nobody_and_nothing_make_an_empty_plan():
    for times, demand, seats in (
        (np.empty((0, 2), int), [], [1, 1]),
        (np.empty((2, 0), int), [1, 1], []),
        ([[FAR]], [3], [3]),
        ([[1]], [0], [3]),
    ):
        plan, _, served, total = solved(times, demand, seats)
        assert (served, total) == (0, 0)
        assert plan.left.sum() == sum(demand)


def test_progress_names_every_crowded_station():
    heard = []
    table = pairs_of([[1, 5, 9], [5, 1, 9]])
    assignment.assign(
        table, np.array([4, 4]), np.array([1, 2, 1]), lambda *step: heard.append(step[1:])
    )
    assert heard == [(0, 2), (1, 2), (2, 2)]


_WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
import numpy as np
from geo import assignment
from tests.geo.test_assignment import FAR, solved
assert not assignment.compile()
print(solved([[1, 5, FAR], [5, 1, 9], [2, FAR, 2]], [4, 4, 7], [3, 2, 4])[2:])
"""


def test_the_plan_is_the_same_without_numba():
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_NUMBA], capture_output=True, text=True, check=True
    )
    problem = [[1, 5, FAR], [5, 1, 9], [2, FAR, 2]], [4, 4, 7], [3, 2, 4]
    assert done.stdout.strip() == str(solved(*problem)[2:])
    assert assignment.compile() is True
