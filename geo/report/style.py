"""Hold the look of a printed brief as plain values: colours by meaning, widths in points.

The colours are those of the map on the screen; a test keeps the two equal.
"""

from __future__ import annotations

INK, SECOND, THIRD = "#1d2a30", "#56666d", "#66747a"
BRAND, CIRCLE = "#26327f", "#3b4cc0"
#: Covered share, five classes from 0–20 % to 80–100 %.
SHARE = ("#f6f1e7", "#e2ede8", "#c9e1db", "#a3cfc8", "#74b4af")
FIGURE = "#2b7f86"
GAP_FILL, GAP_HATCH, GAP_TEXT = "#f6e3d3", "#d9692a", "#a8430f"
#: Ground from which a station is reached that does not serve: closed, or without what is needed.
OFFER_FILL, OFFER_HATCH = "#fbf0cf", "#b98a14"
OUTLINE, IDLE = "#c3cdca", "#94a1a6"
GOOD, WARNING = "#1f7a4d", "#a8430f"
GROUND, LINE, PAPER, WATER = "#eef1ee", "#dfe5e3", "#ffffff", "#cfe0ea"
#: Behind what stands apart from the rest of the page, and the edge of a wide street.
ASIDE, CASING = "#f4f6fb", "#c9d1cf"
#: The bars of the causes, the heaviest first.
CAUSE_BARS = ("#c9541b", "#d98a55", "#e5aa80", "#efc8a8", "#f3d8c2", "#f3d8c2")

#: Widths of streets by their class, points on paper; whatever is not named is the thinnest.
STREET_WIDTHS: dict[str, float] = (
    dict.fromkeys("motorway trunk primary".split(), 1.5)
    | dict.fromkeys("motorway_link trunk_link primary_link secondary tertiary".split(), 0.85)
    | dict.fromkeys("residential unclassified living_street road".split(), 0.4)
)
THINNEST_STREET = 0.22

#: The border of an area: dashes and dots, multiples of the line's width.
BORDER_DASHES = (7.0, 2.2, 1.2, 2.2)
#: The ground of a city where nothing is told of it.
CITY = "#e2e8e5"
