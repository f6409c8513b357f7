"""Write layers as GeoPackage, GeoJSON or GeoParquet, WGS84; tables without places stay tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo.export import delimited
from geo.export.columns import unmasked
from geo.export.contents import Contents, Table
from geo.progress import Progress, silent


def geopackage(contents: Contents, path: Path, progress: Progress = silent) -> None:
    """Write all tables to a new GeoPackage, one layer each; those without places as attributes."""
    for table in contents.each(progress):
        frame = unmasked(table.frame)
        if not isinstance(frame, gpd.GeoDataFrame):
            pyogrio.write_dataframe(frame, path, layer=table.name, driver="GPKG")
            continue
        kinds = set(frame.geom_type)
        pyogrio.write_dataframe(
            frame,
            path,
            layer=table.name,
            driver="GPKG",
            promote_to_multi=len(kinds) > 1,
            geometry_type=None if kinds else "Unknown",
        )


def geojson(table: Table, path: Path) -> None:
    """Write one layer as GeoJSON (RFC 7946), a table without places as CSV."""
    if not table.spatial:
        delimited.write(table.frame, path)
        return
    places = shapely.orient_polygons(table.frame.geometry.to_numpy())  # as the RFC asks
    records = [_known(column) for _, column in unmasked(table.plain).items()]
    names = list(table.plain.columns)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        # Shapes are written as they are: their last digits keep them valid.
        for row, (values, shape) in enumerate(zip(zip(*records, strict=True), places, strict=True)):
            told = json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
            file.write(",\n" if row else "\n")
            place = "null" if shape is None else shapely.to_geojson(shape)
            file.write(f'{{"type": "Feature", "properties": {told}, "geometry": {place}}}')
        file.write("\n]}\n")


def _known(values: pd.Series) -> list[Any]:
    """Return a column as values of JSON, ``None`` for what is not known."""
    return values.astype(object).where(values.notna(), None).tolist()


def parquet(table: Table, path: Path) -> None:
    """Write one layer as GeoParquet 1.0, a table without places as Parquet."""
    table.frame.to_parquet(path, index=False)
