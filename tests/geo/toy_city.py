"""Make the toy streets a whole city: cells of two levels, people, stations, pixels – no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import grid, ground
from geo.barriers import BarrierIndex
from geo.city import CityData, access_sets
from geo.crs import to_wgs84
from geo.frames import completed
from geo.model import JUDGED_WITHIN_M, City, Level
from geo.network import StreetNetwork
from geo.pixels import PixelTable
from geo.progress import silent
from geo.street_index import StreetIndex
from geo.tying import tie
from tests.geo.toy import CRS, TOY_PROFILES, toy, xy

Spot = tuple[float, float]

#: West and east half, each cut into a southern and a northern cell; toy metres.
HALVES = {"w": (-300, -700, 300, 800), "e": (300, -700, 1000, 800)}
BORDER_Y = 250.0


def toy_cells() -> gpd.GeoDataFrame:
    """Return two cells of level 1 and four leaves of level 2."""
    rows, shapes = [], []
    for code, (west, south, east, north) in HALVES.items():
        rows.append({"code": code, "name": f"half {code}", "level": 1, "parent": ""})
        shapes.append(_box(west, south, east, north))
    for code, (west, south, east, north) in HALVES.items():
        for part, low, high in (("s", south, BORDER_Y), ("n", BORDER_Y, north)):
            rows.append({"code": code + part, "name": "", "level": 2, "parent": code})
            shapes.append(_box(west, low, east, high))
    return completed(gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS), "cells")


def _box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*xy((west, south))[0], *xy((east, north))[0])


def toy_city(
    stations: Sequence[Spot],
    people: Sequence[tuple[float, float, float]] | None = (),
    *,
    outside: Sequence[tuple[float, float, float]] = (),
    closed: Sequence[int] = (),
    barriers: bool = True,
    services: Sequence[str] = (),
    hours: Sequence[str] = (),
    seats: Sequence[int | None] = (),
    gates: Mapping[int, Mapping[str, str]] | None = None,
) -> CityData:
    """Return the toy city with stations at spots and people ``(x, y, how many)``; toy metres.

    ``people=None`` makes a city where nobody is known; ``outside`` are people beyond judgement.
    ``services`` (keys joined by ``;``), ``hours`` and ``seats`` (``None`` = not known) are those of
    the stations, in their order; ``gates`` are tags of nodes in the place of theirs.
    """
    told = tuple((row, tuple(tags.items())) for row, tags in (gates or {}).items())
    base = _base(barriers, told)
    posts = station_frame(stations, closed, services, hours, seats)
    units = None
    if people is not None:
        spots = [*people, *outside]
        at = xy(*((x, y) for x, y, _ in spots)) if spots else np.empty((0, 2))
        units = gpd.GeoDataFrame(
            {
                "people": np.array([count for *_, count in spots], float),
                "source": np.arange(len(spots), dtype=np.int32),
                "outside": np.arange(len(spots)) >= len(people),
            },
            geometry=shapely.points(at),
            crs=CRS,
        )
        units["cell"] = grid.holder_rows(base.cells, grid.leaf_rows(base.cells), at)
        units = completed(units, "units")
    at = {"units": metres(units), "stations": metres(posts)}
    unit_links, station_links = (
        {name: finder.link(at[what]) for name, finder in base.finders.items()} for what in at
    )
    bounds = to_wgs84(gpd.GeoDataFrame(geometry=[base.near], crs=CRS)).total_bounds
    city = City(
        slug="toy",
        name="玩具城",
        crs=CRS,
        bounds=tuple(bounds),
        view=tuple(bounds),
        levels=(Level(1, "half", "半区", "Half"), Level(2, "cell", "格", "Cell")),
        barriers_known=barriers,
        people_reason=None if people is not None else "no demand file",
    )
    return CityData(
        city,
        base.cells,
        base.soil,
        posts,
        units,
        base.walls,
        base.network,
        base.pixels,
        unit_links,
        station_links,
    )


@dataclass(frozen=True, eq=False)
class Base:
    """Hold what all toy cities share: everything but the stations and the people."""

    cells: gpd.GeoDataFrame
    soil: gpd.GeoDataFrame
    near: shapely.Geometry
    walls: gpd.GeoDataFrame
    network: StreetNetwork
    finders: dict[str, StreetIndex]
    pixels: PixelTable


@cache
def _base(barriers: bool, gates: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]) -> Base:
    """Return the shared part, made once: a law is tried on hundreds of toy cities."""
    frames = toy().gated({row: dict(tags) for row, tags in gates})
    network = frames.network(TOY_PROFILES)
    walls = frames.barriers if barriers else frames.barriers.iloc[:0]
    index = BarrierIndex(walls) if barriers else None
    cells = toy_cells()
    leaf = grid.leaf_rows(cells)
    near = ground.zone(frames.edges, JUDGED_WITHIN_M, CRS)
    shapes = grid.ground_of(cells.iloc[leaf], walls)
    judged = ground.within(shapes.to_numpy(), near)
    soil = gpd.GeoDataFrame(
        {"row": leaf, "ground_m2": shapes.area.to_numpy(), "judged_m2": shapely.area(judged)},
        geometry=judged,
        crs=CRS,
    )
    finders = {
        name: StreetIndex(network, usable, index) for name, usable in access_sets(network).items()
    }
    pixels, *_ = tie(near, soil, None, station_frame([]), network, index, silent)
    return Base(cells, soil, near, walls, network, finders, pixels)


def metres(frame: gpd.GeoDataFrame | None) -> np.ndarray:
    """Return the coordinates of a frame of points, shape (n, 2); none without a frame."""
    if frame is None:
        return np.empty((0, 2))
    return shapely.get_coordinates(frame.geometry.to_numpy()).reshape(-1, 2)


def station_frame(
    stations: Sequence[Spot],
    closed: Sequence[int] = (),
    services: Sequence[str] = (),
    hours: Sequence[str] = (),
    seats: Sequence[int | None] = (),
) -> gpd.GeoDataFrame:
    """Return a frame of stations at spots in toy metres, ids ``s0``, ``s1``…"""
    count = len(stations)
    table = pd.DataFrame(
        {
            "id": [f"s{k}" for k in range(count)],
            "name": [f"Station {k}" for k in range(count)],
            "tier": "point",
            "status": ["closed" if k in closed else "open" for k in range(count)],
            "services": list(services) or [""] * count,
            "opening_hours": list(hours) or [""] * count,
            "capacity": pd.array(list(seats) or [None] * count, dtype="Int64"),
        }
    )
    at = xy(*stations) if count else np.empty((0, 2))
    return completed(gpd.GeoDataFrame(table, geometry=shapely.points(at), crs=CRS), "stations")
