from __future__ import annotations

import json
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from webmap import geojson


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (np.float64("inf"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.array([1.5, np.nan]), [1.5, None]),
        ({1: (np.float32(0.5),)}, {"1": [0.5]}),
        ("驿站", "驿站"),
    ],
)
def test_plain_values(value, expected):
    assert geojson.plain(value) == expected


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_anything_becomes_json_that_a_strict_reader_takes(value):
    def refuse(constant):
        raise AssertionError(constant)

    read = json.loads(geojson.encode(value), parse_constant=refuse)
    assert read == geojson.plain(value)


@pytest.mark.parametrize(
    "values",
    [
        [1.5, 2.0],
        [1.5, math.nan, math.inf],
        ["", "驿站"],
        ["a", None],
        [np.int64(1), 2],
        [True, False],
        [],
    ],
)
def test_a_column_is_its_values_one_by_one(values):
    for dtype in (None, object):
        column = geojson.column(pd.Series(values, dtype=dtype))
        assert column == [geojson.plain(value) for value in pd.Series(values, dtype=dtype)]
        assert json.loads(geojson.encode(column)) == column


def test_a_collection_in_degrees():
    frame = gpd.GeoDataFrame(
        {"name": ["</script>", "b"], "people": [math.nan, 2.0]},
        geometry=[shapely.Point(106.123456789, 29.5), shapely.Point()],
        crs=4326,
    )
    read = json.loads(geojson.collection(frame, ids=["x", 7]))
    assert read == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "x",
                "geometry": {"type": "Point", "coordinates": [106.123457, 29.5]},
                "properties": {"name": "</script>", "people": None},
            },
            {
                "type": "Feature",
                "id": 7,
                "geometry": None,
                "properties": {"name": "b", "people": 2.0},
            },
        ],
    }


def test_metres_leave_as_degrees():
    """The origin of EPSG:4544 lies at 105° E with a false easting of 500 km, on the equator."""
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(500_000, 0)], crs="EPSG:4544")
    read = json.loads(geojson.collection(frame))
    assert read["features"][0]["geometry"]["coordinates"] == pytest.approx([105, 0], abs=1e-6)


def test_an_empty_frame():
    frame = gpd.GeoDataFrame({"a": []}, geometry=[], crs=4326)
    assert json.loads(geojson.collection(frame)) == {"type": "FeatureCollection", "features": []}
