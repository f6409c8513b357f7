"""Keep scenarios: named lists of changes to one version of a city.

Every write names the revision that its author has seen. A scenario that somebody else has changed
meanwhile is never overwritten: the author is told its current state.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webmap.store.engine import Store
from webmap.store.errors import NameTaken, ScenarioConflict, ScenarioNotFound
from webmap.store.tables import ScenarioRow

LONGEST_NAME = 80

#: A change as plain values (:func:`geo.scenario.changes.plain`).
PlainChange = dict[str, Any]


@dataclass(frozen=True)
class CityVersion:
    """Name one version of a city: a mark of its content, and when it was imported (ISO 8601)."""

    mark: str
    date: str


@dataclass(frozen=True)
class Scenario:
    """Hold one scenario as it is kept; instants are in UTC."""

    id: str
    city: str
    name: str
    note: str
    base: CityVersion
    revision: int
    changes: tuple[PlainChange, ...]
    created: datetime
    updated: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "note": self.note,
            "revision": self.revision,
            "changes": list(self.changes),
            "base_version": self.base.mark,
            "base_date": self.base.date,
            "created": self.created.isoformat(timespec="seconds"),
            "updated": self.updated.isoformat(timespec="seconds"),
        }


def listed(store: Store, city: str) -> list[Scenario]:
    """Return all scenarios of a city, the one that was written last first."""
    with store.reading() as session:
        rows = session.scalars(
            select(ScenarioRow)
            .where(ScenarioRow.city == city)
            .order_by(ScenarioRow.updated.desc(), ScenarioRow.id)
        )
        return [_scenario(row) for row in rows]


def get(store: Store, city: str, key: str) -> Scenario:
    """Return a scenario of a city, or raise :class:`ScenarioNotFound`."""
    with store.reading() as session:
        return _scenario(_row(session, city, key))


def add(
    store: Store,
    city: str,
    base: CityVersion,
    name: str,
    note: str = "",
    changes: Sequence[PlainChange] = (),
    *,
    numbered: bool = False,
) -> Scenario:
    """Keep a new scenario; a taken name raises :class:`NameTaken`, or gets a number if wanted."""
    now = datetime.now(UTC)
    with store.writing() as session:
        free = _free_name(session, city, name)
        if free != name and not numbered:
            raise _taken(name, free)
        made = Scenario(uuid.uuid4().hex, city, free, note, base, 1, tuple(changes), now, now)
        row = ScenarioRow(id=made.id, city=city, created=now)
        _fill(row, made)
        session.add(row)
        _flush(session, city, free)
    return made


def write(
    store: Store,
    city: str,
    key: str,
    revision: int,
    *,
    name: str | None = None,
    note: str | None = None,
    changes: Sequence[PlainChange] | None = None,
    base: CityVersion | None = None,
) -> Scenario:
    """Write what is given into a scenario that is still at this revision, and count it up.

    Raises :class:`ScenarioConflict` for another revision, :class:`NameTaken` for a name that
    another scenario of the city has, :class:`ScenarioNotFound`.
    """
    with store.writing() as session:
        row = _row(session, city, key, locked=True)
        old = _scenario(row)
        if old.revision != revision:
            raise _conflict(old, revision)
        new = replace(
            old,
            name=old.name if name is None else name,
            note=old.note if note is None else note,
            changes=old.changes if changes is None else tuple(changes),
            base=old.base if base is None else base,
            revision=revision + 1,
            updated=datetime.now(UTC),
        )
        if new.name != old.name:
            free = _free_name(session, city, new.name)
            if free != new.name:
                raise _taken(new.name, free)
        _fill(row, new)
        _flush(session, city, new.name)
    return new


def remove(store: Store, city: str, key: str, revision: int | None = None) -> None:
    """Remove a scenario, if wanted only while it is still at this revision."""
    with store.writing() as session:
        old = _scenario(_row(session, city, key, locked=True))
        if revision is not None and old.revision != revision:
            raise _conflict(old, revision)
        session.execute(delete(ScenarioRow).where(ScenarioRow.id == key))


def _row(session: Session, city: str, key: str, *, locked: bool = False) -> ScenarioRow:
    """Return a row, if wanted locked until the transaction ends where the database locks rows."""
    wanted = select(ScenarioRow).where(ScenarioRow.city == city, ScenarioRow.id == key)
    row = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
    if row is None:
        raise ScenarioNotFound(f"city {city!r} has no scenario {key!r}; it may have been deleted")
    return row


def _scenario(row: ScenarioRow) -> Scenario:
    return Scenario(
        row.id,
        row.city,
        row.name,
        row.note,
        CityVersion(row.base_version, row.base_date),
        row.revision,
        tuple(json.loads(row.changes)),
        row.created,
        row.updated,
    )


def _fill(row: ScenarioRow, scenario: Scenario) -> None:
    row.name, row.note, row.revision = scenario.name, scenario.note, scenario.revision
    row.base_version, row.base_date = scenario.base.mark, scenario.base.date
    row.changes = json.dumps(scenario.changes, ensure_ascii=False, separators=(",", ":"))
    row.updated = scenario.updated


def _free_name(session: Session, city: str, name: str) -> str:
    """Return the name, or with the first number that makes it free, not longer than allowed."""
    taken = set(session.scalars(select(ScenarioRow.name).where(ScenarioRow.city == city)))
    free, number = name, 1
    while free in taken:
        number += 1
        end = f" ({number})"
        free = name[: LONGEST_NAME - len(end)].rstrip() + end
    return free


def _flush(session: Session, city: str, name: str) -> None:
    """Write now; where the database lets two writers in, the second may find its name taken."""
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise _taken(name, _free_name(session, city, name)) from None


def _conflict(current: Scenario, seen: int) -> ScenarioConflict:
    message = f"scenario {current.name!r} is at revision {current.revision} by now, not {seen}"
    return ScenarioConflict(message, current=current.to_json())


def _taken(name: str, free: str) -> NameTaken:
    return NameTaken(f"there is a scenario {name!r} already; {free!r} is free", proposal=free)
