"""Take in a city's files: read them all, check them all, lay the cells and spread the people.

Every fault of every file is collected before anything is refused, so that one run shows all that
has to be mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo import frames, gates, grid, ground, schemas
from geo.crs import WGS84, degrees, to_metric
from geo.errors import Fault, InputError
from geo.model import JUDGED_WITHIN_M, Level
from geo.progress import Progress
from geo.sources import ages, areas, demand, stations, streets, unnamed, water
from geo.sources.notes import Note

DEFAULT_CELL_M = 250.0
#: The order in which files are read; the streets give the metric CRS.
_ROLES = ("streets", "water", "areas", "stations", "demand")


@dataclass(frozen=True)
class Request:
    """Hold what ``yizhan city create`` is asked to build; paths of files and how to read them.

    ``stations`` is a file or ``osm:key=value``; ``cells_m`` the side of analysis cells in metres
    when there are no areas; ``fields`` and ``datums`` are keyed by ``areas``, ``stations``,
    ``demand`` and ``streets``; ``where`` filters the station rows.
    """

    slug: str
    name: str
    streets: tuple[Path, ...]
    areas: Path | None = None
    stations: str | None = None
    demand: Path | None = None
    water: Path | None = None
    cells_m: float | None = None
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    datums: Mapping[str, str | None] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    synthetic: bool = False

    def files(self) -> list[tuple[str, Path]]:
        """Return (role, path) of every input file."""
        out = [("streets", path) for path in self.streets]
        for role in ("areas", "demand", "water"):
            if getattr(self, role) is not None:
                out.append((role, getattr(self, role)))
        if self.stations is not None and not self.stations.startswith("osm:"):
            out.append(("stations", Path(self.stations)))
        return out


@dataclass(frozen=True)
class Layers:
    """Hold the frames of a city while it is built; metric CRS.

    ``compounds`` are the names that the demand gives its areas, each at a point inside it.
    """

    streets: streets.Streets
    cells: gpd.GeoDataFrame
    ground: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    units: gpd.GeoDataFrame | None
    compounds: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    near: shapely.Geometry
    levels: tuple[Level, ...]
    notes: tuple[str, ...]


def check_request(request: Request) -> None:
    """Refuse a request whose files or options cannot be meant, naming everything at once."""
    faults = []
    if not request.name.strip():
        faults.append(Fault("--name", "empty", "give the city a name to show"))
    if not request.streets:
        faults.append(Fault("--streets", "no file", "name at least one street file"))
    for role, path in request.files():
        if not path.is_file():
            faults.append(Fault(f"--{role}", f"{path} is no file", "check the path"))
        elif path.stat().st_size == 0:
            faults.append(Fault(f"--{role}", f"{path} is empty (0 bytes)", "export it again"))
    if request.cells_m is not None and not 50 <= request.cells_m <= 5_000:
        faults.append(Fault("--cells", f"square:{request.cells_m:g}", "use 50 to 5000 metres"))
    if faults:
        raise InputError(faults)


def read(request: Request, progress: Progress) -> Layers:
    """Read and check all files, lay the cells, spread the people; everything in the metric CRS."""
    files = _read_files(request, progress)
    found: streets.Streets = files["streets"]
    crs, notes = found.crs, list(found.notes)
    progress("划定可判断范围", 0, 1)
    near = ground.zone(found.edges, JUDGED_WITHIN_M, crs)
    basin, barriers = found.water, found.barriers
    if "water" in files:
        pools, pool_notes = files["water"]
        notes += pool_notes
        basin = _stacked(basin, pools)
        barriers = _stacked(barriers, pools.assign(kind="water"))
    cells, levels, cell_notes = _cells(request, files.get("areas"), near, found.edges, crs)
    posts, post_notes = files.get("stations", (frames.empty("stations", WGS84), ()))
    units, compounds = None, frames.empty("demand", crs)
    crowd_notes: Sequence[Any] = ()
    if "demand" in files:
        crowd, crowd_notes = files["demand"]
        progress("分配人口", 0, 1)
        crowd = to_metric(crowd, crs)
        units = demand.spread(crowd, near=near, water=basin, buildings=found.buildings)
        compounds = crowd[crowd["name"] != ""]
        leaf = grid.leaf_rows(cells)
        xy = shapely.get_coordinates(units.geometry.to_numpy())
        units["cell"] = grid.holder_rows(cells, leaf, xy)
        units["aged_60"] = ages.filled_from_cells(units, cells)
    notes += gate_notes(found.nodes)
    return Layers(
        streets=found,
        cells=cells,
        ground=_soil(cells, basin, near),
        stations=unnamed.called(to_metric(posts, crs), found.edges),
        units=units,
        compounds=compounds[["name", "geometry"]].set_geometry(compounds.representative_point()),
        water=basin,
        barriers=barriers,
        near=near,
        levels=levels,
        notes=tuple(str(note) for note in (*notes, *cell_notes, *post_notes, *crowd_notes)),
    )


def gate_notes(nodes: gpd.GeoDataFrame) -> list[Note]:
    """Say which hours of gates cannot be read, each with its place, and that they do not count."""
    wrong = gates.unreadable(nodes)
    named = wrong[: frames.ROWS_NAMED]
    points = nodes.geometry.iloc[[row for row, _, _ in named]].to_numpy()
    places = degrees(shapely.get_coordinates(points).reshape(-1, 2), nodes.crs)
    notes = []
    for (_, column, text), (lon, lat) in zip(named, places, strict=True):
        key = schemas.osm_key(column)
        seen_zh, seen_en = (
            f"门禁的 {key} 读不懂（{text}）",
            f"{key} of a gate cannot be read ({text})",
        )
        notes.append(
            Note(f"{lon:.6f} {lat:.6f}", f"{seen_zh}，不计", f"{seen_en} and does not count", 1)
        )
    more = len(wrong) - len(named)
    if more:
        notes.append(
            Note(
                "--streets",
                f"另有 {more} 处门禁的时段读不懂，不计",
                f"hours of {more} more gates cannot be read and do not count",
                more,
            )
        )
    return notes


def _read_files(request: Request, progress: Progress) -> dict[str, Any]:
    """Return what every file holds, by role; collect the faults of all before giving up."""
    out: dict[str, Any] = {}
    faults: list[Fault] = []
    for role in _ROLES:
        if getattr(request, role) is None:
            continue
        try:
            out[role] = _read_role(role, request, out, progress)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return out


def _read_role(role: str, request: Request, before: Mapping[str, Any], progress: Progress) -> Any:
    """Read the file of one role with what the request says about it."""
    path: Any = getattr(request, role)
    datum, fields = request.datums.get(role), request.fields.get(role, {})
    match role:
        case "streets":
            return streets.read_streets(path, datum=datum, progress=progress)
        case "water":
            # Without streets there is no metric CRS, but the file's own faults are worth telling.
            crs = before["streets"].crs if "streets" in before else WGS84
            return water.read_water(path, crs=crs, datum=datum)
        case "areas":
            return areas.read_areas(path, fields=fields, datum=datum)
        case "stations":
            return stations.read_stations(
                path, fields=fields, where=request.where, datum=datum, osm_paths=request.streets
            )
        case _:
            return demand.read_demand(path, fields=fields, datum=datum)


def _soil(
    cells: gpd.GeoDataFrame, basin: gpd.GeoDataFrame, near: shapely.Geometry
) -> gpd.GeoDataFrame:
    """Return the leaf cells' ground: its area, and as geometry the part that can be judged."""
    leaf = grid.leaf_rows(cells)
    whole = grid.ground_of(cells.iloc[leaf], basin)
    judged = ground.within(whole.to_numpy(), near)
    return gpd.GeoDataFrame(
        {"row": leaf, "ground_m2": whole.area.to_numpy(), "judged_m2": shapely.area(judged)},
        geometry=judged,
        crs=cells.crs,
    )


def _cells(
    request: Request,
    areas_read: Any,
    near: shapely.Geometry,
    edges: gpd.GeoDataFrame,
    crs: str,
) -> tuple[gpd.GeoDataFrame, tuple[Level, ...], tuple[Any, ...]]:
    """Return the administrative cells, or analysis cells over the streets; metric CRS."""
    if areas_read is not None:
        frame, levels, notes = areas_read
        areas.touching(frame, edges, str(request.areas))
        return to_metric(frame, crs), levels, notes
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(near)])
    size = request.cells_m or DEFAULT_CELL_M
    squares, level = areas.square_cells(gpd.GeoDataFrame(geometry=[filled], crs=crs), size)
    note = f"没有行政网格：按 {size:g} 米方格划分 · no areas given: square cells of {size:g} m"
    return squares, (level,), (note,)


def _stacked(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Append rows of another frame, keeping the columns of the first; text is filled with ""."""
    columns = list(first.columns)
    rest = second.reindex(columns=columns).fillna(
        {name: "" for name in columns if name != "geometry"}
    )
    if first.empty:
        return gpd.GeoDataFrame(rest, geometry="geometry", crs=first.crs).reset_index(drop=True)
    joined = np.concatenate([first.geometry.to_numpy(), rest.geometry.to_numpy()])
    table = {name: [*first[name], *rest[name]] for name in columns if name != "geometry"}
    return gpd.GeoDataFrame(table, geometry=joined, crs=first.crs)[columns]
