"""Draw what frames a slide: where we are, the statement, sources, marks, number, and the legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, PP_PLACEHOLDER
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Pt

from geo.handout import slide_deck
from geo.handout.scene import PATTERNS
from geo.handout.slide_deck import CAPTION, MARGIN, WIDTH
from geo.handout.slide_text import (
    Ink,
    Place,
    Ruler,
    block,
    clean,
    colour_of,
    fill,
    pill,
    write,
)
from geo.report import style

_KICKER: Place = (MARGIN, 26.0, 320.0, 18.0)
_STATEMENT = (28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0)
_FOOT = 516.0
_SIGN = 9.5
#: A pattern of more signs than these is a dense one.
_SPARSE = 4
_SWATCH, _HIGH, _APART = 15.0, 9.0, 12.0


def framed(
    deck: Presentation,
    layout: int,
    ruler: Ruler,
    *,
    kicker: str,
    title: str,
    source: str,
    marks: Sequence[str],
) -> Slide:
    """Add a slide with its statement, its kicker, its source, its marks and its number."""
    slide = slide_deck.add(deck, layout)
    place = place_of(slide.slide_layout.placeholders[0])
    entitled(slide.shapes.title, title, place, _STATEMENT, style.INK, ruler)
    left, top, _, height = _KICKER
    write(slide, (left, top, place[2], height), kicker, Ink(CAPTION, style.SECOND), ruler,
          sizes=(CAPTION, 11.0, 10.0, 9.0), anchor="middle", name="kicker")  # fmt: skip
    right = WIDTH - MARGIN - 34.0
    for mark in reversed(marks):
        colour = style.BRAND if mark == marks[-1] else style.WARNING
        right -= pill(slide, right, _FOOT - 3.0, mark, colour, ruler, to_left=True) + 6.0
    _source(slide, source, right - MARGIN - 8.0, ruler)
    return slide


def entitled(
    shape: Any,
    text: str,
    place: Place,
    sizes: Sequence[float],
    colour: str,
    ruler: Ruler,
    *,
    bold: bool = True,
    anchor: str = "top",
) -> None:
    """Write into a placeholder in the largest of the sizes that fits."""
    shown, size = ruler.fitted(clean(text), sizes, place[2:], bold=bold)
    shown = ruler.clauses(shown, size, place[2], bold=bold)
    fill(shape.text_frame, [(shown, Ink(size, colour, bold))], ruler, anchor=anchor)


def place_of(shape: Any) -> Place:
    """Return where a shape stands, in points."""
    left, top, width, height = (
        each / Pt(1) for each in (shape.left, shape.top, shape.width, shape.height)
    )
    return left, top, width, height


def _source(slide: Slide, text: str, room: float, ruler: Ruler) -> None:
    """Write the line of sources into the footer, which ends where the marks begin."""
    foot = next(
        shape
        for shape in slide.placeholders
        if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER
    )
    place = place_of(foot)
    foot.left, foot.top, foot.width, foot.height = (
        Pt(each) for each in (place[0], place[1], room, place[3])
    )
    entitled(foot, text, (0.0, 0.0, room, 12.0), (9.0, 8.0), style.THIRD, ruler, bold=False)


# --- legend --------------------------------------------------------------------------------------


def legend(
    slide: Slide, place: Place, ramp: str, signs: Sequence[tuple[str, str]], ruler: Ruler
) -> None:
    """Draw what the colours, patterns and shapes of a map mean, on one line or on two.

    ``ramp`` is the title of the classes, "" without them; ``signs`` are keys with their words.
    """
    left, top, width, _ = place
    x, y = left, top
    for key, text in [*([("ramp", ramp)] if ramp else []), *signs]:
        text = clean(text)
        sign = _sign_width(key, ruler) + 4.0
        wide = sign + ruler.width(text, _SIGN)
        if x > left and x + wide > left + width:
            x, y = left, y + 14.0
        _DRAWN.get(key, _mark)(slide, key, x, y, ruler)
        write(slide, (x + sign, y - 1.0, wide - sign + 4.0, 13.0), text,
              Ink(_SIGN, style.SECOND), ruler, anchor="middle", name="legend")  # fmt: skip
        x += wide + _APART


def _sign_width(key: str, ruler: Ruler) -> float:
    if key == "ramp":
        ends = ruler.width("0", _SIGN) + ruler.width("100 %", _SIGN)
        return ends + len(style.SHARE) * _SWATCH + 6.0
    return 20.0 if key in _DRAWN else 11.0


def _ramp(slide: Slide, _key: str, x: float, y: float, ruler: Ruler) -> None:
    quiet = Ink(_SIGN, style.SECOND)
    wide = ruler.width("0", _SIGN)
    write(slide, (x, y - 1.0, wide + 2.0, 13.0), "0", quiet, ruler, anchor="middle", name="legend")
    x += wide + 3.0
    for colour, pattern in zip(style.SHARE, PATTERNS, strict=True):
        at = (x, y + 1.0, _SWATCH, _HIGH)
        shape = block(slide.shapes, at, colour, edge=style.OUTLINE, line_width=0.25)
        shape.name = "legend"
        if pattern is not None:
            weaves = _WEAVES[pattern.signs[0]]
            weave = weaves[-1 if len(pattern.signs) > _SPARSE else 0]
            _patterned(shape, weave, pattern.colour, colour)
        x += _SWATCH
    write(slide, (x + 3.0, y - 1.0, 40.0, 13.0), "100 %", quiet, ruler, anchor="middle",
          name="legend")  # fmt: skip


def _hatched(slide: Slide, key: str, x: float, y: float, _ruler: Ruler) -> None:
    shape = block(slide.shapes, (x, y + 1.0, 20.0, _HIGH), style.PAPER)
    shape.name = "legend"
    down, up = MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL, MSO_PATTERN.WIDE_UPWARD_DIAGONAL
    if key == "offer":
        _patterned(shape, down, style.OFFER_HATCH, style.OFFER_FILL)
    else:
        _patterned(shape, up, style.GAP_HATCH, style.GAP_FILL)


def _blank(slide: Slide, _key: str, x: float, y: float, _ruler: Ruler) -> None:
    shape = block(slide.shapes, (x, y + 1.0, 20.0, _HIGH), style.GROUND, edge=style.OUTLINE)
    shape.name = "legend"


def _patterned(shape: Any, pattern: MSO_PATTERN, ink: str, ground: str) -> None:
    shape.fill.patterned()
    shape.fill.pattern = pattern
    shape.fill.fore_color.rgb, shape.fill.back_color.rgb = colour_of(ink), colour_of(ground)


def _line(slide: Slide, key: str, x: float, y: float, _ruler: Ruler) -> None:
    colour, width, dashes = _LINES[key]
    middle = Pt(y + 1.0 + _HIGH / 2)
    shape = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, Pt(x), middle, Pt(x + 20.0), middle)
    shape.name = "legend"
    shape.line.color.rgb, shape.line.width = colour_of(colour), Pt(width)
    if dashes is not None:
        shape.line.dash_style = dashes


def _mark(slide: Slide, key: str, x: float, y: float, ruler: Ruler) -> None:
    """Draw a station: its tier by shape as on the map, whether it serves by colour."""
    wide = {"centre": 11.0, "station": 8.5}.get(key, 7.5)
    radius = wide * (0.22 if key in ("centre", "station") else 0.5)
    colour = {"centre": style.BRAND, "idle": style.IDLE, "changed": style.PAPER}.get(
        key, style.CIRCLE
    )
    at = (x + (11.0 - wide) / 2, y + 5.5 - wide / 2, wide, wide)
    edge = style.GOOD if key == "changed" else None
    shape = block(slide.shapes, at, colour, edge=edge, line_width=1.75, radius=radius)
    shape.name = "legend"
    if key == "centre":
        fill(shape.text_frame, [("中", Ink(7.0, style.PAPER, True))], ruler, align="center",
             anchor="middle")  # fmt: skip


#: The patterns of an office suite that come nearest to those of the map, from the finest on.
_WEAVES = {
    "|": (MSO_PATTERN.LIGHT_VERTICAL,),
    ".": (MSO_PATTERN.PERCENT_10,),
    "-": (MSO_PATTERN.LIGHT_HORIZONTAL, MSO_PATTERN.NARROW_HORIZONTAL),
}
#: Colour, points and dashes of the signs that are lines.
_LINES: dict[str, tuple[str, float, MSO_LINE | None]] = {
    "circle": (style.CIRCLE, 1.25, None),
    "ring": (style.CIRCLE, 1.25, MSO_LINE.DASH),
    "border": (style.THIRD, 1.0, MSO_LINE.DASH_DOT),
    "way": (style.GOOD, 2.4, None),
}
_DRAWN: dict[str, Callable[[Slide, str, float, float, Ruler], None]] = {
    "ramp": _ramp,
    "blank": _blank,
    "gap": _hatched,
    "offer": _hatched,
    **dict.fromkeys(_LINES, _line),
}
