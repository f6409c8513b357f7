"""Get a city ready for a phone without network: its pocket, and the files that its page needs.

The pocket is made once a day for each version of a city and kept with its other answers. Which
files the page needs is read out of the page itself and of the modules that it imports, so that no
list has to be kept up by hand.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from geo import gazetteer, openings, pocket, search
from geo.city import CityData
from webmap import modules, rows
from webmap.catalog import LoadedCity

#: What a pocket is sent as.
MIMETYPE = "application/vnd.yizhan.pocket"
#: Map layers that the page draws without network; those of the planner stay on the server.
LAYERS = ("water", "green", "buildings", "rail", "arterials", "roads", "places")
#: More than this is no file for a phone, bytes; the streets of the pocket are drawn instead.
MOST_TILE_BYTES = 15_000_000

#: The parts of a pocket that are told, by the first word of their sections.
PARTS = {
    "streets": "街道 · streets",
    "barriers": "阻隔 · barriers",
    "stations": "驿站 · stations",
    "hours": "开放时间 · opening hours",
    "gates": "门禁 · gates",
    "search": "地名 · names",
    "total": "压缩后合计 · all of it, compressed",
}
_PART_OF = {
    "barrier": "barriers",
    "station": "stations",
    "stations": "stations",
    "link": "stations",
    "hours": "hours",
    "gate": "gates",
    "search": "search",
}


def made(data: CityData, day: date) -> pocket.Pocket:
    """Return the pocket of a city from a day on."""
    names = search.pack(gazetteer.index(data))
    return pocket.make(data, day, rows.station_facts(data), names)


def content(city: LoadedCity, day: date) -> bytes:
    """Return the pocket of a city from a day on, compressed by gzip as it travels."""
    return city.answers.get(
        f"pocket/{day.isoformat()}",
        lambda: _packed(made(city.data, day).content),
    )


def renewal(city: LoadedCity, day: date) -> bytes:
    """Return what a pocket of another day needs to begin on this one, compressed as it travels."""
    return city.answers.get(
        f"pocket/renewal/{day.isoformat()}",
        lambda: _packed(pocket.renewal(city.data, day).content),
    )


def sizes(made: pocket.Pocket) -> dict[str, int]:
    """Return the bytes that each part of a pocket takes on its way, and all of it together."""
    parts: dict[str, bytes] = dict.fromkeys(PARTS, b"")
    for section in made.sections:
        name = section.name.partition(".")[0]
        parts[_PART_OF.get(name, "streets")] += section.content
    parts["total"] = made.content
    return {name: len(_packed(content)) for name, content in parts.items()}


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def facts(city: LoadedCity, day: date, software: str) -> dict[str, Any]:
    """Return what there is to bring to a phone, with sizes in bytes as they travel.

    ``software`` is the mark of what makes it.
    """
    tiles = [
        {"name": layer, "url": city.facts["tiles"][layer]["url"], "bytes": size}
        for layer in LAYERS
        if layer in city.tiles
        and (size := city.tiles[layer].path.stat().st_size) <= MOST_TILE_BYTES
    ]
    size = len(content(city, day))
    return {
        "bytes": size,
        "renewal": len(renewal(city, day)),
        "total": size + sum(tile["bytes"] for tile in tiles),
        "day": day.isoformat(),
        "days": openings.DAYS,
        "version": city.version,
        "software": software,
        "tiles": tiles,
    }


def shell(city: LoadedCity, page: str, html: str, static: Path, software: str) -> dict[str, Any]:
    """Return what a service worker keeps of a page: its address, its files, and their mark.

    ``html`` is the page, ``static`` the folder of the files that stand under ``/static/``. The mark
    ``software`` changes with any of the files.
    """
    files = modules.needed(modules.addressed(html), static)
    mark = hashlib.sha256(software.encode())
    for name in files:
        mark.update(name.encode() + (static / name).read_bytes())
    return {
        "city": city.slug,
        "software": mark.hexdigest()[:16],
        "version": city.version,
        "page": page,
        "files": [modules.ROOT + name for name in files],
    }


def worker(told: Mapping[str, Any], static: Path) -> str:
    """Return the service worker's script with what it is to keep."""
    script = (static / "sw.js").read_text(encoding="utf-8")
    return f"const SHELL = {json.dumps(told)};\n{script}"
