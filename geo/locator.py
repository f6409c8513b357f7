"""Find the stations that a person reaches first from where they stand, and the way there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import reach, route
from geo.links import StreetIndex
from geo.network import ProfileGraph, StreetNetwork
from geo.seeds import Seeds

#: How many stations a table made here holds for every node.
TABLE_K = 5


@dataclass(frozen=True)
class Answer:
    """Hold one station and the way to it; ``station`` is the row of the links behind the seeds.

    ``leg_m`` is the place's access leg and ``street`` the name of the street it leads to ("" =
    none). Times and lengths run from the place to the station's door.
    """

    station: int
    time_ms: int
    length_m: float
    leg_m: float
    street: str
    route: route.Route


def nearest_stations(
    network: StreetNetwork,
    graph: ProfileGraph,
    index: StreetIndex,
    start: Seeds,
    xy: NDArray[np.float64],
    count: int = 3,
    *,
    table: reach.KNearest | None = None,
) -> list[Answer]:
    """Return up to ``count`` stations nearest by travel time from a position in metres.

    ``table`` is :func:`geo.reach.k_nearest` of the same seeds with at least ``count`` columns:
    with it the answer is a look-up, without it every call searches the whole city. The list is
    empty when no street is near, or no station can be reached.
    """
    link = index.link(xy)
    if link.edge[0] < 0:
        return []
    if table is None or table.time_ms.shape[1] < count:
        table = reach.k_nearest(graph, start, count)
    near = reach.arrival_k(network, graph, link, table, start)
    answers = []
    for time_ms, station in zip(near.time_ms[0, :count], near.station[0, :count], strict=True):
        if time_ms == reach.UNREACHED:
            break
        way = route.trace(network, graph, start, int(station), link, xy, int(time_ms))
        street = network.names[network.name_id[link.edge[0]]]
        answers.append(
            Answer(int(station), way.time_ms, way.length_m, float(link.leg_m[0]), street, way)
        )
    return answers
