"""Gather what a city has names for: stations, landmarks, streets, compounds, addresses, cells.

The order of the rows is part of every answer: by kind, then the weightier, then the shorter name,
then the name itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import grid
from geo.city import CityData
from geo.crs import degrees
from geo.network import StreetNetwork
from geo.search.together import together

#: Kinds of answers in their order of rank.
KINDS = ("station", "place", "street", "compound", "address", "cell")
STATION, PLACE, STREET, COMPOUND, ADDRESS, CELL = range(len(KINDS))

#: The level of a grid whose cells are compounds.
_COMPOUND_LEVEL = "compound"
#: Degrees are kept in whole millionths, 0.1 m.
MICRO = 1_000_000
#: Names of cells in which a place lies: so many, from the top.
_LEVELS_TOLD = 2
_TIERS = {"centre": 3, "station": 2, "point": 1}
#: Landmarks that people steer by; all others weigh nothing.
_WEIGHTS = {
    "city": 9, "town": 8, "borough": 8, "suburb": 7, "quarter": 6, "station": 6, "hospital": 5,
    "university": 5, "neighbourhood": 4, "village": 4, "college": 4, "stadium": 4, "museum": 4,
    "attraction": 3, "marketplace": 3, "bus_station": 3, "ferry_terminal": 3, "townhall": 3,
    "park": 2, "square": 2, "library": 2, "theatre": 2, "school": 1,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Entries:
    """Hold everything that can be found, one row each; ``kind`` is a place in :data:`KINDS`.

    ``id`` is that of a station or the code of a cell, else ``""``; ``detail`` says where it is;
    ``host`` is a second text to find a station by, its English name and who houses it;
    ``level`` is that of a cell, else 0. Longitude and latitude (WGS84) are whole millionths of a
    degree.
    """

    kind: NDArray[np.int64]
    id: list[str]
    name: list[str]
    detail: list[str]
    host: list[str]
    level: list[int]
    lon: NDArray[np.int64]
    lat: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True)
class _Row:
    kind: int
    name: str
    xy: tuple[float, float]
    detail: str = ""
    id: str = ""
    host: str = ""
    level: int = 0
    weight: float = 0.0

    @property
    def rank(self) -> tuple[int, float, int, str, str, tuple[float, float]]:
        return self.kind, -self.weight, len(self.name), self.name, self.id, self.xy


def entries_of(data: CityData, places: gpd.GeoDataFrame | None = None) -> Entries:
    """Return what can be found in a city, in the order of its rank.

    ``places`` are named points in the city's metric CRS with ``name`` and ``kind`` (of a landmark,
    or ``compound``). Left out are stations that are not open, cells named by their code alone,
    places that only name a cell once more, and whatever but stations lies beyond the streets.
    """
    where = _Where(data)
    rows = [*_stations(data, where), *_streets(data, where), *_cells(data, where)]
    if places is not None:
        known = places["name"].isin(set(data.cells["name"]))
        rows += _places(places[~known], where)
    rows = sorted((row for row in rows if row.name.strip()), key=lambda row: row.rank)
    lonlat = degrees(np.array([row.xy for row in rows]).reshape(-1, 2), data.city.crs)
    west, south, east, north = data.city.bounds
    inside = ((lonlat >= (west, south)) & (lonlat <= (east, north))).all(axis=1)
    kept = np.flatnonzero(inside | (np.array([row.kind for row in rows]) == STATION))
    rows = [rows[place] for place in kept.tolist()]
    lon, lat = np.rint(lonlat[kept] * MICRO).astype(np.int64).T
    return Entries(
        kind=np.array([row.kind for row in rows], dtype=np.int64),
        id=[row.id for row in rows],
        name=[row.name for row in rows],
        detail=[row.detail for row in rows],
        host=[row.host for row in rows],
        level=[row.level for row in rows],
        lon=lon,
        lat=lat,
    )


class _Where:
    """Say in which top cells a point lies."""

    def __init__(self, data: CityData) -> None:
        cells = data.cells
        self._cells, self._names = cells, cells["name"].tolist()
        self._coded = (cells["name"] == cells["code"]).to_numpy()
        self._leaf = grid.leaf_rows(cells)
        self._generations = grid.ancestry(cells)

    def lines_of(self, xy: NDArray[np.float64]) -> list[str]:
        """Return the names of the top cells that hold each point, ``""`` outside all of them."""
        return self.above(grid.holder_rows(self._cells, self._leaf, xy))

    def above(self, rows: NDArray[np.int32]) -> list[str]:
        """Return the names of the top cells over these cells or of these themselves, -1 none."""
        cells, place = np.unique(rows, return_inverse=True)
        lines = np.stack([np.where(cells >= 0, g[cells], -1) for g in self._generations])
        told = [self._line(column[::-1]) for column in lines.T]
        return [told[number] for number in place.tolist()]

    def _line(self, rows: NDArray[np.int32]) -> str:
        told = [row for row in rows.tolist() if row >= 0 and not self._coded[row]]
        return " ".join(self._names[row] for row in told[:_LEVELS_TOLD])


def _stations(data: CityData, where: _Where) -> Iterator[_Row]:
    """Yield the open stations, and the address of each as a place of its own."""
    frame, points = data.stations.iloc[data.open_rows], data.open_xy
    columns = (frame[name].tolist() for name in ("id", "name", "address", "tier"))
    second = (frame["name_en"] + " " + frame["host"]).str.strip().tolist()
    rows = zip(*columns, second, points.tolist(), where.lines_of(points), strict=True)
    for number, name, address, tier, host, (x, y), line in rows:
        weight = _TIERS.get(tier, 0)
        yield _Row(STATION, name, (x, y), address or line, number, host, weight=weight)
        yield _Row(ADDRESS, address, (x, y), name, number)


def _streets(data: CityData, where: _Where) -> Iterator[_Row]:
    """Yield every street of a name once for each place where it runs; the point lies on it."""
    streets = data.network.imported
    usable = np.any([graph.usable for graph in streets.graphs.values()], axis=0)
    named = np.array([bool(name.strip()) for name in streets.names])
    edge = np.flatnonzero(usable & named[streets.name_id])
    if not len(edge):
        return
    node_xy = np.column_stack([streets.node_x, streets.node_y])
    ends = np.concatenate([node_xy[streets.edge_u[edge]], node_xy[streets.edge_v[edge]]])
    joined = np.arange(len(edge)), np.arange(len(edge), 2 * len(edge))
    name = streets.name_id[edge]
    group = together(np.concatenate([name, name]), ends, joined)[: len(edge)]
    length = np.asarray(streets.length_m)[edge]
    whole = np.bincount(group, length)
    middle = (ends[: len(edge)] + ends[len(edge) :]) / 2.0
    share = np.maximum(whole, 1e-9)
    centre = np.column_stack([np.bincount(group, length * axis) / share for axis in middle.T])
    off = np.hypot(*(middle - centre[group]).T)
    order = np.lexsort((edge, off, group))
    first = order[np.diff(group[order], prepend=-1) > 0]
    points = _half_way(streets, edge[first])
    details = where.lines_of(points)
    for pick, xy, detail in zip(first.tolist(), points.tolist(), details, strict=True):
        metres = float(whole[group[pick]])
        text = streets.names[name[pick]]
        yield _Row(STREET, text, (xy[0], xy[1]), detail, weight=float(round(metres)))


def _half_way(streets: StreetNetwork, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the points in the middle of edges, along each of them."""
    start, sizes = streets.coord_start[edges], np.diff(streets.coord_start)[edges]
    owner = np.repeat(np.arange(len(edges)), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    lines = shapely.linestrings(streets.coords[start[owner] + within], indices=owner)
    points: NDArray[np.float64] = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, 0.5, normalized=True)
    )
    return points


def _cells(data: CityData, where: _Where) -> Iterator[_Row]:
    """Yield the cells that have a name, each at a point inside it."""
    named = np.flatnonzero((data.cells["name"] != data.cells["code"]).to_numpy())
    cells = data.cells.iloc[named]
    compound = {level.level for level in data.city.levels if level.name == _COMPOUND_LEVEL}
    points = shapely.get_coordinates(shapely.point_on_surface(cells.geometry.to_numpy()))
    lines = where.above(grid.parent_rows(data.cells)[named])
    columns = (cells[name].tolist() for name in ("code", "name", "level"))
    for code, name, level, (x, y), line in zip(*columns, points.tolist(), lines, strict=True):
        kind = COMPOUND if level in compound else CELL
        yield _Row(kind, name, (x, y), line, code, level=level, weight=-level)


def _places(places: gpd.GeoDataFrame, where: _Where) -> Iterator[_Row]:
    """Yield the landmarks; of those with one name that stand together only the weightiest."""
    if not len(places):
        return
    names, kinds = places["name"].tolist(), places["kind"].tolist()
    xy = shapely.get_coordinates(places.geometry.to_numpy())
    ids = {name: number for number, name in enumerate(dict.fromkeys(names))}
    group = together(np.array([ids[name] for name in names]), xy)
    weight = np.array([_WEIGHTS.get(kind, 0) for kind in kinds])
    order = np.lexsort((np.arange(len(names)), -weight, group))
    first = np.sort(order[np.diff(group[order], prepend=-1) > 0])
    for row, line in zip(first.tolist(), where.lines_of(xy[first]), strict=True):
        kind = COMPOUND if kinds[row] == _COMPOUND_LEVEL else PLACE
        spot = (float(xy[row, 0]), float(xy[row, 1]))
        yield _Row(kind, names[row], spot, line, weight=float(weight[row]))
