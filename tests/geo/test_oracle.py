"""Travel times equal an independent computation from the same frames, place by place."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import reach
from geo.barriers import BarrierIndex
from geo.model import PROFILES, TravelProfile
from geo.network import build
from geo.sources.streets import read_streets
from geo.street_index import StreetIndex
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
    arrival = reach.arrival(network, graph, index.link(places), reach.nearest(graph, seeds), seeds)
    return [None if time == reach.UNREACHED else int(time) for time in arrival.time_ms]


def _compare(ours: list[int | None], theirs: list[int | None]) -> None:
    unlike = [
        (place, a, b)
        for place, (a, b) in enumerate(zip(ours, theirs, strict=True))
        # Leg, part of an edge and door are each rounded up; a last bit may tip each by 1 ms.
        if (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 3)
    ]
    assert not unlike, unlike[:5]


@pytest.mark.parametrize(
    "profile",
    [*TOY_PROFILES.values(), *PROFILES.values()],
    ids=lambda p: f"{p.name}-{p.speed_mps:.2g}mps",
)
def test_a_thousand_places_of_the_toy_city(profile):
    rng = np.random.default_rng(20_240_601)
    places = xy((-150, -150)) + rng.uniform(0, [1000, 800], (PLACES, 2))
    places[::10] = np.round(places[::10] / 50) * 50  # junctions, gates, corners
    stations = xy((-50, -50)) + rng.uniform(0, 600, (6, 2))
    frames = (toy().nodes, toy().edges, toy().barriers)
    ours = _our_times(frames, profile, places, stations)
    assert sum(time is not None for time in ours) > PLACES / 3
    _compare(ours, Oracle(*frames, profile).times(places, stations))


Frames = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def nanshan(real_data: Path) -> Frames:
    streets = read_streets([real_data / "shenzhen" / "nanshan.osm.pbf"])
    return streets.nodes, streets.edges, streets.barriers


@pytest.fixture(scope="module")
def demo(demo_streets) -> Frames:
    return demo_streets.nodes, demo_streets.edges, demo_streets.barriers


def _beside_streets(nodes: gpd.GeoDataFrame, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    where = np.column_stack([nodes.geometry.x, nodes.geometry.y])
    where = where[rng.integers(0, len(nodes), count)]
    return where + rng.normal(0.0, 60.0, where.shape)


def _compare_city(frames: Frames, profile: TravelProfile) -> None:
    nodes, edges, barriers = frames
    where = _beside_streets(nodes, PLACES + 12, 7)
    places, stations = where[:PLACES], where[PLACES:]
    ours = _our_times(frames, profile, places, stations)
    assert sum(time is not None for time in ours) > PLACES / 3
    _compare(ours, Oracle(nodes, edges, barriers, profile).times(places, stations))


@pytest.mark.real
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_a_thousand_places_of_a_real_city(nanshan, profile):
    _compare_city(nanshan, profile)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_a_thousand_places_of_the_demonstration_city(demo, profile):
    _compare_city(demo, profile)


def _legs_over_water(frames: Frames) -> tuple[int, int]:
    """Return how many of 5,000 places are linked, and how many of their legs cross a shore."""
    nodes, edges, barriers = frames
    network = build(nodes, edges, {"walk": PROFILES["walk"]})
    index = StreetIndex(network, network.graphs["walk"].usable, BarrierIndex(barriers))
    places = _beside_streets(nodes, 5000, 8)
    links = index.link(places)
    linked = links.edge >= 0
    legs = shapely.linestrings(np.stack([places[linked], links.xy[linked]], axis=1))
    # The last millimetres may touch the shore, as where a street runs along it.
    legs = shapely.line_interpolate_point(legs, 0.0), shapely.line_interpolate_point(legs, -0.002)
    inner = shapely.linestrings(np.stack([shapely.get_coordinates(end) for end in legs], axis=1))
    shores = shapely.boundary(barriers.geometry[barriers["kind"] == "water"].to_numpy())
    crossing = shapely.STRtree(inner).query(shores, predicate="crosses")
    return int(linked.sum()), crossing.shape[1]


@pytest.mark.real
def test_no_access_leg_crosses_water_in_a_real_city(nanshan):
    linked, crossing = _legs_over_water(nanshan)
    assert linked > 4000
    assert crossing == 0


def test_no_access_leg_crosses_water_in_the_demonstration_city(demo):
    linked, crossing = _legs_over_water(demo)
    assert linked > 4000
    assert crossing == 0
