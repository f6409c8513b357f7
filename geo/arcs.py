"""Make the arcs of street graphs: times rounded up, of parallel arcs the cheapest, packed rows.

Arcs come as four columns: where one arrives, whence, whole milliseconds, and the edge (-1 = leaving
the vehicle). Graphs are transposed, see :mod:`geo.network`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.access import FORBIDDEN, EdgeGaits

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Times are rounded up, but not for the last bit of a division: 1e-6 ms is a nanometre.
_SLACK_MS = 1e-6


def milliseconds(metres: Floats, speed_mps: Floats | float) -> Longs:
    """Return the time for lengths in metres at speeds in metres a second, rounded up to 1 ms."""
    return np.ceil(np.asarray(metres) / speed_mps * 1000.0 - _SLACK_MS).astype(np.int64)


def street_arcs(
    u: Ints, v: Ints, length: Floats, gaits: EdgeGaits, blocked: Bools, speed_mps: Floats
) -> list[Longs]:
    """Return the arcs of edges in all layers: where they arrive, whence, milliseconds, the edge."""
    layers, n_nodes = blocked.shape
    arrive, leave, cost, edge = [], [], [], []
    for layer in range(layers):
        for gait, tail, head in (
            (gaits.forward[layer], u, v),
            (gaits.backward[layer], v, u),
        ):
            # A gate that refuses can be reached, not passed: no arc leaves it in this layer.
            open_ = np.flatnonzero((gait != FORBIDDEN) & ~blocked[layer][tail] & (u != v))
            arrive.append(head[open_].astype(np.int64) + layer * n_nodes)
            leave.append(tail[open_].astype(np.int64) + layer * n_nodes)
            # Never free: a cycle of free arcs would have no first step.
            cost.append(np.maximum(milliseconds(length[open_], speed_mps[gait[open_]]), 1))
            edge.append(open_)
    return [np.concatenate(part) for part in (arrive, leave, cost, edge)]


def leaving_arcs(n_nodes: int, first: int = 0) -> list[Longs]:
    """Return the arcs, as :func:`street_arcs` does, by which the vehicle is left at nodes."""
    every = np.arange(first, n_nodes, dtype=np.int64)
    return [every + n_nodes, every, np.zeros_like(every), np.full_like(every, -1)]


def packed(
    n_nodes: int, source: Longs, target: Longs, cost: Longs, edge: Longs
) -> tuple[Ints, Longs, Ints]:
    """Return CSR arrays of the arcs; of parallel ones the cheapest, then the lowest edge, stays."""
    source, target, cost, edge = cheapest(source, target, cost, edge)
    indptr = np.searchsorted(source, np.arange(n_nodes + 1)).astype(np.int32)
    return indptr, (target << 32) | cost, edge.astype(np.int32)


def cheapest(source: Longs, target: Longs, cost: Longs, edge: Longs) -> list[Longs]:
    """Return arcs sorted by their ends; of parallel ones the cheapest, then the lowest edge."""
    order = np.lexsort((edge, cost, target, source))
    source, target, cost, edge = source[order], target[order], cost[order], edge[order]
    first = np.ones(len(source), bool)
    first[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    return [source[first], target[first], cost[first], edge[first]]


def bucket_shift(cost: Longs) -> int:
    """Return the step of the searches as a power of two: four to eight typical arcs."""
    typical = float(np.median(cost)) if len(cost) else 1.0
    return int(np.log2(max(typical, 1.0))) + 3
