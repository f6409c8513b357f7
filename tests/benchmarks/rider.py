"""What riders ask of a server and of a phone: the nearest stations, under load; the first list.

The load goes through nginx on the loopback, as it would on the net, to gunicorn with two workers
that answer one request after the other; in turn to the server's own ``/healthz``, which answers a
few words of JSON, and for comparison to an application of Flask alone that does no more than that
(:mod:`tests.benchmarks.bare`). What all wait for alike – wrk, nginx, gunicorn, the processors that
they share – is thereby in all figures.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from geo import build
from geo.crs import unproject
from geo.model import PROFILES
from geo.sources.streets import read_streets
from tests.benchmarks.load import Load, Target, free_port, missing, nginx, wait_for, wrk
from tests.benchmarks.measure import Table
from tests.benchmarks.seeded import SEED, beside_streets
from tests.benchmarks.served import serving
from tests.conftest import find_chromium

QUESTIONS = 2_000
#: Each load runs so long, in turn with its peers'; a minute in all.
ROUNDS, ROUND_S = 5, 2
MANY, CROWD = 50, 200
LEAST_SHARE, MOST_TIMES = 0.55, 1.8
#: When all set out, and the day over whose hours they set out otherwise.
AT, FRIDAY = "2026-11-20T18:30", datetime(2026, 11, 20)
#: The limits of askers stay, and their counting, but nobody reaches them; nginx names the asker.
SETTINGS = {"YIZHAN_WEB_ASKS_PER_MINUTE": "1000000000", "YIZHAN_WEB_PROXIES": "1"}
OPTIONS = ("--public", "--workers", "2", "--threads", "1")

VISITS, SLOWER, WANTED_MS = 15, 4, 1_500
PHONE = {"width": 390, "height": 844}
#: In a street of the demonstration city, degrees.
HERE = {"latitude": 29.45, "longitude": 106.52}
# The clock of the page begins with the navigation; the list is on the screen one frame after it is
# in the page.
_WATCH = """() => {
    const seen = (answers) => answers?.dataset.state === "list";
    new MutationObserver((_, watch) => {
        if (!seen(document.getElementById("answers"))) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.listed = performance.now(); }));
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
}"""


def run(table: Table) -> None:
    """Add what riders wait for to the table, or say aloud what cannot be measured."""
    with tempfile.TemporaryDirectory() as home:
        if absent := missing():
            print(
                f"no {' and no '.join(absent)} found: the load of riders is left out; on Debian "
                "apt-get install nginx-light wrk brings both"
            )
        else:
            with serving(home, *OPTIONS, settings=SETTINGS) as address:
                _load(table, address)
        _first_list(table, home)


# --- load ----------------------------------------------------------------------------------------
def _load(table: Table, address: str) -> None:
    """Add the load of riders, against that of a bare endpoint."""
    table.section(
        "Riders by the hundred",
        f"Nearest stations in the demonstration city, {QUESTIONS:,} seeded questions of four "
        "profiles who set out now, five stations each, the limits of askers counted. *Bare* is "
        "the same server's `/healthz`, a few words of JSON; *Flask alone* an application that "
        "reads the same bodies and answers as little, without headers, limits, editions or "
        "languages. All under gunicorn with two workers of one thread behind one nginx; wrk asks "
        f"them in turn, {ROUNDS} times {ROUND_S} s each, on one machine. Medians; the ratios are "
        "those of one turn.",
    )
    with _bare() as peer, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = questions(QUESTIONS)
        now = _written(folder / "now.jsonl", [{**one, "at": AT} for one in asked])
        hours = _written(folder / "hours.jsonl", asked)
        with nginx(folder, {"/": address, "/bare": peer}) as front:
            nearest = Target(f"{front}/api/cities/demo/nearest", now)
            apart = Target(nearest.url, hours)
            targets = (nearest, Target(f"{front}/healthz"), Target(f"{front}/bare", now), apart)
            for target in targets:
                wrk(target, MANY, 1)  # what is made once is made
            many, crowd = _in_turn(targets, MANY), _in_turn(targets[:3], CROWD)
    rates = [[load.per_second for load in loads] for loads in many]
    share, alone, varied = (_ratio(rates[k], rates[of]) for k, of in ((0, 1), (0, 2), (3, 1)))
    ours, bare, flask, other = map(statistics.median, rates)
    table.alone(
        f"{MANY} connections: answers a second",
        f"{ours:,.0f}, bare {bare:,.0f}: {share:.2f}×",
        f"≥ {LEAST_SHARE}× {_met(share >= LEAST_SHARE)}",
    )
    table.alone(f"{MANY} connections: Flask alone", f"{flask:,.0f}: {alone:.2f}×")
    table.alone(
        f"{MANY} connections, each sets out at an hour of their own",
        f"{other:,.0f}, bare {bare:,.0f}: {varied:.2f}×",
    )
    waits = [[load.slow_ms for load in loads] for loads in crowd]
    times = _ratio(waits[0], waits[1])
    slow, quick, least = map(statistics.median, waits)
    table.alone(
        f"{CROWD} connections: 95 % have their answer within",
        f"{slow:.0f} ms, bare {quick:.0f} ms: {times:.2f}×",
        f"≤ {MOST_TIMES}× {_met(times <= MOST_TIMES)}",
    )
    text = f"{least:.0f} ms: {_ratio(waits[0], waits[2]):.2f}×"
    table.alone(f"{CROWD} connections: Flask alone", text)
    wrong = sum(load.errors for load in (*many[0], *many[3], *crowd[0]))
    table.alone("questions without an answer", str(wrong), f"0 {_met(not wrong)}")


def _written(path: Path, bodies: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, bodies)), encoding="utf-8")
    return path


def _in_turn(targets: Sequence[Target], connections: int) -> list[list[Load]]:
    """Return the loads of some targets, which are asked in turn."""
    loads = [[wrk(target, connections, ROUND_S) for target in targets] for _ in range(ROUNDS)]
    return [list(of_one) for of_one in zip(*loads, strict=True)]


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the middle one of the ratios of what was measured one after the other."""
    return statistics.median(own / other for own, other in zip(ours, theirs, strict=True))


@contextlib.contextmanager
def _bare() -> Iterator[str]:
    """Serve the bare endpoint; yield its address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bare", str(port)],
        stdout=subprocess.DEVNULL,  # its access log, which is written as that of the cities is
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def questions(count: int) -> list[dict[str, Any]]:
    """Return seeded questions beside the streets of the demonstration city."""
    edges = read_streets([build.demo_inputs() / "streets.osm.pbf"]).edges
    lon, lat = unproject(*beside_streets(edges, count, SEED + 5).T, edges.crs)
    rng = np.random.default_rng(SEED + 5)
    hours = rng.integers(0, 24, count)
    profiles = rng.choice(list(PROFILES), count)
    return [
        {
            "lon": round(float(x), 5),
            "lat": round(float(y), 5),
            "profile": str(profile),
            "at": (FRIDAY + timedelta(hours=int(hour))).isoformat(timespec="minutes"),
        }
        for x, y, profile, hour in zip(lon, lat, profiles, hours, strict=True)
    ]


# --- the first list ------------------------------------------------------------------------------
def _first_list(table: Table, home: str) -> None:
    """Add how long a rider waits who opens the page for the first time on a slow phone."""
    chromium = find_chromium()
    if chromium is None:
        print("no Chromium found: the first list is left out (set YIZHAN_CHROMIUM)")
        return
    from playwright.sync_api import sync_playwright

    with serving(home, "--public") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        table.section(
            "The first list on a slow phone",
            "The rider's page of the demonstration city in Chromium, 390 × 844, a window that has "
            "never seen it and may locate, the server on the same machine: from the navigation to "
            f"the list on the screen, wall time. Median and slowest of {VISITS} visits.",
        )
        for slower in (1, SLOWER):
            took = [_visit(browser, address, slower) for _ in range(VISITS)]
            limit = WANTED_MS if slower == SLOWER else None
            goal = f"≤ {limit:,} ms {_met(max(took) <= limit)}" if limit else ""
            what = f"processor {slower} times slower" if slower > 1 else "processor as it is"
            text = f"{statistics.median(took):.0f} ms, slowest {max(took):.0f} ms"
            table.alone(f"first list, {what}", text, goal)
        browser.close()


def _visit(browser: Any, address: str, slower: int) -> float:
    """Return how many milliseconds passed until the list was seen."""
    context = browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        geolocation=HERE,
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.add_init_script(f"({_WATCH})()")
    client = context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(f"{address}/demo/find", wait_until="commit")
    page.wait_for_function("() => window.listed !== undefined")
    took = float(page.evaluate("window.listed"))
    context.close()
    return took


def _met(is_met: bool) -> str:
    return "✓" if is_met else "✗"
