"""Hold what a loaded city is made of: frames, streets, accesses, and what simply follows from them.

What is asked of it – graphs, times, pairs – stands in :class:`geo.city.CityData`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import hours
from geo.barriers import BarrierIndex
from geo.crs import project
from geo.errors import PositionOutside, StationNotFound
from geo.gaps import BarrierKind, kinds_of
from geo.links import Links
from geo.memory import Memory
from geo.model import City, Position, TravelProfile
from geo.network import StreetNetwork
from geo.pixels import PixelTable
from geo.works import Work, gates_frame, links_frame


def _memory() -> Memory:
    return Memory(
        fewer={"built": 2, "pairs": 4, "study": 4, "told": 8, "story city": 4, "graph": 16}
    )


@dataclass(frozen=True, eq=False)
class Holdings:
    """Hold one loaded city; frames are in the metric CRS and must not be changed.

    ``ground`` has one row per leaf cell: ``row`` (of ``cells``), ``ground_m2``, ``judged_m2`` and
    the polygon of the ground that can be judged. ``units`` are the places with people and their
    leaf (``cell``), or ``None``. ``unit_links``, ``station_links`` are keyed like the pixel
    table by the name of the access set. ``works`` are the links and opened gates that were added
    to the streets in thought, in their order; the network has them.
    """

    city: City
    cells: gpd.GeoDataFrame
    ground: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    units: gpd.GeoDataFrame | None
    barriers: gpd.GeoDataFrame
    network: StreetNetwork
    pixels: PixelTable
    unit_links: dict[str, Links]
    station_links: dict[str, Links]
    works: tuple[Work, ...] = ()
    _memory: Memory = field(default_factory=_memory, repr=False)

    def keep(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what was computed for this key (:meth:`geo.memory.Memory.keep`)."""
        return self._memory.keep(key, make)

    def keep_recent(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what was computed for this key, of which only the last few are kept."""
        return self._memory.keep_recent(key, make)

    def _share(self, other: Holdings, names: Iterable[str]) -> None:
        """Give cached properties to another city in which they are the same."""
        for name in names:
            if name in vars(self):
                vars(other)[name] = vars(self)[name]

    @cached_property
    def added_links(self) -> gpd.GeoDataFrame:
        """Return the links that were added, to be drawn (:func:`geo.works.links_frame`)."""
        return links_frame(self.network, self.works)

    @cached_property
    def opened_gates(self) -> gpd.GeoDataFrame:
        """Return what was opened, to be drawn (:func:`geo.works.gates_frame`)."""
        return gates_frame(self.network, self.works)

    @cached_property
    def stations_xy(self) -> NDArray[np.float64]:
        """Return the stations' metric coordinates, shape (n, 2)."""
        return shapely.get_coordinates(self.stations.geometry.to_numpy()).reshape(-1, 2)

    @cached_property
    def units_xy(self) -> NDArray[np.float64]:
        """Return the coordinates of the places with people, shape (n, 2); empty without people."""
        if self.units is None:
            return np.empty((0, 2))
        return shapely.get_coordinates(self.units.geometry.to_numpy()).reshape(-1, 2)

    @cached_property
    def open_rows(self) -> NDArray[np.int64]:
        """Return the rows of the stations that serve at all (status ``open``)."""
        return np.flatnonzero((self.stations["status"] == "open").to_numpy())

    @cached_property
    def open_xy(self) -> NDArray[np.float64]:
        """Return the coordinates of the open stations."""
        return self.stations_xy[self.open_rows]

    @cached_property
    def barrier_index(self) -> BarrierIndex | None:
        """Return the searchable barriers, ``None`` where none are known."""
        return BarrierIndex(self.barriers) if len(self.barriers) else None

    @cached_property
    def barrier_kinds(self) -> tuple[BarrierKind, ...]:
        """Return the barriers by kind, to name the weightiest one between two places."""
        return kinds_of(self.barriers)

    @cached_property
    def calendar(self) -> hours.Calendar | None:
        """Return the public holidays that count here, ``None`` where none are known."""
        return hours.calendar_at(*np.mean(np.reshape(self.city.bounds, (2, 2)), axis=0))

    def pixel_ms(self, profile: TravelProfile) -> float:
        """Return the time to walk one pixel, the softness of a drawn edge, in milliseconds."""
        return self.pixels.grid.step_m / profile.walk.speed_mps * 1000.0

    def locate(self, position: Position) -> NDArray[np.float64]:
        """Return a position in metres, shape (1, 2); refuse one outside the city's bounds."""
        west, south, east, north = self.city.bounds
        if not (west <= position.lon <= east and south <= position.lat <= north):
            raise PositionOutside(
                f"longitude {position.lon:.5f}, latitude {position.lat:.5f} is outside "
                f"{self.city.name} ({west:.4f} to {east:.4f}, {south:.4f} to {north:.4f}); "
                "choose a place on its map"
            )
        x, y = project(np.array([position.lon]), np.array([position.lat]), self.city.crs)
        return np.column_stack([x, y])

    def station_row(self, station_id: str) -> int:
        """Return the row of a station by its id."""
        rows = np.flatnonzero((self.stations["id"] == station_id).to_numpy())
        if not len(rows):
            raise StationNotFound(f"no station {station_id!r} in {self.city.name}")
        return int(rows[0])
