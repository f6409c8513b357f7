"""Share what all tests need: real data, a browser, a cache for kernels, a home for cities."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import kernels

pytest_plugins = ["tests.cities", "tests.screens", "tests.served"]

ROOT = Path(__file__).resolve().parents[1]

# Kernels compiled once serve all tests and the processes they start, whatever their HOME is. Each
# worker keeps its own: numba's index of kept kernels is not made for several writers at a time.
# Numba reads this when it is imported, hence here and not in a fixture.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_CACHE = Path(os.environ.get("NUMBA_CACHE_DIR", ROOT / ".numba_cache"))
os.environ["NUMBA_CACHE_DIR"] = str(_CACHE if _CACHE.name == _WORKER else _CACHE / _WORKER)

# The suite starts some hundred processes: what one of them has read and translated, the next loads.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The tables of a city built for a test need not survive a loss of power: nobody waits for the disk.
os.environ.setdefault("OGR_SQLITE_SYNCHRONOUS", "OFF")

# Servers that tests start in a process of their own are asked more than any rider asks.
for _limit in ("ASKS", "SEARCHES", "REPORTS"):
    os.environ.setdefault(f"YIZHAN_WEB_{_limit}_PER_MINUTE", "0")

# Thousands of tests and a hundred modules live till the end: looking through them for garbage again
# and again costs a tenth of all. What is collected is frozen (below), and the rest waits longer.
gc.set_threshold(20_000, 20, 20)

# How long examples take to draw says something of the machine, nothing of what is tested.
settings.register_profile("yizhan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yizhan")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread the whole suite over the processors; a choice of tests runs here, without delay."""
    asked = ("keyword", "lf", "failedfirst", "stepwise")
    whole = (
        config.args == config.getini("testpaths")
        and config.getoption("markexpr") == "not soak"
        and not any(config.getoption(name, False) for name in asked)
    )
    processors = os.cpu_count() or 1
    # While one waits for its browser another computes; with more they only keep each other waiting.
    return min(processors + 1, 4) if whole and processors > 1 else 0


def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Compile the kernels before the workers start, not in each of them."""
    kernels.provide(_CACHE, [spec.id for spec in specs])


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the cities of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tmp_path_factory.mktemp("yizhan-home")))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real cities, or skip and say how to have them."""
    name = os.environ.get("YIZHAN_REAL_DATA", "")
    if not name:
        pytest.skip("real cities: YIZHAN_REAL_DATA is not set")
    folder = Path(name)
    # A wrong path is a mistake of whoever set it, not a reason to skip.
    assert folder.is_dir(), f"YIZHAN_REAL_DATA names no folder: {folder}"
    return folder


@pytest.fixture(scope="session")
def demo_inputs_folder() -> Path:
    """Return the folder with the demonstration city's inputs, made by ``make demo``."""
    folder = ROOT / "data" / "demo" / "out"
    assert folder.is_dir(), "the demonstration's inputs are missing; run 'make demo'"
    return folder


def find_chromium() -> str | None:
    """Return the path of the system's Chromium; ``YIZHAN_CHROMIUM`` may name another one."""
    named = os.environ.get("YIZHAN_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield a headless Chromium driven by Playwright, or skip and say so."""
    path = find_chromium()
    if path is None:
        pytest.skip("browser tests: no Chromium found (install chromium, or set YIZHAN_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            # Without --no-sandbox Chromium refuses to run as root, as build machines do.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def window(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page in a window of its own; all are closed in the end."""
    contexts = []

    def opened(**options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def pytest_collection_finish() -> None:
    """Spare what lives till the end from every search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, so that ``-m browser`` and ``-m real`` choose them.

    The longest journey begins first: begun last, it would be waited for.
    """
    items.sort(key=lambda item: item.path.name != "test_decision.py")
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if "browser" in used:
            item.add_marker("browser")
        if "real_data" in used:
            item.add_marker("real")
