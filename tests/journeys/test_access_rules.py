"""Nobody is shut out: every page is checked for names, roles and contrast, in all its states."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.webmap.tinycity import lat, lon

RIDER = {
    "size": PHONE,
    "geolocation": {"latitude": lat(2), "longitude": lon(1)},
    "permissions": ["geolocation"],
}
#: A Friday at ten, when the station at the west edge is open.
AT = "#at=2026-11-20T10:00"
LIST = "#answers[data-state=list][aria-busy=false]"


#: So high that the whole page is seen at once.
TALL = {"width": 390, "height": 2600}


def test_what_shuts_somebody_out_is_found(visit, hindrances):
    page = visit("/tiny/find", size=PHONE).page
    page.evaluate("""() => document.getElementById("sheet-body").insertAdjacentHTML("afterbegin",
        "<p style='color: #888'>pale<img src='/static/favicon.svg'><button></button></p>")""")
    rules = {line.partition(":")[0] for line in hindrances(page)}
    assert rules == {"color-contrast", "image-alt", "button-name"}


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_list_and_a_chosen_answer(visit, hindrances, locale):
    page = visit("/tiny/find" + AT, locale=locale, **RIDER).page
    page.wait_for_selector(LIST)
    assert hindrances(page, all_told=True) == []
    page.set_viewport_size(TALL)
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .week")
    page.wait_for_selector(".answer:nth-child(1) .way li")
    assert hindrances(page, all_told=True) == []


def test_at_night_with_all_filters(visit, hindrances):
    page = visit("/tiny/find" + AT, **RIDER).page
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-night]")
    page.wait_for_selector(LIST)
    page.set_viewport_size(TALL)
    page.click("#filters-all")
    page.wait_for_selector("#filters-all[aria-expanded=true]")
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .week")
    assert hindrances(page, all_told=True) == []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def test_while_somebody_searches(visit, hindrances):
    page = visit("/tiny/find" + AT, **RIDER).page
    page.wait_for_selector(LIST)
    page.fill("#search input", "路")
    page.wait_for_selector("#search [role=option]")
    assert hindrances(page) == []


def test_with_nothing_asked_and_with_nothing_that_fits(visit, hindrances):
    page = visit("/tiny/find", size=PHONE).page
    page.wait_for_selector(".empty")
    page.click(".empty .button")
    page.wait_for_selector("#notice-where:not([hidden])")
    assert hindrances(page, all_told=True) == []
    page = visit("/tiny/find" + AT + "&services=hot_meal", **RIDER).page
    page.wait_for_selector("#answers[data-state=fault]")
    assert hindrances(page, all_told=True) == []


def test_without_network(visit, hindrances):
    page = visit("/tiny/find" + AT, **RIDER).page
    page.wait_for_selector("#offline:not([hidden])")
    page.context.set_offline(True)
    page.click("[data-profile=walk]")
    page.wait_for_selector("#answers[data-state=fault], #notice-offline:not([hidden])")
    assert hindrances(page, all_told=True) == []


@pytest.mark.parametrize("path", ["/", "/tiny/", "/tiny/plan", "/tiny/present", "/bare/find"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page(visit, hindrances, path, size):
    assert hindrances(visit(path, size=size).page) == []
