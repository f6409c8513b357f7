"""Read streets from a layer of lines: GeoPackage, GeoJSON, Shapefile, FlatGeobuf.

The columns may be those of OpenStreetMap (``highway``), of Geofabrik's shapefiles (``fclass``) or
of the common vector tiles (``kind``, ``kind_detail``, ``is_bridge``). Such layers have no nodes:
lines meet where they share a vertex; bridges and tunnels meet others at their ends only. A point
with a ``barrier`` that lies on a vertex is a gate, with the columns that OpenStreetMap's tags have.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import schemas
from geo.errors import Fault, InputError
from geo.sources import files, tags
from geo.sources.notes import Note
from geo.sources.ways import NO_GATES, Ways, coordinate_keys, without_repeats

_CLASS = ("highway", "fclass", "kind_detail", "kind")
#: Classes of vector tiles that are no value of ``highway``.
_KINDS = {
    "highway": "motorway",
    "major_road": "secondary",
    "minor_road": "residential",
    "unknown": "road",
    "": "road",
}
_LEVEL_CROSSED = ("bridge", "is_bridge"), ("tunnel", "is_tunnel")


@dataclass(frozen=True)
class Layer:
    """Hold what one line layer says: the ways, and railways and motorways as ``barriers``.

    ``barriers`` is in WGS84; ``from_osm`` tells that the layer carries ids of OpenStreetMap.
    """

    ways: Ways
    barriers: gpd.GeoDataFrame
    from_osm: bool
    notes: tuple[Note, ...]


def read(path: Path, datum: str | None = None) -> Layer:
    """Read a layer of lines; ``datum`` is that of its degrees (``None``: as the file says).

    Raises :class:`~geo.errors.InputError` for an unusable file, one without lines, without a class
    of street, or with coordinates that cannot be.
    """
    frame, notes = files.read_vector(path, datum)
    faults = files.extent_faults(path.name, frame.geometry.to_numpy())
    columns = {str(name).lower(): str(name) for name in frame.columns if name != "geometry"}
    if not any(name in columns for name in _CLASS):
        faults.append(
            Fault(
                path.name,
                f"no column with the class of street; it has: {', '.join(columns) or 'none'}",
                "add a column highway (as in OpenStreetMap), fclass or kind",
            )
        )
    gates = _gates(frame, columns)
    lines = _lines(frame, len(gates), path.name, notes)
    if not faults and lines.empty:
        faults.append(Fault(path.name, "no line in it", "give the layer with the streets"))
    if faults:
        raise InputError(faults)
    raw = _raw_tags(lines, columns, path.name, notes)
    rail = (raw["kind"] == "rail").to_numpy() | (raw["highway"] == "rail").to_numpy()
    street = ~rail & ~raw["highway"].isin(tags.NO_STREETS).to_numpy()
    street &= ~raw["kind"].isin(("ferry", "aerialway", "aeroway", "piste")).to_numpy()
    if not street.any():
        raise InputError(
            Fault(path.name, f"{len(lines)} lines, none of them a street", "give the street layer")
        )
    if not street.all():
        count = int((~street).sum())
        notes.append(
            Note(
                path.name,
                f"忽略 {count} 条不是现有道路的线",
                f"{count} lines that are no street in use were left out",
                count,
            )
        )
    from_osm = "osm_id" in columns or "osm_way_id" in columns
    barriers = _barriers(lines, raw, rail)
    ways = _ways(lines[street], raw[street].reset_index(drop=True), gates, path.name)
    return Layer(ways, barriers, from_osm, tuple(notes))


def _gates(frame: gpd.GeoDataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return the tags of the points with a barrier, by the key of their position."""
    barred = (_column(frame, columns, "barrier") != "").to_numpy()
    points = frame[barred & (frame.geom_type == "Point").to_numpy()]
    if points.empty:
        return NO_GATES
    names = ("name", "name:zh", "name:en", *map(schemas.osm_key, schemas.GATE_TAGS))
    raw = pd.DataFrame({name: _column(points, columns, name).to_numpy() for name in names})
    keys = coordinate_keys(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    kept = [tags.gate(row) for row in raw.to_dict("records")]
    return pd.DataFrame(kept, columns=list(schemas.GATE_TAGS), index=keys, dtype="str")


def _lines(frame: gpd.GeoDataFrame, gates: int, where: str, notes: list[Note]) -> gpd.GeoDataFrame:
    """Return single lines without height, and note the features that are neither nor gates."""
    wanted = frame.geom_type.isin(("LineString", "MultiLineString")) & ~frame.geometry.is_empty
    other = int((~wanted).sum()) - gates
    if other:
        notes.append(
            Note(
                where,
                f"忽略 {other} 个不是线的要素",
                f"{other} features that are no lines were left out",
                other,
            )
        )
    flat = frame[wanted].set_geometry(shapely.force_2d(frame.geometry[wanted].to_numpy()))
    return flat.set_crs(frame.crs).explode(index_parts=False).reset_index(drop=True)


def _column(frame: gpd.GeoDataFrame, columns: dict[str, str], *names: str) -> pd.Series:
    """Return the first of these columns that a layer has, as text; "" without any.

    ``columns`` are the layer's own by their lower-case names; a shapefile cuts names at ten
    letters.
    """
    for name in names:
        short = name.replace(":", "_")
        held = columns.get(name) or columns.get(short) or columns.get(short[:10])
        if held:
            return files.text(frame[held])
    return pd.Series([""] * len(frame), index=frame.index, dtype="str")


def _raw_tags(
    lines: gpd.GeoDataFrame, columns: dict[str, str], where: str, notes: list[Note]
) -> pd.DataFrame:
    """Return OSM-like tags as text for every line, whatever the columns are called."""

    def column(*names: str) -> pd.Series:
        return _column(lines, columns, *names)

    raw = pd.DataFrame({key: column(key) for key in tags.STREET_KEYS})
    raw["kind"] = column("kind") if "highway" not in columns else ""
    raw["way_id"] = pd.to_numeric(column("osm_id", "osm_way_id", "way_id"), errors="coerce")
    raw["way_id"] = raw["way_id"].fillna(-1).astype("int64")
    for key, flag in _LEVEL_CROSSED:
        raw[key] = column(key, flag).replace({"T": "yes", "F": "no", "1": "yes", "0": "no"})
    if "highway" not in columns and "fclass" in columns:
        raw["highway"] = column("fclass").str.replace(r"_grade\d$", "", regex=True)
        # Geofabrik's shapefiles say F(orward), T(o the start) and B(oth).
        raw["oneway"] = raw["oneway"].replace({"F": "yes", "T": "-1", "B": "no"})
    elif "highway" not in columns:
        detail = column("kind_detail")
        raw["highway"] = detail.where(detail != "", raw["kind"])
        link = tags.is_yes(column("is_link")) & ~raw["highway"].str.endswith("_link")
        link &= raw["highway"].isin(("motorway", "trunk", "primary", "secondary", "tertiary"))
        raw.loc[link, "highway"] += "_link"
    unknown = int(raw["highway"].isin(("", "unknown")).sum())
    if unknown:
        notes.append(
            Note(
                where,
                f"{unknown} 条线没有道路等级，按普通道路（road）处理",
                f"{unknown} lines without a class were taken as plain roads",
                unknown,
            )
        )
    raw["highway"] = raw["highway"].replace(_KINDS)
    return raw


def _barriers(
    lines: gpd.GeoDataFrame, raw: pd.DataFrame, rail: NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    """Return railways and motorways on the ground as lines that nobody crosses."""
    kinds = []
    for row, is_rail in zip(raw.to_dict("records"), rail, strict=True):
        found = {key: str(row[key]) or "no" for key in ("bridge", "tunnel", "highway")}
        if is_rail:
            found |= {"railway": "rail" if row["highway"] == "road" else found["highway"]}
        kinds.append(tags.line_barrier(found))
    held = np.array(kinds, dtype=object) != ""
    table = {"osm_id": raw["way_id"], "kind": kinds, "name": raw["name"]}
    frame = gpd.GeoDataFrame(table, geometry=lines.geometry.to_numpy(), crs=lines.crs)
    return frame[held].reset_index(drop=True)


def _ways(lines: gpd.GeoDataFrame, raw: pd.DataFrame, gates: pd.DataFrame, where: str) -> Ways:
    xy, owner = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    sizes = np.bincount(owner, minlength=len(lines))
    start = np.append(0, np.cumsum(sizes))
    table = tags.streets(raw)
    table.insert(0, "way_id", raw["way_id"].to_numpy())
    lon, lat = xy[:, 0].copy(), xy[:, 1].copy()
    node = coordinate_keys(lon, lat)
    raised = (table["bridge"] | table["tunnel"]).to_numpy()[owner]
    raised[start[:-1]] = raised[start[1:] - 1] = False
    node[raised] = _private_keys(node[raised], owner[raised], table["way_id"].to_numpy(), where)
    return without_repeats(Ways(where, table, start, lon, lat, node, gates, osm_nodes=False))


def _private_keys(
    keys: NDArray[np.int64], owner: NDArray[np.int64], way_id: NDArray[np.int64], where: str
) -> NDArray[np.int64]:
    """Return negative keys that only the same way has again, so that nothing joins in mid-bridge.

    A way with an id gets the same keys in every file, so that it still counts once; without an id
    the file and the row stand in.
    """
    base = np.uint64(zlib.crc32(where.encode()) + 1) << np.uint64(32)
    rows = base + owner.astype(np.uint64)
    own = np.where(way_id[owner] >= 0, way_id[owner].astype(np.uint64), rows)
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= (own + np.uint64(1)) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed ^= mixed >> np.uint64(29)
    return -1 - (mixed & np.uint64(2**62 - 1)).astype(np.int64)
