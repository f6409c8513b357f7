"""Read an OpenStreetMap extract (PBF) with osmium: streets, what surrounds them, tagged places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from geo import schemas
from geo.crs import WGS84
from geo.errors import Fault, InputError
from geo.progress import Progress, silent
from geo.sources import tags
from geo.sources.notes import Note
from geo.sources.ways import NO_GATES, Ways, without_repeats

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

_NOWHERE = 2147483647  # what osmium gives as a coordinate for a node that the file does not hold
_AREA_KEYS = ("building", "natural", "landuse", "leisure", "waterway", "amenity", "place")
_KEYS = (*_AREA_KEYS, "highway", "barrier", "railway", "station", "tourism")
_TICK = 20_000


@dataclass
class _Layer:
    """Gather the rows of one layer while the file streams by."""

    ids: list[int] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, osm_id: int, wkb: str, **values: Any) -> None:
        self.ids.append(osm_id)
        self.wkb.append(wkb)
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)

    def frame(self) -> gpd.GeoDataFrame:
        geometry = gpd.GeoSeries(shapely.from_wkb(np.array(self.wkb, dtype=object)), crs=WGS84)
        table = gpd.GeoDataFrame({"osm_id": self.ids, **self.columns}, geometry=geometry)
        return table[shapely.is_valid(geometry.to_numpy())].reset_index(drop=True)


@dataclass(frozen=True)
class Extract:
    """Hold what one OSM file says.

    ``layers`` has the frames ``barriers``, ``water``, ``green``, ``buildings`` and ``landmarks`` in
    WGS84, with ``osm_id`` beside the columns of their schema; ``data_date`` is an ISO date.
    """

    ways: Ways
    layers: Mapping[str, gpd.GeoDataFrame]
    data_date: str | None
    notes: tuple[Note, ...]


class _Reader:
    """Sort the objects of one file into streets, gates and layers, in one pass."""

    def __init__(self) -> None:
        self.way_ids: list[int] = []
        self.tags: list[tuple[str, ...]] = []
        self.sizes: list[int] = []
        self.ref: list[int] = []
        self.x: list[int] = []
        self.y: list[int] = []
        self.gates: dict[int, tuple[str, ...]] = {}
        self.layers = {
            kind: _Layer() for kind in ("barriers", "water", "green", "buildings", "landmarks")
        }
        self.estates = _Layer()
        self.no_streets: dict[str, int] = {}
        self.wanted: dict[int, str] = {}
        self.finished: set[int] = set()
        self.broken = 0
        self.newest: datetime | None = None
        self._wkb = osmium.geom.WKBFactory()

    def _geometry(self, create: Callable[[Any], str], osm_object: Any) -> str | None:
        try:
            return create(osm_object)
        except (RuntimeError, osmium.InvalidLocationError):  # a node of it is not in the file
            self.broken += 1
            return None

    def node(self, node: Any) -> None:
        found = dict(node.tags)
        if "barrier" in found:
            self.gates[node.id] = tags.gate(found)
        self._landmark(found, 4 * node.id, lambda: self._wkb.create_point(node))

    def way(self, way: Any) -> None:
        found = dict(way.tags)
        highway = found.get("highway")
        if highway in tags.NO_STREETS:
            self.no_streets[highway] = self.no_streets.get(highway, 0) + 1
        elif highway:
            self.way_ids.append(way.id)
            self.tags.append(tuple(found.get(key, "") for key in tags.STREET_KEYS))
            nodes = way.nodes
            self.sizes.append(len(nodes))
            self.ref.extend([node.ref for node in nodes])
            self.x.extend([node.x for node in nodes])
            self.y.extend([node.y for node in nodes])
        stamp = way.timestamp
        if self.newest is None or stamp > self.newest:
            self.newest = stamp
        kind = tags.line_barrier(found)
        if kind:
            shape = _held_line(way)
            if shape is None:
                self.broken += 1
            else:
                self.layers["barriers"].add(way.id, shape, kind=kind, name=tags.name_of(found))

    def relation(self, relation: Any) -> None:
        found = dict(relation.tags)
        if found.get("type") == "multipolygon":
            if tags.is_water(found):
                self.wanted[relation.id] = "water"
            elif tags.green_kind(found) or tags.is_building(found):
                self.wanted[relation.id] = "other"

    def area(self, area: Any) -> None:
        found = dict(area.tags)
        water, green, house = tags.is_water(found), tags.green_kind(found), tags.is_building(found)
        estate = found.get("landuse") == "residential"
        if not area.from_way():
            # An area may come before or after its relation, as osmium's buffers fall.
            self.finished.add(area.orig_id())
        if not (water or green or house or estate or tags.landmark_kind(found)):
            return
        shape = self._geometry(self._wkb.create_multipolygon, area)
        if not shape:
            return
        name = tags.name_of(found)
        if house:
            home = tags.is_home(found)
            self.layers["buildings"].add(
                area.id, shape, residential=bool(home), open=home is None, name=name
            )
        elif water:
            self.layers["water"].add(area.id, shape, name=name)
        elif green:
            self.layers["green"].add(area.id, shape, name=name, kind=green)
        elif estate:
            self.estates.add(area.id, shape)
        self._landmark(found, 4 * area.id + 1, lambda: shape)

    def _landmark(self, found: Mapping[str, str], key: int, shape: Callable[[], str]) -> None:
        name, kind = tags.name_of(found), tags.landmark_kind(found)
        if name and kind:
            self.layers["landmarks"].add(key, shape(), name=name, kind=kind)


def read(path: Path, progress: Progress = silent) -> Extract:
    """Read the streets of an OSM PBF file and what surrounds them.

    Raises :class:`~geo.errors.InputError` for a file that is missing, empty, cut off, no PBF, or
    holds no street.
    """
    reader = _Reader()
    handle: dict[str, Callable[[Any], None]] = {
        "n": reader.node,
        "w": reader.way,
        "r": reader.relation,
        "a": reader.area,
    }
    for done, found in enumerate(_objects(path, _KEYS)):
        if done % _TICK == 0:
            progress(f"读取 {path.name}", done, 0)
        handle[found.type_str()](found)
    progress(f"读取 {path.name}", 1, 1)
    ways, missing = _ways(reader, path.name)
    layers = {kind: layer.frame() for kind, layer in reader.layers.items()}
    layers["buildings"] = _settle_homes(layers["buildings"], reader.estates.frame())
    layers["barriers"] = _with_water(layers["barriers"], layers["water"])
    layers["landmarks"] = layers["landmarks"].set_geometry(
        layers["landmarks"].representative_point()
    )
    return Extract(ways, layers, _date(path, reader.newest), _notes(reader, path.name, missing))


def read_places(
    path: Path, key: str, values: Sequence[str]
) -> tuple[gpd.GeoDataFrame, list[dict[str, str]]]:
    """Return the places whose tag ``key`` has one of the values, with all their tags.

    The frame holds ``osm_id`` (text such as ``n12``, ``w34``) and a WGS84 point; of an area that is
    a point inside it. A place that is mapped twice, as a point and as an area, stays twice.
    """
    wkb = osmium.geom.WKBFactory()
    ids: list[str] = []
    shapes: list[str] = []
    found: list[dict[str, str]] = []
    for place in _objects(path, (key,)):
        if place.tags.get(key) not in values:
            continue
        kind = place.type_str()
        if kind == "n":
            shape, name = wkb.create_point(place), f"n{place.id}"
        elif kind == "a":
            shape = wkb.create_multipolygon(place)
            name = f"{'w' if place.from_way() else 'r'}{place.orig_id()}"
        else:
            continue
        ids.append(name)
        shapes.append(shape)
        found.append(dict(place.tags))
    geometry = gpd.GeoSeries(shapely.from_wkb(np.array(shapes, dtype=object)), crs=WGS84)
    return gpd.GeoDataFrame({"osm_id": ids}, geometry=geometry.representative_point()), found


def _objects(path: Path, keys: Sequence[str]) -> Iterator[Any]:
    """Yield nodes, ways, relations and areas that carry one of the keys; refuse a broken file."""
    if not path.is_file():
        raise InputError(Fault(path.name, "no such file", f"check the path {path}"))
    if path.stat().st_size == 0:
        raise InputError(Fault(path.name, "the file is empty (0 bytes)", "download it again"))
    wanted = osmium.filter.KeyFilter(*keys)
    try:
        yield from osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted)
    except RuntimeError as error:
        raise InputError(
            Fault(
                path.name,
                f"cut off, damaged or no OSM PBF file ({error})",
                "download it again and compare the size or the checksum",
            )
        ) from error


def _held_line(way: Any) -> str | None:
    """Return the line of a way as far as the file holds its nodes, ``None`` when it holds no piece.

    Rivers and railways run on beyond every extract: what is inside stops people all the same.
    """
    pieces: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.x == _NOWHERE:
            pieces.append([])
        elif not pieces[-1] or pieces[-1][-1] != (node.x, node.y):
            pieces[-1].append((node.x, node.y))
    lines = [np.array(piece) / 1e7 for piece in pieces if len(piece) > 1]
    if not lines:
        return None
    line = shapely.linestrings(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)
    return str(shapely.to_wkb(line, hex=True))


def _ways(reader: _Reader, where: str) -> tuple[Ways, int]:
    """Return the streets and how many vertices lie outside the file."""
    if not reader.way_ids:
        raise InputError(
            Fault(
                where,
                "no way with a street in it (highway=*)",
                "take an extract with streets, such as a city or county from a full OSM extract",
            )
        )
    x, y = np.array(reader.x, dtype=np.int64), np.array(reader.y, dtype=np.int64)
    sizes = np.array(reader.sizes)
    held = x != _NOWHERE
    if not held.any():
        raise InputError(
            Fault(
                where,
                f"{len(sizes)} streets, but the coordinates of none of their nodes",
                "sort the file (osmium sort) or make the extract with complete ways",
            )
        )
    table = tags.streets(pd.DataFrame(reader.tags, columns=list(tags.STREET_KEYS), dtype="str"))
    table.insert(0, "way_id", np.array(reader.way_ids, dtype=np.int64))
    gates = NO_GATES
    if reader.gates:
        gates = pd.DataFrame.from_dict(
            reader.gates, orient="index", columns=list(schemas.GATE_TAGS), dtype="str"
        )
    ways = Ways(
        where,
        table,
        np.append(0, np.cumsum(sizes)),
        x / 1e7,
        y / 1e7,
        np.array(reader.ref, dtype=np.int64),
        gates,
        osm_nodes=True,
    )
    return without_repeats(ways, held), int((~held).sum())


def _settle_homes(houses: gpd.GeoDataFrame, estates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take houses of no stated use as homes where they stand on residential land."""
    if houses.empty:
        return houses
    inside = np.zeros(len(houses), dtype=bool)
    if len(estates):
        points = houses.representative_point().to_numpy()
        tree = shapely.STRtree(estates.geometry.to_numpy())
        inside[np.unique(tree.query(points, predicate="intersects")[0])] = True
    home = houses["residential"] | (houses["open"] & inside)
    return houses.assign(residential=home).drop(columns="open")


def _with_water(barriers: gpd.GeoDataFrame, water: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    lakes = water.assign(kind="water")
    # Ids of areas are even or odd by their origin and may equal those of ways: keep them apart.
    lakes["osm_id"] = -1 - lakes["osm_id"]
    parts = [part for part in (barriers, lakes) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else barriers


def _date(path: Path, newest: datetime | None) -> str | None:
    with osmium.io.Reader(str(path)) as file:
        stamp = file.header().get("osmosis_replication_timestamp")
    if stamp:
        return str(stamp)[:10]
    # Extracts without the history of their objects put 1970 in every one.
    if newest is None or newest <= datetime(1971, 1, 1, tzinfo=UTC):
        return None
    return newest.date().isoformat()


def _notes(reader: _Reader, where: str, missing: int) -> tuple[Note, ...]:
    notes = []
    if reader.no_streets:
        count = sum(reader.no_streets.values())
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(reader.no_streets.items()))
        notes.append(
            Note(
                where,
                f"忽略 {count} 条不是现有道路的线（{kinds}）",
                f"{count} ways that are no street in use were left out ({kinds})",
                count,
            )
        )
    if missing:
        notes.append(
            Note(
                where,
                f"道路有 {missing} 个节点不在文件中，道路在该处断开",
                f"{missing} nodes of streets are not in the file; the streets end there",
                missing,
            )
        )
    cut = [kind for relation, kind in reader.wanted.items() if relation not in reader.finished]
    water = cut.count("water")
    if water:
        notes.append(
            Note(
                where,
                f"{water} 个水面在文件边界处不完整，未能读入（可用 --water 补充）",
                f"{water} water areas are cut by the file's edge and could not be read "
                "(give them with --water)",
                water,
            )
        )
    other = len(cut) - water + reader.broken
    if other:
        notes.append(
            Note(
                where,
                f"{other} 个绿地、建筑或线在文件边界处不完整，未读入",
                f"{other} other shapes are cut by the file's edge and were left out",
                other,
            )
        )
    return tuple(notes)
