"""Search the street graph with a bucket queue: the compiled kernels behind :mod:`geo.reach`.

Costs are integers, so what waits stands in buckets of equal width instead of a heap. Within a
bucket the order is free and labels are corrected until none changes, which is exact; the buckets
form a ring as long as the longest arc. Every bucket is a doubly linked list in three arrays, so an
entry that gets nearer moves, none is there twice, and nothing can run out of room. A label packs
``time << 32 | station``, so equal times go to the lowest station.
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

_IDLE = -2  # what does not wait
_FIRST = -1  # what stands first in its bucket

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


class Queue(NamedTuple):
    """Hold the scratch of a search: the head of every bucket, and each entry's neighbours.

    An empty queue has −1 in all ``heads`` and −2 in all ``prev``; every search leaves it so. The
    number of buckets is a power of two.
    """

    heads: Ints
    next: Ints
    prev: Ints


def make_queue(longest_ms: int, shift: int, entries: int) -> Queue:
    """Return an empty queue for arcs and first labels up to ``longest_ms``."""
    buckets = 1 << int((longest_ms >> shift) + 2).bit_length()
    return Queue(
        np.full(buckets, -1, np.int32),
        np.empty(entries, np.int32),
        np.full(entries, _IDLE, np.int32),
    )


@inline
def _place(queue: Queue, shift: int, entry: int, old_ms: int, new_ms: int) -> int:
    """Let an entry wait in the bucket of its new time; return 1 if it did not wait before."""
    mask = len(queue.heads) - 1
    bucket = (new_ms >> shift) & mask
    more = 1
    if queue.prev[entry] != _IDLE:
        left = (old_ms >> shift) & mask
        if left == bucket:
            return 0
        before, after = queue.prev[entry], queue.next[entry]
        if before == _FIRST:
            queue.heads[left] = after
        else:
            queue.next[before] = after
        if after >= 0:
            queue.prev[after] = before
        more = 0
    head = queue.heads[bucket]
    queue.next[entry] = head
    queue.prev[entry] = _FIRST
    if head >= 0:
        queue.prev[head] = entry
    queue.heads[bucket] = entry
    return more


@inline
def _take(queue: Queue, bucket: int) -> int:
    """Take the first entry out of a bucket that has one."""
    entry = queue.heads[bucket]
    after = queue.next[entry]
    queue.heads[bucket] = after
    if after >= 0:
        queue.prev[after] = _FIRST
    queue.prev[entry] = _IDLE
    return entry


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
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        if offer < label[node] and offer <= highest:
            waiting += _place(queue, shift, node, label[node] >> 32, offer >> 32)
            label[node] = offer
    while waiting > 0:
        while queue.heads[bucket] >= 0:
            node = _take(queue, bucket)
            waiting -= 1
            own = label[node]
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + ((arc & COST_BITS) << 32)
                if offer < label[target] and offer <= highest:
                    if not arc & DEAD_END:
                        waiting += _place(queue, shift, target, label[target] >> 32, offer >> 32)
                    label[target] = offer
        bucket = (bucket + 1) & (len(queue.heads) - 1)


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
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], np.int64(seed_time[i])
        known = np.int64(time[node])
        if offer < known and offer <= limit:
            if known == UNREACHED:
                touched[count] = node
                count += 1
            waiting += _place(queue, shift, node, known, offer)
            time[node] = offer
    while waiting > 0:
        while queue.heads[bucket] >= 0:
            node = _take(queue, bucket)
            waiting -= 1
            own = np.int64(time[node])
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + (arc & COST_BITS)
                known = np.int64(time[target])
                if offer < known and offer <= limit:
                    if known == UNREACHED:
                        touched[count] = target
                        count += 1
                    if not arc & DEAD_END:
                        waiting += _place(queue, shift, target, known, offer)
                    time[target] = offer
        bucket = (bucket + 1) & (len(queue.heads) - 1)
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
    waiting, bucket = 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        slot = find_slot(labels, node, offer)
        if slot >= 0 and offer >> 32 <= limit:
            waiting += _place(queue, shift, node * k + slot, labels[node, slot] >> 32, offer >> 32)
            labels[node, slot] = offer
    while waiting > 0:
        while queue.heads[bucket] >= 0:
            entry = _take(queue, bucket)
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
                    if not arc & DEAD_END:
                        known = labels[target, slot] >> 32
                        waiting += _place(queue, shift, target * k + slot, known, offer >> 32)
                    labels[target, slot] = offer
        bucket = (bucket + 1) & (len(queue.heads) - 1)
