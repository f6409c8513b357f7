"""Pack what lies beneath the figures of a city, for maps that carry everything inside.

Streets, waters, green, buildings, names and the outlines of the cells: the browser cuts its tiles
from them (:mod:`webmap.maps.packed`), so that one file is drawn as the served page is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.city import CityData
from geo.tiles import whole_ways
from webmap.maps.packed import pack

#: The closest zoom whose tiles are cut with every point; closer ones enlarge them.
FINEST_ZOOM = 16
STREETS_TOLERANCE_M, AREAS_TOLERANCE_M = 0.7, 1.0
BUILDINGS_FROM, PLACES_FROM = 14, 10


def packed_layers(data: CityData, basemap: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Return the packed layers that tiles are cut from, by the name of their tile set.

    ``basemap`` is what :func:`geo.workspace.basemap` reads; what it lacks, the study knows itself.
    """
    streets = basemap.get("streets")
    ways = _network_streets(data) if streets is None else whole_ways(
        streets, ("highway", "name", "tunnel")
    )  # fmt: skip
    barriers = data.barriers
    water = basemap.get("water", barriers[barriers["kind"] == "water"])
    rail = barriers[barriers["kind"] == "railway"]
    packed = {
        "water": pack(water, ("name",), tolerance_m=AREAS_TOLERANCE_M),
        "rail": pack(rail, ("name",), tolerance_m=AREAS_TOLERANCE_M),
        "roads": pack(ways, ("highway", "name", "tunnel"), tolerance_m=STREETS_TOLERANCE_M),
        "cells": pack(data.cells, ("code", "level"), tolerance_m=AREAS_TOLERANCE_M),
    }
    if "green" in basemap:
        packed["green"] = pack(basemap["green"], tolerance_m=AREAS_TOLERANCE_M)
    if "buildings" in basemap:
        packed["buildings"] = pack(basemap["buildings"], minzoom=BUILDINGS_FROM)
    if "landmarks" in basemap:
        landmarks = basemap["landmarks"]
        named = landmarks[landmarks["name"] != ""]
        packed["places"] = pack(named, ("name", "kind"), minzoom=PLACES_FROM)
    return {name: layer for name, layer in packed.items() if layer is not None}


def tile_sets(packed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return where a page finds each packed layer: its island, and the zooms it is drawn at."""
    return {
        name: {"island": island(name), "minzoom": layer["minzoom"], "maxzoom": FINEST_ZOOM}
        for name, layer in packed.items()
    }


def island(name: str) -> str:
    """Return the id of the island that holds a packed layer."""
    return f"tiles-{name}"


def _network_streets(data: CityData) -> gpd.GeoDataFrame:
    """Return the streets as the street network itself knows them, metric CRS."""
    network = data.network
    counts = np.diff(network.coord_start)
    lines = shapely.linestrings(
        np.asarray(network.coords), indices=np.repeat(np.arange(len(counts)), counts)
    )
    return gpd.GeoDataFrame(
        {
            "highway": np.array(network.highways, dtype=object)[network.highway_id],
            "name": np.array(network.names, dtype=object)[network.name_id],
        },
        geometry=lines,
        crs=data.city.crs,
    )
