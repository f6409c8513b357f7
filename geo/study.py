"""Run the planner's whole journey: from a loaded city to who is covered, who is not and why.

:func:`run` reads like the method text: times → people → drawn circle → ground → ring → cells →
causes. Everything it returns comes from the same travel times.
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

from geo import coverage, gaps, grid, service_area
from geo.city import CityData, Times, access_set
from geo.frames import BARRIER_KINDS
from geo.model import Budget, TravelProfile
from geo.reach import UNREACHED

#: Drawn areas are cut into tiles of so many pixels before they are laid over the cells.
CHUNK_PIXELS = 40


@dataclass(frozen=True, eq=False)
class Study:
    """Hold the answer to “who reaches a station within the budget” for one city.

    ``cells`` has the figures of every cell (see :func:`geo.coverage.cell_figures`) and ``reason``;
    ``unit_class`` and ``pixel_class`` the causes, ``-1`` = covered (see :mod:`geo.gaps`).
    """

    data: CityData
    profile: TravelProfile
    budget: Budget
    times: Times
    cells: pd.DataFrame
    unit_class: NDArray[np.int8]
    unit_barrier: NDArray[np.int32]
    pixel_class: NDArray[np.int8]
    uncovered: dict[str, dict[str, float | int | None]]

    @property
    def budget_ms(self) -> int:
        """Return the budget in milliseconds."""
        return self.budget.milliseconds(self.profile)

    @cached_property
    def circles(self) -> gpd.GeoDataFrame:
        """Return the union of the network circles for this budget, metric CRS, one row a piece."""
        table = self.data.pixels
        pieces = service_area.network_area(
            table,
            np.arange(len(table.index)),
            self.times.pixels.time_ms,
            self.budget_ms,
            self.data.pixel_ms(self.profile),
        )
        return gpd.GeoDataFrame(
            {"budget": [self.budget.key] * len(pieces)},
            geometry=list(pieces),
            crs=self.data.city.crs,
        )

    @cached_property
    def ring(self) -> gpd.GeoDataFrame:
        """Return the union of the straight-line rings, metric CRS, one row a piece."""
        open_stations = self.data.stations.iloc[self.data.open_rows]
        rings = service_area.ring_area(open_stations, self.budget.metres(self.profile))
        pieces = shapely.get_parts(service_area.merged(rings))
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
        districts = grid.districts(data.cells[self.cells["judged_m2"].to_numpy() > 0])
        places = None
        if data.units is not None:
            places = gaps.points_frame(
                data.units_xy,
                data.city.crs,
                people=data.units["people"].to_numpy(),
                barrier=gaps.barrier_names(self.unit_barrier, data.barriers),
            )
            names = np.array([*gaps.CLASSES, "covered"], dtype=object)
            places["class"] = names[self.unit_class]
        return gaps.rank(traced, districts, places)

    def to_json(self, provenance: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the study as plain values; shares 0–1, areas m², unknown people null."""
        return summary(self, provenance or {})


def run(data: CityData, profile: TravelProfile, budget: Budget) -> Study:
    """Find out who reaches an open station of the city within the budget, and why others do not."""
    times = data.times(profile)
    budget_ms, radius_m = budget.milliseconds(profile), budget.metres(profile)
    rows = data.ground["row"].to_numpy()

    covered_m2 = _ground_covered(data, times, budget_ms)
    ring_m2 = _at_most_all(
        data, service_area.ring_overlay_area(_ground_shapes(data), data.open_xy, radius_m)
    )
    unit_class, unit_barrier, people = _judge_people(data, times, budget_ms, radius_m, rows)
    pixel_class = _judge_ground(data, times, budget_ms, radius_m)

    leaves = coverage.Leaves(
        rows=rows,
        ground_m2=data.ground["ground_m2"].to_numpy(),
        judged_m2=data.ground["judged_m2"].to_numpy(),
        covered_m2=covered_m2,
        ring_m2=ring_m2,
        **people,
    )
    cells = coverage.cell_figures(data.cells, leaves)
    cells["reason"] = _reasons(data, unit_class, pixel_class)
    judged, ground = leaves.judged_m2.sum(), leaves.ground_m2.sum()
    uncovered = gaps.totals(
        unit_class,
        None if data.units is None else data.units["people"].to_numpy(),
        np.bincount(pixel_class[pixel_class >= 0], minlength=len(gaps.CLASSES)),
        uncovered_judged_m2=max(0.0, float(judged - covered_m2.sum())),
        outside_m2=float(ground - judged),
    )
    return Study(
        data, profile, budget, times, cells, unit_class, unit_barrier, pixel_class, uncovered
    )


def _ground_shapes(data: CityData) -> NDArray[Any]:
    return data.ground.geometry.to_numpy()


def _ground_covered(data: CityData, times: Times, budget_ms: int) -> NDArray[np.float64]:
    """Return the m² of every leaf's ground inside the drawn circle."""
    table = data.pixels
    pieces = service_area.network_area(
        table,
        np.arange(len(table.index)),
        times.pixels.time_ms,
        budget_ms,
        data.pixel_ms(times.profile),
        chunk=CHUNK_PIXELS,
    )
    return _at_most_all(data, service_area.overlay_area(_ground_shapes(data), pieces))


def _at_most_all(data: CityData, area_m2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the parts of the leaves' ground; a sum of pieces may exceed the whole in last bits."""
    return np.minimum(area_m2, data.ground["judged_m2"].to_numpy())


def _judge_people(
    data: CityData, times: Times, budget_ms: int, radius_m: float, rows: NDArray[np.int32]
) -> tuple[NDArray[np.int8], NDArray[np.int32], dict[str, Any]]:
    """Return the class and barrier of every place with people, and the sums per leaf."""
    if data.units is None or times.units is None:
        return np.empty(0, np.int8), np.empty(0, np.int32), {}
    outside = data.units["outside"].to_numpy()
    linked = data.links_of_units(times.profile).edge >= 0
    classes, barrier = gaps.classify(
        data.units_xy,
        times.units.time_ms,
        linked,
        budget_ms,
        data.open_xy,
        radius_m,
        data.barrier_kinds,
        outside,
    )
    distance, _ = gaps.nearest_in_line(data.units_xy, data.open_xy)
    people, cell = data.units["people"].to_numpy(), data.units["cell"].to_numpy()

    def sums(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        return coverage.people_by_cell(cell, people, chosen, rows)

    return (
        classes,
        barrier,
        {
            "people": sums(np.ones(len(people), bool)),
            "judged": sums(~outside),
            "covered": sums(classes == gaps.COVERED),
            "ring_covered": sums((distance <= radius_m) & ~outside),
        },
    )


def _judge_ground(
    data: CityData, times: Times, budget_ms: int, radius_m: float
) -> NDArray[np.int8]:
    """Return the class of every pixel of ground; pixels that are no ground count as covered."""
    table = data.pixels
    linked = table.edge[access_set(data.network, times.profile.name)] >= 0
    classes = np.full(len(table.index), gaps.COVERED, np.int8)
    todo = np.flatnonzero((table.cell >= 0) & ~(linked & (times.pixels.time_ms <= budget_ms)))
    classes[todo], _ = gaps.classify(
        table.grid.centres(table.index[todo]),
        times.pixels.time_ms[todo],
        linked[todo],
        budget_ms,
        data.open_xy,
        radius_m,
        data.barrier_kinds,
    )
    return classes


def _reasons(
    data: CityData, unit_class: NDArray[np.int8], pixel_class: NDArray[np.int8]
) -> NDArray[Any]:
    """Return the main cause of every cell, by people where known, else by ground; "" = none."""
    leaf = data.ground["row"].to_numpy()
    if data.units is not None:
        cell, classes = data.units["cell"].to_numpy(), unit_class
        weight = data.units["people"].to_numpy()
    else:
        cell, classes = data.pixels.cell, pixel_class
        weight = np.ones(len(classes))
    table = np.zeros((len(data.cells), len(gaps.CLASSES)))
    lost = (classes >= 0) & (cell >= 0)
    np.add.at(table, (cell[lost], classes[lost]), weight[lost])
    table = grid.roll_up(data.cells, leaf, table[leaf])
    names = np.array([*gaps.CLASSES, ""], dtype=object)
    return names[np.where(table.max(axis=1) > 0, table.argmax(axis=1), -1)]


def summary(study: Study, provenance: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of ``yizhan study``; see the method page for the meaning of every figure."""
    data, cells = study.data, study.cells
    top = data.ground["row"].to_numpy()
    known = data.units is not None
    people = data.units["people"].to_numpy() if data.units is not None else np.empty(0)
    covered = float(people[study.unit_class == gaps.COVERED].sum())
    outside = float(people[study.unit_class == gaps.OUTSIDE].sum())
    distance, _ = gaps.nearest_in_line(data.units_xy, data.open_xy)
    in_ring = (distance <= study.budget.metres(study.profile)) & (study.unit_class != gaps.OUTSIDE)
    area = {
        key: float(cells[key].to_numpy()[top].sum())
        for key in ("ground_m2", "judged_m2", "covered_m2", "ring_m2")
    }
    reached = np.empty(0)
    median = None
    if study.times.units is not None:
        judged = study.unit_class != gaps.OUTSIDE
        reached = study.times.units.time_ms[judged]
        median = coverage.weighted_median(reached, people[judged])

    def share(part: float, whole: float) -> float | None:
        return part / whole if whole > 0 else None

    def of_people(count: float) -> dict[str, Any]:
        total = float(people.sum())
        return {
            "total": total if known else None,
            "judged": total - outside if known else None,
            "covered": count if known else None,
            "share": share(count, total) if known else None,
            "share_of_judged": share(count, total - outside) if known else None,
            "reason": None if known else data.city.people_reason,
        }

    def of_ground(covered_m2: float) -> dict[str, Any]:
        return {
            "total": area["ground_m2"],
            "judged": area["judged_m2"],
            "covered": covered_m2,
            "share": share(covered_m2, area["ground_m2"]),
            "share_of_judged": share(covered_m2, area["judged_m2"]),
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
        "stations": len(data.open_rows),
        "people": of_people(covered),
        "area_m2": of_ground(area["covered_m2"]),
        "ring": {
            "people": of_people(float(people[in_ring].sum())),
            "area_m2": of_ground(area["ring_m2"]),
        },
        "median_s": None if median is None or median >= UNREACHED else median / 1000.0,
        "levels": coverage.level_counts(data.cells, cells),
        "uncovered": study.uncovered,
        "barriers_known": data.city.barriers_known,
        "barrier_kinds": [kind for kind in BARRIER_KINDS if (data.barriers["kind"] == kind).any()],
        "provenance": provenance,
    }
