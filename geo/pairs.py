"""Find, for every place, all the stations that it reaches within a limit, and how long each takes.

The table that overlap, dependence, capacity, the hours of a week, the audit of a circle and the
choice of new sites share. A time here is that of :func:`geo.reach.arrival` for this station alone,
to the millisecond (see :mod:`geo.meetings`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo import reach
from geo.compiled import COMPILED, kernel, readonly
from geo.errors import OptionError
from geo.links import Links
from geo.meetings import Finder
from geo.network import ProfileGraph, StreetNetwork, small_network
from geo.progress import Progress, silent
from geo.seeds import Seeds
from geo.supply import Supply

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: A table may hold so many pairs: 0.5 GB kept (8 bytes each), 1 GB while it is made.
MAX_PAIRS = 60_000_000
_NONE = np.empty(0, np.int32)
_LABEL = "计算每处可达的驿站"


@dataclass(frozen=True, eq=False)
class Pairs:
    """Hold which stations each place reaches within ``limit_ms``, and when.

    Place p has the rows ``first[p]`` to ``first[p + 1]`` of ``station`` and ``time_ms``, nearest
    first, equal times by station. Stations are numbered as the caller numbers them, places as
    their links.
    """

    first: Longs
    station: Ints
    time_ms: Ints
    n_stations: int
    limit_ms: int

    @property
    def n_places(self) -> int:
        """Return the number of places, with and without a station in reach."""
        return len(self.first) - 1

    @property
    def place(self) -> Longs:
        """Return the place of every pair."""
        return np.repeat(np.arange(self.n_places), np.diff(self.first))

    def by_station(self) -> tuple[Longs, Ints, Ints]:
        """Return the same pairs by station: (first (stations + 1), place, time_ms).

        Within a station the places come in ascending order.
        """
        table = sparse.csr_array(
            (self.time_ms, self.station, self.first), shape=(self.n_places, self.n_stations)
        ).tocsc()
        return (
            table.indptr.astype(np.int64),
            table.indices.astype(np.int32, copy=False),
            table.data,
        )

    def only(self, keep: Bools) -> Pairs:
        """Return the pairs that a mask over all pairs marks; places and stations stay."""
        before = np.concatenate([[0], np.cumsum(keep)])
        return Pairs(
            readonly(before[self.first], np.int64),
            readonly(self.station[keep], np.int32),
            readonly(self.time_ms[keep], np.int32),
            self.n_stations,
            self.limit_ms,
        )


def build(
    network: StreetNetwork,
    graph: ProfileGraph,
    place_links: Links,
    start_seeds: Seeds,
    limit_ms: int,
    station_rows: NDArray[np.int64] | None = None,
    n_stations: int | None = None,
    judged: Bools | None = None,
    progress: Progress = silent,
) -> Pairs:
    """Return all pairs of places and stations with a travel time of at most ``limit_ms``.

    ``start_seeds`` are those of the stations; their numbers become ``station_rows`` of a table of
    ``n_stations``, by default they stay. Places that ``judged`` marks false have no pairs. An
    :class:`~geo.errors.OptionError` says when there are more than :data:`MAX_PAIRS`.
    """
    finder = Finder(network, graph, place_links, judged, limit_ms)
    first, place, ms = _by_station(finder, start_seeds, progress)
    shape = (start_seeds.n_stations, finder.n_places)
    table = sparse.csr_array((ms, place, first), shape=shape).tocsc()
    station, time = table.indices.astype(np.int32, copy=False), table.data
    by_place = readonly(table.indptr, np.int64)
    del table, place, ms  # half of the memory
    if station_rows is not None:
        station = np.asarray(station_rows, np.int32)[station]
    _sort(by_place, station, time)
    count = start_seeds.n_stations if n_stations is None else n_stations
    return Pairs(
        by_place, readonly(station, np.int32), readonly(time, np.int32), count, finder.limit_ms
    )


def _by_station(finder: Finder, start: Seeds, progress: Progress) -> tuple[Longs, Ints, Ints]:
    """Return the pairs station by station, at most :data:`MAX_PAIRS`."""
    total, count = start.n_stations, 0
    first, place, ms = np.zeros(total + 1, np.int64), [_NONE], [_NONE]
    progress(_LABEL, 0, total)
    for met in finder.search(start, finder.limit_ms):
        done = met.station + len(met.first) - 1
        first[met.station + 1 : done + 1] = count + met.first[1:]
        place.append(met.place)
        ms.append(met.ms)
        count += len(met.place)
        if count > MAX_PAIRS:
            raise _too_many(count, done, total)
        progress(_LABEL, done, total)
    return first, np.concatenate(place), np.concatenate(ms)


def serving(table: Pairs, offer: Supply, budget_ms: int) -> Pairs:
    """Return the pairs in which the station serves the place, with the times as they count.

    The table must reach at least to the budget. Whoever comes early waits, so a time is
    max(arrival, opening); whoever comes after closing is not served.
    """
    found = table.only(table.time_ms <= offer.limits(budget_ms)[table.station])
    if offer.need.at is None:
        return found
    time = offer.served_ms(found.station, found.time_ms)
    station = found.station.copy()
    _sort(found.first, station, time)
    return replace(found, station=readonly(station, np.int32), time_ms=readonly(time, np.int32))


def compile() -> bool:
    """Compile the kernels, or load them from numba's cache; say whether there was anything to do.

    To be called after :func:`geo.reach.compile` and before the first request.
    """
    if not COMPILED:
        return False
    network = small_network()
    for graph in network.graphs.values():
        spots = Links(np.zeros(2, np.int32), np.array([10.0, 50.0]), np.zeros(2), np.zeros((2, 2)))
        build(network, graph, spots, reach.seeds(network, graph, spots), 60_000)
    return True


def _too_many(count: int, done: int, total: int) -> OptionError:
    return OptionError(
        f"the stations reach more than {MAX_PAIRS:,} places in all ({count:,} after {done:,} of "
        f"{total:,} stations), more than fit in memory; choose a shorter time or distance, or "
        "divide the city"
    )


@kernel
def sort_each(first: Longs, station: Ints, time: Ints) -> None:
    """Sort the pairs of every place by time, then station, in place."""
    widest = 0
    for p in range(len(first) - 1):
        widest = max(widest, first[p + 1] - first[p])
    label = np.empty(widest, np.int64)
    for p in range(len(first) - 1):
        low, size = first[p], first[p + 1] - first[p]
        for i in range(size):
            label[i] = (np.int64(time[low + i]) << 32) | station[low + i]
        label[:size].sort()
        for i in range(size):
            time[low + i] = label[i] >> 32
            station[low + i] = label[i]


def _sort(first: Longs, station: Ints, time: Ints) -> None:
    (sort_each if COMPILED else sort_each_plain)(first, station, time)


def sort_each_plain(first: Longs, station: Ints, time: Ints) -> None:
    """Do what :func:`sort_each` does, by array arithmetic."""
    place = np.repeat(np.arange(len(first) - 1), np.diff(first))
    order = np.lexsort((station, time, place))
    station[:], time[:] = station[order], time[order]
