"""Draw the map of a view alone, as a picture to be put on a slide."""

from __future__ import annotations

from geo.handout import scene
from geo.handout.making import Handout
from geo.handout.paper import checked_pixels
from geo.report import printing
from geo.report.sheet import MM_PER_INCH, Fonts, Sheet
from geo.story import Shown

#: The short side of a picture stands for so many mm: what it shows is read on a slide.
_SHORT_MM = 120.0


def map_png(handout: Handout, shown: Shown, fonts: Fonts, width_px: int, height_px: int) -> bytes:
    """Return the map of what a view asks as PNG: no title and no legend, square corners.

    Scale, north, names and the numbers of the worst gaps are part of it; what the view compares
    with is not.
    """
    checked_pixels((width_px, height_px))
    dpi = min(width_px, height_px) / (_SHORT_MM / MM_PER_INCH)
    # Sizes are cut to whole pixels, and must not lose one.
    wide, high = ((side + 0.005) / dpi * MM_PER_INCH for side in (width_px, height_px))
    sheet = Sheet(wide, high, fonts.checked())
    last = scene.scenes(shown, handout.today, handout.basemap, handout.lang)[-1]
    last.draw(sheet, (0.0, 0.0, wide, high), radius=0.0)
    return printing.png(sheet, dpi)
