"""Find, for every place, all the stations that it reaches within a limit, and how long each takes.

The table that overlap, dependence, capacity, the hours of a week, the audit of a circle and the
choice of new sites share. One bounded search runs per station, and what it reaches is read where
places are tied: a place leaves its edge at some nodes, so a reached node names its places. A time
here is that of :func:`geo.reach.arrival` for this station alone, to the millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo import buckets, places, reach
from geo.access import ON_FOOT
from geo.buckets import UNREACHED, Piles
from geo.compiled import COMPILED, inline, kernel, readonly
from geo.errors import OptionError
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork, milliseconds, small_network
from geo.progress import Progress, silent
from geo.seeds import Seeds
from geo.supply import Supply

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: A table may hold so many pairs: 0.5 GB kept (8 bytes each), 1 GB while it is made.
MAX_PAIRS = 60_000_000
_PAIRS_AT_ONCE = 1_000_000
_ROOM = 16_384  # entries on a pile, at first
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


class _Ways(NamedTuple):
    """Hold in CSR form the places that something leads to, and the milliseconds from there."""

    first: Longs
    place: Ints
    ms: Ints


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
    limit = max(-1, min(int(limit_ms), UNREACHED - 1))
    wanted = place_links.edge >= 0 if judged is None else judged & (place_links.edge >= 0)
    ends, doors = _ways(network, graph, place_links, start_seeds, np.flatnonzero(wanted), limit)
    search = _search_compiled if COMPILED else _search_plain
    first, place, ms = search(graph, start_seeds, ends, doors, limit, len(wanted), progress)
    shape = (start_seeds.n_stations, len(wanted))
    table = sparse.csr_array((ms, place, first), shape=shape).tocsc()
    station, time = table.indices.astype(np.int32, copy=False), table.data
    by_place = readonly(table.indptr, np.int64)
    del table, place, ms  # half of the memory
    if station_rows is not None:
        station = np.asarray(station_rows, np.int32)[station]
    _sort(by_place, station, time)
    count = start_seeds.n_stations if n_stations is None else n_stations
    return Pairs(by_place, readonly(station, np.int32), readonly(time, np.int32), count, limit)


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


def _ways(
    network: StreetNetwork,
    graph: ProfileGraph,
    links: Links,
    start: Seeds,
    rows: NDArray[np.int64],
    limit: int,
) -> tuple[_Ways, _Ways]:
    """Return how places are met from the nodes, and from the stations on their own edges."""
    streets, doors = reach.streets_of(network, graph), reach.doors_of(start)
    edge, along = links.edge[rows], links.offset_m[rows]
    leg = milliseconds(links.leg_m[rows], streets.speed_mps[ON_FOOT])
    parts = []
    for node, way, may in places.ways_to_ends(edge, along, streets):
        fits = np.flatnonzero(may & (leg + way <= limit))
        parts.append((node[fits], rows[fits], (leg + way)[fits]))
    ends = _grouped(parts, graph.n_nodes)
    beside, door = places.doors_beside(edge, doors)
    own, to_door = doors.station[door].astype(np.int64), leg[beside] + doors.leg_ms[door]
    parts = []
    for way, may in places.ways_to_doors(
        edge[beside], along[beside], doors.offset_m[door], streets
    ):
        fits = np.flatnonzero(may & (to_door + way <= limit))
        parts.append((own[fits], rows[beside[fits]], (to_door + way)[fits]))
    return ends, _grouped(parts, start.n_stations)


def _grouped(parts: list[tuple[Longs, Longs, Longs]], size: int) -> _Ways:
    """Return rows of (from, place, milliseconds) by what they start from."""
    origin, place, ms = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((place, origin))
    first = np.searchsorted(origin[order], np.arange(size + 1))
    return _Ways(
        readonly(first, np.int64), readonly(place[order], np.int32), readonly(ms[order], np.int32)
    )


def _search_compiled(
    graph: ProfileGraph,
    start: Seeds,
    ends: _Ways,
    doors: _Ways,
    limit: int,
    n_places: int,
    progress: Progress,
) -> tuple[Longs, Ints, Ints]:
    """Return the pairs by station, found by :func:`meet_each` some stations at a time."""
    total = start.n_stations
    streets = (readonly(graph.indptr, np.int32), graph.arcs, 1 << graph.bucket_shift)
    seeded = (start.first, readonly(start.node, np.int32), readonly(start.time_ms, np.int32))
    time = np.full(graph.n_nodes, UNREACHED, np.int32)
    best = np.full(n_places, UNREACHED, np.int32)
    place, ms = np.empty((2, _PAIRS_AT_ONCE + n_places), np.int32)
    first = np.zeros(total + 1, np.int64)
    piles = buckets.make_piles(_ROOM + len(start.node))
    parts, station, count = [], 0, 0
    while station < total:
        progress(_LABEL, station, total)
        done = meet_each(
            *streets, *seeded, limit, time, piles, ends, doors, station, best, first, place, ms
        )
        if done == buckets.FULL:
            time[:] = UNREACHED
            piles = buckets.make_piles(2 * len(piles.near))
            continue
        used = int(first[done] - first[station])
        parts.append((place[:used].copy(), ms[:used].copy()))
        station, count = done, int(first[done])
        if count > MAX_PAIRS:
            raise _too_many(count, station, total)
    progress(_LABEL, total, total)
    none = np.empty(0, np.int32)
    return (
        first,
        np.concatenate([none, *(part for part, _ in parts)]),
        np.concatenate([none, *(part for _, part in parts)]),
    )


def _search_plain(
    graph: ProfileGraph,
    start: Seeds,
    ends: _Ways,
    doors: _Ways,
    limit: int,
    n_places: int,
    progress: Progress,
) -> tuple[Longs, Ints, Ints]:
    """Do what :func:`_search_compiled` does, by array arithmetic."""
    total = start.n_stations
    first = np.zeros(total + 1, np.int64)
    parts = [(np.empty(0, np.int32), np.empty(0, np.int32))]
    for station in range(total):
        progress(_LABEL, station, total)
        nodes, times = reach.within(graph, start.of(station), limit)
        best = np.full(n_places, UNREACHED, np.int64)
        for ways, origin, since in (
            (ends, nodes.astype(np.int64), times.astype(np.int64)),
            (doors, np.array([station]), np.zeros(1, np.int64)),
        ):
            size = ways.first[origin + 1] - ways.first[origin]
            rank = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
            row = np.repeat(ways.first[origin], size) + rank
            np.minimum.at(best, ways.place[row], np.repeat(since, size) + ways.ms[row])
        met = np.flatnonzero(best <= limit).astype(np.int32)
        parts.append((met, best[met].astype(np.int32)))
        first[station + 1] = first[station] + len(met)
        if first[station + 1] > MAX_PAIRS:
            raise _too_many(int(first[station + 1]), station + 1, total)
    progress(_LABEL, total, total)
    return first, np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])


@inline
def _offer(place: int, total: Any, limit: int, best: Ints, met: Ints, count: int) -> int:
    """Lower a place's time to an offer; a place that is new is appended to those met."""
    if total <= limit and total < best[place]:
        if best[place] == UNREACHED:
            met[count] = place
            count += 1
        best[place] = total
    return count


@kernel
def meet_each(
    indptr: Ints,
    arcs: Longs,
    width: int,
    seed_first: Longs,
    seed_node: Ints,
    seed_time: Ints,
    limit: int,
    time: Ints,
    piles: Piles,
    ends: _Ways,
    doors: _Ways,
    station: int,
    best: Ints,
    first: Longs,
    place: Ints,
    ms: Ints,
) -> int:
    """Write the places that one station after the other reaches, from ``station`` on.

    See :func:`geo.buckets.settle_each`. ``time`` and ``best`` (places) must be ``UNREACHED``
    everywhere, and are again; ``place`` and ``ms`` are filled from 0 on while there is room for all
    places. Returns the station to go on with, or ``FULL``: then ``time`` must be made anew, and
    the search goes on where it began.
    """
    count = 0
    while station < len(seed_first) - 1 and count + len(best) <= len(place):
        low, high = seed_first[station], seed_first[station + 1]
        entries = buckets.settle(
            indptr, arcs, width, 0, seed_node[low:high], seed_time[low:high], limit, time, piles
        )
        if entries == buckets.FULL:
            return buckets.FULL
        begin = count
        for i in range(entries):
            node = piles.near[i]
            since = time[node]
            time[node] = UNREACHED
            if since == UNREACHED:
                continue  # met twice, and read already
            for j in range(ends.first[node], ends.first[node + 1]):
                count = _offer(
                    ends.place[j], since + np.int64(ends.ms[j]), limit, best, place, count
                )
        for j in range(doors.first[station], doors.first[station + 1]):
            count = _offer(doors.place[j], np.int64(doors.ms[j]), limit, best, place, count)
        for i in range(begin, count):
            ms[i] = best[place[i]]
            best[place[i]] = UNREACHED
        first[station + 1] = first[station] + count - begin
        station += 1
    return station


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
