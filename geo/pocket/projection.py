"""Fit the way from degrees to the city's metres as a polynomial, and say how far it is off.

A phone has no PROJ. Over one city the projection is so smooth that a polynomial of a few degrees
agrees with it to the last bits of a double. Coordinates of streets are kept as they came, in whole
parts of a degree – OpenStreetMap's are multiples of 1e-7 –, and both sides put them through the
same polynomial; so on the phone a street lies where it lies on the server, to nanometres, and a
travel time in whole milliseconds is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import crs
from geo.errors import CityNotSmooth

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: The polynomial may be off by this much at most, metres; a millisecond on foot is a millimetre.
RESIDUAL_M = 1e-7
#: Coordinates kept as parts of a degree may be off by this much at most, metres.
_ROUNDED_M = 2e-8
#: Parts of a degree that are tried, the coarsest first: 1.1 cm down to 11 nm.
_PARTS = tuple(10**power for power in range(7, 14))
_DEGREES = range(3, 13)
_NODES, _CHECKS = 26, 61


@dataclass(frozen=True)
class Fit:
    """Hold a polynomial in two unknowns, s and t, both −1…1 over the city.

    s = (longitude − ``centre``[0]) · ``scale``[0], t likewise of the latitude; easting is the sum
    of ``x``[i][j] · sⁱ · tʲ, northing that of ``y``. ``residual_m`` is the largest error that was
    met on a lattice that is denser than the one it was fitted to.
    """

    centre: tuple[float, float]
    scale: tuple[float, float]
    x: tuple[tuple[float, ...], ...]
    y: tuple[tuple[float, ...], ...]
    residual_m: float

    def project(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return metres of degrees, by the very operations that the phone does, in their order."""
        s = (np.asarray(lon, float) - self.centre[0]) * self.scale[0]
        t = (np.asarray(lat, float) - self.centre[1]) * self.scale[1]
        return _horner(self.x, s, t), _horner(self.y, s, t)

    def to_json(self) -> dict[str, Any]:
        """Return the polynomial as plain values."""
        return {
            "centre": list(self.centre),
            "scale": list(self.scale),
            "x": [list(row) for row in self.x],
            "y": [list(row) for row in self.y],
            "residual_m": self.residual_m,
        }


def _horner(rows: tuple[tuple[float, ...], ...], s: Floats, t: Floats) -> Floats:
    """Return a polynomial's value; ``rows``[i][j] belongs to sⁱ tʲ."""
    total = np.zeros_like(s)
    for row in reversed(rows):
        inner = np.zeros_like(t)
        for factor in reversed(row):
            inner = inner * t + factor
        total = total * s + inner
    return total


def fit(bounds: tuple[float, float, float, float], metric: str) -> Fit:
    """Return the polynomial of a metric CRS over bounds (west, south, east, north in degrees).

    Of the lowest degree that keeps within :data:`RESIDUAL_M`, one more is taken, so that only the
    last bits of PROJ's own numbers are left. Raises :class:`~geo.errors.CityNotSmooth` where none
    does.
    """
    west, south, east, north = bounds
    centre = ((west + east) / 2.0, (south + north) / 2.0)
    # A little beyond the bounds; a city of no width must not divide by zero.
    half = (max(east - west, 1e-3) * 0.51, max(north - south, 1e-3) * 0.51)
    scale = (1.0 / half[0], 1.0 / half[1])
    s, t, x, y = _sample(np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES), centre, half, metric)
    *checks, check_x, check_y = _sample(np.linspace(-1.0, 1.0, _CHECKS), centre, half, metric)
    found: list[Fit] = []
    for degree in _DEGREES:
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        table = np.stack([s**i * t**j for i, j in powers], axis=1)
        rows = [_rows(table, values, powers, degree) for values in (x, y)]
        raw = Fit(centre, scale, rows[0], rows[1], 0.0)
        off_x = np.abs(_horner(raw.x, *checks) - check_x)
        off_y = np.abs(_horner(raw.y, *checks) - check_y)
        residual = float(max(off_x.max(), off_y.max()))
        found.append(Fit(centre, scale, rows[0], rows[1], residual))
        if len(found) > 1 and found[-2].residual_m <= RESIDUAL_M:
            return min(found[-2:], key=lambda each: each.residual_m)
    raise CityNotSmooth(
        f"the projection {metric} over {bounds} is off by {found[-1].residual_m:.3g} m as a "
        f"polynomial of degree {_DEGREES[-1]}; divide the area into cities"
    )


def _sample(
    line: Floats, centre: tuple[float, float], half: tuple[float, float], metric: str
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return a lattice over the city: s, t and the metres of both axes."""
    s, t = (part.ravel() for part in np.meshgrid(line, line))
    x, y = crs.project(centre[0] + s * half[0], centre[1] + t * half[1], metric)
    return s, t, x, y


def _rows(
    table: Floats, values: Floats, powers: list[tuple[int, int]], degree: int
) -> tuple[tuple[float, ...], ...]:
    """Return the factors of the best polynomial by least squares, those of sⁱ in row i."""
    level = float(values.mean())  # millions of metres would cost digits
    factors = np.linalg.lstsq(table, values - level, rcond=None)[0]
    factors[powers.index((0, 0))] += level
    return tuple(
        tuple(float(factors[powers.index((i, j))]) for j in range(degree + 1 - i))
        for i in range(degree + 1)
    )


@dataclass(frozen=True)
class Grid:
    """Hold positions as whole parts of a degree: ``parts`` of them make one degree."""

    parts: int
    lon: Longs
    lat: Longs

    def degrees(self) -> tuple[Floats, Floats]:
        """Return the positions in degrees, as the phone does."""
        return self.lon / self.parts, self.lat / self.parts


def gridded(xy: Floats, metric: str) -> Grid:
    """Return metric positions as whole parts of a degree, as coarse as they allow.

    What came from OpenStreetMap fits 1e-7 degrees exactly; what was computed is kept to nanometres.
    """
    lon, lat = crs.unproject(xy[:, 0], xy[:, 1], metric)
    for parts in _PARTS:
        grid = Grid(
            parts,
            np.rint(lon * parts).astype(np.int64),
            np.rint(lat * parts).astype(np.int64),
        )
        x, y = crs.project(*grid.degrees(), metric)
        off = np.hypot(x - xy[:, 0], y - xy[:, 1])
        if off.max(initial=0.0) <= _ROUNDED_M:
            return grid
    raise CityNotSmooth(
        f"positions come back through {metric} with {off.max():.3g} m of error, "
        f"{_ROUNDED_M:g} m are allowed; import the city in its own projection"
    )
