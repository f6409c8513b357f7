"""The leader turns the pages of the meeting's view: one sentence and two numbers each."""

from __future__ import annotations

import json
import urllib.request

import pytest

from tests.journeys.conftest import PHONE


def _told(page):
    numbers = page.locator("#numbers b").all_inner_texts()
    return page.inner_text("#headline").replace("\n", ""), numbers


@pytest.fixture
def page(visit):
    seen = visit("/tiny/present")
    seen.page.wait_for_selector("#numbers b.figure, #numbers b.circle")
    yield seen.page
    assert seen.faults == []


def _layers(page):
    return page.evaluate("""async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const { map, layers } = await drawn;
        return Object.keys(layers).filter((key) => map.hasLayer(layers[key]));
    }""")


def test_arrow_keys_turn_the_pages(page):
    seen = [_told(page)]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        seen.append(_told(page))
    assert len({headline for headline, _ in seen}) == 4
    assert all(len(numbers) == 2 for _, numbers in seen)
    page.keyboard.press("ArrowRight")  # the last page stays
    assert _told(page) == seen[-1]
    page.keyboard.press("Home")
    assert _told(page) == seen[0]


def test_a_page_shows_its_own_layers(page):
    assert not {"cells", "circles", "ring", "gaps"} & set(_layers(page))
    page.keyboard.press("3")
    assert {"circles", "ring"} <= set(_layers(page)) and "gaps" not in _layers(page)
    page.keyboard.press("4")
    assert "gaps" in _layers(page) and "ring" not in _layers(page)


def test_ring_and_streets_are_the_study_s(page, address):
    page.keyboard.press("3")
    url = address + "/api/cities/tiny/coverage?profile=walk&minutes=15"
    with urllib.request.urlopen(url) as answer:
        study = json.load(answer)
    shares = [study["ring"]["people"]["share"], study["people"]["share"]]
    assert _told(page)[1] == [f"{share * 100:.1f}%" for share in shares]


def test_the_page_is_kept_in_the_address(visit):
    page = visit("/tiny/present#view=4").page
    page.wait_for_selector("#numbers b.gap")
    assert page.locator("#dots [aria-current=true]").count() == 1
    page.keyboard.press("ArrowLeft")
    assert page.url.endswith("view=3")


def test_escape_leads_back_to_the_map(page):
    with page.expect_navigation(url="**/tiny/"):
        page.keyboard.press("Escape")
    page.wait_for_selector("#figure[aria-busy=false]")


def test_without_keys_there_are_buttons(visit):
    page = visit("/tiny/present", size=PHONE).page
    page.wait_for_selector("#numbers b.circle")
    before = _told(page)
    page.click("#next")
    assert _told(page) != before
