"""The rider types a name, in whatever way, and goes on from the place that was meant."""

from __future__ import annotations

import json

from tests.journeys.conftest import PHONE
from tests.webmap.tinycity import HOSTILE, lat, lon

BOX, LIST = "#search-text", "#search-list"
OPEN = "() => !document.querySelector('#search-list').hidden"
NOTED = "() => !document.querySelector('.search-note').hidden"


def _names(page):
    return page.locator(f"{LIST} .search-name").all_inner_texts()


def _type(page, text):
    with page.expect_response("**/search"):
        page.fill(BOX, text)


def test_a_station_is_found_by_its_initials_and_shown(visit):
    """西门驿站 (c1) by xmyz; the list is a listbox that the keyboard walks through."""
    seen = visit("/tiny/find", size=PHONE)
    page = seen.page
    page.focus(BOX)
    with page.expect_response("**/search"):
        page.keyboard.type("xmyz")
    page.wait_for_function(OPEN)
    assert _names(page) == ["西门驿站"]
    assert page.get_attribute(BOX, "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = page.get_attribute(BOX, "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert page.locator(f"{LIST} [role=group] [role=option]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector(LIST, state="hidden")
    assert page.input_value(BOX) == "西门驿站"
    assert page.get_attribute(BOX, "aria-expanded") == "false"
    page.wait_for_function("() => document.body.innerText.includes('2横街1号')")
    assert seen.faults == []


def test_a_street_is_where_the_rider_stands_then(visit):
    """2横街 runs east at row 2 from column 0 to 5 and is found in its middle; stations follow."""
    page = visit("/tiny/find", size=PHONE).page
    _type(page, "2hengj")
    page.wait_for_function(OPEN)
    with page.expect_request("**/nearest") as asked:
        page.click(f"{LIST} .search-option:has-text('2横街') >> nth=0")
    body = json.loads(asked.value.post_data)
    assert abs(body["lat"] - lat(2)) < 2e-5
    assert lon(0) - 2e-5 <= body["lon"] <= lon(5) + 2e-5
    page.wait_for_selector("#answers .answer")


def test_an_input_method_is_left_in_peace(visit):
    """While a Chinese input method composes, nothing is asked, and Enter is its own."""
    seen = visit("/tiny/find", size=PHONE)
    page = seen.page
    page.focus(BOX)
    page.evaluate(
        """(box) => {
          const field = document.querySelector(box);
          field.dispatchEvent(new CompositionEvent("compositionstart"));
          field.value = "xi'men";
          field.dispatchEvent(new InputEvent("input", { isComposing: true }));
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true }));
        }""",
        BOX,
    )
    asked_meanwhile = [url for url in seen.asked if url.endswith("/search")]
    with page.expect_response("**/search") as answer:
        page.evaluate(
            """(box) => {
              const field = document.querySelector(box);
              field.value = "西门";
              field.dispatchEvent(new CompositionEvent("compositionend"));
            }""",
            BOX,
        )
    assert asked_meanwhile == []
    assert json.loads(answer.value.request.post_data)["text"] == "西门"


def test_nothing_found_is_said_and_escape_leads_back(visit):
    page = visit("/tiny/find", size=PHONE).page
    _type(page, "qqqq")
    page.wait_for_function(NOTED)
    assert page.inner_text(".search-note") == "没有找到「qqqq」"
    page.press(BOX, "Escape")
    assert page.input_value(BOX) == ""
    _type(page, "xi")
    page.wait_for_function(OPEN)
    page.press(BOX, "Escape")
    page.wait_for_selector(LIST, state="hidden")
    assert page.input_value(BOX) == "xi"
    page.click(".search-clear")
    assert page.input_value(BOX) == "" and page.locator(LIST).is_hidden()


def test_what_was_typed_is_in_no_address_and_not_kept(visit):
    seen = visit("/tiny/find", size=PHONE)
    page = seen.page
    _type(page, "ximen")
    page.wait_for_function(OPEN)
    page.press(BOX, "Enter")
    assert [url for url in [*seen.asked, page.url] if "ximen" in url] == []
    kept = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "ximen" not in kept and "西门" not in kept


def test_a_hostile_name_is_only_text_and_everything_can_be_touched(visit):
    seen = visit("/tiny/find", size=PHONE, locale="en-GB")
    page = seen.page
    _type(page, "onerror")
    page.wait_for_function(OPEN)
    assert set(_names(page)) == {HOSTILE}
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             "#search input, #search button, #search [role=option]")]
           .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)
           .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []
    assert page.get_attribute(BOX, "placeholder").isascii()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert seen.faults == []
