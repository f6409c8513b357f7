"""Set the words of a view into a column: statement, big numbers, sentence, gaps, what is proposed.

The column is set as large as it fits: where a view says much, everything becomes a little smaller,
and only what still does not fit at the end is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from geo.handout import flow
from geo.handout.flow import Run
from geo.handout.words import say
from geo.report import style, words
from geo.report.numbers import count, text_of
from geo.report.rows import Gap
from geo.report.sheet import MM_PER_POINT, Sheet
from geo.report.words import Lang
from geo.story import Number, ToldView

#: Sizes of type on A4, points.
KICKER, TITLE, NUMBER, CAPTION, SENTENCE, ROW, SMALL = 10.0, 21.0, 36.0, 9.0, 11.5, 9.5, 8.0
#: A comma hangs so far below its number, as part of its size.
_COMMA = 0.11
#: The type shrinks by these steps until everything fits.
STEPS = (1.12, 1.06, 1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58)
#: So many changes of a proposal are told one by one.
MOST_CHANGES = 4

TONES = {
    "figure": style.FIGURE,
    "circle": style.CIRCLE,
    "gap": style.GAP_TEXT,
    "ink": style.INK,
}

#: How statement, numbers and sentence share the width where they stand side by side.
PARTS = (0.35, 0.28, 0.37)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Words:
    """Hold what stands in the column beside the map; of a change its name and what it is.

    ``alarming`` says that the figures of the sentence are of those who are not served.
    """

    lang: Lang
    told: ToldView
    gaps: tuple[Gap, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    alarming: bool = False


def write(sheet: Sheet, told: Words, box: Box, scale: float) -> None:
    """Write the words into a box (left, top, width, height in mm) as large as they fit."""
    for step in STEPS:
        setting = _Setting(sheet, box, scale * step)
        _heading(setting, told)
        setting.skip(4.5)
        _numbers(setting, told)
        _saying(setting, told)
        if setting.y <= box[1] + box[3]:
            break
    setting.write()


def across(sheet: Sheet, told: Words, box: Box, scale: float) -> float:
    """Write the words side by side into a box that is wide, and return where they end, mm."""
    left, top, room, high = box
    apart = 8.0 * scale
    space = room - apart * (len(PARTS) - 1)
    for step in STEPS[2:]:
        settings, x = [], left
        for part in PARTS:
            settings.append(_Setting(sheet, (x, top, space * part, high), scale * step))
            x += space * part + apart
        _heading(settings[0], told)
        settings[1].skip(1.0)
        _numbers(settings[1], told)
        settings[2].skip(1.0)
        _saying(settings[2], told)
        bottom = max(setting.y for setting in settings)
        if bottom <= top + high:
            break
    for setting in settings:
        setting.write()
    return min(bottom, top + high)


@dataclass
class _Setting:
    """Hold what is set so far at one size of type: where the next line begins, what to draw."""

    sheet: Sheet
    box: Box
    k: float
    y: float = field(init=False)
    drawn: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.y = self.box[1]

    @property
    def left(self) -> float:
        """Return where lines begin, mm."""
        return self.box[0]

    @property
    def room(self) -> float:
        """Return how wide lines may be, mm."""
        return self.box[2]

    def skip(self, mm: float) -> None:
        """Leave some room, mm at the size of A4."""
        self.y += mm * self.k

    def line(
        self,
        runs: Sequence[Run],
        size: float,
        colour: str,
        *,
        strong: str = style.INK,
        indent: float = 0.0,
        leading: float = 1.45,
    ) -> None:
        """Set a line of runs, the bold ones in the colour ``strong``."""
        size *= self.k
        high = size * MM_PER_POINT
        base, x = self.y + high * (leading + 0.72) / 2, self.left + indent
        for text, bold in runs:
            ahead = len(text) - len(text.lstrip())
            x += self.sheet.advance(text[:ahead], size, bold=bold)
            self._text(x, base, text.strip(), size, strong if bold else colour, bold)
            x += self.sheet.advance(text[ahead:], size, bold=bold)
        self.y += high * leading

    def _text(self, x: float, y: float, text: str, size: float, colour: str, bold: bool) -> None:
        self.add(y, partial(self.sheet.text, x, y, text, size, colour, bold=bold))

    def add(self, bottom: float, draw: Callable[[], object]) -> None:
        """Remember to draw something that ends there."""
        self.drawn.append((bottom, draw))

    def write(self) -> None:
        """Draw what is set, but nothing that would stand below the box."""
        for bottom, draw in self.drawn:
            if bottom <= self.box[1] + self.box[3] + 1e-6:
                draw()


def _heading(to: _Setting, told: Words) -> None:
    _plain(to, told.told.kicker, KICKER, style.SECOND, most=2)
    to.skip(1.6)
    for text in flow.title(to.sheet, told.told.title, TITLE * to.k, to.room, most=4):
        to.line([(text, True)], TITLE, style.INK, leading=1.26)


def _saying(to: _Setting, told: Words) -> None:
    """Set the sentence, what was asked, the gaps and what is proposed."""
    rows = flow.sentence(to.sheet, told.told.sentence, SENTENCE * to.k, to.room, most=7)
    strong = style.GAP_TEXT if told.alarming else style.INK
    for runs in rows:
        to.line(runs, SENTENCE, style.INK, strong=strong, leading=1.52)
    if rows:
        to.skip(1.6)
    _plain(to, told.told.question, SMALL + 0.5, style.THIRD, most=3)
    if not _rowed(told):
        _gaps(to, told)
    _changes(to, told)


def _rowed(told: Words) -> bool:
    """Return whether the big numbers are those of the gaps: they stand in the rows of these."""
    names = {number.name for number in told.told.numbers}
    return bool(told.gaps) and names == {f"gap{rank}" for rank in range(1, len(names) + 1)}


def _plain(to: _Setting, text: str, size: float, colour: str, *, most: int) -> None:
    for line in flow.plain(to.sheet, text, size * to.k, to.room, most=most):
        to.line([(line, False)], size, colour, leading=1.38)


def _numbers(to: _Setting, told: Words) -> None:
    """Set the big numbers side by side, all in one size, with their captions."""
    numbers = told.told.numbers
    if _rowed(told):
        _gaps(to, told, ROW * 2.0)
        to.skip(5.5)
    if not numbers or _rowed(told):
        return
    sheet, apart = to.sheet, 6.0 * to.k
    space = to.room - apart * (len(numbers) - 1)
    natural = sum(_number_width(sheet, number, NUMBER * to.k) for number in numbers)
    size = NUMBER * to.k * min(1.0, space / max(natural, 1.0))
    widths = [_number_width(sheet, number, size) for number in numbers]
    # Each is as wide as it needs, and they share what is left: captions need room.
    spare = max(0.0, space - sum(widths)) / len(numbers)
    base = to.y + size * MM_PER_POINT * 0.86
    left, bottom = to.left, base
    for number, wide in zip(numbers, widths, strict=True):
        to.add(base, partial(_number, sheet, number, left, base, size))
        below = base + size * MM_PER_POINT * _COMMA
        bottom = max(bottom, _caption(to, told, number, (left, below), wide + spare))
        left += wide + spare + apart
    to.y = bottom + 5.5 * to.k


def _caption(
    to: _Setting, told: Words, number: Number, at: tuple[float, float], room: float
) -> float:
    """Set what a number means below it, and return the last base line."""
    size = CAPTION * to.k
    lines = [
        (line, style.SECOND) for line in flow.plain(to.sheet, number.caption, size, room, most=3)
    ]
    more = _exact(told, number)
    lines += [(line, style.THIRD) for line in flow.plain(to.sheet, more, size, room, most=2)]
    x, y = at
    for line, colour in lines:
        y += size * MM_PER_POINT * 1.38
        to.add(y, partial(to.sheet.text, x, y, line, size, colour))
    return y


def _exact(told: Words, number: Number) -> str:
    """Return a number in full where it is rounded above to thousands; shares are told well."""
    value, text = number.figure.value, number.figure.text
    if value is None or number.unit == "%" or text == count(value):
        return ""
    if _digits(number.exact) == _digits(text):
        return ""
    return say("exact", told.lang, text=number.exact)


def _digits(text: str) -> str:
    return "".join(re.findall(r"[\d.]", text))


def _number_width(sheet: Sheet, number: Number, size: float) -> float:
    wide = sheet.advance(sheet.clean(number.figure.text, bold=True), size, bold=True)
    unit = sheet.clean(number.unit, bold=True)
    return wide + (sheet.advance(unit, size / 2, bold=True) + size * 0.018 if unit else 0.0)


def _number(sheet: Sheet, number: Number, x: float, y: float, size: float) -> None:
    colour = TONES[number.tone]
    x += sheet.text(x, y, number.figure.text, size, colour, bold=True) + size * 0.018
    if number.unit:
        sheet.text(x, y, number.unit, size / 2, colour, bold=True)


def _gaps(to: _Setting, told: Words, large: float = ROW) -> None:
    """List the gaps that carry numbers on the map: where, why, and in a size how many."""
    if told.gaps and large == ROW:
        to.skip(3.0)
    for gap in told.gaps:
        to.skip(1.4)
        _gap(to, told, gap, large)


def _gap(to: _Setting, told: Words, gap: Gap, large: float) -> None:
    sheet, size, indent = to.sheet, ROW * to.k, 7.0 * to.k
    unit = words.say("people", told.lang) if told.told.by_people else "km²"
    unit_wide = sheet.advance(f" {unit}", size, bold=True)
    wide = sheet.advance(sheet.clean(gap.figure.text, bold=True), large * to.k, bold=True)
    if large > ROW:
        to.skip(1.0)
    base = to.y + size * MM_PER_POINT * 1.07
    # A large number stands beside both lines, a small one on the first.
    level = base if large == ROW else base + size * MM_PER_POINT * 0.75
    space = sheet.advance(" ", size, bold=True)
    right = to.left + to.room - unit_wide
    tone = style.INK if large == ROW else style.GAP_TEXT
    to.add(base, partial(_badge, sheet, to.left, to.y + 0.2 * to.k, 4.6 * to.k, gap.number))
    to.add(level, partial(sheet.text, right - wide, level, gap.figure.text, large * to.k, tone,
                          bold=True))  # fmt: skip
    to.add(level, partial(sheet.text, right + space, level, unit, size, tone, bold=True))
    room = to.room - indent - wide - unit_wide - 2.0
    beside = room if large > ROW else to.room - indent
    place = sheet.fitted(sheet.clean(gap.place, bold=True), size, room, bold=True)
    to.line([(place, True)], ROW, style.INK, indent=indent, leading=1.42)
    cause = sheet.fitted(sheet.clean(gap.cause), SMALL * to.k, beside)
    to.line([(cause, False)], SMALL, style.GAP_TEXT, indent=indent, leading=1.4)


def _badge(sheet: Sheet, x: float, y: float, wide: float, number: int) -> None:
    middle = wide / 2
    sheet.disc(x + middle, y + middle, middle, style.GAP_TEXT, "none", 0.0, 6.0)
    size = wide / MM_PER_POINT * 0.6
    sheet.text(x + wide / 2, y + wide * 0.735, str(number), size, style.PAPER, bold=True,
               align="center")  # fmt: skip


def _changes(to: _Setting, told: Words) -> None:
    """List what is proposed, unless the sentence names it."""
    sentence = text_of(told.told.sentence)
    if all(name in sentence for name, _ in told.changes):
        return
    to.skip(3.5)
    to.line([(say("changes", told.lang), False)], SMALL, style.SECOND, leading=1.5)
    listed = [text for _, text in told.changes[:MOST_CHANGES]]
    if len(told.changes) > MOST_CHANGES:
        listed.append(words.say("more_changes", told.lang, n=len(told.changes) - MOST_CHANGES))
    for text in listed:
        line = to.sheet.fitted(to.sheet.clean(text, bold=True), ROW * to.k, to.room, bold=True)
        to.line([(line, True)], ROW, style.INK, strong=style.GOOD, leading=1.45)
