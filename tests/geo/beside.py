"""Seeded places and stations beside the streets of a whole city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import reach
from geo.barriers import BarrierIndex
from geo.links import Links
from geo.model import PROFILES
from geo.network import ProfileGraph, StreetNetwork, build
from geo.sources.streets import Streets
from geo.street_index import StreetIndex


@dataclass(frozen=True, eq=False)
class Beside:
    """One profile's way through a city, with places tied to streets and stations to start from."""

    network: StreetNetwork
    graph: ProfileGraph
    links: Links
    seeds: reach.Seeds


def beside(
    streets: Streets, profile: str, places: int, stations: int, *, seed: int, metres: float
) -> Beside:
    """Scatter places and stations around junctions, normally distributed by so many metres."""
    network = build(streets.nodes, streets.edges, {profile: PROFILES[profile]})
    graph = network.graphs[profile]
    walls = BarrierIndex(streets.barriers) if len(streets.barriers) else None
    index = StreetIndex(network, graph.usable, walls)
    rng = np.random.default_rng(seed)
    spots = np.column_stack([streets.nodes.geometry.x, streets.nodes.geometry.y])
    spots = spots[rng.integers(0, len(spots), places + stations)]
    spots = spots + rng.normal(0.0, metres, spots.shape)
    seeds = reach.seeds(network, graph, index.link(spots[places:]))
    return Beside(network, graph, index.link(spots[:places]), seeds)
