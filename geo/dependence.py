"""Say how often everybody is covered, and what would be lost if a station closed.

A place that several stations serve is covered several times (交叉覆盖); one that a single station
serves depends on it. The people whom only one station serves are those whom its closure would
leave without any – its *closure impact*; those who keep another station need longer to it.
Everything is read from the one table of :mod:`geo.pairs`, never by searching again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import grid, pairs, supply
from geo.city import ANYTIME, CityData
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: How many stations serve somebody; the last means “so many or more”.
TIMES = ("0", "1", "2", "3+")


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


def run(data: CityData, profile: TravelProfile, budget: Budget, need: Need = ANYTIME) -> Dependence:
    """Find out who depends on which station of a city; the answer is kept."""
    limit_ms = budget.milliseconds(profile)

    def make() -> Dependence:
        table, offer = data.pairs(profile, limit_ms, need.at), data.supply(need, limit_ms)
        return Dependence(data, profile, budget, need, pairs.serving(table, offer, limit_ms))

    return data.keep_recent(("dependence", profile.name, limit_ms, need), make)
