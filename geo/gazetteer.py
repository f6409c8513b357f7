"""Read the named places of a city from its folder, and keep the index in which they are found.

Landmarks, buildings, parks and waters stand in ``city.gpkg`` for the map; an analysis never loads
them. Here only those that have a name are read.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo import search, workspace
from geo.city import CityData
from geo.crs import to_metric
from geo.errors import CityBroken

#: Layers that name places, and the kind of place where the layer does not say it.
_LAYERS = {
    "landmarks": None,
    "compounds": "compound",
    "buildings": "building",
    "green": None,
    "water": "water",
}


def index(data: CityData) -> search.Index:
    """Return the index of all names of a city, made once."""
    found: search.Index = data.keep(
        ("search",), lambda: search.index(data, places(data.city.slug, data.city.crs))
    )
    return found


def places(slug: str, crs: str) -> gpd.GeoDataFrame:
    """Return the named places of a city's map as points with ``name`` and ``kind``, in a CRS.

    A place with a shape is given by a point inside it. A city made before a layer was known has
    nothing of that layer. Raises :class:`~geo.errors.CityBroken` when the map cannot be read.
    """
    path = workspace.folder(slug) / "city.gpkg"
    try:
        there = set(pyogrio.list_layers(path)[:, 0])
        named = [_named(path, layer, kind) for layer, kind in _LAYERS.items() if layer in there]
    except workspace.UNREADABLE as error:
        raise CityBroken(
            f"the map of city {slug!r} cannot be read ({error}); remove it and create it anew"
        ) from error
    frame = gpd.GeoDataFrame(pd.concat(named, ignore_index=True), crs=named[0].crs)
    points: gpd.GeoDataFrame = to_metric(frame, crs)
    return points.set_geometry(points.representative_point())


def _named(path: Path, layer: str, kind: str | None) -> gpd.GeoDataFrame:
    """Return the rows of a layer that have a name."""
    columns = ["name"] if kind else ["name", "kind"]
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(
        path, layer=layer, columns=columns, where="name <> ''"
    )
    return frame.assign(kind=kind) if kind else frame
