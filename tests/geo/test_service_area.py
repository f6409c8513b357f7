"""Overlays against independent GeoPandas operations, and the field that is drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.service_area import balance, merged, overlay_area, ring_area, ring_overlay_area

CRS = "EPSG:4549"


def cells_over(side: float, count: int) -> gpd.GeoDataFrame:
    steps = np.arange(count) * side
    west, south = (axis.ravel() for axis in np.meshgrid(steps, steps))
    return gpd.GeoDataFrame(
        {"cell": range(count**2)},
        geometry=shapely.box(west, south, west + side, south + side),
        crs=CRS,
    )


def overlay_by_geopandas(cells: gpd.GeoDataFrame, area: shapely.Geometry) -> np.ndarray:
    """Return the same by the library's own overlay: the independent answer."""
    both = gpd.overlay(cells, gpd.GeoDataFrame(geometry=[area], crs=CRS), how="intersection")
    out = both.geometry.area.groupby(both["cell"]).sum()
    return out.reindex(cells["cell"]).fillna(0.0).to_numpy()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([60.0, 150.0, 900.0]))
def test_ring_overlay_equals_geopandas_overlay(seed, count, radius):
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-200, 1200, (count, 2))
    cells = cells_over(100.0, 10)
    stations = gpd.GeoDataFrame(geometry=shapely.points(centres), crs=CRS)
    expected = overlay_by_geopandas(cells, ring_area(stations, radius).union_all())
    got = ring_overlay_area(cells.geometry.to_numpy(), centres, radius)
    # Wholly covered cells are counted whole; the polygon of the circle is inscribed, so it may
    # miss up to r (1 - cos(π / 64)) along the rim of such a cell.
    rim = radius * (1 - np.cos(np.pi / 64)) * 400 + 1e-6
    assert (got >= expected - 1e-6).all() and (got <= expected + rim).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_overlay_of_pieces_equals_geopandas_overlay(seed):
    rng = np.random.default_rng(seed)
    cells = cells_over(100.0, 8)
    blob = shapely.union_all(shapely.buffer(shapely.points(rng.uniform(0, 800, (12, 2))), 90))
    pieces = np.array(
        [
            part
            for x in range(-200, 1000, 170)
            for y in range(-200, 1000, 170)
            for part in shapely.get_parts(shapely.clip_by_rect(blob, x, y, x + 170, y + 170))
        ],
        dtype=object,
    )
    pieces = pieces[shapely.area(pieces) > 0]
    expected = overlay_by_geopandas(cells, blob)
    got = overlay_area(cells.geometry.to_numpy(), pieces)
    assert got == pytest.approx(expected, abs=1e-6)


def test_overlay_of_nothing_is_nothing():
    cells = cells_over(10.0, 2).geometry.to_numpy()
    nothing = np.empty(0, dtype=object)
    assert overlay_area(cells, nothing).tolist() == [0] * 4
    assert overlay_area(nothing, cells).tolist() == []
    assert ring_overlay_area(cells, np.empty((0, 2)), 5.0).tolist() == [0] * 4
    assert merged(nothing).is_empty


def test_a_far_station_touches_no_cell():
    cells = cells_over(10.0, 2).geometry.to_numpy()
    assert ring_overlay_area(cells, np.array([[1e6, 0.0]]), 50.0).tolist() == [0] * 4


def test_a_place_on_the_budget_is_drawn_inside():
    # 300 s exactly is covered; the cut at ±8000 ms is one pixel of 10 m at 1.25 m/s.
    field = balance(np.array([0, 299_000, 300_000, 301_000, 2**31 - 1]), 300_000, 8_000.0)
    assert field.tolist() == [-8000, -1000, -0.5, 1000, 8000]
