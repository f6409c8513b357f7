"""Read administrative cells of any number of levels, or lay square analysis cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs as datums
from geo import frames
from geo.errors import Fault, InputError, OptionError
from geo.model import LEVEL_TITLES, Level
from geo.sources import ages, files, hierarchy
from geo.sources.notes import Note
from geo.sources.tiling import tile

FIELDS: dict[str, tuple[str, ...]] = {
    "code": (
        "代码", "编码", "网格编码", "网格代码", "网格编号", "编号", "区划代码", "行政区划代码",
        "admincode", "adcode", "gridcode", "id",
    ),
    "name": ("名称", "网格名称", "区域名称", "gridname"),
    "level": ("级别", "层级", "网格级别", "网格层级", "等级"),
    "parent": (
        "上级", "上级编码", "上级代码", "上级网格", "父级", "父级编码", "parentcode", "parentid",
    ),
    "kind": ("类型", "社区类型", "小区类型", "住区类型", "type", "communitytype"),
    "aged_60_share": ages.SHARE,
}  # fmt: skip

#: More analysis cells than this are surely a slip in the size.
_SQUARES_UP_TO = 2_000_000
#: So many types of community are named in the report.
_KINDS_NAMED = 12
#: Slivers of ground smaller than this get no cell of their own, in m².
_SLIVER_M2 = 1.0


def read_areas(
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    datum: str | None = None,
    level_names: Sequence[str] | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Level, ...], tuple[Note, ...]]:
    """Read polygons with code, name, level and parent into the frame ``cells`` (WGS84).

    ``fields`` tells which header holds which of our fields, ``level_names`` how the levels are
    called from the top. What the file leaves open is completed and said in the notes: a missing
    code comes from the row, a missing level from the parents, a missing parent from where the cell
    lies; a parent that is the name of no cell (such as a county) becomes a level above, dissolved
    from its cells. The type of community and the share of people aged 60 and more hold for all
    cells below that have none of their own. Raises :class:`~geo.errors.InputError` with all faults.
    """
    frame, notes = files.read_vector(path, datum)
    where, shapes = path.name, frame.geometry.to_numpy()
    headers = [str(name) for name in frame.columns if name != "geometry"]
    found, faults = files.match_columns(headers, FIELDS, fields or {}, where)
    column = {field: files.text(frame[header]) for field, header in found.items()}
    blank = pd.Series([""] * len(frame), dtype="str")
    code, name = column.get("code", blank), column.get("name", blank)
    faults += files.extent_faults(where, shapes)
    faults += files.shape_faults(where, shapes, label=name.where(name != "", code))
    if "code" in found:
        faults += frames.row_faults(
            f"{where}: column {found['code']}", code == "", lambda row: "empty", "give each a code"
        )
        faults += frames.duplicate_faults(f"{where}: column {found['code']}", code)
    else:
        width = max(4, len(str(len(frame))))
        code = pd.Series([f"c{row:0{width}d}" for row in range(1, len(frame) + 1)], dtype="str")
        notes.append(
            Note(where, "没有编码列，按行号生成编码", "no column with a code; made from the rows")
        )
    aged = np.full(len(frame), np.nan)
    if "aged_60_share" in found:
        at = f"{where}: column {found['aged_60_share']}"
        aged, told = ages.shares(column["aged_60_share"], at)
        faults += told
    if faults:
        raise InputError(faults)
    cells = gpd.GeoDataFrame(
        {"code": code, "name": name.where(name != "", code), "level": 1,
         "parent": column.get("parent", blank), "kind": column.get("kind", blank),
         "aged_60_share": aged},
        geometry=shapes,
        crs=frame.crs,
    )  # fmt: skip
    names: Sequence[str] = ()
    if "level" in column:
        at = f"{where}: column {found['level']}"
        cells["level"], names = hierarchy.levels(column["level"], at, level_names or ())
    cells, grouped = hierarchy.resolve_parents(cells, where, notes, by_level="level" in column)
    cells["kind"] = hierarchy.inherited(cells, cells["kind"].replace("", pd.NA)).fillna("")
    cells["aged_60_share"] = hierarchy.inherited(cells, cells["aged_60_share"])
    notes += _told(cells, where)
    depth = int(cells["level"].max())
    if not names and depth - grouped == 1:
        names = [
            hierarchy.known_level(found.get("name", ""))
            or hierarchy.known_level(found.get("code", ""))
        ]
    if grouped:
        names = [hierarchy.known_level(found["parent"]), *names]
    checked = frames.make(
        "cells",
        {name: cells[name].to_numpy() for name in cells.columns if name != "geometry"},
        cells.geometry.to_numpy(),
        cells.crs,
        where,
    )
    return checked, hierarchy.titles(level_names or names, depth), tuple(notes)


def _told(cells: gpd.GeoDataFrame, where: str) -> list[Note]:
    """Say which types of community the file knows, and of how many cells the share of the aged."""
    notes = []
    kinds = cells["kind"][cells["kind"] != ""].value_counts()
    if len(kinds):
        some = "、".join(f"{kind} {count}" for kind, count in kinds.head(_KINDS_NAMED).items())
        dots = "…" if len(kinds) > _KINDS_NAMED else ""
        zh, en = f"{len(kinds)} 种社区类型", f"{len(kinds)} types of community"
        notes.append(
            Note(where, f"{zh}：{some}{dots}（含下级）", f"{en} (cells below counted)", len(kinds))
        )
    aged = int(cells["aged_60_share"].notna().sum())
    if aged:
        zh, en = f"{aged} 个网格有 60 岁以上占比", f"{aged} cells with a share of people aged 60+"
        notes.append(Note(where, zh, en, aged))
    return notes


def touching(cells: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, where: str) -> NDArray[np.bool_]:
    """Return for each cell whether a street runs through it; refuse areas that hold no street.

    Cells without a street stay cells: their people count as ``outside``. ``edges`` is in the
    metric CRS, the cells in any; ``where`` names the file of the areas.
    """
    placed = datums.to_metric(cells, edges.crs).geometry.to_numpy()
    tree = shapely.STRtree(edges.geometry.to_numpy())
    hit = np.zeros(len(cells), dtype=bool)
    hit[np.unique(tree.query(placed, predicate="intersects")[0])] = True
    if not hit.any():
        mine = _extent(datums.to_wgs84(cells))
        streets = _extent(datums.to_wgs84(edges))
        raise InputError(
            Fault(
                where,
                f"none of {len(cells)} areas touches a street: they lie at {mine}, the streets "
                f"at {streets}",
                "give areas of the same city, or the datum that the file is really in",
            )
        )
    return hit


def square_cells(ground: gpd.GeoDataFrame, size_m: float) -> tuple[gpd.GeoDataFrame, Level]:
    """Lay squares of ``size_m`` metres over the ground and clip them to it.

    ``ground`` is in the metric CRS; the squares stand at whole multiples of their size, so codes
    (``e<column>n<row>``) stay the same when the ground changes. Return the frame ``cells`` (in the
    same CRS) and its only level.
    """
    if not 20 <= size_m <= 20_000:
        raise OptionError(f"analysis cells of {size_m:g} m; give 20 to 20000 metres")
    whole = ground.geometry.union_all()
    if whole.is_empty:
        raise OptionError("no ground to lay analysis cells on")
    west, south, east, north = whole.bounds
    squares = (east - west) * (north - south) / size_m**2
    if squares > _SQUARES_UP_TO:
        raise OptionError(f"cells of {size_m:g} m make {squares:.0f} squares; give a larger size")
    pieces, columns, rows = tile(whole, size_m, _SLIVER_M2)
    code = np.array([f"e{column}n{row}" for column, row in zip(columns, rows, strict=True)])
    cells = frames.make(
        "cells",
        {"code": code, "name": code, "level": np.ones(len(code), dtype=np.int64)},
        pieces,
        ground.crs,
    )
    zh, en = LEVEL_TITLES["cell"]
    return cells, Level(1, "cell", f"{size_m:g} 米{zh}", f"{en}, {size_m:g} m")


def _extent(frame: gpd.GeoDataFrame) -> str:
    west, south, east, north = frame.total_bounds
    return f"{west:.3f}–{east:.3f}, {south:.3f}–{north:.3f}"
