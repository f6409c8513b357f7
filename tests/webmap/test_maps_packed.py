"""Packed layers: what the browser adds up again is what the frame holds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import to_wgs84
from webmap.maps.packed import SCALE, pack

CRS = "EPSG:32648"
X, Y = 650_000.0, 3_270_000.0


def _frame(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def _degrees(flat):
    return np.cumsum(np.array(flat).reshape(-1, 2), axis=0) / SCALE


def test_a_line_is_its_first_point_and_differences():
    line = shapely.LineString([(X, Y), (X + 100, Y), (X + 100, Y + 50)])
    packed = pack(_frame([line], name=["街"]), ("name",))
    assert packed["kind"] == 2
    ((flat,),) = packed["shapes"]
    wanted = shapely.get_coordinates(to_wgs84(_frame([line])).geometry.to_numpy())
    # Half of the last kept digit.
    assert np.abs(_degrees(flat) - wanted).max() <= 0.5 / SCALE + 1e-12


def test_the_outside_of_an_area_runs_clockwise_and_a_hole_against_it():
    shell = shapely.box(X, Y, X + 100, Y + 100)
    area = shell - shapely.box(X + 40, Y + 40, X + 60, Y + 60)
    for shape in (area, shapely.orient_polygons(area, exterior_cw=True)):
        ((outside, hole),) = pack(_frame([shape]))["shapes"]
        assert not shapely.is_ccw(shapely.LinearRing(_degrees(outside)))
        assert shapely.is_ccw(shapely.LinearRing(_degrees(hole)))


def test_all_parts_stay_with_their_row():
    two = shapely.MultiPolygon(
        [shapely.box(X, Y, X + 10, Y + 10), shapely.box(X + 20, Y, X + 30, Y + 10)]
    )
    one = shapely.box(X + 50, Y, X + 60, Y + 10)
    packed = pack(_frame([two, one], code=["a", "b"]), ("code",))
    assert [len(parts) for parts in packed["shapes"]] == [2, 1]
    assert packed["columns"]["code"] == {"words": ["a", "b"], "at": [0, 1]}


def test_a_word_that_comes_again_is_kept_once():
    points = [shapely.Point(X + i, Y) for i in range(3)]
    packed = pack(
        _frame(points, kind=["park", "school", "park"], level=[1, 2, 1]),
        ("kind", "level", "absent"),
    )
    assert packed["kind"] == 1
    assert packed["columns"] == {
        "kind": {"words": ["park", "school"], "at": [0, 1, 0]},
        "level": {"words": [1, 2], "at": [0, 1, 0]},
    }


def test_of_mixed_geometries_the_areas_are_kept():
    line = shapely.LineString([(X, Y), (X + 1, Y)])
    packed = pack(_frame([line, shapely.box(X, Y, X + 9, Y + 9)], name=["a", "b"]), ("name",))
    assert packed["kind"] == 3 and len(packed["shapes"]) == 1
    assert packed["columns"]["name"] == {"words": ["b"], "at": [0]}


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Polygon()]])
def test_nothing_packs_to_nothing(shapes):
    packed = pack(_frame(shapes))
    assert packed is None or packed["shapes"] == []


def test_lines_may_be_drawn_simpler():
    line = shapely.LineString([(X, Y), (X + 50, Y + 0.5), (X + 100, Y)])
    ((flat,),) = pack(_frame([line]), tolerance_m=1.0)["shapes"]
    assert len(flat) == 4
