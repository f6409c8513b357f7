"""Stations without a name are called by their street; no two of them are alike."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo.sources.unnamed import called

CRS = "EPSG:32648"

STREETS = gpd.GeoDataFrame(
    {"name": ["北街", "", "南街"]},
    geometry=[shapely.LineString([(0, y), (1000, y)]) for y in (400, 210, 0)],
    crs=CRS,
)


def names(*rows: tuple[str, str, float]) -> list[tuple[str, str]]:
    """Return what stations are called whose name, English name and northing are given."""
    name, english, northing = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame(
        {"name": name, "name_en": english},
        geometry=[shapely.Point(500, y) for y in northing],
        crs=CRS,
    )
    told = called(frame, STREETS)
    return list(zip(told["name"], told["name_en"], strict=True))


def test_an_unnamed_station_has_the_name_of_the_nearest_street_that_has_one():
    # The nameless street at 210 m is nearer to 190 and to 300 than the others are.
    assert names(("", "", 190), ("", "", 300), ("银行", "Bank", 1), ("亭", "", 1)) == [
        ("未命名驿站（南街）", "Unnamed station (南街)"),
        ("未命名驿站（北街）", "Unnamed station (北街)"),
        ("银行", "Bank"),
        ("亭", ""),
    ]


def test_several_at_one_street_or_at_none_are_numbered():
    told = names(("", "", 390), ("", "", 3), ("", "", 410), ("", "", 601), ("", "", 900))
    assert [name for name, _ in told] == [
        "未命名驿站（北街 1）",
        "未命名驿站（南街）",
        "未命名驿站（北街 2）",
        "未命名驿站（1）",
        "未命名驿站（2）",
    ]
    assert [name for name, _ in names(("", "", 601))] == ["未命名驿站"]
