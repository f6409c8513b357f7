"""List the points of the streets where something new may join them: a path, a bridge, a gate.

They are every node that a profile may pass, points at most 20 m apart on the edges between, and the
foot of every dead end on the streets beside it – streets that nearly touch are often one in truth.
None lies along a bridge or a tunnel, at a gate that refuses, or in water. All in the metric CRS.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.barriers import BarrierIndex
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Street points are at most so far apart along an edge, metres.
STEP_M = 20.0


def street_points(
    network: StreetNetwork, graph: ProfileGraph, water: BarrierIndex | None = None
) -> Links:
    """Return the points of the streets where a link may begin or end, as links without legs."""
    lines = shapely.linestrings(
        network.coords, indices=np.repeat(np.arange(network.n_edges), np.diff(network.coord_start))
    )
    parts = [
        _passable_nodes(network, graph),
        _between(network, graph),
        _beside_dead_ends(network, graph, lines),
    ]
    edge = np.concatenate([part[0] for part in parts]).astype(np.int32)
    offset = np.concatenate([part[1] for part in parts])
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[edge], offset))
    # No leg leads into water: where a street runs through it without a bridge's tag.
    ashore = np.ones(len(edge), bool) if water is None else ~water.holds(xy)
    return Links(edge, offset, np.zeros(len(edge)), xy).take(np.flatnonzero(ashore))


def _uses(network: StreetNetwork, edges: Bools) -> Longs:
    """Return how many ends of these edges meet at each node."""
    ends = np.concatenate([network.edge_u[edges], network.edge_v[edges]])
    return np.bincount(ends, minlength=network.n_nodes)


def _passable_nodes(network: StreetNetwork, graph: ProfileGraph) -> tuple[Ints, Floats]:
    """Return an edge and offset for every node that can be passed and is not amid a bridge."""
    on_ground = _uses(network, graph.usable & ~network.bridge_or_tunnel) > 0
    passable = (on_ground | (_uses(network, graph.usable) == 1)) & ~graph.blocked.any(axis=0)
    edges = np.flatnonzero(graph.usable).astype(np.int32)
    node = np.concatenate([network.edge_u[edges], network.edge_v[edges]])
    offset = np.concatenate([np.zeros(len(edges)), network.length_m[edges]])
    node, first = np.unique(node, return_index=True)
    first = first[passable[node]]
    return edges[first % len(edges)] if len(edges) else edges, offset[first]


def _between(network: StreetNetwork, graph: ProfileGraph) -> tuple[Ints, Floats]:
    """Return points at even distances of at most :data:`STEP_M` inside the edges on the ground."""
    edges = np.flatnonzero(graph.usable & ~network.bridge_or_tunnel)
    pieces = np.ceil(network.length_m[edges] / STEP_M).astype(np.int64)
    count = np.maximum(pieces - 1, 0)
    edge = np.repeat(edges, count)
    rank = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + 1
    return edge.astype(np.int32), network.length_m[edge] * rank / np.repeat(pieces, count)


def _beside_dead_ends(
    network: StreetNetwork, graph: ProfileGraph, lines: NDArray[np.object_]
) -> tuple[Ints, Floats]:
    """Return the feet of dead ends on other edges within :data:`STEP_M`."""
    edges = np.flatnonzero(graph.usable & ~network.bridge_or_tunnel)
    node = np.flatnonzero(_uses(network, graph.usable) == 1)
    ends = shapely.points(network.node_x[node], network.node_y[node])
    near, street = shapely.STRtree(lines[edges]).query(ends, predicate="dwithin", distance=STEP_M)
    node, edge = node[near], edges[street]
    other = (network.edge_u[edge] != node) & (network.edge_v[edge] != node)
    foot = shapely.line_locate_point(lines[edge[other]], ends[near[other]])
    return edge[other].astype(np.int32), np.minimum(foot, network.length_m[edge[other]])
