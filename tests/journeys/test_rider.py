"""The rider asks: where am I, which stations are near, in how many minutes, which way."""

from __future__ import annotations

import json
import math
import urllib.request

from tests.journeys.conftest import PHONE
from tests.webmap.tinycity import HOSTILE, lat, lon

HERE = {"latitude": lat(2), "longitude": lon(1)}


def _nearest(address, profile):
    body = json.dumps({"lon": lon(1), "lat": lat(2), "profile": profile, "k": 3}).encode()
    request = urllib.request.Request(
        address + "/api/cities/tiny/nearest", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["stations"]


def _minutes(page):
    return [int(text) for text in page.locator(".answer .time b").all_inner_texts()]


def test_locating_lists_the_nearest_stations_in_minutes(visit, address):
    seen = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"])
    page = seen.page
    assert page.is_visible(".empty")
    page.click(".empty .button")
    page.wait_for_selector(".answer[aria-current=true]")
    expected = _nearest(address, "ebike")
    assert page.locator(".answer h2").all_inner_texts() == [s["name"] for s in expected]
    assert _minutes(page) == [max(1, math.ceil(s["seconds"] / 60)) for s in expected]
    assert "每天 08:00–20:00" in page.inner_text(".answer:first-child")
    assert "开放时间未核实" in page.inner_text(".answer:last-child")
    assert seen.faults == []


def test_the_position_stays_out_of_every_address(visit):
    seen = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"])
    seen.page.click("#locate")
    seen.page.wait_for_selector(".answer[aria-current=true]")
    for url in [*seen.asked, seen.page.url]:
        assert str(HERE["latitude"])[:6] not in url and str(HERE["longitude"])[:7] not in url
    assert seen.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_walking_takes_longer_than_riding(visit, address):
    page = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"]).page
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    riding = _minutes(page)
    with page.expect_response("**/nearest"):
        page.click("#profiles button:first-child")
    page.wait_for_selector(".answer[aria-current=true]")
    walking = _minutes(page)
    assert walking == [max(1, math.ceil(s["seconds"] / 60)) for s in _nearest(address, "walk")]
    assert sum(walking) > sum(riding)


def test_a_tap_on_the_map_works_without_location(visit):
    page = visit("/tiny/find", size=PHONE).page
    page.touchscreen.tap(120, 170)
    page.wait_for_selector(".answer[aria-current=true], .fault")
    assert page.inner_text("#where-text") == "地图上选的位置"


def test_another_answer_draws_another_way(visit):
    page = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"]).page
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    way = """() => [...document.querySelectorAll(".leaflet-route-pane path")].at(-1)
        .getAttribute("d")"""
    first = page.evaluate(way)
    page.click(".answer:nth-child(2) > button")
    assert page.get_attribute(".answer:nth-child(2)", "aria-current") == "true"
    assert page.evaluate(way) != first


def test_a_refused_location_says_what_to_do(visit):
    page = visit("/tiny/find", size=PHONE).page
    page.click("#locate")
    page.wait_for_selector("#where.bad")
    assert "点地图" in page.inner_text("#where-text")


def test_a_place_outside_is_told_in_words(visit):
    outside = {"latitude": 30.5, "longitude": 107.5}
    page = visit("/tiny/find", size=PHONE, geolocation=outside, permissions=["geolocation"]).page
    page.click("#locate")
    page.wait_for_selector("#where.bad")
    assert "不在" in page.inner_text("#where-text")


def test_everything_to_touch_is_large_enough(visit):
    page = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"]).page
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    small = page.evaluate("""() => [...document.querySelectorAll("button:not(.handle)")]
        .filter((e) => e.checkVisibility())
        .map((e) => [e.getAttribute("aria-label") ?? e.textContent, e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44)
        .map(([name]) => name)""")
    assert small == []


def test_hostile_names_are_only_text(visit):
    seen = visit("/tiny/find", size=PHONE, geolocation=HERE, permissions=["geolocation"])
    page = seen.page
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    assert HOSTILE in page.locator(".answer h2").all_inner_texts()
    assert page.locator("img[src=x]").count() == 0
    for path in ("/tiny/", "/tiny/plan", "/tiny/present", "/"):
        other = visit(path)
        assert other.page.locator("img[src=x]").count() == 0
        assert other.faults == []
    assert seen.faults == []
