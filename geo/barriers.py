"""Answer whether a straight line crosses water, a railway, a motorway or a wall, and which.

A line crosses a barrier when its ends lie on either side of it. Touching is not crossing: an end
within a millimetre of the barrier stands on it. A line through a corner of the barrier is counted
with one of the two segments that meet there (half-open rule).
"""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bins import Bins, column, columns_in_row, sort_segments
from geo.compiled import COMPILED, inline, kernel, readonly

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_SQUARE_M = 50.0
_TOUCH_M = 1e-3


@inline
def crossing(
    px: float, py: float, qx: float, qy: float, ax: float, ay: float, bx: float, by: float
) -> float:
    """Return where along P→Q (0–1) it crosses the segment A–B, or −1."""
    ux, uy = bx - ax, by - ay
    side_p = ux * (py - ay) - uy * (px - ax)
    side_q = ux * (qy - ay) - uy * (qx - ax)
    touch = _TOUCH_M * math.sqrt(ux * ux + uy * uy)
    if not ((side_p > touch and side_q < -touch) or (side_p < -touch and side_q > touch)):
        return -1.0
    vx, vy = qx - px, qy - py
    side_a = vx * (ay - py) - vy * (ax - px)
    side_b = vx * (by - py) - vy * (bx - px)
    if (side_a >= 0.0) == (side_b >= 0.0):
        return -1.0
    return side_p / (side_p - side_q)


@kernel
def blocking_entry(px: float, py: float, qx: float, qy: float, grid: Bins, nearest: bool) -> int:
    """Return an entry of the bins that the line P→Q crosses, or −1.

    With ``nearest`` the one that is met first, else any.
    """
    best, best_at = -1, 2.0
    if grid.nx == 0:
        return best
    first = column(min(py, qy), grid.bottom, grid.size, grid.ny)
    last = column(max(py, qy), grid.bottom, grid.size, grid.ny)
    for row in range(first, last + 1):
        floor_y = grid.bottom + row * grid.size
        west, east = columns_in_row(
            px, py, qx, qy, floor_y, floor_y + grid.size, grid.left, grid.size, grid.nx
        )
        for entry in range(grid.start[row * grid.nx + west], grid.start[row * grid.nx + east + 1]):
            ax, ay = grid.xy[entry, 0], grid.xy[entry, 1]
            bx, by = grid.xy[entry, 2], grid.xy[entry, 3]
            at = crossing(px, py, qx, qy, ax, ay, bx, by)
            if at >= 0.0:
                if not nearest:
                    return entry
                if at < best_at:
                    best, best_at = entry, at
    return best


@kernel
def _first_crossed(start_xy: Floats, end_xy: Floats, grid: Bins, found: NDArray[np.int64]) -> None:
    for i in range(len(start_xy)):
        found[i] = blocking_entry(
            start_xy[i, 0], start_xy[i, 1], end_xy[i, 0], end_xy[i, 1], grid, True
        )


def segments_of(geometry: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Return all segments of lines and polygon rings as x0, y0, x1, y1, and the row of each."""
    outer = shapely.get_type_id(geometry)
    areal = (outer == 3) | (outer == 6)
    lines = np.where(areal, shapely.boundary(geometry), geometry)
    parts, row = shapely.get_parts(lines, return_index=True)
    rings, part = shapely.get_parts(parts, return_index=True)  # a part may be a MultiLineString
    row = row[part]
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero(owner[1:] == owner[:-1])
    return np.hstack([xy[inside], xy[inside + 1]]), row[owner[inside]].astype(np.int32)


class BarrierIndex:
    """Find the barriers that straight lines cross; built once from a ``barriers`` frame (metric).

    Rows of the frame are the barriers' numbers.
    """

    def __init__(self, barriers: gpd.GeoDataFrame) -> None:
        ends, row = segments_of(barriers.geometry.to_numpy())
        self._row = row
        self._ends = readonly(ends.reshape(-1, 4), np.float64)
        self.bins: Bins = sort_segments(self._ends, _SQUARE_M)
        shapes = barriers.geometry.to_numpy()
        bodies = shapes[shapely.get_dimensions(shapes) == 2]
        self._bodies = shapely.STRtree(bodies)
        #: The boxes (x0, y0, x1, y1) of those that are areas: a point in none is in no area.
        self.boxes: Floats = readonly(shapely.bounds(bodies).reshape(-1, 4), np.float64)

    def holds(self, xy: Floats) -> NDArray[np.bool_]:
        """Return which points (metres, shape (n, 2)) lie inside a barrier that is an area."""
        held = np.zeros(len(xy), bool)
        held[self._bodies.query(shapely.points(xy), predicate="within")[0]] = True
        return held

    def crosses(self, from_xy: Floats, to_xy: Floats) -> Ints:
        """Return for each line (metres) the row of the first barrier that it crosses, or −1."""
        start_xy = readonly(np.reshape(from_xy, (-1, 2)), np.float64)
        end_xy = readonly(np.broadcast_to(np.reshape(to_xy, (-1, 2)), start_xy.shape), np.float64)
        if not COMPILED:
            return self.crosses_by_tree(start_xy, end_xy)
        found = np.empty(len(start_xy), np.int64)
        _first_crossed(start_xy, end_xy, self.bins, found)
        rows = np.full(len(found), -1, np.int32)
        rows[found >= 0] = self._row[self.bins.segment[found[found >= 0]]]
        return rows

    def crosses_by_tree(self, start_xy: Floats, end_xy: Floats) -> Ints:
        """Answer :meth:`crosses` by Shapely's tree of segments, without compiled kernels."""
        rows = np.full(len(start_xy), -1, np.int32)
        if not len(self._ends) or not len(start_xy):
            return rows
        tree = shapely.STRtree(shapely.linestrings(self._ends.reshape(-1, 2, 2)))
        lines = shapely.linestrings(np.stack([start_xy, end_xy], axis=1))
        line, segment = tree.query(lines)
        at = _crossings(start_xy[line], end_xy[line], self._ends[segment])
        order = np.lexsort((segment, np.where(at < 0, np.inf, at), line))
        order = order[at[order] >= 0]
        who, first = np.unique(line[order], return_index=True)
        rows[who] = self._row[segment[order[first]]]
        return rows


def _crossings(p: Floats, q: Floats, ends: Floats) -> Floats:
    """Answer :func:`crossing` for rows of points and segments by array arithmetic."""
    a, b = ends[:, :2], ends[:, 2:]

    def turn(first: Floats, second: Floats) -> Floats:
        return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]

    side_p, side_q = turn(b - a, p - a), turn(b - a, q - a)
    touch = _TOUCH_M * np.sqrt(((b - a) ** 2).sum(axis=1))
    parted = (np.minimum(side_p, side_q) < -touch) & (np.maximum(side_p, side_q) > touch)
    parted &= (turn(q - p, a - p) >= 0) != (turn(q - p, b - p) >= 0)
    return np.where(parted, side_p / np.where(parted, side_p - side_q, 1.0), -1.0)
