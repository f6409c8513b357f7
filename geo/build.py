"""Build a city's folder from its files: read, check, tie to the streets, measure, draw.

:func:`create` is the import as one readable list of steps. Nothing is visible under the city's
name before the last step (see :func:`geo.workspace.making`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo import ground, intake, kernels, network, packing, software, tiles, workspace
from geo.barriers import BarrierIndex
from geo.crs import to_wgs84
from geo.errors import CityExists, Fault, InputError
from geo.intake import Layers, Request
from geo.links import Links
from geo.model import STATION_NEAR_STREET_M, City
from geo.pixels import PixelTable
from geo.printable import printable
from geo.progress import Progress, silent
from geo.sources import photos
from geo.tying import tie

DEMO_SLUG = "demo"
INVENTED = "合成示例数据，非 OpenStreetMap 真实数据 · invented, not OpenStreetMap data"
NO_DEMAND = "没有人口数据：未提供人口文件 · population unknown: no demand file was given"


@dataclass(frozen=True)
class Report:
    """Hold what the import found: counts, warnings for people, and what was ignored and why."""

    city: City
    folder: Path
    counts: dict[str, int]
    notes: tuple[str, ...]
    far_stations: tuple[tuple[str, str, float | None], ...]
    people: float | None


def create(request: Request, progress: Progress = silent, *, replaces: bool = False) -> Report:
    """Build the city that is asked for and return the report; all or nothing.

    A city that has the name already is refused, or replaced in the last step. Raises
    :class:`~geo.errors.InputError` with every fault of the inputs that could be found.
    """
    _check(request, replaces)
    progress("编译计算内核", 0, 1)
    kernels.compile()
    with workspace.making(request.slug, replaces=replaces) as folder:
        layers = _with_photos(request, intake.read(request, progress), folder, progress)
        net = network.build(layers.streets.nodes, layers.streets.edges)
        barriers = BarrierIndex(layers.barriers) if len(layers.barriers) else None
        table, unit_links, station_links = tie(
            layers.near, layers.ground, layers.units, layers.stations, net, barriers, progress
        )
        city, counts = _facts(request, layers, net, table)
        _write(folder, request, layers, net, table, unit_links, station_links, city, progress)
        far = _far_stations(layers, net, station_links)
        notes = layers.notes + _warnings(layers, net, unit_links)
        people = None if layers.units is None else float(layers.units["people"].sum())
        workspace.write_manifest(
            folder,
            city,
            inputs=_provenance(request),
            options=_options(request),
            people=people,
            notes=list(notes),
            software=software.versions(),
            created=_now(),
            far_stations=[list(row) for row in far],
        )
    return Report(city, workspace.folder(request.slug), counts, notes, far, people)


def _check(request: Request, replaces: bool) -> None:
    """Refuse a wrong name, wrong options and missing files, all in one error."""
    faults: list[Fault] = []
    try:
        if not replaces:
            workspace.check_free(request.slug)
    except InputError as error:
        faults += error.faults
    try:
        intake.check_request(request)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)


def _with_photos(request: Request, layers: Layers, folder: Path, progress: Progress) -> Layers:
    """Write the stations' pictures into the unfinished folder, before anything takes long."""
    if request.stations is None or not (layers.stations["photo"] != "").any():
        return layers
    progress("整理照片", 0, 1)
    kept = photos.keep(layers.stations, Path(request.stations), folder / workspace.PHOTOS)
    return replace(layers, stations=kept)


def _facts(
    request: Request, layers: Layers, net: network.StreetNetwork, table: PixelTable
) -> tuple[City, dict[str, int]]:
    """Return the facts of the city and its counts."""
    found = layers.streets
    counts = {
        "nodes": len(found.nodes),
        "edges": len(found.edges),
        "components": len(_component_sizes(net)),
        "cells": len(layers.cells),
        "stations": len(layers.stations),
        "places": 0 if layers.units is None else len(layers.units),
        "barriers": len(layers.barriers),
        "pixels": len(table.index),
    }
    city = City(
        slug=request.slug,
        name=printable(request.name),
        crs=found.crs,
        bounds=_degrees(shapely.box(*shapely.bounds(layers.near)), found.crs),
        view=_degrees(shapely.box(*ground.where_streets_are(found.edges)), found.crs),
        levels=layers.levels,
        synthetic=request.synthetic,
        data_date=found.data_date,
        attribution=INVENTED if request.synthetic else found.attribution,
        barriers_known=len(layers.barriers) > 0,
        people_reason=None if layers.units is not None else NO_DEMAND,
        counts=counts,
    )
    return city, counts


def _component_sizes(net: network.StreetNetwork) -> np.ndarray:
    """Return how many nodes each piece of the walking network has; nodes off it do not count."""
    usable = net.graphs["walk"].usable
    walked = np.unique(np.concatenate([net.edge_u[usable], net.edge_v[usable]]))
    return np.unique(net.component[walked], return_counts=True)[1]


def _degrees(shape: shapely.Geometry, crs: str) -> tuple[float, float, float, float]:
    """Return the bounds of a metric shape in WGS84 degrees."""
    west, south, east, north = to_wgs84(gpd.GeoDataFrame(geometry=[shape], crs=crs)).total_bounds
    return float(west), float(south), float(east), float(north)


def _write(
    folder: Path,
    request: Request,
    layers: Layers,
    net: network.StreetNetwork,
    table: PixelTable,
    unit_links: dict[str, Links],
    station_links: dict[str, Links],
    city: City,
    progress: Progress,
) -> None:
    """Write layers, arrays and tiles into the unfinished folder."""
    found = layers.streets
    frames = {
        "streets": found.edges,
        "nodes": found.nodes,
        "cells": layers.cells,
        "ground": layers.ground,
        "stations": layers.stations,
        "barriers": layers.barriers,
        "water": layers.water,
        "green": found.green,
        "buildings": found.buildings,
        "landmarks": found.landmarks,
        "compounds": layers.compounds,
    }
    if layers.units is not None:
        frames["units"] = layers.units
    for done, (name, frame) in enumerate(frames.items()):
        progress("写入图层", done, len(frames))
        workspace.write_layer(folder, name, frame)
    progress("写入图层", len(frames), len(frames))
    arrays = {f"network.{name}": a for name, a in net.to_arrays().items()}
    arrays |= packing.link_arrays("units", unit_links)
    arrays |= packing.link_arrays("stations", station_links)
    workspace.write_arrays(folder, arrays | packing.pixel_arrays(table))
    layers_of_map = list(
        tiles.map_layers(
            edges=found.edges,
            barriers=layers.barriers,
            water=layers.water,
            green=found.green,
            buildings=found.buildings,
            landmarks=found.landmarks,
            cells=layers.cells,
        )
    )
    for done, layer in enumerate(layers_of_map):
        progress("切地图瓦片", done, len(layers_of_map))
        tiles.write(folder / "tiles", layer)
    progress("切地图瓦片", len(layers_of_map), len(layers_of_map))


def _far_stations(
    layers: Layers, net: network.StreetNetwork, links: dict[str, Links]
) -> tuple[tuple[str, str, float | None], ...]:
    """Return (id, name, metres to the street or None) of stations far from a walkable street."""
    link = links["walk"]
    far = (link.edge < 0) | (link.leg_m > STATION_NEAR_STREET_M)
    return tuple(
        (str(row.id), str(row.name), None if link.edge[i] < 0 else round(float(link.leg_m[i]), 1))
        for i, row in zip(
            np.flatnonzero(far), layers.stations[far].itertuples(name="Row"), strict=True
        )
    )


def _warnings(
    layers: Layers, net: network.StreetNetwork, unit_links: dict[str, Links]
) -> tuple[str, ...]:
    """Say what a planner must know before trusting the figures."""
    out = []
    sizes = _component_sizes(net)
    if len(sizes) > 1:
        largest = sizes.max() / sizes.sum()
        out.append(
            f"步行路网分为 {len(sizes):,} 片，最大的一片有 {largest:.1%} 的路口 · "
            "separate pieces of the walking network, and the share of the largest"
        )
    if layers.units is not None:
        walk = unit_links["walk"]
        outside = layers.units["outside"].to_numpy()
        people = layers.units["people"].to_numpy()
        lost = (walk.edge < 0) & ~outside
        if outside.any():
            out.append(
                f"{people[outside].sum():,.0f} 人在街道数据 500 米以外，无法判断 · people "
                "farther than 500 m from every street of the file: outside"
            )
        homeless = layers.units["cell"].to_numpy() < 0
        if homeless.any():
            out.append(
                f"{people[homeless].sum():,.0f} 人不在任何网格内，只计入全市 · people in no cell "
                "count for the city only"
            )
        if lost.any():
            out.append(
                f"{int(lost.sum())} 处、{people[lost].sum():,.0f} 人 250 米内没有可用街道"
                " · places without a usable street within 250 m"
            )
    known = set(layers.barriers["kind"])
    if not known:
        out.append("没有水体、铁路、高速、围墙数据：阻隔未知 · barriers unknown")
    elif "water" not in known:
        out.append(f"没有水体数据，江河阻隔未知 · no water: only {', '.join(sorted(known))} known")
    if not len(layers.stations):
        out.append("没有驿站 · no stations given: nobody is covered")
    return tuple(out)


def _provenance(request: Request) -> list[dict[str, Any]]:
    out = []
    for role, path in request.files():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        out.append(
            {"role": role, "file": path.name, "bytes": path.stat().st_size, "sha256": digest}
        )
    return out


def _options(request: Request) -> dict[str, Any]:
    options = asdict(request)
    for name in ("streets", "areas", "demand", "water"):
        options.pop(name)
    if request.stations is not None and not request.stations.startswith("osm:"):
        options["stations"] = Path(request.stations).name
    return json.loads(json.dumps(options, default=str))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def demo_inputs() -> Path:
    """Return the folder of the demonstration city's input files (checkout or installed wheel)."""
    here = Path(__file__).resolve().parent
    for folder in (here / "demo", here.parent / "data" / "demo" / "out"):
        if (folder / "streets.osm.pbf").is_file():
            return folder
    raise InputError(
        Fault(
            "data/demo/out",
            "the demonstration's files are not there",
            "run: python data/demo/make_demo.py (make setup does it)",
        )
    )


def ensure_demo(progress: Progress = silent) -> Report | None:
    """Build the demonstration city when there is no city, or when the one that is there is old.

    Old means: made from other input files, or by a version that wrote folders differently. The old
    one stays until the new one is whole, and while another process is at it. A city of somebody's
    own that happens to have the name is never touched. Return the report when it was built.
    """
    present = workspace.slugs()
    if present and DEMO_SLUG not in present:
        return None
    inputs = demo_inputs()
    meta = json.loads((inputs / "meta.json").read_text(encoding="utf-8"))
    request = Request(
        slug=DEMO_SLUG,
        name=meta["name"],
        streets=(inputs / "streets.osm.pbf",),
        areas=inputs / "areas.gpkg",
        stations=str(inputs / "stations.csv"),
        demand=inputs / "demand.gpkg",
        synthetic=True,
    )
    if present:
        made = workspace.manifest(DEMO_SLUG, any_schema=True)
        if not made["city"]["synthetic"] or made["city"]["name"] != request.name:
            return None
        is_read = made["schema"] == workspace.SCHEMA
        if is_read and made["inputs"] == _provenance(request):
            return None
        if is_read and workspace.is_made_elsewhere(DEMO_SLUG):
            return None
    try:
        return create(request, progress, replaces=bool(present))
    except CityExists:
        if DEMO_SLUG not in workspace.slugs():
            raise
        return None  # another process was quicker, and its city is the same
