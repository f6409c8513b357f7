"""Trace the way from a place to a station that a search has found, and describe it in steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import reach
from geo.access import RIDING
from geo.arcs import milliseconds
from geo.compiled import plain
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork
from geo.places import to_door, to_end
from geo.seeds import Seeds

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """Hold one stretch of a way: street name ("" = none), metres, and how it is travelled.

    ``mode`` is ``ride``, ``push`` (the vehicle along a footway or against a one-way), ``walk`` or
    ``stairs``.
    """

    street: str
    metres: float
    mode: str

    def to_json(self) -> dict[str, Any]:
        """Return the stretch as plain values."""
        return {
            "name": self.street,
            "metres": self.metres,
            "mode": self.mode,
            "stairs": self.mode == "stairs",
        }


class Piece(NamedTuple):
    """Hold a stretch of one edge, from one offset to another in metres, in one layer."""

    edge: int
    start_m: float
    end_m: float
    layer: int


@dataclass(frozen=True)
class Route:
    """Hold a way: vertices in the metric CRS from the place to the street before the station.

    ``length_m`` and ``time_ms`` include both access legs; ``steps`` are the streets between, and
    ``pieces`` the same edge by edge.
    """

    xy: Floats
    length_m: float
    time_ms: int
    steps: tuple[Step, ...]
    pieces: tuple[Piece, ...]


class _Tree(NamedTuple):
    """Hold the nodes that one station's search reached, and the arcs that a shortest way may take.

    ``tail`` is sorted; ``head`` the node after it on the way, ``edge`` the street between.
    """

    node: Ints
    time_ms: Ints
    tail: Longs
    head: Longs
    edge: Ints

    def time_at(self, node: int) -> int:
        """Return the time from a node, ``UNREACHED`` when it is beyond the search."""
        at = int(np.searchsorted(self.node, node))
        found = at < len(self.node) and self.node[at] == node
        return int(self.time_ms[at]) if found else reach.UNREACHED


def trace(
    network: StreetNetwork,
    graph: ProfileGraph,
    start: Seeds,
    station: int,
    link: Links,
    place_xy: Floats,
    time_ms: int,
) -> Route:
    """Return the way from a place to one station.

    ``link`` is the place's link (one row), ``place_xy`` its position in metres, ``time_ms`` the
    travel time that a search has found for it. Of equally fast ways the one that stays on the
    vehicle, then the one by the lowest edges.
    """
    own = start.of(station)
    tree = _grow(graph, own, time_ms)
    pieces, node = _departure(network, graph, own, link, tree)
    while node >= 0:
        last = _last_piece(network, graph, own, node, tree.time_at(node))
        if last is not None:
            pieces.append(last)
            break
        node = _follow(network, tree, node, pieces)
    pieces = [piece for piece in pieces if piece.start_m != piece.end_m]
    legs = float(link.leg_m[0] + own.links.leg_m[station])
    length = sum(abs(piece.end_m - piece.start_m) for piece in pieces)
    return Route(
        xy=_vertices(network, pieces, place_xy, link.xy[0], own.links.xy[station]),
        length_m=legs + length,
        time_ms=time_ms,
        steps=_steps(network, graph, pieces),
        pieces=tuple(pieces),
    )


def _grow(graph: ProfileGraph, own: Seeds, limit_ms: int) -> _Tree:
    """Search from a station and keep the arcs on which the times fit without waiting."""
    node, time = reach.within(graph, own, limit_ms)
    order = np.argsort(node)
    node, time = node[order], time[order]
    low, many = graph.indptr[node], np.diff(graph.indptr)[node]
    arc = np.arange(many.sum()) + np.repeat(low - (np.cumsum(many) - many), many)
    head = np.repeat(node, many).astype(np.int64)
    tail = graph.arc_target[arc]
    at = np.minimum(np.searchsorted(node, tail), max(len(node) - 1, 0))
    total = np.repeat(time, many) + graph.arc_ms[arc]
    tight = (node[at] == tail) & (time[at] == total)
    tail, head, edge = tail[tight], head[tight], graph.arc_edge[arc[tight]]
    # Leaving the vehicle is edge −1: it comes last among equals.
    order = np.lexsort((head, edge, edge < 0, tail))
    return _Tree(node, time, tail[order], head[order], edge[order])


def _departure(
    network: StreetNetwork, graph: ProfileGraph, own: Seeds, link: Links, tree: _Tree
) -> tuple[list[Piece], int]:
    """Return the first piece of the way and the node it leads to (−1: straight to the door)."""
    streets = reach.streets_of(network, graph)
    edge, along = int(link.edge[0]), float(link.offset_m[0])
    choices: list[tuple[int, int, Piece, int]] = []
    for layer in range(graph.layers):
        for door in np.flatnonzero(own.on_edge == edge):
            offset = float(own.on_offset_m[door])
            way = int(plain(to_door)(edge, along, layer, offset, streets))
            if way >= 0:
                total = way + int(own.on_leg_ms[door])
                choices.append((total, len(choices), Piece(edge, along, offset, layer), -1))
        for to_v in (True, False):
            end = int(network.edge_v[edge] if to_v else network.edge_u[edge])
            node = end + layer * network.n_nodes
            way = int(plain(to_end)(edge, along, layer, to_v, streets))
            if way >= 0 and tree.time_at(node) != reach.UNREACHED:
                offset = float(network.length_m[edge]) if to_v else 0.0
                # A point at a node leaves there; the centimetre that float32 loses is no way.
                piece = Piece(edge, along if way else offset, offset, layer)
                choices.append((way + tree.time_at(node), len(choices), piece, node))
        for joint in network.joints.beside(link.edge)[1]:
            offset = float(network.joints.offset_m[joint])
            node = int(network.joints.node[joint]) + layer * network.n_nodes
            way = int(plain(to_door)(edge, along, layer, offset, streets))
            if way >= 0 and tree.time_at(node) != reach.UNREACHED:
                piece = Piece(edge, along, offset, layer)
                choices.append((way + tree.time_at(node), len(choices), piece, node))
    _, _, piece, node = min(choices)
    return [piece], node


def _last_piece(
    network: StreetNetwork, graph: ProfileGraph, own: Seeds, node: int, time_ms: int
) -> Piece | None:
    """Return the piece from a node to the station on its edge, if that is the way from there."""
    if not np.any((own.node == node) & (own.time_ms == time_ms)):
        return None
    layer, end = divmod(node, network.n_nodes)
    for edge, offset, leg in zip(own.on_edge, own.on_offset_m, own.on_leg_ms, strict=True):
        _, joint = network.joints.beside(np.array([edge]))
        for start, at in (
            (0.0, network.edge_u[edge]),
            (float(network.length_m[edge]), network.edge_v[edge]),
            *zip(network.joints.offset_m[joint], network.joints.node[joint], strict=True),
        ):
            way = abs(float(offset) - start)
            gaits = graph.forward if offset > start else graph.backward
            speed = float(graph.speed_mps[gaits[layer, edge]])
            if at == end and (way == 0.0 or speed > 0.0):
                cost = int(milliseconds(np.array(way), speed or 1.0))
                if cost + int(leg) == time_ms:
                    return Piece(int(edge), float(start), float(offset), layer)
    return None


def _follow(network: StreetNetwork, tree: _Tree, node: int, pieces: list[Piece]) -> int:
    """Append the street that a shortest way takes from a node, and return the node after it."""
    at = int(np.searchsorted(tree.tail, node))
    edge, following = int(tree.edge[at]), int(tree.head[at])
    if edge >= 0:
        whole = float(network.length_m[edge])
        layer, end = divmod(node, network.n_nodes)
        ahead = int(network.edge_u[edge]) == end
        pieces.append(Piece(edge, 0.0 if ahead else whole, whole if ahead else 0.0, layer))
    return following


def _vertices(
    network: StreetNetwork, pieces: list[Piece], place: Floats, foot: Floats, last: Floats
) -> Floats:
    """Return the vertices of a way: the place, its link, the pieces, the station's link."""
    parts = [np.reshape(place, (1, 2)), np.reshape(foot, (1, 2))]
    for piece in pieces:
        line = network.coords[network.coord_start[piece.edge] : network.coord_start[piece.edge + 1]]
        step = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(step)])
        low, high = sorted((piece.start_m, piece.end_m))
        inner = line[(along > low) & (along < high)]
        ends = np.column_stack([np.interp([low, high], along, line[:, axis]) for axis in (0, 1)])
        part = np.vstack([ends[:1], inner, ends[1:]])
        parts.append(part if piece.start_m <= piece.end_m else part[::-1])
    parts.append(np.reshape(last, (1, 2)))
    xy = np.vstack(parts)
    moved = np.abs(np.diff(xy, axis=0)).max(axis=1) > 1e-6
    kept = xy[np.concatenate([[True], moved])]
    return kept if len(kept) > 1 else xy[:2]


def _steps(network: StreetNetwork, graph: ProfileGraph, pieces: list[Piece]) -> tuple[Step, ...]:
    """Return the pieces as steps; neighbours on one street in one mode are one step."""
    steps: list[Step] = []
    for piece in pieces:
        street = network.names[network.name_id[piece.edge]]
        gaits = graph.forward if piece.end_m > piece.start_m else graph.backward
        mode = "push" if graph.layers == 2 and piece.layer == 0 else "walk"
        if gaits[piece.layer, piece.edge] == RIDING:
            mode = "ride"
        elif network.highways[network.highway_id[piece.edge]] == "steps":
            mode = "stairs"
        metres = abs(piece.end_m - piece.start_m)
        if steps and (steps[-1].street, steps[-1].mode) == (street, mode):
            metres += steps.pop().metres
        steps.append(Step(street, metres, mode))
    return tuple(steps)
