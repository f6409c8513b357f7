"""Hold a loaded city and the travel times that every answer is read from.

:class:`CityData` is what the workspace loads: frames in the metric CRS, the street network, the
pixel table and the accesses. Times are computed once per profile, by one search from all open
stations, and kept: study, map, explanation and station bands are different readings of them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import locator, reach
from geo.barriers import BarrierIndex
from geo.crs import project
from geo.errors import PositionOutside, StationNotFound
from geo.gaps import BarrierKind, kinds_of
from geo.links import Links, StreetIndex
from geo.model import PROFILES, City, Position, TravelProfile
from geo.network import ProfileGraph, StreetNetwork
from geo.pixels import PixelTable


#: Cached properties of a city that do not follow from its stations.
_WITHOUT_STATIONS = ("units_xy", "barrier_index", "barrier_kinds")


@dataclass(frozen=True, eq=False)
class Times:
    """Hold the travel times of one profile towards the nearest open station, in milliseconds.

    ``nodes`` are the times of the network's nodes; ``units`` and ``pixels`` those of the places
    with people and of the pixel table's rows, each with the row of the station that is reached.
    """

    profile: TravelProfile
    seeds: reach.Seeds
    nodes: reach.NodeTimes
    pixels: reach.Arrival
    units: reach.Arrival | None


@dataclass(frozen=True, eq=False)
class CityData:
    """Hold one loaded city; frames are in the metric CRS and must not be changed.

    ``ground`` has one row per leaf cell: ``row`` (of ``cells``), ``ground_m2``, ``judged_m2`` and
    the polygon of the ground that can be judged. ``units`` are the places with people and their
    leaf (``cell``), or ``None``. ``unit_links``, ``station_links`` are keyed like the pixel
    table by the name of the access set.
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
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def keep(self, key: Any, make: Any) -> Any:
        """Return what was computed for this key, computing it once even with many threads."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]

    def with_stations(
        self, stations: gpd.GeoDataFrame, station_links: dict[str, Links]
    ) -> CityData:
        """Return the same city with other stations, tied to the streets by ``station_links``.

        Whatever does not follow from the stations is shared, not copied and not computed again.
        """
        with self._lock:
            kept = {key: value for key, value in self._kept.items() if key[0] == "streets"}
        other = replace(
            self,
            stations=stations,
            station_links=station_links,
            _kept=kept,
            _lock=threading.RLock(),
        )
        for name in _WITHOUT_STATIONS:
            if name in vars(self):
                vars(other)[name] = vars(self)[name]
        return other

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

    def graph(self, profile: TravelProfile) -> ProfileGraph:
        """Return the street graph of a profile."""
        return self.network.graphs[profile.name]

    def street_index(self, profile: TravelProfile) -> StreetIndex:
        """Return the searchable streets where this profile can start."""
        name = access_set(self.network, profile.name)
        usable = self.graph(profile).usable
        return self.keep(
            ("streets", name), lambda: StreetIndex(self.network, usable, self.barrier_index)
        )

    def seeds(self, profile: TravelProfile, rows: NDArray[np.int64] | None = None) -> reach.Seeds:
        """Return the search seeds of stations (all open ones when ``rows`` is ``None``)."""
        if rows is None:
            return self.keep(("seeds", profile.name), lambda: self.seeds(profile, self.open_rows))
        links = self.station_links[access_set(self.network, profile.name)]
        return reach.seeds(self.network, self.graph(profile), links.take(rows))

    def pixel_links(self, profile: TravelProfile, rows: NDArray[np.int64] | None = None) -> Links:
        """Return the accesses of pixel-table rows (all when ``rows`` is ``None``)."""
        name = access_set(self.network, profile.name)
        pick = slice(None) if rows is None else rows
        table = self.pixels
        return Links(
            edge=table.edge[name][pick],
            offset_m=table.offset_m[name][pick].astype(np.float64),
            leg_m=table.leg_m[name][pick].astype(np.float64),
            xy=np.empty((0, 2)),
        )

    def links_of_units(self, profile: TravelProfile) -> Links:
        """Return the accesses of the places with people."""
        return self.unit_links[access_set(self.network, profile.name)]

    def times(self, profile: TravelProfile) -> Times:
        """Return the times towards the nearest open station, computed once per profile."""
        return self.keep(("times", profile.name), lambda: self._times(profile))

    def _times(self, profile: TravelProfile) -> Times:
        graph = self.graph(profile)
        seeds = self.seeds(profile)
        nodes = reach.nearest(graph, seeds)
        pixels = reach.arrival(self.network, graph, self.pixel_links(profile), nodes, seeds)
        units = None
        if self.units is not None:
            links = self.links_of_units(profile)
            units = reach.arrival(self.network, graph, links, nodes, seeds)
        return Times(profile, seeds, nodes, pixels, units)

    def k_nearest(self, profile: TravelProfile, count: int) -> reach.KNearest:
        """Return the nearest open stations of every node, so that a rider's answer is a look-up.

        ``count`` up to :data:`geo.locator.TABLE_K` shares one table; more are computed once each.
        """
        columns = max(count, locator.TABLE_K)
        return self.keep(
            ("k_nearest", profile.name, columns),
            lambda: reach.k_nearest(self.graph(profile), self.seeds(profile), columns),
        )

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


def access_set(network: StreetNetwork, profile: str) -> str:
    """Name the set of streets that a profile may use: the first profile that has the same set.

    Profiles with equal sets share one table of accesses.
    """
    wanted = network.graphs[profile].usable
    return next(
        name
        for name in PROFILES
        if name in network.graphs and np.array_equal(network.graphs[name].usable, wanted)
    )


def access_sets(network: StreetNetwork) -> dict[str, NDArray[np.bool_]]:
    """Return every distinct set of usable streets under its name."""
    names = dict.fromkeys(access_set(network, profile) for profile in network.graphs)
    return {name: network.graphs[name].usable for name in names}
