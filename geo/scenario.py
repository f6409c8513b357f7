"""Change the stations of a city in thought: open, close, move, enlarge them, or let them do more.

A change is a value; :func:`apply` turns a city and changes into another city that shares the
streets, the pixels, the people and their accesses with the first one, so every study runs on it as
on any other. :func:`undo` gives the changes that lead back: the figures are the old ones again.
Changes that concern different stations may be made in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import frames, hours
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
from geo.city import CityData, access_sets
from geo.crs import unproject
from geo.errors import Fault, InputError, PositionOutside
from geo.links import Links
from geo.model import MAX_ACCESS_M, PROFILES, SERVICES, TIERS, Position
from geo.schemas import STATUSES


def apply(data: CityData, changes: Sequence[Change]) -> CityData:
    """Return the city after these changes, made one after the other.

    New stations stand behind the others, in the order of their ids. Raises
    :class:`~geo.errors.InputError` with everything that cannot be done, each with its number.
    """
    draft = _Draft(data)
    for number, change in enumerate(changes, start=1):
        draft.make(f"change {number} ({type(change).__name__} {change.station_id})", change)
    stations = draft.stations()
    placed = np.flatnonzero(stations["id"].isin(draft.placed).to_numpy())
    links = _relinked(data, stations, placed)
    off_street = np.all([links[name].edge[placed] < 0 for name in links], axis=0)
    for key in stations["id"].iloc[placed[off_street]]:
        seen = f"no usable street within {MAX_ACCESS_M:g} m on this side of a known barrier"
        draft.faults.append(Fault(draft.placed[key], seen, "choose a place beside a street"))
    if draft.faults:
        raise InputError(draft.faults)
    return data.with_stations(stations, links)


def undo(data: CityData, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that lead from ``apply(data, changes)`` back to the figures of ``data``.

    A station that was opened is closed again, but stays in the list. A station that was moved
    returns to within a nanometre: a projection there and back is not exact.
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
    offered = _keys(row["services"])
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


def _keys(services: str) -> tuple[str, ...]:
    return tuple(key for key in services.split(";") if key)


class _Draft:
    """Collect the changed rows of the stations, and what is wrong with the changes."""

    def __init__(self, data: CityData) -> None:
        self.faults: list[Fault] = []
        self._data = data
        self._row = {str(key): row for row, key in enumerate(data.stations["id"])}
        self._touched: dict[str, dict[str, Any]] = {}
        #: Which change gave a station its place.
        self.placed: dict[str, str] = {}

    def make(self, where: str, change: Change) -> None:
        """Make one change, or add what is wrong with it to the faults."""
        if isinstance(change, OpenSite):
            self._open(where, change)
            return
        station = self._station(change.station_id)
        if station is None:
            self._fault(where, f"no station {change.station_id!r}", "give the id of a station")
            return
        match change:
            case AddServices() | DropServices():
                self._serve(where, station, change)
            case SetHours():
                if self._hours_fit(where, change.opening_hours):
                    station["opening_hours"] = change.opening_hours
            case Enlarge():
                self._enlarge(where, station, change.seats)
            case CloseStation():
                station["status"] = "closed"
            case SetStatus():
                if change.status in STATUSES:
                    station["status"] = change.status
                else:
                    seen, remedy = f"status {change.status!r}", f"choose of {', '.join(STATUSES)}"
                    self._fault(where, seen, remedy)
            case MoveStation():
                self._place(where, change.station_id, station, change.position)

    def stations(self) -> gpd.GeoDataFrame:
        """Return the changed frame of stations; existing stations keep their rows."""
        frame = self._data.stations.copy()
        for key in self._touched.keys() & self._row.keys():
            for column, value in self._touched[key].items():
                frame.at[self._row[key], column] = value
        opened = [self._touched[key] for key in sorted(self._touched.keys() - self._row.keys())]
        if not opened:
            return frame
        columns = {name: [row[name] for row in opened] for name in opened[0] if name != "geometry"}
        more = frames.make("stations", columns, [row["geometry"] for row in opened], frame.crs)
        if frame.empty:
            return more
        more = more.reindex(columns=frame.columns).astype(frame.dtypes.to_dict())
        return gpd.GeoDataFrame(pd.concat([frame, more], ignore_index=True), crs=frame.crs)

    def _fault(self, where: str, seen: str, remedy: str) -> None:
        self.faults.append(Fault(where, seen, remedy))

    def _station(self, station_id: str) -> dict[str, Any] | None:
        """Return the row of a station, to be changed; ``None`` when there is none of that id."""
        if station_id not in self._touched:
            if station_id not in self._row:
                return None
            stations = self._data.stations
            self._touched[station_id] = stations.iloc[self._row[station_id]].to_dict()
        return self._touched[station_id]

    def _open(self, where: str, site: OpenSite) -> None:
        before = len(self.faults)
        if not site.station_id.strip():
            self._fault(where, "no id", "give the new station an id of its own")
        elif self._station(site.station_id) is not None:
            self._fault(where, f"a station {site.station_id!r} is there already", "take another id")
        if site.tier not in TIERS:
            self._fault(where, f"tier {site.tier!r}", f"choose of {', '.join(TIERS)}")
        if site.capacity is not None and site.capacity < 0:
            self._fault(where, f"{site.capacity} seats", "give 0 or more")
        self._services_fit(where, site.services)
        self._hours_fit(where, site.opening_hours)
        station: dict[str, Any] = {
            "id": site.station_id,
            "name": site.name or site.station_id,
            "tier": site.tier,
            "services": ";".join(key for key in SERVICES if key in site.services),
            "opening_hours": site.opening_hours,
            "status": "open",
            "capacity": site.capacity,
        }
        self._place(where, site.station_id, station, site.position)
        if len(self.faults) == before:
            self._touched[site.station_id] = station

    def _place(
        self, where: str, station_id: str, station: dict[str, Any], position: Position
    ) -> None:
        try:
            xy = self._data.locate(position)
        except PositionOutside as error:
            self._fault(where, str(error), "no station can stand there")
            return
        station["geometry"] = shapely.Point(xy[0])
        self.placed[station_id] = where

    def _services_fit(self, where: str, services: Iterable[str]) -> bool:
        unknown = [key for key in services if key not in SERVICES]
        for key in unknown:
            self._fault(where, f"unknown service {key!r}", f"choose of {', '.join(SERVICES)}")
        return not unknown

    def _hours_fit(self, where: str, text: str) -> bool:
        fits = not text or hours.readable(text)
        if not fits:
            self._fault(
                where,
                f"opening hours {text!r} cannot be read",
                "write them as OpenStreetMap does, as Mo-Su 08:00-22:00",
            )
        return fits

    def _serve(
        self, where: str, station: dict[str, Any], change: AddServices | DropServices
    ) -> None:
        if self._services_fit(where, change.services):
            own = set(_keys(station["services"]))
            other = set(change.services)
            left = own | other if isinstance(change, AddServices) else own - other
            station["services"] = ";".join(key for key in SERVICES if key in left)

    def _enlarge(self, where: str, station: dict[str, Any], seats: int) -> None:
        if pd.isna(station["capacity"]):
            self._fault(where, "its seats are not known", "give the station a capacity first")
        elif station["capacity"] + seats < 0:
            seen = f"{-seats} seats fewer of {int(station['capacity'])}"
            self._fault(where, seen, "leave 0 or more")
        else:
            station["capacity"] += seats


def _relinked(
    data: CityData, stations: gpd.GeoDataFrame, rows: NDArray[np.int64]
) -> dict[str, Links]:
    """Return the accesses of all stations, those in ``rows`` tied to the streets anew."""
    xy = shapely.get_coordinates(stations.geometry.to_numpy()[rows]).reshape(-1, 2)
    out = {}
    for name in access_sets(data.network):
        old = data.station_links[name]
        if not len(rows):
            out[name] = old
            continue
        fresh = data.street_index(PROFILES[name]).link(xy)
        parts = {}
        for part in ("edge", "offset_m", "leg_m", "xy"):
            before, now = getattr(old, part), getattr(fresh, part)
            values = np.empty((len(stations), *now.shape[1:]), now.dtype)
            values[: len(old)] = before
            values[rows] = now
            parts[part] = values
        out[name] = Links(**parts)
    return out
