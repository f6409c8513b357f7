"""The raster: which polygon holds a pixel's centre, and contours of fields."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.pixels import PixelTable, grid_over, rasterize, traced

_coordinate = st.integers(0, 99).map(lambda n: n * 10.0 + 3.7)


@given(
    st.lists(
        st.lists(st.tuples(_coordinate, _coordinate), min_size=3, max_size=8, unique=True),
        min_size=1,
        max_size=5,
    )
)
def test_pixel_is_held_by_the_polygon_that_shapely_finds(rings):
    polygons = [p for ring in rings if (p := shapely.Polygon(ring)).is_valid and p.area > 0]
    lattice = grid_over((0, 0, 1000, 1000), 10)
    centres = lattice.centres(np.arange(lattice.size))
    expected = np.full(lattice.size, -1)
    # Exactly on a border `contains` and the half-open rule rightly differ.
    clear = np.ones(lattice.size, bool)
    for number, polygon in enumerate(polygons):
        expected[shapely.contains_xy(polygon, centres[:, 0], centres[:, 1])] = number
        clear &= shapely.distance(polygon.boundary, shapely.points(centres)) > 1e-6
    assert np.array_equal(rasterize(lattice, polygons).ravel()[clear], expected[clear])


def test_a_hole_is_not_held():
    ring = shapely.Point(503, 503).buffer(300).difference(shapely.Point(503, 503).buffer(100))
    lattice = grid_over((0, 0, 1000, 1000), 10)
    held = rasterize(lattice, [ring]).ravel() == 0
    distance = np.hypot(*(lattice.centres(np.arange(lattice.size)) - 503).T)
    assert not held[distance < 95].any()
    assert held[(distance > 105) & (distance < 295)].all()


def test_a_border_on_pixel_centres_belongs_to_one_side_only():
    # Two squares share the line x = 500, which runs through pixel centres.
    halves = [shapely.box(100, 100, 500, 900), shapely.box(500, 100, 900, 900)]
    lattice = grid_over((0, 0, 1000, 1000), 10)
    counts = np.bincount(rasterize(lattice, halves).ravel() + 1)
    # 800 m / 10 m = 80 rows, 400 m / 10 m = 40 columns each, half-open on both axes.
    assert counts[1:].tolist() == [80 * 40, 80 * 40]


def test_the_traced_disc_has_the_area_of_the_disc():
    lattice = grid_over((0, 0, 1000, 1000), 10)
    centres = lattice.centres(np.arange(lattice.size))
    field = (np.hypot(*(centres - 500).T) - 250).reshape(lattice.rows, lattice.cols)
    (disc,) = traced(lattice, field)
    # Chords of a 10 m raster: less than one part in a thousand of π r².
    assert disc.area == pytest.approx(math.pi * 250**2, rel=1e-3)
    assert disc.is_valid


def test_tiles_of_a_traced_area_cover_the_same_ground_once():
    lattice = grid_over((0, 0, 1000, 1000), 10)
    centres = lattice.centres(np.arange(lattice.size))
    # Two discs and a hole: 1000 m² more or less anywhere would show.
    one, two = np.hypot(*(centres - 300).T) - 200, np.hypot(*(centres - 700).T) - 150
    hole = 60 - np.hypot(*(centres - 300).T)
    field = np.maximum(np.minimum(one, two), hole).reshape(lattice.rows, lattice.cols)
    whole, pieces = traced(lattice, field), traced(lattice, field, chunk=16)
    assert len(whole) == 2 and len(pieces) > 10
    assert shapely.area(pieces).sum() == pytest.approx(shapely.area(whole).sum(), rel=1e-12)
    assert shapely.area(shapely.union_all(pieces)) == pytest.approx(
        shapely.area(pieces).sum(), rel=1e-9
    )


def test_a_field_without_inside_gives_nothing():
    lattice = grid_over((0, 0, 100, 100), 10)
    assert len(traced(lattice, np.ones((lattice.rows, lattice.cols)))) == 0
    assert len(traced(lattice, np.ones((1, 5)))) == 0


@given(st.tuples(*[st.integers(-5, 30)] * 4))
def test_a_window_finds_exactly_the_rows_inside_it(corners):
    lattice = grid_over((0, 0, 200, 200), 10)
    index = np.arange(0, lattice.size, 3)
    table = PixelTable(lattice, index, np.zeros(len(index), np.int32), {}, {}, {})
    row, row_end = sorted(int(np.clip(v, 0, lattice.rows)) for v in corners[:2])
    col, col_end = sorted(int(np.clip(v, 0, lattice.cols)) for v in corners[2:])
    at_row, at_col = np.divmod(index, lattice.cols)
    expected = np.flatnonzero(
        (at_row >= row) & (at_row < row_end) & (at_col >= col) & (at_col < col_end)
    )
    assert table.inside((row, row_end, col, col_end)).tolist() == expected.tolist()
