"""Write native text on slides in a size that fits: reckoned here, not left to who opens it.

The letters of the brief's font stand for those of the office suite: both draw Chinese in squares,
and a rim is kept for Latin letters that are wider there. Line spacing is fixed in points, so that
lines stand where they are reckoned whatever the font.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Pt

from geo.printable import printable
from geo.report import style
from geo.report.numbers import Line
from geo.report.sheet import MM_PER_POINT, Sheet
from geo.report.words import Lang

#: Left, top, width, height in points.
Place = tuple[float, float, float, float]

#: Part of a line that is reckoned with: Latin letters may be so much wider elsewhere.
_RIM = 0.94
SPACING = 1.22
#: What python-pptx writes as a break within a paragraph.
BREAK = "\v"
_ALIGNS = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_ANCHORS = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_TAGS = {"zh": ("zh-CN", "en-US"), "en": ("en-US", "zh-CN")}
#: What XML cannot hold, beside what :mod:`geo.printable` takes out.
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
#: What is not broken: a word with the blanks after it, or one letter of Chinese with the signs
#: that may not begin a line.
_PIECE = re.compile("[^\\s\u2e80-\u9fff\uf900-\uffef]+\\s*|\\s+|.[，。；：、！？”）》」％]*")


@dataclass(frozen=True)
class Ink:
    """Say how a text looks: points, colour, weight."""

    size: float
    colour: str = style.INK
    bold: bool = False


@dataclass(frozen=True, eq=False)
class Ruler:
    """Measure texts on slides, in points."""

    sheet: Sheet
    lang: Lang

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a text is on one line."""
        return self.sheet.advance(text, size, bold=bold) / MM_PER_POINT / _RIM

    def lines(self, text: str, size: float, room: float, *, bold: bool = False) -> int:
        """Return on how many lines a text is broken."""
        count, at = 1, 0.0
        for piece in _PIECE.findall(text):
            wide = self.width(piece.rstrip(), size, bold=bold)
            if at and at + wide > room:
                count, at = count + 1, 0.0
            if wide > room:  # a word longer than a line is broken anywhere
                count += math.ceil(wide / room) - 1
                at = wide % room
            else:
                at += self.width(piece, size, bold=bold)
        return count

    def height(self, text: str, size: float, room: float, *, bold: bool = False) -> float:
        """Return how high a text is when it is broken into lines."""
        return self.lines(text, size, room, bold=bold) * size * SPACING

    def fitted(
        self, text: str, sizes: Sequence[float], room: tuple[float, float], *, bold: bool = False
    ) -> tuple[str, float]:
        """Return a text and the largest of the sizes in which it fits a width and a height.

        In the smallest size the end of what is still too long is cut, with an ellipsis.
        """
        width, height = room
        for size in sizes:
            if self.height(text, size, width, bold=bold) <= height + 0.5:
                return text, size
        size, low, high = sizes[-1], 0, len(text)
        while low < high:  # the longest beginning that fits
            middle = (low + high + 1) // 2
            fits = self.height(text[:middle] + "…", size, width, bold=bold) <= height + 0.5
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[:low].rstrip() + "…", size

    def clauses(self, text: str, size: float, room: float, *, bold: bool = False) -> str:
        """Return a text of two lines with the break behind a clause, where both parts fit."""
        count = self.lines(text, size, room, bold=bold)
        for found in re.finditer("[，；：]|[,;:—] |.(?=（)|. (?=\\()", text) if count > 1 else ():
            first, rest = text[: found.end()].rstrip(), text[found.end() :].lstrip()
            lines = (self.lines(part, size, room, bold=bold) for part in (first, rest))
            if rest and max(lines) == 1:
                return f"{first}{BREAK}{rest}"
        return text


def clean(text: str) -> str:
    """Return a text on one line that a file of slides can hold."""
    return " ".join(_NO_XML.sub(" ", printable(text)).split())


def fill(
    frame: TextFrame,
    parts: Sequence[tuple[str, Ink]],
    ruler: Ruler,
    *,
    align: str = "left",
    anchor: str = "top",
) -> None:
    """Write one paragraph into the text of a shape, part by part."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = Pt(0)
    frame.margin_top = frame.margin_bottom = Pt(0)
    frame.vertical_anchor = _ANCHORS[anchor]
    paragraph = frame.paragraphs[0].clear()
    paragraph.alignment = _ALIGNS[align]
    paragraph.line_spacing = Pt(round(max(ink.size for _, ink in parts) * SPACING, 1))
    for text, ink in _broken(parts):
        if text == BREAK:
            paragraph.add_line_break()
            continue
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(ink.size), ink.bold
        run.font.color.rgb = colour_of(ink.colour)
        spoken(run._r.get_or_add_rPr(), ruler.lang)


def _broken(parts: Sequence[tuple[str, Ink]]) -> Iterator[tuple[str, Ink]]:
    for text, ink in parts:
        for number, piece in enumerate(text.split(BREAK)):
            if number:
                yield BREAK, ink
            if piece:
                yield piece, ink


def spoken(properties: Any, lang: Lang) -> None:
    """Say in which language a text is, so that nobody's speller underlines it."""
    tag, other = _TAGS[lang]
    properties.set("lang", tag)
    properties.set("altLang", other)


def write(
    slide: Slide,
    place: Place,
    text: str,
    ink: Ink,
    ruler: Ruler,
    *,
    sizes: Sequence[float] = (),
    align: str = "left",
    anchor: str = "top",
    name: str = "",
) -> float:
    """Write a text into a box, in the largest of the sizes that fits; return its height."""
    return line(
        slide, place, (text,), ink, ruler, sizes=sizes, align=align, anchor=anchor, name=name
    )


def line(
    slide: Slide,
    place: Place,
    told: Line,
    ink: Ink,
    ruler: Ruler,
    *,
    sizes: Sequence[float] = (),
    align: str = "left",
    anchor: str = "top",
    name: str = "",
) -> float:
    """Write a sentence into a box, its figures in bold; return the height that it takes."""
    left, top, width, height = place
    whole = clean("".join(_texts(told)))
    if not whole:
        return 0.0
    bold = ink.bold or any(not isinstance(part, str) for part in told)
    shown, size = ruler.fitted(whole, sizes or (ink.size,), (width, height), bold=bold)
    parts = [(shown, Ink(size, ink.colour, ink.bold))]
    if shown == whole:
        parts = list(_parts(told, Ink(size, ink.colour, ink.bold)))
    high = ruler.height(shown, size, width, bold=bold)
    held = height if anchor != "top" else min(height, high)
    box = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(held))
    if name:
        box.name = name
    fill(box.text_frame, parts, ruler, align=align, anchor=anchor)
    return high


def _texts(told: Line) -> Iterator[str]:
    for part in told:
        yield part if isinstance(part, str) else part.text


def _parts(told: Line, ink: Ink) -> Iterator[tuple[str, Ink]]:
    """Yield the parts of a sentence, cleaned one by one without joining their words."""
    for part, text in zip(told, _texts(told), strict=True):
        bold = ink.bold or not isinstance(part, str)
        held = clean(text)
        ahead = " " if text[:1].isspace() else ""
        after = " " if held and text[-1:].isspace() else ""
        if held or ahead:
            yield f"{ahead}{held}{after}", Ink(ink.size, ink.colour, bold)


def colour_of(colour: str) -> RGBColor:
    """Return a colour written as ``#1d2a30``."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def block(
    shapes: Any,
    place: Place,
    fill_colour: str | None,
    *,
    edge: str | None = None,
    line_width: float = 0.75,
    radius: float = 0.0,
) -> Any:
    """Draw a box without shadow, with round corners on demand, and return its shape."""
    left, top, width, height = place
    kind = MSO_SHAPE.ROUNDED_RECTANGLE if radius else MSO_SHAPE.RECTANGLE
    shape = shapes.add_shape(kind, Pt(left), Pt(top), Pt(width), Pt(height))
    if radius:
        shape.adjustments[0] = min(0.5, radius / min(width, height))
    if fill_colour is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour_of(fill_colour)
    if edge is None:
        shape.line.fill.background()
    else:
        shape.line.color.rgb = colour_of(edge)
        shape.line.width = Pt(line_width)
    shape._element.remove(shape._element.find(qn("p:style")))  # no shadow of the template's
    return shape


def pill(
    slide: Slide, right_or_left: float, top: float, text: str, colour: str, ruler: Ruler,
    *, to_left: bool = False,
) -> float:  # fmt: skip
    """Write a mark into a pill from an edge on, and return how wide it is."""
    text = clean(text)
    wide = ruler.width(text, SMALL_MARK, bold=True) + 16.0
    left = right_or_left - wide if to_left else right_or_left
    shape = block(slide.shapes, (left, top, wide, 17.0), None, edge=colour, radius=8.5)
    shape.name = "mark"
    ink = Ink(SMALL_MARK, colour, True)
    fill(shape.text_frame, [(text, ink)], ruler, align="center", anchor="middle")
    shape.text_frame.word_wrap = False
    return wide


SMALL_MARK = 9.0


def describe(shape: Any, text: str) -> None:
    """Say in words what a picture, chart or table shows, for who cannot see it."""
    shape._element.find(f".//{qn('p:cNvPr')}").set("descr", clean(text))
