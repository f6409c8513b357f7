"""The manners of siting: no compiler needed or called twice, Ctrl-C, progress, honest bounds."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading

import highspy
import numpy as np
import pytest

from geo import compiled, siting
from geo.siting import anneal, bound, exact, exchange, greedy, problem, solve
from tests.geo.siting_cases import cover, town

KERNELS = (
    problem.twice, problem.split_classes, greedy.choose, exchange.stand, exchange.prune_until,
    exchange.exchange, anneal.wander, bound.reduced, bound.settle_price, bound.subgradient,
    bound.step_down,
)  # fmt: skip

_ANSWERS = """
import sys
if sys.argv[1] == "plain":
    sys.modules["numba"] = None
from geo import siting
from tests.geo.siting_cases import town
assert siting.compile() is (sys.argv[1] != "plain")
places, ways = town(25, 120, 12, seed=4, stations=1)
for exact in ("auto", "never"):
    for answer in (
        siting.most_people(places, 4, exact=exact), siting.fewest(places, 500, exact=exact),
        siting.p_median(ways, 4, 600_000, exact=exact), siting.p_center(ways, 20, exact=exact),
    ):
        print({k: str(v) for k, v in vars(answer).items()})
"""


def test_the_answer_is_the_same_without_numba():
    spoken = [
        subprocess.run(
            [sys.executable, "-c", _ANSWERS, how], capture_output=True, text=True, check=True
        ).stdout
        for how in ("plain", "compiled")
    ]
    assert spoken[0] == spoken[1] and spoken[0].count("\n") == 8


@pytest.mark.skipif(not compiled.COMPILED, reason="numba is not installed")
def test_nothing_is_compiled_after_compile():
    _CHECK = """
from geo import siting
from tests.geo import test_siting_manners as here
from tests.geo.siting_cases import town
siting.compile()
before = [len(kernel.signatures) for kernel in here.KERNELS]
assert before == [1] * len(before), before
places, ways = town(40, 300, 15, seed=4, stations=1)
siting.most_people(places, 3); siting.fewest(places, 900)
siting.p_median(ways, 4, 600_000); siting.p_center(ways, 30)
assert [len(kernel.signatures) for kernel in here.KERNELS] == before
"""
    subprocess.run([sys.executable, "-c", _CHECK], check=True)


def test_memory_mapped_arrays_are_taken(tmp_path):
    places, _ = town(40, 300, 15, seed=4)
    mapped = []
    for name in ("first", "place", "weight", "cost"):
        np.save(tmp_path / name, getattr(places, name))
        mapped.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    assert (
        siting.most_people(siting.Cover(*mapped), 3).gained == siting.most_people(places, 3).gained
    )


def test_progress_is_told():
    told: list[tuple[str, int, int]] = []
    places, ways = town(60, 500, 25, seed=4)
    siting.most_people(places, 6, progress=lambda *step: told.append(step))
    siting.p_center(ways, 40, progress=lambda *step: told.append(step))
    assert {label for label, _, _ in told} == {"选址", "最远者"}
    assert all(0 <= done <= total for _, done, total in told)
    assert told[-1][1] == told[-1][2]


def test_an_interrupted_solver_leaves_nothing_running(monkeypatch):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    rng = np.random.default_rng(1)
    places = cover([np.flatnonzero(rng.random(400) < 0.05).tolist() for _ in range(150)], [1] * 400)
    whole = problem.build(
        places.first, places.place, None, places.weight, places.cost, places.exclusive
    )
    model = exact._Model(whole, np.inf, 400.0).programme()  # minutes of work
    solver.passModel(model)
    waits = iter([None])

    class Interrupted(queue.SimpleQueue):
        """A queue that somebody waits for until Ctrl-C, again and again."""

        def get(self, block=True, timeout=None):
            if next(waits, "enough") == "enough":
                presses.append(KeyboardInterrupt())
                raise presses[-1]
            return super().get(block, timeout)

    presses: list[KeyboardInterrupt] = []
    threads = threading.active_count()
    monkeypatch.setattr(exact.queue, "SimpleQueue", Interrupted)
    with pytest.raises(KeyboardInterrupt) as raised:
        exact.run(solver)
    assert raised.value is presses[0] and len(presses) > 1  # impatience is no trouble
    assert raised.value.__context__ is None and threading.active_count() == threads
    # It has ended, not merely been left: what it was doing is told apart from a finished solve.
    assert solver.getModelStatus() == highspy.HighsModelStatus.kInterrupt


def test_a_broken_off_solver_still_bounds(monkeypatch):
    # With no time at all HiGHS knows nothing; the bound of the prices stands, and it is said.
    monkeypatch.setitem(exact.SECONDS, "auto", 0.0)
    places, _ = town(200, 1000, 120, seed=2)
    choice = siting.most_people(places, 12)
    assert "time limit" in choice.method and not choice.proven
    assert 0 < choice.gap < 0.05 and choice.bound > choice.gained


def test_too_large_for_the_solver_is_left_to_the_prices(monkeypatch):
    monkeypatch.setattr(exact, "MOST_PAIRS", 10)
    places, _ = town(200, 1000, 120, seed=2)
    assert siting.most_people(places, 12).method == solve.METHOD


def test_bounds_hold_for_any_prices():
    # Weak duality in floating point: whatever the prices, no choice beats the bound – weights of a
    # third, costs of a tenth; the choices are drawn at random.
    rng = np.random.default_rng(9)
    rows = [np.flatnonzero(rng.random(60) < 0.2).tolist() for _ in range(15)]
    places = cover(rows, rng.integers(1, 20, 60) / 3, rng.integers(1, 9, 15) / 10)
    whole = problem.build(
        places.first, places.place, None, places.weight, places.cost, places.exclusive
    )
    drawn = [np.flatnonzero(rng.random(15) < 0.3) for _ in range(300)]
    for _ in range(30):
        price = np.floor(rng.random(whole.n_places) * whole.top / whole.step) * whole.step
        budget, target = rng.uniform(0.5, 3), rng.uniform(50, 250)
        most = bound.Relaxation(whole, budget, np.inf).at(price).bound + whole.slack
        least = bound.Relaxation(whole, np.inf, target).at(price).bound
        for chosen in drawn:
            gained, cost = places.gained(tuple(chosen)), float(places.cost[chosen].sum())
            assert cost > budget or gained <= most
            assert gained < target or cost >= least


def test_the_answer_is_the_same_again():
    places, ways = town(150, 1200, 40, seed=6, stations=3)
    one, two = (
        [
            {name: str(value) for name, value in vars(answer).items()}
            for answer in (siting.most_people(places, 10), siting.p_median(ways, 10, 600_000))
        ]
        for _ in range(2)
    )
    assert one == two
