"""A made-up city of square blocks: does the cost grow in step with the size?"""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np

from geo import reach
from geo.arcs import bucket_shift, packed
from geo.links import Links
from geo.network import ProfileGraph
from geo.seeds import Seeds
from tests.benchmarks.measure import Table, cpu_seconds, seconds

SIZES = (100_000, 300_000, 1_000_000)
NODES_PER_STATION = 1000


def city(n_nodes: int, seed: int = 1) -> tuple[ProfileGraph, Seeds]:
    """Return a lattice of streets of 60–120 s in both directions, and its stations."""
    rng = np.random.default_rng(seed)
    side = round(n_nodes**0.5)
    col, row = np.meshgrid(np.arange(side), np.arange(side))
    spots = gpd.GeoSeries(gpd.points_from_xy(col.ravel(), row.ravel()))
    number = np.empty(side * side, np.int64)
    number[np.argsort(spots.hilbert_distance().to_numpy())] = np.arange(side * side)
    number = number.reshape(side, side)
    u = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    v = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    cost = rng.integers(60_000, 120_000, len(u))
    edge = np.arange(len(u))
    indptr, arcs, arc_edge = packed(
        side * side,
        np.concatenate([u, v]),
        np.concatenate([v, u]),
        np.tile(cost, 2),
        np.tile(edge, 2),
    )
    gaits = np.ones((1, len(u)), np.int8)
    graph = ProfileGraph(
        profile="lattice", layers=1, indptr=indptr, arcs=arcs, arc_edge=arc_edge,
        forward=gaits, backward=gaits, blocked=np.zeros((1, side * side), bool),
        usable=np.ones(len(u), bool), speed_mps=np.array([0.0, 1.25, 0.0]),
        bucket_shift=bucket_shift(cost),
    )  # fmt: skip
    for array in (graph.indptr, graph.arcs):
        array.flags.writeable = False
    count = side * side // NODES_PER_STATION
    node = np.sort(rng.choice(side * side, count, replace=False)).astype(np.int32)
    none = np.empty(0)
    who = np.arange(count, dtype=np.int32)
    links = Links(np.full(count, -1, np.int32), none, none, none)
    return graph, Seeds(
        node, np.zeros(count, np.int32), who, who[:0], none, who[:0], who[:0], links
    )


def run(table: Table) -> None:
    """Add the cost per thousand nodes for each size, and the growth from first to last."""
    table.section(
        "Does the cost grow in step with the city?",
        "A made-up city of square blocks of 60 to 120 s, a station per 1,000 nodes. The number of "
        "steps grows in step with the nodes; what a step costs grows with the share of the arrays "
        "that the processor's cache cannot hold. Nodes are numbered along a Hilbert curve, as in "
        "every city. The search from all stations at once sweeps through the whole city, the "
        "searches from one station after the other stay in one quarter at a time.",
    )
    per_node: dict[str, list[float]] = {"nearest": [], "within": []}
    for size in SIZES:
        graph, start = city(size)
        whole = cpu_seconds(partial(reach.nearest, graph, start), 9)
        each = cpu_seconds(partial(reach.within_each, graph, start, 900_000), 9)
        per_node["nearest"].append(whole / graph.n_nodes)
        per_node["within"].append(each / graph.n_nodes)
        table.alone(f"{graph.n_nodes:,} nodes: the nearest station of every node", seconds(whole))
        table.alone(
            f"{graph.n_nodes:,} nodes: all nodes within 15 min of each station", seconds(each)
        )
    for name, what in (
        ("nearest", "the nearest station of every node"),
        ("within", "all nodes within 15 min of each station"),
    ):
        growth = per_node[name][-1] / per_node[name][0]
        goal = f"≈ 1 (linear) {'✓' if growth < 2.0 else '✗'}"
        table.alone(
            f"{what}: cost per node with 1,000,000 nodes against 100,000", f"{growth:.2f}×", goal
        )
