"""Find the places that stations reach within a limit, station by station.

One bounded search runs per station, and what it reaches is read where places are tied: a place
leaves its edge at some nodes, so a reached node names its places. A :class:`Finder` ties the places
of a city once; then a search costs only what it touches, and who asks for one station more does not
pay for the city. A time is that of :func:`geo.reach.arrival` for this station alone, to the
millisecond.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import buckets, places, reach
from geo.access import ON_FOOT
from geo.arcs import milliseconds
from geo.buckets import UNREACHED, Piles
from geo.compiled import COMPILED, inline, kernel, readonly
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork
from geo.seeds import Seeds

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: Of many stations so many meetings are found at a time.
AT_ONCE = 1_000_000
_ROOM = 16_384  # entries on a pile, at first


class Ways(NamedTuple):
    """Hold in CSR form the places that something leads to, and the milliseconds from there."""

    first: Longs
    place: Ints
    ms: Ints


class Met(NamedTuple):
    """Hold the places that some stations reach: those of the k-th from ``first[k]`` on.

    ``station`` is the number of the 0th. Within a station the places come in no particular order,
    each once.
    """

    station: int
    first: Longs
    place: Ints
    ms: Ints


class _Scratch(threading.local):
    """Keep one thread's arrays between searches, ``UNREACHED`` everywhere."""

    def __init__(self) -> None:
        self.time = self.best = np.empty(0, np.int32)
        self.piles = buckets.make_piles(_ROOM)

    def ready(self, n_nodes: int, n_places: int, n_seeds: int) -> tuple[Ints, Ints]:
        """Return times of nodes and of places, and have piles that take the seeds."""
        if len(self.time) < n_nodes:
            self.time = np.full(n_nodes, UNREACHED, np.int32)
        if len(self.best) < n_places:
            self.best = np.full(n_places, UNREACHED, np.int32)
        if len(self.piles.near) <= n_seeds:
            self.piles = buckets.make_piles(_ROOM + n_seeds)
        return self.time[:n_nodes], self.best[:n_places]


_scratch = _Scratch()


class Finder:
    """Find the places that stations reach; made once for the places of a city and a profile.

    Places are numbered as their links; those without a link, and those that ``judged`` marks false,
    are never met. No search goes beyond ``limit_ms``.
    """

    def __init__(
        self,
        network: StreetNetwork,
        graph: ProfileGraph,
        links: Links,
        judged: Bools | None = None,
        limit_ms: int = UNREACHED - 1,
    ) -> None:
        self.limit_ms = max(-1, min(int(limit_ms), UNREACHED - 1))
        self.n_places = len(links)
        self._graph = graph
        self._streets = reach.streets_of(network, graph)
        wanted = links.edge >= 0 if judged is None else judged & (links.edge >= 0)
        rows = np.flatnonzero(wanted)
        self._row = rows[np.argsort(links.edge[rows], kind="stable")]
        self._edge, self._along = links.edge[self._row], links.offset_m[self._row]
        self._leg_ms = milliseconds(links.leg_m[self._row], self._streets.speed_mps[ON_FOOT])
        parts = [
            (node, *self._in_time(np.arange(len(self._row)), way, may))
            for node, way, may in places.ways_to_ends(self._edge, self._along, self._streets)
        ]
        parts += [
            (node, *self._in_time(place, way, may))
            for place, node, way, may in places.ways_to_joints(
                self._edge, self._along, self._streets
            )
        ]
        self._ends = _grouped(parts, graph.n_nodes)

    def on(self, graph: ProfileGraph) -> Finder:
        """Return the same places on a graph of the same streets whose gates refuse otherwise."""
        other = copy(self)
        other._graph = graph
        return other

    def _in_time(self, rows: Longs, way: Longs, may: Bools) -> tuple[Longs, Longs, Bools]:
        """Return the places (rows by edge), their times with this way, and which are in time."""
        total = self._leg_ms[rows] + way
        return self._row[rows], total, may & (total <= self.limit_ms)

    def search(self, start: Seeds, limit_ms: int) -> Iterator[Met]:
        """Yield the places from which stations are reached within a limit, and the times.

        The stations come in the order of their numbers, as many at a time as :data:`AT_ONCE` says.
        """
        limit = min(int(limit_ms), self.limit_ms)
        doors = self._beside(start)
        if COMPILED:
            yield from self._search_compiled(start, doors, limit)
        else:
            for station in range(start.n_stations):
                yield self._search_plain(start, doors, station, limit)

    def _beside(self, start: Seeds) -> Ways:
        """Return the ways to the stations from the places on their own edges."""
        doors = reach.doors_of(start)
        low = np.searchsorted(self._edge, doors.edge)
        count = np.searchsorted(self._edge, doors.edge, side="right") - low
        door = np.repeat(np.arange(len(count)), count)
        rows = low[door] + np.arange(len(door)) - np.repeat(np.cumsum(count) - count, count)
        own = doors.station[door].astype(np.int64)
        parts = [
            (own, *self._in_time(rows, way + doors.leg_ms[door], may))
            for way, may in places.ways_to_doors(
                self._edge[rows], self._along[rows], doors.offset_m[door], self._streets
            )
        ]
        return _grouped(parts, start.n_stations)

    def _search_compiled(self, start: Seeds, doors: Ways, limit: int) -> Iterator[Met]:
        graph, total = self._graph, start.n_stations
        streets = (readonly(graph.indptr, np.int32), graph.arcs, 1 << graph.bucket_shift)
        seeded = (start.first, readonly(start.node, np.int32), readonly(start.time_ms, np.int32))
        place, ms = np.empty((2, self.n_places + (AT_ONCE if total > 1 else 0)), np.int32)
        first = np.zeros(total + 1, np.int64)
        station = 0
        while station < total:
            time, best = _scratch.ready(graph.n_nodes, self.n_places, len(start.node))
            piles = _scratch.piles
            done = meet_each(
                *streets, *seeded, limit, time, piles, self._ends, doors, station, best, first,
                place, ms,
            )  # fmt: skip
            if done == buckets.FULL:
                time[:] = UNREACHED
                _scratch.piles = buckets.make_piles(2 * len(piles.near))
                continue
            part = first[station : done + 1] - first[station]
            yield Met(station, part, place[: part[-1]].copy(), ms[: part[-1]].copy())
            station = done

    def _search_plain(self, start: Seeds, doors: Ways, station: int, limit: int) -> Met:
        """Do what :func:`meet_each` does for one station, by array arithmetic."""
        nodes, times = reach.within(self._graph, start.of(station), limit)
        best = np.full(self.n_places, UNREACHED, np.int64)
        for ways, origin, since in (
            (self._ends, nodes.astype(np.int64), times.astype(np.int64)),
            (doors, np.array([station]), np.zeros(1, np.int64)),
        ):
            size = ways.first[origin + 1] - ways.first[origin]
            rank = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
            row = np.repeat(ways.first[origin], size) + rank
            np.minimum.at(best, ways.place[row], np.repeat(since, size) + ways.ms[row])
        met = np.flatnonzero(best <= limit).astype(np.int32)
        first = np.array([0, len(met)], np.int64)
        return Met(station, first, met, best[met].astype(np.int32))


def _grouped(parts: list[tuple[Longs, Longs, Longs, Bools]], size: int) -> Ways:
    """Return rows of (from, place, milliseconds, whether) by what they start from."""
    origin, place, ms = (
        np.concatenate([part[column][part[3]] for part in parts]) for column in range(3)
    )
    order = np.lexsort((place, origin))
    first = np.searchsorted(origin[order], np.arange(size + 1))
    return Ways(
        readonly(first, np.int64), readonly(place[order], np.int32), readonly(ms[order], np.int32)
    )


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
    ends: Ways,
    doors: Ways,
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
