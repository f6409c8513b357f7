"""What programs and pages wait for: questions by HTTP, alone and while four planners work.

The demonstration city is served as a user would serve it; each client keeps its connection. No
question is asked twice, so that nothing is answered from what was kept.
"""

from __future__ import annotations

import http.client
import json
import math
import random
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.measure import Table
from tests.benchmarks.served import demonstration

QUESTIONS, SLOW_QUESTIONS = 200, 40
#: So often riders ask, alone and while planners work, and so long after the last answer.
ASKED, APART_S = 500, 0.02
PLANNERS = 4
#: A hand that drags a station sends a new place so often; then the planner looks for so long.
PAUSE_S, LOOK_S = 0.1, 1.0
WANTED_MS, LINK_MS, TIMES_ALONE = 50, 1000, 3
SEED = 8
SHOWN = "2026-11-20T22:30"
OFFERS = ("rest", "water", "hot_meal", "charging", "toilet")


class Client:
    """Ask about a city over one connection that is kept."""

    def __init__(self, address: str, city: str = "demo", seed: int = SEED) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._city = city
        self.random = random.Random(seed)
        places = self.ask("GET", "stations")["features"]
        self._ids = [place["id"] for place in places]
        self._at = [place["geometry"]["coordinates"] for place in places]
        self._scenario, self._revision = "", 0

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to a question; whatever is no success ends the measuring."""
        return json.loads(self._answer(method, path, body, {"Content-Type": "application/json"}))

    def load(self, path: str) -> None:
        """Read an answer compressed, as a browser does."""
        self._answer("GET", path, None, {"Accept-Encoding": "gzip, deflate, br, zstd"})

    def _answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> bytes:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/cities/{self._city}/{path}", content, headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {told.decode(errors='replace')}")
        return told

    def station(self) -> str:
        """Return any station."""
        return self.random.choice(self._ids)

    def place(self) -> list[float]:
        """Return a place beside any station, so that a street is near."""
        return self._beside(self.random.choice(self._at))

    def _beside(self, at: Sequence[float]) -> list[float]:
        """Return a place within some 20 m."""
        return [degrees + self.random.uniform(-2e-4, 2e-4) for degrees in at]

    def nearest(self) -> None:
        """Look for stations, as a rider does."""
        lon, lat = self.place()
        self.ask("POST", "nearest", {"lon": lon, "lat": lat, "profile": "ebike"})

    def open(self) -> None:
        """Add a station."""
        self._what_if(kind="open", station="new", position=self.place(), name="new")

    def move(self) -> None:
        """Drag a station."""
        self._what_if(kind="move", station=self.station(), position=self.place())

    def close(self) -> None:
        """Close a station."""
        self._what_if(kind="close", station=self.station())

    def hours(self) -> None:
        """Give a station other hours, at a shown instant."""
        opens = f"Mo-Su {self.random.randrange(6, 10):02}:00-22:45"
        self._what_if({"at": SHOWN}, kind="hours", station=self.station(), opening_hours=opens)

    def services(self) -> None:
        """Let a station offer less, where these services are asked for."""
        dropped = {"kind": "drop_services", "services": [self.random.choice(OFFERS)]}
        self._what_if({"services": "rest,water"}, station=self.station(), **dropped)

    def link(self) -> None:
        """Draw a street from beside a station to beside the nearest other one."""
        here = self.random.choice(self._at)
        near = sorted(self._at, key=lambda at: math.dist(at, here))[1]
        self._what_if(kind="link", link="l1", line=[self._beside(here), self._beside(near)])

    def save(self) -> str:
        """Write a scenario of two changes; return its id."""
        if not self._scenario:
            made = self.ask("POST", "scenarios", {"name": f"{self.random.random()}"})
            self._scenario, self._revision = made["id"], made["revision"]
        moved = {"kind": "move", "station": self.station(), "position": self.place()}
        added = {"kind": "open", "station": "new", "position": self.place(), "name": "new"}
        body = {"revision": self._revision, "changes": [moved, added]}
        self._revision = self.ask("PUT", f"scenarios/{self._scenario}", body)["revision"]
        return self._scenario

    def saved(self) -> None:
        """Write a scenario."""
        self.save()

    def recolour(self) -> None:
        """Read the colours of the map under a scenario that was just written."""
        self.ask("GET", f"coverage/cells?scenario={self.save()}")

    def compare(self) -> None:
        """Compare a scenario that was just written with today."""
        self.ask("GET", f"compare?a=today&b={self.save()}")

    def study(self) -> None:
        """Read all figures of a scenario that was just written."""
        self.ask("GET", f"coverage?scenario={self.save()}")

    def _what_if(self, question: Mapping[str, str] | None = None, /, **change: Any) -> None:
        self.ask("POST", "what-if", {"changes": [change], **(question or {})})


def run(table: Table) -> None:
    """Add what is waited for to the table."""
    with demonstration() as address:
        client = Client(address)
        table.section(
            "Asked by HTTP",
            "The demonstration city as `yizhan serve` serves it, a client on the same machine that "
            f"keeps its connection; wall time, median and 95th percentile of {QUESTIONS} questions "
            f"({SLOW_QUESTIONS} of those that make a city) that were never asked before. Each "
            "planner works in a scenario of their own: drags a station for half a second, saves, "
            "looks at the map's colours, at all figures, at the comparison with today.",
        )
        report(table, "what if a station is added", client.open, WANTED_MS)
        report(table, "what if a station moves", client.move, WANTED_MS)
        report(table, "what if a station closes", client.close, WANTED_MS)
        report(table, "what if hours change, at an instant", client.hours, WANTED_MS)
        report(table, "what if services change", client.services, WANTED_MS)
        report(table, "what if there is a new link", client.link, LINK_MS, SLOW_QUESTIONS)
        report(table, "a scenario is written", client.saved, WANTED_MS)
        report(table, "… and its colours are read", client.recolour, None, SLOW_QUESTIONS)
        report(table, "… or all its figures", client.study, None, SLOW_QUESTIONS)
        report(table, "… or its comparison with today", client.compare, None, SLOW_QUESTIONS)
        _beside_planners(table, address, client)


def _beside_planners(table: Table, address: str, rider: Client) -> None:
    """Measure what a rider waits for, alone and while planners work."""
    alone = times_ms(rider.nearest, ASKED, APART_S)
    table.alone("nearest stations, alone", told(alone))
    over, failed = threading.Event(), []

    def work(seed: int) -> None:
        try:
            _plan(Client(address, seed=seed), over)
        except Exception as error:  # a planner who fails would only make the rider quicker
            failed.append(error)

    planners = [threading.Thread(target=work, args=(SEED + n,)) for n in range(1, PLANNERS + 1)]
    for planner in planners:
        planner.start()
    beside = times_ms(rider.nearest, ASKED, APART_S)
    over.set()
    for planner in planners:
        planner.join()
    if failed:
        raise failed[0]
    times = slow(beside) / slow(alone)
    goal = f"≤ {TIMES_ALONE}× {'✓' if times <= TIMES_ALONE else '✗'}"
    told_ = f"{told(beside)}, {times:.1f}× at 95 %"
    table.alone(f"nearest stations, while {PLANNERS} planners work", told_, goal)


def _plan(client: Client, over: threading.Event) -> None:
    """Work as a planner does: drag, look, drag again; save, and look at what it makes."""
    while not over.is_set():
        for change in (client.move, client.hours, client.move, client.open, client.move):
            change()
            over.wait(PAUSE_S)
        for look in (client.recolour, client.study, client.compare):
            look()
            over.wait(LOOK_S)


def report(
    table: Table,
    what: str,
    ask: Callable[[], None],
    wanted_ms: float | None,
    questions: int = QUESTIONS,
) -> None:
    """Ask so many questions, and add a row."""
    took = times_ms(ask, questions)
    middle = statistics.median(took)
    goal = "" if wanted_ms is None else f"≤ {wanted_ms} ms {'✓' if middle <= wanted_ms else '✗'}"
    table.alone(what, told(took), goal)


def times_ms(ask: Callable[[], None], questions: int, apart_s: float = 0.0) -> list[float]:
    """Return how long each of so many questions took, after a few to warm up."""
    for _ in range(5):
        ask()
    took = []
    for _ in range(questions):
        time.sleep(apart_s)
        start = time.perf_counter()
        ask()
        took.append((time.perf_counter() - start) * 1e3)
    return took


def slow(took: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(took, n=20)[-1]


def told(took: list[float]) -> str:
    """Return median and 95th percentile for people."""
    return f"{statistics.median(took):.1f} ms, 95 %: {slow(took):.1f} ms"
