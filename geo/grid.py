"""Keep the hierarchy of administrative grid cells: parents, leaves, ground, roll-up, look-up.

Cells are polygons with a code, a level (1 = top) and the code of their parent. The *leaves* are the
cells without children; ground and people are measured there and rolled up, so that every level
adds up to the same total.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int32]


def parent_rows(cells: gpd.GeoDataFrame) -> Ints:
    """Return for every cell the row of its parent, -1 at the top."""
    row_of = pd.Series(np.arange(len(cells), dtype=np.int32), index=cells["code"].to_numpy())
    return row_of.reindex(cells["parent"].to_numpy()).fillna(-1).to_numpy(np.int32)


def leaf_rows(cells: gpd.GeoDataFrame) -> Ints:
    """Return the rows of the cells that have no children, ascending."""
    has_child = cells["code"].isin(set(cells["parent"]) - {""}).to_numpy()
    return np.flatnonzero(~has_child).astype(np.int32)


def ancestry(cells: gpd.GeoDataFrame) -> list[Ints]:
    """Return, generation by generation, each cell's own row, its parent's and so on up.

    The list ends when nobody has an ancestor any more; -1 stands for “none”.
    """
    parent = parent_rows(cells)
    generation = np.arange(len(cells), dtype=np.int32)
    out = []
    for _ in range(int(cells["level"].max()) + 1 if len(cells) else 0):
        out.append(generation)
        generation = np.where(generation >= 0, parent[generation], -1).astype(np.int32)
        if (generation < 0).all():
            break
    return out


def roll_up(
    cells: gpd.GeoDataFrame,
    leaf: Ints,
    values: NDArray[Any],
    lineage: list[Ints] | None = None,
) -> NDArray[Any]:
    """Return for every cell the sum of the values of the leaves below it (or its own).

    ``leaf`` are rows of cells aligned with ``values``; ``lineage`` is the cells' :func:`ancestry`,
    for whoever rolls up more than once. The sum of people is exact because people
    are multiples of a power of two.
    """
    out = np.zeros((len(cells), *values.shape[1:]), dtype=values.dtype)
    for generation in ancestry(cells) if lineage is None else lineage:
        holder = generation[leaf]
        known = holder >= 0
        np.add.at(out, holder[known], values[known])
    return out


def below(cells: gpd.GeoDataFrame, leaf: Ints, row: int) -> NDArray[np.bool_]:
    """Return which leaves (rows of cells) lie below a cell, or are it."""
    return np.any([generation[leaf] == row for generation in ancestry(cells)], axis=0)


def ground_of(leaves: gpd.GeoDataFrame, water: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the ground of every leaf: the cell minus water; metric CRS, index kept."""
    ground = leaves.geometry.copy()
    if water.empty:
        return ground
    basin = water.geometry.to_numpy()
    row, body = shapely.STRtree(basin).query(ground.to_numpy(), predicate="intersects")
    order = np.argsort(row, kind="stable")
    row, body = row[order], body[order]
    values = ground.to_numpy().copy()
    for group in np.split(np.arange(len(row)), np.flatnonzero(np.diff(row)) + 1):
        if len(group):
            cell = row[group[0]]
            near = shapely.union_all(basin[body[group]])
            values[cell] = shapely.difference(values[cell], near)
    return gpd.GeoSeries(values, index=ground.index, crs=ground.crs)


def holder_rows(cells: gpd.GeoDataFrame, leaf: Ints, xy: NDArray[np.float64]) -> Ints:
    """Return for every point (metres) the row of the leaf that holds it, -1 for none.

    On a shared border the leaf with the lowest row holds it.
    """
    out = np.full(len(xy), -1, np.int32)
    tree = shapely.STRtree(cells.geometry.to_numpy()[leaf])
    point, hit = tree.query(shapely.points(xy), predicate="intersects")
    order = np.lexsort((-leaf[hit], point))
    out[point[order]] = leaf[hit[order]]
    return out


def chain(cells: gpd.GeoDataFrame, row: int) -> list[int]:
    """Return the rows from the top cell down to this one."""
    parent = parent_rows(cells)
    out = [row]
    while parent[out[-1]] >= 0:
        out.append(int(parent[out[-1]]))
    return out[::-1]


def districts(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the cells whose names people use for a neighbourhood, ``None`` in a flat fine grid.

    The deepest level with at most 150 cells on it, so that a list of gaps reads like a list of
    communities rather than of house numbers.
    """
    if cells.empty:
        return None
    counts = cells["level"].value_counts()
    fitting = [int(level) for level, count in counts.items() if count <= 150]
    return cells[cells["level"] == max(fitting)] if fitting else None
