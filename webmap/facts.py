"""Say what is known of a city as one plain mapping: the pages and the API show the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader

from geo import workspace
from geo.city import CityData
from geo.model import PROFILES, SERVICES, STANDARD_BUDGETS, City

#: Mainland China keeps one time; the zone of other cities is not known.
MAINLAND_ZONE = "Asia/Shanghai"
#: Tile layers that a city may have, from the ground up.
TILE_LAYERS = (
    "water",
    "green",
    "buildings",
    "rail",
    "arterials",
    "roads",
    "places",
    "cells",
)


class TileFile:
    """Read single tiles out of one ``.pmtiles`` file; the file stays mapped while this lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:  # the mapping outlives the handle
            self._reader = Reader(MmapSource(file))
        self.header: dict[str, Any] = self._reader.header()

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return the stored bytes of a tile (gzip, as the header says), or ``None``."""
        if not (self.header["min_zoom"] <= z <= self.header["max_zoom"]):
            return None
        if not (0 <= x < 2**z and 0 <= y < 2**z):
            return None
        content = self._reader.get(z, x, y)
        return None if content is None else bytes(content)


def open_tiles(slug: str) -> dict[str, TileFile]:
    """Return the tile files that this city has, by layer."""
    paths = {layer: workspace.tile_path(slug, layer) for layer in TILE_LAYERS}
    return {layer: TileFile(path) for layer, path in paths.items() if path is not None}


def of_city(data: CityData, version: str, tiles: Mapping[str, TileFile]) -> dict[str, Any]:
    """Return the facts of a city; see ``CityFacts`` in the API for the meaning of each field."""
    city = data.city
    people = None if data.units is None else float(data.units["people"].sum())
    return {
        "slug": city.slug,
        "name": city.name,
        "synthetic": city.synthetic,
        "data_date": city.data_date,
        "attribution": city.attribution,
        "bounds": [float(side) for side in city.bounds],
        "view": [float(side) for side in city.view],
        "levels": _levels(city, data.cells["level"].tolist()),
        "profiles": [
            {
                "name": profile.name,
                "title_zh": profile.title_zh,
                "title_en": profile.title_en,
                "speed_mps": profile.speed_mps,
            }
            for profile in PROFILES.values()
        ],
        "budgets": [
            {"key": budget.key, "minutes": budget.minutes, "distance_m": budget.distance_m}
            for budget in STANDARD_BUDGETS
        ],
        "stations": len(data.stations),
        "stations_open": len(data.open_rows),
        "people_total": people,
        "people_reason": city.people_reason,
        "barriers_known": city.barriers_known,
        "version": version,
        "zone": None if data.calendar is None else MAINLAND_ZONE,
        "services": [
            {"key": key, "zh": names[0], "en": names[1]} for key, names in SERVICES.items()
        ],
        "tiles": {
            layer: {
                "url": f"/tiles/{city.slug}/{version}/{layer}.pmtiles",
                "minzoom": file.header["min_zoom"],
                "maxzoom": file.header["max_zoom"],
            }
            for layer, file in tiles.items()
        },
    }


def _levels(city: City, levels: Iterable[int]) -> list[dict[str, Any]]:
    counts: dict[int, int] = {}
    for level in levels:
        counts[int(level)] = counts.get(int(level), 0) + 1
    return [
        {
            "level": level.level,
            "name": level.name,
            "title_zh": level.title_zh,
            "title_en": level.title_en,
            "cells": counts.get(level.level, 0),
        }
        for level in city.levels
    ]
