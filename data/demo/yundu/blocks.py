"""Say what the ground between the streets is used for."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import shapely
from shapely import Point, Polygon

from yundu import plan
from yundu.geometry import divide, polygons
from yundu.network import Graph
from yundu.streets import LANE_WIDE, Lines, quarter_of
from yundu.terrain import Terrain

#: Uses where people live, with residents a hectare of ground before scaling.
HOMES = {
    "old": 250.0,
    "walkup": 300.0,
    "gated": 270.0,
    "tower": 420.0,
    "village": 45.0,
    "hamlet": 30.0,
}
#: (use, share) by quarter; the rest is the first use.
_MIX: dict[str, tuple[tuple[str, float], ...]] = {
    "old": (("old", 0.80), ("commerce", 0.08), ("square", 0.04), ("school", 0.05), ("park", 0.03)),
    "cbd": (
        ("commerce", 0.42),
        ("tower", 0.26),
        ("walkup", 0.22),
        ("square", 0.03),
        ("office", 0.07),
    ),
    "newcore": (("commerce", 0.35), ("office", 0.25), ("tower", 0.30), ("square", 0.10)),
    "mixed": (
        ("walkup", 0.66),
        ("gated", 0.14),
        ("commerce", 0.07),
        ("school", 0.06),
        ("park", 0.05),
        ("hospital", 0.02),
    ),
    "gated": (
        ("gated", 0.66),
        ("tower", 0.14),
        ("school", 0.07),
        ("park", 0.07),
        ("commerce", 0.04),
        ("meadow", 0.02),
    ),
    "campus": (("campus", 0.62), ("walkup", 0.26), ("park", 0.06), ("commerce", 0.06)),
    "industry": (("industry", 0.86), ("walkup", 0.08), ("meadow", 0.06)),
    "farm": (("farm", 0.70), ("village", 0.22), ("meadow", 0.08)),
    "hill": (("forest", 1.0),),
}


_WALLED = ("gated", "tower", "campus", "school")


@dataclass
class Block:
    """Hold one block: ``face`` reaches to the middle of the streets, ``ground`` to their edge."""

    face: Polygon
    ground: Polygon
    quarter: str
    use: str
    name: str = ""
    homes: list[Polygon] = field(default_factory=list)

    @property
    def lived_in(self) -> bool:
        """Return whether people live here."""
        return self.use in HOMES


def street_space(graph: Graph) -> list[Polygon]:
    """Return the ground that every street edge takes, with its pavements."""
    twin = {road.name: road.twin + 9.5 for road in plan.ROADS if road.twin}
    wide = [
        twin.get(graph.strokes[row].tags.get("name", ""), 0)
        or LANE_WIDE.get(graph.strokes[row].tags["highway"], 4.0) / 2 + 3.5
        for row in graph.stroke
    ]
    return list(shapely.buffer(graph.lines, wide, cap_style="flat", quad_segs=2))


def faces_of(graph: Graph, cuts: Lines, ground: Terrain) -> list[Polygon]:
    """Return the faces that tile the dry city exactly, in a fixed order."""
    edges = [
        *graph.lines,
        cuts.motorway,
        cuts.railway,
        cuts.spur,
        ground.river.exterior,
        ground.outline.exterior,
        ground.sandbar.exterior,
    ]
    whole = shapely.union_all([shapely.set_precision(edge, 0.01) for edge in edges], grid_size=0.01)
    dry = ground.outline.difference(ground.river)
    dry_or_island = dry.union(ground.sandbar)
    shapely.prepare(dry_or_island)
    faces = [
        face
        for face in polygons(shapely.polygonize([whole]))
        if dry_or_island.contains(face.representative_point())
    ]
    return sorted(faces, key=lambda face: (round(face.centroid.x), round(face.centroid.y)))


def _special(face: Polygon, ground: Terrain) -> str:
    """Return the use that the place itself demands, or an empty string."""
    if ground.sandbar.contains(face.representative_point()):
        return "island"
    if ground.river.buffer(80).contains(face):
        return "embankment"
    if face.contains(Point(plan.STATION_AT)):
        return "station"
    if any(face.contains(lake.centroid) for lake in ground.lakes.values()):
        return "lakeside"
    if any(face.contains(Point(at)) for at, _ in plan.ROUNDABOUTS):
        return "verge"
    if face.intersection(ground.hill).area > 0.45 * face.area:
        return "forest"
    if face.area < 24 * face.length / 2 and face.area < 20_000:
        return "verge"
    return ""


def _mixed_use(quarter: str, rng: Random) -> str:
    draw = rng.random()
    for use, share in _MIX[quarter]:
        draw -= share
        if draw < 0:
            return use
    return _MIX[quarter][0][0]


def _parted(block: Block, rng: Random) -> list[Block]:
    """Divide a large block: compounds stand wall to wall, river banks and fields are long."""
    size = {
        "gated": 58_000,
        "tower": 48_000,
        "walkup": 60_000,
        "embankment": 26_000,
        "forest": 300_000,
        "farm": 180_000,
        "village": 120_000,
        "station": 55_000,
    }.get(block.use)
    count = max(1, round(block.ground.area / size)) if size else 1
    parted = []
    for face in divide(block.face, count, rng, 0.3):
        pieces = polygons(face.intersection(block.ground))
        if pieces:
            largest = max(pieces, key=lambda piece: piece.area)
            use = block.use
            if use == "station" and not face.buffer(5).contains(Point(plan.STATION_AT)):
                use = "walkup"  # homes of railway workers
            parted.append(Block(face, largest, block.quarter, use))
        else:
            parted.append(Block(face, face, block.quarter, "verge"))
    return parted


def make(graph: Graph, cuts: Lines, ground: Terrain, rng: Random) -> list[Block]:
    """Return all blocks with their use; lakes are taken out of the buildable ground."""
    space = street_space(graph)
    space += [cuts.motorway.buffer(26), cuts.railway.buffer(14), cuts.spur.buffer(9)]
    space += list(ground.lakes.values())
    tree = shapely.STRtree(space)
    blocks: list[Block] = []
    for face in faces_of(graph, cuts, ground):
        near = sorted(tree.query(face))
        rest = polygons(face.difference(shapely.union_all([space[row] for row in near])))
        free = max(rest, key=lambda part: part.area) if rest else face
        quarter = quarter_of(face)
        use = _special(face, ground) or _mixed_use(quarter, rng)
        if use in ("gated", "tower") and not 9_000 < free.area < 330_000:
            use = "walkup" if free.area < 9_000 else "meadow"
        if use in _WALLED and free.buffer(-32).is_empty:
            use = "walkup"
        if use == "walkup" and free.area > 150_000:
            use = "gated"
        blocks += _parted(Block(face, free, quarter, use), rng)
    return blocks
