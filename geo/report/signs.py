"""Draw the signs of a map: stations by tier, the scale, the north."""

from __future__ import annotations

import numpy as np
import shapely

from geo.report import style
from geo.report.outlines import Window
from geo.report.sheet import Sheet


def mark(
    sheet: Sheet,
    x: float,
    y: float,
    tier: str,
    size: float,
    *,
    serves: bool = True,
    changed: bool = False,
    order: float = 6.0,
) -> None:
    """Draw a station, so many mm wide: its tier by shape, whether it serves by colour."""
    colour = style.IDLE if not serves else style.BRAND if tier == "centre" else style.CIRCLE
    wide = size * {"centre": 1.75, "station": 1.15}.get(tier, 1.0)
    order += {"centre": 0.6, "station": 0.3}.get(tier, 0.0)
    radius = wide * {"centre": 0.22, "station": 0.22}.get(tier, 0.5)
    if changed:
        rim = wide + 1.8
        sheet.box(x - rim / 2, y - rim / 2, rim, rim, edge=style.GOOD, line=1.4,
                  radius=radius + 1.2, order=order + 1)  # fmt: skip
    sheet.box(x - wide / 2, y - wide / 2, wide, wide, fill=colour, edge=style.PAPER, line=0.6,
              radius=radius, order=order)  # fmt: skip
    if tier == "centre":
        points = wide * 1.75
        sheet.text(x, y + points * 0.132, "中", points, style.PAPER, bold=True, align="center",
                   order=order + 0.1)  # fmt: skip


def scale_bar(sheet: Sheet, window: Window) -> shapely.Polygon:
    """Draw a bar of a round length, about a sixth of the map, and return the room that it takes."""
    wanted = window.width / 6 * window.metres_per_mm
    power = 10.0 ** np.floor(np.log10(wanted))
    metres = float(max(step for step in (1, 2, 5) if step * power <= wanted) * power)
    length = metres / window.metres_per_mm
    x, y = window.left + 4, window.top + window.height - 4
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    wide = length + 3 + sheet.advance(text, 7)
    sheet.box(x - 2, y - 3.1, wide + 4, 5.1, fill=style.PAPER, radius=1.4, alpha=0.9, order=7.0)
    for each, colour in ((x, style.INK), (x + length / 2, style.THIRD)):
        sheet.box(each, y - 1.0, length / 2, 0.9, fill=colour, order=7.5)
    sheet.text(x + length + 1.5, y + 0.2, text, 7, style.INK)
    return shapely.box(x - 2, y - 3.1, x + wide + 2, y + 2)


def north(sheet: Sheet, window: Window) -> shapely.Polygon:
    """Draw which way north is, and return the room that it takes."""
    from matplotlib.path import Path as Outline

    x, y = window.left + window.width - 6.5, window.top + 4
    sheet.box(x - 3, y - 2, 6, 9.6, fill=style.PAPER, radius=1.4, alpha=0.9, order=7.0)
    for side, colour in ((-1, style.INK), (1, style.THIRD)):
        half = Outline([(x, y - 0.8), (x + side * 1.5, y + 4), (x, y + 3), (x, y - 0.8)])
        sheet.area(half, fill=colour, order=7.5)
    sheet.text(x, y + 6.6, "N", 6.5, style.INK, bold=True, align="center")
    return shapely.box(x - 3, y - 2, x + 3, y + 7.6)
