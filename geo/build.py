"""Build a city's folder from its files: read, check, tie to the streets, measure, draw.

:func:`create` is the import as one readable list of steps. Nothing is visible under the city's
name before the last step (see :func:`geo.workspace.making`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo import grid, network, pixels, reach, service_area, tiles, workspace
from geo.city import access_sets
from geo.crs import WGS84, to_metric
from geo.errors import CityExists, Fault, InputError
from geo.frames import Progress
from geo.links import BarrierIndex, Links, StreetIndex
from geo.model import JUDGED_WITHIN_M, STATION_NEAR_STREET_M, City, Level
from geo.pixels import COARSE_STEP_M, FINE_STEP_M, MANY_PIXELS, PixelTable
from geo.sources import areas, demand, stations, streets, water

#: Raster on which the 500 m zone around the streets is traced, and the spacing of street samples.
ZONE_STEP_M, SAMPLE_M = 25.0, 10.0
DEFAULT_CELL_M = 250.0
#: Pixels tied to streets in one go; keeps the memory flat and the progress bar moving.
_BATCH = 500_000

DEMO_SLUG = "demo"


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
class Report:
    """Hold what the import found: counts, warnings for people, and what was ignored and why."""

    city: City
    folder: Path
    counts: dict[str, int]
    notes: tuple[str, ...]
    far_stations: tuple[tuple[str, str, float | None], ...]
    people: float | None


@dataclass(frozen=True)
class _Layers:
    """Hold the frames of a city while it is built; metric CRS."""

    streets: streets.Streets
    cells: gpd.GeoDataFrame
    ground: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    units: gpd.GeoDataFrame | None
    water: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    near: shapely.Geometry
    levels: tuple[Level, ...]
    notes: tuple[str, ...]


def silent(label: str, done: int, total: int) -> None:
    """Ignore progress."""


def create(request: Request, progress: Progress = silent) -> Report:
    """Build the city that is asked for and return the report; all or nothing.

    Raises :class:`~geo.errors.InputError` with every fault of the inputs that could be found.
    """
    _check_files(request)
    progress("编译计算内核", 0, 1)
    reach.compile()
    with workspace.making(request.slug) as folder:
        layers = _read(request, progress)
        net = network.build(layers.streets.nodes, layers.streets.edges)
        barriers = BarrierIndex(layers.barriers) if len(layers.barriers) else None
        table, unit_links, station_links = _tie(layers, net, barriers, progress)
        city, counts = _facts(request, layers, net, table)
        _write(folder, request, layers, net, table, unit_links, station_links, city, progress)
        far = _far_stations(layers, net, station_links)
        notes = layers.notes + _warnings(layers, net, unit_links)
        people = None if layers.units is None else float(layers.units["people"].sum())
        workspace.write_manifest(
            folder, city, inputs=_provenance(request), options=_options(request), people=people,
            notes=list(notes), software=software(), created=_now(),
            far_stations=[list(row) for row in far],
        )
    return Report(city, workspace.folder(request.slug), counts, notes, far, people)


def _check_files(request: Request) -> None:
    workspace.checked_slug(request.slug)
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
    if (workspace.home() / request.slug).exists():
        raise CityExists(
            f"city {request.slug!r} exists already in {workspace.home()}; "
            f"remove it first (yizhan city remove {request.slug}) or choose another name"
        )


def _read(request: Request, progress: Progress) -> _Layers:
    """Read and check all files, lay the cells, spread the people."""
    fields, datums = request.fields, request.datums
    found = streets.read_streets(
        request.streets, datum=datums.get("streets"), progress=progress
    )
    crs, notes = found.crs, [str(note) for note in found.notes]
    faults: list[Fault] = []

    def attempt(read: Callable[[], Any]) -> Any:
        """Collect the faults of all files before giving up, so that one run shows them all."""
        try:
            return read()
        except InputError as error:
            faults.extend(error.faults)
            return None

    pools, area_cells, posts, crowd = None, None, None, None
    if request.water is not None:
        pools = attempt(lambda: water.read_water(request.water, datum=datums.get("water")))
    if request.areas is not None:
        area_cells = attempt(lambda: areas.read_areas(
            request.areas, fields=fields.get("areas", {}), datum=datums.get("areas")))
    if request.stations is not None:
        posts = attempt(lambda: stations.read_stations(
            request.stations, fields=fields.get("stations", {}), where=request.where,
            datum=datums.get("stations"), osm_paths=request.streets))
    if request.demand is not None:
        crowd = attempt(lambda: demand.read_demand(
            request.demand, fields=fields.get("demand", {}), datum=datums.get("demand")))
    if faults:
        raise InputError(faults)

    progress("划定可判断范围", 0, 1)
    near = zone(found.edges, JUDGED_WITHIN_M, crs)
    basin = found.water
    barriers = found.barriers
    if pools is not None:
        extra = to_metric(pools, crs)
        basin = _stacked(basin, extra)
        barriers = _stacked(barriers, extra.assign(kind="water"))
    cells, levels, notes = _cells(request, area_cells, near, basin, found.edges, crs, notes)
    leaf = grid.leaf_rows(cells)
    leaves = cells.iloc[leaf]
    shapes = grid.ground_of(leaves, basin)
    judged = service_area.overlay_area(shapes.to_numpy(), _tiles_of(near))
    ground = gpd.GeoDataFrame(
        {"row": leaf, "ground_m2": shapes.area.to_numpy(), "judged_m2": judged},
        geometry=shapes.to_numpy(), crs=crs,
    )
    ground["judged_m2"] = np.minimum(ground["judged_m2"], ground["ground_m2"])
    posts_frame, post_notes = posts if posts is not None else (_no_stations(), ())
    notes += [str(note) for note in post_notes]
    posts_frame = to_metric(posts_frame, crs)
    units = None
    if crowd is not None:
        crowd_frame, crowd_notes = crowd
        notes += [str(note) for note in crowd_notes]
        progress("分配人口", 0, 1)
        units = demand.spread(to_metric(crowd_frame, crs), near=near, water=basin,
                              buildings=found.buildings)
        units["cell"] = grid.holder_rows(
            cells, leaf, shapely.get_coordinates(units.geometry.to_numpy()))
    return _Layers(found, cells, ground, posts_frame, units, basin, barriers, near, levels,
                   tuple(notes))


def _cells(
    request: Request, read: Any, near: shapely.Geometry, basin: gpd.GeoDataFrame,
    edges: gpd.GeoDataFrame, crs: str, notes: list[str],
) -> tuple[gpd.GeoDataFrame, tuple[Level, ...], list[str]]:
    """Return the administrative cells, or analysis cells over the streets; metric CRS."""
    if read is not None:
        frame, levels, area_notes = read
        cells = to_metric(frame, crs)
        areas.touching(cells, edges, str(request.areas))
        return cells, levels, notes + [str(note) for note in area_notes]
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(near)])
    size = request.cells_m or DEFAULT_CELL_M
    squares, level = areas.square_cells(gpd.GeoDataFrame(geometry=[filled], crs=crs), size)
    note = f"没有行政网格：按 {size:g} 米方格划分 · no areas given: square cells of {size:g} m"
    return to_metric(squares, crs), (level,), [*notes, note]


def zone(edges: gpd.GeoDataFrame, distance_m: float, crs: str) -> shapely.Geometry:
    """Return the ground within a distance of the streets as one (Multi)Polygon, metric CRS.

    Traced as a contour of the distance to samples every 10 m along the streets: the same as a
    buffer to a few centimetres, and linear instead of a union of a hundred thousand buffers.
    """
    lines = shapely.segmentize(edges.geometry.to_numpy(), SAMPLE_M)
    samples = shapely.get_coordinates(lines)
    west, south, east, north = edges.total_bounds
    rim = distance_m + ZONE_STEP_M
    lattice = pixels.grid_over((west - rim, south - rim, east + rim, north + rim), ZONE_STEP_M)
    centres = lattice.centres(np.arange(lattice.size))
    far = distance_m + 4 * ZONE_STEP_M
    distance, _ = cKDTree(samples).query(centres, distance_upper_bound=far, workers=-1)
    field = np.minimum(distance, far).reshape(lattice.rows, lattice.cols) - distance_m
    return shapely.union_all(pixels.traced(lattice, field))


def _tiles_of(shape: shapely.Geometry, size_m: float = 1_000.0) -> np.ndarray:
    """Cut a large shape into square pieces, so that overlays with it stay cheap."""
    west, south, east, north = shape.bounds
    columns = np.arange(west, east, size_m)
    out: list[Any] = []
    for x in columns:
        strip = shapely.clip_by_rect(shape, x, south, x + size_m, north)
        for y in np.arange(south, north, size_m):
            out.append(shapely.clip_by_rect(strip, x, y, x + size_m, y + size_m))
    pieces = np.array(out, dtype=object)
    return pieces[~shapely.is_empty(pieces)]


def _stacked(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Append rows of another frame, keeping the columns of the first; text is filled with ""."""
    columns = list(first.columns)
    rest = second.reindex(columns=columns).fillna({name: "" for name in columns
                                                   if name != "geometry"})
    if first.empty:
        return gpd.GeoDataFrame(rest, geometry="geometry", crs=first.crs).reset_index(drop=True)
    joined = np.concatenate([first.geometry.to_numpy(), rest.geometry.to_numpy()])
    table = {name: [*first[name], *rest[name]] for name in columns if name != "geometry"}
    return gpd.GeoDataFrame(table, geometry=joined, crs=first.crs)[columns]


def _no_stations() -> gpd.GeoDataFrame:
    columns = ("id", "name", "tier", "services", "opening_hours", "address", "phone", "host",
               "status")
    frame = gpd.GeoDataFrame({name: np.array([], dtype=object) for name in columns},
                             geometry=[], crs=WGS84)
    frame["capacity"] = np.array([], dtype="float64")
    return frame


def _tie(
    layers: _Layers, net: network.StreetNetwork, barriers: BarrierIndex | None, progress: Progress
) -> tuple[PixelTable, dict[str, Links], dict[str, Links]]:
    """Tie pixels, places with people and stations to the streets, once per set of streets."""
    west, south, east, north = shapely.bounds(layers.near)
    area = shapely.area(layers.near)
    step = FINE_STEP_M if area / FINE_STEP_M**2 <= MANY_PIXELS else COARSE_STEP_M
    lattice = pixels.grid_over((west, south, east, north), step)
    index = np.flatnonzero(pixels.rasterize(lattice, [layers.near]).ravel() >= 0)
    holder = pixels.rasterize(lattice, layers.ground.geometry.to_numpy()).ravel()[index]
    row = layers.ground["row"].to_numpy().astype(np.int32)
    cell = np.where(holder >= 0, np.append(row, -1)[holder], -1).astype(np.int32)
    unit_xy = np.empty((0, 2)) if layers.units is None else _xy(layers.units)
    sets = access_sets(net)
    parts: dict[str, dict[str, np.ndarray]] = {"edge": {}, "offset_m": {}, "leg_m": {}}
    unit_links, station_links = {}, {}
    total = len(sets) * (-(-len(index) // _BATCH))
    done = 0
    for name, usable in sets.items():
        finder = StreetIndex(net, usable, barriers)
        unit_links[name] = finder.link(unit_xy)
        station_links[name] = finder.link(_xy(layers.stations))
        batches = []
        for start in range(0, len(index), _BATCH):
            progress("把像素接到街道", done, total)
            batches.append(finder.link(lattice.centres(index[start:start + _BATCH])))
            done += 1
        parts["edge"][name] = np.concatenate([b.edge for b in batches])
        for part in ("offset_m", "leg_m"):
            parts[part][name] = np.concatenate(
                [getattr(b, part) for b in batches]).astype(np.float32)
    progress("把像素接到街道", total, total)
    table = PixelTable(lattice, index.astype(np.int64), cell, **parts)
    return table, unit_links, station_links


def _xy(frame: gpd.GeoDataFrame) -> np.ndarray:
    return shapely.get_coordinates(frame.geometry.to_numpy()).reshape(-1, 2)


def _facts(
    request: Request, layers: _Layers, net: network.StreetNetwork, table: PixelTable
) -> tuple[City, dict[str, int]]:
    """Return the facts of the city and its counts."""
    found = layers.streets
    zone_frame = gpd.GeoSeries([layers.near], crs=found.crs).to_crs(WGS84)
    counts = {
        "nodes": len(found.nodes),
        "edges": len(found.edges),
        "components": int(len(np.unique(net.component[net.component >= 0]))),
        "cells": len(layers.cells),
        "stations": len(layers.stations),
        "places": 0 if layers.units is None else len(layers.units),
        "barriers": len(layers.barriers),
        "pixels": len(table.index),
    }
    city = City(
        slug=request.slug, name=request.name, crs=found.crs,
        bounds=tuple(float(v) for v in zone_frame.total_bounds),  # type: ignore[arg-type]
        levels=layers.levels, synthetic=request.synthetic, data_date=found.data_date,
        attribution=found.attribution, barriers_known=len(layers.barriers) > 0,
        people_reason=None if layers.units is not None else NO_DEMAND, counts=counts,
    )
    return city, counts


NO_DEMAND = "没有人口数据：未提供人口文件 · population unknown: no demand file was given"


def _write(
    folder: Path, request: Request, layers: _Layers, net: network.StreetNetwork,
    table: PixelTable, unit_links: dict[str, Links], station_links: dict[str, Links],
    city: City, progress: Progress,
) -> None:
    """Write layers, arrays and tiles into the unfinished folder."""
    found = layers.streets
    frames = {
        "streets": found.edges, "nodes": found.nodes, "cells": layers.cells,
        "ground": layers.ground, "stations": layers.stations, "barriers": layers.barriers,
        "water": layers.water, "green": found.green, "buildings": found.buildings,
        "landmarks": found.landmarks,
    }
    if layers.units is not None:
        frames["units"] = layers.units
    for done, (name, frame) in enumerate(frames.items()):
        progress("写入图层", done, len(frames))
        workspace.write_layer(folder, name, frame)
    progress("写入图层", len(frames), len(frames))
    arrays = {f"network.{name}": a for name, a in net.to_arrays().items()}
    arrays |= workspace.link_arrays("units", unit_links)
    arrays |= workspace.link_arrays("stations", station_links)
    workspace.write_arrays(folder, arrays | workspace.pixel_arrays(table))
    layers_of_map = list(tiles.map_layers(
        edges=found.edges, barriers=layers.barriers, water=layers.water, green=found.green,
        buildings=found.buildings, landmarks=found.landmarks, cells=layers.cells))
    for done, layer in enumerate(layers_of_map):
        progress("切地图瓦片", done, len(layers_of_map))
        tiles.write(folder / "tiles", layer)
    progress("切地图瓦片", len(layers_of_map), len(layers_of_map))


def _far_stations(
    layers: _Layers, net: network.StreetNetwork, links: dict[str, Links]
) -> tuple[tuple[str, str, float | None], ...]:
    """Return (id, name, metres to the street or None) of stations far from a walkable street."""
    link = links["walk"]
    far = (link.edge < 0) | (link.leg_m > STATION_NEAR_STREET_M)
    return tuple(
        (str(row.id), str(row.name), None if link.edge[i] < 0 else round(float(link.leg_m[i]), 1))
        for i, row in zip(np.flatnonzero(far), layers.stations[far].itertuples(name="Row"),
                          strict=True)
    )


def _warnings(
    layers: _Layers, net: network.StreetNetwork, unit_links: dict[str, Links]
) -> tuple[str, ...]:
    """Say what a planner must know before trusting the figures."""
    out = []
    if layers.units is not None:
        walk = unit_links["walk"]
        outside = layers.units["outside"].to_numpy()
        people = layers.units["people"].to_numpy()
        lost = (walk.edge < 0) & ~outside
        if outside.any():
            out.append(f"{people[outside].sum():,.0f} 人在街道数据 500 米以外，无法判断 · people "
                       "farther than 500 m from every street of the file: outside")
        if lost.any():
            out.append(f"{int(lost.sum())} 处、{people[lost].sum():,.0f} 人 250 米内没有可用街道"
                       " · places without a usable street within 250 m")
    if not len(layers.barriers):
        out.append("没有水体、铁路、高速、围墙数据：阻隔未知 · barriers unknown")
    if not len(layers.stations):
        out.append("没有驿站 · no stations given: nobody is covered")
    return tuple(out)


def _provenance(request: Request) -> list[dict[str, Any]]:
    out = []
    for role, path in request.files():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        out.append({"role": role, "file": path.name, "bytes": path.stat().st_size,
                    "sha256": digest})
    return out


def _options(request: Request) -> dict[str, Any]:
    options = asdict(request)
    for name in ("streets", "areas", "demand", "water"):
        options.pop(name)
    if request.stations is not None and not request.stations.startswith("osm:"):
        options["stations"] = Path(request.stations).name
    return json.loads(json.dumps(options, default=str))


def software() -> dict[str, str]:
    """Return the versions of what computes: this package and the libraries that decide figures."""
    names = ("yizhan", "geopandas", "shapely", "pyproj", "numpy", "scipy", "numba", "contourpy")
    out = {}
    for name in names:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = "not installed"
    return out


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def demo_inputs() -> Path:
    """Return the folder of the demonstration city's input files (checkout or installed wheel)."""
    here = Path(__file__).resolve().parent
    for folder in (here / "demo", here.parent / "data" / "demo" / "out"):
        if (folder / "streets.osm.pbf").is_file():
            return folder
    raise InputError(Fault("data/demo/out", "the demonstration's files are not there",
                           "run: python data/demo/make_demo.py (make setup does it)"))


def ensure_demo(progress: Progress = silent) -> Report | None:
    """Build the demonstration city unless it is there; return its report when it was built."""
    if DEMO_SLUG in workspace.slugs():
        return None
    inputs = demo_inputs()
    meta = json.loads((inputs / "meta.json").read_text(encoding="utf-8"))
    return create(
        Request(
            slug=DEMO_SLUG, name=meta["name"], streets=(inputs / "streets.osm.pbf",),
            areas=inputs / "areas.gpkg", stations=str(inputs / "stations.csv"),
            demand=inputs / "demand.gpkg", synthetic=True,
        ),
        progress,
    )
