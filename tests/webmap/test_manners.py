"""How pages behave in a real browser: nothing is covered or stale, the keyboard reaches all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.webmap import tinycity

#: No panel is still sliding to its place.
STILL = """() => document.getAnimations().every(
  one => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
CREDITS = ".leaflet-control-attribution, .leaflet-control-scale-line"
CARD = "#card:not([hidden])"


@pytest.fixture
def visit(screen: Callable[..., Any], address: str) -> Callable[..., Any]:
    """Return a function that opens a path and waits until it is ready; answers may be changed."""

    def go(
        path: str,
        width: int = 1280,
        height: int = 800,
        lang: str = "en-GB",
        changed: tuple[str, Callable[[Any], None]] | None = None,
    ) -> Any:
        size = {"width": width, "height": height}
        page = screen(viewport=size, locale=lang, reduced_motion="reduce")
        if changed:
            page.route(*changed)
        page.goto(address + path, wait_until="networkidle" if changed else "load")
        page.wait_for_selector("html[data-ready], .city-list", state="attached")
        return page

    return go


# What covers the middle of the left and right end of each visible piece of `selector`.
COVERED = """selector => [...document.querySelectorAll(selector)].flatMap(piece => {
  const box = piece.getBoundingClientRect();
  const y = box.top + box.height / 2;
  return [box.left + 2, box.right - 2].map(x => document.elementFromPoint(x, y))
    .filter(top => top && !piece.contains(top) && !top.contains(piece))
    .map(top => top.outerHTML.slice(0, 80));
})"""
OUTSIDE = """([box, pieces]) => {
  const room = document.querySelector(box)?.getBoundingClientRect();
  return [...document.querySelectorAll(pieces)].map(piece => piece.getBoundingClientRect())
    .filter(piece => piece.width && (piece.right > room.right - 4 || piece.left < room.left + 4))
    .map(piece => [piece.left - room.left, room.right - piece.right]);
}"""


@pytest.mark.parametrize("path", ["/tiny/", "/tiny/plan", "/tiny/find", "/tiny/present"])
def test_source_scale_and_legend_are_in_full_sight(visit, path):
    page = visit(path, 1920, 1080)
    page.wait_for_selector(CREDITS)
    found = {}
    for width, height in ((1920, 1080), (1366, 768), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(STILL)
        legend = page.evaluate(OUTSIDE, ["#legend", "#legend input, #legend .sign > *"])
        found[width] = {
            "covered": page.evaluate(COVERED, CREDITS),
            "outside the legend": legend if page.locator("#legend").is_visible() else [],
            "too wide": max(0, page.evaluate("document.documentElement.scrollWidth - innerWidth")),
        }
    whole = {"covered": [], "outside the legend": [], "too wide": 0}
    assert found == dict.fromkeys(found, whole)


@pytest.mark.parametrize("path", ["/", "/tiny/", "/tiny/find", "/tiny/present"])
def test_a_long_name_does_not_widen_the_page(visit, path):
    page = visit(path, 390, 844)
    page.evaluate(
        """() => document.querySelectorAll("h1 span, h2, .card .line, .steps li")
           .forEach(piece => { piece.textContent = "Llanfair".repeat(8); })"""
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_open_card_follows_the_budget(visit):
    page = visit("/tiny/")
    posts: list[Any] = []

    def listen(request: Any) -> None:
        posts.extend([request] if request.method == "POST" else [])

    page.on("request", listen)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#map_00, .folium-map").first.click(position={"x": 800, "y": 400})
    page.wait_for_selector(CARD)
    # The state "networkidle" was reached when the page was loaded, so it waits for nothing here.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#budgets button").first.click()
    page.remove_listener("request", listen)
    asked = [json.loads(request.post_data) for request in posts]
    assert [question["budget"] for question in asked] == ["15min", "5min"]
    assert asked[0]["lon"] == asked[1]["lon"]


def test_the_address_names_the_station_whose_card_is_open(visit):
    page = visit("/tiny/#station=c1", lang="zh-CN")
    page.wait_for_selector(f"{CARD} h2:text('西门驿站')")
    page.evaluate("location.hash = '#station=h2'")
    page.wait_for_selector("#card h2:text('onerror')")
    page.go_back()
    page.wait_for_selector("#card h2:text-is('西门驿站')")
    page.evaluate("location.hash = ''")
    page.wait_for_selector("#card", state="hidden")
    page.evaluate("location.hash = '#station=gone'")
    page.wait_for_function("() => location.hash === ''")


def test_enter_chooses_the_middle_of_the_map(visit):
    page = visit("/tiny/find")
    page.wait_for_selector("body[data-map]")
    page.locator(".folium-map").focus()
    with page.expect_response("**/nearest") as answer:
        page.keyboard.press("Enter")
    asked = json.loads(answer.value.request.post_data)
    assert tinycity.lon(-3) < asked["lon"] < tinycity.lon(8)
    page.wait_for_selector("#answers .answer[data-id]")


def test_a_rider_who_walks_keeps_walking_in_the_other_language(visit):
    page = visit("/tiny/find", lang="zh-CN")
    assert page.locator("#profiles [aria-pressed=true]").inner_text() == "电动车"
    page.click("#profiles [data-profile=walk]")
    with page.expect_navigation(wait_until="networkidle"):
        page.locator("[data-language]").first.click()
    assert page.locator("#profiles [aria-pressed=true]").inner_text() == "Walking"


def test_every_switch_is_named_by_what_it_shows(visit):
    page = visit("/tiny/")
    names = page.evaluate(
        """() => [...document.querySelectorAll(".switch button")].map(
             button => [button.innerText.trim(), button.getAttribute("aria-label") ?? ""])"""
    )
    assert names
    assert [pair for pair in names if pair[0] not in pair[1]] == []


def test_what_cannot_be_judged_is_not_said_to_be_empty(visit):
    def beyond(route: Any) -> None:
        body = route.fetch().json()
        first = {"share": None, "class": None, "null_reason": "outside", "reason": "outside"}
        for name, value in (first | {"people": 500.0, "covered": 0.0}).items():
            body[name][0] = value
        route.fulfill(json=body)

    page = visit("/tiny/plan", changed=("**/coverage/cells?*", beyond))
    row = page.locator("#table tr[data-place]", has_text="500")
    words = [cell.inner_text() for cell in row.locator("td:visible").all()]
    assert "cannot be judged" in words
    assert words.count("–") == 1  # nobody of them is said to be uncovered
    assert "no residents" not in words


def test_the_difference_is_that_of_the_shown_figures(visit):
    def shares(route: Any) -> None:
        body = route.fetch().json()
        body["people"]["share"], body["ring"]["people"]["share"] = 0.6434, 0.8988
        route.fulfill(json=body)

    page = visit("/tiny/", changed=("**/coverage?*", shares))
    assert page.locator("#share").inner_text() == "64.3%"
    words = page.locator("#ring-note").inner_text()
    assert words.startswith("The straight ring says 89.9 %: 25.6 ")


SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("path", ["/tiny/", "/tiny/plan", "/tiny/find", "/tiny/present"])
def test_nothing_jumps_while_a_page_loads(window, address, path):
    page = window(viewport={"width": 1600, "height": 900}, locale="en-GB")  # knows no script yet
    page.add_init_script(SHIFTS)
    page.goto(address + path, wait_until="networkidle")
    assert page.evaluate("window.shifted") < 0.05  # 0.1 is what counts as good


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_the_panel_keeps_its_place_for_every_question(visit, size):
    page = visit("/tiny/", *size)
    tops = set()
    for name in ("profiles", "budgets"):
        for button in page.locator(f"#{name} button").all():
            button.click()
            page.wait_for_selector("#busy:not(.on)", state="attached")
            tops.add(page.locator("#bar").bounding_box()["y"])
    assert len(tops) == 1
