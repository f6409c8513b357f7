"""The rider's page where things are not as they should be: the position, the city, its stations."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys import odd_cities
from tests.journeys.conftest import PHONE
from tests.journeys.odd_cities import LONG, NORTH, RIVER
from tests.served import public_over, serving
from tests.watched import Watched
from tests.webmap.tinycity import BLOCKS, HOSTILE, lat, lon

AT = "2026-11-20T12:00"
LIST = "#answers[data-state=list][aria-busy=false]"
IN_A_STREET = (1, 2)
#: Not in any street's reach; of ``wide`` the station is at crossing (0, 2), streets 100 m apart.
PLACES = [
    # 23 blocks north of the station and 2.5 east of it.
    ("water", 2.5, sum(RIVER) / 2, "在水里", "2.3 公里直线"),
    # 4 blocks from the nearest street, 7 north of the station.
    ("no_street", 0, BLOCKS + 4, "250 米内没有能走的街道", "700 米直线"),
    # 5 km from the nearest street, 55.5 blocks north of the station, within the city's area.
    ("outside", 2.5, (BLOCKS + NORTH) / 2, "街道数据之外", "5.6 公里直线"),
    # 62 blocks south of the station.
    ("outside", 0, -60, "街道数据之外", "6.2 公里直线"),
    # In a street of the northern quarter, from which none leads to the station.
    ("unreachable", 2, NORTH + 2, "到不了任何驿站", "11.0 公里直线"),
]
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the odd cities instead of the tiny ones."""
    from geo import build

    with public_over(tmp_path_factory.mktemp("home")) as app, serving(app) as found:
        for request in odd_cities.requests(tmp_path_factory.mktemp("files")):
            build.create(request)
        app.extensions["yizhan"].refresh()
        yield found


@pytest.fixture
def stand(visit: Callable[..., Watched]) -> Callable[..., Watched]:
    """Return a function that opens a city's page where the phone may be located, at a crossing."""

    def opened(slug: str, place: tuple[float, float] = IN_A_STREET) -> Watched:
        column, row = place
        seen = visit(
            f"/{slug}/find#at={AT}",
            size=PHONE,
            geolocation={"latitude": lat(row), "longitude": lon(column)},
            permissions=["geolocation"],
        )
        seen.page.wait_for_selector("#answers[data-state=list], #answers[data-state=fault]")
        return seen

    return opened


def states(page: Any) -> list[str]:
    return [text.partition(" · ")[0] for text in page.locator(".answer-state").all_inner_texts()]


def names(page: Any) -> list[str]:
    return page.locator(".answer-name").all_inner_texts()


@pytest.mark.parametrize(("reason", "column", "row", "words", "far"), PLACES)
def test_where_no_street_leads_anywhere_the_nearest_by_air_are_named_as_such(
    stand, address, reason, column, row, words, far
):
    seen = stand("wide", (column, row))
    page = seen.page
    told = page.inner_text("#notice-reason")
    assert words in told and "直线" in told and "不是路程" in told
    assert page.inner_text(".answer .far").split() == far.split()
    body = {"lon": lon(column), "lat": lat(row), "profile": "ebike", "at": AT}
    answer = page.request.post(f"{address}/api/cities/wide/nearest", data=body).json()
    assert (answer["by"], answer["reason"], answer["at"]) == ("air", reason, AT)
    assert [(one["by"], one["seconds"]) for one in answer["stations"]] == [("air", None)]
    blocks = math.hypot(column, row - 2)
    assert answer["stations"][0]["metres"] == pytest.approx(100 * blocks, rel=2e-3)
    page.click(".answer .answer-main")
    page.wait_for_selector(".answer .week")
    assert page.locator(".answer .way li").count() == 0  # no steps of a way that is none
    assert seen.faults == []


def test_where_locating_is_refused_a_name_leads_to_the_list(visit):
    seen = visit(f"/wide/find#at={AT}", size=PHONE)
    page = seen.page
    page.click("#locate")
    page.wait_for_selector("#notice-where:not([hidden])")
    assert "没有定位权限" in page.inner_text("#notice-where")
    page.fill("#search input", "nanzhan")
    page.click("#search [role=option]:has-text('南站')")
    page.wait_for_selector(".answer[data-id=s1] .facts")
    assert seen.faults == []


def test_where_all_are_closed_the_one_that_opens_first_leads(stand):
    seen = stand("shut")
    page = seen.page
    assert names(page) == ["早市驿站", "旧驿站"]
    assert states(page) == ["到达时已关门，明早 08:00 开", "到达时关门，两周内不开"]
    page.click("[data-filter=open_only]")
    page.wait_for_selector("#answers[data-state=fault]")
    assert "现在开着" in page.inner_text("#answers")
    page.click("#answers .fault button")
    page.wait_for_selector(LIST)
    assert names(page) == ["早市驿站", "旧驿站"] and seen.faults == []


def test_where_no_hours_are_known_it_is_said_of_each(stand):
    page = stand("mute").page
    assert states(page) == ["开放时间未核实"] * 3
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .facts")
    assert "未核实" in page.inner_text(".answer:nth-child(1) .answer-more")


def test_a_city_without_stations_says_so(stand):
    seen = stand("none")
    assert "还没有开放的驿站" in seen.page.inner_text("#answers")
    assert seen.faults == []


def test_names_that_attack_a_page_are_only_text_and_fit(stand):
    seen = stand("mute")
    page = seen.page
    assert {HOSTILE, LONG, "站名 <b>"} == set(names(page))  # what turns letters around is gone
    for number in (1, 2, 3):
        page.click(f".answer:nth-child({number}) .answer-main")
        page.wait_for_selector(f".answer:nth-child({number}) .facts")
        assert page.evaluate(OVERFLOW) <= 0
        links = page.locator(".answer-more a").evaluate_all("all => all.map((a) => a.href)")
        assert [link for link in links if not re.match(r"https?://|tel:[\d+]|\w+://", link)] == []
    assert page.locator("img[src=x]").count() == 0
    assert seen.faults == []
