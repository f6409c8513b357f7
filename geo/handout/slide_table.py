"""Draw the native tables of a presentation: the areas that miss most, and the worst gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Pt

from geo.handout import slide_deck, slide_words
from geo.handout.slide_deck import MAP, MARGIN, WIDTH
from geo.handout.slide_frame import framed
from geo.handout.slide_text import Ink, Place, Ruler, clean, colour_of, describe, fill, write
from geo.handout.slide_view import Page, noted, pictured
from geo.report import rows, style
from geo.report.numbers import Figure
from geo.report.rows import Area, Gap
from geo.report.subject import Subject
from geo.report.words import say
from geo.story.telling import ToldView

#: So many areas are told on a slide, beside the whole city.
MOST_AREAS = 12
_TOP, _LOWEST = 112.0, 488.0
_APART, _PAD, _HEAD_HIGH = 20.0, 6.0, 24.0
_HEAD = 11.0
#: Rows are no lower than this: letters stay readable.
_LEAST = 24.0


@dataclass(frozen=True)
class _Look:
    """Say how large a table is: its width, its letters, its highest rows, in points."""

    width: float
    size: float
    highest: float

    @property
    def map(self) -> Place:
        """Return the place of the map beside the table, in its own proportions."""
        left = MARGIN + self.width + _APART
        wide = WIDTH - MARGIN - left
        return left, _TOP, wide, wide * MAP[3] / MAP[2]


_OF_AREAS, _OF_GAPS = _Look(556.0, 13.0, 50.0), _Look(440.0, 15.0, 84.0)


@dataclass(frozen=True)
class _Column:
    """Hold a column: its head, its width in points, on which side its texts stand."""

    head: str
    width: float
    align: str = "right"


@dataclass(frozen=True)
class _Cell:
    """Hold what a cell says, and its colours."""

    text: str
    ink: Ink
    fill: str | None = None


def areas(deck: Presentation, page: Page, ruler: Ruler) -> None:
    """Add the slide of the areas, those that miss most first; none where no area has a name."""
    told, subject = page.told, Subject(page.shown.after, ruler.lang)
    heading, listed, rest = rows.areas(subject, MOST_AREAS)
    if not listed:
        return
    worst = listed[0]
    title = heading
    if worst.left.value:
        title = slide_words.say("areas_worst", ruler.lang, name=worst.name)
    slide = _framed(deck, told, f"{heading} · {told.question}", title, ruler)
    kind = "" if subject.by_people else "_ground"
    columns = [
        _Column(say("th_area", ruler.lang), 200.0, "left"),
        _Column(say("th_people" if subject.by_people else "th_ground", ruler.lang), 92.0),
        _Column(slide_words.say(f"th_covered{kind}", ruler.lang), 92.0),
        _Column(say(f"th_left{kind}", ruler.lang), 92.0),
        _Column(slide_words.say("th_share", ruler.lang), 80.0),
    ]
    body = [_area(area) for area in listed]
    if len(listed) > 1:
        body.append([_Cell(cell.text, Ink(_OF_AREAS.size, style.INK, True), style.ASIDE)
                     for cell in _area(_whole(subject, ruler))])  # fmt: skip
    high = _table(slide, columns, body, title, _OF_AREAS, ruler)
    if rest:
        write(slide, (MARGIN, _TOP + high + 4.0, _OF_AREAS.width, 14.0), say(
            "areas_rest", ruler.lang, n=rest), Ink(10.0, style.THIRD), ruler, name="rest",
        )  # fmt: skip
    pictured(slide, _OF_AREAS.map, page)
    noted(slide, told, None)


def gaps(deck: Presentation, page: Page, landmarks: gpd.GeoDataFrame | None, ruler: Ruler) -> None:
    """Add the slide of the worst gaps; none where there is no gap."""
    told, subject = page.told, Subject(page.shown.after, ruler.lang)
    listed = rows.worst_gaps(subject, landmarks)
    if not listed:
        return
    title = slide_words.say("gap" if len(listed) == 1 else "gaps", ruler.lang, n=len(listed))
    slide = _framed(deck, told, f"{say('gaps', ruler.lang)} · {told.question}", title, ruler)
    columns = [
        _Column(slide_words.say("th_number", ruler.lang), 44.0, "center"),
        _Column(slide_words.say("th_place", ruler.lang), 158.0, "left"),
        _Column(say("th_cause", ruler.lang), 148.0, "left"),
        _Column(say("th_left" if subject.by_people else "th_left_ground", ruler.lang), 90.0),
    ]
    _table(slide, columns, [_gap(gap) for gap in listed], title, _OF_GAPS, ruler)
    pictured(slide, _OF_GAPS.map, page)
    noted(slide, told, None)


def _framed(deck: Presentation, told: ToldView, kicker: str, title: str, ruler: Ruler) -> Slide:
    return framed(
        deck, slide_deck.TABLE, ruler, kicker=kicker, title=title, source=told.source,
        marks=told.marks,
    )  # fmt: skip


# --- rows ----------------------------------------------------------------------------------------


def _area(area: Area) -> list[_Cell]:
    plain, quiet = Ink(_OF_AREAS.size, style.INK), Ink(_OF_AREAS.size, style.SECOND)
    colour = None if area.part is None else style.SHARE[min(int(area.part * 5), 4)]
    return [
        _Cell(area.name, Ink(_OF_AREAS.size, style.INK, True)),
        _Cell(area.total.text, quiet),
        _Cell(area.covered.text, quiet),
        _Cell(area.left.text, plain),
        _Cell(_percent(area.share), Ink(_OF_AREAS.size, style.INK, True), colour),
    ]


def _percent(share: Figure) -> str:
    return share.text if share.value is None else f"{share.text} %"


def _whole(subject: Subject, ruler: Ruler) -> Area:
    """Return the row of the whole city: all its people, or all its ground."""
    total, covered = subject.of("total"), subject.of("covered")
    left = None if total is None or covered is None else max(0.0, total - covered)
    key, part = subject.key, subject.share("share")
    return Area(
        slide_words.say("whole", ruler.lang),
        subject.amount(total, key("total")),
        subject.amount(covered, key("covered"), subject.told.suppressed.get("covered", "")),
        subject.amount(left, f"{key('total')} - {key('covered')}"),
        part,
        part.value,
    )


def _gap(gap: Gap) -> list[_Cell]:
    return [
        _Cell(str(gap.number), Ink(_OF_GAPS.size + 2, style.GAP_TEXT, True), style.GAP_FILL),
        _Cell(gap.place, Ink(_OF_GAPS.size + 2, style.INK, True)),
        _Cell(gap.cause, Ink(_OF_GAPS.size, style.GAP_TEXT)),
        _Cell(gap.figure.text, Ink(_OF_GAPS.size + 2, style.INK, True)),
    ]


# --- the table itself ----------------------------------------------------------------------------


def _table(
    slide: Slide,
    columns: Sequence[_Column],
    body: Sequence[Sequence[_Cell]],
    title: str,
    look: _Look,
    ruler: Ruler,
) -> float:
    """Draw a table, its rows as high as there is room, and return its height."""
    high = min(look.highest, max(_LEAST, (_LOWEST - _TOP - _HEAD_HIGH - 18.0) / len(body)))
    shape = slide.shapes.add_table(
        len(body) + 1,
        len(columns),
        Pt(MARGIN),
        Pt(_TOP),
        Pt(look.width),
        Pt(_HEAD_HIGH + high * len(body)),
    )
    shape.name = "table"
    describe(shape, slide_words.say("table", ruler.lang, title=title))
    table = shape.table
    _plain(table)
    table.rows[0].height = Pt(_HEAD_HIGH)
    for place, column in enumerate(columns):
        table.columns[place].width = Pt(column.width)
        head = _Cell(column.head, Ink(_HEAD, style.THIRD))
        _cell(table.cell(0, place), head, column, _HEAD_HIGH, ruler)
    for number, row in enumerate(body, 1):
        table.rows[number].height = Pt(high)
        for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _cell(table.cell(number, place), cell, column, high, ruler)
    return _HEAD_HIGH + high * len(body)


def _cell(cell: Any, held: _Cell, column: _Column, high: float, ruler: Ruler) -> None:
    """Write a cell in a size in which its text fits, with a line below."""
    room = (column.width - 2 * _PAD, high - 4.0)
    sizes = [held.ink.size - step for step in range(5)]
    text, size = ruler.fitted(clean(held.text), sizes, room, bold=held.ink.bold)
    fill(cell.text_frame, [(text, Ink(size, held.ink.colour, held.ink.bold))], ruler,
         align=column.align, anchor="middle")  # fmt: skip
    cell.vertical_anchor = cell.text_frame.vertical_anchor
    cell.margin_left = cell.margin_right = Pt(_PAD)
    cell.margin_top = cell.margin_bottom = Pt(2.0)
    if held.fill is not None:
        cell.fill.solid()
        cell.fill.fore_color.rgb = colour_of(held.fill)
    properties = cell._tc.get_or_add_tcPr()
    colour = f'<a:solidFill><a:srgbClr val="{style.LINE.lstrip("#")}"/></a:solidFill>'
    properties.insert(0, parse_xml(f'<a:lnB {nsdecls("a")} w="{int(Pt(0.75))}">{colour}</a:lnB>'))


def _plain(table: Any) -> None:
    """Take the stripes of the template from a table, and keep its first row as its head."""
    table.horz_banding = False
    properties = table._tbl.tblPr
    named = properties.find(qn("a:tableStyleId"))
    named.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
