"""Name everything that can go wrong, so that every caller can say it in one plain sentence.

The tree::

    GeoError
    ├── InputError          a file or an option is wrong; carries every fault found, not just one
    ├── CityError
    │   ├── CityNotFound    no city of that name
    │   ├── CityExists      a city of that name is already there
    │   ├── CityBroken      the folder is not whole, or was made by another version
    │   ├── ScenarioOutdated    a scenario was made for another version of the city
    │   └── CityNotSmooth   its coordinates cannot be kept exactly enough for a phone
    ├── PositionError
    │   ├── PositionInvalid     not a finite longitude and latitude in degrees
    │   ├── PositionSwapped     latitude and longitude change places
    │   └── PositionOutside     a true place, but not in this city
    ├── StorageFailed       the disk is full, read-only, or not ours to write
    ├── OptionError         a profile, a budget or a level that does not exist
    └── StationNotFound     no station of that id

An error says the value seen, the value wanted and the remedy. No error of this tree is caught
inside ``geo``; the command line turns it into exit code 2, the web into a 4xx answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

#: Of a value that was given wrongly so much is repeated.
_LONGEST_SHOWN = 60
#: Of many faults so many are told, each no longer than this; the others are counted.
MOST_TOLD, LONGEST_TOLD = 50, 400


def shown(value: object) -> str:
    """Return a value as its author knows it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write out thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}…"


def cut(text: str, longest: int = LONGEST_TOLD) -> str:
    """Return the beginning of a text that is too long to be repeated."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def first_told(faults: Sequence[T]) -> tuple[Sequence[T], int]:
    """Return as many faults as are told, to a terminal or over HTTP, and how many are left out."""
    return faults[:MOST_TOLD], max(0, len(faults) - MOST_TOLD)


def told(faults: Sequence[object]) -> list[str]:
    """Return the faults that are told as texts, and how many others there are."""
    first, others = first_told(faults)
    rest = [f"… {others:,} more"] if others else []
    return [*(cut(str(fault)) for fault in first), *rest]


@dataclass(frozen=True, order=True)
class Fault:
    """Hold one thing that is wrong in an input, where it stands and how to mend it.

    ``where`` names the file and, after a colon, the row (1 = first data row), the feature id or the
    column; ``seen`` is the value found; ``remedy`` tells the reader what to do.
    """

    where: str
    seen: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.seen} → {self.remedy}"


class GeoError(Exception):
    """Base of every error that this package raises on purpose."""


class InputError(GeoError):
    """Raise all faults of the inputs at once; ``faults`` keeps them in order.

    The message tells the first :data:`MOST_TOLD` of them and how many others there are.
    """

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise ValueError("an InputError needs at least one fault")
        count = len(self.faults)
        head = "1 fault in the input" if count == 1 else f"{count} faults in the input"
        super().__init__("\n".join([f"{head}:", *(f"  {line}" for line in told(self.faults))]))


class CityError(GeoError):
    """Base of the errors about a city's folder."""


class CityNotFound(CityError):
    """Raise when no city has the name asked for."""


class CityExists(CityError):
    """Raise when a city of that name is there already."""


class CityBroken(CityError):
    """Raise when a city's folder is not whole or belongs to another version."""


class ScenarioOutdated(CityError):
    """Raise when a scenario was made for a city that has been imported anew since."""


class CityNotSmooth(CityError):
    """Raise when a city's projection, or its extent, is too rough to be handed to a phone."""


class PositionError(GeoError):
    """Base of the errors about a longitude and latitude."""


class PositionInvalid(PositionError):
    """Raise for a position that is no finite longitude and latitude in degrees."""


class PositionSwapped(PositionError):
    """Raise when latitude and longitude plainly stand in each other's place."""


class PositionOutside(PositionError):
    """Raise for a true position that lies outside the city."""


class StorageFailed(GeoError):
    """Raise when files of ours cannot be read or written: full disk, missing rights, no folder."""


class OptionError(GeoError):
    """Raise for a profile, budget, level or other choice that does not exist."""


class StationNotFound(GeoError):
    """Raise when no station has the id asked for."""
