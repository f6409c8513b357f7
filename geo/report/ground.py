"""Draw the ground of a map: cells by covered share, gaps, water, streets, edges of areas, links.

Every function draws one layer into a window of a sheet, cut at ``paper``, the shape of the map.
What has more corners than :data:`MOST_CORNERS` becomes dots of 300 to the inch, all else is lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.report import style
from geo.report.outlines import Window, corners
from geo.report.sheet import Sheet

#: A cell narrower than this on paper cannot be told from its neighbours, mm.
NARROWEST_CELL_MM = 2.6
#: An area of the highest level narrower than this on paper has no border of its own, mm.
NARROWEST_AREA_MM = 9.0
#: More corners than these are drawn as dots, not as lines: the file stays small and quick to open.
MOST_CORNERS = 60_000
#: The thinnest streets are left out where so many would be drawn: they would be one grey.
MOST_EDGES = 25_000
#: Gaps by their causes that are the station's own, not the way's.
OF_STATION = ("service_missing", "unknown_hours", "closed", "full")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """Hold how an area is hatched: matplotlib's signs, the colour and the width of their lines."""

    signs: str
    colour: str
    line: float = 0.4


def level_of(cells: gpd.GeoDataFrame, window: Window) -> tuple[NDArray[np.int64], bool]:
    """Return the rows of the lowest level whose cells can be told apart, and whether they can.

    Where even the highest level is too fine, it is drawn without edges.
    """
    levels = cells["level"].to_numpy()
    for level in sorted(set(levels.tolist()), reverse=True):
        rows = np.flatnonzero(levels == level)
        side_m = float(np.sqrt(np.median(cells.geometry.iloc[rows].area)))
        if side_m >= NARROWEST_CELL_MM * window.metres_per_mm:
            return rows, True
    return np.flatnonzero(levels == levels.min()) if len(levels) else np.empty(0, int), False


def heavy(outline: Any) -> bool:
    """Return whether an outline has so many corners that it is drawn as dots."""
    return corners(outline) > MOST_CORNERS


def classes_of(share: Floats) -> NDArray[np.int64]:
    """Return the class of every covered share, 0–20 % = 0 … 80–100 % = 4; unknown is -1."""
    return np.clip(np.floor(np.nan_to_num(share, nan=-1) * 5), -1, 4).astype(np.int64)


def cells(
    sheet: Sheet,
    window: Window,
    paper: Any,
    frame: gpd.GeoDataFrame,
    share: Floats,
    patterns: Sequence[Pattern | None] = (),
) -> None:
    """Draw the cells by the class of their covered share, with a pattern for each on demand."""
    rows, fine = level_of(frame, window)
    shapes, classes = frame.geometry.to_numpy()[rows], classes_of(share[rows])
    for number, colour in enumerate(style.SHARE):
        outline = window.areas(shapes[classes == number])
        if outline is not None:
            raster = heavy(outline)
            pattern = patterns[number] if patterns else None
            sheet.area(outline, fill=colour, raster=raster, clip=paper, order=1.0)
            if pattern is not None:
                _hatched(sheet, outline, pattern, paper, 1.2)
    outline = window.lines(shapes) if fine else None
    if outline is not None:
        sheet.area(outline, edge=style.OUTLINE, line=0.3, clip=paper, order=1.6)


def _hatched(sheet: Sheet, outline: Any, pattern: Pattern, paper: Any, order: float) -> None:
    sheet.area(
        outline,
        hatch=pattern.signs,
        hatch_colour=pattern.colour,
        hatch_line=pattern.line,
        raster=heavy(outline),
        clip=paper,
        order=order,
    )


def gaps(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame) -> None:
    """Draw the gaps hatched, those that are the station's own the other way round."""
    own = frame["class"].isin(OF_STATION).to_numpy()
    for mine, fill, hatch, lines in (
        (~own, style.GAP_FILL, style.GAP_HATCH, "/////"),
        (own, style.OFFER_FILL, style.OFFER_HATCH, "\\\\\\\\\\"),
    ):
        outline = window.areas(frame.geometry.to_numpy()[mine])
        if outline is not None:
            raster = heavy(outline)
            sheet.area(
                outline,
                fill=fill,
                hatch=lines,
                hatch_colour=hatch,
                raster=raster,
                clip=paper,
                order=1.4,
            )


def water(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame | None) -> None:
    """Draw the water, where it is known."""
    outline = None if frame is None else window.areas(frame.geometry.to_numpy())
    if outline is not None:
        sheet.area(outline, fill=style.WATER, clip=paper, order=2.0)


def streets(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame | None) -> None:
    """Draw the streets by their class, wide ones with casings."""
    if frame is None or frame.empty:
        return
    width = frame["highway"].map(style.STREET_WIDTHS).fillna(style.THINNEST_STREET).to_numpy()
    shapes = frame.geometry.to_numpy()
    west, south, east, north = window.ground
    seen = shapely.intersects(shapely.box(west, south, east, north), shapes)
    # Widths are those of a city 10 km wide; a whole region has thinner ones.
    thinner = float(np.clip(60.0 / window.metres_per_mm, 0.25, 1.0))
    for line in sorted(set(width.tolist())):
        mine = seen & (width == line)
        outline = window.lines(shapes[mine])
        if outline is None or (line < 0.8 and seen.sum() > MOST_EDGES):
            continue
        raster = heavy(outline)
        if line > 1:
            sheet.area(
                outline, edge=style.CASING, line=(line + 0.5) * thinner, raster=raster,
                clip=paper, order=2.2,
            )  # fmt: skip
        sheet.area(
            outline, edge=style.PAPER, line=line * thinner, raster=raster, clip=paper,
            order=2.3 + line / 10,
        )  # fmt: skip


def edges(
    sheet: Sheet,
    window: Window,
    paper: Any,
    shapes: NDArray[Any],
    *,
    line: float = 0.6,
    dashes: tuple[float, ...] = (),
    order: float = 3.0,
) -> None:
    """Draw the edges of circles or rings as lines."""
    outline = window.lines(shapes)
    if outline is not None:
        raster = heavy(outline)
        sheet.area(
            outline, edge=style.CIRCLE, line=line, dashes=dashes, raster=raster, clip=paper,
            order=order,
        )  # fmt: skip


def ways(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame | None) -> None:
    """Draw new links as lines, opened gates as rings, both in the colour of what is better."""
    if frame is None:
        return
    shapes = frame.geometry.to_numpy()
    points = shapely.get_dimensions(shapes) == 0
    outline = window.lines(shapes[~points])
    if outline is not None:
        sheet.area(outline, edge=style.PAPER, line=4.0, clip=paper, order=5.0)
        sheet.area(outline, edge=style.GOOD, line=2.4, clip=paper, order=5.1)
    at = shapely.get_coordinates(shapes[points])
    for x, y in window.on_paper(at[window.shows(at)]).tolist():
        sheet.box(x - 1.6, y - 1.6, 3.2, 3.2, fill=style.PAPER, edge=style.GOOD, line=1.6,
                  radius=1.6, order=5.2)  # fmt: skip


def whole(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame) -> None:
    """Draw the ground of a city in one colour, a little darker than what lies around."""
    top = frame[frame["level"] == frame["level"].min()]
    outline = window.areas(top.geometry.to_numpy())
    if outline is not None:
        sheet.area(outline, fill=style.CITY, raster=heavy(outline), clip=paper, order=1.0)


def borders(sheet: Sheet, window: Window, paper: Any, frame: gpd.GeoDataFrame) -> None:
    """Draw the borders of the areas of the highest level."""
    top = frame[frame["level"] == frame["level"].min()]
    edges = shapely.clip_by_rect(shapely.boundary(top.geometry.to_numpy()), *window.ground)
    # Neighbours share their border: drawn twice, its dashes would fill each other's gaps.
    outline = window.lines(np.array([shapely.union_all(edges)], dtype=object))
    if outline is not None:
        sheet.area(
            outline, edge=style.THIRD, line=0.7, dashes=style.BORDER_DASHES,
            raster=heavy(outline), clip=paper, order=2.9,
        )  # fmt: skip


def has_borders(frame: gpd.GeoDataFrame, window: Window) -> bool:
    """Return whether areas of the highest level hold others, and are large enough for borders."""
    levels = frame["level"]
    if levels.nunique() < 2:
        return False
    top = frame[levels == levels.min()]
    side_m = float(np.sqrt(np.median(top.geometry.area)))
    return side_m >= NARROWEST_AREA_MM * window.metres_per_mm
