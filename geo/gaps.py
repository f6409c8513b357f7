"""Say for every uncovered place why it is not covered, and draw the gaps as ranked polygons.

The classes exclude each other; the first that is true in this order holds:

===================  ===============================================================================
``outside``          farther than 500 m from every street of the file: cannot be judged
``no_street``        no usable street within ``max_access_m`` on this side of a known barrier
``refused``          in time if every gate, flight of steps and closed way let the profile pass at
                     walking pace
``unreachable``      a street is there, but no way leads from it to any station
``severed``          inside the ring, and the straight line to the nearest station crosses a known
                     barrier, which is named
``detour``           inside the ring, but too far along the streets
``beyond_reach``     outside the ring: no station is near enough even in a straight line
``service_missing``  stations are in reach, and none of them offers all services that are needed
``unknown_hours``    of those that offer them none is known to be open, and of one the hours are
                     not known: it may be
``closed``           those that offer them are closed, or close before anybody arrives
``full``             those that are open have no seat left (only where capacity is asked)
===================  ===============================================================================

The first seven speak of the way to any station in service, whatever is needed there, so they do
not change with the hour; the last four divide those who reach a station and are not served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.barriers import BarrierIndex
from geo.pixels import PixelTable, traced
from geo.reach import UNREACHED
from geo.schemas import BARRIER_KINDS

CLASSES = (
    "outside",
    "no_street",
    "refused",
    "unreachable",
    "severed",
    "detour",
    "beyond_reach",
    "service_missing",
    "unknown_hours",
    "closed",
    "full",
)
COVERED = -1
OUTSIDE, NO_STREET, REFUSED, UNREACHABLE, SEVERED, DETOUR, BEYOND_REACH = range(7)
SERVICE_MISSING, UNKNOWN_HOURS, CLOSED, FULL = range(7, 11)

#: A gap without people and smaller than this is not worth a line, m².
SMALLEST_GAP_M2 = 2_500.0

#: A place this near to a gap of its class lies in it: two diagonals of the coarsest pixel, metres.
NEAR_GAP_M = 45.0

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class BarrierKind:
    """Hold the barriers of one kind, searchable, and their rows in the frame of all barriers."""

    index: BarrierIndex
    rows: Ints


def kinds_of(barriers: gpd.GeoDataFrame) -> tuple[BarrierKind, ...]:
    """Return the barriers by kind, the weightiest first: water, railway, motorway, wall.

    A line that crosses a garden wall and a river is severed by the river.
    """
    out = []
    for kind in BARRIER_KINDS:
        rows = np.flatnonzero((barriers["kind"] == kind).to_numpy()).astype(np.int32)
        if len(rows):
            out.append(BarrierKind(BarrierIndex(barriers.iloc[rows]), rows))
    return tuple(out)


def weightiest(
    from_xy: NDArray[np.float64], to_xy: NDArray[np.float64], barriers: Sequence[BarrierKind]
) -> Ints:
    """Return the row of the weightiest barrier that each straight line crosses, -1 for none."""
    out = np.full(len(from_xy), -1, np.int32)
    for kind in barriers:
        free = np.flatnonzero(out < 0)
        if len(free):
            crossed = kind.index.crosses(from_xy[free], to_xy[free])
            out[free] = np.where(crossed >= 0, kind.rows[crossed], -1)
    return out


def classify(
    xy: NDArray[np.float64],
    time_ms: NDArray[Any],
    linked: NDArray[np.bool_],
    budget_ms: int,
    stations_xy: NDArray[np.float64],
    radius_m: float,
    barriers: Sequence[BarrierKind],
    outside: NDArray[np.bool_] | None = None,
    free_ms: NDArray[Any] | None = None,
) -> tuple[NDArray[np.int8], Ints]:
    """Return why each place reaches no station (``COVERED`` = -1) and the barrier that severs it.

    ``xy`` are metres (n, 2), ``time_ms`` the times towards the nearest station, ``linked`` whether
    a street is near, ``free_ms`` the times if nothing refused the profile. The barrier is a row of
    the barrier frame, -1 where none is named.
    """
    count = len(xy)
    classes = np.full(count, BEYOND_REACH, np.int8)
    barrier = np.full(count, -1, np.int32)
    covered = linked & (time_ms <= budget_ms)
    lost = outside if outside is not None else np.zeros(count, bool)
    if len(stations_xy):
        todo = np.flatnonzero(~covered & linked & ~lost & (time_ms < UNREACHED))
        distance, station = cKDTree(stations_xy).query(
            xy[todo], distance_upper_bound=np.nextafter(radius_m, np.inf)
        )
        near = np.isfinite(distance)
        inside, station = todo[near], station[near]
        classes[inside] = DETOUR
        crossed = weightiest(xy[inside], stations_xy[station], barriers)
        barrier[inside] = crossed
        classes[inside[crossed >= 0]] = SEVERED
        classes[linked & (time_ms == UNREACHED)] = UNREACHABLE
        if free_ms is not None:
            classes[linked & (free_ms <= budget_ms)] = REFUSED
    classes[~linked] = NO_STREET
    classes[lost] = OUTSIDE
    classes[covered & ~lost] = COVERED
    barrier[(classes != SEVERED)] = -1
    return classes, barrier


def unserved(
    classes: NDArray[np.int8],
    budget_ms: int,
    served_ms: NDArray[Any],
    offered_ms: NDArray[Any],
    if_open_ms: NDArray[Any],
) -> NDArray[np.int8]:
    """Return the classes with those who reach a station, and are not served, told apart.

    The times are towards the stations that serve, that offer the services at whatever hour, and
    that offer them at unknown hours.
    """
    why = np.where(if_open_ms <= budget_ms, UNKNOWN_HOURS, CLOSED)
    why = np.where(offered_ms <= budget_ms, why, SERVICE_MISSING)
    reaches = (classes == COVERED) & ~(served_ms <= budget_ms)
    return np.where(reaches, why, classes).astype(np.int8)


def trace_gaps(
    table: PixelTable,
    classes: NDArray[np.int8],
    field: NDArray[np.float64],
    pixel_ms: float,
    crs: str,
) -> gpd.GeoDataFrame:
    """Return the uncovered ground as polygons, one row per connected piece of one class.

    ``classes`` and ``field`` (see :func:`geo.service_area.balance`) are aligned with the table;
    pixels that are no ground must carry ``COVERED``. Edges towards covered ground equal the drawn
    circle; edges towards another class run midway between the pixels.
    """
    grid = table.grid
    window = (0, grid.rows, 0, grid.cols)
    everything = np.arange(len(table.index))
    pieces, names = [], []
    for number, name in enumerate(CLASSES):
        mine = classes == number
        if not mine.any():
            continue
        # Inside the class the field must be negative for ``traced``; towards covered pixels the
        # sign-flipped balance reproduces the circle's own zero line.
        values = np.where(mine, -np.maximum(field, 0.5), pixel_ms)
        covered = field < 0
        values[~mine & covered] = -field[~mine & covered]
        polygons = traced(grid, table.field(everything, values, window, pixel_ms))
        pieces.append(polygons)
        names += [name] * len(polygons)
    shapes = np.concatenate(pieces) if pieces else np.empty(0, dtype=object)
    return gpd.GeoDataFrame({"class": names}, geometry=list(shapes), crs=crs)


def rank(
    gaps: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    """Cut gaps along districts, count the people in them and put the worst first.

    ``districts`` carries ``code`` and ``name`` (``None``: gaps stay whole and nameless);
    ``places`` are the uncovered places with ``people``,
    ``class`` and ``barrier`` (name or ""), or ``None`` when nobody is known. Columns of the result:
    ``rank, class, people, area_m2, code, name, barrier``; people are null without ``places``.
    """
    columns = ["rank", "class", "people", "area_m2", "code", "name", "barrier", "geometry"]
    if gaps.empty:
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=gaps.crs)
    if districts is None:
        cut = gaps.assign(code="", name="")
    else:
        cut = gpd.overlay(
            gaps, districts[["code", "name", "geometry"]], how="intersection", keep_geom_type=True
        ).explode(ignore_index=True)
    cut["area_m2"] = cut.geometry.area
    cut["barrier"] = ""
    if places is None:
        cut["people"] = np.nan
    else:
        pairs = in_gaps(places, cut)
        cut["people"] = pairs.groupby("index_gap")["people"].sum().reindex(cut.index).fillna(0.0)
        named = pairs[pairs["barrier"] != ""]
        if len(named):
            main = named.groupby("index_gap")["barrier"].agg(lambda names: names.mode().iat[0])
            cut.loc[main.index, "barrier"] = main
    keep = (cut["area_m2"] >= SMALLEST_GAP_M2) | (cut["people"] > 0)
    order = ["people", "area_m2"] if places is not None else ["area_m2"]
    cut = cut[keep].sort_values(order, ascending=False, kind="stable").reset_index(drop=True)
    cut["rank"] = np.arange(1, len(cut) + 1)
    return cut[columns]


def in_gaps(places: gpd.GeoDataFrame, cut: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return each uncovered place with the gap of its own class that holds it (``index_gap``).

    A place stands exactly, a gap to a pixel: the nearest gap of the class within two pixels' reach
    counts. Of several on a shared border the better-ranked row does.
    """
    found = []
    for name, mine in cut.groupby("class"):
        lost = places[places["class"] == name]
        pairs = gpd.sjoin_nearest(
            lost, mine[["geometry"]], max_distance=NEAR_GAP_M, rsuffix="gap", lsuffix="place"
        )
        found.append(pairs[~pairs.index.duplicated()])
    return pd.concat(found)


def totals(
    classes: NDArray[np.int8],
    people: NDArray[np.float64] | None,
    pixel_counts: NDArray[np.int64],
    uncovered_judged_m2: float,
    outside_m2: float,
) -> dict[str, dict[str, float | int | None]]:
    """Return ``{class: {places, people, area_m2}}`` that adds up to the uncovered total.

    People come from the places themselves. Ground: ``outside`` is exact; the other classes share
    the exact uncovered area of the judged ground by their numbers of pixels.
    """
    shared = pixel_counts.astype(float).copy()
    shared[OUTSIDE] = 0.0
    total = shared.sum()
    scale = uncovered_judged_m2 / total if total else 0.0
    out: dict[str, dict[str, float | int | None]] = {}
    for number, name in enumerate(CLASSES):
        mine = classes == number
        out[name] = {
            "places": int(mine.sum()),
            "people": None if people is None else float(people[mine].sum()),
            "area_m2": outside_m2 if number == OUTSIDE else float(shared[number] * scale),
        }
    if not total and uncovered_judged_m2 > 0:  # slivers smaller than a pixel
        out["beyond_reach"]["area_m2"] = uncovered_judged_m2
    return out


def barrier_names(rows: Ints, barriers: gpd.GeoDataFrame) -> NDArray[Any]:
    """Return a name for every barrier row ("" for -1): its own, else its kind."""
    labels = np.where(barriers["name"] != "", barriers["name"], barriers["kind"]).astype(object)
    return np.where(rows >= 0, np.append(labels, "")[rows], "")


def nearest_in_line(
    xy: NDArray[np.float64], stations_xy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the straight-line distance in metres to the nearest station, and its row."""
    if not len(stations_xy):
        return np.full(len(xy), np.inf), np.full(len(xy), -1)
    distance, station = cKDTree(stations_xy).query(xy)
    return distance, station


def points_frame(xy: NDArray[np.float64], crs: str, **columns: Any) -> gpd.GeoDataFrame:
    """Return places as a frame of points in the metric CRS."""
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapely.points(xy), crs=crs)
