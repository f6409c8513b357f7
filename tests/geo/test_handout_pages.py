"""The pages of handouts: nothing collides, nothing leaves the sheet, whatever the city says."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from geo.crs import unproject
from geo.handout import column, flow, legend, page, paper, scene
from geo.handout.paper import Paper
from geo.model import PROFILES
from geo.report import ground, names, style
from geo.report.numbers import Figure
from geo.report.outlines import Window
from geo.report.sheet import Sheet
from geo.story import Asked, Story, View
from tests.geo.handouts import CITIES, FONTS, LONG, handout, metric, pages, renamed, texts_of
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

A4, A3 = paper.named("A4"), paper.named("A3")
WIDE, UPRIGHT = paper.of_pixels((1024, 768)), paper.of_pixels((390, 844))
ALL = ("cells", "gaps", "circles", "ring", "stations")


@pytest.fixture(scope="module", autouse=True)
def slow_city():
    """Let everybody walk at 1 m/s, as the toy city's streets are timed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        yield


def check(sheet: Sheet) -> list[str]:
    """Hold a page to its form, and return its texts."""
    found = texts_of(sheet)
    whole = shapely.box(0, 0, sheet.width, sheet.height)
    for text, box in found:
        assert whole.covers(box), text
        assert "nan" not in text.split() and "None" not in text
    for (text, box), (other, place) in combinations(found, 2):
        assert not box.intersects(place), f"{text!r} stands on {other!r}"
    return [text for text, _ in found]


@pytest.mark.parametrize("kind", CITIES)
def test_any_city_has_its_pages(kind):
    data = CITIES[kind]()
    for lang, sheet in (("zh", A4), ("en", WIDE)):
        for drawn in pages(handout(data, lang=lang), sheet):
            check(drawn)


VIEWS = Story("all", (
    View("gaps", layers=ALL, figures=("gap1", "gap2")),
    View("night", layers=ALL, asked=Asked(at="23:00"), against=Asked()),
    View("free", title=LONG + "，" + LONG, sentence="{covered} / {people} " + LONG * 2, layers=()),
    View("free", figures=("people", "covered", "uncovered"), layers=ALL),
))  # fmt: skip


@pytest.mark.parametrize("sheet", [A4, A3, WIDE, UPRIGHT], ids=["A4", "A3", "wide", "upright"])
def test_long_words_stay_apart_on_every_sheet(sheet):
    data = renamed(CITIES["people"](), LONG)
    for lang in ("zh", "en"):
        for drawn in pages(handout(data, VIEWS, lang=lang), sheet):
            check(drawn)


def test_two_maps_stand_below_their_words_where_they_are_larger_there():
    data = CITIES["people"]()
    west, south, east, north = data.city.view
    flat = (west, south, east, south + (north - south) / 4)
    tall = (west, south, west + (east - west) / 4, north)
    for camera, below in ((flat, True), (tall, False)):
        view = View("night", layers=ALL, asked=Asked(at="23:00"), against=Asked(), camera=camera)
        made = handout(data, Story("two", (view,)))
        maps = scene.scenes(made.views[0][0], data, {}, "zh")
        assert page.is_wide(maps, (273.0, 160.0), 1.0) == below
        assert not page.is_wide(maps[:1], (273.0, 160.0), 1.0)
        check(page.drawn(made, 1, A4, FONTS))


def test_signs_are_explained_where_they_are_drawn_and_only_there():
    data = toy_city([(0, 0), (500, 500)], [(100, 0, 100.0), (500, 200, 400.0)], closed=[1])
    made = handout(data, Story("x", (View(layers=("stations",)), View(layers=ALL))))
    few, all_ = (
        page.legend_of(made, told, scene.scenes(shown, data, {}, "zh"))
        for shown, told in made.views
    )
    assert few.ramp == "" and [key for key, _ in few.entries] == ["border", "point", "idle"]
    assert all_.ramp.startswith("网格内居民覆盖比例")
    keys = [key for key, _ in all_.entries]
    assert {"gap", "circle", "ring", "border", "point", "idle"} <= set(keys)
    assert not {"changed", "way", "centre", "station"} & set(keys)


def test_what_a_proposal_adds_is_pointed_out_and_named():
    """A station beyond the river, and a bridge to it of 100 m on the map."""
    data = CITIES["people"]()
    spots = unproject(*xy((500, 400), (500, 200), (500, 300)).T, CRS)
    new, *line = [[float(lon), float(lat)] for lon, lat in zip(*spots, strict=True)]
    rows = (
        {"kind": "open", "station": "n1", "position": new, "name": "北岸新站"},
        {"kind": "link", "link": "b1", "line": line, "name": "桥"},
        {"kind": "hours", "station": "s0", "opening_hours": "24/7"},
    )
    view = View(layers=ALL, asked=Asked(scenario="plan"), against=Asked())
    made = handout(data, Story("x", (view,), {"plan": ("北岸", rows)}))
    before, after = scene.scenes(made.views[0][0], made.today, {}, "zh")
    assert before.changed == frozenset() and before.ways is None and before.numbered == ()
    assert after.changed == {"n1", "s0"}
    assert after.ways.length.tolist() == pytest.approx([100.0], abs=1e-2)
    assert {"changed", "way"} <= {key for key, _ in after.legend()}
    assert "北岸新站" in check(page.drawn(made, 1, A4, FONTS))


def test_the_gaps_that_are_told_carry_their_numbers():
    # Only one gap has people in it: the 300 beyond the river; there are others without anybody.
    made = handout(CITIES["people"](), Story("x", (View("gaps", layers=ALL),)))
    (only,) = scene.scenes(made.views[0][0], made.today, {}, "zh")
    assert only.numbered == (1,) and len(only.told.gaps) > 1
    texts = [text for text in check(page.drawn(made, 1, A4, FONTS)) if text.isdigit()]
    assert texts.count("1") == 2 and "2" not in texts  # on the map, and in the list beside it


def test_a_camera_shows_its_ground_and_never_less_than_200_m():
    data = CITIES["people"]()
    west, south, east, north = data.city.view
    half = (west, south, (west + east) / 2, north)
    assert scene.bounds_of(View(camera=half), data) == pytest.approx(metric(data, half), abs=20)
    spot = (west, south, west + 1e-7, south + 1e-7)
    left, bottom, right, top = scene.bounds_of(View(camera=spot), data)
    assert (right - left, top - bottom) == pytest.approx((200, 200), abs=0.5)


# --- colours --------------------------------------------------------------------------------------


def greys(sheet: Sheet, boxes: list[tuple[float, float, float, float]]) -> list[np.ndarray]:
    """Return the grey dots of boxes (mm) of a sheet as it is printed, 300 to the inch."""
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    red, green, blue = (np.asarray(canvas.buffer_rgba())[..., part] for part in range(3))
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    out = []
    for left, top, wide, high in boxes:
        rows = slice(int((top + 0.3) / 25.4 * 300), int((top + high - 0.3) / 25.4 * 300))
        out.append(
            grey[rows, int((left + 0.3) / 25.4 * 300) : int((left + wide - 0.3) / 25.4 * 300)]
        )
    return out


def texture(grey: np.ndarray) -> np.ndarray:
    """Return what an eye tells areas apart by: the tone, and lines along and across."""
    along, across = grey.mean(axis=1).std(), grey.mean(axis=0).std()
    return np.array([grey.mean(), 4 * along, 4 * across, 2 * grey.std()])


def test_classes_and_gaps_are_told_apart_in_grey_print():
    """Whoever prints in grey sees each class, the gaps, and ground without a share as another."""
    sheet = Sheet(100.0, 30.0, FONTS)
    boxes = [(5.0 + 12 * number, 5.0, 10.0, 10.0) for number in range(7)]
    for number, colour in enumerate(style.SHARE):
        legend.swatch(sheet, number, colour, boxes[number])
    sheet.box(*boxes[5], fill=style.GROUND)
    left, top, wide, high = boxes[6]
    window = Window.around((0, 0, 1000, 1000), boxes[6])
    told = toy_city([], None)
    gaps = told.cells.iloc[[0]].assign(geometry=[shapely.box(0, 0, 1000, 1000)])
    gaps["class"] = "severed"
    ground.gaps(sheet, window, sheet.box(left, top, wide, high), gaps)
    seen = [texture(grey) for grey in greys(sheet, boxes)]
    for one, other in combinations(range(len(seen)), 2):
        assert np.abs(seen[one] - seen[other]).max() >= 4.0, (one, other)


# --- text and names -------------------------------------------------------------------------------

SHEET = Sheet(100.0, 100.0, FONTS)
LETTERS = st.text(st.sampled_from("云渡市居民，。“”（）abc DEF 1,728.5 %—…·\"'"), max_size=60)


@given(LETTERS, st.floats(8, 70), st.integers(1, 5))
def test_lines_have_room_and_lose_nothing_but_the_end(text, room, most):
    for lines, bold in (
        (flow.title(SHEET, text, 9, room, most=most), True),
        (flow.plain(SHEET, text, 9, room, most=most), False),
    ):
        assert len(lines) <= most
        assert all(SHEET.advance(line, 9, bold=bold) <= room + 1e-6 for line in lines)
        whole, shown = "".join(text.split()), "".join("".join(lines).split())
        assert shown == whole or "…" in "".join(lines)


def test_titles_are_broken_where_a_reader_pauses():
    def broken(text: str, letters: float) -> list[str]:
        return flow.title(SHEET, text, 10, letters * 10 * 25.4 / 72 + 0.01, most=4)

    # Ten letters have room for a line; a Chinese letter is as wide as the size of the type.
    assert broken("地图上画的圆，约四分之一走不到", 10) == ["地图上画的圆，", "约四分之一走不到"]
    assert broken("平均每 1,728 位居民一个驿站", 10) == ["平均每 1,728 位", "居民一个驿站"]
    assert broken("短", 10) == ["短"]
    assert broken("", 10) == []
    english = broken("The worst gap: 稻香社区, cut off by 云渡绕城高速", 11)
    assert any("稻香社区," in line for line in english)
    assert any("云渡绕城高速" in line for line in english)


def test_figures_of_a_sentence_are_bold_and_keep_their_marks():
    line = ("隔开了 ", Figure("28,390", 28390.0, "k"), "，", "不多。")
    rows = flow.sentence(SHEET, line, 10, 24, most=9)
    runs = [run for row in rows for run in row]
    assert ("28,390", True) in runs
    assert all(row[0][0][0] not in "，。" for row in rows)
    assert "".join(text for text, _ in runs).replace(" ", "") == "隔开了28,390，不多。"


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=20), st.integers(1, 2))
def test_names_never_stand_on_each_other(spots, lines):
    sheet = Sheet(100.0, 100.0, FONTS)
    window = Window.around((0, 0, 1000, 1000), (0, 0, 100, 100))
    wanted = [names.Label("云渡长名社区第二片区", x, y, 8.0) for x, y in spots]
    taken = [shapely.box(40, 40, 60, 60)]
    names.write(
        sheet, window, wanted, taken, lines=lines, widest=20.0, avoid=np.array([[5.0, 5.0]])
    )
    assert all(not one.intersects(other) for one, other in combinations(taken, 2))
    assert len(texts_of(sheet)) == (len(taken) - 1) * lines


def test_the_type_shrinks_until_everything_fits():
    made = handout(CITIES["people"](), VIEWS)
    told = page.words_of(made, *made.views[0])
    for high in (150.0, 60.0, 25.0):
        sheet = Sheet(90.0, 200.0, FONTS)
        column.write(sheet, told, (5.0, 5.0, 80.0, high), 1.0)
        boxes = [box for _, box in texts_of(sheet)]
        assert boxes and max(box.bounds[3] for box in boxes) <= 5.0 + high + 1.0


def test_a_sheet_is_upright_where_it_is_narrow():
    assert not paper.of_pixels((1920, 1080)).upright and not A4.upright
    assert paper.of_pixels((1080, 1920)).upright
    assert Paper(297, 210).scale == 1 and A3.scale == pytest.approx(2**0.5)
    assert replace(A4, width=100.0).upright
