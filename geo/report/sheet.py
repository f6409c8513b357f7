"""Draw on a sheet of paper measured in millimetres, from its upper left corner.

Everything is drawn with matplotlib's objects; neither a window nor a global figure takes part, so
that several sheets can be drawn at a time. matplotlib is imported when the first sheet is made:
commands that draw nothing need not wait for it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import Fault, InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72.0
#: Resolution of what is not drawn as lines, dots per inch.
DPI = 300
#: Stands for a letter that the font does not have.
_NO_GLYPH = "〓"


@dataclass(frozen=True)
class Fonts:
    """Name the files of the two weights that a brief is set in; they must know Chinese."""

    regular: Path
    bold: Path

    def checked(self) -> Fonts:
        """Return the fonts if their files are there, else raise ``InputError`` naming them."""
        faults = [
            Fault(str(path), "no such font file", "give a TrueType font with Chinese letters")
            for path in (self.regular, self.bold)
            if not path.is_file()
        ]
        if faults:
            raise InputError(faults)
        return self


@dataclass(frozen=True, eq=False)
class Sheet:
    """Hold a sheet of paper and what is drawn on it; all measures in mm, text sizes in points."""

    width: float
    height: float
    fonts: Fonts
    _advance: dict[tuple[bool, str], float] = field(default_factory=dict, repr=False)

    @cached_property
    def figure(self) -> Figure:
        """Return matplotlib's figure of the sheet."""
        from matplotlib.figure import Figure

        return Figure(figsize=(self.width / MM_PER_INCH, self.height / MM_PER_INCH), dpi=DPI)

    @cached_property
    def axes(self) -> Any:
        """Return the one pair of axes: x to the right, y downwards, in mm."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0.0, self.width)
        axes.set_ylim(self.height, 0.0)
        return axes

    # --- text ----------------------------------------------------------------------------------

    def _font(self, bold: bool) -> Path:
        return self.fonts.bold if bold else self.fonts.regular

    def advance(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a text is, in mm."""
        return sum(self._letter(letter, bold) for letter in text) * size * MM_PER_POINT

    def _letter(self, letter: str, bold: bool) -> float:
        """Return how wide a letter is, as part of the size of the font.

        One that the font does not have is as wide as high: another font, in which office suites
        write it, hardly has wider ones.
        """
        if ord(letter) not in (self._bold_letters if bold else self._regular_letters):
            return 1.0
        known = self._advance.get((bold, letter))
        if known is None:
            from matplotlib.font_manager import get_font
            from matplotlib.ft2font import LoadFlags

            font = get_font(str(self._font(bold)))
            font.set_size(100, 72)
            glyph = font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
            known = self._advance[bold, letter] = glyph.linearHoriAdvance / 65536.0 / 100.0
        return known

    def clean(self, text: str, *, bold: bool = False) -> str:
        """Return a text on one line, with a mark for every letter that the font does not have."""
        known = self._bold_letters if bold else self._regular_letters
        line = " ".join(text.split())
        return "".join(letter if ord(letter) in known else _NO_GLYPH for letter in line)

    @cached_property
    def _regular_letters(self) -> Container[int]:
        return _letters(self.fonts.regular)

    @cached_property
    def _bold_letters(self) -> Container[int]:
        return _letters(self.fonts.bold)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        align: str = "left",
        room: float | None = None,
        halo: str | None = None,
        order: float = 10.0,
    ) -> float:
        """Write a text on the base line ``y`` and return its width in mm.

        ``room`` cuts it with an ellipsis; ``halo`` is a colour that sets it off from a map.
        """
        from matplotlib.font_manager import FontProperties
        from matplotlib.patheffects import Stroke

        text = self.clean(text, bold=bold)
        if room is not None:
            text = self.fitted(text, size, room, bold=bold)
        manner: dict[str, Any] = {
            "fontproperties": FontProperties(fname=str(self._font(bold)), size=size),
            "ha": align,
            "va": "baseline",
            "parse_math": False,
        }
        if halo is not None:
            edge = self.axes.text(x, y, text, color=halo, zorder=order - 0.1, **manner)
            edge.set_path_effects([Stroke(linewidth=size * 0.32, foreground=halo)])
        self.axes.text(x, y, text, color=colour, zorder=order, **manner)
        return self.advance(text, size, bold=bold)

    def fitted(self, text: str, size: float, room: float, *, bold: bool = False) -> str:
        """Return a text that is at most so wide, cut with an ellipsis where it is longer."""
        if self.advance(text, size, bold=bold) <= room:
            return text
        while text and self.advance(text + "…", size, bold=bold) > room:
            text = text[:-1]
        return text.rstrip() + "…"

    def wrapped(
        self, text: str, size: float, room: float, *, most: int, bold: bool = False
    ) -> list[str]:
        """Return a text as at most so many lines; Chinese breaks anywhere, words between them."""
        lines, line = [], ""
        for part in breaks(self.clean(text, bold=bold)):
            if line and self.advance((line + part).rstrip(), size, bold=bold) > room:
                lines.append(line.rstrip())
                line = part.lstrip()
            else:
                line += part
        lines.append(line.rstrip())
        if len(lines) > most:
            rest = " ".join(lines[most - 1 :])
            lines = [*lines[: most - 1], self.fitted(rest, size, room, bold=bold)]
        return [self.fitted(each, size, room, bold=bold) for each in lines if each]

    # --- shapes --------------------------------------------------------------------------------

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.0,
        radius: float = 0.0,
        alpha: float | None = None,
        order: float = 1.0,
    ) -> Any:
        """Draw a box, with round corners on demand, and return it."""
        from matplotlib.patches import FancyBboxPatch

        round_ = min(radius, width / 2, height / 2)
        shape = FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={max(round_, 1e-6)}",
            facecolor=fill,
            edgecolor=edge,
            linewidth=line,
            alpha=alpha,
            zorder=order,
        )
        self.axes.add_patch(shape)
        return shape

    def disc(
        self, x: float, y: float, radius: float, fill: str, edge: str, line: float, order: float
    ) -> None:
        """Draw a disc round its middle."""
        from matplotlib.patches import Circle

        self.axes.add_patch(
            Circle((x, y), radius, facecolor=fill, edgecolor=edge, linewidth=line, zorder=order)
        )

    def area(
        self,
        outline: Outline,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.0,
        alpha: float | None = None,
        hatch: str | None = None,
        hatch_colour: str | None = None,
        hatch_line: float = 0.4,
        dashes: tuple[float, ...] = (),
        raster: bool = False,
        clip: Any = None,
        order: float = 1.0,
    ) -> None:
        """Draw an outline: filled (``alpha`` lets the ground through), hatched, or a line only."""
        from matplotlib.patches import PathPatch

        shape = PathPatch(
            outline,
            facecolor=fill if alpha is None else (fill, alpha),
            edgecolor=edge if hatch is None else hatch_colour or edge,
            linewidth=line,
            hatch=hatch,
            joinstyle="round",
            capstyle="round",
            zorder=order,
        )
        if dashes:
            shape.set_linestyle((0, dashes))
        if hatch is not None:
            shape.set_hatch_linewidth(hatch_line)
        shape.set_rasterized(raster)
        self.axes.add_patch(shape)
        if clip is not None:
            shape.set_clip_path(clip)

    def rule(self, x1: float, y1: float, x2: float, y2: float, colour: str, line: float) -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        self.axes.add_line(
            Line2D(
                [x1, x2], [y1, y2], color=colour, linewidth=line, solid_capstyle="butt", zorder=5
            )
        )


def _letters(font: Path) -> Container[int]:
    """Return the code points of the letters that a font has."""
    from matplotlib.font_manager import get_font

    return frozenset(get_font(str(font)).get_charmap())


def breaks(text: str) -> Iterator[str]:
    """Yield what a line may be broken between: letters of Chinese, whole words of other scripts."""
    word = ""
    for letter in text:
        wide = "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\uffef"
        if wide and letter in "，。；：、！？”）》」％":  # never at the beginning of a line
            word += letter
        elif wide:
            yield word
            word = letter
        elif letter == " ":
            yield word + letter
            word = ""
        elif word and "\u2e80" <= word[-1] <= "\u9fff":
            yield word
            word = letter
        else:
            word += letter
    yield word
