"""Shorten travel times most for a budget (the p-median problem, Hakimi 1964)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geo.buckets import UNREACHED
from geo.progress import Progress, silent
from geo.siting import problem as problems
from geo.siting.core import relative_gap
from geo.siting.cover import check_amount
from geo.siting.exact import Exact
from geo.siting.greedy import ranked
from geo.siting.problem import Floats, Ints, Longs
from geo.siting.solve import PROVEN_GAP, most


@dataclass(frozen=True, eq=False)
class Times:
    """Hold which places each action would serve, and how long the way would be.

    The places of action a are ``place[first[a]:first[a + 1]]``, each named once, and ``time_ms``
    (int32 milliseconds) belongs to each of them. ``existing_ms`` (places,) is the time to the
    nearest existing station, which stays, or :data:`geo.reach.UNREACHED`. ``weight``, ``cost`` and
    ``exclusive`` are as in :class:`~geo.siting.cover.Cover`.
    """

    first: Longs
    place: Ints
    time_ms: Ints
    weight: Floats
    existing_ms: Ints
    cost: Floats
    exclusive: Ints | None = None

    def __post_init__(self) -> None:
        problems.check_shape(self.first, self.place, self.weight, self.cost, self.exclusive)
        if len(self.time_ms) != len(self.place) or len(self.existing_ms) != len(self.weight):
            raise ValueError("time_ms needs one entry per pair, existing_ms one per place")
        if (len(self.time_ms) and self.time_ms.min() < 0) or (
            len(self.existing_ms) and self.existing_ms.min() < 0
        ):
            raise ValueError("times must not be negative")

    @property
    def n_actions(self) -> int:
        """Return the number of actions."""
        return len(self.cost)

    def owner(self) -> Longs:
        """Return the action of every pair."""
        return np.repeat(np.arange(self.n_actions, dtype=np.int64), np.diff(self.first))

    def with_actions(self, actions: tuple[int, ...]) -> Ints:
        """Return the time of every place once these actions are done, or ``UNREACHED``."""
        time = self.existing_ms.copy()
        for action in actions:
            own = slice(self.first[action], self.first[action + 1])
            time[self.place[own]] = np.minimum(time[self.place[own]], self.time_ms[own])
        return time

    def shortest(self) -> Ints:
        """Return the time of every place if everything were done, or ``UNREACHED``."""
        time = self.existing_ms.copy()
        np.minimum.at(time, self.place, self.time_ms)
        return time


@dataclass(frozen=True, eq=False)
class MedianChoice:
    """Hold what to do, in the order of usefulness, and how good that certainly is.

    ``total_s`` is the sum over the places of weight × seconds afterwards, ``before_s`` without any
    action, and no choice can bring it below ``bound_s``; ``gap`` is relative to ``total_s``.
    ``marginal_s`` is what each action takes off ``before_s``, in turn. A place without a way, or
    with one longer than ``cap_s``, counts as ``cap_s``; ``unreached`` lists the places with weight
    that have no way at all afterwards, ``unreached_weight`` is their weight, and ``mean_s`` is the
    mean over the weight of the others, so nobody without a way hides in it (None: nobody has one).
    """

    actions: tuple[int, ...]
    marginal_s: tuple[float, ...]
    before_s: float
    total_s: float
    bound_s: float
    gap: float
    proven: bool
    cost: float
    cap_s: float
    mean_s: float | None
    unreached: Longs
    unreached_weight: float
    method: str


def p_median(
    times: Times,
    budget: float,
    cap_ms: int,
    *,
    exact: Exact = "auto",
    progress: Progress = silent,
) -> MedianChoice:
    """Return the actions within a budget that make the weighted sum of travel times least.

    Costs of 1 and budget p give the p-median problem, with the existing stations fixed.
    ``cap_ms`` (> 0) is the time that counts for whoever has no way, or a longer one: without a cap
    one unreachable place would make every choice equally bad. Raises
    :class:`~geo.errors.OptionError` for a budget or cap that is not allowed.
    """
    check_amount("budget", budget)
    check_amount("cap", cap_ms, positive=True)
    base = np.minimum(times.existing_ms, cap_ms).astype(np.int64)
    saved = np.maximum(base[times.place] - times.time_ms, 0)
    problem = problems.build(
        times.first, times.place, saved, times.weight, times.cost, times.exclusive
    )
    answer = most(problem, budget, exact, progress)
    actions, marginal = ranked(problem, answer.chosen)
    after = times.with_actions(actions)
    before_s = _person_seconds(times.weight, base)
    total_s = _person_seconds(times.weight, np.minimum(after, cap_ms))
    bound_s = before_s - (answer.bound + problem.slack) / 1000
    if answer.bound == problem.worth(answer.chosen) and not problem.slack:
        bound_s = total_s  # the same number, without the rounding of two sums
    bound_s = min(max(bound_s, 0.0), total_s)
    gap = relative_gap(total_s, bound_s)
    lost = np.flatnonzero((after == UNREACHED) & (times.weight > 0))
    return MedianChoice(
        actions=actions,
        marginal_s=tuple(gain / 1000 for gain in marginal),
        before_s=before_s,
        total_s=total_s,
        bound_s=bound_s,
        gap=gap,
        proven=gap <= PROVEN_GAP,
        cost=math.fsum(times.cost[list(actions)]),
        cap_s=cap_ms / 1000,
        mean_s=_mean_s(times.weight, after),
        unreached=lost,
        unreached_weight=math.fsum(times.weight[lost]),
        method=answer.method,
    )


def _person_seconds(weight: Floats, time_ms: Ints | Longs) -> float:
    """Return the sum of weight × seconds, correctly rounded but for the products."""
    return math.fsum(weight * time_ms) / 1000


def _mean_s(weight: Floats, time_ms: Ints) -> float | None:
    """Return the mean time of those who have a way, in seconds; None if nobody has."""
    has = (time_ms != UNREACHED) & (weight > 0)
    return (
        _person_seconds(weight[has], time_ms[has]) / math.fsum(weight[has]) if has.any() else None
    )
