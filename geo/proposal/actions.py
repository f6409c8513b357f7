"""Say what can be done so that more people are served, what each action costs, and whom it serves.

An action is one row: open a site, let a station offer the services that are missing, lengthen its
hours, or two of these together. What an action is worth follows from the same rule as every study:
it serves a place when somebody who sets out there now finds it open within the budget, with all
services that are needed (see :mod:`geo.supply`). Actions at one spot exclude each other.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import hours, pairs, reach, supply
from geo.city import CityData, access_set
from geo.crs import unproject
from geo.errors import OptionError
from geo.links import Links
from geo.model import SERVICES, Need, Position, TravelProfile
from geo.pairs import Pairs
from geo.progress import Progress, silent
from geo.proposal.candidates import Candidates
from geo.scenario.changes import AddServices, Change, OpenSite, SetHours
from geo.sources.candidates import COST_REMEDY, MOST_COST
from geo.supply import Supply

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: Opening hours of new sites that bring none, and of stations whose hours are lengthened.
ALWAYS = "24/7"


@dataclass(frozen=True)
class Costs:
    """Hold what actions cost, in any one unit: a site, a service added, hours, a seat more."""

    open: float = 10.0
    service: float = 2.0
    hours: float = 3.0
    enlarge: float = 1.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 <= value <= MOST_COST:
                raise OptionError(f"cost of {name}: {value:g} is not allowed; {COST_REMEDY}")

    @classmethod
    def of(cls, text: str | None) -> Costs:
        """Read ``open=10,service=2,hours=3,enlarge=1``; what is not named keeps its default."""
        names = [field.name for field in fields(cls)]
        given: dict[str, float] = {}
        for part in filter(None, map(str.strip, (text or "").split(","))):
            name, sign, number = map(str.strip, part.partition("="))
            try:
                value = float(number)
            except ValueError:
                value = math.nan
            if not sign or name not in names or math.isnan(value):
                raise OptionError(
                    f"cost {part!r} is not understood; write open=10,service=2,hours=3 "
                    f"(names: {', '.join(names)})"
                )
            if name in given:
                raise OptionError(f"cost of {name} is given twice, {given[name]:g} and {value:g}")
            given[name] = value
        return cls(**given)


USUAL_COSTS = Costs()


@dataclass(frozen=True, eq=False)
class Actions:
    """Hold what can be done, one row an action, and when each would serve.

    ``table`` has the columns ``kind`` (``open``, ``service``, ``hours`` or several joined by
    ``+``), ``spot`` (row of ``spots``), ``services`` (keys joined by ``;``) and ``opening_hours``
    as they would be, ``added`` (the services that are new) and ``cost``. ``offer`` says when each
    row serves. ``spots`` (metric CRS) are the stations and sites that the actions are about:
    ``id, name, station`` (its row, -1 for a site), ``capacity``, ``lon``, ``lat``; ``links`` are
    their accesses. ``to_verify`` are the rows of spots whose hours are unknown: nothing need be
    built there, somebody has to ask.
    """

    table: pd.DataFrame
    offer: Supply
    spots: gpd.GeoDataFrame
    links: Links
    to_verify: Longs

    def __len__(self) -> int:
        return len(self.table)

    def changes(self, row: int) -> tuple[Change, ...]:
        """Return an action as changes to the stations."""
        action, spot = self.table.iloc[row], self.spots.iloc[self.table["spot"].iat[row]]
        own, wanted = str(spot["id"]), str(action["opening_hours"])
        if spot["station"] < 0:
            seats = None if pd.isna(spot["capacity"]) else int(spot["capacity"])
            place = Position(float(spot["lon"]), float(spot["lat"]))
            offered = _keys(action["services"])
            return (OpenSite(own, place, str(spot["name"]), offered, wanted, seats),)
        out: list[Change] = []
        if action["added"]:
            out.append(AddServices(own, _keys(action["added"])))
        if "hours" in action["kind"]:
            out.append(SetHours(own, wanted))
        return tuple(out)

    def reached(self, table: Pairs, limit_ms: int) -> tuple[Longs, Ints, Ints]:
        """Return whom each action serves within a limit, and when: (first, place, time_ms).

        ``table`` are the pairs of places and spots; waiting for an opening counts.
        """
        first, place, time = table.by_station()
        spot = self.table["spot"].to_numpy()
        size = (first[1:] - first[:-1])[spot]
        action = np.repeat(np.arange(len(spot)), size)
        pair = np.arange(size.sum()) + np.repeat(first[spot] - np.cumsum(size) + size, size)
        served = self.offer.served_ms(action, time[pair])
        kept = served <= limit_ms
        starts = np.searchsorted(action[kept], np.arange(len(spot) + 1))
        return starts, place[pair][kept], served[kept]


def possible(
    data: CityData,
    profile: TravelProfile,
    need: Need,
    limit_ms: int,
    sites: Candidates,
    costs: Costs,
    longer: str = ALWAYS,
) -> Actions:
    """Return every action that serves somebody longer than now, up to a limit of travel time.

    Sites without services of their own offer what is needed; sites without hours, and stations
    whose hours are lengthened, are open as ``longer`` says. Of actions at one spot that serve
    equally long the cheapest stays.
    """
    checked_hours(longer)
    spots = pd.concat([_stations(data), _sites(sites, need, costs, longer)], ignore_index=True)
    unknown = _hours_unknown(data, need, spots, limit_ms)
    table = _variants(spots, unknown, need, costs, longer)
    offer = supply.offered(table, need, calendar=data.calendar)
    table["limit"] = offer.limits(limit_ms)
    table = table.sort_values(["spot", "cost"], kind="stable")
    cheaper = table.groupby("spot")["limit"].cummax().groupby(table["spot"]).shift(fill_value=-1)
    station = spots["station"].to_numpy()
    now = np.where(station >= 0, np.append(data.supply(need).limits(limit_ms), -1)[station], -1)
    least = np.maximum(cheaper.to_numpy(), now[table["spot"].to_numpy()])
    kept = table.index[table["limit"].to_numpy() > least].to_numpy()
    columns = ["kind", "spot", "services", "added", "opening_hours", "cost"]
    return Actions(
        table=table.loc[kept, columns].reset_index(drop=True),
        offer=_of_rows(offer, kept),
        spots=gpd.GeoDataFrame(spots, geometry="geometry", crs=data.city.crs),
        links=_joined(
            data.station_links[access_set(data.network, profile.name)].take(station[station >= 0]),
            sites.links,
        ),
        to_verify=np.flatnonzero(unknown),
    )


def spot_pairs(
    data: CityData,
    profile: TravelProfile,
    actions: Actions,
    places: Links,
    wanted: NDArray[np.bool_],
    limit_ms: int,
    progress: Progress = silent,
) -> Pairs:
    """Return which spots with something to do the wanted places reach within a limit of time."""
    graph = data.graph(profile, actions.offer.need.at)
    busy = np.union1d(actions.table["spot"].to_numpy(), actions.to_verify)
    start = reach.seeds(data.network, graph, actions.links.only(busy))
    return pairs.build(
        data.network, graph, places, start, limit_ms, judged=wanted, progress=progress
    )


def _keys(services: str) -> tuple[str, ...]:
    return tuple(filter(None, services.split(";")))


def _stations(data: CityData) -> pd.DataFrame:
    """Return the stations in service as spots at which something may be done."""
    rows = data.open_rows
    frame = data.stations.iloc[rows]
    xy = data.stations_xy[rows]
    lon, lat = unproject(xy[:, 0], xy[:, 1], data.city.crs)
    columns = ["id", "name", "services", "opening_hours", "capacity", "geometry"]
    return pd.DataFrame(frame[columns]).assign(station=rows, kind="", cost=0.0, lon=lon, lat=lat)


def _sites(sites: Candidates, need: Need, costs: Costs, longer: str) -> pd.DataFrame:
    """Return the sites as spots, with what a new station there would offer."""
    frame = pd.DataFrame(sites.sites)
    columns = ["id", "name", "capacity", "lon", "lat", "geometry"]
    given, text = frame["services"], frame["opening_hours"]
    return frame[columns].assign(
        services=given.where(given != "", ";".join(need.services)),
        opening_hours=text.where((text != "") | (need.at is None), longer),
        station=-1,
        kind="open",
        cost=frame["cost"].fillna(costs.open).astype(float),
    )


def checked_hours(text: str) -> str:
    """Return opening hours, refusing what cannot be read."""
    if not hours.readable(text):
        raise OptionError(f"opening hours {text!r} cannot be read; write Mo-Su 08:00-22:00")
    return text


def _hours_unknown(
    data: CityData, need: Need, spots: pd.DataFrame, limit_ms: int
) -> NDArray[np.bool_]:
    """Return at which spots nobody can tell whether the station is open, if it offered all."""
    all_services = spots.assign(services=";".join(SERVICES), status="open")
    state = supply.offered(all_services, need, calendar=data.calendar).states(limit_ms)
    return (state == supply.UNKNOWN_HOURS) & (spots["station"] >= 0).to_numpy()


def _variants(
    spots: pd.DataFrame, unknown: NDArray[np.bool_], need: Need, costs: Costs, longer: str
) -> pd.DataFrame:
    """Return everything that can be done at every spot, one row each, useful or not.

    A station of unknown hours is not lengthened: whoever asks may learn that it is open.
    """
    offered = [set(_keys(text)) for text in spots["services"]]
    added = [";".join(k for k in need.services if k not in own) for own in offered]
    both = [";".join(k for k in SERVICES if k in own | set(need.services)) for own in offered]
    plain = spots[["kind", "services", "opening_hours", "cost"]].assign(
        spot=np.arange(len(spots)), added="", status="open"
    )
    some = np.array([bool(text) for text in added], bool)
    price = costs.service * np.array([len(_keys(text)) for text in added], float)
    more = plain.assign(
        services=both, added=added, cost=plain["cost"] + price, kind=_also(plain["kind"], "service")
    )
    late = np.full(len(spots), need.at is not None) & ~unknown
    long, all_ = (
        part.assign(
            opening_hours=longer, cost=part["cost"] + costs.hours, kind=_also(part["kind"], "hours")
        )
        for part in (plain, more)
    )
    new = (spots["station"] < 0).to_numpy()
    parts = [plain[new], more[some], long[late], all_[some & late]]
    return pd.concat(parts, ignore_index=True)


def _also(kind: pd.Series, part: str) -> pd.Series:
    return kind.map(lambda before: f"{before}+{part}" if before else part)


def _of_rows(offer: Supply, rows: Longs) -> Supply:
    """Return what some rows offer, numbered anew in this order."""
    number = np.full(len(offer.state), -1, np.int32)
    number[rows] = np.arange(len(rows))
    kept = number[offer.row] >= 0
    return Supply(
        offer.need,
        offer.state[rows],
        number[offer.row[kept]],
        offer.opens_ms[kept],
        offer.closes_ms[kept],
    )


def _joined(first: Links, second: Links) -> Links:
    """Return two lists of links as one."""
    return Links(
        *(
            np.concatenate([getattr(first, part), getattr(second, part)])
            for part in ("edge", "offset_m", "leg_m", "xy")
        )
    )
