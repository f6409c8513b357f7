"""Change a city in thought: its stations, and the links and gates of its streets.

A change is a value; :func:`apply` turns a city and changes into another city that shares the
pixels, the people and their accesses with the first one, so every study runs on it as on any
other. :func:`undo` gives the changes that lead back: the figures are the old ones again.

Changes of stations (:mod:`geo.scenario.draft`) that concern different stations may be made in any
order. Changes of streets (:mod:`geo.scenario.streetworks`) move nobody: a station that is opened or
moved after them may stand beside a new street, those before keep their accesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

import numpy as np
import shapely

from geo.city import CityData
from geo.crs import unproject
from geo.errors import Fault, InputError
from geo.model import Position
from geo.scenario import streetworks
from geo.scenario.changes import (
    AddLink,
    AddServices,
    Change,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenGate,
    OpenSite,
    RemoveLink,
    SetHours,
    SetStatus,
    ShutGate,
    StationChange,
    StreetChange,
)
from geo.scenario.draft import SAME_PLACE_M, Draft, service_keys
from geo.works import Gate, Link, edge_line


def apply(data: CityData, changes: Sequence[Change]) -> CityData:
    """Return the city after these changes, made one after the other.

    New stations stand behind the others, those between two changes of streets in the order of
    their ids. Raises
    :class:`~geo.errors.InputError` with everything that cannot be done, each with its number.
    """
    faults: list[Fault] = []
    before = data
    for first, run in _runs(changes):
        try:
            data = _made(data, run, first)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return _where_they_stood(before, data) if data.works != before.works else data


def divided(changes: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[StationChange, ...]]:
    """Return the changes up to the last one of the streets, and the changes of stations behind.

    A board (:mod:`geo.scenario.whatif`) of the city after the first ones takes the second ones.
    """
    runs = [run for _, run in _runs(changes)]
    behind = cast(tuple[StationChange, ...], ())
    if runs and not isinstance(runs[-1][0], StreetChange):
        behind = cast(tuple[StationChange, ...], tuple(runs[-1]))
    return tuple(changes[: len(changes) - len(behind)]), behind


def _runs(changes: Sequence[Change]) -> Iterator[tuple[int, list[Change]]]:
    """Yield neighbouring changes of one sort, with the number of the first one."""
    first = 1
    for _, group in groupby(changes, lambda change: isinstance(change, StreetChange)):
        run = list(group)
        yield first, run
        first += len(run)


def _made(data: CityData, run: Sequence[Change], first: int) -> CityData:
    """Return the city after changes of one sort."""
    if isinstance(run[0], StreetChange):
        return streetworks.build(data, cast(Sequence[StreetChange], run), first)
    draft = Draft.of(data, cast(Sequence[StationChange], run), first=first)
    return data.with_stations(draft.stations(), draft.station_links())


def _where_they_stood(before: CityData, data: CityData) -> CityData:
    """Return the city with the stations that came back standing exactly where they stood.

    Within one sort of changes the draft sees to it, see :data:`geo.scenario.draft.SAME_PLACE_M`.
    """
    stood = before.stations.geometry
    apart = stood.distance(data.stations.geometry.iloc[: len(stood)]).to_numpy()
    known = data.network.imported.n_edges
    first = next(iter(before.station_links.values()))
    back = np.flatnonzero((apart > 0.0) & (apart < SAME_PLACE_M) & (first.edge < known))
    if not len(back):
        return data
    stations = data.stations.copy()
    stations.loc[back, "geometry"] = stood.iloc[back].array
    links = {
        name: old.with_rows(back, before.station_links[name].take(back))
        for name, old in data.station_links.items()
    }
    return data.with_stations(stations, links)


def undo(data: CityData, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that lead from ``apply(data, changes)`` back to the figures of ``data``.

    A station that was opened is closed again, but stays in the list. A station that was moved and
    a link that was taken away return to within a nanometre: a projection there and back is not
    exact. Made upon ``data`` in one list, changes and their undoing, stations stand exactly where
    they stood.
    """
    back: list[Change] = []
    for change in changes:
        before = data
        data = apply(data, [change])
        if isinstance(change, StreetChange):
            back.append(_inverse_street(before, change))
        else:
            back.append(_inverse(before, change))
    return tuple(reversed(back))


def _inverse_street(before: CityData, change: StreetChange) -> Change:
    """Return the change that takes this one back, in the city as it was before it."""
    match change:
        case AddLink():
            return RemoveLink(change.link_id)
        case OpenGate():
            return ShutGate(change.gate_id)
        case RemoveLink():
            link = next(
                work
                for work in before.works
                if isinstance(work, Link) and work.link_id == change.link_id
            )
            # From street to street: it joins where it joined.
            x, y = edge_line(before.network, link.edge).T
            lon, lat = unproject(x, y, before.city.crs)
            line = tuple(map(Position, lon.tolist(), lat.tolist()))
            return AddLink(link.link_id, line, link.name, link.profiles)
        case ShutGate():
            gate = next(
                work
                for work in before.works
                if isinstance(work, Gate) and work.gate_id == change.gate_id
            )
            return OpenGate(gate.gate_id, gate.position, gate.profiles)


def _inverse(before: CityData, change: StationChange) -> Change:
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
