"""Search the street graph in steps of time: the compiled kernels behind :mod:`geo.reach`.

Costs are integers, so no heap is needed. What waits lies on two piles: *near*, to be settled before
the bound of the step, and *far*, for later. Within a step the near pile is worked through first in,
first out, and labels are corrected until none changes, which is exact in any order; then the bound
moves on by one width and what it passes goes from far to near. Both piles are contiguous, and an
entry is only its node: a node that comes nearer while it waits is simply met twice.

The inner loops have no branches but their ends: they always write to the next place of a pile, and
count it or not. What is needed soon is fetched into the processor's cache ahead. Numbers are
unsigned inside, so that no index is checked for counting from the end. When a pile has no room
left, a kernel returns ``FULL`` and the caller searches anew with more. A label is a time in
milliseconds, or ``time << 32 | station``, so equal times go to the lowest station; a *unit* of 0 or
32 tells which, in bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import inline, kernel, prefetch

UNREACHED = 2**31 - 1
#: The label of a node that no station reaches.
NO_LABEL = (UNREACHED << 32) | 0xFFFFFFFF

#: The milliseconds in an arc; its target is above them.
COST_BITS = 0x7FFFFFFF

#: What a kernel returns when a pile is too small.
FULL = -1

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Labels = Ints | Longs
Floats = NDArray[np.float64]

# Unsigned and 64 bits wide, like all that stands beside them in the kernels: numba would turn a
# signed and an unsigned number together into a float.
_U = np.uint64
_I: Callable[[Any], int] = np.int64  # type: ignore[assignment]  # int() would stay unsigned
_ZERO, _ONE, _TARGET, _COST = _U(0), _U(1), _U(32), _U(COST_BITS)
_NEVER = _U(2**64 - 1)
# So many entries ahead the arcs are fetched: where a search goes it mostly has not been before, and
# waiting for the memory is what costs most.
_AHEAD = _U(3)


class Piles(NamedTuple):
    """Hold the scratch of a search: what this step settles, and what waits for a later one."""

    near: Ints
    far: Ints


def make_piles(room: int) -> Piles:
    """Return two piles with room for so many entries each."""
    return Piles(np.empty(room, np.int32), np.empty(room, np.int32))


@inline
def _next_step(label: Labels, piles: Piles, n: Any, m: Any, last: Any, bound: Any) -> Any:
    """Move what lies below the bound from far to near, and drop what was settled before.

    Returns the sizes of both piles and the least label that stays far.
    """
    near, far = piles
    kept, least, j = _ZERO, _NEVER, _ZERO
    while j < m:
        node = far[j]
        j += _ONE
        own = _U(label[_U(node)])
        later = own >= bound
        near[n] = node
        n += _U((own >= last) & (not later))
        far[kept] = node
        kept += _U(later)
        least = min(least, own if later else _NEVER)
    return n, kept, least


@inline
def settle_until(
    indptr: Ints,
    arcs: Longs,
    step: Any,
    bits: Any,
    top: Any,
    label: Labels,
    piles: Piles,
    n: Any,
    m: Any,
    i: Any,
    bound: Any,
    pause: Any,
) -> Any:
    """Settle step by step, until the bound is ``pause`` or more, or nothing waits any longer.

    ``n`` and ``m`` are the entries of the near and far piles, of which ``i`` are settled. Returns
    the new ones and the bound: every label below it is final. Where both piles together have no
    room left, ``n + m`` is that room or more, and the labels must be made anew.
    """
    near, far = piles
    room = _U(len(near))
    while m > _ZERO and bound < pause:
        if n + m >= room:
            break
        last = bound
        bound += step
        n, m, least = _next_step(label, piles, n, m, last, bound)
        if i == n:
            bound = least  # nothing is near: leap to what comes first
        while i < n:
            node = _U(near[i])
            i += _ONE
            prefetch(arcs, _U(indptr[_U(near[min(i + _AHEAD, n - _ONE)])]))
            own = _U(label[node])
            k, end = _U(indptr[node]), _U(indptr[node + _ONE])
            if max(n, m) + (end - k) >= room:
                return room, room, i, bound
            while k < end:
                arc = _U(arcs[k])
                k += _ONE
                target = arc >> _TARGET
                prefetch(indptr, target)
                offer = own + ((arc & _COST) << bits)
                known = _U(label[target])
                nearer = offer < min(known, top)
                label[target] = offer if nearer else known
                soon = offer < bound
                near[n] = target
                n += _U(nearer & soon)
                far[m] = target
                m += _U(nearer & (not soon))
    return n, m, i, bound


@kernel
def settle(
    indptr: Ints,
    arcs: Longs,
    width: int,
    unit: int,
    seed_node: Ints,
    seed_label: Labels,
    highest: int,
    label: Labels,
    piles: Piles,
) -> int:
    """Lower ``label`` (nodes,) to the least over all seeds; labels above ``highest`` are not made.

    Returns how many entries the near pile holds then: the nodes whose labels were lowered, some of
    them several times. After ``FULL`` the labels must be made anew.
    """
    near, far = piles
    room, top, bits = _U(len(near)), _U(highest) + _ONE, _U(unit)
    step, bound = _U(width) << bits, _ZERO
    n, m, i = _ZERO, _ZERO, _ZERO
    if _U(len(seed_node)) >= room:
        return FULL
    for s in range(len(seed_node)):
        node, offer = _U(seed_node[s]), _U(seed_label[s])
        if offer < _U(label[node]) and offer < top:
            label[node] = offer
            far[m] = node
            m += _ONE
    n, m, i, bound = settle_until(
        indptr, arcs, step, bits, top, label, piles, n, m, i, bound, _NEVER
    )
    if m > _ZERO:
        return FULL
    return _I(n)


@kernel
def take_times(near: Ints, entries: int, time: Ints, nodes: Ints, times: Ints, count: int) -> int:
    """Move the times of a finished search to ``nodes`` and ``times``, from ``count`` on.

    ``time`` is ``UNREACHED`` everywhere again. There must be room for all entries of the near pile;
    how many nodes there are in the end is returned.
    """
    n = _U(count)
    for i in range(entries):
        node = near[i]
        found = time[_U(node)]
        time[_U(node)] = UNREACHED
        nodes[n], times[n] = node, found
        n += _U(found != UNREACHED)  # a node that was met twice is taken once
    return _I(n)


@kernel
def settle_each(
    indptr: Ints,
    arcs: Longs,
    width: int,
    seed_start: Longs,
    seed_node: Ints,
    seed_time: Ints,
    limit: int,
    time: Ints,
    piles: Piles,
    station: int,
    end: Longs,
    nodes: Ints,
    times: Ints,
) -> int:
    """Search from one station after the other, from ``station`` on, while there is room.

    The seeds of station s are ``seed_start[s]`` to ``seed_start[s + 1]``; what it reaches is
    appended to ``nodes`` and ``times`` up to ``end[s + 1]``. ``time`` must be ``UNREACHED``
    everywhere. Returns the station to go on with.
    """
    while station < len(seed_start) - 1:
        first, last = seed_start[station], seed_start[station + 1]
        count = end[station]
        seeds, starts = seed_node[first:last], seed_time[first:last]
        entries = settle(indptr, arcs, width, 0, seeds, starts, limit, time, piles)
        if entries == FULL:
            return FULL
        if count + entries > len(nodes):
            for i in range(entries):
                time[piles.near[i]] = UNREACHED
            break
        end[station + 1] = take_times(piles.near, entries, time, nodes, times, count)
        station += 1
    return station


@kernel
def weigh_each(
    indptr: Ints,
    arcs: Longs,
    width: int,
    seed_start: Longs,
    seed_node: Ints,
    seed_time: Ints,
    limit: int,
    time: Ints,
    piles: Piles,
    order: Longs,
    weight: Floats,
    total: Floats,
) -> int:
    """Write each station's sum of the weights of the nodes that it reaches into ``total``.

    The stations are searched from in the given order, see :func:`settle_each` for the rest. Nodes
    beyond the weights weigh nothing.
    """
    for station in order:
        first, last = seed_start[station], seed_start[station + 1]
        seeds, starts = seed_node[first:last], seed_time[first:last]
        entries = settle(indptr, arcs, width, 0, seeds, starts, limit, time, piles)
        if entries == FULL:
            return FULL
        heavy = 0.0
        for i in range(entries):
            node = piles.near[i]
            if node < len(weight) and time[node] != UNREACHED:
                heavy += weight[node]
            time[node] = UNREACHED
        total[station] = heavy
    return 0


@kernel
def split_labels(label: Longs, time: Ints, station: Ints) -> None:
    """Write the two halves of labels; a label of no station is time ``UNREACHED``, station −1."""
    for i in range(len(label)):
        time[i] = label[i] >> 32
        station[i] = label[i]


@inline
def find_slot(labels: Longs, row: int, offer: int) -> int:
    """Return the slot of a row that an offered label improves, or −1.

    That is the slot of its own station if it has one, else the one with the highest label.
    """
    worst = 0
    for slot in range(labels.shape[1]):
        known = labels[row, slot]
        if known & 0xFFFFFFFF == offer & 0xFFFFFFFF:
            return slot if offer < known else -1
        if known > labels[row, worst]:
            worst = slot
    return worst if offer < labels[row, worst] else -1


@kernel
def settle_k_nearest(
    indptr: Ints,
    arcs: Longs,
    width: int,
    seed_node: Ints,
    seed_label: Longs,
    limit: int,
    labels: Longs,
    piles: Piles,
) -> int:
    """Fill ``labels`` (nodes, k) with each node's k nearest distinct stations, in any order.

    An entry of a pile is a slot: node × k + its column.
    """
    near, far = piles
    room, k, flat = len(near), labels.shape[1], labels.reshape(-1)
    bound, waiting = 0, 0
    if len(seed_node) >= room:
        return FULL
    for s in range(len(seed_node)):
        node, offer = seed_node[s], seed_label[s]
        slot = find_slot(labels, node, offer)
        if slot >= 0 and offer >> 32 <= limit:
            labels[node, slot] = offer
            far[waiting] = node * k + slot
            waiting += 1
    while waiting > 0:
        last, done = bound, 0
        bound += width << 32
        n, m, least = _next_step(flat, piles, _ZERO, _U(waiting), _U(last), _U(bound))
        count, waiting = _I(n), _I(m)
        if count == 0:
            bound = _I(least)
        while done < count:
            node, own = near[done] // k, flat[near[done]]
            done += 1
            if max(count, waiting) + indptr[node + 1] - indptr[node] >= room:
                return FULL
            for j in range(indptr[node], indptr[node + 1]):
                target = arcs[j] >> 32
                offer = own + ((arcs[j] & COST_BITS) << 32)
                slot = find_slot(labels, target, offer)
                if slot >= 0 and offer >> 32 <= limit:
                    labels[target, slot] = offer
                    if offer < bound:
                        near[count] = target * k + slot
                        count += 1
                    else:
                        far[waiting] = target * k + slot
                        waiting += 1
    return 0
