"""Put stations in the order in which a rider is served there: the rule behind the rider's list.

A station that is reached ``arrival`` after setting out is *ready* for the rider

- at once, when it is open on arrival;
- :data:`UNSURE_MS` after arrival, when its hours are unknown then: it must be ten minutes nearer to
  be worth the try;
- when it opens next, when it is closed on arrival; never, where no opening is known.

The order is by (ready, arrival, row of the station). If the first of it is closed on arrival, the
first one that is not moves to the front: nobody is sent to a closed door while another may be open.

An *entry* is (ready, arrival, row, state, opening, closing) in milliseconds after setting out, with
:data:`~geo.supply.NEVER_MS` for what is not known to happen; a state is that of
:data:`geo.openings.STATES`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import inline, readonly
from geo.openings import CLOSED, END_MS, OPEN, UNKNOWN, Outlook
from geo.supply import NEVER_MS

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: A station whose hours are unknown stands as much behind one that is open, in milliseconds.
UNSURE_MS = 10 * 60_000

READY, ARRIVAL, ROW, STATE, OPENS, CLOSES = range(6)
#: How many numbers an entry has.
WIDTH = 6


class Hours(NamedTuple):
    """Hold the spans of all timetables; see :class:`geo.openings.Openings`."""

    timetable: Ints
    first: Ints
    start_ms: Ints
    end_ms: Ints
    is_open: Bools


class Wanted(NamedTuple):
    """Hold which stations are asked for, and what is known of them before any search.

    ``moment_ms`` is the setting out, counted from the hours' midnight. ``fits`` marks the stations
    that pass every filter but that on the state on arrival; with ``only_open`` those that are not
    open then are left out. Before ``soonest_ms`` no station can be ready; ``order`` are the fitting
    rows by it, and ``may_serve`` marks those that can be found open or unknown.
    """

    moment_ms: int
    fits: Bools
    only_open: bool
    soonest_ms: Ints
    order: Ints
    may_serve: Bools


def wanted(
    outlook: Outlook, moment_ms: int, fits: Bools, limit_ms: int, *, only_open: bool = False
) -> Wanted:
    """Return what is asked for: the stations that fit, reached within a limit from a moment on.

    ``outlook`` must be that of the moment (:meth:`geo.openings.Openings.outlook`).
    """
    if only_open:
        fits = fits & (outlook.open_ms <= limit_ms)
    unsure = np.minimum(outlook.unknown_ms.astype(np.int64) + UNSURE_MS, NEVER_MS)
    soonest = np.minimum(outlook.open_ms, unsure)
    rows = np.flatnonzero(fits)
    return Wanted(
        moment_ms,
        readonly(fits, np.bool_),
        only_open,
        readonly(soonest, np.int32),
        readonly(rows[np.argsort(soonest[rows], kind="stable")], np.int32),
        readonly(fits & (outlook.served_ms <= limit_ms), np.bool_),
    )


@inline
def judge(hours: Hours, row: int, arrival_ms: int, moment_ms: int, entry: Longs) -> None:
    """Write what a station is on arrival into an entry."""
    moment = moment_ms + arrival_ms
    k, high = hours.first[hours.timetable[row]], hours.first[hours.timetable[row] + 1]
    while k < high and hours.end_ms[k] <= moment:
        k += 1
    entry[ARRIVAL], entry[ROW], entry[OPENS], entry[CLOSES] = arrival_ms, row, NEVER_MS, NEVER_MS
    if k < high and hours.start_ms[k] <= moment:
        if hours.is_open[k]:
            entry[READY], entry[STATE] = arrival_ms, OPEN
            if hours.end_ms[k] < END_MS:
                entry[CLOSES] = hours.end_ms[k] - moment_ms
        else:
            entry[READY], entry[STATE] = arrival_ms + UNSURE_MS, UNKNOWN
        return
    while k < high and not hours.is_open[k]:
        k += 1
    if k < high:
        entry[OPENS] = hours.start_ms[k] - moment_ms
    entry[READY], entry[STATE] = entry[OPENS], CLOSED


@inline
def precedes(one: Longs, other: Longs) -> bool:
    """Return whether an entry comes before another one."""
    if one[READY] != other[READY]:
        return bool(one[READY] < other[READY])
    if one[ARRIVAL] != other[ARRIVAL]:
        return bool(one[ARRIVAL] < other[ARRIVAL])
    return bool(one[ROW] < other[ROW])


@inline
def insert(best: Longs, size: int, entry: Longs) -> int:
    """Put an entry among the first ones, if it is one of them; return how many there are then."""
    place = size
    while place > 0 and precedes(entry, best[place - 1]):
        place -= 1
    if place == len(best):
        return size
    grown = min(size + 1, len(best))
    for k in range(grown - 1, place, -1):
        best[k] = best[k - 1]
    best[place] = entry
    return grown


@inline
def put_in_front(best: Longs, size: int, spare: Longs) -> None:
    """Move the first entry that is not closed, ``spare``, before a closed one in front."""
    if best[0, STATE] != CLOSED or spare[READY] < 0:
        return
    place = 0
    while place < size - 1 and best[place, ROW] != spare[ROW]:
        place += 1
    for k in range(place, 0, -1):
        best[k] = best[k - 1]
    best[0] = spare


def no_entry() -> Longs:
    """Return an entry that stands for none: it is ready before anything is."""
    return np.full(WIDTH, -1, np.int64)
