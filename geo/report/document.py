"""Lay a brief out as one file of HTML: nothing is loaded from elsewhere, A4 when it is printed.

The map is the one of the page of paper, drawn as SVG within the file. Every number is a ``data``
element with its value and its key. Texts enter through the template's escaping only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from geo.report import printing, style
from geo.report.chart import Chart
from geo.report.content import Brief
from geo.report.numbers import Figure
from geo.report.sheet import Fonts, Sheet

if TYPE_CHECKING:
    from jinja2 import Environment

#: The map in the file, mm: as high as the page has room beside what else it holds.
_WIDTH, _HEIGHT, _LOWEST = 184.0, 122.0, 60.0
#: Decimals of a coordinate in points: 0.1 pt is 0.035 mm.
_DECIMALS = 1


def rendered(brief: Brief, chart: Chart, fonts: Fonts) -> str:
    """Return a brief as HTML."""
    height = _height(brief)
    sheet = Sheet(_WIDTH, height, fonts)
    chart.draw(sheet, (0.3, 0.3, _WIDTH - 0.6, height - 0.6))
    drawing = _slim(printing.svg(sheet))
    return (
        _environment()
        .get_template("brief.html")
        .render(brief=brief, drawing=drawing, signs=chart.legend(), style=style, say=brief.word)
    )


def _height(brief: Brief) -> float:
    """Return how high the map can be, so that all fits on one page, mm."""
    height = _HEIGHT - max(0, len(brief.areas) + bool(brief.areas_rest) - 4) * 6.0
    if brief.comparison is not None:
        height -= 14.0 + 4.2 * len(brief.comparison.changes)
    if brief.lang == "en":  # its lines are longer
        height -= 8.0
    if not brief.areas:  # the gaps stand side by side
        height += 24.0
    return max(height, _LOWEST)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["figure"] = lambda part: isinstance(part, Figure)
    return environment


def _slim(svg: str) -> str:
    """Return the ``svg`` element alone, its coordinates rounded to what can be seen.

    Size and role are the page's to say, and comments repeat the names on the map.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    head = re.sub(r'\s(width|height|version|xmlns:\w+)="[^"]*"', "", head)
    if "xlink:href" in rest:
        head += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    rest = re.sub(r'\sd="([^"]*)"', lambda found: f' d="{_rounded(found[1])}"', rest)
    rest = re.sub(r">\s+<", "><", rest)
    return f'{head} aria-hidden="true">{rest}'


def _rounded(path: str) -> str:
    """Return a path's description with rounded numbers and no blanks that say nothing."""
    numbers = re.sub(
        r"-?\d+\.\d+", lambda found: f"{round(float(found[0]), _DECIMALS) + 0.0:g}", path
    )
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", numbers.strip())
