"""Draw the streets: main roads, bridges, tunnels, the motorway, the railway and local streets."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from yundu import plan
from yundu.geometry import beside, lines, main_angle, polygons, rounded, spline, turned, warp
from yundu.names import Names
from yundu.network import Graph, Stroke, join, largest, without_stubs
from yundu.terrain import Terrain

#: A street's bridge begins this far from the water, so that the promenade passes below.
ABUTMENT_M = 26.0
EMBANKMENT_M, PROMENADE_M = 48.0, 13.0
LANE_WIDE = {
    "trunk": 17.0,
    "primary": 15.0,
    "secondary": 11.0,
    "tertiary": 8.0,
    "pedestrian": 8.0,
    "residential": 6.5,
    "unclassified": 6.5,
    "living_street": 4.0,
    "footway": 2.5,
}


@dataclass(frozen=True)
class Lines:
    """Hold the lines that cut the city but carry no street traffic."""

    motorway: LineString
    railway: LineString
    spur: LineString


def divided(line: LineString, zone: BaseGeometry) -> tuple[list[LineString], list[LineString]]:
    """Return the parts of the line outside and inside a zone."""
    return lines(line.difference(zone)), lines(line.intersection(zone))


def through_lines() -> Lines:
    """Return motorway and railway as drawn."""
    return Lines(
        rounded(spline(plan.MOTORWAY, 30)),
        rounded(spline(plan.RAILWAY, 30)),
        rounded(spline(plan.SPUR, 25)),
    )


def _tags(highway: str, name: str = "", **more: str) -> dict[str, str]:
    tags = {"highway": highway}
    if name:
        tags["name"] = name
    return tags | {key: value for key, value in more.items() if value}


def with_structures(line: LineString, tags: dict[str, str], ground: Terrain) -> list[Stroke]:
    """Cut a main road into open road, bridges over the river and the tunnel under the hill."""
    wet = ground.river.buffer(ABUTMENT_M)
    dry, over = divided(line, wet)
    strokes = [
        Stroke(rounded(part), tags | {"bridge": "yes", "layer": "1"}, False) for part in over
    ]
    under_hill = ground.hill.buffer(-70)
    for part in dry:
        if tags.get("name") == "人民路":
            part_dry, under = divided(part, under_hill)
            strokes += [
                Stroke(
                    rounded(bore),
                    tags | {"tunnel": "yes", "layer": "-1", "tunnel:name": "云岭隧道"},
                    False,
                )
                for bore in under
            ]
            strokes += [Stroke(rounded(piece), tags) for piece in part_dry]
        else:
            strokes.append(Stroke(rounded(part), tags))
    return strokes


def bridge_name(line: LineString) -> str:
    """Return the name of the bridge that this part of the ring road is."""
    return "云渡大桥" if line.centroid.x < 5000 else "望江大桥"


def _at_crossings(line: LineString, name: str) -> list[LineString]:
    """Return the line in two parts that end at its level crossing, if it has one."""
    if name not in plan.LEVEL_CROSSINGS:
        return [line]
    meets = line.project(line.intersection(through_lines().spur))
    return [substring(line, 0, meets), substring(line, meets, line.length)]


def main_strokes(ground: Terrain) -> list[Stroke]:
    """Return the main roads as centre lines, cut at bridges, the tunnel and the frame."""
    frame = ground.outline.buffer(420)
    strokes: list[Stroke] = []
    for road in plan.ROADS:
        whole = spline(road.points, 24, road.closed)
        for line in lines(whole.intersection(frame)):
            for part in _at_crossings(line, road.name):
                strokes += with_structures(part, _tags(road.highway, road.name), ground)
    for bank, side, name in (
        (ground.north_bank, 1, "滨江北路"),
        (ground.south_bank, -1, "滨江南路"),
    ):
        moved = beside(bank, side * EMBANKMENT_M).simplify(0.4)
        strokes += [
            Stroke(rounded(part), _tags("secondary", name))
            for part in lines(moved.intersection(frame))
        ]
    named = [
        s
        if "bridge" not in s.tags
        else Stroke(s.line, s.tags | {"bridge:name": bridge_name(s.line)}, s.through, s.kept)
        for s in strokes
    ]
    walk = [(4390, 3395), (4700, 3420), (5050, 3400), (5410, 3420)]
    named.append(Stroke(rounded(spline(walk, 25)), _tags("pedestrian", "云渡步行街"), True, True))
    return named


def with_roundabouts(strokes: list[Stroke]) -> list[Stroke]:
    """Replace the middle of the chosen crossings by a circle driven anticlockwise."""
    for centre, radius in plan.ROUNDABOUTS:
        disc = Point(centre).buffer(radius, quad_segs=10)
        opened: list[Stroke] = []
        for stroke in strokes:
            if not stroke.line.intersects(disc):
                opened.append(stroke)
                continue
            opened += [
                Stroke(part, stroke.tags, stroke.through, stroke.kept)
                for part in lines(stroke.line.difference(disc))
                if part.length > 5
            ]
        ring = shapely.get_coordinates(disc.exterior)[::-1]  # buffers run clockwise
        tags = _tags("primary", junction="roundabout", oneway="yes")
        strokes = [*opened, Stroke(rounded(LineString(ring)), tags, True, True)]
    return strokes


def superblocks(strokes: list[Stroke], cuts: Lines, ground: Terrain) -> list[Polygon]:
    """Return the ground between main roads, water, rails and the outline of the city."""
    edges = [stroke.line for stroke in strokes]
    edges += [
        cuts.motorway,
        cuts.railway,
        cuts.spur,
        ground.river.exterior,
        ground.outline.exterior,
    ]
    whole = shapely.union_all([shapely.set_precision(edge, 0.01) for edge in edges])
    dry = ground.outline.difference(ground.river)
    faces = polygons(shapely.polygonize([whole]))
    return [face for face in faces if dry.contains(face.representative_point())]


def quarter_of(shape: BaseGeometry) -> str:
    """Return the kind of quarter at a place: that of the nearest seed."""
    at = shape.representative_point()
    return min(plan.SEEDS, key=lambda seed: (seed[1] - at.x) ** 2 + (seed[2] - at.y) ** 2)[0]


def _family(
    block: Polygon,
    spec: plan.Quarter,
    angle: float,
    gap: float,
    rng: Random,
) -> list[LineString]:
    """Return wobbling parallels across the block, ``gap`` metres apart, bent with the plane."""
    centre = (block.centroid.x, block.centroid.y)
    flat = turned(shapely.get_coordinates(block), -angle, centre)
    (west, south), (east, north) = flat.min(axis=0), flat.max(axis=0)
    count = round((north - south) / gap)
    bend = warp(np.array([centre]))[0] - np.array(centre)
    drawn = []
    for i in range(1, count):
        y = south + (north - south) * (i + rng.uniform(-spec.jitter, spec.jitter) / 1.6) / count
        x = np.arange(west - 60, east + 60, 24.0)
        phase, slope = rng.uniform(0, 6.28), rng.uniform(-0.03, 0.03)
        wave = spec.wobble * np.sin(x / (90 + 60 * rng.random()) + phase) + slope * (x - x.mean())
        xy = turned(np.column_stack([x, y + wave]), angle, centre)
        drawn.append(LineString(warp(xy) - bend))
    return drawn


def _local_tags(kind: str, name: str, rng: Random) -> dict[str, str]:
    """Return the tags of one local street: its class, and whether it is one-way."""
    tags = _tags(plan.QUARTERS[kind].highway, name)
    draw = rng.random()
    if kind == "old" and draw < 0.45:
        tags["highway"] = "footway" if draw < 0.1 else "living_street"
    if kind == "mixed" and draw < 0.18:
        tags["highway"] = "tertiary"
    if kind in ("cbd", "old") and tags["highway"] != "footway" and rng.random() < 0.2:
        tags["oneway"] = "yes"
        if kind == "old":
            tags["oneway:bicycle"] = "no"
    return tags


def local_strokes(
    blocks: list[Polygon],
    cuts: Lines,
    ground: Terrain,
    names: Names,
    rng: Random,
) -> list[Stroke]:
    """Return the local streets of every superblock, before thinning."""
    strokes: list[Stroke] = []
    barred = shapely.union_all(
        [
            cuts.motorway.buffer(34),
            cuts.railway.buffer(22),
            cuts.spur.buffer(16),
            ground.hill,
            *[lake.buffer(30) for lake in ground.lakes.values()],
        ]
    )
    for block in blocks:
        kind = quarter_of(block)
        spec = plan.QUARTERS[kind]
        angle = main_angle(block)
        for turn, gap in ((0.0, spec.across[0]), (90.0, spec.across[1])):
            for whole in _family(block, spec, angle + turn, gap, rng):
                tags = _local_tags(kind, names.street(kind), rng)
                for part in lines(whole.intersection(block).difference(barred)):
                    if part.length > 45:
                        strokes.append(Stroke(rounded(part), tags, local=True, quarter=kind))
    return strokes


def thinned(graph: Graph, ground: Terrain, rng: Random) -> Graph:
    """Drop local pieces at random, those that run beside a main road, and short dead ends."""
    chance = {kind: spec.drop for kind, spec in plan.QUARTERS.items()}
    main = shapely.union_all(graph.lines[~graph.flags(lambda stroke: stroke.local)])
    beside_main = main.buffer(42)
    shapely.prepare(beside_main)
    length = shapely.length(graph.lines)
    near = shapely.length(shapely.intersection(graph.lines, beside_main)) / np.maximum(length, 1)
    keep = np.ones(len(graph.u), bool)
    for row, owner in enumerate(graph.stroke):
        stroke = graph.strokes[owner]
        if not stroke.local:
            continue
        lonely = near[row] > 0.85 and length[row] > 100
        keep[row] = not lonely and rng.random() > chance[stroke.quarter]
    return largest(without_stubs(graph.take(keep), 110))


def without_small_faces(graph: Graph) -> Graph:
    """Merge blocks that are too small for their quarter by removing a local street between."""
    for _ in range(8):
        faces = polygons(shapely.polygonize([shapely.union_all(graph.lines)]))
        small = [face for face in faces if face.area < plan.QUARTERS[quarter_of(face)].smallest_m2]
        local = np.flatnonzero(graph.flags(lambda stroke: stroke.local))
        middle = shapely.line_interpolate_point(graph.lines[local], 0.5, normalized=True)
        tree = shapely.STRtree(middle)
        drop: set[int] = set()
        for face in sorted(small, key=lambda face: face.area):
            sides = local[tree.query(face.exterior, predicate="dwithin", distance=0.05)]
            if len(sides) and not drop.intersection(sides.tolist()):
                drop.add(int(max(sides, key=lambda row: (graph.lines[row].length, row))))
        if not drop:
            break
        keep = np.ones(len(graph.u), bool)
        keep[sorted(drop)] = False
        graph = without_stubs(graph.take(keep), 90)
    return largest(graph)


def make(ground: Terrain, names: Names, rng: Random) -> tuple[Graph, Lines]:
    """Return the street graph with centre lines only, and the lines that cut the city."""
    cuts = through_lines()
    main = with_roundabouts(main_strokes(ground))
    main_graph = without_stubs(join(main), 140)
    main = [
        Stroke(line, main_graph.strokes[owner].tags, main_graph.strokes[owner].through, True)
        for owner, line in zip(main_graph.stroke, main_graph.lines, strict=True)
    ]
    blocks = superblocks(main, cuts, ground)
    local = local_strokes(blocks, cuts, ground, names, rng)
    graph = largest(without_stubs(join([*main, *local]), 110))
    graph = thinned(graph, ground, rng)
    return without_small_faces(graph), cuts
