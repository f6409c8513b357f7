"""Pass users on from crowded stations along the cheapest chains of moves: the compiled kernels.

Everybody starts at the nearest station. :func:`relieve` empties a crowded one: a user of A moves
to B, one of B to C, to a free seat, or, where no chain leads to one, to the user of the chain for
whom the way is longest, who goes without. The searches raise the prices of the stations, which
prove the plan (:mod:`geo.assignment`).

Method: successive shortest paths with reduced costs (Ahuja, Magnanti and Orlin, *Network Flows*,
1993, section 9.7), here on the graph of stations, whose arcs are the users who may move.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.buckets import UNREACHED
from geo.compiled import inline, kernel, readonly
from geo.pairs import Pairs

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_FAR = 2**62  # longer than every chain
_NONE = -1


class Ways(NamedTuple):
    """Hold the pairs as the kernels read them, ``first`` by place.

    ``near_first`` and ``near`` are, by station, those that somebody reaches as well, itself too.
    """

    first: Longs
    place: Longs
    station: Ints
    time: Ints
    near_first: Longs
    near: Ints


class Plan(NamedTuple):
    """Hold a plan in the making; the pairs in use form a linked list for each station.

    ``change[a, b]`` is the least by which a user's time changes who moves from a to b, and
    ``mover[a, b]`` the pair of that user; ``change[a, a]`` is what is saved when the user with the
    longest way leaves. A row of a station that is ``stale`` must be found anew.
    """

    flow: Longs
    head: Ints
    after: Ints
    before: Ints
    room: Longs
    price: Longs
    change: Ints
    mover: Ints
    stale: Bools


class Search(NamedTuple):
    """Hold what a search knows of the stations: how far each is, and who moves there.

    ``key`` and ``item`` are a heap of distances and stations; an entry that is farther than the
    station is out of date.
    """

    far: Longs
    leaves: Ints
    met: Ints
    key: Longs
    item: Ints


def ways_of(table: Pairs) -> Ways:
    """Return a table of pairs as the kernels read it."""
    first, station = readonly(table.first, np.int64), readonly(table.station, np.int32)
    shared = np.eye(table.n_stations, dtype=np.bool_)
    share(first, station, shared)
    row, near = np.nonzero(shared)
    return Ways(
        first,
        readonly(table.place, np.int64),
        station,
        readonly(table.time_ms, np.int32),
        readonly(np.searchsorted(row, np.arange(table.n_stations + 1)), np.int64),
        readonly(near, np.int32),
    )


def nobody(pairs: int, seats: Longs) -> Plan:
    """Return the plan in which nobody sits."""
    stations = len(seats)
    return Plan(
        flow=np.zeros(pairs, np.int64),
        head=np.full(stations, _NONE, np.int32),
        after=np.full(pairs, _NONE, np.int32),
        before=np.full(pairs, _NONE, np.int32),
        room=seats.copy(),
        price=np.zeros(stations, np.int64),
        change=np.empty((stations, stations), np.int32),
        mover=np.empty((stations, stations), np.int32),
        stale=np.ones(stations, np.bool_),
    )


def no_search(stations: int, entries: int) -> Search:
    """Return the room that searches need; ``entries`` are those of :attr:`Ways.near`."""
    return Search(
        far=np.full(stations, _FAR, np.int64),
        leaves=np.empty(stations, np.int32),
        met=np.empty(stations, np.int32),
        key=np.empty(entries + 1, np.int64),
        item=np.empty(entries + 1, np.int32),
    )


@kernel
def share(first: Longs, station: Ints, shared: Bools) -> None:
    """Mark the stations that somebody reaches both of."""
    for place in range(len(first) - 1):
        for a in range(first[place], first[place + 1]):
            for b in range(first[place], first[place + 1]):
                shared[station[a], station[b]] = True


@inline
def _push(scratch: Search, size: int, key: int, item: int) -> int:
    """Put a station on the heap, and return the heap's new size."""
    i = size
    while i > 0 and scratch.key[(i - 1) // 2] > key:
        scratch.key[i], scratch.item[i] = scratch.key[(i - 1) // 2], scratch.item[(i - 1) // 2]
        i = (i - 1) // 2
    scratch.key[i], scratch.item[i] = key, item
    return size + 1


@inline
def _pop(scratch: Search, size: int) -> int:
    """Take the first station from the heap, and return the heap's new size."""
    last = size - 1
    key, item = scratch.key[last], scratch.item[last]
    i, child = 0, 1
    while child < last:
        if child + 1 < last and scratch.key[child + 1] < scratch.key[child]:
            child += 1
        if scratch.key[child] >= key:
            break
        scratch.key[i], scratch.item[i] = scratch.key[child], scratch.item[child]
        i, child = child, 2 * child + 1
    scratch.key[i], scratch.item[i] = key, item
    return last


@inline
def _know(row: int, pair: int, ways: Ways, plan: Plan) -> None:
    """Enter in a station's row where the users of one of its pairs may move."""
    place = ways.place[pair]
    for other in range(ways.first[place], ways.first[place + 1]):
        there = ways.station[other]
        change = ways.time[other] - ways.time[pair] if other != pair else -ways.time[pair]
        if change < plan.change[row, there]:
            plan.change[row, there], plan.mover[row, there] = change, pair


@inline
def _refresh(row: int, ways: Ways, plan: Plan) -> None:
    """Find a station's row anew from all its users."""
    for i in range(ways.near_first[row], ways.near_first[row + 1]):
        plan.change[row, ways.near[i]] = UNREACHED
    pair = plan.head[row]
    while pair != _NONE:
        _know(row, pair, ways, plan)
        pair = plan.after[pair]
    plan.stale[row] = False


@inline
def _forget(row: int, pair: int, ways: Ways, plan: Plan) -> None:
    """Mark a station's row as stale if it names a pair."""
    place = ways.place[pair]
    for other in range(ways.first[place], ways.first[place + 1]):
        if plan.mover[row, ways.station[other]] == pair:
            plan.stale[row] = True


@inline
def _move(pair: int, users: int, ways: Ways, plan: Plan) -> None:
    """Add users to a pair, or take them from it; keep the list and the row of its station."""
    was, row = plan.flow[pair], ways.station[pair]
    plan.flow[pair] = was + users
    if was == 0:
        first = plan.head[row]
        plan.after[pair], plan.before[pair], plan.head[row] = first, _NONE, pair
        if first != _NONE:
            plan.before[first] = pair
        if not plan.stale[row]:
            _know(row, pair, ways, plan)
    elif was + users == 0:
        after, before = plan.after[pair], plan.before[pair]
        if after != _NONE:
            plan.before[after] = before
        if before != _NONE:
            plan.after[before] = after
        else:
            plan.head[row] = after
        if not plan.stale[row]:
            _forget(row, pair, ways, plan)


@inline
def _enters(pair: int, station: int, ways: Ways) -> int:
    """Return the pair of the same place at another station."""
    other = ways.first[ways.place[pair]]
    while ways.station[other] != station:
        other += 1
    return other


@kernel
def seat_at_nearest(ways: Ways, demand: Longs, plan: Plan) -> None:
    """Seat everybody who reaches a station at the nearest; room below 0 is what exceeds it."""
    for place in range(len(demand)):
        pair = ways.first[place]
        if demand[place] > 0 and pair < ways.first[place + 1]:
            _move(pair, demand[place], ways, plan)
            plan.room[ways.station[pair]] -= demand[place]


@kernel
def cheapest_chain(ways: Ways, plan: Plan, scratch: Search, without: int, source: int) -> int:
    """Find the cheapest chain from a crowded station to a free seat, or to a user who leaves.

    Returns its last station, and leaves in ``scratch.leaves`` who moves to each. Raises the prices
    so that none of the chains is cheaper than they say.
    """
    far, price, nearest, end = scratch.far, plan.price, _FAR, source
    far[source], scratch.met[0], count = 0, source, 1
    waiting = _push(scratch, 0, 0, source)
    while waiting > 0 and scratch.key[0] < nearest:
        least, here = scratch.key[0], scratch.item[0]
        waiting = _pop(scratch, waiting)
        if least > far[here]:
            continue
        if plan.stale[here]:
            _refresh(here, ways, plan)
        so_far = least - price[here]
        finish = so_far if plan.room[here] > 0 else so_far + without + plan.change[here, here]
        if finish < nearest:
            nearest, end = finish, here
        for i in range(ways.near_first[here], ways.near_first[here + 1]):
            there = ways.near[i]
            change = plan.change[here, there]
            cost = so_far + change + price[there]
            if change == UNREACHED or there == here or cost >= min(far[there], nearest):
                continue
            if far[there] == _FAR:
                scratch.met[count] = there
                count += 1
            far[there], scratch.leaves[there] = cost, plan.mover[here, there]
            waiting = _push(scratch, waiting, cost, there)
    for i in range(count):
        station = scratch.met[i]
        if far[station] < nearest:
            price[station] += nearest - far[station]
        far[station] = _FAR
    return end


@kernel
def relieve(ways: Ways, plan: Plan, scratch: Search, without: int, source: int) -> None:
    """Pass on the users of a station until they fit into its seats."""
    while plan.room[source] < 0:
        end = cheapest_chain(ways, plan, scratch, without, source)
        free, last = plan.room[end] > 0, plan.mover[end, end]
        users = min(-plan.room[source], plan.room[end] if free else plan.flow[last])
        station = end
        while station != source:
            pair = scratch.leaves[station]
            users = min(users, plan.flow[pair])
            station = ways.station[pair]
        if free:
            plan.room[end] -= users
        else:
            _move(last, -users, ways, plan)
        station = end
        while station != source:
            pair = scratch.leaves[station]
            _move(pair, -users, ways, plan)
            _move(_enters(pair, station, ways), users, ways, plan)
            station = ways.station[pair]
        plan.room[source] += users
