"""Files of cities in which much is missing or odd, to be imported as every city is.

``wide`` has two quarters of streets 11 km apart, with a river between them; ``shut`` has stations
that are closed at noon, ``none`` has none; nobody knows the hours of those of ``mute``, whose
facts are attacks on a page and on a screen of 390 pixels.
"""

from __future__ import annotations

import csv
from pathlib import Path

from geo.build import Request
from tests.webmap import tinycity
from tests.webmap.tinycity import BLOCKS, HOSTILE, lat, lon

#: Rows of crossings: the northern quarter of ``wide`` begins here, its river lies in between.
NORTH, RIVER = 110, (20, 30)
LONG = "很长的名字" * 40
#: It would turn what follows around, and hide it.
TURNED = "\u202e站名\u2066<b>"

_HEAD = ("编号", "名称", "经度", "纬度", "服务项目", "开放时间", "地址", "电话", "状态")


def requests(folder: Path) -> list[Request]:
    """Write the files into a folder; return what is to be imported."""
    streets = tinycity.streets(folder / "streets.geojson")
    south = _station("s1", "南站", 0, 2, hours="24/7")
    shut = [
        _station("early", "早市驿站", 0, 2, hours="Mo-Su 08:00-10:00"),
        _station("gone", "旧驿站", 5, 0, hours="2020 Jan 01 08:00-10:00"),
    ]
    mute = [
        _station("m1", HOSTILE, 0, 2, address=HOSTILE, phone="tel:<script>"),
        _station("m2", LONG, 5, 0, address=LONG, phone="9" * 60),
        _station("m3", TURNED, 5, 5, address=TURNED),
    ]
    return [
        Request(
            "wide",
            "两岸",
            (_two_quarters(folder / "wide.geojson"),),
            areas=_whole(folder / "areas.geojson"),
            stations=_written(folder / "south.csv", [south]),
            water=_river(folder / "river.geojson"),
        ),
        Request("shut", "关门城", (streets,), stations=_written(folder / "shut.csv", shut)),
        Request("none", "没有驿站", (streets,)),
        Request("mute", "不知几点", (streets,), stations=_written(folder / "mute.csv", mute)),
    ]


def _station(
    key: str, name: str, column: int, row: int, *, hours: str = "", **facts: str
) -> list[str]:
    address, phone = facts.get("address", ""), facts.get("phone", "")
    return [key, name, str(lon(column)), str(lat(row)), "饮水", hours, address, phone, "开放"]


def _written(path: Path, stations: list[list[str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([_HEAD, *stations])
    return str(path)


def _two_quarters(path: Path) -> Path:
    """Write two lattices of streets, each of six streets each way."""
    lines = []
    for first in (0, NORTH):
        for k in range(BLOCKS + 1):
            across = [[lon(x), lat(first + k)] for x in range(BLOCKS + 1)]
            upward = [[lon(k), lat(first + y)] for y in range(BLOCKS + 1)]
            lines += [across, upward]
    return tinycity.written(
        path,
        [tinycity.feature("LineString", line, highway="residential", name="") for line in lines],
    )


def _whole(path: Path) -> Path:
    """Write one area around both quarters and all that lies between."""
    shape = tinycity.box(-1, -1, BLOCKS + 1, NORTH + BLOCKS + 1)
    area = tinycity.feature("Polygon", shape, code="01", name="两岸", level=1, parent="")
    return tinycity.written(path, [area])


def _river(path: Path) -> Path:
    shape = tinycity.box(-1, RIVER[0], BLOCKS + 1, RIVER[1])
    return tinycity.written(path, [tinycity.feature("Polygon", shape, name="大河")])
