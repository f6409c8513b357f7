"""Serve two tiny real cities to a real browser: ``tiny`` (areas, people) and ``bare`` (streets)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

# fixtures, shared with the tests of the web
from tests.webmap.conftest import address, app, home, tiny_home

__all__ = ["address", "app", "home", "tiny_home"]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Visit:
    """Hold an open page and what went wrong on it."""

    page: Any
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a path as a person would and waits until it is quiet."""
    contexts = []

    def opened(
        path: str,
        *,
        size: dict[str, int] = DESK,
        locale: str = "zh-CN",
        before: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Visit:
        phone = size["width"] < 768
        context = browser.new_context(
            viewport=size,
            locale=locale,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        seen = Visit(page)
        page.on("pageerror", lambda error: seen.faults.append(str(error)))
        page.on(
            "console", lambda said: seen.faults.append(said.text) if said.type == "error" else None
        )
        page.on("dialog", lambda dialog: (seen.faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: seen.asked.append(request.url))
        if before:
            before(page)
        page.goto(address + path)
        page.wait_for_selector("html[data-ready], body:not(:has(.folium-map))")
        return seen

    yield opened
    for context in contexts:
        context.close()
