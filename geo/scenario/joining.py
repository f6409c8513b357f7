"""Join a new street to a network, or open what refuses in it: the same streets, and more.

A *link* is a street of its own between two points of the streets, and nothing else moves: no edge
is cut, so every place, pixel and station keeps its access to the bit. Where a link begins on an
edge there is a *joint*, a new node; the parts of the edge on either side of it become edges for
those who pass through, and those who are tied to the edge turn off at the joint. Every way of old
stays in the graph at its old cost, so **with accesses held a new street lengthens no time**, not by
the millisecond that rounding up twice would cost on an edge cut in two; and as all parts are
rounded up, no trip is faster than its straight line. A city imported anew with that street, where
edges are cut, may therefore be slower by a millisecond for each joint passed.

A link is used in both directions by its profiles alone: ridden where the profile rides. Its class
of street is :data:`LINK_HIGHWAY`. What is opened is passed on foot (a gate: at the pace of the
streets that meet there), just as :func:`geo.network.unbarred` supposes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.access import FORBIDDEN, ON_FOOT, RIDING, EdgeGaits
from geo.arcs import leaving_arcs, street_arcs
from geo.compiled import readonly
from geo.joints import Joints
from geo.links import AT_NODE_M, Links
from geo.network import Additions, ProfileGraph, StreetNetwork
from geo.variants import spliced, with_arcs_of
from geo.works import Gate, Link, Work, edge_line

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: The kind of street that a link is: open to whoever walks or cycles.
LINK_HIGHWAY = "path"


def same_end(network: StreetNetwork, link: Link) -> bool:
    """Return whether both ends of a link are one point of the streets."""
    joints = _Joining(network)
    return joints.node(link.ends, 0) == joints.node(link.ends, 1)


def joined(network: StreetNetwork, work: Work) -> StreetNetwork:
    """Return the network with a link or with what was opened.

    The own edge of a link is the first of those that are added: its number is that of the edges
    before.
    """
    return _opened(network, work) if isinstance(work, Gate) else _linked(network, work)


@dataclass
class _Edge:
    """Hold an edge to be added; ``like`` is the edge that it is a part of, −1 for the link."""

    u: int
    v: int
    line: Floats
    length_m: float
    like: int


class _Joining:
    """Find or make the nodes where ends join, and the parts of the edges there."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        joints = network.joints
        self.joints = list(
            zip(joints.edge.tolist(), joints.offset_m.tolist(), joints.node.tolist(), strict=True)
        )
        self.new_xy: list[Floats] = []
        self.new_like: list[int] = []
        self.parts: list[_Edge] = []

    def node(self, ends: Links, row: int) -> int:
        """Return the node where an end joins its edge; a new one parts the edge."""
        network, edge, offset = self._network, int(ends.edge[row]), float(ends.offset_m[row])
        whole = float(network.length_m[edge])
        stops = [(0.0, int(network.edge_u[edge])), (whole, int(network.edge_v[edge]))]
        stops += [(at, node) for own, at, node in self.joints if own == edge]
        apart, nearest = min((abs(at - offset), node) for at, node in stops)
        if apart <= AT_NODE_M:
            return nearest
        stops.sort()
        after = next(rank for rank, (at, _) in enumerate(stops) if at > offset)
        made = network.n_nodes + len(self.new_xy)
        for low, high in ((stops[after - 1], (offset, made)), ((offset, made), stops[after])):
            self.parts.append(self._part(edge, low, high))
        self.joints.append((edge, offset, made))
        self.new_xy.append(ends.xy[row])
        self.new_like.append(stops[0][1])
        return made

    def table(self) -> Joints:
        """Return all joints, of before and new."""
        edge, offset, node = np.array(sorted(self.joints)).reshape(-1, 3).T
        return Joints(
            readonly(edge, np.int32), readonly(offset, np.float64), readonly(node, np.int32)
        )

    def _part(self, edge: int, low: tuple[float, int], high: tuple[float, int]) -> _Edge:
        """Return the part of an edge between two offsets with their nodes."""
        line = edge_line(self._network, edge)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        inner = line[(along > low[0]) & (along < high[0])]
        ends = [
            np.array([np.interp(at, along, axis) for axis in line.T]) for at in (low[0], high[0])
        ]
        return _Edge(low[1], high[1], np.vstack([ends[0], inner, ends[1]]), high[0] - low[0], edge)


def _linked(network: StreetNetwork, link: Link) -> StreetNetwork:
    """Return the network with a link: its own edge, and behind it the parts of those it joins."""
    joining = _Joining(network)
    u, v = (joining.node(link.ends, row) for row in (0, 1))
    more_xy = np.array(joining.new_xy).reshape(-1, 2)
    x, y = np.append(network.node_x, more_xy[:, 0]), np.append(network.node_y, more_xy[:, 1])
    line = _drawn(np.array([x[u], y[u]]), link.xy, np.array([x[v], y[v]]))
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    edges = [_Edge(u, v, line, length, -1), *joining.parts]
    ends = np.array([(edge.u, edge.v) for edge in edges], np.int32).T
    lengths = np.array([edge.length_m for edge in edges])
    like = np.array([edge.like for edge in edges], np.int32)
    graphs = {
        name: _grown(network, graph, len(more_xy), (*ends, lengths), _gaits(graph, link, like))
        for name, graph in network.graphs.items()
    }
    component = np.append(network.component, network.component[joining.new_like])
    if next(iter(graphs)) in link.profiles:
        component = np.where(component == component[v], component[u], component)
    names, highways = _with(network.names, link.name), _with(network.highways, LINK_HIGHWAY)
    return replace(
        _longer(network, edges, more_xy),
        component=readonly(component, np.int32),
        name_id=readonly(_like(network.name_id, like, names.index(link.name)), np.int32),
        names=names,
        highway_id=readonly(
            _like(network.highway_id, like, highways.index(LINK_HIGHWAY)), np.int32
        ),
        highways=highways,
        step_count=readonly(np.append(network.step_count, np.zeros(len(edges))), np.int16),
        graphs=graphs,
        added=Additions(
            network.imported,
            joining.table(),
            readonly(np.append(_part_of(network), like), np.int32),
        ),
    )


def _longer(network: StreetNetwork, edges: Sequence[_Edge], more_xy: Floats) -> StreetNetwork:
    """Return the network with more nodes and edges; their names and graphs are the caller's."""
    sizes = np.cumsum([len(edge.line) for edge in edges])
    starts = np.append(network.coord_start, network.coord_start[-1] + sizes)
    grounded = np.zeros(len(edges), bool)
    return replace(
        network,
        node_x=readonly(np.append(network.node_x, more_xy[:, 0]), np.float64),
        node_y=readonly(np.append(network.node_y, more_xy[:, 1]), np.float64),
        node_row=readonly(np.append(network.node_row, np.full(len(more_xy), -1)), np.int32),
        edge_u=readonly(np.append(network.edge_u, [edge.u for edge in edges]), np.int32),
        edge_v=readonly(np.append(network.edge_v, [edge.v for edge in edges]), np.int32),
        length_m=readonly(
            np.append(network.length_m, [edge.length_m for edge in edges]), np.float64
        ),
        bridge_or_tunnel=readonly(np.append(network.bridge_or_tunnel, grounded), np.bool_),
        coords=readonly(np.vstack([network.coords, *(edge.line for edge in edges)]), np.float64),
        coord_start=readonly(starts, np.int64),
    )


def _drawn(first: Floats, between: Floats, last: Floats) -> Floats:
    """Return the vertices of a link from node to node; neighbours that are one stand once."""
    kept = [first]
    for point in between:
        if np.hypot(*(point - kept[-1])) > AT_NODE_M:
            kept.append(point)
    if len(kept) > 1 and np.hypot(*(last - kept[-1])) <= AT_NODE_M:
        kept.pop()
    return np.vstack([*kept, last])


def _with(texts: tuple[str, ...], text: str) -> tuple[str, ...]:
    return texts if text in texts else (*texts, text)


def _like(values: Ints, like: Ints, own: int) -> Ints:
    """Return a value of all edges: parts have that of their edge, the link its own."""
    return np.append(values, np.where(like < 0, own, values[like]))


def _part_of(network: StreetNetwork) -> Ints:
    return np.empty(0, np.int32) if network.added is None else network.added.part_of


def _gaits(graph: ProfileGraph, link: Link, like: Ints) -> EdgeGaits:
    """Return the gaits of the edges that a link adds."""
    own = np.full((graph.layers, 1), FORBIDDEN, np.int8)
    if graph.profile in link.profiles:
        own[:] = ON_FOOT
        if graph.layers == 2:
            own[0] = RIDING
    parts = like[1:]
    return EdgeGaits(
        np.hstack([own, graph.forward[:, parts]]), np.hstack([own, graph.backward[:, parts]])
    )


def _grown(
    network: StreetNetwork,
    graph: ProfileGraph,
    more_nodes: int,
    streets: tuple[Ints, Ints, Floats],
    gaits: EdgeGaits,
) -> ProfileGraph:
    """Return a profile's graph with more nodes, and with edges of which the first is a link."""
    old, new = network.n_nodes, network.n_nodes + more_nodes
    blocked = np.hstack([graph.blocked, np.zeros((graph.layers, more_nodes), bool)])
    more = street_arcs(*streets, gaits, blocked, graph.speed_mps)
    more[3] = more[3] + network.n_edges
    if graph.layers == 2:
        more = [np.concatenate(both) for both in zip(more, leaving_arcs(new, old), strict=True)]
    # The second layer begins behind the new nodes.
    counts = np.zeros((graph.layers, new), np.int64)
    counts[:, :old] = np.diff(graph.indptr).reshape(graph.layers, old)
    shift = np.where(graph.arc_target >= old, more_nodes, 0)
    indptr = np.append(0, np.cumsum(counts))
    opened = (gaits.forward[:, 0] != FORBIDDEN).any()
    usable = np.zeros(len(streets[0]), bool)
    usable[0] = opened  # who is tied to an edge is not tied to its parts
    return replace(
        spliced(graph, indptr, graph.arcs + (shift << 32), more),
        forward=readonly(np.hstack([graph.forward, gaits.forward]), np.int8),
        backward=readonly(np.hstack([graph.backward, gaits.backward]), np.int8),
        blocked=readonly(blocked, np.bool_),
        usable=readonly(np.append(graph.usable, usable), np.bool_),
    )


def _opened(network: StreetNetwork, gate: Gate) -> StreetNetwork:
    """Return the network in which nodes and edges refuse some profiles no longer."""
    graphs = {
        name: _let_through(network, graph, gate) if name in gate.profiles else graph
        for name, graph in network.graphs.items()
    }
    component, first = network.component, next(iter(graphs))
    for edge in gate.edges[graphs[first].usable[gate.edges]]:
        u, v = component[network.edge_u[edge]], component[network.edge_v[edge]]
        component = np.where(component == v, u, component)
    return replace(
        network,
        component=readonly(component, np.int32),
        graphs=graphs,
        added=Additions(network.imported, network.joints, _part_of(network)),
    )


def _let_through(network: StreetNetwork, graph: ProfileGraph, gate: Gate) -> ProfileGraph:
    """Return a profile's graph in which a gate is open; only what refused it is changed."""
    blocked, usable = graph.blocked.copy(), graph.usable.copy()
    blocked[:, gate.nodes] = False
    shut = gate.edges[~usable[gate.edges]]
    usable[shut] = True
    part_of = _part_of(network)
    parts = np.flatnonzero(np.isin(part_of, shut)) + network.n_edges - len(part_of)
    gaits = EdgeGaits(graph.forward.copy(), graph.backward.copy())
    for gait in (gaits.forward, gaits.backward):
        gait[:, shut], gait[:, parts] = ON_FOOT, ON_FOOT
    concerned = np.isin(network.edge_u, gate.nodes) | np.isin(network.edge_v, gate.nodes)
    concerned[shut], concerned[parts] = True, True
    return replace(
        with_arcs_of(network, graph, np.flatnonzero(concerned), gaits, blocked),
        forward=readonly(gaits.forward, np.int8),
        backward=readonly(gaits.backward, np.int8),
        blocked=readonly(blocked, np.bool_),
        usable=readonly(usable, np.bool_),
    )
