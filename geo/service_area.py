"""Draw service areas: the network circle from the one truth, and the straight-line ring beside it.

The network circle is the contour of the travel time over the pixel table; the ring is a GeoPandas
buffer of the promised radius. Both are polygons in the city's metric CRS.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.pixels import PixelTable, traced

#: Segments a quarter circle of the drawn ring: 0.04 % less area than the true circle.
RING_SEGMENTS = 16


def balance(time_ms: NDArray[Any], budget_ms: int, pixel_ms: float) -> NDArray[np.float64]:
    """Return the signed field whose zero line is drawn: negative inside, positive outside.

    The difference to the budget is cut at one pixel's walk on either side: along streets the
    contour interpolates the time exactly, and at a jump (a wall, the end of all streets) it runs
    midway between the pixels instead of clinging to one of them.
    """
    difference = np.asarray(time_ms, dtype=np.float64) - budget_ms
    # A place exactly on the budget is covered; the contour must not run through its centre.
    difference[difference == 0.0] = -0.5
    return np.clip(difference, -pixel_ms, pixel_ms)


def network_area(
    table: PixelTable,
    rows: NDArray[np.int64],
    time_ms: NDArray[Any],
    budget_ms: int,
    pixel_ms: float,
    *,
    window: tuple[int, int, int, int] | None = None,
    chunk: int | None = None,
) -> NDArray[Any]:
    """Return the polygons from which the budget suffices, metric CRS.

    ``rows`` are rows of the pixel table, ``time_ms`` their times, ``pixel_ms`` the time to walk
    one pixel. ``window`` limits the work to a part of the grid; ``chunk`` cuts the polygons into
    tiles of that many pixels for cheap overlays.
    """
    grid = table.grid
    if window is None:
        window = (0, grid.rows, 0, grid.cols)
    field = table.field(rows, balance(time_ms, budget_ms, pixel_ms), window, pixel_ms)
    # Pixels on the rim are empty by construction of the grid; a window may cut through the area.
    if window[0] > 0 or window[2] > 0 or window[1] < grid.rows or window[3] < grid.cols:
        field = np.pad(field, 1, constant_values=pixel_ms)
        window = (window[0] - 1, window[1] + 1, window[2] - 1, window[3] + 1)
    return traced(grid, field, origin=(window[0], window[2]), chunk=chunk)


def ring_area(stations: gpd.GeoDataFrame, radius_m: float) -> gpd.GeoSeries:
    """Return the straight-line circles of stations: one polygon per row, index kept."""
    return stations.geometry.buffer(radius_m, quad_segs=RING_SEGMENTS)


def merged(polygons: NDArray[Any] | gpd.GeoSeries) -> shapely.Geometry:
    """Return the union as one (Multi)Polygon, empty when there is nothing to join."""
    return shapely.union_all(np.asarray(polygons, dtype=object))


def overlay_area(cells: NDArray[Any], pieces: NDArray[Any]) -> NDArray[np.float64]:
    """Return for every cell the area in m² that disjoint pieces cover of it.

    Pairs come from an STRtree; a piece wholly inside a cell, or a cell wholly inside a piece, is
    never cut. Equal to ``geopandas.overlay`` to 1e-9 of the area.
    """
    out = np.zeros(len(cells))
    if not len(cells) or not len(pieces):
        return out
    tree = shapely.STRtree(pieces)
    cell, piece = tree.query(cells, predicate="intersects")
    shapely.prepare(cells)
    inside = shapely.covers(cells[cell], pieces[piece])
    area = np.where(inside, shapely.area(pieces)[piece], 0.0)
    rest = np.flatnonzero(~inside)
    shapely.prepare(pieces)
    whole = shapely.covers(pieces[piece[rest]], cells[cell[rest]])
    area[rest[whole]] = shapely.area(cells)[cell[rest[whole]]]
    cut = rest[~whole]
    area[cut] = shapely.area(shapely.intersection(cells[cell[cut]], pieces[piece[cut]]))
    np.add.at(out, cell, area)
    return out


def ring_overlay_area(
    cells: NDArray[Any], centres: NDArray[np.float64], radius_m: float
) -> NDArray[np.float64]:
    """Return for every cell the area in m² within the radius of at least one centre.

    A cell whose farthest vertex lies within one circle is wholly covered (a circle is convex);
    only the others are cut, each with the union of the few circles that touch it.
    """
    out = np.zeros(len(cells))
    if not len(cells) or not len(centres):
        return out
    points = shapely.points(centres)
    cell, centre = shapely.STRtree(points).query(cells, predicate="dwithin", distance=radius_m)
    if not len(cell):
        return out
    bounds = shapely.bounds(cells)
    # The farthest corner of the bounding box is a safe stand-in for the farthest vertex.
    far_x = np.maximum(
        abs(bounds[cell, 0] - centres[centre, 0]), abs(bounds[cell, 2] - centres[centre, 0])
    )
    far_y = np.maximum(
        abs(bounds[cell, 1] - centres[centre, 1]), abs(bounds[cell, 3] - centres[centre, 1])
    )
    whole = np.zeros(len(cells), bool)
    whole[cell[np.hypot(far_x, far_y) <= radius_m]] = True
    out[whole] = shapely.area(cells[whole])
    todo = ~whole[cell]
    cell, centre = cell[todo], centre[todo]
    order = np.argsort(cell, kind="stable")
    cell, centre = cell[order], centre[order]
    circles = shapely.buffer(points, radius_m, quad_segs=RING_SEGMENTS)
    for group in np.split(np.arange(len(cell)), np.flatnonzero(np.diff(cell)) + 1):
        if len(group):
            row = cell[group[0]]
            near = shapely.intersection(circles[centre[group]], cells[row])
            out[row] = shapely.area(shapely.union_all(near))
    return out
