"""The clock below the map: hours and services chosen, played through, kept in the address.

The tiny city has two stations: ``c1`` (water, toilet) is open from 8 to 20 every day, the hours of
``h2`` (rest) are unknown. So at night nobody is served, and whoever needs to rest never knows.
"""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from tests.journeys.conftest import PHONE
from tests.journeys.test_planner import _get, _pixel, _ready
from webmap.cli import main

NOON, NIGHT = "2026-11-20T12:00", "2026-11-20T22:30"


def _study(*words):
    """Return what the command line prints for the tiny city."""
    done = CliRunner().invoke(main, ["study", "tiny", "--json", *words])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _listed(page):
    """Return the causes that the panel lists, with their people."""
    rows = page.eval_on_selector_all(
        "#reasons li",
        "all => all.map(e => [e.firstChild.textContent, e.lastChild.textContent])",
    )
    return {name: int(number.replace(",", "")) for name, number in rows}


def _asked(page):
    """Return the question that the address holds now."""
    return dict(re.findall(r"(\w+)=([^&]*)", page.evaluate("location.hash")))


def _at(page):
    return _asked(page).get("at")


WORDS = {
    "beyond_reach": "附近没有驿站",
    "detour": "街道绕行太远",
    "service_missing": "附近驿站没有所需服务",
    "unknown_hours": "开放时间不明",
    "closed": "此时已关闭",
}


@pytest.mark.parametrize(
    ("at", "services"),
    [
        (NOON, ""),
        (NIGHT, ""),
        ("2026-11-20T07:50", "water"),  # opens on the way
        (NOON, "rest"),
        (NOON, "rest,water"),  # no station has both
        ("", "toilet"),
    ],
)
def test_the_page_says_what_the_command_line_prints(visit, at, services):
    words = [*(["--at", at] if at else []), *(["--services", services] if services else [])]
    study = _study("--minutes", "5", *words)
    page = visit(f"/tiny/#budget=5min&at={at}&services={services}").page
    _ready(page)
    people = study["people"]
    assert page.inner_text("#share") == f"{people['share'] * 100:.1f}%"
    assert page.inner_text("#of") == f"{people['total']:,.0f} 人中的 {people['covered']:,.0f} 人"
    assert page.inner_text("#need").startswith(f"{study['need']['stations']['serves']} 个驿站可用")
    expected = {
        WORDS[name]: round(found["people"])
        for name, found in study["uncovered"].items()
        if found["people"]
    }
    assert _listed(page) == expected


def test_the_figures_follow_the_slider(visit):
    page = visit(f"/tiny/#at={NOON}").page
    _ready(page)
    for minutes in (19 * 60 + 30, 20 * 60, 7 * 60 + 30, 8 * 60):
        page.fill("#clock-slider", str(minutes // 30))
        at = f"2026-11-20T{minutes // 60:02d}:{minutes % 60:02d}"
        assert _at(page) == at
        _ready(page)
        share = _study("--at", at)["people"]["share"]
        assert page.inner_text("#share") == f"{share * 100:.1f}%"


def test_the_slider_obeys_the_keyboard(visit):
    page = visit(f"/tiny/#at={NIGHT}").page
    _ready(page)
    page.focus("#clock-slider")
    page.keyboard.press("ArrowLeft")
    assert (_at(page), page.inner_text("#clock-time")) == ("2026-11-20T22:00", "22:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert _at(page) == "2026-11-20T23:00"
    page.keyboard.press("End")
    assert _at(page) == "2026-11-20T23:30"
    page.keyboard.press("Home")
    assert _at(page) == "2026-11-20T00:00"
    _ready(page)
    assert "0 人到得了" in page.get_attribute("#clock-slider", "aria-valuetext")


def test_the_slider_obeys_the_pointer(visit):
    page = visit("/tiny/").page
    _ready(page)
    assert page.inner_text("#clock-time") == "不限时间"
    page.hover("#clock-plot")  # waits until it stands still
    plot = page.eval_on_selector("#clock-plot", "e => e.getBoundingClientRect().toJSON()")
    y = plot["y"] + plot["height"] / 2

    def x(hour):
        return plot["x"] + plot["width"] * hour / 24

    page.mouse.click(x(18), y)
    assert _at(page).endswith("T18:00")
    page.mouse.move(x(18), y)
    page.mouse.down()
    for hour in range(17, 5, -1):
        page.mouse.move(x(hour), y)
    page.mouse.up()
    assert _at(page).endswith("T06:00")
    _ready(page)
    assert page.inner_text("#share") == "0.0%"  # c1 opens at eight
    mark = page.eval_on_selector(".plot-mark", "e => e.getBoundingClientRect().x + 1")
    assert mark == pytest.approx(x(6), abs=1.5)


def test_a_click_where_the_slider_rests_is_an_answer(visit):
    page = visit("/tiny/").page
    _ready(page)
    page.click("#clock-any")  # now
    at = _at(page)
    page.click("#clock-any")
    assert _at(page) is None and page.inner_text("#clock-time") == "不限时间"
    page.mouse.click(*_thumb(page))
    assert _at(page) == at


def _thumb(page):
    mark = page.eval_on_selector(".plot-mark", "e => e.getBoundingClientRect().toJSON()")
    return mark["x"] + 1, mark["y"] + mark["height"] / 2


def test_any_hour_is_the_default_and_can_be_had_back(visit):
    page = visit(f"/tiny/#at={NIGHT}&services=water").page
    _ready(page)
    plain = _study()["people"]["share"]
    page.click("#clock-any")
    page.click("#services-clear")
    _ready(page)
    assert page.inner_text("#share") == f"{plain * 100:.1f}%"
    assert _asked(page) == {}
    assert page.inner_text("#need").endswith("不限时间和服务")


def test_chips_choose_services_that_one_station_must_offer(visit):
    page = visit("/tiny/").page
    _ready(page)
    assert page.locator("#services button").count() == 9
    page.click("#services [data-service=water]")
    page.click("#services [data-service=toilet]")
    assert _asked(page)["services"] == "water,toilet"
    _ready(page)
    together = _study("--services", "water,toilet")["people"]["share"]
    assert page.inner_text("#share") == f"{together * 100:.1f}%"
    page.focus("#services [data-service=toilet]")
    page.keyboard.press("Space")
    assert _asked(page)["services"] == "water"
    pressed = page.locator("#services [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["饮水"]


def test_a_link_opens_the_same_question_and_going_back_asks_the_last(visit):
    seen = visit(f"/tiny/#at={NIGHT}&services=water,toilet")
    page = seen.page
    _ready(page)
    assert page.inner_text("#clock-time") == "22:30"
    assert page.locator("#services [aria-pressed=true]").count() == 2
    assert page.get_attribute("#clock-days button:nth-child(5)", "aria-pressed") == "true"
    page.evaluate(f"location.hash = 'at={NOON}'")
    page.wait_for_selector("#clock-time:text-is('12:00')")
    page.go_back()
    page.wait_for_selector("#clock-time:text-is('22:30')")
    _ready(page)
    assert page.inner_text("#share") == "0.0%"
    assert page.locator("#services [aria-pressed=true]").count() == 2
    with page.expect_navigation(url="**/tiny/plan*"):
        page.click(".panel-foot a[href^=plan]")
    assert _at(page) == NIGHT
    page.wait_for_selector("#table tr[data-place]")
    assert page.inner_text("#share") == "0.0%" and seen.faults == []


@pytest.mark.parametrize("nonsense", ["2026-02-30T12:00", "noon", "2026-11-20T24:30", "null"])
def test_nonsense_in_the_address_is_left_aside(visit, nonsense):
    seen = visit(f"/tiny/#at={nonsense}&services=gold,water")
    _ready(seen.page)
    assert seen.page.inner_text("#clock-time") == "不限时间"
    assert seen.page.locator("#services [aria-pressed=true]").all_inner_texts() == ["饮水"]
    assert seen.faults == []


def test_days_are_chosen_and_holidays_named(visit):
    page = visit("/tiny/#at=2026-10-01T12:00").page  # a Thursday, National Day
    _ready(page)
    page.wait_for_selector("#clock-holiday:not([hidden])")
    assert page.inner_text("#clock-holiday") == "国庆节"
    page.click("#clock-days button:first-child")
    assert _at(page) == "2026-09-28T12:00"
    page.wait_for_selector("#clock-holiday", state="hidden")
    page.fill("#clock-field", "2026-10-10")  # a Saturday that makes up for the Wednesday before
    assert _at(page) == "2026-10-10T12:00"
    page.wait_for_selector("#clock-holiday:not([hidden])")
    assert page.inner_text("#clock-holiday") == "调休上班，按周三"
    page.fill("#clock-field", "2039-10-01")
    page.wait_for_selector("#clock-holiday.unknown")
    assert page.inner_text("#clock-holiday") == "节假日未知"


def test_the_curve_is_the_week_s(visit, address):
    page = visit(f"/tiny/#at={NOON}").page
    _ready(page)
    page.wait_for_selector("#clock-curve .line")
    week = _get(address, "/api/cities/tiny/week?from=2026-11-16")
    day = week["covered"][4 * 24 : 5 * 24 + 1]
    points = page.get_attribute("#clock-curve .line", "points").split()
    heights = [100 - float(point.split(",")[1]) for point in points]
    scale = heights[12] / day[12]
    assert heights == pytest.approx([covered * scale for covered in day], abs=0.01)
    shares = [covered / week["people_judged"] * 100 for covered in day]
    ceiling = week["ceiling"] / week["people_judged"] * 100
    told = f"全天 {min(shares):.1f}–{max(shares):.1f} % · 不限时间 {ceiling:.1f} %"
    assert page.inner_text("#clock-note") == told


def test_without_people_there_is_a_clock_and_a_reason_instead_of_a_curve(visit):
    seen = visit(f"/bare/#at={NOON}")
    page = seen.page
    _ready(page)
    page.wait_for_selector("#clock-note:not(:empty)")
    assert "没有人口" in page.inner_text("#clock-note")
    assert page.locator("#clock-curve *").count() == 0
    page.focus("#clock-slider")
    page.keyboard.press("ArrowRight")
    assert _at(page) == "2026-11-20T12:30" and seen.faults == []


def test_a_day_is_played_hour_by_hour(visit):
    page = visit("/tiny/#at=2026-11-20T06:00").page
    _ready(page)
    # The page itself presses the button at nine: a busy machine may be too late to do so from here.
    page.evaluate("""() => {
        const [time, button] = ["#clock-time", "#clock-play"].map(id => document.querySelector(id));
        window.seen = [];
        window.words = [];
        new MutationObserver(() => {
            window.seen.push(time.textContent);
            window.words.push(button.textContent);
            if (time.textContent === "09:00") button.click();
        }).observe(time, { childList: true });
    }""")
    page.click("#clock-play")
    page.wait_for_selector("#clock-time:text-is('09:00')")
    page.wait_for_selector("#clock-play span:text-is('播放一天')")
    assert page.evaluate("window.words") == ["停下"] * 3
    assert page.evaluate("window.seen") == ["07:00", "08:00", "09:00"]
    _ready(page)
    share = _study("--at", "2026-11-20T09:00")["people"]["share"]
    assert page.inner_text("#share") == f"{share * 100:.1f}%"


def test_playing_stops_where_the_server_fails(visit):
    page = visit("/tiny/#at=2026-11-20T06:00").page
    _ready(page)
    page.route("**/coverage/cells?*", lambda route: route.abort())
    page.click("#clock-play")
    page.wait_for_selector("#fault:not([hidden])")
    page.wait_for_selector("#clock-play span:text-is('播放一天')")
    page.unroute("**/coverage/cells?*")
    page.click("#retry")
    _ready(page)
    assert page.is_hidden("#fault")


def test_a_late_answer_never_stands_over_a_newer_one(visit):
    page = visit(f"/tiny/#at={NOON}").page
    _ready(page)
    late = []
    page.route(f"**/coverage/cells?*{NIGHT[:10]}T23*", lambda route: late.append(route))
    page.fill("#clock-slider", "46")
    page.fill("#clock-slider", "30")
    page.wait_for_selector("#need:has-text('15:00')")
    _ready(page)
    before = page.inner_text("#figure")
    for route in late:
        route.continue_()
    page.wait_for_timeout(300)
    assert late and page.inner_text("#figure") == before


def test_cells_are_coloured_before_anything_is_drawn(visit):
    seen = visit(f"/tiny/#at={NOON}")
    _ready(seen.page)
    del seen.asked[:]
    seen.page.fill("#clock-slider", "46")
    _ready(seen.page)
    asked = [re.sub(r".*/tiny/([\w/]+).*", r"\1", url) for url in seen.asked if "T23" in url]
    assert asked[:2] == ["coverage/cells", "impact"]
    assert asked[2:6] == ["coverage", "layers/gaps", "layers/circles", "layers/ring"]


def test_a_station_says_whether_it_serves_and_who_depends_on_it(visit, address):
    seen = visit(f"/tiny/#budget=5min&at={NOON}")
    page = seen.page
    _ready(page)
    page.mouse.click(*_pixel(page, 0, 2))  # c1
    page.wait_for_selector("#state .good")
    assert page.inner_text("#state .good") == "开放中"
    url = f"/api/cities/tiny/stations/c1/impact?profile=walk&budget=5min&at={NOON}"
    impact = _get(address, url)
    assert impact["only"] > 0
    assert page.inner_text("#impact td >> nth=0") == f"{impact['only']:,.0f} 人"
    page.fill("#clock-slider", "45")
    page.wait_for_selector("#state .warn")
    assert page.inner_text("#state .warn") == "此刻未开放"
    assert page.inner_text("#impact td >> nth=0") == "0 人"
    page.click("#services [data-service=rest]")
    page.wait_for_selector("#state b:text-is('没有所需服务')")
    assert seen.faults == []


def test_stations_that_do_not_serve_look_idle(visit):
    page = visit(f"/tiny/#at={NOON}").page
    _ready(page)
    idle = """async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { stations } = (await drawn).layers;
        return stations.getLayers().map((m) => [m.options.tier, Boolean(m.options.idle)]).sort();
    }"""
    assert page.evaluate(idle) == [["centre", False], ["point", True]]  # c1 is open, h2 unknown
    page.click("#clock-any")
    _ready(page)
    assert page.evaluate(idle) == [["centre", False], ["point", False]]


def test_a_click_at_night_says_when_the_station_opens(visit):
    page = visit(f"/tiny/#budget=10min&services=water&at={NIGHT}").page
    _ready(page)
    page.mouse.click(*_pixel(page, 1.5, 2))
    page.wait_for_selector("#card .place.bad")
    card = page.inner_text("#card")
    assert "点击处到不了：此时已关闭" in card
    assert "西门驿站" in card and "周六 08:00 开门" in card
    page.fill("#clock-slider", "24")
    page.wait_for_selector("#card .place:not(.bad)")
    assert "点击处到得了" in page.inner_text("#card")
    drawn = page.eval_on_selector_all(
        ".leaflet-route-pane path", "all => all.filter(e => e.getTotalLength() > 5).length"
    )
    assert drawn == 2  # the way and its casing
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-route-pane path").count() == 0


def test_on_a_phone_the_clock_is_a_chip_that_opens(visit):
    seen = visit(f"/tiny/#at={NOON}", size=PHONE)
    page = seen.page
    _ready(page)
    assert page.inner_text("#clock-chip") == "周五 12:00"
    assert page.is_hidden("#clock-bar")
    page.tap("#clock-chip")
    bar = page.eval_on_selector("#clock-bar", "e => e.getBoundingClientRect().toJSON()")
    sheet = page.eval_on_selector("#panel", "e => e.getBoundingClientRect().toJSON()")
    assert bar["x"] >= 0 and bar["right"] <= PHONE["width"] and bar["bottom"] <= sheet["y"]
    assert bar["y"] >= 0.45 * PHONE["height"]  # the map keeps the upper half
    small = page.eval_on_selector_all(
        "#clock-bar button, #clock-bar input[type=date]",
        "all => all.filter(e => e.getBoundingClientRect().height < 36).map(e => e.id)",
    )
    assert small == []
    plot = page.eval_on_selector("#clock-plot", "e => e.getBoundingClientRect().toJSON()")
    page.touchscreen.tap(plot["x"] + plot["width"] * 18 / 24, plot["y"] + plot["height"] / 2)
    assert _at(page) == "2026-11-20T18:00"
    page.tap("#clock-close")
    assert page.inner_text("#clock-chip") == "周五 18:00"
    page.tap("#handle")
    assert page.is_hidden("#clock-chip")
    assert seen.faults == []


def test_clock_and_panels_do_not_overlap(visit):
    page = visit(f"/tiny/#at={NOON}&services=water").page
    _ready(page)
    for size in ((768, 1024), (1024, 768), (1366, 768), (1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        boxes = page.evaluate("""() => ["#panel", "#clock-bar", "#legend", "#tools"]
            .map((id) => document.querySelector(id).getBoundingClientRect())
            .filter((box) => box.width > 0)
            .map(({ left, right, top, bottom }) => [left, top, right, bottom])""")
        for i, one in enumerate(boxes):
            assert one[0] >= 0 and one[2] <= size[0] and one[3] <= size[1], size
            for other in boxes[i + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1]
                assert apart or other[3] <= one[1], size
