"""Trace a way back from a station's door to the place, by the labels that a search left behind.

A label is the time at which a node is reached from the place. An arc lies on a shortest way where
the times at its ends differ by just what it takes. *Of equally fast ways* the one is taken that,
looked at from the door backwards,

1. lies on the one edge that place and station share, without any node, on the vehicle if possible;
2. else ends at the node with the lowest number, those of the vehicle first;
3. leaves the vehicle as soon as it can (so, looked at from the place, as late as possible);
4. begins where the place's edge is left, if that is just in time;
5. else comes over the lowest edge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.access import ON_FOOT
from geo.buckets import COST_BITS, UNREACHED
from geo.compiled import inline
from geo.places import Streets, leg_ms, to_door

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Arcs(NamedTuple):
    """Hold a profile's arcs both ways, packed as in :class:`geo.network.ProfileGraph`.

    ``first`` and ``ahead`` are sorted by the node that is left, ``back_first`` and ``back`` by the
    node that is reached, with the edge of each. ``width`` is the step of searches in milliseconds.
    """

    first: Ints
    ahead: Longs
    back_first: Ints
    back: Longs
    back_edge: Ints
    width: int


class Stops(NamedTuple):
    """Hold where stations are reached; see :class:`geo.seeds.Seeds`.

    ``node``, ``time_ms`` and ``station`` are sorted by node, which ``is_at`` marks. ``edge``,
    ``offset_m`` and ``leg_m`` are the links by station, the ``door_`` arrays the same by edge.
    """

    is_at: Bools
    node: Ints
    time_ms: Ints
    station: Ints
    edge: Ints
    offset_m: Floats
    leg_m: Floats
    door_edge: Ints
    door_offset_m: Floats
    door_ms: Ints
    door_station: Ints


class Starts(NamedTuple):
    """Hold the nodes where a place's edge is left: when each is reached, and at which offset."""

    node: Ints
    time_ms: Ints
    offset_m: Floats


class Piece(NamedTuple):
    """Hold a stretch of one edge, from one offset to another in metres, in one layer."""

    edge: int
    start_m: float
    end_m: float
    layer: int


class Pieces(NamedTuple):
    """Hold the stretches of edges that a way takes, from the door backwards.

    Each goes from one offset of its edge to another, in metres, in one layer.
    """

    edge: Ints
    start_m: Floats
    end_m: Floats
    layer: Ints


def make_pieces(room: int) -> Pieces:
    """Return room for so many pieces."""
    return Pieces(
        np.empty(room, np.int32), np.empty(room), np.empty(room), np.empty(room, np.int32)
    )


@inline
def _write(pieces: Pieces, n: int, edge: int, start: float, end: float, layer: int) -> int:
    """Append a piece where there is room, and count it unless it has no length."""
    if start == end:
        return n
    if n < len(pieces.edge):
        pieces.edge[n], pieces.layer[n] = edge, layer
        pieces.start_m[n], pieces.end_m[n] = start, end
    return n + 1


@inline
def _last_node(stops: Stops, streets: Streets, station: int, time_ms: int, label: Ints) -> int:
    """Return the node from which a station's door is reached in time, the lowest one; −1 = none.

    That is an end of the station's edge, or a joint on it, in any layer.
    """
    best = -1
    edge = stops.edge[station]
    joint = np.searchsorted(streets.joint_edge, edge)
    ends = 2
    while (
        joint + ends - 2 < len(streets.joint_edge) and streets.joint_edge[joint + ends - 2] == edge
    ):
        ends += 1
    for layer in range(len(streets.forward)):
        for k in range(ends):
            if k == 0:
                node = streets.u[edge]
            elif k == 1:
                node = streets.v[edge]
            else:
                node = streets.joint_node[joint + k - 2]
            node += layer * streets.n_nodes
            if label[node] == UNREACHED or (best >= 0 and node >= best):
                continue
            at = np.searchsorted(stops.node, node)
            while at < len(stops.node) and stops.node[at] == node:
                if stops.station[at] == station and label[node] + stops.time_ms[at] == time_ms:
                    best = node
                at += 1
    return best


@inline
def _last_piece(
    streets: Streets, stops: Stops, station: int, node: int, cost: int
) -> tuple[float, float]:
    """Return the offsets between which the way from a node to the door runs along its edge."""
    edge, offset = stops.edge[station], stops.offset_m[station]
    layer, end = node // streets.n_nodes, node % streets.n_nodes
    leg = leg_ms(stops.leg_m[station], streets.speed_mps[ON_FOOT])
    joint = np.searchsorted(streets.joint_edge, edge)
    k = -2
    while True:
        if k == -2:
            start, at = 0.0, streets.u[edge]
        elif k == -1:
            start, at = streets.length_m[edge], streets.v[edge]
        elif joint + k < len(streets.joint_edge) and streets.joint_edge[joint + k] == edge:
            start, at = streets.joint_offset_m[joint + k], streets.joint_node[joint + k]
        else:
            return offset, offset
        k += 1
        way = to_door(edge, start, layer, offset, streets)
        if at == end and way >= 0 and leg + way == cost:
            return start, offset


@inline
def _came_by(first: int, last: int, back: Longs, edges: Ints, label: Ints, time_ms: int) -> int:
    """Return, of the arcs that reach a node, the one in time over the lowest edge."""
    best = -1
    for k in range(first, last):
        if edges[k] >= 0 and (best < 0 or edges[k] < edges[best]):
            before = label[back[k] >> 32]
            if before != UNREACHED and before + (back[k] & COST_BITS) == time_ms:
                best = k
    return best


@inline
def trace(
    streets: Streets,
    arcs: Arcs,
    stops: Stops,
    edge: int,
    along: float,
    leg_m: float,
    starts: Starts,
    station: int,
    time_ms: int,
    label: Ints,
    pieces: Pieces,
) -> tuple[int, float]:
    """Write the pieces of the way to a station that is reached at a time.

    Returns how many there are – more than were written where there was no room – and the metres of
    the whole way, both access legs included.
    """
    metres = stops.leg_m[station] + leg_m
    if stops.edge[station] == edge:
        leg = int(leg_ms(leg_m, streets.speed_mps[ON_FOOT]))
        door = leg_ms(stops.leg_m[station], streets.speed_mps[ON_FOOT])
        for layer in range(len(streets.forward)):
            way = to_door(edge, along, layer, stops.offset_m[station], streets)
            if way >= 0 and leg + way + door == time_ms:
                n = _write(pieces, 0, edge, along, stops.offset_m[station], layer)
                return n, metres + abs(stops.offset_m[station] - along)
    node = _last_node(stops, streets, station, time_ms, label)
    start, end = _last_piece(streets, stops, station, node, time_ms - label[node])
    nodes = streets.n_nodes
    layer = node // nodes
    n = _write(pieces, 0, stops.edge[station], start, end, layer)
    metres += abs(end - start)
    while True:
        time = label[node]
        if layer == 1 and label[node - nodes] == time:
            node, layer = node - nodes, 0
        for k in range(len(starts.node)):
            if starts.node[k] == node and starts.time_ms[k] == time:
                n = _write(pieces, n, edge, along, starts.offset_m[k], layer)
                return n, metres + abs(starts.offset_m[k] - along)
        first, last = arcs.back_first[node], arcs.back_first[node + 1]
        arc = _came_by(first, last, arcs.back, arcs.back_edge, label, time)
        node, passed = arcs.back[arc] >> 32, arcs.back_edge[arc]
        whole = streets.length_m[passed]
        is_ahead = streets.u[passed] == node - layer * nodes
        n = _write(pieces, n, passed, 0.0 if is_ahead else whole, whole if is_ahead else 0.0, layer)
        metres += whole
