"""Say what is changed in a city in thought: its stations, and the links of its streets.

A change is a value; :mod:`geo.scenario` makes it. :func:`plain` and :func:`parsed` lead to plain
values and back without loss: what the API takes, a scenario's file holds and the page sends is one
and the same. A plain change is an object with its ``kind`` and the fields of that kind::

    {"kind": "open", "station": "n1", "position": [106.53, 29.46], "name": "新站"}
    {"kind": "hours", "station": "YD008", "opening_hours": "24/7"}
    {"kind": "link", "link": "b1", "line": [[106.53, 29.46], [106.54, 29.46]], "name": "新桥"}

Positions are longitude and latitude, WGS84 degrees.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.errors import Fault, InputError, PositionError, shown
from geo.model import Position


@dataclass(frozen=True)
class OpenSite:
    """Open a new station; ``opening_hours`` in OSM's syntax (``""``: not known), seats or None."""

    station_id: str
    position: Position
    name: str
    services: tuple[str, ...] = ()
    opening_hours: str = ""
    capacity: int | None = None
    tier: str = "point"


@dataclass(frozen=True)
class AddServices:
    """Let a station offer more services."""

    station_id: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class DropServices:
    """Let a station offer some services no longer."""

    station_id: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class SetHours:
    """Give a station other opening hours, in OSM's syntax; ``""`` makes them unknown."""

    station_id: str
    opening_hours: str


@dataclass(frozen=True)
class Enlarge:
    """Give a station more seats, or fewer by a negative number."""

    station_id: str
    seats: int


@dataclass(frozen=True)
class CloseStation:
    """Take a station out of service; it stays in the list."""

    station_id: str


@dataclass(frozen=True)
class SetStatus:
    """Put a station into service (``open``), or make it ``closed`` or ``planned``."""

    station_id: str
    status: str


@dataclass(frozen=True)
class MoveStation:
    """Move a station to another place."""

    station_id: str
    position: Position


@dataclass(frozen=True)
class AddLink:
    """Build a street from the first to the last position: a bridge, a path through a wall.

    Its ends join the nearest streets; it is used in both directions by its profiles (none named:
    by all), and no other street is touched on the way. At least two positions.
    """

    link_id: str
    line: tuple[Position, ...]
    name: str = ""
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemoveLink:
    """Take a link away that was added."""

    link_id: str


@dataclass(frozen=True)
class OpenGate:
    """Let profiles (none named: all) pass what refuses them at a position: a gate, a closed way."""

    gate_id: str
    position: Position
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShutGate:
    """Shut again what was opened under this id."""

    gate_id: str


StationChange = (
    OpenSite
    | AddServices
    | DropServices
    | SetHours
    | Enlarge
    | CloseStation
    | SetStatus
    | MoveStation
)
StreetChange = AddLink | RemoveLink | OpenGate | ShutGate
Change = StationChange | StreetChange

_KINDS: dict[str, type[Change]] = {
    "open": OpenSite,
    "add_services": AddServices,
    "drop_services": DropServices,
    "hours": SetHours,
    "enlarge": Enlarge,
    "close": CloseStation,
    "status": SetStatus,
    "move": MoveStation,
    "link": AddLink,
    "unlink": RemoveLink,
    "gate": OpenGate,
    "shut": ShutGate,
}
_NAMES = {made: kind for kind, made in _KINDS.items()}
#: How a field is called in a plain change, where that is not its own name.
_CALLED = {"station_id": "station", "link_id": "link", "gate_id": "gate"}
_WANTED = {
    "str": "a text",
    "int": "a whole number",
    "int | None": "a whole number or null",
    "tuple[str, ...]": "a list of texts",
    "Position": "a list of longitude and latitude",
    "tuple[Position, ...]": "a list of positions, each longitude and latitude",
}


def plain(change: Change) -> dict[str, Any]:
    """Return a change as plain values; fields at their usual value are left out."""
    out: dict[str, Any] = {"kind": _NAMES[type(change)]}
    for field in dataclasses.fields(change):
        value = getattr(change, field.name)
        if value == field.default:
            continue
        out[_CALLED.get(field.name, field.name)] = _plain(value)
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, Position):
        return [value.lon, value.lat]
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def parsed(rows: Any, where: str = "changes") -> tuple[Change, ...]:
    """Read plain changes, or raise :class:`~geo.errors.InputError` with all that is wrong.

    Only their form is checked here; whether a city can be changed so, :func:`geo.scenario.apply`
    knows. ``where`` names the file or field that they stand in.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError(Fault(where, shown(rows), "give a list of changes"))
    faults: list[Fault] = []
    changes = [
        _change(row, f"{where}: change {number}", faults) for number, row in enumerate(rows, 1)
    ]
    if faults:
        raise InputError(faults)
    return tuple(change for change in changes if change is not None)


def _change(row: Any, where: str, faults: list[Fault]) -> Change | None:
    """Return one change, or ``None`` after adding what is wrong with it to the faults."""
    kinds = ", ".join(_KINDS)
    if not isinstance(row, Mapping):
        faults.append(Fault(where, shown(row), "give an object with its kind"))
        return None
    kind = row.get("kind")
    made = _KINDS.get(kind) if isinstance(kind, str) else None
    if made is None:
        faults.append(Fault(where, f"kind {shown(kind)}", f"choose of {kinds}"))
        return None
    fields = {_CALLED.get(field.name, field.name): field for field in dataclasses.fields(made)}
    before = len(faults)
    for name in sorted(row.keys() - fields.keys() - {"kind"}, key=str):
        seen = f"{shown(name)} in a change of kind {kind}"
        faults.append(Fault(where, seen, f"leave it out; its fields are {', '.join(fields)}"))
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in row:
            values[field.name] = _value(f"{where}, {name}", str(field.type), row[name], faults)
        elif field.default is dataclasses.MISSING:
            faults.append(Fault(where, f"no {name}", f"give {name} as {_WANTED[str(field.type)]}"))
    return made(**values) if len(faults) == before else None


def _value(where: str, kind: str, value: Any, faults: list[Fault]) -> Any:
    """Return the value of a field, or ``None`` after adding what is wrong with it to the faults."""
    match kind:
        case "str" if isinstance(value, str):
            return value
        case "int | None" if value is None:
            return None
        case "int" | "int | None" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "tuple[str, ...]" if _is_list(value) and all(isinstance(v, str) for v in value):
            return tuple(value)
        case "Position" if _is_place(value):
            return _position(where, value, faults)
        case "tuple[Position, ...]" if _is_list(value) and all(map(_is_place, value)):
            return tuple(
                _position(f"{where} {number}", place, faults)
                for number, place in enumerate(value, 1)
            )
    faults.append(Fault(where, shown(value), f"give {_WANTED[kind]}"))
    return None


def _position(where: str, value: Sequence[Any], faults: list[Fault]) -> Position | None:
    """Return a position, or ``None`` after adding what is wrong with it to the faults."""
    try:
        return Position(float(value[0]), float(value[1]))
    except (PositionError, OverflowError) as error:
        faults.append(Fault(where, str(error), "give another position"))
        return None


def _is_place(value: Any) -> bool:
    return _is_list(value) and len(value) == 2 and all(map(_is_number, value))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
