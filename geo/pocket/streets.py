"""Write the streets of a city for a phone, exact enough that every arc costs the same millisecond.

Positions are whole parts of a degree (:mod:`geo.pocket.projection`). Lengths are not written at
all: the phone adds them up from the vertices, as is done here when the pocket is made; an edge on
which the millisecond may differ at any speed is written with its length. Numbers of nodes and
edges stay those of the network, because they break ties.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.arcs import milliseconds
from geo.network import StreetNetwork
from geo.pocket.container import Section, column, table
from geo.pocket.projection import Fit, Grid
from geo.street_index import lone_ends

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: A reader may add up a length so much otherwise, metres: a phone may compute in another order.
_SLIP_M = 1e-7


@dataclass(frozen=True)
class Lines:
    """Hold the vertices of the edges in metres as the phone sees them; edge by edge from ``u``."""

    x: Floats
    y: Floats
    start: NDArray[np.int64]

    def length_m(self) -> Floats:
        """Return the lengths, added from the first piece to the last as the phone does."""
        dx, dy = np.diff(self.x), np.diff(self.y)
        piece = np.sqrt(dx * dx + dy * dy)
        edges = len(self.start) - 1
        owner = np.repeat(np.arange(edges), np.diff(self.start))
        inside = owner[1:] == owner[:-1]
        return np.bincount(owner[1:][inside], piece[inside], edges).astype(np.float64)


def lines(network: StreetNetwork, grid: Grid, fit: Fit) -> Lines:
    """Return the streets as the phone sees them; ``grid`` holds the network's vertices."""
    return Lines(*fit.project(*grid.degrees()), np.asarray(network.coord_start))


def sections(network: StreetNetwork, grid: Grid, fit: Fit) -> Iterator[Section]:
    """Yield the sections of the streets; ``grid`` holds the vertices of ``network``."""
    start = np.asarray(network.coord_start)
    node_vertex = _vertex_of_nodes(network)
    for axis, values in (("lon", grid.lon), ("lat", grid.lat)):
        yield column(f"node.{axis}", values[node_vertex], "steps")
    u, v = network.edge_u.astype(np.int64), network.edge_v.astype(np.int64)
    # A street goes on where it ended: the step from the last edge's end is mostly zero.
    yield column("edge.u", u - np.concatenate([[0], v[:-1]])[: len(u)], "signed")
    yield column("edge.v", v - u, "signed")
    yield column("edge.inner", np.diff(start) - 2, "count")
    inner = np.ones(len(grid.lon), bool)
    inner[start[:-1]] = inner[start[1:] - 1] = False
    for axis, values in (("lon", grid.lon), ("lat", grid.lat)):
        step = np.diff(values, prepend=0)
        yield column(f"vertex.{axis}", step[inner], "signed")
    yield from _kinds(network)
    yield column("edge.name", network.name_id, "steps")
    yield table("names", list(network.names))
    stairs = np.flatnonzero(network.step_count)
    yield column("stairs.edge", stairs, "steps")
    yield column("stairs.count", network.step_count[stairs], "count")
    yield from _odd_lengths(network, lines(network, grid, fit))
    yield from _blocked(network)
    yield from _lone(network)


def _vertex_of_nodes(network: StreetNetwork) -> NDArray[np.int64]:
    """Return a vertex that lies at each node; nodes without edges borrow the first vertex."""
    start = np.asarray(network.coord_start)
    vertex = np.zeros(network.n_nodes, np.int64)
    vertex[network.edge_v] = start[1:] - 1
    vertex[network.edge_u] = start[:-1]
    return vertex


def profiles(network: StreetNetwork) -> list[dict[str, object]]:
    """Return what the phone must know of each travel profile; speeds by gait, metres a second."""
    return [
        {
            "name": name,
            "layers": graph.layers,
            "set": network.set_of[name],
            "speeds": [float(speed) for speed in graph.speed_mps],
        }
        for name, graph in network.graphs.items()
    ]


def _kinds(network: StreetNetwork) -> Iterator[Section]:
    """Yield what each edge is: gaits by profile and layer there and back, bridge, class of street.

    Edges of one kind are alike in all of it. A kind's ``forward`` and ``backward`` list the gaits
    profile by profile, layer by layer.
    """
    graphs = network.graphs.values()
    layers = [(graph, layer) for graph in graphs for layer in range(graph.layers)]
    rows = [graph.forward[layer] for graph, layer in layers]
    rows += [graph.backward[layer] for graph, layer in layers]
    rows += [network.bridge_or_tunnel, network.highway_id]
    found, kind = np.unique(np.stack(rows, axis=1).astype(np.int32), axis=0, return_inverse=True)
    yield column("edge.kind", kind, "count")
    yield table(
        "kinds",
        [
            {
                "forward": row[: len(layers)],
                "backward": row[len(layers) : -2],
                "bridge": bool(row[-2]),
                "highway": network.highways[row[-1]],
            }
            for row in found.tolist()
        ],
    )


def _odd_lengths(network: StreetNetwork, seen: Lines) -> Iterator[Section]:
    """Yield the edges whose time may differ by a millisecond at any speed, with their lengths."""
    length = seen.length_m()
    speeds = {float(speed) for graph in network.graphs.values() for speed in graph.speed_mps}
    odd = np.zeros(network.n_edges, bool)
    for speed in speeds - {0.0}:
        wanted = milliseconds(network.length_m, speed)
        for slip in (-_SLIP_M, 0.0, _SLIP_M):
            odd |= milliseconds(length + slip, speed) != wanted
    rows = np.flatnonzero(odd)
    yield column("odd.edge", rows, "steps")
    yield column("odd.length_m", network.length_m[rows], "real")


def _blocked(network: StreetNetwork) -> Iterator[Section]:
    """Yield the nodes that nobody of a profile passes in a layer, whatever the hour."""
    for name, graph in network.graphs.items():
        for layer in range(graph.layers):
            rows = np.flatnonzero(graph.blocked[layer])
            yield column(f"blocked.{name}.{layer}", rows, "steps")


def _lone(network: StreetNetwork) -> Iterator[Section]:
    """Yield, by set of usable streets, the ends of bridges where one may step off into the open.

    Twice the edge, and one more for its end at ``v``.
    """
    for name in dict.fromkeys(network.set_of.values()):
        edge, offset, _ = lone_ends(network, np.asarray(network.graphs[name].usable))
        yield column(f"lone.{name}", 2 * edge.astype(np.int64) + (offset > 0.0), "signed")
