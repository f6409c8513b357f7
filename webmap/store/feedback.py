"""Keep what riders say of a station: one word and the day, counted for whoever looks after it.

Nothing else is kept: no address, no position, no time of day, no text of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, get_args

from sqlalchemy import case, func, select

from webmap.store.engine import Store
from webmap.store.tables import FeedbackRow

Kind = Literal["closed", "wrong_place", "broken_charger", "thanks"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What is less than so many days ago is recent.
RECENT_DAYS = 30


@dataclass(frozen=True)
class Told:
    """Hold how often each word was said of a station: recently, and ever; ``last`` = which day."""

    recent: Mapping[str, int]
    all: Mapping[str, int]
    last: date | None

    @property
    def complaints(self) -> int:
        """Return how many of the recent words are no thanks."""
        return sum(count for kind, count in self.recent.items() if kind != "thanks")

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        return asdict(self) | {"last": self.last and self.last.isoformat()}


NOTHING = Told(dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), None)


def add(store: Store, city: str, station: str, kind: Kind, day: date) -> None:
    """Keep one word about a station of a city."""
    with store.writing() as session:
        session.add(FeedbackRow(city=city, station=station, kind=kind, day=day))


def counted(store: Store, city: str, since: date, station: str | None = None) -> dict[str, Told]:
    """Return what was said of the stations of a city (of one), the most complained of first.

    ``since`` is the first day that is recent. Stations of which nobody said anything are left out.
    """
    recent = func.sum(case((FeedbackRow.day >= since, 1), else_=0))
    wanted = (
        select(
            FeedbackRow.station, FeedbackRow.kind, recent, func.count(), func.max(FeedbackRow.day)
        )
        .where(FeedbackRow.city == city)
        .group_by(FeedbackRow.station, FeedbackRow.kind)
    )
    if station is not None:
        wanted = wanted.where(FeedbackRow.station == station)
    with store.reading() as session:
        rows = session.execute(wanted).all()
    found: dict[str, Told] = {}
    for name, kind, lately, ever, last in rows:
        told = found.get(name, NOTHING)
        found[name] = replace(
            told,
            recent={**told.recent, kind: int(lately)},
            all={**told.all, kind: int(ever)},
            last=max(last, told.last or last),
        )

    def weight(item: tuple[str, Told]) -> tuple[int, int, str]:
        name, told = item
        return -told.complaints, -sum(told.all.values()), name

    return dict(sorted(found.items(), key=weight))
