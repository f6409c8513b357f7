"""Find where a new station could be: listed rooms and hosts, given points, or street junctions.

Every way ends in the same :class:`Candidates`: sites with a usable street within reach, and the
others with the reason why they are none. Sites are rows like those of the stations, so that a site
is judged by the same rules as a station.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo import grid, hours
from geo.city import CityData
from geo.crs import project, to_wgs84, unproject
from geo.errors import Fault, InputError, OptionError
from geo.links import Links
from geo.model import MAX_ACCESS_M, MOST_SEATS, SERVICES, Position, TravelProfile
from geo.sources.candidates import COST_REMEDY, MOST_COST

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

#: Junctions are at least so far apart in either direction, metres; more where there are many.
SPACING_M = 100.0
#: So many junctions are proposed unless somebody wants more or fewer, and at most the other.
STREET_SITES, MOST_SITES = 500, 20_000
#: A junction joins so many ends of streets.
_JUNCTION = 3
#: Degrees of a junction are rounded to so many digits, about a centimetre.
_DECIMALS = 7
_COLUMNS = ("id", "name", "services", "opening_hours", "capacity", "host", "cost")


@dataclass(frozen=True)
class Site:
    """Hold a point where somebody would open a station, and what it would bring along.

    Nothing but the position need be known; ``cost`` ``None`` means the usual one.
    """

    position: Position
    name: str = ""
    services: tuple[str, ...] = ()
    opening_hours: str = ""
    capacity: int | None = None
    cost: float | None = None


@dataclass(frozen=True, eq=False)
class Candidates:
    """Hold the sites where a station could open.

    ``sites`` (metric CRS) has the columns ``id`` (no station's own), ``name``, ``services``,
    ``opening_hours``, ``capacity``, ``host``, ``cost`` (NaN: none of its own) and ``lon``,
    ``lat`` (WGS84); ``links`` are their accesses for the profile; ``left_out`` has ``id, name,
    reason`` of those that can be no site; ``origin`` says in words where they come from.
    """

    sites: gpd.GeoDataFrame
    links: Links
    left_out: pd.DataFrame
    origin: str

    def __len__(self) -> int:
        return len(self.sites)


def listed(
    data: CityData, profile: TravelProfile, found: gpd.GeoDataFrame, origin: str
) -> Candidates:
    """Return the sites of a list (see :mod:`geo.sources.candidates`) that can be used.

    A site outside the city or without a usable street within reach is left out, with the reason.
    """
    if len(found) > MOST_SITES:
        raise OptionError(f"{len(found):,} sites are too many; choose at most {MOST_SITES:,}")
    degrees = shapely.get_coordinates(to_wgs84(found).geometry.to_numpy()).reshape(-1, 2)
    table = pd.DataFrame(found.reindex(columns=list(_COLUMNS)))
    return _usable(data, profile, table, degrees, origin)


def given(data: CityData, profile: TravelProfile, points: Sequence[Site]) -> Candidates:
    """Return points somebody chose on the map as sites, numbered as they come.

    Raises :class:`~geo.errors.InputError` with everything that is wrong with them.
    """
    if faults := [
        fault for number, site in enumerate(points, 1) for fault in _faults(number, site)
    ]:
        raise InputError(faults)
    ids = [f"p{number}" for number in range(1, len(points) + 1)]
    table = _table(ids, [site.name or own for site, own in zip(points, ids, strict=True)]).assign(
        services=pd.Series([";".join(site.services) for site in points], dtype="str"),
        opening_hours=pd.Series([site.opening_hours for site in points], dtype="str"),
        capacity=pd.Series([site.capacity for site in points], dtype="float64"),
        cost=pd.Series([site.cost for site in points], dtype="float64"),
    )
    degrees = np.array([(site.position.lon, site.position.lat) for site in points]).reshape(-1, 2)
    return _usable(data, profile, table, degrees, "given points")


def _faults(number: int, site: Site) -> Iterator[Fault]:
    """Yield what is wrong with a point that somebody chose."""
    where = f"candidate {number}"
    for key in site.services:
        if key not in SERVICES:
            yield Fault(where, f"unknown service {key!r}", f"choose of {', '.join(SERVICES)}")
    if site.opening_hours and not hours.readable(site.opening_hours):
        seen = f"opening hours {site.opening_hours!r} cannot be read"
        yield Fault(where, seen, "write them as OpenStreetMap does, as Mo-Su 08:00-22:00")
    if site.capacity is not None and not 0 <= site.capacity <= MOST_SEATS:
        yield Fault(where, f"{site.capacity} seats", f"give 0 to {MOST_SEATS:,}")
    if site.cost is not None and not 0 <= site.cost <= MOST_COST:
        yield Fault(where, f"cost {site.cost}", COST_REMEDY)


def junctions(
    data: CityData,
    profile: TravelProfile,
    lost_xy: Floats,
    weight: Floats,
    radius_m: float,
    most: int = STREET_SITES,
) -> Candidates:
    """Return street junctions near the places that are not covered, spread evenly, at most so many.

    ``lost_xy`` (metres) are those places with their ``weight``; a junction farther than
    ``radius_m`` from all of them can help nobody. Of each square of a lattice that junction stays
    that is the nearest one for the most people; the squares grow until there are few enough.
    """
    if not 1 <= most <= MOST_SITES:
        raise OptionError(f"{most} street junctions; give 1 to {MOST_SITES:,}")
    node = _junction_nodes(data, profile)
    xy = np.column_stack([data.network.node_x[node], data.network.node_y[node]])
    if len(node) and len(lost_xy):
        away, _ = cKDTree(lost_xy).query(xy, distance_upper_bound=radius_m)
        node, xy = node[np.isfinite(away)], xy[np.isfinite(away)]
    else:
        node, xy = node[:0], xy[:0]
    pull = np.zeros(len(node))
    if len(node):
        np.add.at(pull, cKDTree(xy).query(lost_xy)[1], weight)
    chosen, spacing = _spread(xy, pull, most)
    node, xy = node[chosen], xy[chosen]
    ids = [f"node-{number}" for number in node]
    degrees = np.column_stack(unproject(xy[:, 0], xy[:, 1], data.city.crs)).round(_DECIMALS)
    crossings, areas = _crossings(data, profile, node), neighbourhoods(data, xy)
    names = [
        crossing or area or own for crossing, area, own in zip(crossings, areas, ids, strict=True)
    ]
    origin = f"street junctions, one in each square of {spacing:.0f} m"
    return _usable(data, profile, _table(ids, names), degrees, origin)


def neighbourhoods(data: CityData, xy: Floats) -> NDArray[np.object_]:
    """Return the name of the neighbourhood that holds each place, "" where none has a name."""
    named = grid.districts(data.cells)
    if named is None:
        return np.full(len(xy), "", object)
    names = np.append(named["name"].to_numpy(object), "")
    return names[grid.holder_rows(named, np.arange(len(named), dtype=np.int32), xy)]


def _table(ids: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Return sites of which nothing is known but where they are."""
    texts = {name: pd.Series([""] * len(ids), dtype="str") for name in _COLUMNS}
    own = {"id": pd.Series(ids, dtype="str"), "name": pd.Series(names, dtype="str")}
    return pd.DataFrame(texts | own).assign(capacity=np.nan, cost=np.nan)


def _usable(
    data: CityData, profile: TravelProfile, table: pd.DataFrame, degrees: Floats, origin: str
) -> Candidates:
    """Tie sites to the streets, and set aside those that can be none.

    Metres come from degrees just as :meth:`CityData.locate` makes them: a site that is opened then
    stands where it was judged, to the last bit.
    """
    lon, lat = degrees.T
    west, south, east, north = data.city.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    within = np.flatnonzero(inside)
    xy = np.column_stack(project(lon[within], lat[within], data.city.crs))
    links = data.site_index(profile).link(xy)
    linked = np.flatnonzero(links.edge >= 0)
    kept = within[linked]
    reason = np.where(
        inside,
        f"no usable street within {MAX_ACCESS_M:g} m on this side of a known barrier",
        "outside the city",
    ).astype(object)
    reason[kept] = ""
    table = table.reset_index(drop=True)
    left_out = table.loc[reason != "", ["id", "name"]].assign(reason=reason[reason != ""])
    sites = table.iloc[kept].assign(lon=lon[kept], lat=lat[kept]).reset_index(drop=True)
    while (taken := sites["id"].isin(data.stations["id"]) | sites["id"].duplicated()).any():
        sites["id"] = sites["id"].where(~taken, "site-" + sites["id"].astype(str))
    frame = gpd.GeoDataFrame(sites, geometry=list(shapely.points(xy[linked])), crs=data.city.crs)
    return Candidates(frame, links.take(linked), left_out.reset_index(drop=True), origin)


def _ends_of(data: CityData, profile: TravelProfile) -> tuple[Longs, Longs]:
    """Return (node, edge) of every end of a street where the profile can start, sorted by node."""
    network = data.network
    edge = np.flatnonzero(data.graph(profile).usable & ~network.bridge_or_tunnel)
    node = np.concatenate([network.edge_u[edge], network.edge_v[edge]]).astype(np.int64)
    order = np.argsort(node, kind="stable")
    return node[order], np.concatenate([edge, edge])[order]


def _junction_nodes(data: CityData, profile: TravelProfile) -> Longs:
    """Return the nodes where streets meet; all nodes of streets where none do."""
    node, _ = _ends_of(data, profile)
    found, ends = np.unique(node, return_counts=True)
    meeting = found[ends >= _JUNCTION]
    return meeting if len(meeting) else found


def _spread(xy: Floats, pull: Floats, most: int) -> tuple[Longs, float]:
    """Return one place of each square of a lattice, at most so many, and the side of a square.

    The place with the most pull stands for its square; of equal ones the nearest to the middle.
    """
    spacing = SPACING_M
    while True:
        square = np.floor(xy / spacing).astype(np.int64)
        _, number = np.unique(square, axis=0, return_inverse=True)
        if number.max(initial=-1) < most:
            break
        spacing *= np.sqrt(2.0)
    off = np.hypot(*(xy - (square + 0.5) * spacing).T)
    order = np.lexsort((off, -pull, number.ravel()))
    _, first = np.unique(number.ravel()[order], return_index=True)
    return np.sort(order[first]), float(spacing)


def _crossings(data: CityData, profile: TravelProfile, nodes: Longs) -> list[str]:
    """Return a name for each node: the first two streets that meet there, "" without names."""
    network = data.network
    node, edge = _ends_of(data, profile)
    out = []
    for number in nodes:
        low, high = np.searchsorted(node, [number, number + 1])
        named = [network.names[network.name_id[at]] for at in edge[low:high]]
        streets = dict.fromkeys(filter(None, named))
        out.append(" × ".join(list(streets)[:2]))
    return out
