"""Build frames and hold them to their schemas, naming every fault at once.

:func:`check` is the only gate: a frame that passes it can be trusted everywhere else, so no other
module asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError
from geo.printable import all_printable
from geo.schemas import SCHEMAS, Column, Schema

#: So many single rows are named for one kind of fault; the rest is summed up in one line.
ROWS_NAMED = 20


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
