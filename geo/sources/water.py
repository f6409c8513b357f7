"""Read open water from a layer of polygons, for cities whose street file has none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np

from geo import crs as datums
from geo import frames
from geo.errors import Fault, InputError
from geo.sources import files
from geo.sources.notes import Note

FIELDS: dict[str, tuple[str, ...]] = {"name": ("名称", "水系名称", "河流名称")}


def read_water(
    path: Path, *, crs: str, datum: str | None = None
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read polygons of water into the frame ``water`` in the metric ``crs``.

    ``datum`` is that of the file's degrees (``None``: as the file says). Features that are no
    polygons are left out and noted. Raises :class:`~geo.errors.InputError` with all faults.
    """
    frame, notes = files.read_vector(path, datum)
    area = frame.geom_type.isin(("Polygon", "MultiPolygon")).to_numpy()
    shapes = frame.geometry.to_numpy()
    faults = files.extent_faults(path.name, shapes)
    numbers = np.flatnonzero(area) + 1
    faults += files.shape_faults(path.name, shapes[area], numbers)
    if not area.any():
        faults.append(Fault(path.name, "no polygon in it", "give the water as polygons"))
    if faults:
        raise InputError(faults)
    if not area.all():
        count = int((~area).sum())
        notes.append(
            Note(
                path.name,
                f"忽略 {count} 个不是面的要素",
                f"{count} features that are no polygons were left out",
                count,
            )
        )
    found, _ = files.match_columns(list(frame.columns), FIELDS, {}, path.name)
    metric = datums.to_metric(frame[area], crs)
    name = files.text(metric[found["name"]]).to_numpy() if found else [""] * len(metric)
    columns = {"name": name}
    return frames.make("water", columns, metric.geometry.to_numpy(), crs, path.name), tuple(notes)
