"""Put cells into levels: who stands above whom, and what the levels are called.

The number of levels and their names are data of the city. A hierarchy may be given by codes of
parents, by numbers or names of levels, by names of groups, or only by where the cells lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames
from geo.errors import InputError
from geo.model import LEVEL_TITLES, Level
from geo.sources import files
from geo.sources.notes import Note


def known_level(text: str) -> str:
    """Return the name in our vocabulary for a level's name or title, ``""`` for none."""
    bare = files.plain(text)
    for name, (zh, en) in LEVEL_TITLES.items():
        if bare in (name, zh, files.plain(en)):
            return name
    return ""


def levels(
    values: pd.Series, at: str, level_names: Sequence[str]
) -> tuple[NDArray[np.int64], Sequence[str]]:
    """Return level numbers from 1, and the names of the levels if the column holds names.

    ``at`` names the file and the column in the faults.
    """
    numbers = pd.to_numeric(values.str.replace("级", ""), errors="coerce")
    if numbers.notna().all():
        return np.unique(numbers, return_inverse=True)[1] + 1, ()
    names = list(level_names)
    if names and values.isin(names).all():
        known = values
    else:
        known = values.map(known_level)
        names = [name for name in LEVEL_TITLES if (known == name).any()]
    titles = level_names or [zh for zh, _ in LEVEL_TITLES.values()]
    faults = frames.row_faults(
        at,
        known == "",
        lambda row: repr(values.iloc[row]) if values.iloc[row] else "empty",
        f"give a number (1 = top) in every row, or one of {', '.join(titles)}",
    )
    if faults:
        raise InputError(faults)
    return known.map({name: rank for rank, name in enumerate(names, 1)}).to_numpy(int), names


def resolve_parents(
    cells: gpd.GeoDataFrame, where: str, notes: list[Note], *, by_level: bool
) -> tuple[gpd.GeoDataFrame, bool]:
    """Turn what stands as parent into codes; return the cells and whether a level was added."""
    codes = set(cells["code"])
    parent = cells["parent"]
    given = parent != ""
    strange = given & ~parent.isin(codes)
    if strange.any():
        once = cells.drop_duplicates("name", keep=False)
        by_name = dict(zip(once["name"], once["code"], strict=True))
        if not parent[given].isin(codes | by_name.keys()).any():
            return _grouped(cells, where, notes), True
        named = parent.map(lambda text: by_name.get(text, text))
        cells = cells.assign(parent=parent.where(~strange, named))
    faults = frames.row_faults(
        where,
        (cells["parent"] != "") & ~cells["parent"].isin(codes),
        lambda row: f"{cells['name'].iloc[row]}: unknown parent {cells['parent'].iloc[row]!r}",
        "give the code of a cell of the level above",
    )
    if faults:
        raise InputError(faults)
    if not by_level:
        cells = cells.assign(level=_depth(cells, where))
    return _placed_parents(cells, where, notes), False


def _grouped(cells: gpd.GeoDataFrame, where: str, notes: list[Note]) -> gpd.GeoDataFrame:
    """Make a level above from groups of cells that share the name of a parent."""
    top = cells[cells["level"] == 1]
    groups = top[["parent", "geometry"]].dissolve(by="parent").reset_index()
    groups = groups[groups["parent"] != ""].rename(columns={"parent": "code"})
    groups = groups.assign(name=groups["code"], level=1, parent="")
    notes.append(
        Note(
            where,
            f"上级是 {len(groups)} 个没有边界的名称，已由下级合并成一层",
            f"the parents are {len(groups)} names without a shape; a level was dissolved from "
            "their cells",
            len(groups),
        )
    )
    lower = cells.assign(level=cells["level"] + 1)
    whole = pd.concat([groups, lower], ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=cells.crs)


def _depth(cells: gpd.GeoDataFrame, where: str) -> NDArray[np.int64]:
    """Return how far below a cell without parent each cell stands, 1 = top."""
    row = pd.Series(np.arange(len(cells)), index=cells["code"].to_numpy())
    above = row.reindex(cells["parent"]).fillna(-1).to_numpy().astype(np.int64)
    depth = np.where(above < 0, 1, 0)
    for _ in range(len(cells)):
        ready = (depth == 0) & (above >= 0) & (depth[above] > 0)
        if not ready.any():
            break
        depth[ready] = depth[above[ready]] + 1
    faults = frames.row_faults(
        where,
        depth == 0,
        lambda at: f"{cells['name'].iloc[at]}: its parents run in a circle",
        "correct the parents",
    )
    if faults:
        raise InputError(faults)
    return depth


def _placed_parents(cells: gpd.GeoDataFrame, where: str, notes: list[Note]) -> gpd.GeoDataFrame:
    """Check that parents stand one level above, and find those missing by where the cell lies."""
    level = cells["level"].to_numpy()
    level_of = dict(zip(cells["code"], level, strict=True))
    parent = cells["parent"].to_numpy(dtype=object).copy()
    above = np.array([level_of.get(code, 0) for code in parent])
    faults = frames.row_faults(
        where,
        (parent != "") & (above != level - 1),
        lambda row: (
            f"{cells['name'].iloc[row]} (level {level[row]}): parent {parent[row]!r} is of "
            f"level {above[row]}"
        ),
        "give a parent of the level just above",
    )
    if faults:
        raise InputError(faults)
    open_rows = np.flatnonzero((parent == "") & (level > 1))
    if not len(open_rows):
        return cells
    points = cells.geometry.representative_point().to_numpy()
    for each in np.unique(level[open_rows]):
        upper = np.flatnonzero(level == each - 1)
        mine = open_rows[level[open_rows] == each]
        tree = shapely.STRtree(cells.geometry.to_numpy()[upper])
        inside, hit = tree.query(points[mine], predicate="intersects")
        parent[mine[inside]] = cells["code"].to_numpy()[upper[hit]]
    lost = (parent == "") & (level > 1)
    faults = frames.row_faults(
        where,
        lost,
        lambda row: (
            f"{cells['name'].iloc[row]} (level {level[row]}): no parent, and it lies in no "
            "cell of the level above"
        ),
        "give its parent",
    )
    if faults:
        raise InputError(faults)
    notes.append(
        Note(
            where,
            f"{len(open_rows)} 个网格没有上级编码，已按位置确定",
            f"{len(open_rows)} cells without a parent were placed by where they lie",
            len(open_rows),
        )
    )
    return cells.assign(parent=parent)


def inherited(cells: gpd.GeoDataFrame, values: pd.Series) -> pd.Series:
    """Return what every cell has of its own, else what the nearest cell above it has.

    ``values`` are aligned with the cells, which have their levels and parents; nulls stand for
    nothing of its own.
    """
    row = pd.Series(np.arange(len(cells)), index=cells["code"].to_numpy())
    above = row.reindex(cells["parent"].to_numpy()).fillna(-1).to_numpy().astype(np.int64)
    out = values.to_numpy(dtype=object, copy=True)
    for level in np.unique(cells["level"].to_numpy()):
        mine = (cells["level"] == level).to_numpy() & pd.isna(out) & (above >= 0)
        out[mine] = out[above[mine]]
    return pd.Series(out, index=cells.index)


def titles(names: Sequence[str], depth: int) -> tuple[Level, ...]:
    """Return the levels 1…depth; the names are taken from the top, missing ones are numbered."""
    if depth == 1 and not any(names):
        return (Level(1, "area", "区域", "Area"),)
    names = [*names, *[""] * depth][:depth]
    levels = []
    for number, name in enumerate(names, 1):
        known = known_level(name) if name else ""
        zh, en = LEVEL_TITLES.get(known, (name or f"第 {number} 级", name or f"Level {number}"))
        levels.append(Level(number, known or name or f"level{number}", zh, en))
    return tuple(levels)
