"""Pack frames as small JSON from which the browser cuts tiles: whole numbers and differences.

One layer is ``{kind, scale, minzoom, columns, shapes}``: ``kind`` is 1 point, 2 line, 3 polygon as
in vector tiles; a shape is a list of parts (lines, or rings with the exterior clockwise); a part is
the longitude and latitude of its first point, then differences, all times ``scale``. A column names
its different words once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import to_wgs84

#: 1e-6° is about 0.1 m, far below a pixel at the closest zoom.
SCALE = 1_000_000
_KINDS = {"Point": 1, "LineString": 2, "Polygon": 3}


def pack(
    frame: gpd.GeoDataFrame,
    columns: Sequence[str] = (),
    *,
    tolerance_m: float = 0.0,
    minzoom: int = 0,
) -> dict[str, Any] | None:
    """Return the rows of one kind of geometry as one packed layer, ``None`` without any.

    ``frame`` is in a metric CRS; lines and outlines may be drawn simpler by ``tolerance_m``.
    ``minzoom`` is the first zoom of the map at which the layer is drawn at all.
    """
    kind = _kind(frame)
    if kind is None:
        return None
    frame = frame[frame.geom_type.str.removeprefix("Multi").map(_KINDS) == kind]
    if tolerance_m:
        frame = frame.set_geometry(frame.geometry.simplify(tolerance_m))
    frame = frame[~(frame.geometry.is_empty | frame.geometry.isna())]
    parts, shape = _parts(to_wgs84(frame).geometry.to_numpy(), kind)
    shapes: list[list[list[int]]] = [[] for _ in range(len(frame))]
    for row, flat in zip(shape.tolist(), _differences(parts), strict=True):
        shapes[row].append(flat)
    return {
        "kind": kind,
        "scale": SCALE,
        "minzoom": minzoom,
        "columns": {name: _words(frame[name]) for name in columns if name in frame.columns},
        "shapes": shapes,
    }


def _kind(frame: gpd.GeoDataFrame) -> int | None:
    """Return the greatest kind of geometry that occurs: areas before lines before points."""
    found = frame.geom_type.dropna().str.removeprefix("Multi").map(_KINDS).dropna()
    return None if found.empty else int(found.max())


def _parts(shapes: NDArray[Any], kind: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return all lines, rings or points, and the shape that each belongs to."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    if kind == _KINDS["Polygon"]:
        # Clockwise on the map is the outside, for filling and for asking what lies inside.
        rings, polygon = shapely.get_rings(
            shapely.orient_polygons(parts, exterior_cw=True), return_index=True
        )
        return rings, owner[polygon]
    return parts, owner


def _differences(parts: NDArray[Any]) -> list[list[int]]:
    """Return every part as flat whole numbers: the first point, then differences."""
    degrees, part = shapely.get_coordinates(parts, return_index=True)
    whole = np.rint(degrees * SCALE).astype(np.int64)
    first = np.ones(len(part), bool)
    first[1:] = part[1:] != part[:-1]
    steps = whole.copy()
    steps[1:] -= whole[:-1]
    steps[first] = whole[first]
    starts = np.flatnonzero(first)[1:]
    return [piece.ravel().tolist() for piece in np.split(steps, starts)] if len(part) else []


def _words(column: pd.Series) -> dict[str, Any]:
    codes, words = pd.factorize(column, use_na_sentinel=False)
    plain = [word.item() if isinstance(word, np.generic) else word for word in words]
    return {"words": ["" if pd.isna(word) else word for word in plain], "at": codes.tolist()}
