"""Who may move where, and the arrays that say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.access import FORBIDDEN, ON_FOOT, RIDING, blocked_nodes, edge_gaits
from geo.arcs import milliseconds
from geo.buckets import COST_BITS
from geo.model import PROFILES
from geo.network import StreetNetwork, build
from tests.geo.toy import edge_frame, junction, node_frame, toy

NO, FOOT, RIDE = FORBIDDEN, ON_FOOT, RIDING


def gaits(profile: str, **tags: str) -> tuple[int, ...]:
    """Return (along, against) of layer 0, and of layer 1 where there is one."""
    found = edge_gaits(edge_frame([(0, 1, [(0, 0), (9, 0)], tags)]), PROFILES[profile])
    pairs = zip(found.forward[:, 0], found.backward[:, 0], strict=True)
    return tuple(int(gait) for pair in pairs for gait in pair)


@pytest.mark.parametrize(
    ("tags", "walk", "ebike"),
    [
        ({}, (FOOT, FOOT), (RIDE, RIDE, FOOT, FOOT)),
        ({"highway": "motorway"}, (NO, NO), (NO, NO, NO, NO)),
        ({"highway": "steps"}, (FOOT, FOOT), (NO, NO, FOOT, FOOT)),
        ({"highway": "footway"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        ({"highway": "footway", "bicycle": "yes"}, (FOOT, FOOT), (RIDE, RIDE, FOOT, FOOT)),
        ({"highway": "footway", "bicycle": "no"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        # One-way: ridden along, pushed against; cyclists' own rule comes first.
        ({"oneway": "yes"}, (FOOT, FOOT), (RIDE, FOOT, FOOT, FOOT)),
        ({"oneway": "-1"}, (FOOT, FOOT), (FOOT, RIDE, FOOT, FOOT)),
        ({"oneway": "yes", "oneway_bicycle": "no"}, (FOOT, FOOT), (RIDE, RIDE, FOOT, FOOT)),
        ({"oneway_bicycle": "-1"}, (FOOT, FOOT), (FOOT, RIDE, FOOT, FOOT)),
        # Cycling refused, entry not: pushed. Entry refused: nothing goes.
        ({"bicycle": "no"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        ({"bicycle": "dismount"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        ({"vehicle": "no"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        ({"access": "private"}, (NO, NO), (NO, NO, NO, NO)),
        ({"access": "no", "foot": "yes"}, (FOOT, FOOT), (FOOT, FOOT, FOOT, FOOT)),
        ({"access": "no", "bicycle": "yes"}, (NO, NO), (RIDE, RIDE, NO, NO)),
        ({"foot": "no"}, (NO, NO), (RIDE, RIDE, NO, NO)),
        ({"foot": "no", "oneway": "yes"}, (NO, NO), (RIDE, NO, NO, NO)),
        # Somewhere neither ridden nor pushed: the vehicle stays behind.
        ({"highway": "corridor"}, (FOOT, FOOT), (NO, NO, FOOT, FOOT)),
    ],
)
def test_streets_admit(tags, walk, ebike):
    assert gaits("walk", **tags) == walk
    assert gaits("ebike", **tags) == ebike


def test_a_wheelchair_knows_no_steps_and_asks_its_own_tag_first():
    assert gaits("wheelchair", highway="steps") == (NO, NO)
    assert gaits("wheelchair", wheelchair="no") == (NO, NO)
    assert gaits("wheelchair", foot="no", wheelchair="yes") == (FOOT, FOOT)


@pytest.mark.parametrize(
    ("tags", "refused"),  # refused: walk, wheelchair, riding
    [
        ({}, (False, False, False)),
        ({"bicycle": "no"}, (False, False, False)),  # no barrier, no gate
        ({"barrier": "gate"}, (False, False, False)),
        ({"barrier": "gate", "bicycle": "no"}, (False, False, True)),
        ({"barrier": "gate", "bicycle": "dismount"}, (False, False, False)),
        ({"barrier": "gate", "vehicle": "no"}, (False, False, True)),
        ({"barrier": "gate", "access": "private"}, (True, True, True)),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, (False, False, True)),
        ({"barrier": "bollard", "motor_vehicle": "no"}, (False, False, False)),
        ({"barrier": "stile"}, (False, True, True)),
        ({"barrier": "kissing_gate", "wheelchair": "yes"}, (False, False, True)),
        ({"barrier": "turnstile", "bicycle": "yes"}, (False, True, False)),
    ],
)
def test_gates_refuse(tags, refused):
    nodes = node_frame([(0, 0)], {0: tags})
    walk = blocked_nodes(nodes, PROFILES["walk"])
    chair = blocked_nodes(nodes, PROFILES["wheelchair"])
    ride = blocked_nodes(nodes, PROFILES["ebike"])
    assert (walk.shape, ride.shape) == ((1, 1), (2, 1))
    assert (walk[0, 0], chair[0, 0], ride[0, 0]) == refused
    assert ride[1, 0] == walk[0, 0]  # on foot after leaving the vehicle is on foot


def test_times_are_rounded_up_but_not_for_the_last_bit():
    # 100 m at 15 km/h are 24 s exactly, though not in floating point; 1 mm more is 1 ms more.
    got = milliseconds(np.array([100.0, 100.001, 0.0]), 15.0 / 3.6)
    assert got.tolist() == [24000, 24001, 0]


def test_edges_keep_their_rows_and_nodes_lead_back():
    network = toy().network()
    edges, nodes = toy().edges, toy().nodes
    assert network.node_row[network.edge_u].tolist() == edges["u"].tolist()
    assert network.node_row[network.edge_v].tolist() == edges["v"].tolist()
    assert network.node_x.tolist() == nodes.geometry.x.iloc[network.node_row].tolist()
    first = network.coords[network.coord_start[:-1]]
    assert first.tolist() == [list(line.coords[0]) for line in edges.geometry]
    assert network.names[network.name_id[0]] == "H0"


def test_components_are_told_apart():
    network = toy().network()
    by_row = network.component[np.argsort(network.node_row)]
    assert by_row[junction(0, 0)] == by_row[junction(5, 5)]
    assert by_row[40] == by_row[41] != by_row[0]  # the far street


def test_of_parallel_streets_the_shorter_is_in_the_graph_and_loops_are_not():
    network = toy().network()
    graph = network.graphs["walk"]
    u, v = (int(np.flatnonzero(network.node_row == junction(5, j))[0]) for j in (1, 2))
    arcs = graph.arcs[graph.indptr[v] : graph.indptr[v + 1]]
    assert (arcs[(arcs >> 32) == u] & COST_BITS).tolist() == [100_000]
    sources = np.repeat(np.arange(graph.n_nodes), np.diff(graph.indptr))
    assert not np.any(sources == graph.arc_target)


def test_a_profile_with_a_vehicle_has_two_layers_joined_one_way():
    network = toy().network()
    graph, n = network.graphs["ebike"], network.n_nodes
    sources = np.repeat(np.arange(graph.n_nodes), np.diff(graph.indptr))
    targets = graph.arc_target
    across = (sources < n) != (targets < n)
    # Transposed: from on foot (second layer) back to the vehicle, at every node, at no cost.
    assert sources[across].tolist() == [n + k for k in range(n)]
    assert targets[across].tolist() == list(range(n))
    assert not np.any(graph.arc_ms[across])
    assert np.all(graph.arc_edge[across] == -1)


def test_arrays_round_trip_through_files(tmp_path: Path):
    network = toy().network()
    for name, array in network.to_arrays().items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=False)
    loaded = {path.stem: np.load(path, mmap_mode="r") for path in tmp_path.glob("*.npy")}
    again = StreetNetwork.from_arrays(loaded)
    assert (again.crs, again.names, again.highways) == (
        network.crs,
        network.names,
        network.highways,
    )
    assert set(again.graphs) == set(network.graphs)
    for name, array in network.to_arrays().items():
        assert np.array_equal(again.to_arrays()[name], array), name
    assert not again.edge_u.flags.writeable


def test_gates_keep_their_names_and_hours_in_files(tmp_path: Path):
    tags = {"barrier": "gate", "name": "北门", "opening_hours": "06:00-22:00"}
    network = toy().gated({36: tags}).network()
    for name, array in network.to_arrays().items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=False)
    loaded = {path.stem: np.load(path, mmap_mode="r") for path in tmp_path.glob("*.npy")}
    again = StreetNetwork.from_arrays(loaded)
    node = int(np.flatnonzero(network.node_row == 36)[0])
    for each in (network, again):
        assert each.gate_name(node) == each.gate_name(node + each.n_nodes) == "北门"
        assert each.gate_name(node + 1) == ""
        assert each.gates.timed.node.tolist() == [node]


def test_arrays_of_an_older_version_have_no_gates_with_hours():
    network = toy().gated({36: {"barrier": "gate", "name": "北门"}}).network()
    arrays = {
        name: array
        for name, array in network.to_arrays().items()
        if name != "step_count" and not name.startswith("gates.")
    }
    again = StreetNetwork.from_arrays(arrays)
    assert again.step_count.tolist() == [0] * again.n_edges
    assert not len(again.gates.node)
    assert set(again.graphs) == set(network.graphs)


def test_every_profile_of_the_product_is_built_by_default():
    network = build(toy().nodes, toy().edges)
    assert set(network.graphs) == set(PROFILES)
    steps = toy().edges["highway"].eq("steps").to_numpy()
    assert network.graphs["walk"].usable[steps].all()
    assert not network.graphs["wheelchair"].usable[steps].any()
    assert network.graphs["ebike"].usable[steps].all()  # on foot
