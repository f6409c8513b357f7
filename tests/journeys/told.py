"""What the command line tells of a city or a scenario: the oracle for the planner's page."""

from __future__ import annotations

import html.parser
import json
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from click.testing import CliRunner

#: Everything of a study that is a figure; the rest says where it comes from.
FIGURES = (
    "stations", "need", "people", "area_m2", "ring", "median_s", "levels", "uncovered",
)  # fmt: skip


def yizhan(*words: object) -> str:
    """Run a command and return what it prints; the server is another process than this one."""
    from webmap.cli import main

    done = CliRunner().invoke(main, list(map(str, words)))
    assert done.exit_code == 0, done.output
    return done.stdout


def study(city: str, manifest: Path | None = None) -> dict[str, Any]:
    """Return the figures of ``yizhan study CITY --json``, of a scenario if there is a file."""
    chosen = ["--scenario", manifest] if manifest else []
    printed = json.loads(yizhan("study", city, "--json", *chosen))
    return {name: printed[name] for name in FIGURES}


def compared(city: str, before: object, after: object) -> dict[str, Any]:
    """Return what ``yizhan compare CITY BEFORE AFTER --json`` prints."""
    found: dict[str, Any] = json.loads(yizhan("compare", city, before, after, "--json"))
    return found


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables of an export as CSV; what names a row stays text."""
    found = {}
    for path in folder.glob("*.csv"):
        first = path.read_text(encoding="utf-8-sig").split(",", 1)[0]
        found[path.stem] = pd.read_csv(path, dtype={first: str, "code": str})
    return found


def unpacked(path: Path) -> Path:
    """Unpack a zip beside itself and return the folder."""
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as file:
        file.extractall(folder)
    return folder


def whole(value: float) -> str:
    """Return a number as the page writes it: no places, commas, halves away from zero."""
    return f"{_rounded(value, '1'):,}"


def signed(value: float) -> str:
    """Return how many more or fewer, as the page writes it."""
    size = whole(abs(value))
    return "±0" if size == "0" else f"{'+' if value > 0 else '−'}{size}"


def percent(share: float) -> str:
    """Return a share as the page writes it: per cent with one place."""
    return f"{_rounded(share * 100, '0.1'):,}"


def _rounded(value: float, places: str) -> Decimal:
    return Decimal(value).quantize(Decimal(places), ROUND_HALF_UP)


class Numbers(html.parser.HTMLParser):
    """Read a brief: its numbers as (key, value), and whatever it would load from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, float]] = []
        self.loads: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up an element."""
        known = dict(attrs)
        if tag == "data" and known.get("value"):
            self.found.append((str(known["data-key"]), float(known["value"] or "nan")))
        named = [known.get("src"), known.get("href") if tag == "link" else None]
        self.loads += [text for text in named if text and not text.startswith(("data:", "#"))]
