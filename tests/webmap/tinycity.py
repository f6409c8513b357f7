"""Make the input files of a tiny city of 5 × 5 blocks, to be imported as every city is.

The blocks are 100 m: 0.001 degrees of latitude are 110.85 m at 29.5° N, 0.001 degrees of longitude
96.98 m (WGS84 ellipsoid), so streets lie 1/1.1085 and 1/0.9698 thousandths of a degree apart.
Two stations: ``c1`` on the west edge, open; ``h2`` on the south-east corner, whose name and address
are an attack on whoever pastes them into a page.
"""

from __future__ import annotations

import json
from pathlib import Path

WEST, SOUTH = 106.6, 29.5
STEP_LON, STEP_LAT = 0.001 / 0.9698, 0.001 / 1.1085
BLOCKS = 5
HOSTILE = "</script><img src=x onerror=alert(1)>'\"`${7*7}"
PEOPLE = 36 * 10


def lon(column: float) -> float:
    """Return the longitude of a street, counted from the west."""
    return round(WEST + column * STEP_LON, 7)


def lat(row: float) -> float:
    """Return the latitude of a street, counted from the south."""
    return round(SOUTH + row * STEP_LAT, 7)


def written(path: Path, features: list[dict]) -> Path:
    """Write features as GeoJSON; return the file."""
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False),
        encoding="utf-8",
    )
    return path


def feature(kind: str, coordinates: list, **properties: object) -> dict:
    """Return a feature of GeoJSON."""
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def box(west: float, south: float, east: float, north: float) -> list:
    """Return the coordinates of a rectangle, its edges counted as those of streets."""
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[[lon(x), lat(y)] for x, y in ring]]


def streets(path: Path) -> Path:
    """Write six streets each way; they share a vertex at each crossing."""
    numbers = range(BLOCKS + 1)
    rows = [
        feature(
            "LineString",
            [[lon(x), lat(y)] for x in numbers],
            highway="residential",
            name=f"{y}横街",
        )
        for y in numbers
    ]
    columns = [
        feature(
            "LineString",
            [[lon(x), lat(y)] for y in numbers],
            highway="residential",
            name=f"{x}纵路",
        )
        for x in numbers
    ]
    return written(path, rows + columns)


def areas(path: Path) -> Path:
    """Write one district of two communities, west and east of the middle."""
    edge, middle = 0.5, BLOCKS / 2
    whole = (-edge, -edge, BLOCKS + edge, BLOCKS + edge)
    return written(
        path,
        [
            feature("Polygon", box(*whole), code="01", name="小城", level="subdistrict", parent=""),
            feature(
                "Polygon",
                box(whole[0], whole[1], middle, whole[3]),
                code="0101",
                name="西社区",
                level="community",
                parent="01",
            ),
            feature(
                "Polygon",
                box(middle, whole[1], whole[2], whole[3]),
                code="0102",
                name=HOSTILE,
                level="community",
                parent="01",
            ),
        ],
    )


def stations(path: Path) -> Path:
    """Write the two stations as CSV with Chinese headers."""
    quoted = HOSTILE.replace('"', '""')
    path.write_text(
        "编号,名称,经度,纬度,级别,服务项目,开放时间,地址,电话,容量,状态\n"
        f"c1,西门驿站,{lon(0)},{lat(2)},中心,饮水;如厕,Mo-Su 08:00-20:00,2横街1号,023-1,20,开放\n"
        f'h2,"{quoted}",{lon(5)},{lat(0)},点,歇脚休息,,"{quoted}",,,开放\n',
        encoding="utf-8",
    )
    return path


def demand(path: Path) -> Path:
    """Write ten people beside each of the 36 crossings, 5 m off the street."""
    off = 0.05
    return written(
        path,
        [
            feature("Point", [lon(x + off), lat(y + off)], people=10, code=f"p{x}{y}", name="")
            for x in range(BLOCKS + 1)
            for y in range(BLOCKS + 1)
        ],
    )
