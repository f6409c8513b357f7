"""Say which verdicts would survive what nobody knows exactly: the speed and the positions.

A verdict is *robust* when it stays the same under every single variation, else *fragile*:

- *speed*: everybody 20 % faster, and 20 % slower. All parts of a travel time – access legs,
  streets, steps – scale with the speed, so a place is in time at f times the speed when
  T ≤ f · budget; no search is needed. Every part is rounded up to a millisecond, so this is exact
  within as many milliseconds as a way has parts. A budget in metres does not depend on the speed.
- *place*: every place with people moved 50 m towards one of 8 bearings and tied to the streets
  anew, as homes are known to a house or to a lattice only.
- *stations*: the whole list of stations moved 50 m towards one of 8 bearings and tied anew, as by a
  small slip of the datum; one search each.

Variations are tried one at a time, never together. Nobody stands in water: what would be moved into
it stays where it was. A place that is not linked to a street, or not connected, is uncovered as
always and may become covered by a move. Where nobody is known, cells are judged by their ground, to
a pixel; ground is where it is, so only the speed and the stations are varied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, reach, study
from geo.city import ANYTIME, CityData
from geo.links import Links
from geo.model import Budget, Need, TravelProfile
from geo.network import ProfileGraph
from geo.progress import Progress
from geo.seeds import Seeds

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: Speeds are varied by so many percent, up and down.
SPEED_PERCENT = 20
#: Positions are varied by so many metres.
POSITION_M = 50.0
#: Bearings of the moves in degrees, clockwise from north.
BEARINGS = (0, 45, 90, 135, 180, 225, 270, 315)

PROGRESS = "移动住处与驿站"
METRES = "以米计的预算与速度无关 · a budget in metres does not depend on the speed"


@dataclass(frozen=True)
class Variation:
    """Name one change: ``speed`` in percent of the profile's, or a move of ``place``/``stations``.

    ``amount`` is a percentage (80, 120) or a bearing in degrees; ``base`` is no change at all.
    """

    kind: str
    amount: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the variation as plain values."""
        speed = self.amount if self.kind == "speed" else None
        bearing = self.amount if self.kind in ("place", "stations") else None
        return {"kind": self.kind, "speed_percent": speed, "bearing_deg": bearing}


BASE = Variation("base")


@dataclass(frozen=True, eq=False)
class Certainty:
    """Hold who is covered under every variation; the first one is no change.

    ``covered`` has a row per variation and a column per place: the places with people, or the rows
    of the pixel table where nobody is known (``basis`` = ``people`` or ``ground``).
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    need: Need
    variations: tuple[Variation, ...]
    covered: Bools

    @property
    def basis(self) -> str:
        """Return whether shares are of people or of ground."""
        return "ground" if self.data.units is None else "people"

    @cached_property
    def judged(self) -> Bools:
        """Return which places can be judged at all."""
        units = self.data.units
        return self.data.pixels.cell >= 0 if units is None else ~units["outside"].to_numpy()

    @cached_property
    def robust(self) -> Bools:
        """Return the judged places whose verdict is the same under all variations."""
        return self.judged & (self.covered == self.covered[0]).all(axis=0)

    @cached_property
    def people(self) -> Floats:
        """Return the people of every place; where nobody is known there are none to count."""
        units = self.data.units
        return np.zeros(len(self.judged)) if units is None else units["people"].to_numpy()

    @cached_property
    def shares(self) -> Floats:
        """Return the covered share of what can be judged, by variation; NaN where that is none."""
        if self.data.units is not None:
            part, whole = self.covered @ self.people, float(self.people[self.judged].sum())
        else:
            part = np.array([self._ground_m2(row).sum() for row in self.covered])
            whole = float(self.data.ground["judged_m2"].sum())
        return part / whole if whole > 0 else np.full(len(self.covered), np.nan)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Return the verdict of every cell, aligned with the frame of cells.

        Columns: ``verdict`` (``robust`` when the class is the same under all variations, else
        ``fragile``, "" without a class), ``class``, ``share``, ``share_min``, ``share_max`` and
        ``null_reason`` (why there is no class).
        """
        figures = [self._figures(row) for row in self.covered]
        base = figures[0]
        out = base[["class", "share", "null_reason"]].copy()
        shares = pd.concat([each["share"] for each in figures], axis=1)
        classes = pd.concat([each["class"] for each in figures], axis=1)
        out["share_min"], out["share_max"] = shares.min(axis=1), shares.max(axis=1)
        same = classes.eq(base["class"], axis=0).all(axis=1)
        verdict = np.where(same, "robust", "fragile")
        out["verdict"] = np.where(base["class"] == "", "", verdict)
        return out

    def _figures(self, covered: Bools) -> pd.DataFrame:
        """Return ``share``, ``class`` and ``null_reason`` of the cells under one variation."""
        data, rows = self.data, self.data.ground["row"].to_numpy()
        if data.units is None:
            ground, judged = (
                data.ground["ground_m2"].to_numpy(),
                data.ground["judged_m2"].to_numpy(),
            )
            covered_m2 = self._ground_m2(covered)
            leaves = coverage.Leaves(rows, ground, judged, covered_m2, ring_m2=np.zeros(len(rows)))
            figures = coverage.cell_figures(data.cells, leaves)
            known = figures["null_reason"] == ""
            return figures.assign(share=figures["ground_share"].where(known))
        cell = data.units["cell"].to_numpy()

        def sums(chosen: Bools) -> Floats:
            return coverage.people_by_cell(cell, self.people, chosen, rows)

        return coverage.people_figures(
            data.cells,
            rows,
            people=sums(np.ones(len(cell), bool)),
            judged=sums(self.judged),
            covered=sums(covered),
        )

    def _ground_m2(self, covered: Bools) -> Floats:
        """Return the covered ground of every leaf, by its share of pixels, in m²."""
        cell, rows = self.data.pixels.cell, self.data.ground["row"].to_numpy()
        slots = len(self.data.cells) + 1
        part = np.bincount(cell[covered & self.judged], minlength=slots)[rows]
        whole = np.bincount(cell[self.judged], minlength=slots)[rows]
        return self.data.ground["judged_m2"].to_numpy() * part / np.maximum(whole, 1)


def assess(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    progress: Progress = lambda label, done, total: None,
) -> Certainty:
    """Find out which verdicts of a study hold for other speeds and positions."""
    budget_ms = budget.milliseconds(profile)
    limits = data.supply(need, budget_ms).limits(budget_ms)
    ground_only = data.units is None
    links = data.pixel_links(profile) if ground_only else data.links_of_units(profile)
    speeds = () if budget.minutes is None else (100 + SPEED_PERCENT, 100 - SPEED_PERCENT)
    # One search at the usual speed serves the speeds and the moves of the places.
    graph, start = data.graph(profile, need.at), data.seeds(profile, at=need.at)
    fields = _fields(graph, start, limits, max((100, *speeds)))
    found = {BASE: _within(data, graph, fields, links)}
    for percent in speeds:
        found[Variation("speed", percent)] = _within(data, graph, fields, links, percent)
    moves = [Variation("place", to) for to in BEARINGS if not ground_only]
    moves += [Variation("stations", to) for to in BEARINGS]
    for done, move in enumerate(moves):
        progress(PROGRESS, done, len(moves))
        if move.kind == "place":
            moved = data.street_index(profile).link(_moved(data, data.units_xy, move.amount))
            found[move] = _within(data, graph, fields, moved)
        else:
            start = _moved_seeds(data, profile, graph, move.amount)
            found[move] = _within(data, graph, _fields(graph, start, limits, 100), links)
    progress(PROGRESS, len(moves), len(moves))
    covered = np.array(list(found.values()))
    if data.units is not None:
        covered &= ~data.units["outside"].to_numpy()
    return Certainty(data, profile, budget, need, tuple(found), covered)


class _Field(NamedTuple):
    """Hold the times towards the stations that serve travel times up to the same limit."""

    seeds: Seeds
    nodes: reach.NodeTimes
    limit_ms: int


def _fields(graph: ProfileGraph, start: Seeds, limits: Ints, percent: int) -> list[_Field]:
    """Search from the stations of every limit, far enough for so many percent of the speed.

    ``limits`` are the longest times that each station serves, -1 for none: see
    :meth:`geo.supply.Supply.limits`.
    """
    fields = []
    for limit in map(int, np.unique(limits[limits >= 0])):
        seeds = start.only(limits == limit)
        nodes = reach.nearest(graph, seeds, limit * percent // 100)
        fields.append(_Field(seeds, nodes, limit))
    return fields


def _within(
    data: CityData,
    graph: ProfileGraph,
    fields: list[_Field],
    links: Links,
    percent: int = 100,
) -> Bools:
    """Return which linked places are served when all move at so many percent of the speed."""
    served = np.zeros(len(links), bool)
    for field in fields:
        times = reach.arrival(data.network, graph, links, field.nodes, field.seeds).time_ms
        served |= times <= field.limit_ms * percent // 100
    return served


def _moved_seeds(
    data: CityData, profile: TravelProfile, graph: ProfileGraph, bearing: int
) -> Seeds:
    """Return the seeds of the open stations, all moved towards a bearing."""
    doors = data.site_index(profile).link(_moved(data, data.stations_xy, bearing))
    return reach.seeds(data.network, graph, doors.only(data.open_rows))


def _moved(data: CityData, xy: Floats, bearing: int) -> Floats:
    """Return positions moved towards a bearing; who would stand in water then stays."""
    angle = np.radians(bearing)
    moved = xy + POSITION_M * np.array([np.sin(angle), np.cos(angle)])
    if data.barrier_index is None or not len(xy):
        return moved
    wet = data.barrier_index.holds(moved)
    return np.where(wet[:, None], xy, moved)


def summary(found: Certainty) -> dict[str, Any]:
    """Return the certainty of a city as plain values; the method page tells what they mean."""
    data, budget = found.data, found.budget
    people, first = found.people, found.covered[0]
    counts = found.covered @ people
    shares = [None if np.isnan(value) else float(value) for value in found.shares]
    given = [value for value in shares if value is not None]

    def figure(count: float) -> float | None:
        return None if data.units is None else float(count)

    return {
        "city": data.city.slug,
        "city_name": data.city.name,
        "profile": found.profile.name,
        "minutes": budget.minutes,
        "distance_m": budget.distance_m,
        "need": study.need_facts(study.run(data, found.profile, budget, found.need)),
        "speed_percent": None if budget.minutes is None else SPEED_PERCENT,
        "speed_reason": METRES if budget.minutes is None else None,
        "position_m": POSITION_M,
        "basis": found.basis,
        "share_of_judged": shares[0],
        "share_of_judged_min": min(given, default=None),
        "share_of_judged_max": max(given, default=None),
        "people": {
            "total": figure(people.sum()),
            "judged": figure(people[found.judged].sum()),
            "covered": figure(counts[0]),
            "covered_min": figure(counts.min()),
            "covered_max": figure(counts.max()),
            "robust_covered": figure(people[found.robust & first].sum()),
            "robust_uncovered": figure(people[found.robust & ~first].sum()),
            "fragile": figure(people[found.judged & ~found.robust].sum()),
            "reason": data.city.people_reason,
        },
        "variations": [
            {**variation.to_json(), "covered": figure(count), "share_of_judged": share}
            for variation, count, share in zip(found.variations, counts, shares, strict=True)
        ],
        "levels": _levels(found),
    }


def cells_of(found: Certainty, level: int) -> list[dict[str, Any]]:
    """Return the verdict of every cell of a level as plain values, in the order of the file."""
    cells = found.data.cells
    rows = np.flatnonzero((cells["level"] == level).to_numpy())
    table = pd.concat([cells[["code", "name"]], found.cells], axis=1).iloc[rows]
    # What is not known is NaN or "" in a frame and null for a program.
    table = table.astype(object).where(table.notna() & (table != ""), None)
    out: list[dict[str, Any]] = table.to_dict(orient="records")
    return [cell | {"name": cell["name"] or ""} for cell in out]


def _levels(found: Certainty) -> dict[str, dict[str, int]]:
    """Return ``{level: {cells, robust, fragile, unknown}}``."""
    level = found.data.cells["level"].to_numpy()
    return {
        str(each): {
            "cells": len(rows),
            "robust": int((rows == "robust").sum()),
            "fragile": int((rows == "fragile").sum()),
            "unknown": int((rows == "").sum()),
        }
        for each, rows in found.cells["verdict"].groupby(level)
    }
