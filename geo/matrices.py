"""Search the street graph with scipy: the slow path of :mod:`geo.reach` where numba is absent.

Every station becomes a node of its own with arcs to its seeds, so that scipy's Dijkstra needs no
first times. Times are whole milliseconds in floats, which is exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from geo.buckets import NO_LABEL, UNREACHED
from geo.network import ProfileGraph
from geo.seeds import Seeds

Ints = NDArray[np.int32]
_STATIONS_AT_ONCE = 16


def with_stations(graph: ProfileGraph, start: Seeds) -> tuple[sparse.csr_array, Ints]:
    """Return the transposed graph with a node for every seeded station, and their stations."""
    stations, own = np.unique(start.station, return_inverse=True)
    order = np.lexsort((start.time_ms, start.node, own))
    own, node, time = own[order], start.node[order], start.time_ms[order]
    first = np.ones(len(own), bool)  # of a station's two ways to one node the shorter
    first[1:] = (own[1:] != own[:-1]) | (node[1:] != node[:-1])
    own, node, time = own[first], node[first], time[first]
    size = graph.n_nodes + len(stations)
    more = np.searchsorted(own, np.arange(1, len(stations) + 1))
    indptr = np.concatenate([graph.indptr, graph.indptr[-1] + more])
    target = np.concatenate([graph.arc_target, node])
    cost = np.concatenate([graph.arc_ms, time]).astype(float)
    # Free arcs stay: scipy takes what is stored for an arc, even when it is zero.
    matrix = sparse.csr_array(
        (cost, target.astype(np.int32), indptr.astype(np.int32)), shape=(size, size)
    )
    return matrix, stations.astype(np.int32)


def nearest(graph: ProfileGraph, start: Seeds, limit: int) -> tuple[Ints, Ints]:
    """Answer :func:`geo.reach.nearest`."""
    n = graph.n_nodes
    time, station = np.full(n, UNREACHED, np.int32), np.full(n, -1, np.int32)
    if not len(start.node):
        return time, station
    matrix, stations = with_stations(graph, start)
    roots = n + np.arange(len(stations))
    far = dijkstra(matrix, indices=roots, min_only=True, limit=float(limit))
    reached = np.isfinite(far[:n])
    time[reached] = far[:n][reached]
    name = np.full(matrix.shape[0], 2**31 - 1, np.int64)
    name[roots] = stations
    # Any of several equally near stations may have won: follow the tight arcs to the lowest.
    arcs = matrix.tocoo()
    tight = np.isfinite(far[arcs.row]) & (far[arcs.row] + arcs.data == far[arcs.col])
    source, target = arcs.row[tight], arcs.col[tight]
    while True:
        before = name.copy()
        np.minimum.at(name, target, name[source])
        if np.array_equal(before, name):
            break
    station[reached] = name[:n][reached]
    return time, station


def k_nearest(graph: ProfileGraph, start: Seeds, k: int, limit: int) -> tuple[Ints, Ints]:
    """Answer :func:`geo.reach.k_nearest`."""
    n = graph.n_nodes
    labels = np.full((n, k), NO_LABEL, np.int64)
    if len(start.node):
        matrix, stations = with_stations(graph, start)
        for first in range(0, len(stations), _STATIONS_AT_ONCE):
            part = np.arange(first, min(first + _STATIONS_AT_ONCE, len(stations)))
            far = dijkstra(matrix, indices=n + part, limit=float(limit))[:, :n].T
            whole = np.where(np.isfinite(far), far, UNREACHED).astype(np.int64)
            offer = np.where(np.isfinite(far), (whole << 32) | stations[part], NO_LABEL)
            labels = np.sort(np.hstack([labels, offer]), axis=1)[:, :k]
    return (labels >> 32).astype(np.int32), labels.astype(np.int32)


def within(graph: ProfileGraph, start: Seeds, limit: int) -> tuple[Ints, Ints]:
    """Answer :func:`geo.reach.within`."""
    time, _ = nearest(graph, start, limit)
    reached = np.flatnonzero(time != UNREACHED).astype(np.int32)
    return reached, time[reached]


def within_each(
    graph: ProfileGraph, start: Seeds, limit: int
) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Answer :func:`geo.reach.within_each`."""
    parts = [within(graph, start.of(s), limit) for s in range(start.n_stations)]
    indptr = np.zeros(start.n_stations + 1, np.int64)
    np.cumsum([len(nodes) for nodes, _ in parts], out=indptr[1:])
    none = np.empty(0, np.int32)
    return (
        indptr,
        np.concatenate([none, *(nodes for nodes, _ in parts)]),
        np.concatenate([none, *(times for _, times in parts)]),
    )
