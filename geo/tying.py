"""Tie pixels, places with people and stations to the streets, once per set of usable streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo import pixels
from geo.barriers import BarrierIndex
from geo.city import access_sets
from geo.links import Links
from geo.network import StreetNetwork
from geo.pixels import COARSE_STEP_M, FINE_STEP_M, MANY_PIXELS, PixelTable
from geo.progress import Progress
from geo.street_index import StreetIndex

#: Pixels tied in one go; keeps the memory flat and the progress bar moving.
_BATCH = 500_000


def tie(
    near: shapely.Geometry,
    ground: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame | None,
    stations: gpd.GeoDataFrame,
    net: StreetNetwork,
    barriers: BarrierIndex | None,
    progress: Progress,
) -> tuple[PixelTable, dict[str, Links], dict[str, Links]]:
    """Return the pixel table, and the links of places with people and of stations by access set.

    ``near`` is the zone that can be judged, ``ground`` the ground of the leaf cells with their
    ``row``; everything in the metric CRS of the network.
    """
    west, south, east, north = shapely.bounds(near)
    area = shapely.area(near)
    step = FINE_STEP_M if area / FINE_STEP_M**2 <= MANY_PIXELS else COARSE_STEP_M
    lattice = pixels.grid_over((west, south, east, north), step)
    index = np.flatnonzero(pixels.rasterize(lattice, [near]).ravel() >= 0)
    holder = pixels.rasterize(lattice, ground.geometry.to_numpy()).ravel()[index]
    row = ground["row"].to_numpy().astype(np.int32)
    cell = np.where(holder >= 0, np.append(row, -1)[holder], -1).astype(np.int32)
    unit_xy = np.empty((0, 2)) if units is None else _xy(units)
    sets = access_sets(net)
    parts: dict[str, dict[str, np.ndarray]] = {"edge": {}, "offset_m": {}, "leg_m": {}}
    unit_links, station_links = {}, {}
    total = len(sets) * (-(-len(index) // _BATCH))
    done = 0
    for name, usable in sets.items():
        finder = StreetIndex(net, usable, barriers)
        unit_links[name] = finder.link(unit_xy)
        station_links[name] = finder.link(_xy(stations))
        batches = []
        for start in range(0, len(index), _BATCH):
            progress("把像素接到街道", done, total)
            batches.append(finder.link(lattice.centres(index[start : start + _BATCH])))
            done += 1
        parts["edge"][name] = np.concatenate([b.edge for b in batches])
        for part in ("offset_m", "leg_m"):
            parts[part][name] = np.concatenate([getattr(b, part) for b in batches]).astype(
                np.float32
            )
    progress("把像素接到街道", total, total)
    table = PixelTable(lattice, index.astype(np.int64), cell, **parts)
    return table, unit_links, station_links


def _xy(frame: gpd.GeoDataFrame) -> np.ndarray:
    return shapely.get_coordinates(frame.geometry.to_numpy()).reshape(-1, 2)
