"""Run the planner's whole journey: from a loaded city to who is covered, who is not and why.

A :class:`Study` reads like the method text: times → people → drawn circle → ground → ring → cells
→ causes. Everything it answers comes from the same travel times, and is computed when it is first
read: the colours of a map need no polygons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import capacity, coverage, drawn, gaps, grid, service_area, verdicts
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.hours import holidays_known
from geo.model import Budget, Need, TravelProfile
from geo.reach import UNREACHED
from geo.schemas import BARRIER_KINDS
from geo.times import Times
from geo.verdicts import Verdicts

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Study:
    """Hold the answer to “who reaches a station within the budget” for one city.

    ``need`` narrows the stations to those that offer what is needed when people set out. With a
    ``crowd`` seats count, too: a place is ``full`` when most of its users find none. Ground knows
    no seats.
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    need: Need = ANYTIME
    crowd: Crowd | None = None

    @property
    def budget_ms(self) -> int:
        """Return the budget in milliseconds."""
        return self.budget.milliseconds(self.profile)

    @cached_property
    def times(self) -> Times:
        """Return the travel times towards the stations that serve the need."""
        return self.data.times(self.profile, self.need, self.budget_ms)

    @cached_property
    def stations(self) -> NDArray[np.int64]:
        """Return the rows of the stations that serve anybody within the budget."""
        offer = self.data.supply(self.need, self.budget_ms)
        return np.flatnonzero(offer.serving(self.budget_ms))

    @cached_property
    def units(self) -> Verdicts:
        """Return the class and the severing barrier of every place with people."""
        places = verdicts.units(self.data, self.profile)
        judged = verdicts.judge(self.data, places, self.profile, self.budget, self.need)
        if self.crowd is None or self.data.units is None:
            return judged
        seats = capacity.run(self.data, self.profile, self.budget, self.need, self.crowd)
        full = capacity.full_places(seats.seating, seats.users)
        reached = judged.classes == gaps.COVERED
        return Verdicts(
            np.where(reached & full, gaps.FULL, judged.classes).astype(np.int8), judged.barrier
        )

    @property
    def unit_class(self) -> NDArray[np.int8]:
        """Return the class of every place with people, -1 = covered (see :mod:`geo.gaps`)."""
        return self.units.classes

    @cached_property
    def pixel_class(self) -> NDArray[np.int8]:
        """Return the class of every pixel of ground; pixels that are no ground count as covered."""
        table, time_ms = self.data.pixels, self.times.pixels.time_ms
        classes = np.full(len(table.index), gaps.COVERED, np.int8)
        todo = np.flatnonzero((table.cell >= 0) & ~(time_ms <= self.budget_ms))
        places = verdicts.ground(self.data, self.profile, todo)
        judged = verdicts.judge(self.data, places, self.profile, self.budget, self.need)
        classes[todo] = judged.classes
        return classes

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Return the figures of every cell (:func:`geo.coverage.cell_figures`) and ``reason``."""
        cells = coverage.cell_figures(self.data.cells, self._leaves)
        cells["reason"] = self._reasons
        return cells

    def cell(self, row: int) -> pd.DataFrame:
        """Return the row of :attr:`cells` of one cell, without drawing the rest of the city."""
        if "cells" in vars(self):
            return self.cells.iloc[[row]]
        here = np.flatnonzero(grid.below(self.data.cells, self._rows, row))
        figures = coverage.cell_figures(self.data.cells, self._measured(here)).iloc[[row]]
        return figures.assign(reason=self._reasons[[row]])

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return what colours a map: ``people, covered, share, class, null_reason, reason``.

        By people where they are known, without drawing anything; else :attr:`cells`, by ground.
        """
        if self.data.units is None:
            return self.cells
        people = {name: value for name, value in self._people.items() if name != "ring_covered"}
        shares = coverage.people_figures(
            self.data.cells, self._rows, **people, lineage=self._lineage
        )
        shares["reason"] = self._reasons
        return shares

    @property
    def _lineage(self) -> list[NDArray[np.int32]]:
        return self.data.keep(("lineage",), lambda: grid.ancestry(self.data.cells))

    @property
    def _rows(self) -> NDArray[np.int32]:
        return self.data.ground["row"].to_numpy()

    @cached_property
    def _leaves(self) -> coverage.Leaves:
        return self._measured()

    def _measured(self, some: NDArray[np.int64] | None = None) -> coverage.Leaves:
        """Return the figures of the leaves; with some of them (rows of the ground), of the others
        no ground is measured.
        """
        data = self.data
        radius_m, centres = self.budget.metres(self.profile), data.stations_xy[self.stations]
        covered_m2, ring_m2 = np.zeros(len(data.ground)), np.zeros(len(data.ground))
        here = slice(None) if some is None else some
        covered_m2[here] = drawn.circle_m2(data, self.times, self.profile, self.budget_ms, some)
        ring_m2[here] = drawn.ring_m2(data, centres, radius_m, some)
        return coverage.Leaves(
            rows=self._rows,
            ground_m2=data.ground["ground_m2"].to_numpy(),
            judged_m2=data.ground["judged_m2"].to_numpy(),
            covered_m2=covered_m2,
            ring_m2=ring_m2,
            **self._people,
        )

    @cached_property
    def in_ring(self) -> NDArray[np.bool_]:
        """Return which judged places with people lie within the ring of a serving station."""
        data = self.data
        distance, _ = gaps.nearest_in_line(data.units_xy, data.stations_xy[self.stations])
        radius_m = self.budget.metres(self.profile)
        return (distance <= radius_m) & (self.unit_class != gaps.OUTSIDE)

    @cached_property
    def _people(self) -> dict[str, Floats]:
        """Return the people of every leaf: all, judged, covered, in the ring; none when unknown."""
        units = self.data.units
        if units is None:
            return {}
        people, cell = units["people"].to_numpy(), units["cell"].to_numpy()
        chosen = {
            "people": np.ones(len(people), bool),
            "judged": self.unit_class != gaps.OUTSIDE,
            "covered": self.unit_class == gaps.COVERED,
            "ring_covered": self.in_ring,
        }
        return {
            name: coverage.people_by_cell(cell, people, mask, self._rows)
            for name, mask in chosen.items()
        }

    @cached_property
    def _reasons(self) -> NDArray[Any]:
        """Return the main cause of every cell, by people where known, else by ground; "" = none."""
        data = self.data
        if data.units is not None:
            cell, classes = data.units["cell"].to_numpy(), self.unit_class
            weight = data.units["people"].to_numpy()
        else:
            cell, classes = data.pixels.cell, self.pixel_class
            weight = np.ones(len(classes))
        table = np.zeros((len(data.cells), len(gaps.CLASSES)))
        lost = np.flatnonzero((classes >= 0) & (cell >= 0))
        for generation in self._lineage:
            holder = generation[cell[lost]]
            lost, holder = lost[holder >= 0], holder[holder >= 0]
            np.add.at(table, (holder, classes[lost]), weight[lost])
        names = np.array([*gaps.CLASSES, ""], dtype=object)
        return names[np.where(table.max(axis=1) > 0, table.argmax(axis=1), -1)]

    @cached_property
    def uncovered(self) -> dict[str, dict[str, float | int | None]]:
        """Return ``{class: {places, people, area_m2}}`` of all that is not covered."""
        leaves, pixel_class = self._leaves, self.pixel_class
        units = self.data.units
        judged, ground = leaves.judged_m2.sum(), leaves.ground_m2.sum()
        return gaps.totals(
            self.unit_class,
            None if units is None else units["people"].to_numpy(),
            np.bincount(pixel_class[pixel_class >= 0], minlength=len(gaps.CLASSES)),
            uncovered_judged_m2=max(0.0, float(judged - leaves.covered_m2.sum())),
            outside_m2=float(ground - judged),
        )

    @cached_property
    def circles(self) -> gpd.GeoDataFrame:
        """Return the union of the network circles for this budget, metric CRS, one row a piece."""
        return self._pieces(drawn.circle(self.data, self.times, self.profile, self.budget_ms))

    @cached_property
    def ring(self) -> gpd.GeoDataFrame:
        """Return the union of the straight-line rings, metric CRS, one row a piece."""
        stations = self.data.stations.iloc[self.stations]
        rings = service_area.ring_area(stations, self.budget.metres(self.profile))
        return self._pieces(shapely.get_parts(service_area.merged(rings)))

    def _pieces(self, pieces: NDArray[Any]) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(
            {"budget": [self.budget.key] * len(pieces)},
            geometry=list(pieces),
            crs=self.data.city.crs,
        )

    @cached_property
    def gaps(self) -> gpd.GeoDataFrame:
        """Return the gaps ranked by people, by ground when nobody is known; metric CRS."""
        data = self.data
        pixel_ms = data.pixel_ms(self.profile)
        field = service_area.balance(self.times.pixels.time_ms, self.budget_ms, pixel_ms)
        traced = gaps.trace_gaps(data.pixels, self.pixel_class, field, pixel_ms, data.city.crs)
        # Cells far from all streets have no gaps to name, and must not count as too many.
        near_streets = grid.roll_up(data.cells, self._rows, data.ground["judged_m2"].to_numpy()) > 0
        districts = grid.districts(data.cells[near_streets])
        places = None
        if data.units is not None:
            places = gaps.points_frame(
                data.units_xy,
                data.city.crs,
                people=data.units["people"].to_numpy(),
                barrier=gaps.barrier_names(self.units.barrier, data.barriers),
            )
            names = np.array([*gaps.CLASSES, "covered"], dtype=object)
            places["class"] = names[self.unit_class]
        return gaps.rank(traced, districts, places)

    def to_json(self, provenance: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the study as plain values; shares 0–1, areas m², unknown people null."""
        return summary(self, provenance or {})


def run(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
) -> Study:
    """Find out who reaches an open station of the city within the budget, and why others do not.

    With a ``need``, only stations count that offer its services and are open at its instant, or
    open before the budget is over. With a ``crowd``, only those count who find a seat.
    """
    return Study(data, profile, budget, need, crowd)


def kept(data: CityData, profile: TravelProfile, budget: Budget, need: Need = ANYTIME) -> Study:
    """Return the study of a question as :func:`run` does, one for all who ask it soon again.

    What one of them has drawn or classified the others need not.
    """
    return data.keep_recent(
        ("study", profile.name, budget, need), lambda: run(data, profile, budget, need)
    )


def headline(study: Study) -> dict[str, Any]:
    """Return what can be said before anything is drawn: stations, need, people, who is left.

    People are null where nobody is known, with the reason; ``uncovered`` is people by class.
    """
    data, classes = study.data, study.unit_class
    known = data.units is not None
    people = data.units["people"].to_numpy() if data.units is not None else np.empty(0)
    by_class = np.bincount(classes[classes >= 0], people[classes >= 0], len(gaps.CLASSES))
    return {
        "stations": len(study.stations),
        "need": need_facts(study),
        "people": _people_facts(study, classes == gaps.COVERED),
        "uncovered": {
            name: float(count) if known else None
            for name, count in zip(gaps.CLASSES, by_class, strict=True)
        },
    }


def _people_facts(study: Study, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many of all and of the judged people are chosen."""
    units = study.data.units
    if units is None:
        return coverage.people_facts(None, reason=study.data.city.people_reason)
    people = units["people"].to_numpy()
    outside = float(people[study.unit_class == gaps.OUTSIDE].sum())
    return coverage.people_facts(float(people.sum()), outside, float(people[chosen].sum()))


def summary(study: Study, provenance: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of ``yizhan study``; see the method page for the meaning of every figure."""
    data, cells, told = study.data, study.cells, headline(study)
    top = data.ground["row"].to_numpy()
    area = {
        key: float(cells[key].to_numpy()[top].sum())
        for key in ("ground_m2", "judged_m2", "covered_m2", "ring_m2")
    }

    def of_ground(covered_m2: float) -> dict[str, Any]:
        return {
            "total": area["ground_m2"],
            "judged": area["judged_m2"],
            "covered": covered_m2,
            "share": coverage.part_of(covered_m2, area["ground_m2"]),
            "share_of_judged": coverage.part_of(covered_m2, area["judged_m2"]),
        }

    return {
        "city": data.city.slug,
        "name": data.city.name,
        "synthetic": data.city.synthetic,
        "profile": study.profile.name,
        "minutes": study.budget.minutes,
        "distance_m": study.budget.distance_m,
        "radius_m": study.budget.metres(study.profile),
        "speed_mps": study.profile.speed_mps,
        **{key: told[key] for key in ("stations", "need", "people")},
        "area_m2": of_ground(area["covered_m2"]),
        "ring": {
            "people": _people_facts(study, study.in_ring),
            "area_m2": of_ground(area["ring_m2"]),
        },
        "median_s": median_s(study),
        "levels": coverage.level_counts(data.cells, cells),
        "uncovered": study.uncovered,
        "barriers_known": data.city.barriers_known,
        "barrier_kinds": [kind for kind in BARRIER_KINDS if (data.barriers["kind"] == kind).any()],
        "provenance": provenance,
    }


def median_s(study: Study) -> float | None:
    """Return the time until half of the judged people are served, ``None`` if not half are."""
    if study.data.units is None or study.times.units is None:
        return None
    judged = study.unit_class != gaps.OUTSIDE
    people = study.data.units["people"].to_numpy()[judged]
    median = coverage.weighted_median(study.times.units.time_ms[judged], people)
    return None if median is None or median >= UNREACHED else median / 1000.0


def need_facts(study: Study) -> dict[str, Any]:
    """Return what was needed, and how many stations in service offer it."""
    need, at = study.need, study.need.at
    offer = study.data.supply(need, study.budget_ms)
    return {
        "services": list(need.services),
        "at": None if at is None else at.isoformat(timespec="minutes"),
        "holidays_known": None if at is None else holidays_known(at.date(), study.data.calendar),
        "stations": offer.counts(study.budget_ms),
        "users_per_1000": None if study.crowd is None else study.crowd.users_per_1000,
        "default_seats": None if study.crowd is None else study.crowd.default_seats,
    }
