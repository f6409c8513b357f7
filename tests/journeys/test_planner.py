"""The planner looks at the map: one figure, what explains it, and what a click tells."""

from __future__ import annotations

import json
import urllib.request

import pytest

from tests.journeys.conftest import PHONE
from tests.webmap.tinycity import lat, lon

FEATURES = "el => el.getBoundingClientRect()"


def _get(address, path):
    with urllib.request.urlopen(address + path) as answer:
        return json.load(answer)


def _ready(page):
    page.wait_for_selector("#figure[aria-busy=false]")
    page.wait_for_selector("#busy:not(.on)", state="attached")


def _pixel(page, column, row):
    """Return where a position of the tiny city stands on the screen."""
    return page.evaluate(
        """async ([lat, lon]) => {
            const { drawn } = await import("/static/js/draw/bridge.js");
            const { map } = await drawn;
            const point = map.latLngToContainerPoint([lat, lon]);
            const box = map.getContainer().getBoundingClientRect();
            return [point.x + box.x, point.y + box.y];
        }""",
        [lat(row), lon(column)],
    )


def test_the_panel_tells_the_study(visit, address):
    seen = visit("/tiny/")
    page = seen.page
    _ready(page)
    study = _get(address, "/api/cities/tiny/coverage?profile=walk&minutes=15")
    people = study["people"]
    assert page.inner_text("#share") == f"{people['share'] * 100:.1f}%"
    assert page.inner_text("#of") == f"{people['total']:,.0f} 人中的 {people['covered']:,.0f} 人"
    assert f"{study['ring']['people']['share'] * 100:.1f} %" in page.inner_text("#ring-note")
    assert page.inner_text("#s1") == f"{people['total'] - people['covered']:,.0f}"
    assert seen.faults == []


def test_switching_profile_and_budget_asks_the_same_question_anew(visit, address):
    page = visit("/tiny/").page
    _ready(page)
    with page.expect_response(lambda r: "/coverage?" in r.url and "minutes=5" in r.url):
        page.click("#budgets button:first-child")
    _ready(page)
    assert page.inner_text("#promise") == "5 分钟 = 375 米"  # 5 · 60 s · 1.25 m/s
    study = _get(address, "/api/cities/tiny/coverage?profile=walk&minutes=5")
    assert page.inner_text("#share") == f"{study['people']['share'] * 100:.1f}%"
    with page.expect_response(lambda r: "/coverage?" in r.url and "profile=ebike" in r.url):
        page.click("#profiles button:nth-child(4)")
    _ready(page)
    assert page.inner_text("#promise") == "5 分钟 = 1,250 米"  # 5 · 60 s · 15/3.6 m/s
    assert page.get_attribute("#profiles button:nth-child(4)", "aria-pressed") == "true"
    assert "profile=ebike" in page.url and "budget=5min" in page.url


def test_a_link_brings_the_choice_back(visit):
    page = visit("/tiny/#profile=slow&budget=10min&level=1").page
    _ready(page)
    assert page.inner_text("#promise") == "10 分钟 = 480 米"  # 10 · 60 s · 0.8 m/s
    assert page.get_attribute("#levels button:nth-child(1)", "aria-pressed") == "true"


def test_causes_add_up_to_everybody_not_covered(visit, address):
    page = visit("/tiny/#budget=5min").page
    _ready(page)
    listed = page.eval_on_selector_all(
        "#reasons .number", "all => all.map(e => Number(e.textContent.replaceAll(',', '')))"
    )
    people = _get(address, "/api/cities/tiny/coverage?profile=walk&minutes=5")["people"]
    assert sum(listed) == round(people["total"] - people["covered"]) > 0
    assert listed == sorted(listed, reverse=True)


def test_cells_take_the_colours_of_the_legend(visit):
    page = visit("/tiny/").page
    _ready(page)
    legend = page.eval_on_selector_all(
        "#legend .ramp i", "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    drawn = page.evaluate("""async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { cells } = (await drawn).layers;
        const probe = document.createElement("i");
        document.body.append(probe);
        return cells.palette.share.map((color) => {
            probe.style.background = color;
            return getComputedStyle(probe).backgroundColor;
        });
    }""")
    assert legend == drawn and len(set(legend)) == 5


def test_a_station_shows_its_facts_and_its_bands(visit, address):
    seen = visit("/tiny/")
    page = seen.page
    _ready(page)
    page.mouse.click(*_pixel(page, 0, 2))  # c1, west edge
    page.wait_for_selector("#bands .swatch")
    card = page.inner_text("#card")
    assert "西门驿站" in card and "每天 08:00–20:00" in card and "饮水" in card
    area = _get(address, "/api/cities/tiny/stations/c1/service-area?profile=walk")
    people = {
        f["properties"]["minutes"]: f["properties"]["people"]
        for f in area["features"]
        if f["properties"]["kind"] == "band"
    }
    told = page.eval_on_selector_all("#bands td", "all => all.map(e => e.textContent)")
    assert told == [f"{people[m]:,.0f} 人" for m in (5, 10, 15)]
    page.keyboard.press("Escape")
    assert page.is_hidden("#card") and seen.faults == []


def test_a_click_on_the_ground_explains_the_place(visit):
    page = visit("/tiny/#budget=5min").page
    _ready(page)
    # Three blocks from c1 and four from h2: 300 m and more, plus legs; 5 min are 375 m.
    page.mouse.click(*_pixel(page, 4.5, 4.5))
    page.wait_for_selector("#card .place.bad")
    card = page.inner_text("#card")
    assert "点击处到不了" in card and "最近的驿站要" in card
    page.click("#card .place .link")
    page.wait_for_selector("#bands")


def _explained(page, **place):
    """Let the server's explanation of any place say this, too."""

    def answer(route):
        told = route.fetch().json()
        told["place"] |= {"covered": False, "obstacle": None, "missing_link": None, **place}
        route.fulfill(json=told)

    page.route("**/explain", answer)


def test_the_missing_link_is_drawn_with_its_length(visit):
    line = {"type": "LineString", "coordinates": [[lon(4), lat(4)], [lon(2), lat(4)]]}
    link = {"metres": 200.4, "line": line, "seconds": 280.0, "people": 90.0, "fault": False}
    seen = visit("/tiny/#budget=5min", before=lambda p: _explained(
        p, **{"class": "severed", "barrier": "铁路", "missing_link": link}
    ))  # fmt: skip
    page = seen.page
    _ready(page)
    page.mouse.click(*_pixel(page, 4.5, 4.5))
    page.wait_for_selector(".missing-length")
    assert page.inner_text(".missing-length") == "200 米"
    assert page.locator(".leaflet-route-pane path[stroke-dasharray]").count() == 1
    card = page.inner_text("#card")
    assert "点击处到不了：被铁路阻断" in card
    assert "补一条 200 米的通道（虚线），5 分钟可到" in card  # 280 s
    assert "可让 90 人到得了" in card
    page.keyboard.press("Escape")
    assert page.locator(".missing-length").count() == 0 and seen.faults == []


def test_what_refuses_passage_is_marked_where_it_stands(visit):
    line = {"type": "LineString", "coordinates": [[lon(4.5), lat(4.5)], [lon(0), lat(2)]]}
    gate = {"kind": "gate", "lon": lon(3), "lat": lat(3), "street": "3横街", "highway": "service",
            "seconds": 130.0, "line": line}  # fmt: skip
    seen = visit("/tiny/#budget=5min&profile=ebike", before=lambda p: _explained(
        p, **{"class": "refused", "obstacle": gate}
    ))  # fmt: skip
    page = seen.page
    _ready(page)
    page.mouse.click(*_pixel(page, 4.5, 4.5))
    page.wait_for_selector(".no-passage")
    sign = page.eval_on_selector(".no-passage", FEATURES)
    x, y = _pixel(page, 3, 3)
    assert (sign["x"] + 11, sign["y"] + 11) == pytest.approx((x, y), abs=1.5)
    assert "挡在3横街的门禁；放行后 3 分钟可到" in page.inner_text("#card")  # 130 s
    assert seen.faults == []


def test_seats_count_where_the_address_asks_for_them(visit, address):
    """c1 has 20 seats for the 30 users of its 150 people: one more at (2, 2) finds none."""
    seen = visit("/tiny/#budget=5min&services=water&users_per_1000=200")
    page = seen.page
    _ready(page)
    question = "profile=walk&minutes=5&services=water&users_per_1000=200"
    study = _get(address, f"/api/cities/tiny/coverage?{question}")
    assert page.inner_text("#share") == f"{study['people']['share'] * 100:.1f}%"
    assert "每千人 200 人要座位" in page.inner_text("#panel")
    page.mouse.click(*_pixel(page, 2, 2))
    page.wait_for_selector("#card .place.bad")
    card = page.inner_text("#card")
    assert "点击处到不了：位置已满" in card
    assert "3 分钟，20 个座位分给 20 人" in card  # 160 s
    assert seen.faults == []


def test_a_place_without_a_wish_sends_no_empty_word(visit):
    """An empty list of services is an error of the interface."""
    page = visit("/tiny/").page
    _ready(page)
    with page.expect_request(lambda request: request.url.endswith("/explain")) as asked:
        page.mouse.click(*_pixel(page, 2.5, 2.5))
    body = asked.value.post_data_json
    assert body["services"] is None and body["at"] is None and "" not in body.values()
    page.wait_for_selector("#card .place")


def test_a_gap_of_the_list_is_flown_to(visit):
    page = visit("/tiny/#budget=5min").page
    _ready(page)
    centre = """async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const map = (await drawn).map;
        return [map.getZoom(), map.getCenter().lat, map.getCenter().lng];
    }"""
    before = page.evaluate(centre)
    page.focus("#worst tbody tr:first-child")
    page.keyboard.press("Enter")
    assert page.evaluate(centre) != before


def test_layers_are_switched_in_the_legend(visit):
    page = visit("/tiny/").page
    _ready(page)
    shown = """async (key) => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { map, layers } = await drawn;
        return map.hasLayer(layers[key]);
    }"""
    for key in ("circles", "ring", "gaps", "cells", "stations", "labels"):
        assert page.evaluate(shown, key), key
        page.click(f"#legend input[data-layer={key}]")
        assert not page.evaluate(shown, key), key
        page.click(f"#legend input[data-layer={key}]")
        assert page.evaluate(shown, key), key


def test_without_people_the_ground_speaks_and_says_why(visit, address):
    page = visit("/bare/").page
    _ready(page)
    assert "土地" in page.inner_text("#lead")
    assert "没有人口数据" in page.inner_text("#why-ground")
    area = _get(address, "/api/cities/bare/coverage?profile=walk&minutes=15")["area_m2"]
    assert page.inner_text("#share") == f"{area['share'] * 100:.1f}%"


def test_a_failure_is_one_sentence_and_can_be_tried_again(visit):
    def broken(page):
        page.route(
            "**/coverage?*",
            lambda route: route.fulfill(
                status=503,
                content_type="application/problem+json",
                body=json.dumps({"title": "正在重算", "remedy": "请稍后再试。"}),
            ),
        )

    page = visit("/tiny/", before=broken).page
    page.wait_for_selector("#fault:not([hidden])")
    assert page.inner_text("#fault-text") == "正在重算：请稍后再试。"
    page.unroute("**/coverage?*")
    page.click("#retry")
    page.wait_for_selector("#share small")
    assert page.is_hidden("#fault")


@pytest.mark.parametrize("path", ["/", "/tiny/", "/tiny/plan", "/tiny/find", "/tiny/present"])
def test_english_pages_speak_english_and_fit_every_screen(visit, path):
    page = visit(path, locale="en-GB").page
    assert page.get_attribute("html", "lang") == "en"
    text = page.inner_text("body")
    for name in ("小城", "西社区", "西门驿站", "只有街道", "横街", "纵路", "中文", "2横街1号"):
        text = text.replace(name, "")
    assert [word for word in text.split() if any("\u4e00" <= c <= "\u9fff" for c in word)] == []
    for width, height in ((360, 740), (390, 844), (1024, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_panel_is_a_sheet(visit):
    page = visit("/tiny/", size=PHONE).page
    _ready(page)
    top = page.eval_on_selector("#panel", FEATURES)["y"]
    assert top > PHONE["height"] / 2
    page.click("#handle")
    assert page.get_attribute("#handle", "aria-expanded") == "true"
    assert page.eval_on_selector("#panel", FEATURES)["y"] < PHONE["height"] / 2
