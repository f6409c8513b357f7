"""Find what would serve a place that is not served, cause by cause.

What refuses the profile, the shortest missing link and whom it helps, the services that the
stations in reach do not offer, when one of them opens, and which may be open. Stations are rows of
the city's frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import gaps, hours, reach, supply
from geo.city import CityData
from geo.crs import degrees
from geo.links import Links
from geo.model import Need, TravelProfile
from geo.reach import TABLE_K
from geo.times import Times
from geo.way import route
from geo.why import obstacle
from geo.why.missing import LinkFinder, MissingLink

#: Causes that a new path between two streets can mend.
MENDED_BY_LINK = ("severed", "detour", "unreachable")
#: So many stations in reach are named where services are missing.
NAMED = 3
#: Openings are looked for so far ahead.
AHEAD = timedelta(days=8)


@dataclass(frozen=True)
class Reached:
    """Hold a station (its row) and the time on the way to it, without waiting."""

    station: int
    time_ms: int


@dataclass(frozen=True)
class Refusal:
    """Hold the obstacle, and the way that would be there if nothing refused.

    ``now_only`` tells that it refuses at the hour that was asked, not always.
    """

    obstacle: obstacle.Obstacle
    way: route.Way
    now_only: bool = False


@dataclass(frozen=True)
class Gain:
    """Hold a missing link, and the places and people of the whole city that it brings in time.

    ``None`` where nobody is known.
    """

    link: MissingLink
    places: int | None
    people: float | None

    def to_json(self, data: CityData) -> dict[str, Any]:
        """Return link and gain as plain values; positions in WGS84 degrees."""
        link, network = self.link, data.network
        barrier = gaps.barrier_names(np.array([link.barrier]), data.barriers)[0]
        return {
            "metres": link.length_m,
            "line": {
                "type": "LineString",
                "coordinates": degrees(link.ends.xy, data.city.crs).tolist(),
            },
            "streets": [network.names[name] for name in network.name_id[link.ends.edge]],
            "barrier": barrier or None,
            "fault": link.fault,
            "seconds": link.time_ms / 1000.0,
            "places": self.places,
            "people": self.people,
        }


@dataclass(frozen=True)
class Opening:
    """Hold a station that offers what is needed, and when it opens next (``None``: not soon)."""

    reached: Reached
    at: datetime | None


def finder(data: CityData, profile: TravelProfile, at: datetime | None = None) -> LinkFinder:
    """Return the finder of missing links, built once per profile; there must be a station.

    ``at`` is the instant whose gates count, as for :meth:`geo.city.CityData.graph`.
    """

    def make() -> LinkFinder:
        field = data.times(profile, at=at).fields[0]
        return LinkFinder(
            data.network,
            data.graph(profile, at),
            field.seeds,
            field.nodes,
            data.barrier_index,
            data.barrier_kinds,
        )

    made: LinkFinder = data.keep_by_hour(
        ("missing links", profile.name), data.hour(profile, at), make
    )
    return made


def gain(
    data: CityData,
    profile: TravelProfile,
    budget_ms: int,
    link: MissingLink,
    at: datetime | None = None,
) -> Gain:
    """Return a link with all places of the city that are late now and in time with it."""
    times = data.times(profile, at=at).units
    if data.units is None or times is None:
        return Gain(link, None, None)
    late = np.flatnonzero((times.time_ms > budget_ms) & ~data.units["outside"].to_numpy())
    places = data.links_of_units(profile).take(late)
    helped = finder(data, profile, at).times_over(link, places, budget_ms) <= budget_ms
    people = data.units["people"].to_numpy()[late[helped]]
    return Gain(link, int(helped.sum()), float(people.sum()))


def first(times: Times, link: Links) -> Reached | None:
    """Return the station that a place reaches first, ``None`` if it reaches none."""
    arrival = times.arrival(link)
    if arrival.station[0] < 0:
        return None
    return Reached(int(arrival.station[0]), int(arrival.time_ms[0]))


def refused(
    data: CityData,
    profile: TravelProfile,
    link: Links,
    xy: NDArray[np.float64],
    at: datetime | None = None,
) -> Refusal | None:
    """Return what refuses the profile on the way that it would take otherwise."""
    times = data.free_times(profile)
    nearest = first(times, link)
    assert nearest is not None
    start = times.fields[0].seeds
    way = route.trace(
        data.network,
        data.free_graph(profile),
        start,
        nearest.station,
        link,
        xy,
        data.stations_xy[nearest.station],
        nearest.time_ms,
    )
    found = obstacle.first_on(data.network, data.graph(profile, at), way.pieces)
    if found is None:
        return None
    always = obstacle.first_on(data.network, data.graph(profile), way.pieces)
    return Refusal(found, way, now_only=always is None or always.xy != found.xy)


def lacking(
    data: CityData, profile: TravelProfile, link: Links, budget_ms: int, need: Need
) -> tuple[tuple[Reached, tuple[str, ...]], ...]:
    """Return the nearest stations in reach, and the services that each does not offer."""
    graph, start = data.graph(profile, need.at), data.seeds(profile, at=need.at)
    table = data.k_nearest(profile, TABLE_K, need.at)
    near = reach.arrival_k(data.network, graph, link, table, start)
    out = []
    for station, time_ms in zip(near.station[0, :NAMED], near.time_ms[0, :NAMED], strict=True):
        if time_ms > budget_ms:
            break
        offered = data.stations["services"].iat[int(station)].split(";")
        missing = tuple(key for key in need.services if key not in offered)
        out.append((Reached(int(station), int(time_ms)), missing))
    return tuple(out)


def opens(
    data: CityData, profile: TravelProfile, link: Links, budget_ms: int, need: Need
) -> Opening | None:
    """Return the nearest station in reach that offers what is needed, and when it opens next.

    A station that closes before the place reaches it opens next when it opens again.
    """
    assert need.at is not None
    state = data.supply(need, budget_ms).states(budget_ms)
    rows = np.flatnonzero((state == supply.CLOSED) | (state == supply.SERVES))
    graph, start = data.graph(profile, need.at), data.seeds(profile, rows, need.at)
    nodes = reach.nearest(graph, start, budget_ms)
    arrival = reach.arrival(data.network, graph, link, nodes, start)
    if arrival.time_ms[0] > budget_ms:
        return None
    nearest = Reached(int(arrival.station[0]), int(arrival.time_ms[0]))
    text = data.stations["opening_hours"].iat[nearest.station]
    arrives = need.at + timedelta(milliseconds=nearest.time_ms)
    found = hours.windows(text, need.at, need.at + AHEAD, data.calendar) or ()
    return Opening(nearest, next((low for low, high in found if high > arrives), None))
