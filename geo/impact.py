"""Put together what ``yizhan impact`` answers: overlap, dependence, and seats against users.

The analysis stands in :mod:`geo.dependence` and :mod:`geo.capacity`; this is its shape as plain
values. Unknown figures are null, with the reason beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo import capacity, dependence, study
from geo.capacity import Capacity, Crowd
from geo.city import ANYTIME, CityData
from geo.dependence import TIMES, Dependence
from geo.errors import OptionError
from geo.model import Budget, Need, TravelProfile
from geo.progress import Progress, silent

#: The figures of a station, see :func:`geo.dependence.impacts` …
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
#: … and :attr:`geo.capacity.Capacity.stations`, null where no capacity is asked.
SEATS = ("seats", "assigned", "load", "ratio")


@dataclass(frozen=True, eq=False)
class Impact:
    """Hold who depends on which station, and, where a crowd is given, who finds a seat."""

    found: Dependence
    seats: Capacity | None
    riders: int | None

    @property
    def data(self) -> CityData:
        """Return the city."""
        return self.found.data

    @property
    def known(self) -> bool:
        """Return whether anybody is known to live here."""
        return self.data.units is not None

    def to_json(self, level: int | None = None) -> dict[str, Any]:
        """Return the whole answer, stations by closure impact; with a level also its cells."""
        check_level(self.data, level)
        people, judged = self.found.people, self.found.judged
        ranked = self.found.stations.sort_values(["only", "people"], ascending=False, kind="stable")
        return {
            **self._question(),
            "people": float(people.sum()) if self.known else None,
            "judged": float(people[judged].sum()) if self.known else None,
            "overlap": self._overlap(),
            "ratios": self._ratios(),
            "capacity": self._capacity(),
            "stations": self._stations(ranked.index),
            "cells": None if level is None else self._cells(level),
        }

    def station_json(self, row: int) -> dict[str, Any]:
        """Return the answer about one station."""
        return {**self._question(), **self._stations([row])[0]}

    def _question(self) -> dict[str, Any]:
        found = self.found
        crowd = None if self.seats is None else self.seats.crowd
        asked = study.run(self.data, found.profile, found.budget, found.need, crowd)
        return {
            "city": self.data.city.slug,
            "city_name": self.data.city.name,
            "profile": found.profile.name,
            "minutes": found.budget.minutes,
            "distance_m": found.budget.distance_m,
            "need": study.need_facts(asked),
            "reason": self.data.city.people_reason,
        }

    def _overlap(self) -> list[dict[str, Any]]:
        table = self.found.overlap()
        rows = zip(table.index, table["places"], table["people"], table["share"], strict=True)
        return [
            {
                "stations": str(times),
                "places": int(places),
                "people": float(people) if self.known else None,
                "share": number(share),
            }
            for times, places, people, share in rows
        ]

    def _ratios(self) -> dict[str, Any]:
        """Return the people and riders per station that serves, beside those of other cities."""
        serving = int((self.found.stations["state"] == "serves").sum())
        people = float(self.found.people[self.found.judged].sum()) if self.known else None
        return {
            "stations": serving,
            "people_per_station": people / serving if people is not None and serving else None,
            "riders": self.riders,
            "riders_per_station": self.riders / serving if self.riders and serving else None,
            "peers": [
                {**peer._asdict(), "riders_per_station": peer.riders_per_station}
                for peer in capacity.PEERS
            ],
        }

    def _capacity(self) -> dict[str, Any] | None:
        """Return who finds a seat; ``users`` add up to their total."""
        if self.seats is None or not self.known:
            return None
        held, plan = self.seats, self.seats.seating
        used = self.found.stations["state"].to_numpy() == "serves"
        unknown = np.isnan(held.seats)
        users = {
            "served": math.fsum(plan.assigned),
            "full": math.fsum(plan.full),
            "seats_unknown": math.fsum(plan.unsure),
            "unreached": math.fsum(plan.unreached),
        }
        return {
            "users_per_1000": held.crowd.users_per_1000,
            "default_seats": held.crowd.default_seats,
            "stations_known": int((used & ~unknown).sum()),
            "stations_unknown": int((used & unknown).sum()),
            "seats": float(held.seats[used & ~unknown].sum()),
            "users": capacity.parts_told(users),
            "mean_s": plan.mean_s,
            "gap": plan.gap,
            "weights": list(capacity.WEIGHTS),
            "seats_per_user_mean": held.mean_score,
            "seats_per_user_median": held.median_score,
        }

    def _stations(self, rows: Iterable[int]) -> list[dict[str, Any]]:
        chosen = list(rows)
        facts, found = self.data.stations.iloc[chosen], self.found.stations.iloc[chosen]
        columns = facts["id"], facts["name"], facts["tier"], found["state"]
        out: list[dict[str, Any]] = [
            {"station": str(key), "name": str(name), "tier": str(tier), "state": str(state)}
            for key, name, tier, state in zip(*columns, strict=True)
        ]
        self._enter(out, found, FIGURES)
        self._enter(out, None if self.seats is None else self.seats.stations.iloc[chosen], SEATS)
        for row in out:
            if row["assigned"] is not None:
                row["assigned"] = capacity.users_told(row["assigned"])
        return out

    def _enter(
        self, rows: list[dict[str, Any]], table: pd.DataFrame | None, names: tuple[str, ...]
    ) -> None:
        """Enter columns of a table into rows, null where nobody is known or nothing was asked."""
        for name in names:
            values = table[name] if table is not None and self.known else [None] * len(rows)
            for row, value in zip(rows, values, strict=True):
                row[name] = number(value)

    def _cells(self, level: int) -> list[dict[str, Any]]:
        cells, table = self.data.cells, self.found.cells()
        rows = np.flatnonzero((cells["level"] == level).to_numpy())
        here, figures = cells.iloc[rows], table.iloc[rows].to_dict("records")
        scores = [None] * len(rows) if self.seats is None else self.seats.cells()[rows].tolist()
        columns = here["code"], here["name"], figures, scores
        return [
            {
                "code": str(code),
                "name": str(name),
                "people": {times: float(row[times]) if self.known else None for times in TIMES},
                "mean_times": number(row["mean_times"]),
                "seats_per_user": number(score),
            }
            for code, name, row, score in zip(*columns, strict=True)
        ]


def number(value: Any) -> float | int | None:
    """Return a figure of a frame as a plain number, ``None`` for null."""
    if value is None or pd.isna(value):
        return None
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


def check_level(data: CityData, level: int | None) -> None:
    """Refuse a level that the grid of the city does not have; ``None`` stands for no level."""
    known = [str(each.level) for each in data.city.levels]
    if level is not None and str(level) not in known:
        raise OptionError(
            f"there is no level {level} in {data.city.slug}; choose one of {', '.join(known)}"
        )


def run(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
    riders: int | None = None,
    progress: Progress = silent,
) -> Impact:
    """Find out who depends on which station, and with a crowd also who finds a seat."""
    seats = None
    if crowd is not None:
        seats = capacity.run(data, profile, budget, need, crowd, progress)
    found = dependence.run(data, profile, budget, need)
    return Impact(found, seats, capacity.checked_riders(riders))
