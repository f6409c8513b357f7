"""Hold seats against users: access by floating catchments, and who finds a seat at all.

*Users* are the people of a place times a stated rate: those who want a seat at the same moment.
*Seats* are the stations' capacities; a station whose capacity nobody wrote down is left out of
both methods and counted, unless a number of seats is stated for such stations. Two readings:

- :func:`e2sfca`, the enhanced two-step floating catchment area: seats per user, shared by all who
  reach a station, the near ones with more weight;
- :func:`seat`, the plan that gives most users a seat and needs the least time for it
  (:mod:`geo.assignment`): who is left over finds every station in reach *full*.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import assignment, grid, pairs
from geo.city import CityData
from geo.coverage import weighted_median
from geo.errors import OptionError
from geo.links import Links
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs
from geo.progress import Progress, silent

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: Weights of the three equal zones of the budget, near to far. Luo and Qi (2009), Health & Place
#: 15(4): 1100–1107, the slower of their two Gaussian decays; there 0–10, 10–20 and 20–30 minutes.
WEIGHTS = (1.0, 0.68, 0.22)

#: Users and seats are assigned in whole multiples of this, so that a plan is exact.
GRAIN = 1.0 / 2**20

#: Users are told to so many decimals.
USERS_DIGITS = 3

_MOST_RIDERS = 10_000_000
_MOST_SEATS = 10_000


class Peer(NamedTuple):
    """Hold the stations and riders that a city has published; ``source`` says whom they count."""

    name_zh: str
    name_en: str
    stations: int
    riders: int
    source: str

    @property
    def riders_per_station(self) -> int:
        """Return how many riders share a station, rounded."""
        return round(self.riders / self.stations)


#: 229, 5,000 and 10 riders per station.
PEERS = (
    Peer("资阳", "Ziyang", 153, 35_000, "153 sites for 35,000 union members"),
    Peer("临沂兰山", "Lanshan, Linyi", 38, 190_000, "38 stations for 190,000 workers"),
    Peer(
        "重庆巴南龙洲湾",
        "Longzhouwan, Chongqing",
        11,
        110,
        "1 centre, 1 station and 9 points for 110 riders",
    ),
)


@dataclass(frozen=True)
class Crowd:
    """Hold how many use the stations at the same moment, for every 1,000 people who live here.

    ``default_seats`` is the capacity of stations for which none is known; ``None`` leaves them
    out.
    """

    users_per_1000: float
    default_seats: int | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.users_per_1000) or not 0 < self.users_per_1000 <= 1000:
            raise OptionError(
                f"{self.users_per_1000:g} users for every 1,000 people is no rate; give more than "
                "0 and at most 1000"
            )
        if self.default_seats is not None and not 0 <= self.default_seats <= _MOST_SEATS:
            raise OptionError(
                f"{self.default_seats} seats for stations of unknown capacity; give 0 to "
                f"{_MOST_SEATS}"
            )


def crowd_of(users_per_1000: float | None, default_seats: int | None) -> Crowd | None:
    """Return the crowd of two options, ``None`` where no capacity is asked."""
    if users_per_1000 is not None:
        return Crowd(users_per_1000, default_seats)
    if default_seats is not None:
        raise OptionError(
            f"{default_seats} seats for stations of unknown capacity, but no users for them; say "
            "how many of every 1,000 people want a seat at the same moment"
        )
    return None


def checked_riders(riders: int | None) -> int | None:
    """Return a number of riders, refusing what cannot be one."""
    if riders is not None and not 0 < riders <= _MOST_RIDERS:
        raise OptionError(f"{riders} riders; give 1 to {_MOST_RIDERS}")
    return riders


def users_told(users: float) -> float:
    """Return a number of users as it is told, to :data:`USERS_DIGITS` decimals."""
    return round(users, USERS_DIGITS)


def parts_told(parts: Mapping[str, float]) -> dict[str, float]:
    """Return numbers of users and their ``total`` as they are told: the parts add up to it.

    What rounding leaves over goes to the parts with the largest remainders.
    """
    step = 10**USERS_DIGITS
    whole = {name: math.floor(users * step) for name, users in parts.items()}
    total = round(math.fsum(parts.values()) * step)
    by_rest = sorted(parts, key=lambda name: whole[name] - parts[name] * step)
    for name in by_rest[: total - sum(whole.values())]:
        whole[name] += 1
    return {"total": total / step} | {name: count / step for name, count in whole.items()}


def seats_of(stations: pd.DataFrame, default: int | None = None) -> Floats:
    """Return the seats of every station, NaN where they are not known."""
    known = stations["capacity"].to_numpy(dtype=np.float64, na_value=np.nan)
    return known if default is None else np.where(np.isnan(known), float(default), known)


class Catchments(NamedTuple):
    """Hold the two steps of :func:`e2sfca`: per station, and per place."""

    ratio: Floats
    score: Floats


def e2sfca(
    served: Pairs,
    budget_ms: int,
    users: Floats,
    seats: Floats,
    weights: tuple[float, ...] = WEIGHTS,
) -> Catchments:
    """Return the seats per weighted user of every station, and per user of every place.

    With W the weight of the zone that a travel time falls into (equal zones of the budget, a bound
    belongs to the nearer one), station j has R_j = S_j / Σ_i W_ij U_i over the places i that it
    serves, and place i the score A_i = Σ_j W_ij R_j. Stations of unknown seats (NaN), or whom
    nobody uses, have no ratio (NaN) and add nothing.

    Source: Luo and Qi (2009), Health & Place 15(4): 1100–1107.
    """
    zones = len(weights)
    # Time t is in zone z when z · budget < t · zones ≤ (z + 1) · budget, in whole numbers.
    zone = -(-served.time_ms.astype(np.int64) * zones // max(budget_ms, 1)) - 1
    weight = np.asarray(weights)[np.clip(zone, 0, zones - 1)]
    asked = np.bincount(served.station, weight * users[served.place], served.n_stations)
    ratio = np.divide(seats, asked, out=np.full(len(seats), np.nan), where=asked > 0)
    share = np.nan_to_num(ratio)[served.station]
    score = np.bincount(served.place, weight * share, served.n_places)
    return Catchments(ratio, score.astype(float))


@dataclass(frozen=True, eq=False)
class Seating:
    """Hold who finds a seat where: users per station, and users left over per place.

    ``full`` are left over though they reach a station, all of known seats; ``unsure`` reach one of
    unknown seats and may find one there; ``unreached`` reach none. ``mean_s`` is the mean travel
    time of the seated, null without any. ``gap`` is 0 when it is proven that no plan is better.
    """

    assigned: Floats
    full: Floats
    unsure: Floats
    unreached: Floats
    mean_s: float | None
    gap: float


def seat(served: Pairs, users: Floats, seats: Floats, progress: Progress = silent) -> Seating:
    """Give as many users as possible a seat in reach, and of all such plans take the quickest."""
    known = ~np.isnan(seats)
    table = served.only(known[served.station])
    plan = assignment.assign(table, _grains(users), _grains(np.where(known, seats, 0.0)), progress)
    load = np.zeros(len(seats), np.int64)
    np.add.at(load, table.station, plan.flow)
    total = int(plan.flow.sum())
    left = plan.left * GRAIN
    reaches = np.diff(served.first) > 0
    perhaps = reaches & (np.diff(table.first) < np.diff(served.first))
    return Seating(
        assigned=load.astype(np.float64) * GRAIN,
        full=np.where(reaches & ~perhaps, left, 0.0),
        unsure=np.where(perhaps, left, 0.0),
        unreached=np.where(reaches, 0.0, left),
        mean_s=float(plan.flow @ (table.time_ms / 1000.0)) / total if total else None,
        gap=plan.gap,
    )


def _grains(amounts: Floats) -> Longs:
    """Return amounts in whole grains, by largest remainder: the total keeps its value.

    Rounding every place alone would let the errors of thousands of places add up.
    """
    exact = amounts / GRAIN
    grains = np.floor(exact).astype(np.int64)
    short = round(math.fsum(exact)) - int(grains.sum())
    grains[np.argsort(grains - exact, kind="stable")[:short]] += 1
    return grains


def full_places(seating: Seating, users: Floats) -> Bools:
    """Return the places most of whose users find every station in reach full."""
    return (seating.full > users / 2.0) & (users > 0)


class Taken(NamedTuple):
    """Hold a station (its row) without a free seat, and the time until it serves a place."""

    station: int
    time_ms: int
    seats: float
    assigned: float


@dataclass(frozen=True, eq=False)
class Capacity:
    """Hold seats against users in a city for one question.

    ``served`` are the pairs in which a station serves a place of ``data.units``.
    """

    data: CityData
    budget_ms: int
    served: Pairs
    crowd: Crowd
    seating: Seating

    @cached_property
    def users(self) -> Floats:
        """Return the users of every place that can be judged."""
        return users_of(self.data, self.crowd)

    @cached_property
    def seats(self) -> Floats:
        """Return the seats of every station, NaN where they are not known."""
        return seats_of(self.data.stations, self.crowd.default_seats)

    @cached_property
    def catchments(self) -> Catchments:
        """Return the access of every station and place by floating catchments."""
        return e2sfca(self.served, self.budget_ms, self.users, self.seats)

    @cached_property
    def stations(self) -> pd.DataFrame:
        """Return ``seats, assigned, load, ratio`` of every station, aligned with the frame.

        ``load`` is assigned users per seat, ``ratio`` seats per weighted user of the catchment;
        null where seats are not known, or there are none.
        """
        seats, assigned = self.seats, self.seating.assigned
        load = np.divide(assigned, seats, out=np.full(len(seats), np.nan), where=seats > 0)
        assigned = np.where(np.isnan(seats), np.nan, assigned)
        columns = {"seats": seats, "assigned": assigned, "load": load}
        return pd.DataFrame(columns | {"ratio": self.catchments.ratio})

    @property
    def full(self) -> Bools:
        """Return which stations have no seat left; one of unknown seats may have some."""
        return self.seating.assigned >= self.seats

    def taken(self, near: Pairs) -> tuple[Taken, ...]:
        """Return the full stations of a table of one place, nearest first."""
        assigned, seats = self.seating.assigned, self.seats
        return tuple(
            Taken(station, time_ms, float(seats[station]), float(assigned[station]))
            for station, time_ms in zip(near.station.tolist(), near.time_ms.tolist(), strict=True)
            if self.full[station]
        )

    def cells(self) -> Floats:
        """Return the mean score of the users of every cell of every level, NaN without users."""
        cells, units = self.data.cells, self.data.units
        sums = np.zeros((len(cells), 2))
        if units is not None:
            leaf = units["cell"].to_numpy()
            here = np.flatnonzero(leaf >= 0)
            users, score = self.users[here], self.catchments.score[here]
            np.add.at(sums, leaf[here], np.column_stack([users, users * score]))
            rows = self.data.ground["row"].to_numpy()
            sums = grid.roll_up(cells, rows, sums[rows])
        return np.divide(
            sums[:, 1], sums[:, 0], out=np.full(len(cells), np.nan), where=sums[:, 0] > 0
        )

    @property
    def mean_score(self) -> float | None:
        """Return the seats per user that a user has on average, ``None`` without users."""
        total = float(self.users.sum())
        return float(self.users @ self.catchments.score) / total if total > 0 else None

    @property
    def median_score(self) -> float | None:
        """Return the seats per user that half of the users do not exceed."""
        return weighted_median(self.catchments.score, self.users)


def users_of(data: CityData, crowd: Crowd) -> Floats:
    """Return the users of every place; those who cannot be judged are none."""
    if data.units is None:
        return np.empty(0)
    judged = ~data.units["outside"].to_numpy()
    people = data.units["people"].to_numpy(dtype=float)
    return np.where(judged, people * crowd.users_per_1000 / 1000.0, 0.0)


def run(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need,
    crowd: Crowd,
    progress: Progress = silent,
) -> Capacity:
    """Find out who finds a seat in a city, and where; the answer is kept."""
    limit_ms = budget.milliseconds(profile)
    key = ("capacity", profile.name, limit_ms, need, crowd)
    kept: _Kept = data.keep_recent(key, _Kept)
    with kept.lock:
        if kept.answer is None:
            offer = data.supply(need, limit_ms)
            near = data.pairs(profile, limit_ms, need.at)
            served = pairs.serving(near, offer, limit_ms)
            seats = seats_of(data.stations, crowd.default_seats)
            seating = seat(served, users_of(data, crowd), seats, progress)
            kept.answer = Capacity(data, limit_ms, served, crowd, seating)
        return kept.answer


def around(
    data: CityData, profile: TravelProfile, budget: Budget, need: Need, link: Links
) -> Pairs:
    """Return which stations serve one linked place in time, as :func:`run` does for all people."""
    limit_ms = budget.milliseconds(profile)
    graph, start = data.graph(profile, need.at), data.seeds(profile, at=need.at)
    near = pairs.build(data.network, graph, link, start, limit_ms)
    return pairs.serving(near, data.supply(need, limit_ms), limit_ms)


class _Kept:
    """Hold an answer once it is there; only those who ask the same wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Capacity | None = None
