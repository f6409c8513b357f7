"""Figures of cells by hand: shares, classes, reasons for nulls, medians."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import Leaves, cell_figures, level_counts, people_by_cell, weighted_median

AREA = np.array([100.0, 100.0, 100.0, 100.0])


def cells(count: int = 4) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": [str(n) for n in range(count)], "level": 1, "parent": ""},
        geometry=[shapely.box(n, 0, n + 1, 1) for n in range(count)],
        crs="EPSG:4549",
    )


def leaves(people, judged, covered, ring=None) -> Leaves:
    as_array = [np.array(v, float) for v in (people, judged, covered, ring or covered)]
    return Leaves(np.arange(4, dtype=np.int32), AREA, AREA, AREA / 2, AREA, *as_array)


def test_the_thresholds_are_inclusive():
    # 95 of 100 is full, 94 partial, 5 none, 6 partial.
    rows = cell_figures(cells(), leaves([100] * 4, [100] * 4, [95, 94, 5, 6]))
    assert rows["class"].tolist() == ["full", "partial", "none", "partial"]
    assert level_counts(cells(), rows) == {
        "1": {"cells": 4, "full": 1, "partial": 2, "none": 1, "unknown": 0}
    }


def test_nobody_and_nobody_to_judge_are_null_with_a_reason():
    rows = cell_figures(cells(), leaves([0, 50, 50, 50], [0, 24, 25, 50], [0, 24, 25, 50]))
    # 24 of 50 can be judged: the lesser part, so the cell has no class.
    assert rows["null_reason"].tolist() == ["no_people", "outside", "", ""]
    assert rows["share"].isna().tolist() == [True, True, False, False]
    # 25 of 50 people, the other half is outside: the share is of all who live there.
    assert rows["share"].tolist()[2:] == [0.5, 1.0]
    assert level_counts(cells(), rows)["1"]["unknown"] == 2


def test_without_people_the_ground_decides():
    measured = Leaves(
        np.arange(4, dtype=np.int32),
        AREA,
        np.array([100.0, 100.0, 0.0, 100.0]),
        np.array([100.0, 50.0, 0.0, 0.0]),
        AREA,
    )
    rows = cell_figures(cells(), measured)
    assert rows["class"].tolist() == ["full", "partial", "", "none"]
    assert rows["null_reason"].tolist() == ["", "", "outside", ""]
    assert rows["people"].isna().all() and rows["ground_share"].tolist() == [1, 0.5, 0, 0]


def test_people_are_summed_in_their_own_cell_only():
    cell = np.array([2, 2, -1, 0], np.int32)
    people = np.array([1.0, 2.0, 4.0, 8.0])
    chosen = np.array([True, True, True, True])
    assert people_by_cell(cell, people, chosen, np.array([0, 1, 2])).tolist() == [8, 0, 3]
    assert people_by_cell(cell, people, chosen & (people > 1), np.array([2])).tolist() == [2]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 5)), min_size=1, max_size=30))
def test_the_weighted_median_is_the_median_of_the_crowd(pairs):
    values, weights = (np.array(column, float) for column in zip(*pairs, strict=True))
    crowd = np.sort(np.repeat(values, weights.astype(int)))
    # The person at which half of the crowd is reached: number ceil(n / 2), counting from one.
    assert weighted_median(values, weights) == crowd[(len(crowd) + 1) // 2 - 1]


def test_no_crowd_has_no_median():
    assert weighted_median(np.array([]), np.array([])) is None
    assert weighted_median(np.array([3.0]), np.array([0.0])) is None


def test_shares_never_exceed_one():
    measured = Leaves(np.arange(4, dtype=np.int32), AREA, AREA, AREA * (1 + 1e-12), AREA)
    assert cell_figures(cells(), measured)["ground_share"].max() == pytest.approx(1)
    assert (cell_figures(cells(), measured)["ground_share"] <= 1).all()
