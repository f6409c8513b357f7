"""Draw smooth lines, and split and fill polygons, in metres of the city's local frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
XY = tuple[float, float]


def spline(points: Sequence[XY], step: float = 22.0, closed: bool = False) -> LineString:
    """Return a centripetal Catmull–Rom curve through the points, sampled about every ``step`` m."""
    xy = np.asarray(points, float)
    if closed:
        xy = np.vstack([xy[-1], xy, xy[0], xy[1]])
    else:
        xy = np.vstack([2 * xy[0] - xy[1], xy, 2 * xy[-1] - xy[-2]])
    out: list[Floats] = []
    for p0, p1, p2, p3 in zip(xy, xy[1:], xy[2:], xy[3:], strict=False):
        t1 = math.sqrt(math.dist(p0, p1))
        t2 = t1 + math.sqrt(math.dist(p1, p2))
        t3 = t2 + math.sqrt(math.dist(p2, p3))
        count = max(2, round(math.dist(p1, p2) / step))
        t = np.linspace(t1, t2, count, endpoint=False)[:, None]
        a1 = (t1 - t) / t1 * p0 + t / t1 * p1
        a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        b1 = (t2 - t) / t2 * a1 + t / t2 * a2
        b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        out.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    last = out[0][:1] if closed else xy[-2][None, :]
    return LineString(np.vstack([*out, last]))


def normals(xy: Floats) -> Floats:
    """Return unit normals to the left of the polyline's direction at every vertex."""
    tangent = np.gradient(xy, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None]
    return np.column_stack([-tangent[:, 1], tangent[:, 0]])


def beside(line: LineString, metres: float | Floats) -> LineString:
    """Return the line moved to its left by ``metres`` (one value, or one for every vertex)."""
    xy = shapely.get_coordinates(line)
    shift = np.broadcast_to(np.asarray(metres, float), len(xy))
    return LineString(xy + normals(xy) * shift[:, None])


def warp(xy: Floats) -> Floats:
    """Bend the plane gently, so that no long line of a planned grid stays straight."""
    x, y = xy[:, 0], xy[:, 1]
    dx = 55 * np.sin(y / 610 + 0.6) + 26 * np.sin((x + 0.7 * y) / 370) + 9 * np.sin(y / 150 + 2)
    dy = 50 * np.sin(x / 690 + 1.9) + 24 * np.sin((y - 0.8 * x) / 410 + 1) + 8 * np.sin(x / 170)
    return np.column_stack([x + dx, y + dy])


def turned(xy: Floats, degrees: float, centre: XY) -> Floats:
    """Rotate points anticlockwise about ``centre``."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    moved = xy - np.asarray(centre)
    return np.column_stack(
        [cos * moved[:, 0] - sin * moved[:, 1], sin * moved[:, 0] + cos * moved[:, 1]]
    ) + np.asarray(centre)


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons inside any geometry, in a fixed order."""
    flat: list[Polygon] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            flat.append(part)
        elif part.geom_type in ("MultiPolygon", "GeometryCollection"):
            flat.extend(polygons(part))
    return [part for part in flat if not part.is_empty and part.area > 0]


def lines(geometry: BaseGeometry) -> list[LineString]:
    """Return the line strings inside any geometry, in a fixed order."""
    flat: list[LineString] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "LineString":
            flat.append(part)
        elif part.geom_type in ("MultiLineString", "GeometryCollection"):
            flat.extend(lines(part))
    return [part for part in flat if part.length > 0]


def main_angle(polygon: Polygon) -> float:
    """Return the direction of the longer side of the polygon's smallest rectangle, in degrees."""
    box = shapely.get_coordinates(polygon.minimum_rotated_rectangle)
    sides = np.diff(box, axis=0)
    longest = sides[np.argmax(np.round(np.hypot(sides[:, 0], sides[:, 1]), 3))]
    return math.degrees(math.atan2(longest[1], longest[0]))


def cut(polygon: Polygon, share: float, angle: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Cut across the direction ``angle``; the first part holds about ``share`` of the area."""
    centre = (polygon.centroid.x, polygon.centroid.y)
    upright = shapely.transform(polygon, lambda xy: turned(xy, -angle, centre))
    west, south, east, north = upright.bounds
    low, high = west, east
    for _ in range(24):
        middle = (low + high) / 2
        part = shapely.clip_by_rect(upright, west - 1, south - 1, middle, north + 1)
        if part.area < share * polygon.area:
            low = middle
        else:
            high = middle
    x = (low + high) / 2
    knife = shapely.box(west - 1, south - 1, x, north + 1)

    def back(part: BaseGeometry) -> BaseGeometry:
        return shapely.transform(part, lambda xy: turned(xy, angle, centre))

    return back(upright.intersection(knife)), back(upright.difference(knife))


def divide(polygon: Polygon, count: int, rng: Random, unevenness: float = 0.18) -> list[Polygon]:
    """Divide a polygon into exactly ``count`` pieces by cuts across its longer side."""
    if count <= 1:
        return [polygon]
    first = count // 2
    share = first / count + rng.uniform(-unevenness, unevenness) / count
    angle = main_angle(polygon) + rng.uniform(-6, 6)
    for attempt in (angle, angle + 25, angle - 25, angle + 60, angle + 90):
        one, other = cut(polygon, share, attempt)
        if one.geom_type == other.geom_type == "Polygon":
            return [
                *divide(one, first, rng, unevenness),
                *divide(other, count - first, rng, unevenness),
            ]
    one, other = (max(polygons(part), key=lambda p: p.area) for part in (one, other))
    return [*divide(one, first, rng), *divide(other, count - first, rng)]


def lots(polygon: Polygon, target_m2: float, rng: Random) -> list[Polygon]:
    """Divide a polygon into building lots of about ``target_m2``."""
    pieces: list[Polygon] = []
    pending = [polygon]
    while pending:
        piece = pending.pop()
        if piece.area < target_m2 * rng.uniform(0.8, 1.7):
            pieces.append(piece)
            continue
        one, other = cut(piece, rng.uniform(0.38, 0.62), main_angle(piece) + rng.uniform(-5, 5))
        pending.extend(polygons(one) + polygons(other))
    return pieces


def inset(polygon: BaseGeometry, metres: float) -> Polygon | None:
    """Return the largest part of the polygon that stays ``metres`` inside, with sharp corners."""
    parts = polygons(polygon.buffer(-metres, join_style="mitre"))
    return max(parts, key=lambda part: part.area) if parts else None


def rounded(geometry: BaseGeometry, grid: float = 0.01) -> BaseGeometry:
    """Return the geometry with coordinates on a grid of ``grid`` metres, vertex by vertex."""
    return shapely.transform(geometry, lambda xy: np.round(xy / grid) * grid)
