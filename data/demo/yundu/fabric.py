"""Turn the plan's centre lines into the streets people use: carriageways, ramps, paths, steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import nearest_points, substring

from yundu import plan
from yundu.geometry import XY, beside, lines, rounded, spline
from yundu.network import Graph, Stroke, join, largest, without_stubs
from yundu.streets import (
    EMBANKMENT_M,
    PROMENADE_M,
    Lines,
    divided,
    with_structures,
)
from yundu.terrain import Terrain

TWINS = {road.name: road for road in plan.ROADS if road.twin}
MOTORWAY_HALF_M = 13.0


def carriageways(graph: Graph, ground: Terrain) -> list[Stroke]:
    """Return both carriageways of the twin roads where the plan has them; traffic keeps right."""
    strokes: list[Stroke] = []
    frame = ground.outline.buffer(420)
    discs = shapely.union_all([Point(at).buffer(radius) for at, radius in plan.ROUNDABOUTS])
    named = np.array([stroke.tags.get("name", "") for stroke in graph.strokes])[graph.stroke]
    for road in TWINS.values():
        whole = spline(road.points, 24, road.closed)
        planned = shapely.line_merge(shapely.union_all(graph.lines[named == road.name]))
        room = planned.buffer(road.twin + 3, cap_style="square").intersection(frame)
        tags = {"highway": road.highway, "name": road.name, "oneway": "yes"}
        for side in (-1, 1):
            moved = beside(whole, side * road.twin)
            if road.closed:
                moved = LineString([*moved.coords[:-1], moved.coords[0]])
            moved = moved if side < 0 else LineString(moved.coords[::-1])
            for line in lines(shapely.line_merge(moved.intersection(room).difference(discs))):
                strokes += with_structures(line, tags, ground)
    return strokes


def _links(graph: Graph, twin: np.ndarray) -> list[Stroke]:
    """Carry every side street across the median to the far carriageway."""
    meets: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(~twin):
        meets[int(graph.u[row])].append(int(row))
        meets[int(graph.v[row])].append(int(row))
    strokes = []
    names = [graph.strokes[owner].tags.get("name", "") for owner in graph.stroke]
    for row in np.flatnonzero(twin):
        reach = TWINS[names[row]].twin + 2.2
        for node in (int(graph.u[row]), int(graph.v[row])):
            sides = meets.pop(node, [])
            if len(sides) != 1:
                continue
            side = sides[0]
            xy = shapely.get_coordinates(graph.lines[side])
            xy = xy if int(graph.v[side]) == node else xy[::-1]
            ahead = (
                xy[-1]
                - shapely.get_coordinates(
                    LineString(xy).interpolate(max(0.0, LineString(xy).length - 12))
                )[0]
            )
            end = xy[-1] + ahead / np.hypot(*ahead) * reach
            owner = graph.strokes[graph.stroke[side]]
            strokes.append(replace(owner, line=LineString([xy[-1], end]), local=True, kept=False))
    return strokes


def _cut_at(line: LineString, stops: list[float]) -> list[LineString]:
    """Return the line cut at the given distances."""
    at = [0.0, *sorted(stop for stop in stops if 1 < stop < line.length - 1), line.length]
    return [substring(line, a, b) for a, b in pairwise(at) if b - a > 0.5]


def _ramps(cuts: Lines) -> list[Stroke]:
    """Return the ramps of the interchange; each begins or ends on a motorway carriageway."""
    avenue = shapely.union_all(_sides(TWINS["新城大道"]))
    motorway_sides = shapely.union_all(
        [beside(cuts.motorway, side * MOTORWAY_HALF_M) for side in (-1, 1)]
    )
    strokes = []
    for path in plan.RAMPS:
        a, b = (
            _onto(avenue if abs(x - plan.INTERCHANGE_X) < 60 else motorway_sides, Point(x, y))
            for x, y in path
        )
        bent = [
            (a.x, a.y),
            ((2 * a.x + b.x) / 3, (5 * a.y + b.y) / 6),
            ((a.x + 2 * b.x) / 3, (a.y + b.y) / 2),
            (b.x, b.y),
        ]
        tags = {"highway": "motorway_link", "oneway": "yes"}
        strokes.append(Stroke(rounded(spline(bent, 15)), tags, kept=True))
    return strokes


def motorway(cuts: Lines, graph: Graph) -> list[Stroke]:
    """Return the motorway on bridges over the main roads, with the ramps of one interchange."""
    below = graph.flags(lambda stroke: not stroke.local)
    crossing = cuts.motorway.intersection(shapely.union_all(graph.lines[below]))
    zone = shapely.union_all([part.buffer(26) for part in shapely.get_parts(crossing)])
    ramps = _ramps(cuts)
    ends = [Point(xy) for ramp in ramps for xy in (ramp.line.coords[0], ramp.line.coords[-1])]
    tags = {"highway": "motorway", "name": plan.MOTORWAY_NAME, "oneway": "yes", "ref": "G9902"}
    strokes = list(ramps)
    for side in (-1, 1):
        line = beside(cuts.motorway, side * MOTORWAY_HALF_M)
        line = line if side < 0 else LineString(line.coords[::-1])
        stops = [line.project(end) for end in ends if end.distance(line) < 1]
        for piece in _cut_at(line, stops):
            open_road, over = divided(piece, zone)
            strokes += [Stroke(rounded(part), tags, False, True) for part in open_road]
            strokes += [
                Stroke(rounded(part), tags | {"bridge": "yes", "layer": "1"}, False, True)
                for part in over
            ]
    return strokes


def _sides(road: plan.Road) -> list[LineString]:
    """Return both carriageways of a twin road, neither cut nor directed."""
    whole = spline(road.points, 24, road.closed)
    return [beside(whole, side * road.twin) for side in (-1, 1)]


def _onto(target: shapely.Geometry, point: Point) -> Point:
    """Return the nearest place on a line to a point."""
    return nearest_points(target, point)[0]


def trail(name: str, points: list[XY], rng: Random) -> list[Stroke]:
    """Return a footpath whose steep parts are steps."""
    line = spline(points, 18)
    stops, at = [], 0.0
    while at < line.length:
        at += rng.uniform(70, 130) if len(stops) % 2 == 0 else rng.uniform(30, 75)
        stops.append(at)
    strokes = []
    for number, part in enumerate(_cut_at(line, stops)):
        tags = {"highway": "steps", "step_count": str(max(6, round(part.length / 0.9)))}
        strokes.append(
            Stroke(
                rounded(part),
                {"name": name}
                | (tags if number % 2 else {"highway": "path", "surface": "paving_stones"}),
            )
        )
    return strokes


def promenades(ground: Terrain) -> list[Stroke]:
    """Return the walks along the water, tied to the embankment roads by ramps and steps."""
    strokes = []
    for bank, side, west, east, name, kind in (
        (ground.north_bank, 1, 2500, 7300, "北岸滨江步道", "footway"),
        (ground.south_bank, -1, 1900, 7000, "南岸滨江绿道", "cycleway"),
    ):
        walk = beside(bank, side * PROMENADE_M).simplify(0.3)
        road = beside(bank, side * EMBANKMENT_M).simplify(0.4)
        window = shapely.box(west, 0, east, 6000)
        for part in lines(walk.intersection(window)):
            strokes.append(Stroke(rounded(part), {"highway": kind, "name": name}))
            for number, at in enumerate(np.arange(20, part.length - 10, 290)):
                low = part.interpolate(at)
                high = _onto(road, low)
                link = "steps" if number % 2 else "footway"
                strokes.append(Stroke(LineString([low, high]), {"highway": link}))
    return strokes


def sandbar_paths(ground: Terrain) -> list[Stroke]:
    """Return the lanes of the island, which no bridge reaches."""
    shore = ground.sandbar.buffer(-14)
    middle = lines(ground.river_line.intersection(shore))[0]
    spine = substring(middle, 20, middle.length - 20)
    strokes = [Stroke(rounded(spine.simplify(1)), {"highway": "unclassified", "name": "江心洲路"})]
    for share in (0.25, 0.5, 0.72):
        at = spine.length * share
        a, b = spine.interpolate(at - 5), spine.interpolate(at + 5)
        dx, dy = -(b.y - a.y) / 10, (b.x - a.x) / 10
        across = LineString([(a.x - 70 * dx, a.y - 70 * dy), (a.x + 70 * dx, a.y + 70 * dy)])
        strokes += [
            Stroke(rounded(part), {"highway": "path"}) for part in lines(across.intersection(shore))
        ]
    return strokes


def make(graph: Graph, cuts: Lines, ground: Terrain, rng: Random) -> Graph:
    """Return the streets as built; the island is not among them."""
    twin = graph.flags(lambda stroke: stroke.tags.get("name", "") in TWINS)
    strokes = [
        replace(graph.strokes[owner], line=line)
        for owner, line in zip(graph.stroke[~twin], graph.lines[~twin], strict=True)
    ]
    strokes += carriageways(graph, ground) + _links(graph, twin) + motorway(cuts, graph)
    strokes.append(
        Stroke(
            rounded(spline(plan.HILL_ROAD, 16)), {"highway": "unclassified", "name": "云岭盘山路"}
        )
    )
    for name, points in plan.TRAILS:
        strokes += trail(name, list(points), rng)
    strokes += promenades(ground)
    return largest(without_stubs(join(strokes), 26))
