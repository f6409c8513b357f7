"""Hold a loaded city and the travel times that every answer is read from.

:class:`CityData` is what the workspace loads: frames in the metric CRS, the street network, the
pixel table and the accesses. Times are computed once per profile, by one search from all open
stations, and kept: study, map, explanation and station bands are different readings of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import hours, network, pairs, reach, supply
from geo.barriers import BarrierIndex
from geo.crs import project
from geo.errors import PositionOutside, StationNotFound
from geo.gaps import BarrierKind, kinds_of
from geo.links import Links, StreetIndex, WidenedIndex
from geo.meetings import Finder
from geo.memory import Memory
from geo.model import City, Need, Position, TravelProfile
from geo.network import ProfileGraph, StreetNetwork
from geo.pixels import PixelTable
from geo.supply import Supply
from geo.times import Field, Times
from geo.works import Work, gates_frame, links_frame

ANYTIME = Need()

#: Cached properties of a city that do not follow from its stations.
_WITHOUT_STATIONS = ("units_xy", "barrier_index", "barrier_kinds", "calendar")
#: Kept answers (by the first part of their key) that do not either.
_OF_THE_STREETS = ("streets", "sites", "free", "finder", "lineage")
#: Cached properties that do not follow from the streets, and kept answers that do not follow from
#: what was added to them: places stay tied where they are.
_WITHOUT_STREETS = (*_WITHOUT_STATIONS, "stations_xy", "open_rows", "open_xy")
_OF_THE_FILE = ("streets", "register", "lineage")


def _memory() -> Memory:
    return Memory(fewer={"built": 2, "pairs": 4, "study": 4})


@dataclass(frozen=True, eq=False)
class CityData:
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

    def with_stations(
        self, stations: gpd.GeoDataFrame, station_links: dict[str, Links]
    ) -> CityData:
        """Return the same city with other stations, tied to the streets by ``station_links``.

        Whatever does not follow from the stations is shared, not copied and not computed again.
        """
        other = replace(
            self,
            stations=stations,
            station_links=station_links,
            _memory=self._memory.only(_OF_THE_STREETS),
        )
        self._share(other, _WITHOUT_STATIONS)
        return other

    def with_streets(
        self, streets: StreetNetwork, works: tuple[Work, ...], links: dict[str, Links]
    ) -> CityData:
        """Return the same city with other works on its streets, which ``streets`` hold.

        Places and pixels keep their accesses; ``links`` are those of the stations.
        """
        memory = self._memory.only(_OF_THE_FILE)
        other = replace(self, network=streets, works=works, station_links=links, _memory=memory)
        self._share(other, _WITHOUT_STREETS)
        return other

    def _share(self, other: CityData, names: Iterable[str]) -> None:
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

    def graph(self, profile: TravelProfile) -> ProfileGraph:
        """Return the street graph of a profile."""
        return self.network.graphs[profile.name]

    def street_index(self, profile: TravelProfile) -> StreetIndex:
        """Return the searchable streets of the file where this profile can start.

        Places stay tied to these whatever is added; stations and sites see :meth:`site_index`.
        """
        name, streets = access_set(self.network, profile.name), self.network.imported
        usable = streets.graphs[profile.name].usable
        return self.keep(
            ("streets", name), lambda: StreetIndex(streets, usable, self.barrier_index)
        )

    def site_index(self, profile: TravelProfile) -> StreetIndex | WidenedIndex:
        """Return the searchable streets beside which this profile finds a new station.

        These are the streets of the file and, of what was added to them, the streets that every
        profile of the same access set can use.
        """
        file = self.street_index(profile)
        if not self.works:
            return file
        streets, name = self.network, access_set(self.network, profile.name)
        shared = [g.usable for p, g in streets.graphs.items() if access_set(streets, p) == name]
        added = np.logical_and.reduce(shared)
        known = streets.imported.graphs[name].usable
        added[: len(known)] &= ~known

        def make() -> WidenedIndex:
            return WidenedIndex(file, StreetIndex(streets, added, self.barrier_index))

        return self.keep(("sites", name), make)

    @cached_property
    def calendar(self) -> hours.Calendar | None:
        """Return the public holidays that count here, ``None`` where none are known."""
        return hours.calendar_at(*np.mean(np.reshape(self.city.bounds, (2, 2)), axis=0))

    def supply(self, need: Need, horizon_ms: int = supply.HORIZON_MS) -> Supply:
        """Return which stations serve a need, looking ahead at least two hours."""
        horizon_ms = max(horizon_ms, supply.HORIZON_MS)
        return self.keep_recent(
            ("supply", need, horizon_ms),
            lambda: supply.offered(self.stations, need, horizon_ms, self.calendar),
        )

    def seeds(self, profile: TravelProfile, rows: NDArray[np.int64] | None = None) -> reach.Seeds:
        """Return the search seeds of stations (all open ones when ``rows`` is ``None``).

        Station numbers are rows of the stations.
        """
        if rows is None:
            return self.keep(("seeds", profile.name), lambda: self.seeds(profile, self.open_rows))
        links = self.station_links[access_set(self.network, profile.name)]
        return reach.seeds(self.network, self.graph(profile), links.only(rows))

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

    def times(self, profile: TravelProfile, need: Need = ANYTIME, horizon_ms: int = 0) -> Times:
        """Return the times towards the stations that serve a need, computed once.

        Waiting for an opening counts; openings are looked for up to the horizon. Instants are kept
        only while they are among the last ones asked for.
        """
        if need.at is None:
            key = ("times", profile.name, need.services)
            return self.keep(key, lambda: self._times(profile, self.supply(need)))
        horizon_ms = max(horizon_ms, supply.HORIZON_MS)
        return self.keep_recent(
            ("times", profile.name, need, horizon_ms),
            lambda: self._times(profile, self.supply(need, horizon_ms)),
        )

    def times_if_open(self, profile: TravelProfile, need: Need, budget_ms: int) -> Times:
        """Return the times towards the stations that offer a need's services at unknown hours."""
        mask = self.supply(need, budget_ms).states(budget_ms) == supply.UNKNOWN_HOURS
        return self.keep_recent(
            ("if open", profile.name, mask.tobytes()),
            lambda: self._search(self.graph(profile), [(mask, 0, supply.NEVER_MS)], profile),
        )

    def free_graph(self, profile: TravelProfile) -> ProfileGraph:
        """Return the streets as if every gate, step and closed way let the profile pass on foot."""
        return self.keep(("free", profile.name), lambda: network.unbarred(self.network, profile))

    def free_times(self, profile: TravelProfile) -> Times:
        """Return the times on :meth:`free_graph` towards the open stations."""

        def make() -> Times:
            mask = np.zeros(len(self.stations), bool)
            mask[self.open_rows] = True
            return self._search(self.free_graph(profile), [(mask, 0, supply.NEVER_MS)], profile)

        return self.keep(("free times", profile.name), make)

    def _times(self, profile: TravelProfile, offer: Supply) -> Times:
        return self._search(self.graph(profile), list(offer.groups()), profile)

    def _search(
        self,
        graph: ProfileGraph,
        groups: list[tuple[NDArray[np.bool_], int, int]],
        profile: TravelProfile,
    ) -> Times:
        """Search a graph of a profile from groups of stations."""
        if graph is self.graph(profile):
            everyone = self.seeds(profile)
        else:
            links = self.station_links[access_set(self.network, profile.name)]
            everyone = reach.seeds(self.network, graph, links)
        fields = []
        for mask, opens_ms, closes_ms in groups:
            start = everyone.only(mask)
            limit = None if closes_ms == supply.NEVER_MS else closes_ms - 1
            fields.append(Field(start, reach.nearest(graph, start, limit), opens_ms, closes_ms))
        return Times(
            self.network,
            graph,
            tuple(fields),
            None if self.units is None else self.links_of_units(profile),
            lambda: self.pixel_links(profile),
        )

    def finder(self, profile: TravelProfile) -> Finder:
        """Return what finds the judged places (rows of ``units``) that stations reach."""

        def make() -> Finder:
            return Finder(self.network, self.graph(profile), *self._judged(profile))

        return self.keep(("finder", profile.name), make)

    def _judged(self, profile: TravelProfile) -> tuple[Links, NDArray[np.bool_] | None]:
        """Return the accesses of the places with people, and which of them can be judged."""
        if self.units is None:
            return Links.none(), None
        return self.links_of_units(profile), ~self.units["outside"].to_numpy()

    def pairs(self, profile: TravelProfile, limit_ms: int) -> pairs.Pairs:
        """Return which open stations every judged place reaches within a limit.

        Places are rows of ``units``; nobody known makes an empty table.
        """

        def make() -> pairs.Pairs:
            links, judged = self._judged(profile)
            return pairs.build(
                self.network,
                self.graph(profile),
                links,
                self.seeds(profile),
                limit_ms,
                judged=judged,
            )

        return self.keep_recent(("pairs", profile.name, limit_ms), make)

    def k_nearest(self, profile: TravelProfile, count: int) -> reach.KNearest:
        """Return the nearest open stations of every node, so that a rider's answer is a look-up.

        ``count`` up to :data:`geo.reach.TABLE_K` shares one table; more are computed once each.
        """
        columns = max(count, reach.TABLE_K)
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

    Profiles with equal sets share one table of accesses. Sets are those of the file: what is added
    in thought moves no access.
    """
    return network.imported.set_of[profile]


def access_sets(network: StreetNetwork) -> dict[str, NDArray[np.bool_]]:
    """Return every distinct set of usable streets under its name."""
    names = dict.fromkeys(access_set(network, profile) for profile in network.graphs)
    return {name: network.graphs[name].usable for name in names}
