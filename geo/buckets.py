"""Search the street graph with a bucket queue: the compiled kernels behind :mod:`geo.reach`.

Costs are integers, so what waits stands in buckets of equal width instead of a heap. Within a
bucket the order is free and labels are corrected until none changes, which is exact; the buckets
form a ring as long as the longest arc. Waiting entries live in a small pool with a free list, which
stays in the processor's cache however large the city is. When the pool has no room left, a kernel
returns ``FULL`` and the caller repeats the search with a larger one. A label packs
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

#: What a kernel returns when its pool is too small.
FULL = -1

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


class Queue(NamedTuple):
    """Hold the scratch of a search: the first entry of every bucket, and the pool of entries.

    An entry is a node with the label that it waits with, and the next entry of its bucket (or of
    the free list). ``heads`` are a power of two of −1; every search that ends leaves them so.
    """

    heads: Ints
    label: Longs
    node: Ints
    following: Ints


def ring_size(longest_ms: int, shift: int) -> int:
    """Return how many buckets arcs and first labels up to ``longest_ms`` need."""
    return 1 << int((longest_ms >> shift) + 2).bit_length()


def make_queue(buckets: int, room: int) -> Queue:
    """Return an empty queue with so many buckets, a power of two, and room for entries."""
    return Queue(
        np.full(buckets, -1, np.int32),
        np.empty(room, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
    )


@inline
def _wait(
    heads: Ints,
    labels: Longs,
    nodes: Ints,
    following: Ints,
    bucket: int | np.int64,
    entry: int,
    label: int | np.int64,
    node: int,
) -> None:
    """Put an entry of the pool into a bucket."""
    labels[entry] = label
    nodes[entry] = node
    following[entry] = heads[bucket]
    heads[bucket] = entry


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
    heads, pool_label, pool_node, following = queue
    mask, room, highest = len(heads) - 1, len(pool_node), (limit << 32) | 0xFFFFFFFF
    free, top, waiting, bucket = -1, 0, 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        if offer < label[node] and offer <= highest:
            if top >= room:
                return FULL
            label[node] = offer
            near = (offer >> 32 >> shift) & mask
            _wait(heads, pool_label, pool_node, following, near, top, offer, node)
            top += 1
            waiting += 1
    while waiting > 0:
        while heads[bucket] >= 0:
            entry = heads[bucket]
            heads[bucket] = following[entry]
            following[entry] = free
            free = entry
            waiting -= 1
            node, own = pool_node[entry], pool_label[entry]
            if label[node] != own:
                continue  # it has come nearer since, and waits elsewhere
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + ((arc & COST_BITS) << 32)
                if offer < label[target] and offer <= highest:
                    label[target] = offer
                    if arc & DEAD_END:
                        continue
                    if free >= 0:
                        entry = free
                        free = following[entry]
                    elif top < room:
                        entry = top
                        top += 1
                    else:
                        return FULL
                    near = (offer >> 32 >> shift) & mask
                    _wait(heads, pool_label, pool_node, following, near, entry, offer, target)
                    waiting += 1
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
    count: int,
) -> int:
    """Write times up to ``limit`` into ``time`` (nodes,); append the nodes to ``touched``.

    ``time`` must be ``UNREACHED`` everywhere, ``count`` is how many ``touched`` holds before; how
    many it holds after is returned. It must have room for all nodes and one more.
    """
    heads, pool_label, pool_node, following = queue
    mask, room = len(heads) - 1, len(pool_node)
    free, top, waiting, bucket = -1, 0, 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], np.int64(seed_time[i])
        if offer < time[node] and offer <= limit:
            if top >= room:
                return FULL
            if time[node] == UNREACHED:
                touched[count] = node
                count += 1
            time[node] = offer
            near = (offer >> shift) & mask
            _wait(heads, pool_label, pool_node, following, near, top, offer, node)
            top += 1
            waiting += 1
    while waiting > 0:
        while heads[bucket] >= 0:
            entry = heads[bucket]
            heads[bucket] = following[entry]
            following[entry] = free
            free = entry
            waiting -= 1
            node, own = pool_node[entry], pool_label[entry]
            if time[node] != own:
                continue
            for k in range(indptr[node], indptr[node + 1]):
                arc = arcs[k]
                target = arc >> 32
                offer = own + (arc & COST_BITS)
                known = time[target]
                if (offer < known) & (offer <= limit):
                    time[target] = offer
                    touched[count] = target  # no branch: the processor cannot foresee it
                    count += known == UNREACHED
                    if arc & DEAD_END:
                        continue
                    if free >= 0:
                        entry = free
                        free = following[entry]
                    elif top < room:
                        entry = top
                        top += 1
                    else:
                        return FULL
                    near = (offer >> shift) & mask
                    _wait(heads, pool_label, pool_node, following, near, entry, offer, target)
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
        if count + len(time) >= len(nodes):
            break
        done = settle_within(
            indptr, arcs, shift, seed_node[first:last], seed_time[first:last],
            limit, time, queue, nodes, count,
        )  # fmt: skip
        if done == FULL:
            return FULL
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
) -> int:
    """Fill ``labels`` (nodes, k) with each node's k nearest distinct stations, in any order."""
    heads, pool_label, pool_node, following = queue
    mask, room, k = len(heads) - 1, len(pool_node), labels.shape[1]
    free, top, waiting, bucket = -1, 0, 0, 0
    for i in range(len(seed_node)):
        node, offer = seed_node[i], seed_label[i]
        slot = find_slot(labels, node, offer)
        if slot >= 0 and offer >> 32 <= limit:
            if top >= room:
                return FULL
            labels[node, slot] = offer
            near = (offer >> 32 >> shift) & mask
            _wait(heads, pool_label, pool_node, following, near, top, offer, node)
            top += 1
            waiting += 1
    while waiting > 0:
        while heads[bucket] >= 0:
            entry = heads[bucket]
            heads[bucket] = following[entry]
            following[entry] = free
            free = entry
            waiting -= 1
            node, own = pool_node[entry], pool_label[entry]
            current = False
            for slot in range(k):
                current = current or labels[node, slot] == own
            if not current:
                continue
            for j in range(indptr[node], indptr[node + 1]):
                arc = arcs[j]
                target = arc >> 32
                offer = own + ((arc & COST_BITS) << 32)
                slot = find_slot(labels, target, offer)
                if slot >= 0 and offer >> 32 <= limit:
                    labels[target, slot] = offer
                    if arc & DEAD_END:
                        continue
                    if free >= 0:
                        entry = free
                        free = following[entry]
                    elif top < room:
                        entry = top
                        top += 1
                    else:
                        return FULL
                    near = (offer >> 32 >> shift) & mask
                    _wait(heads, pool_label, pool_node, following, near, entry, offer, target)
                    waiting += 1
        bucket = (bucket + 1) & mask
    return 0
