"""Bring a location problem into one form, and make it small: merged places, no useless actions.

All models of this package are one problem inside: choose actions within a budget (or up to a
target) so that the sum over the places of *the best value among the chosen actions* is greatest.
For coverage the value of an action at a place is the place's weight; for travel times it is weight
× time saved. That is why one greedy, one exchange and one bound serve all models.

Weights are rounded to multiples of a ``step`` so fine (2⁻⁵² of everything there is to gain) that
sums of them are exact in double precision, whatever their order: the answer does not depend on the
order of the rows, and nothing drifts while an answer is improved. People counted in 1/1024 stay as
they are; ``slack`` says what rounding may have moved in all, and every bound adds it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.compiled import kernel, readonly

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: Budgets and targets hold within one part in so many: 0.1 + 0.2 is within a budget of 0.3.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Problem:
    """Hold what every action is worth at every place, after merging.

    ``value[first[a]:first[a + 1]]`` belongs to action a at ``place[…]``; ``top`` is the highest
    value at each place. ``group`` numbers the groups of actions that exclude each other
    densely, an action without one being a group of its own. ``original`` is the caller's number of
    an action. ``granule`` is the largest amount of which all gains are multiples, 0 if unknown.
    """

    first: Longs
    place: Ints
    value: Floats
    top: Floats
    cost: Floats
    group: Ints
    original: Longs
    step: float
    granule: float
    slack: float

    @property
    def n_actions(self) -> int:
        """Return the number of actions."""
        return len(self.cost)

    @property
    def n_places(self) -> int:
        """Return the number of merged places."""
        return len(self.top)

    @property
    def n_groups(self) -> int:
        """Return the number of groups, actions of their own included."""
        return int(self.group.max()) + 1 if len(self.group) else 0

    @property
    def total(self) -> float:
        """Return the sum of the highest values: nothing can gain more. Exact."""
        return float(self.top.sum())

    @property
    def flat(self) -> bool:
        """Return whether every action is worth the same at a place, as in coverage."""
        return bool(np.array_equal(self.value, self.top[self.place]))

    @property
    def least(self) -> float:
        """Return the least value of any action at a place."""
        return float(self.value.min(initial=np.inf))

    def worth(self, chosen: NDArray[np.integer] | list[int]) -> float:
        """Return what the chosen actions (numbers of this problem) gain together. Exact."""
        best = np.zeros(self.n_places)
        for action in chosen:
            own = slice(self.first[action], self.first[action + 1])
            best[self.place[own]] = np.maximum(best[self.place[own]], self.value[own])
        return float(best.sum())

    def price(self, chosen: NDArray[np.integer] | list[int]) -> float:
        """Return what the chosen actions cost together, correctly rounded."""
        return math.fsum(self.cost[np.asarray(chosen, np.int64)])


def check_shape(
    first: Longs, place: Ints, weight: Floats, cost: Floats, exclusive: Ints | None
) -> None:
    """Raise ``ValueError`` for arrays that do not fit together: a mistake of the caller's code."""
    n, n_places = len(cost), len(weight)
    if (
        len(first) != n + 1
        or first[0] != 0
        or first[-1] != len(place)
        or (np.diff(first) < 0).any()
    ):
        raise ValueError(f"first must rise from 0 to {len(place)} in {n + 1} entries")
    if len(place) and (place.min() < 0 or place.max() >= n_places):
        raise ValueError(f"places must lie in 0…{n_places - 1}")
    for name, amount in (("weights", weight), ("costs", cost)):
        if not np.all(np.isfinite(amount) & (amount >= 0)):
            raise ValueError(f"{name} must be finite and not negative")
    if exclusive is not None and (len(exclusive) != n or (n and exclusive.min() < -1)):
        raise ValueError("exclusive needs one entry per action, −1 for a free one")
    action = twice(
        readonly(first, np.int64), readonly(place, np.int32), np.full(n_places, -1, np.int64)
    )
    if action >= 0:
        raise ValueError(f"action {action} names a place twice")


@kernel
def twice(first: Longs, place: Ints, seen: Longs) -> int:
    """Return the first action that names a place twice, or −1; ``seen`` (places,) holds −1."""
    for action in range(len(first) - 1):
        for k in range(first[action], first[action + 1]):
            if seen[place[k]] == action:
                return action
            seen[place[k]] = action
    return -1


@kernel
def split_classes(first: Longs, place: Ints, label: Ints, heir: Ints, stamp: Ints) -> None:
    """Put places into classes that no action tells apart, by refinement.

    ``label`` holds 0 at first and the class of each place in the end; class 0 is what no action
    concerns. ``heir`` and ``stamp`` hold 0 and have room for one class per pair and one more.
    """
    count = 1
    for action in range(len(first) - 1):
        for k in range(first[action], first[action + 1]):
            known = label[place[k]]
            if stamp[known] != action + 1:
                stamp[known] = action + 1
                heir[known] = count
                count += 1
            label[place[k]] = heir[known]


def build(
    first: Longs,
    place: Ints,
    saved: Ints | None,
    weight: Floats,
    cost: Floats,
    exclusive: Ints | None,
) -> Problem:
    """Return the problem of these pairs; ``saved`` is each pair's value per weight (None: 1).

    Places without weight or action go, so do pairs that save nothing, and alike places are merged.
    """
    n_actions, n_places = len(cost), len(weight)
    owner = np.repeat(np.arange(n_actions, dtype=np.int64), np.diff(first))
    per = np.ones(len(place), np.int64) if saved is None else saved.astype(np.int64)
    keep = (weight[place] > 0) & (per > 0)
    owner, place, per = owner[keep], place[keep], per[keep]
    most = np.zeros(n_places, np.int64)
    np.maximum.at(most, place, per)
    weight, step, slack = _rounded(np.where(most > 0, weight, 0.0), most)
    value = weight[place] * per
    return merged(
        Problem(
            _starts(owner, n_actions), place.astype(np.int32), value, weight * most,
            np.asarray(cost, np.float64), _dense(exclusive, n_actions),
            np.arange(n_actions, dtype=np.int64), step, _granule(value, step, slack), slack,
        )
    )  # fmt: skip


def merged(problem: Problem) -> Problem:
    """Return the problem with places merged that every action treats alike.

    That is where the same actions all have the same value, as in coverage. Places are numbered in
    the order of their first members; what no action concerns goes.
    """
    place, value, top = problem.place, problem.value, problem.top
    flat = np.ones(problem.n_places, bool)
    flat[place[value != top[place]]] = False
    label, room = np.zeros(problem.n_places, np.int32), len(place) + 1
    split_classes(problem.first, place, label, np.zeros(room, np.int32), np.zeros(room, np.int32))
    own = np.where(flat, label.astype(np.int64), room + np.arange(problem.n_places))
    spoken = np.flatnonzero(label)
    _, leader, member = np.unique(own[spoken], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(leader))
    sums = np.zeros(len(leader))
    sums[rank] = np.bincount(member, top[spoken], len(leader))
    row = np.full(problem.n_places, -1, np.int64)
    row[spoken[leader]] = rank
    keep = row[place] >= 0
    owner = np.repeat(np.arange(problem.n_actions), np.diff(problem.first))[keep]
    member_of = row[place[keep]]
    value = np.where(flat[place[keep]], sums[member_of], value[keep])
    return replace(
        problem, first=_starts(owner, problem.n_actions), place=member_of.astype(np.int32),
        value=value, top=sums,
    )  # fmt: skip


def only(problem: Problem, actions: NDArray[np.bool_], given: Longs | None = None) -> Problem:
    """Return the problem of the actions in a mask, with some actions ``given`` to begin with.

    What the given ones provide is taken off all values: the rest gains what is beyond it.
    """
    base = np.zeros(problem.n_places)
    for action in [] if given is None else given:
        own = slice(problem.first[action], problem.first[action + 1])
        base[problem.place[own]] = np.maximum(base[problem.place[own]], problem.value[own])
    kept = np.flatnonzero(actions)
    owner = np.repeat(np.arange(problem.n_actions), np.diff(problem.first))
    value = problem.value - base[problem.place]
    pairs = actions[owner] & (value > 0)
    rank = np.cumsum(actions) - 1
    place, value = problem.place[pairs], value[pairs]
    top = np.zeros(problem.n_places)
    np.maximum.at(top, place, value)
    return merged(
        replace(
            problem, first=_starts(rank[owner[pairs]], len(kept)), place=place, value=value,
            top=top, cost=problem.cost[kept],
            group=_dense(problem.group[kept], len(kept)), original=problem.original[kept],
        )
    )  # fmt: skip


def _starts(owner: Longs, n: int) -> Longs:
    """Return where each owner's pairs begin; owners must not fall."""
    first = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=first[1:])
    return first


def _rounded(weight: Floats, most: Longs) -> tuple[Floats, float, float]:
    """Return weights as multiples of a step that makes sums exact, the step, and what moved."""
    total = float(np.dot(weight, most))
    if total == 0:
        return weight, 1.0, 0.0
    step = math.ldexp(1.0, math.frexp(total)[1] - 52)
    near = np.rint(weight / step) * step
    moved = np.abs(near - weight) * most
    slack = float(moved.sum()) * (1 + 1e-6)
    return near, step, slack


def _granule(value: Floats, step: float, slack: float) -> float:
    """Return the largest amount of which all gains are multiples."""
    if slack or not len(value):
        return 0.0
    return float(np.gcd.reduce(np.rint(value / step).astype(np.int64))) * step


def _dense(exclusive: Ints | None, n_actions: int) -> Ints:
    """Return group numbers without gaps, by first appearance; a free action is its own group."""
    if exclusive is None:
        return np.arange(n_actions, dtype=np.int32)
    own = np.arange(n_actions) + (int(exclusive.max()) + 1 if n_actions else 0)
    names = np.where(exclusive < 0, own, exclusive)
    _, leader, member = np.unique(names, return_index=True, return_inverse=True)
    dense: Ints = np.argsort(np.argsort(leader))[member].astype(np.int32)
    return dense


def all_equal(problem: Problem) -> Problem:
    """Return the problem of coverage with every place worth 1: for when none may be left out."""
    return replace(
        problem, value=np.ones(len(problem.place)), top=np.ones(problem.n_places), step=2.0**-30,
        granule=1.0, slack=0.0,
    )  # fmt: skip
