"""Build walls, gates and lanes: what makes a compound an obstacle, and a home."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yundu.blocks import Block
from yundu.geometry import XY, inset, lines, main_angle, polygons, rounded, turned
from yundu.network import Graph, Stroke

#: What a gate lets pass: (share, tags). Deliveries by e-bike stop at many of them.
_GATES: tuple[tuple[float, dict[str, str]], ...] = (
    (
        0.40,
        {"barrier": "lift_gate", "foot": "yes", "bicycle": "yes", "motor_vehicle": "permissive"},
    ),
    (0.34, {"barrier": "gate", "foot": "yes", "bicycle": "no", "motor_vehicle": "private"}),
    (0.10, {"barrier": "swing_gate", "foot": "yes", "bicycle": "dismount"}),
    (0.09, {"barrier": "gate", "access": "private", "note": "仅供消防，平时关闭"}),
    (0.07, {"barrier": "turnstile", "foot": "yes", "bicycle": "no", "wheelchair": "no"}),
)


@dataclass(frozen=True)
class Compound:
    """Hold a walled block and where its gates are, the main gate first."""

    block: Block
    wall: Polygon
    gates: tuple[XY, ...]


@dataclass
class Built:
    """Collect walls, lanes and gates; ``gates`` maps a position (centimetre grid) to its tags."""

    compounds: list[Compound] = field(default_factory=list)
    lanes: list[Stroke] = field(default_factory=list)
    walls: list[tuple[LineString, dict[str, str]]] = field(default_factory=list)
    gates: dict[XY, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frontage:
    """Find the street in front of a gate; no lane crosses rails, motorway or water to it."""

    lines: np.ndarray
    tree: shapely.STRtree
    barred: BaseGeometry

    @classmethod
    def of(cls, graph: Graph, barred: BaseGeometry) -> Frontage:
        """Index the streets that can be joined between their ends."""
        open_lines = graph.lines[
            graph.flags(lambda stroke: stroke.through and stroke.tags["highway"] != "motorway_link")
        ]
        shapely.prepare(barred)
        return cls(open_lines, shapely.STRtree(open_lines), barred)

    def free(self, *path: XY | Point) -> bool:
        """Return whether a lane may run along the path."""
        return not self.barred.intersects(LineString(path))

    def nearest(self, at: Point) -> Point:
        """Return the nearest place on a street."""
        line = self.lines[self.tree.nearest(at)]
        return line.interpolate(line.project(at))


def _centimetres(point: Point | XY) -> XY:
    x, y = (point.x, point.y) if isinstance(point, Point) else point
    return round(x, 2), round(y, 2)


def gate_sites(wall: Polygon, front: Frontage, count: int, rng: Random) -> list[tuple[XY, XY]]:
    """Return ``count`` gates at most, far apart, each with the place where it meets a street."""
    ring = wall.exterior
    steps = max(12, round(ring.length / 9))
    sites: list[tuple[float, Point, Point]] = []
    corners = shapely.MultiPoint(list(ring.simplify(6).coords))
    for step in range(steps):
        at = ring.interpolate(step / steps, normalized=True)
        street = front.nearest(at)
        gap = at.distance(street)
        if 4.0 < gap < 32.0 and at.distance(corners) > 14 and front.free(at, street):
            sites.append((rng.random(), at, street))
    chosen: list[tuple[XY, XY]] = []
    apart = ring.length / (count + 2)
    for _, at, street in sorted(sites, key=lambda site: site[0]):
        if all(math.dist(_centimetres(at), other) > apart for other, _ in chosen):
            chosen.append((_centimetres(at), (street.x, street.y)))
        if len(chosen) == count:
            break
    return chosen


def _ring_with(wall: Polygon, gates: list[XY]) -> LineString:
    """Return the wall as a closed line that has a vertex at every gate."""
    xy = [(round(x, 2), round(y, 2)) for x, y in wall.exterior.coords[:-1]]
    ring = LineString([*xy, xy[0]])
    stops = [(ring.project(Point(p)), p) for p in xy] + [(ring.project(Point(g)), g) for g in gates]
    path = [point for _, point in sorted(stops, key=lambda stop: stop[0])]
    return LineString([*path, path[0]])


def _lane(path: list[XY], **tags: str) -> Stroke:
    return Stroke(LineString(path), {"highway": "service", **tags}, local=True, quarter="lane")


def _gate_tags(order: int, rng: Random, strict: bool) -> dict[str, str]:
    """Return the tags of a gate; the first one of a compound always lets people on foot pass."""
    draw = rng.random()
    if strict and order > 0:
        return dict(_GATES[3][1])
    for share, tags in _GATES:
        draw -= share
        if draw < 0 and (order > 0 or "access" not in tags):
            return dict(tags)
    return dict(_GATES[1][1])


def _loop(wall: Polygon) -> Polygon | None:
    """Return the ring lane inside a wall, corners rounded, or nothing where it is too narrow."""
    parts = polygons(wall.buffer(-30).buffer(10, quad_segs=2))
    largest = max(parts, key=lambda part: part.area, default=None)
    return None if largest is None or largest.area < 7_000 else largest.simplify(1.2)


def _inner_lanes(loop: Polygon, angle: float, rng: Random) -> list[LineString]:
    """Return lanes across the loop, so that long compounds have more than a ring."""
    centre = (loop.centroid.x, loop.centroid.y)
    flat = turned(shapely.get_coordinates(loop), -angle, centre)
    west, east = flat[:, 0].min(), flat[:, 0].max()
    south, north = flat[:, 1].min() - 5, flat[:, 1].max() + 5
    count = int((east - west) // 105)
    found = []
    for i in range(1, count + 1):
        x = west + (east - west) * (i + rng.uniform(-0.15, 0.15)) / (count + 1)
        across = turned(np.array([(x, south), (x + rng.uniform(-9, 9), north)]), angle, centre)
        found += lines(LineString(across).intersection(loop))
    return found


def walled(block: Block, front: Frontage, rng: Random, built: Built) -> None:
    """Give a block its wall, its gates and the lanes behind them."""
    wall = inset(block.ground, 3.0)
    if wall is None or wall.area < 4_000:
        return
    wall = wall.simplify(1.5)
    big = wall.length > 900
    count = rng.choice((1, 2, 2, 3, 3)) + int(big)
    sites = gate_sites(wall, front, count, rng)
    if not sites:
        return
    built.compounds.append(Compound(block, wall, tuple(gate for gate, _ in sites)))
    strict = rng.random() < 0.22
    loop = _loop(wall)
    private = block.use == "gated" and rng.random() < 0.12
    tags = {"access": "private", "foot": "permissive", "bicycle": "no"} if private else {}
    core = loop.exterior if loop is not None else None
    for order, (gate, street) in enumerate(sites):
        built.gates[gate] = _gate_tags(order, rng, strict)
        at = Point(gate)
        goal = core.interpolate(core.project(at)) if core is not None else wall.centroid
        built.lanes.append(_lane([street, gate]))
        built.lanes.append(_lane([gate, (goal.x, goal.y)], **tags))
    if loop is not None:
        built.lanes.append(
            Stroke(
                rounded(LineString(loop.exterior.coords)),
                {"highway": "service", **tags},
                local=True,
                quarter="lane",
            )
        )
        for part in _inner_lanes(loop, main_angle(loop), rng):
            built.lanes.append(
                Stroke(rounded(part), {"highway": "service", **tags}, local=True, quarter="lane")
            )
    # As on real maps, most walls were never drawn; the gates were.
    if rng.random() > 0.34:
        return
    built.walls.append(
        (_ring_with(wall, [gate for gate, _ in sites]), {"barrier": "wall", "height": "2.2"})
    )


def open_lanes(block: Block, front: Frontage, rng: Random, built: Built) -> None:
    """Give an open housing block lanes from street to street."""
    angle = main_angle(block.ground)
    centre = (block.ground.centroid.x, block.ground.centroid.y)
    flat = turned(shapely.get_coordinates(block.ground), -angle, centre)
    west, east = flat[:, 0].min(), flat[:, 0].max()
    south, north = flat[:, 1].min() - 40, flat[:, 1].max() + 40
    apart = {"industry": 210, "hospital": 120}.get(block.use, 95)
    count = max(1, int((east - west) // apart))
    for i in range(1, count + 1):
        x = west + (east - west) * (i + rng.uniform(-0.2, 0.2)) / (count + 1)
        across = turned(np.array([(x, south), (x, north)]), angle, centre)
        for part in lines(LineString(across).intersection(block.face)):
            if part.length < 30:
                continue
            whole = _to_streets(part, front)
            if whole is not None and front.free(*whole):
                built.lanes.append(_lane(whole))


def _to_streets(part: LineString, front: Frontage) -> list[XY] | None:
    """Return the lane with each end on a street, or nothing where neither end is near one."""
    first, last = Point(part.coords[0]), Point(part.coords[-1])
    starts, ends = front.nearest(first), front.nearest(last)
    near = (starts.distance(first) < 6, ends.distance(last) < 6)
    if not any(near):
        return None
    inner = part.interpolate(0.72 if near[0] else 0.28, normalized=True)
    if all(near):
        return [(starts.x, starts.y), (ends.x, ends.y)]
    return [(starts.x, starts.y) if near[0] else (ends.x, ends.y), (inner.x, inner.y)]


def make(blocks: list[Block], graph: Graph, barred: BaseGeometry, rng: Random) -> Built:
    """Return walls, gates and lanes of all blocks; no lane crosses ``barred``."""
    front = Frontage.of(graph, barred)
    built = Built()
    for block in blocks:
        if block.use in ("gated", "tower", "campus", "school"):
            walled(block, front, rng, built)
        elif block.use == "walkup" or (
            block.use in ("industry", "hospital") and rng.random() < 0.6
        ):
            open_lanes(block, front, rng, built)
    return built
