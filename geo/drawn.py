"""Draw the circle of a whole city, and measure how much ground it and the ring cover."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import service_area
from geo.city import CityData
from geo.model import TravelProfile
from geo.times import Times

#: Drawn areas are cut into tiles of so many pixels before they are laid over the cells.
CHUNK_PIXELS = 40

Floats = NDArray[np.float64]


def circle(
    data: CityData,
    times: Times,
    profile: TravelProfile,
    budget_ms: int,
    chunk: int | None = None,
) -> NDArray[Any]:
    """Return the pieces from which a budget suffices, metric CRS; cut into tiles on demand."""
    table = data.pixels
    return service_area.network_area(
        table,
        np.arange(len(table.index)),
        times.pixels.time_ms,
        budget_ms,
        data.pixel_ms(profile),
        chunk=chunk,
    )


def circle_m2(data: CityData, times: Times, profile: TravelProfile, budget_ms: int) -> Floats:
    """Return the m² of every leaf's ground inside the drawn circle."""
    pieces = circle(data, times, profile, budget_ms, CHUNK_PIXELS)
    return _at_most_all(data, service_area.overlay_area(_shapes(data), pieces))


def ring_m2(data: CityData, centres: Floats, radius_m: float) -> Floats:
    """Return the m² of every leaf's ground inside the rings around these centres."""
    return _at_most_all(data, service_area.ring_overlay_area(_shapes(data), centres, radius_m))


def _shapes(data: CityData) -> NDArray[Any]:
    return data.ground.geometry.to_numpy()


def _at_most_all(data: CityData, area_m2: Floats) -> Floats:
    """Return the parts of the leaves' ground; a sum of pieces may exceed the whole in last bits."""
    return np.minimum(area_m2, data.ground["judged_m2"].to_numpy())
