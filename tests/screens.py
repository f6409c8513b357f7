"""Pages of the browser that tests use one after another; a plugin of pytest.

A page that is opened anew costs the browser about as much as all that a test does on it: a profile,
a window, a process, and every script compiled again. So a page is handed on, as empty as a new one:
nothing listens, nothing is stored, no request is held, nobody is offline. What a test does to a
page beyond that (scripts to run at each start, say) needs a ``window`` of its own; so does what is
kept for flight mode, as no service worker is installed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

#: Where a page waits for the next test: no script, and no icon that the browser would look for. It
#: is of the same origin and group as the pages of the server, or the browser began a new process.
WAITING_ROOM = "/waiting-room"
EMPTY = {
    "content_type": "text/html",
    "headers": {"Cross-Origin-Opener-Policy": "same-origin"},
    "body": '<!doctype html><link rel="icon" href="data:,">',
}


_FORGET = """async () => {
  localStorage.clear();
  sessionStorage.clear();
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}"""


class Screens:
    """Pages by what they were opened with, whatever their size: free ones, and those lent."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._free: dict[str, list[Any]] = defaultdict(list)
        self._lent: list[tuple[str, Any]] = []

    def lend(self, viewport: dict[str, int], **options: Any) -> Any:
        """Return a page of a window with these options, until :meth:`take_back`."""
        kind = repr(sorted(options.items()))
        if self._free[kind]:
            page = self._free[kind].pop()
            page.set_viewport_size(viewport)
        else:
            page = self._opened(viewport=viewport, **options)
        self._lent.append((kind, page))
        return page

    def _opened(self, **options: Any) -> Any:
        return self._browser.new_context(**{"service_workers": "block"} | options).new_page()

    def take_back(self) -> None:
        """Take all pages back; what cannot be emptied is closed."""
        from playwright.sync_api import Error

        while self._lent:
            kind, page = self._lent.pop()
            try:
                self._empty(page)
            except Error:
                page.context.close()
            else:
                self._free[kind].append(page)

    def _empty(self, page: Any) -> None:
        context = page.context
        for other in context.pages:
            if other != page:
                other.close()
        page.unroute_all(behavior="ignoreErrors")
        context.set_offline(False)
        page.mouse.up()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        page.route(f"**{WAITING_ROOM}", lambda route: route.fulfill(**EMPTY))
        page.goto(origin + WAITING_ROOM)
        page.unroute_all()
        page.evaluate(_FORGET)
        context.clear_cookies()


@pytest.fixture(scope="session")
def _screens(browser: Any) -> Screens:
    return Screens(browser)


@pytest.fixture
def screen(_screens: Screens) -> Iterator[Callable[..., Any]]:
    """Return a function that lends a page which other tests have used, and will use."""
    yield _screens.lend
    _screens.take_back()
