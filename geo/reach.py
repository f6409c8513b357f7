"""Compute travel times along the streets towards stations: nearest, within a budget, k nearest.

*Travel time of a place* = its access leg + time along the streets towards the station + the
station's own access leg, in whole milliseconds, each part rounded up. Searches run on the
transposed graph of a profile, from :class:`~geo.seeds.Seeds` – the stations' links turned into
first times at street nodes; :func:`arrival` adds the places' own legs. Where numba is absent the
searches of :mod:`geo.matrices` give the same answers by scipy, slower.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from geo import buckets, matrices, places
from geo.barriers import BarrierIndex
from geo.buckets import NO_LABEL, UNREACHED, Piles
from geo.compiled import COMPILED, plain, readonly
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork, small_network
from geo.seeds import Seeds, seeds
from geo.street_index import StreetIndex

__all__ = [
    "TABLE_K",
    "UNREACHED",
    "Arrival",
    "KNearest",
    "NodeTimes",
    "Seeds",
    "arrival",
    "arrival_k",
    "compile",
    "k_nearest",
    "nearest",
    "seeds",
    "weight_within",
    "within",
    "within_each",
]

#: How many stations the tables of every node hold.
TABLE_K = 5

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class NodeTimes(NamedTuple):
    """Hold, per node of all layers, the time to the nearest station and its number (−1: none)."""

    time_ms: Ints
    station: Ints


class KNearest(NamedTuple):
    """Hold, per node of all layers or per place, the k nearest distinct stations: (rows, k)."""

    time_ms: Ints
    station: Ints


class Arrival(NamedTuple):
    """Hold, per place, the travel time to its nearest station and its number (−1: none)."""

    time_ms: Ints
    station: Ints


def _limit(limit_ms: int | None) -> int:
    return UNREACHED - 1 if limit_ms is None else min(int(limit_ms), UNREACHED - 1)


def _labels(start: Seeds) -> Longs:
    return readonly((start.time_ms.astype(np.int64) << 32) | start.station, np.int64)


class _Scratch(threading.local):
    """Keep one thread's arrays between searches, so that a search costs what it touches."""

    def __init__(self) -> None:
        self.time = np.empty(0, np.int32)
        self.label = np.empty(0, np.int64)
        self.piles = buckets.make_piles(0)

    def run(self, room: int, search: Callable[[Piles], int]) -> int:
        """Run a kernel with room for so many entries, and again with more while it is too small."""
        room = max(room, _ROOM)
        while True:
            if len(self.piles.near) < room:
                self.piles = buckets.make_piles(room)
            answer = search(self.piles)
            if answer != buckets.FULL:
                return answer
            room = 2 * len(self.piles.near)

    def times(self, graph: ProfileGraph) -> Ints:
        """Return an array of times for a graph, ``UNREACHED`` everywhere."""
        if len(self.time) < graph.n_nodes:
            self.time = np.full(graph.n_nodes, UNREACHED, np.int32)
        return self.time[: graph.n_nodes]

    def labels(self, graph: ProfileGraph) -> Longs:
        """Return an array of labels for a graph, holding anything."""
        if len(self.label) < graph.n_nodes:
            self.label = np.empty(graph.n_nodes, np.int64)
        return self.label[: graph.n_nodes]


_ROOM = 16_384  # entries on a pile, at first; later what the largest search needed
_scratch = _Scratch()


def _streets(graph: ProfileGraph) -> tuple[Ints, Longs, int]:
    """Return what a kernel needs of a graph."""
    return readonly(graph.indptr, np.int32), graph.arcs, 1 << graph.bucket_shift


def nearest(graph: ProfileGraph, start: Seeds, limit_ms: int | None = None) -> NodeTimes:
    """Return the time from every node to its nearest station, up to a limit in milliseconds.

    Of stations equally near the lowest number is named.
    """
    limit = _limit(limit_ms)
    if not COMPILED:
        return NodeTimes(*matrices.nearest(graph, start, limit))
    label, streets = _scratch.labels(graph), _streets(graph)
    node, first = readonly(start.node, np.int32), _labels(start)
    highest = (limit << 32) | 0xFFFFFFFF

    def search(piles: Piles) -> int:
        label[:] = NO_LABEL
        return buckets.settle(*streets, 32, node, first, highest, label, piles)

    _scratch.run(2 * graph.n_nodes + len(node), search)
    found = NodeTimes(np.empty(len(label), np.int32), np.empty(len(label), np.int32))
    buckets.split_labels(label, *found)
    return found


def k_nearest(graph: ProfileGraph, start: Seeds, k: int, limit_ms: int | None = None) -> KNearest:
    """Return the times from every node to its k nearest distinct stations, nearest first.

    Fewer than k: time ``UNREACHED``, station −1. Equal times: the lower number comes first.
    """
    limit = _limit(limit_ms)
    if not COMPILED:
        return KNearest(*matrices.k_nearest(graph, start, k, limit))
    labels, streets = np.empty((graph.n_nodes, k), np.int64), _streets(graph)
    node, first = readonly(start.node, np.int32), _labels(start)

    def search(piles: Piles) -> int:
        labels[:] = NO_LABEL
        return buckets.settle_k_nearest(*streets, node, first, limit, labels, piles)

    _scratch.run(len(node) + 1, search)
    labels.sort(axis=1)
    return KNearest((labels >> 32).astype(np.int32), labels.astype(np.int32))


def within(graph: ProfileGraph, start: Seeds, limit_ms: int) -> tuple[Ints, Ints]:
    """Return the nodes from which the seeds' stations are reached in time, and the times.

    Meant for the seeds of one station (:meth:`Seeds.of`). Nodes come in no particular order.
    """
    limit = _limit(limit_ms)
    if not COMPILED:
        return matrices.within(graph, start, limit)
    time, streets = _scratch.times(graph), _streets(graph)
    node, cost = readonly(start.node, np.int32), readonly(start.time_ms, np.int32)

    def search(piles: Piles) -> int:
        entries = buckets.settle(*streets, 0, node, cost, limit, time, piles)
        if entries == buckets.FULL:
            time[:] = UNREACHED
        return entries

    entries = _scratch.run(len(node) + 1, search)
    nodes, times = np.empty((2, entries), np.int32)
    count = buckets.take_times(_scratch.piles.near, entries, time, nodes, times, 0)
    return nodes[:count], times[:count]


def within_each(graph: ProfileGraph, start: Seeds, limit_ms: int) -> tuple[Longs, Ints, Ints]:
    """Return :func:`within` of every station in CSR form: (indptr (stations + 1), nodes, times)."""
    limit, first = _limit(limit_ms), start.first
    if not COMPILED:
        return matrices.within_each(graph, start, limit)
    time, streets = _scratch.times(graph), _streets(graph)
    node, cost = readonly(start.node, np.int32), readonly(start.time_ms, np.int32)
    indptr = np.zeros(start.n_stations + 1, np.int64)
    nodes, times = np.empty((2, 4 * _ROOM), np.int32)
    station = 0

    def search(piles: Piles) -> int:
        reached = buckets.settle_each(
            *streets, first, node, cost, limit, time, piles, station, indptr, nodes, times
        )
        if reached == buckets.FULL:
            time[:] = UNREACHED
        return reached

    while True:
        station = _scratch.run(len(node) + 1, search)
        if station == start.n_stations:
            return indptr, nodes[: indptr[-1]], times[: indptr[-1]]
        # Room for all if the others reach as much as these, and for a search that reaches more.
        used = int(indptr[station])
        room = used * start.n_stations // max(station, 1) + used // 8 + len(_scratch.piles.near)
        nodes, times = _with_room(nodes, used, room), _with_room(times, used, room)


def _with_room(array: Ints, used: int, room: int) -> Ints:
    """Return a longer array that begins with what is used of this one."""
    longer = np.empty(room, np.int32)
    longer[:used] = array[:used]
    return longer


def weight_within(
    graph: ProfileGraph, start: Seeds, limit_ms: int, weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return, per station, the sum of the weights of the street nodes within the limit.

    ``weight`` has an entry per street node, such as people or metres. It is the sum over what
    :func:`within_each` finds, without keeping it. With two layers a node counts on the vehicle,
    from where it is never later than on foot, so it counts once.
    """
    limit, first = _limit(limit_ms), start.first
    weight = readonly(weight, np.float64)
    if not COMPILED:
        indptr, nodes, _ = matrices.within_each(graph, start, limit)
        who = np.repeat(np.arange(start.n_stations), np.diff(indptr))
        counts = nodes < len(weight)
        return np.bincount(who[counts], weight[nodes[counts]], start.n_stations).astype(np.float64)
    time, streets = _scratch.times(graph), _streets(graph)
    node, cost = readonly(start.node, np.int32), readonly(start.time_ms, np.int32)
    total = np.zeros(start.n_stations)
    # Neighbours one after the other: their streets are in the processor's cache.
    seeded = np.flatnonzero(np.diff(first))
    order = seeded[np.argsort(node[first[seeded]], kind="stable")]

    def search(piles: Piles) -> int:
        answer = buckets.weigh_each(
            *streets, first, node, cost, limit, time, piles, order, weight, total
        )
        if answer == buckets.FULL:
            time[:] = UNREACHED
        return answer

    _scratch.run(len(node) + 1, search)
    return total


def streets_of(network: StreetNetwork, graph: ProfileGraph) -> places.Streets:
    """Return what places need to know of their edges, for one profile."""
    return places.Streets(
        network.edge_u,
        network.edge_v,
        network.length_m,
        graph.forward,
        graph.backward,
        graph.speed_mps,
        network.n_nodes,
        network.joints.edge,
        network.joints.offset_m,
        network.joints.node,
    )


def doors_of(start: Seeds) -> places.Doors:
    """Return the stations by edge, for places that share an edge with one."""
    return places.Doors(
        readonly(start.on_edge, np.int32),
        readonly(start.on_offset_m, np.float64),
        readonly(start.on_leg_ms, np.int32),
        readonly(start.on_station, np.int32),
    )


def arrival(
    network: StreetNetwork, graph: ProfileGraph, links: Links, times: NodeTimes, start: Seeds
) -> Arrival:
    """Return the travel time of every linked place to its nearest station.

    ``times`` must come from :func:`nearest` with the same seeds; with a limit there, only answers
    up to that limit are right. Of stations equally near the lowest number is named.
    """
    edge, offset = readonly(links.edge, np.int32), readonly(links.offset_m, np.float64)
    leg = readonly(links.leg_m, np.float64)
    time, station = readonly(times.time_ms, np.int32), readonly(times.station, np.int32)
    streets, doors = streets_of(network, graph), doors_of(start)
    if not COMPILED:
        table = KNearest(time[:, None], station[:, None])
        near = arrival_k(network, graph, links, table, start)
        return Arrival(near.time_ms[:, 0], near.station[:, 0])
    label = np.full(len(edge), NO_LABEL, np.int64)
    places.arrive(edge, offset, leg, streets, time, station, doors, label)
    return Arrival((label >> 32).astype(np.int32), label.astype(np.int32))


def arrival_k(
    network: StreetNetwork, graph: ProfileGraph, links: Links, table: KNearest, start: Seeds
) -> KNearest:
    """Return the k nearest distinct stations of every linked place, shape (places, k).

    ``table`` must come from :func:`k_nearest` with the same seeds.
    """
    edge, offset = readonly(links.edge, np.int32), readonly(links.offset_m, np.float64)
    leg = readonly(links.leg_m, np.float64)
    time, station = readonly(table.time_ms, np.int32), readonly(table.station, np.int32)
    labels = np.full((len(edge), time.shape[1]), NO_LABEL, np.int64)
    answer = places.arrive_k if COMPILED else places.arrive_k_plain
    answer(edge, offset, leg, streets_of(network, graph), time, station, doors_of(start), labels)
    labels.sort(axis=1)
    return KNearest((labels >> 32).astype(np.int32), labels.astype(np.int32))


def compile() -> bool:
    """Compile every kernel, or load it from numba's cache; say whether there was anything to do.

    To be called before the first request, since compiling takes many seconds.
    """
    if not COMPILED:
        return False
    network = small_network()
    line = gpd.GeoDataFrame(geometry=[LineString([(50, 10), (60, 10)])], crs=network.crs)
    barriers = BarrierIndex(line)
    barriers.crosses(np.zeros((1, 2)), np.ones((1, 2)))
    for graph in network.graphs.values():
        index = StreetIndex(network, graph.usable, barriers)
        links = index.link(np.array([[10.0, 5.0], [55.0, 20.0]]))
        index.link_one(10.0, 5.0)
        start = seeds(network, graph, links)
        arrival(network, graph, links, nearest(graph, start), start)
        arrival_k(network, graph, links, k_nearest(graph, start, 2), start)
        within(graph, start.of(0), 60_000)
        within_each(graph, start, 60_000)
        weight_within(graph, start, 60_000, np.ones(network.n_nodes))
        plain(places.to_end)(0, 10.0, 0, True, streets_of(network, graph))
    return True
