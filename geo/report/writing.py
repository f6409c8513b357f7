"""Write a brief as a file, PDF or HTML; a file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from geo import writing
from geo.errors import OptionError
from geo.progress import Progress, silent
from geo.report import document, page, printing
from geo.report.chart import Chart
from geo.report.content import Brief
from geo.report.sheet import Fonts

FORMATS = (".pdf", ".html")
_AUTHOR = "yizhan"


def pdf(brief: Brief, chart: Chart, fonts: Fonts) -> bytes:
    """Return a brief as one page of PDF, fonts embedded; its date is that of the data."""
    sheet = page.drawn(brief, chart, fonts.checked())
    title = f"{brief.city} · {brief.word('brief')}"
    return printing.pdf([sheet], title, printing.day_of(brief.day), _AUTHOR)


def html(brief: Brief, chart: Chart, fonts: Fonts) -> str:
    """Return a brief as one file of HTML that needs no other: the map is drawn in it."""
    return document.rendered(brief, chart, fonts.checked())


def check(path: Path) -> None:
    """Refuse a file that no brief can be written to, before anything is computed for it."""
    if path.suffix.lower() not in FORMATS:
        raise OptionError(f"{path.name!r} is no brief; name a file that ends in .pdf or .html")
    if path.exists() and not path.is_file():
        raise OptionError(f"{str(path)!r} is no file; name one that is new or may be replaced")


def write(
    brief: Brief, chart: Chart, fonts: Fonts, path: Path, progress: Progress = silent
) -> Path:
    """Write a brief as the file of this name, which says its format, and return the path."""
    check(path)
    progress("画地图与版面", 0, 1)
    if path.suffix.lower() == ".pdf":
        content = pdf(brief, chart, fonts)
    else:
        content = html(brief, chart, fonts).encode()
    progress("写文件", 0, 1)
    with writing.whole(path) as unfinished:
        unfinished.write_bytes(content)
    progress("写文件", 1, 1)
    return path
