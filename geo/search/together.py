"""Tell which points of one name belong together, because they stand near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

#: Points in the same or in neighbouring squares of this size stand together, metres.
NEAR_M = 150.0
#: Half of the eight neighbours of a square; the other half is found from over there.
_NEIGHBOURS = ((1, 0), (0, 1), (1, 1), (1, -1))

Longs = NDArray[np.int64]


def together(
    name: NDArray[np.int_], xy: NDArray[np.float64], joined: tuple[Longs, Longs] | None = None
) -> Longs:
    """Return a number for each point, the same for points that belong together.

    Points belong together when they have the same ``name`` and stand near each other, directly or
    over others between them. ``joined`` are two rows of point numbers that belong together
    wherever they stand (the ends of one piece of street); coordinates are metres.
    """
    column, row = np.floor((xy - xy.min(axis=0)) / NEAR_M).astype(np.int64).T + 1
    high, wide = int(row.max()) + 2, int(column.max()) + 2
    squares, square = np.unique((name * wide + column) * high + row, return_inverse=True)
    links = [(square[joined[0]], square[joined[1]])] if joined else []
    for east, north in _NEIGHBOURS:
        wanted = squares + east * high + north
        found = np.minimum(np.searchsorted(squares, wanted), len(squares) - 1)
        near = np.flatnonzero(squares[found] == wanted)
        links.append((near, found[near]))
    one, other = (np.concatenate(ends) for ends in zip(*links, strict=True))
    graph = sparse.coo_matrix((np.ones(len(one), bool), (one, other)), shape=(len(squares),) * 2)
    group: Longs = connected_components(graph, directed=False)[1][square].astype(np.int64)
    return group
