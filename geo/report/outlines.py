"""Turn shapes in metres into outlines on paper: cut to a window, simplified, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.path import Path as Outline

Floats = NDArray[np.float64]

#: What is smaller than this on paper is not seen, mm.
FINEST_MM = 0.045


@dataclass(frozen=True)
class Window:
    """Hold a box on the paper (mm, from the upper left) and the ground that it shows (metres).

    The same scale holds in both directions; north is up.
    """

    left: float
    top: float
    width: float
    height: float
    west: float
    north: float
    metres_per_mm: float

    @classmethod
    def around(
        cls, bounds: tuple[float, float, float, float], box: tuple[float, float, float, float]
    ) -> Window:
        """Return the window that shows all of some bounds (metric) in the middle of a box (mm)."""
        left, top, width, height = box
        west, south, east, north = bounds
        scale = max((east - west) / width, (north - south) / height, 1.0)
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        return cls(
            left,
            top,
            width,
            height,
            west=middle_x - width * scale / 2,
            north=middle_y + height * scale / 2,
            metres_per_mm=scale,
        )

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """Return the ground that is shown as west, south, east, north."""
        east = self.west + self.width * self.metres_per_mm
        return self.west, self.north - self.height * self.metres_per_mm, east, self.north

    def on_paper(self, xy: Floats) -> Floats:
        """Return metric coordinates as millimetres on the paper."""
        x = self.left + (xy[:, 0] - self.west) / self.metres_per_mm
        y = self.top + (self.north - xy[:, 1]) / self.metres_per_mm
        return np.column_stack([x, y])

    def shows(self, xy: Floats) -> NDArray[np.bool_]:
        """Return which places lie within the window."""
        west, south, east, north = self.ground
        inside_x = (xy[:, 0] >= west) & (xy[:, 0] <= east)
        return inside_x & (xy[:, 1] >= south) & (xy[:, 1] <= north)

    def lines(self, shapes: NDArray[Any]) -> Outline | None:
        """Return lines, or the edges of areas, as one outline; ``None`` when nothing is in view."""
        edges = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
        cut = shapely.clip_by_rect(edges, *self.ground)
        parts = shapely.get_parts(shapely.get_parts(cut))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
        if not len(parts):
            return None
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts)))
        simple = shapely.simplify(joined, FINEST_MM * self.metres_per_mm)
        return self._outline(simple, closed=False)

    def areas(self, shapes: NDArray[Any]) -> Outline | None:
        """Return areas as one outline with their holes; ``None`` when nothing is in view."""
        near = shapes[shapely.intersects(shapely.box(*self.ground), shapes)]
        simple = shapely.simplify(near, FINEST_MM * self.metres_per_mm)
        cut = shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(simple, *self.ground)))
        cut = cut[shapely.get_type_id(cut) == shapely.GeometryType.POLYGON]
        seen = cut[shapely.area(cut) >= (FINEST_MM * self.metres_per_mm) ** 2]
        if not len(seen):
            return None
        # A hole runs the other way round than what it is cut from, and so it is not filled.
        rings = shapely.get_rings(shapely.orient_polygons(seen))
        return self._outline(rings, closed=True)

    def _outline(self, strokes: NDArray[Any], *, closed: bool) -> Outline | None:
        from matplotlib.path import Path as Outline

        xy, row = shapely.get_coordinates(strokes, return_index=True)
        if not len(xy):
            return None
        codes = np.full(len(xy), Outline.LINETO, Outline.code_type)
        starts = np.flatnonzero(np.diff(row, prepend=-1))
        codes[starts] = Outline.MOVETO
        if closed:
            codes[np.append(starts[1:], len(xy)) - 1] = Outline.CLOSEPOLY
        return Outline(self.on_paper(xy), codes)


def corners(outline: Outline) -> int:
    """Return how many corners an outline has."""
    return int(np.shape(outline.vertices)[0])
