"""Name what can go wrong with what is kept, so that the web can say it in one sentence.

``members`` of an error are what a program needs beside the sentence, such as the current state.
"""

from __future__ import annotations

from typing import Any

from geo.errors import GeoError, StorageFailed


class StoreFailed(StorageFailed):
    """Raise when the database cannot be opened, read or written."""


class StoreReadOnly(StoreFailed):
    """Raise when something shall be kept on a disk that may only be read."""


class StoreFull(StoreFailed):
    """Raise when the disk has no room for what is to be kept."""


class StoreBusy(StoreFailed):
    """Raise when others have been writing for so long that waiting makes no sense."""


class ScenarioNotFound(GeoError):
    """Raise when a city has no scenario of that id."""


class Telling(GeoError):
    """Base of the errors that hold more than their sentence."""

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.members = members


class ScenarioConflict(Telling):
    """Raise when somebody else has changed the scenario meanwhile; ``current`` is its state."""


class ScenarioNameTaken(Telling):
    """Raise when another scenario of the city has the name; ``proposal`` is one that is free."""


class StoryNotFound(GeoError):
    """Raise when a city has no story of that id."""


class StoryConflict(Telling):
    """Raise when somebody else has changed the story meanwhile; ``current`` is its state."""


class StoryNameTaken(Telling):
    """Raise when another story of the city has the name; ``proposal`` is one that is free."""


class JobNotFound(GeoError):
    """Raise when a city has no job of that id, or no longer."""


class JobsFull(GeoError):
    """Raise when so many jobs are waiting that another one would not be reached."""
