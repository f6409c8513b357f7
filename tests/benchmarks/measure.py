"""Measure CPU time, hold the results, write the table."""

from __future__ import annotations

import gc
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path


def cpu_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU time of one thread over some repeats, after one run to warm up."""
    return in_turn([work], repeats)[0]


def in_turn(works: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Return the median CPU time of several works that are run in turn.

    Whatever else the machine does then weighs on all of them alike.
    """
    taken: list[list[float]] = [[] for _ in works]
    gc.collect()
    gc.disable()  # a collection in between would sweep the processor's cache
    try:
        for turn in range(repeats + 1):
            for work, times in zip(works, taken, strict=True):
                start = time.process_time()
                work()
                if turn:  # the first turn is to warm up
                    times.append(time.process_time() - start)
    finally:
        gc.enable()
    return [statistics.median(times) for times in taken]


def seconds(value: float) -> str:
    """Return a time for people: three digits, in a fitting unit."""
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1.0:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


@dataclass
class Table:
    """Collect rows of (what, ours, peer, its time, ratio, wanted) and print them as they come."""

    sections: list[tuple[str, str, list[tuple[str, ...]]]] = field(default_factory=list)

    def section(self, title: str, text: str) -> None:
        """Begin a part of the page: what is compared in it, and how."""
        self.sections.append((title, text, []))
        print(f"\n{title}", flush=True)

    def against(
        self, what: str, ours: float, peer: str, theirs: float, wanted: float | None
    ) -> None:
        """Add a comparison with a peer; ``wanted`` is the least ratio, if one is wanted."""
        ratio = theirs / ours
        goal = "" if wanted is None else f"≥ {wanted:g}× {'✓' if ratio >= wanted else '✗'}"
        self._add(what, seconds(ours), peer, seconds(theirs), f"{ratio:.1f}×", goal)

    def alone(self, what: str, ours: str, goal: str = "") -> None:
        """Add a figure without a peer."""
        self._add(what, ours, "", "", "", goal)

    def _add(self, *row: str) -> None:
        self.sections[-1][2].append(row)
        print("  ".join(cell for cell in row if cell), flush=True)

    def markdown(self) -> str:
        """Return the page of the documentation."""
        lines = [
            "# Benchmarks",
            "",
            "Written by `make bench`. Medians of CPU time on one thread; ours and the peer's runs",
            "take turns, so each finds the cache as the other left it, and scipy's answers are",
            "compared with ours first. The ratios are what counts; the absolute times depend on",
            "the machine. ✓ met, ✗ missed.",
        ]
        for title, text, rows in self.sections:
            lines += ["", f"## {title}", "", text, "", *_table(rows)]
        return "\n".join([*lines, "", machine(), ""])


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as a table; the columns about a peer stay away where no row has one."""
    head = ("measured", "yizhan", "peer", "peer's time", "ratio", "wanted")
    kept = [k for k in range(len(head)) if k < 2 or any(row[k] for row in rows)]
    cells = [head, ("---",) * len(head), *rows]
    return [f"| {' | '.join(row[k] for k in kept)} |" for row in cells]


def machine() -> str:
    """Return one sentence about the machine and the versions that were measured."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].split(":", 1)[1].strip() if names else cpu
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "scipy", "networkx"))
    return f"Machine: {cpu}, {platform.system()}, Python {platform.python_version()}, {packages}."
