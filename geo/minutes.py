"""Count people by the minutes until a station serves them, and find the median of every cell.

People are counted at their places with exact times. A minute of the histogram is open below and
closed above, as a budget is: whoever needs 15 min exactly stands in the bin that ends there, so the
bins up to a budget add up to the covered people. Where nobody is known, ground is counted by the
pixels of the raster, which differs from the drawn polygons by their rims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo import coverage, gaps, grid
from geo.reach import UNREACHED
from geo.study import Study

Floats = NDArray[np.float64]

#: Minutes that have a bin of their own; longer ways are one bin.
LONGEST_MIN = 30
_MINUTE_MS = 60_000


@dataclass(frozen=True, eq=False)
class Minutes:
    """Hold how many live how many minutes from the station that serves them first.

    ``bins[i]`` need more than ``i`` and at most ``i + 1`` minutes; ``beyond`` more than
    :data:`LONGEST_MIN`; ``unreached`` have no way to a station that serves; ``outside`` cannot be
    judged. Together they are all people, or all ground in m² (``measure``).
    """

    measure: Literal["people", "ground_m2"]
    reason: str | None
    bins: Floats
    beyond: float
    unreached: float
    outside: float

    @property
    def total(self) -> float:
        """Return all that is counted."""
        return float(self.bins.sum() + self.beyond + self.unreached + self.outside)

    def to_json(self) -> dict[str, Any]:
        """Return the histogram as plain values."""
        return {
            "measure": self.measure,
            "reason": self.reason,
            "total": self.total,
            "bins": self.bins.tolist(),
            "beyond": self.beyond,
            "unreached": self.unreached,
            "outside": self.outside,
        }


@dataclass(frozen=True, eq=False)
class _Places:
    """Hold the judged places, with the row of their lowest cell, and the weight of all others."""

    time_ms: NDArray[np.int32]
    weight: Floats
    cell: NDArray[np.int32]
    outside: float


def histogram(study: Study) -> Minutes:
    """Count the people, or the ground where nobody is known, by minutes."""
    places, known = _places(study), study.data.units is not None
    time_ms, weight = places.time_ms, places.weight
    reached = time_ms < UNREACHED
    minute = np.maximum(-(-time_ms.astype(np.int64) // _MINUTE_MS) - 1, 0)
    counts = np.bincount(np.minimum(minute[reached], LONGEST_MIN), weight[reached], LONGEST_MIN + 1)
    bins = counts.astype(np.float64)
    return Minutes(
        measure="people" if known else "ground_m2",
        reason=None if known else study.data.city.people_reason,
        bins=bins[:LONGEST_MIN],
        beyond=float(bins[LONGEST_MIN]),
        unreached=float(weight[~reached].sum()),
        outside=places.outside,
    )


def medians_s(study: Study) -> Floats:
    """Return, per cell of every level, the seconds until half of its judged people are served.

    By ground where nobody is known. NaN where half of them have no way, or there are none.
    """
    places, cells = _places(study), study.data.cells
    lineage = grid.ancestry(cells)
    here = np.flatnonzero(places.cell >= 0)
    leaf = places.cell[here]
    held = np.concatenate([generation[leaf] for generation in lineage]) if lineage else leaf
    place = np.tile(here, max(1, len(lineage)))[held >= 0]
    median = coverage.weighted_medians(
        places.time_ms[place].astype(float), places.weight[place], held[held >= 0], len(cells)
    )
    return np.where(median < UNREACHED, median / 1000.0, np.nan)


def _places(study: Study) -> _Places:
    data, times = study.data, study.times
    if data.units is not None and times.units is not None:
        judged, people = study.unit_class != gaps.OUTSIDE, data.units["people"].to_numpy()
        return _Places(
            times.units.time_ms[judged],
            people[judged],
            data.units["cell"].to_numpy()[judged],
            float(people[~judged].sum()),
        )
    # The raster holds only what can be judged; the rest is known as drawn.
    on_ground = data.pixels.cell >= 0
    area_m2 = data.pixels.grid.step_m**2
    beyond_m2 = data.ground["ground_m2"].to_numpy() - data.ground["judged_m2"].to_numpy()
    return _Places(
        times.pixels.time_ms[on_ground],
        np.full(int(on_ground.sum()), area_m2),
        data.pixels.cell[on_ground],
        float(beyond_m2.sum()),
    )
