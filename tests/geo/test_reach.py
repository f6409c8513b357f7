"""Times towards stations: by hand in the toy city, and by the laws."""

from __future__ import annotations

import numpy as np
import pytest

from geo import reach
from geo.barriers import BarrierIndex
from geo.links import StreetIndex
from tests.geo.toy import TOY_PROFILES, junction, toy, xy


class Stage:
    """One profile of the toy city with stations at given toy metres."""

    def __init__(self, profile: str, *stations: tuple[float, float]) -> None:
        self.network = toy().network()
        self.graph = self.network.graphs[profile]
        self.index = StreetIndex(self.network, self.graph.usable, BarrierIndex(toy().barriers))
        self.seeds = reach.seeds(self.network, self.graph, self.index.link(xy(*stations)))
        self.nodes = reach.nearest(self.graph, self.seeds)

    def seconds(self, *places: tuple[float, float]) -> list[float]:
        links = self.index.link(xy(*places))
        arrival = reach.arrival(self.network, self.graph, links, self.nodes, self.seeds)
        reached = arrival.time_ms != reach.UNREACHED
        return np.where(reached, arrival.time_ms / 1000, np.inf).tolist()

    def at_junctions(self) -> np.ndarray:
        """Return seconds of the junctions as 6 rows, south first."""
        by_row = self.nodes.time_ms[: self.network.n_nodes][np.argsort(self.network.node_row)]
        return by_row[:36].reshape(6, 6) / 1000


def test_walking_counts_blocks():
    walk = Stage("walk", (100, 100)).at_junctions()
    # 1 m/s and 100 m a block: |i - 1| + |j - 1| blocks on the southern bank; one-way streets
    # do not bind on foot; the private gate between (4,0) and (5,0) is walked around.
    assert walk[0].tolist() == [200, 100, 200, 300, 400, 500]
    assert walk[1].tolist() == [100, 0, 100, 200, 300, 400]
    # Across the river only by the bridge at i = 0 (2 blocks west and north, 1 across) …
    assert walk[3][0] == 100 + 100 + 100
    # … or the tunnel at i = 5: 4 east, 1 north, 1 across.
    assert walk[3][5] == 600
    assert walk[5][2] == walk[3][0] + 200 + 200  # by the steps or beside them


def test_riding_knows_one_ways_gates_and_pushing():
    ride = Stage("ebike", (100, 100)).at_junctions()
    # 25 s a block riding. East of the station the street is one-way against the rider: pushing
    # back 100 m takes 100 s, riding around the block three times 25 s.
    assert ride[1][0] == 25  # (0,1) → (1,1) with the street
    assert ride[1][2] == 75
    # On the last block cyclists may ride against the one-way, but only to (4,1).
    assert ride[1][5] == 25 + ride[1][4]
    north = Stage("ebike", (100, 400)).at_junctions()
    # (0,4) → (1,4): the gate at x = 50 refuses the vehicle. Ride 50 m (12.5 s), walk 50 m, in all
    # 62.5 s; or ride around the block, 75 s.
    assert north[4][0] == 62.5
    east = Stage("ebike", (300, 400)).at_junctions()
    # (3,5) → (3,4) along the footway: pushed, 100 s; or ride (3,5), (4,5), (4,4), (3,4): 75 s.
    assert east[5][3] == 75
    # (2,5) → (2,4) by the steps: leave the vehicle, 100 s on foot, then 100 s more on foot:
    # riding around by (3,5) is 25 + 75 s.
    assert east[5][2] == 100


def test_a_place_uses_its_leg_and_its_part_of_the_edge():
    stage = Stage("walk", (130, 110))
    # Station: leg 10 m, 30 m east of (1,1). Place 20 m north of the street at x = 180 on the same
    # edge: 20 + 50 + 10. Place at (60, 0): 40 to (1,0), 100 north, 30 east, 10.
    assert stage.seconds((180, 120), (60, 0)) == [80, 180]
    # Same place and same street side: the two legs only.
    assert stage.seconds((130, 95)) == [15]


def test_a_rider_on_a_one_way_leaves_in_its_direction():
    stage = Stage("ebike", (150, 100))
    # 40 m ahead of the station on the one-way street: riding back is forbidden, pushing 40 m takes
    # 40 s, riding around the block 3.4 blocks = 60 m + 300 m + 50 m at 4 m/s = 102.5 s.
    assert stage.seconds((190, 100)) == [40]
    assert stage.seconds((110, 100)) == [10]


def test_bridges_are_entered_at_their_ends_only():
    stage = Stage("walk", (0, 200))
    # Beside the middle of the bridge (50 m up): the nearest enterable point is its end (0, 200)
    # or (0, 300), 50 m along and 10 m aside, but a leg from the river crosses its bank. So the
    # place is unlinked, while one on the bank is linked to (0, 200).
    assert stage.seconds((10, 250), (0, 225)) == [np.inf, 25]
    # The pier B–C is a bridge that ends in nothing: C can be entered, its middle B cannot.
    east = Stage("walk", (500, 500))
    assert east.seconds((600, 500), (610, 500)) == [100, 110]


def test_the_far_street_is_unreachable_from_the_city():
    stage = Stage("walk", (100, 100))
    assert stage.seconds((800, 150)) == [np.inf]


@pytest.mark.parametrize("profile", TOY_PROFILES)
def test_nearest_names_the_lowest_of_equally_near_stations(profile):
    stage = Stage(profile, (0, 0), (200, 0))
    middle = np.flatnonzero(stage.network.node_row == junction(1, 0))[0]
    assert stage.nodes.station[middle] == 0
