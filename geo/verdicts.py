"""Judge places: who is served, and for all others the first true cause.

One judgement serves the people, the ground and any position that somebody clicks, so that table,
map and explanation cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import gaps
from geo.city import CityData, access_set
from geo.links import Links
from geo.model import Budget, Need, TravelProfile
from geo.times import Times

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Places:
    """Hold places to judge, metric CRS, and how to read their times.

    ``linked`` says whether a street is near, ``outside`` whether they cannot be judged at all.
    """

    xy: NDArray[np.float64]
    linked: Bools
    outside: Bools
    read: Callable[[Times], Ints]


class Verdicts(NamedTuple):
    """Hold the class of every place (-1 = served) and the row of the barrier that severs it."""

    classes: NDArray[np.int8]
    barrier: Ints


def units(data: CityData, profile: TravelProfile) -> Places:
    """Return the places with people; nobody known makes no places."""
    if data.units is None:
        none = np.empty(0, bool)
        return Places(np.empty((0, 2)), none, none, lambda times: np.empty(0, np.int32))

    def read(times: Times) -> Ints:
        assert times.units is not None
        return times.units.time_ms

    linked = data.links_of_units(profile).edge >= 0
    return Places(data.units_xy, linked, data.units["outside"].to_numpy(), read)


def ground(data: CityData, profile: TravelProfile, rows: NDArray[np.int64]) -> Places:
    """Return rows of the pixel table, none of which is outside."""
    table = data.pixels
    return Places(
        table.grid.centres(table.index[rows]),
        table.edge[access_set(data.network, profile.name)][rows] >= 0,
        np.zeros(len(rows), bool),
        lambda times: times.pixels.time_ms[rows],
    )


def positions(xy: NDArray[np.float64], links: Links, outside: Bools) -> Places:
    """Return any places with the links that they have been given."""
    return Places(xy, links.edge >= 0, outside, lambda times: times.arrival(links).time_ms)


def judge(
    data: CityData, places: Places, profile: TravelProfile, budget: Budget, need: Need
) -> Verdicts:
    """Return who is served within the budget, and why the others are not."""
    budget_ms = budget.milliseconds(profile)
    classes, barrier = gaps.classify(
        places.xy,
        places.read(data.times(profile, at=need.at)),
        places.linked,
        budget_ms,
        data.open_xy,
        budget.metres(profile),
        data.barrier_kinds,
        places.outside,
        places.read(data.free_times(profile)),
    )
    if not need.plain:
        classes = _unserved(data, places, profile, need, budget_ms, classes)
    return Verdicts(classes, barrier)


def _unserved(
    data: CityData,
    places: Places,
    profile: TravelProfile,
    need: Need,
    budget_ms: int,
    classes: NDArray[np.int8],
) -> NDArray[Any]:
    """Return the classes with the stations asked for what they offer, and when."""
    served = places.read(data.times(profile, need, budget_ms))
    if need.at is None:
        return gaps.unserved(classes, budget_ms, served, served, served)
    offered = places.read(data.times(profile, Need(need.services), at=need.at))
    if_open = places.read(data.times_if_open(profile, need, budget_ms))
    return gaps.unserved(classes, budget_ms, served, offered, if_open)
