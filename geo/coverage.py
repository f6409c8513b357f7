"""Measure who is covered: people and ground, per cell and level, by street and by ring.

People are counted at their places with exact times, never from pixels. Ground is measured on the
drawn polygon. The two shares are different columns and are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import grid
from geo.model import FULL_SHARE, JUDGED_SHARE, NONE_SHARE

Floats = NDArray[np.float64]

#: Where less of everybody can be judged, only they are spoken of.
MOSTLY_JUDGED = 0.98


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
    up = _up(cells, leaves.rows)
    out = pd.DataFrame(index=cells.index)
    ground_m2, judged_m2, covered_m2 = map(
        up, (leaves.ground_m2, leaves.judged_m2, leaves.covered_m2)
    )
    out["ground_m2"], out["judged_m2"], out["covered_m2"] = ground_m2, judged_m2, covered_m2
    out["ring_m2"] = up(leaves.ring_m2)
    ground_share = _share(covered_m2, ground_m2)
    out["ground_share"] = ground_share
    if leaves.people is None:
        for name in ("people", "people_judged", "covered", "ring_covered", "share"):
            out[name] = np.nan
        reason = _null_reason(ground_m2, judged_m2, "no_ground")
        out["null_reason"], out["class"] = reason, _class(ground_share, reason)
        return out
    assert leaves.judged is not None and leaves.covered is not None
    assert leaves.ring_covered is not None
    out["ring_covered"] = up(leaves.ring_covered)
    people = people_figures(
        cells, leaves.rows, people=leaves.people, judged=leaves.judged, covered=leaves.covered
    )
    return pd.concat([out, people], axis=1)


def people_figures(
    cells: gpd.GeoDataFrame,
    rows: NDArray[np.int32],
    *,
    people: Floats,
    judged: Floats,
    covered: Floats,
    lineage: list[NDArray[np.int32]] | None = None,
) -> pd.DataFrame:
    """Return what :func:`cell_figures` says of people, from the leaves' sums.

    Columns: ``people, people_judged, covered, share, null_reason, class``. ``lineage`` is the
    cells' :func:`~geo.grid.ancestry`, for whoever has it.
    """
    up = _up(cells, rows, lineage)
    return pd.DataFrame(shares(up(people), up(judged), up(covered)), index=cells.index)


def shares(people: Floats, judged: Floats, covered: Floats) -> dict[str, NDArray[Any]]:
    """Return the columns of :func:`people_figures` for cells whose sums of people are known."""
    reason = _null_reason(people, judged, "no_people")
    share = _share(covered, people)
    return {
        "people": people,
        "people_judged": judged,
        "covered": covered,
        "null_reason": reason,
        "share": np.where(reason == "", share, np.nan),
        "class": _class(share, reason),
    }


def people_facts(
    total: float | None, outside: float = 0.0, covered: float = 0.0, reason: str | None = None
) -> dict[str, Any]:
    """Return how many of all and of the judged people are covered; ``None`` = nobody is known.

    ``outside`` are the people who cannot be judged; ``reason`` says why nobody is known.
    """
    if total is None:
        names = ("total", "judged", "covered", "share", "share_of_judged")
        return dict.fromkeys(names) | {"reason": reason}
    judged = total - outside
    return {
        "total": total,
        "judged": judged,
        "covered": covered,
        "share": part_of(covered, total),
        "share_of_judged": part_of(covered, judged),
        "reason": None,
    }


def spoken_of(total: float, judged: float) -> float:
    """Return what the share of a headline is of: all, or those who can be judged.

    Pages, briefs and proposals follow this one rule, so that they tell one number.
    """
    return judged if judged < MOSTLY_JUDGED * total else total


def part_of(part: float, whole: float) -> float | None:
    """Return a share, ``None`` of nothing."""
    return part / whole if whole > 0 else None


def _up(
    cells: gpd.GeoDataFrame,
    rows: NDArray[np.int32],
    lineage: list[NDArray[np.int32]] | None = None,
) -> Callable[[Floats], Floats]:
    """Return how figures of the leaves become figures of every cell."""
    known = grid.ancestry(cells) if lineage is None else lineage
    return lambda values: np.asarray(grid.roll_up(cells, rows, values, known), dtype=float)


def _null_reason(whole: Floats, judged: Floats, empty: str) -> NDArray[Any]:
    """Return why a cell has no class, "" where it has one.

    A cell of which the greater part cannot be judged has none: calling it a gap would be a guess
    about people far from all streets of the file.
    """
    return np.where(whole > 0, np.where(judged < whole * JUDGED_SHARE, "outside", ""), empty)


def _class(share: Floats, null_reason: NDArray[Any]) -> NDArray[Any]:
    return np.select(
        [null_reason != "", share >= FULL_SHARE, share <= NONE_SHARE],
        ["", "full", "none"],
        "partial",
    )


def _share(part: Floats, whole: Floats) -> Floats:
    out = np.full(len(whole), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return np.minimum(out, 1.0)


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


def weighted_medians(
    values: NDArray[Any], weights: Floats, group: NDArray[np.integer], size: int
) -> Floats:
    """Return :func:`weighted_median` of each of ``size`` groups, NaN without weight."""
    order = np.lexsort((values, group))
    owner, running = group[order], np.append(0.0, np.cumsum(weights[order]))
    first, last = (
        np.searchsorted(owner, np.arange(size)),
        np.searchsorted(owner, np.arange(1, size + 1)),
    )
    total = running[last] - running[first]
    at = np.searchsorted(running[1:], running[first] + total / 2.0)
    out = np.full(size, np.nan)
    out[total > 0] = values[order[at[total > 0]]]
    return out
