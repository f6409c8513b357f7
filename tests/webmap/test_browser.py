"""Pages in a real browser: nothing is blocked, nothing fails, nobody else is asked."""

from __future__ import annotations

import pytest

from tests.watched import Watched


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "a[href='/tiny/']"),
        ("/tiny/", ".leaflet-container"),
        ("/tiny/plan", ".leaflet-container"),
        ("/tiny/find", ".leaflet-container"),
        ("/tiny/present", ".leaflet-container"),
        ("/bare/", ".leaflet-container"),
        ("/api/docs", ".opblock-summary-path"),
    ],
)
def test_a_page_is_complete_by_itself(window, address, path, shown):
    page = window(viewport={"width": 1280, "height": 800})
    seen = Watched(page)
    page.on(
        "response",
        lambda answer: seen.faults.append(answer.url) if answer.status >= 400 else None,
    )
    page.goto(address + path, wait_until="networkidle")
    page.wait_for_selector(shown)
    assert seen.faults == []
    outside = [url for url in seen.asked if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
