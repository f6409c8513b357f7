"""The table of the planner's page in a browser: sort, filter and scroll 3,242 rows and 100,000.

The demonstration city's page is opened as a planner would. For the longer table the answers of the
server are replaced by seeded ones of the same shape, because what is measured is the page.
"""

from __future__ import annotations

import random
import statistics
from itertools import cycle
from typing import Any

from tests.benchmarks.measure import Table
from tests.benchmarks.served import demonstration
from tests.conftest import find_chromium

MANY = 100_000
ROUNDS = 20
SORT_MS, FRAME_MS = 150, 50
SIZE = {"width": 1920, "height": 1080}
LEVEL = 5
SORTS = ("people", "share", "median", "name", "code", "cause", "uncovered")

# From a click until what it does is on the screen.
_CLICK = """async (selector) => {
    const began = performance.now();
    document.querySelector(selector).click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
}"""
# From a choice in the address until its rows are on the screen.
_FILTER = """async (words) => {
    const { choose } = await import("/static/js/state.js");
    const began = performance.now();
    choose({ q: words });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
}"""
# The time between frames while the table is scrolled by two screens a frame.
_SCROLL = """async () => {
    const box = document.querySelector("#grid .table-scroll");
    const frames = [];
    let last = performance.now();
    for (let i = 0; i < 60; i += 1) {
        box.scrollTop += 1600;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - last);
        last = now;
    }
    box.scrollTop = 0;
    return frames;
}"""


def run(table: Table) -> None:
    """Add both tables, or say aloud why they cannot be measured."""
    chromium = find_chromium()
    if chromium is None:
        print("no Chromium found: the table is left out (set YIZHAN_CHROMIUM)")
        return
    from playwright.sync_api import sync_playwright

    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        table.section(
            "Rows of the planner's table",
            "In Chromium on a screen of 1920 × 1080: from the click on a column, or the words of a "
            "filter, to the rows on the screen, and the time between frames while scrolling two "
            f"screens a frame. Median and 95th percentile; {ROUNDS} rounds.",
        )
        for rows in (None, MANY):
            page = browser.new_page(viewport=SIZE)
            if rows is not None:
                _replace(page, rows)
            page.goto(f"{address}/demo/plan#level={LEVEL}")
            page.wait_for_selector("html[data-ready]")
            page.wait_for_selector("#bars[data-total]", state="attached")
            _measure(table, page)
            page.close()
        browser.close()


def _measure(table: Table, page: Any) -> None:
    """Add one table."""
    count = int(page.get_attribute("#table", "aria-rowcount")) - 1
    keys, words = cycle(SORTS), cycle(("国际", "9901", "", "花园", ""))
    heads = "#table thead button[data-key={}]"
    sorts = [page.evaluate(_CLICK, heads.format(next(keys))) for _ in range(ROUNDS)]
    filters = [page.evaluate(_FILTER, next(words)) for _ in range(ROUNDS)]
    page.evaluate(_FILTER, "")
    frames = page.evaluate(_SCROLL)
    for what, took, wanted in (
        ("sort by another column", sorts, SORT_MS),
        ("filter by words", filters, SORT_MS),
        ("a frame while scrolling", frames, FRAME_MS),
    ):
        middle, slow = statistics.median(took), statistics.quantiles(took, n=20)[-1]
        goal = f"≤ {wanted} ms {'✓' if slow <= wanted else '✗'}"
        table.alone(f"{count:,} rows: {what}", f"{middle:.0f} ms, 95 %: {slow:.0f} ms", goal)


def _replace(page: Any, rows: int) -> None:
    """Let the server seem to know so many cells of the level."""
    rng = random.Random(7)
    codes = [f"9901{n:08}" for n in range(rows)]
    people = [rng.randint(0, 400) for _ in codes]
    covered = [rng.randint(0, n) for n in people]
    share = [part / n if n else None for part, n in zip(covered, people, strict=True)]
    kinds = [f"{side}{kind}" for side in "东南西北中" for kind in ("国际", "花园", "新村")]
    names = {
        "level": LEVEL,
        "code": codes,
        "name": [f"{rng.choice(kinds)}{n}" for n in range(rows)],
        "parent": [""] * rows,
        "bbox": [[106.5, 29.4, 106.51, 29.41]] * rows,
    }
    figures = {
        "codes": codes,
        "people": people,
        "covered": covered,
        "share": share,
        "class": [None if s is None else "full" if s == 1 else "partial" for s in share],
        "reason": [rng.choice(("severed", "detour", "beyond_reach")) for _ in codes],
        "null_reason": [None] * rows,
        "ground_share": [None] * rows,
        "ground_m2": [None] * rows,
        "covered_m2": [None] * rows,
    }
    medians = [rng.uniform(30, 2000) for _ in codes]

    def like_the_server(route: Any, **parts: Any) -> None:
        route.fulfill(json=route.fetch().json() | parts)

    page.route("**/levels/*/cells", lambda route: route.fulfill(json=names))
    page.route("**/coverage/cells?*", lambda route: like_the_server(route, **figures))
    page.route("**/minutes?*", lambda route: like_the_server(
        route, cells={"level": LEVEL, "code": codes, "median_s": medians}
    ))  # fmt: skip
