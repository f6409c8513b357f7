"""What a planner feels: from the key or click to the cells' new colours on the screen.

The demonstration city is served as a user would serve it, and its 3,242 units are looked at in
Chromium. Each change asks what nobody has asked before, so that neither the browser nor the server
has its answer; the next one is made as soon as the last is painted.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import Any

from tests.benchmarks.measure import Table
from tests.benchmarks.served import demonstration
from tests.conftest import find_chromium

CHANGES = 36
WANTED_MS = 300
SIZE = {"width": 1920, "height": 1080}
MONDAY = "2026-11-16"
#: From here on the other changes take instants that no curve and no slider has asked for.
UNSEEN = datetime(2026, 12, 1)
HALF_HOUR = timedelta(minutes=30)

# The clock of the page begins with the event itself, which the browser stamps when the hardware
# tells it; it ends one frame after the last tile is painted (see static/js/follow.js).
_WATCH = """() => {
    window.felt = { from: null, took: [] };
    for (const kind of ["keydown", "click"]) {
        addEventListener(kind, (event) => { window.felt.from = event.timeStamp; }, true);
    }
    new PerformanceObserver((list) => {
        for (const entry of list.getEntriesByName("recolour")) {
            if (window.felt.from === null) continue;
            window.felt.took.push(entry.startTime + entry.duration - window.felt.from);
            window.felt.from = null;
        }
    }).observe({ type: "measure" });
}"""


def run(table: Table) -> None:
    """Add what is felt in the browser to the table, or say aloud why it cannot be measured."""
    chromium = find_chromium()
    if chromium is None:
        print("no Chromium found: what is felt in the browser is left out (set YIZHAN_CHROMIUM)")
        return
    from playwright.sync_api import sync_playwright

    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{address}/demo/#level=5&at={MONDAY}T00:00")
        page.wait_for_selector("html[data-ready]")
        cells = _painted_cells(page)
        page.evaluate(_WATCH)
        table.section(
            "Felt in the browser",
            f"The demonstration city with {cells:,} cells on a screen of {SIZE['width']} × "
            f"{SIZE['height']}: from the key or click to the new colours of all cells, wall time "
            f"with the server on the same machine. Median and 95th percentile of {CHANGES} changes "
            "each, every one a question that was never asked before.",
        )
        for what, change in _changes(page).items():
            took = [_felt(page, change) for _ in range(CHANGES)]
            middle, slow = statistics.median(took), statistics.quantiles(took, n=20)[-1]
            goal = f"≤ {WANTED_MS} ms {'✓' if slow <= WANTED_MS else '✗'}"
            table.alone(f"another {what}", f"{middle:.0f} ms, 95 %: {slow:.0f} ms", goal)
        browser.close()


def _changes(page: Any) -> dict[str, Callable[[], Callable[[], None]]]:
    """Return, by what changes, a function that prepares a new question and returns the change."""
    steps = count()
    chips = cycle(range(1, 10))
    profiles, budgets = cycle((2, 3, 4, 1)), cycle((1, 2, 4, 3))

    def elsewhere() -> None:
        """Go to an instant that was never looked at, unmeasured."""
        at = UNSEEN + next(steps) * HALF_HOUR
        _choose(page, {"at": at.isoformat(timespec="minutes")})

    def press(selector: str) -> Callable[[], None]:
        return lambda: page.click(selector)

    def hour() -> Callable[[], None]:
        return lambda: page.press("#clock-slider", "ArrowRight")

    def service() -> Callable[[], None]:
        elsewhere()
        return press(f"#services button:nth-child({next(chips)})")

    def profile() -> Callable[[], None]:
        elsewhere()
        return press(f"#profiles button:nth-child({next(profiles)})")

    def budget() -> Callable[[], None]:
        elsewhere()
        return press(f"#budgets button:nth-child({next(budgets)})")

    return {"hour": hour, "set of services": service, "profile": profile, "budget": budget}


def _choose(page: Any, changes: dict[str, str]) -> None:
    """Change the question without measuring, and wait until its cells are painted."""
    page.evaluate(
        """async (changes) => {
            const { choose } = await import("/static/js/state.js");
            const painted = new Promise((done) => {
                new PerformanceObserver((_, watch) => { watch.disconnect(); done(); })
                    .observe({ type: "measure" });
            });
            if (choose(changes)) await painted;
        }""",
        changes,
    )


def _felt(page: Any, prepare: Callable[[], Callable[[], None]]) -> float:
    """Make one change and return the milliseconds until it was seen."""
    change = prepare()
    before = page.evaluate("window.felt.took.length")
    change()
    page.wait_for_function("before => window.felt.took.length > before", arg=before)
    return float(page.evaluate("window.felt.took.at(-1)"))


def _painted_cells(page: Any) -> int:
    """Return how many cells the chosen level has, as the page was told."""
    return int(
        page.evaluate(
            """async () => {
                const { city } = await import("/static/js/island.js");
                const { state } = await import("/static/js/state.js");
                return city.levels.find((level) => level.level === state.level).cells;
            }"""
        )
    )
