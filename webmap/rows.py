"""Read rows of the analysis as plain values: the figures of cells, the facts of stations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import numpy as np

from geo import crs
from geo.answers import LiveStudy, StoredStudy
from geo.city import CityData
from geo.mainland import keeps_holidays
from webmap import geojson
from webmap.disclosed import PublicStudy

_STATION_FACTS = (
    "id",
    "name",
    "name_en",
    "tier",
    "services",
    "opening_hours",
    "address",
    "phone",
    "host",
    "status",
    "capacity",
    "verified",
    "photo",
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
    """Return the facts of stations (all, in the frame's order, when ``rows`` is ``None``).

    Nothing in them follows from a question. They are kept with the city: do not change them.
    """
    facts: list[dict[str, Any]] = data.keep(("station facts",), lambda: _station_facts(data))
    return facts if rows is None else [facts[row] for row in rows]


def _station_facts(data: CityData) -> list[dict[str, Any]]:
    facts = geojson.records(data.stations, _STATION_FACTS)
    for station, position in zip(facts, positions(data), strict=True):
        station["services"] = [key for key in station["services"].split(";") if key]
        if station["capacity"] is not None:
            station["capacity"] = int(station["capacity"])
        for name in ("name_en", "verified"):
            station[name] = station[name] or None
        photo = station["photo"]
        address = f"/api/cities/{data.city.slug}/stations/{quote(station['id'])}/photo"
        station["photo"] = f"{address}?v={photo.partition('.')[0]}" if photo else None
        station["position"] = position
    return facts


def written_stations(data: CityData) -> list[bytes]:
    """Return the facts of all stations as JSON objects without the closing brace.

    An answer about stations goes on from there; writing the facts takes longer than finding them.
    """
    written: list[bytes] = data.keep(
        ("written stations",), lambda: [geojson.encode(facts)[:-1] for facts in station_facts(data)]
    )
    return written


def positions(data: CityData) -> list[dict[str, list[float] | None]]:
    """Return the stations' longitudes and latitudes for every map that a phone may have.

    GCJ-02 and BD-09 are those of maps of mainland China; elsewhere maps are in WGS84, and they are
    ``None``.
    """
    x, y = data.stations_xy.T
    lon, lat = crs.unproject(x, y, data.city.crs)
    shifted = crs.gcj02_from_wgs84(lon, lat)
    datums = {"wgs84": (lon, lat), "gcj02": shifted, "bd09": crs.bd09_from_gcj02(*shifted)}
    degrees = {name: np.column_stack(both).round(6).tolist() for name, both in datums.items()}
    inside = [keeps_holidays(*place) for place in zip(lon, lat, strict=True)]
    return [
        {name: found[row] if name == "wgs84" or here else None for name, found in degrees.items()}
        for row, here in enumerate(inside)
    ]


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
