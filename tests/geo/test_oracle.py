"""Travel times equal an independent computation from the same frames, place by place."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo import reach
from geo.barriers import BarrierIndex
from geo.links import StreetIndex
from geo.model import PROFILES, TravelProfile
from geo.network import build
from geo.sources.streets import read_streets
from tests.geo.oracle import Oracle
from tests.geo.toy import TOY_PROFILES, toy, xy

PLACES = 1000


def _our_times(
    frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame],
    profile: TravelProfile,
    places: np.ndarray,
    stations: np.ndarray,
) -> list[int | None]:
    nodes, edges, barriers = frames
    network = build(nodes, edges, {profile.name: profile})
    graph = network.graphs[profile.name]
    index = StreetIndex(network, graph.usable, BarrierIndex(barriers) if len(barriers) else None)
    seeds = reach.seeds(network, graph, index.link(stations))
    arrival = reach.arrival(
        network, graph, index.link(places), reach.nearest(graph, seeds), seeds
    )
    return [None if time == reach.UNREACHED else int(time) for time in arrival.time_ms]


def _compare(ours: list[int | None], theirs: list[int | None]) -> None:
    unlike = [
        (place, a, b)
        for place, (a, b) in enumerate(zip(ours, theirs, strict=True))
        # Leg, part of an edge and door are each rounded up; a last bit may tip each by 1 ms.
        if (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 3)
    ]
    assert not unlike, unlike[:5]


@pytest.mark.parametrize("profile", [*TOY_PROFILES.values(), *PROFILES.values()],
                         ids=lambda p: f"{p.name}-{p.speed_mps:.2g}mps")
def test_a_thousand_places_of_the_toy_city(profile):
    rng = np.random.default_rng(20_240_601)
    places = xy((-150, -150)) + rng.uniform(0, [1000, 800], (PLACES, 2))
    places[::10] = np.round(places[::10] / 50) * 50  # junctions, gates, corners
    stations = xy((-50, -50)) + rng.uniform(0, 600, (6, 2))
    frames = (toy().nodes, toy().edges, toy().barriers)
    ours = _our_times(frames, profile, places, stations)
    assert sum(time is not None for time in ours) > PLACES / 3
    _compare(ours, Oracle(*frames, profile).times(places, stations))


@pytest.fixture(scope="module")
def nanshan(real_data: Path):
    streets = read_streets([real_data / "shenzhen" / "nanshan.osm.pbf"])
    return streets.nodes, streets.edges, streets.barriers


@pytest.mark.real
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_a_thousand_places_of_a_real_city(nanshan, profile):
    rng = np.random.default_rng(7)
    nodes, edges, barriers = nanshan
    near = rng.integers(0, len(nodes), PLACES + 12)
    where = np.column_stack([nodes.geometry.x, nodes.geometry.y])[near]
    where += rng.normal(0.0, 60.0, where.shape)
    places, stations = where[:PLACES], where[PLACES:]
    ours = _our_times(nanshan, profile, places, stations)
    assert sum(time is not None for time in ours) > PLACES / 3
    _compare(ours, Oracle(nodes, edges, barriers, profile).times(places, stations))
