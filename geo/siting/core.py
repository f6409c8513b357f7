"""Say what is asked of a problem, and what of it is still open once some actions are settled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import TOLERANCE, Floats, Longs, Problem, only


@dataclass(frozen=True)
class Goal:
    """Hold what is asked: the most within a budget, or the least cost for a target.

    ``budget`` is infinite for a target and ``target`` infinite for a budget. ``sure`` is the
    target that bounds are reckoned with, lower by what rounding of weights may hide.
    """

    budget: float
    target: float
    sure: float

    @classmethod
    def of_budget(cls, problem: Problem, budget: float) -> Goal:
        """Return the goal of the most within a budget."""
        return cls(min(budget, math.fsum(problem.cost)) * (1 + TOLERANCE), math.inf, math.inf)

    @classmethod
    def of_target(cls, problem: Problem, target: float) -> Goal:
        """Return the goal of a target weight at the least cost."""
        eased = target * (1 - TOLERANCE)
        if problem.granule:  # gains are multiples of it, so no less than the next one will do
            whole = up_to(eased, problem.granule)
            return cls(math.inf, whole, whole)
        slack = problem.slack if target > 0 else 0.0
        return cls(math.inf, eased + slack, max(0.0, eased - slack))

    @property
    def by_budget(self) -> bool:
        """Return whether a budget is given."""
        return math.isinf(self.target)


@dataclass(frozen=True, eq=False)
class Core:
    """Hold what is still open of a problem: some actions are given, some have gone.

    ``rows`` are the numbers of the open actions, and ``given`` of those given, in the problem that
    it all began with. ``budget``, ``target`` and ``sure`` are what is left of the goal's. Only
    choices better than the best known are sought in it.
    """

    problem: Problem
    goal: Goal
    rows: Longs
    given: Longs
    gain: float
    cost: float
    shrunk: bool
    clash: bool

    @classmethod
    def of(cls, problem: Problem, goal: Goal) -> Core:
        """Return a core in which everything is open."""
        rows = np.arange(problem.n_actions, dtype=np.int64)
        return cls(problem, goal, rows, rows[:0], 0.0, 0.0, shrunk=False, clash=False)

    @property
    def budget(self) -> float:
        """Return what is left of the budget."""
        return max(0.0, self.goal.budget - self.cost)

    @property
    def target(self) -> float:
        """Return what is left of the target."""
        return max(0.0, self.goal.target - self.gain)

    @property
    def sure(self) -> float:
        """Return what is left of the target that bounds are reckoned with."""
        return max(0.0, self.goal.sure - self.gain)

    @property
    def base(self) -> float:
        """Return what the given actions gain, or cost for a target."""
        return self.gain if self.goal.by_budget else self.cost

    @property
    def allowed(self) -> bool:
        """Return whether the given actions are within the budget and do not exclude each other.

        If not, no choice is better than the best known, for they are in every such choice.
        """
        return self.cost <= self.goal.budget and not self.clash

    @property
    def empty(self) -> bool:
        """Return whether nothing is open any more."""
        return not len(self.problem.place) or not self.allowed

    def whole(self, chosen: Longs) -> Longs:
        """Return a choice of open actions together with the given ones, in the first numbering."""
        return np.concatenate([self.given, self.rows[chosen]])

    def open_of(self, chosen: Longs) -> Longs:
        """Return which open actions are in a choice of the first numbering."""
        return np.flatnonzero(np.isin(self.rows, chosen))

    def without(self, useless: NDArray[np.bool_], needed: NDArray[np.bool_]) -> Core:
        """Return what is open once some actions have gone and some are given.

        With a needed action the others of its group go; so does what the budget no longer allows.
        """
        rest = self.problem
        given = np.flatnonzero(needed)
        taken = np.isin(rest.group, rest.group[given])
        cost = self.cost + rest.price(given)
        open_ = ~useless & ~taken & (rest.cost <= max(0.0, self.goal.budget - cost))
        smaller = only(rest, open_, given)
        return Core(
            smaller, self.goal, self.rows[open_], np.concatenate([self.given, self.rows[given]]),
            self.gain + rest.worth(given), cost,
            clash=bool((useless & needed).any()) or len(np.unique(rest.group[given])) < len(given),
            shrunk=smaller.n_actions <= 0.7 * rest.n_actions,
        )  # fmt: skip


def relative_gap(figure: float, bound: float) -> float:
    """Return the distance of an answer and its bound relative to the larger of the two."""
    larger = max(figure, bound)
    return float(abs(bound - figure) / larger) if larger > 0 else 0.0


def common_step(cost: Floats) -> float:
    """Return the largest amount of which all costs are multiples, 0 if it is no 1/1024 at least."""
    units = cost * 1024
    if not len(cost) or not np.all((units == np.rint(units)) & (units < 2**40)):
        return 0.0
    return float(np.gcd.reduce(units.astype(np.int64))) / 1024


def down_to(bound: float, grain: float) -> float:
    """Return the highest multiple of a grain that is not above a bound (0: the bound itself)."""
    return math.floor(bound / grain) * grain if grain and math.isfinite(bound) else bound


def up_to(bound: float, grain: float) -> float:
    """Return the lowest multiple of a grain that is not below a bound (0: the bound itself)."""
    return math.ceil(bound / grain) * grain if grain and math.isfinite(bound) else bound
