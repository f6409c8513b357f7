"""Find where a new link joins the streets, and what refuses at a gate; keep the city in step.

The changes are those of :mod:`geo.scenario.changes`; :mod:`geo.scenario.joining` changes the
network. An end of a link joins the nearest point of a street within :data:`JOIN_WITHIN_M` – of the
streets of the first of its profiles, in their usual order, and never in the middle of a bridge or a
tunnel. The straight way there is part of the link and, like the link itself, may cross barriers: it
is what shall be built. What is added later may join links that were added before.

Taking something away builds the network anew from the file and what remains; everything that
remains stays where it joined, so the figures are those of before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.city import CityData
from geo.crs import degrees
from geo.errors import Fault, InputError, PositionOutside, shown
from geo.links import Links
from geo.model import FOOT_WAYS, PROFILES, Position
from geo.network import StreetNetwork
from geo.scenario import joining
from geo.scenario.changes import AddLink, OpenGate, RemoveLink, ShutGate, StreetChange
from geo.works import Gate, Link, Work, edge_line

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: An end of a link joins a street that is at most so far, metres.
JOIN_WITHIN_M = 60.0
#: What refuses is looked for so far from where it is to be opened, metres.
GATE_WITHIN_M = 30.0
#: What is no farther from the position than the nearest by this is opened with it, metres.
_AS_NEAR_M = 1e-3
_CALLED: dict[type[Work], str] = {Link: "link", Gate: "gate"}


def build(data: CityData, changes: Sequence[StreetChange], first: int = 1) -> CityData:
    """Return the city after these changes of its streets, made one after the other.

    Raises :class:`~geo.errors.InputError` with everything that cannot be done, each with its
    number, counted from ``first``.
    """
    faults: list[Fault] = []
    for number, change in enumerate(changes, start=first):
        own = change.link_id if isinstance(change, AddLink | RemoveLink) else change.gate_id
        try:
            data = _changed(data, f"change {number} ({type(change).__name__} {own})", change)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return data


def _changed(data: CityData, where: str, change: StreetChange) -> CityData:
    match change:
        case AddLink():
            return _with(data, _link(data, where, change))
        case OpenGate():
            return _with(data, _gate(data, where, change))
        case RemoveLink():
            return _without(data, where, Link, change.link_id)
        case ShutGate():
            return _without(data, where, Gate, change.gate_id)


def work_id(work: Work) -> str:
    """Return the id of a link or of what was opened."""
    return work.link_id if isinstance(work, Link) else work.gate_id


def _with(data: CityData, work: Work) -> CityData:
    """Return the city with one work more; every access stays."""
    if isinstance(work, Link):
        work = replace(work, edge=data.network.n_edges)
    streets = joining.joined(data.network, work)
    return data.with_streets(streets, (*data.works, work), data.station_links)


def _of_kind(data: CityData, kind: type[Work]) -> list[Work]:
    return [work for work in data.works if isinstance(work, kind)]


def _without(data: CityData, where: str, kind: type[Work], own: str) -> CityData:
    """Return the city without a work; stations that stood beside it find another street."""
    named = {work_id(work): work for work in _of_kind(data, kind)}
    if own not in named:
        seen = f"no {_CALLED[kind]} {own!r}"
        raise InputError(Fault(where, seen, f"give the id of one: {', '.join(named) or 'none'}"))
    gone = named[own]
    streets, works, number = _rebuilt(data, gone, where)
    lost = {
        name: _stood_beside(gone, streets, name, old.edge)
        for name, old in data.station_links.items()
    }
    links = {
        name: replace(old, edge=_renumbered(old.edge, number))
        for name, old in data.station_links.items()
    }
    return _tied_again(data.with_streets(streets, works, links), lost, where)


def _rebuilt(
    data: CityData, gone: Work, where: str
) -> tuple[StreetNetwork, tuple[Work, ...], dict[int, int]]:
    """Return the network without a work, the works that remain, and the new numbers of edges."""
    streets = data.network.imported
    number: dict[int, int] = {}
    kept: list[Work] = []
    for work in data.works:
        if work is gone:
            continue
        if isinstance(work, Link):
            if isinstance(gone, Link) and gone.edge in work.ends.edge:
                seen = f"link {work.link_id!r} joins it"
                raise InputError(Fault(where, seen, "take that one away first"))
            number[work.edge] = streets.n_edges
            ends = replace(work.ends, edge=_renumbered(work.ends.edge, number))
            work = replace(work, ends=ends, edge=streets.n_edges)
        streets = joining.joined(streets, work)
        kept.append(work)
    return streets, tuple(kept), number


def _renumbered(edge: Ints, number: Mapping[int, int]) -> Ints:
    """Return rows of edges after some have other numbers."""
    out = edge.copy()
    for old, new in number.items():
        out[edge == old] = new
    return out


def _stood_beside(gone: Work, streets: StreetNetwork, name: str, edge: Ints) -> Longs:
    """Return the rows of accesses that end with a work; edges by their numbers with it."""
    if isinstance(gone, Link):
        return np.flatnonzero(edge == gone.edge)
    shut = gone.edges[~streets.graphs[name].usable[gone.edges]]
    return np.flatnonzero(np.isin(edge, shut))


def _tied_again(data: CityData, rows: Mapping[str, Longs], where: str) -> CityData:
    """Return the city with some accesses of stations found anew; none may lose its last street."""
    concerned = np.unique(np.concatenate(list(rows.values())))
    if not len(concerned):
        return data
    links = {}
    for name, old in data.station_links.items():
        fresh = data.site_index(PROFILES[name]).link(data.stations_xy[rows[name]])
        links[name] = old.with_rows(rows[name], fresh)
    stranded = np.all([links[name].edge[concerned] < 0 for name in links], axis=0)
    faults = [
        Fault(
            where,
            f"station {data.stations['id'].iloc[row]!r} would stand beside no street",
            "move or close it first",
        )
        for row in concerned[stranded]
        if data.stations["status"].iloc[row] == "open"
    ]
    if faults:
        raise InputError(faults)
    return data.with_streets(data.network, data.works, links)


def _profiles(data: CityData, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the profiles of a change that the city knows, in their usual order; none: all."""
    return tuple(name for name in data.network.graphs if name in wanted or not wanted)


def _named_rightly(
    data: CityData, where: str, kind: type[Work], own: str, profiles: Sequence[str]
) -> list[Fault]:
    """Return what is wrong with the id and the profiles of a change."""
    called, faults = _CALLED[kind], []
    if not own.strip():
        faults.append(Fault(where, "no id", f"give the {called} an id of its own"))
    elif own in map(work_id, _of_kind(data, kind)):
        faults.append(Fault(where, f"a {called} {own!r} is there already", "take another id"))
    known = ", ".join(data.network.graphs)
    faults += [
        Fault(where, f"unknown profile {shown(name)}", f"choose of {known}")
        for name in profiles
        if name not in data.network.graphs
    ]
    return faults


def _located(
    data: CityData, where: str, positions: Sequence[Position]
) -> tuple[Floats, list[Fault]]:
    """Return positions in metres, and those outside the city as faults."""
    xy, faults = [np.empty((0, 2))], []
    for position in positions:
        try:
            xy.append(data.locate(position))
        except PositionOutside as error:
            faults.append(Fault(where, str(error), "stay inside the city"))
    return np.vstack(xy), faults


def _link(data: CityData, where: str, change: AddLink) -> Link:
    """Return a link tied to the streets at both ends."""
    faults = _named_rightly(data, where, Link, change.link_id, change.profiles)
    if len(change.line) < 2:
        seen = f"a line of {len(change.line)} positions"
        faults.append(Fault(where, seen, "give at least two"))
    xy, outside = _located(data, where, change.line)
    faults += outside
    if faults:
        raise InputError(faults)
    profiles = _profiles(data, change.profiles)
    ends = _joined(data, profiles[0], xy[[0, -1]])
    for number, edge in enumerate(ends.edge):
        if edge < 0:
            seen = f"no street within {JOIN_WITHIN_M:g} m of its {('first', 'last')[number]} end"
            faults.append(Fault(where, seen, "begin and end the link beside a street"))
    link = Link(change.link_id, change.name, profiles, change.line, xy, ends)
    if not faults and joining.same_end(data.network, link):
        faults.append(
            Fault(where, "both ends join the streets at one point", "draw them farther apart")
        )
    if faults:
        raise InputError(faults)
    return link


def _joined(data: CityData, profile: str, xy: Floats) -> Links:
    """Return where ends of a new link would join the streets of a profile."""
    return data.site_index(PROFILES[profile]).link(xy, JOIN_WITHIN_M, across=True)


def joint(data: CityData, position: Position) -> tuple[Position, float, str] | None:
    """Return where an end of a new link for all profiles would join the streets.

    That is the place, the metres there, and the name of the street ("" = none); ``None`` if no
    street is near enough. Raises :class:`~geo.errors.PositionOutside`.
    """
    found = _joined(data, _profiles(data, ())[0], data.locate(position))
    edge = int(found.edge[0])
    if edge < 0:
        return None
    lon, lat = degrees(found.xy, data.city.crs)[0]
    street = data.network.names[data.network.name_id[edge]]
    return Position(float(lon), float(lat)), float(found.leg_m[0]), street


def _gate(data: CityData, where: str, change: OpenGate) -> Gate:
    """Return what refuses some of the profiles nearest to a position."""
    faults = _named_rightly(data, where, Gate, change.gate_id, change.profiles)
    xy, outside = _located(data, where, [change.position])
    faults += outside
    if faults:
        raise InputError(faults)
    profiles = _profiles(data, change.profiles)
    nodes, edges, at = _refusing(data, profiles, xy[0])
    if not len(nodes) and not len(edges):
        remedy = "choose a gate or a closed way; steps cannot be opened, draw a link beside them"
        seen = f"nothing within {GATE_WITHIN_M:g} m that refuses {', '.join(profiles)}"
        raise InputError(Fault(where, seen, remedy))
    return Gate(change.gate_id, profiles, change.position, at, nodes, edges)


def _refusing(data: CityData, profiles: Sequence[str], xy: Floats) -> tuple[Longs, Longs, Floats]:
    """Return the nodes and edges that refuse some of these profiles at a place, and where.

    That is the nearest of them, with what is as near; and what belongs to it: the closed ways
    that begin at a gate, the gates at the ends of a closed way.
    """
    network = data.network
    blocked, shut = _shut(data, profiles)
    apart = np.hypot(network.node_x - xy[0], network.node_y - xy[1])
    node = np.flatnonzero(blocked & (apart <= GATE_WITHIN_M))
    edge, foot = _within(network, np.flatnonzero(shut), xy)
    feet = np.vstack([np.column_stack([network.node_x[node], network.node_y[node]]), foot])
    if not len(feet):
        return node, edge, xy
    away = np.hypot(*(feet - xy).T)
    nearest = away <= away.min() + _AS_NEAR_M
    gates, ways = node[nearest[: len(node)]], edge[nearest[len(node) :]]
    ends = np.concatenate([network.edge_u[ways], network.edge_v[ways]])
    begins = np.isin(network.edge_u[edge], gates) | np.isin(network.edge_v[edge], gates)
    return (
        np.union1d(gates, node[np.isin(node, ends)]),
        np.union1d(ways, edge[begins]),
        feet[int(np.argmin(away))],
    )


def _shut(data: CityData, profiles: Sequence[str]) -> tuple[Bools, Bools]:
    """Return for nodes and for edges whether they refuse some of these profiles at some hour.

    Steps refuse for what they are, and a street that was added for its profiles: neither counts.
    """
    network = data.network
    graphs = [network.graphs[name] for name in profiles]
    blocked = np.logical_or.reduce([graph.blocked.any(axis=0) for graph in graphs])
    timed = network.gates.timed.node
    for name in profiles if len(timed) else ():
        refuses = network.gates.ever_refused(PROFILES[name]).any(axis=0)
        blocked[timed] |= refuses & ~data.opened(PROFILES[name], timed)
    kinds = np.array([kind in FOOT_WAYS - {"steps"} for kind in network.highways])
    shut = np.logical_or.reduce([~graph.usable for graph in graphs]) & kinds[network.highway_id]
    shut[network.imported.n_edges :] = False
    return blocked, shut


def refusals(data: CityData, profile: str) -> gpd.GeoDataFrame:
    """Return where a change may let a profile pass: ``kind, street, name`` and a point, metric CRS.

    A ``gate`` is a node, also one that refuses at some hours only, a ``closed_way`` the middle of a
    street; one that begins at a gate is opened with the gate and left out. ``street`` is the name
    of a street there, ``name`` that of a gate ("" = none).
    """
    network = data.network
    blocked, shut = _shut(data, [profile])
    nodes = np.flatnonzero(blocked)
    ways = np.flatnonzero(shut & ~blocked[network.edge_u] & ~blocked[network.edge_v])
    lines = np.array([shapely.LineString(edge_line(network, int(way))) for way in ways], np.object_)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True) if len(ways) else []
    named = np.zeros(network.n_nodes, np.int64)
    for ends in (network.edge_u, network.edge_v):
        np.maximum.at(named, ends, network.name_id)
    streets = np.array(network.names, object)[np.concatenate([named[nodes], network.name_id[ways]])]
    names = [network.gate_name(node) for node in nodes.tolist()] + [""] * len(ways)
    kinds = ["gate"] * len(nodes) + ["closed_way"] * len(ways)
    return gpd.GeoDataFrame(
        {"kind": kinds, "street": streets, "name": names},
        geometry=[*shapely.points(network.node_x[nodes], network.node_y[nodes]), *middles],
        crs=data.city.crs,
    )


def _within(network: StreetNetwork, edges: Longs, xy: Floats) -> tuple[Longs, Floats]:
    """Return those of some edges that come near enough to be opened, and their nearest points."""
    if not len(edges):
        return edges, np.empty((0, 2))
    low = np.minimum.reduceat(network.coords, network.coord_start[:-1])[edges] - GATE_WITHIN_M
    high = np.maximum.reduceat(network.coords, network.coord_start[:-1])[edges] + GATE_WITHIN_M
    edges = edges[((low <= xy) & (xy <= high)).all(axis=1)]
    lines = np.array(
        [shapely.LineString(edge_line(network, int(edge))) for edge in edges], np.object_
    )
    place = shapely.Point(xy)
    near = shapely.distance(lines, place) <= GATE_WITHIN_M
    feet = shapely.line_interpolate_point(
        lines[near], shapely.line_locate_point(lines[near], place)
    )
    return edges[near], shapely.get_coordinates(feet).reshape(-1, 2)
