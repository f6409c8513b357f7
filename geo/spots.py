"""Find out where somebody stands: tied to which street, or why to none, and how far from stations.

A position is kept nowhere: a :class:`Spot` lives as long as the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.city import CityData
from geo.crs import geodesic_m, project_one, unproject
from geo.links import Link
from geo.model import Position, TravelProfile

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: Why a place is tied to no street, or reaches no station from its street: it is beyond the city's
#: streets, in water, farther than an access leg from any usable street; there is no way.
OUTSIDE, WATER, NO_STREET, UNREACHABLE = REASONS = ("outside", "water", "no_street", "unreachable")


@dataclass(frozen=True)
class Access:
    """Hold how a place reaches the streets: metres of the leg, street ("" = none), where it ends.

    ``xy`` is the leg's end in the metric CRS, ``offset_m`` where on the edge it lies.
    """

    leg_m: float
    street: str
    edge: int
    offset_m: float
    xy: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Spot:
    """Hold a place in a city: its metric coordinates, and its link.

    ``link`` is ``None`` where no usable street is in reach. ``is_within`` tells whether the place
    lies within the city's bounds; beyond them metric coordinates mean little.
    """

    data: CityData
    position: Position
    x: float
    y: float
    is_within: bool
    link: Link | None

    @classmethod
    def of(cls, data: CityData, profile: TravelProfile, position: Position) -> Spot:
        """Look up a position."""
        west, south, east, north = data.city.bounds
        is_within = west <= position.lon <= east and south <= position.lat <= north
        x, y = project_one(position.lon, position.lat, data.city.crs)
        link = data.street_index(profile).link_one(x, y) if is_within else None
        return cls(data, position, x, y, is_within, link)

    @cached_property
    def xy(self) -> Floats:
        """Return the metric coordinates, shape (1, 2)."""
        return np.array([[self.x, self.y]])

    @property
    def access(self) -> Access | None:
        """Return how the place reaches the streets, ``None`` if it does not."""
        link, network = self.link, self.data.network
        if link is None:
            return None
        street = network.names[network.name_id.item(link.edge)]
        return Access(link.leg_m, street, link.edge, link.offset_m, link.xy)

    @property
    def reason(self) -> str:
        """Return why no station is reached from here, given that none is."""
        if self.link is not None:
            return UNREACHABLE
        if not self.is_within:
            return OUTSIDE
        barriers = self.data.barrier_index
        if barriers is not None and barriers.holds(self.xy)[0]:
            return WATER
        return NO_STREET if self.data.pixels.holds(self.xy)[0] else OUTSIDE

    def straight_m(self, rows: Longs) -> Floats:
        """Return how far stations are in a straight line; from beyond over the ellipsoid."""
        there = self.data.stations_xy[rows]
        if self.is_within:
            return np.hypot(*(there - self.xy).T)
        lon, lat = unproject(there[:, 0], there[:, 1], self.data.city.crs)
        return geodesic_m(self.position.lon, self.position.lat, lon, lat)
