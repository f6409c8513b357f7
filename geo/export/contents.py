"""Gather what an export holds: the tables and layers of one study, whatever file they go into.

Every table's first column names its rows (the code of a cell, the id of a station, the key of a
figure), so that a number is found again by table, row and column. Layers are in WGS84; tables
without geometry say so by being plain frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import disclosure, figures, gaps, service_area
from geo.crs import to_wgs84, unproject
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.export import about, changed
from geo.export.columns import COLUMNS, KINDS, rounded
from geo.manifest import Scenario
from geo.model import BANDS_MIN, Budget
from geo.progress import Progress, silent
from geo.schemas import SCHEMAS
from geo.study import Study, run
from geo.supply import STATES
from geo.why import phrases

#: Names of the tables, in their order, with a title for people.
TITLES = {
    "about": "关于 · about",
    "figures": "主要数字 · figures",
    "uncovered": "未覆盖的原因 · why not covered",
    "cells": "网格 · cells",
    "stations": "驿站 · stations",
    "gaps": "缺口 · gaps",
    "circles": "服务圈 · circles",
    "rings": "直线圈 · rings",
    "changes": "方案的改动 · changes of the scenario",
    "columns": "列的含义 · columns",
}
#: What takes its time.
_GATHERING, _WRITING = "整理表格", "写文件"
#: Written with every choice of tables: without them the others cannot be understood.
ALWAYS = ("about", "columns")

_CELLS = (
    "code name level parent kind people people_judged covered uncovered share ring_covered"
    " ground_m2 judged_m2 covered_m2 ring_m2 ground_share class reason null_reason"
).split()
#: A picture's file stays with the city.
_STATIONS = [column.name for column in SCHEMAS["stations"].columns if column.name != "photo"]
#: Coordinates are kept to 1e-8°, a millimetre; the shapes stay valid.
_GRID_DEG = 1e-8


@dataclass(frozen=True, eq=False)
class Table:
    """Hold one table or layer; ``frame`` is a GeoDataFrame in WGS84 when it has places."""

    name: str
    frame: pd.DataFrame

    @property
    def spatial(self) -> bool:
        """Return whether the rows have a geometry."""
        return isinstance(self.frame, gpd.GeoDataFrame)

    @property
    def plain(self) -> pd.DataFrame:
        """Return the table without its geometry."""
        return pd.DataFrame(self.frame.drop(columns="geometry")) if self.spatial else self.frame


@dataclass(frozen=True, eq=False)
class Contents:
    """Hold the tables of one export in their order, by name."""

    tables: dict[str, Table]
    edition: Edition

    def each(self, progress: Progress) -> Iterator[Table]:
        """Yield the tables in their order, telling how many of them are written."""
        for done, table in enumerate(self.tables.values()):
            progress(_WRITING, done, len(self.tables))
            yield table
        progress(_WRITING, len(self.tables), len(self.tables))

    def only(self, names: Iterable[str]) -> Contents:
        """Return some of the tables, and those that explain them; no names are all of them."""
        wanted = list(names)
        unknown = [name for name in wanted if name not in self.tables]
        if unknown:
            raise OptionError(
                f"there is no table or layer {', '.join(map(repr, unknown))}; "
                f"choose of {', '.join(self.tables)}"
            )
        if not wanted:
            return self
        kept = {k: v for k, v in self.tables.items() if k in wanted or k in ALWAYS}
        described = kept["columns"].frame
        mine = described[described["table"].isin(kept)].reset_index(drop=True)
        return replace(self, tables=kept | {"columns": Table("columns", mine)})


def contents(
    study: Study,
    summary: Mapping[str, Any],
    *,
    scenario: Scenario | None = None,
    before: gpd.GeoDataFrame | None = None,
    edition: Edition = "internal",
    progress: Progress = silent,
) -> Contents:
    """Return the tables and layers of a study.

    ``summary`` is the study's JSON with its provenance (:meth:`geo.study.Study.to_json`);
    ``scenario`` the one whose changes made the study's city, ``None`` = the city as it is, and
    ``before`` the stations of the city as it is, for where those stood that move. What
    :func:`geo.manifest.told` says may stand in the summary under ``scenario``.
    """
    public = edition == "public"
    cells, stations, found = _cells(study), _stations(study), study.gaps
    if public:
        lost = {name: row["people"] for name, row in summary["uncovered"].items()}
        found = disclosure.public_gaps(found, lost)
        cells = disclosure.public_cells(study.data.cells, cells)
        summary = disclosure.public_summary(summary, study.data.cells, cells)
        # Whom every single station serves adds up to the covered people: it is not told at all.
        stations["people_nearest"] = np.nan
    makers: dict[str, Callable[[], pd.DataFrame]] = {
        "about": lambda: about.lines(study, summary, scenario, edition),
        "figures": lambda: _figures(summary),
        "uncovered": lambda: _uncovered(summary),
        "cells": lambda: cells,
        "stations": lambda: stations,
        "gaps": lambda: _gaps(study, found),
        "circles": lambda: _circles(study),
        "rings": lambda: _rings(study),
        "changes": lambda: changed.changes(scenario, study.data.stations, before),
    }
    tables: dict[str, Table] = {}
    for name, make in makers.items():
        progress(_GATHERING, len(tables), len(makers))
        tables[name] = Table(name, _finished(make()))
    progress(_GATHERING, len(tables), len(makers))
    tables["columns"] = Table("columns", _described(tables))
    return Contents(tables, edition)


def _finished(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with rounded numbers and, where it has places, coordinates in WGS84."""
    out = frame.copy()
    for name in out.columns.drop("geometry", errors="ignore"):
        out[name] = rounded(out[name], COLUMNS[name].kind)
    if not isinstance(frame, gpd.GeoDataFrame):
        return out
    out = to_wgs84(gpd.GeoDataFrame(out, geometry="geometry", crs=frame.crs))
    return out.set_geometry(shapely.set_precision(out.geometry.to_numpy(), _GRID_DEG), crs=4326)


def _described(tables: Mapping[str, Table]) -> pd.DataFrame:
    rows = [
        (f"{table.name}.{name}", table.name, name, *_words(name))
        for table in tables.values()
        for name in table.plain.columns
    ]
    heads = ["key", "table", "column", "unit", "meaning_zh", "meaning_en"]
    return pd.DataFrame(rows, columns=heads)


def _words(name: str) -> tuple[str, str, str]:
    column = COLUMNS[name]
    return KINDS[column.kind].unit, column.zh, column.en


def _figures(summary: Mapping[str, Any]) -> pd.DataFrame:
    told = {
        key: value
        for key, value in figures.named(summary).items()
        if not key.endswith("reason") and (value is None or isinstance(value, int | float))
    }
    kinds = {key: figure_kind(key) for key in told}
    values = [None if value is None else float(value) for value in told.values()]
    decimals = [KINDS[kind].decimals or 0 for kind in kinds.values()]
    return pd.DataFrame(
        {
            "key": list(told),
            "value": pd.array(
                [
                    None if value is None else round(value, digits)
                    for value, digits in zip(values, decimals, strict=True)
                ],
                dtype="Float64",
            ),
            "unit": [KINDS[kind].unit for kind in kinds.values()],
        }
    )


def figure_kind(key: str) -> str:
    """Return the kind of a figure by its name, a key of :data:`~geo.export.columns.KINDS`."""
    *path, last = key.split(".")
    if last.startswith("share"):
        return "share"
    for ending, kind in (("_m2", "m2"), ("_mps", "mps"), ("_s", "s"), ("_m", "m")):
        if last.endswith(ending) or (kind == "m2" and "area_m2" in path):
            return kind
    if last == "people" or "people" in path:
        return "people"
    return "min" if last == "minutes" else "count"


def _uncovered(summary: Mapping[str, Any]) -> pd.DataFrame:
    rows = summary["uncovered"]
    return pd.DataFrame(
        {
            "class": list(rows),
            "title": [" · ".join(phrases.CLASS_TITLES[name]) for name in rows],
            "places": pd.array([row["places"] for row in rows.values()], dtype="Int64"),
            "people": pd.array([row["people"] for row in rows.values()], dtype="Float64"),
            "area_m2": [row["area_m2"] for row in rows.values()],
            **_marks(summary, rows),
        }
    )


def _marks(summary: Mapping[str, Any], names: Iterable[str]) -> dict[str, list[str]]:
    """Return the column that says what is withheld, none in an edition that is exact."""
    if "suppressed" not in summary:
        return {}
    return {"suppressed": [summary["suppressed"].get(name, "") for name in names]}


def _cells(study: Study) -> gpd.GeoDataFrame:
    cells = study.data.cells
    out = pd.concat([cells.drop(columns="geometry"), study.cells], axis=1)
    out["uncovered"] = out["people"] - out["covered"]
    out = out[_CELLS]
    out["lon"], out["lat"] = _inside(cells)
    return gpd.GeoDataFrame(out, geometry=cells.geometry.to_numpy(), crs=cells.crs)


def _stations(study: Study) -> gpd.GeoDataFrame:
    data = study.data
    stations = data.stations
    states = data.supply(study.need, study.budget_ms).states(study.budget_ms)
    out = stations[_STATIONS].assign(state=np.array(STATES, dtype=object)[states])
    out["serves"] = np.isin(np.arange(len(stations)), study.stations)
    out["people_nearest"] = _people_nearest(study)
    out["lon"], out["lat"] = _inside(stations)
    return gpd.GeoDataFrame(out, geometry=stations.geometry.to_numpy(), crs=stations.crs)


def _people_nearest(study: Study) -> Any:
    """Return, per station, the covered people whom it serves first; NaN where nobody is known."""
    count, units, times = len(study.data.stations), study.data.units, study.times.units
    if units is None or times is None:
        return np.full(count, np.nan)
    mine = study.unit_class == gaps.COVERED
    return np.bincount(times.station[mine], units["people"].to_numpy()[mine], count)


def _gaps(study: Study, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    lon, lat = _inside(found)
    people = found["people"].astype(float)
    out = found.assign(lon=lon, lat=lat, people=people).drop(columns="geometry")
    return gpd.GeoDataFrame(out, geometry=found.geometry.to_numpy(), crs=study.data.city.crs)


def _circles(study: Study) -> gpd.GeoDataFrame:
    """Return one row a budget: 5, 10 and 15 minutes, and the study's own."""
    budgets = {each.key: each for each in (*(Budget(minutes=m) for m in BANDS_MIN), study.budget)}
    shapes = []
    for key, budget in budgets.items():
        own = key == study.budget.key
        each = study if own else run(study.data, study.profile, budget, study.need)
        shapes.append(shapely.MultiPolygon(list(each.circles.geometry)))
    areas = shapely.area(np.array(shapes))
    return gpd.GeoDataFrame(
        {"budget": list(budgets), "area_m2": areas}, geometry=shapes, crs=study.data.city.crs
    )


def _rings(study: Study) -> gpd.GeoDataFrame:
    serving = study.data.stations.iloc[study.stations].reset_index(drop=True)
    radius_m = study.budget.metres(study.profile)
    rings = service_area.ring_area(serving, radius_m)
    out = serving[["id", "name"]].assign(radius_m=radius_m)
    return gpd.GeoDataFrame(out, geometry=rings.to_numpy(), crs=serving.crs)


def _inside(frame: gpd.GeoDataFrame) -> tuple[Any, Any]:
    """Return longitude and latitude of a point within every shape."""
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    return unproject(shapely.get_x(points), shapely.get_y(points), frame.crs)
