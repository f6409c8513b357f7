"""Make location problems, seeded or drawn by hypothesis, and solve them by trying everything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import strategies as st

from geo import siting
from geo.reach import UNREACHED


def cover(places: list[list[int]], weight: list[float], cost=None, exclusive=None) -> siting.Cover:
    """Return a cover from each action's list of places; costs are 1 if not given."""
    first = np.cumsum([0, *map(len, places)]).astype(np.int64)
    flat = np.array([p for row in places for p in row], np.int32)
    return siting.Cover(
        first,
        flat,
        np.array(weight, np.float64),
        np.ones(len(places)) if cost is None else np.array(cost, np.float64),
        None if exclusive is None else np.array(exclusive, np.int32),
    )


def times(rows: list[dict[int, int]], weight, existing, cost=None, exclusive=None) -> siting.Times:
    """Return times from each action's {place: milliseconds}; None is no existing way."""
    one = cover([list(row) for row in rows], weight, cost, exclusive)
    return siting.Times(
        one.first,
        one.place,
        np.array([ms for row in rows for ms in row.values()], np.int32),
        one.weight,
        np.array([UNREACHED if ms is None else ms for ms in existing], np.int32),
        one.cost,
        one.exclusive,
    )


def choices(problem: siting.Cover | siting.Times) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every allowed choice and its cost."""
    for bits in product((0, 1), repeat=problem.n_actions):
        chosen = tuple(a for a, bit in enumerate(bits) if bit)
        if problem.exclusive is not None:
            groups = [problem.exclusive[a] for a in chosen if problem.exclusive[a] >= 0]
            if len(set(groups)) < len(groups):
                continue
        yield chosen, math.fsum(problem.cost[list(chosen)])


_COSTS = st.one_of(
    st.none(),
    st.lists(st.integers(0, 9), min_size=12, max_size=12),
    st.lists(st.sampled_from([0.1, 0.2, 0.3, 1.7, 2.5]), min_size=12, max_size=12),
)
_WEIGHTS = st.one_of(
    st.lists(st.integers(0, 9).map(float), min_size=14, max_size=14),
    st.lists(st.sampled_from([0.0, 0.1, 1 / 3, 2.7]), min_size=14, max_size=14),
)


@st.composite
def covers(draw, most_actions: int = 10) -> siting.Cover:
    """Draw a small cover: costs, groups, zero weights, twins, actions that cover nothing."""
    n = draw(st.integers(0, most_actions))
    m = draw(st.integers(0, 14))
    rows = [draw(st.sets(st.integers(0, m - 1), max_size=6)) if m else set() for _ in range(n)]
    if n > 1 and draw(st.booleans()):
        rows[-1] = rows[0]
    cost, weight = draw(_COSTS), draw(_WEIGHTS)
    groups = draw(st.one_of(st.none(), st.lists(st.integers(-1, 2), min_size=n, max_size=n)))
    return cover([sorted(row) for row in rows], weight[:m], cost and cost[:n], groups)


@st.composite
def timed(draw, most_actions: int = 8) -> siting.Times:
    """Draw small times: few distinct ones, so that there are ties, and places without a way."""
    n, m = draw(st.integers(0, most_actions)), draw(st.integers(0, 8))
    some = st.integers(0, 9).map(lambda k: 100 * k)
    rows = [
        draw(st.dictionaries(st.integers(0, m - 1), some, max_size=6)) if m else {}
        for _ in range(n)
    ]
    existing = draw(st.lists(st.one_of(st.none(), some), min_size=m, max_size=m))
    cost = draw(_COSTS)
    weight = draw(st.lists(st.integers(0, 5).map(float), min_size=m, max_size=m))
    groups = draw(st.one_of(st.none(), st.lists(st.integers(-1, 1), min_size=n, max_size=n)))
    return times(rows, weight, existing, cost and cost[:n], groups)


def town(
    n_actions: int, n_places: int, per_action: float, seed: int = 7, stations: int = 0
) -> tuple[siting.Cover, siting.Times]:
    """Return a made-up town: people in clusters and scattered, sites where people are.

    Places are drawn around some cluster centres (four in five) or anywhere; so are the sites, three
    in five. Each place has a whole number of people, log-normal. A site reaches what is within a
    radius, in a straight line × 1.3 at 1.25 m/s; the radius makes ``per_action`` places the mean.
    What the ``stations``, drawn like places, reach is covered already and weighs nothing in the
    cover; in the times it has its way.
    """
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(seed)
    side, clusters = 20_000 * (n_places / 200_000) ** 0.5, max(8, n_places // 2500)
    middle = rng.uniform(0, side, (clusters, 2))
    size, spread = rng.lognormal(0, 1, clusters), rng.uniform(300, 1500, clusters)

    def draw(count: int, scattered: float) -> np.ndarray:
        alone = int(count * scattered)
        which = rng.choice(clusters, count - alone, p=size / size.sum())
        near = middle[which] + rng.normal(0, 1, (count - alone, 2)) * spread[which][:, None]
        return np.vstack([near, rng.uniform(0, side, (alone, 2))])

    homes, sites, old = draw(n_places, 0.2), draw(n_actions, 0.4), draw(stations, 0.2)
    people = np.floor(rng.lognormal(2.5, 1, n_places)) + 1
    tree = cKDTree(homes)
    low, high = 10.0, 5000.0
    some = sites[rng.choice(n_actions, min(n_actions, 400), replace=False)]
    for _ in range(30):
        radius = (low + high) / 2
        mean = tree.query_ball_point(some, radius, return_length=True).mean()
        low, high = (radius, high) if mean < per_action else (low, radius)
    reached = tree.query_ball_point(sites, radius, return_sorted=True)
    first = np.cumsum([0, *map(len, reached)]).astype(np.int64)
    place = np.concatenate(reached).astype(np.int32)
    owner = np.repeat(np.arange(n_actions), np.diff(first))
    ms_per_m = 1.3 / 1.25 * 1000
    time_ms = (np.linalg.norm(sites[owner] - homes[place], axis=1) * ms_per_m).astype(np.int32)
    existing = np.full(n_places, UNREACHED, np.int32)
    if stations:
        gap, _ = cKDTree(old).query(homes, distance_upper_bound=radius)
        there = np.isfinite(gap)
        existing[there] = (gap[there] * ms_per_m).astype(np.int32)
    cost = np.ones(n_actions)
    open_people = np.where(existing == UNREACHED, people, 0.0)
    return (
        siting.Cover(first, place, open_people, cost),
        siting.Times(first, place, time_ms, people, existing, cost),
    )
