"""Search the street graph with a bucket queue: the compiled kernels behind :mod:`geo.reach`.

Costs are integers, so nodes wait in buckets of equal width instead of a heap. Within a bucket the
order is free and labels are corrected until none changes, which is exact; the buckets form a ring
as long as the longest arc. Waiting entries live in a pool with a free list; a kernel returns
``FULL`` when the pool is too small, and the caller repeats it with a larger one. A label packs
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
FULL = -1

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


class Queue(NamedTuple):
    """Hold the scratch of one search: bucket heads, and the pool of waiting entries.

    ``heads`` must be −1 everywhere; every search leaves it so. Its length is a power of two.
    """

    heads: Ints
    label: Longs
    node: Ints
    next: Ints


def make_queue(longest_ms: int, shift: int, room: int) -> Queue:
    """Return a queue for arcs (and first labels) up to ``longest_ms`` and ``room`` entries."""
    buckets = 1 << int((longest_ms >> shift) + 2).bit_length()
    return Queue(
        np.full(buckets, -1, np.int32),
        np.empty(room, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
    )


@inline
def _wait(
    queue: Queue, shift: int, free: int, top: int, label: int | np.int64, node: int
) -> tuple[int, int]:
    """Put an entry into its bucket; return the new head of the free list and top of the pool."""
    if free >= 0:
        entry = free
        free = queue.next[entry]
    else:
        entry = top
        top += 1
    bucket = ((label >> 32) >> shift) & (len(queue.heads) - 1)
    queue.label[entry] = label
    queue.node[entry] = node
    queue.next[entry] = queue.heads[bucket]
    queue.heads[bucket] = entry
    return free, top


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
) -> int:
    """Lower ``label`` (nodes,) to the nearest seed's; labels above ``limit`` ms are not made."""
    room = len(queue.node) - 1
    highest = (limit << 32) | 0xFFFFFFFF
    free, top, waiting = -1, 0, 0
    for i in range(len(seed_node)):
        node, first = seed_node[i], seed_label[i]
        if first < label[node] and first <= highest:
            if top >= room:
                return FULL
            label[node] = first
            free, top = _wait(queue, shift, free, top, first, node)
            waiting += 1
    bucket, mask = 0, len(queue.heads) - 1
    while waiting > 0:
        entry = queue.heads[bucket]
        while entry >= 0:
            queue.heads[bucket] = queue.next[entry]
            queue.next[entry] = free
            free = entry
            waiting -= 1
            node, own = queue.node[entry], queue.label[entry]
            if label[node] == own:
                for k in range(indptr[node], indptr[node + 1]):
                    arc = arcs[k]
                    target = arc >> 32
                    offer = own + ((arc & 0xFFFFFFFF) << 32)
                    if offer < label[target] and offer <= highest:
                        if top >= room and free < 0:
                            return FULL
                        label[target] = offer
                        free, top = _wait(queue, shift, free, top, offer, target)
                        waiting += 1
            entry = queue.heads[bucket]
        bucket = (bucket + 1) & mask
    return 0


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
) -> int:
    """Write times up to ``limit`` into ``time`` (nodes,); list the nodes in ``touched``.

    ``time`` must be ``UNREACHED`` everywhere. Returns how many nodes were touched.
    """
    room = len(queue.node) - 1
    free, top, waiting, count = -1, 0, 0, 0
    for i in range(len(seed_node)):
        node, first = seed_node[i], np.int64(seed_time[i])
        if first < time[node] and first <= limit:
            if top >= room:
                return FULL
            if time[node] == UNREACHED:
                touched[count] = node
                count += 1
            time[node] = first
            free, top = _wait(queue, shift, free, top, first << 32, node)
            waiting += 1
    bucket, mask = 0, len(queue.heads) - 1
    while waiting > 0:
        entry = queue.heads[bucket]
        while entry >= 0:
            queue.heads[bucket] = queue.next[entry]
            queue.next[entry] = free
            free = entry
            waiting -= 1
            node, own = queue.node[entry], queue.label[entry] >> 32
            if time[node] == own:
                for k in range(indptr[node], indptr[node + 1]):
                    arc = arcs[k]
                    target = arc >> 32
                    offer = own + (arc & 0xFFFFFFFF)
                    if offer <= limit and offer < time[target]:
                        if top >= room and free < 0:
                            return FULL
                        if time[target] == UNREACHED:
                            touched[count] = target
                            count += 1
                        time[target] = offer
                        free, top = _wait(queue, shift, free, top, offer << 32, target)
                        waiting += 1
            entry = queue.heads[bucket]
        bucket = (bucket + 1) & mask
    return count


@inline
def enter(labels: Longs, node: int, offer: int) -> bool:
    """Enter a label into a node's sorted list of distinct stations; say whether it changed."""
    k = labels.shape[1]
    if offer >= labels[node, k - 1]:
        return False
    station = offer & 0xFFFFFFFF
    last = k - 1
    for i in range(k):
        if labels[node, i] & 0xFFFFFFFF == station:
            if labels[node, i] <= offer:
                return False
            last = i
            break
    while last > 0 and labels[node, last - 1] > offer:
        labels[node, last] = labels[node, last - 1]
        last -= 1
    labels[node, last] = offer
    return True


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
) -> int:
    """Fill ``labels`` (nodes, k) with each node's k nearest distinct stations, in order."""
    room = len(queue.node) - 1
    k_last = labels.shape[1]
    free, top, waiting = -1, 0, 0
    for i in range(len(seed_node)):
        node, first = seed_node[i], seed_label[i]
        if (first >> 32) <= limit and enter(labels, node, first):
            if top >= room:
                return FULL
            free, top = _wait(queue, shift, free, top, first, node)
            waiting += 1
    bucket, mask = 0, len(queue.heads) - 1
    while waiting > 0:
        entry = queue.heads[bucket]
        while entry >= 0:
            queue.heads[bucket] = queue.next[entry]
            queue.next[entry] = free
            free = entry
            waiting -= 1
            node, own = queue.node[entry], queue.label[entry]
            current = False
            for i in range(k_last):
                current = current or labels[node, i] == own
            if current:
                for j in range(indptr[node], indptr[node + 1]):
                    arc = arcs[j]
                    target = arc >> 32
                    offer = own + ((arc & 0xFFFFFFFF) << 32)
                    if (offer >> 32) <= limit and enter(labels, target, offer):
                        if top >= room and free < 0:
                            return FULL
                        free, top = _wait(queue, shift, free, top, offer, target)
                        waiting += 1
            entry = queue.heads[bucket]
        bucket = (bucket + 1) & mask
    return 0
