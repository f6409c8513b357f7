"""Know the sheets that a handout is drawn on: paper by its name, a screen by its pixels.

Sizes are millimetres; a screen is a sheet of the same proportions, so that one layout serves both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.errors import OptionError
from geo.report.sheet import MM_PER_INCH

#: The papers by name, landscape, mm; A3 is twice A4, its type √2 times as large.
PAPERS = {"A4": (297.0, 210.0, 1.0), "A3": (420.0, 297.0, math.sqrt(2.0))}
#: A picture has at least and at most so many pixels to a side: up to 8K.
FEWEST_PX, MOST_PX = 320, 7_680

#: A screen is taken for a sheet at least so high and wide: its type is a little larger than
#: that of paper, to be read from the back of a room.
_SCREEN_HIGH, _SCREEN_WIDE, _UPRIGHT_WIDE = 165.0, 250.0, 124.0
#: A screen narrower than this part of its height has its text above the map, not beside it.
_UPRIGHT = 0.9
#: Half a hundredth of a pixel: sizes are cut to whole pixels, and must not lose one.
_SAFE_PX = 0.005


@dataclass(frozen=True)
class Paper:
    """Hold a sheet: width and height in mm, the scale of its type (1 = A4), dots per inch."""

    width: float
    height: float
    scale: float = 1.0
    dpi: float = 300.0

    @property
    def upright(self) -> bool:
        """Return whether the text stands above the map instead of beside it."""
        return self.width < _UPRIGHT * self.height


def named(name: str) -> Paper:
    """Return a paper by its name; raises ``OptionError`` for one that is not known."""
    if name not in PAPERS:
        raise OptionError(f"there is no paper {name!r}; choose of {', '.join(PAPERS)}")
    return Paper(*PAPERS[name])


def checked_pixels(size_px: tuple[int, int]) -> tuple[int, int]:
    """Return a size in pixels if a picture can have it, else raise ``OptionError``."""
    if not all(FEWEST_PX <= side <= MOST_PX for side in size_px):
        raise OptionError(
            f"a picture of {size_px[0]} × {size_px[1]} pixels; "
            f"each side must have {FEWEST_PX} to {MOST_PX}"
        )
    return size_px


def of_pixels(size_px: tuple[int, int]) -> Paper:
    """Return the sheet that stands for a screen of so many pixels."""
    width_px, height_px = checked_pixels(size_px)
    tall = height_px / width_px
    upright = 1.0 / tall < _UPRIGHT
    width = _UPRIGHT_WIDE if upright else max(_SCREEN_HIGH / tall, _SCREEN_WIDE)
    dpi = width_px / (width / MM_PER_INCH)
    exact = MM_PER_INCH / dpi
    return Paper((width_px + _SAFE_PX) * exact, (height_px + _SAFE_PX) * exact, dpi=dpi)
