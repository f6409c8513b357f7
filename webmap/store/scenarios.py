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

from webmap.store.engine import Store
from webmap.store.errors import ScenarioConflict, ScenarioNameTaken, ScenarioNotFound
from webmap.store.named import LONGEST_NAME, Sort
from webmap.store.tables import ScenarioRow

__all__ = ["LONGEST_NAME", "CityVersion", "Scenario", "add", "get", "listed", "remove", "write"]

_SORT = Sort("scenario", ScenarioRow, ScenarioNotFound, ScenarioConflict, ScenarioNameTaken)

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
        return [_scenario(row) for row in _SORT.rows(session, city)]


def get(store: Store, city: str, key: str) -> Scenario:
    """Return a scenario of a city, or raise :class:`ScenarioNotFound`."""
    with store.reading() as session:
        return _scenario(_SORT.row(session, city, key))


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
        free = _SORT.name_for(session, city, name, numbered=numbered)
        made = Scenario(uuid.uuid4().hex, city, free, note, base, 1, tuple(changes), now, now)
        row = ScenarioRow(id=made.id, city=city, created=now)
        _fill(row, made)
        session.add(row)
        _SORT.flush(session, city, free)
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
        row = _SORT.row(session, city, key, locked=True)
        old = _scenario(row)
        _SORT.check(row, revision, old.to_json())
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
            _SORT.name_for(session, city, new.name)
        _fill(row, new)
        _SORT.flush(session, city, new.name)
    return new


def remove(store: Store, city: str, key: str, revision: int | None = None) -> None:
    """Remove a scenario, if wanted only while it is still at this revision."""
    with store.writing() as session:
        row = _SORT.row(session, city, key, locked=True)
        _SORT.check(row, revision, _scenario(row).to_json())
        session.delete(row)


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
