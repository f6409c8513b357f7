"""Measure who is covered: people and ground, per cell and level, by street and by ring.

People are counted at their places with exact times, never from pixels. Ground is measured on the
drawn polygon. The two shares are different columns and are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import grid
from geo.model import FULL_SHARE, JUDGED_SHARE, NONE_SHARE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leaves:
    """Hold what was measured per leaf cell, aligned with ``rows`` (rows of the frame of cells).

    Areas in m². ``people`` and ``covered`` are null-free arrays, or ``None`` when nobody is known.
    """

    rows: NDArray[np.int32]
    ground_m2: Floats
    judged_m2: Floats
    covered_m2: Floats
    ring_m2: Floats
    people: Floats | None = None
    judged: Floats | None = None
    covered: Floats | None = None
    ring_covered: Floats | None = None


def people_by_cell(
    cell: NDArray[np.int32], people: Floats, chosen: NDArray[np.bool_], rows: NDArray[np.int32]
) -> Floats:
    """Return the people of the chosen places per leaf; ``cell`` is each place's leaf, -1 none."""
    counts = np.zeros(int(max(cell.max(initial=-1), rows.max(initial=-1))) + 2)
    np.add.at(counts, cell[chosen], people[chosen])  # -1 adds to the spare last slot
    return counts[rows]


def cell_figures(cells: gpd.GeoDataFrame, leaves: Leaves) -> pd.DataFrame:
    """Return the figures of every cell of every level, aligned with the frame of cells.

    Columns: ``people, people_judged, covered, share, ring_covered`` (null when nobody is known or
    lives there), ``ground_m2, judged_m2, covered_m2, ground_share, ring_m2``, ``class``
    (``full``, ``partial``, ``none`` or null) and ``null_reason`` (``no_people``, ``outside``,
    ``no_ground`` or ""). Shares are 0–1.
    """

    def up(values: Floats) -> Floats:
        return np.asarray(grid.roll_up(cells, leaves.rows, values), dtype=float)

    out = pd.DataFrame(index=cells.index)
    out["ground_m2"] = up(leaves.ground_m2)
    out["judged_m2"] = up(leaves.judged_m2)
    out["covered_m2"] = up(leaves.covered_m2)
    out["ring_m2"] = up(leaves.ring_m2)
    out["ground_share"] = _share(out["covered_m2"], out["ground_m2"])
    if leaves.people is None:
        for name in ("people", "people_judged", "covered", "ring_covered", "share"):
            out[name] = np.nan
        share, judged = out["ground_share"], out["judged_m2"]
        empty = np.where(out["ground_m2"] > 0, "", "no_ground")
    else:
        assert leaves.judged is not None and leaves.covered is not None
        assert leaves.ring_covered is not None
        out["people"] = up(leaves.people)
        out["people_judged"] = up(leaves.judged)
        out["covered"] = up(leaves.covered)
        out["ring_covered"] = up(leaves.ring_covered)
        out["share"] = _share(out["covered"], out["people"])
        share, judged = out["share"], out["people_judged"]
        empty = np.where(out["people"] > 0, "", "no_people")
    whole = out["ground_m2"] if leaves.people is None else out["people"]
    # A cell of which the greater part cannot be judged has no class: calling it a gap would be a
    # guess about people far from all streets of the file.
    unjudged = judged < whole * JUDGED_SHARE
    out["null_reason"] = np.where((empty == "") & unjudged, "outside", empty)
    known = out["null_reason"] == ""
    if leaves.people is not None:
        out.loc[~known, "share"] = np.nan
    out["class"] = np.select(
        [~known, share >= FULL_SHARE, share <= NONE_SHARE], ["", "full", "none"], "partial"
    )
    return out


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole > 0)).clip(upper=1.0)


def level_counts(cells: gpd.GeoDataFrame, figures: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return ``{level: {cells, full, partial, none, unknown}}``; unknown = the share is null."""
    out = {}
    for level, rows in figures.groupby(cells["level"].to_numpy())["class"]:
        out[str(level)] = {
            "cells": len(rows),
            "full": int((rows == "full").sum()),
            "partial": int((rows == "partial").sum()),
            "none": int((rows == "none").sum()),
            "unknown": int((rows == "").sum()),
        }
    return out


def weighted_median(values: NDArray[Any], weights: Floats) -> float | None:
    """Return the value at which half of the weight is reached, ``None`` without weight."""
    total = weights.sum()
    if not total > 0:
        return None
    order = np.argsort(values, kind="stable")
    at = int(np.searchsorted(np.cumsum(weights[order]), total / 2.0))
    return float(values[order[min(at, len(order) - 1)]])
