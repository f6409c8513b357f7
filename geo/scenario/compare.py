"""Compare two studies of one city that ask the same question: what is gained, lost, and where.

The two may be the city today and a scenario, or two scenarios. A difference is always *after* minus
*before*, figure by figure, so it changes its sign and nothing else when the two change places.
Where nobody is known it speaks of ground: drawn m² in cells, pixels where places change class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import coverage, gaps, minutes
from geo.city import CityData
from geo.errors import OptionError
from geo.study import Study, headline, median_s

Floats = NDArray[np.float64]

#: What a place may be: covered, or a class of :mod:`geo.gaps`.
STATES = ("covered", *gaps.CLASSES)

_AREAS = ("ground_m2", "judged_m2", "covered_m2")


@dataclass(frozen=True, eq=False)
class Difference:
    """Hold two studies of one city and one question; to be got from :func:`difference`."""

    before: Study
    after: Study

    @property
    def measure(self) -> str:
        """Return what is counted: ``people``, or ``ground_m2`` where nobody is known."""
        return "ground_m2" if self.before.data.units is None else "people"

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Return a row per cell of every level, aligned with the city's frame of cells.

        Columns: ``code, level, total`` (people, or m² of ground), ``before_covered, after_covered,
        difference``, ``share_before, share_after, share_difference`` (0–1, null with the
        ``null_reason``), ``class_before, class_after`` and ``median_s_before, median_s_after,
        median_s_difference``: the time until half of the cell's judged people are served, null
        where not half are, or where nobody is known.
        """
        data = self.before.data
        total, covered, share = (
            ("people", "covered", "share")
            if data.units is not None
            else ("ground_m2", "covered_m2", "ground_share")
        )
        old, new = self.before.shares, self.after.shares
        known = (old["null_reason"] == "").to_numpy()
        out = pd.DataFrame(index=data.cells.index)
        out["code"], out["level"] = data.cells["code"], data.cells["level"]
        out["total"] = old[total]
        out["before_covered"], out["after_covered"] = old[covered], new[covered]
        out["difference"] = new[covered] - old[covered]
        out["share_before"], out["share_after"] = old[share].where(known), new[share].where(known)
        out["share_difference"] = out["share_after"] - out["share_before"]
        out["class_before"], out["class_after"] = old["class"], new["class"]
        for name, study in (("before", self.before), ("after", self.after)):
            out[f"median_s_{name}"] = _medians_s(study)
        out["median_s_difference"] = out["median_s_after"] - out["median_s_before"]
        out["null_reason"] = old["null_reason"]
        return out

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Return how many people were of one class (row) and are of another (column).

        Rows and columns are :data:`STATES`; the diagonal holds those for whom nothing changes.
        Where nobody is known it is m² of ground by pixels, whose sum is the drawn area only within
        the pixels' size.
        """
        data = self.before.data
        if data.units is not None:
            classes = [study.unit_class for study in (self.before, self.after)]
            weight = data.units["people"].to_numpy()
        else:
            soil = data.pixels.cell >= 0
            classes = [study.pixel_class[soil] for study in (self.before, self.after)]
            weight = np.full(int(soil.sum()), data.pixels.grid.step_m**2)
        table = np.zeros((len(STATES), len(STATES)))
        np.add.at(
            table, tuple(number.astype(np.int64) - gaps.COVERED for number in classes), weight
        )
        return pd.DataFrame(table, index=STATES, columns=STATES)

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Return the figures of the whole city: before, after and their difference.

        ``gained`` and ``lost`` are those covered after and not before, and the reverse: their
        difference is that of ``covered`` where people are known.
        """
        moved = self.moved.to_numpy()
        before, after = _figures(self.before), _figures(self.after)
        return {
            "before": before,
            "after": after,
            "difference": {name: _minus(after[name], before[name]) for name in before},
            "gained": float(moved[1:, 0].sum()),
            "lost": float(moved[0, 1:].sum()),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain values; cells as columns, unknown figures null."""
        study = self.before
        return {
            "city": study.data.city.slug,
            "profile": study.profile.name,
            "minutes": study.budget.minutes,
            "distance_m": study.budget.distance_m,
            "services": list(study.need.services),
            "at": None if study.need.at is None else study.need.at.isoformat(timespec="minutes"),
            "users_per_1000": None if study.crowd is None else study.crowd.users_per_1000,
            "default_seats": None if study.crowd is None else study.crowd.default_seats,
            "measure": self.measure,
            "reason": study.data.city.people_reason if study.data.units is None else None,
            "totals": self.totals,
            "moved": {"states": list(STATES), "table": self.moved.to_numpy().tolist()},
            "cells": {name: _plain(column) for name, column in self.cells.items()},
        }


def difference(before: Study, after: Study) -> Difference:
    """Return what is different in ``after``, or an :class:`~geo.errors.OptionError` that says why.

    The studies must ask the same question about the same city: its people and cells. Stations and
    added streets may differ.
    """
    reasons = [
        f"{name} is {shown(before)} in one and {shown(after)} in the other"
        for name, shown in _QUESTION.items()
        if shown(before) != shown(after)
    ]
    if reasons:
        raise OptionError(
            f"two studies that ask different questions cannot be compared: {'; '.join(reasons)}; "
            "ask both the same"
        )
    if not _same_base(before.data, after.data):
        raise OptionError(
            f"{before.data.city.name} and {after.data.city.name} differ in their cells or people: "
            "scenarios are compared within one imported city; make both upon the same version"
        )
    return Difference(before, after)


_QUESTION = {
    "the way of travelling": lambda study: study.profile.name,
    "the budget": lambda study: study.budget.key,
    "the need": lambda study: study.need.key or "any station at whatever hour",
    "the demand for seats": lambda study: "none" if study.crowd is None else str(study.crowd),
}


def _same_base(one: CityData, other: CityData) -> bool:
    """Return whether two cities have the same cells, people and ground."""
    if one.cells is other.cells and one.units is other.units and one.ground is other.ground:
        return True
    if one.city != other.city or (one.units is None) != (other.units is None):
        return False
    if not np.array_equal(one.cells["code"].to_numpy(), other.cells["code"].to_numpy()):
        return False
    if not np.array_equal(one.ground["judged_m2"].to_numpy(), other.ground["judged_m2"].to_numpy()):
        return False
    if one.units is None or other.units is None:
        return True
    same = all(
        np.array_equal(one.units[name].to_numpy(), other.units[name].to_numpy())
        for name in ("people", "cell", "outside")
    )
    return same and np.array_equal(one.units_xy, other.units_xy)


def _medians_s(study: Study) -> Floats:
    """Return the median time of the judged people of every cell in seconds, NaN if not half go."""
    if study.data.units is None:
        return np.full(len(study.data.cells), np.nan)
    return minutes.medians_s(study)


def _figures(study: Study) -> dict[str, float | int | None]:
    """Return the figures of a whole city that are compared."""
    if study.data.units is not None:
        told = headline(study)["people"]
    else:
        rows = study.data.ground["row"].to_numpy()
        areas = (study.cells[name].to_numpy()[rows] for name in _AREAS)
        total, judged, covered = (float(area.sum()) for area in areas)
        told = coverage.people_facts(total, total - judged, covered)
    return {
        "stations": len(study.stations),
        **{name: told[name] for name in ("covered", "share", "share_of_judged")},
        "median_s": median_s(study),
    }


def _minus(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _plain(column: pd.Series) -> list[Any]:
    """Return a column as plain values, null for what is not known."""
    return column.astype(object).where(column.notna(), None).tolist()
