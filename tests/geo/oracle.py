"""Compute links and travel times a second time, from the frames alone, with shapely and networkx.

Nothing of :mod:`geo.access`, :mod:`geo.network`, :mod:`geo.links` or :mod:`geo.reach` is used: the
rules are written down again here, one street and one gate at a time, in the words of the method.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point

from geo.model import TravelProfile

MAX_LEG_M = 250.0
_YES = {"yes", "designated", "permissive", "official"}


def ceil_ms(metres: float, speed_mps: float) -> int:
    return math.ceil(metres / speed_mps * 1000.0 - 1e-6)


def _first(row, tags) -> str:
    return next((row[tag] for tag in tags if row[tag]), "")


def speeds(edge, profile: TravelProfile) -> list[tuple[float, float]]:
    """Return, for each layer, the speed along and against a street in m/s; 0 = forbidden."""
    walk, ride = profile.walk, profile.ride
    foot = edge["highway"] in walk.highways and _first(edge, walk.access_tags) not in walk.refused
    on_foot = walk.speed_mps if foot else 0.0
    if ride is None:
        return [(on_foot, on_foot)]
    may_push = edge["highway"] in ride.highways | profile.push_highways
    pushed = on_foot if may_push else 0.0
    kind = edge["highway"] in ride.highways or (
        edge["highway"] in profile.push_highways and edge["bicycle"] in _YES
    )
    if not kind or _first(edge, ride.access_tags) in ride.refused:
        return [(pushed, pushed), (on_foot, on_foot)]
    rule = edge["oneway_bicycle"] or edge["oneway"]
    along = pushed if rule == "-1" else ride.speed_mps
    against = pushed if rule == "yes" else ride.speed_mps
    return [(along, against), (on_foot, on_foot)]


def refuses(node, mode) -> bool:
    """Say whether a gate turns a mode away."""
    if node["barrier"] in ("", "no"):
        return False
    own = mode.access_tags[0]
    narrow = node["barrier"] in {"turnstile", "full-height_turnstile", "kissing_gate", "stile"}
    if own != "foot" and narrow and node[own] not in _YES:
        return True
    return _first(node, mode.access_tags) in mode.refused - {"dismount", "use_sidepath"}


@dataclass
class Link:
    edge: int
    offset_m: float
    leg_m: float


class Oracle:
    """Answer for one profile of one city."""

    def __init__(
        self,
        nodes: gpd.GeoDataFrame,
        edges: gpd.GeoDataFrame,
        barriers: gpd.GeoDataFrame | None,
        profile: TravelProfile,
    ) -> None:
        self.profile = profile
        self.u, self.v = edges["u"].tolist(), edges["v"].tolist()
        self.length = edges["length_m"].tolist()
        self.speed = [speeds(edge, profile) for edge in edges.to_dict("records")]
        modes = [profile.walk] if profile.ride is None else [profile.ride, profile.walk]
        gates = nodes[nodes["barrier"] != ""]
        self.blocked = {
            (row, layer)
            for row, gate in zip(gates.index, gates.to_dict("records"), strict=True)
            for layer, mode in enumerate(modes)
            if refuses(gate, mode)
        }
        usable = [any(max(pair) > 0 for pair in each) for each in self.speed]
        closed = (edges["bridge"] | edges["tunnel"]).tolist()
        self.places: list[tuple[int, shapely.Geometry]] = [
            (e, geometry)
            for e, geometry in enumerate(edges.geometry)
            if usable[e] and not closed[e]
        ]
        uses: dict[int, int] = {}
        for e in range(len(edges)):
            for end in (self.u[e], self.v[e]):
                uses[end] = uses.get(end, 0) + usable[e]
        for e, geometry in enumerate(edges.geometry):
            if usable[e] and closed[e]:
                ends = ((self.u[e], 0), (self.v[e], -1))
                self.places += [(e, Point(geometry.coords[k])) for end, k in ends if uses[end] == 1]
        self.geometry = edges.geometry.to_numpy()
        self.tree = shapely.STRtree([geometry for _, geometry in self.places])
        walls = [] if barriers is None else list(shapely.get_parts(barriers.geometry.to_numpy()))
        walls = [wall.boundary if wall.geom_type == "Polygon" else wall for wall in walls]
        self.walls = shapely.STRtree(walls)
        self.graph = self._graph()

    def crosses(self, leg: LineString) -> bool:
        """Say whether a leg crosses a barrier; its last two millimetres may touch one."""
        if leg.length < 0.005:
            return False
        inner = shapely.ops.substring(leg, 0.002, leg.length - 0.002)
        return len(self.walls.query(inner, predicate="crosses")) > 0

    def link(self, xy: np.ndarray) -> Link | None:
        place = Point(xy)
        near = self.tree.query(place, predicate="dwithin", distance=MAX_LEG_M)
        found = []
        for k in near:
            edge, geometry = self.places[k]
            distance = place.distance(geometry)
            found.append((round(distance, 7), edge, distance, geometry))
        for _, edge, distance, geometry in sorted(found, key=lambda item: item[:2]):
            foot = shapely.shortest_line(place, geometry).coords[-1]
            if distance and self.crosses(LineString([xy, foot])):
                continue
            offset = self.geometry[edge].project(Point(foot))
            if geometry.geom_type == "Point":  # the end of a bridge
                at_start = foot == self.geometry[edge].coords[0]
                offset = 0.0 if at_start else self.length[edge]
            snapped = min((0.0, self.length[edge]), key=lambda end: abs(end - offset))
            if abs(snapped - offset) <= 0.05:
                distance, offset = distance + abs(snapped - offset), snapped
            return Link(edge, offset, distance)
        return None

    def _graph(self) -> nx.DiGraph:
        """Return the reversed graph: from where one arrives to where one comes from."""
        graph = nx.DiGraph()

        def arc(tail, head, cost: int) -> None:
            known = graph.get_edge_data(head, tail)
            if known is None or known["weight"] > cost:
                graph.add_edge(head, tail, weight=cost)

        self.arc = arc
        layers = 1 if self.profile.ride is None else 2
        for e, per_layer in enumerate(self.speed):
            u, v = self.u[e], self.v[e]
            for layer, (along, against) in enumerate(per_layer):
                if along and u != v and (u, layer) not in self.blocked:
                    arc((u, layer), (v, layer), ceil_ms(self.length[e], along))
                if against and u != v and (v, layer) not in self.blocked:
                    arc((v, layer), (u, layer), ceil_ms(self.length[e], against))
                if layers == 2:
                    arc((u, 0), (u, 1), 0)
                    arc((v, 0), (v, 1), 0)
        return graph

    def times(self, places: np.ndarray, stations: np.ndarray) -> list[int | None]:
        """Return the times in milliseconds from places to their nearest stations."""
        walk = self.profile.walk.speed_mps
        doors: dict[int, list[tuple[float, int, int]]] = {}
        for s, xy in enumerate(stations):
            link = self.link(xy)
            if link is None:
                continue
            leg = ceil_ms(link.leg_m, walk)
            doors.setdefault(link.edge, []).append((link.offset_m, leg, s))
            self.arc(("station", s), "goal", leg)
            self._ends(link, lambda node, cost, s=s: self.arc(node, ("station", s), cost), True)
        starts = []
        for p, xy in enumerate(places):
            link = self.link(xy)
            starts.append(link)
            if link is None:
                continue
            here = ("place", p)
            leg = ceil_ms(link.leg_m, walk)
            self._ends(link, lambda node, cost, h=here, a=leg: self.arc(h, node, a + cost), False)
            for offset, _, s in doors.get(link.edge, []):
                for along, against in self.speed[link.edge]:
                    speed = along if offset > link.offset_m else against
                    if offset == link.offset_m:
                        self.arc(here, ("station", s), leg)
                    elif speed:
                        way = ceil_ms(abs(offset - link.offset_m), speed)
                        self.arc(here, ("station", s), leg + way)
        far = nx.single_source_dijkstra_path_length(self.graph, "goal") if doors else {}
        return [far.get(("place", p)) for p in range(len(places))]

    def _ends(self, link: Link, add, towards_edge: bool) -> None:
        """Join a point of an edge with the edge's ends, in the permitted directions."""
        e, length = link.edge, self.length[link.edge]
        for layer, (along, against) in enumerate(self.speed[e]):
            for end, way, leaving, arriving in (
                (self.v[e], length - link.offset_m, along, against),
                (self.u[e], link.offset_m, against, along),
            ):
                speed = arriving if towards_edge else leaving
                passable = not (towards_edge and (end, layer) in self.blocked)
                if way == 0.0:
                    add((end, layer), 0)
                elif speed and passable:
                    add((end, layer), ceil_ms(way, speed))
