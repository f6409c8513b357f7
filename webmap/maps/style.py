"""Hold the look of the map as plain values: colours by meaning, widths in CSS pixels.

The style sheets repeat the colours as custom properties; a test keeps the two equal. Every layer
carries the colours it is drawn with in its options, and the legend reads them from there, so that
legend and map cannot differ.
"""

from __future__ import annotations

from typing import Any

INK, SECOND, THIRD = "#1d2a30", "#56666d", "#66747a"
BRAND, CIRCLE = "#26327f", "#3b4cc0"
#: Covered share, five classes from 0–20 % to 80–100 %.
SHARE = ("#f6f1e7", "#e2ede8", "#c9e1db", "#a3cfc8", "#74b4af")
FIGURE = "#2b7f86"
GAP_FILL, GAP_HATCH, GAP_TEXT = "#f6e3d3", "#d9692a", "#a8430f"
OUTLINE = "#c3cdca"
#: Ground from which a station is reached that does not serve: closed, or without what is needed.
OFFER_FILL, OFFER_HATCH, OFFER_TEXT = "#fbf0cf", "#b98a14", "#6f5200"
#: Less and more people served than before, little and much: a ground, and for less the line of its
#: hatch, which holds in grey print and for colour-blind eyes.
LESS = (("#f6d3b6", "#c2571a"), ("#e08a4f", "#8a3a08"))
SAME = "#fbfbf9"
MORE = ("#a9c7e8", "#3a76b8")
GOOD, WARNING = "#1f7a4d", "#a8430f"
GROUND, LINE, PAPER = "#eef1ee", "#dfe5e3", "#ffffff"
WATER, GREEN, BUILDING, RAIL = "#cfe0ea", "#dcead9", "#e3e5e2", "#a9b4b6"

#: Custom property of the style sheet → value; see ``static/css/tokens.css``.
TOKENS: dict[str, str] = {
    "ink": INK,
    "second": SECOND,
    "third": THIRD,
    "brand": BRAND,
    "circle": CIRCLE,
    "share-1": SHARE[0],
    "share-2": SHARE[1],
    "share-3": SHARE[2],
    "share-4": SHARE[3],
    "share-5": SHARE[4],
    "figure": FIGURE,
    "gap-fill": GAP_FILL,
    "gap-hatch": GAP_HATCH,
    "gap-text": GAP_TEXT,
    "offer-fill": OFFER_FILL,
    "offer-hatch": OFFER_HATCH,
    "offer-text": OFFER_TEXT,
    "less-1": LESS[0][0],
    "less-1-hatch": LESS[0][1],
    "less-2": LESS[1][0],
    "less-2-hatch": LESS[1][1],
    "same": SAME,
    "more-1": MORE[0],
    "more-2": MORE[1],
    "outline": OUTLINE,
    "good": GOOD,
    "warning": WARNING,
    "ground": GROUND,
    "line": LINE,
    "paper": PAPER,
}

GROUND_STYLE: dict[str, Any] = {
    "water": WATER,
    "green": GREEN,
    "building": BUILDING,
    "buildingLine": "#d3d7d3",
}
STREET_STYLE: dict[str, Any] = {"road": PAPER, "casing": "#c9d1cf", "rail": RAIL, "path": PAPER}
LABEL_STYLE: dict[str, Any] = {"place": INK, "road": SECOND, "water": "#4b7890", "halo": PAPER}
#: What differs on the rider's page at night.
GROUND_NIGHT: dict[str, Any] = {
    "water": "#16303f",
    "green": "#16281f",
    "building": "#1a2328",
    "buildingLine": "#27333a",
}
STREET_NIGHT: dict[str, Any] = {
    "road": "#3a4a52",
    "casing": "#10171b",
    "rail": "#56666d",
    "path": "#34434b",
}
LABEL_NIGHT: dict[str, Any] = {
    "place": "#dfe7ea",
    "road": "#b3c1c7",
    "water": "#8fbdd6",
    "halo": "#10171b",
}
CELL_STYLE: dict[str, Any] = {
    "share": list(SHARE),
    "gapFill": GAP_FILL,
    "gapHatch": GAP_HATCH,
    "outline": OUTLINE,
    "selected": BRAND,
    "difference": {
        "less": [{"ground": ground, "line": line} for ground, line in LESS],
        "same": SAME,
        "more": list(MORE),
    },
}
CIRCLES_STYLE: dict[str, Any] = {
    "color": CIRCLE,
    "weight": 1.6,
    "opacity": 0.9,
    "fillColor": CIRCLE,
    "fillOpacity": 0.06,
}
RING_STYLE: dict[str, Any] = {
    "color": CIRCLE,
    "weight": 1.5,
    "opacity": 0.95,
    "dashArray": "6 5",
    "fill": False,
}
# Without outlines: gaps of different causes lie side by side, and their borders would speak louder
# than what they say together.
GAPS_STYLE: dict[str, Any] = {
    "color": GAP_HATCH,
    "stroke": False,
    "weight": 0,
    "hatch": GAP_HATCH,
    "fillColor": GAP_FILL,
    "fillOpacity": 1,
    # By the gap's class; the hatch leans the other way, so that the two differ in grey, too.
    "byClass": {
        name: {"fillColor": OFFER_FILL, "hatch": OFFER_HATCH, "mirrored": True}
        for name in ("service_missing", "unknown_hours", "closed", "full")
    },
}
BANDS_STYLE: dict[str, Any] = {
    "color": CIRCLE,
    "weight": 1.3,
    "opacity": 0.95,
    "fillColor": CIRCLE,
    "fillOpacity": 0.2,
}
ROUTE_STYLE: dict[str, Any] = {
    "color": BRAND,
    "weight": 5,
    "opacity": 1,
    "casing": PAPER,
    "missing": GAP_TEXT,
    "here": "#1f6feb",
}
STATION_STYLE: dict[str, Any] = {
    "centre": BRAND,
    "station": CIRCLE,
    "point": CIRCLE,
    "idle": "#94a1a6",
    "line": PAPER,
    "glyph": "中",
}
