"""Find what people type: a station, landmark, street, compound, address or cell of a city.

By its characters, its pinyin, its initials or a mixture of them; with one slip where nothing better
is found. :func:`index` gathers the names of a city once, :func:`find` asks them, :func:`pack` hands
them to a page that has to find the same without the server.
"""

from __future__ import annotations

import geopandas as gpd

from geo.city import CityData
from geo.search.entries import KINDS, entries_of
from geo.search.finding import LONGEST, MOST, Found, find
from geo.search.packing import FORMAT, pack
from geo.search.table import Index, index_of

__all__ = ["FORMAT", "KINDS", "LONGEST", "MOST", "Found", "Index", "find", "index", "pack"]


def index(data: CityData, places: gpd.GeoDataFrame | None = None) -> Index:
    """Return the index of a city's own names and of named places of its map.

    ``places`` are points in the city's metric CRS with ``name`` and ``kind``, as
    :func:`geo.gazetteer.places` reads them from the city's folder.
    """
    return index_of(entries_of(data, places))
