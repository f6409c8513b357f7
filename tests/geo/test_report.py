"""The brief: every number stands in the export, on one page, in both languages, whatever the city.

The toy city is that of toy.py: a metre is a second. With a station at (0, 0) the places at
(100, 0), (300, 0) and (500, 200) are 100, 300 and 700 s away (see test_scenario.py).
"""

from __future__ import annotations

import html.parser
import math
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import export, gaps, manifest, report, scenario, schemas, study
from geo.crs import unproject
from geo.errors import InputError, OptionError
from geo.model import PROFILES, SERVICES, Budget, Need
from geo.report import clauses, comparison, numbers, printing, sheet, style, subject, words
from geo.report import page as page_of_paper
from geo.report.numbers import Figure, found, key_of, percent, text_of
from geo.scenario import changes
from geo.sources import requirements
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city
from webmap import vendor
from webmap.maps import style as screen

WALK = TOY_PROFILES["walk"]
FONTS = report.Fonts(*vendor.LETTERS)
PEOPLE = [(100, 0, 100.0), (300, 0, 200.0), (500, 200, 400.0)]
HOSTILE = "</script><img src=x onerror=alert(1)>\"'`${7*7}{{7*7}}$x^2$&amp;%\\"
LONG = "云渡" * 20
PROVENANCE = {
    "inputs": [
        {"role": "streets", "file": "a&b.osm.pbf", "bytes": 3, "sha256": "0123456789abcdef"}
    ],
    "software": {"yizhan": "0.1.0"},
}


def told(data, minutes: float = 5.0, edition="internal"):
    """Return what is told of the toy city walked for so many minutes (300 s = 300 m)."""
    result = study.run(data, WALK, Budget(minutes=minutes))
    return report.told(result, result.to_json(PROVENANCE), edition)


def made(data, lang="zh", edition="internal", **more):
    now = told(data, edition=edition)
    return report.brief(now, lang=lang, **more), report.Chart(now)


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)], PEOPLE)


class Page(html.parser.HTMLParser):
    """Read a page: its numbers by key, its text, what it would load, the elements that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self._open: list[str] = []
        self._key = ("", "")
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._open.append(tag)
        known = dict(attributes)
        if tag == "data":
            self._key = (known["data-key"], known["value"])
        self.loads += [v for k, v in attributes if k in ("src", "href", "xlink:href", "data")]
        self.loads += [k for k in known if k.startswith("on")]

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text):
        if "style" in self._open:
            return
        self.texts.append(text)
        if self._open and self._open[-1] == "data":
            self.numbers.append((*self._key, text))


def tables(now, made_by=None):
    """Return the planner's tables of what is told, without their geometry."""
    summary = now.study.to_json(PROVENANCE)
    held = export.contents(now.study, summary, scenario=made_by, edition=now.edition)
    return {name: table.plain for name, table in held.tables.items()}


# --- every number ---------------------------------------------------------------------------------


def formatted(key: str, value: float, by_people: bool) -> str:
    """Return what must be printed for a number of the export, by the place where it stands."""
    if "share" in key:
        return percent(value)
    if "median_s" in key:
        return f"{value / 60:.1f}"
    if "speed" in key:
        return f"{value:.3g}"
    if key.endswith("stations/value") or "radius" in key or "minutes" in key or by_people:
        return f"{value:,.0f}"
    return f"{value / 1e6:,.2f}"


@pytest.mark.parametrize("lang", report.LANGS)
@pytest.mark.parametrize("people", [PEOPLE, None], ids=["people", "ground"])
@pytest.mark.parametrize("outside", [[], [(300, -600, 300.0)]], ids=["whole", "partly"])
def test_every_number_of_the_page_is_regenerated_from_the_exported_tables(people, outside, lang):
    data = toy_city([(0, 0)], people, outside=outside if people else [])
    standards = [requirements.shipped_named("union-double-15")]
    now = told(data, minutes=15.0 / 3)
    brief = report.brief(now, lang=lang, standards=standards)
    page = Page(report.html(brief, report.Chart(now), FONTS))
    held = tables(now)
    assert len(page.numbers) >= 15
    for key, value, text in page.numbers:
        again = found(held, key)
        # Ground is exported to 0.1 m²; a difference of two may be off by twice half of that.
        assert float(value) == pytest.approx(again, abs=0.11), key
        assert text == formatted(key, again, people is not None), key


def test_no_other_figure_stands_on_the_page(city):
    brief, chart = made(city)
    page = Page(report.html(brief, chart, FONTS))
    printed = {text for *_, text in page.numbers}
    others = [text for text in page.texts if text not in printed]
    seen = set(re.findall(r"\d[\d,.]*", " ".join(others)))
    # Ranks of gaps, the ends of the legend, and the texts of provenance – nothing that is computed.
    allowed = {str(gap.number) for gap in brief.gaps} | {"0", "100", "0123456789", "0.1.0", "1.0"}
    # The straight line's metres are said twice, the second time beside its share.
    assert seen - allowed <= {"300"}


def test_the_numbers_are_those_of_arithmetic(city):
    """100 + 200 of 700 people reach the station within 300 s: 42.9 %; 400 do not."""
    brief, _ = made(city, "en")
    assert brief.share.text == "42.9" and text_of(brief.sentence) == "300 of 700 people"
    assert [(figure.text, caption) for figure, caption in brief.key_figures] == [
        ("400", "people not covered"),
        ("1", "stations that serve"),
        ("11.7", "median minutes"),  # half of 700 people is reached only with the 400 at 700 s
    ]
    assert [bar.figure.text for bar in brief.causes] == ["400"]
    assert text_of(brief.question) == "Residents with a station within 5 minutes (300 m) on foot"


def test_where_much_lies_beyond_the_streets_only_who_can_be_judged_is_spoken_of():
    # 1,000 people, 300 of them beyond judgement; within 300 s are 100 + 200 of the other 700.
    page, _ = made(toy_city([(0, 0)], PEOPLE, outside=[(300, -600, 300.0)]))
    assert (page.share.text, page.share.key) == ("42.9", "figures/people.share_of_judged/value")
    assert page.part == pytest.approx(3 / 7)
    assert text_of(page.sentence) == "700 人中的 300 人"
    assert page.key_figures[0][0].text == "400"
    assert [bar.figure.text for bar in page.causes] == ["400"]
    assert text_of(page.causes_note) == "另有 300 人在街道数据之外，不计入"


def test_a_distance_is_told_with_its_minutes(city):
    result = study.run(city, WALK, Budget(distance_m=400))
    now = report.told(result, result.to_json(PROVENANCE))
    # 400 m at 1 m/s are 6.67 minutes.
    assert text_of(report.brief(now).question) == "步行沿街 400 米（约 6.67 分钟）内能到驿站的居民"


def test_a_key_leads_back_whatever_stands_in_a_name():
    import pandas as pd

    code = "a/b - c:%d"
    held = {"cells": pd.DataFrame({"code": [code, "x"], "people": [3.0, 1.0]})}
    key = key_of("cells", code, "people")
    assert found(held, key) == 3.0
    assert found(held, numbers.less(key, key_of("cells", "x", "people"))) == 2.0
    assert found(held, numbers.today(key), before=held) == 3.0
    for wrong in (
        "cells/y/people",
        "cells/x/covered",
        "gaps/x/people",
        "cells/x",
        numbers.today(key),
    ):
        with pytest.raises(OptionError, match="no number"):
            found(held, wrong)


@given(st.floats(0, 1))
def test_a_share_is_never_rounded_to_all_or_nothing(share):
    shown = percent(share)
    exported = round(share, 6)
    assert (shown == "100.0") == (exported == 1) and (shown == "0.0") == (exported == 0)
    assert float(shown) == pytest.approx(share * 100, abs=0.1 + 1e-9)


# --- a scenario -----------------------------------------------------------------------------------


def scenario_of(city, *made_changes, name="北岸"):
    question = manifest.Question(WALK, Budget(minutes=5))
    return manifest.Scenario(name, manifest.Base("toy", "玩具城", "1"), question, made_changes)


def test_a_scenario_is_compared_with_today_and_told_in_words(city):
    """A second station at (500, 0) is 200 s from the 400 people at (500, 200)."""
    lon, lat = unproject(*xy((500, 0)).T, CRS)
    opened = changes.parsed(
        [
            {"kind": "open", "station": "n1", "position": [lon[0], lat[0]], "name": HOSTILE},
            {"kind": "add_services", "station": "s0", "services": ["water", "toilet"]},
        ]
    )
    after = scenario.apply(city, opened)
    plan = scenario_of(city, *opened)
    now, before = told(after), told(city)
    brief = report.brief(now, lang="en", scenario=plan, before=before)
    assert brief.comparison is not None
    assert (brief.comparison.before.text, brief.comparison.after.text) == ("42.9", "100.0")
    assert text_of(brief.comparison.gain) == "400 more people covered" and brief.comparison.better
    assert brief.comparison.changes == (
        f"open “{HOSTILE}”",
        "“Station 0” offers drinking water, toilet, too",
    )
    page = Page(report.html(brief, report.Chart(now, changed=report.stations_of(plan)), FONTS))
    held, today = tables(now, plan), tables(before)
    for key, value, _ in page.numbers:
        assert float(value) == pytest.approx(found(held, key, today), abs=0.11), key
    assert any("today:" in key for key, *_ in page.numbers)
    # The other way round it is a loss of as many.
    back = report.brief(before, lang="en", scenario=plan, before=now)
    assert (
        text_of(back.comparison.gain) == "400 fewer people covered" and not back.comparison.better
    )


def test_what_is_new_is_drawn_and_told_beside_the_map(city):
    """A link from (0, 0) to (0, 100) of the toy is 100 m long on the map, too."""
    ends = unproject(*xy((0, 0), (0, 100)).T, CRS)
    line = [[float(lon), float(lat)] for lon, lat in zip(*ends, strict=True)]
    gate = {"kind": "gate", "gate": "g", "position": line[0]}
    link = {"kind": "link", "link": "b", "line": line, "name": "桥"}
    plan = scenario_of(city, *changes.parsed([link, gate]))
    ways = report.ways_of(plan, CRS)
    assert ways.length.tolist() == pytest.approx([100.0, 0.0], abs=1e-3)
    now = told(city)
    chart = report.Chart(now, changed=["s0"], ways=ways)
    assert chart.legend()[-2:] == ["changed", "way"]
    brief = report.brief(now, scenario=plan, before=now)
    assert brief.comparison.changes == ("新通道“桥”", "打开门禁“g”")
    text = "".join(Page(report.html(brief, chart, FONTS)).texts)
    assert "新通道" in text and "本方案改动" in text
    assert report.Chart(now).legend() == ["gap", "circle", "point"]
    assert len(report.ways_of(None, CRS)) == 0


def test_many_changes_are_counted_not_listed(city):
    closed = [{"kind": "hours", "station": "s0", "opening_hours": "24/7"}] * 9
    plan = scenario_of(city, *changes.parsed(closed))
    brief = report.brief(told(city), scenario=plan, before=told(city))
    assert brief.comparison.title == "改动 9 处" and brief.comparison.changes[-1] == "另有 3 处"
    assert text_of(brief.comparison.gain) == "覆盖没有变化"


def test_every_kind_of_change_has_words(city):
    rows = {
        "open": {"station": "n", "position": [106.5, 29.5], "name": "新"},
        "add_services": {"station": "s0", "services": ["water"]},
        "drop_services": {"station": "s0", "services": ["water"]},
        "hours": {"station": "s0", "opening_hours": ""},
        "enlarge": {"station": "s0", "seats": -3},
        "close": {"station": "s0"},
        "status": {"station": "s0", "status": "planned"},
        "move": {"station": "s0", "position": [106.5, 29.5]},
        "link": {"link": "b1", "line": [[106.5, 29.5], [106.51, 29.5]], "name": "桥"},
        "unlink": {"link": "b1"},
        "gate": {"gate": "g1", "position": [106.5, 29.5]},
        "shut": {"gate": "g1"},
    }
    assert rows.keys() == words.CHANGES.keys() == changes._KINDS.keys()
    for kind, facts in rows.items():
        change = changes.parsed([{"kind": kind, **facts}])[0]
        for lang in report.LANGS:
            text = comparison.change_in_words(change, city, lang)
            assert text and "{" not in text


# --- what the public may read ---------------------------------------------------------------------


def test_the_public_edition_shows_no_small_count():
    """4 of 708 people reach no station: neither 4, nor 704, nor 708 is told, but 710 in all."""
    data = toy_city([(0, 0)], [(100, 0, 304.0), (300, 0, 400.0), (500, 200, 4.0)])
    exact = Page(report.html(*made(data), FONTS))
    assert "4" in {text for *_, text in exact.numbers}
    brief, chart = made(data, edition="public")
    page = Page(report.html(brief, chart, FONTS))
    printed = {text for *_, text in page.numbers}
    assert {"<10", "710"} <= printed and not printed & {"4", "704", "708", "99.4"}
    assert "公开版" in "".join(page.texts) and "内部资料" not in "".join(page.texts)
    held = tables(chart.told)
    for key, value, _ in page.numbers:  # what is withheld here is withheld there
        again = found(held, key)
        assert float(value) == pytest.approx(again) if value else math.isnan(again), key
    with pytest.raises(OptionError, match="edition"):
        made(data, edition="secret")


# --- any city -------------------------------------------------------------------------------------

CITIES = {
    "people": lambda: toy_city([(0, 0)], PEOPLE),
    "no stations": lambda: toy_city([], PEOPLE),
    "all closed": lambda: toy_city([(0, 0)], PEOPLE, closed=[0]),
    "nobody known": lambda: toy_city([(0, 0)], None),
    "nobody lives there": lambda: toy_city([(0, 0)], []),
    "nothing": lambda: toy_city([], None, barriers=False),
    "all outside": lambda: toy_city([(0, 0)], [], outside=[(9000, 9000, 5.0)]),
}


def renamed(data, name: str):
    """Return a city all of whose names are this one."""
    facts = replace(data.city, name=name, attribution=name)
    cells, stations = data.cells.assign(name=name), data.stations.assign(name=name)
    return replace(data, city=facts, cells=cells, stations=stations)


@pytest.mark.parametrize("kind", CITIES)
def test_any_city_has_its_page(kind):
    check_page(CITIES[kind]())


@pytest.mark.parametrize("name", [LONG, HOSTILE, "", "\n", "🚏ༀ"])
def test_any_name_may_stand_on_it(name):
    check_page(renamed(CITIES["people"](), name))


def check_page(data) -> None:
    """Hold the page of a city to its form: all names are texts, all numbers are numbers."""
    brief, chart = made(data, "en")
    assert printing.png(page_of_paper.drawn(brief, chart, FONTS), 20).startswith(b"\x89PNG")
    page = Page(report.html(brief, chart, FONTS))
    text = "".join(page.texts)
    assert "nan" not in text.split() and "None" not in text
    assert {*page.tags} & {"script", "img", "iframe", "object", "link", "base"} == set()
    assert data.city.name.strip() in text


def test_a_city_of_one_cell_has_its_page():
    data = toy_city([(0, 0)], PEOPLE)
    whole = data.cells.iloc[[0]].assign(geometry=[data.cells.union_all()], level=2, parent="")
    ground = data.ground.dissolve().assign(row=0)[["row", "ground_m2", "judged_m2", "geometry"]]
    units = data.units.assign(cell=0)
    pixels = replace(data.pixels, cell=(data.pixels.cell >= 0).astype("int32") - 1)
    brief, chart = made(replace(data, cells=whole, ground=ground, units=units, pixels=pixels))
    assert [area.name for area in brief.areas] == ["half w"]
    assert printing.png(page_of_paper.drawn(brief, chart, FONTS), 20)


def test_a_pdf_is_one_page_of_a4_with_its_fonts_in_it(city):
    content = report.pdf(*made(renamed(city, LONG)), FONTS)
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", content)) == 1
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
    assert box is not None
    # 210 × 297 mm in points of 1/72 inch.
    assert float(box[1]) == pytest.approx(210 / 25.4 * 72, abs=0.1)
    assert float(box[2]) == pytest.approx(297 / 25.4 * 72, abs=0.1)
    assert b"/FontFile2" in content and b"/Type3" not in content


def test_nothing_is_loaded_from_elsewhere(city):
    text = report.html(*made(renamed(city, HOSTILE)), FONTS)
    page = Page(text)
    assert all(load.startswith(("#", "data:")) for load in page.loads)
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in text and "url(http" not in text and len(text.encode()) < 400_000


def test_a_brief_carries_what_a_committee_asks_for(city):
    data = replace(city, city=replace(city.city, synthetic=True, data_date="2025-08-01"))
    brief, chart = made(data, map_approval=" GS(2026)1234 号 ")
    text = "".join(Page(report.html(brief, chart, FONTS)).texts)
    for part in ("合成示例数据", "内部资料", "2025-08-01", "审图号 GS(2026)1234 号", "方法",
                 "来源", "0123456789", "yizhan 0.1.0", "a&b.osm.pbf"):  # fmt: skip
        assert part in text
    assert "审图号" not in "".join(Page(report.html(*made(data), FONTS)).texts)
    with pytest.raises(OptionError, match="at most 60"):
        made(data, map_approval="审" * 61)
    with pytest.raises(OptionError, match="choose of zh, en"):
        made(data, lang="fr")


def test_a_clause_is_quoted_where_it_asks_this_question(city):
    """The union asks that 95 % have a station within a 15-minute walk; all 700 are within 900 s."""
    union = requirements.shipped_named("union-double-15")
    circles = requirements.shipped_named("gb50180-2018")
    walk = replace(PROFILES["walk"], walk=WALK.walk)
    result = study.run(city, walk, Budget(minutes=15))
    spoken = subject.Subject(report.told(result, result.to_json(PROVENANCE)), "zh")
    first, second = map(text_of, clauses.asked(spoken, [union, circles]))
    assert "应达 95 %，现 100.0 %，达到" in first and "1 km 半径" in first
    assert second.startswith("GB 50180-2018") and "audit-circle" in second
    asked_at_night = study.run(city, walk, Budget(minutes=15), Need.of(at="2026-11-20T22:30"))
    spoken = replace(spoken, told=report.told(asked_at_night, asked_at_night.to_json(PROVENANCE)))
    assert "audit-circle" in text_of(clauses.asked(spoken, [union])[0])


# --- files ----------------------------------------------------------------------------------------


def test_equal_briefs_are_equal_bytes_whoever_draws_beside(city):
    brief, chart = made(city)
    once = report.pdf(brief, chart, FONTS), report.html(brief, chart, FONTS)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(draw, brief, chart, FONTS) for draw in (report.pdf, report.html)]
        assert tuple(job.result() for job in jobs) == once
    assert b"D:20000101" in once[0]  # the date of these data is not known, and no clock is read


def test_a_missing_font_is_one_clear_error(city, tmp_path):
    wrong = report.Fonts(FONTS.regular, tmp_path / "none.ttf")
    for draw in (report.pdf, report.html):
        with pytest.raises(InputError, match=r"none\.ttf: no such font file"):
            draw(*made(city), wrong)


def test_files_are_written_by_their_names(city, tmp_path):
    brief, chart = made(city)
    for name in ("a.pdf", "new/a.HTML"):
        path = report.write(brief, chart, FONTS, tmp_path / name)
        assert path.stat().st_size > 10_000
    for wrong in ("a.docx", "a", ".pdf"):
        with pytest.raises(OptionError, match="no brief"):
            report.write(brief, chart, FONTS, tmp_path / wrong)
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(OptionError, match="no file"):
        report.write(brief, chart, FONTS, tmp_path / "folder.pdf")


def test_the_text_of_the_pdf_can_be_searched(city, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("text of a PDF: pdftotext is not there (install poppler-utils)")
    path = report.write(*made(city), FONTS, tmp_path / "a.pdf")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True)
    assert "玩具城" in text.stdout and "42.9" in text.stdout and "未覆盖的原因" in text.stdout


# --- paper ----------------------------------------------------------------------------------------

PAPER = sheet.Sheet(100, 100, FONTS)
TEXT = st.text(st.sampled_from("云渡市，。“”（）abc DEF 123.5 %—…·"), max_size=60)


@given(TEXT, st.floats(10, 60), st.integers(1, 4))
def test_wrapped_lines_have_room_and_lose_nothing_but_the_end(text, room, most):
    lines = PAPER.wrapped(text, 8, room, most=most)
    assert len(lines) <= most
    assert all(PAPER.advance(line, 8) <= room + 1e-9 for line in lines)
    whole, shown = "".join(text.split()), "".join("".join(lines).split())
    assert shown == whole or "…" in "".join(lines)


def test_a_letter_is_as_wide_as_the_font_says():
    """A Chinese letter is a square of the font's size: 8 pt = 8 × 25.4 / 72 mm."""
    assert PAPER.advance("云渡", 8) == pytest.approx(2 * 8 * 25.4 / 72, rel=1e-6)
    assert PAPER.clean("a\nb  🚏") == "a b 〓"


def test_everything_has_words_in_both_languages():
    assert words.CAUSES.keys() == set(gaps.CLASSES)
    assert words.BARRIERS.keys() == set(schemas.BARRIER_KINDS)
    assert words.STATUSES.keys() == set(schemas.STATUSES)
    assert PROFILES.keys() <= words.WORDS.keys()
    assert all(len(pair) == 2 and all(pair) for pair in words.WORDS.values())
    for pair in words.WORDS.values():
        assert set(re.findall(r"{\w+}", pair[0])) == set(re.findall(r"{\w+}", pair[1]))
    assert all(len(names) == 2 for names in SERVICES.values())


def test_paper_has_the_colours_of_the_screen():
    names = "INK SECOND THIRD BRAND CIRCLE SHARE FIGURE GAP_FILL GAP_HATCH GAP_TEXT OFFER_FILL"
    for name in f"{names} OFFER_HATCH OUTLINE GOOD WARNING GROUND LINE PAPER WATER".split():
        assert getattr(style, name) == getattr(screen, name)
    assert screen.STATION_STYLE["idle"] == style.IDLE
    assert screen.STREET_STYLE["casing"] == style.CASING


def test_a_figure_that_is_not_known_is_a_dash():
    assert subject.share_figure(math.nan, "k") == Figure("–", None, "k")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["玩具城", LONG])
def test_the_page_fits_on_one_sheet_and_on_a_phone(browser, city, tmp_path, name):
    path = report.write(*made(renamed(city, name), "en"), FONTS, tmp_path / "a.html")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type ?/Page\b", printed)) == 1
    page.set_viewport_size({"width": 860, "height": 1200})
    height = (
        "document.querySelector('main').scrollHeight - document.querySelector('main').clientHeight"
    )
    assert page.evaluate(height) <= 1
    assert asked == [path.as_uri()]
    page.close()
