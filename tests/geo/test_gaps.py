"""Causes one by one on bare arrays, the weight of barriers, and sums of classes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, box

from geo import gaps
from geo.reach import UNREACHED

CRS = "EPSG:4549"


def barriers() -> gpd.GeoDataFrame:
    """A wall at x = 10 (named first), a river 20 < x < 30, a nameless railway at x = 50."""
    return gpd.GeoDataFrame(
        {"kind": ["wall", "water", "railway"], "name": ["Garden wall", "River", ""]},
        geometry=[
            LineString([(10, -99), (10, 99)]),
            box(20, -99, 30, 99),
            LineString([(50, -99), (50, 99)]),
        ],
        crs=CRS,
    )


def judge(x: float, *, time_s: float | None = 999, linked: bool = True, outside: bool = False):
    """Judge a place at (x, 0) with one station at (0, 0), a budget of 100 s and a ring of 60 m."""
    time = np.array([UNREACHED if time_s is None else int(time_s * 1000)])
    classes, barrier = gaps.classify(
        np.array([[x, 0.0]]),
        time,
        np.array([linked]),
        100_000,
        np.array([[0.0, 0.0]]),
        60.0,
        gaps.kinds_of(barriers()),
        np.array([outside]),
    )
    name = gaps.barrier_names(barrier, barriers())[0]
    return (None if classes[0] < 0 else gaps.CLASSES[classes[0]]), name


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"x": 5, "time_s": 100}, (None, "")),
        ({"x": 5, "time_s": 100.001}, ("detour", "")),
        ({"x": 15}, ("severed", "Garden wall")),
        # The line from 40 crosses the wall and the river: the river weighs more.
        ({"x": 40}, ("severed", "River")),
        # From 55 it crosses all three: water before railway before wall.
        ({"x": 55}, ("severed", "River")),
        ({"x": 60}, ("severed", "River")),
        ({"x": 60.001}, ("beyond_reach", "")),
        ({"x": 40, "time_s": None}, ("unreachable", "")),
        ({"x": 40, "time_s": None, "linked": False}, ("no_street", "")),
        ({"x": 40, "time_s": 5, "linked": False}, ("no_street", "")),
        ({"x": 40, "time_s": None, "linked": False, "outside": True}, ("outside", "")),
        ({"x": 5, "time_s": 5, "outside": True}, ("outside", "")),
    ],
)
def test_the_first_true_cause(place, expected):
    assert judge(**place) == expected


def test_a_nameless_barrier_is_named_by_its_kind():
    assert gaps.barrier_names(np.array([2, -1]), barriers()).tolist() == ["railway", ""]


def test_without_stations_everything_is_beyond_reach():
    classes, _ = gaps.classify(
        np.zeros((2, 2)),
        np.full(2, UNREACHED),
        np.array([True, False]),
        1,
        np.empty((0, 2)),
        1.0,
        (),
    )
    assert [gaps.CLASSES[c] for c in classes] == ["beyond_reach", "no_street"]


def test_totals_share_the_exact_ground_by_pixels():
    # 1 covered, 2 severed, 1 outside; the judged uncovered 900 m² over 1 + 2 pixels.
    classes = np.array([-1, gaps.SEVERED, gaps.SEVERED, gaps.OUTSIDE], np.int8)
    counts = np.zeros(len(gaps.CLASSES), int)
    counts[gaps.SEVERED], counts[gaps.DETOUR] = 1, 2
    out = gaps.totals(classes, np.array([1.0, 2.0, 4.0, 8.0]), counts, 900.0, 50.0)
    assert out["severed"] == {"places": 2, "people": 6, "area_m2": 300}
    assert out["detour"] == {"places": 0, "people": 0, "area_m2": 600}
    assert out["outside"] == {"places": 1, "people": 8, "area_m2": 50}
    unknown = gaps.totals(classes, None, counts, 900.0, 50.0)
    assert unknown["severed"]["people"] is None


def test_ground_smaller_than_a_pixel_is_not_lost():
    out = gaps.totals(np.empty(0, np.int8), None, np.zeros(len(gaps.CLASSES), int), 7.0, 0.0)
    assert sum(row["area_m2"] for row in out.values()) == 7.0
