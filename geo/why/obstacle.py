"""Name what refuses a profile: the first gate, flight of steps or closed way on a way.

The way is one that a person would take whom everything let pass at walking pace
(:func:`geo.network.unbarred`); whatever on it the profile's own graph does not admit is an
obstacle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.access import FORBIDDEN
from geo.network import ProfileGraph, StreetNetwork
from geo.way.steps import node_at
from geo.way.tracing import Piece

GATE, STEPS, CLOSED_WAY = KINDS = ("gate", "steps", "closed_way")


@dataclass(frozen=True)
class Obstacle:
    """Hold what refuses, and where it begins in the metric CRS.

    ``kind`` is ``gate`` (a node that may be reached, not passed), ``steps`` or ``closed_way`` (a
    street whose kind or tags refuse the profile); ``street`` the name of the street ("" = none) and
    ``highway`` its kind in OSM, ``name`` that of a gate.
    """

    kind: str
    xy: tuple[float, float]
    street: str
    highway: str
    name: str = ""


def first_on(
    network: StreetNetwork, graph: ProfileGraph, pieces: Sequence[Piece]
) -> Obstacle | None:
    """Return the first obstacle for a profile's graph on a way, ``None`` if it may be taken."""
    before = ""
    for piece in pieces:
        street = network.names[network.name_id[piece.edge]]
        highway = network.highways[network.highway_id[piece.edge]]
        node = node_at(network, piece.edge, piece.start_m)
        if node is not None and graph.blocked[piece.layer, node]:
            at = (float(network.node_x[node]), float(network.node_y[node]))
            return Obstacle(GATE, at, street or before, highway, network.gate_name(node))
        gaits = graph.forward if piece.end_m > piece.start_m else graph.backward
        if gaits[piece.layer, piece.edge] == FORBIDDEN:
            kind = STEPS if highway == "steps" else CLOSED_WAY
            return Obstacle(kind, _point(network, piece.edge, piece.start_m), street, highway)
        before = street
    return None


def _point(network: StreetNetwork, edge: int, offset_m: float) -> tuple[float, float]:
    low, high = network.coord_start[edge], network.coord_start[edge + 1]
    point = shapely.LineString(np.asarray(network.coords[low:high])).interpolate(offset_m)
    return point.x, point.y
