"""Draw what the colours, patterns and signs of a map mean, in a strip below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.handout.scene import PATTERNS
from geo.report import signs, style
from geo.report.sheet import Sheet

_SIZE = 7.5
#: A swatch of a class, and the height of one row, mm on A4.
_SWATCH, _ROW = 10.5, 5.4
_RAMP_HIGH = 10.4
#: Signs that have less room than this beside the ramp stand below it, mm.
_LEAST = 90.0
#: Where the five classes of covered share meet, percent.
LIMITS = (0, 20, 40, 60, 80, 100)


@dataclass(frozen=True)
class Legend:
    """Hold what a legend tells: the title of the ramp ("" without one), signs with their words."""

    ramp: str
    entries: tuple[tuple[str, str], ...]

    def height(self, sheet: Sheet, room: float, k: float) -> float:
        """Return how high the strip is in a width of ``room`` mm."""
        signs_high = len(self._rows(sheet, room, k)) * _ROW * k
        if not self._beside(sheet, room, k):
            return self._ramp_high(k) + signs_high
        return max(self._ramp_high(k), signs_high)

    def draw(self, sheet: Sheet, x: float, y: float, room: float, k: float) -> None:
        """Draw the strip, its upper left corner at x and y."""
        rows = self._rows(sheet, room, k)
        if self.ramp:
            self._ramp(sheet, x, y, k)
        if self._beside(sheet, room, k):
            x += self._indent(sheet, k)
        else:
            y += self._ramp_high(k)
        for number, row in enumerate(rows):
            at = x
            base = y + (number * _ROW + 3.6) * k
            for key, text in row:
                signs.sign(sheet, key, at, base - 0.95 * k, discs=True)
                at += signs.sign_width(key)
                at += sheet.text(at, base, text, _SIZE * k, style.SECOND) + 4.0 * k

    def _ramp(self, sheet: Sheet, x: float, y: float, k: float) -> None:
        sheet.text(x, y + 2.4 * k, self.ramp, _SIZE * k, style.SECOND)
        top, wide, high = y + 3.8 * k, _SWATCH * k, 3.6 * k
        for number, colour in enumerate(style.SHARE):
            swatch(sheet, number, colour, (x + number * wide, top, wide, high))
        for number, limit in enumerate(LIMITS):
            text = f"{limit} %" if limit == LIMITS[-1] else str(limit)
            align = "left" if number == 0 else "center"
            at = x + number * wide
            sheet.text(at, top + high + 2.7 * k, text, 6.6 * k, style.SECOND, align=align)

    def _ramp_high(self, k: float) -> float:
        return _RAMP_HIGH * k if self.ramp else 0.0

    def _beside(self, sheet: Sheet, room: float, k: float) -> bool:
        """Return whether the signs stand beside the ramp; where it is narrow they stand below."""
        return room - self._indent(sheet, k) >= _LEAST * k

    def _indent(self, sheet: Sheet, k: float) -> float:
        """Return where the signs begin, right of the ramp."""
        if not self.ramp:
            return 0.0
        title = sheet.advance(sheet.clean(self.ramp), _SIZE * k)
        return max(len(style.SHARE) * _SWATCH * k + 5.0 * k, title) + 6.0 * k

    def _rows(self, sheet: Sheet, room: float, k: float) -> list[list[tuple[str, str]]]:
        """Return the signs row by row."""
        space = room - (self._indent(sheet, k) if self._beside(sheet, room, k) else 0.0)
        rows: list[list[tuple[str, str]]] = []
        at = space + 1.0
        for key, text in self.entries:
            wide = signs.sign_width(key) + sheet.advance(sheet.clean(text), _SIZE * k)
            if at + wide > space:
                rows.append([])
                at = 0.0
            rows[-1].append((key, text))
            at += wide + 4.0 * k
        return rows


def swatch(sheet: Sheet, number: int, colour: str, box: tuple[float, float, float, float]) -> None:
    """Draw the colour and the pattern of a class into a box (left, top, width, height in mm)."""
    from matplotlib.path import Path as Outline

    left, top, wide, high = box
    sheet.box(*box, fill=colour, edge=style.OUTLINE, line=0.4)
    pattern = PATTERNS[number]
    if pattern is not None:
        corners: Sequence[tuple[float, float]] = [
            (left, top),
            (left + wide, top),
            (left + wide, top + high),
            (left, top + high),
            (left, top),
        ]
        sheet.area(
            Outline(corners, closed=True),
            hatch=pattern.signs,
            hatch_colour=pattern.colour,
            hatch_line=pattern.line,
            order=1.2,
        )
