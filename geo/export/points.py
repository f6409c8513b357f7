"""Write one table, or one layer of points, as one file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.crs import to_wgs84
from geo.errors import OptionError
from geo.export import delimited
from geo.writing import whole


def check_file(path: Path) -> None:
    """Refuse what no file can be written to, before anything is computed for it.

    A file is replaced as a whole, which would put it in the place of a folder or a device.
    """
    if not path.name or (path.exists() and not path.is_file()):
        raise OptionError(f"{str(path)!r} is no file; name one that is new or may be replaced")


def check_points(path: Path) -> None:
    """Refuse a file that :func:`points` cannot write, before anything is computed for it."""
    if path.suffix.lower() not in (".geojson", ".csv"):
        raise OptionError(f"{path.name}: name a file that ends in .geojson or .csv")
    check_file(path)


def points(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write points as GeoJSON or as a table (``.csv``), WGS84, and return the path.

    A table has no geometry: the frame must carry ``lon`` and ``lat`` as columns.
    """
    check_points(path)
    if path.suffix.lower() == ".csv":
        return table(frame.drop(columns="geometry"), path)
    with whole(path) as unfinished:
        text = to_wgs84(frame).to_json(drop_id=True, na="null", ensure_ascii=False)
        unfinished.write_text(text, encoding="utf-8")
    return path


def table(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV and return the path; no text in it is a formula to a spreadsheet."""
    check_file(path)
    with whole(path) as unfinished:
        delimited.write(frame, unfinished)
    return path
