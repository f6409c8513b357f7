"""What a story tells: every number stands in the export, whatever the city, in both languages.

The toy city is that of toy.py, walked at 1 m/s, so a metre is a second and 15 minutes are 900 m.
With a station at (0, 0) the places at (100, 0), (300, 0), (500, 200) are 100, 300, 700 s away, and
that at (500, 500), beyond the river, 1,000 s; in a straight line it is 707 m away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import export, report, story
from geo.city import CityData
from geo.crs import project, unproject
from geo.errors import InputError, OptionError
from geo.model import PROFILES
from geo.report.numbers import Figure, count, found, listed, percent, square_km, text_of
from geo.report.words import LANGS
from geo.story import Asked, Story, View, rounding, words
from geo.story.views import FIGURES, TOPICS
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

PEOPLE = [(100, 0, 100.0), (300, 0, 200.0), (500, 200, 400.0), (500, 500, 300.0)]
HOSTILE = "</script><img src=x onerror=alert(1)>\"'`${7*7}{share}{}&amp;%\\"
EVENING = "Mo-Fr 08:00-20:00"
OTHERS = tuple(name for name in FIGURES if name not in ("minutes", "metres"))


@pytest.fixture(scope="module", autouse=True)
def slow_city():
    """Let everybody walk at 1 m/s, as the toy city's streets are timed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        yield


def shown(data: CityData, view: View, edition="internal", kept: Story | None = None):
    return story.shown(story.cities(data, kept), view, edition)


def told(data: CityData, view: View, lang="zh", edition="internal"):
    return story.told(shown(data, view, edition), lang)


def by_topic(data: CityData, lang="zh", edition="internal") -> dict[str, story.ToldView]:
    """Return the default story of a city, told, by topic."""
    views = story.default(data, edition).views
    return {view.topic: told(data, view, lang, edition) for view in views}


def numbers(view: story.ToldView) -> list[tuple[str, str, str]]:
    return [(number.figure.text, number.unit, number.caption) for number in view.numbers]


def tables(side: report.Told):
    """Return the planner's tables of one side of the divider, without their geometry."""
    held = export.contents(side.study, side.study.to_json(PROVENANCE), edition=side.edition)
    return {name: table.plain for name, table in held.tables.items()}


PROVENANCE: Mapping[str, object] = {"inputs": [], "software": {}}


def printed(figure: Figure, value: float, lang: str, by_people: bool) -> set[str]:
    """Return how a number of the export may be printed, by the place where it stands."""
    if "share" in figure.key:
        return {percent(value)}
    if "median_s" in figure.key:
        return {f"{value / 60:.1f}"}
    if "speed" in figure.key:
        return {f"{value:.3g}"}
    plain = ("count:" in figure.key, "stations" in figure.key, "radius_m" in figure.key)
    if any(plain) or by_people or "minutes" in figure.key:
        return {count(value), rounding.digits(value, lang)[0]}
    return {square_km(value)}


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)], PEOPLE, hours=[EVENING])


# --- every number ---------------------------------------------------------------------------------

CITIES = {
    "people": lambda: toy_city([(0, 0)], PEOPLE, hours=["24/7"]),
    "crowds": lambda: toy_city([(0, 0)], [(x, y, n * 1000) for x, y, n in PEOPLE], hours=[""]),
    "ground": lambda: toy_city([(0, 0)], None, hours=[EVENING]),
    "partly": lambda: toy_city([(0, 0)], PEOPLE, outside=[(300, -600, 900.0)]),
}


@pytest.mark.parametrize("edition", report.EDITIONS)
@pytest.mark.parametrize("name", CITIES)
def test_every_number_is_read_back_from_the_exported_tables(name, edition):
    data, seen, held = CITIES[name](), 0, {None: None}
    views = [*story.default(data, edition).views]
    # And every other figure that may be shown, big and in a sentence.
    views += [replace(views[-1], sentence=f"{{{figure}}}", figures=(figure,)) for figure in OTHERS]
    for view in views:
        this = shown(data, view, edition)
        for side in (this.after, this.before):
            if side not in held:
                held[side] = tables(side)
        after, before = held[this.after], held[this.before]
        for lang in LANGS:
            for figure in listed(story.told(this, lang)):
                if figure.value is None:
                    continue
                again = found(after, figure.key, before)
                # Ground is exported to 0.1 m²; a difference of two may be off by twice half of it.
                assert figure.value == pytest.approx(again, abs=0.11), (view.topic, figure)
                ways = printed(figure, again, lang, data.units is not None)
                assert figure.text in ways, (view.topic, figure)
                seen += 1
    assert seen > 80


def test_no_other_number_stands_in_a_sentence(city):
    for view in by_topic(city, "en").values():
        words_only = "".join(part for part in view.sentence if isinstance(part, str))
        names = words_only.replace("H1", "").replace("V1", "")
        assert not re.search(r"\d", names.replace("15 minutes", "")), words_only


def test_the_numbers_are_those_of_arithmetic(city):
    """700 of 1,000 people are covered; the river keeps 300 away who are inside the ring."""
    told_of = by_topic(city)
    assert list(told_of) == ["city", "circle", "ring", "night", "gaps", "proposal"]
    assert told_of["city"].title == "平均每 1,000 位居民一个驿站"
    assert numbers(told_of["city"]) == [("1", "", "个驿站"), ("1,000", "", "位居民")]
    # Half of 1,000 people is reached only with the 400 at 700 s = 11.7 minutes.
    assert text_of(told_of["city"].sentence) == "1 个点；一半居民 11.7 分钟内走得到最近的驿站。"
    assert told_of["circle"].title == "每 100 位居民，70 位走得到驿站"
    assert numbers(told_of["circle"]) == [
        ("70.0", "%", "沿街道 15 分钟"),
        ("700", "", "位居民走得到"),
    ]
    assert text_of(told_of["circle"].sentence) == "1,000 位居民中，还有 300 位 15 分钟内走不到。"
    # 30 % of the circle: nearer to a third than to a quarter.
    assert told_of["ring"].title == "地图上画的圆，约三分之一走不到"
    assert numbers(told_of["ring"])[0] == ("100.0", "%", "直线 900 米")
    assert text_of(told_of["ring"].sentence) == "River把 300 人与最近的驿站隔开。"
    assert told_of["night"].title == "23 点，没有一个驿站开着"
    assert numbers(told_of["night"]) == [("70.0", "%", "不问时间"), ("0.0", "%", "23:00")]
    assert text_of(told_of["night"].sentence) == (
        "比不问时间少 700 人，其中 700 人附近的驿站此时不开。"
    )
    assert told_of["gaps"].title == "最大的空白区：被River阻断"
    assert numbers(told_of["gaps"]) == [("300", "", "① 被River阻断")]
    assert told_of["proposal"].title == "新设 1 处驿站，多 300 人走得到"
    assert numbers(told_of["proposal"]) == [
        ("70.0", "%", "现状"),
        ("100.0", "%", "方案之后"),
    ]
    assert told_of["proposal"].sides == ("现状", "方案之后")


def test_the_same_is_said_in_english(city):
    told_of = by_topic(city, "en")
    assert told_of["circle"].title == "Of 100 residents, 70 can walk to a station"
    assert told_of["ring"].title == "About a third of the circle on the map cannot be walked"
    assert text_of(told_of["night"].sentence) == (
        "700 fewer than at whatever hour; near 700 of them the stations are closed."
    )
    assert told_of["proposal"].title == "One new station: 300 more residents can walk to one"
    everything = json.dumps([view.to_json() for view in told_of.values()], ensure_ascii=False)
    assert not re.search("[\u4e00-\u9fff]", everything.replace("玩具城", ""))


@pytest.mark.parametrize(
    ("profile", "zh", "en"),
    [
        ("slow", "每一位居民都慢慢走得到驿站", "Every resident can walk slowly to a station"),
        ("wheelchair", "每一位居民都坐轮椅到得了驿站", "Every resident can wheel to a station"),
        ("ebike", "每一位居民都骑得到驿站", "Every resident can ride to a station"),
    ],
)
def test_everybody_goes_in_their_own_way(profile, zh, en):
    """The toy's streets know two profiles; how people go is a matter of words."""
    data, named = toy_city([(0, 0)], PEOPLE[:2]), "ebike" if profile == "ebike" else "walk"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(words.CAN, named, words.CAN[profile])
        view = View("circle", asked=Asked(named))
        assert [told(data, view, lang).title for lang in LANGS] == [zh, en]


def test_part_of_the_stations_stays_open_at_night():
    """Of two stations the one at (0, 0) never closes; the other served the 300 beyond the river."""
    data = toy_city([(0, 0), (500, 200)], PEOPLE, hours=["24/7", EVENING])
    night = by_topic(data)["night"]
    assert night.title == "23 点，每 100 位居民还有 70 位走得到"
    assert night.kicker == "夜间 · 23:00"
    assert text_of(night.sentence) == "比不问时间少 300 人，其中 300 人附近的驿站此时不开。"
    untold = by_topic(toy_city([(0, 0)], PEOPLE, hours=[""]))["night"]
    assert untold.title == "23 点，没有一个驿站确知开着"
    assert text_of(untold.sentence).endswith("其中 700 人附近的开放时间不明。")


def test_great_numbers_are_rounded_for_the_screen_with_the_exact_one_beside():
    # Thousandfold: 700,000 of 1,000,000 people.
    data = toy_city([(0, 0)], [(x, y, n * 1000) for x, y, n in PEOPLE])
    zh, en = (told(data, View("city"), lang).numbers[1] for lang in LANGS)
    assert (zh.figure.text, zh.unit, zh.exact) == ("100.0", "万", "1,000,000 人")
    assert (en.figure.text, en.unit, en.exact) == ("1.00", "million", "1,000,000 people")
    share = told(data, View("circle")).numbers[0]
    assert (share.figure.text, share.exact) == ("70.0", "70.0000 %")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0"), (0.001, "不到 1"), (0.5, "50"), (0.9999, "超过 99"), (1.0, "100")],
)
def test_of_a_hundred_it_is_never_all_or_nobody_by_rounding(share, said):
    assert rounding.hundred(share, "zh") == said


# --- texts of one's own ---------------------------------------------------------------------------


def test_figures_stand_in_texts_of_ones_own(city):
    view = View(
        title="覆盖 {share} %，多 {gained} 人",
        sentence="{uncovered} 人走不到，{gap3}；{x}",
        asked=Asked(scenario=story.PROPOSAL),
        against=Asked(),
        figures=("gained", "added", "gap2"),
    )
    says = told(city, view)
    assert says.title == "覆盖 100.0 %，多 300 人"
    assert text_of(says.sentence) == "0 人走不到，–；{x}"
    assert [number.figure.text for number in says.numbers] == ["300", "1", "–"]
    assert says.to_json()["sentence"][0] == {
        "text": "0",
        "value": 0.0,
        "key": "figures/people.total/value - figures/people.covered/value",
    }


def test_hostile_names_stay_texts():
    data = toy_city([(0, 0)], PEOPLE, hours=[EVENING])
    cells, stations = data.cells.copy(), data.stations.copy()
    cells["name"], stations["name"] = HOSTILE, HOSTILE
    walls = data.barriers.copy()
    walls["name"] = HOSTILE
    city = replace(data.city, name=HOSTILE, attribution=HOSTILE)
    hostile = replace(data, city=city, cells=cells, stations=stations, barriers=walls)
    for lang in LANGS:
        says = by_topic(hostile, lang)
        assert HOSTILE in says["gaps"].title and HOSTILE in says["gaps"].numbers[0].caption
        assert HOSTILE in text_of(says["ring"].sentence)
        assert all(HOSTILE in view.source for view in says.values())
        json.dumps([view.to_json() for view in says.values()], allow_nan=False)
    none = toy_city([], PEOPLE)
    assert HOSTILE in told(replace(none, city=city), View("city")).title
    assert story.default(hostile).name.startswith(HOSTILE)


# --- scenarios ------------------------------------------------------------------------------------


def test_a_scenario_that_a_story_carries_is_shown_beside_today(city):
    lon, lat = unproject(*xy((500, 400)).T, CRS)
    opened = {"kind": "open", "station": "n", "position": [lon[0], lat[0]], "name": HOSTILE}
    kept = Story(
        "x",
        (View(),),
        {"b": ("桥北", (opened,)), "c": ("撤", ({"kind": "close", "station": "s0"},))},
    )
    view = View("proposal", asked=Asked(scenario="b"), against=Asked())
    says = story.told(shown(city, view, kept=kept), "zh")
    assert says.title == "新设 1 处驿站，多 300 人走得到"
    assert text_of(says.sentence) == f"新点：{HOSTILE}。"
    assert says.sides == ("现状", "改动之后")
    worse = replace(view, asked=Asked(scenario="c"))
    assert story.told(shown(city, worse, kept=kept), "zh").title == "这样改，少 700 人走得到"
    same = replace(view, asked=Asked())
    assert story.told(shown(city, same, kept=kept), "zh").title == "覆盖没有变化"
    with pytest.raises(OptionError, match="no scenario 'z'"):
        shown(city, View(asked=Asked(scenario="z")), kept=kept)
    wrong = Story("x", (View(),), {"b": ("", ({"kind": "close", "station": "nobody"},))})
    with pytest.raises(InputError, match="nobody"):
        shown(city, view, kept=wrong)


def test_the_proposal_keeps_its_promise_and_comes_out_the_same_again(city):
    found_plan = story.proposed(city)
    assert found_plan.changes == story.changes(toy_city([(0, 0)], PEOPLE, hours=[EVENING]))
    this = shown(city, story.default(city).views[-1])
    assert this.reason == "" and this.proposal is found_plan
    gained = this.after.summary["people"]["covered"] - this.before.summary["people"]["covered"]
    assert gained == found_plan.plan["gained"].sum() == 300.0


def test_sides_are_told_by_what_differs():
    data = toy_city([(0, 0)], PEOPLE)

    def sides(before: Asked, after: Asked, lang="zh"):
        return told(data, View(asked=after, against=before), lang).sides

    assert sides(Asked(), Asked(budget="5min")) == ("15 分钟", "5 分钟")
    assert sides(Asked(), Asked(budget="500m"), "en") == ("15 minutes", "500 m")
    assert sides(Asked(), Asked("ebike", at="2026-03-02T07:30")) == (
        "不问时间 · 步行",
        "03-02 07:30 · 电动车",
    )
    assert sides(Asked(), Asked(services=("water",))) == ("不问服务", "需要饮水")
    assert sides(Asked(), Asked()) == ("对比", "本图")
    assert told(data, View()).sides is None


# --- cities in which there is little to tell ------------------------------------------------------


def one_cell(people: Sequence[tuple[float, float, float]]) -> CityData:
    """Return the toy city as one cell."""
    data = toy_city([(0, 0)], people)
    whole = shapely.union_all(data.cells.geometry.to_numpy())
    cells = data.cells.iloc[[0]].set_geometry([whole], crs=CRS)
    soil = gpd.GeoDataFrame(
        {
            "row": np.zeros(1, np.int32),
            "ground_m2": [data.ground["ground_m2"].sum()],
            "judged_m2": [data.ground["judged_m2"].sum()],
        },
        geometry=[shapely.union_all(data.ground.geometry.to_numpy())],
        crs=CRS,
    )
    pixels = replace(data.pixels, cell=np.minimum(data.pixels.cell, 0).astype(np.int32))
    units = data.units.assign(cell=np.zeros(len(data.units), np.int32))
    city = replace(data.city, levels=data.city.levels[:1])
    return replace(data, city=city, cells=cells, ground=soil, pixels=pixels, units=units)


LITTLE = {
    "no people known": lambda: toy_city([(0, 0)], None),
    "nobody": lambda: toy_city([(0, 0)], []),
    "no stations": lambda: toy_city([], PEOPLE),
    "no stations, nobody known": lambda: toy_city([], None),
    "nothing at all": lambda: toy_city([], []),
    "all closed": lambda: toy_city([(0, 0)], PEOPLE, closed=[0]),
    "all covered": lambda: toy_city([(0, 0)], PEOPLE[:2]),
    "nobody covered": lambda: toy_city([(800, 100)], PEOPLE[:2]),
    "no barriers": lambda: toy_city([(0, 0)], PEOPLE, barriers=False),
    "all beyond": lambda: toy_city([(0, 0)], [], outside=[(300, -600, 900.0)]),
    "one cell": lambda: one_cell(PEOPLE),
    "a handful": lambda: toy_city([(0, 0)], [(100, 0, 3.0), (500, 500, 4.0)]),
}


@cache
def little(name: str) -> CityData:
    return LITTLE[name]()


@pytest.mark.parametrize("name", LITTLE)
def test_every_city_tells_something_in_words(name):
    data = little(name)
    for edition in report.EDITIONS:
        views = [*story.default(data, edition).views]
        views += [View(topic, asked=Asked(at="23:00"), against=Asked()) for topic in TOPICS]
        views.append(View("proposal", asked=Asked(scenario=story.PROPOSAL), against=Asked()))
        for view in views:
            for lang in LANGS:
                says = told(data, view, lang, edition)
                text = json.dumps(says.to_json(), ensure_ascii=False, allow_nan=False)
                assert says.title and "nan" not in text and "None" not in text, (view, says)
                assert "{" not in says.title + text_of(says.sentence)
                assert len(says.numbers) <= 3


def test_what_there_is_little_of_is_said_plainly():
    said = {name: by_topic(little(name)) for name in LITTLE}
    titles = {
        name: {topic: view.title for topic, view in told.items()} for name, told in said.items()
    }
    assert titles["no stations"]["circle"] == "玩具城还没有开放的驿站"
    assert titles["nobody"]["circle"] == "这里没有居民"
    assert titles["all covered"]["circle"] == "每一位居民都走得到驿站"
    assert titles["all covered"]["ring"] == "地图上画的圆，几乎都走得到"
    assert titles["all covered"]["gaps"] == "没有空白区"
    assert titles["nobody covered"]["circle"] == "没有一位居民走得到驿站"
    assert "proposal" not in titles["all covered"]
    assert titles["no people known"]["circle"].startswith("每 100 公顷土地，")
    assert said["no people known"]["circle"].numbers[1].unit == "km²"
    # Without stations there is all the more to propose.
    assert titles["no stations"]["proposal"].startswith("新设 ")
    assert "阻断" not in titles["no barriers"]["gaps"]


def test_why_nothing_is_proposed_is_said():
    data = toy_city([(0, 0)], PEOPLE[:2])
    view = View("proposal", asked=Asked(scenario=story.PROPOSAL), against=Asked())
    this = shown(data, view)
    assert this.reason.startswith("可判断的都已覆盖")
    assert story.told(this, "zh").title == "可判断的都已覆盖，无需措施"
    assert story.told(this, "en").title == "everybody who can be judged is covered already"


# --- the public edition ---------------------------------------------------------------------------


def test_the_public_reads_no_small_count():
    """Of 1,007 people the 7 beyond the river are not covered."""
    data = toy_city([(0, 0)], [*PEOPLE[:3], (500, 500, 7.0)], hours=[EVENING])
    internal, public = (by_topic(data, "en", edition) for edition in report.EDITIONS)
    assert internal["gaps"].numbers[0].figure.text == "7"
    assert public["circle"].marks == ("Public · counts below 10 not shown",)
    for view in public.values():
        assert not {7.0, 707.0} & {figure.value for figure in listed(view)}
    severed = told(data, View(figures=("severed",)), "en", "public").numbers[0]
    assert (severed.figure.text, severed.figure.value, severed.exact) == ("<10", None, "<10")
    with pytest.raises(OptionError, match="no edition"):
        told(data, View(), "en", "secret")
    with pytest.raises(OptionError, match="no story in 'fr'"):
        told(data, View(), "fr")


# --- the default story ----------------------------------------------------------------------------


def test_the_cameras_look_at_what_is_spoken_of(city):
    views = {view.topic: view for view in story.default(city).views}
    assert [topic for topic, view in views.items() if view.camera is None] == [
        "city", "circle", "ring", "night",
    ]  # fmt: skip
    for topic, place in (("gaps", (500, 500)), ("proposal", None)):
        west, south, east, north = views[topic].camera
        x, y = project(np.array([west, east]), np.array([south, north]), CRS)
        assert min(x[1] - x[0], y[1] - y[0]) > 2_400
        at = xy(place)[0] if place else story.proposed(city).plan.get_coordinates().to_numpy()[0]
        assert x[0] < at[0] < x[1] and y[0] < at[1] < y[1]


def test_equal_cities_tell_equal_stories(city):
    again = toy_city([(0, 0)], PEOPLE, hours=[EVENING])
    assert story.default(again) == story.default(city)
    for lang in LANGS:
        one, other = by_topic(city, lang), by_topic(again, lang)
        assert {k: v.to_json() for k, v in one.items()} == {
            k: v.to_json() for k, v in other.items()
        }


def test_a_default_story_is_kept_as_text(city):
    assert story.read(story.written(story.default(city))) == story.default(city)


def test_every_phrase_has_both_languages():
    for key, (zh, en) in words.WORDS.items():
        assert (zh == "") == (en == "") or key in ("ten_thousand", "million"), key
        assert not re.search("[\u4e00-\u9fff]", en), key
