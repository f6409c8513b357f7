"""Solve what is left of a problem exactly with HiGHS, a solver of mixed-integer programmes.

Values become levels: with the values of a place in falling order, z(place, level) says whether an
action of this level or a higher one is chosen,

    z(place, level) ≤ z(place, level above) + Σ actions of just this level,   0 ≤ z ≤ 1,

and the gain is Σ z × (value of the level − value of the level below). Coverage has one level per
place, and this is the model of Church & ReVelle; for travel times it is the radius formulation of
the p-median problem (Cornuéjols et al. 1980, García et al. 2011).
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import highspy
import numpy as np

from geo.siting.problem import Floats, Longs, Problem

Exact = Literal["auto", "always", "never"]

#: "auto" asks HiGHS for at most so many open actions and pairs, and for at most so many seconds.
#: A search that is broken off still gives its bound and its best choice, but where it stood depends
#: on the machine; all other answers do not.
MOST_ACTIONS, MOST_PAIRS = 2_000, 100_000
SECONDS = {"auto": 20.0, "always": 600.0}


class Found(NamedTuple):
    """Hold a choice (None: none was found), the bound on all choices, and what was done."""

    chosen: Longs | None
    bound: float
    method: str


def fits(problem: Problem, exact: Exact) -> bool:
    """Say whether HiGHS shall be asked."""
    small = problem.n_actions <= MOST_ACTIONS and len(problem.place) <= MOST_PAIRS
    return exact == "always" or (exact == "auto" and small)


@dataclass(frozen=True, eq=False)
class _Levels:
    """Hold the levels of all places: whose they are, what they add, and their pairs."""

    place: Longs
    adds: Floats
    level: Longs  # per pair
    action: Longs  # per pair

    @classmethod
    def of(cls, problem: Problem) -> _Levels:
        """Return the levels, by place and falling value."""
        action = np.repeat(np.arange(problem.n_actions), np.diff(problem.first))
        order = np.lexsort((action, -problem.value, problem.place))
        place, value = problem.place[order].astype(np.int64), problem.value[order]
        fresh = np.diff(place, prepend=-1) != 0
        new = fresh | (np.diff(value, prepend=0.0) != 0)
        starts = np.flatnonzero(new)
        last = np.append(fresh[starts[1:]], True)  # the lowest level of its place
        below = np.where(last, 0.0, value[np.append(starts[1:], 0)])
        return cls(place[starts], value[starts] - below, np.cumsum(new) - 1, action[order])


def prices(problem: Problem, budget: float, sure: float) -> Floats:
    """Return the prices that the linear relaxation of a coverage has, multiples of the step.

    They are only a good start, however near the solver came to its optimum: what they prove is
    reckoned by :mod:`geo.siting.bound`.
    """
    model = _Model(problem, budget, sure)
    solver = _solver({"solver": "ipm", "run_crossover": "off"})
    lp = model.programme()
    lp.integrality_ = []
    solver.passModel(lp)
    run(solver)
    dual = np.abs(np.nan_to_num(solver.getSolution().row_dual))
    pays = dual[: problem.n_places]
    if model.by_budget:
        near = problem.top - pays / model.scale
    else:  # from costs to gains: a gain costs what the dual of the target says, or more
        unit = max(float(dual[model.target_row]) * model.scale, float((pays / problem.top).max()))
        near = problem.top - pays / max(unit, 1e-300)
    return np.floor(np.clip(near, 0.0, problem.top) / problem.step) * problem.step


def solve(
    problem: Problem, budget: float, target: float, sure: float, known: Longs, seconds: float
) -> Found:
    """Return what HiGHS finds within a budget (infinite: none) or for a target (infinite: none).

    The bound is the solver's own, widened by its tolerances. ``sure`` is the target that the model
    asks for; a choice that does not gain ``target`` is not returned. ``known`` are open actions of
    the best choice known, to begin with.
    """
    model = _Model(problem, budget, sure)
    solver = _solver({**_SEARCH, "time_limit": seconds})
    solver.passModel(model.programme())
    start = np.zeros(problem.n_actions)
    start[known] = 1.0
    solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    run(solver)
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Found(None, -np.inf if model.by_budget else np.inf, "branch and bound (HiGHS)")
    chosen = None
    if info.primal_solution_status == highspy.kSolutionStatusFeasible:
        x = np.asarray(solver.getSolution().col_value)[: problem.n_actions]
        chosen = np.flatnonzero(x > 0.5)
        if not _allowed(problem, chosen, budget, target):
            chosen = None
    done = status == highspy.HighsModelStatus.kOptimal
    method = "branch and bound" + ("" if done else " stopped at its time limit") + " (HiGHS)"
    if model.by_budget:
        return Found(chosen, _widened(info.mip_dual_bound, 1.0) / model.scale, method)
    return Found(chosen, max(0.0, _widened(info.mip_dual_bound, -1.0)), method)


_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,  # the same answer on every machine, and other requests keep their core
}
#: A good choice is known and the bound is tight, so trees are small: no heuristics, branching by
#: what was learnt instead of solving many programmes to choose a branch, and few cuts, at the root
#: only – that halves the time, cuts being dear where programmes are sparse and large.
_SEARCH: dict[str, Any] = {
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_allow_cut_separation_at_nodes": False,
    "mip_pool_soft_limit": 1,
    "mip_allow_restart": False,
    "mip_pscost_minreliable": 0,
}


def _solver(options: dict[str, Any]) -> highspy.Highs:
    solver = highspy.Highs()
    for name, value in {**_OPTIONS, **options}.items():
        solver.setOptionValue(name, value)
    return solver


#: What HiGHS' bound is widened by, relatively: more than its feasibility tolerances let slip.
_SLIP = 1e-8


def _widened(bound: float, sign: float) -> float:
    """Return a bound of the solver widened upward or downward; infinitely if it has none."""
    return bound + sign * _SLIP * abs(bound) if math.isfinite(bound) else sign * math.inf


def _scale(problem: Problem) -> float:
    """Return what values are multiplied by: whole numbers where that is possible, else up to 1e6.

    The objective then has whole values only, which the solver notices and makes use of.
    """
    total = problem.total
    if problem.granule and total / problem.granule <= 1e9:
        return 1.0 / problem.granule
    return 1e6 / total if total > 0 else 1.0


def _allowed(problem: Problem, chosen: Longs, budget: float, target: float) -> bool:
    """Say whether a choice of the solver holds to the rules when reckoned exactly."""
    single = len(np.unique(problem.group[chosen])) == len(chosen)
    enough = np.isinf(target) or problem.worth(chosen) >= target
    return bool(single and enough and problem.price(chosen) <= budget)


class _Model:
    """Build the programme of the module docstring: actions first, then levels."""

    def __init__(self, problem: Problem, budget: float, sure: float) -> None:
        self.problem, self.budget, self.sure = problem, budget, sure
        self.by_budget = bool(np.isinf(sure))
        self.levels, self.scale = _Levels.of(problem), _scale(problem)
        #: The row of the budget or the target stands after those of the levels.
        self.target_row = len(self.levels.adds)

    def _rows(self) -> _Rows:
        problem, levels, n = self.problem, self.levels, self.problem.n_actions
        rows = [_link_rows(levels, n)]
        if self.by_budget:
            paid = np.flatnonzero(problem.cost > 0)
            rows.append(_Rows.of([paid], [problem.cost[paid]], self.budget))
        else:
            gains = n + np.arange(len(levels.adds))
            rows.append(_Rows.of([gains], [-levels.adds * self.scale], -self.sure * self.scale))
        members = np.argsort(problem.group, kind="stable")
        shared = np.split(members, np.flatnonzero(np.diff(problem.group[members])) + 1)
        shared = [group for group in shared if len(group) > 1]
        rows.append(_Rows.of(shared, [np.ones(len(group)) for group in shared], 1.0))
        return _Rows.stacked(rows)

    def programme(self) -> highspy.HighsLp:
        """Return it as HiGHS takes it."""
        n, count, rows = self.problem.n_actions, len(self.levels.adds), self._rows()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n + count, len(rows.upper)
        if self.by_budget:
            lp.sense_ = highspy.ObjSense.kMaximize
            lp.col_cost_ = np.concatenate([np.zeros(n), self.levels.adds * self.scale])
        else:
            lp.col_cost_ = np.concatenate([self.problem.cost, np.zeros(count)])
        lp.col_lower_, lp.col_upper_ = np.zeros(n + count), np.ones(n + count)
        if not self.by_budget and self.sure > self.problem.total - self.problem.least:
            lp.col_lower_ = np.concatenate([np.zeros(n), np.ones(count)])  # none may be left out
        lp.row_lower_, lp.row_upper_ = np.full(len(rows.upper), -highspy.kHighsInf), rows.upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.start, rows.column
        lp.a_matrix_.value_ = rows.value
        whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole] * n + [part] * count
        return lp


class _Rows(NamedTuple):
    """Hold rows Σ value × column ≤ upper, as a sparse matrix by rows."""

    start: Longs
    column: Longs
    value: Floats
    upper: Floats

    @classmethod
    def of(cls, columns: list[Longs], values: list[Floats], upper: float) -> _Rows:
        """Return rows of these columns and values with the same right-hand side."""
        none = np.empty(0)
        start = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
        return cls(
            start, np.concatenate([none.astype(np.int64), *columns]),
            np.concatenate([none, *values]), np.full(len(columns), upper),
        )  # fmt: skip

    @classmethod
    def stacked(cls, parts: list[_Rows]) -> _Rows:
        """Return the rows of all parts."""
        offset = np.cumsum([0, *(len(part.column) for part in parts)])
        starts = [part.start[:-1] + shift for part, shift in zip(parts, offset, strict=False)]
        return cls(
            np.append(np.concatenate(starts), offset[-1]),
            np.concatenate([part.column for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.upper for part in parts]),
        )


def _link_rows(levels: _Levels, n: int) -> _Rows:
    """Return the rows z(level) − z(level above) − Σ actions ≤ 0."""
    count = len(levels.adds)
    own = np.arange(count)
    chained = own[1:][levels.place[1:] == levels.place[:-1]]
    row = np.concatenate([own, chained, levels.level])
    index = np.concatenate([n + own, n + chained - 1, levels.action])
    value = np.concatenate([np.ones(count), -np.ones(len(chained) + len(levels.level))])
    order = np.argsort(row, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))]).astype(np.int64)
    return _Rows(start, index[order], value[order], np.zeros(count))


def run(solver: highspy.Highs) -> None:
    """Run the solver so that Ctrl-C ends it and is then raised here; nothing goes on behind.

    The solver looks up between its steps only; Ctrl-C once more meanwhile changes nothing.
    """
    solver.HandleUserInterrupt = True
    # Ctrl-C in the midst of a join or of an event's wait spoils their locks (Python 3.11); a simple
    # queue is one step of the interpreter. The list says it even if what was put is lost that way.
    ended: list[bool] = []
    bell: queue.SimpleQueue[None] = queue.SimpleQueue()

    def work() -> None:
        try:
            solver.run()
        finally:
            ended.append(True)
            bell.put(None)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    stopped: BaseException | None = None
    while True:
        try:
            while not ended:
                if stopped is not None:
                    solver.cancelSolve()
                with contextlib.suppress(queue.Empty):
                    bell.get(timeout=0.05)
            thread.join()
            break
        except BaseException as reason:  # the first is raised below; more of them hurry nothing
            stopped = stopped or reason
    if stopped is not None:
        raise stopped
