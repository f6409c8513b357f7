"""Write one view of a handout as PNG, of any size up to 8K."""

from __future__ import annotations

from pathlib import Path

from geo import writing
from geo.errors import OptionError
from geo.handout import page, paper
from geo.handout.making import Handout
from geo.handout.pdf import check_file
from geo.progress import Progress, silent
from geo.report import printing
from geo.report.sheet import Fonts

#: What is written when nobody says otherwise.
SIZE_PX = (1_920, 1_080)


def png(handout: Handout, fonts: Fonts, size_px: tuple[int, int] = SIZE_PX, view: int = 1) -> bytes:
    """Return a view (from 1) as PNG of exactly so many pixels; equal views are equal bytes."""
    sheet, number = paper.of_pixels(size_px), checked_view(handout, view)
    return printing.png(page.drawn(handout, number, sheet, fonts.checked()), sheet.dpi)


def checked_view(handout: Handout, view: int) -> int:
    """Return the number of a view if there is one, else raise ``OptionError``."""
    if not 1 <= view <= len(handout.views):
        raise OptionError(f"there is no view {view}; choose 1 to {len(handout.views)}")
    return view


def check(path: Path, size_px: tuple[int, int] = SIZE_PX) -> None:
    """Refuse a file or a size that cannot be, before anything is computed for it."""
    paper.checked_pixels(size_px)
    check_file(path, ".png")


def write(
    handout: Handout,
    fonts: Fonts,
    path: Path,
    size_px: tuple[int, int] = SIZE_PX,
    view: int = 1,
    progress: Progress = silent,
) -> Path:
    """Write a view (from 1) as PNG, whole or not at all, and return the path."""
    check(path, size_px)
    progress("画图", 0, 1)
    content = png(handout, fonts, size_px, view)
    with writing.whole(path) as unfinished:
        unfinished.write_bytes(content)
    progress("画图", 1, 1)
    return path
