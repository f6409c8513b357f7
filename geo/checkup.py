"""Examine a city's folder: whether all is there and agrees with its manifest."""

from __future__ import annotations

from dataclasses import dataclass

import pyogrio

from geo import workspace
from geo.errors import CityBroken


@dataclass(frozen=True)
class Checkup:
    """Hold the outcome of ``yizhan city check``: facts for people, and faults if any."""

    lines: tuple[str, ...]
    faults: tuple[str, ...]


def check(slug: str) -> Checkup:
    """Load everything of a city and compare it with its manifest."""
    content = workspace.manifest(slug)
    path, faults = workspace.folder(slug), []
    try:
        present = {name for name, _ in pyogrio.list_layers(path / "city.gpkg")}
    except workspace.UNREADABLE as error:
        raise CityBroken(f"{error}; remove the city and create it anew") from error
    needed = {"streets", "nodes", "cells", "ground", "stations", "barriers", "water"}
    if content["city"]["people_reason"] is None:
        needed.add("units")
    faults += [f"layer {name} is missing in city.gpkg" for name in sorted(needed - present)]
    if not faults:
        data = workspace.load(slug)
        counts = content["city"]["counts"]
        for name, seen in (
            ("cells", len(data.cells)),
            ("stations", len(data.stations)),
            ("edges", len(data.network.edge_u)),
            ("pixels", len(data.pixels.index)),
            ("places", 0 if data.units is None else len(data.units)),
        ):
            if seen != counts[name]:
                faults.append(f"{name}: {seen} on disk, {counts[name]} in the manifest")
    if not any((path / "tiles").glob("*.pmtiles")):
        faults.append("the tiles of the map are missing")
    lines = [f"{key}: {value}" for key, value in content["city"]["counts"].items()]
    lines += [f"• {note}" for note in content["notes"]]
    return Checkup(tuple(lines), tuple(faults))
