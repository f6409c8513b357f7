"""Hold the travel times of a whole city towards the stations that serve a need.

Stations that open and close together share one search (:class:`Field`). The *time* of a place is
max(arrival, opening), the least of all fields whose stations are still open on arrival: waiting
counts, so a longer budget never loses anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from geo import reach
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork
from geo.reach import UNREACHED
from geo.seeds import Seeds
from geo.supply import NEVER_MS


class Field(NamedTuple):
    """Hold one search: from stations that open and close at the same moments, in milliseconds."""

    seeds: Seeds
    nodes: reach.NodeTimes
    opens_ms: int = 0
    closes_ms: int = NEVER_MS


@dataclass(frozen=True, eq=False)
class Times:
    """Hold the travel times of one profile towards stations; station numbers are their rows.

    ``units`` and ``pixels`` are the times of the places with people and of the pixel table's rows,
    computed when they are first read.
    """

    network: StreetNetwork
    graph: ProfileGraph
    fields: tuple[Field, ...]
    unit_links: Links | None
    pixel_links: Callable[[], Links]

    def arrival(self, links: Links) -> reach.Arrival:
        """Return the time of every linked place to the station that serves it first."""
        best = reach.Arrival(
            np.full(len(links), UNREACHED, np.int32), np.full(len(links), -1, np.int32)
        )
        for field in self.fields:
            way = reach.arrival(self.network, self.graph, links, field.nodes, field.seeds)
            late = way.time_ms >= field.closes_ms
            time = np.where(late, UNREACHED, np.maximum(way.time_ms, field.opens_ms))
            station = np.where(late, -1, way.station)
            tied = (time == best.time_ms) & (station >= 0) & (station < best.station)
            better = (time < best.time_ms) | tied
            best = reach.Arrival(
                np.where(better, time, best.time_ms).astype(np.int32),
                np.where(better, station, best.station).astype(np.int32),
            )
        return best

    @cached_property
    def units(self) -> reach.Arrival | None:
        """Return the times of the places with people, ``None`` where nobody is known."""
        return None if self.unit_links is None else self.arrival(self.unit_links)

    @cached_property
    def pixels(self) -> reach.Arrival:
        """Return the times of the pixel table's rows."""
        return self.arrival(self.pixel_links())
