"""Keep stories: named lists of views of a city, each write counted.

What a view is, :mod:`geo.story` knows; here it is plain values. Changes of scenarios are not kept
with a story: its views name the scenarios, which are kept for themselves.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from webmap.store.engine import Store
from webmap.store.errors import StoryConflict, StoryNameTaken, StoryNotFound
from webmap.store.named import LONGEST_NAME, Sort
from webmap.store.tables import StoryRow

__all__ = ["LONGEST_NAME", "KeptStory", "PlainView", "add", "get", "listed", "remove", "write"]

_SORT = Sort("story", StoryRow, StoryNotFound, StoryConflict, StoryNameTaken)

#: A view as plain values (:func:`geo.story.plain`).
PlainView = dict[str, Any]


@dataclass(frozen=True)
class KeptStory:
    """Hold one story as it is kept; instants are in UTC."""

    id: str
    city: str
    name: str
    revision: int
    views: tuple[PlainView, ...]
    created: datetime
    updated: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the story as plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "revision": self.revision,
            "views": list(self.views),
            "created": self.created.isoformat(timespec="seconds"),
            "updated": self.updated.isoformat(timespec="seconds"),
        }


def listed(store: Store, city: str) -> list[KeptStory]:
    """Return all stories of a city, the one that was written last first."""
    with store.reading() as session:
        return [_story(row) for row in _SORT.rows(session, city)]


def get(store: Store, city: str, key: str) -> KeptStory:
    """Return a story of a city, or raise :class:`StoryNotFound`."""
    with store.reading() as session:
        return _story(_SORT.row(session, city, key))


def add(
    store: Store, city: str, name: str, views: Sequence[PlainView], *, numbered: bool = False
) -> KeptStory:
    """Keep a new story; a taken name raises :class:`StoryNameTaken`, or gets a number if wanted."""
    now = datetime.now(UTC)
    with store.writing() as session:
        free = _SORT.name_for(session, city, name, numbered=numbered)
        made = KeptStory(uuid.uuid4().hex, city, free, 1, tuple(views), now, now)
        row = StoryRow(id=made.id, city=city, created=now)
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
    views: Sequence[PlainView] | None = None,
) -> KeptStory:
    """Write what is given into a story that is still at this revision, and count it up.

    Raises :class:`StoryConflict` for another revision, :class:`StoryNameTaken` for a name that
    another story of the city has, :class:`StoryNotFound`.
    """
    with store.writing() as session:
        row = _SORT.row(session, city, key, locked=True)
        old = _story(row)
        _SORT.check(row, revision, old.to_json())
        new = replace(
            old,
            name=old.name if name is None else name,
            views=old.views if views is None else tuple(views),
            revision=revision + 1,
            updated=datetime.now(UTC),
        )
        if new.name != old.name:
            _SORT.name_for(session, city, new.name)
        _fill(row, new)
        _SORT.flush(session, city, new.name)
    return new


def remove(store: Store, city: str, key: str, revision: int | None = None) -> None:
    """Remove a story, if wanted only while it is still at this revision."""
    with store.writing() as session:
        row = _SORT.row(session, city, key, locked=True)
        _SORT.check(row, revision, _story(row).to_json())
        session.delete(row)


def _story(row: StoryRow) -> KeptStory:
    views = tuple(json.loads(row.views))
    return KeptStory(row.id, row.city, row.name, row.revision, views, row.created, row.updated)


def _fill(row: StoryRow, story: KeptStory) -> None:
    row.name, row.revision, row.updated = story.name, story.revision, story.updated
    row.views = json.dumps(story.views, ensure_ascii=False, separators=(",", ":"))
