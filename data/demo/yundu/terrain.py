"""Lay out the ground: river, sandbar, lakes, hill and the outline of the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from yundu import plan
from yundu.geometry import beside, rounded, spline


@dataclass(frozen=True)
class Terrain:
    """Hold water and relief; ``north_bank`` is left of the flow, ``south_bank`` right of it."""

    river_line: LineString
    river: Polygon
    north_bank: LineString
    south_bank: LineString
    sandbar: Polygon
    lakes: dict[str, Polygon]
    hill: Polygon
    outline: Polygon


def half_width(x: np.ndarray) -> np.ndarray:
    """Return half the river's width where its middle passes ``x``."""
    middle, extra, reach = plan.WIDENING
    swell = extra * np.exp(-(((x - middle) / reach) ** 2))
    return (plan.RIVER_WIDTH + swell + 22 * np.sin(x / 530) + 12 * np.sin(x / 210 + 1)) / 2


def lens(line: LineString, start: float, end: float, width: float) -> Polygon:
    """Return a leaf-shaped island along the river's middle."""
    middle = shapely.get_coordinates(substring(line, start, end))
    along = np.linspace(0, 1, len(middle))
    bulge = width / 2 * np.sin(np.pi * along**0.8) ** 0.75
    left = shapely.get_coordinates(beside(LineString(middle), bulge + 6 * np.sin(along * 17)))
    right = shapely.get_coordinates(beside(LineString(middle), -bulge + 5 * np.sin(along * 13)))
    ring = np.vstack([left, right[::-1][1:-1]])
    return Polygon(ring).buffer(0.5).simplify(1.5)


def pond(x: float, y: float, long: float, wide: float, phase: float) -> Polygon:
    """Return a lake with an uneven shore."""
    angle = np.linspace(0, 2 * np.pi, 44, endpoint=False)
    radius = 1 + 0.16 * np.sin(2 * angle + phase) + 0.10 * np.sin(3 * angle + 2 * phase)
    radius += 0.05 * np.sin(5 * angle)
    turn = phase * 0.7
    dx, dy = long * radius * np.cos(angle), wide * radius * np.sin(angle)
    return Polygon(
        np.column_stack(
            [x + dx * np.cos(turn) - dy * np.sin(turn), y + dx * np.sin(turn) + dy * np.cos(turn)]
        )
    )


def make() -> Terrain:
    """Return the ground, coordinates on a grid of one centimetre."""
    line = spline(plan.RIVER, step=30)
    half = half_width(shapely.get_coordinates(line)[:, 0])
    north, south = beside(line, half), beside(line, -half)
    ring = np.vstack([shapely.get_coordinates(north), shapely.get_coordinates(south)[::-1]])
    middle = line.project(Point(plan.WIDENING[0], 2460))
    lakes = {
        "云湖": pond(2760, 700, 150, 90, 0.5),
        "砚池": pond(1500, 2230, 95, 60, 1.3),
        "镜塘": pond(6010, 3640, 70, 45, 2.2),
        "龙塘": pond(6460, 880, 110, 60, 0.2),
    }
    outline = Polygon(spline(plan.OUTLINE, step=60, closed=True))
    hill = Polygon(spline(plan.HILL, step=40, closed=True))
    return Terrain(
        river_line=rounded(line),
        river=rounded(Polygon(ring)),
        north_bank=rounded(north),
        south_bank=rounded(south),
        sandbar=rounded(lens(line, middle - 330, middle + 330, 150)),
        lakes={name: rounded(shape) for name, shape in lakes.items()},
        hill=rounded(hill),
        outline=rounded(outline),
    )
