"""Say who is covered at every full hour of a day or a week, by all that is needed and by service.

An hour is judged as :mod:`geo.study` judges it: people set out at the full hour, and whoever comes
before the opening waits, as long as the budget lasts. All hours are read from the one table of
:mod:`geo.pairs` in one pass: of every timetable it is known at which hours it still serves a place
that far away, as one bit an hour, and a place is covered at the hours of all stations that it
reaches together. One more bit stands for “hours ignored”, the ceiling of the curve.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, supply
from geo.city import CityData
from geo.compiled import COMPILED, kernel, readonly
from geo.errors import OptionError
from geo.hours import Calendar, holidays_known
from geo.model import SERVICES, Budget, Need, TravelProfile, check_year

Bits = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

WEEKDAYS_ZH = "一二三四五六日"
_WORD = 64


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
        chosen = {
            "people": everywhere,
            "judged": ~units["outside"].to_numpy(),
            "covered": self.served[:, index],
        }
        sums = {
            name: coverage.people_by_cell(leaf, people, mask, rows) for name, mask in chosen.items()
        }
        return coverage.people_figures(self.data.cells, rows, **sums)

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
        raise OptionError(f"{text!r} is no date; give one as 2026-11-16") from None


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
    people, served = _covered(data, profile, budget_ms, len(questions), offers, timetable, limits)
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
    for number, instant in enumerate(instants):
        offer = supply.offered(each, Need(at=instant), horizon_ms, calendar)
        limits[number] = offer.limits(budget_ms)
        unknown |= offer.state == supply.UNKNOWN_HOURS
    return limits, unknown


class _Steps(NamedTuple):
    """Hold how far each timetable serves, and when.

    Timetable t has the rows ``first[t]`` to ``first[t + 1]``: a place whose time is at most
    ``ms[k]`` is served at the instants of ``bits[k]``; times ascend, the last one is the budget.
    """

    first: Longs
    ms: Longs
    bits: Bits


def _steps(limits: Ints, budget_ms: int) -> _Steps:
    """Return the steps of limits (instants, timetables); the last bit, hours ignored, is set."""
    first, ms, flags = [0], [], []
    for limit in limits.T:
        for level in np.unique([*limit[limit >= 0], budget_ms]):
            ms.append(level)
            flags.append([*(limit >= level), True])
        first.append(len(ms))
    table = np.array(flags, bool).reshape(len(ms), limits.shape[0] + 1)
    return _Steps(readonly(first, np.int64), readonly(ms, np.int64), readonly(_packed(table), "u8"))


def _packed(flags: Bools) -> Bits:
    """Return flags (n, m) as bits (n, words), the lowest bit first."""
    words = -(-flags.shape[1] // _WORD)
    wide = np.zeros((len(flags), words * _WORD), bool)
    wide[:, : flags.shape[1]] = flags
    return np.packbits(wide, axis=1, bitorder="little").view("<u8")


def _unpacked(bits: Bits, count: int) -> Bools:
    """Return the first flags of bits (n, words), shape (n, count)."""
    octets = np.ascontiguousarray(bits, "<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=count, bitorder="little").astype(bool)


def _covered(
    data: CityData,
    profile: TravelProfile,
    budget_ms: int,
    n_questions: int,
    offers: Longs,
    timetable: Longs,
    limits: Ints,
) -> tuple[Floats, Bools]:
    """Return the people per question and instant, and who is served by the first question.

    Shapes (questions, instants + 1) and (places, instants + 1); the last column ignores hours.
    """
    count = len(limits) + 1
    covered = np.zeros((n_questions, count))
    if data.units is None:
        return covered, np.zeros((0, count), bool)
    steps = _steps(limits, budget_ms)
    served = np.zeros((len(data.units), -(-count // _WORD)), np.uint64)
    serve = serve_each if COMPILED else serve_each_plain
    near = data.pairs(profile, budget_ms)
    people = readonly(data.units["people"].to_numpy(), np.float64)
    table = (near.first, near.station, near.time_ms)
    stations = (readonly(offers, np.int64), readonly(timetable, np.int64))
    serve(*table, *stations, steps, people, covered, served)
    return covered, _unpacked(served, count)


@kernel
def serve_each(
    first: Longs,
    station: Ints,
    time_ms: Ints,
    offers: Longs,
    timetable: Longs,
    steps: _Steps,
    people: Floats,
    covered: Floats,
    served: Bits,
) -> None:
    """Add every place's people to the questions and instants at which a station serves it.

    The first three are :class:`geo.pairs.Pairs`. Bit q of ``offers`` says that a station answers
    question q. ``covered`` (questions, instants) is added to; ``served`` (places, words) gets the
    bits of the first question.
    """
    questions, count = covered.shape
    words = served.shape[1]
    found = np.zeros((questions, words), np.uint64)
    for place in range(len(first) - 1):
        found[:] = 0
        for i in range(first[place], first[place + 1]):
            wanted = offers[station[i]]
            k = steps.first[timetable[station[i]]]
            end = steps.first[timetable[station[i]] + 1]
            while k < end and steps.ms[k] < time_ms[i]:
                k += 1
            if k == end:
                continue
            for q in range(questions):
                if (wanted >> q) & 1:
                    for w in range(words):
                        found[q, w] |= steps.bits[k, w]
        served[place] = found[0]
        for q in range(questions):
            for bit in range(count):
                if (found[q, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1):
                    covered[q, bit] += people[place]


def serve_each_plain(
    first: Longs,
    station: Ints,
    time_ms: Ints,
    offers: Longs,
    timetable: Longs,
    steps: _Steps,
    people: Floats,
    covered: Floats,
    served: Bits,
) -> None:
    """Do what :func:`serve_each` does, by array arithmetic."""
    place = np.repeat(np.arange(len(people)), np.diff(first))
    # Rows of the steps are found by (timetable, time) as one number.
    owner = np.repeat(np.arange(len(steps.first) - 1), np.diff(steps.first))
    step = np.searchsorted(
        (owner << 32) + steps.ms, (timetable[station] << 32) + time_ms.astype(np.int64)
    )
    fits = step < steps.first[timetable[station] + 1]
    for question in range(len(covered)):
        chosen = fits & ((offers[station] >> question) & 1 > 0)
        bits = np.zeros_like(served)
        np.bitwise_or.at(bits, place[chosen], steps.bits[step[chosen]])
        covered[question] += people @ _unpacked(bits, covered.shape[1])
        if question == 0:
            served[:] = bits


def compile() -> bool:
    """Compile the kernel, or load it from numba's cache; say whether there was anything to do."""
    if not COMPILED:
        return False
    none = readonly([0, 0], np.int64), readonly([], np.int32), readonly([], np.int32)
    one = readonly([0], np.int64)
    steps = _steps(np.zeros((1, 1), np.int32), 0)
    serve_each(
        *none,
        one,
        one,
        steps,
        readonly([1.0], np.float64),
        np.zeros((1, 2)),
        np.zeros((1, 1), "u8"),
    )
    return True
