"""What refuses on a way: streets in a row at 1 m/s on foot and 4 m/s on the vehicle."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from geo import reach
from geo.network import unbarred
from geo.street_index import StreetIndex
from geo.way import route
from geo.why import obstacle
from tests.geo.toy import EAST, NORTH, TOY_PROFILES, Toy, edge_frame, node_frame, xy


def row(*streets: tuple[float, dict], gates: dict[int, dict] | None = None) -> Toy:
    """Return streets one after the other along y = 0, each (length, tags); nodes from the west."""
    ends = np.concatenate([[0.0], np.cumsum([length for length, _ in streets])])
    places = [(float(x), 0.0) for x in ends]
    edges = [(k, k + 1, places[k : k + 2], tags) for k, (_, tags) in enumerate(streets)]
    none = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs="EPSG:4544")
    return Toy(node_frame(places, gates or {}), edge_frame(edges), none)


def first(frames: Toy, profile: str, place_x: float, station_x: float):
    """Return the first obstacle of the free way, and its time in seconds."""
    network = frames.network()
    graph, free = network.graphs[profile], unbarred(network, TOY_PROFILES[profile])
    index = StreetIndex(network, graph.usable)
    door = xy((station_x, 0))
    start = reach.seeds(network, free, index.link(door))
    at = xy((place_x, 0))
    link = index.link(at)
    time_ms = reach.arrival(network, free, link, reach.nearest(free, start), start).time_ms[0]
    way = route.trace(network, free, start, 0, link, at, door, int(time_ms))
    return obstacle.first_on(network, graph, way.pieces), time_ms / 1000


def metres(found: obstacle.Obstacle) -> tuple[float, float]:
    return (pytest.approx(found.xy[0] - EAST), pytest.approx(found.xy[1] - NORTH))


def test_steps_refuse_the_vehicle():
    """25 s of riding, 50 s of pushing up, 100 s of riding."""
    frames = row(
        (100, {"name": "A"}), (50, {"name": "Stairs", "highway": "steps"}), (400, {"name": "B"})
    )
    found, seconds = first(frames, "ebike", 0, 550)
    assert seconds == 175
    assert (found.kind, found.street, found.highway) == (obstacle.STEPS, "Stairs", "steps")
    assert metres(found) == (100, 0)
    assert first(frames, "walk", 0, 550) == (None, 550)  # nobody on foot is refused


def test_a_closed_way_refuses_on_foot():
    """From the east its other end is where it begins."""
    frames = row((100, {}), (50, {"name": "Yard", "access": "private"}), (100, {}))
    found, seconds = first(frames, "walk", 250, 0)
    assert seconds == 250
    assert (found.kind, found.street) == (obstacle.CLOSED_WAY, "Yard")
    assert metres(found) == (150, 0)


def test_the_first_of_two_obstacles_is_named():
    gate = {1: {"barrier": "gate", "access": "private"}}
    frames = row((100, {"name": "A"}), (50, {"highway": "steps"}), (100, {}), gates=gate)
    found, _ = first(frames, "ebike", 20, 250)
    assert (found.kind, found.street) == (obstacle.GATE, "A")  # the street that leads to it
    assert metres(found) == (100, 0)
    back, _ = first(frames, "ebike", 250, 20)
    assert back.kind == obstacle.STEPS
    assert metres(back) == (150, 0)


def test_a_gate_at_the_station_refuses_nobody():
    """It is reached, and need not be passed."""
    gate = {1: {"barrier": "gate", "access": "private"}}
    assert first(row((100, {}), (100, {}), gates=gate), "walk", 0, 100) == (None, 100)


def test_a_gate_where_one_stands_refuses():
    gate = {1: {"barrier": "gate", "access": "private"}}
    found, _ = first(row((100, {}), (100, {"name": "B"}), gates=gate), "walk", 100, 180)
    assert (found.kind, found.street) == (obstacle.GATE, "B")


def test_a_vehicle_starting_on_steps_is_refused_there():
    found, seconds = first(row((100, {"highway": "steps"}), (100, {})), "ebike", 30, 200)
    assert seconds == 70 + 25
    assert found.kind == obstacle.STEPS
    assert metres(found) == (30, 0)
