"""Serve two tiny real cities to a real browser: ``tiny`` (areas, people) and ``bare`` (streets)."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.watched import Watched
from tests.webmap.conftest import home  # a fixture, shared with the tests of the web

__all__ = ["home"]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visit(screen: Callable[..., Any], address: str) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens a path as a person would and waits until it is quiet."""
    watched = []

    def opened(
        path: str,
        *,
        size: dict[str, int] = DESK,
        locale: str = "zh-CN",
        before: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Watched:
        phone = size["width"] < 768
        page = screen(
            viewport=size,
            locale=locale,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        seen = Watched(page)
        watched.append(seen)
        if before:
            before(page)
        page.goto(address + path)
        page.wait_for_selector("html[data-ready], body:not(:has(.folium-map))")
        return seen

    yield opened
    for seen in watched:
        seen.leave()


def call(address: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Ask the interface of the tiny city."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    place = f"{address}/api/cities/tiny{path}"
    request = urllib.request.Request(place, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture
def scenarios(address: str) -> Iterator[Callable[[], list[Any]]]:
    """Return a function that reads all scenarios; they are deleted afterwards."""

    def read() -> list[Any]:
        found = call(address, "/scenarios")["scenarios"]
        return [call(address, f"/scenarios/{one['id']}") for one in reversed(found)]

    yield read
    for one in read():
        call(address, f"/scenarios/{one['id']}", method="DELETE")
