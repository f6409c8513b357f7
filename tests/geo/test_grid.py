"""The hierarchy of cells: who holds whom, sums at every level, ground without water."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import grid

CRS = "EPSG:4549"

# a ─┬─ a1 ── a11        b stands alone: a leaf of level 1.
#    └─ a2
ROWS = [("a", 1, ""), ("a1", 2, "a"), ("a2", 2, "a"), ("a11", 3, "a1"), ("b", 1, "")]
BOXES = {
    "a": (0, 0, 20, 10),
    "a1": (0, 0, 10, 10),
    "a2": (10, 0, 20, 10),
    "a11": (0, 0, 10, 10),
    "b": (20, 0, 30, 10),
}


@pytest.fixture
def cells() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": [code for code, *_ in ROWS],
            "name": "",
            "level": [level for _, level, _ in ROWS],
            "parent": [parent for *_, parent in ROWS],
        },
        geometry=[shapely.box(*BOXES[code]) for code, *_ in ROWS],
        crs=CRS,
    )


def test_parents_and_leaves(cells):
    assert grid.parent_rows(cells).tolist() == [-1, 0, 0, 1, -1]
    assert grid.leaf_rows(cells).tolist() == [2, 3, 4]


def test_leaves_of_any_depth_add_up_at_every_ancestor(cells):
    leaf = grid.leaf_rows(cells)
    sums = grid.roll_up(cells, leaf, np.array([1.0, 10.0, 100.0]))  # a2, a11, b
    assert sums.tolist() == [11, 10, 1, 10, 100]


def test_the_chain_leads_from_the_top_down(cells):
    assert grid.chain(cells, 3) == [0, 1, 3]
    assert grid.chain(cells, 4) == [4]


def test_water_is_never_ground(cells):
    # A river 2 m wide along y = 4…6 and a pond over the corner of a11.
    water = gpd.GeoDataFrame(geometry=[shapely.box(-5, 4, 40, 6), shapely.box(0, 0, 1, 1)], crs=CRS)
    ground = grid.ground_of(cells.iloc[grid.leaf_rows(cells)], water)
    assert ground.area.tolist() == pytest.approx([80, 79, 80])
    dry = grid.ground_of(cells, water.iloc[:0])
    assert dry.area.tolist() == [200, 100, 100, 100, 100]


def test_a_point_on_a_border_has_one_holder(cells):
    leaf = grid.leaf_rows(cells)
    spots = np.array([(5.0, 5.0), (10.0, 5.0), (25.0, 5.0), (50.0, 50.0)])
    # a2 (row 2) and a11 (row 3) share x = 10: the lower row holds it.
    assert grid.holder_rows(cells, leaf, spots).tolist() == [3, 2, 4, -1]


def test_districts_are_the_deepest_level_a_list_can_name(cells):
    assert grid.districts(cells)["code"].tolist() == ["a11"]
    many = gpd.GeoDataFrame(
        {"code": [str(n) for n in range(200)], "level": 1, "parent": ""},
        geometry=[shapely.box(n, 0, n + 1, 1) for n in range(200)],
        crs=CRS,
    )
    assert grid.districts(many) is None
