"""What a phone on a slow network must load before the rider's first list; counts, no clock.

How long it takes on a slow phone is measured by ``make bench ARGS=rider``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.journeys.conftest import PHONE
from tests.webmap.tinycity import lat, lon

MOST_BYTES, MOST_REQUESTS = 300_000, 40
#: More of it is felt as jumping about (a share of the screen times a share of the way).
MOST_SHIFT = 0.05
LIST = "#answers[data-state=list][aria-busy=false]"
OF_THE_MAP = re.compile(r"leaflet|protomaps|pmtiles|/tiles|/draw/(?!bridge)")
SHIFTS = """() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
}"""


@dataclass
class Traffic:
    """Hold what a page has asked for, in order, and how many bytes of it have come."""

    urls: list[str] = field(default_factory=list)
    size: dict[str, int] = field(default_factory=dict)

    def watch(self, page: Any) -> None:
        """Listen to a page from before its first request."""
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on("Network.requestWillBeSent", lambda e: self.urls.append(e["request"]["url"]))
        client.on("Network.dataReceived", lambda e: self._add(e, e["encodedDataLength"]))

    def _add(self, event: dict[str, Any], size: int) -> None:
        name = event["requestId"]
        self.size[name] = self.size.get(name, 0) + size


@pytest.fixture
def first_visit(window: Callable[..., Any], address: str) -> Callable[[str], tuple[Any, Traffic]]:
    """Return a function that opens the page where nobody has been, and stops before the map."""

    def opened(locale: str) -> tuple[Any, Traffic]:
        page, traffic = (
            window(
                viewport=PHONE,
                locale=locale,
                is_mobile=True,
                has_touch=True,
                geolocation={"latitude": lat(2), "longitude": lon(1)},
                permissions=["geolocation"],
            ),
            Traffic(),
        )
        page.add_init_script(f"({SHIFTS})()")
        page.route("**/find/map.js", lambda route: route.abort())
        traffic.watch(page)
        page.goto(f"{address}/tiny/find")
        page.wait_for_selector(LIST)
        return page, traffic

    return opened


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_little_is_loaded_before_the_list(first_visit, locale):
    _, traffic = first_visit(locale)
    before = [url for url in traffic.urls if not url.endswith("/find/map.js")]
    assert any(url.endswith("/nearest") for url in before)
    assert [url for url in before if OF_THE_MAP.search(url)] == []
    assert len(before) <= MOST_REQUESTS
    assert 10_000 < sum(traffic.size.values()) < MOST_BYTES


def test_the_page_itself_names_every_script_of_the_list(first_visit):
    """A slow network brings them all at once: no script is waited for that names the next one."""
    page, traffic = first_visit("zh-CN")
    asked = traffic.urls[: next(k for k, url in enumerate(traffic.urls) if "/nearest" in url)]
    named = page.evaluate(
        "() => [...document.querySelectorAll('head link[href], script[src]')]"
        ".map((one) => one.href || one.src)"
    )
    assert [url for url in asked if "/static/js/" in url and url not in named] == []


def test_nothing_jumps_before_or_after_the_list(first_visit):
    page, _ = first_visit("zh-CN")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("window.shift") <= MOST_SHIFT
