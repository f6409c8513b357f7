"""Add the way from a place to the street nodes to the nodes' times: kernels of :mod:`geo.reach`.

A place leaves along its edge in every permitted direction, on the vehicle or, leaving it at once,
on foot; a station's door on the same edge is reached without any node, and so are its joints, where
a street that was added begins. Labels pack ``time << 32 | station`` as in :mod:`geo.buckets`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.access import FORBIDDEN, ON_FOOT
from geo.arcs import milliseconds
from geo.buckets import NO_LABEL, UNREACHED, find_slot
from geo.compiled import inline, kernel
from geo.joints import Joints

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Gaits = NDArray[np.int8]

_SLACK_MS = 1e-6  # as in geo.network.milliseconds
# Links lie at an end exactly or 5 cm from it; kept as float32 they move by less than this.
_AT_END_M = 0.01


class Streets(NamedTuple):
    """Hold what a place needs to know of its edge; see :class:`geo.network.ProfileGraph`.

    The joints are those of :class:`geo.joints.Joints`.
    """

    u: Ints
    v: Ints
    length_m: Floats
    forward: Gaits
    backward: Gaits
    speed_mps: Floats
    n_nodes: int
    joint_edge: Ints
    joint_offset_m: Floats
    joint_node: Ints


class Doors(NamedTuple):
    """Hold the stations that stand on edges, sorted by edge: see :class:`geo.seeds.Seeds`."""

    edge: Ints
    offset_m: Floats
    leg_ms: Ints
    station: Ints


@inline
def leg_ms(metres: float, speed_mps: float) -> np.int64:
    """Return the time for one length at a speed, as :func:`geo.arcs.milliseconds` does."""
    return np.int64(math.ceil(metres / speed_mps * 1000.0 - _SLACK_MS))


@inline
def to_end(edge: int, along: float, layer: int, to_v: bool, streets: Streets) -> np.int64:
    """Return the time from a point of an edge to one of its ends, or −1 if that is forbidden."""
    whole = streets.length_m[edge]
    if to_v:
        way, behind, gait = whole - along, along, streets.forward[layer, edge]
    else:
        way, behind, gait = along, whole - along, streets.backward[layer, edge]
    if way <= min(_AT_END_M, behind):
        return np.int64(0)  # at the end already, whatever the street permits
    if gait == FORBIDDEN:
        return np.int64(-1)
    return leg_ms(way, streets.speed_mps[gait])


@inline
def to_door(edge: int, along: float, layer: int, offset: float, streets: Streets) -> np.int64:
    """Return the time between two points of an edge, or −1 if that direction is forbidden."""
    step = offset - along
    if step == 0.0:
        return np.int64(0)
    gait = streets.forward[layer, edge] if step > 0.0 else streets.backward[layer, edge]
    if gait == FORBIDDEN:
        return np.int64(-1)
    return leg_ms(abs(step), streets.speed_mps[gait])


@kernel
def arrive(
    edge: Ints,
    offset: Floats,
    leg: Floats,
    streets: Streets,
    time: Ints,
    station: Ints,
    doors: Doors,
    label: Longs,
) -> None:
    """Write the label of every place's nearest station; unlinked places keep what they have."""
    for i in range(len(edge)):
        e = edge[i]
        if e < 0:
            continue
        best = label[i]
        legs = leg_ms(leg[i], streets.speed_mps[ON_FOOT])
        first = np.searchsorted(doors.edge, e)
        ahead = np.searchsorted(streets.joint_edge, e)
        for layer in range(len(streets.forward)):
            for to_v in (True, False):
                node = (streets.v[e] if to_v else streets.u[e]) + layer * streets.n_nodes
                way = to_end(e, offset[i], layer, to_v, streets)
                if way >= 0 and time[node] != UNREACHED:
                    best = min(best, ((legs + way + time[node]) << 32) | station[node])
            joint = ahead
            while joint < len(streets.joint_edge) and streets.joint_edge[joint] == e:
                node = streets.joint_node[joint] + layer * streets.n_nodes
                way = to_door(e, offset[i], layer, streets.joint_offset_m[joint], streets)
                if way >= 0 and time[node] != UNREACHED:
                    best = min(best, ((legs + way + time[node]) << 32) | station[node])
                joint += 1
            door = first
            while door < len(doors.edge) and doors.edge[door] == e:
                way = to_door(e, offset[i], layer, doors.offset_m[door], streets)
                if way >= 0:
                    total = legs + way + doors.leg_ms[door]
                    best = min(best, (total << 32) | doors.station[door])
                door += 1
        label[i] = best


@inline
def _offer_all(labels: Longs, place: int, way: np.int64, time: Ints, station: Ints) -> None:
    """Enter the stations that a node reaches, nearest first, among those of a place."""
    for rank in range(len(time)):
        if time[rank] == UNREACHED:
            break
        offer = ((way + time[rank]) << 32) | station[rank]
        slot = find_slot(labels, place, offer)
        if slot >= 0:
            labels[place, slot] = offer


@kernel
def arrive_k(
    edge: Ints,
    offset: Floats,
    leg: Floats,
    streets: Streets,
    time: Ints,
    station: Ints,
    doors: Doors,
    labels: Longs,
) -> None:
    """Fill ``labels`` (places, k) with the k nearest stations, in any order, from node tables."""
    for i in range(len(edge)):
        e = edge[i]
        if e < 0:
            continue
        legs = leg_ms(leg[i], streets.speed_mps[ON_FOOT])
        first = np.searchsorted(doors.edge, e)
        ahead = np.searchsorted(streets.joint_edge, e)
        for layer in range(len(streets.forward)):
            for to_v in (True, False):
                node = (streets.v[e] if to_v else streets.u[e]) + layer * streets.n_nodes
                way = to_end(e, offset[i], layer, to_v, streets)
                if way >= 0:
                    _offer_all(labels, i, legs + way, time[node], station[node])
            joint = ahead
            while joint < len(streets.joint_edge) and streets.joint_edge[joint] == e:
                node = streets.joint_node[joint] + layer * streets.n_nodes
                way = to_door(e, offset[i], layer, streets.joint_offset_m[joint], streets)
                if way >= 0:
                    _offer_all(labels, i, legs + way, time[node], station[node])
                joint += 1
            door = first
            while door < len(doors.edge) and doors.edge[door] == e:
                way = to_door(e, offset[i], layer, doors.offset_m[door], streets)
                if way >= 0:
                    offer = ((legs + way + doors.leg_ms[door]) << 32) | doors.station[door]
                    slot = find_slot(labels, i, offer)
                    if slot >= 0:
                        labels[i, slot] = offer
                door += 1


def ways_to_ends(
    edge: Ints, along: Floats, streets: Streets
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
    """Yield, per layer and direction, the node where points of edges leave, the time, whether so.

    :func:`to_end` for many points at once; where the third array is false the way is forbidden.
    """
    for layer in range(len(streets.forward)):
        for ends, gaits, way in (
            (streets.v, streets.forward, streets.length_m[edge] - along),
            (streets.u, streets.backward, along),
        ):
            gait = gaits[layer][edge]
            at_end = way <= np.minimum(_AT_END_M, streets.length_m[edge] - way)
            cost = milliseconds(way, np.where(gait == FORBIDDEN, 1.0, streets.speed_mps[gait]))
            node = ends[edge].astype(np.int64) + layer * streets.n_nodes
            yield node, np.where(at_end, 0, cost), at_end | (gait != FORBIDDEN)


def ways_to_doors(
    edge: Ints, along: Floats, offset: Floats, streets: Streets
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Yield, per layer, the time between two points of each edge, and whether that is permitted.

    :func:`to_door` for many points at once.
    """
    step = offset - along
    for layer in range(len(streets.forward)):
        ahead, behind = streets.forward[layer][edge], streets.backward[layer][edge]
        gait = np.where(step > 0, ahead, behind)
        speed = np.where(gait == FORBIDDEN, 1.0, streets.speed_mps[gait])
        yield milliseconds(np.abs(step), speed), (step == 0.0) | (gait != FORBIDDEN)


def ways_to_joints(
    edge: Ints, along: Floats, streets: Streets
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
    """Yield, per layer, for points of edges with joints: point, node, time, whether permitted."""
    joints = Joints(streets.joint_edge, streets.joint_offset_m, streets.joint_node)
    point, joint = joints.beside(edge)
    offsets, nodes = joints.offset_m[joint], joints.node[joint].astype(np.int64)
    ways = ways_to_doors(edge[point], along[point], offsets, streets)
    for layer, (way, may) in enumerate(ways):
        yield point, nodes + layer * streets.n_nodes, way, may


def doors_beside(edge: Ints, doors: Doors) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every place that shares its edge with doors, and those doors: two arrays of rows."""
    low = np.searchsorted(doors.edge, edge, side="left")
    count = np.where(edge >= 0, np.searchsorted(doors.edge, edge, side="right") - low, 0)
    place = np.repeat(np.arange(len(edge)), count)
    rank = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, low[place] + rank


def arrive_k_plain(
    edge: Ints,
    offset: Floats,
    leg: Floats,
    streets: Streets,
    time: Ints,
    station: Ints,
    doors: Doors,
    labels: Longs,
) -> None:
    """Do what :func:`arrive_k` does, by array arithmetic."""
    here = np.flatnonzero(edge >= 0)
    legs = milliseconds(leg[here], streets.speed_mps[ON_FOOT])
    offers = [labels[here]]
    for node, way, may in ways_to_ends(edge[here], offset[here], streets):
        total = (legs + way)[:, None] + time[node].astype(np.int64)
        fits = (time[node] != UNREACHED) & may[:, None]
        offers.append(np.where(fits, (total << 32) | station[node].astype(np.int64), NO_LABEL))
    _keep_first(np.hstack(offers), here, labels)
    _joints_plain(edge, offset, leg, streets, time, station, labels)
    _doors_plain(edge, offset, leg, streets, doors, labels)


def _keep_first(offers: Longs, rows: NDArray[np.int64], labels: Longs) -> None:
    """Write the best offers of distinct stations into the labels of some rows."""
    k = labels.shape[1]
    names = offers & 0xFFFFFFFF
    order = np.lexsort((offers, names), axis=1)
    offers, names = np.take_along_axis(offers, order, 1), np.take_along_axis(names, order, 1)
    offers[:, 1:][names[:, 1:] == names[:, :-1]] = NO_LABEL
    labels[rows] = np.sort(offers, axis=1)[:, :k]


def _joints_plain(
    edge: Ints,
    offset: Floats,
    leg: Floats,
    streets: Streets,
    time: Ints,
    station: Ints,
    labels: Longs,
) -> None:
    """Enter the stations that are reached by a joint of a place's own edge into its labels."""
    for points, nodes, ways, permitted in ways_to_joints(edge, offset, streets):
        legs = milliseconds(leg[points], streets.speed_mps[ON_FOOT])
        total = (legs + ways)[:, None] + time[nodes].astype(np.int64)
        fits = (time[nodes] != UNREACHED) & permitted[:, None]
        offers = np.where(fits, (total << 32) | station[nodes].astype(np.int64), NO_LABEL)
        for i, offer in zip(points, offers, strict=True):
            _keep_first(np.append(labels[i], offer)[None, :], np.array([i]), labels)


def _doors_plain(
    edge: Ints, offset: Floats, leg: Floats, streets: Streets, doors: Doors, labels: Longs
) -> None:
    """Enter the doors that stand on the same edge as a place into its labels."""
    place, door = doors_beside(edge, doors)
    legs = milliseconds(leg[place], streets.speed_mps[ON_FOOT]) + doors.leg_ms[door]
    own = doors.station[door].astype(np.int64)
    offers = [
        np.where(may, ((legs + way) << 32) | own, NO_LABEL)
        for way, may in ways_to_doors(edge[place], offset[place], doors.offset_m[door], streets)
    ]
    best = np.minimum.reduce(offers)
    for i in np.unique(place):
        _keep_first(np.append(labels[i], best[place == i])[None, :], np.array([i]), labels)
