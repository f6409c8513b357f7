"""Write the input files of the importer: the same bytes for the same city, on every run."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pyogrio
import shapely
from osmium.osm import mutable
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yundu import plan
from yundu.cells import Cell, walk
from yundu.geometry import XY
from yundu.network import Graph
from yundu.people import Estate
from yundu.stations import Station

LEVELS = {1: "街道", 2: "社区", 3: "片区", 4: "小区", 5: "单元"}
_LAT0 = math.radians(plan.ORIGIN_LAT + 0.0275)
_E2 = 0.00669437999014
_ROOT = 1 - _E2 * math.sin(_LAT0) ** 2
#: Metres in a degree on the WGS84 ellipsoid in the middle of the city.
M_LAT = math.pi / 180 * 6378137.0 * (1 - _E2) / _ROOT**1.5
M_LON = math.pi / 180 * 6378137.0 / math.sqrt(_ROOT) * math.cos(_LAT0)


def degrees(xy: np.ndarray) -> np.ndarray:
    """Return longitude and latitude of local metres by plain scaling: straight lines stay so."""
    return np.column_stack([plan.ORIGIN_LON + xy[:, 0] / M_LON, plan.ORIGIN_LAT + xy[:, 1] / M_LAT])


class OsmFile:
    """Collect OSM objects and write them sorted, as a PBF with a fixed date.

    Streets, gates, walls and rails share nodes by position; houses and areas never do, so that no
    house is tied to a street by chance.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[str, float, float], int] = {}
        self._xy: list[XY] = []
        self._node_tags: dict[int, dict[str, str]] = defaultdict(dict)
        self._ways: list[tuple[list[int], dict[str, str]]] = []
        self._relations: list[tuple[list[tuple[int, str]], dict[str, str]]] = []

    def node(
        self,
        x: float,
        y: float,
        tags: Mapping[str, str] | None = None,
        realm: str = "street",
    ) -> int:
        """Return the id of the node at a position, made on first sight."""
        key = (realm, round(x, 2), round(y, 2))
        if key not in self._ids:
            self._ids[key] = len(self._xy) + 1
            self._xy.append((key[1], key[2]))
        if tags:
            self._node_tags[self._ids[key]] |= tags
        return self._ids[key]

    def way(self, xy: Iterable[XY], tags: Mapping[str, str], realm: str = "street") -> int:
        """Add a way and return its id; consecutive equal nodes count once."""
        refs: list[int] = []
        for x, y in xy:
            ref = self.node(x, y, realm=realm)
            if not refs or refs[-1] != ref:
                refs.append(ref)
        self._ways.append((refs, dict(tags)))
        return len(self._ways)

    def area(self, shape: Polygon, tags: Mapping[str, str]) -> None:
        """Add a polygon: a closed way, or a multipolygon relation where it has holes."""
        if not shape.interiors:
            self.way(shape.exterior.coords, tags, "area")
            return
        members = [(self.way(shape.exterior.coords, {}, "area"), "outer")]
        members += [(self.way(ring.coords, {}, "area"), "inner") for ring in shape.interiors]
        self._relations.append((members, {"type": "multipolygon", **tags}))

    def save(self, path: Path) -> None:
        """Write nodes, ways and relations in the order of their ids."""
        header = osmium.io.Header()
        header.set("generator", "make_demo.py (synthetic city)")
        header.set("osmosis_replication_timestamp", plan.DATA_DATE)
        place = degrees(np.array(self._xy))
        meta = {"version": 1, "timestamp": plan.DATA_DATE, "changeset": 1}
        path.unlink(missing_ok=True)
        writer = osmium.SimpleWriter(str(path), header=header)
        try:
            for ref, (lon, lat) in enumerate(place, 1):
                tags = self._node_tags.get(ref, {})
                writer.add_node(
                    mutable.Node(id=ref, location=(float(lon), float(lat)), tags=tags, **meta)
                )
            for number, (refs, tags) in enumerate(self._ways, 1):
                writer.add_way(mutable.Way(id=number, nodes=refs, tags=tags, **meta))
            for number, (members, tags) in enumerate(self._relations, 1):
                rows = [("w", way, role) for way, role in members]
                writer.add_relation(mutable.Relation(id=number, members=rows, tags=tags, **meta))
        finally:
            writer.close()


def street_ways(graph: Graph) -> list[tuple[list[XY], dict[str, str]]]:
    """Chain edges with equal tags into ways, as a mapper would have drawn them."""
    groups: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    for row, owner in enumerate(graph.stroke):
        groups[tuple(sorted(graph.strokes[owner].tags.items()))].append(row)
    ways = []
    for tags, rows in groups.items():
        for chain in _chains(graph, rows, "oneway" in dict(tags)):
            ways.append((_path(graph, chain), dict(tags)))
    return ways


def _chains(graph: Graph, rows: list[int], directed: bool) -> list[list[tuple[int, bool]]]:
    """Return runs of edges (row, forwards) that pass nodes where just two of the group meet."""
    at: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        at[int(graph.u[row])].append(row)
        at[int(graph.v[row])].append(row)
    left = dict.fromkeys(rows)

    def follow(row: int, forwards: bool) -> list[tuple[int, bool]]:
        chain = [(row, forwards)]
        left.pop(row, None)
        while True:
            node = int(graph.v[row] if forwards else graph.u[row])
            more = [other for other in at[node] if other in left]
            if len(at[node]) != 2 or len(more) != 1:
                return chain
            row, forwards = more[0], int(graph.u[more[0]]) == node
            if directed and not forwards:
                return chain
            left.pop(row)
            chain.append((row, forwards))

    chains = []
    starts = [row for row in rows if len(at[int(graph.u[row])]) != 2]
    ends = [row for row in rows if len(at[int(graph.v[row])]) != 2]
    for row in starts:
        if row in left:
            chains.append(follow(row, True))
    for row in ends:
        if row in left and not directed:
            chains.append(follow(row, False))
    for row in rows:
        if row in left:
            chains.append(follow(row, True))
    return chains


def _path(graph: Graph, chain: list[tuple[int, bool]]) -> list[XY]:
    path: list[XY] = []
    for row, forwards in chain:
        xy = [(float(x), float(y)) for x, y in shapely.get_coordinates(graph.lines[row])]
        path += xy if forwards else xy[::-1]
    return path


def _wgs84(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, degrees)


def _geopackage(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a GeoPackage whose time stamps are those of the data, not of the run."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": plan.DATA_DATE.replace("Z", ".000Z")})
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")


def areas(roots: Sequence[Cell], path: Path) -> None:
    """Write all cells of all levels into one layer."""
    rows = []
    for root in walk(roots):
        for child in root.children:
            rows.append((child, root.code))
    rows = [(root, "") for root in roots] + rows
    frame = gpd.GeoDataFrame(
        {
            "code": [cell.code for cell, _ in rows],
            "name": [cell.name for cell, _ in rows],
            "level": [LEVELS[cell.level] for cell, _ in rows],
            "parent": [up for _, up in rows],
            "kind": [cell.kind for cell, _ in rows],
        },
        geometry=[_wgs84(cell.shape) for cell, _ in rows],
        crs="EPSG:4326",
    )
    _geopackage(frame, path, "grid")


def demand(estates: Sequence[Estate], path: Path) -> None:
    """Write the compounds with their residents."""
    frame = gpd.GeoDataFrame(
        {
            "code": [e.cell.code for e in estates],
            "name": [e.name for e in estates],
            "people": [e.people for e in estates],
            "households": [e.households for e in estates],
            "age60": [e.age60 for e in estates],
            "kind": [e.use for e in estates],
        },
        geometry=[_wgs84(e.shape) for e in estates],
        crs="EPSG:4326",
    )
    _geopackage(frame, path, "compounds")


def stations(rows: Sequence[Station], path: Path) -> None:
    """Write the station list as offices keep it: Chinese headers, UTF-8 with a byte order mark."""
    head = (
        "编号 名称 经度 纬度 级别 服务项目 开放时间 地址 电话 容量 承办单位 状态 核实日期 照片"
    ).split()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file, lineterminator="\r\n")
        sheet.writerow(head)
        for row in rows:
            lon, lat = degrees(np.array([(row.x, row.y)]))[0]
            capacity = "" if row.capacity is None else row.capacity
            sheet.writerow(
                [
                    row.id,
                    row.name,
                    f"{lon:.6f}",
                    f"{lat:.6f}",
                    row.tier,
                    "、".join(row.services),
                    row.hours,
                    row.address,
                    row.phone,
                    capacity,
                    row.host,
                    row.status,
                    row.verified,
                    row.photo,
                ]
            )


def meta(path: Path, counts: Mapping[str, int]) -> None:
    """Write what the city is called, and that it is invented."""
    text = {
        "name": plan.CITY_ZH,
        "name_en": plan.CITY_EN,
        "synthetic": True,
        "note": plan.NOTE,
        "note_zh": "合成演示数据：道路、地名、人口与驿站均为虚构，不代表任何真实地点",
        "data_date": plan.DATA_DATE[:10],
        "seed": plan.SEED,
        "counts": dict(counts),
    }
    path.write_text(json.dumps(text, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
