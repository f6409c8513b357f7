"""Change a graph where gates are shut or opened: arcs go and come, nothing else is made anew.

A gate that refuses can be reached, not passed: no arc leaves its node in that layer. The graph is
the one that :func:`geo.network.build` makes of the same streets with such gates, arc for arc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.access import EdgeGaits
from geo.arcs import cheapest, street_arcs
from geo.buckets import COST_BITS
from geo.compiled import readonly
from geo.network import ProfileGraph, StreetNetwork

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


def with_gates(
    network: StreetNetwork, graph: ProfileGraph, node: Ints, refused: Bools
) -> ProfileGraph:
    """Return a profile's graph in which gates refuse as told, shape (layers, gates), by node."""
    blocked = graph.blocked.copy()
    blocked[:, node] = refused
    shut, opened = blocked & ~graph.blocked, graph.blocked & ~blocked
    if shut.any():
        graph = _without_arcs_from(graph, shut.ravel())
    if opened.any():
        at = np.logical_or.reduce(opened, axis=0)
        edges = np.flatnonzero(at[network.edge_u] | at[network.edge_v])
        gaits = EdgeGaits(graph.forward, graph.backward)
        graph = with_arcs_of(network, graph, edges, gaits, blocked)
    return replace(graph, blocked=readonly(blocked, np.bool_))


def with_arcs_of(
    network: StreetNetwork, graph: ProfileGraph, edges: Longs, gaits: EdgeGaits, blocked: Bools
) -> ProfileGraph:
    """Return a graph with all arcs of some edges; ``gaits`` are those of all edges."""
    more = street_arcs(
        network.edge_u[edges],
        network.edge_v[edges],
        network.length_m[edges],
        EdgeGaits(gaits.forward[:, edges], gaits.backward[:, edges]),
        blocked,
        graph.speed_mps,
    )
    more[3] = edges[more[3]]
    return spliced(graph, graph.indptr.astype(np.int64), graph.arcs, more)


def spliced(graph: ProfileGraph, indptr: Longs, arcs: Longs, more: Sequence[Longs]) -> ProfileGraph:
    """Return a graph with more arcs; only the rows of the nodes where they arrive are made anew.

    ``indptr`` and ``arcs`` stand for those of the graph, ``more`` is as
    :func:`geo.arcs.street_arcs` gives it.
    """
    touched = np.unique(more[0])
    size = (indptr[touched + 1] - indptr[touched]).astype(np.int64)
    at = np.repeat(indptr[touched] - (np.cumsum(size) - size), size) + np.arange(size.sum())
    own = (np.repeat(touched, size), arcs[at] >> 32, arcs[at] & COST_BITS, graph.arc_edge[at])
    source, target, cost, edge = cheapest(
        *(np.concatenate([old, new]) for old, new in zip(own, more, strict=True))
    )
    counts = np.diff(indptr)
    counts[touched] = 0
    place = np.append(0, np.cumsum(counts))[source]
    counts += np.bincount(source, minlength=len(counts))
    arcs = np.insert(np.delete(arcs, at), place, (target << 32) | cost)
    edges = np.insert(np.delete(graph.arc_edge, at), place, edge)
    return _of_arcs(graph, np.append(0, np.cumsum(counts)), arcs, edges)


def _without_arcs_from(graph: ProfileGraph, shut: Bools) -> ProfileGraph:
    """Return a graph without the arcs along streets that leave some nodes (of all layers)."""
    kept = ~shut[graph.arc_target] | (graph.arc_edge < 0)
    before = np.append(0, np.cumsum(kept))
    return _of_arcs(graph, before[graph.indptr], graph.arcs[kept], graph.arc_edge[kept])


def _of_arcs(graph: ProfileGraph, indptr: Longs, arcs: Longs, arc_edge: Ints) -> ProfileGraph:
    return replace(
        graph,
        indptr=readonly(indptr, np.int32),
        arcs=readonly(arcs, np.int64),
        arc_edge=readonly(arc_edge, np.int32),
    )
