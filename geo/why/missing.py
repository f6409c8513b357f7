"""Find the shortest missing link: the bridge, path or gate that would bring a place in time.

A *missing link* is a straight line between two points a, b of the streets, walked at the profile's
walking speed v, so that

    time(place → a) + |ab| / v + time(b → nearest station) ≤ budget

and |ab| is least; of equally short ones the one with the shorter time. It may cross barriers: it is
the bridge to be built. Access legs count as ever. With two layers the link is entered and left in
the same one: the vehicle is pushed along, or has been left before.

Ends are *street points* (:mod:`geo.why.street_points`): nodes, points at most 20 m apart between
them, and the feet of dead ends. The answer is exact over these points. A link shorter than a
metre joins streets that nearly touch: rather a fault of the data than a place for a bridge
(:attr:`MissingLink.fault`).

The times to b are those of the city; the times to a come from one search in the direction of
travel, so one-way streets count as they do. With n street points within the budget's straight line
the search costs O(n log n) and the pairs near each other among those few that a look at their
neighbourhood does not rule out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from geo import reach
from geo.arcs import milliseconds
from geo.barriers import BarrierIndex
from geo.compiled import readonly
from geo.gaps import BarrierKind, weightiest
from geo.links import Links
from geo.network import ProfileGraph, StreetNetwork
from geo.reach import UNREACHED
from geo.seeds import Seeds, seeds
from geo.why.street_points import STEP_M, street_points

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A link shorter than this joins streets that nearly touch, metres.
FAULT_M = 1.0
#: So many places of a gap are asked for a link before it counts as beyond help.
ASKED = 8
_STARTS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class MissingLink:
    """Hold a straight line that would bring a place in time.

    ``ends`` are two rows of points on the streets, the first on the place's side; ``time_ms`` is
    the place's travel time with the link; ``barrier`` the row of the weightiest barrier that the
    link crosses, -1 for none.
    """

    ends: Links
    length_m: float
    time_ms: int
    barrier: int

    @property
    def fault(self) -> bool:
        """Return whether the streets nearly touch, so that the data may lack their junction."""
        return self.length_m < FAULT_M


@dataclass(frozen=True, eq=False)
class Mending:
    """Hold the link for a set of places: found for ``place`` (its row in the set), and its gain.

    ``places`` and ``people`` are those of the set that the link brings in time.
    """

    link: MissingLink
    place: int
    places: int
    people: float


class LinkFinder:
    """Find the missing link of any place of one profile; built once per city and profile.

    ``points`` are the street points, ``times_from_points`` the times from there to the nearest
    station, shape (layers, points): on the vehicle, which may be left at once, and on foot.
    ``start`` and ``nodes`` are the seeds of the stations and what :func:`geo.reach.nearest` made of
    them without a limit.
    """

    def __init__(
        self,
        network: StreetNetwork,
        graph: ProfileGraph,
        start: Seeds,
        nodes: reach.NodeTimes,
        water: BarrierIndex | None = None,
        barriers: Sequence[BarrierKind] = (),
    ) -> None:
        self._network, self._graph = network, graph
        self._start, self._nodes = start, nodes
        self._barriers = barriers
        self._onward = onward(graph)
        self.points = street_points(network, graph, water)
        self.times_from_points = self._towards(self.points)

    def find(self, place: Links, place_xy: Floats, budget_ms: int) -> MissingLink | None:
        """Return the shortest link that brings a place in time, ``None`` where no link can.

        ``place`` is the place's link to the streets (one row), ``place_xy`` its metres. A place
        that is in time already has none either.
        """
        if place.edge[0] < 0 or self._towards(place, legs=True)[0, 0] <= budget_ms:
            return None
        # Nobody is farther than the fastest gait takes them in a straight line.
        radius_m = budget_ms / 1000.0 * float(self._graph.speed_mps.max())
        near = np.flatnonzero(np.hypot(*(self.points.xy - place_xy).T) <= radius_m)
        to_ms = self.times_to_points(place, budget_ms, near)
        pairs = [
            shortest_pair(self.points.xy[near], to, from_, budget_ms, self._graph.walk_mps)
            for to, from_ in zip(to_ms, self.times_from_points[:, near], strict=True)
        ]
        found = [pair for pair in pairs if pair is not None]
        if not found:
            return None
        best = min(found, key=lambda pair: (pair.length_m, pair.time_ms))
        ends = self.points.take(near[[best.a, best.b]])
        barrier = weightiest(ends.xy[:1], ends.xy[1:], self._barriers)
        return MissingLink(ends, best.length_m, best.time_ms, int(barrier[0]))

    def mend(self, places: Links, xy: Floats, people: Floats, budget_ms: int) -> Mending | None:
        """Return the shortest link for the fullest of these places, and whom it brings in time.

        The places are taken to be late. Where the fullest cannot be helped, the next is asked, up
        to :data:`ASKED` of them; ``None`` when no link helps any.
        """
        for place in np.lexsort((np.arange(len(people)), -people))[:ASKED]:
            link = self.find(places.take(np.array([place])), xy[place], budget_ms)
            if link is not None:
                helped = self.times_over(link, places, budget_ms) <= budget_ms
                return Mending(link, int(place), int(helped.sum()), float(people[helped].sum()))
        return None

    def times_over(self, missing: MissingLink, places: Links, limit_ms: int) -> Ints:
        """Return the times of places whose way leads over the link, as if it were built.

        It can be walked both ways. ``UNREACHED`` beyond the limit. A place's time with the link is
        the lesser of this and its time without.
        """
        walk_ms = int(milliseconds(np.array(missing.length_m), self._graph.walk_mps))
        # From each end over the link: what it takes from the other end, and the link.
        over = self._towards(missing.ends)[:, ::-1].astype(np.int64) + walk_ms
        start = seeds(self._network, self._graph, missing.ends)
        layer = start.node // self._network.n_nodes
        time_ms = start.time_ms + over[layer, start.station]
        start = _seeds_where(replace(start, time_ms=time_ms), time_ms <= limit_ms)
        nodes = reach.nearest(self._graph, start, limit_ms)
        doors = [_doors_at(start, legs[start.on_station], limit_ms) for legs in over]
        times = self._per_layer(self._graph, nodes, doors, places).min(axis=0)
        return np.where(times <= limit_ms, times, UNREACHED).astype(np.int32)

    def _towards(self, points: Links, *, legs: bool = False) -> Ints:
        """Return the times from points to the nearest station, shape (layers, points).

        Layer by layer: on the vehicle, which may be left at once, and on foot. Without ``legs``
        the points are on the street itself.
        """
        points = points if legs else replace(points, leg_m=np.zeros(len(points)))
        doors = [self._start] * self._graph.layers
        times = self._per_layer(self._graph, self._nodes, doors, points)
        return np.minimum.accumulate(times[::-1], axis=0)[::-1]

    def times_to_points(
        self, place: Links, limit_ms: int, rows: NDArray[np.int64] | None = None
    ) -> Ints:
        """Return the times from a place to street points (all, or some), shape (layers, points).

        Layer by layer: still on the vehicle, and on foot after leaving it anywhere. Beyond the
        limit a time may be too long.
        """
        points = self.points if rows is None else self.points.take(rows)
        start = seeds(self._network, self._onward, place)
        nodes = reach.nearest(self._onward, start, limit_ms)
        # A gate that refuses is reached, but nobody goes on from it.
        refused = self._graph.blocked.ravel()
        passed = reach.NodeTimes(np.where(refused, UNREACHED, nodes.time_ms), nodes.station)
        doors = [start] * self._graph.layers
        return np.minimum.accumulate(self._per_layer(self._onward, passed, doors, points), axis=0)

    def _per_layer(
        self, graph: ProfileGraph, nodes: reach.NodeTimes, doors: Sequence[Seeds], places: Links
    ) -> Ints:
        """Return the times of places that stay in each layer, shape (layers, places)."""
        count = self._network.n_nodes
        times = np.empty((graph.layers, len(places)), np.int32)
        for layer in range(graph.layers):
            one, own = slice(layer, layer + 1), slice(layer * count, (layer + 1) * count)
            view = replace(
                graph, layers=1, forward=graph.forward[one], backward=graph.backward[one]
            )
            table = reach.NodeTimes(nodes.time_ms[own], nodes.station[own])
            times[layer] = reach.arrival(self._network, view, places, table, doors[layer]).time_ms
        return times


def _seeds_where(start: Seeds, kept: Bools) -> Seeds:
    """Return the seeds of which only some nodes stay."""
    return replace(
        start,
        node=readonly(start.node[kept], np.int32),
        time_ms=readonly(start.time_ms[kept], np.int32),
        station=readonly(start.station[kept], np.int32),
    )


def _doors_at(start: Seeds, leg_ms: Longs, limit_ms: int) -> Seeds:
    """Return the seeds with other times at the doors; those beyond the limit are shut."""
    kept = leg_ms <= limit_ms
    return replace(
        start,
        on_edge=readonly(start.on_edge[kept], np.int32),
        on_offset_m=readonly(start.on_offset_m[kept], np.float64),
        on_leg_ms=readonly(leg_ms[kept], np.int32),
        on_station=readonly(start.on_station[kept], np.int32),
    )


def onward(graph: ProfileGraph) -> ProfileGraph:
    """Return the graph in the direction of travel, for a search that starts at a place.

    Graphs are stored towards the stations; here every arc is turned round and the gaits along and
    against the edges change places. What refuses passage is in the arcs already, and may still be
    reached, so nothing is ``blocked``.
    """
    source = np.repeat(np.arange(graph.n_nodes), np.diff(graph.indptr))
    order = np.argsort(graph.arc_target, kind="stable")
    ends = np.searchsorted(graph.arc_target[order], np.arange(graph.n_nodes + 1))
    return replace(
        graph,
        indptr=readonly(ends, np.int32),
        arcs=readonly((source[order] << 32) | graph.arc_ms[order], np.int64),
        arc_edge=readonly(graph.arc_edge[order], np.int32),
        forward=graph.backward,
        backward=graph.forward,
        blocked=np.zeros_like(graph.blocked),
    )


@dataclass(frozen=True)
class Pair:
    """Hold two points by their rows, their distance and the time over both and between."""

    a: int
    b: int
    length_m: float
    time_ms: int


def shortest_pair(
    xy: Floats, to_ms: Ints, from_ms: Ints, budget_ms: int, speed_mps: float
) -> Pair | None:
    """Return the two nearest points a, b with to(a) + |ab| / speed + from(b) within the budget.

    Pairs are looked at by growing distance: within 20, 40, 80 … metres. Each time a point stays
    only if the best of its neighbourhood would keep the budget, given that no nearer pair did.
    """
    a, b = np.flatnonzero(to_ms <= budget_ms), np.flatnonzero(from_ms <= budget_ms)
    low, high = 0.0, STEP_M
    while len(a) and len(b):
        spare = budget_ms - low / speed_mps * 1000.0
        if to_ms[a].min() + int(from_ms[b].min()) > spare:
            break
        here, there = _promising(xy, (a, to_ms[a]), (b, from_ms[b]), high, spare)
        found = _nearest_of(
            xy, (here, to_ms[here]), (there, from_ms[there]), high, budget_ms, speed_mps
        )
        if found is not None:
            return found
        low, high = high, 2.0 * high
    return None


_Timed = tuple[Longs, Ints]


def _promising(
    xy: Floats, to: _Timed, from_: _Timed, apart_m: float, spare_ms: float
) -> tuple[Longs, Longs]:
    """Return the points that may be in a pair so near that keeps the time."""
    (a, to_ms), (b, from_ms) = to, from_
    corner = np.minimum(xy[a].min(axis=0), xy[b].min(axis=0))
    cell_a = ((xy[a] - corner) // apart_m).astype(np.int64)
    cell_b = ((xy[b] - corner) // apart_m).astype(np.int64)
    shape = tuple(np.maximum(cell_a.max(axis=0), cell_b.max(axis=0)) + 1)

    def least_around(cell: Longs, times: Ints) -> Longs:
        table = np.full(shape, UNREACHED, np.int64)
        np.minimum.at(table, tuple(cell.T), times)
        nearby: Longs = ndimage.minimum_filter(table, 3, mode="constant", cval=UNREACHED)
        return nearby

    kept_a = to_ms + least_around(cell_b, from_ms)[tuple(cell_a.T)] <= spare_ms
    best = least_around(cell_a[kept_a], to_ms[kept_a])
    return a[kept_a], b[from_ms + best[tuple(cell_b.T)] <= spare_ms]


def _nearest_of(
    xy: Floats, to: _Timed, from_: _Timed, apart_m: float, budget_ms: int, speed_mps: float
) -> Pair | None:
    """Return the nearest pair at most so far apart that keeps the budget, looking at all."""
    (a, to_ms), (b, from_ms) = to, from_
    best: tuple[float, int, int, int] | None = None
    if not len(a) or not len(b):
        return None
    tree = cKDTree(xy[b])
    order = np.argsort(to_ms, kind="stable")
    for first in range(0, len(order), _STARTS_AT_ONCE):
        some = order[first : first + _STARTS_AT_ONCE]
        pairs = cKDTree(xy[a[some]]).sparse_distance_matrix(tree, apart_m, output_type="ndarray")
        i, j = some[pairs["i"]], pairs["j"]
        time = to_ms[i] + from_ms[j].astype(np.int64) + milliseconds(pairs["v"], speed_mps)
        fits = np.flatnonzero(time <= budget_ms)
        if len(fits):
            i, j, time, length = i[fits], j[fits], time[fits], pairs["v"][fits]
            k = np.lexsort((b[j], a[i], time, length))[0]
            offer = (float(length[k]), int(time[k]), int(a[i[k]]), int(b[j[k]]))
            best = offer if best is None else min(best, offer)
            apart_m = best[0]
    return None if best is None else Pair(best[2], best[3], best[0], best[1])
