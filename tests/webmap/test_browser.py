"""Pages in a real browser: nothing is blocked, nothing fails, nobody else is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(app: APIFlask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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
