"""Hold whom a proposal is weighed by: the people at their places, or points of ground.

Where nobody is known, ground stands for people: every pixel of a lattice of about 50 m that lies on
ground of a cell weighs the square that it stands for. Times and classes are those of the study.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo import gaps, verdicts
from geo.links import Links
from geo.study import Study

Bools = NDArray[np.bool_]

#: Points of ground are about so far apart, metres.
GROUND_STEP_M = 50.0


@dataclass(frozen=True, eq=False)
class Demand:
    """Hold places with a weight, their accesses, their classes (-1 = covered) and travel times.

    ``measure`` is what the weight counts: people, or m² of ground. ``xy`` are metres.
    """

    measure: Literal["people", "m2"]
    xy: NDArray[np.float64]
    weight: NDArray[np.float64]
    links: Links
    classes: NDArray[np.int8]
    time_ms: NDArray[np.int32]

    @property
    def judged(self) -> Bools:
        """Return which places can be judged."""
        return self.classes != gaps.OUTSIDE

    @property
    def covered(self) -> Bools:
        """Return which places are covered."""
        return self.classes == gaps.COVERED

    @property
    def lost(self) -> Bools:
        """Return which judged places are not covered."""
        return self.judged & ~self.covered

    def total(self, chosen: Bools) -> float:
        """Return the weight of some places, exact for people, who are kept in 1/1024."""
        return math.fsum(self.weight[chosen])

    def share(self, covered: float) -> float | None:
        """Return what a covered weight is of all that can be judged, ``None`` of nothing."""
        whole = self.total(self.judged)
        return covered / whole if whole > 0 else None


def of_study(study: Study) -> Demand:
    """Return the demand of a study: its people, or its ground where nobody is known."""
    data, profile = study.data, study.profile
    if data.units is not None and study.times.units is not None:
        return Demand(
            "people",
            data.units_xy,
            data.units["people"].to_numpy(),
            data.links_of_units(profile),
            study.unit_class,
            study.times.units.time_ms,
        )
    grid = data.pixels.grid
    stride = max(1, round(GROUND_STEP_M / grid.step_m))
    row, col = np.divmod(data.pixels.index, grid.cols)
    sampled = (row % stride == 0) & (col % stride == 0) & (data.pixels.cell >= 0)
    rows = np.flatnonzero(sampled)
    links = data.pixel_links(profile, rows)
    xy = grid.centres(data.pixels.index[rows])
    places = verdicts.positions(xy, links, np.zeros(len(rows), bool))
    judged = verdicts.judge(data, places, profile, study.budget, study.need)
    weight = np.full(len(rows), (stride * grid.step_m) ** 2)
    time_ms = places.read(study.times)
    return Demand("m2", xy, weight, links, judged.classes, time_ms)
