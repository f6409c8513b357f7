"""Sort line segments into the squares of a uniform grid, so that near ones are found at once.

A segment stands in every square that it touches, with its coordinates, so a square's segments lie
together in memory. Used by :mod:`geo.barriers` and :mod:`geo.street_index`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import inline, kernel, readonly

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_MAX_SQUARES = 16_000_000
_PAD_M = 1e-6  # a segment on the line between two squares stands in both


class Bins(NamedTuple):
    """Hold the grid: its south-west corner, square size in metres, and its content in CSR form.

    ``xy`` are the ends (x0, y0, x1, y1) of each entry, ``segment`` its number. An empty grid has
    ``nx == 0``.
    """

    left: float
    bottom: float
    size: float
    nx: int
    ny: int
    start: Longs
    xy: Floats
    segment: Ints


@inline
def column(value: float, low: float, size: float, count: int) -> int:
    """Return the grid column (or row) of a coordinate, held inside the grid."""
    return min(max(math.floor((value - low) / size), 0), count - 1)


@inline
def columns_in_row(
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    bottom: float,
    top: float,
    left: float,
    size: float,
    nx: int,
) -> tuple[int, int]:
    """Return the first and last column that a segment touches between two heights."""
    if y0 > y1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    low, high = x0, x1
    if y1 > y0:
        slope = (x1 - x0) / (y1 - y0)
        if bottom > y0:
            low = x0 + slope * (bottom - y0)
        if top < y1:
            high = x0 + slope * (top - y0)
    if low > high:
        low, high = high, low
    return column(low - _PAD_M, left, size, nx), column(high + _PAD_M, left, size, nx)


@kernel
def _sort(
    ends: Floats,
    left: float,
    bottom: float,
    size: float,
    nx: int,
    ny: int,
    start: Longs,
    xy: Floats,
    segment: Ints,
    write: bool,
) -> None:
    """Count the entries of each square into ``start``, or place them when ``write``."""
    for s in range(len(ends)):
        x0, y0, x1, y1 = ends[s, 0], ends[s, 1], ends[s, 2], ends[s, 3]
        first = column(min(y0, y1) - _PAD_M, bottom, size, ny)
        last = column(max(y0, y1) + _PAD_M, bottom, size, ny)
        for row in range(first, last + 1):
            floor_y = bottom + row * size - _PAD_M
            west, east = columns_in_row(
                x0, y0, x1, y1, floor_y, floor_y + size + 2 * _PAD_M, left, size, nx
            )
            for square in range(row * nx + west, row * nx + east + 1):
                if write:
                    at = start[square]
                    xy[at, 0] = x0
                    xy[at, 1] = y0
                    xy[at, 2] = x1
                    xy[at, 3] = y1
                    segment[at] = s
                start[square] += 1


def sort_segments(ends: Floats, size: float) -> Bins:
    """Sort segments, an (n, 4) array of x0, y0, x1, y1 in metres, into squares of about ``size``.

    The squares grow where the area would need too many of them.
    """
    if len(ends) == 0:
        return Bins(
            0.0,
            0.0,
            1.0,
            0,
            0,
            readonly([0], np.int64),
            readonly(np.empty((0, 4)), np.float64),
            readonly([], np.int32),
        )
    left = float(ends[:, [0, 2]].min()) - 1.0
    bottom = float(ends[:, [1, 3]].min()) - 1.0
    width = float(ends[:, [0, 2]].max()) + 1.0 - left
    height = float(ends[:, [1, 3]].max()) + 1.0 - bottom
    size = max(size, math.sqrt(width * height / _MAX_SQUARES))
    nx, ny = int(width // size) + 1, int(height // size) + 1
    ends = readonly(ends, np.float64)
    none_xy, none_segment = np.empty((0, 4)), np.empty(0, np.int32)
    count = np.zeros(nx * ny, np.int64)
    _sort(ends, left, bottom, size, nx, ny, count, none_xy, none_segment, False)
    start = np.zeros(nx * ny + 1, np.int64)
    np.cumsum(count, out=start[1:])
    xy, segment = np.empty((start[-1], 4)), np.empty(start[-1], np.int32)
    _sort(ends, left, bottom, size, nx, ny, start[:-1].copy(), xy, segment, True)
    return Bins(
        left,
        bottom,
        size,
        nx,
        ny,
        readonly(start, np.int64),
        readonly(xy, np.float64),
        readonly(segment, np.int32),
    )
