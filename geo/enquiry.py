"""Answer about one station or one place: its bands, its reason, the stations near it.

Every answer is a reading of the same travel times as the study, so a click on the map, the table
and the rider's list can never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geo import gaps, grid, locator, reach, service_area
from geo.city import CityData
from geo.model import BANDS_MIN, Budget, Position, TravelProfile
from geo.reach import UNREACHED


@dataclass(frozen=True)
class Explanation:
    """Hold why a place is or is not covered.

    ``cells`` are the rows of the grid cells that hold it, from the top down (empty outside them);
    ``time_ms`` its travel time or ``None``; ``cause`` a class of :mod:`geo.gaps` or ``None`` when
    covered; ``barrier`` the name of what severs it or ""; ``station`` the row of the station that
    is reached, or of the nearest in a straight line when none is, ``None`` without stations.
    """

    cells: tuple[int, ...]
    time_ms: int | None
    leg_m: float | None
    cause: str | None
    barrier: str
    station: int | None
    straight_m: float | None


def station_bands(data: CityData, row: int, profile: TravelProfile) -> gpd.GeoDataFrame:
    """Return the 5-, 10- and 15-minute areas of one station, metric CRS, widest first.

    Columns: ``minutes``, ``people`` (within the band's time of *this* station; null when nobody is
    known) and ``area_m2``. Bands nest: each holds the smaller ones.
    """
    graph = data.graph(profile)
    seeds = data.seeds(profile, np.array([row]))
    limit_ms = Budget(minutes=BANDS_MIN[-1]).milliseconds(profile)
    radius_m = Budget(minutes=BANDS_MIN[-1]).metres(profile)
    nodes = reach.nearest(graph, seeds, limit_ms)
    x, y = data.stations_xy[row]
    reach_m = radius_m + 2 * data.pixels.grid.step_m
    window = data.pixels.grid.window((x - reach_m, y - reach_m, x + reach_m, y + reach_m))
    rows = data.pixels.inside(window)
    links = data.pixel_links(profile, rows)
    time_ms = reach.arrival(data.network, graph, links, nodes, seeds).time_ms
    people_ms, people = _people_around(data, profile, nodes, seeds, (x, y), radius_m)
    shapes, counts = [], []
    for minutes in BANDS_MIN[::-1]:
        budget_ms = Budget(minutes=minutes).milliseconds(profile)
        pieces = service_area.network_area(
            data.pixels, rows, time_ms, budget_ms, data.pixel_ms(profile), window=window
        )
        shapes.append(service_area.merged(pieces))
        counts.append(
            float(people[people_ms <= budget_ms].sum()) if data.units is not None else np.nan
        )
    frame = gpd.GeoDataFrame(
        {"minutes": list(BANDS_MIN[::-1]), "people": counts}, geometry=shapes, crs=data.city.crs
    )
    frame["area_m2"] = frame.geometry.area
    return frame


def _people_around(
    data: CityData,
    profile: TravelProfile,
    nodes: reach.NodeTimes,
    seeds: reach.Seeds,
    centre: tuple[float, float],
    radius_m: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the times and people of the judged places within the ring of one station."""
    if data.units is None:
        return np.empty(0), np.empty(0)
    away = np.hypot(data.units_xy[:, 0] - centre[0], data.units_xy[:, 1] - centre[1])
    near = np.flatnonzero((away <= radius_m) & ~data.units["outside"].to_numpy())
    links = data.links_of_units(profile).take(near)
    times = reach.arrival(data.network, data.graph(profile), links, nodes, seeds).time_ms
    return times, data.units["people"].to_numpy()[near]


def explain(
    data: CityData, profile: TravelProfile, budget: Budget, position: Position
) -> Explanation:
    """Say for any place of the city whether it is covered, by which station, and if not, why."""
    xy = data.locate(position)
    times = data.times(profile)
    link = data.street_index(profile).link(xy)
    linked = link.edge >= 0
    arrival = reach.arrival(data.network, data.graph(profile), link, times.nodes, times.seeds)
    outside = ~_within_streets(data, xy)
    classes, barrier = gaps.classify(
        xy,
        arrival.time_ms,
        linked,
        budget.milliseconds(profile),
        data.open_xy,
        budget.metres(profile),
        data.barrier_kinds,
        outside,
    )
    holder = grid.holder_rows(data.cells, data.ground["row"].to_numpy(), xy)[0]
    distance, near = gaps.nearest_in_line(xy, data.open_xy)
    reached = linked[0] and arrival.time_ms[0] < UNREACHED
    station = arrival.station[0] if reached else near[0]
    cause = None if classes[0] == gaps.COVERED else gaps.CLASSES[classes[0]]
    name = str(gaps.barrier_names(barrier, data.barriers)[0]) if len(data.barriers) else ""
    return Explanation(
        cells=tuple(grid.chain(data.cells, int(holder))) if holder >= 0 else (),
        time_ms=int(arrival.time_ms[0]) if reached else None,
        leg_m=float(link.leg_m[0]) if linked[0] else None,
        cause=cause,
        barrier=name,
        station=int(data.open_rows[station]) if len(data.open_rows) else None,
        straight_m=float(distance[0]) if np.isfinite(distance[0]) else None,
    )


def _within_streets(data: CityData, xy: np.ndarray) -> np.ndarray:
    """Return whether each place is near enough to a street to be judged (pixel accuracy)."""
    table = data.pixels
    col = np.rint((xy[:, 0] - table.grid.x0) / table.grid.step_m).astype(np.int64)
    row = np.rint((xy[:, 1] - table.grid.y0) / table.grid.step_m).astype(np.int64)
    in_grid = (row >= 0) & (row < table.grid.rows) & (col >= 0) & (col < table.grid.cols)
    flat = np.where(in_grid, row * table.grid.cols + col, -1)
    at = np.minimum(np.searchsorted(table.index, flat), len(table.index) - 1)
    return in_grid & (table.index[at] == flat)


def nearest(
    data: CityData, profile: TravelProfile, position: Position, count: int = 3
) -> list[locator.Answer]:
    """Return up to ``count`` open stations nearest by travel time, each with the way there."""
    xy = data.locate(position)
    return locator.nearest_stations(
        data.network,
        data.graph(profile),
        data.street_index(profile),
        data.seeds(profile),
        xy,
        count,
        table=data.k_nearest(profile, count),
    )
