"""Make a presentation of a story: a cover, a slide per view, the areas and the worst gaps.

Text, numbers, charts and tables are native and can be edited; the map of a view is a picture. Every
number is the one that the view tells (:mod:`geo.story.telling`) or stands in the brief's tables
(:mod:`geo.report.rows`); the notes give the exact ones, the method and the sources.

==================================  ================================================================
module                              what it knows
==================================  ================================================================
:mod:`geo.handout.slide_words`      words that only slides need
:mod:`geo.handout.slide_deck`       the empty presentation, and the bytes of a full one
:mod:`geo.handout.slide_text`       native text in a size that fits
:mod:`geo.handout.slide_frame`      statement, sources, marks, number and legend
:mod:`geo.handout.slide_chart`      native charts
:mod:`geo.handout.slide_explained`  which chart explains a view
:mod:`geo.handout.slide_view`       the slide of a view
:mod:`geo.handout.slide_table`      the slides of tables
:mod:`geo.handout.slide_cover`      the first slide
:mod:`geo.handout.slide_making`     the order of the slides
==================================  ================================================================

python-pptx and matplotlib are loaded when the first presentation is made.
"""

from __future__ import annotations

from pathlib import Path

from geo import writing
from geo.handout.making import Handout
from geo.handout.pdf import check_file
from geo.progress import Progress, silent
from geo.report.sheet import Fonts


def check(path: Path) -> None:
    """Refuse a file that no presentation can be written to, before anything is computed for it."""
    check_file(path, ".pptx")


def pptx(handout: Handout, fonts: Fonts, progress: Progress = silent) -> bytes:
    """Return a story as a presentation; equal stories of equal cities are equal bytes.

    ``fonts`` draw the maps and measure the texts; the file itself names those of office suites.
    """
    from geo.handout import slide_making

    return slide_making.made(handout, fonts.checked(), progress)


def write(handout: Handout, fonts: Fonts, path: Path, progress: Progress = silent) -> Path:
    """Write a story as the presentation of this name and return the path."""
    check(path)
    content = pptx(handout, fonts, progress)
    progress("写文件", 0, 1)
    with writing.whole(path) as unfinished:
        unfinished.write_bytes(content)
    progress("写文件", 1, 1)
    return path
