"""Say as plain values what a map carries in itself of a study: cells, drawn areas, stations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import answers
from geo.city import CityData
from geo.study import Study
from webmap import geojson, rows

#: What names a cell, and what is told of it.
CELL_NAMES = ("code", "name", "level", "parent")
CELL_FIGURES = ("people", "covered", "share", "ground_share", "class", "null_reason", "reason",
                "suppressed")  # fmt: skip
#: Columns whose empty text means that there is nothing to say.
_WORDS = {"class", "null_reason", "reason", "suppressed"}


def drawn(study: Study, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return drawn areas as GeoJSON, as simple as the served page draws them."""
    tolerance_m = study.data.pixels.grid.step_m / 4.0
    areas: dict[str, Any] = json.loads(answers.geojson(frame, tolerance_m))
    return areas


def stations(data: CityData) -> dict[str, Any]:
    """Return the stations as GeoJSON, without their pictures: those stand in files of their own."""
    facts = [station | {"photo": None} for station in rows.station_facts(data)]
    points: dict[str, Any] = json.loads(geojson.collection(data.stations, facts))
    return points


def serving(study: Study) -> list[str] | None:
    """Return the ids of the stations that serve the study's need; ``None`` = it asks for none."""
    if study.need.plain:
        return None
    return [str(key) for key in study.data.stations["id"].iloc[study.stations]]


def cell_columns(
    data: CityData,
    figures: pd.DataFrame | None,
    names: Sequence[str] = (*CELL_NAMES, *CELL_FIGURES),
) -> dict[str, list[Any]]:
    """Return names and figures of all cells column by column, as far as they are there.

    What is not known is null.
    """
    frames = (data.cells,) if figures is None else (figures, data.cells)
    columns = {name: next((f[name] for f in frames if name in f), None) for name in names}
    out = {name: geojson.column(values) for name, values in columns.items() if values is not None}
    for name in out.keys() & _WORDS:
        out[name] = [value or None for value in out[name]]
    return out
