"""Pages in a real browser: nothing is blocked, nothing fails, nobody else is asked."""

from __future__ import annotations

import pytest


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
def test_a_page_is_complete_by_itself(browser, address, path, shown):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response",
        lambda answer: faults.append(answer.url) if answer.status >= 400 else None,
    )
    page.goto(address + path, wait_until="networkidle")
    page.wait_for_selector(shown)
    page.close()
    assert faults == []
    outside = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
