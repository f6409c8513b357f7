"""Draw the circle of a whole city, and measure how much ground it and the ring cover."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import service_area
from geo.city import CityData
from geo.model import TravelProfile
from geo.times import Times

#: Drawn areas are cut into tiles of so many pixels before they are laid over the cells.
CHUNK_PIXELS = 40

Floats = NDArray[np.float64]
#: Rows of the ground; ``None`` = all.
Leaves = NDArray[np.int64] | None


def circle(
    data: CityData,
    times: Times,
    profile: TravelProfile,
    budget_ms: int,
    chunk: int | None = None,
) -> NDArray[Any]:
    """Return the pieces from which a budget suffices, metric CRS; cut into tiles on demand."""
    return _pieces(data, times.pixels.time_ms, profile, budget_ms, chunk)


def _pieces(
    data: CityData,
    time_ms: NDArray[Any],
    profile: TravelProfile,
    budget_ms: int,
    chunk: int | None = None,
) -> NDArray[Any]:
    table = data.pixels
    return service_area.network_area(
        table,
        np.arange(len(table.index)),
        time_ms,
        budget_ms,
        data.pixel_ms(profile),
        chunk=chunk,
    )


def timed_m2(
    data: CityData,
    time_ms: NDArray[Any],
    profile: TravelProfile,
    budget_ms: int,
    leaves: Leaves = None,
) -> Floats:
    """Return the m² of every leaf's ground, or some leaves', inside the circle of given times.

    ``time_ms`` are times of all rows of the pixel table.
    """
    if leaves is None:
        pieces = _pieces(data, time_ms, profile, budget_ms, CHUNK_PIXELS)
    else:
        pieces = _around(data, lambda rows: time_ms[rows], profile, budget_ms, leaves)
    return _inside_m2(data, pieces, leaves)


def circle_m2(
    data: CityData, times: Times, profile: TravelProfile, budget_ms: int, leaves: Leaves = None
) -> Floats:
    """Return the m² of every leaf's ground inside the drawn circle.

    Of some leaves only (rows of the ground, in their order), the circle is drawn around them alone.
    """
    if leaves is None:
        return timed_m2(data, times.pixels.time_ms, profile, budget_ms)

    def read(rows: NDArray[np.int64]) -> NDArray[Any]:
        return times.arrival(data.pixel_links(profile, rows)).time_ms

    return _inside_m2(data, _around(data, read, profile, budget_ms, leaves), leaves)


def _inside_m2(data: CityData, pieces: NDArray[Any], leaves: Leaves) -> Floats:
    return _at_most_all(data, service_area.overlay_area(_shapes(data, leaves), pieces), leaves)


def ring_m2(data: CityData, centres: Floats, radius_m: float, leaves: Leaves = None) -> Floats:
    """Return the m² of every leaf's ground, or some leaves', inside the rings of centres."""
    area_m2 = service_area.ring_overlay_area(_shapes(data, leaves), centres, radius_m)
    return _at_most_all(data, area_m2, leaves)


def _around(
    data: CityData,
    read: Callable[[NDArray[np.int64]], NDArray[Any]],
    profile: TravelProfile,
    budget_ms: int,
    leaves: NDArray[np.int64],
) -> NDArray[Any]:
    """Return the pieces of the circle in the window that holds some leaves.

    A contour follows from the pixels on either side of it, so within the leaves it is the whole
    city's own.
    """
    bounds, table = shapely.total_bounds(_shapes(data, leaves)), data.pixels
    if np.isnan(bounds).any():  # water alone
        return np.empty(0, dtype=object)
    rim = 2 * table.grid.step_m
    window = table.grid.window((*(bounds[:2] - rim), *(bounds[2:] + rim)))
    rows = table.inside(window)
    return service_area.network_area(
        table,
        rows,
        read(rows),
        budget_ms,
        data.pixel_ms(profile),
        window=window,
        chunk=CHUNK_PIXELS,
    )


def _shapes(data: CityData, leaves: Leaves) -> NDArray[Any]:
    shapes = data.ground.geometry.to_numpy()
    return shapes if leaves is None else shapes[leaves]


def _at_most_all(data: CityData, area_m2: Floats, leaves: Leaves) -> Floats:
    """Return the parts of the leaves' ground; a sum of pieces may exceed the whole in last bits."""
    judged_m2 = data.ground["judged_m2"].to_numpy()
    return np.minimum(area_m2, judged_m2 if leaves is None else judged_m2[leaves])
