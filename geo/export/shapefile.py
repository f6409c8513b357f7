"""Write layers as Shapefiles in one zip, within what that format can hold.

Names of columns have at most ten bytes and stay different from each other; ``fields.csv`` lists the
full ones. Texts are UTF-8 (``.cpg``) and cut at 254 bytes between two characters. A file holds one
type of geometry; tables without places are CSV files beside.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.export import delimited
from geo.export.columns import COLUMNS, unmasked
from geo.export.contents import Contents
from geo.progress import Progress, silent

LONGEST_NAME, LONGEST_TEXT = 10, 254
#: Shapes of one dimension share a file: points, lines, areas.
_PARTS = {0: "points", 1: "lines", 2: "areas"}
_EMPTY_AS = "Polygon"
#: Files in an archive carry a date; ours must not differ for that. Its format's first day.
_DATE = (1980, 1, 1, 0, 0, 0)


def write(contents: Contents, path: Path, progress: Progress = silent) -> None:
    """Write the layers to a new zip of Shapefiles; scratch files lie beside it meanwhile."""
    folder = path.parent / "files"
    folder.mkdir()
    fields = []
    for table in contents.each(progress):
        if not table.spatial:
            delimited.write(table.frame, folder / f"{table.name}.csv")
            continue
        names = short_names(table.plain.columns)
        fields += [(table.name, short, full) for full, short in names.items()]
        for name, part in _parts(table.name, table.frame):
            _layer(part.rename(columns=names), folder / f"{name}.shp")
    heads = ["table", "field", "column"]
    listed = pd.DataFrame(fields, columns=heads)
    listed["meaning_zh"] = [COLUMNS[name].zh for name in listed["column"]]
    listed["meaning_en"] = [COLUMNS[name].en for name in listed["column"]]
    delimited.write(listed, folder / "fields.csv")
    zipped(sorted(folder.iterdir()), path)


def zipped(files: Iterable[Path], path: Path) -> None:
    """Put files side by side into a new zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while block := source.read(1 << 20):
                    target.write(block)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name of at most ten bytes for every column, no two the same, whatever their case."""
    taken: set[str] = set()
    out = {}
    for full in names:
        short, number = cut(full, LONGEST_NAME), 1
        while short.lower() in taken:
            number += 1
            short = f"{cut(full, LONGEST_NAME - len(str(number)))}{number}"
        taken.add(short.lower())
        out[full] = short
    return out


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that so many bytes of UTF-8 hold, in whole letters."""
    return text.encode()[:most].decode(errors="ignore")


def _parts(name: str, frame: gpd.GeoDataFrame) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Return the frame, or its parts of one dimension each where shapes differ in that."""
    dimension = shapely.get_dimensions(frame.geometry.to_numpy())
    kinds = np.unique(dimension)
    if len(kinds) < 2:
        return [(name, frame)]
    return [(f"{name}_{_PARTS.get(kind, 'empty')}", frame[dimension == kind]) for kind in kinds]


def _layer(frame: gpd.GeoDataFrame, path: Path) -> None:
    out = unmasked(frame).copy()
    for name in out.columns.drop("geometry"):
        if not pd.api.types.is_numeric_dtype(out[name].dtype):
            out[name] = [cut(str(value), LONGEST_TEXT) for value in out[name]]
    pyogrio.write_dataframe(
        out,
        path,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        promote_to_multi=False,
        geometry_type=None if len(out) else _EMPTY_AS,
    )
