"""Describe the way from a place to a station: where it runs, how long it is, and its steps.

The way itself is traced by :mod:`geo.way.tracing`, its steps are those of :mod:`geo.way.steps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import degrees
from geo.links import Link, Links
from geo.network import ProfileGraph, StreetNetwork
from geo.seeds import Seeds
from geo.way import trips
from geo.way.steps import Step, steps_of
from geo.way.tracing import Piece
from geo.way.trips import Ground

Floats = NDArray[np.float64]

_SAME_M = 1e-6  # vertices nearer than this are one


@dataclass(frozen=True, eq=False)
class Way:
    """Hold a way: vertices in the metric CRS from the place to the station's door.

    ``length_m`` and ``time_ms`` include both access legs, and so do ``steps``; ``pieces`` are the
    streets between, edge by edge.
    """

    xy: Floats
    length_m: float
    time_ms: int
    steps: tuple[Step, ...]
    pieces: tuple[Piece, ...]

    @property
    def flights(self) -> int:
        """Return how many flights of stairs there are."""
        return sum(step.flights for step in self.steps)

    def to_json(self, crs: str) -> dict[str, Any]:
        """Return the way as plain values, its line in WGS84 degrees; ``crs`` is the city's."""
        return {
            "metres": round(self.length_m, 1),
            "seconds": self.time_ms / 1000.0,
            "flights": self.flights,
            "geometry": {"type": "LineString", "coordinates": degrees(self.xy, crs).tolist()},
            "steps": [step.to_json() for step in self.steps],
        }


def way(
    ground: Ground, link: Link, place_xy: Floats, station: int, door_xy: Floats, limit_ms: int
) -> Way | None:
    """Return the way from a place to a station, ``None`` when there is none within a limit.

    ``link`` is the place's link, ``place_xy`` its position and ``door_xy`` that of the
    station in metres. Which of equally fast ways it is :mod:`geo.way.tracing` says.
    """
    found = trips.traced(ground, link, station, limit_ms)
    if found is None:
        return None
    network, links = ground.network, ground.links
    pieces = found.pieces
    legs = link.leg_m, float(links.leg_m[station])
    feet = np.array(link.xy), links.xy[station]
    line, corners = _line(network, pieces, np.reshape(place_xy, 2), feet, np.reshape(door_xy, 2))
    return Way(
        xy=line,
        length_m=found.metres,
        time_ms=found.time_ms,
        steps=steps_of(network, ground.graph, pieces, line, corners, legs),
        pieces=pieces,
    )


def trace(
    network: StreetNetwork,
    graph: ProfileGraph,
    start: Seeds,
    station: int,
    link: Links,
    place_xy: Floats,
    door_xy: Floats,
    time_ms: int,
) -> Way:
    """Return the way to a station that a search has found to be so far, on any graph.

    ``link`` is the place's, one row that leads to a street.
    """
    own = link.row(0)
    assert own is not None
    found = way(Ground.of(network, graph, start), own, place_xy, station, door_xy, time_ms)
    assert found is not None
    return found


def _line(
    network: StreetNetwork,
    pieces: Sequence[Piece],
    place: Floats,
    feet: tuple[Floats, Floats],
    door: Floats,
) -> tuple[Floats, list[int]]:
    """Return the vertices of a way, and those where its pieces begin and, last, where they end."""
    vertices: list[Floats] = []
    corners = []

    def append(points: Floats) -> None:
        for point in points:
            if not vertices or np.abs(point - vertices[-1]).max() > _SAME_M:
                vertices.append(point)

    append(place[None, :])
    append(feet[0][None, :])
    for piece in pieces:
        corners.append(len(vertices) - 1)
        append(_points(network, piece))
    append(feet[1][None, :])
    corners.append(len(vertices) - 1)
    append(door[None, :])
    if len(vertices) == 1:
        vertices.append(door)
    return np.array(vertices), corners


def _points(network: StreetNetwork, piece: Piece) -> Floats:
    """Return the vertices of a piece in the order of travel."""
    line = network.coords[network.coord_start[piece.edge] : network.coord_start[piece.edge + 1]]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    low, high = sorted((piece.start_m, piece.end_m))
    inner = line[(along > low) & (along < high)]
    ends = np.column_stack([np.interp([low, high], along, line[:, axis]) for axis in (0, 1)])
    points = np.vstack([ends[:1], inner, ends[1:]])
    return points if piece.start_m <= piece.end_m else points[::-1]
