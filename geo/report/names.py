"""Write the names of places on a map, the largest first, wherever they do not collide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.report import style
from geo.report.outlines import Window
from geo.report.sheet import Sheet

#: More names than these are a list, not a map.
MOST_LABELS = 14
WIDEST_LABEL_MM = 36.0
#: The kinds of landmarks that are worth a name, the weightiest first.
KINDS = ("city", "town", "suburb", "quarter", "village", "neighbourhood", "station")
#: How far aside and below of its place a name may stand, mm; the first that is free is taken.
NEAR = ((0, 0), (0, -4), (0, 4), (-5, 0), (5, 0), (0, -8), (0, 8))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Label:
    """Hold a name, the middle of its place on paper (mm), its size in points and its colour."""

    name: str
    x: float
    y: float
    size: float
    colour: str = style.INK


def labels(
    cells: gpd.GeoDataFrame, landmarks: gpd.GeoDataFrame | None, window: Window
) -> list[Label]:
    """Return the names of cells that have one of their own, else those of landmarks."""
    named = named_top(cells)
    if len(named):
        named = named.iloc[np.argsort(-named.area.to_numpy(), kind="stable")[: MOST_LABELS * 2]]
        seen = shapely.clip_by_rect(named.geometry.to_numpy(), *window.ground)
        return _placed(window, named["name"].tolist(), seen, 9.0 if len(named) <= 8 else 7.5)
    if landmarks is None:
        return []
    marks = landmarks[landmarks["name"] != ""]
    kind = pd.Categorical(marks["kind"], categories=KINDS, ordered=True)
    marks = marks.assign(kind=kind).dropna(subset="kind").sort_values("kind", kind="stable")
    marks = marks.drop_duplicates("name").iloc[: MOST_LABELS * 3]
    return _placed(window, marks["name"].tolist(), marks.geometry.to_numpy(), 7.5)


def named_top(cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells of the highest level that have a name of their own."""
    own = (cells["name"] != "") & (cells["name"] != cells["code"])
    return cells[own & (cells["level"] == cells["level"].min())]


def _placed(window: Window, names: list[str], shapes: NDArray[Any], size: float) -> list[Label]:
    keep = ~shapely.is_empty(shapes)
    at = window.on_paper(shapely.get_coordinates(shapely.point_on_surface(shapes[keep])))
    kept = [name for name, here in zip(names, keep, strict=True) if here]
    return [Label(name, x, y, size) for name, (x, y) in zip(kept, at.tolist(), strict=True)]


def write(
    sheet: Sheet,
    window: Window,
    wanted: Sequence[Label],
    taken: list[shapely.Polygon],
    *,
    lines: int = 1,
    widest: float = WIDEST_LABEL_MM,
    near: Sequence[tuple[float, float]] = NEAR,
    avoid: Floats | None = None,
) -> None:
    """Write names where nothing that is ``taken`` stands, and add the room that they take.

    A long name is cut, or first broken into ``lines``. Of the places that are free the one is
    chosen that hides the fewest of the points to ``avoid`` (mm), the first of several.
    """
    frame = shapely.box(
        window.left + 1, window.top + 1, window.left + window.width - 1,
        window.top + window.height - 1,
    )  # fmt: skip
    written = 0
    for label in wanted:
        texts = _texts(sheet, label, lines, widest)
        spot = _spot(sheet, label, texts, frame, taken, near, avoid)
        if spot is None:
            continue
        room, base = spot
        taken.append(room)
        for number, text in enumerate(texts):
            wide = sheet.advance(text, label.size, bold=True)
            left = (room.bounds[0] + room.bounds[2]) / 2 - wide / 2
            y = base + number * label.size * 0.42
            sheet.text(
                left, y, text, label.size, label.colour, bold=True, halo=style.PAPER, order=8.0
            )
        written += 1
        if written >= MOST_LABELS:
            return


def _texts(sheet: Sheet, label: Label, lines: int, widest: float) -> list[str]:
    if lines == 1:
        name = sheet.clean(label.name, bold=True)
        return [sheet.fitted(name, label.size, widest, bold=True)]
    return sheet.wrapped(label.name, label.size, widest, most=lines, bold=True)


def _spot(
    sheet: Sheet,
    label: Label,
    texts: list[str],
    frame: shapely.Polygon,
    taken: Sequence[shapely.Polygon],
    near: Sequence[tuple[float, float]],
    avoid: Floats | None,
) -> tuple[shapely.Polygon, float] | None:
    """Return the room of a name and its first base line, ``None`` where there is no room."""
    wide = max((sheet.advance(text, label.size, bold=True) for text in texts), default=0.0)
    high, more = label.size * 0.36, (len(texts) - 1) * label.size * 0.42
    best, fewest = None, np.inf
    for aside, down in near:
        left, base = label.x + aside - wide / 2, label.y + down + high / 2 - more / 2
        room = shapely.box(left - 1, base - high - 0.8, left + wide + 1, base + more + 1)
        if not frame.covers(room) or any(room.intersects(other) for other in taken):
            continue
        hidden = 0 if avoid is None else _inside(room, avoid)
        if hidden < fewest:
            best, fewest = (room, base), hidden
        if hidden == 0:
            break
    return best


def _inside(room: shapely.Polygon, points: Floats) -> int:
    left, top, right, bottom = room.bounds
    x, y = points[:, 0], points[:, 1]
    return int(((x > left) & (x < right) & (y > top) & (y < bottom)).sum())
