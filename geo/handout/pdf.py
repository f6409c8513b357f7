"""Write a handout as PDF: a page of landscape A4 or A3 for every view."""

from __future__ import annotations

from pathlib import Path

from geo import writing
from geo.errors import OptionError
from geo.handout import page
from geo.handout import paper as papers
from geo.handout.making import Handout
from geo.handout.words import say
from geo.progress import Progress, silent
from geo.report import printing
from geo.report.sheet import Fonts

_AUTHOR = "yizhan"


def pdf(handout: Handout, fonts: Fonts, paper: str = "A4", progress: Progress = silent) -> bytes:
    """Return a handout as PDF, fonts embedded; its date is that of the data, not of today.

    Lines and areas stay lines and areas; only a layer of more than
    :data:`geo.report.ground.MOST_CORNERS` corners becomes dots, 300 to the inch.
    """
    sheet, fonts = papers.named(paper), fonts.checked()
    sheets, whole = [], len(handout.views)
    for number in range(1, whole + 1):
        progress("画各页", number - 1, whole)
        sheets.append(page.drawn(handout, number, sheet, fonts))
    title = f"{handout.city} · {say('kind', handout.lang)} · {handout.name}"
    content = printing.pdf(sheets, title, printing.day_of(handout.day), _AUTHOR)
    progress("画各页", whole, whole)
    return content


def check(path: Path, paper: str = "A4") -> None:
    """Refuse a file or a paper that cannot be, before anything is computed for it."""
    papers.named(paper)
    check_file(path, ".pdf")


def check_file(path: Path, suffix: str) -> None:
    """Refuse a file that does not end so, or that is a folder."""
    if path.suffix.lower() != suffix:
        raise OptionError(f"{path.name!r}: name a file that ends in {suffix}")
    if path.exists() and not path.is_file():
        raise OptionError(f"{str(path)!r} is no file; name one that is new or may be replaced")


def write(
    handout: Handout, fonts: Fonts, path: Path, paper: str = "A4", progress: Progress = silent
) -> Path:
    """Write a handout as PDF, whole or not at all, and return the path."""
    check(path, paper)
    content = pdf(handout, fonts, paper, progress)
    with writing.whole(path) as unfinished:
        unfinished.write_bytes(content)
    return path
