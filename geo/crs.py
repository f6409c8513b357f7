"""Know every datum and projection; no other module calls pyproj or ``to_crs``.

On disk, in HTTP and on the screen everything is WGS84 longitude/latitude. In analysis everything
is in the city's metric CRS: the CGCS2000 3-degree Gauss–Krüger zone by longitude in China, the UTM
zone elsewhere. Chinese list files often come in GCJ-02 or BD-09; these shifts are not known to
PROJ and are computed here with the public approximation on the Krasovsky ellipsoid, inverted by
iteration.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, InputError

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: tuple[str, ...] = get_args(Datum)
WGS84 = "EPSG:4326"

Floats = NDArray[np.float64]

# Beijing 54 and new Beijing: PROJ would silently shift them by 0 m ("ballpark"). Xi'an 80 needs
# parameters that are not public. All are off by up to 100 m, so they are refused.
_REFUSED_GEOGRAPHIC = {4214: "Beijing 1954", 4555: "New Beijing", 4610: "Xi'an 1980"}

_GEOD = pyproj.Geod(ellps="WGS84")
_A, _EE = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
_BD = math.pi * 3000.0 / 180.0


def in_china(lon: float, lat: float) -> bool:
    """Return whether a position (degrees, WGS84) lies within China's extent, a plain rectangle."""
    return 73.0 <= lon <= 136.5 and 3.0 <= lat <= 54.0


def metric_crs(lon: float, lat: float) -> str:
    """Return the metric CRS for a city around this position (degrees, WGS84) as ``EPSG:n``.

    China gets the CGCS2000 / 3-degree Gauss–Krüger zone without a zone prefix in the easting
    (EPSG:4534–4554, central meridians 75–135° E), everywhere else the WGS84 / UTM zone.
    """
    if in_china(lon, lat):
        meridian = min(135, max(75, 3 * round(lon / 3.0)))
        return f"EPSG:{4534 + (meridian - 75) // 3}"
    zone = min(60, int((lon + 180.0) // 6.0) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def to_metric(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return the frame in the city's metric CRS; geometry in metres, easting first."""
    return frame.to_crs(crs)


def to_wgs84(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame in WGS84 longitude/latitude degrees."""
    return frame.to_crs(WGS84)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def project(lon: Floats, lat: Floats, crs: str) -> tuple[Floats, Floats]:
    """Project WGS84 degrees to metres (easting, northing) of the metric CRS."""
    x, y = _transformer(WGS84, crs).transform(np.asarray(lon, float), np.asarray(lat, float))
    return np.asarray(x), np.asarray(y)


def project_one(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """Project one position as :func:`project` does, without arrays in between."""
    x, y = _transformer(WGS84, crs).transform(lon, lat)
    return x, y


def unproject(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Return the WGS84 longitude and latitude of metric coordinates."""
    lon, lat = _transformer(crs, WGS84).transform(np.asarray(x, float), np.asarray(y, float))
    return np.asarray(lon), np.asarray(lat)


def geodesic_m(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Return the lengths of the shortest lines over the ellipsoid, WGS84 degrees to metres."""
    from_lon, from_lat = np.full_like(lons, lon), np.full_like(lats, lat)
    metres: Floats = _GEOD.inv(from_lon, from_lat, lons, lats)[2]
    return metres


def degrees(xy: Floats, crs: str) -> Floats:
    """Return metric coordinates, shape (n, 2), as WGS84 degrees rounded to 1e-6 (0.11 m)."""
    lonlat: Floats = np.column_stack(unproject(xy[:, 0], xy[:, 1], crs))
    return lonlat.round(6)


def _gcj_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the GCJ-02 shift in degrees at a WGS84 position."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _EE * np.sin(phi) ** 2
    d_lat = np.degrees(d_lat * magic * np.sqrt(magic) / (_A * (1.0 - _EE)))
    d_lon = np.degrees(d_lon * np.sqrt(magic) / (_A * np.cos(phi)))
    return d_lon, d_lat


def gcj02_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS84 degrees to GCJ-02 (the datum of Amap and Tencent maps)."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    d_lon, d_lat = _gcj_offset(lon, lat)
    return lon + d_lon, lat + d_lat


def wgs84_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Invert :func:`gcj02_from_wgs84` by fixed-point iteration, to about 1e-9 m."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(12):  # the shift changes by about 1e-4 of itself: each step gains four digits
        d_lon, d_lat = _gcj_offset(guess_lon, guess_lat)
        guess_lon, guess_lat = lon - d_lon, lat - d_lat
    return guess_lon, guess_lat


def bd09_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 degrees to BD-09 (the datum of Baidu maps)."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def gcj02_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Invert :func:`bd09_from_gcj02` by fixed-point iteration."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(30):
        back_lon, back_lat = bd09_from_gcj02(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - back_lon, guess_lat + lat - back_lat
    return guess_lon, guess_lat


def _shift(datum: str, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    if datum == "gcj02":
        return wgs84_from_gcj02(lon, lat)
    if datum == "bd09":
        return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))
    return lon, lat  # CGCS2000 equals WGS84 within decimetres


def from_datum(frame: gpd.GeoDataFrame, datum: str) -> gpd.GeoDataFrame:
    """Return a frame whose degrees are in ``datum`` as a WGS84 frame; the index is kept."""
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}; choose one of {', '.join(DATUMS)}")
    if datum in ("wgs84", "cgcs2000"):
        return frame.set_crs(WGS84, allow_override=True)

    def moved(xy: Floats) -> Floats:
        return np.column_stack(_shift(datum, xy[:, 0], xy[:, 1]))

    shifted = shapely.transform(frame.geometry.to_numpy(), moved)
    return frame.set_geometry(gpd.GeoSeries(shifted, index=frame.index, crs=WGS84))


def declared(frame: gpd.GeoDataFrame, where: str, datum: str | None) -> gpd.GeoDataFrame:
    """Return a file's frame in WGS84 by what the file and the caller declare.

    A missing CRS is taken as degrees only when every coordinate can be one; otherwise, and for
    datums that PROJ would shift by a silent 0 m, an :class:`~geo.errors.InputError` says what to
    do. ``datum`` (``None`` = as the file says) applies to degrees only. ``where`` names the file.
    """
    if frame.crs is None:
        west, south, east, north = frame.total_bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise InputError(
                Fault(
                    where,
                    f"no CRS, and coordinates such as {west:.1f}, {south:.1f} are not degrees",
                    "add the .prj or the CRS to the file, or save it as WGS84 degrees",
                )
            )
        return from_datum(frame, datum or "wgs84")
    crs = pyproj.CRS(frame.crs)
    base = crs.geodetic_crs
    code = base.to_epsg() if base is not None else None
    if code in _REFUSED_GEOGRAPHIC:
        raise InputError(
            Fault(
                where,
                f"the file is in {_REFUSED_GEOGRAPHIC[code]} (EPSG:{code}), whose shift to WGS84 "
                "is not public; it would be wrong by up to 100 m",
                "have it converted to CGCS2000 or WGS84 by the surveying office",
            )
        )
    if datum is not None and not crs.is_geographic:
        if datum in ("gcj02", "bd09"):
            raise InputError(
                Fault(
                    where,
                    f"declared as {datum}, but the file is projected ({crs.name})",
                    "leave the datum option away, or save the file as degrees",
                )
            )
        return frame.to_crs(WGS84)
    if crs.is_geographic:
        if datum is not None:
            return from_datum(frame, datum)
        return frame.set_crs(WGS84, allow_override=True) if code == 4490 else frame.to_crs(WGS84)
    return frame.to_crs(WGS84)
