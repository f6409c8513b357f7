"""The presentation as LibreOffice Impress renders it: all its figures are there to be read.

The toy city is that of test_slides.py. Without LibreOffice these tests are skipped, aloud.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata

import pptx
import pytest

from geo import report
from geo.handout import slide_view, slides
from geo.handout.slide_text import clean
from geo.model import PROFILES
from tests.geo.test_slides import EVENING, FONTS, HOSTILE, PEOPLE, handed, renamed, texts
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

#: Starting the office suite takes seconds; it is started once for all that is looked at.
PATIENCE_S = 240
NEEDED = ("soffice", "pdftotext")
MISSING = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"{', '.join(MISSING)} not found: no slides are rendered (see .ci/run)"
)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Return the handouts by name, each with its file and the text of its pages."""
    place = tmp_path_factory.mktemp("slides")
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        patch.setattr(slide_view, "PIXELS", 0.75)
        plain, other = (toy_city([(0, 0)], PEOPLE, hours=[EVENING]) for _ in range(2))
        made = {
            "plain": handed(plain, "zh", "public"),
            "hostile": handed(renamed(other, HOSTILE), "en", name=HOSTILE),
        }
        for name, handout in made.items():
            slides.write(handout, FONTS, place / f"{name}.pptx")
    # A profile of its own: neither the user's settings nor a window that is open take part.
    done = subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{place}/profile",
         "--convert-to", "pdf", "--outdir", place, *(place / f"{name}.pptx" for name in made)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: (handout, place / f"{name}.pptx", pages(place / f"{name}.pdf"))
            for name, handout in made.items()}  # fmt: skip


def pages(pdf) -> list[str]:
    told = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)
    return [flat(page) for page in told.stdout.decode().split("\f")[:-1]]


def flat(text: str) -> str:
    """Return a text without blanks and in plain letters: lines are broken as it suits the page."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_every_slide_becomes_a_page_with_its_statement_and_its_figures(rendered):
    handout, file, seen = rendered["plain"]
    deck = pptx.Presentation(str(file))
    assert len(seen) == len(deck.slides) == len(handout.views) + 3
    for page, (_, told) in zip(seen[1:], handout.views, strict=False):
        for text in (told.title, told.kicker, told.question, report.numbers.text_of(told.sentence)):
            assert flat(text) in page, text
        for number in told.numbers:
            assert flat(f"{number.figure.text}{number.unit}") in page
            assert flat(number.caption) in page
        assert all(flat(mark) in page for mark in told.marks)


def test_the_words_of_charts_and_tables_are_seen(rendered):
    _, file, seen = rendered["plain"]
    for page, slide in zip(seen, pptx.Presentation(str(file)).slides, strict=True):
        for shape in slide.shapes:
            if shape.has_table:
                cells = [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
                assert all(flat(cell) in page for cell in cells)
            elif shape.has_chart and shape.name == "chart":
                assert all(flat(name) in page for name in shape.chart.plots[0].categories)
    # The bars of the causes carry their numbers: all 300 people are beyond the river.
    assert any(flat("未覆盖的原因") in page and "300" in page for page in seen)


def test_hostile_names_are_read_as_they_are(rendered):
    _, file, seen = rendered["hostile"]
    assert len(seen) == len(pptx.Presentation(str(file)).slides)
    named = flat(clean(HOSTILE))
    assert named in seen[0]
    assert sum("<a:t>" in page for page in seen) >= 3  # in the chart and the tables, too


def test_no_text_is_lost_on_the_way(rendered):
    for _, file, seen in rendered.values():
        for page, slide in zip(seen, pptx.Presentation(str(file)).slides, strict=True):
            for text in texts(slide):
                assert flat(text) in page or slide.slide_layout.name == "Cover", text
