"""Lay a fine raster over the city and turn fields on it into polygons.

A drawn service area is the contour of the one truth – the travel time of a place – over the
centres of these pixels. The raster is never the source of a figure about people; ground is
measured on the polygons that are drawn from it. Rows count from south to north, columns from west
to east; ``x0, y0`` is the centre of the south-western pixel in the city's metric CRS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import contourpy
import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: Pixel sizes in metres: the fine one while the city stays below ``MANY_PIXELS``, else the coarse.
FINE_STEP_M, COARSE_STEP_M = 10.0, 15.0
MANY_PIXELS = 3_000_000


@dataclass(frozen=True)
class PixelGrid:
    """Describe a raster of square pixels by the centre of its south-western pixel and its size."""

    x0: float
    y0: float
    step_m: float
    rows: int
    cols: int

    @property
    def diagonal_m(self) -> float:
        """Return the diagonal of a pixel in metres, the tolerance of everything drawn."""
        return self.step_m * math.sqrt(2.0)

    @property
    def size(self) -> int:
        """Return the number of pixels."""
        return self.rows * self.cols

    def centres(self, index: NDArray[Any]) -> Floats:
        """Return the centres, metres, shape (n, 2), of pixels given by flat index."""
        row, col = np.divmod(np.asarray(index), self.cols)
        return np.column_stack([self.x0 + col * self.step_m, self.y0 + row * self.step_m])

    def window(self, bounds: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """Return (row, row end, column, column end) of the pixels inside bounds in metres."""
        west, south, east, north = bounds
        return (
            min(self.rows, max(0, math.floor((south - self.y0) / self.step_m))),
            max(0, min(self.rows, math.ceil((north - self.y0) / self.step_m) + 1)),
            min(self.cols, max(0, math.floor((west - self.x0) / self.step_m))),
            max(0, min(self.cols, math.ceil((east - self.x0) / self.step_m) + 1)),
        )


def grid_over(bounds: tuple[float, float, float, float], step_m: float) -> PixelGrid:
    """Lay a grid over bounds in metres with an empty rim of two pixels, so that contours close."""
    west, south, east, north = bounds
    return PixelGrid(
        x0=math.floor(west / step_m) * step_m - 2 * step_m,
        y0=math.floor(south / step_m) * step_m - 2 * step_m,
        step_m=step_m,
        rows=math.ceil((north - south) / step_m) + 6,
        cols=math.ceil((east - west) / step_m) + 6,
    )


def rasterize(grid: PixelGrid, polygons: Sequence[shapely.Geometry] | NDArray[Any]) -> Ints:
    """Return for every pixel the number of the polygon that holds its centre, -1 for none.

    Even-odd rule along the pixel rows, every crossing computed once (array code, linear in the
    number of crossings). Where polygons overlap the one with the higher number wins. Shape
    ``(rows, cols)``.
    """
    out = np.full(grid.size, -1, np.int32)
    geometries = np.asarray(polygons, dtype=object)
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return out.reshape(grid.rows, grid.cols)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = xy[:-1][same], xy[1:][same]
    holder = owner[part][ring[:-1][same]]
    # A row is crossed where its centre line lies in [lower end, upper end): half-open, so that a
    # vertex on the line counts once.
    low = np.ceil((np.minimum(start[:, 1], end[:, 1]) - grid.y0) / grid.step_m).astype(np.int64)
    high = np.ceil((np.maximum(start[:, 1], end[:, 1]) - grid.y0) / grid.step_m).astype(np.int64)
    low, high = np.clip(low, 0, grid.rows), np.clip(high, 0, grid.rows)
    times = high - low
    which = np.repeat(np.arange(len(times)), times)
    row = _ranges(low, times)
    y = grid.y0 + row * grid.step_m
    slope = (end[which, 0] - start[which, 0]) / (end[which, 1] - start[which, 1])
    x = start[which, 0] + (y - start[which, 1]) * slope
    order = np.lexsort((x, row, holder[which]))
    row, x, who = row[order], x[order], holder[which][order]
    first = np.clip(np.ceil((x[0::2] - grid.x0) / grid.step_m), 0, grid.cols).astype(np.int64)
    last = np.clip(np.ceil((x[1::2] - grid.x0) / grid.step_m), 0, grid.cols).astype(np.int64)
    length = np.maximum(last - first, 0)
    out[_ranges(row[0::2] * grid.cols + first, length)] = np.repeat(who[0::2], length)
    return out.reshape(grid.rows, grid.cols)


def _ranges(start: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Concatenate ``arange(s, s + n)`` for every pair."""
    total = int(length.sum())
    begin = np.repeat(start - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    return begin + np.arange(total)


@dataclass(frozen=True)
class PixelTable:
    """Hold the pixels that can be judged and, per set of usable streets, their access.

    ``index`` is the ascending flat index of the judged pixels, ``cell`` the row of the lowest
    grid cell that holds the centre (-1: water or outside every cell). ``edge``, ``offset_m`` and
    ``leg_m`` are keyed by the name of the access set (see ``network``) and aligned with ``index``.
    """

    grid: PixelGrid
    index: NDArray[np.int64]
    cell: Ints
    edge: dict[str, Ints]
    offset_m: dict[str, NDArray[np.float32]]
    leg_m: dict[str, NDArray[np.float32]]

    def holds(self, xy: Floats) -> NDArray[np.bool_]:
        """Return whether places (metres, shape (n, 2)) lie in pixels that can be judged."""
        grid = self.grid
        col = np.rint((xy[:, 0] - grid.x0) / grid.step_m).astype(np.int64)
        row = np.rint((xy[:, 1] - grid.y0) / grid.step_m).astype(np.int64)
        in_grid = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
        flat = np.where(in_grid, row * grid.cols + col, -1)
        at = np.minimum(np.searchsorted(self.index, flat), len(self.index) - 1)
        return in_grid & (self.index[at] == flat)

    def inside(self, window: tuple[int, int, int, int]) -> NDArray[np.int64]:
        """Return the rows of this table that lie in a window of the grid."""
        row, row_end, col, col_end = window
        base = np.arange(row, row_end, dtype=np.int64) * self.grid.cols
        low = np.searchsorted(self.index, base + col)
        high = np.searchsorted(self.index, base + col_end)
        return _ranges(low.astype(np.int64), (high - low).astype(np.int64))

    def field(
        self,
        rows: NDArray[np.int64],
        values: Floats,
        window: tuple[int, int, int, int],
        empty: float,
    ) -> Floats:
        """Spread values of table rows over a dense window, ``empty`` where there is no row."""
        row, row_end, col, col_end = window
        dense = np.full((row_end - row, col_end - col), empty)
        at_row, at_col = np.divmod(self.index[rows], self.grid.cols)
        dense[at_row - row, at_col - col] = values
        return dense


def traced(
    grid: PixelGrid,
    field: Floats,
    *,
    origin: tuple[int, int] = (0, 0),
    chunk: int | None = None,
) -> NDArray[Any]:
    """Return the polygons, metres, where a field over pixel centres is at most zero.

    Marching squares with linear interpolation (contourpy). ``origin`` is the (row, column) of the
    field's first pixel in the grid. With ``chunk`` the polygons are cut along every that many
    pixels: the pieces tile the same area and make overlays cheap.
    """
    if min(field.shape) < 2 or not field.min() < 0.0:
        return np.empty(0, dtype=object)
    row, col = origin
    x = grid.x0 + (col + np.arange(field.shape[1])) * grid.step_m
    y = grid.y0 + (row + np.arange(field.shape[0])) * grid.step_m
    tracer = contourpy.contour_generator(
        x,
        y,
        field,
        name="serial",
        fill_type=contourpy.FillType.ChunkCombinedOffsetOffset,
        chunk_size=chunk or 0,
    )
    lowest = float(field.min()) - 1.0
    points, rings, outers = cast(Any, tracer.filled(lowest, 0.0))
    pieces = [
        _polygons(p, r, o)
        for p, r, o in zip(points, rings, outers, strict=True)
        if p is not None and len(p)
    ]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=object)


def _polygons(points: Floats, rings: NDArray[Any], outers: NDArray[Any]) -> NDArray[Any]:
    """Build polygons from contourpy's combined arrays: points, ring offsets, polygon offsets."""
    return np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.POLYGON,
            points,
            (rings.astype(np.int64), outers.astype(np.int64)),
        )
    )
