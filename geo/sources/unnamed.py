"""Call stations without a name by the street where they stand, in both languages.

It is done once, at the import, so that lists, maps, search and exports say the same of a station.
"""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import shapely

NAME, NAME_EN = "未命名驿站", "Unnamed station"
#: A street farther off says nothing about where a station is, m.
_NEAR_M = 200.0


def called(stations: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stations, all with a name; both frames in one metric CRS.

    Several at one street, and several without any, are numbered in their order: no two are alike.
    """
    row = np.flatnonzero((stations["name"] == "").to_numpy())
    if not len(row):
        return stations
    street = _streets_of(stations.geometry.to_numpy()[row], streets)
    many, seen = Counter(street), Counter[str]()
    names, english = stations["name"].to_numpy().copy(), stations["name_en"].to_numpy().copy()
    for place, where in zip(row.tolist(), street, strict=True):
        seen[where] += 1
        number = str(seen[where]) if many[where] > 1 else ""
        told = " ".join(filter(None, (where, number)))
        names[place] = f"{NAME}（{told}）" if told else NAME
        english[place] = f"{NAME_EN} ({told})" if told else NAME_EN
    return stations.assign(name=names, name_en=english)


def _streets_of(points: np.ndarray, streets: gpd.GeoDataFrame) -> list[str]:
    """Return the name of the nearest named street of each point, ``""`` where none is near."""
    named = streets[streets["name"] != ""]
    found = [""] * len(points)
    if not len(named):
        return found
    tree = shapely.STRtree(named.geometry.to_numpy())
    point, line = tree.query_nearest(points, max_distance=_NEAR_M, all_matches=False)
    words = named["name"].to_numpy()
    for place, edge in zip(point.tolist(), line.tolist(), strict=True):
        found[place] = str(words[edge])
    return found
