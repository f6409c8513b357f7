"""Say at once what changes of stations would do to who is covered, without another study.

A :class:`Board` counts for every place with people the stations that serve it, for one question. A
change of a station is one bounded search, from where the station stood or shall stand: the places
that it reaches lose or gain one of their stations, and who comes down to none or up from none is
lost or gained. Nothing is estimated: people are kept in multiples of a power of two, so sums are
exact in any order, and the figures are those of ``study.run(scenario.apply(data, changes), …)`` to
the last bit. As counts are whole numbers and a board itself never changes, what is undone is as if
it had never been. Streets that are added or opened make another city (:func:`outcome`); its board
is held against that of the first.

Seats, drawn ground and the causes of what stays uncovered need the whole study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, grid, reach, supply
from geo.city import ANYTIME, CityData, access_set
from geo.errors import InputError
from geo.links import Links
from geo.model import Budget, Need, TravelProfile
from geo.scenario import making
from geo.scenario.changes import Change, MoveStation, StationChange
from geo.scenario.draft import Draft, Register
from geo.supply import Post

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The longest travel time that a station serves when it serves nobody.
_NOBODY = -1


class _Posts(NamedTuple):
    """Hold places of stations, and the longest times (ms) that each serves there: before, after."""

    links: Links
    was_ms: Longs
    now_ms: Longs


class _Change(NamedTuple):
    """Hold the places with people that are covered and were not, or were and are not."""

    place: Longs
    gained: NDArray[np.bool_]


_NO_CHANGE = _Change(np.empty(0, np.int64), np.empty(0, bool))


@dataclass(frozen=True, eq=False)
class Outcome:
    """Hold what changes do to the figures of a board's city.

    ``people`` has the keys of :func:`geo.study.headline`'s, null with the reason where nobody is
    known; ``gained`` and ``lost`` are the people who are covered and were not, and the reverse.
    ``stations`` is how many serve anybody. ``rows`` are the cells, of every level, in which another
    number of people is covered than before, ``figures`` what a study says of them
    (:func:`geo.coverage.shares`).
    """

    people: dict[str, Any]
    gained: float | None
    lost: float | None
    stations: int
    rows: Longs
    figures: dict[str, NDArray[Any]]

    @property
    def cells(self) -> pd.DataFrame:
        """Return ``row, people, covered, share, class, null_reason`` of the changed cells only."""
        names = ("people", "covered", "share", "class", "null_reason")
        return pd.DataFrame({"row": self.rows, **{name: self.figures[name] for name in names}})


class Board:
    """Hold how many stations serve every place with people, for one question about a city.

    To be got from :func:`board`. A board is never changed, so threads may share it.
    """

    def __init__(
        self, data: CityData, profile: TravelProfile, budget: Budget, need: Need = ANYTIME
    ) -> None:
        self.data, self.profile, self.budget, self.need = data, profile, budget, need
        self._budget_ms = budget.milliseconds(profile)
        self._streets = access_set(data.network, profile.name)
        self._links = data.station_links[self._streets]
        self._register: Register = data.keep(("register",), lambda: Register(data.stations))
        self._limit_ms = data.supply(need, self._budget_ms).limits(self._budget_ms).astype(np.int64)
        self._stations = int((self._limit_ms > _NOBODY).sum())
        if data.units is None:
            return
        self._finder = data.finder(profile, need.at)
        self._people = data.units["people"].to_numpy()
        self._cell = data.units["cell"].to_numpy()
        self._count = np.zeros(len(self._people), np.int32)
        self._enter(self._count, self._standing())
        self._lineage = grid.ancestry(data.cells)
        outside = data.units["outside"].to_numpy()
        covered = self._count > 0
        self._total, self._covered = float(self._people.sum()), float(self._people[covered].sum())
        self._outside = float(self._people[outside].sum())
        everybody = np.ones(len(outside), bool)
        self._cells = tuple(self._rolled_up(mask) for mask in (everybody, ~outside, covered))

    @property
    def people(self) -> dict[str, Any]:
        """Return the people of the board's city as it is, as :func:`geo.study.headline` does."""
        return self.after(()).people

    def after(
        self, changes: Sequence[StationChange], since: Board | None = None, first: int = 1
    ) -> Outcome:
        """Return the figures after these changes of stations, made one after the other.

        What is gained and lost is told against this board's city, or against that of the board
        ``since``, which must have the same places with people and the same question. Raises the
        :class:`~geo.errors.InputError` of :func:`geo.scenario.apply` for what cannot be done, with
        the changes numbered from ``first``.
        """
        before = self if since is None else since
        draft = Draft.of(self.data, changes, self._register, first, self._streets)
        posts = self._moved(draft)
        serving = (posts.now_ms > _NOBODY).sum() - (posts.was_ms > _NOBODY).sum()
        stations = self._stations + int(serving)
        if self.data.units is None:
            nothing = np.empty(0, np.int64)
            facts = coverage.people_facts(None, reason=self.data.city.people_reason)
            figures = coverage.shares(*np.empty((3, 0)))
            return Outcome(facts, None, None, stations, nothing, figures)
        change = self._difference(posts, before)
        people = self._people[change.place]
        gained, lost = float(people[change.gained].sum()), float(people[~change.gained].sum())
        rows, more = self._by_cell(change)
        known, judged, covered = (sums[rows] for sums in before._cells)
        facts = coverage.people_facts(self._total, self._outside, before._covered + gained - lost)
        figures = coverage.shares(known, judged, covered + more)
        return Outcome(facts, gained, lost, stations, rows, figures)

    def _standing(self) -> _Posts:
        """Return the stations that serve anybody today, as if none had done so before."""
        rows = np.flatnonzero(self._limit_ms > _NOBODY)
        nobody = np.full(len(rows), _NOBODY)
        return _Posts(self._links.take(rows), nobody, self._limit_ms[rows])

    def _moved(self, draft: Draft) -> _Posts:
        """Return the places of stations at which something changes.

        A station that moves serves nobody any longer where it stood, and nobody yet where it will
        stand.
        """
        new_place = {key: number for number, key in enumerate(draft.moved)}
        old: list[tuple[int, int, int]] = []
        new: list[tuple[int, int, int]] = []
        for key, limit in self._limits(draft).items():
            row = self._register.row_of.get(key)
            if row is not None:
                was, now = int(self._limit_ms[row]), _NOBODY if key in new_place else limit
                if was != now:
                    old.append((row, was, now))
            if key in new_place and limit > _NOBODY:
                new.append((new_place[key], _NOBODY, limit))
        there, was_ms, now_ms = _columns(old)
        here, not_yet, then_ms = _columns(new)
        links = self._links.take(there)
        if len(here):
            links = links.followed_by(draft.links(self._streets).take(here))
        return _Posts(links, np.append(was_ms, not_yet), np.append(now_ms, then_ms))

    def _limits(self, draft: Draft) -> dict[str, int]:
        """Return how far every station that a change has named serves afterwards."""
        rows = draft.touched.values()
        if not rows:
            return {}
        posts = [Post(*(row[name] for name in Post._fields)) for row in rows]
        horizon_ms = max(self._budget_ms, supply.HORIZON_MS)
        offer = supply.offered_by(posts, self.need, horizon_ms, self.data.calendar)
        return dict(zip(draft.touched, offer.limits(self._budget_ms).tolist(), strict=True))

    def _enter(self, count: Ints, posts: _Posts) -> Longs:
        """Count the stations anew after what changes at some posts; return the places concerned."""
        graph = self.data.graph(self.profile, self.need.at)
        start = reach.seeds(self.data.network, graph, posts.links)
        farthest = int(np.maximum(posts.was_ms, posts.now_ms).max(initial=_NOBODY))
        concerned = [np.empty(0, np.int32)]
        for met in self._finder.search(start, farthest):
            post = met.station + np.repeat(np.arange(len(met.first) - 1), np.diff(met.first))
            step = np.less_equal(met.ms, posts.now_ms[post]).astype(np.int32)
            step -= met.ms <= posts.was_ms[post]
            np.add.at(count, met.place, step)
            concerned.append(met.place[step != 0])
        return np.concatenate(concerned)

    def _difference(self, posts: _Posts, before: Board) -> _Change:
        """Return the places that are covered and were not, or were and are not."""
        if before is self and not len(posts.links):
            return _NO_CHANGE
        count = self._count.copy()
        place: Longs = self._enter(count, posts)
        if before is not self:
            place = np.arange(len(count))
        place = np.unique(place[(count[place] > 0) != (before._count[place] > 0)])
        return _Change(place, count[place] > 0)

    def _by_cell(self, change: _Change) -> tuple[Longs, Floats]:
        """Return the cells of every level that change, and how many people more are covered."""
        held = self._cell[change.place]
        people = self._people[change.place]
        more = np.where(change.gained, people, -people)[held >= 0]
        leaf_more = np.bincount(held[held >= 0], more, len(self.data.cells))
        leaf = np.flatnonzero(leaf_more)
        held = np.concatenate([generation[leaf] for generation in self._lineage])
        more = np.tile(leaf_more[leaf], len(self._lineage))
        rows, which = np.unique(held[held >= 0], return_inverse=True)
        total = np.bincount(which, more[held >= 0], len(rows))
        changed = total != 0
        return rows[changed].astype(np.int64), total[changed]

    def _rolled_up(self, chosen: NDArray[np.bool_]) -> Floats:
        """Return the people of chosen places in every cell."""
        leaves = self.data.ground["row"].to_numpy()
        counts = coverage.people_by_cell(self._cell, self._people, chosen, leaves)
        return np.asarray(grid.roll_up(self.data.cells, leaves, counts, self._lineage), float)


def _columns(rows: list[tuple[int, int, int]]) -> tuple[Longs, Longs, Longs]:
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def board(data: CityData, profile: TravelProfile, budget: Budget, need: Need = ANYTIME) -> Board:
    """Return the board of a city and a question, made once while it is among the last ones asked.

    Where nobody is known, its outcomes say so: their people are null, and ground needs the study.
    """
    return data.keep_recent(
        ("board", profile.name, budget, need), lambda: Board(data, profile, budget, need)
    )


def _movers(changes: Sequence[Change]) -> set[str]:
    return {change.station_id for change in changes if isinstance(change, MoveStation)}


def outcome(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    changes: Sequence[Change] = (),
) -> Outcome:
    """Return the figures of a city after changes of stations and of streets.

    Up to the last change of the streets the city is really made, and kept for the next question;
    the changes of stations behind are counted on its board.
    """
    streets, stations = making.divided(changes)
    before = board(data, profile, budget, need)
    if not streets:
        return before.after(stations)
    if _movers(streets) & _movers(stations):
        # One may come back to where it stood in the first city, which a scenario sees to.
        streets, stations = tuple(changes), ()
    try:
        built = data.keep_recent(("built", streets), lambda: making.apply(data, streets))
    except InputError:
        making.apply(data, changes)  # says what is wrong with all of them, not with the first
        raise
    return board(built, profile, budget, need).after(stations, before, len(streets) + 1)
