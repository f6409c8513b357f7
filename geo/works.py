"""Hold what is added to the streets of a city in thought: links, and gates that were opened.

:mod:`geo.scenario.joining` adds them to a network; here they are values, and frames to be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.links import Links
from geo.model import Position
from geo.network import StreetNetwork

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Link:
    """Hold a street that was added: where its ends join the streets, and its vertices.

    ``ends`` are two rows of links without barriers: an edge and the place on it. ``xy`` are the
    vertices that were drawn, metric CRS; ``profiles`` those who may use it, ``edge`` its own edge
    in the network that it belongs to, ``line`` the positions that were given.
    """

    link_id: str
    name: str
    profiles: tuple[str, ...]
    line: tuple[Position, ...]
    xy: Floats
    ends: Links
    edge: int = -1


@dataclass(frozen=True, eq=False)
class Gate:
    """Hold what was opened: nodes and edges that refuse some of the profiles.

    ``xy`` is the point nearest to where somebody asked for it, ``position`` what was given.
    """

    gate_id: str
    profiles: tuple[str, ...]
    position: Position
    xy: Floats
    nodes: Longs
    edges: Longs


Work = Link | Gate


def edge_line(network: StreetNetwork, edge: int) -> Floats:
    """Return the vertices of an edge, metric CRS."""
    return np.asarray(
        network.coords[network.coord_start[edge] : network.coord_start[edge + 1]], float
    )


def links_frame(network: StreetNetwork, works: Sequence[Work]) -> gpd.GeoDataFrame:
    """Return the links as lines from street to street: ``id, name, profiles, length_m``.

    Metric CRS; profiles are joined by ``;``.
    """
    links = [work for work in works if isinstance(work, Link)]
    columns = {
        "id": [link.link_id for link in links],
        "name": [link.name for link in links],
        "profiles": [";".join(link.profiles) for link in links],
        "length_m": [float(network.length_m[link.edge]) for link in links],
    }
    lines = [shapely.LineString(edge_line(network, link.edge)) for link in links]
    return gpd.GeoDataFrame(columns, geometry=lines, crs=network.crs)


def gates_frame(network: StreetNetwork, works: Sequence[Work]) -> gpd.GeoDataFrame:
    """Return what was opened as points, metric CRS: ``id, profiles`` (joined by ``;``)."""
    gates = [work for work in works if isinstance(work, Gate)]
    columns = {
        "id": [gate.gate_id for gate in gates],
        "profiles": [";".join(gate.profiles) for gate in gates],
    }
    points = [shapely.Point(gate.xy) for gate in gates]
    return gpd.GeoDataFrame(columns, geometry=points, crs=network.crs)
