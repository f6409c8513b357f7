"""Say what computes: the versions of this package and of the libraries that decide figures."""

from __future__ import annotations

from importlib import metadata

_NAMES = ("yizhan", "geopandas", "shapely", "pyproj", "numpy", "scipy", "numba", "contourpy")


def versions() -> dict[str, str]:
    """Return the version of each, ``not installed`` for what is not there."""
    out = {}
    for name in _NAMES:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = "not installed"
    return out
