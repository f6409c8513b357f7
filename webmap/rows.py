"""Read rows of the analysis as plain values: the figures of cells, the facts of stations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from geo.answers import LiveStudy, StoredStudy
from geo.city import CityData
from webmap import geojson
from webmap.disclosed import PublicStudy

STATION_FACTS = (
    "id",
    "name",
    "tier",
    "services",
    "opening_hours",
    "address",
    "phone",
    "host",
    "status",
    "capacity",
)
_CELL_FACTS = ("code", "name", "level", "parent")
_CELL_FIGURES = (
    "people",
    "people_judged",
    "covered",
    "share",
    "ring_covered",
    "ground_m2",
    "judged_m2",
    "covered_m2",
    "ground_share",
    "ring_m2",
    "class",
    "null_reason",
    "reason",
    "suppressed",
)
#: Columns whose empty text means that there is nothing to say.
_NULL_WHEN_EMPTY = ("class", "null_reason", "reason", "suppressed")


def station_facts(data: CityData, rows: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Return the facts of stations (all, in the frame's order, when ``rows`` is ``None``)."""
    frame = data.stations if rows is None else data.stations.iloc[list(rows)]
    facts = geojson.records(frame, STATION_FACTS)
    for station in facts:
        station["services"] = [key for key in station["services"].split(";") if key]
        if station["capacity"] is not None:
            station["capacity"] = int(station["capacity"])
    return facts


def level_rows(data: CityData, level: int) -> np.ndarray:
    """Return the rows of the cells of one level."""
    return np.flatnonzero((data.cells["level"] == level).to_numpy())


def cell_figures(
    data: CityData, study: StoredStudy | LiveStudy | PublicStudy, rows: Iterable[int]
) -> list[dict[str, Any]]:
    """Return code, name, level, parent and all figures of the cells in these rows.

    For one cell alone nothing is drawn of the rest of the city.
    """
    chosen = list(rows)
    facts = geojson.records(data.cells.iloc[chosen], _CELL_FACTS)
    table = study.cell(chosen[0]) if len(chosen) == 1 else study.cells.iloc[chosen]
    figures = geojson.records(table, _CELL_FIGURES)
    for cell, known in zip(facts, figures, strict=True):
        cell |= {
            name: None if name in _NULL_WHEN_EMPTY and value == "" else value
            for name, value in known.items()
        }
    return facts
