"""Turn frames into GeoJSON, and any value of the analysis into JSON without NaN.

Coordinates leave as WGS84 degrees rounded to 1e-6 (0.11 m); a value that is not known leaves as
``null``, never as ``NaN``, which is no JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from geo import crs

_DECIMALS = 6
_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return the value with only JSON's own types; NaN, NaT, NA and infinities become ``None``."""
    if value is None or isinstance(value, (str, int)):
        return value
    if type(value) is float:  # by far the most; asking for a mapping takes long
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value
    if value is pd.NA or value is pd.NaT:
        return None
    return str(value)


def encode(value: Any) -> bytes:
    """Return the value as compact UTF-8 JSON."""
    try:
        return orjson.dumps(value, default=plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # a key that is no text, a number of more than 64 bits
        return _WRITER.encode(plain(value)).encode()


def _rounded(xy: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(xy, _DECIMALS))


def geometries(frame: gpd.GeoDataFrame) -> list[str]:
    """Return each geometry as GeoJSON text in WGS84 degrees; ``null`` for an empty one."""
    if len(frame) == 0:
        return []
    shapes = crs.to_wgs84(frame).geometry.to_numpy()
    texts = shapely.to_geojson(shapely.transform(shapes, _rounded))
    blank = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return ["null" if gone else str(text) for gone, text in zip(blank, texts, strict=True)]


def line(xy: np.ndarray, metric_crs: str) -> dict[str, Any]:
    """Return vertices in metres (shape (n, 2)) as a GeoJSON LineString in WGS84 degrees."""
    return {"type": "LineString", "coordinates": crs.degrees(xy, metric_crs).tolist()}


def records(frame: pd.DataFrame, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Return the named columns row by row, as plain JSON values."""
    kept = [name for name in columns if name in frame.columns]
    if not kept:
        return [{} for _ in range(len(frame))]
    table = [column(frame[name]) for name in kept]
    return [dict(zip(kept, row, strict=True)) for row in zip(*table, strict=True)]


def column(values: pd.Series) -> list[Any]:
    """Return a column as plain JSON values."""
    if values.dtype == np.float64:  # by far the most
        finite = np.isfinite(values)
        known = values if finite.all() else values.astype(object).where(finite, None)
        return known.tolist()
    if isinstance(values.dtype, pd.StringDtype) and not values.hasnans:
        return values.tolist()
    return [plain(item) for item in values.tolist()]


def feature(shape: str, properties: Mapping[str, Any], feature_id: Any = None) -> bytes:
    """Return one Feature as UTF-8 JSON; ``shape`` is a geometry's GeoJSON text."""
    head = b"" if feature_id is None else b'"id":' + encode(feature_id) + b","
    return (
        b'{"type":"Feature",'
        + head
        + b'"geometry":'
        + shape.encode()
        + b',"properties":'
        + encode(properties)
        + b"}"
    )


def collection(
    frame: gpd.GeoDataFrame,
    properties: Sequence[Mapping[str, Any]] | None = None,
    ids: Sequence[Any] | None = None,
) -> bytes:
    """Return a FeatureCollection as UTF-8 JSON.

    ``properties`` has one mapping a row (default: every column but the geometry), ``ids`` one id a
    row.
    """
    if properties is None:
        columns = [name for name in frame.columns if name != frame.geometry.name]
        properties = records(frame, columns)
    features = [
        feature(shape, properties[row], None if ids is None else ids[row])
        for row, shape in enumerate(geometries(frame))
    ]
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"
