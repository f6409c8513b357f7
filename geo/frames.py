"""Define the shape of every frame: columns with units, types, geometry and index.

Rows never live in classes; they stay in GeoDataFrames whose shape is written down here once.
:func:`check` is the only gate: a frame that passes it can be trusted everywhere else, so no other
module asks again. Every frame has the index 0…n-1 and text columns without nulls (``""`` stands
for “not known”); lengths are in metres, ``u`` and ``v`` are rows of the frame of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError
from geo.model import TIERS
from geo.printable import all_printable

#: Tell how far a long step is: a short Chinese label, what is done and the total (0 = unknown).
Progress = Callable[[str, int, int], None]

#: So many single rows are named for one kind of fault; the rest is summed up in one line.
ROWS_NAMED = 20

POINT = ("Point",)
LINE = ("LineString",)
LINES = ("LineString", "MultiLineString")
AREA = ("Polygon", "MultiPolygon")

BARRIER_KINDS = ("water", "railway", "motorway", "wall")
STATUSES = ("open", "closed", "planned")

#: Tags of OSM that the frames of nodes and of edges keep under their own names.
NODE_TAGS = ("barrier", "access", "foot", "bicycle", "motor_vehicle", "vehicle", "wheelchair")
EDGE_TAGS = ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "wheelchair", "service")


@dataclass(frozen=True)
class Column:
    """Describe one column: ``dtype`` is a NumPy/pandas name, ``str`` for text.

    ``default`` fills a column that a source does not have (``None``: the source must have it).
    ``choices`` and ``least`` bound the values; ``unique`` and ``filled`` forbid repeated and empty
    ones. Nulls stand for “not known” in a dtype with a capital letter (``Int64``) and, as NaN, in a
    ``nullable`` column; no other may hold them.
    """

    name: str
    dtype: str
    meaning: str
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    unique: bool = False
    filled: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Schema:
    """Describe one kind of frame.

    ``geometry`` lists the admitted geometry types; ``metric`` asks for a projected CRS in metres,
    else WGS84 degrees and the city's metric CRS are both right.
    """

    kind: str
    meaning: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]
    metric: bool = True

    @property
    def names(self) -> list[str]:
        """Return the names of the columns, the geometry last."""
        return [*(column.name for column in self.columns), "geometry"]


def _tag(name: str) -> Column:
    return Column(name, "str", f"value of OSM's tag {name.replace('_', ':')}", default="")


_NAME = Column("name", "str", "name to show, in the language of the place", default="")
_AGED_60 = Column(
    "aged_60", "float64", "how many of them are 60 or older, NaN unknown", np.nan, least=0,
    nullable=True,
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    schema.kind: schema
    for schema in (
        Schema(
            "nodes",
            "junctions, ends and gates of the streets",
            POINT,
            (
                Column("osm_id", "int64", "id in OpenStreetMap, -1 if none", default=-1),
                *map(_tag, NODE_TAGS),
            ),
        ),
        Schema(
            "edges",
            "pieces of street between two nodes, directed as drawn",
            LINE,
            (
                Column("u", "int32", "row of the first node", least=0),
                Column("v", "int32", "row of the last node", least=0),
                Column("length_m", "float64", "planar length in the metric CRS", least=0),
                Column("way_id", "int64", "id of the way or line of the source", default=-1),
                Column("highway", "str", "class of street as in OSM", filled=True),
                _NAME,
                Column("oneway", "str", "only in this direction", "", choices=("", "yes", "-1")),
                Column(
                    "oneway_bicycle",
                    "str",
                    "the same for bicycles, where it differs",
                    "",
                    choices=("", "yes", "no", "-1"),
                ),
                *map(_tag, EDGE_TAGS),
                Column("bridge", "bool", "on a bridge", default=False),
                Column("tunnel", "bool", "in a tunnel (a passage through a house is none)", False),
                Column("layer", "int16", "order of height where streets cross", default=0),
            ),
        ),
        Schema(
            "barriers",
            "what cannot be crossed on foot away from the streets",
            (*AREA, *LINES),
            (Column("kind", "str", "kind of barrier", choices=BARRIER_KINDS), _NAME),
        ),
        Schema("water", "water to draw, and ground that is none", AREA, (_NAME,), metric=False),
        Schema(
            "green",
            "parks, woods and grass to draw",
            AREA,
            (_NAME, Column("kind", "str", "what it is", default="")),
        ),
        Schema(
            "buildings",
            "houses",
            AREA,
            (Column("residential", "bool", "people may live here", default=False), _NAME),
        ),
        Schema(
            "landmarks",
            "named places to write on the map",
            POINT,
            (_NAME, Column("kind", "str", "what it is", default="")),
        ),
        Schema(
            "cells",
            "grid cells of all levels",
            AREA,
            (
                Column("code", "str", "code of the cell", unique=True, filled=True),
                _NAME,
                Column("level", "int64", "level, 1 = top", least=1),
                Column("parent", "str", "code of the cell above, empty at the top", default=""),
                Column("kind", "str", "type of community, its own or from above", default=""),
                Column(
                    "aged_60_share",
                    "float64",
                    "share of people aged 60+ as the source gives it, NaN none",
                    default=np.nan,
                    least=0,
                    nullable=True,
                ),
            ),
            metric=False,
        ),
        Schema(
            "stations",
            "places that serve people for free",
            POINT,
            (
                Column("id", "str", "id of the station", unique=True, filled=True),
                _NAME,
                Column("tier", "str", "rank of the station", default="point", choices=TIERS),
                Column("services", "str", "keys of the services, joined by ;", default=""),
                Column("opening_hours", "str", "opening hours in OSM's syntax", default=""),
                Column("address", "str", "postal address", default=""),
                Column("phone", "str", "telephone", default=""),
                Column("host", "str", "who houses it", default=""),
                Column("status", "str", "in service or not", default="open", choices=STATUSES),
                Column("capacity", "Int64", "people at a time", default=pd.NA, least=0),
            ),
            metric=False,
        ),
        Schema(
            "demand",
            "people as the source gives them",
            (*POINT, *AREA),
            (
                Column("people", "float64", "number of people", least=0),
                _AGED_60,
                _NAME,
                Column("code", "str", "code in the source", default=""),
            ),
            metric=False,
        ),
        Schema(
            "units",
            "places with people, after spreading",
            POINT,
            (
                Column("people", "float64", "number of people", least=0),
                Column("source", "int32", "row of the demand", least=0),
                Column("outside", "bool", "too far from every street to be judged", default=False),
                _AGED_60,
            ),
        ),
    )
}


def make(
    kind: str, columns: Mapping[str, Any], geometry: Any, crs: Any, where: str | None = None
) -> gpd.GeoDataFrame:
    """Build a frame of this kind: cast the columns, fill the defaults, check the result.

    ``geometry`` is an array of geometries in ``crs``; columns that the schema does not know are
    left out. ``where`` names the source in the faults (``None``: the kind).
    """
    schema = SCHEMAS[kind]
    geometry = np.asarray(geometry, dtype=object)
    data: dict[str, Any] = {}
    for column in schema.columns:
        if column.name in columns:
            values = columns[column.name]
            if column.dtype == "str":
                values = all_printable(values)
            data[column.name] = pd.array(values, dtype=column.dtype)
        elif column.default is not None:
            data[column.name] = pd.array([column.default] * len(geometry), dtype=column.dtype)
    frame = gpd.GeoDataFrame(
        data, geometry=gpd.GeoSeries(geometry, crs=crs), index=pd.RangeIndex(len(geometry))
    )
    return check(frame, kind, where or kind)


def empty(kind: str, crs: Any) -> gpd.GeoDataFrame:
    """Return a frame of this kind without rows."""
    none: dict[str, list[Any]] = {column.name: [] for column in SCHEMAS[kind].columns}
    return make(kind, none, [], crs)


def completed(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Return the frame with the optional columns that an older source has not, at their defaults.

    Only what “not known” can stand for is added; columns that a source must have are not.
    """
    missing = {
        column.name: pd.Series(column.default, index=frame.index, dtype=column.dtype)
        for column in SCHEMAS[kind].columns
        if column.default is not None and column.name not in frame.columns
    }
    return frame.assign(**missing) if missing else frame


def check(frame: gpd.GeoDataFrame, kind: str, where: str) -> gpd.GeoDataFrame:
    """Return the frame when it has the shape of its kind, else raise an error with all faults.

    ``where`` names the file or the step in the faults; rows count from 1. Raises
    :class:`~geo.errors.InputError`.
    """
    schema = SCHEMAS[kind]
    faults = [
        *_frame_faults(frame, schema, where),
        *(fault for column in schema.columns for fault in _column_faults(frame, column, where)),
        *_geometry_faults(frame, schema, where),
    ]
    if faults:
        raise InputError(faults)
    return frame


def rows(mask: NDArray[np.bool_] | pd.Series) -> list[int]:
    """Return the positions (from 0) at which the mask is true."""
    return [int(row) for row in np.flatnonzero(np.asarray(mask, dtype=bool))]


def row_faults(
    where: str,
    mask: NDArray[np.bool_] | pd.Series,
    seen: Callable[[int], str],
    remedy: str,
    numbers: NDArray[np.int64] | None = None,
) -> list[Fault]:
    """Name each row at which the mask is true, up to :data:`ROWS_NAMED`, and count the rest.

    ``seen`` tells for a position (from 0) what stands there; ``numbers`` are the row numbers of the
    source where rows have been left out (``None``: 1, 2, 3, …).
    """
    found = rows(mask)
    number = [row + 1 for row in found] if numbers is None else [int(numbers[row]) for row in found]
    faults = [
        Fault(f"{where}: row {at}", seen(row), remedy)
        for row, at in zip(found[:ROWS_NAMED], number, strict=False)
    ]
    if len(found) > ROWS_NAMED:
        more = ", ".join(map(str, number[ROWS_NAMED : 2 * ROWS_NAMED]))
        dots = ", …" if len(found) > 2 * ROWS_NAMED else ""
        count = len(found) - ROWS_NAMED
        faults.append(Fault(f"{where}: rows {more}{dots}", f"the same in {count} rows", remedy))
    return faults


def duplicate_faults(
    where: str, values: pd.Series, numbers: NDArray[np.int64] | None = None
) -> list[Fault]:
    """Name every text that stands in more than one row, with the row numbers.

    ``numbers`` as in :func:`row_faults`. Empty texts do not count as equal.
    """
    twice = (values.notna() & (values != "") & values.duplicated(keep=False)).to_numpy()
    number = np.arange(1, len(values) + 1) if numbers is None else numbers
    faults = []
    for value, places in pd.Series(number[twice]).groupby(values[twice].to_numpy(), sort=False):
        shown = ", ".join(map(str, places[:ROWS_NAMED])) + (", …" if len(places) > 20 else "")
        seen = f"{value!r} {len(places)} times"
        faults.append(Fault(f"{where}: rows {shown}", seen, "give each row its own"))
    if len(faults) > ROWS_NAMED:
        rest = Fault(where, f"{len(faults) - ROWS_NAMED} more repeated values", "give each its own")
        faults = [*faults[:ROWS_NAMED], rest]
    return faults


def _frame_faults(frame: gpd.GeoDataFrame, schema: Schema, where: str) -> Iterable[Fault]:
    if not isinstance(frame.index, pd.RangeIndex) or list(frame.index[:1]) not in ([], [0]):
        yield Fault(where, "the index does not run 0…n-1", "call reset_index(drop=True)")
    if "geometry" not in frame.columns:
        return
    if frame.crs is None:
        yield Fault(where, "no CRS", "declare the coordinate reference system of the file")
    elif schema.metric and not frame.crs.is_projected:
        yield Fault(where, f"coordinates in {frame.crs.name}", "project to the city's metric CRS")


def _right_type(values: pd.Series, dtype: str) -> bool:
    if dtype == "str":
        # An all-empty text column may come as plain objects; what counts is what it holds.
        return pd.api.types.is_string_dtype(values) or bool(
            values.map(lambda value: isinstance(value, str) or value is None).all()
        )
    return str(values.dtype) == dtype


def _column_faults(frame: gpd.GeoDataFrame, column: Column, where: str) -> Iterable[Fault]:
    name = column.name
    if name not in frame.columns:
        yield Fault(where, f"no column {name!r}", f"add it: {column.meaning} ({column.dtype})")
        return
    values = frame[name]
    if not _right_type(values, column.dtype):
        yield Fault(
            f"{where}: column {name}", f"holds {values.dtype}", f"convert it to {column.dtype}"
        )
        return
    at = f"{where}: column {name}"
    null = values.isna().to_numpy()
    if column.dtype[0].islower() and not column.nullable:
        yield from row_faults(at, null, lambda row: "no value (NaN)", f"give {column.meaning}")
    good = ~null
    if column.dtype == "float64":
        infinite = good & ~np.isfinite(values.to_numpy(float, na_value=0.0))
        yield from row_faults(
            at, infinite, lambda row: str(values.iloc[row]), "give a finite number"
        )
    if column.filled:
        blank = good & (values == "").to_numpy(bool, na_value=False)
        yield from row_faults(at, blank, lambda row: "empty", f"give {column.meaning}")
    if column.least is not None:
        low = good & (values < column.least).to_numpy(bool, na_value=False)
        yield from row_faults(
            at, low, lambda row: str(values.iloc[row]), f"give {column.least:g} or more"
        )
    if column.choices:
        odd = good & ~values.isin(column.choices).to_numpy()
        wanted = ", ".join(repr(choice) for choice in column.choices)
        yield from row_faults(at, odd, lambda row: repr(values.iloc[row]), f"give one of {wanted}")
    if column.unique:
        yield from duplicate_faults(at, values)


def _geometry_faults(frame: gpd.GeoDataFrame, schema: Schema, where: str) -> Iterable[Fault]:
    if "geometry" not in frame.columns:
        yield Fault(where, "no column 'geometry'", f"give {' or '.join(schema.geometry)}")
        return
    shapes = frame.geometry.to_numpy()
    blank = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    yield from row_faults(where, blank, lambda row: "no geometry", "draw it or remove the row")
    kinds = np.array(["", *_TYPE_NAMES])[shapely.get_type_id(shapes) + 1]
    odd = ~blank & ~np.isin(kinds, schema.geometry)
    wanted = " or ".join(schema.geometry)
    yield from row_faults(
        where, odd, lambda row: f"a {kinds[row] or 'geometry of no type'}", f"give {wanted}"
    )
    bad = ~blank & ~odd & ~shapely.is_valid(shapes)
    yield from row_faults(
        where,
        bad,
        lambda row: shapely.is_valid_reason(shapes[row]),
        "mend the shape in the source (for instance with QGIS “Fix geometries”)",
    )


_TYPE_NAMES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)
