"""Find the stations where a rider is served first, from where he stands, at this hour.

Answers are ranked by :mod:`geo.ranking`: by the moment at which one can expect to be served, with
travel times to the millisecond those of the study. Where no station can be reached the nearest in a
straight line are named instead, as such, and the reason is said.

Setting out is an instant on the city's own clocks, to the minute as in :class:`geo.model.Need`; the
gates are as they stand then, for the whole way. Openings are known for fourteen days
(:mod:`geo.openings`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import openings, ranking, supply
from geo.city import CityData, Hour
from geo.compiled import readonly
from geo.errors import OptionError
from geo.model import Need, Position, TravelProfile
from geo.openings import CLOSED, OPEN, STATES, Openings
from geo.ranking import Hours, Wanted
from geo.spots import Access, Spot
from geo.supply import NEVER_MS
from geo.way import route, trips
from geo.way.trips import Ground

Bools = NDArray[np.bool_]

#: Stations farther than this from a place are not looked for, in milliseconds of travel.
HORIZON_MS = supply.HORIZON_MS
#: A station that keeps open so many days without a break is open “24 hours”.
ALWAYS_DAYS = 7
#: No answer names more stations.
MOST = 10

BY_STREET, BY_AIR = "street", "air"
#: Why there is no answer at all: nothing in service, or nothing that passes the filters.
NO_STATION, NONE_FITS = "no_station", "none_fits"

_MAINLAND = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Filters:
    """Hold which stations count: those with all these services, open on arrival, open 24 hours.

    ``services`` are keys of :data:`geo.model.SERVICES`; ``always`` asks for a station that stays
    open for :data:`ALWAYS_DAYS` days without a break.
    """

    services: tuple[str, ...] = ()
    open_only: bool = False
    always: bool = False

    def __post_init__(self) -> None:
        if self.services:
            object.__setattr__(self, "services", Need(self.services).services)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the filters that are set: the services, ``open_only``, ``always``."""
        flags = {"open_only": self.open_only, "always": self.always}
        return (*self.services, *(name for name, is_set in flags.items() if is_set))

    def without(self, name: str) -> Filters:
        """Return the filters but for the one of that name."""
        return Filters(
            tuple(key for key in self.services if key != name),
            self.open_only and name != "open_only",
            self.always and name != "always",
        )


NO_FILTERS = Filters()


class Answer(NamedTuple):
    """Hold one station as somebody finds it who goes there; milliseconds count from setting out.

    ``station`` is its row; ``state`` on arrival one of :data:`geo.openings.STATES`. ``opens_ms`` is
    when a closed one opens next, ``closes_ms`` when an open one closes, ``ready_ms`` when service
    can be expected; ``None`` = not known to happen. ``length_m`` are the metres of the way, or by
    air of the straight line; by air there is no arrival, and ``state`` is that at setting out.
    """

    station: int
    arrival_ms: int | None
    length_m: float
    state: str
    opens_ms: int | None
    closes_ms: int | None
    ready_ms: int | None

    def to_json(self, at: datetime) -> dict[str, Any]:
        """Return the answer as plain values for who sets out at an instant: seconds, ISO times.

        ``closes_in_s`` and ``wait_s`` count from the arrival, by air from setting out.
        """
        arrival = self.arrival_ms or 0
        opens, closes, ready = self.opens_ms, self.closes_ms, self.ready_ms
        return {
            "by": BY_AIR if self.arrival_ms is None else BY_STREET,
            "seconds": None if self.arrival_ms is None else arrival / 1000.0,
            "metres": round(self.length_m, 1),
            "state": self.state,
            "opens_at": None if opens is None else _told(at, opens),
            "closes_at": None if closes is None else _told(at, closes),
            "wait_s": None if opens is None else (opens - arrival) / 1000.0,
            "closes_in_s": None if closes is None else (closes - arrival) / 1000.0,
            "ready_s": None if ready is None else ready / 1000.0,
        }


@dataclass(frozen=True)
class Ranking:
    """Hold the stations for a rider, the best first, ``by`` street or by air, and why.

    ``reason`` is ``None`` when all is well; by air it is ``outside``, ``water``, ``no_street`` or
    ``unreachable``. Without answers it is ``no_station`` (none is in service) or ``none_fits``:
    then ``dropping`` says of each filter how many stations of the city would pass without it.
    """

    at: datetime
    by: str
    answers: tuple[Answer, ...]
    access: Access | None
    reason: str | None = None
    dropping: dict[str, int] = field(default_factory=dict)


class _Asked(NamedTuple):
    """Hold what a question at an instant is, before any place is known.

    ``passing`` marks the stations that pass the filters, whether a street leads there or not;
    ``is_any``, whether there is one. ``hour`` is that of the gates (:meth:`CityData.hour`).
    """

    hours: Hours
    wanted: Wanted
    passing: Bools
    is_any: bool
    hour: Hour


def ranked(
    data: CityData,
    profile: TravelProfile,
    position: Position,
    at: datetime,
    count: int = 5,
    filters: Filters = NO_FILTERS,
) -> Ranking:
    """Return up to ``count`` stations where a rider is served first who sets out from a position.

    Raises :class:`~geo.errors.OptionError` for a count or an instant that nobody can answer.
    """
    if not 1 <= count <= MOST:
        raise OptionError(f"{count} stations cannot be named; ask for 1 to {MOST}")
    at = _minute(at)
    asked = data.keep_recent(
        ("asked", profile.name, at, filters), lambda: _asked(data, profile, at, filters)
    )
    spot = Spot.of(data, profile, position)
    if not asked.is_any:
        return _none(spot, at, filters)
    if spot.link is None:
        return _by_air(spot, at, count, filters, asked)
    ground = _ground(data, profile, at, asked.hour)
    found = trips.ranked(ground, asked.hours, asked.wanted, spot.link, HORIZON_MS, count)
    if len(found.best):
        answers = map(_answer, found.best.tolist(), found.metres.tolist())
        return Ranking(at, BY_STREET, tuple(answers), spot.access)
    if filters.open_only:
        anyhow = ranked(data, profile, position, at, 1, filters.without("open_only"))
        if anyhow.by == BY_STREET:
            return _none(spot, at, filters)
    return _by_air(spot, at, count, filters, asked)


def way(
    data: CityData, profile: TravelProfile, position: Position, row: int, at: datetime
) -> route.Way | None:
    """Return the way from a position to a station (its row), for who sets out at an instant.

    ``None`` when there is none within :data:`HORIZON_MS`, or the station is not in service;
    :func:`why_not` says what keeps the place from the streets.
    """
    spot = Spot.of(data, profile, position)
    if spot.link is None:
        return None
    at = _minute(at)
    ground = _ground(data, profile, at, data.hour(profile, at))
    return route.way(ground, spot.link, spot.xy, row, data.stations_xy[row], HORIZON_MS)


def why_not(data: CityData, profile: TravelProfile, position: Position) -> str:
    """Return why a place reaches no station: one of :data:`geo.spots.REASONS`."""
    return Spot.of(data, profile, position).reason


def openings_of(data: CityData, at: datetime) -> Openings:
    """Return when the stations are open over the fourteen days from the day of an instant on."""

    def make() -> Openings:
        texts = data.stations["opening_hours"].tolist()
        return openings.table(texts, at.date(), data.calendar)

    found: Openings = data.keep_recent(("openings", at.date()), make)
    return found


def wall_clock(data: CityData, instant: datetime) -> datetime:
    """Return an aware instant as the city's own clocks show it, without a zone.

    Mainland China keeps one time; the zone of other cities is not known, so this machine's is
    taken.
    """
    zone = None if data.calendar is None else _MAINLAND
    return instant.astimezone(UTC).astimezone(zone).replace(tzinfo=None)


def _told(at: datetime, after_ms: int) -> str:
    """Return a moment on the city's clocks in ISO's words."""
    return (at + timedelta(milliseconds=after_ms)).isoformat(timespec="minutes")


def _minute(at: datetime) -> datetime:
    instant = Need((), at).at
    assert instant is not None
    return instant


def _asked(data: CityData, profile: TravelProfile, at: datetime, filters: Filters) -> _Asked:
    table = openings_of(data, at)
    moment = table.milliseconds(at)
    outlook = table.outlook(moment, ALWAYS_DAYS)
    passing = _passing(data, outlook, filters)
    wanted = ranking.wanted(
        outlook,
        moment,
        passing & (data.seeds(profile).links.edge >= 0),
        HORIZON_MS,
        only_open=filters.open_only,
    )
    hour = data.hour(profile, at)
    return _Asked(Hours(*table.arrays), wanted, passing, bool(passing.any()), hour)


def _passing(data: CityData, outlook: openings.Outlook, filters: Filters) -> Bools:
    """Return the stations in service that pass the filters, but for the state on arrival."""

    def make() -> Bools:
        in_service = np.zeros(len(data.stations), bool)
        in_service[data.open_rows] = True
        return readonly(in_service & supply.offers(data.stations, filters.services), np.bool_)

    offering: Bools = data.keep_recent(("offering", filters.services), make)
    return offering & outlook.always if filters.always else offering


def _ground(data: CityData, profile: TravelProfile, at: datetime, hour: Hour) -> Ground:
    """Return the streets as they are at an instant, laid out with the stations."""
    found: Ground = data.keep_by_hour(
        ("ground", profile.name),
        hour,
        lambda: Ground.of(data.network, data.graph(profile, at), data.seeds(profile, at=at)),
    )
    return found


def _answer(entry: list[int], metres: float) -> Answer:
    ready, arrival, row, state, opens, closes = entry
    return Answer(
        row,
        arrival,
        metres,
        STATES[state],
        None if opens >= NEVER_MS else opens,
        None if closes >= NEVER_MS else closes,
        None if ready >= NEVER_MS else ready,
    )


def _none(spot: Spot, at: datetime, filters: Filters) -> Ranking:
    """Return an answer without stations: nothing is in service, or nothing passes the filters."""
    data = spot.data
    if not len(data.open_rows):
        return Ranking(at, BY_STREET, (), spot.access, NO_STATION)
    table = openings_of(data, at)
    outlook = table.outlook(table.milliseconds(at), ALWAYS_DAYS)
    dropping = {}
    for name in filters.names:
        others = filters.without(name)
        passing = _passing(data, outlook, others)
        if others.open_only:
            passing = passing & (outlook.open_ms == 0)
        dropping[name] = int(passing.sum())
    return Ranking(at, BY_STREET, (), spot.access, NONE_FITS, dropping)


def _by_air(spot: Spot, at: datetime, count: int, filters: Filters, asked: _Asked) -> Ranking:
    """Return the nearest stations in a straight line, with their states at setting out."""
    found = _fitting_by_air(spot, at, filters, asked)
    answers = list(islice(found, count))
    if not answers:
        return _none(spot, at, filters)
    if answers[0].state == STATES[CLOSED]:
        first = next((a for a in chain(answers, found) if a.state != STATES[CLOSED]), answers[0])
        answers = [first, *(answer for answer in answers if answer != first)]
    return Ranking(at, BY_AIR, tuple(answers[:count]), spot.access, spot.reason)


def _fitting_by_air(spot: Spot, at: datetime, filters: Filters, asked: _Asked) -> Iterator[Answer]:
    """Yield the stations that pass the filters, the nearest in a straight line first."""
    table = openings_of(spot.data, at)
    moment = asked.wanted.moment_ms
    rows = np.flatnonzero(asked.passing)
    metres = spot.straight_m(rows)
    for k in np.lexsort((rows, metres)).tolist():
        state, *changes = table.state_at(int(rows[k]), moment)
        if state == STATES[OPEN] or not filters.open_only:
            opens, closes = (None if ms is None else ms - moment for ms in changes)
            yield Answer(int(rows[k]), None, float(metres[k]), state, opens, closes, None)
