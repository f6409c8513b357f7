"""Write layers as GeoPackage, GeoJSON or GeoParquet, WGS84; tables without places stay tables."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio

from geo.export import delimited
from geo.export.columns import unmasked
from geo.export.contents import Contents, Table


def geopackage(contents: Contents, path: Path) -> None:
    """Write all tables to a new GeoPackage, one layer each; those without places as attributes."""
    for table in contents.tables.values():
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
    text = '{"type": "FeatureCollection", "features": []}'
    if len(table.frame):
        frame = unmasked(table.frame)
        text = frame.to_json(drop_id=True, na="null", to_wgs84=True, ensure_ascii=False)
    path.write_text(text, encoding="utf-8", newline="\n")


def parquet(table: Table, path: Path) -> None:
    """Write one layer as GeoParquet 1.0, a table without places as Parquet."""
    table.frame.to_parquet(path, index=False)
