"""Put a whole city into a pocket: one file from which a phone answers without any network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely

from geo import crs, gates, hours, openings
from geo.city import CityData
from geo.model import PROFILES
from geo.pocket import barriers, container, days, projection, stations, streets
from geo.pocket.container import Section
from geo.pocket.projection import Fit


@dataclass(frozen=True)
class Pocket:
    """Hold a finished pocket: the file, and the sections that it was put together from."""

    content: bytes
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class _Ground:
    """Hold what follows from the streets alone, whatever the day."""

    fit: Fit
    parts: int
    sections: tuple[Section, ...]


def make(
    data: CityData, day: date, facts: Sequence[Mapping[str, Any]], names: Mapping[str, Any]
) -> Pocket:
    """Return the pocket of a city, with the opening hours of the fourteen days from ``day`` on.

    ``facts`` are what is told of each station, in the order of their rows; ``names`` is what is
    searched for names (:func:`geo.search.pack`). Both go in as they are. The streets are prepared
    once per city. Raises :class:`~geo.errors.CityNotSmooth` where the city's coordinates cannot be
    kept exactly enough.
    """
    ground: _Ground = data.keep(("pocket", "streets"), lambda: _ground(data))
    dated = renewal(data, day)
    sections = [
        *ground.sections,
        *stations.sections(data.stations, facts, data.station_links, data.network),
        *dated.sections,
        container.table("search", names),
    ]
    head = {
        **_head(data, day),
        "name": data.city.name,
        "bounds": list(data.city.bounds),
        "attribution": data.city.attribution,
        "parts": ground.parts,
        "step_m": data.pixels.grid.step_m,
        "ground": ground.fit.to_json(),
        "profiles": streets.profiles(data.network),
    }
    return Pocket(container.write(head, sections), tuple(sections))


def renewal(data: CityData, day: date) -> Pocket:
    """Return what a pocket of the same city, made on another day, needs to begin on this day.

    It is a container, too: its head and its sections stand in for those of the same names.
    """
    texts = data.stations["opening_hours"].tolist()
    sections = [
        *days.openings(openings.table(texts, day, data.calendar)),
        *days.gates(*_gates(data, day)),
    ]
    return Pocket(container.write(_head(data, day), sections), tuple(sections))


def _head(data: CityData, day: date) -> dict[str, Any]:
    """Return of which city and days a pocket tells."""
    return {
        "city": data.city.slug,
        "day": day.isoformat(),
        "days": openings.DAYS,
        "holidays_known": [
            hours.holidays_known(day + timedelta(days=number), data.calendar)
            for number in range(openings.DAYS)
        ],
    }


def _gates(
    data: CityData, day: date
) -> tuple[dict[str, list[days.Refusal]], list[tuple[int, str]]]:
    """Return when gates refuse each profile, and the names of gates."""
    found = data.network.gates
    refusals = {
        name: [
            days.Refusal(*row)
            for row in gates.intervals(found, PROFILES[name], day, openings.DAYS, data.calendar)
        ]
        for name in data.network.graphs
    }
    return refusals, [(node, name) for node in found.node.tolist() if (name := found.name(node))]


def _ground(data: CityData) -> _Ground:
    """Return the sections of streets and barriers."""
    network = data.network
    fit = projection.fit(_extent(data), network.crs)
    grid = projection.gridded(np.asarray(network.coords), network.crs)
    sections = (
        *streets.sections(network, grid, fit),
        *barriers.sections(data.barriers, network.crs),
    )
    return _Ground(fit, grid.parts, sections)


def _extent(data: CityData) -> tuple[float, float, float, float]:
    """Return the degrees that hold all that is drawn or asked: west, south, east, north."""
    shapes = shapely.get_coordinates(data.barriers.geometry.to_numpy())
    xy = np.vstack([data.network.coords, shapes])
    lon, lat = crs.unproject(xy[:, 0], xy[:, 1], data.network.crs)
    west, south, east, north = data.city.bounds
    return (
        float(min(west, lon.min())),
        float(min(south, lat.min())),
        float(max(east, lon.max())),
        float(max(north, lat.max())),
    )
