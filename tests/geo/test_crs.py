"""Datums and projections: published pairs, round trips, refusals."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import crs
from geo.errors import InputError

GEOD = pyproj.Geod(ellps="WGS84")
_lon, _lat = st.floats(75, 134), st.floats(5, 52)


def metres(lon1, lat1, lon2, lat2):
    return GEOD.inv(lon1, lat1, lon2, lat2)[2]


@given(_lon, _lat)
def test_gcj02_round_trip_within_a_micrometre(lon, lat):
    back = crs.wgs84_from_gcj02(*crs.gcj02_from_wgs84(np.array([lon]), np.array([lat])))
    assert metres(lon, lat, back[0][0], back[1][0]) < 1e-6


@given(_lon, _lat)
def test_bd09_round_trip_within_a_micrometre(lon, lat):
    back = crs.gcj02_from_bd09(*crs.bd09_from_gcj02(np.array([lon]), np.array([lat])))
    assert metres(lon, lat, back[0][0], back[1][0]) < 1e-6


@given(_lon, _lat)
def test_the_shift_of_gcj02_is_never_a_kilometre_and_a_half(lon, lat):
    moved = crs.gcj02_from_wgs84(np.array([lon]), np.array([lat]))
    assert metres(lon, lat, moved[0][0], moved[1][0]) < 1_500


@pytest.mark.parametrize(
    ("lon", "lat"), [(116.4, 39.9), (121.49, 31.24), (114.06, 22.54), (106.55, 29.56)]
)
def test_in_the_cities_the_shift_of_gcj02_is_some_hundred_metres(lon, lat):
    # Waves of several periods are added, so somewhere in the west it is next to nothing.
    moved = crs.gcj02_from_wgs84(np.array([lon]), np.array([lat]))
    assert 300 < metres(lon, lat, moved[0][0], moved[1][0]) < 700


def test_a_shifted_list_is_brought_back():
    true = gpd.GeoDataFrame(geometry=gpd.points_from_xy([106.5, 121.49], [29.5, 31.24]))
    shifted = np.column_stack(
        crs.gcj02_from_wgs84(np.array([106.5, 121.49]), np.array([29.5, 31.24]))
    )
    given_frame = gpd.GeoDataFrame(geometry=shapely.points(shifted), index=[7, 9])
    found = crs.from_datum(given_frame, "gcj02")
    assert found.index.tolist() == [7, 9] and found.crs.to_epsg() == 4326
    for one, two in zip(true.geometry, found.geometry, strict=True):
        assert metres(one.x, one.y, two.x, two.y) < 1e-6


@pytest.mark.parametrize(
    ("lon", "lat", "code", "meridian"),
    [
        (121.5, 31.2, 4549, 120),  # Shanghai: zone of 120° E, 118.5–121.5
        (116.3, 40.0, 4548, 117),
        (106.6, 29.5, 4545, 108),
        (75.0, 39.5, 4534, 75),
        (135.9, 48.4, 4554, 135),
    ],
)
def test_china_gets_the_gauss_krueger_zone_of_its_meridian(lon, lat, code, meridian):
    name = crs.metric_crs(lon, lat)
    zone = pyproj.CRS(name)
    assert f"CM {meridian}E" in zone.name
    assert name == f"EPSG:{code}"


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(-8.6, 41.1, 32629), (8.7, 49.4, 32632), (18.4, -33.9, 32734), (179.9, 0.0, 32660)],
)
def test_elsewhere_the_utm_zone(lon, lat, code):
    assert crs.metric_crs(lon, lat) == f"EPSG:{code}"


@given(st.floats(116.0, 118.0), st.floats(39.0, 41.0))
def test_projection_round_trip_within_a_millimetre(lon, lat):
    x, y = crs.project(np.array([lon]), np.array([lat]), "EPSG:4548")
    back = crs.unproject(x, y, "EPSG:4548")
    assert metres(lon, lat, back[0][0], back[1][0]) < 1e-3
    # The easting comes first, whatever the axis order of the authority.
    assert 300_000 < x[0] < 700_000 and 4_000_000 < y[0] < 5_000_000


def frame(x, y, declared=None):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy([x], [y]), crs=declared)


def test_degrees_without_a_crs_are_wgs84():
    assert crs.declared(frame(116.3, 39.9), "list.csv", None).crs.to_epsg() == 4326


def test_metres_without_a_crs_are_refused_with_the_remedy():
    with pytest.raises(InputError, match=r"list\.shp.*500000\.0.*not degrees.*\.prj"):
        crs.declared(frame(500_000, 4_400_000), "list.shp", None)


def test_cgcs2000_is_wgs84_without_a_shift():
    found = crs.declared(frame(116.3, 39.9, "EPSG:4490"), "a", None)
    assert (found.geometry.x[0], found.geometry.y[0]) == (116.3, 39.9)


@pytest.mark.parametrize("code", [4214, 4610, 4555, 2436])
def test_datums_with_a_ballpark_shift_are_refused(code):
    # 2436 is Beijing 1954 projected: the same ballpark behind a projection.
    with pytest.raises(InputError, match="surveying office"):
        crs.declared(frame(116.3, 39.9, f"EPSG:{code}"), "old.shp", None)


def test_a_projected_file_cannot_be_in_gcj02():
    with pytest.raises(InputError, match="projected"):
        crs.declared(frame(500_000, 4_400_000, "EPSG:4548"), "a", "gcj02")


def test_an_unknown_datum_is_named():
    with pytest.raises(ValueError, match=r"unknown datum 'gcj'.*gcj02"):
        crs.from_datum(frame(116, 39), "gcj")


def test_a_line_over_the_ellipsoid_has_its_textbook_length():
    # A degree of latitude from the equator: 110,574 m; of longitude on it: 111,319 m (WGS84).
    metres = crs.geodesic_m(0.0, 0.0, np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    assert metres == pytest.approx([110_574.4, 111_319.5], abs=0.1)
