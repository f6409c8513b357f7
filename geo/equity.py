"""Compare how evenly the way to a station is shared out between groups of people in a city.

Groups are the types of community, cells with more than 30 % of their people aged 60 and more, the
people of that age themselves, and the cells of a level. The aged are asked for twice: as the
profile in question moves, and as slow walkers. Figures: see :mod:`geo.inequality`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import certainty, grid, study
from geo.city import ANYTIME, CityData
from geo.inequality import Spread, spread
from geo.model import PEOPLE_QUANTUM, PROFILES, Budget, Need, TravelProfile
from geo.progress import Progress

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: A cell with a larger share of people aged 60 and more counts as aged. Source: the project's
#: domain notes (a grid of Yudong with “more than 30 % aged 60+”).
AGED_CELL_SHARE = 0.30
#: Old people walk slowly: the aged are asked for again with this profile.
SLOW = "slow"

NO_KINDS = "网格没有社区类型 · the cells have no type of community"
NO_AGES = "没有 60 岁以上人口数据 · nobody told how many people are 60 or older"


@dataclass(frozen=True)
class Group:
    """Hold the figures of one group of people, who travel by one profile.

    ``key`` names the group among its like: a type of community, the code of a cell, or one of
    ``aged``, ``other``, ``unknown`` (cells by age) and ``aged_60``, ``under_60`` (people by age).
    ``name`` is what a city calls it, "" where the key says all.
    """

    key: str
    name: str
    profile: str
    spread: Spread

    def to_json(self) -> dict[str, Any]:
        """Return the group as plain values."""
        return {
            "key": self.key,
            "name": self.name,
            "profile": self.profile,
            **self.spread.to_json(),
        }


@dataclass(frozen=True)
class Equity:
    """Hold the spread of the travel times of a city, for all people and by group.

    ``by_kind`` are the types of community, ``by_age`` cells with more and with fewer than 30 % aged
    60 and more, and the people themselves by age; both are empty, with a reason, where the city
    does not know. ``cells`` are those of the level asked for. ``overall`` is ``None`` where nobody
    is known.
    """

    overall: Group | None
    by_kind: tuple[Group, ...]
    by_age: tuple[Group, ...]
    cells: tuple[Group, ...]
    reason: str | None
    kind_reason: str | None
    age_reason: str | None


@dataclass(frozen=True, eq=False)
class _Crowd:
    """Hold the places of a city with their times by one profile."""

    profile: str
    time_ms: NDArray[np.int32]
    outside: Bools
    budget_ms: int

    def spread(self, people: Floats) -> Spread:
        """Return the figures of so many people at every place."""
        return spread(self.time_ms, people, self.outside, self.budget_ms)


def measure(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    level: int | None = None,
) -> Equity:
    """Measure how evenly the way to a station that serves the need is shared out in a city.

    With a ``level`` every cell of it is a group of its own; :class:`~geo.errors.OptionError` where
    the city has no such level.
    """
    if level is not None:
        data.city.checked_level(level)
    if data.units is None:
        reason = data.city.people_reason
        return Equity(None, (), (), (), reason, reason, reason)
    people = data.units["people"].to_numpy()
    crowd = _crowd(data, profile, budget, need)
    by_kind = tuple(_by_kind(data, crowd, people))
    by_age = tuple(_by_age(data, crowd, _slow_crowd(data, crowd, budget, need), people))
    return Equity(
        overall=Group("all", data.city.name, profile.name, crowd.spread(people)),
        by_kind=by_kind,
        by_age=by_age,
        cells=() if level is None else tuple(_by_cell(data, crowd, people, level)),
        reason=None,
        kind_reason=None if by_kind else NO_KINDS,
        age_reason=None if by_age else NO_AGES,
    )


def _crowd(data: CityData, profile: TravelProfile, budget: Budget, need: Need) -> _Crowd:
    assert data.units is not None
    budget_ms = budget.milliseconds(profile)
    times = data.times(profile, need, budget_ms).units
    assert times is not None
    return _Crowd(profile.name, times.time_ms, data.units["outside"].to_numpy(), budget_ms)


def _slow_crowd(data: CityData, crowd: _Crowd, budget: Budget, need: Need) -> _Crowd | None:
    """Return the same people as slow walkers, ``None`` when that is the question already."""
    if crowd.profile == SLOW or SLOW not in data.network.graphs:
        return None
    return _crowd(data, PROFILES[SLOW], budget, need)


def _by_kind(data: CityData, crowd: _Crowd, people: Floats) -> Iterator[Group]:
    """Yield the types of community in alphabetical order, people of unknown type last."""
    kind = np.append(data.cells["kind"].to_numpy(object), "")[_cell(data)]
    names = sorted(set(kind) - {""})
    if not names:
        return
    if (kind == "").any():
        names.append("")
    for name in names:
        yield Group(name, name, crowd.profile, crowd.spread(people * (kind == name)))


def _by_age(data: CityData, crowd: _Crowd, slow: _Crowd | None, people: Floats) -> Iterator[Group]:
    """Yield the cells by their share of people aged 60+, and the people by their age.

    The aged come a second time as slow walkers.
    """
    assert data.units is not None
    aged = data.units["aged_60"].to_numpy()
    told = ~np.isnan(aged)
    if not told.any():
        return
    old = np.where(told, aged, 0.0)
    is_aged, is_known = _aged_cells(data, people, old, told)
    groups = {
        "aged": people * is_aged,
        "other": people * (is_known & ~is_aged),
        "unknown": people * ~is_known,
        "aged_60": old,
        "under_60": np.where(told, people - old, 0.0),
    }
    for key, who in groups.items():
        if key == "unknown" and not who.any():
            continue
        yield Group(key, "", crowd.profile, crowd.spread(who))
        if slow is not None and key in ("aged", "aged_60"):
            yield Group(key, "", slow.profile, slow.spread(who))


def _aged_cells(data: CityData, people: Floats, old: Floats, told: Bools) -> tuple[Bools, Bools]:
    """Return for every place whether its lowest cell is aged, and whether that is known."""
    slots = len(data.cells) + 1
    cell = _cell(data) % slots  # people in no cell (-1) have the spare last slot
    known = np.bincount(cell[told], people[told], minlength=slots)
    aged = np.bincount(cell[told], old[told], minlength=slots)
    # Old people were shared out in quanta: so much more than the share may be rounding.
    slack = np.bincount(cell[told], minlength=slots) * PEOPLE_QUANTUM
    is_aged = aged > AGED_CELL_SHARE * known + slack
    is_known = known > 0
    is_aged[-1] = is_known[-1] = False
    return is_aged[cell], is_known[cell]


def _by_cell(data: CityData, crowd: _Crowd, people: Floats, level: int) -> Iterator[Group]:
    """Yield the cells of a level in the order of the file."""
    holder = _holder(data, level)
    order = np.argsort(holder, kind="stable")
    rows = np.flatnonzero((data.cells["level"] == level).to_numpy())
    first = np.searchsorted(holder[order], rows)
    last = np.searchsorted(holder[order], rows, side="right")
    names = data.cells[["code", "name"]].iloc[rows].itertuples(index=False, name=None)
    for (code, name), low, high in zip(names, first, last, strict=True):
        mine = order[low:high]
        figures = spread(crowd.time_ms[mine], people[mine], crowd.outside[mine], crowd.budget_ms)
        yield Group(code, name, crowd.profile, figures)


def _holder(data: CityData, level: int) -> NDArray[np.int64]:
    """Return the row of the cell of a level in which every place lies, -1 for none."""
    up = np.full(len(data.cells) + 1, -1, np.int64)
    wanted = (data.cells["level"] == level).to_numpy()
    for generation in grid.ancestry(data.cells):
        fits = (generation >= 0) & wanted[generation]
        up[:-1][fits] = generation[fits]
    return up[_cell(data)]


def _cell(data: CityData) -> NDArray[np.int64]:
    """Return the row of the lowest cell of every place, -1 for none."""
    assert data.units is not None
    return data.units["cell"].to_numpy().astype(np.int64)


def summary(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    level: int | None = None,
    *,
    certain: bool = False,
    progress: Progress = lambda label, done, total: None,
) -> dict[str, Any]:
    """Return the JSON of ``yizhan equity``; see the method page for the meaning of every figure.

    ``certain`` asks for :func:`geo.certainty.summary` as well, else it is ``None``.
    """
    found = measure(data, profile, budget, need, level)
    sure = certainty.assess(data, profile, budget, need, progress) if certain else None
    return {
        "city": data.city.slug,
        "city_name": data.city.name,
        "profile": profile.name,
        "minutes": budget.minutes,
        "distance_m": budget.distance_m,
        "need": study.need_facts(study.run(data, profile, budget, need)),
        "aged_cell_share": AGED_CELL_SHARE,
        "overall": None if found.overall is None else found.overall.to_json(),
        "by_kind": [group.to_json() for group in found.by_kind],
        "by_age": [group.to_json() for group in found.by_age],
        "level": level,
        "cells": [group.to_json() for group in found.cells],
        "reason": found.reason,
        "kind_reason": found.kind_reason,
        "age_reason": found.age_reason,
        "certainty": certainty.summary(sure) if sure is not None else None,
    }
