"""What holds for every answer: validators, compression, safety headers, language, no outsiders."""

from __future__ import annotations

import hashlib
import re
import sys
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import folium
import pytest

from tests.webmap import tinycity

PAGES = ("/", "/tiny/", "/tiny/plan", "/tiny/find", "/tiny/present", "/bare/")
CACHED = (
    "/api/cities",
    "/api/cities/tiny",
    "/api/cities/tiny/stations",
    "/api/cities/tiny/stations/c1",
    "/api/cities/tiny/stations/c1/service-area",
    "/api/cities/tiny/cells",
    "/api/cities/tiny/cells/01",
    "/api/cities/tiny/coverage",
    "/api/cities/tiny/coverage/cells",
    "/api/cities/tiny/layers/circles",
    "/api/cities/tiny/layers/ring",
    "/api/cities/tiny/layers/gaps",
)
HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """Collect what a page loads and the scripts that stand in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.handlers: list[str] = []
        self._open: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.handlers += [name for name in known if name.startswith("on")]
        self.addresses += [known[name] or "" for name in ("src", "href") if name in known]
        if tag == "script":
            self._open = known
            self.scripts.append((known, ""))

    def handle_data(self, data):
        if self._open is not None:
            self.scripts[-1] = (self._open, self.scripts[-1][1] + data)

    def handle_endtag(self, tag):
        if tag == "script":
            self._open = None


@pytest.mark.parametrize("path", CACHED)
def test_what_a_browser_has_is_not_sent_again(client, path):
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(path, headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200
    assert other.data == first.data


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_validators(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_large_answers_are_compressed(client, coding):
    answer = client.get("/api/cities/tiny/cells", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("path", [*PAGES, *CACHED, "/nowhere/", "/api/nowhere", "/healthz"])
def test_every_answer_carries_the_safety_headers(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "geolocation=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", [*PAGES, "/api/docs"])
def test_only_known_inline_scripts_may_run(client, path):
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy).group(1)
    assert "unsafe" not in scripts
    assert "*" not in policy
    assert "http" not in policy
    page = Page(answer.text)
    assert page.handlers == []
    for attributes, text in page.scripts:
        if attributes.get("type") in ("application/json", "importmap") or "src" in attributes:
            continue
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in scripts


@pytest.mark.parametrize("path", [*PAGES, "/nowhere/", "/api/docs"])
def test_no_page_needs_another_server(client, path):
    page = Page(client.get(path, headers=HTML).text)
    outside = [
        address
        for address in page.addresses
        if re.match(r"(?i)\s*(?:[a-z][a-z0-9+.-]*:|//)", address)
        and not address.startswith("data:")
    ]
    assert outside == []


@pytest.mark.parametrize("path", PAGES)
def test_hostile_names_never_become_markup(client, path):
    text = client.get(path).text
    assert "<img src=x" not in text
    assert tinycity.HOSTILE not in text


@pytest.mark.parametrize("path", PAGES)
def test_static_files_of_pages_are_there(client, path):
    page = Page(client.get(path).text)
    for address in page.addresses:
        if address.startswith("/static/") and "/vendor/" not in address:
            assert client.get(address).status_code == 200, address


def test_language_is_chinese_by_default(client):
    answer = client.get("/tiny/nowhere", headers=HTML)
    assert answer.headers["Content-Language"] == "zh"
    assert "没有这个页面" in answer.text


@pytest.mark.parametrize(
    "how",
    [
        {"query_string": "lang=en"},
        {"headers": {"Accept-Language": "en-GB,en;q=0.8"}},
        {"headers": {"Cookie": "lang=en"}},
        {"query_string": "lang=en", "headers": {"Cookie": "lang=zh", "Accept-Language": "zh"}},
        {"query_string": "lang=xx", "headers": {"Cookie": "lang=en", "Accept-Language": "zh"}},
    ],
)
def test_language_is_switched(app, how):
    for path in ("/tiny/", "/api/cities/nowhere"):
        answer = app.test_client(use_cookies=False).get(path, **how)
        assert answer.headers["Content-Language"] == "en"
        assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_a_chosen_language_is_kept(client):
    answer = client.get("/tiny/?lang=en")
    assert "lang=en" in answer.headers["Set-Cookie"]
    assert client.get("/tiny/").headers["Content-Language"] == "en"


def test_the_title_of_a_problem_is_translated(client):
    chinese = client.get("/api/cities/nowhere").json
    english = client.get("/api/cities/nowhere?lang=en").json
    assert (chinese["title"], english["title"]) == ("没有这座城市", "No such city")


def test_no_request_renders_a_folium_map(client):
    """Watch every Python call during the requests: none may lie in Folium or branca."""
    import branca

    folders = tuple(str(Path(module.__file__).parent) for module in (folium, branca))
    entered: list[str] = []
    calls = 0

    def watch(frame, event, _argument):
        nonlocal calls
        if event == "call":
            calls += 1
            if frame.f_code.co_filename.startswith(folders):
                entered.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")

    sys.setprofile(watch)
    try:
        for path in (*PAGES, *CACHED):
            client.get(path)
    finally:
        sys.setprofile(None)
    assert calls > 1000  # the watch did watch
    assert entered == []
