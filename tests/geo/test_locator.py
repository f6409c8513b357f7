"""The nearest stations of a position, and the way there in steps."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo import reach
from geo.barriers import BarrierIndex
from geo.links import StreetIndex
from geo.locator import Answer, nearest_stations
from geo.route import Step
from tests.geo.toy import EAST, NORTH, TOY_PROFILES, toy, xy

METRES_A_SECOND = {
    "walk": {"walk": 1.0, "stairs": 1.0},
    "ebike": {"walk": 1.0, "stairs": 1.0, "push": 1.0, "ride": 4.0},
}


class Finder:
    """Find stations in the toy city for one profile."""

    def __init__(self, profile: str, *stations: tuple[float, float]) -> None:
        self.network = toy().network()
        self.graph = self.network.graphs[profile]
        self.index = StreetIndex(self.network, self.graph.usable, BarrierIndex(toy().barriers))
        self.seeds = reach.seeds(self.network, self.graph, self.index.link(xy(*stations)))
        self.table = reach.k_nearest(self.graph, self.seeds, 3)

    def near(self, place: tuple[float, float], count: int = 3) -> list[Answer]:
        return nearest_stations(
            self.network, self.graph, self.index, self.seeds, xy(place), count, table=self.table
        )


def vertices(answer: Answer) -> list[list[float]]:
    return (answer.route.xy - [EAST, NORTH]).tolist()


def test_the_way_leaves_the_vehicle_at_a_gate():
    answer = Finder("ebike", (100, 400)).near((10, 400))[0]
    # Ride 40 m to the gate (10 s), then 50 m on foot.
    assert answer.time_ms == 10_000 + 50_000
    assert answer.length_m == 90.0
    assert answer.route.steps == (Step("H4", 40.0, "ride"), Step("H4", 50.0, "walk"))
    assert vertices(answer) == [[10, 400], [50, 400], [100, 400]]
    assert (answer.leg_m, answer.street) == (0.0, "H4")


def test_the_way_is_pushed_against_a_one_way():
    answer = Finder("ebike", (150, 100)).near((170, 120))[0]
    assert answer.route.steps == (Step("H1", 20.0, "push"),)
    assert (answer.time_ms, answer.length_m) == (40_000, 40.0)
    assert vertices(answer) == [[170, 120], [170, 100], [150, 100]]


def test_the_way_names_stairs_and_follows_bends():
    up = Finder("walk", (200, 480)).near((200, 420))[0]
    assert up.route.steps == (Step("V2", 60.0, "stairs"),)
    around = Finder("walk", (-50, -50)).near((0, 0))[0]
    assert around.route.steps == (Step("Loop", 100.0, "walk"),)
    assert vertices(around) in ([[0, 0], [-50, 0], [-50, -50]], [[0, 0], [0, -50], [-50, -50]])


def test_the_nearest_come_first_and_only_those_that_can_be_reached():
    finder = Finder("walk", (800, 150), (0, 0), (500, 0), (100, 0))
    answers = finder.near((210, 0))
    assert [answer.station for answer in answers] == [3, 1, 2]
    # Around the private gate the last one is 190 m to (4,0) and three blocks more.
    assert [answer.time_ms for answer in answers] == [110_000, 210_000, 490_000]
    assert [answer.station for answer in finder.near((800, 120))] == [0]
    assert [answer.station for answer in finder.near((210, 0), 1)] == [3]


def test_far_from_every_street_there_is_no_answer():
    assert Finder("walk", (0, 0)).near((2000, 2000)) == []


def test_without_a_table_the_answer_is_the_same():
    finder = Finder("ebike", (0, 0), (300, 300), (500, 500))
    for place in [(120, 130), (50, 400), (640, 500)]:
        looked_up = finder.near(place)
        searched = nearest_stations(
            finder.network, finder.graph, finder.index, finder.seeds, xy(place), 3
        )
        assert [(a.station, a.time_ms) for a in looked_up] == [
            (a.station, a.time_ms) for a in searched
        ]


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_every_way_adds_up_to_its_time_and_length(profile):
    rng = np.random.default_rng(5)
    finder = Finder(profile, *rng.uniform(0, 550, (5, 2)))
    streets = shapely.union_all(toy().edges.geometry.to_numpy()).buffer(1e-3)
    shapely.prepare(streets)
    ways = 0
    for place in rng.uniform(-100, 700, (300, 2)):
        for answer in finder.near(tuple(place)):
            ways += 1
            legs = answer.leg_m + finder.seeds.links.leg_m[answer.station]
            metres = sum(step.metres for step in answer.route.steps)
            assert answer.length_m == pytest.approx(legs + metres, abs=1e-6)
            seconds = legs + sum(
                step.metres / METRES_A_SECOND[profile][step.mode] for step in answer.route.steps
            )
            # Every edge and leg is rounded up to the millisecond.
            assert 0 <= answer.time_ms / 1000 - seconds + 1e-6 < 0.001 * (len(answer.route.xy) + 4)
            drawn = np.hypot(*np.diff(answer.route.xy, axis=0).T).sum()
            door = finder.seeds.links.leg_m[answer.station]
            assert drawn + door == pytest.approx(answer.length_m, abs=0.2)
            assert np.allclose(answer.route.xy[0], xy(tuple(place))[0])
            on_street = (
                shapely.LineString(answer.route.xy[1:]) if len(answer.route.xy) > 2 else None
            )
            assert on_street is None or streets.covers(on_street)
    assert ways > 500
