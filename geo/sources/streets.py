"""Read the streets of a city, and what surrounds them, from one file or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import crs as datums
from geo import frames
from geo.errors import Fault, InputError
from geo.model import PROFILES
from geo.progress import Progress, silent
from geo.sources import lines, osm
from geo.sources.notes import Note
from geo.sources.ways import Ways, cut, join

_LAYERS = ("barriers", "water", "green", "buildings", "landmarks")
#: Beyond this many edges the lines that cross without meeting are not counted.
_CROSSINGS_UP_TO = 300_000


@dataclass(frozen=True)
class Streets:
    """Hold the streets and their surroundings, all frames in the metric ``crs``.

    ``data_date`` is the ISO date of the oldest file that states one; ``notes`` says what was left
    out or assumed.
    """

    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    green: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    landmarks: gpd.GeoDataFrame
    crs: str
    data_date: str | None
    attribution: str
    notes: tuple[Note, ...]

    @property
    def water_known(self) -> bool:
        """Return whether the files show any open water; without it barriers are unknown."""
        return bool((self.barriers["kind"] == "water").any())


@dataclass(frozen=True)
class _Source:
    ways: Ways
    layers: Mapping[str, gpd.GeoDataFrame]
    data_date: str | None
    attribution: str


def is_osm(path: Path) -> bool:
    """Return whether the name says that this is an OSM PBF file."""
    return path.suffix.lower() == ".pbf"


def read_streets(
    paths: Sequence[Path],
    *,
    datum: str | None = None,
    crs: str | None = None,
    progress: Progress = silent,
) -> Streets:
    """Read OSM PBF files and line layers, and cut their streets into nodes and edges.

    ``datum`` is that of the degrees of line layers (a PBF is always WGS84); ``crs`` the metric CRS
    (``None``: by the position). Streets that several files share count once. Raises
    :class:`~geo.errors.InputError` with the faults of all files.
    """
    if not paths:
        raise InputError(Fault("--streets", "no file", "give an OSM PBF file or a line layer"))
    sources, notes = _read_all(paths, datum, progress)
    ways, repeats = join([source.ways for source in sources])
    notes.extend(repeats)
    progress("连接路网", 0, 1)
    metric = crs or datums.metric_crs(float(np.median(ways.lon)), float(np.median(ways.lat)))
    nodes, edges, without_length = cut(ways, metric)
    if edges.empty:
        raise InputError(
            Fault(ways.where, "no street has any length", "check the coordinates of the file")
        )
    notes += _edge_notes(edges, ways, without_length)
    layers = {
        kind: _gather(
            kind,
            [source.layers[kind] for source in sources if kind in source.layers],
            metric,
            ways.where,
        )
        for kind in _LAYERS
    }
    progress("连接路网", 1, 1)
    dates = [source.data_date for source in sources if source.data_date]
    return Streets(
        nodes,
        edges,
        **layers,
        crs=metric,
        data_date=min(dates, default=None),
        attribution="; ".join(dict.fromkeys(source.attribution for source in sources)),
        notes=tuple(notes),
    )


def _read_all(
    paths: Sequence[Path], datum: str | None, progress: Progress
) -> tuple[list[_Source], list[Note]]:
    sources: list[_Source] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    if datum in ("gcj02", "bd09") and all(map(is_osm, paths)):
        seen = f"datum {datum} for an OSM PBF file"
        faults.append(Fault(paths[0].name, seen, "leave the option away: a PBF is always WGS84"))
    for path in paths:
        try:
            if is_osm(path):
                extract = osm.read(path, progress)
                sources.append(
                    _Source(extract.ways, extract.layers, extract.data_date, osm.ATTRIBUTION)
                )
                notes.extend(extract.notes)
                continue
            layer = lines.read(path, datum)
        except InputError as error:
            faults.extend(error.faults)
            continue
        credit = osm.ATTRIBUTION if layer.from_osm else f"Streets: {path.name}"
        sources.append(_Source(layer.ways, {"barriers": layer.barriers}, None, credit))
        notes.extend(layer.notes)
    if faults:
        raise InputError(faults)
    return sources, notes


def _gather(
    kind: str, parts: Sequence[gpd.GeoDataFrame], metric: str, where: str
) -> gpd.GeoDataFrame:
    """Return one metric frame of the layers of all files; what has the same id counts once."""
    held = [part for part in parts if len(part)]
    if not held:
        return frames.empty(kind, metric)
    whole = gpd.GeoDataFrame(pd.concat(held, ignore_index=True), crs=held[0].crs)
    whole = whole[~whole["osm_id"].duplicated() | (whole["osm_id"] == -1)]
    whole = datums.to_metric(whole, metric)
    whole = whole[shapely.is_valid(whole.geometry.to_numpy())]
    columns = {name: whole[name].to_numpy() for name in whole.columns if name != "geometry"}
    return frames.make(kind, columns, whole.geometry.to_numpy(), metric, where)


def _edge_notes(edges: gpd.GeoDataFrame, ways: Ways, without_length: int) -> list[Note]:
    notes = []
    if without_length:
        notes.append(
            Note(
                ways.where,
                f"{without_length} 段道路长度为零，已合并",
                f"{without_length} pieces of street without length were merged away",
                without_length,
            )
        )
    used = frozenset().union(
        *(
            mode.highways
            for profile in PROFILES.values()
            for mode in (profile.walk, profile.ride)
            if mode is not None
        )
    )
    unused = edges.loc[~edges["highway"].isin(used), "highway"].value_counts()
    if len(unused):
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(unused.items()))
        notes.append(
            Note(
                ways.where,
                f"{unused.sum()} 段道路任何出行方式都不可用（{kinds}），只用于底图",
                f"{unused.sum()} edges that no profile may use ({kinds}) only show on the map",
                int(unused.sum()),
            )
        )
    if not ways.osm_nodes and len(edges) <= _CROSSINGS_UP_TO:
        count = _crossings(edges)
        if count:
            notes.append(
                Note(
                    ways.where,
                    f"{count} 处道路相交但没有公共顶点，也不是桥梁或隧道，按不连通处理",
                    f"{count} times streets cross without a shared vertex and are neither bridge "
                    "nor tunnel; they were left unconnected",
                    count,
                )
            )
    return notes


def _crossings(edges: gpd.GeoDataFrame) -> int:
    """Return how many pairs of streets on the ground cross without a common vertex."""
    ground = edges.geometry[~edges["bridge"] & ~edges["tunnel"] & (edges["layer"] == 0)].to_numpy()
    first, second = shapely.STRtree(ground).query(ground, predicate="crosses")
    return int((first < second).sum())
