"""The presentation: native and editable, every number told, withheld or exact, whatever the city.

The toy city is that of toy.py, walked at 1 m/s, so a metre is a second and 15 minutes are 900 m.
With a station at (0, 0) the places at (100, 0), (300, 0), (500, 200) are 100, 300, 700 s away, and
that at (500, 500), beyond the river, 1,000 s.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import openpyxl
import pptx
import pytest
from PIL import Image
from pptx.oxml.ns import qn
from pptx.util import Pt

from geo import report, story, study
from geo.errors import InputError, OptionError
from geo.handout import making, picture, scene, slide_deck, slide_frame, slide_view, slides
from geo.handout.slide_text import SPACING, Ruler, clean
from geo.model import PROFILES, Budget, Need
from geo.report import rows
from geo.report.numbers import listed, percent
from geo.report.sheet import Sheet
from geo.report.subject import Subject
from geo.story import Asked, Story, View
from geo.story.views import PROPOSAL
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city
from webmap import vendor

ROOT = Path(__file__).parents[2]
FONTS = report.Fonts(*vendor.LETTERS)
PEOPLE = [(100, 0, 100.0), (300, 0, 200.0), (500, 200, 400.0), (500, 500, 300.0)]
HOSTILE = "</script><a:t>&amp;=1+1\"'`${7*7}{{7}}\x1b[2J\u202e\\%"
LONG = "云渡" * 20
EVENING = "Mo-Su 08:00-20:00"


@pytest.fixture(scope="module", autouse=True)
def slow_city():
    """Let everybody walk at 1 m/s, and draw one map for all: here it is the rest that counts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        patch.setattr(slide_view, "PIXELS", 0.75)
        patch.setattr(picture, "map_png", blank)
        yield


def blank(_handout, _shown, _fonts, width_px: int, height_px: int) -> bytes:
    """Return a white picture; tests/geo/test_slides_rendered.py has true maps."""
    out = io.BytesIO()
    Image.new("L", (width_px, height_px), 255).save(out, "PNG")
    return out.getvalue()


def handed(data, lang="zh", edition="internal", views=None, name="三月例会", approval=""):
    told = story.default(data, edition) if views is None else Story("", tuple(views))
    told = replace(told, name=name)
    return making.told(
        story.cities(data, told), told, {}, lang=lang, edition=edition, map_approval=approval
    )


def opened(handout):
    return pptx.Presentation(io.BytesIO(slides.pptx(handout, FONTS)))


def texts(slide) -> list[str]:
    """Return all texts of a slide: boxes, tables, charts."""
    out = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            out.append(shape.text_frame.text)
        elif shape.has_table:
            out += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
        elif shape.has_chart:
            plot = shape.chart.plots[0]
            out += [*plot.categories, *(series.name for series in plot.series)]
    return [text.replace("\v", "").replace("\n", " ") for text in out]


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def named(deck, title: str):
    return next(slide for slide in deck.slides if slide.shapes.title.text_frame.text == title)


def by_topic(handout, deck) -> dict:
    """Return the slides of the views by topic."""
    views = [shown.view.topic for shown, _ in handout.views]
    return dict(zip(views, list(deck.slides)[1:], strict=False))


def only(slide, name: str):
    (found,) = [shape for shape in slide.shapes if shape.name == name]
    return found


def plotted(slide) -> dict[str, list]:
    """Return what the one chart of a slide shows: values by the name of the series."""
    plot = only(slide, "chart").chart.plots[0]
    return {series.name: list(series.values) for series in plot.series} | {
        "": list(plot.categories)
    }


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)], PEOPLE, hours=[EVENING])


@pytest.fixture(scope="module")
def handout(city):
    return handed(city)


@pytest.fixture(scope="module")
def deck(handout):
    return opened(handout)


# --- what it is -----------------------------------------------------------------------------------


def test_a_slide_per_view_a_cover_and_two_tables_on_three_layouts_of_our_own(handout, deck):
    assert deck.slide_width / deck.slide_height == 16 / 9
    assert [layout.name for layout in deck.slide_layouts] == ["Cover", "View", "Table"]
    used = [slide.slide_layout.name for slide in deck.slides]
    assert used == ["Cover", *["View"] * len(handout.views), "Table", "Table"]
    titles = [slide.shapes.title.text_frame.text.replace("\v", "") for slide in deck.slides]
    assert titles[0] == "玩具城"
    assert titles[1:-2] == [told.title for _, told in handout.views]
    for slide in deck.slides:
        assert all(text.strip() for text in texts(slide) if text), "an empty placeholder"
        assert "Click to" not in " ".join(texts(slide))


def test_every_slide_has_its_map_with_words_its_number_its_source_and_its_marks(handout, deck):
    for number, slide in enumerate(deck.slides, 1):
        said = only(slide, "map")._element.nvPicPr.cNvPr.get("descr")
        assert said.startswith("地图：")
        marks = [shape.text_frame.text for shape in slide.shapes if shape.name == "mark"]
        assert marks == list(handout.views[0][1].marks)
        if number > 1:
            assert str(number) in texts(slide)
            assert handout.views[0][1].source in " ".join(texts(slide))
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.name in ("chart", "table"):
                frame = shape._element.nvGraphicFramePr.cNvPr
                assert len(frame.get("descr")) > 5


def test_fonts_of_both_scripts_are_named_everywhere_and_nothing_of_the_template_is_left(handout):
    with zipfile.ZipFile(io.BytesIO(slides.pptx(handout, FONTS))) as held:
        parts = held.namelist()
        themes = [held.read(name).decode() for name in parts if "/theme/" in name]
    assert len(themes) == 2  # of the slides, and of the notes
    for theme in themes:
        assert theme.count('<a:latin typeface="Arial"') == 2
        assert theme.count('<a:ea typeface="Microsoft YaHei"') == 2
    left = ("thumbnail", "printerSettings", "docProps/app")
    assert not [name for name in parts if any(word in name for word in left)]
    assert sum("slideLayouts/slideLayout" in name for name in parts) == 3


def test_equal_stories_are_equal_bytes_dated_by_the_data(handout, monkeypatch):
    dated = replace(handout, today=replace(
        handout.today, city=replace(handout.today.city, data_date="2025-08-01")))  # fmt: skip
    first = slides.pptx(dated, FONTS)
    import datetime as clock
    import time

    class Later(clock.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 5, tzinfo=tz)

        utcnow = now

    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(1e9))
    monkeypatch.setattr("xlsxwriter.workbook.datetime", Later)
    assert slides.pptx(dated, FONTS) == first
    about = pptx.Presentation(io.BytesIO(first)).core_properties
    assert f"{about.created:%Y-%m-%d} {about.modified:%Y-%m-%d}" == "2025-08-01 2025-08-01"
    assert (about.author, about.title) == ("yizhan", "玩具城 · 三月例会")
    with zipfile.ZipFile(io.BytesIO(first)) as held:
        assert {entry.date_time[0] for entry in held.infolist()} == {1980}


def test_the_parts_of_a_file_are_in_the_order_that_office_suites_ask_for(deck):
    for slide in deck.slides:
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(ids) == len(set(ids))
        for shape in slide.shapes:
            if shape.has_table:
                kinds = [
                    [child.tag.rpartition("}")[2] for child in cell._tc.tcPr]
                    for row in shape.table.rows
                    for cell in row.cells
                ]
                assert all(kind in (["lnB"], ["lnB", "solidFill"]) for kind in kinds)
            elif shape.has_chart:
                space = shape.chart._chartSpace
                area = space.find(f".//{qn('c:plotArea')}")
                assert area[0].tag == qn("c:layout") or area.find(qn("c:layout")) is None
                told = [child.tag for child in space.find(f".//{qn('c:catAx')}")]
                if qn("c:tickLblSkip") in told:
                    last = told.index(qn("c:noMultiLvlLbl"))
                    assert told.index(qn("c:lblOffset")) < told.index(qn("c:tickLblSkip")) < last


def test_every_sign_of_a_map_has_its_own_in_the_legend(handout, deck):
    """What a map explains is no dot, unless it is one; every class has its weave."""
    dots = {"centre", "station", "point", "idle", "changed"}
    for slide, (shown, told) in zip(list(deck.slides)[1:], handout.views, strict=False):
        drawn = scene.scenes(shown, handout.today, {}, told.lang)[-1].legend()
        assert {key for key, _ in drawn} <= dots | set(slide_frame._DRAWN)
        said = [shape.text_frame.text for shape in slide.shapes if shape.name == "legend"
                and shape.has_text_frame]  # fmt: skip
        assert all(words in said for _, words in drawn)
    assert {each.signs[0] for each in scene.PATTERNS if each} <= set(slide_frame._WEAVES)


# --- every number ---------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", report.EDITIONS)
@pytest.mark.parametrize("lang", report.LANGS)
@pytest.mark.parametrize("people", [PEOPLE, None], ids=["people", "ground"])
def test_no_number_stands_on_a_slide_that_is_not_told(people, lang, edition):
    handout = handed(toy_city([(0, 0)], people, hours=[EVENING]), lang, edition)
    deck = opened(handout)
    for slide, (shown, told) in zip(list(deck.slides)[1:], handout.views, strict=False):
        subject, facts = Subject(shown.after, lang), told.to_json()
        said = " ".join(map(str, (told.kicker, told.title, facts["sentence_text"], told.question,
                                  told.sides, told.marks, told.source)))  # fmt: skip
        said += " ".join(f"{number.figure.text} {number.caption}" for number in told.numbers)
        allowed = numbers(said) | {"0", "100", str(deck.slides.index(slide) + 1)}
        figures = [*listed(rows.causes(subject)), *listed(rows.areas(subject)[1])]
        allowed |= {figure.text for figure in figures}
        if shown.before is not None:
            both = [Subject(each, lang).of("covered") for each in (shown.before, shown.after)]
            if None not in both:
                allowed.add(subject.amount(both[1] - both[0], "").text)
        written = set().union(*map(numbers, texts(slide)))
        if shown.view.topic == "night":
            written -= {str(hour) for hour in range(24)} | numbers(f"{subject.study.need.at:%F}")
        assert written <= allowed, told.title


def test_the_numbers_of_the_tables_and_charts_are_those_of_arithmetic(handout, deck):
    """100 + 200 + 400 of 1,000 people are within 900 s; 300 lie beyond the river.

    West of x = 300, or on it, live 100 + 200; the other 700 live east, where 300 are not covered.
    """
    areas, gaps = list(deck.slides)[-2:]
    table = [
        [cell.text_frame.text for cell in row.cells] for row in only(areas, "table").table.rows
    ]
    assert table[1:] == [
        ["half e", "700", "400", "300", "57.1 %"],
        ["half w", "300", "300", "0", "100.0 %"],
        ["全市", "1,000", "700", "300", "70.0 %"],
    ]
    assert areas.shapes.title.text_frame.text == "half e缺得最多"
    cells = [cell.text_frame.text for cell in only(gaps, "table").table.rows[1].cells]
    assert (cells[0], cells[-1]) == ("1", "300")
    slide = by_topic(handout, deck)
    assert plotted(slide["circle"]) == {
        "": ["half e", "half w"], "各半区 · 覆盖, %": [57.1, 100.0]}  # fmt: skip
    causes = plotted(slide["gaps"])
    assert causes.pop("") == ["被江河铁路等阻断"] and list(causes.values()) == [[300.0]]


def test_a_day_is_told_hour_by_hour_as_the_study_of_each_hour(city, handout, deck):
    slide = by_topic(handout, deck)["night"]
    shown, told = next(view for view in handout.views if view[0].view.topic == "night")
    values = plotted(slide)
    assert values.pop("") == [str(hour) for hour in range(24)]
    (shares,) = values.values()
    at = shown.after.study.need.at
    for hour in (6, 7, 8, 12, 19, 20, at.hour):
        need = Need(at=at.replace(hour=hour))
        asked = study.headline(study.run(city, TOY_PROFILES["walk"], Budget(minutes=15), need))
        assert shares[hour] == float(percent(asked["people"]["share"])), hour
    # Open from 8 to 20: whoever sets out at 7 comes when it is shut, and it opens after 15 minutes.
    assert (shares[7], shares[12], shares[at.hour]) == (0.0, 70.0, 0.0)
    assert f"{told.numbers[-1].figure.text} %" == only(slide, "chart").chart.plots[0].series[
        0].points[at.hour].data_label.text_frame.text  # fmt: skip


def test_a_proposal_is_told_beside_today(city, handout, deck):
    slide = by_topic(handout, deck).get("proposal")
    assert slide is not None
    shown, _ = next(view for view in handout.views if view[0].view.topic == "proposal")
    had, has = (told.summary["people"]["covered"] for told in (shown.before, shown.after))
    values = plotted(slide)
    gained = f"方案新增 {has - had:,.0f}"
    assert had == 700 and has > had
    assert values["已覆盖"] == [had, had] and values[gained] == [None, has - had]
    assert values["仍未覆盖"] == [1000 - had, 1000 - has]


def test_charts_can_be_edited_from_workbooks_that_hold_what_is_drawn(deck):
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) >= 4
    for chart in charts:
        blob = chart.part.chart_workbook.xlsx_part.blob
        sheet = openpyxl.load_workbook(io.BytesIO(blob))["Sheet1"]
        plot = chart.plots[0]
        head, *held = list(sheet.iter_rows(values_only=True))
        assert list(head[1:]) == [series.name for series in plot.series]
        assert [row[0] for row in held] == list(plot.categories)
        for column, series in enumerate(plot.series, 1):
            assert [row[column] for row in held] == list(series.values)


def test_the_notes_give_the_exact_numbers_the_method_and_the_sources(handout, deck):
    for slide, (_, told) in zip(list(deck.slides)[1:], handout.views, strict=False):
        notes = slide.notes_slide.notes_text_frame.text
        assert told.question in notes and told.source in notes and told.marks[-1] in notes
        assert all(number.exact in notes for number in told.numbers)
        assert all(report.numbers.text_of(note) in notes for note in told.notes)


# --- for the public -------------------------------------------------------------------------------


def test_small_counts_are_nowhere_in_a_public_file():
    """7 people beyond the river are too few to be told of: neither them, nor the other 2,013."""
    few = [(100, 0, 1000.0), (300, 0, 1013.0), (500, 500, 7.0)]
    data = toy_city([(0, 0)], few, hours=["24/7"])
    exact = handed(data, edition="internal")
    assert "2,013" in " ".join(text for slide in opened(exact).slides for text in texts(slide))
    content = slides.pptx(handed(data, edition="public"), FONTS)
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        parts = [held.read(name) for name in held.namelist() if not name.endswith(".png")]
    books = [part for part in parts if part[:2] == b"PK"]
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as inner:
            parts += [inner.read(name) for name in inner.namelist()]
    told = b" ".join(part for part in parts if part[:2] != b"PK").decode()
    for secret in ("2,013", "2013", "2,010", ">2010", "1,013", " 7 人", "99.7"):
        assert secret not in told, secret
    drawn = [shape.chart for slide in pptx.Presentation(io.BytesIO(content)).slides
             for shape in slide.shapes if shape.has_chart]  # fmt: skip
    values = {value for chart in drawn for each in chart.plots[0].series for value in each.values}
    assert values and not values & {7.0, 2010.0, 2013.0}
    assert "公开版" in told and "内部资料" not in told


# --- whatever stands in it ------------------------------------------------------------------------


def renamed(data, name: str):
    """Return a city whose own name and those of its cells, stations and levels are all this one."""
    cells = data.cells.assign(name=name)
    return replace(
        data,
        city=replace(data.city, name=name, attribution=name),
        cells=cells,
        stations=data.stations.assign(name=name),
    )


@pytest.fixture(scope="module", params=[HOSTILE, LONG, "W" * 40], ids=["hostile", "long", "wide"])
def odd(request):
    data = renamed(toy_city([(0, 0)], PEOPLE, hours=[EVENING]), request.param)
    handout = handed(data, "en", "internal", name=request.param, approval=request.param[:40])
    return request.param, opened(handout)


def test_names_stay_text(odd):
    name, deck = odd
    first = deck.slides[0].shapes.title.text_frame.text
    assert clean(name)[:8] in first.replace("\v", "")
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                blob = shape.chart.part.chart_workbook.xlsx_part.blob
                sheet = openpyxl.load_workbook(io.BytesIO(blob))["Sheet1"]
                kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
                assert kinds <= {"s", "n"}  # no formula


def assert_it_fits(deck, lang: str) -> None:
    """Every text fits its box, every shape its slide, and nothing in the column overlaps."""
    ruler = Ruler(Sheet(1.0, 1.0, FONTS), lang)
    for slide in deck.slides:
        column = []
        for shape in slide.shapes:
            left, top, wide, high = (
                each / Pt(1) for each in (shape.left, shape.top, shape.width, shape.height)
            )
            assert left >= 0 and top >= 0, shape.name
            assert left + wide <= slide_deck.WIDTH + 0.1, (shape.name, left + wide)
            assert top + high <= slide_deck.HEIGHT + 0.1, shape.name
            said = shape.has_text_frame and shape.text_frame.text.strip()
            if said and shape.name not in ("mark", "legend", "number", "slide number"):
                size = max(run.font.size.pt for run in shape.text_frame.paragraphs[0].runs)
                bold = any(run.font.bold for run in shape.text_frame.paragraphs[0].runs)
                lines = sum(
                    ruler.lines(part, size, wide, bold=bold)
                    for part in shape.text_frame.text.split("\v")
                )
                assert lines * size * SPACING <= high + 1.0, (shape.name, said)
            if (
                slide.slide_layout.name == "View"
                and left < slide_deck.MAP[0]
                and (said or shape.name == "chart")
                and shape.name not in ("number", "caption")
            ):
                column.append((top, top + high, shape.name))
        column.sort()
        for (_, end, one), (begin, _, other) in pairwise(column):
            assert end <= begin + 1.0 or "mark" in (one, other), (one, other)


def test_names_of_any_length_fit(odd):
    assert_it_fits(odd[1], "en")


@pytest.mark.parametrize("lang", report.LANGS)
def test_all_fits_in_both_languages(city, lang):
    assert_it_fits(opened(handed(city, lang)), lang)


@pytest.mark.parametrize(
    "make",
    [
        lambda: toy_city([], PEOPLE),
        lambda: toy_city([(0, 0)], [], hours=["24/7"]),
        lambda: toy_city([(0, 0)], None),
        lambda: toy_city([], None),
        lambda: toy_city([(0, 0)], [(100, 0, 50.0)], hours=["24/7"]),
        lambda: toy_city([(0, 0)], PEOPLE, closed=[0]),
        lambda: replace(toy_city([(0, 0)], PEOPLE), cells=toy_city([(0, 0)], PEOPLE).cells.assign(
            name="")),
    ],
    ids=["no stations", "no people", "ground", "nothing", "all covered", "closed", "no names"],
)  # fmt: skip
def test_a_city_of_which_little_is_known_still_makes_slides(make):
    data = make()
    for lang in report.LANGS:
        handout = handed(data, lang, "public")
        deck = opened(handout)
        assert len(deck.slides) > len(handout.views)
        said = " ".join(text for slide in deck.slides for text in texts(slide))
        assert not re.search(r"\bnan\b|None|inf\b", said)
        assert_it_fits(deck, lang)


def test_a_view_with_the_words_of_its_author_says_them(city):
    view = View("free", "只有 {share} %", "其中 {covered} 人", ("cells", "stations"))
    slide = opened(handed(city, views=[view])).slides[1]
    assert slide.shapes.title.text_frame.text == "只有 70.0 %"
    assert only(slide, "sentence").text_frame.text == "其中 700 人"


def test_two_sides_without_a_scenario_are_two_bars(city):
    view = View("free", "", "", ("stations",), Asked(budget="5min"), Asked())
    slide = opened(handed(city, views=[view])).slides[1]
    values = plotted(slide)
    values.pop("")
    assert list(values.values()) == [[70.0, 30.0]]  # within 900 s, and within 300 s


def test_what_another_hour_brings_is_no_gain_of_a_scenario():
    """At 23:00 nobody is covered: what the left side lacks is the hour, with or without a plan."""
    data = toy_city([(0, 0)], PEOPLE, hours=[EVENING])
    proposed = next(view for view in story.default(data).views if view.topic == "proposal")
    views = [
        View("free", "", "", ("stations",), proposed.asked, Asked(at="23:00", scenario=scenario))
        for scenario in (None, PROPOSAL)
    ]
    for slide in list(opened(handed(data, views=views)).slides)[1:3]:
        values = plotted(slide)
        assert len(values.pop("")) == 2 and list(values) == ["两相对比，%"]


def test_a_million_people_are_told_in_full_to_who_hears_the_chart(city):
    """300 of 1,000 live beyond the river: of 4,115,226 people, 1,234,568 (rounded)."""
    many = [(x, y, people * 4115.226) for x, y, people in PEOPLE]
    data = toy_city([(0, 0)], many)
    view = View("free", layers=("gaps",))
    chart = only(opened(handed(data, views=[view])).slides[1], "chart")
    alt = chart._element.xpath(".//p:cNvPr")[0].get("descr")
    assert "1,234,568" in alt and "e+" not in alt


@pytest.mark.parametrize("bold", [False, True])
def test_a_letter_that_no_font_has_takes_a_square(bold):
    """Ten points are 10 / 72 inches, 10 * 25.4 / 72 mm; the font is not loaded before."""
    wide = Sheet(1.0, 1.0, FONTS).advance("🚏", 10.0, bold=bold)
    assert wide == pytest.approx(10 * 25.4 / 72)


# --- the file -------------------------------------------------------------------------------------


def test_what_cannot_be_written_is_said_and_leaves_nothing(handout, tmp_path, monkeypatch):
    place = tmp_path / "a.pptx"
    assert slides.write(handout, FONTS, place) == place
    before = place.read_bytes()
    with pytest.raises(OptionError, match=r"\.pptx"):
        slides.write(handout, FONTS, tmp_path / "a.ppt")
    (tmp_path / "b.pptx").mkdir()
    with pytest.raises(OptionError, match="no file"):
        slides.write(handout, FONTS, tmp_path / "b.pptx")
    missing = report.Fonts(tmp_path / "no.ttf", tmp_path / "none.ttf")
    with pytest.raises(InputError, match=r"no\.ttf.*no such font file"):
        slides.write(handout, missing, place)
    assert place.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.pptx", "b.pptx"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_full_disk_is_one_clear_error(handout, tmp_path):
    place = tmp_path / "a.pptx"
    place.write_bytes(b"old")
    script = f"""
        import resource, signal
        from pathlib import Path
        from geo.errors import StorageFailed
        from geo.handout import slides
        slides.pptx = lambda *_: b"0" * 5000
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            slides.write(None, None, Path({str(place)!r}))
        except StorageFailed as error:
            print("refused:", error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("refused:") and "free space" in done.stdout, done.stderr
    assert place.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1
