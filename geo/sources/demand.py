"""Read where people live, and spread them over the places from which they set out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames
from geo.errors import Fault, InputError
from geo.sources import ages, files
from geo.sources.notes import Note
from geo.sources.places import read_places
from geo.sources.sharing import apportion, whole_quanta
from geo.sources.tiling import boxes, lattice, polygons_of, tile

FIELDS: dict[str, tuple[str, ...]] = {
    "people": (
        "人口", "人数", "总人口", "常住人口", "户籍人口", "居民数", "居民", "人口数", "population",
        "pop", "residents", "persons",
    ),
    "name": ("名称", "小区", "小区名称"),
    "code": ("代码", "编码", "编号", "id"),
    "aged_60": ages.COUNT,
    "aged_60_share": ages.SHARE,
}  # fmt: skip

#: Homes are believed only when they have so much footprint for each person (m²): thirty floors of
#: flats need more. With less, most houses are missing from the map and land is the better guide.
HOME_M2_PER_PERSON = 1.0
#: More people than this in one row are a slip.
_PEOPLE_UP_TO = 1e9
#: Streets' surroundings are cut into squares of so many steps before polygons meet them.
_TILE_STEPS = 20
_SLIVER_M2 = 1e-6

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def read_demand(
    path: Path, *, fields: Mapping[str, str] | None = None, datum: str | None = None
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read people as points or polygons into the frame ``demand`` (WGS84).

    A table needs columns with longitude and latitude. ``fields`` tells which header holds which of
    our fields. Those aged 60 and more may stand beside the people as a count or as a share.
    Raises :class:`~geo.errors.InputError` with all faults: no column with people, no number, a
    negative one, no geometry, a self-crossing polygon, positions that cannot be, more old people
    than people.
    """
    places = read_places(path, FIELDS, fields=fields or {}, datum=datum)
    where, shapes, numbers = path.name, places.frame.geometry.to_numpy(), places.numbers
    faults = list(places.faults)
    polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    point = shapely.get_type_id(shapes) == 0
    names = places.column("name")
    faults += files.shape_faults(
        where, shapes[~point], numbers[~point], names[~point], "give polygons or points"
    )
    people = np.zeros(len(shapes))
    if "people" in places.found:
        raw = places.column("people")
        people = pd.to_numeric(raw.str.replace(",", ""), errors="coerce").to_numpy(float)
        at = f"{where}: column {places.found['people']}"
        remedy = f"give a number from 0 to {_PEOPLE_UP_TO:.0f}"
        faults += frames.row_faults(
            at, ~np.isfinite(people), lambda row: raw.iloc[row] or "no value (NaN)", remedy, numbers
        )
        odd = (people < 0) | (np.isfinite(people) & (people > _PEOPLE_UP_TO))
        faults += frames.row_faults(at, odd, lambda row: raw.iloc[row], remedy, numbers)
    elif "people" not in (fields or {}):
        seen = f"no column with people; it has: {', '.join(places.headers) or 'none'}"
        faults.append(Fault(where, seen, "name it, as in --demand-fields people=population"))
    aged, told = ages.of_demand(places, people, where)
    faults += told
    if faults:
        raise InputError(faults)
    columns = {
        "people": people,
        "aged_60": aged,
        "name": names,
        "code": places.column("code"),
    }
    demand = frames.make("demand", columns, shapes, places.frame.crs, where)
    counts = int(polygon.sum()), int(point.sum()), people.sum()
    note = Note(
        where,
        "{} 个面、{} 个点，共 {:.0f} 人".format(*counts),
        "{} polygons and {} points with {:.0f} people".format(*counts),
        len(demand),
    )
    notes = [*places.notes, note]
    known = ~np.isnan(aged)
    if known.any():
        told_of, old = people[known].sum(), aged[known].sum()
        notes.append(
            Note(
                where,
                f"其中 60 岁以上 {old:.0f} 人（{told_of:.0f} 人的年龄已知）",
                f"{old:.0f} of them are 60 or older (age known of {told_of:.0f})",
                int(known.sum()),
            )
        )
    return demand, tuple(notes)


def spread(
    demand: gpd.GeoDataFrame,
    *,
    near: gpd.GeoDataFrame | shapely.Geometry,
    water: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    step_m: float = 50.0,
) -> gpd.GeoDataFrame:
    """Turn the demand into the frame ``units``: places with people, all in the metric CRS.

    A point is one unit. A polygon's people live evenly on its land (the polygon without water):
    what lies outside ``near`` becomes one unit ``outside``; the people of the rest live in its
    residential buildings, by footprint, where these have room for them
    (:data:`HOME_M2_PER_PERSON`), else on points of a lattice of ``step_m`` metres, by the land of
    each square. People come in multiples of the quantum, shared out by largest remainder: each
    source keeps its total exactly (as a multiple of the quantum). Those aged 60 and more are
    shared out with the people, and keep their totals alike.
    """
    reach = near.geometry.union_all() if isinstance(near, gpd.GeoDataFrame) else near
    shapes = demand.geometry.to_numpy()
    people = demand["people"].to_numpy()
    point = shapely.get_type_id(shapes) == 0
    shapely.prepare(reach)
    places = shapes[point]
    parts = [
        _Part(
            places,
            np.flatnonzero(point),
            np.ones(len(places)),
            ~np.asarray(shapely.intersects(reach, places), dtype=bool),
        )
    ]
    if (~point).any():
        rows = np.flatnonzero(~point)
        land = _land(shapes[rows], water)
        parts += _spread_polygons(land, rows, people, reach, buildings, step_m)
    whole = _Part.joined(parts)
    share = apportion(whole_quanta(people), whole.source, whole.weight)
    kept = np.flatnonzero(share > 0)
    kept = kept[np.argsort(whole.source[kept], kind="stable")]
    columns = {
        "people": share[kept],
        "source": whole.source[kept],
        "outside": whole.outside[kept],
        "aged_60": ages.spread(demand["aged_60"].to_numpy(), share[kept], whole.source[kept]),
    }
    return frames.make("units", columns, whole.place[kept], demand.crs)


class _Part:
    """Hold places with the weight that their source's people are shared out by."""

    def __init__(self, place: Shapes, source: Ints, weight: Floats, outside: Floats | bool) -> None:
        self.place, self.source, self.weight = place, source, weight
        self.outside = np.broadcast_to(np.asarray(outside, dtype=bool), len(place))

    @classmethod
    def joined(cls, parts: list[_Part]) -> _Part:
        return cls(
            np.concatenate([part.place for part in parts]),
            np.concatenate([part.source for part in parts]),
            np.concatenate([part.weight for part in parts]),
            np.concatenate([part.outside for part in parts]),
        )


def _land(shapes: Shapes, water: gpd.GeoDataFrame) -> Shapes:
    """Return the polygons without water; one that is all water stays whole (houseboats)."""
    if water.empty:
        return shapes
    wet = water.geometry.to_numpy()
    mine, other = shapely.STRtree(wet).query(shapes, predicate="intersects")
    land = shapes.copy()
    for row in np.unique(mine):
        dry = polygons_of(
            shapely.difference(shapes[row : row + 1], shapely.union_all(wet[other[mine == row]]))
        )[0]
        land[row] = shapes[row] if dry.area <= _SLIVER_M2 else dry
    return land


def _spread_polygons(
    land: Shapes,
    rows: Ints,
    people: Floats,
    near: shapely.Geometry,
    buildings: gpd.GeoDataFrame,
    step_m: float,
) -> list[_Part]:
    """Return places inside ``near`` and one outside for each polygon, weighted by land (m²)."""
    tiles, _, _ = tile(near, step_m * _TILE_STEPS)
    mine, other = shapely.STRtree(tiles).query(land, predicate="intersects")
    pieces = polygons_of(shapely.intersection(land[mine], tiles[other]))
    solid = shapely.area(pieces) > 0  # a polygon may touch a tile along its border only
    mine, pieces = mine[solid], pieces[solid]
    judged = np.bincount(mine, shapely.area(pieces), minlength=len(land)).astype(float)
    parts = [_outside(land, rows, judged, near)]
    owner, spot, footprint = _homes(land, near, buildings)
    room = np.bincount(owner, footprint, minlength=len(land))
    whole = shapely.area(land)
    housed = (judged > 0) & (room >= HOME_M2_PER_PERSON * people[rows] * judged / whole)
    housed &= room > 0
    lives = housed[owner]
    owner, spot, footprint = owner[lives], spot[lives], footprint[lives]
    # The weight of a home is land too: its share of the judged land of its polygon.
    parts.append(_Part(spot, rows[owner], footprint / room[owner] * judged[owner], False))
    open_land = ~housed[mine]
    at, spot, area = _lattice_points(pieces[open_land], step_m)
    parts.append(_Part(spot, rows[mine[open_land][at]], area, False))
    return parts


def _outside(land: Shapes, rows: Ints, judged: Floats, near: shapely.Geometry) -> _Part:
    """Return one place for the land of each polygon beyond ``near``, if there is any."""
    beyond = shapely.area(land) - judged
    held = np.flatnonzero(beyond > 1e-9 * shapely.area(land) + _SLIVER_M2)
    spots: list[shapely.Geometry] = []
    for row in held:
        part = land[row]
        if judged[row] > 0:
            rest = shapely.difference(part, shapely.clip_by_rect(near, *part.bounds))
            part = part if rest.is_empty else rest
        spots.append(shapely.point_on_surface(part))
    return _Part(np.array(spots, dtype=object), rows[held], beyond[held], True)


def _homes(
    land: Shapes, near: shapely.Geometry, buildings: gpd.GeoDataFrame
) -> tuple[Ints, Shapes, Floats]:
    """Return for residential buildings inside ``near``: the polygon, a point, the footprint."""
    homes = buildings.geometry.to_numpy()[buildings["residential"].to_numpy(bool)]
    spots = shapely.point_on_surface(homes)
    inside = np.asarray(shapely.intersects(near, spots), dtype=bool)
    homes, spots = homes[inside], spots[inside]
    home, row = shapely.STRtree(land).query(spots, predicate="intersects")
    first = np.unique(home, return_index=True)[1]  # on a common border the first polygon has it
    return row[first], spots[home[first]], shapely.area(homes[home[first]])


def _lattice_points(pieces: Shapes, step_m: float) -> tuple[Ints, Shapes, Floats]:
    """Return the squares of the lattice in each piece: its number, a point on it, its land."""
    bounds = shapely.bounds(pieces)
    spans = [
        (lattice(west, east, step_m), lattice(south, north, step_m))
        for west, south, east, north in bounds
    ]
    at = np.repeat(np.arange(len(pieces)), [len(across) * len(up) for across, up in spans])
    none = np.array([], dtype=np.int64)
    column = np.concatenate([none, *(np.tile(across, len(up)) for across, up in spans)])
    row = np.concatenate([none, *(np.repeat(up, len(across)) for across, up in spans)])
    squares = boxes(column, row, step_m)
    shapely.prepare(pieces)
    whole = shapely.covers(pieces[at], squares)
    edge = ~whole & shapely.intersects(pieces[at], squares)
    spots = shapely.points((column + 0.5) * step_m, (row + 0.5) * step_m)
    area = np.where(whole, step_m**2, 0.0)
    clipped = polygons_of(shapely.intersection(pieces[at[edge]], squares[edge]))
    area[edge] = shapely.area(clipped)
    spots[edge] = shapely.point_on_surface(clipped)
    kept = area > _SLIVER_M2
    return at[kept], spots[kept], area[kept]
