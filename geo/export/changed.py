"""List what a scenario changes as a layer: stations before and after, links as lines, gates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84, to_wgs84
from geo.manifest import Scenario
from geo.printable import printable
from geo.scenario.changes import plain

#: What a change may concern, as its plain form names it.
SUBJECTS = ("station", "link", "gate")
_COLUMNS = ["key", "change", "subject", "id", "name", "when", "what"]
BEFORE, AFTER = "before", "after"


class _Place(NamedTuple):
    """Hold when something is at a place (``""``: it stays there), and the place."""

    when: str
    shape: shapely.Geometry | None


def changes(
    scenario: Scenario | None, stations: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """Return one row a change, two for a station that moves; WGS84, no row without a scenario.

    ``stations`` are those of the changed city, ``before`` those of the city as it is (``None``:
    where a station stood before it moved is not told). Links are the lines that were drawn. ``key``
    is that of the change in the table ``about``.
    """
    held = _Held(stations, before)
    rows, shapes = [], []
    for number, change in enumerate(() if scenario is None else scenario.changes, start=1):
        facts = plain(change)
        subject = next(name for name in SUBJECTS if name in facts)
        own = str(facts[subject])
        places = list(held.places(facts, subject, own))
        for when, shape in places:
            key = f"scenario.change.{number}" + (f".{when}" if len(places) > 1 else "")
            name = printable(held.name(facts, subject, own))
            rows.append((key, facts["kind"], subject, own, name, when, _rest(facts, subject)))
            shapes.append(shape)
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    inside = [None if shape is None else shapely.point_on_surface(shape) for shape in shapes]
    frame["lon"], frame["lat"] = shapely.get_x(inside), shapely.get_y(inside)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WGS84)


def _rest(facts: dict[str, Any], subject: str) -> str:
    """Return what a change says beside its kind, its subject and places, as JSON; "" = nothing."""
    drawn = ("kind", subject, "position", "line")
    rest = {name: value for name, value in facts.items() if name not in drawn}
    return printable(json.dumps(rest, ensure_ascii=False)) if rest else ""


class _Held:
    """Remember, change by change, what stands where."""

    def __init__(self, stations: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None) -> None:
        known = stations if before is None else before
        self._names = dict(zip(stations["id"], stations["name"], strict=True))
        self._where: dict[tuple[str, str], shapely.Geometry | None] = {
            ("station", str(own)): shape
            for own, shape in zip(known["id"], to_wgs84(known).geometry, strict=True)
        }
        self._sure = set() if before is None else set(self._where)

    def name(self, facts: dict[str, Any], subject: str, own: str) -> str:
        """Return what something is called, "" if it has no name."""
        known = self._names.get(own, "") if subject == "station" else ""
        return str(facts.get("name") or known)

    def places(self, facts: dict[str, Any], subject: str, own: str) -> Iterator[_Place]:
        """Yield where something was and where it is put by a change."""
        at, kind = (subject, own), facts["kind"]
        old = self._where.get(at)
        if kind == "move" and at in self._sure:
            yield _Place(BEFORE, old)
        self._sure.add(at)
        if "line" in facts:
            self._where[at] = shapely.LineString(facts["line"])
        elif "position" in facts:
            self._where[at] = shapely.Point(facts["position"])
        else:
            yield _Place(BEFORE if kind in ("unlink", "shut") else "", old)
            return
        yield _Place(AFTER, self._where[at])
