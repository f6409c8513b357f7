"""A meeting: a story is turned by keys or a clicker, compared, lit and played through a day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import PHONE, call
from tests.watched import Watched

WALL = {"width": 1920, "height": 1080}
#: The layers that are seen: a pane that a view does not show stays on the map, hidden.
SEEN = """() => ["cells", "gaps", "circles", "ring", "stations"].filter((name) => {
    const pane = document.querySelector(`.leaflet-${name}-pane`);
    return pane && !pane.classList.contains("off");
})"""


class Meeting:
    """The page of a meeting, and what the server tells of its story."""

    def __init__(self, seen: Watched, story: dict[str, Any]) -> None:
        self.seen, self.page, self.views = seen, seen.page, story["views"]

    def wait(self, view: int) -> None:
        """Wait until a view, counted from 1, is painted."""
        self.page.wait_for_function(f"() => document.documentElement.dataset.view === '{view}'")

    def turn(self, view: int) -> dict[str, Any]:
        """Go to a view, counted from 1, and return what is told of it."""
        self.page.keyboard.press(str(view))
        self.wait(view)
        told: dict[str, Any] = self.views[view - 1]["told"]
        return told

    def headline(self) -> str:
        """Return the title as it is read."""
        return str(self.page.inner_text("#headline").replace("\n", ""))

    def with_two_sides(self) -> int:
        """Return the number of the first view that is compared with another one."""
        return next(i for i, view in enumerate(self.views, 1) if view["data"]["before"])


@pytest.fixture
def meet(visit, address):
    """Return a function that opens the meeting of the tiny city; no page says a fault."""
    watched = []

    def opened(path: str = "/tiny/present", **options: Any) -> Meeting:
        seen = visit(path, **({"size": WALL} | options))
        watched.append(seen)
        return Meeting(seen, call(address, "/story?lang=zh"))

    yield opened
    for seen in watched:
        assert seen.faults == []


def test_keys_and_clicker_turn_the_story(meet):
    meeting = meet()
    page, views = meeting.page, meeting.views
    assert len(views) >= 4
    for number, view in enumerate(views, 1):
        told = meeting.turn(number)
        assert meeting.headline() == told["title"].replace("\n", "")
        numbers = [
            text.replace("\n", "").replace(" ", "")
            for text in page.locator("#numbers b").all_inner_texts()
        ]
        said = [f"{one['text']}{one['unit']}".replace(" ", "") for one in told["numbers"]]
        assert numbers == said
        assert page.inner_text("#text").replace("\n", "") == told["sentence_text"]
        # Without anything to draw in it a layer is still that of the view.
        assert set(page.evaluate(SEEN)) == set(view["layers"])
        assert page.locator("#dots [aria-current=true]").count() == 1
    for key, there in (
        ("PageUp", len(views) - 1),
        ("PageDown", len(views)),
        ("ArrowRight", len(views)),  # the last one stays
        ("Home", 1),
        ("ArrowLeft", 1),
        ("Space", 2),
        ("End", len(views)),
    ):
        page.keyboard.press(key)
        meeting.wait(there)
    assert page.url.endswith(f"view={len(views)}")
    page.reload()
    meeting.wait(len(views))


def test_what_is_fetched_ahead_needs_no_asking(meet):
    meeting = meet()
    count = len(meeting.views)
    meeting.page.wait_for_selector(f"html[data-prepared='{count}/{count}']")
    assert meeting.page.inner_text("#ready") == f"已就绪 {count}/{count}"
    asked = len([url for url in meeting.seen.asked if "/api/" in url])
    for number in range(count, 0, -1):
        meeting.turn(number)
    assert len([url for url in meeting.seen.asked if "/api/" in url]) == asked


def test_the_legend_keeps_its_order_and_a_number_tells_its_exact_value(meet):
    meeting = meet()
    page = meeting.page
    whole = page.locator("#legend > *").all_text_contents()
    for number in range(1, len(meeting.views) + 1):
        told = meeting.turn(number)
        assert page.locator("#legend > *").all_text_contents() == whole
        assert page.locator("#legend .scale").is_visible() == ("ramp" in told["legend"])
        first = page.locator("#numbers .figure-button").first
        first.focus()
        exact = told["numbers"][0]["exact"]
        assert page.locator("#numbers .exact").first.inner_text().startswith(f"精确 {exact}")
        assert page.locator("#numbers .exact").first.is_visible()


def test_the_divider_compares_before_and_after(meet, hindrances):
    meeting = meet()
    page = meeting.page
    number = meeting.with_two_sides()
    sides = meeting.turn(number)["sides"]
    page.keyboard.press("s")
    page.wait_for_selector("#divider", state="visible")
    assert [page.inner_text("#side-before"), page.inner_text("#side-after")] == sides
    page.focus("#divider")
    before = int(page.get_attribute("#divider", "aria-valuenow"))
    page.keyboard.press("ArrowLeft")
    assert int(page.get_attribute("#divider", "aria-valuenow")) == before - 2
    meeting.wait(number)  # an arrow on the divider turns no page
    box = page.locator("#divider").bounding_box()
    page.mouse.move(box["x"] + 2, 300)
    page.mouse.down()
    page.mouse.move(1500, 300)
    page.mouse.up()
    assert page.get_attribute("#divider", "aria-valuenow") == str(round(1500 / 1920 * 100))
    cut = """(pane) => getComputedStyle(document.querySelector(pane)).clipPath"""
    left = page.evaluate(cut, ".leaflet-before-stations-pane")
    right = page.evaluate(cut, ".leaflet-stations-pane")
    assert left != right and {left[:7], right[:7]} == {"polygon"}
    assert hindrances(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#divider", state="hidden")
    assert page.evaluate(cut, ".leaflet-stations-pane") == "none"
    assert page.url.endswith(f"view={number}")


def test_black_light_help_and_the_way_out(meet, hindrances):
    meeting = meet()
    page = meeting.page
    meeting.turn(2)
    page.keyboard.press("b")
    assert page.is_visible("#curtain")
    page.keyboard.press("ArrowRight")  # any key only brings the view back
    assert page.is_hidden("#curtain") and page.url.endswith("view=2")
    page.keyboard.press(".")
    page.click("#curtain")
    assert page.is_hidden("#curtain")
    page.keyboard.press("l")
    page.mouse.move(1200, 400)
    light = page.locator("#spotlight")
    assert light.evaluate("(one) => one.style.getPropertyValue('--x')") == "1200px"
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    assert "黑屏" in page.inner_text("#help")
    assert hindrances(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#help", state="hidden")
    page.keyboard.press("Escape")
    assert light.is_hidden()
    with page.expect_navigation(url="**/tiny/"):
        page.keyboard.press("Escape")
    page.wait_for_selector("#figure[aria-busy=false]")


def test_a_day_is_played_hour_by_hour(meet, address, hindrances):
    meeting = meet()
    page = meeting.page
    meeting.turn(2)
    page.keyboard.press("c")
    page.wait_for_selector("#hours", state="visible")
    day = call(address, "/story?lang=zh")["day"]
    week = call(address, f"/week?profile=walk&budget=15min&from={day}")
    slider = page.locator("#hours input")
    for hour in ("3", "12"):
        with page.expect_response(f"**/coverage/cells?*{day}T{int(hour):02}*"):
            slider.fill(hour)
        share = week["covered"][int(hour)] / week["people_judged"]
        assert page.inner_text("#hours .hour-share") == f"{share * 100:.1f}%"
        assert page.inner_text("#hours .hour") == f"{int(hour):02}:00"
    assert hindrances(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#hours", state="hidden")
    meeting.turn(3)
    page.keyboard.press("c")
    page.wait_for_selector("#hours", state="visible")
    page.keyboard.press("PageDown")  # the clicker turns the page and closes the clock
    meeting.wait(4)
    assert page.is_hidden("#hours")


def test_a_click_on_a_cell_tells_what_the_api_tells(meet, address):
    meeting = meet()
    page = meeting.page
    meeting.turn(2)
    code, point = page.evaluate("""async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { map, layers } = await drawn;
        for (let x = 700; x < 1400; x += 20) {
          for (let y = 100; y < 800; y += 20) {
            const code = layers.cells.codeAt(map.containerPointToLatLng([x, y]));
            if (code && !layers.stations.at(globalThis.L.point(x, y))) return [code, [x, y]];
          }
        }
        return [null, null];
    }""")
    page.mouse.click(*point)
    page.wait_for_selector("#note", state="visible")
    cell = call(address, f"/cells/{code}?profile=walk&budget=15min")["properties"]
    people = f"{cell['people']:,.0f} 位居民中 {cell['covered']:,.0f} 位到得了"
    assert people in page.inner_text("#note")
    page.keyboard.press("Escape")
    assert page.is_hidden("#note")


def test_what_does_not_come_is_asked_again(visit, address):
    story = call(address, "/story?lang=zh")
    lost = "**/layers/circles?*"
    seen = visit("/tiny/present", size=WALL, before=lambda page: page.route(lost, _refuse))
    meeting = Meeting(seen, story)
    page = meeting.page
    page.keyboard.press("2")
    page.wait_for_selector("#fault", state="visible")
    assert meeting.headline() == story["views"][1]["told"]["title"].replace("\n", "")
    assert "cells" not in page.evaluate(SEEN)  # nothing of another view stays and lies
    page.unroute(lost)
    # The machine slept, and wakes.
    page.evaluate("""() => {
        window.dispatchEvent(new Event("online"));
    }""")
    meeting.wait(2)
    assert page.is_hidden("#fault")
    count = len(story["views"])
    page.wait_for_selector(f"html[data-prepared='{count}/{count}']")


def test_without_a_story_it_is_said_and_tried_again(visit):
    asked = "**/story?*"
    seen = visit("/tiny/present", size=WALL, before=lambda page: page.route(asked, _refuse))
    page = seen.page
    page.wait_for_selector("#fault", state="visible")
    assert page.inner_text("#headline") == "故事没有取到"
    assert page.locator("#story .skeleton").count() == 0 and page.is_disabled("#next")
    page.unroute(asked)
    page.click("#retry")
    page.wait_for_selector("#numbers b")
    assert page.is_hidden("#fault") and page.is_enabled("#next")


def test_a_story_that_is_gone_gives_way_to_the_default_one(visit):
    seen = visit("/tiny/present#story=gone&view=2", size=WALL)
    page = seen.page
    page.wait_for_selector("#fault", state="visible")
    page.click("#usual-story")
    page.wait_for_selector("#numbers b")
    assert page.is_hidden("#fault") and "story=" not in page.url


def test_without_network_the_meeting_goes_on(meet):
    meeting = meet()
    page, count = meeting.page, len(meeting.views)
    page.wait_for_selector(f"html[data-prepared='{count}/{count}']")
    page.context.set_offline(True)
    asked = [url for url in meeting.seen.asked if "favicon" not in url]
    for number in range(count, 0, -1):
        meeting.turn(number)
    page.keyboard.press("c")
    page.wait_for_selector("#hours", state="visible")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")  # would leave the page, which nobody could open again
    page.wait_for_function("() => document.querySelector('#hint').textContent.includes('没有网络')")
    assert page.is_visible("#numbers b >> nth=0")
    assert [url for url in meeting.seen.asked if "favicon" not in url] == asked
    page.context.set_offline(False)


def test_no_line_of_a_title_breaks_within_a_word(meet):
    meeting = meet()
    for number in range(1, len(meeting.views) + 1):
        meeting.turn(number)
        torn = """() => [...document.querySelectorAll("#headline .unbroken")]
            .filter((word) => word.getClientRects().length > 1).length"""
        assert meeting.page.evaluate(torn) == 0
        assert meeting.page.locator("#headline .unbroken").count()


def _refuse(route: Any) -> None:
    route.abort()


def test_on_a_phone_buttons_and_a_finger_turn_the_pages(meet):
    meeting = meet(size=PHONE)
    page = meeting.page
    page.click("#next")
    meeting.wait(2)
    page.evaluate("""() => {
        const at = (type, clientX) => document.querySelector("#story").dispatchEvent(
          new PointerEvent(type, { pointerType: "touch", clientX, clientY: 100, bubbles: true }));
        at("pointerdown", 300);
        at("pointerup", 120);
    }""")
    meeting.wait(3)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    words = page.locator("#story").bounding_box()
    legend = page.locator("#legend").bounding_box()
    pager = page.locator("#pager").bounding_box()
    assert words["y"] + words["height"] <= legend["y"]
    assert legend["y"] + legend["height"] <= pager["y"]


def test_a_city_of_streets_alone_tells_its_story_too(visit):
    seen = visit("/bare/present", size=WALL)
    page = seen.page
    page.wait_for_selector("#numbers b")
    page.keyboard.press("End")
    page.wait_for_function("() => document.documentElement.dataset.view > 1")
    assert page.inner_text("#headline").strip()
    assert seen.faults == []
