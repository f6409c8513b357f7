"""Ask a loaded city: for its streets as a profile finds them, and for travel times.

:class:`CityData` is what the workspace loads (what it is made of, :mod:`geo.holdings` says). Times
are computed once per profile, by one search from all open stations, and kept: study, map,
explanation and station bands are different readings of them.

Gates may depend on the hour (:mod:`geo.gates`). Whoever asks for an instant finds the streets as
they are at that instant, for the whole trip; hours at which the same gates refuse share one graph
and all that was computed on it. Without an instant the gates are as their plain tags say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo import network, pairs, reach, supply
from geo.holdings import Holdings
from geo.links import Links
from geo.meetings import Finder
from geo.model import Need, TravelProfile
from geo.network import ProfileGraph, StreetNetwork
from geo.street_index import StreetIndex, WidenedIndex
from geo.supply import Supply
from geo.times import Field, Times
from geo.variants import with_gates
from geo.works import Gate, Work

ANYTIME = Need()

#: Cached properties of a city that do not follow from its stations.
_WITHOUT_STATIONS = ("units_xy", "barrier_index", "barrier_kinds", "calendar")
#: Kept answers (by the first part of their key) that do not either.
_OF_THE_STREETS = ("streets", "sites", "free", "finder", "lineage", "hours", "graph")
#: Cached properties that do not follow from the streets, and kept answers that do not follow from
#: what was added to them: places stay tied where they are.
_WITHOUT_STREETS = (*_WITHOUT_STATIONS, "stations_xy", "open_rows", "open_xy")
_OF_THE_FILE = ("streets", "register", "lineage")


#: What the state of the gates adds to a key: nothing where they are as their plain tags say.
Hour = tuple[bytes, ...]


@dataclass(frozen=True, eq=False)
class CityData(Holdings):
    """Answer with graphs, times and pairs, each computed once; frames must not be changed."""

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

    def graph(self, profile: TravelProfile, at: datetime | None = None) -> ProfileGraph:
        """Return the street graph of a profile, at an instant with the gates as they are then."""
        graph, hour = self.network.graphs[profile.name], self.hour(profile, at)
        if not hour:
            return graph

        def make() -> ProfileGraph:
            node = self.network.gates.timed.node
            refused = np.frombuffer(hour[0], np.bool_).reshape(graph.layers, len(node))
            return with_gates(self.network, graph, node, refused)

        found: ProfileGraph = self.keep_recent(("graph", profile.name, *hour), make)
        return found

    def hour(self, profile: TravelProfile, at: datetime | None) -> Hour:
        """Return what distinguishes the streets of an instant, to be part of a key.

        Empty where every gate is as its plain tags say, so always without an instant.
        """
        if at is None or not len(self.network.gates.timed.node):
            return ()
        since, hours = self.keep_recent(
            ("hours", profile.name, at.date()), lambda: self._hours(profile, at.date())
        )
        found: Hour = hours[bisect_right(since, at) - 1]
        return found

    def _hours(self, profile: TravelProfile, day: date) -> tuple[list[datetime], list[Hour]]:
        """Return the instants of a day from which on gates refuse otherwise, and :meth:`hour`.

        What was opened in thought stays open.
        """
        gates = self.network.gates
        node, since = gates.timed.node, gates.changes(day, self.calendar)
        refused = gates.refused(profile, since, self.calendar)
        refused[:, :, self.opened(profile, node)] = False
        plain = self.network.graphs[profile.name].blocked[:, node]
        same = [np.array_equal(now, plain) for now in refused]
        return since, [
            () if usual else (now.tobytes(),) for now, usual in zip(refused, same, strict=True)
        ]

    def opened(self, profile: TravelProfile, node: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which nodes were opened for a profile in thought."""
        gates = [work for work in self.works if isinstance(work, Gate)]
        ours = [gate.nodes for gate in gates if profile.name in gate.profiles]
        return np.isin(node, np.concatenate([np.empty(0, np.int64), *ours]))

    def keep_by_hour(self, key: tuple[Any, ...], hour: Hour, make: Callable[[], Any]) -> Any:
        """Keep a value for good, but one of an hour at which gates differ while it is recent."""
        keep = self.keep_recent if hour else self.keep
        return keep((*key, *hour), make)

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

    def supply(self, need: Need, horizon_ms: int = supply.HORIZON_MS) -> Supply:
        """Return which stations serve a need, looking ahead at least two hours."""
        horizon_ms = max(horizon_ms, supply.HORIZON_MS)
        return self.keep_recent(
            ("supply", need, horizon_ms),
            lambda: supply.offered(self.stations, need, horizon_ms, self.calendar),
        )

    def seeds(
        self,
        profile: TravelProfile,
        rows: NDArray[np.int64] | None = None,
        at: datetime | None = None,
    ) -> reach.Seeds:
        """Return the search seeds of stations (all open ones when ``rows`` is ``None``).

        Station numbers are rows of the stations; ``at`` as in :meth:`graph`.
        """
        if rows is None:
            return self.keep_by_hour(
                ("seeds", profile.name),
                self.hour(profile, at),
                lambda: self.seeds(profile, self.open_rows, at),
            )
        links = self.station_links[access_set(self.network, profile.name)]
        return reach.seeds(self.network, self.graph(profile, at), links.only(rows))

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

    def times(
        self,
        profile: TravelProfile,
        need: Need = ANYTIME,
        horizon_ms: int = 0,
        at: datetime | None = None,
    ) -> Times:
        """Return the times towards the stations that serve a need, computed once.

        Waiting for an opening counts; openings are looked for up to the horizon. Instants are kept
        only while they are among the last ones asked for. The streets are those of the need's
        instant, or of ``at`` where the need has none: then no station's hours are asked.
        """
        at = need.at or at

        def make() -> Times:
            offer = self.supply(need, horizon_ms)
            return self._times(profile, self.graph(profile, at), offer.groups())

        if need.at is not None:
            key = ("times", profile.name, need, max(horizon_ms, supply.HORIZON_MS))
            return self.keep_recent(key, make)
        return self.keep_by_hour(
            ("times", profile.name, need.services), self.hour(profile, at), make
        )

    def times_if_open(self, profile: TravelProfile, need: Need, budget_ms: int) -> Times:
        """Return the times towards the stations that offer a need's services at unknown hours."""
        mask = self.supply(need, budget_ms).states(budget_ms) == supply.UNKNOWN_HOURS
        return self.keep_recent(
            ("if open", profile.name, mask.tobytes(), *self.hour(profile, need.at)),
            lambda: self._times(
                profile, self.graph(profile, need.at), [(mask, 0, supply.NEVER_MS)]
            ),
        )

    def free_graph(self, profile: TravelProfile) -> ProfileGraph:
        """Return the streets as if every gate, step and closed way let the profile pass on foot."""
        return self.keep(("free", profile.name), lambda: network.unbarred(self.network, profile))

    def free_times(self, profile: TravelProfile) -> Times:
        """Return the times on :meth:`free_graph` towards the open stations."""

        def make() -> Times:
            mask = np.zeros(len(self.stations), bool)
            mask[self.open_rows] = True
            return self._times(profile, self.free_graph(profile), [(mask, 0, supply.NEVER_MS)])

        return self.keep(("free times", profile.name), make)

    def _times(
        self,
        profile: TravelProfile,
        graph: ProfileGraph,
        groups: Iterable[tuple[NDArray[np.bool_], int, int]],
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

    def finder(self, profile: TravelProfile, at: datetime | None = None) -> Finder:
        """Return what finds the judged places (rows of ``units``) that stations reach."""
        graph = self.graph(profile, at)
        if graph is not self.graph(profile):
            return self.finder(profile).on(graph)

        def make() -> Finder:
            return Finder(self.network, graph, *self._judged(profile))

        return self.keep(("finder", profile.name), make)

    def _judged(self, profile: TravelProfile) -> tuple[Links, NDArray[np.bool_] | None]:
        """Return the accesses of the places with people, and which of them can be judged."""
        if self.units is None:
            return Links.none(), None
        return self.links_of_units(profile), ~self.units["outside"].to_numpy()

    def pairs(
        self, profile: TravelProfile, limit_ms: int, at: datetime | None = None
    ) -> pairs.Pairs:
        """Return which open stations every judged place reaches within a limit.

        Places are rows of ``units``; nobody known makes an empty table. ``at`` as in
        :meth:`graph`; whether a station is open then, is not asked.
        """

        def make() -> pairs.Pairs:
            links, judged = self._judged(profile)
            return pairs.build(
                self.network,
                self.graph(profile, at),
                links,
                self.seeds(profile, at=at),
                limit_ms,
                judged=judged,
            )

        return self.keep_recent(("pairs", profile.name, limit_ms, *self.hour(profile, at)), make)

    def k_nearest(
        self, profile: TravelProfile, count: int, at: datetime | None = None
    ) -> reach.KNearest:
        """Return the nearest open stations of every node, so that a rider's answer is a look-up.

        ``count`` up to :data:`geo.reach.TABLE_K` shares one table; more are computed once each.
        """
        columns = max(count, reach.TABLE_K)
        return self.keep_by_hour(
            ("k_nearest", profile.name, columns),
            self.hour(profile, at),
            lambda: reach.k_nearest(self.graph(profile, at), self.seeds(profile, at=at), columns),
        )


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
