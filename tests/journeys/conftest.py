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


#: What the checker says of a page, one line for each thing that shuts somebody out. Of text over
#: a map it cannot tell the ground, so contrast is looked at once more without the map; what it
#: cannot tell then, either, comes second.
_CHECK = """async () => {
    const said = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message);
    const lines = (found) => found.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(" ")}: ${said(node).join("; ")}`));
    const told = await axe.run(document, { resultTypes: ["violations"] });
    const grave = told.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    const maps = [...document.querySelectorAll(".folium-map")];
    const were = maps.map((map) => map.style.display);
    maps.forEach((map) => { map.style.display = "none"; });
    const contrast = await axe.run({ exclude: ["[role=img]"] }, {
        runOnly: ["color-contrast"],
        checks: { "color-contrast": { options: { ignoreLength: true } } },
    });
    maps.forEach((map, k) => { map.style.display = were[k]; });
    return [lines([...grave, ...contrast.violations]), lines(contrast.incomplete)];
}"""


_STANDS = """() => document.getAnimations().every((one) =>
    one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""


@pytest.fixture(scope="session")
def hindrances() -> Callable[..., list[str]]:
    """Return a function that says what on a page shuts out who sees, hears or moves otherwise.

    It knows what axe-core calls serious or critical, such as text of too little contrast (4.5:1).
    """
    from webmap.vendor import kept_checker

    checker = kept_checker().read_text(encoding="utf-8")

    def of(page: Any, *, all_told: bool = False) -> list[str]:
        """With ``all_told`` a text of which nobody can tell the contrast is named, too."""
        page.wait_for_function(_STANDS)  # half faded in, every text is pale
        page.evaluate(checker)  # as the debugger does: no policy of the page forbids it
        found, untold = page.evaluate(_CHECK)
        return [*found, *untold] if all_told else found

    return of


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
