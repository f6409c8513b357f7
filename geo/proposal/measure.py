"""Measure what a plan covers by the ruler of a study, before it and after each of its actions.

People are counted at their places. Ground is measured as the study draws it, so that a proposal
begins with the very figure of the study's headline; the points by which actions are chosen
(:mod:`geo.proposal.demand`) are another, coarser ruler. What is promised is reckoned from the city
as it is and the way to each new spot; a study of the changed city must find the same to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import coverage, drawn, gaps, reach
from geo.city import CityData
from geo.progress import Progress, silent
from geo.proposal.actions import Actions
from geo.proposal.demand import Demand
from geo.reach import UNREACHED
from geo.study import Study

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_DRAWING = "画服务圈"


@dataclass(frozen=True)
class Measured:
    """Hold what is covered before a plan and after each action, of all and of what can be judged.

    People, or m² of ground where nobody is known.
    """

    covered: tuple[float, ...]
    total: float
    judged: float

    @property
    def whole(self) -> float:
        """Return what shares are of: as in the study's headline."""
        return coverage.spoken_of(self.total, self.judged)


def of_plan(
    before: Study,
    wanted: Demand,
    possible: Actions,
    chosen: Sequence[int],
    gains: Sequence[float],
    progress: Progress = silent,
) -> Measured:
    """Return what the chosen actions cover, in their order; ``gains`` is what each adds in people.

    Where nobody is known the circle is drawn anew after each action.
    """
    if wanted.measure == "people":
        start = wanted.total(wanted.covered)
        sums = [math.fsum([start, *gains[:count]]) for count in range(len(gains) + 1)]
        everybody = np.ones(len(wanted.weight), bool)
        return Measured(tuple(sums), wanted.total(everybody), wanted.total(wanted.judged))
    ground = before.data.ground
    total, judged = (float(ground[name].to_numpy().sum()) for name in ("ground_m2", "judged_m2"))
    now = covered(before, wanted)
    return Measured((now, *_drawn(before, possible, chosen, progress)), total, judged)


def covered(study: Study, wanted: Demand) -> float:
    """Return what a study covers: people, or drawn m² where nobody is known."""
    if wanted.measure == "people":
        return wanted.total(wanted.classes == gaps.COVERED)
    rows = study.data.ground["row"].to_numpy()
    return float(study.cells["covered_m2"].to_numpy()[rows].sum())


def _drawn(
    before: Study, possible: Actions, chosen: Sequence[int], progress: Progress
) -> Iterator[float]:
    """Yield the m² inside the circle after each action in turn.

    After the last one the whole circle is drawn, as a study does; before, around what changes.
    """
    data, profile, budget_ms = before.data, before.profile, before.budget_ms
    area_m2 = before.cells["covered_m2"].to_numpy()[data.ground["row"].to_numpy()].copy()
    time_ms = before.times.pixels.time_ms.copy()
    for done, action in enumerate(chosen, start=1):
        progress(_DRAWING, done - 1, len(chosen))
        rows, served_ms = _served(before, possible, action)
        better = served_ms < time_ms[rows]
        rows = rows[better]
        time_ms[rows] = served_ms[better]
        if done == len(chosen):
            area_m2 = drawn.timed_m2(data, time_ms, profile, budget_ms)
        elif len(rows):
            leaves = _leaves_at(data, rows)
            area_m2[leaves] = drawn.timed_m2(data, time_ms, profile, budget_ms, leaves)
        yield float(area_m2.sum())
    progress(_DRAWING, len(chosen), len(chosen))


def _served(before: Study, possible: Actions, action: int) -> tuple[Longs, Ints]:
    """Return the pixels that an action may serve, and when it does."""
    data, profile = before.data, before.profile
    graph, table = data.graph(profile, before.need.at), data.pixels
    spot = int(possible.table["spot"].iat[action])
    # The edge of the circle is drawn between pixels on either side of the budget.
    limit_ms = before.budget_ms + math.ceil(data.pixel_ms(profile)) + 1
    x, y = shapely.get_coordinates(possible.spots.geometry.iloc[spot])[0]
    # Nobody is farther than the fastest gait takes them in a straight line.
    far_m = limit_ms / 1000.0 * float(graph.speed_mps.max())
    rows = table.inside(table.grid.window((x - far_m, y - far_m, x + far_m, y + far_m)))
    start = reach.seeds(data.network, graph, possible.links.take(np.array([spot])))
    nodes = reach.nearest(graph, start, limit_ms)
    links = data.pixel_links(profile, rows)
    way_ms = reach.arrival(data.network, graph, links, nodes, start).time_ms
    served_ms = possible.offer.served_ms(np.full(len(rows), action), way_ms)
    return rows, np.where(way_ms <= limit_ms, served_ms, UNREACHED).astype(np.int32)


def _leaves_at(data: CityData, rows: Longs) -> Longs:
    """Return the leaves (rows of the ground) that pixels may change, by their boxes."""
    grid = data.pixels.grid
    xy = grid.centres(data.pixels.index[rows])
    low, high = xy.min(axis=0) - 2 * grid.step_m, xy.max(axis=0) + 2 * grid.step_m
    bounds = shapely.bounds(data.ground.geometry.to_numpy())
    meets = (bounds[:, :2] <= high).all(axis=1) & (bounds[:, 2:] >= low).all(axis=1)
    return np.flatnonzero(meets)
