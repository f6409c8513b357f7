"""Search the street graph with a bucket queue: the compiled kernels behind :mod:`geo.reach`.

Costs are integers, so what waits stands in buckets of equal width instead of a heap. Within a
bucket the order is free and labels are corrected until none changes, which is exact; the buckets
form a ring as long as the longest arc. Every bucket is a doubly linked ring of entries around a
sentinel, so an entry that gets nearer moves, none is there twice, and nothing can run out of room.
A label packs ``time << 32 | station``, so equal times go to the lowest station.

The few lines that link and unlink are repeated in the kernels: as functions they cost half as much
again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import inline, kernel

UNREACHED = 2**31 - 1
#: The label of a node that no station reaches.
NO_LABEL = (UNREACHED << 32) | 0xFFFFFFFF

#: In an arc: its milliseconds, and the mark that the only way on from its target leads back.
COST_BITS = 0x7FFFFFFF
DEAD_END = 0x80000000

_IDLE = -1  # what does not wait

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


class Queue(NamedTuple):
    """Hold the scratch of a search: the neighbours of every entry in its bucket.

    The last ``buckets`` places, a power of two, are the sentinels. In an empty queue these are
    their own neighbours and all others are −1 in ``before``; every search leaves it so.
    """

    after: Ints
    before: Ints
    buckets: int


def ring_size(longest_ms: int, shift: int) -> int:
    """Return how many buckets arcs and first labels up to ``longest_ms`` need."""
    return 1 << int((longest_ms >> shift) + 2).bit_length()


def make_queue(buckets: int, entries: int) -> Queue:
    """Return an empty queue with so many buckets, a power of two."""
    after = np.arange(entries + buckets, dtype=np.int32)
    before = after.copy()
    before[:entries] = _IDLE
    return Queue(after, before, buckets)


@inline
def _move(after: Ints, before: Ints, bucket: int, entry: int) -> int:
    """Move an entry into a bucket, given by its sentinel; return 1 if it did not wait before."""
    more = 1
    if before[entry] != _IDLE:
        after[before[entry]] = after[entry]
        before[after[entry]] = before[entry]
        more = 0
    first = after[bucket]
    after[entry] = first
    before[entry] = bucket
    before[first] = entry
    after[bucket] = entry
    return more


@kernel
def settle_nearest(
    indptr: Longs,
    arcs: Longs,
    shift: int,
    seed_node: Ints,
    seed_label: Longs,
    limit: int,
    label: Longs,
    queue: Queue,
) -> None:
    """Lower ``label`` (nodes,) to the nearest seed's; labels above ``limit`` ms are not made."""
    highest = (limit << 32) | 0xFFFFFFFF
    after, before, buckets = queue
    base, mask = len(after) - buckets, buckets - 1
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        if offer < label[node] and offer <= highest:
            waiting += _move(after, before, base + ((offer >> 32 >> shift) & mask), node)
            label[node] = offer
    while waiting > 0:
        sentinel = base + bucket
        while after[sentinel] != sentinel:
            node = after[sentinel]
            after[sentinel] = after[node]
            before[after[node]] = sentinel
            before[node] = _IDLE
            waiting -= 1
            own = label[node]
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + ((arc & COST_BITS) << 32)
                if offer < label[target] and offer <= highest:
                    label[target] = offer
                    if arc & DEAD_END:
                        continue
                    if before[target] != _IDLE:
                        after[before[target]] = after[target]
                        before[after[target]] = before[target]
                        waiting -= 1
                    near = base + ((offer >> 32 >> shift) & mask)
                    first = after[near]
                    after[target] = first
                    before[target] = near
                    before[first] = target
                    after[near] = target
                    waiting += 1
        bucket = (bucket + 1) & mask


@kernel
def settle_within(
    indptr: Longs,
    arcs: Longs,
    shift: int,
    seed_node: Ints,
    seed_time: Ints,
    limit: int,
    time: Ints,
    queue: Queue,
    touched: Ints,
    count: int,
) -> int:
    """Write times up to ``limit`` into ``time`` (nodes,); append the nodes to ``touched``.

    ``time`` must be ``UNREACHED`` everywhere, ``count`` is the length of ``touched`` before; its
    length after is returned.
    """
    after, before, buckets = queue
    base, mask = len(after) - buckets, buckets - 1
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], np.int64(seed_time[i])
        known = np.int64(time[node])
        if offer < known and offer <= limit:
            if known == UNREACHED:
                touched[count] = node
                count += 1
            waiting += _move(after, before, base + ((offer >> shift) & mask), node)
            time[node] = offer
    while waiting > 0:
        sentinel = base + bucket
        while after[sentinel] != sentinel:
            node = after[sentinel]
            after[sentinel] = after[node]
            before[after[node]] = sentinel
            before[node] = _IDLE
            waiting -= 1
            own = np.int64(time[node])
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + (arc & COST_BITS)
                known = np.int64(time[target])
                if offer < known and offer <= limit:
                    time[target] = offer
                    if known == UNREACHED:
                        touched[count] = target
                        count += 1
                    if arc & DEAD_END:
                        continue
                    if before[target] != _IDLE:
                        after[before[target]] = after[target]
                        before[after[target]] = before[target]
                        waiting -= 1
                    near = base + ((offer >> shift) & mask)
                    first = after[near]
                    after[target] = first
                    before[target] = near
                    before[first] = target
                    after[near] = target
                    waiting += 1
        bucket = (bucket + 1) & mask
    return count


@kernel
def settle_each(
    indptr: Longs,
    arcs: Longs,
    shift: int,
    seed_start: Longs,
    seed_node: Ints,
    seed_time: Ints,
    limit: int,
    time: Ints,
    queue: Queue,
    station: int,
    end: Longs,
    nodes: Ints,
    times: Ints,
) -> int:
    """Search from one station after the other, from ``station`` on, while there is room.

    The seeds of station s are ``seed_start[s]`` to ``seed_start[s + 1]``; what it reaches is
    appended to ``nodes`` and ``times`` up to ``end[s + 1]``. Returns the station to go on with.
    """
    while station < len(seed_start) - 1:
        first, last = seed_start[station], seed_start[station + 1]
        count = end[station]
        if count + len(time) > len(nodes):
            break
        done = settle_within(
            indptr, arcs, shift, seed_node[first:last], seed_time[first:last],
            limit, time, queue, nodes, count,
        )  # fmt: skip
        for i in range(count, done):
            times[i] = time[nodes[i]]
            time[nodes[i]] = UNREACHED
        station += 1
        end[station] = done
    return station


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
    indptr: Longs,
    arcs: Longs,
    shift: int,
    seed_node: Ints,
    seed_label: Longs,
    limit: int,
    labels: Longs,
    queue: Queue,
) -> None:
    """Fill ``labels`` (nodes, k) with each node's k nearest distinct stations, in any order.

    Entry ``node * k + slot`` of the queue is one label.
    """
    k = labels.shape[1]
    after, before, buckets = queue
    base, mask = len(after) - buckets, buckets - 1
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        slot = find_slot(labels, node, offer)
        if slot >= 0 and offer >> 32 <= limit:
            near = base + ((offer >> 32 >> shift) & mask)
            waiting += _move(after, before, near, node * k + slot)
            labels[node, slot] = offer
    while waiting > 0:
        sentinel = base + bucket
        while after[sentinel] != sentinel:
            entry = after[sentinel]
            after[sentinel] = after[entry]
            before[after[entry]] = sentinel
            before[entry] = _IDLE
            waiting -= 1
            node = entry // k
            own = labels[node, entry - node * k]
            for j in range(indptr[node], indptr[node + 1]):
                arc = arcs[j]
                target = arc >> 32
                offer = own + ((arc & COST_BITS) << 32)
                if offer >> 32 > limit:
                    continue
                slot = find_slot(labels, target, offer)
                if slot >= 0:
                    labels[target, slot] = offer
                    if not arc & DEAD_END:
                        near = base + ((offer >> 32 >> shift) & mask)
                        waiting += _move(after, before, near, target * k + slot)
        bucket = (bucket + 1) & mask
