"""Say everything about one place: the cause, the way, and what exactly would mend it.

The verdict is :func:`geo.enquiry.explain`'s, so it equals the study's class of the same place. This
module adds the way to the station, and by cause: what refuses (``refused``), the shortest missing
link and whom it helps (``severed``, ``detour``, ``unreachable``), which services are missing, when
a station opens, whom to ask (:mod:`geo.why.remedies`). All is metric inside and WGS84 in the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import enquiry, reach
from geo.capacity import Crowd, Taken, users_told
from geo.city import ANYTIME, CityData
from geo.crs import degrees
from geo.enquiry import Explanation
from geo.links import Links
from geo.model import Budget, Need, Position, TravelProfile
from geo.way import route
from geo.why import phrases, remedies
from geo.why.phrases import Words
from geo.why.remedies import Gain, Opening, Reached, Refusal


@dataclass(frozen=True, eq=False)
class Why:
    """Hold the answer about one place; what does not belong to its cause is ``None`` or empty.

    ``way`` leads to the station of ``found``; ``nearest`` is the station in service that is reached
    first, whatever is needed there; ``lacking`` are the nearest stations in reach and the services
    that each does not offer.
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    need: Need
    position: Position
    found: Explanation
    crowd: Crowd | None = None
    way: route.Way | None = None
    nearest: Reached | None = None
    refusal: Refusal | None = None
    gain: Gain | None = None
    lacking: tuple[tuple[Reached, tuple[str, ...]], ...] = ()
    opens: Opening | None = None
    ask: Reached | None = None

    @property
    def cause(self) -> str | None:
        """Return the class of the place, ``None`` when it is covered."""
        return self.found.cause

    @property
    def words(self) -> Words:
        """Return the answer in one sentence."""
        found = self.found
        if found.station is None and found.cause not in ("outside", "no_street"):
            return phrases.NO_STATION
        return phrases.CAUSES[found.cause or ""].filled(self._facts())

    def _facts(self) -> dict[str, Words]:
        """Return what the sentences speak of; blank where the cause has no such thing."""
        found, refusal = self.found, self.refusal
        station = found.station if self.ask is None else self.ask.station
        time_ms = found.time_ms if refusal is None else refusal.way.time_ms
        return {
            "minutes": phrases.minutes(time_ms),
            "station": phrases.BLANK if station is None else self._name(station),
            "obstacle": phrases.BLANK if refusal is None else phrases.obstacle(refusal.obstacle),
            "now": phrases.NOW_ONLY if refusal is not None and refusal.now_only else phrases.BLANK,
            "barrier": phrases.barrier(found.barrier),
            "straight": phrases.metres(found.straight_m),
            "services": phrases.services(self.need.services),
            "opens": phrases.BLANK if self.opens is None else self._opening(self.opens),
        }

    def _name(self, station: int) -> Words:
        return phrases.same(str(self.data.stations["name"].iat[station]))

    def _opening(self, opening: Opening) -> Words:
        if opening.at is None:
            return phrases.NEVER_OPENS
        facts = {"station": self._name(opening.reached.station), "at": phrases.instant(opening.at)}
        return phrases.OPENS.filled(facts)

    def to_json(self, *, imported: str | None = None, today: date | None = None) -> dict[str, Any]:
        """Return the answer as plain values; positions in WGS84 degrees.

        ``imported`` is the ISO date of the import, ``today`` that of the question: only with it
        the age of the data is told.
        """
        city, need, crowd = self.data.city, self.need, self.crowd
        age = None
        if city.data_date is not None and today is not None:
            age = (today - date.fromisoformat(city.data_date)).days
        return {
            "city": city.slug,
            "lon": self.position.lon,
            "lat": self.position.lat,
            "profile": self.profile.name,
            "minutes": self.budget.minutes,
            "distance_m": self.budget.distance_m,
            "services": list(need.services),
            "at": None if need.at is None else need.at.isoformat(timespec="minutes"),
            "users_per_1000": None if crowd is None else crowd.users_per_1000,
            "default_seats": None if crowd is None else crowd.default_seats,
            "cell": _cell(self.data, self.found.cells),
            "place": self._place(),
            "data_date": city.data_date,
            "data_age_days": age,
            "imported": imported,
        }

    def _place(self) -> dict[str, Any]:
        found, data, way = self.found, self.data, self.way
        return {
            "seconds": None if found.time_ms is None else found.time_ms / 1000.0,
            "covered": found.cause is None,
            "class": found.cause,
            "words": self.words._asdict(),
            "barrier": found.barrier or None,
            "station": None if found.station is None else _station(data, found.station),
            "leg_m": found.leg_m,
            "straight_m": found.straight_m,
            "path": None if way is None else _line(way.xy, data),
            "path_seconds": None if way is None else way.time_ms / 1000.0,
            "path_metres": None if way is None else way.length_m,
            "steps": [] if way is None else [step.to_json() for step in way.steps],
            "nearest": None if self.nearest is None else _reached(data, self.nearest),
            "obstacle": None if self.refusal is None else _refusal(data, self.refusal),
            "missing_link": None if self.gain is None else self.gain.to_json(data),
            "lacking": [
                _reached(data, reached) | {"missing": list(keys)} for reached, keys in self.lacking
            ],
            "opens": None if self.opens is None else _opening(data, self.opens, self.need),
            "ask": None if self.ask is None else _asked(data, self.ask),
            "full": [_taken(data, taken) for taken in found.taken],
        }


def why(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    position: Position,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
) -> Why:
    """Return why a place is covered or not, the way, and what would mend it."""
    found = enquiry.explain(data, profile, budget, position, need, crowd)
    xy = data.locate(position)
    link = data.street_index(profile).link(xy)
    budget_ms = budget.milliseconds(profile)
    parts: dict[str, Any] = {}
    if found.time_ms is not None and found.station is not None:
        parts["way"] = _way(data, profile, link, xy, found.station, found.time_ms, need.at)
        parts["nearest"] = remedies.first(data.times(profile, at=need.at), link)
    if found.cause == "refused":
        parts["refusal"] = remedies.refused(data, profile, link, xy, need.at)
    elif found.cause in remedies.MENDED_BY_LINK:
        missing = remedies.finder(data, profile, need.at).find(link, xy[0], budget_ms)
        if missing is not None:
            parts["gain"] = remedies.gain(data, profile, budget_ms, missing, need.at)
    elif found.cause == "service_missing":
        parts["lacking"] = remedies.lacking(data, profile, link, budget_ms, need)
    elif found.cause == "unknown_hours":
        parts["ask"] = remedies.first(data.times_if_open(profile, need, budget_ms), link)
    elif found.cause == "closed":
        parts["opens"] = remedies.opens(data, profile, link, budget_ms, need)
    return Why(data, profile, budget, need, position, found, crowd, **parts)


def _way(
    data: CityData,
    profile: TravelProfile,
    link: Links,
    xy: NDArray[np.float64],
    station: int,
    limit_ms: int,
    at: datetime | None,
) -> route.Way:
    """Return the way to a station that is reached within a limit, waiting included."""
    graph, start = data.graph(profile, at), data.seeds(profile, at=at)
    own = start.of(station)
    nodes = reach.nearest(graph, own, limit_ms)
    time_ms = reach.arrival(data.network, graph, link, nodes, own).time_ms[0]
    door = data.stations_xy[station]
    return route.trace(data.network, graph, start, station, link, xy, door, int(time_ms))


def _cell(data: CityData, rows: tuple[int, ...]) -> dict[str, Any] | None:
    if not rows:
        return None
    chain = [data.cells.iloc[row] for row in rows]
    return {
        "code": str(chain[-1]["code"]),
        "name": str(chain[-1]["name"]),
        "level": int(chain[-1]["level"]),
        "path": [str(cell["name"] or cell["code"]) for cell in chain],
    }


def _station(data: CityData, row: int) -> dict[str, Any]:
    station = data.stations.iloc[row]
    return {"id": str(station["id"]), "name": str(station["name"])}


def _reached(data: CityData, reached: Reached) -> dict[str, Any]:
    return _station(data, reached.station) | {"seconds": reached.time_ms / 1000.0}


def _line(xy: NDArray[np.float64], data: CityData) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": degrees(xy, data.city.crs).tolist()}


def _refusal(data: CityData, refusal: Refusal) -> dict[str, Any]:
    found, way = refusal.obstacle, refusal.way
    lon, lat = degrees(np.array([found.xy]), data.city.crs)[0].tolist()
    return {
        "kind": found.kind,
        "lon": lon,
        "lat": lat,
        "street": found.street,
        "highway": found.highway,
        "name": found.name,
        "at_this_hour": refusal.now_only,
        "seconds": way.time_ms / 1000.0,
        "line": _line(way.xy, data),
    }


def _opening(data: CityData, opening: Opening, need: Need) -> dict[str, Any]:
    assert need.at is not None
    at = opening.at
    return _reached(data, opening.reached) | {
        "at": None if at is None else at.isoformat(timespec="minutes"),
        "wait_s": None if at is None else (at - need.at).total_seconds(),
    }


def _asked(data: CityData, ask: Reached) -> dict[str, Any]:
    station = data.stations.iloc[ask.station]
    return _reached(data, ask) | {
        "phone": str(station["phone"]),
        "opening_hours": str(station["opening_hours"]),
    }


def _taken(data: CityData, taken: Taken) -> dict[str, Any]:
    return _station(data, taken.station) | {
        "seconds": taken.time_ms / 1000.0,
        "seats": taken.seats,
        "assigned": users_told(taken.assigned),
        "load": taken.assigned / taken.seats if taken.seats else None,
    }
