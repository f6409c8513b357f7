"""Serve two tiny real cities to a real browser: ``tiny`` (areas, people) and ``bare`` (streets)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.watched import Watched
from tests.webmap.conftest import home  # a fixture, shared with the tests of the web

__all__ = ["home"]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visit(window: Callable[..., Any], address: str) -> Callable[..., Watched]:
    """Return a function that opens a path as a person would and waits until it is quiet."""

    def opened(
        path: str,
        *,
        size: dict[str, int] = DESK,
        locale: str = "zh-CN",
        before: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Watched:
        phone = size["width"] < 768
        page = window(
            viewport=size,
            locale=locale,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        seen = Watched(page)
        if before:
            before(page)
        page.goto(address + path)
        page.wait_for_selector("html[data-ready], body:not(:has(.folium-map))")
        return seen

    return opened
