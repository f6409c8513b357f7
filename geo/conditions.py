"""Read OpenStreetMap's conditional restrictions: what a tag says, and when it says so.

``no @ (22:00-06:00); private @ (Sa-Su)`` is a list of clauses, each a value and its condition; of
those that hold the last one counts, and where none holds the tag without a condition does. A
condition is a text of opening hours (:mod:`geo.hours`, China's holidays included); several joined
by ``AND`` must hold together. Where hours are unknown the condition does not hold. Conditions of
other kinds – weight, weather, whom one visits – cannot be judged: such a clause is as if it were
not there, and :func:`faults` names it.

Source: OpenStreetMap wiki, Conditional restrictions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from geo import hours
from geo.hours import Calendar, Opening

_DAY = timedelta(days=1)
_AND = re.compile(r"\s+AND\s+")


@dataclass(frozen=True)
class Clause:
    """Hold a value, and the opening hours all of which must hold for it to count."""

    value: str
    hours: tuple[str, ...]


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a conditional tag that can be judged, in their order."""
    return tuple(clause for _, clause in _parts(text) if clause is not None)


def faults(text: str) -> tuple[str, ...]:
    """Return the parts of a conditional tag that cannot be judged."""
    return tuple(part for part, clause in _parts(text) if clause is None)


def _parts(text: str) -> list[tuple[str, Clause | None]]:
    """Return the parts between the semicolons outside of brackets, each with its clause."""
    return [(part, _clause(part)) for part in map(str.strip, _divided(text)) if part]


def _divided(text: str) -> Iterable[str]:
    """Yield the parts of a text between semicolons that stand in no brackets and no quotes."""
    depth, quoted, first = 0, False, 0
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == ";" and depth <= 0:
                yield text[first:at]
                first = at + 1
    yield text[first:]


def _clause(part: str) -> Clause | None:
    value, _, condition = (piece.strip() for piece in part.partition("@"))
    if condition.startswith("(") and condition.endswith(")"):
        condition = condition[1:-1]
    needed = tuple(piece.strip() for piece in _AND.split(condition))
    if not value or not all(map(hours.readable, needed)):
        return None
    return Clause(value, needed)


def values(text: str, instants: Sequence[datetime], calendar: Calendar | None) -> list[str]:
    """Return what a conditional tag says at some instants, ``""`` where no clause holds."""
    out = [""] * len(instants)
    for clause in clauses(text):
        for number, instant in enumerate(instants):
            if all(is_open(needed, instant, calendar) for needed in clause.hours):
                out[number] = clause.value
    return out


def is_open(text: str, instant: datetime, calendar: Calendar | None) -> bool | None:
    """Return whether opening hours hold at an instant, ``None`` where that is unknown."""
    found = _of_day(text, instant.date(), calendar)
    if found is None:
        return None
    if any(first <= instant < last for first, last in found.open):
        return True
    return None if any(first <= instant < last for first, last in found.unknown) else False


def changes(
    texts: Iterable[str], start: datetime, end: datetime, calendar: Calendar | None
) -> list[datetime]:
    """Return the instants after ``start`` and before ``end`` at which opening hours may change."""
    found: set[datetime] = set()
    for text in texts:
        opening = hours.opening(text, start, end, calendar)
        if opening is not None:
            found.update(moment for span in (*opening.open, *opening.unknown) for moment in span)
    return sorted(moment for moment in found if start < moment < end)


def _of_day(text: str, day: date, calendar: Calendar | None) -> Opening | None:
    """Return the opening hours of one day; read once for all its instants."""
    midnight = datetime.combine(day, time())
    return hours.opening(text, midnight, midnight + _DAY, calendar)
