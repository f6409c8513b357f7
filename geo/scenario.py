"""Change the stations of a city in thought: open, close, move, enlarge them, or let them do more.

A change is a value; :func:`apply` turns a city and changes into another city that shares the
streets, the pixels, the people and their accesses with the first one, so every study runs on it as
on any other. :func:`undo` gives the changes that lead back: the figures are the old ones again.
Changes that concern different stations may be made in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geo.changes import (
    AddServices,
    Change,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenSite,
    SetHours,
    SetStatus,
)
from geo.city import CityData
from geo.crs import unproject
from geo.draft import Draft, service_keys
from geo.model import Position


def apply(data: CityData, changes: Sequence[Change]) -> CityData:
    """Return the city after these changes, made one after the other.

    New stations stand behind the others, in the order of their ids. Raises
    :class:`~geo.errors.InputError` with everything that cannot be done, each with its number.
    """
    draft = Draft.of(data, changes)
    return data.with_stations(draft.stations(), draft.station_links())


def undo(data: CityData, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that lead from ``apply(data, changes)`` back to the figures of ``data``.

    A station that was opened is closed again, but stays in the list. A station that was moved
    returns to within a nanometre: a projection there and back is not exact. Made upon ``data`` in
    one list, changes and their undoing, it stands exactly where it stood.
    """
    back: list[Change] = []
    for change in changes:
        before = data
        data = apply(data, [change])
        back.append(_inverse(before, change))
    return tuple(reversed(back))


def _inverse(before: CityData, change: Change) -> Change:
    """Return the change that takes this one back, in the city as it was before it."""
    own = change.station_id
    if isinstance(change, OpenSite):
        return CloseStation(own)
    row = before.stations.iloc[before.station_row(own)]
    offered = service_keys(row["services"])
    match change:
        case AddServices():
            return DropServices(own, tuple(k for k in change.services if k not in offered))
        case DropServices():
            return AddServices(own, tuple(k for k in change.services if k in offered))
        case SetHours():
            return SetHours(own, str(row["opening_hours"]))
        case Enlarge():
            return Enlarge(own, -change.seats)
        case MoveStation():
            x, y = shapely.get_coordinates(row.geometry)[0]
            lon, lat = unproject(np.array([x]), np.array([y]), before.city.crs)
            return MoveStation(own, Position(float(lon[0]), float(lat[0])))
        case _:
            return SetStatus(own, str(row["status"]))
