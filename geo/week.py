"""Say who is covered at every full hour of a day or a week, by all that is needed and by service.

An hour is judged as :mod:`geo.study` judges it: people set out at the full hour, and whoever comes
before the opening waits, as long as the budget lasts. All hours at which the same gates refuse are
read from the one table of :mod:`geo.pairs` in one pass (:mod:`geo.timetables`); one more, “hours
ignored”, those of gates too, is the ceiling of the curve.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, hours, supply, timetables
from geo.city import CityData, Hour
from geo.errors import OptionError, shown
from geo.hours import Calendar, holidays_known
from geo.model import SERVICES, Budget, Need, TravelProfile, check_year

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True, eq=False)
class Curve:
    """Hold who is covered at some instants.

    ``stations`` are those that serve the services asked, per instant; ``unknown_hours`` counts
    those whose hours are unknown at one of them at least. ``people`` (1 + services, instants) are
    the covered people: of the services asked, then of each of :data:`~geo.model.SERVICES` alone;
    ``ceiling`` is the first of them with hours ignored. ``served`` (places, instants) says the same
    of every place. Without known people ``people`` and ``served`` have no meaning, ``ceiling`` is
    ``None``.
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    services: tuple[str, ...]
    instants: tuple[datetime, ...]
    stations: Longs
    unknown_hours: int
    people: Floats
    ceiling: float | None
    served: Bools

    @property
    def covered(self) -> Floats | None:
        """Return the covered people per instant, ``None`` where nobody is known."""
        return None if self.data.units is None else self.people[0]

    @property
    def by_service(self) -> dict[str, Floats] | None:
        """Return the people covered by each service alone, ``None`` where nobody is known."""
        if self.data.units is None:
            return None
        return dict(zip(SERVICES, self.people[1:], strict=True))

    def cells(self, index: int) -> pd.DataFrame | None:
        """Return the people of every cell at one instant (:func:`geo.coverage.people_figures`)."""
        units = self.data.units
        if units is None:
            return None
        rows, leaf = self.data.ground["row"].to_numpy(), units["cell"].to_numpy()
        people, everywhere = units["people"].to_numpy(), np.ones(len(units), bool)
        chosen = (everywhere, ~units["outside"].to_numpy(), self.served[:, index])
        all_of, judged, covered = (
            coverage.people_by_cell(leaf, people, mask, rows) for mask in chosen
        )
        return coverage.people_figures(
            self.data.cells, rows, people=all_of, judged=judged, covered=covered
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer of ``yizhan week``; see the method page for the meaning."""
        units, known = self.data.units, self.data.units is not None
        days = list(dict.fromkeys(instant.date() for instant in self.instants))
        calendar, unknown = self.data.calendar, [None] * len(self.instants)
        lines = self.people.tolist() if known else [unknown] * len(self.people)
        total = judged = None
        if units is not None:
            people = units["people"].to_numpy()
            total, judged = float(people.sum()), float(people[~units["outside"].to_numpy()].sum())
        return {
            "city": self.data.city.slug,
            "city_name": self.data.city.name,
            "profile": self.profile.name,
            "minutes": self.budget.minutes,
            "distance_m": self.budget.distance_m,
            "services": list(self.services),
            "from": days[0].isoformat(),
            "hours": [instant.isoformat(timespec="minutes") for instant in self.instants],
            "covered": lines[0],
            "by_service": dict(zip(SERVICES, lines[1:], strict=True)),
            "stations": self.stations.tolist(),
            "ceiling": self.ceiling,
            "people_judged": judged,
            "people_total": total,
            "reason": None if known else self.data.city.people_reason,
            "holidays": {
                "known": [holidays_known(day, calendar) for day in days],
                "names": [day_name(day, calendar) for day in days],
            },
            "unknown_hours": self.unknown_hours,
        }


def day_name(day: date, calendar: Calendar | None) -> str | None:
    """Return the Chinese name of a holiday, or whose hours a make-up working day has."""
    if calendar is None:
        return None
    replaced = calendar.replaces.get(day)
    if replaced is not None:
        return f"调休上班（按周{WEEKDAYS_ZH[replaced.weekday()]}）"
    return calendar.holidays.get(day)


def day_of(text: str) -> date:
    """Return a date written as ``2026-11-16``, or raise :class:`~geo.errors.OptionError`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise OptionError(f"{shown(text)} is no date; give one as 2026-11-16") from None


def monday_of(moment: date) -> date:
    """Return the Monday of the week of a day."""
    return moment - timedelta(days=moment.weekday())


def week(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    services: tuple[str, ...] = (),
    *,
    start: date,
) -> Curve:
    """Return who is covered at the 168 full hours from the midnight of ``start`` on."""
    return _hours(data, profile, budget, services, start, days=7)


def day(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    services: tuple[str, ...] = (),
    *,
    day: date,
) -> Curve:
    """Return who is covered at the 24 full hours of a day."""
    return _hours(data, profile, budget, services, day, days=1)


def _hours(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    services: tuple[str, ...],
    start: date,
    days: int,
) -> Curve:
    check_year(start)
    midnight = datetime.combine(start, time())
    instants = tuple(midnight + timedelta(hours=hour) for hour in range(24 * days))
    asked = Need(services).services
    return data.keep_recent(
        ("hours", profile.name, budget.milliseconds(profile), asked, start, days),
        lambda: curve(data, profile, budget, asked, instants),
    )


def curve(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    services: tuple[str, ...],
    instants: tuple[datetime, ...],
) -> Curve:
    """Return who is covered at any instants, each counted as the moment of setting out."""
    budget_ms = budget.milliseconds(profile)
    rows = data.open_rows
    text, own = np.unique(
        data.stations["opening_hours"].to_numpy(dtype=str)[rows], return_inverse=True
    )
    limits, unknown = _limits(text, instants, budget_ms, data.calendar)
    timetable = np.zeros(len(data.stations), np.int64)
    timetable[rows] = own
    questions = [services, *((key,) for key in SERVICES)]
    offers = np.zeros(len(data.stations), np.int64)
    for number, wanted in enumerate(questions):
        offers[rows] |= supply.offers(data.stations.iloc[rows], wanted).astype(np.int64) << number
    mine = own[offers[rows] & 1 > 0]
    count = 0 if data.units is None else len(data.units)
    people = np.zeros((len(questions), len(instants) + 1))
    served = np.zeros((count, len(instants) + 1), bool)
    if data.units is not None:
        ignored = np.full((1, len(text)), budget_ms, np.int32)
        every = np.vstack([limits, ignored])
        for at, rows in _by_gates(data, profile, instants):
            people[:, rows], served[:, rows] = timetables.serve(
                data.pairs(profile, budget_ms, at),
                data.units["people"].to_numpy(),
                offers,
                len(questions),
                timetable,
                every[rows],
            )
    return Curve(
        data=data,
        profile=profile,
        budget=budget,
        services=services,
        instants=instants,
        stations=(limits[:, mine] >= 0).sum(axis=1),
        unknown_hours=int(unknown[mine].sum()),
        people=people[:, :-1],
        ceiling=None if data.units is None else float(people[0, -1]),
        served=served[:, :-1],
    )


def _by_gates(
    data: CityData, profile: TravelProfile, instants: tuple[datetime, ...]
) -> list[tuple[datetime | None, Longs]]:
    """Return the numbers of instants at which the same gates refuse, with one that stands for them.

    One number more than there are instants stands for the hours ignored.
    """
    alike: dict[Hour, list[int]] = defaultdict(list)
    for number, at in enumerate(instants):
        alike[data.hour(profile, at)].append(number)
    alike[()].append(len(instants))
    return [
        (instants[rows[0]] if hour else None, np.array(rows, np.int64))
        for hour, rows in alike.items()
    ]


def _limits(
    texts: NDArray[Any],
    instants: tuple[datetime, ...],
    budget_ms: int,
    calendar: Calendar | None,
) -> tuple[Ints, Bools]:
    """Return the longest time that each opening hours serve at each instant, and who is unknown.

    Shapes (instants, texts) and (texts,); -1 serves nobody, see :meth:`geo.supply.Supply.limits`.
    """
    each = pd.DataFrame({"status": "open", "services": "", "opening_hours": texts})
    limits = np.empty((len(instants), len(texts)), np.int32)
    unknown = np.zeros(len(texts), bool)
    horizon_ms = max(budget_ms, supply.HORIZON_MS)
    end = max(instants) + timedelta(milliseconds=horizon_ms) + supply.BEYOND
    openings = {text: hours.opening(text, min(instants), end, calendar) for text in texts}
    for number, instant in enumerate(instants):
        offer = supply.offered(each, Need(at=instant), horizon_ms, calendar, openings)
        limits[number] = offer.limits(budget_ms)
        unknown |= offer.states(budget_ms) == supply.UNKNOWN_HOURS
    return limits, unknown
