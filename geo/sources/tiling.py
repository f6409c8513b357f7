"""Cut large shapes into squares of a fixed lattice, so that later overlays meet small pieces."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]


def lattice(low: float, high: float, size_m: float) -> Ints:
    """Return the numbers of the lattice's steps of ``size_m`` metres that cover low…high."""
    return np.arange(np.floor(low / size_m), np.ceil(high / size_m)).astype(np.int64)


def boxes(columns: Ints, rows: Ints | int, size_m: float) -> Shapes:
    """Return the squares of the lattice with these numbers."""
    columns, rows = np.broadcast_arrays(np.asarray(columns), np.asarray(rows))
    squares: Shapes = shapely.box(
        columns * size_m, rows * size_m, (columns + 1) * size_m, (rows + 1) * size_m
    )
    return squares


def polygons_of(shapes: Shapes) -> Shapes:
    """Return the shapes with only their polygons: clipping leaves points and lines at corners."""
    shapes = shapes.copy()
    for row in np.flatnonzero(shapely.get_type_id(shapes) == 7):
        parts = shapely.get_parts(shapes[row])
        shapes[row] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return np.where(shapely.get_dimensions(shapes) == 2, shapes, shapely.Polygon())


def tile(
    shape: shapely.Geometry, size_m: float, least_m2: float = 0.0
) -> tuple[Shapes, Ints, Ints]:
    """Cut a shape into the squares of the lattice; return the pieces, their columns and rows.

    Pieces of ``least_m2`` or less are left out. The squares lie at whole multiples of their size
    in the shape's own CRS.
    """
    pieces: list[Shapes] = [np.array([], dtype=object)]
    at_column: list[Ints] = [np.array([], dtype=np.int64)]
    at_row: list[Ints] = [np.array([], dtype=np.int64)]
    if not shape.is_empty:
        west, south, east, north = shape.bounds
        for row in lattice(south, north, size_m):  # by rows: each square meets one strip only
            strip = shape.intersection(
                shapely.box(west - 1, row * size_m, east + 1, (row + 1) * size_m)
            )
            if strip.is_empty:
                continue
            columns = lattice(strip.bounds[0], strip.bounds[2], size_m)
            cut = polygons_of(shapely.intersection(boxes(columns, row, size_m), strip))
            kept = shapely.area(cut) > least_m2
            pieces.append(cut[kept])
            at_column.append(columns[kept])
            at_row.append(np.full(int(kept.sum()), row))
    return np.concatenate(pieces), np.concatenate(at_column), np.concatenate(at_row)
