"""A way in steps that can be said: turns, slivers, stairs; drawn by hand, looked at from above."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.network import build
from geo.reach import seeds
from geo.street_index import StreetIndex
from geo.way import turns
from geo.way.route import Way, way
from geo.way.trips import Ground
from tests.geo.toy import TOY_PROFILES, edge_frame, node_frame, xy

Spot = tuple[float, float]

LINE = np.array([(0.0, 0.0), (0.0, 100.0), (50.0, 100.0)])


@pytest.mark.parametrize(
    ("degrees", "word"),
    [
        (0, "straight"),
        (20, "straight"),
        (-21, "slight_left"),
        (50, "slight_right"),
        (90, "right"),
        (-90, "left"),
        (120, "right"),
        (-121, "sharp_left"),
        (160, "sharp_right"),
        (175, "back"),
        (-180, "back"),
    ],
)
def test_a_turn_has_a_word(degrees, word):
    assert turns.turn(degrees) == word and word in turns.TURNS


def test_directions_are_those_of_a_compass_over_the_first_metres():
    assert turns.heading(LINE, 0, 1) == 0.0  # north
    assert turns.heading(LINE, 1, 2) == 90.0  # east
    assert turns.heading(LINE, 1, 0) == 0.0  # arriving at the corner from the south
    assert turns.heading(LINE, 1, 1) is None
    # A crook of 2 m at the beginning hardly counts: 12 m ahead the line lies 2 m east, 10 m north.
    crooked = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 100.0)])
    assert turns.heading(crooked, 0, 2) == pytest.approx(np.degrees(np.arctan2(2, 10)))


@given(st.floats(0, 359.9), st.floats(-179, 179))
def test_an_angle_is_what_turns_one_direction_into_another(before, bend):
    assert turns.angle(before, (before + bend) % 360) == pytest.approx(bend, abs=1e-9)
    assert turns.angle(before, None) == 0.0


def way_over(
    nodes: list[Spot],
    streets: list[tuple[int, int, str, str]],
    ends: tuple[Spot, Spot],
    profile: str = "walk",
    gates: dict[int, dict[str, str]] | None = None,
) -> Way:
    """Return the way between two spots over streets: from node, to node, name, kind."""
    edges = edge_frame(
        [
            (u, v, [nodes[u], nodes[v]], {"name": name, "highway": kind})
            for u, v, name, kind in streets
        ]
    )
    network = build(node_frame(nodes, gates or {}), edges, TOY_PROFILES)
    graph = network.graphs[profile]
    index = StreetIndex(network, graph.usable)
    place, door = (xy(end) for end in ends)
    start = seeds(network, graph, index.link(door))
    link = index.link(place).row(0)
    assert link is not None
    found = way(Ground.of(network, graph, start), link, place, 0, door, 7_200_000)
    assert found is not None
    return found


def said(found: Way) -> list[tuple[str, str, int, str]]:
    return [(s.kind, s.street, round(s.metres), s.turn) for s in found.steps[:-1]]


ROAD = "residential"


def test_a_short_crossing_between_streets_is_part_of_the_next():
    # East on A, 4 m over a crossing, north on B.
    nodes = [(0, 0), (100, 0), (104, 0), (104, 100)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", "footway"), (2, 3, "B", ROAD)]
    found = way_over(nodes, streets, ((10, 0), (104, 90)))
    assert said(found) == [("walk", "A", 90, "start"), ("walk", "B", 94, "left")]
    assert (found.steps[1].first, found.steps[1].heading) == (1, 0)


def test_the_same_street_beyond_a_crossing_goes_on():
    nodes = [(0, 0), (100, 0), (112, 0), (200, 0)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", "footway"), (2, 3, "A", ROAD)]
    found = way_over(nodes, streets, ((10, 0), (190, 0)))
    assert said(found) == [("walk", "A", 180, "start")]


def test_a_longer_lane_without_a_name_is_a_step_of_its_own():
    # A dog-leg of 35 m: left, then right. “Straight on” would be wrong.
    nodes = [(0, 0), (100, 0), (100, 35), (200, 35)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", ROAD), (2, 3, "B", ROAD)]
    found = way_over(nodes, streets, ((10, 0), (190, 35)))
    assert said(found) == [
        ("walk", "A", 90, "start"),
        ("walk", "", 35, "left"),
        ("walk", "B", 90, "right"),
    ]


def test_nameless_ways_turn_at_junctions_and_not_in_bends():
    # North, a right angle where only two ways meet (a bend), then one where three meet.
    nodes = [(0, 0), (0, 100), (100, 100), (100, 200), (200, 100)]
    streets = [(0, 1, "", "path"), (1, 2, "", "path"), (2, 3, "", "path"), (2, 4, "", "path")]
    found = way_over(nodes, streets, ((0, 10), (100, 190)))
    assert said(found) == [("walk", "", 190, "start"), ("walk", "", 90, "left")]


def test_whoever_stands_beside_a_street_is_told_where_to_go_along_it():
    nodes, streets = [(0, 0), (100, 0)], [(0, 1, "A", ROAD)]
    beside = way_over(nodes, streets, ((10, 3), (90, 0)))
    assert said(beside) == [("walk", "A", 83, "start")] and beside.steps[0].heading == 90
    away = way_over(nodes, streets, ((10, 8), (90, 0)))
    assert said(away) == [("walk", "", 8, "start"), ("walk", "A", 80, "left")]


def test_a_small_roundabout_is_one_turn():
    # In from the west, a quarter around a ring of 6 m, out to the south: a right turn.
    nodes = [(0, 0), (94, 0), (100, -6), (106, 0), (100, 6), (100, -100)]
    ring = [(1, 2, "", ROAD), (2, 3, "", ROAD), (3, 4, "", ROAD), (4, 1, "", ROAD)]
    streets = [(0, 1, "A", ROAD), *ring, (2, 5, "B", ROAD)]
    found = way_over(nodes, streets, ((10, 0), (100, -90)))
    assert said(found) == [("walk", "A", 84, "start"), ("walk", "B", 92, "right")]


def test_flights_of_stairs_are_counted_over_landings():
    # Two flights of 10 m with a landing of 3 m between, and a third one after 40 m of path.
    nodes = [(0, 0), (0, 50), (0, 60), (0, 63), (0, 73), (0, 113), (0, 123), (0, 200)]
    kinds = [ROAD, "steps", "footway", "steps", "path", "steps", ROAD]
    streets = [(k, k + 1, "", kind) for k, kind in enumerate(kinds)]
    found = way_over(nodes, streets, ((0, 10), (0, 190)))
    assert said(found) == [
        ("walk", "", 40, "start"),
        ("stairs", "", 23, "straight"),
        ("walk", "", 40, "straight"),
        ("stairs", "", 10, "straight"),
        ("walk", "", 67, "straight"),
    ]
    assert [s.flights for s in found.steps] == [0, 2, 0, 1, 0, 0] and found.flights == 3


def test_one_short_flight_is_never_lost():
    nodes = [(0, 0), (0, 50), (0, 53), (0, 100)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", "steps"), (2, 3, "A", ROAD)]
    found = way_over(nodes, streets, ((0, 10), (0, 90)))
    assert [s.kind for s in found.steps] == ["walk", "stairs", "walk", "walk"]


def test_a_short_piece_before_a_gate_stays_before_it():
    # The e-bike rides 3 m of a lane to the gate and stays there.
    nodes = [(0, 0), (100, 0), (100, 3), (100, 80)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", "service"), (2, 3, "", "service")]
    found = way_over(
        nodes, streets, ((10, 0), (100, 70)), "ebike", {2: {"barrier": "gate", "bicycle": "no"}}
    )
    assert [(s.kind, round(s.metres), s.turn, s.cause) for s in found.steps] == [
        ("ride", 90, "start", ""),
        ("ride", 3, "left", ""),  # short, but where the rider turns off
        ("leave", 0, "straight", "gate"),
        ("walk", 67, "straight", ""),
        ("walk", 0, "arrive", ""),
    ]


def test_a_short_piece_straight_on_to_a_gate_is_part_of_the_street():
    nodes = [(0, 0), (100, 0), (103, 0), (180, 0)]
    streets = [(0, 1, "A", ROAD), (1, 2, "", "service"), (2, 3, "", "service")]
    found = way_over(
        nodes, streets, ((10, 0), (170, 0)), "ebike", {2: {"barrier": "gate", "bicycle": "no"}}
    )
    assert [(s.kind, round(s.metres)) for s in found.steps] == [
        ("ride", 93),
        ("leave", 0),
        ("walk", 67),
        ("walk", 0),
    ]


def test_a_place_inside_a_compound_leaves_the_vehicle_where_it_stands():
    # The place's lane admits nobody but walkers: the vehicle stays at the place.
    nodes = [(0, 0), (0, 60), (100, 60)]
    streets = [(0, 1, "", "steps"), (1, 2, "A", ROAD)]
    found = way_over(nodes, streets, ((6, 10), (90, 60)), "ebike")
    assert [(s.kind, s.cause, s.first) for s in found.steps[:2]] == [
        ("leave", "steps", 0),
        ("walk", "", 0),
    ]
    assert found.steps[1].turn == "start"
