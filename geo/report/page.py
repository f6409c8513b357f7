"""Lay a brief out on one page of A4: figures, map, gaps, areas, method and sources.

Everything has its height; the map takes what is left.
"""

from __future__ import annotations

import math

from geo.report import signs, style
from geo.report.chart import Chart
from geo.report.content import Area, Brief, Gap
from geo.report.numbers import Line, text_of
from geo.report.sheet import Fonts, Sheet

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 13.0
_RIGHT = WIDTH - MARGIN
_COLUMN = 104.0  #: where the right column begins
_CHANGES = 100.0  #: where the changes of a scenario begin
_ROW = 5.3


def drawn(brief: Brief, chart: Chart, fonts: Fonts) -> Sheet:
    """Return the page of a brief, drawn."""
    sheet = Sheet(WIDTH, HEIGHT, fonts)
    _head(sheet, brief)
    _share(sheet, brief)
    _causes(sheet, brief)
    top = 84.0
    if brief.comparison is not None:
        top = _comparison(sheet, brief, top) + 4.0
    notes = _notes(sheet, brief)
    foot = HEIGHT - 10.0 - sum(len(lines) for _, lines in notes) * 3.3 - 5.5
    gaps = len(brief.gaps) if brief.areas else 1  # one below the other, or side by side
    rows = max(len(brief.areas) + bool(brief.areas_rest), 2 * gaps)
    tables = foot - 11.0 - rows * _ROW
    _gaps(sheet, brief, tables)
    _areas(sheet, brief, tables)
    chart.draw(sheet, (MARGIN, top, WIDTH - 2 * MARGIN, tables - 13.0 - top))
    _legend(sheet, brief, chart, tables - 7.6)
    _foot(sheet, brief, notes, foot)
    return sheet


# --- figures -------------------------------------------------------------------------------------


def _head(sheet: Sheet, brief: Brief) -> None:
    sheet.text(MARGIN, 16.0, brief.word("brief"), 8, style.THIRD)
    right = _RIGHT
    for text in reversed(brief.marks):
        wide = sheet.advance(text, 7.5, bold=True) + 5.0
        quiet = text == brief.word(brief.edition)
        edge = style.BRAND if quiet else style.WARNING
        sheet.box(right - wide, 12.2, wide, 5.6, fill=style.PAPER, edge=edge, line=0.7, radius=2.8)
        sheet.text(right - wide / 2, 16.0, text, 7.5, edge, bold=True, align="center")
        right -= wide + 2.0
    date = f"{brief.scenario} · {brief.date}"
    sheet.text(_RIGHT, 26.4, date, 8.5, style.SECOND, align="right", room=85.0)
    room = _RIGHT - MARGIN - min(sheet.advance(sheet.clean(date), 8.5), 85.0) - 6.0
    name = sheet.clean(brief.city, bold=True)
    size = 21.0 * min(1.0, max(0.6, room / max(sheet.advance(name, 21.0, bold=True), 1.0)))
    sheet.text(MARGIN, 26.4, name, size, style.INK, bold=True, room=room + 0.01)
    sheet.rule(MARGIN, 30.2, _RIGHT, 30.2, style.LINE, 0.8)


def _share(sheet: Sheet, brief: Brief) -> None:
    """Draw the one big number, what it is made of, and what straight lines would say."""
    room = _COLUMN - 10.0 - MARGIN
    _question(sheet, text_of(brief.question), room)
    wide = sheet.text(MARGIN, 56.4, brief.share.text, 44, style.FIGURE, bold=True)
    if brief.share.value is not None:
        sheet.text(MARGIN + wide + 1.2, 56.4, "%", 20, style.FIGURE, bold=True)
    _line(sheet, MARGIN, 61.8, brief.sentence, 8.5, style.SECOND, room)
    sheet.box(MARGIN, 63.8, room, 2.2, fill=style.LINE, radius=1.1)
    if brief.part:
        sheet.box(MARGIN, 63.8, max(2.2, room * brief.part), 2.2, fill=style.FIGURE, radius=1.1)
    _line(sheet, MARGIN, 70.0, brief.ring, 8, style.CIRCLE, room)
    step = room / 3
    for number, (figure, caption) in enumerate(brief.key_figures):
        x = MARGIN + number * step
        sheet.text(x, 77.2, figure.text, 13, style.INK, bold=True, room=step - 2)
        sheet.text(x, 81.0, caption, 7, style.THIRD, room=step - 2)


def _question(sheet: Sheet, text: str, room: float) -> None:
    """Write the question above the number, on two lines or on three smaller ones."""
    size, step = (9.0, 4.2) if len(sheet.wrapped(text, 9.0, room, most=3)) < 3 else (8.0, 3.7)
    lines = sheet.wrapped(text, size, room, most=3)
    for number, line in enumerate(lines):
        sheet.text(MARGIN, 38.4 - len(lines) + number * step, line, size, style.SECOND)


def _line(
    sheet: Sheet, x: float, y: float, line: Line, size: float, colour: str, room: float
) -> None:
    """Write a sentence, its figures in bold; what is too long is cut as a whole."""
    parts = [(part, False) if isinstance(part, str) else (part.text, True) for part in line]
    if sum(sheet.advance(text, size, bold=bold) for text, bold in parts) > room:
        sheet.text(x, y, text_of(line), size, colour, room=room)
        return
    for text, bold in parts:
        ahead = len(text) - len(text.lstrip())
        x += sheet.advance(text[:ahead], size, bold=bold)
        sheet.text(x, y, text, size, style.INK if bold else colour, bold=bold)
        x += sheet.advance(text[ahead:], size, bold=bold)


def _causes(sheet: Sheet, brief: Brief) -> None:
    title = brief.word("why" if brief.by_people else "why_ground")
    sheet.text(_COLUMN, 37.4, title, 9.5, style.INK, bold=True)
    if not brief.causes:
        sheet.text(_COLUMN, 44.5, brief.word("nothing_left"), 8.5, style.SECOND)
    labels = max((sheet.advance(bar.title, 8.5) for bar in brief.causes), default=0.0)
    left = _COLUMN + min(labels, 40.0) + 4.0
    texts = [bar.figure.text for bar in brief.causes]
    numbers = max((sheet.advance(text, 8.5, bold=True) for text in texts), default=0.0)
    room = _RIGHT - numbers - 4.0 - left
    step = 7.6 if len(brief.causes) <= 5 else 6.2
    for number, bar in enumerate(brief.causes):
        y = 45.2 + number * step
        sheet.text(_COLUMN, y, bar.title, 8.5, style.INK, room=40.0)
        sheet.box(left, y - 2.4, room, 2.4, fill=style.GROUND, radius=1.2)
        colour = style.CAUSE_BARS[min(number, len(style.CAUSE_BARS) - 1)]
        sheet.box(left, y - 2.4, max(2.4, room * bar.part), 2.4, fill=colour, radius=1.2)
        sheet.text(_RIGHT, y, bar.figure.text, 8.5, style.INK, bold=True, align="right")
    _line(sheet, _COLUMN, 81.0, brief.causes_note, 7, style.THIRD, _RIGHT - _COLUMN)


def _comparison(sheet: Sheet, brief: Brief, top: float) -> float:
    """Draw what a scenario changes and return where that ends."""
    told = brief.comparison
    assert told is not None
    room = _RIGHT - 3.0 - _CHANGES
    widest = max((sheet.advance(sheet.clean(text), 8) for text in told.changes), default=0.0)
    columns = 2 if widest <= room / 2 - 3.0 else 1
    height = max(17.0, 8.0 + 4.4 * math.ceil(len(told.changes) / columns))
    wide = _RIGHT - MARGIN
    sheet.box(MARGIN, top, wide, height, fill=style.ASIDE, edge=style.LINE, line=0.6, radius=2.4)
    x, middle = MARGIN + 4.0, top + height / 2
    sheet.text(x, middle - 3.6, brief.word("compared"), 7.5, style.SECOND)
    x += sheet.text(x, middle + 3.4, f"{told.before.text} %", 15, style.SECOND, bold=True) + 2.0
    x += sheet.text(x, middle + 3.2, "→", 13, style.THIRD) + 2.0
    x += sheet.text(x, middle + 3.4, f"{told.after.text} %", 15, style.FIGURE, bold=True) + 5.0
    colour = style.GOOD if told.better else style.WARNING
    gain = text_of(told.gain)
    lines = sheet.wrapped(gain, 9.5, _CHANGES - 4.0 - x, most=3)
    for number, line in enumerate(lines):
        y = middle + 2.6 + (number - (len(lines) - 1) / 2) * 4.4
        sheet.text(x, y, line, 9.5, colour, bold=True)
    sheet.text(_CHANGES, top + 5.2, told.title, 7.5, style.SECOND)
    for number, text in enumerate(told.changes):
        at, y = _CHANGES + number % columns * room / columns, top + 10.0 + number // columns * 4.4
        sheet.text(at, y, text, 8, style.INK, room=room / columns - 2.0)
    return top + height


# --- tables --------------------------------------------------------------------------------------


def _gaps(sheet: Sheet, brief: Brief, top: float) -> None:
    """List the worst gaps, one under the other; without a table of areas, side by side."""
    sheet.text(MARGIN, top, brief.word("gaps"), 9.5, style.INK, bold=True)
    if not brief.gaps:
        sheet.text(MARGIN, top + 7.0, brief.word("no_gaps"), 8.5, style.SECOND)
    below = bool(brief.areas)
    wide = _COLUMN - 10.0 - MARGIN if below else (_RIGHT - MARGIN - 12.0) / 3
    for number, gap in enumerate(brief.gaps):
        x = MARGIN + (0.0 if below else number * (wide + 6.0))
        y = top + 7.4 + (number * 2 * _ROW if below else 0.0)
        _gap(sheet, brief, gap, x, y, wide)
        if below and number + 1 < len(brief.gaps):
            sheet.rule(x, y + 6.0, x + wide, y + 6.0, style.LINE, 0.5)


def _gap(sheet: Sheet, brief: Brief, gap: Gap, x: float, y: float, wide: float) -> None:
    sheet.box(x, y - 4.0, 5.2, 5.2, fill=style.GAP_FILL, radius=1.4)
    sheet.text(x + 2.6, y - 0.2, str(gap.number), 8.5, style.GAP_TEXT, bold=True, align="center")
    amount = f"{gap.figure.text} {brief.word('people') if brief.by_people else 'km²'}"
    sheet.text(x + wide, y, amount, 9, style.INK, bold=True, align="right")
    room = wide - 9.4 - sheet.advance(amount, 9, bold=True)
    sheet.text(x + 7.4, y, gap.place, 9, style.INK, bold=True, room=room)
    sheet.text(x + 7.4, y + 4.2, gap.cause, 7.8, style.GAP_TEXT, room=wide - 8.0)


def _areas(sheet: Sheet, brief: Brief, top: float) -> None:
    if not brief.areas:
        return
    sheet.text(_COLUMN, top, brief.areas_title, 9.5, style.INK, bold=True)
    ends = (_COLUMN + 50.0, _COLUMN + 67.0, _RIGHT)
    heads = ("th_people", "th_left", "th_share") if brief.by_people else (
        "th_ground", "th_left_ground", "th_share")  # fmt: skip
    name_room = 50.0 - 2.0 - max(sheet.advance(area.total.text, 8.5) for area in brief.areas)
    for end, head in zip(ends, heads, strict=True):
        sheet.text(end, top, brief.word(head), 7, style.THIRD, align="right")
    for number, area in enumerate(brief.areas):
        _area(sheet, area, top + 6.6 + number * _ROW, ends, name_room)
    if brief.areas_rest:
        y = top + 6.6 + len(brief.areas) * _ROW
        sheet.text(_COLUMN, y, brief.word("areas_rest", n=brief.areas_rest), 7, style.THIRD)


def _area(
    sheet: Sheet, area: Area, y: float, ends: tuple[float, float, float], name_room: float
) -> None:
    sheet.rule(_COLUMN, y - 4.0, _RIGHT, y - 4.0, style.LINE, 0.5)
    sheet.text(_COLUMN, y, area.name, 8.5, style.INK, room=name_room)
    for end, figure in zip(ends, (area.total, area.left), strict=False):
        sheet.text(end, y, figure.text, 8.5, style.INK, align="right")
    percent = area.share.text + (" %" if area.share.value is not None else "")
    sheet.text(ends[2], y, percent, 8.5, style.INK, bold=True, align="right")
    if area.part is not None:
        left, wide = ends[1] + 3.0, ends[2] - 14.5 - ends[1] - 3.0
        sheet.box(left, y - 2.0, wide, 1.8, fill=style.LINE, radius=0.9)
        if area.part > 0:
            share = max(1.8, wide * area.part)
            sheet.box(left, y - 2.0, share, 1.8, fill=style.SHARE[4], radius=0.9)


def _legend(sheet: Sheet, brief: Brief, chart: Chart, y: float) -> None:
    """Draw what the colours and shapes of the map mean, spread over one line."""
    ramp = brief.word("legend_people" if brief.by_people else "legend_ground")
    entries = [(key, brief.word(f"legend_{key}")) for key in chart.legend()]
    texts = [ramp, "0", "100 %", *(text for _, text in entries)]
    fixed = sum(sheet.advance(text, 7) for text in texts) + 5 * 6.0 + 6.0
    fixed += sum(signs.sign_width(key) for key, _ in entries)
    apart = min(5.0, (_RIGHT - MARGIN - fixed) / max(len(entries), 1))
    x = MARGIN
    x += sheet.text(x, y, ramp, 7, style.SECOND) + 2.5
    x += sheet.text(x, y, "0", 7, style.SECOND) + 1.5
    for colour in style.SHARE:
        sheet.box(x, y - 2.5, 6.0, 2.8, fill=colour, edge=style.OUTLINE, line=0.3)
        x += 6.0
    x += 1.5 + sheet.text(x + 1.5, y, "100 %", 7, style.SECOND)
    for key, text in entries:
        x += apart
        signs.sign(sheet, key, x, y - 1.1)
        x += signs.sign_width(key)
        x += sheet.text(x, y, text, 7, style.SECOND)


def _notes(sheet: Sheet, brief: Brief) -> list[tuple[str, list[str]]]:
    """Return the notes at the foot of the page, by title, wrapped into lines."""
    room = _RIGHT - MARGIN - 17.0
    clauses = " · ".join(text_of(line) for line in brief.clauses)
    notes = {"method": text_of(brief.method), "clause": clauses, "sources": brief.sources}
    most = {"method": 3, "clause": 2, "sources": 2}
    return [
        (brief.word(key), sheet.wrapped(text, 6.8, room, most=most[key]))
        for key, text in notes.items()
        if text
    ]


def _foot(sheet: Sheet, brief: Brief, notes: list[tuple[str, list[str]]], top: float) -> None:
    sheet.rule(MARGIN, top - 3.6, _RIGHT, top - 3.6, style.LINE, 0.8)
    y = top
    for title, lines in notes:
        sheet.text(MARGIN, y, title, 6.8, style.INK, bold=True)
        for line in lines:
            sheet.text(MARGIN + 17.0, y, line, 6.8, style.SECOND)
            y += 3.3
    y += 2.0
    check, room = brief.word("check"), _RIGHT - MARGIN
    wide = sheet.advance(check, 6.4)
    if sheet.advance(sheet.clean(brief.foot), 6.4) + wide + 6.0 <= room:
        sheet.text(_RIGHT, y, check, 6.4, style.THIRD, align="right")
    else:
        sheet.text(MARGIN, y + 3.2, check, 6.4, style.THIRD)
    sheet.text(MARGIN, y, brief.foot, 6.4, style.THIRD, room=room)
