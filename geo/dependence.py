"""Say how often everybody is covered, and what would be lost if a station closed.

A place that several stations serve is covered several times (交叉覆盖); one that a single station
serves depends on it. The people whom only one station serves are those whom its closure would
leave without any – its *closure impact*; those who keep another station need longer to it.
Everything is read from the one table of :mod:`geo.pairs`, never by searching again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import grid, pairs, study, supply
from geo.city import ANYTIME, CityData
from geo.errors import OptionError
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: How many stations serve somebody; the last means “so many or more”.
TIMES = ("0", "1", "2", "3+")
#: The figures of a station, see :func:`impacts`.
FIGURES = (
    "people",
    "places",
    "only",
    "only_places",
    "share_only",
    "moved",
    "extra_mean_s",
    "extra_max_s",
)


def times_covered(served: Pairs) -> Longs:
    """Return how many stations serve each place."""
    return np.diff(served.first)


def impacts(served: Pairs, people: Floats) -> pd.DataFrame:
    """Return what each station's closure would mean, one row per station of the table.

    ``people``, ``places`` – those whom it serves, alone or beside others; ``only``,
    ``only_places`` – those whom nobody else serves; ``moved`` – people for whom it is the nearest
    and who keep another one, ``extra_mean_s`` and ``extra_max_s`` – the seconds that they would
    need more, null without anybody (of stations equally near the lowest row is the nearest, and
    the others are no farther).
    """
    n, count = served.n_stations, times_covered(served)

    def per_station(station: NDArray[Any], weight: Floats) -> Floats:
        return np.bincount(station, weight, n).astype(float)

    alone = np.flatnonzero(count == 1)
    last = served.station[served.first[alone]]
    several = np.flatnonzero(count > 1)
    first = served.first[several]
    nearest, who = served.station[first], people[several]
    extra_s = (served.time_ms[first + 1] - served.time_ms[first]) / 1000.0
    moved = per_station(nearest, who)
    longest = np.full(n, np.nan)
    populated = who > 0
    np.fmax.at(longest, nearest[populated], extra_s[populated])
    total = per_station(nearest, who * extra_s)
    return pd.DataFrame(
        {
            "people": per_station(served.station, people[served.place]),
            "places": np.bincount(served.station, minlength=n),
            "only": per_station(last, people[alone]),
            "only_places": np.bincount(last, minlength=n),
            "moved": moved,
            "extra_mean_s": np.divide(total, moved, out=np.full(n, np.nan), where=moved > 0),
            "extra_max_s": longest,
        }
    )


@dataclass(frozen=True, eq=False)
class Dependence:
    """Hold who serves whom in a city for one question.

    ``served`` are the pairs in which a station serves a place of ``data.units``, with the time
    that counts; without known people it is empty.
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    need: Need
    served: Pairs

    @property
    def people(self) -> Floats:
        """Return the people of every place; empty when nobody is known."""
        if self.data.units is None:
            return np.empty(0)
        return self.data.units["people"].to_numpy()

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Return which places can be judged at all."""
        if self.data.units is None:
            return np.empty(0, bool)
        return ~self.data.units["outside"].to_numpy()

    def overlap(self) -> pd.DataFrame:
        """Return the people and places that can be judged by the stations that serve them.

        One row for each of :data:`TIMES`: ``places``, ``people``, ``share`` (of the judged people,
        null where there are none). All rows but the first are the covered.
        """
        degree = np.minimum(times_covered(self.served), len(TIMES) - 1)[self.judged]
        people = self.people[self.judged]
        by_degree = np.bincount(degree, people, len(TIMES)).astype(float)
        total = by_degree.sum()
        return pd.DataFrame(
            {
                "places": np.bincount(degree, minlength=len(TIMES)),
                "people": by_degree,
                "share": by_degree / total if total > 0 else np.full(len(TIMES), np.nan),
            },
            index=pd.Index(TIMES, name="stations"),
        )

    def cells(self) -> pd.DataFrame:
        """Return the same for every cell of every level, aligned with the frame of cells.

        Columns: the judged people by :data:`TIMES`; ``mean_times`` is the average over them of the
        stations that serve a person, null where nobody lives.
        """
        cells, units = self.data.cells, self.data.units
        times = times_covered(self.served)
        sums = np.zeros((len(cells), len(TIMES) + 1))
        if units is not None:
            leaf = units["cell"].to_numpy()
            here = np.flatnonzero((leaf >= 0) & self.judged)
            degree = np.minimum(times[here], len(TIMES) - 1)
            np.add.at(sums, (leaf[here], degree), self.people[here])
            np.add.at(sums, (leaf[here], len(TIMES)), self.people[here] * times[here])
            rows = self.data.ground["row"].to_numpy()
            sums = grid.roll_up(cells, rows, sums[rows])
        out = pd.DataFrame(sums[:, :-1], columns=list(TIMES), index=cells.index)
        everybody = sums[:, :-1].sum(axis=1)
        out["mean_times"] = np.divide(
            sums[:, -1], everybody, out=np.full(len(cells), np.nan), where=everybody > 0
        )
        return out

    @cached_property
    def stations(self) -> pd.DataFrame:
        """Return :func:`impacts` for every station of the city, with ``share_only`` of its people.

        ``state`` says whether it serves the need within the budget (:data:`geo.supply.STATES`).
        Stations that do not have zeros; shares of nobody are null.
        """
        budget_ms = self.budget.milliseconds(self.profile)
        out = impacts(self.served, self.people)
        out["share_only"] = out["only"] / out["people"].where(out["people"] > 0)
        offer = self.data.supply(self.need, budget_ms)
        late = (offer.state == supply.SERVES) & ~offer.serving(budget_ms)
        out["state"] = np.array(supply.STATES)[np.where(late, supply.CLOSED, offer.state)]
        return out

    def stations_json(self, rows: Iterable[int]) -> list[dict[str, Any]]:
        """Return what depends on stations as plain values; unknown people are null."""
        chosen = list(rows)
        facts, found = self.data.stations.iloc[chosen], self.stations.iloc[chosen]
        columns = facts["id"], facts["name"], facts["tier"], found["state"]
        out: list[dict[str, Any]] = [
            {"station": str(key), "name": str(name), "tier": str(tier), "state": str(state)}
            for key, name, tier, state in zip(*columns, strict=True)
        ]
        for name in FIGURES:
            values = found[name] if self.data.units is not None else [None] * len(out)
            for station, value in zip(out, values, strict=True):
                station[name] = number(value)
        return out

    def station_json(self, row: int) -> dict[str, Any]:
        """Return the answer of ``yizhan impact --station``."""
        return {**self.question_json(), **self.stations_json([row])[0]}

    def question_json(self) -> dict[str, Any]:
        """Return what was asked, as every answer repeats it."""
        asked = study.run(self.data, self.profile, self.budget, self.need)
        return {
            "city": self.data.city.slug,
            "city_name": self.data.city.name,
            "profile": self.profile.name,
            "minutes": self.budget.minutes,
            "distance_m": self.budget.distance_m,
            "need": study.need_facts(asked),
            "reason": self.data.city.people_reason,
        }

    def overlap_json(self) -> list[dict[str, Any]]:
        """Return :meth:`overlap` as plain values; unknown people are null."""
        known = self.data.units is not None
        return [
            {
                "stations": str(row.Index),
                "places": int(row.places),
                "people": float(row.people) if known else None,
                "share": number(row.share),
            }
            for row in self.overlap().itertuples()
        ]

    def cells_json(self, level: int) -> list[dict[str, Any]]:
        """Return :meth:`cells` of one level as plain values; unknown people are null."""
        known, figures = self.data.units is not None, self.cells()
        rows = np.flatnonzero((self.data.cells["level"] == level).to_numpy())
        code, name = self.data.cells["code"].to_numpy(), self.data.cells["name"].to_numpy()
        return [
            {
                "code": str(code[row]),
                "name": str(name[row]),
                "people": {
                    times: float(figures[times].iat[row]) if known else None for times in TIMES
                },
                "mean_times": number(figures["mean_times"].iat[row]),
            }
            for row in rows
        ]

    def to_json(self, level: int | None = None) -> dict[str, Any]:
        """Return the answer of ``yizhan impact``: overlap, and stations by closure impact.

        With a level of the grid, also its cells.
        """
        check_level(self.data, level)
        order = self.stations.sort_values(
            ["only", "people"], ascending=False, kind="stable"
        ).index.to_numpy()
        return {
            **self.question_json(),
            "people": float(self.people.sum()) if self.data.units is not None else None,
            "judged": float(self.people[self.judged].sum())
            if self.data.units is not None
            else None,
            "overlap": self.overlap_json(),
            "stations": self.stations_json(order),
            "cells": None if level is None else self.cells_json(level),
        }


def check_level(data: CityData, level: int | None) -> None:
    """Refuse a level that the grid of the city does not have; ``None`` stands for no level."""
    known = [str(each.level) for each in data.city.levels]
    if level is not None and str(level) not in known:
        raise OptionError(
            f"there is no level {level} in {data.city.slug}; choose one of {', '.join(known)}"
        )


def number(value: Any) -> float | int | None:
    """Return a figure of a frame as a plain number, ``None`` for null."""
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


def run(data: CityData, profile: TravelProfile, budget: Budget, need: Need = ANYTIME) -> Dependence:
    """Find out who depends on which station of a city; the answer is kept."""
    limit_ms = budget.milliseconds(profile)

    def make() -> Dependence:
        table, offer = data.pairs(profile, limit_ms), data.supply(need, limit_ms)
        return Dependence(data, profile, budget, need, pairs.serving(table, offer, limit_ms))

    return data.keep_recent(("dependence", profile.name, limit_ms, need), make)
