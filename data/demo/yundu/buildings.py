"""Put houses on every kind of ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from yundu.blocks import Block
from yundu.geometry import XY, inset, lots, main_angle, polygons, rounded, turned

#: Farm hamlets that no street reaches within the longest access leg.
REMOTE = 6
#: Slabs of housing face south: depth, length and distance between rows, by use, in metres.
_SLABS = {
    "gated": ((13, 15), (38, 66), (40, 46)),
    "walkup": ((10.5, 12), (34, 62), (25, 30)),
    "tower": ((18, 24), (22, 34), (56, 66)),
    "campus": ((14, 18), (45, 80), (58, 75)),
    "school": ((13, 16), (50, 80), (48, 60)),
    "hospital": ((18, 24), (50, 90), (50, 60)),
    "office": ((24, 34), (30, 50), (62, 76)),
}
_KIND = {
    "gated": "apartments",
    "walkup": "residential",
    "tower": "apartments",
    "campus": "university",
    "school": "school",
    "hospital": "hospital",
    "office": "office",
    "old": "residential",
    "commerce": "commercial",
    "industry": "industrial",
    "village": "house",
    "hamlet": "house",
    "station": "train_station",
}


@dataclass(frozen=True)
class Building:
    """Hold one footprint, its OSM building value and number of storeys."""

    shape: Polygon
    kind: str
    levels: int


def _stepped(
    x: float, y: float, long: float, deep: float, rng: Random
) -> list[tuple[float, float]]:
    """Return a slab whose stairwells step back, as housing slabs do."""
    notch = deep * 0.22
    count = max(1, round(long / 17))
    width = long / count
    lower = [(x, y)]
    for i in range(count):
        left, right = x + i * width, x + (i + 1) * width
        if i % 2 == 0 and count > 1 and rng.random() < 0.8:
            lower += [
                (left + 0.36 * width, y),
                (left + 0.36 * width, y + notch),
                (right - 0.36 * width, y + notch),
                (right - 0.36 * width, y),
            ]
    return [*lower, (x + long, y), (x + long, y + deep), (x, y + deep)]


def _runs(
    free: BaseGeometry,
    x: np.ndarray,
    y: float,
    deep: float,
    back: Callable[[np.ndarray], np.ndarray],
) -> list[tuple[float, float]]:
    """Return the stretches of a row where a slab of this depth has room."""
    feet, heads = (
        np.column_stack([x, np.full_like(x, y)]),
        np.column_stack([x, np.full_like(x, y + deep)]),
    )
    posts = shapely.linestrings(np.stack([back(feet), back(heads)], axis=1))
    room = np.concatenate([[False], shapely.contains_properly(free, posts), [False]])
    edges = np.flatnonzero(np.diff(room.astype(int)))
    return [(float(x[i]), float(x[j - 1])) for i, j in zip(edges[::2], edges[1::2], strict=True)]


def _rows(free: BaseGeometry, use: str, angle: float, rng: Random) -> Iterator[Polygon]:
    """Yield slabs, row by row, wherever the ground has room between the lanes."""
    deep, long, gap = _SLABS[use]
    centre = (free.centroid.x, free.centroid.y)
    flat = turned(shapely.get_coordinates(free), -angle, centre)
    (west, south), (east, north) = flat.min(axis=0), flat.max(axis=0)
    depth, pitch, usual = rng.uniform(*deep), rng.uniform(*gap), rng.uniform(*long)

    def back(xy: np.ndarray) -> np.ndarray:
        return turned(xy, angle, centre)

    y = south + rng.uniform(1, 6)
    while y + depth < north:
        runs = _runs(free, np.arange(west, east, 3.0), y, depth, back)
        filled = False
        for begin, end in runs:
            between = 26.0 if use in ("tower", "office") else 12.0
            count = max(1, int((end - begin + between) / (usual + between)))
            length = min((end - begin + between) / count - between, 1.35 * long[1])
            if length < 0.6 * long[0]:
                continue
            filled = True
            for i in range(count):
                x = begin + i * (end - begin + between) / count
                ring = np.array(_stepped(x, y, length + rng.uniform(-3, 0), depth, rng))
                yield Polygon(back(ring))
        y += pitch if filled else 6.0


def _small_lots(block: Block, lanes: BaseGeometry, rng: Random) -> list[Polygon]:
    """Return the tight houses of an old quarter, or the halls and shops of other blocks."""
    target, gap, empty = {
        "old": (500.0, 1.3, 0.07),
        "commerce": (1900.0, 4.5, 0.08),
        "industry": (5200.0, 9.0, 0.16),
    }.get(block.use, (2500.0, 6.0, 0.2))
    ground = inset(block.ground, 1.0 if block.use == "old" else 5.0)
    if ground is None:
        return []
    found = []
    parts = polygons(ground.difference(lanes))
    for lot in [lot for part in parts for lot in lots(part, target, rng)]:
        if rng.random() < empty or lot.length**2 > 34 * lot.area:
            continue
        shape = inset(lot, gap * rng.uniform(0.7, 1.4))
        if shape is not None and shape.area > 60:
            found.append(shape)
    return found


def _storeys(use: str, rng: Random) -> int:
    low, high = {
        "gated": (6, 18),
        "walkup": (4, 7),
        "tower": (24, 34),
        "old": (1, 3),
        "commerce": (4, 28),
        "office": (12, 30),
        "industry": (1, 3),
    }.get(use, (2, 6))
    return rng.randint(low, high)


def of_block(block: Block, lanes: BaseGeometry, rng: Random) -> list[Building]:
    """Return the buildings of one block; ``lanes`` is the ground that lanes take."""
    use = block.use
    shapes: list[Polygon] = []
    if use in _SLABS:
        ground = inset(block.ground, 8.0 if use in ("gated", "tower") else 5.0)
        if ground is None:
            return []
        base = main_angle(block.ground)
        base = (base + 45) % 90 - 45  # the side nearest to east–west: rooms look south
        for free in polygons(ground.difference(lanes)):
            shapely.prepare(free)
            shapes += [slab for slab in _rows(free, use, base, rng) if free.contains(slab)]
        if use in ("school", "campus", "hospital"):
            shapes = [shape for shape in shapes if rng.random() < 0.85]
    elif use in ("old", "commerce", "industry"):
        shapes = _small_lots(block, lanes, rng)
    kind = _KIND.get(use, "yes")
    made = [Building(rounded(shape), kind, _storeys(use, rng)) for shape in shapes]
    return [b for b in made if b.shape.is_valid and b.shape.area > 40]


def hamlet(centre: XY, count: int, rng: Random) -> list[Building]:
    """Return a loose group of farm houses."""
    found: list[Building] = []
    for _ in range(count * 8):
        x, y = centre[0] + rng.gauss(0, 42), centre[1] + rng.gauss(0, 30)
        ring = np.array([(0, 0), (14, 0), (14, 9.5), (0, 9.5)]) + np.array((x, y))
        shape = Polygon(turned(ring, rng.uniform(-20, 20), (x, y)))
        if all(shape.distance(other.shape) > 4 for other in found):
            found.append(Building(rounded(shape), "house", rng.randint(1, 3)))
        if len(found) == count:
            break
    return found


def _loneliest(ground: Polygon, streets: BaseGeometry) -> Point | None:
    """Return the place well inside a field that is farthest from all streets."""
    west, south, east, north = ground.bounds
    x, y = np.meshgrid(np.arange(west, east, 45.0), np.arange(south, north, 45.0))
    points = shapely.points(x.ravel(), y.ravel())
    points = points[shapely.contains(ground.buffer(-60), points)]
    return points[np.argmax(shapely.distance(points, streets))] if len(points) else None


def hamlets(blocks: Sequence[Block], streets: BaseGeometry, rng: Random) -> list[Building]:
    """Put farm houses on villages, on the island, and where no street comes near.

    The blocks' ``homes`` tell where people live on them.
    """
    shapely.prepare(streets)
    found: list[Building] = []
    remote = 0
    for block in blocks:
        field = block.use in ("farm", "meadow") and block.quarter == "farm"
        if not field and block.use not in ("village", "island"):
            continue
        spot = block.ground.representative_point()
        if field:
            spot = _loneliest(block.ground, streets) or spot
            if remote >= REMOTE or spot.distance(streets) < 255:
                continue
            remote += 1
            block.use = "hamlet"
        room = block.ground.buffer(-6)
        houses = [
            house for house in hamlet((spot.x, spot.y), 26, rng) if room.contains(house.shape)
        ]
        if houses:
            hull = shapely.union_all([house.shape for house in houses]).convex_hull
            block.homes = [hull.buffer(8, quad_segs=2)]
            found += houses
    return found
