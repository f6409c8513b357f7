"""Write the barriers of a city for a phone: what no access leg crosses, and where nobody stands."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from geo.pocket.container import Section, column
from geo.pocket.projection import gridded


def sections(barriers: gpd.GeoDataFrame, metric: str) -> Iterator[Section]:
    """Yield the barriers: of each its number of lines, below zero for an area; lines; vertices.

    The lines of an area are its rings, outer and inner ones alike: a point is inside when a ray
    from it crosses an odd number of them. ``barrier.parts`` are the parts that make one degree.
    """
    shapes = barriers.geometry.to_numpy()
    areal = shapely.get_dimensions(shapes) == 2
    lines = np.where(areal, shapely.boundary(shapes), shapes)
    parts, row = shapely.get_parts(lines, return_index=True)
    rings, part = shapely.get_parts(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    many = np.bincount(row[part], minlength=len(shapes))
    grid = gridded(xy, metric)
    yield column("barrier.parts", [grid.parts], "count")
    yield column("barrier.lines", np.where(areal, -many, many), "signed")
    yield column("barrier.vertices", np.bincount(ring, minlength=len(rings)), "count")
    yield column("barrier.lon", grid.lon, "steps")
    yield column("barrier.lat", grid.lat, "steps")
