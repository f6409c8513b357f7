"""Assign users to seats: as many as possible, and of all such plans the one with the least time.

A transportation problem with few sinks (stations) and many sources (places), solved exactly in
whole numbers by successive shortest paths (:mod:`geo.chains`): everybody starts at the nearest
station, and what exceeds its seats is passed on along the cheapest chains of moves. The prices that
the searches leave behind prove the plan, see :class:`Assignment`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import chains
from geo.chains import Plan, Ways
from geo.compiled import COMPILED, readonly
from geo.pairs import Pairs
from geo.progress import Progress, silent

Longs = NDArray[np.int64]

_LABEL = "分配座位"


@dataclass(frozen=True, eq=False)
class Assignment:
    """Hold a plan: how many users of each pair's place sit at its station.

    ``flow`` is aligned with the pairs of the table, ``left`` are the users of every place who go
    without. ``price_ms`` is what one more seat at a station would save, in milliseconds of travel;
    a user without a seat counts ``without_ms``. ``gap`` is the distance to the bound that the
    prices prove, as a share of it: at 0 no plan is better.
    """

    flow: Longs
    left: Longs
    price_ms: Longs
    without_ms: int
    gap: float


def assign(table: Pairs, demand: Longs, seats: Longs, progress: Progress = silent) -> Assignment:
    """Return the best plan for whole numbers of users per place and of seats per station.

    Users without a station in reach are left over.
    """
    demand, seats = readonly(demand, np.int64), readonly(seats, np.int64)
    ways = chains.ways_of(table)
    # Dearer than every chain of moves, so that nobody goes without to shorten the way of others.
    without = (table.n_stations + 2) * (int(table.time_ms.max(initial=0)) + 1)
    plan = chains.nobody(len(ways.station), seats)
    chains.seat_at_nearest(ways, demand, plan)
    crowded = np.flatnonzero(plan.room < 0)
    scratch = chains.no_search(len(seats), len(ways.near))
    for done, station in enumerate(crowded):
        progress(_LABEL, done, len(crowded))
        chains.relieve(ways, plan, scratch, without, int(station))
    progress(_LABEL, len(crowded), len(crowded))
    served = np.zeros(len(demand), np.int64)
    np.add.at(served, ways.place, plan.flow)
    gap = _gap(ways, plan, demand, seats, without)
    return Assignment(plan.flow, demand - served, plan.price, without, gap)


def compile() -> bool:
    """Compile the kernels, or load them from numba's cache; say whether there was anything to do.

    To be called before the first request.
    """
    one = np.zeros(1, np.int32)
    table = Pairs(np.arange(2), one, one, 1, 0)
    if COMPILED:
        assign(table, np.array([2]), np.array([1]))
    return COMPILED


def _gap(ways: Ways, plan: Plan, demand: Longs, seats: Longs, without: int) -> float:
    """Return how far a plan is from the bound of its prices, as a share of the bound.

    A seat is worth ``without`` minus its time. By weak duality no plan is worth more than the
    seats at their prices and, for every user, the best that a seat is worth beyond its price. The
    sums exceed 64 bits, so Python's own numbers add them up.
    """
    gain = without - ways.time.astype(np.int64)
    best = np.zeros(len(demand), np.int64)
    np.maximum.at(best, ways.place, gain - plan.price[ways.station])
    bound = _product(demand, best) + _product(seats, plan.price)
    return (bound - _product(plan.flow, gain)) / bound if bound else 0.0


def _product(amounts: Longs, values: Longs) -> int:
    some = np.flatnonzero(amounts)
    return sum(a * b for a, b in zip(amounts[some].tolist(), values[some].tolist(), strict=True))
