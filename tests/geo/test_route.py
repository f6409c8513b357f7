"""The way to a station: along streets that may be taken, as long as it is drawn, as said."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
import shapely

from geo import locator
from geo.model import Position
from geo.way.route import Way
from geo.way.steps import Step
from tests.geo.oracle import refuses, speeds
from tests.geo.test_locator import at
from tests.geo.toy import EAST, NORTH, TOY_PROFILES, toy, xy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
NOON = datetime(2026, 11, 20, 12, 0)
MPS = {"walk": 1.0, "stairs": 1.0, "push": 1.0, "ride": 4.0, "leave": 1.0}


def way_to(station: tuple[float, float], place: tuple[float, float], profile=WALK) -> Way:
    city = toy_city([station])
    found = locator.way(city, profile, at(*place), 0, NOON)
    assert found is not None
    return found


def vertices(way: Way) -> list[list[float]]:
    return (way.xy - [EAST, NORTH]).round(3).tolist()


def said(way: Way) -> list[tuple[str, str, int, str]]:
    """Return kind, street, metres and turn of every step."""
    return [(step.kind, step.street, round(step.metres), step.turn) for step in way.steps]


def test_the_vehicle_is_left_at_a_gate_that_refuses_it():
    way = way_to((100, 400), (10, 400), EBIKE)
    # Ride 40 m to the gate (10 s), then 50 m on foot.
    assert (round(way.time_ms, -2), round(way.length_m, 3)) == (60_000, 90.0)
    assert said(way) == [
        ("ride", "H4", 40, "start"),
        ("leave", "", 0, "straight"),
        ("walk", "H4", 50, "straight"),
        ("walk", "", 0, "arrive"),
    ]
    leave = way.steps[1]
    assert (leave.cause, leave.first, leave.last) == ("gate", 1, 1)
    assert vertices(way) == [[10, 400], [50, 400], [100, 400]]
    assert [step.heading for step in way.steps[:3]] == [90, 90, 90]


def test_the_vehicle_is_left_before_steps_and_flights_are_counted():
    way = way_to((200, 480), (200, 330), EBIKE)
    assert said(way) == [
        ("ride", "V2", 70, "start"),
        ("leave", "", 0, "straight"),
        ("stairs", "V2", 80, "straight"),
        ("walk", "", 0, "arrive"),
    ]
    assert (way.steps[1].cause, way.steps[2].flights, way.flights) == ("steps", 1, 1)
    assert way.steps[2].stairs is None or way.steps[2].stairs > 0


def test_against_a_one_way_the_vehicle_is_pushed():
    way = way_to((150, 100), (170, 120), EBIKE)
    assert said(way) == [
        ("walk", "", 20, "start"),
        ("push", "H1", 20, "right"),
        ("walk", "", 0, "arrive"),
    ]
    assert (round(way.time_ms, -2), round(way.length_m, 3)) == (40_000, 40.0)
    assert vertices(way) == [[170, 120], [170, 100], [150, 100]]
    assert [step.heading for step in way.steps[:2]] == [180, 270]


def test_turns_are_left_and_right_and_bends_within_a_street_are_none():
    # North on V0, right on H5; around the loop at the corner without any turn.
    corner = way_to((150, 500), (0, 420))
    assert said(corner)[:2] == [("walk", "V0", 80, "start"), ("walk", "H5", 150, "right")]
    loop = way_to((-50, -50), (0, 0))
    assert said(loop)[0] == ("walk", "Loop", 100, "start") and len(loop.steps) == 2
    back = way_to((0, 420), (150, 500))
    assert said(back)[1] == ("walk", "V0", 80, "left")


@pytest.mark.parametrize(
    ("station", "side"), [((250, 10), "left"), ((250, -10), "right"), ((250, 0), "ahead")]
)
def test_the_door_lies_on_the_side_of_the_street_where_it_is(station, side):
    arrival = way_to(station, (130, 0)).steps[-1]
    assert (arrival.turn, arrival.side) == ("arrive", side)
    assert arrival.metres == pytest.approx(abs(station[1]), abs=1e-6)


def test_a_door_beside_the_place_needs_no_street():
    way = way_to((130, 10), (130, -20))
    assert said(way) == [("walk", "", 20, "start"), ("walk", "", 10, "arrive")]
    assert vertices(way) == [[130, -20], [130, 0], [130, 10]]
    here = way_to((130, 0), (130, 0))
    assert said(here) == [("walk", "", 0, "arrive")] and len(here.xy) == 2


def test_there_is_no_way_to_a_station_that_is_not_in_service():
    city = toy_city([(100, 0), (200, 0)], closed=[1])
    assert locator.way(city, WALK, at(0, 0), 1, NOON) is None
    assert locator.way(city, WALK, at(0, 0), 0, NOON) is not None


class Rules:
    """Say which pieces a profile may take, from the frames of the toy city alone."""

    def __init__(self, profile) -> None:
        self.edges, self.nodes = toy().edges, toy().nodes
        self.speed = [speeds(edge, profile) for edge in self.edges.to_dict("records")]
        modes = [profile.walk] if profile.ride is None else [profile.ride, profile.walk]
        self.refused = [
            [refuses(node, mode) for node in self.nodes.to_dict("records")] for mode in modes
        ]

    def admit(self, way: Way) -> bool:
        """Say whether every piece may be taken in its direction, and every gate be passed."""
        layer, before = 0, None
        for piece in way.pieces:
            assert piece.layer >= layer  # who has left the vehicle never mounts it again
            layer = piece.layer
            edge = self.edges.iloc[piece.edge]
            forward = piece.end_m > piece.start_m
            if not self.speed[piece.edge][layer][0 if forward else 1]:
                return False
            ends = {0.0: edge["u"], float(edge["length_m"]): edge["v"]}
            start = ends.get(piece.start_m)
            assert before is None or before == start
            if start is not None and before is not None and self.refused[layer][start]:
                return False
            before = ends.get(piece.end_m)
        return True


@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=lambda p: p.name)
def test_every_way_may_be_taken_and_adds_up(profile):
    rng = np.random.default_rng(5)
    spots = [tuple(spot) for spot in rng.uniform(0, 550, (5, 2))]
    city, rules = toy_city(spots), Rules(profile)
    streets = shapely.union_all(toy().edges.geometry.to_numpy()).buffer(0.06)
    shapely.prepare(streets)
    ways = 0
    for place in rng.uniform(-100, 700, (120, 2)):
        found = locator.ranked(city, profile, at(*place), NOON)
        for answer in found.answers if found.by == "street" else ():
            way = locator.way(city, profile, at(*place), answer.station, NOON)
            assert way is not None and rules.admit(way)
            ways += 1
            assert (way.time_ms, way.length_m) == (answer.arrival_ms, answer.length_m)
            drawn = np.hypot(*np.diff(way.xy, axis=0).T).sum()
            assert drawn == pytest.approx(way.length_m, abs=0.11)  # two snaps to a junction
            assert sum(step.metres for step in way.steps) == pytest.approx(way.length_m, abs=1e-6)
            assert sum(step.seconds for step in way.steps) == pytest.approx(way.time_ms / 1000)
            slowest = sum(step.metres / MPS[step.kind] for step in way.steps)
            assert slowest - 1.25 * 5 <= way.time_ms / 1000 + 1e-6
            assert np.allclose(
                way.xy[[0, -1]], [xy(tuple(place))[0], city.stations_xy[answer.station]], atol=1e-3
            )
            check_steps(way.steps, len(way.xy))
            if way.pieces and len(way.xy) > 3:
                assert streets.covers(shapely.LineString(way.xy[1:-1]))
    assert ways > 250


def check_steps(steps: tuple[Step, ...], size: int) -> None:
    """Hold steps to cover the line from end to end, in order."""
    assert steps[-1].turn == "arrive" and steps[-1].last == size - 1
    assert [step.turn for step in steps if step.turn == "start"] == ["start"] * (len(steps) > 1)
    at_vertex = 0
    for step in steps:
        assert step.first == at_vertex and step.last >= step.first
        at_vertex = step.last
        assert 0 <= step.heading < 360


def test_a_way_tells_itself_in_plain_values():
    way = way_to((200, 480), (200, 330), EBIKE)
    told = way.to_json(toy().edges.crs.to_string())
    assert told["flights"] == 1 and told["metres"] == 150.0
    line = told["geometry"]["coordinates"]
    assert len(line) == len(way.xy) and told["geometry"]["type"] == "LineString"
    assert line[0] == [round(at(200, 330).lon, 6), round(at(200, 330).lat, 6)]
    assert {step["kind"] for step in told["steps"]} == {"ride", "leave", "stairs", "walk"}
    assert isinstance(Position(*line[0]), Position)
