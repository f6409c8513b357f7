"""Write the map as tiles: one PMTiles file a layer, drawn by the page without any outside help.

The streets, water, green, buildings and names of the imported files are the basemap; the grid
cells are tiles too, so that a hundred thousand of them stay smooth. GDAL cuts and simplifies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geo.crs import to_wgs84

# The last zoom is enlarged by the page: 4,096 steps a tile are 0.6 m at zoom 14.
#: GDAL drops features from a tile above these; a city centre at zoom 15 stays far below.
_LIMITS = {"MAX_SIZE": "3000000", "MAX_FEATURES": "500000"}
#: Classes that are drawn from afar; all others start at ``STREETS_FROM``.
ARTERIALS = tuple(
    f"{name}{suffix}"
    for name in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for suffix in ("", "_link")
)
STREETS_FROM = 12


@dataclass(frozen=True)
class TileLayer:
    """Describe one layer of tiles: the frame, the columns that are kept and the zoom levels."""

    name: str
    frame: gpd.GeoDataFrame
    columns: tuple[str, ...]
    minzoom: int
    maxzoom: int


def map_layers(
    *,
    edges: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    green: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    landmarks: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
) -> Iterator[TileLayer]:
    """Name the layers of a city's map from its frames; empty ones are left out by the writer."""
    streets = ("highway", "name", "bridge", "tunnel")
    ways = whole_ways(edges, streets)
    main = ways[ways["highway"].isin(ARTERIALS)]
    yield TileLayer("arterials", main, streets, 7, STREETS_FROM - 1)
    yield TileLayer("roads", ways, streets, STREETS_FROM, 14)
    yield TileLayer("rail", barriers[barriers["kind"] == "railway"], ("name",), 10, 14)
    yield TileLayer("water", water, ("name",), 7, 14)
    yield TileLayer("green", green, ("name",), 10, 14)
    yield TileLayer("buildings", buildings, ("residential",), 14, 14)
    yield TileLayer("places", landmarks[landmarks["name"] != ""], ("name", "kind"), 10, 14)
    yield TileLayer("cells", cells, ("code", "name", "level"), 7, 13)


def whole_ways(edges: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Join the pieces of every way again: a third of the features, and labels that run on."""
    if edges.empty:
        return edges[[*columns, "geometry"]]
    key = ["way_id", *columns]
    number = edges.groupby(key, sort=False).ngroup().to_numpy()
    order = np.argsort(number, kind="stable")
    shapes = shapely.multilinestrings(edges.geometry.to_numpy()[order], indices=number[order])
    first = np.unique(number, return_index=True)[1]
    table = edges.iloc[first][list(columns)].reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=shapely.line_merge(shapes), crs=edges.crs)


def write(folder: Path, layer: TileLayer) -> bool:
    """Write one layer to ``folder/name.pmtiles``; return False when it has no features."""
    frame = layer.frame[~layer.frame.geometry.is_empty]
    if frame.empty:
        return False
    folder.mkdir(exist_ok=True)
    frame = to_wgs84(frame[[*layer.columns, "geometry"]])
    frame = frame.astype(dict.fromkeys(frame.select_dtypes(bool), "int8"))
    pyogrio.write_dataframe(
        frame,
        folder / f"{layer.name}.pmtiles",
        layer=layer.name,
        driver="PMTiles",
        dataset_options={
            "NAME": layer.name,
            "MINZOOM": str(layer.minzoom),
            "MAXZOOM": str(layer.maxzoom),
            "EXTENT": "4096",
            "BUFFER": "80",
            **_LIMITS,
        },
        layer_options={},
    )
    return True
