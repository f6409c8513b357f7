"""Write the stations of a city for a phone: where each is tied to the streets, and its facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.links import Links
from geo.network import StreetNetwork
from geo.pocket.container import Section, column, table


def sections(
    stations: gpd.GeoDataFrame,
    facts: Sequence[Mapping[str, Any]],
    links: Mapping[str, Links],
    network: StreetNetwork,
) -> Iterator[Section]:
    """Yield the facts of the stations, where they are, and by set of usable streets their links.

    Of a link: the edge (−1: none), the metres along it from ``u`` and those that are left to ``v``
    (0 at the very end), the access leg, the point where it ends. They are doubles as the server has
    them, so every time from a street node to a door is the server's.
    """
    yield table("stations", list(facts))
    place = shapely.get_coordinates(stations.geometry.to_numpy()).reshape(-1, 2)
    yield column("station.x", place[:, 0], "real")
    yield column("station.y", place[:, 1], "real")
    yield column("station.open", np.flatnonzero(stations["status"] == "open"), "steps")
    for name in dict.fromkeys(network.set_of.values()):
        link = links[name]
        linked = link.edge >= 0
        whole = np.where(linked, network.length_m[np.maximum(link.edge, 0)], 0.0)
        offset = np.where(linked, link.offset_m, 0.0)
        yield column(f"link.{name}.edge", link.edge, "signed")
        yield column(f"link.{name}.offset_m", offset, "real")
        yield column(f"link.{name}.rest_m", whole - offset, "real")
        yield column(f"link.{name}.leg_m", np.where(linked, link.leg_m, 0.0), "real")
        foot = np.where(linked[:, None], link.xy, 0.0)
        yield column(f"link.{name}.x", foot[:, 0], "real")
        yield column(f"link.{name}.y", foot[:, 1], "real")
