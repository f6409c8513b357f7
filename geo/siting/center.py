"""Make the longest travel time as short as a budget can (the p-center problem, Hakimi 1964)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.buckets import UNREACHED
from geo.progress import Progress, silent
from geo.siting import problem as problems
from geo.siting.core import relative_gap
from geo.siting.cover import check_amount
from geo.siting.exact import Exact
from geo.siting.greedy import ranked
from geo.siting.median import Times
from geo.siting.problem import TOLERANCE, Ints, Longs
from geo.siting.solve import METHOD, least, most

_LABEL = "最远者"


@dataclass(frozen=True, eq=False)
class CenterChoice:
    """Hold what to do, in the order of usefulness, and how good that certainly is.

    ``worst_s`` is the longest time afterwards among the places with weight that any action or
    existing station can reach, and no choice can make it shorter than ``bound_s``; ``gap`` is their
    distance relative to ``worst_s``. Both are None where there is no such place, and ``worst_s``
    alone where the budget does not suffice to reach all of them (as far as is known; ``gap`` is
    None then). ``before_s`` is the longest time without any action, None if some have no way.
    ``worst`` lists the places that need ``worst_s``. ``uncoverable`` lists the places with weight
    that nothing reaches: they are not counted. ``unreached`` lists those that could be reached and
    are not.
    """

    actions: tuple[int, ...]
    before_s: float | None
    worst_s: float | None
    bound_s: float | None
    gap: float | None
    proven: bool
    cost: float
    worst: Longs
    uncoverable: Longs
    unreached: Longs
    method: str


def p_center(
    times: Times, budget: float, *, exact: Exact = "auto", progress: Progress = silent
) -> CenterChoice:
    """Return the actions within a budget that make the longest travel time shortest.

    The times that occur are searched by halving: a time can be kept if the cheapest actions that
    serve every place within it are within the budget (Minieka 1970). Existing stations serve what
    they serve; places with weight 0 and places that nothing reaches are not asked. Raises
    :class:`~geo.errors.OptionError` for a budget that is not allowed.
    """
    check_amount("budget", budget)
    shortest, lived_in = times.shortest(), times.weight > 0
    counted = lived_in & (shortest != UNREACHED)
    search = _Search(times, counted, budget, progress)
    if counted.any():
        search.halve("never")
        if exact != "never":
            search.halve(exact)
    actions = search.best
    if actions is None:
        actions = _reach_most(times, counted, budget, exact, progress)
    return _choice(times, counted, actions, search)


class _Search:
    """Halve the times in question: below ``low`` none can be kept, ``high`` can."""

    def __init__(
        self, times: Times, counted: NDArray[np.bool_], budget: float, progress: Progress
    ) -> None:
        self.times, self.counted, self.progress = times, counted, progress
        self.enough = budget * (1 + TOLERANCE)
        lived = np.concatenate([times.existing_ms, times.time_ms])
        lived = lived[np.concatenate([counted, counted[times.place]])]
        least_ms = times.shortest()[counted].max(initial=0)  # no choice can be better than all
        self.values = np.unique(lived[(lived >= least_ms) & (lived != UNREACHED)])
        self.low, self.high = 0, len(self.values)
        self.best: tuple[int, ...] | None = None
        self.method = "halving, " + METHOD

    def halve(self, exact: Exact) -> None:
        """Bring ``low`` and ``high`` together; a time that stays unknown counts as too short."""
        floor = self.low
        steps, done = max(1, (self.high - floor).bit_length()), 0
        while floor < self.high:
            self.progress(_LABEL, done, max(steps, done + 1))
            # The longest time first: whether it can be kept at all is the first question.
            middle = (floor + self.high) // 2 if self.high < len(self.values) else self.high - 1
            actions, hopeless = self._keep(int(self.values[middle]), exact)
            if actions is not None:
                self.best, self.high = actions, middle
            else:
                floor = middle + 1
                self.low = floor if hopeless else self.low
            done += 1
        self.progress(_LABEL, max(steps, done), max(steps, done))

    def _keep(self, limit_ms: int, exact: Exact) -> tuple[tuple[int, ...] | None, bool]:
        """Return actions that serve all places within a time, or None and whether none can."""
        times = self.times
        needs = self.counted & (times.existing_ms > limit_ms)
        weight = needs.astype(np.float64)
        problem = problems.build(
            times.first, times.place, (times.time_ms <= limit_ms).astype(np.int32), weight,
            times.cost, times.exclusive,
        )  # fmt: skip
        if problem.total < weight.sum():
            return None, True
        answer, reached = least(problem, float(weight.sum()), exact, silent, enough=self.enough)
        self.method = max(self.method, "halving, " + answer.method, key=len)
        if not reached:
            return None, answer.bound < weight.sum()
        if problem.price(answer.chosen) <= self.enough:
            return tuple(answer.chosen.tolist()), False
        return None, answer.bound > self.enough


def _reach_most(
    times: Times, counted: NDArray[np.bool_], budget: float, exact: Exact, progress: Progress
) -> tuple[int, ...]:
    """Return the actions that give most of the weight a way, where not all can have one."""
    needs = counted & (times.existing_ms == UNREACHED)
    problem = problems.build(
        times.first, times.place, None, np.where(needs, times.weight, 0.0), times.cost,
        times.exclusive,
    )  # fmt: skip
    return tuple(most(problem, budget, exact, progress).chosen.tolist())


def _choice(
    times: Times, counted: NDArray[np.bool_], actions: tuple[int, ...], search: _Search
) -> CenterChoice:
    """Return what was found in the caller's terms."""
    after = times.with_actions(actions)
    lost = np.flatnonzero(counted & (after == UNREACHED))
    worst = _longest(after, counted)
    bound = None
    if counted.any() and search.low < len(search.values):
        bound = int(search.values[search.low])
    gap = None if worst is None or bound is None else relative_gap(worst, bound)
    late = counted & (after == worst) if worst is not None else np.zeros(len(after), bool)
    return CenterChoice(
        actions=_by_use(times, counted, actions, worst),
        before_s=_seconds(_longest(times.existing_ms, counted)),
        worst_s=_seconds(worst),
        bound_s=_seconds(bound),
        gap=gap,
        proven=gap == 0 if worst is not None else search.low == len(search.values),
        cost=math.fsum(times.cost[list(actions)]),
        worst=np.flatnonzero(late),
        uncoverable=np.flatnonzero((times.weight > 0) & ~counted),
        unreached=lost,
        method=search.method,
    )


def _longest(time_ms: Ints, counted: NDArray[np.bool_]) -> int | None:
    """Return the longest time of the places that count; None if there is none or one has no way."""
    longest = int(time_ms[counted].max(initial=-1))
    return None if longest in (-1, UNREACHED) else longest


def _seconds(time_ms: int | None) -> float | None:
    return None if time_ms is None else time_ms / 1000


def _by_use(
    times: Times, counted: NDArray[np.bool_], actions: tuple[int, ...], worst: int | None
) -> tuple[int, ...]:
    """Return the actions in the order of the weight that each brings within the longest time."""
    limit = UNREACHED - 1 if worst is None else worst
    late = counted & (times.existing_ms > limit)
    problem = problems.build(
        times.first, times.place, (times.time_ms <= limit).astype(np.int32),
        np.where(late, times.weight, 0.0), times.cost, times.exclusive,
    )  # fmt: skip
    return ranked(problem, np.array(actions, np.int64))[0]
