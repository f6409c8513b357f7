"""Draw the signs of a map: stations by tier, numbers of gaps, the scale, the north."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.report import style
from geo.report.outlines import Window
from geo.report.sheet import Sheet
from geo.study import Study

#: The straight-line ring is a dashed line, never a fill.
RING_DASHES = (3.6, 2.2)


def mark(
    sheet: Sheet,
    x: float,
    y: float,
    tier: str,
    size: float,
    *,
    serves: bool = True,
    changed: bool = False,
    discs: bool = False,
    order: float = 6.0,
) -> None:
    """Draw a station, so many mm wide: its tier by shape, whether it serves by colour.

    With ``discs`` points are true circles, to be told from squares where they are small.
    """
    colour = style.IDLE if not serves else style.BRAND if tier == "centre" else style.CIRCLE
    wide = size * {"centre": 1.75, "station": 1.15}.get(tier, 1.0)
    order += {"centre": 0.6, "station": 0.3}.get(tier, 0.0)
    radius = wide * {"centre": 0.22, "station": 0.22}.get(tier, 0.5)
    if changed:
        rim = wide + 1.8
        sheet.box(x - rim / 2, y - rim / 2, rim, rim, edge=style.GOOD, line=1.4,
                  radius=radius + 1.2, order=order + 1)  # fmt: skip
    if discs and tier == "point":
        sheet.disc(x, y, wide / 2, colour, style.PAPER, 0.6, order)
        return
    sheet.box(x - wide / 2, y - wide / 2, wide, wide, fill=colour, edge=style.PAPER, line=0.6,
              radius=radius, order=order)  # fmt: skip
    if tier == "centre":
        points = wide * 1.75
        sheet.text(x, y + points * 0.132, "中", points, style.PAPER, bold=True, align="center",
                   order=order + 0.1)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Posts:
    """Hold the stations that a window shows: where they stand (mm), their tiers, what they are."""

    at: NDArray[np.float64]
    tier: NDArray[Any]
    inside: NDArray[np.bool_]
    serving: NDArray[np.bool_]
    changed: NDArray[np.bool_]

    @classmethod
    def of(cls, study: Study, window: Window, changed: Collection[str] = ()) -> Posts:
        """Return the stations of a study; ``changed`` are ids of those to point out."""
        data = study.data
        at = window.on_paper(data.stations_xy)
        serving = np.zeros(len(at), bool)
        serving[study.stations] = True
        left, top, width, height = window.left, window.top, window.width, window.height
        x, y = at[:, 0], at[:, 1]
        inside = (x > left + 1) & (x < left + width - 1) & (y > top + 1) & (y < top + height - 1)
        return cls(
            at,
            data.stations["tier"].to_numpy(),
            inside,
            serving,
            data.stations["id"].isin(list(changed)).to_numpy(),
        )

    @staticmethod
    def size(number: int) -> float:
        """Return how wide a station is drawn, mm: many are smaller, or they would hide the map."""
        return float(np.clip(2.4 * (60 / max(number, 1)) ** 0.2, 1.3, 2.4))

    def draw(self, sheet: Sheet, size: float, *, discs: bool = False) -> list[shapely.Polygon]:
        """Draw the stations, those that serve last; return where names must not stand, mm."""
        x, y = self.at[:, 0], self.at[:, 1]
        taken = []
        for rows in (self.inside & ~self.serving, self.inside & self.serving):
            for name in ("point", "station", "centre"):
                for row in np.flatnonzero(rows & (self.tier == name)):
                    serves, changed = bool(self.serving[row]), bool(self.changed[row])
                    mark(
                        sheet, x[row], y[row], name, size, serves=serves, changed=changed,
                        discs=discs,
                    )  # fmt: skip
                    if name == "centre" or changed:
                        taken.append(shapely.box(x[row] - 2, y[row] - 2, x[row] + 2, y[row] + 2))
        return taken


def badges(
    sheet: Sheet,
    window: Window,
    gaps: gpd.GeoDataFrame,
    taken: Sequence[shapely.Polygon] = (),
    *,
    discs: bool = False,
) -> list[shapely.Polygon]:
    """Write the numbers of gaps into what is seen of them, and return where they stand.

    A number that would stand on what is ``taken``, or on another number, stands beside its gap,
    with a line to it.
    """
    placed: list[shapely.Polygon] = []
    for row in gaps.itertuples():
        seen = shapely.clip_by_rect(row.geometry, *window.ground)
        if seen.is_empty:
            continue
        spot = shapely.get_coordinates(shapely.point_on_surface(seen))
        x, y = window.on_paper(spot)[0].tolist()
        at_x, at_y = _free(window, x, y, [*taken, *placed])
        if (at_x, at_y) != (x, y):
            sheet.disc(x, y, 0.7, style.GAP_TEXT, style.PAPER, 0.4, 6.9)
            _leader(sheet, (x, y), (at_x, at_y))
        if discs:
            sheet.disc(at_x, at_y, 2.3, style.GAP_TEXT, style.PAPER, 0.8, 7.0)
        else:
            sheet.box(at_x - 2.2, at_y - 2.2, 4.4, 4.4, fill=style.GAP_TEXT, edge=style.PAPER,
                      line=0.8, radius=2.2, order=7.0)  # fmt: skip
        sheet.text(at_x, at_y + 1.05, str(row.rank), 8, style.PAPER, bold=True, align="center",
                   order=7.2)  # fmt: skip
        placed.append(shapely.box(at_x - 2.4, at_y - 2.4, at_x + 2.4, at_y + 2.4))
    return placed


def _free(
    window: Window, x: float, y: float, taken: Sequence[shapely.Polygon]
) -> tuple[float, float]:
    """Return where a number may stand without covering anything; its own place if nowhere."""
    for aside, down in (
        (0, 0),
        (0, -6),
        (6, 0),
        (0, 6),
        (-6, 0),
        (7, -7),
        (7, 7),
        (-7, 7),
        (-7, -7),
    ):
        at_x, at_y = x + aside, y + down
        room = shapely.box(at_x - 2.4, at_y - 2.4, at_x + 2.4, at_y + 2.4)
        left, top = window.left, window.top
        frame = shapely.box(left, top, left + window.width, top + window.height)
        if frame.covers(room) and not any(room.intersects(other) for other in taken):
            return at_x, at_y
    return x, y


def _leader(sheet: Sheet, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.path import Path as Outline

    sheet.area(Outline([start, end]), edge=style.GAP_TEXT, line=0.8, order=6.9)


def scale_bar(sheet: Sheet, window: Window, k: float = 1.0) -> shapely.Polygon:
    """Draw a bar of a round length, about a sixth of the map, and return the room that it takes.

    ``k`` makes its type and its measures larger.
    """
    wanted = window.width / 6 * window.metres_per_mm
    power = 10.0 ** np.floor(np.log10(wanted))
    metres = float(max(step for step in (1, 2, 5) if step * power <= wanted) * power)
    length = metres / window.metres_per_mm
    x, y = window.left + 4 * k, window.top + window.height - 4 * k
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    wide = length + 3 * k + sheet.advance(text, 7 * k)
    sheet.box(x - 2 * k, y - 3.1 * k, wide + 4 * k, 5.1 * k, fill=style.PAPER, radius=1.4 * k,
              alpha=0.9, order=7.0)  # fmt: skip
    for each, colour in ((x, style.INK), (x + length / 2, style.THIRD)):
        sheet.box(each, y - 1.0 * k, length / 2, 0.9 * k, fill=colour, order=7.5)
    sheet.text(x + length + 1.5 * k, y + 0.2 * k, text, 7 * k, style.INK)
    return shapely.box(x - 2 * k, y - 3.1 * k, x + wide + 2 * k, y + 2 * k)


def north(sheet: Sheet, window: Window, k: float = 1.0) -> shapely.Polygon:
    """Draw which way north is, and return the room that it takes; ``k`` makes it larger."""
    from matplotlib.path import Path as Outline

    x, y = window.left + window.width - 6.5 * k, window.top + 4 * k
    sheet.box(x - 3 * k, y - 2 * k, 6 * k, 9.6 * k, fill=style.PAPER, radius=1.4 * k, alpha=0.9,
              order=7.0)  # fmt: skip
    for side, colour in ((-1, style.INK), (1, style.THIRD)):
        tip, foot = (x, y - 0.8 * k), (x + side * 1.5 * k, y + 4 * k)
        half = Outline([tip, foot, (x, y + 3 * k), tip])
        sheet.area(half, fill=colour, order=7.5)
    sheet.text(x, y + 6.6 * k, "N", 6.5 * k, style.INK, bold=True, align="center")
    return shapely.box(x - 3 * k, y - 2 * k, x + 3 * k, y + 7.6 * k)


def sign_width(key: str) -> float:
    """Return how much room a sign takes beside its words in a legend, mm."""
    return 7.0 if key in ("gap", "offer", "circle", "ring", "border", "way", "blank") else 4.0


def sign(sheet: Sheet, key: str, x: float, y: float, *, discs: bool = False) -> None:
    """Draw a sign of a legend, its left end and its middle at x and y; ``discs`` as in a mark."""
    from matplotlib.path import Path as Outline

    if key in ("gap", "offer"):
        corners = [(x, y - 1.5), (x + 5.6, y - 1.5), (x + 5.6, y + 1.5), (x, y + 1.5), (x, y - 1.5)]
        own = key == "offer"
        sheet.area(
            Outline(corners, closed=True),
            fill=style.OFFER_FILL if own else style.GAP_FILL,
            hatch=("\\" if own else "/") * 5,
            hatch_colour=style.OFFER_HATCH if own else style.GAP_HATCH,
        )
    elif key == "blank":
        sheet.box(x, y - 1.5, 5.6, 3.0, fill=style.GROUND, edge=style.OUTLINE, line=0.3)
    elif key in ("ring", "border"):
        colour, line = (style.CIRCLE, 1.0) if key == "ring" else (style.THIRD, 0.7)
        dashes = RING_DASHES if key == "ring" else style.BORDER_DASHES
        stroke = Outline([(x, y), (x + 5.6, y)])
        sheet.area(stroke, edge=colour, line=line, dashes=dashes, order=5.0)
    elif key in ("circle", "way"):
        colour, line = (style.GOOD, 2.4) if key == "way" else (style.CIRCLE, 1.0)
        sheet.rule(x, y, x + 5.6, y, colour, line)
    else:
        tier = {"idle": "point", "changed": "point"}.get(key, key)
        size = 1.1 if key == "changed" else 1.8
        serves, changed = key != "idle", key == "changed"
        mark(sheet, x + 1.6, y, tier, size, serves=serves, changed=changed, discs=discs)
