"""Collect changes of stations before a city is made of them: changed rows, new accesses, faults.

Whoever makes changes – :mod:`geo.scenario.making` a whole city, :mod:`geo.scenario.whatif` only the
figures – goes through a :class:`Draft`, so that both refuse the same changes in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import frames, hours
from geo.city import CityData, access_sets
from geo.errors import Fault, InputError, PositionOutside
from geo.links import Links
from geo.model import MAX_ACCESS_M, PROFILES, SERVICES, TIERS, Position
from geo.scenario.changes import (
    AddServices,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenSite,
    SetHours,
    SetStatus,
    StationChange,
)
from geo.schemas import STATUSES

#: A station that returns this near to where it stood stands there exactly, with the access it had:
#: a position that was read from the map comes back from a projection a nanometre off.
SAME_PLACE_M = 1e-6


def service_keys(services: str) -> tuple[str, ...]:
    """Return the keys of a station's services, from the text that its row holds."""
    return tuple(key for key in services.split(";") if key)


class Register:
    """Find the rows of a city's stations by id; may serve many drafts of one city."""

    def __init__(self, stations: gpd.GeoDataFrame) -> None:
        self.row_of = {str(key): row for row, key in enumerate(stations["id"])}
        self._columns = {name: stations[name].array for name in stations.columns}

    def values(self, row: int) -> dict[str, Any]:
        """Return the values of a row by column, the caller's to change."""
        return {name: column[row] for name, column in self._columns.items()}


class Draft:
    """Collect the changed rows of the stations, and what is wrong with the changes.

    ``touched`` are the rows of the stations that a change has named, as they are afterwards, by id;
    ``placed`` says which change gave a station its place, for those that got one.
    """

    def __init__(self, data: CityData, register: Register | None = None) -> None:
        self.faults: list[Fault] = []
        self.touched: dict[str, dict[str, Any]] = {}
        self.placed: dict[str, str] = {}
        self._data = data
        self._register = Register(data.stations) if register is None else register
        self._row = self._register.row_of
        self._links: dict[str, Links] = {}

    @classmethod
    def of(
        cls,
        data: CityData,
        changes: Sequence[StationChange],
        register: Register | None = None,
        first: int = 1,
        streets: str | None = None,
    ) -> Draft:
        """Return the draft after these changes, made one after the other.

        Raises :class:`~geo.errors.InputError` with everything that cannot be done, each with its
        number, counted from ``first``. ``streets`` names the set of streets
        whose accesses will be asked for.
        """
        draft = cls(data, register)
        for number, change in enumerate(changes, start=first):
            draft.make(f"change {number} ({type(change).__name__} {change.station_id})", change)
        draft.look_for_streets(streets)
        if draft.faults:
            raise InputError(draft.faults)
        return draft

    def make(self, where: str, change: StationChange) -> None:
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

    @property
    def opened(self) -> list[str]:
        """Return the ids of the new stations, in the order in which they follow the others."""
        return sorted(key for key in self.touched if key not in self._row)

    @property
    def moved(self) -> list[str]:
        """Return the ids of the stations that got a place, in the order of their rows."""
        own = sorted(self.placed.keys() & self._row.keys(), key=self._row.__getitem__)
        return own + [key for key in self.opened if key in self.placed]

    def links(self, name: str) -> Links:
        """Return the accesses of the :attr:`moved` stations for a set of streets."""
        if name not in self._links:
            points = [self.touched[key]["geometry"] for key in self.moved]
            index = self._data.site_index(PROFILES[name])
            self._links[name] = index.link(shapely.get_coordinates(points).reshape(-1, 2))
        return self._links[name]

    def look_for_streets(self, asked: str | None = None) -> None:
        """Add to the faults the stations that got a place beside no street that anybody may use.

        The set of streets that is ``asked`` for is looked at first: it mostly suffices.
        """
        moved = np.array(self.moved, dtype=object)
        lost = np.ones(len(moved), bool)
        for name in sorted(access_sets(self._data.network), key=lambda name: name != asked):
            if not lost.any():
                return
            lost &= self.links(name).edge < 0
        for key in moved[lost]:
            seen = f"no usable street within {MAX_ACCESS_M:g} m on this side of a known barrier"
            self._fault(self.placed[key], seen, "choose a place beside a street")

    def stations(self) -> gpd.GeoDataFrame:
        """Return the changed frame of stations; existing stations keep their rows."""
        frame = self._data.stations.copy()
        for key in self.touched.keys() & self._row.keys():
            for column, value in self.touched[key].items():
                frame.at[self._row[key], column] = value
        opened = [self.touched[key] for key in self.opened]
        if not opened:
            return frame
        columns = {name: [row[name] for row in opened] for name in opened[0] if name != "geometry"}
        more = frames.make("stations", columns, [row["geometry"] for row in opened], frame.crs)
        if frame.empty:
            return more
        more = more.reindex(columns=frame.columns)
        if more["capacity"].isna().any() and frame["capacity"].dtype == np.dtype(np.int64):
            # Loaded whole, as all seats were known; a plain whole number cannot be unknown.
            frame["capacity"] = frame["capacity"].astype(float)
        more = more.astype(frame.dtypes.to_dict())
        return gpd.GeoDataFrame(pd.concat([frame, more], ignore_index=True), crs=frame.crs)

    def station_links(self) -> dict[str, Links]:
        """Return the accesses of all stations, those that got a place tied to the streets anew."""
        old, count = self._data.station_links, len(self._row)
        names = access_sets(self._data.network)
        if not self.placed:
            return {name: old[name] for name in names}
        behind = {key: count + row for row, key in enumerate(self.opened)}
        rows = np.array([self._row.get(key, behind.get(key)) for key in self.moved])
        out = {}
        for name in names:
            parts = {}
            for part in ("edge", "offset_m", "leg_m", "xy"):
                before, now = getattr(old[name], part), getattr(self.links(name), part)
                values = np.empty((count + len(behind), *now.shape[1:]), now.dtype)
                values[:count] = before
                values[rows] = now
                parts[part] = values
            out[name] = Links(**parts)
        return out

    def _fault(self, where: str, seen: str, remedy: str) -> None:
        self.faults.append(Fault(where, seen, remedy))

    def _station(self, station_id: str) -> dict[str, Any] | None:
        """Return the row of a station, to be changed; ``None`` when there is none of that id."""
        if station_id not in self.touched:
            if station_id not in self._row:
                return None
            self.touched[station_id] = self._register.values(self._row[station_id])
        return self.touched[station_id]

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
            self.touched[site.station_id] = station
        else:
            self.placed.pop(site.station_id, None)

    def _place(
        self, where: str, station_id: str, station: dict[str, Any], position: Position
    ) -> None:
        try:
            xy = self._data.locate(position)
        except PositionOutside as error:
            self._fault(where, str(error), "no station can stand there")
            return
        self.placed[station_id] = where
        station["geometry"] = shapely.Point(xy[0])
        if station_id in self._row:
            stood = self._register.values(self._row[station_id])["geometry"]
            if stood.distance(station["geometry"]) < SAME_PLACE_M:
                station["geometry"] = stood
                del self.placed[station_id]

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
            own = set(service_keys(station["services"]))
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
