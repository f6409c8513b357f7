"""Hand a story out as a file for a meeting: a page, paper, a picture or slides.

The command line and the jobs of the server write the same files with the same words and figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geo import report, workspace
from geo.disclosure import Edition
from geo.errors import OptionError
from geo.handout import making, paper, pdf, png, slides
from geo.handout.making import Handout
from geo.progress import Progress, silent
from geo.report import Lang
from geo.story import CityOf, Story
from webmap import vendor

#: What is made for a meeting, and what each of them is.
FORMATS = {
    "html": "one file with the whole meeting, which opens without network",
    "pdf": "a page a view",
    "png": "a picture of one view",
    "pptx": "a slide a view, with text and charts that can be edited",
}
MIMETYPES = {
    "html": "text/html",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True)
class Wanted:
    """Hold how a story is to be handed out.

    ``paper`` is for a pdf, ``size_px`` for a png. ``view`` (from 1) is the only one that is handed
    out, ``None`` are all; a png shows the first. ``map_approval`` (审图号) is shown as given.
    """

    form: str
    lang: Lang = "zh"
    edition: Edition = "public"
    paper: str = "A4"
    size_px: tuple[int, int] = png.SIZE_PX
    view: int | None = None
    map_approval: str = ""

    def check(self, out: Path | None = None) -> None:
        """Refuse what cannot be handed out or written, before anything is computed for it."""
        if self.form not in FORMATS:
            raise OptionError(
                f"there is no format {self.form!r}; choose one of {', '.join(FORMATS)}"
            )
        making.checked(self.lang, self.edition, self.map_approval)
        paper.named(self.paper)
        paper.checked_pixels(self.size_px)
        if out is not None:
            pdf.check_file(out, f".{self.form}")

    def of(self, story: Story) -> Story:
        """Return what of a story is handed out, or refuse a view that there is not."""
        view = 1 if self.view is None and self.form == "png" else self.view
        if view is None:
            return story
        if not 1 <= view <= len(story.views):
            raise OptionError(f"there is no view {view}; choose 1 to {len(story.views)}")
        return replace(story, views=(story.views[view - 1],))


def write(
    wanted: Wanted, city_of: CityOf, story: Story, out: Path, progress: Progress = silent
) -> Handout:
    """Write a story as a file, whole or not at all, and return what it says.

    ``story`` carries the scenarios along that its views name; ``city_of`` gives their cities.
    """
    wanted.check(out)
    told = wanted.of(story)
    made = making.of_story(
        city_of,
        told,
        lang=wanted.lang,
        edition=wanted.edition,
        map_approval=wanted.map_approval,
        progress=progress,
    )
    _WRITERS[wanted.form](wanted, made, told, out, progress)
    return made


def _page(_wanted: Wanted, made: Handout, story: Story, out: Path, progress: Progress) -> None:
    # Imported here: the other formats need no Folium and start faster without it.
    from webmap.maps import meeting

    ground = workspace.basemap(made.today.city.slug)
    changes: Mapping[str, Sequence[Mapping[str, Any]]] = {
        key: rows for key, (_, rows) in story.scenarios.items()
    }
    meeting.write(made, out, basemap=ground, changes=changes, progress=progress)


def _paper(wanted: Wanted, made: Handout, _story: Story, out: Path, progress: Progress) -> None:
    pdf.write(made, _fonts(), out, wanted.paper, progress)


def _picture(wanted: Wanted, made: Handout, _story: Story, out: Path, progress: Progress) -> None:
    png.write(made, _fonts(), out, wanted.size_px, 1, progress)


def _slides(_wanted: Wanted, made: Handout, _story: Story, out: Path, progress: Progress) -> None:
    slides.write(made, _fonts(), out, progress)


_WRITERS: Mapping[str, Callable[[Wanted, Handout, Story, Path, Progress], None]] = {
    "html": _page,
    "pdf": _paper,
    "png": _picture,
    "pptx": _slides,
}


def _fonts() -> report.Fonts:
    return report.Fonts(*vendor.letters())
