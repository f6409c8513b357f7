"""Answer about one station or one place: its bands, its reason, the stations near it.

Every answer is a reading of the same travel times as the study, so a click on the map, the table
and the rider's list can never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import capacity, gaps, grid, reach, service_area, verdicts
from geo.capacity import Crowd, Taken
from geo.city import ANYTIME, CityData
from geo.links import Links
from geo.model import BANDS_MIN, Budget, Need, Position, TravelProfile
from geo.reach import UNREACHED


@dataclass(frozen=True)
class Explanation:
    """Hold why a place is or is not covered.

    ``cells`` are the rows of the grid cells that hold it, from the top down (empty outside them);
    ``time_ms`` its time until it is served (to any station, where none serves) or ``None``;
    ``cause`` a class of :mod:`geo.gaps` or ``None`` when covered; ``barrier`` the name of what
    severs it or ""; ``station`` the row of the station that is reached, or of the nearest in a
    straight line when none is, ``None`` without stations. Where a crowd is asked, ``taken`` are the
    stations that would serve the place but have no seat left, nearest first.
    """

    cells: tuple[int, ...]
    time_ms: int | None
    leg_m: float | None
    cause: str | None
    barrier: str
    station: int | None
    straight_m: float | None
    taken: tuple[Taken, ...] = ()


def station_bands(data: CityData, row: int, profile: TravelProfile) -> gpd.GeoDataFrame:
    """Return the 5-, 10- and 15-minute areas of one station, metric CRS, widest first.

    Columns: ``minutes``, ``people`` (within the band's time of *this* station; null when nobody is
    known) and ``area_m2``. Bands nest: each holds the smaller ones.
    """
    budgets = [Budget(minutes=minutes) for minutes in BANDS_MIN[::-1]]
    around = _Around.search(data, row, profile, budgets[0])
    people_ms, people = _people_around(data, profile, around, budgets[0].metres(profile))
    frame = gpd.GeoDataFrame(
        {
            "minutes": list(BANDS_MIN[::-1]),
            "people": [
                np.nan
                if data.units is None
                else float(people[people_ms <= budget.milliseconds(profile)].sum())
                for budget in budgets
            ],
        },
        geometry=[around.area(data, profile, budget) for budget in budgets],
        crs=data.city.crs,
    )
    frame["area_m2"] = frame.geometry.area
    return frame


def circle(data: CityData, row: int, profile: TravelProfile, budget: Budget) -> shapely.Geometry:
    """Return the network circle of one station as a (Multi)Polygon in the metric CRS."""
    return _Around.search(data, row, profile, budget).area(data, profile, budget)


@dataclass(frozen=True)
class _Around:
    """Hold the times of the pixels and nodes around one station, up to a budget."""

    centre: NDArray[np.float64]
    seeds: reach.Seeds
    nodes: reach.NodeTimes
    window: tuple[int, int, int, int]
    rows: NDArray[np.int64]
    time_ms: NDArray[np.int32]

    @classmethod
    def search(cls, data: CityData, row: int, profile: TravelProfile, budget: Budget) -> _Around:
        """Search the streets around a station (row of the stations) up to a budget."""
        graph, seeds = data.graph(profile), data.seeds(profile, np.array([row]))
        nodes = reach.nearest(graph, seeds, budget.milliseconds(profile))
        centre = data.stations_xy[row]
        wide = budget.metres(profile) + 2 * data.pixels.grid.step_m
        window = data.pixels.grid.window((*(centre - wide), *(centre + wide)))
        rows = data.pixels.inside(window)
        links = data.pixel_links(profile, rows)
        time_ms = reach.arrival(data.network, graph, links, nodes, seeds).time_ms
        return cls(centre, seeds, nodes, window, rows, time_ms)

    def area(self, data: CityData, profile: TravelProfile, budget: Budget) -> shapely.Geometry:
        """Return the area from which a budget, up to the search's own, suffices."""
        pieces = service_area.network_area(
            data.pixels,
            self.rows,
            self.time_ms,
            budget.milliseconds(profile),
            data.pixel_ms(profile),
            window=self.window,
        )
        # Pieces of one contour never overlap: no union is needed.
        return shapely.multipolygons(pieces) if len(pieces) != 1 else pieces[0]


def _people_around(
    data: CityData, profile: TravelProfile, around: _Around, radius_m: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the times and people of the judged places within the ring of one station."""
    if data.units is None:
        return np.empty(0, np.int32), np.empty(0)
    away = np.hypot(*(data.units_xy - around.centre).T)
    near = np.flatnonzero((away <= radius_m) & ~data.units["outside"].to_numpy())
    links = data.links_of_units(profile).take(near)
    graph = data.graph(profile)
    times = reach.arrival(data.network, graph, links, around.nodes, around.seeds).time_ms
    return times, data.units["people"].to_numpy()[near]


def explain(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    position: Position,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
) -> Explanation:
    """Say for any place of the city whether it is covered, by which station, and if not, why.

    With a ``crowd``, a covered place is ``full`` when one more user here would find no free seat:
    every station that serves it in time is full in the best plan. So is every place that a study
    calls full; a place where all have just found a seat is full for one more, too.
    """
    xy = data.locate(position)
    link = data.street_index(profile).link(xy)
    linked = link.edge[0] >= 0
    arrival = data.times(profile, need, budget.milliseconds(profile)).arrival(link)
    if arrival.station[0] < 0:  # nobody serves it: at least say how far a station is at all
        arrival = data.times(profile, at=need.at).arrival(link)
    places = verdicts.positions(xy, link, ~data.pixels.holds(xy))
    judged = verdicts.judge(data, places, profile, budget, need)
    holder = grid.holder_rows(data.cells, data.ground["row"].to_numpy(), xy)[0]
    distance, near = gaps.nearest_in_line(xy, data.open_xy)
    reached = linked and arrival.time_ms[0] < UNREACHED
    station = None
    if reached:
        station = int(arrival.station[0])
    elif len(data.open_rows):
        station = int(data.open_rows[near[0]])
    cause = int(judged.classes[0])
    taken: tuple[Taken, ...] = ()
    if crowd is not None and cause == gaps.COVERED:
        cause, taken = _seats(data, profile, budget, need, crowd, link)
    named = gaps.barrier_names(judged.barrier, data.barriers) if len(data.barriers) else [""]
    return Explanation(
        cells=tuple(grid.chain(data.cells, int(holder))) if holder >= 0 else (),
        time_ms=int(arrival.time_ms[0]) if reached else None,
        leg_m=float(link.leg_m[0]) if linked else None,
        cause=None if cause == gaps.COVERED else gaps.CLASSES[cause],
        barrier=str(named[0]),
        station=station,
        straight_m=float(distance[0]) if np.isfinite(distance[0]) else None,
        taken=taken,
    )


def _seats(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need,
    crowd: Crowd,
    link: Links,
) -> tuple[int, tuple[Taken, ...]]:
    """Return the class of a place that is served in time, and the full stations among those.

    Where nobody is known there are no users, and no seat is taken.
    """
    if data.units is None:
        return gaps.COVERED, ()
    offers = capacity.around(data, profile, budget, need, link)
    taken = capacity.run(data, profile, budget, need, crowd).taken(offers)
    return gaps.FULL if len(taken) == len(offers.station) else gaps.COVERED, taken
