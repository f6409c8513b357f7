"""Compile all kernels once for all workers of a run (see ``tests/conftest.py``).

Numba's index of kept kernels is not made for several writers at a time, so each worker keeps its
own. Compiled in each of them, the kernels would cost as much as a tenth of all tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What compiles, shared out to two processes that take about as long as each other.
HALVES = (("reach", "assignment", "siting"), ("way.trips", "pairs", "timetables"))
_COMPILE = "import importlib, sys\nfor n in sys.argv[1:]: importlib.import_module(n).compile()"


def _mark() -> str:
    """Return what changes whenever a source of kernels may have changed."""
    sources = sorted((ROOT / "geo").rglob("*.py"))
    known = [(str(path), path.stat().st_mtime_ns) for path in sources]
    return hashlib.sha256(repr((sys.version, known)).encode()).hexdigest()


def provide(cache: Path, workers: Iterable[str]) -> None:
    """Fill the folder of each worker with the kernels, compiled anew if the sources have changed.

    A worker compiles what is missing all the same: this saves time, and no test depends on it.
    """
    halves = [cache / f"half{number}" for number in range(len(HALVES))]
    mark = _mark()
    cache.mkdir(parents=True, exist_ok=True)
    if not _is(cache, mark):
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", _COMPILE, *(f"geo.{name}" for name in names)],
                cwd=ROOT,
                env=os.environ | {"NUMBA_CACHE_DIR": str(half)},
            )
            for names, half in zip(HALVES, halves, strict=True)
        ]
        if sum(process.wait() for process in processes):
            return
        (cache / "mark").write_text(mark, encoding="ascii")
    for worker in workers:
        if not _is(cache / worker, mark):
            shutil.rmtree(cache / worker, ignore_errors=True)
            for half in halves:
                _add(half, cache / worker)
            (cache / worker / "mark").write_text(mark, encoding="ascii")


def _is(folder: Path, mark: str) -> bool:
    kept = folder / "mark"
    return kept.exists() and kept.read_text(encoding="ascii") == mark


def _add(half: Path, folder: Path) -> None:
    """Copy the functions that are not there yet, each with its index and all its versions."""
    for index in half.glob("*/*.nbi"):
        to = folder / index.parent.name
        if not (to / index.name).exists():
            to.mkdir(parents=True, exist_ok=True)
            for path in index.parent.glob(f"{index.stem}.*"):
                shutil.copy2(path, to)
