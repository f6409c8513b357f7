"""Handouts: what is told stands on paper and can be searched, whatever the city; files are whole.

The toy city is that of toy.py, walked at 1 m/s. With a station at (0, 0) 100 + 200 + 400 of 1,000
people are within 15 minutes = 900 s: 70.0 %; 300 are beyond the river.
"""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from geo import report
from geo.errors import InputError, OptionError, StorageFailed
from geo.handout import paper, pdf, picture, png
from geo.model import PROFILES
from geo.report.numbers import text_of
from geo.report.words import LANGS
from geo.story import Asked, Story, View
from tests.geo.handouts import CITIES, FONTS, HOSTILE, handout, renamed
from tests.geo.toy import TOY_PROFILES


@pytest.fixture(scope="module", autouse=True)
def slow_city():
    """Let everybody walk at 1 m/s, as the toy city's streets are timed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        yield


@pytest.fixture(scope="module")
def city():
    data = CITIES["people"]()
    return replace(data, city=replace(data.city, synthetic=True, data_date="2025-08-01"))


@pytest.fixture(scope="module")
def made(city):
    return handout(city)


#: One map, and two beside each other.
TWO = Story("two", (View("circle", layers=("cells", "gaps", "circles", "ring", "stations")),
                    View("night", asked=Asked(at="23:00"), against=Asked())))  # fmt: skip


@pytest.fixture(scope="module")
def short(city):
    return handout(city, TWO)


def searched(path: Path) -> list[str]:
    """Return the text of every page of a PDF, without any spaces."""
    if shutil.which("pdftotext") is None:
        pytest.skip("text of a PDF: pdftotext is not there (install poppler-utils)")
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True)
    return ["".join(page.split()) for page in run.stdout.split("\f")][:-1]


# --- what stands on paper -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_says_what_its_view_says(city, tmp_path, lang):
    told = handout(city, lang=lang, map_approval=" GS(2026)1234 号 ")
    path = pdf.write(told, FONTS, tmp_path / "a.pdf")
    sheets = searched(path)
    assert len(sheets) == len(told.views) >= 5
    for number, (text, (_, view)) in enumerate(zip(sheets, told.views, strict=True), start=1):
        wanted = [number.figure.text for number in view.numbers]
        wanted += [part.text for part in view.sentence if not isinstance(part, str)]
        wanted += [city.city.name, *view.marks, "GS(2026)1234 号", "2025-08-01"]
        wanted += [f"第 {number} 页，共" if lang == "zh" else f"Page {number} of"]
        wanted += [text_of(view.notes[0])[:20], *(view.sides or ())]
        missing = [each for each in wanted if "".join(each.split()) not in text]
        assert not missing
    assert "70.0" in sheets[1]


def test_a_page_says_that_nobody_reviewed_the_map(short, tmp_path):
    text = searched(pdf.write(short, FONTS, tmp_path / "a.pdf"))[0]
    assert "审图号" in text and "内部资料" in text and "合成示例数据" in text


def test_the_public_edition_says_so_and_shows_no_small_count(tmp_path):
    """4 of 708 people reach no station."""
    data = CITIES["people"]()
    units = data.units.assign(people=[304.0, 400.0, 0.0, 4.0])
    told = handout(replace(data, units=units), TWO, edition="public")
    text = searched(pdf.write(told, FONTS, tmp_path / "a.pdf"))[0]
    assert "公开版" in text and "内部资料" not in text
    assert not {"4人", "704", "708", "99.4"} & set(re.findall(r"[\d.]+人?", text))


def test_a_pdf_has_a_page_a_view_in_its_size_with_fonts_in_it(short):
    for name, (wide, high) in {"A4": (297, 210), "A3": (420, 297)}.items():
        content = pdf.pdf(short, FONTS, name)
        assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
        boxes = re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
        assert len(boxes) == len(short.views)
        for box in boxes:  # mm in points of 1/72 inch
            assert [float(each) for each in box] == pytest.approx(
                [wide / 25.4 * 72, high / 25.4 * 72], abs=0.1
            )
        assert b"/FontFile2" in content and b"/Type3" not in content
        assert b"D:20250801" in content


def test_equal_handouts_are_equal_bytes_whoever_draws_beside(short):
    once = pdf.pdf(short, FONTS), png.png(short, FONTS, (640, 360))
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(pdf.pdf, short, FONTS), pool.submit(png.png, short, FONTS, (640, 360))]
        assert tuple(job.result() for job in jobs) == once


# --- pictures -------------------------------------------------------------------------------------


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height as the header of a PNG says them."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


@pytest.mark.parametrize("size", [(640, 360), (513, 384), (390, 844)])
def test_a_picture_has_exactly_the_size_that_was_asked(short, size):
    assert size_of(png.png(short, FONTS, size, view=2)) == size
    if size[0] > size[1]:
        shown = short.views[0][0]
        assert size_of(picture.map_png(short, shown, FONTS, *size)) == size


def test_any_size_up_to_8k_is_a_whole_number_of_dots():
    # matplotlib cuts inches × dots per inch to whole numbers.
    for width in range(paper.FEWEST_PX, paper.MOST_PX + 1, 37):
        for height in (320, 768, 1080, 2160, 4320, 7680):
            sheet = paper.of_pixels((width, height))
            dots = [int(side / 25.4 * sheet.dpi) for side in (sheet.width, sheet.height)]
            assert dots == [width, height]


# --- what cannot be -------------------------------------------------------------------------------


def test_what_cannot_be_written_is_refused_before_anything_is_drawn(short, tmp_path):
    for call, word in [
        (lambda: pdf.check(tmp_path / "a.docx"), "ends in .pdf"),
        (lambda: pdf.check(tmp_path / "a.pdf", "A5"), "choose of A4, A3"),
        (lambda: png.check(tmp_path / "a.pdf"), "ends in .png"),
        (lambda: png.check(tmp_path / "a.png", (10, 10)), "320 to 7680"),
        (lambda: png.check(tmp_path / "a.png", (9000, 1080)), "320 to 7680"),
        (lambda: png.png(short, FONTS, view=3), "choose 1 to 2"),
        (lambda: handout(short.today, TWO, lang="fr"), "choose of zh, en"),
        (lambda: handout(short.today, TWO, map_approval="审" * 61), "at most 60"),
    ]:
        with pytest.raises(OptionError, match=re.escape(word)):
            call()
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(OptionError, match="no file"):
        pdf.write(short, FONTS, tmp_path / "folder.pdf")


def test_a_missing_font_is_one_clear_error_and_nothing_is_written(short, tmp_path):
    wrong = report.Fonts(FONTS.regular, tmp_path / "none.ttf")
    with pytest.raises(InputError, match=r"none\.ttf: no such font file"):
        pdf.write(short, wrong, tmp_path / "a.pdf")
    with pytest.raises(InputError, match=r"none\.ttf: no such font file"):
        png.write(short, wrong, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_error_and_leaves_what_was_there(short, tmp_path, monkeypatch):
    old = tmp_path / "a.png"
    old.write_bytes(b"old")

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device")  # as a write says it: no name

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageFailed, match=r"a\.png"):
        png.write(short, FONTS, old, (640, 360))
    assert old.read_bytes() == b"old" and list(tmp_path.iterdir()) == [old]


def test_hostile_names_are_text(city, tmp_path):
    told = handout(renamed(city, HOSTILE), TWO)
    text = searched(pdf.write(told, FONTS, tmp_path / "a.pdf"))[0]
    assert HOSTILE[:24].replace(" ", "") in text
