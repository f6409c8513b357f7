"""Write the files of a small city, as a planner would bring them: streets, areas, stations, people.

Ten streets of 900 m each way, 100 m apart, at 116.3° E 39.9° N; two subdistricts of two
communities; three stations; four points with people. Nothing here reads the product's own output.
"""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import osmium
import pandas as pd
import shapely

#: South-western corner, and degrees for 100 m there (east, north).
WEST, SOUTH = 116.3, 39.9
EAST_100M, NORTH_100M = 0.00117, 0.0009


def at(x: float, y: float) -> tuple[float, float]:
    """Return degrees for hundreds of metres east and north of the corner."""
    return WEST + x * EAST_100M, SOUTH + y * NORTH_100M


def write_streets(path: Path) -> Path:
    """Write the lattice as a line layer with OSM-like columns."""
    rows, lines = [], []
    for k in range(10):
        for ends in (((0, k), (9, k)), ((k, 0), (k, 9))):
            step = [
                (
                    ends[0][0] + (ends[1][0] - ends[0][0]) * n / 9,
                    ends[0][1] + (ends[1][1] - ends[0][1]) * n / 9,
                )
                for n in range(10)
            ]
            lines.append(shapely.LineString([at(*spot) for spot in step]))
            rows.append({"highway": "residential", "name": f"第{len(rows)}街", "oneway": ""})
    gpd.GeoDataFrame(rows, geometry=lines, crs=4326).to_file(path)
    return path


def as_pbf(folder: Path) -> Path:
    """Write the small city's lattice as an OSM PBF."""
    path = folder / "streets.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        node = osmium.osm.mutable.Node
        for j in range(10):
            for i in range(10):
                writer.add_node(node(id=10 * j + i + 1, location=at(i, j)))
        for number in range(20):  # ten streets eastward, then ten northward; ids must ascend
            k = number % 10
            refs = [10 * k + n + 1 if number < 10 else 10 * n + k + 1 for n in range(10)]
            tags = {"highway": "residential", "name": f"街{number}"}
            writer.add_way(osmium.osm.mutable.Way(id=number + 1, nodes=refs, tags=tags))
    return path


def area_frame() -> gpd.GeoDataFrame:
    """Return two subdistricts with two communities each."""
    rows, shapes = [], []
    for code, west, east in (("a", -1, 4.5), ("b", 4.5, 10)):
        rows.append({"code": code, "name": f"{code}街道", "level": "subdistrict", "parent": None})
        shapes.append(shapely.box(*at(west, -1), *at(east, 10)))
        for part, low, high in (("1", -1, 4.5), ("2", 4.5, 10)):
            rows.append(
                {
                    "code": code + part,
                    "name": f"{code}{part}社区",
                    "level": "community",
                    "parent": code,
                }
            )
            shapes.append(shapely.box(*at(west, low), *at(east, high)))
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=4326)


def write_areas(path: Path) -> Path:
    """Write the areas as a layer."""
    area_frame().to_file(path)
    return path


STATIONS = [
    ("s1", "北京路驿站", 1, 1, "中心", "饮水;手机充电", "24/7"),
    ("s2", "<b>人民</b>驿站", 8, 8, "站", "饮水", "Mo-Fr 09:00-18:00"),
    ("s3", "河边驿站", 1, 8, "点", "", ""),
]


def write_stations(path: Path, encoding: str = "utf-8-sig", rows=STATIONS) -> Path:
    """Write the list of stations with Chinese headers."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "名称", "经度", "纬度", "级别", "服务项目", "开放时间"])
        for number, name, x, y, *rest in rows:
            writer.writerow([number, name, *(f"{v:.7f}" for v in at(x, y)), *rest])
    return path


PEOPLE = [(1, 1, 100), (8, 8, 50), (8, 1, 30), (1, 8, 20)]


def write_people(path: Path) -> Path:
    """Write people as points."""
    frame = gpd.GeoDataFrame(
        {"people": [count for *_, count in PEOPLE], "name": [f"院{n}" for n in range(4)]},
        geometry=[shapely.Point(at(x, y)) for x, y, _ in PEOPLE],
        crs=4326,
    )
    frame.to_file(path)
    return path


def write_all(folder: Path) -> dict[str, Path]:
    """Write the four files and return them by role."""
    return {
        "streets": write_streets(folder / "streets.gpkg"),
        "areas": write_areas(folder / "areas.gpkg"),
        "stations": write_stations(folder / "stations.csv"),
        "demand": write_people(folder / "people.gpkg"),
    }
