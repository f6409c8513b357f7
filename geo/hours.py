"""Read opening hours in OpenStreetMap's syntax, with China's holidays and make-up working days.

The library ``opening_hours`` reads the text; it knows no Chinese calendar, so each day is put to it
in terms that make it judge that day rightly:

- A *public holiday* (``PH``) is a day off that the State Council's notice names, days off in lieu
  included, as ``chinese_calendar`` publishes them. For one day, ``PH`` is written as its own
  weekday when it is such a holiday, else as another one. As in the syntax, a text that does not
  speak of ``PH`` keeps its weekday hours on holidays.
- A *make-up working day* (调休) has the hours of the weekday that it replaces: the weekday names of
  the text are turned until that weekday stands where the day stands. Months, dates and week numbers
  stay those of the day itself, and so does counting within a month (``Tu[1]``).
- *Hours belong to the day on which they begin*: the night of a shop that closes at 02:00 is decided
  by the evening, across the border of a holiday too. The library decides the part after midnight by
  the next day's rules and forgets that the evening may have been off; so each day is asked alone,
  with its times replaced by their rank, which puts all of them before midnight.
- ``||`` is decided by the minute, as in the specification; the library decides it by the day.

Unknown is not open. Unknown are: no text, a text that cannot be read, the state ``unknown`` and
rules with nothing but a comment (by the specification, ``Sa "by appointment"``), open ends
(``10:00+``), repeated times, school holidays, the sun's rise and fall (the text does not know its
place), and nights together with closings at a time of day (``24/7; Su 23:00-01:00 off``), because
the closing may cut the night before.

Source: OpenStreetMap wiki, Key:opening_hours/specification 0.7.4; the yearly
国务院办公厅关于部分节假日安排的通知.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar
import opening_hours

from geo.mainland import keeps_holidays

Window = tuple[datetime, datetime]
#: Minutes from a day's own midnight; a night that goes on counts beyond 1440.
Span = tuple[int, int]

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_MIN = 1440
_DAY = timedelta(days=1)

#: A comment and the modifier it explains; alone, it says that nobody can tell.
_COMMENT = re.compile(r'(open|closed|off|unknown)?\s*"[^"]*"', re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_UNTOLD = re.compile(r"\bSH\b|dawn|dusk|sunrise|sunset|\d:\d\d\s*[+/]", re.IGNORECASE)
_TIMED_OFF = re.compile(r"\d:\d\d\s*(?:off|closed)\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"(?<![A-Za-z])({'|'.join(WEEKDAYS)})(?![A-Za-z])", re.IGNORECASE)
_HOLIDAY = re.compile(r"\bPH\b(?: ([+-]) ?(\d+) days?)?")


@dataclass(frozen=True, eq=False)
class Calendar:
    """Hold a country's published holidays.

    ``years`` are the first and the last one that are published; ``holidays`` the days off and
    their names; ``replaces`` says of a make-up working day which day off it makes up for.
    """

    years: tuple[int, int]
    holidays: Mapping[date, str]
    replaces: Mapping[date, date]

    def knows(self, day: date) -> bool:
        """Return whether the holidays of that day's year are published."""
        return self.years[0] <= day.year <= self.years[1]


def _china() -> Calendar:
    """Return the holidays of mainland China.

    The years are those of which the library has holidays; it asks the same of itself. The last
    days of the last year may still change: a notice of the next year can move them (as that of
    2019 did with 29 and 31 December 2018).
    """
    off = chinese_calendar.holidays
    years = [day.year for day in off]
    names = {day: chinese_calendar.Holiday(name).chinese for day, name in off.items()}
    made_up = _replaced(chinese_calendar.workdays, chinese_calendar.in_lieu_days)
    return Calendar((min(years), max(years)), names, made_up)


def _replaced(made_up: Mapping[date, str], in_lieu: Mapping[date, str]) -> dict[date, date]:
    """Pair the make-up days of a holiday with its days off in lieu, both in the order of dates.

    The notices name both but do not pair them; in this order schools and offices do. Where there
    are more days in lieu, the earliest of them stand for holidays that fell on a weekend. A make-up
    day that finds no partner keeps the hours of its own weekday.
    """
    occasions: dict[tuple[str, int], tuple[list[date], list[date]]] = defaultdict(lambda: ([], []))
    for index, days in enumerate((made_up, in_lieu)):
        for day, name in days.items():
            # December belongs to the New Year that follows.
            occasions[name, (day + timedelta(days=60)).year][index].append(day)
    return {
        worked: free
        for working, off in occasions.values()
        for worked, free in zip(sorted(working), sorted(off)[-len(working) :], strict=False)
    }


#: The holidays of mainland China, as far as they are published.
CHINA = _china()


def calendar_at(lon: float, lat: float) -> Calendar | None:
    """Return the calendar that holds at a position (degrees, WGS84), ``None`` where none is known.

    Only mainland China's is; Hong Kong, Macau and Taiwan have holidays of their own.
    """
    return CHINA if keeps_holidays(lon, lat) else None


def holidays_known(day: date, calendar: Calendar | None = CHINA) -> bool:
    """Return whether it is known if that day is a holiday."""
    return calendar is not None and calendar.knows(day)


@dataclass(frozen=True)
class Opening:
    """Hold when a place is open, and when nobody can tell; merged, in order, naive local time."""

    open: tuple[Window, ...]
    unknown: tuple[Window, ...]

    def within(self, start: datetime, end: datetime) -> tuple[Window, ...] | None:
        """Return when it is open from ``start`` up to ``end``, cut to that span.

        ``None`` means unknown: it is not known to be open at any moment of it, and may be.
        """
        found = _cut(self.open, start, end)
        return None if not found and _cut(self.unknown, start, end) else found

    def unknown_from(self, start: datetime, end: datetime) -> datetime | None:
        """Return the first moment of a span at which nobody can tell, ``None`` when all is told."""
        found = _cut(self.unknown, start, end)
        return found[0][0] if found else None


def _cut(windows: tuple[Window, ...], start: datetime, end: datetime) -> tuple[Window, ...]:
    return tuple(
        (max(first, start), min(last, end))
        for first, last in windows
        if first < end and last > start
    )


def windows(
    text: str, start: datetime, end: datetime, calendar: Calendar | None
) -> tuple[Window, ...] | None:
    """Return when a place is open from ``start`` up to ``end``, cut to that span.

    ``None`` means unknown: it is not known to be open at any moment, and may be.
    """
    found = opening(text, start, end, calendar)
    return None if found is None else found.within(start, end)


@lru_cache(maxsize=4096)
def opening(text: str, start: datetime, end: datetime, calendar: Calendar | None) -> Opening | None:
    """Return when a place is open, and when it is unknown, from ``start`` up to ``end``.

    ``None`` means that the text says nothing that can be read. Without a calendar, or beyond the
    years that it knows, no day is a holiday: weekday hours hold as written.
    """
    if _understood(text) is None:
        return None
    is_open: list[Window] = []
    unknown: list[Window] = []
    day = start.date() - _DAY  # its night may reach into the span
    while day <= end.date():
        midnight = datetime.combine(day, time())
        for found, spans in zip((is_open, unknown), _shift(text, day, calendar), strict=True):
            for first, last in spans:
                low = max(start, midnight + timedelta(minutes=first))
                high = min(end, midnight + timedelta(minutes=last))
                if low < high:
                    found.append((low, high))
        day += _DAY
    merged = _merged(is_open)
    return Opening(tuple(merged), tuple(_without(_merged(unknown), merged)))


def of_day(
    text: str, day: date, calendar: Calendar | None
) -> tuple[tuple[Span, ...], tuple[Span, ...]] | None:
    """Return when a place is open, and when it is unknown, by the hours that belong to one day.

    A night that goes on counts beyond 1440 minutes. ``None`` means that the text says nothing that
    can be read.
    """
    return None if _understood(text) is None else _shift(text.strip(), day, calendar)


def readable(text: str) -> bool:
    """Return whether a text tells opening hours that can be read here."""
    return _understood(text) is not None


@dataclass(frozen=True)
class _Text:
    """Hold a text whose times are ranks: ``minutes[r]`` is what the minute r stands for.

    ``choices`` are the texts of which the next one counts where those before say closed.
    """

    choices: tuple[str, ...]
    minutes: tuple[int, ...]


@lru_cache(maxsize=4096)
def _understood(text: str) -> _Text | None:
    """Return a text that can be asked day by day, ``None`` for one that tells nothing."""
    text = text.strip()
    if not text or _parsed(text) is None:
        return None
    plain = _COMMENT.sub(lambda found: found[1] or "unknown", text)
    if _UNTOLD.search(plain):
        return None
    spans = [_minutes(found) for found in _SPAN.finditer(plain)]
    minutes = sorted({0, *(minute for span in spans for minute in span)})
    nights = minutes[-1] > DAY_MIN
    if len(minutes) >= DAY_MIN or (nights and _TIMED_OFF.search(plain)):
        return None
    rank = {minute: _clock(r) for r, minute in enumerate(minutes)}
    ranked = _SPAN.sub(lambda found: "-".join(rank[m] for m in _minutes(found)), plain)
    understood = _Text(_choices(ranked), tuple(minutes))
    some_day = date(2024, 1, 1)
    if any(_parsed(_as_of(choice, some_day, None)) is None for choice in understood.choices):
        return None
    return understood


@lru_cache(maxsize=16384)
def _parsed(text: str) -> Any | None:
    """Return the text as the library reads it, ``None`` when it cannot."""
    if not opening_hours.validate(text):
        return None
    return opening_hours.OpeningHours(text, auto_country=False, auto_timezone=False)


def _minutes(span: re.Match[str]) -> Span:
    """Return the ends of a written span, on the next day where it does not end after it begins."""
    first, last = (60 * int(span[i]) + int(span[i + 1]) for i in (1, 3))
    return first, last if last > first else last + DAY_MIN


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _choices(text: str) -> tuple[str, ...]:
    """Divide a text without comments at its ``||``; a rule after ``;`` goes on for all choices."""
    choices: list[str] = []
    for alternative in text.split("||"):
        first, *others = alternative.split(";")
        choices.append(first.strip())
        for rule in others:
            choices = [f"{choice}; {rule.strip()}" for choice in choices]
    return tuple(choices)


def _as_of(text: str, day: date, calendar: Calendar | None) -> str:
    """Return the text with the weekdays and holidays of one day in words that the library knows."""
    own = day.weekday()
    replaced = None if calendar is None else calendar.replaces.get(day)
    turn = 0 if replaced is None else own - replaced.weekday()

    def weekday(name: re.Match[str]) -> str:
        return WEEKDAYS[(WEEKDAYS.index(name[1].capitalize()) + turn) % 7]

    def holiday(found: re.Match[str]) -> str:
        asked = day - timedelta(days=int((found[1] or "") + (found[2] or "0")))
        free = calendar is not None and asked in calendar.holidays
        return WEEKDAYS[own if free else own - 1]

    return _HOLIDAY.sub(holiday, _WEEKDAY.sub(weekday, text))


@lru_cache(maxsize=16384)
def _shift(
    text: str, day: date, calendar: Calendar | None
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans, open and unknown, that begin on a day; the text must be understood."""
    understood = _understood(text)
    assert understood is not None
    is_open: list[Span] = []
    unknown: list[Span] = []
    told = {opening_hours.State.OPEN: is_open, opening_hours.State.UNKNOWN: unknown}
    midnight = datetime.combine(day, time())
    for choice in understood.choices:
        decided = _merged(is_open + unknown)
        expression = _parsed(_as_of(choice, day, calendar))
        assert expression is not None
        for first, last, state, _ in expression.intervals(midnight, midnight + _DAY):
            low = _minute_of(first - midnight, understood.minutes)
            high = _minute_of(last - midnight, understood.minutes)
            if state in told and low < high:
                told[state] += _without([(low, high)], decided)
    return tuple(_merged(is_open)), tuple(_merged(unknown))


def _minute_of(since_midnight: timedelta, minutes: tuple[int, ...]) -> int:
    """Return what a rank stands for; beyond all ranks is only the end of a whole day."""
    rank = round(since_midnight.total_seconds()) // 60
    return minutes[rank] if rank < len(minutes) else DAY_MIN


def _merged(spans: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return spans in order, those that touch as one."""
    out: list[tuple[Any, Any]] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _without(spans: list[tuple[Any, Any]], cuts: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return what is left of merged spans outside of merged cuts."""
    out = []
    for first, last in spans:
        for low, high in cuts:
            if low < last and high > first:
                if first < low:
                    out.append((first, low))
                first = high
        if first < last:
            out.append((first, last))
    return out
