"""Measure what rules ask about: how near stations are, how many stand where, who lives there.

Everything is read from the one truth – the travel times of the places – and summed over leaf cells.
Where nobody is known, ground takes the place of people: the drawn area in which the same time is
kept, in m². Which of the two it is stands in :attr:`Measures.unit`; they are never mixed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo import coverage, grid, reach, service_area
from geo.audit.findings import GROUND, PEOPLE
from geo.city import CityData
from geo.drawn import CHUNK_PIXELS
from geo.model import TIERS, Budget, Need, TravelProfile
from geo.reach import UNREACHED
from geo.requirements.rules import Selection, Within
from geo.supply import SERVES

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

#: Tables of pairs reach at least so far, so that most audits share one with the other analyses.
SHARED_BUDGET = Budget(minutes=15)


@dataclass(frozen=True, eq=False)
class Extent:
    """Hold an amount for every leaf cell (aligned with the city's ``ground``) and for the city.

    The city's may be more than the sum: people and stations outside all cells count there.
    """

    leaves: Floats
    city: float


@dataclass(frozen=True, eq=False)
class Measures:
    """Measure one city for one traveller.

    ``profile`` takes the place of the rules' own when given; ``need`` adds services and an instant
    to what every rule asks of a station that is reached. ``longest_ms`` is the longest budget
    along the streets per profile name.
    """

    data: CityData
    profile: TravelProfile | None
    need: Need
    longest_ms: dict[str, int]

    @classmethod
    def of(
        cls,
        data: CityData,
        withins: Sequence[Within],
        profile: TravelProfile | None = None,
        need: Need | None = None,
    ) -> Measures:
        """Prepare to measure so near as all of these ask."""
        longest: dict[str, int] = {}
        for within in withins:
            if within.along_streets:
                chosen = within.travel_profile(profile)
                budgets = (within.budget, SHARED_BUDGET)
                asked = max(budget.milliseconds(chosen) for budget in budgets)
                longest[chosen.name] = max(asked, longest.get(chosen.name, 0))
        return cls(data, profile, need or Need(), longest)

    @property
    def unit(self) -> str:
        """Return what is measured: ``people``, or ``m2`` of ground where nobody is known."""
        return GROUND if self.data.units is None else PEOPLE

    @property
    def whole(self) -> Extent:
        """Return all people, or all ground."""
        if self.data.units is None:
            return self._of_ground(self.data.ground["ground_m2"].to_numpy())
        return self._of_people(np.ones(len(self.data.units), bool))

    @property
    def judged(self) -> Extent:
        """Return the people, or the ground, near enough to a street to be judged."""
        if self.data.units is None:
            return self._of_ground(self.data.ground["judged_m2"].to_numpy())
        return self._of_people(self._inside)

    def nearness(self, within: Within, overlap: int, wanted: Selection) -> Floats:
        """Return how far each place's ``overlap``-th wanted station is, infinite without one.

        Milliseconds along the streets, millimetres in a straight line; at most :meth:`limit` is
        near enough. Places are those with people, or the pixels of the ground.
        """
        latest = self._latest(within, wanted, self.need)
        if not within.along_streets:
            return self._straight(overlap, np.flatnonzero(latest >= 0))
        profile = within.travel_profile(self.profile)
        if self.data.units is None:
            return self._of_pixels(profile, overlap, latest, within.budget)
        table = self.data.pairs(profile, self.longest_ms[profile.name], self.need.at)
        kept = table.only(table.time_ms <= latest[table.station])
        out = np.full(kept.n_places, np.inf)
        enough = np.flatnonzero(np.diff(kept.first) >= overlap)
        out[enough] = kept.time_ms[kept.first[enough] + overlap - 1]
        return out

    def limit(self, within: Within) -> int:
        """Return the greatest nearness that keeps the promise, in the unit of :meth:`nearness`."""
        if within.straight_m is not None:
            return math.floor(within.straight_m * 1000 + 1e-6)
        return within.budget.milliseconds(within.travel_profile(self.profile))

    def reached(self, within: Within, nearness: Floats) -> Extent:
        """Return the judged people, or the ground, of the places that are near enough."""
        limit = self.limit(within)
        if self.data.units is not None:
            return self._of_people(self._inside & (nearness <= limit))
        table = self.data.pixels
        soft = table.grid.step_m * 1000.0
        if within.along_streets:
            soft = self.data.pixel_ms(within.travel_profile(self.profile))
        pieces = service_area.network_area(
            table, np.arange(len(table.index)), nearness, limit, soft, chunk=CHUNK_PIXELS
        )
        area = service_area.overlay_area(self.data.ground.geometry.to_numpy(), pieces)
        return self._of_ground(np.minimum(area, self.data.ground["judged_m2"].to_numpy()))

    def standing(self, wanted: Selection) -> Extent:
        """Return how many wanted stations stand in every leaf, whatever their hours."""
        leaf = self.data.ground["row"].to_numpy()
        holder = self.data.keep(
            ("station cells",),
            lambda: grid.holder_rows(self.data.cells, leaf, self.data.stations_xy),
        )
        chosen = self.selected(wanted)
        counts = coverage.people_by_cell(holder, np.ones(len(holder)), chosen, leaf)
        return Extent(counts, float(chosen.sum()))

    def selected(self, wanted: Selection) -> NDArray[np.bool_]:
        """Return which stations are wanted and in service, whatever their hours."""
        need = Need((*wanted.services, *self.need.services))
        mask = self.data.supply(need).state == SERVES
        return mask & self._of_tier(wanted)

    def circles(self, within: Within, wanted: Selection) -> tuple[Longs, Floats]:
        """Return the rows of the wanted stations and the judged people near each; hours not asked.

        People must be known.
        """
        assert self.data.units is not None
        people = np.where(self._inside, self.data.units["people"].to_numpy(), 0.0)
        rows: Longs = np.flatnonzero(self.selected(wanted))
        if not within.along_streets:
            near = cKDTree(self.data.units_xy).query_ball_point(
                self.data.stations_xy[rows], within.straight_m
            )
            return rows, np.array([people[places].sum() for places in near])
        profile = within.travel_profile(self.profile)
        table = self.data.pairs(profile, self.longest_ms[profile.name], self.need.at)
        kept = table.only(table.time_ms <= self.limit(within))
        counts = np.zeros(len(self.data.stations))
        np.add.at(counts, kept.station, people[kept.place])
        return rows, counts[rows]

    @property
    def _inside(self) -> NDArray[np.bool_]:
        assert self.data.units is not None
        return ~self.data.units["outside"].to_numpy()

    def _of_people(self, chosen: NDArray[np.bool_]) -> Extent:
        units = self.data.units
        assert units is not None
        people, rows = units["people"].to_numpy(), self.data.ground["row"].to_numpy()
        sums = coverage.people_by_cell(units["cell"].to_numpy(), people, chosen, rows)
        return Extent(sums, float(people[chosen].sum()))

    def _of_ground(self, leaves: Floats) -> Extent:
        return Extent(leaves, float(leaves.sum()))

    def _latest(self, within: Within, wanted: Selection, need: Need) -> Ints:
        """Return, per station, the longest travel time at which it counts, -1 for never.

        For a straight line only the sign means anything: it has no time, so a station counts that
        opens before a walk of that length is over.
        """
        need = Need((*wanted.services, *need.services), need.at)
        budget_ms = within.budget.milliseconds(within.travel_profile(self.profile))
        latest = self.data.supply(need, budget_ms).limits(budget_ms)
        return np.where(self._of_tier(wanted), latest, -1).astype(np.int32)

    def _of_tier(self, wanted: Selection) -> NDArray[np.bool_]:
        tiers = self.data.stations["tier"]
        return tiers.isin(wanted.tiers or TIERS).to_numpy(dtype=bool)

    def _straight(self, overlap: int, rows: Longs) -> Floats:
        data = self.data
        xy = data.pixels.grid.centres(data.pixels.index) if data.units is None else data.units_xy
        if len(rows) < overlap:
            return np.full(len(xy), np.inf)
        distance, _ = cKDTree(data.stations_xy[rows]).query(xy, k=[overlap])
        return np.asarray(distance[:, 0] * 1000.0)

    def _of_pixels(
        self, profile: TravelProfile, overlap: int, latest: Ints, budget: Budget
    ) -> Floats:
        """Return the times of the pixels to their ``overlap``-th station, in milliseconds.

        Stations that stop to serve at the same moment share one search.
        """
        data, at = self.data, self.need.at
        graph, stations = data.graph(profile, at), data.seeds(profile, at=at)
        links, budget_ms = data.pixel_links(profile), budget.milliseconds(profile)
        best: NDArray[Any] = np.full((len(links), overlap), np.inf)
        for last in np.unique(latest[latest >= 0]):
            start = stations.only(latest == last)
            nearest = reach.k_nearest(graph, start, overlap)
            way = reach.arrival_k(data.network, graph, links, nearest, start).time_ms
            # Past its closing a station is of no use; past the budget the contour needs the time.
            gone = (way == UNREACHED) | ((last < budget_ms) & (way > last))
            both = np.concatenate([best, np.where(gone, np.inf, way)], axis=1)
            best = np.sort(both, axis=1)[:, :overlap]
        return best[:, -1]
