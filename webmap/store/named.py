"""Keep what has a name in its city and a revision, so that nobody overwrites another's work.

Scenarios and stories are such. Every write names the revision that its author has seen; whoever
comes too late is told the current state, and whoever chooses a taken name is told a free one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import GeoError
from webmap.store.errors import Telling
from webmap.store.tables import Named

LONGEST_NAME = 80

Row = TypeVar("Row", bound=Named)


@dataclass(frozen=True)
class Sort(Generic[Row]):
    """Hold what one sort of named things is called, where it is kept, and what can go wrong."""

    word: str
    table: type[Row]
    missing: type[GeoError]
    conflict: type[Telling]
    taken: type[Telling]

    def rows(self, session: Session, city: str) -> list[Row]:
        """Return all rows of a city, the one that was written last first."""
        table = self.table
        wanted = select(table).where(table.city == city).order_by(table.updated.desc(), table.id)
        return list(session.scalars(wanted))

    def row(self, session: Session, city: str, key: str, *, locked: bool = False) -> Row:
        """Return a row, if wanted locked until the transaction ends where rows can be locked."""
        wanted = select(self.table).where(self.table.city == city, self.table.id == key)
        row = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
        if row is None:
            raise self.missing(
                f"city {city!r} has no {self.word} {key!r}; it may have been deleted"
            )
        return row

    def name_for(self, session: Session, city: str, name: str, *, numbered: bool = False) -> str:
        """Return the name if it is free, or with a number if wanted; else refuse it."""
        free = self._free(session, city, name)
        if free != name and not numbered:
            raise self._taken(name, free)
        return free

    def flush(self, session: Session, city: str, name: str) -> None:
        """Write now; where two writers are let in, the second may find its name taken."""
        try:
            session.flush()
        except IntegrityError:
            session.rollback()
            raise self._taken(name, self._free(session, city, name)) from None

    def check(self, row: Row, seen: int | None, current: dict[str, Any]) -> None:
        """Refuse a row of another revision than was seen; ``current`` is its state, to be told."""
        if seen is not None and row.revision != seen:
            raise self.conflict(
                f"{self.word} {row.name!r} is at revision {row.revision} by now, not {seen}",
                current=current,
            )

    def _free(self, session: Session, city: str, name: str) -> str:
        """Return the name, or with the first number that makes it free, not longer than allowed."""
        table = self.table
        taken = set(session.scalars(select(table.name).where(table.city == city)))
        free, number = name, 1
        while free in taken:
            number += 1
            end = f" ({number})"
            free = name[: LONGEST_NAME - len(end)].rstrip() + end
        return free

    def _taken(self, name: str, free: str) -> Telling:
        return self.taken(
            f"there is a {self.word} {name!r} already; {free!r} is free", proposal=free
        )
