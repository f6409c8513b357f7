"""Laws of cutting ways into edges, whatever the ways."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.sources import tags
from geo.sources.ways import NO_GATES, Ways, coordinate_keys, cut, join, without_repeats

METRIC = "EPSG:4545"

# Nodes are the corners of a 6 × 6 lattice of 0.001 degrees: few enough that ways often meet.
walks = st.lists(st.lists(st.integers(0, 35), min_size=2, max_size=8), min_size=1, max_size=8)


def ways_of(chains: list[list[int]], ids: list[int] | None = None) -> Ways:
    node = np.array([corner for chain in chains for corner in chain], dtype=np.int64)
    start = np.append(0, np.cumsum([len(chain) for chain in chains]))
    blank = pd.DataFrame(
        [[""] * len(tags.STREET_KEYS)] * len(chains), columns=list(tags.STREET_KEYS), dtype="str"
    ).assign(highway="residential")
    table = tags.streets(blank)
    table.insert(0, "way_id", np.array(ids or range(len(chains)), dtype=np.int64))
    lon, lat = 108 + (node % 6) * 0.001, 29.5 + (node // 6) * 0.001
    return without_repeats(Ways("toy", table, start, lon, lat, node, NO_GATES, True))


def steps_of(chains: list[list[int]]) -> Counter[tuple[int, int, int]]:
    """Count the steps between different corners, way by way, in the plainest manner."""
    return Counter(
        (way, a, b) for way, chain in enumerate(chains) for a, b in pairwise(chain) if a != b
    )


@settings(max_examples=60, deadline=None)
@given(walks.filter(lambda chains: bool(steps_of(chains))))
def test_cutting_keeps_every_step_and_cuts_at_every_meeting(chains: list[list[int]]) -> None:
    nodes, edges, dropped = cut(ways_of(chains), METRIC)
    assert dropped == 0
    visits = Counter(
        corner
        for chain in chains
        for corner, before in zip(chain, [None, *chain], strict=False)
        if corner != before and len(set(chain)) > 1
    )
    corner_of = {}
    for lon, lat, corner in zip(*_corner_places(), range(36), strict=True):
        corner_of[round(lon), round(lat)] = corner
    found: Counter[tuple[int, int, int]] = Counter()
    for way, line in zip(edges["way_id"], edges.geometry, strict=True):
        path = [corner_of[round(x), round(y)] for x, y in line.coords]
        found.update((way, a, b) for a, b in pairwise(path))
        assert all(visits[corner] == 1 for corner in path[1:-1]), "an edge runs through a junction"
    assert found == steps_of(chains)
    assert set(nodes["osm_id"]) >= {corner for corner, count in visits.items() if count > 1}


def _corner_places() -> tuple[np.ndarray, np.ndarray]:
    from geo.crs import project

    corner = np.arange(36)
    return project(108 + (corner % 6) * 0.001, 29.5 + (corner // 6) * 0.001, METRIC)


@settings(max_examples=30, deadline=None)
@given(walks.filter(lambda chains: bool(steps_of(chains))), st.randoms())
def test_the_order_of_the_ways_changes_nothing(chains: list[list[int]], random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(chains)))
    random.shuffle(order)
    first = cut(ways_of(chains), METRIC)
    second = cut(ways_of([chains[i] for i in order], order), METRIC)

    def described(result: tuple) -> Counter:  # type: ignore[type-arg]
        nodes, edges, _ = result
        ids = nodes["osm_id"].to_numpy()
        return Counter(
            zip(edges["way_id"], ids[edges["u"]], ids[edges["v"]], edges["length_m"], strict=True)
        )

    assert described(first) == described(second)


@settings(max_examples=30, deadline=None)
@given(walks.filter(lambda chains: bool(steps_of(chains))))
def test_a_file_given_twice_counts_once(chains: list[list[int]]) -> None:
    whole, _ = join([ways_of(chains), ways_of(chains)])
    assert len(cut(whole, METRIC)[1]) == len(cut(ways_of(chains), METRIC)[1])


def test_keys_tell_a_centimetre_apart_and_never_look_like_osm_ids() -> None:
    lon = np.array([106.5, 106.5 + 1e-7, -179.9, 180.0])
    keys = coordinate_keys(lon, np.full(4, -89.9))
    assert len(set(keys)) == 4
    assert (keys > 1 << 40).all()
