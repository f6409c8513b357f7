"""Turn the stations' links into first times at street nodes, from which searches start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.access import FORBIDDEN
from geo.arcs import milliseconds
from geo.compiled import readonly
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Seeds:
    """Hold where and when stations are reached: first times at nodes, and places on edges.

    ``node``, ``time_ms`` and ``station`` are rows of (node, time from there to the station's door,
    station), sorted by station. The ``on_`` arrays list the linked stations by edge, for a place
    on the same edge that needs no node at all. Station numbers are rows of ``links``.
    """

    node: Ints
    time_ms: Ints
    station: Ints
    on_edge: Ints
    on_offset_m: Floats
    on_leg_ms: Ints
    on_station: Ints
    links: Links

    @property
    def n_stations(self) -> int:
        """Return how many stations there are, linked or not."""
        return len(self.links)

    @property
    def first(self) -> NDArray[np.int64]:
        """Return where each station's rows begin, and at the end their number."""
        return readonly(np.searchsorted(self.station, np.arange(self.n_stations + 1)), np.int64)

    def of(self, station: int) -> Seeds:
        """Return the seeds of one station alone; its number stays."""
        low, high = np.searchsorted(self.station, [station, station + 1])
        on = self.on_station == station
        return Seeds(
            self.node[low:high],
            self.time_ms[low:high],
            self.station[low:high],
            self.on_edge[on],
            self.on_offset_m[on],
            self.on_leg_ms[on],
            self.on_station[on],
            self.links,
        )

    def only(self, stations: NDArray[np.bool_]) -> Seeds:
        """Return the seeds of the stations marked in a mask; their numbers stay."""
        here, on = stations[self.station], stations[self.on_station]
        return Seeds(
            self.node[here],
            self.time_ms[here],
            self.station[here],
            self.on_edge[on],
            self.on_offset_m[on],
            self.on_leg_ms[on],
            self.on_station[on],
            self.links,
        )


def seeds(network: StreetNetwork, graph: ProfileGraph, links: Links) -> Seeds:
    """Turn the stations' links into seeds; unlinked stations have none.

    A station is reached from the ends of its edge, and from the joints on it.
    """
    linked = np.flatnonzero(links.edge >= 0).astype(np.int32)
    edge, offset = links.edge[linked], links.offset_m[linked]
    leg = milliseconds(links.leg_m[linked], graph.walk_mps)
    length = network.length_m[edge]
    node, time, who = [], [], []
    for layer in range(graph.layers):
        for ends, gait, way in (
            (network.edge_u, graph.forward[layer][edge], offset),
            (network.edge_v, graph.backward[layer][edge], length - offset),
        ):
            end = ends[edge]
            # At the end itself one has arrived; from it along the edge only if it can be passed.
            moves = (gait != FORBIDDEN) & ~graph.blocked[layer][end]
            fits = (way == 0.0) | moves
            speed = np.where(gait == FORBIDDEN, 1.0, graph.speed_mps[gait])
            node.append((end + layer * network.n_nodes)[fits])
            time.append((leg + milliseconds(way, speed))[fits])
            who.append(linked[fits])
        door, joint = network.joints.beside(edge)
        step = offset[door] - network.joints.offset_m[joint]
        ahead, behind = graph.forward[layer][edge[door]], graph.backward[layer][edge[door]]
        gait = np.where(step > 0.0, ahead, behind)
        fits = (step == 0.0) | (gait != FORBIDDEN)
        speed = np.where(gait == FORBIDDEN, 1.0, graph.speed_mps[gait])
        node.append((network.joints.node[joint] + layer * network.n_nodes)[fits])
        time.append((leg[door] + milliseconds(np.abs(step), speed))[fits])
        who.append(linked[door[fits]])
    station = np.concatenate(who)
    order = np.lexsort((np.concatenate(node), station))
    on = np.lexsort((linked, edge))
    return Seeds(
        node=readonly(np.concatenate(node)[order], np.int32),
        time_ms=readonly(np.concatenate(time)[order], np.int32),
        station=readonly(station[order], np.int32),
        on_edge=readonly(edge[on], np.int32),
        on_offset_m=readonly(offset[on], np.float64),
        on_leg_ms=readonly(leg[on], np.int32),
        on_station=readonly(linked[on], np.int32),
        links=links,
    )
