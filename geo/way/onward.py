"""Search from a place onward to the stations that it reaches: the kernel of :mod:`geo.way.trips`.

The travel times are those of :mod:`geo.reach`, to the millisecond: the same legs, edges and doors
are added up from the other end. Searching from the place finds stations nearest first, so that the
search ends as soon as no other station can enter the answer (:mod:`geo.ranking`). The labels that
it leaves behind hold the ways themselves (:mod:`geo.way.tracing`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import buckets, ranking
from geo.access import ON_FOOT
from geo.buckets import UNREACHED, Piles
from geo.compiled import inline, kernel
from geo.places import Streets, leg_ms, to_door, to_end
from geo.ranking import ARRIVAL, CLOSED, OPEN, READY, ROW, STATE, Hours, Wanted
from geo.way import tracing
from geo.way.tracing import Arcs, Pieces, Starts, Stops

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# As in geo.buckets: unsigned beside unsigned, and back.
_U = np.uint64
_I: Callable[[Any], int] = np.int64  # type: ignore[assignment]


class Found(NamedTuple):
    """Hold the stations met by a search: when each is reached, which are met, which are judged."""

    time_ms: Ints
    met: Ints
    is_judged: Bools


class Answer(NamedTuple):
    """Hold what a search answers: the first entries of the ranking (:mod:`geo.ranking`), in order.

    ``metres`` are the lengths of their ways, ``length`` how many pieces each has; ``pieces`` are
    those of the last way, as far as there is room, the one at the door first.
    """

    best: Longs
    metres: Floats
    length: Longs
    pieces: Pieces


@inline
def departures(streets: Streets, edge: int, along: float, leg: int) -> Starts:
    """Return the nodes where a place's edge is left, and when: by layer, its ends, then joints."""
    low = np.searchsorted(streets.joint_edge, edge)
    joints = np.searchsorted(streets.joint_edge, edge, "right") - low
    room = len(streets.forward) * (2 + joints)
    node, time, offset = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room)
    n = 0
    for layer in range(len(streets.forward)):
        for to_v in (True, False):
            way = to_end(edge, along, layer, to_v, streets)
            if way >= 0:
                node[n] = (streets.v[edge] if to_v else streets.u[edge]) + layer * streets.n_nodes
                time[n] = leg + way
                # A point at a node leaves there; the centimetre that float32 loses is no way.
                end = streets.length_m[edge] if to_v else 0.0
                offset[n] = end if way > 0 else along
                n += 1
        for joint in range(low, low + joints):
            way = to_door(edge, along, layer, streets.joint_offset_m[joint], streets)
            if way >= 0:
                node[n] = streets.joint_node[joint] + layer * streets.n_nodes
                time[n] = leg + way
                offset[n] = streets.joint_offset_m[joint]
                n += 1
    return Starts(node[:n], time[:n], offset[:n])


@inline
def _meet(found: Found, fits: Bools, station: int, time_ms: int, limit: int, met: int) -> int:
    """Note when a station is reached; return how many are met then."""
    if not fits[station] or time_ms > limit or time_ms >= found.time_ms[station]:
        return met
    if found.time_ms[station] == UNREACHED:
        found.met[met] = station
        met += 1
    found.time_ms[station] = time_ms
    return met


@inline
def meet_beside(
    streets: Streets,
    stops: Stops,
    edge: int,
    along: float,
    leg: int,
    found: Found,
    fits: Bools,
    limit: int,
) -> int:
    """Note the stations whose doors stand on the place's own edge; return how many are met."""
    met = 0
    door = np.searchsorted(stops.door_edge, edge)
    while door < len(stops.door_edge) and stops.door_edge[door] == edge:
        for layer in range(len(streets.forward)):
            way = to_door(edge, along, layer, stops.door_offset_m[door], streets)
            if way >= 0:
                time = leg + way + stops.door_ms[door]
                met = _meet(found, fits, stops.door_station[door], time, limit, met)
        door += 1
    return met


# What a search counts: entries written; stations met, judged and still to be judged, how many of
# these may be found open or unknown; how far the stations are judged in their order.
_SIZE, _MET, _JUDGED, _OTHERS, _MAY, _SOONEST = range(6)


@inline
def _meet_stops(
    stops: Stops, label: Ints, near: Ints, low: int, high: int, found: Found, fits: Bools,
    limit: int, count: Longs,
) -> None:  # fmt: skip
    """Note the stations that are reached from what was settled last."""
    for k in range(low, high):
        node = near[k]
        if stops.is_at[node]:
            at = np.searchsorted(stops.node, node)
            while at < len(stops.node) and stops.node[at] == node:
                offer = label[node] + np.int64(stops.time_ms[at])
                count[_MET] = _meet(found, fits, stops.station[at], offer, limit, count[_MET])
                at += 1


@inline
def _judge_met(
    hours: Hours, wanted: Wanted, found: Found, bound: int, best: Longs, spare: Longs,
    entry: Longs, count: Longs,
) -> None:  # fmt: skip
    """Enter the stations that are met for good: those that are reached before the bound."""
    for k in range(count[_JUDGED], count[_MET]):
        row = found.met[k]
        if found.time_ms[row] >= bound:
            continue
        judged = count[_JUDGED]
        found.met[k], found.met[judged] = found.met[judged], row
        found.is_judged[row] = True
        count[_JUDGED] += 1
        count[_OTHERS] -= 1
        count[_MAY] -= wanted.may_serve[row]
        ranking.judge(hours, row, found.time_ms[row], wanted.moment_ms, entry)
        if entry[STATE] == OPEN or not wanted.only_open:
            count[_SIZE] = ranking.insert(best, count[_SIZE], entry)
        if entry[STATE] != CLOSED and (spare[READY] < 0 or ranking.precedes(entry, spare)):
            spare[:] = entry


@inline
def _is_settled(
    wanted: Wanted, found: Found, bound: int, best: Longs, spare: Longs, count: Longs
) -> bool:
    """Return whether no station that is reached at the bound or later can change the answer.

    One as good as the last of the answer is reached later, so it stands behind.
    """
    if count[_OTHERS] == 0:
        return True
    while count[_SOONEST] < len(wanted.order) and found.is_judged[wanted.order[count[_SOONEST]]]:
        count[_SOONEST] += 1
    bound = max(bound, wanted.soonest_ms[wanted.order[count[_SOONEST]]])
    size = count[_SIZE]
    if size < len(best) or best[size - 1, READY] > bound:
        return False
    if best[0, STATE] != CLOSED:
        return True
    return bool(spare[READY] <= bound) if spare[READY] >= 0 else bool(count[_MAY] == 0)


@inline
def _begin(starts: Starts, label: Ints, far: Ints) -> int:
    """Label the nodes where the place's edge is left; return how many entries the pile has."""
    waiting = 0
    for k in range(len(starts.node)):
        node = starts.node[k]
        if starts.time_ms[k] < label[node]:
            label[node] = starts.time_ms[k]
            far[waiting] = node
            waiting += 1
    return waiting


@inline
def _clean(label: Ints, piles: Piles, n: int, m: int, found: Found) -> None:
    """Make the labels as they were before the search."""
    for k in range(n):
        label[piles.near[k]] = UNREACHED
    for k in range(m):
        label[piles.far[k]] = UNREACHED
    found.time_ms[:] = UNREACHED
    found.is_judged[:] = False


@kernel
def rank(
    streets: Streets, arcs: Arcs, stops: Stops, hours: Hours, wanted: Wanted, edge: int,
    along: float, leg_m: float, limit: int, label: Ints, piles: Piles, found: Found,
    answer: Answer,
) -> int:  # fmt: skip
    """Write the first entries of the ranking from a place into the answer; return how many.

    The place lies ``along`` metres along an edge, ``leg_m`` from it. ``label`` must be
    ``UNREACHED`` everywhere and is so again, ``found`` likewise; after ``FULL`` both must be made
    anew.
    """
    leg = int(leg_ms(leg_m, streets.speed_mps[ON_FOOT]))
    starts = departures(streets, edge, along, leg)
    if len(starts.node) >= len(piles.near):
        return buckets.FULL
    entry, spare = np.full(ranking.WIDTH, -1, np.int64), np.full(ranking.WIDTH, -1, np.int64)
    count = np.zeros(6, np.int64)
    count[_OTHERS], count[_MAY] = len(wanted.order), wanted.may_serve.sum()
    n, m, done, bound = _U(0), _U(_begin(starts, label, piles.far)), _U(0), _U(0)
    count[_MET] = meet_beside(streets, stops, edge, along, leg, found, wanted.fits, limit)
    top, step, reach = _U(limit + 1), _U(arcs.width), 0
    while reach <= limit and not _is_settled(wanted, found, reach, answer.best, spare, count):
        before = done
        if m > _U(0):
            n, m, done, bound = buckets.settle_until(
                arcs.first, arcs.ahead, step, _U(0), top, label, piles, n, m, done, bound,
                bound + _U(1),
            )  # fmt: skip
            if n + m >= _U(len(piles.near)):
                return buckets.FULL
            reach = _I(bound)
        else:
            reach = limit + 1
        _meet_stops(
            stops, label, piles.near, _I(before), _I(done), found, wanted.fits, limit, count
        )
        _judge_met(hours, wanted, found, reach, answer.best, spare, entry, count)
    size = count[_SIZE]
    if size > 0:
        ranking.put_in_front(answer.best, size, spare)
    for k in range(size):
        answer.length[k], answer.metres[k] = tracing.trace(
            streets, arcs, stops, edge, along, leg_m, starts, answer.best[k, ROW],
            answer.best[k, ARRIVAL], label, answer.pieces,
        )  # fmt: skip
    _clean(label, piles, _I(n), _I(m), found)
    return size
