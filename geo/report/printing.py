"""Write drawn sheets as files: PDF, SVG, PNG; equal sheets are equal bytes."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from geo.report.sheet import DPI, Sheet

#: matplotlib reads these from its global settings while it writes a file; one file at a time.
_WRITING = threading.Lock()
_MANNER = {
    "pdf.fonttype": 42,
    "svg.hashsalt": "yizhan",
    "svg.fonttype": "path",
    "text.hinting": "none",
}


def pdf(sheets: Sequence[Sheet], title: str, day: datetime, author: str) -> bytes:
    """Return sheets as the pages of one PDF of that day."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages

    told = {
        "Title": title,
        "Author": author,
        "Creator": author,
        "CreationDate": day,
        "ModDate": day,
    }
    out = io.BytesIO()
    with _manner(), PdfPages(out, metadata=told) as pages:
        for sheet in sheets:
            FigureCanvasPdf(sheet.figure).print_figure(pages, format="pdf", dpi=DPI)
    return out.getvalue()


def svg(sheet: Sheet) -> str:
    """Return a sheet as the text of one ``svg`` element, without anything before it."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with _manner():
        FigureCanvasSVG(sheet.figure).print_figure(
            out, format="svg", metadata=nothing, dpi=DPI, facecolor="none"
        )
    return out.getvalue()


def png(sheet: Sheet, dpi: float = 150) -> bytes:
    """Return a sheet as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = io.BytesIO()
    with _manner():
        FigureCanvasAgg(sheet.figure).print_figure(
            out, format="png", dpi=dpi, metadata={"Software": None}
        )
    return out.getvalue()


def day_of(text: str | None) -> datetime:
    """Return a date of the data as the instant that a file carries; unknown is 2000-01-01."""
    return datetime.fromisoformat(text or "2000-01-01").replace(tzinfo=UTC)


@contextmanager
def _manner() -> Iterator[None]:
    """Let matplotlib write as we want: fonts as TrueType, names in SVG by a fixed salt."""
    import matplotlib

    manner: Mapping[str, Any] = _MANNER
    with _WRITING, matplotlib.rc_context(dict(manner)):  # type: ignore[arg-type]
        yield
