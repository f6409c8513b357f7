"""Damage files of every format in seeded ways: the readers refuse in words or read a true frame.

Nothing else may come out: no other exception, no frame that its own check would refuse.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geo import frames
from geo.errors import GeoError
from geo.sources.areas import read_areas
from geo.sources.demand import read_demand
from geo.sources.stations import read_stations
from geo.sources.streets import read_streets
from tests.geo import small_city
from tests.geo.small_city import as_pbf

COUNTS = [30, pytest.param(1_000, marks=pytest.mark.soak)]


def as_workbook(folder: Path) -> Path:
    """Write the stations as a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "名称", "经度", "纬度"])
    for number, name, x, y, *_ in small_city.STATIONS:
        sheet.append([number, name, *small_city.at(x, y)])
    path = folder / "stations.xlsx"
    book.save(path)
    return path


def converted(make: Callable[[Path], Path], suffix: str) -> Callable[[Path], Path]:
    """Return a maker that writes the same layer in another format."""

    def write(folder: Path) -> Path:
        path = folder / f"layer{suffix}"
        gpd.read_file(make(folder / "first.gpkg")).to_file(path)
        return path

    return write


def stations_of(path: Path) -> Any:
    return frames.check(read_stations(str(path))[0], "stations", path.name)


def areas_of(path: Path) -> Any:
    return frames.check(read_areas(path)[0], "cells", path.name)


def demand_of(path: Path) -> Any:
    return frames.check(read_demand(path)[0], "demand", path.name)


def streets_of(path: Path) -> Any:
    found = read_streets([path])
    frames.check(found.nodes, "nodes", path.name)
    return frames.check(found.edges, "edges", path.name)


FORMATS = {
    "pbf": (as_pbf, streets_of),
    "streets.gpkg": (lambda folder: small_city.write_streets(folder / "s.gpkg"), streets_of),
    "streets.geojson": (converted(small_city.write_streets, ".geojson"), streets_of),
    "streets.shp": (converted(small_city.write_streets, ".shp"), streets_of),
    "areas.gpkg": (lambda folder: small_city.write_areas(folder / "a.gpkg"), areas_of),
    "areas.geojson": (converted(small_city.write_areas, ".geojson"), areas_of),
    "demand.fgb": (converted(small_city.write_people, ".fgb"), demand_of),
    "stations.csv": (lambda folder: small_city.write_stations(folder / "s.csv"), stations_of),
    "stations.gb18030": (
        lambda folder: small_city.write_stations(folder / "s.csv", "gb18030"),
        stations_of,
    ),
    "stations.xlsx": (as_workbook, stations_of),
}


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Return a copy with a few bytes flipped, cut off, doubled or blanked."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(data)), chance.randint(1, 40)
        match chance.randrange(5):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[max(1, at) :]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at : at + length] = bytes(len(data[at : at + length]))
            case _:
                data[at : at + length] = chance.randbytes(length)
    return bytes(data)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_file_is_refused_in_words_or_read_truly(form, count, tmp_path):
    make, read = FORMATS[form]
    path = make(tmp_path)
    assert len(read(path)) > 0  # undamaged it is read
    whole, chance = path.read_bytes(), random.Random(f"{form} {count}")
    refusals = []
    for _ in range(count):
        path.write_bytes(damaged(whole, chance))
        try:
            read(path)
        except GeoError as error:
            refusals.append(str(error))
    print(f"{form}: {len(refusals)} of {count} refused, {count - len(refusals)} read")
    assert refusals
    assert all(path.name in words and "→" in words for words in refusals)
