"""Rank the stations that a place reaches, and find the way to one of them.

:class:`Ground` lays out a profile's streets and stations once; every question after that is one
search from the place (:mod:`geo.way.onward`). Where numba is absent scipy searches instead, slower,
with the same answers.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from geo import buckets, ranking
from geo.access import ON_FOOT
from geo.buckets import UNREACHED, Piles
from geo.compiled import COMPILED, plain, readonly
from geo.links import Link, Links
from geo.network import ProfileGraph, StreetNetwork, small_network
from geo.places import Streets, leg_ms
from geo.ranking import ARRIVAL, CLOSED, OPEN, READY, ROW, STATE, Hours, Wanted
from geo.reach import streets_of
from geo.seeds import Seeds, seeds
from geo.way import onward, tracing
from geo.way.onward import Answer, Found
from geo.way.tracing import Arcs, Piece, Starts, Stops

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: Searches from a place go in finer steps than those of a whole city: most of them end soon.
_FINER = 4
_ROOM = 16_384  # entries on a pile, at first


@dataclass(frozen=True, eq=False)
class Ground:
    """Hold the streets of a profile and the stations on them, laid out for searches from a place.

    ``links`` are the stations'; station numbers are their rows.
    """

    network: StreetNetwork
    graph: ProfileGraph
    links: Links
    streets: Streets
    arcs: Arcs
    stops: Stops

    @classmethod
    def of(cls, network: StreetNetwork, graph: ProfileGraph, start: Seeds) -> Ground:
        """Lay out a graph and the stations whose seeds these are."""
        first, ahead = graph.onward
        order = np.argsort(start.node, kind="stable")
        is_at = np.zeros(graph.n_nodes, bool)
        is_at[start.node] = True
        width = max(1, (1 << graph.bucket_shift) // _FINER)
        return cls(
            network,
            graph,
            start.links,
            streets_of(network, graph),
            Arcs(
                first,
                ahead,
                readonly(graph.indptr, np.int32),
                readonly(graph.arcs, np.int64),
                readonly(graph.arc_edge, np.int32),
                width,
            ),
            Stops(
                readonly(is_at, np.bool_),
                readonly(start.node[order], np.int32),
                readonly(start.time_ms[order], np.int32),
                readonly(start.station[order], np.int32),
                readonly(start.links.edge, np.int32),
                readonly(start.links.offset_m, np.float64),
                readonly(start.links.leg_m, np.float64),
                readonly(start.on_edge, np.int32),
                readonly(start.on_offset_m, np.float64),
                readonly(start.on_leg_ms, np.int32),
                readonly(start.on_station, np.int32),
            ),
        )


class Traced(NamedTuple):
    """Hold a way: when it arrives, how long it is with both access legs, its pieces in order."""

    time_ms: int
    metres: float
    pieces: tuple[Piece, ...]


def ranked(
    ground: Ground, hours: Hours, wanted: Wanted, link: Link, limit_ms: int, count: int
) -> Answer:
    """Return the first stations of the ranking from a place, by its link."""
    place = link.edge, link.offset_m, link.leg_m
    while True:
        answer = _scratch.answer(count)
        label, found = _scratch.labels(ground.graph.n_nodes, len(ground.stops.edge))
        search = onward.rank if COMPILED else _rank_plain
        size = search(
            ground.streets, ground.arcs, ground.stops, hours, wanted,
            *place, limit_ms, label, _scratch.piles, found, answer,
        )  # fmt: skip
        if size == buckets.FULL:
            _scratch.clear()
            _scratch.piles = buckets.make_piles(2 * len(_scratch.piles.near))
        elif size and answer.length[size - 1] > len(answer.pieces.edge):
            _scratch.pieces = tracing.make_pieces(2 * int(answer.length[size - 1]))
        else:
            best, metres, length, pieces = answer
            return Answer(best[:size], metres[:size], length[:size], pieces)


def traced(ground: Ground, link: Link, station: int, limit_ms: int) -> Traced | None:
    """Return the way to a station from a place, ``None`` when there is none within the limit."""
    only = np.zeros(len(ground.links), bool)
    only[station] = True
    fits, none = readonly(only, np.bool_), readonly(np.zeros(len(only)), np.int32)
    wanted = Wanted(0, fits, False, none, readonly([station], np.int32), fits)
    found = ranked(ground, _never(len(only)), wanted, link, limit_ms, 1)
    if not len(found.best):
        return None
    edge, start, end, layer = (part[: int(found.length[0])][::-1] for part in found.pieces)
    pieces = tuple(
        Piece(*row)
        for row in zip(edge.tolist(), start.tolist(), end.tolist(), layer.tolist(), strict=True)
    )
    return Traced(int(found.best[0, ARRIVAL]), float(found.metres[0]), pieces)


def compile() -> bool:
    """Compile the kernel, or load it from numba's cache; say whether there was anything to do.

    To be called after :func:`geo.reach.compile` and before the first request.
    """
    if not COMPILED:
        return False
    network = small_network()
    spots = Links(np.zeros(2, np.int32), np.array([10.0, 50.0]), np.zeros(2), np.zeros((2, 2)))
    for graph in network.graphs.values():
        ground = Ground.of(network, graph, seeds(network, graph, spots))
        traced(ground, Link(0, 10.0, 0.0, (0.0, 0.0)), 1, 60_000)
    return True


def _never(stations: int) -> Hours:
    """Return hours at which every station is closed, for a question that asks for none."""
    none = readonly([], np.int32)
    zero = readonly(np.zeros(stations), np.int32)
    return Hours(zero, readonly([0, 0], np.int32), none, none, readonly([], np.bool_))


class _Scratch(threading.local):
    """Keep one thread's arrays between searches, so that a search costs what it touches."""

    def __init__(self) -> None:
        self.label = np.empty(0, np.int32)
        self.piles = buckets.make_piles(_ROOM)
        self.pieces = tracing.make_pieces(_ROOM)
        self.found = Found(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, bool))

    def clear(self) -> None:
        """Make what a search has left unfinished as it was before."""
        self.label[:] = UNREACHED
        self.found.time_ms[:] = UNREACHED
        self.found.is_judged[:] = False

    def labels(self, nodes: int, stations: int) -> tuple[Ints, Found]:
        """Return the labels of nodes and of stations, clean."""
        if len(self.label) < nodes:
            self.label = np.full(nodes, UNREACHED, np.int32)
        if len(self.found.met) < stations:
            self.found = Found(
                np.full(stations, UNREACHED, np.int32),
                np.empty(stations, np.int32),
                np.zeros(stations, bool),
            )
        return self.label, self.found

    def answer(self, count: int) -> Answer:
        """Return room for an answer."""
        best = np.empty((count, ranking.WIDTH), np.int64)
        return Answer(best, np.empty(count), np.empty(count, np.int64), self.pieces)


_scratch = _Scratch()


def _rank_plain(
    streets: Streets,
    arcs: Arcs,
    stops: Stops,
    hours: Hours,
    wanted: Wanted,
    edge: int,
    along: float,
    leg_m: float,
    limit: int,
    _label: Ints,
    _piles: Piles,
    _found: Found,
    answer: Answer,
) -> int:
    """Do what :func:`rank` does: all labels by scipy, then every station that is reached."""
    leg = int(plain(leg_ms)(leg_m, streets.speed_mps[ON_FOOT]))
    starts = plain(onward.departures)(streets, edge, along, leg)
    label = _labels_plain(arcs, starts, limit)
    time = np.full(len(wanted.fits), UNREACHED, np.int32)
    met = Found(time, np.empty(len(time), np.int32), np.zeros(len(time), bool))
    plain(onward.meet_beside)(streets, stops, edge, along, leg, met, wanted.fits, limit)
    reached = label[stops.node] != UNREACHED
    offer = label[stops.node[reached]] + stops.time_ms[reached]
    np.minimum.at(time, stops.station[reached], offer)
    size, spare = 0, ranking.no_entry()
    for row in np.flatnonzero(wanted.fits & (time <= limit)).tolist():
        entry = ranking.no_entry()
        plain(ranking.judge)(hours, row, int(time[row]), wanted.moment_ms, entry)
        if entry[STATE] == OPEN or not wanted.only_open:
            size = plain(ranking.insert)(answer.best, size, entry)
        if entry[STATE] != CLOSED and (spare[READY] < 0 or plain(ranking.precedes)(entry, spare)):
            spare = entry
    if size:
        plain(ranking.put_in_front)(answer.best, size, spare)
    for k in range(size):
        row, arrival = answer.best[k, ROW], answer.best[k, ARRIVAL]
        answer.length[k], answer.metres[k] = plain(tracing.trace)(
            streets, arcs, stops, edge, along, leg_m, starts, row, arrival, label, answer.pieces
        )
    return size


def _labels_plain(arcs: Arcs, starts: Starts, limit: int) -> Ints:
    """Return when every node is reached from a place, by scipy."""
    order = np.lexsort((starts.time_ms, starts.node))
    node, time = starts.node[order], starts.time_ms[order]
    first = np.ones(len(node), bool)  # of two ways to one node the shorter
    first[1:] = node[1:] != node[:-1]
    place = len(arcs.first) - 1
    matrix = sparse.csr_array(
        (
            np.append(arcs.ahead & buckets.COST_BITS, time[first]).astype(float),
            np.append(arcs.ahead >> 32, node[first]).astype(np.int32),
            np.append(arcs.first, len(arcs.ahead) + int(first.sum())).astype(np.int32),
        ),
        shape=(place + 1, place + 1),
    )
    far = dijkstra(matrix, indices=place, limit=float(limit))[:place]
    label = np.full(place, UNREACHED, np.int32)
    label[np.isfinite(far)] = far[np.isfinite(far)]
    return label
