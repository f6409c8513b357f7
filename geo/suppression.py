"""Withhold counts in a hierarchy so that nobody gets them back by adding and subtracting.

A tree of counts adds up: every cell is the sum of the cells below it. Whoever reads the published
ones can bound the withheld ones; on a tree the tightest bounds follow from one pass up and one
down (:meth:`Tree.narrowed`), so the protection is audited exactly as an attacker would break it,
and repaired where it fails (:func:`guard`): complementary suppression, as in L. Willenborg, T. de
Waal, *Elements of Statistical Disclosure Control* (2001), chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

#: People are kept in multiples of this, so a bound that is not reached lies so much inside.
QUANTUM = 1.0 / 1024.0
#: A count is safe, wherever its bounds lie, when they are as far apart as one and nine.
WIDE = 8.0


@dataclass(frozen=True, eq=False)
class Tree:
    """Hold who adds up to whom: ``parent`` is a row, -1 at the roots."""

    parent: Rows
    generations: list[Rows] = field(init=False)
    _order: Rows = field(init=False)
    _first: Rows = field(init=False)

    def __post_init__(self) -> None:
        generations = [np.flatnonzero(self.parent < 0)]
        depth = np.where(self.parent < 0, 0, -1)
        while len(generations[-1]):
            above = depth == len(generations) - 1
            rows = np.flatnonzero((self.parent >= 0) & above[self.parent])
            depth[rows] = len(generations)
            generations.append(rows)
        order = np.argsort(self.parent, kind="stable")
        first = np.searchsorted(self.parent[order], np.arange(len(self.parent) + 1))
        object.__setattr__(self, "generations", generations[:-1])
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_first", first)

    def children(self, row: int) -> Rows:
        """Return the rows that add up to this one, ascending."""
        return self._order[self._first[row] : self._first[row + 1]]

    def narrowed(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return the least and the largest value that each row can have, given bounds of all.

        Both are attained: the constraints form a tree, on which bounds passed up and then down
        are the exact projections of all solutions.
        """
        low, high = low.copy(), high.copy()
        count = len(low)
        least, most = np.zeros(count), np.zeros(count)
        for rows in self.generations[:0:-1]:
            above = self.parent[rows]
            least += np.bincount(above, low[rows], count)
            most += np.bincount(above, high[rows], count)
            inner = np.unique(above)
            low[inner] = np.maximum(low[inner], least[inner])
            high[inner] = np.minimum(high[inner], most[inner])
        for rows in self.generations[1:]:
            above = self.parent[rows]
            others_least, others_most = least[above] - low[rows], most[above] - high[rows]
            low[rows] = np.maximum(low[rows], low[above] - others_most)
            high[rows] = np.minimum(high[rows], high[above] - others_least)
        return low, high


@dataclass(frozen=True, eq=False)
class Counts:
    """Hold one column of counts over a tree, and what is said of those that are withheld.

    ``hidden`` are withheld from the first; of those in ``told`` the reader hears that they lie
    between ``low`` and ``high``; any other withheld one lies between 0 and ``most``. A withheld
    row must keep all values from ``need_low`` to ``need_high`` possible, or a range as wide as
    :data:`WIDE` (NaN: it may be known).
    ``cost`` orders those that may be withheld for the sake of others, the cheapest first.
    """

    values: Floats
    hidden: Flags
    told: Flags
    low: Floats
    high: Floats
    most: Floats
    need_low: Floats
    need_high: Floats
    cost: Floats


def guard(tree: Tree, counts: Counts) -> tuple[Flags, Flags]:
    """Return which rows are withheld so that every need holds, and of which the range is told.

    Where a group would give a row away, its cheapest published member is withheld, too; where
    there is none, ranges are no longer told; then the sum itself goes. Deterministic.
    """
    return _Guard(tree, counts).settled()


class _Guard:
    """Audit and repair one column."""

    def __init__(self, tree: Tree, counts: Counts) -> None:
        self.tree, self.counts = tree, counts
        self.hidden, self.told = counts.hidden.copy(), counts.told & counts.hidden

    def settled(self) -> tuple[Flags, Flags]:
        while len(exposed := self._exposed()):
            groups = np.unique(self.tree.parent[exposed])
            groups = groups[groups >= 0]
            inner = groups[~np.isin(groups, exposed)]  # a sum that is exposed is mended first
            done = [self._widened(int(row)) for row in (inner if len(inner) else groups)]
            if not any(done):
                self._surrender()
                break
        return self.hidden, self.told

    def _exposed(self) -> Rows:
        """Return the withheld rows whose possible values are fewer than they must be."""
        counts = self.counts
        low = np.where(self.hidden, np.where(self.told, counts.low, 0.0), counts.values)
        high = np.where(self.hidden, np.where(self.told, counts.high, counts.most), counts.values)
        low, high = self.tree.narrowed(low, high)
        bad = (low > counts.need_low + QUANTUM) | (high < counts.need_high - QUANTUM)
        return np.flatnonzero(self.hidden & bad & (high - low < WIDE))

    def _widened(self, group: int) -> bool:
        """Give the members of a group more room; return whether anything could be done."""
        while True:
            members = self.tree.children(group)
            if self._hide_cheapest(members, positive=True):
                return True
            if not self.hidden[group]:
                if self.told[members].any():
                    self.told[members] = False
                    return True
                if self._hide_cheapest(members, positive=False):
                    return True
                if self.tree.parent[group] < 0:
                    return False
                self.hidden[group] = True
                return True
            group = int(self.tree.parent[group])
            if group < 0:
                return False

    def _hide_cheapest(self, members: Rows, *, positive: bool) -> bool:
        """Withhold the cheapest published row of some, and one below it on every level."""
        counts = self.counts
        free = members[~self.hidden[members] & (counts.most[members] > 0)]
        if positive:
            free = free[counts.values[free] > 0]
        if not len(free):
            return False
        row = int(free[np.argmin(counts.cost[free])])
        self.hidden[row] = True
        below = self.tree.children(row)
        if len(below) and not self.hidden[below].any():
            self._hide_cheapest(below, positive=True) or self._hide_cheapest(below, positive=False)
        return True

    def _surrender(self) -> None:
        """Withhold all but the roots, and tell nothing: a city too small to say more about."""
        inner = self.tree.parent >= 0
        self.hidden |= inner & (self.counts.most > 0)
        self.told &= ~inner
