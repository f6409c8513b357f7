"""Choose the actions that cover most people for a budget, or that reach a target most cheaply."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import OptionError
from geo.progress import Progress, silent
from geo.siting import problem as problems
from geo.siting.core import relative_gap
from geo.siting.exact import Exact
from geo.siting.greedy import ranked
from geo.siting.problem import Floats, Ints, Longs, Problem
from geo.siting.solve import PROVEN_GAP, Answer, least, most


@dataclass(frozen=True, eq=False)
class Cover:
    """Hold which demand each action would newly cover.

    The places of action a are ``place[first[a]:first[a + 1]]``, each named once; what existing
    stations cover already is left out, which is exact. ``weight`` (places,) is what counts, such
    as people, not negative; ``cost`` (actions,) is in any one unit, not negative. Actions with the
    same number ≥ 0 in ``exclusive`` exclude each other, −1 is free; None: all are free.
    """

    first: Longs
    place: Ints
    weight: Floats
    cost: Floats
    exclusive: Ints | None = None

    def __post_init__(self) -> None:
        problems.check_shape(self.first, self.place, self.weight, self.cost, self.exclusive)

    @property
    def n_actions(self) -> int:
        """Return the number of actions."""
        return len(self.cost)

    def places_of(self, action: int) -> Ints:
        """Return the places that an action would newly cover."""
        return self.place[self.first[action] : self.first[action + 1]]

    def covered(self, actions: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return which places these actions cover together."""
        mask = np.zeros(len(self.weight), bool)
        for action in actions:
            mask[self.places_of(action)] = True
        return mask

    def gained(self, actions: tuple[int, ...]) -> float:
        """Return the weight that these actions cover together, correctly rounded."""
        return math.fsum(self.weight[self.covered(actions)])

    def uncoverable(self) -> Longs:
        """Return the places with weight that no action covers."""
        reached = np.zeros(len(self.weight), bool)
        reached[self.place] = True
        return np.flatnonzero(~reached & (self.weight > 0))


@dataclass(frozen=True, eq=False)
class Choice:
    """Hold what to do, in the order of usefulness, and how good that certainly is.

    ``actions`` are ordered by what each adds per cost to those before it, and ``marginal`` says
    what that is in weight; they add up to ``gained``. No choice of :func:`most_people` can gain
    more than ``bound``; none of :func:`fewest` can cost less than ``bound``. ``gap`` is the
    distance between bound and answer relative to the larger of the two, and ``proven`` says that
    it is at most one part in a million, which is what solvers in floating point can tell apart; it
    is exactly 0 wherever weights (or costs) have a common step, as people and money do.

    ``reached`` is False where a target is out of reach: then ``actions`` gain the most that was
    found, ``bound`` is the most that any choice can gain and ``gap`` belongs to that. ``method``
    is in words. ``uncoverable`` lists the places with weight that no action covers.
    """

    actions: tuple[int, ...]
    marginal: tuple[float, ...]
    gained: float
    cost: float
    bound: float
    gap: float
    proven: bool
    method: str
    reached: bool
    uncoverable: Longs


def most_people(
    cover: Cover, budget: float, *, exact: Exact = "auto", progress: Progress = silent
) -> Choice:
    """Return the actions that gain most within a budget (maximal covering, Church & ReVelle 1974).

    With costs of 1 the budget is the number of sites. An infinite budget is allowed. A larger
    budget never gains less where the answers are proven; where they are not, it may.
    ``exact`` says whether HiGHS shall prove the optimum: "auto" where it fits, "always", "never".
    Raises :class:`~geo.errors.OptionError` for a budget that is negative or no number.
    """
    check_amount("budget", budget)
    problem = _problem(cover)
    answer = most(problem, budget, exact, progress)
    return _choice(cover, problem, answer, by_budget=True, reached=True)


def fewest(
    cover: Cover, target_weight: float, *, exact: Exact = "auto", progress: Progress = silent
) -> Choice:
    """Return the cheapest actions that gain a target weight (set cover, Toregas et al. 1971).

    A target of all that can be covered asks for every place with weight. A target out of reach is
    no error: ``reached`` is False then, see :class:`Choice`. Raises
    :class:`~geo.errors.OptionError` for a target that is negative, infinite or no number.
    """
    check_amount("target", target_weight)
    if math.isinf(target_weight):
        raise OptionError("target: inf is not a weight; give a finite number ≥ 0")
    problem = _problem(cover)
    answer, reached = least(problem, target_weight, exact, progress)
    return _choice(cover, problem, answer, by_budget=not reached, reached=reached)


def check_amount(name: str, value: float, *, positive: bool = False) -> None:
    """Raise :class:`~geo.errors.OptionError` unless a value is a number ≥ 0 (or positive)."""
    if math.isnan(value) or value < 0 or (positive and value == 0):
        raise OptionError(
            f"{name}: {value} is not allowed; give a number {'>' if positive else '≥'} 0"
        )


def _problem(cover: Cover) -> Problem:
    return problems.build(cover.first, cover.place, None, cover.weight, cover.cost, cover.exclusive)


def _choice(
    cover: Cover, problem: Problem, answer: Answer, *, by_budget: bool, reached: bool
) -> Choice:
    """Return an answer in the caller's terms."""
    actions, marginal = ranked(problem, answer.chosen)
    gained = cover.gained(actions)
    cost = math.fsum(cover.cost[list(actions)])
    bound = float(answer.bound)
    if by_budget and bound > 0:
        bound += problem.slack
    gap = relative_gap(gained if by_budget else cost, bound)
    return Choice(
        actions=actions,
        marginal=marginal,
        gained=gained,
        cost=cost,
        bound=bound,
        gap=gap,
        proven=gap <= PROVEN_GAP,
        method=answer.method,
        reached=reached,
        uncoverable=cover.uncoverable(),
    )
