"""Join drawn strokes into a street graph whose nodes are shared exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import LineString

#: Ends and crossings nearer than this are one junction, in metres.
NEAR_M = 2.5
#: An end this far from another stroke is joined to it, in metres.
REACH_M = 0.6


@dataclass(frozen=True)
class Stroke:
    """Hold one line of the plan with its OSM tags.

    ``through`` strokes join wherever they cross another one; bridges and tunnels join at their ends
    only. ``kept`` protects from pruning; ``local`` may be thinned out.
    """

    line: LineString
    tags: dict[str, str]
    through: bool = True
    kept: bool = False
    local: bool = False
    quarter: str = ""


@dataclass
class Graph:
    """Hold the joined streets: one row per edge, geometry from node ``u`` to node ``v``."""

    strokes: list[Stroke]
    node_xy: np.ndarray
    u: np.ndarray
    v: np.ndarray
    stroke: np.ndarray
    lines: np.ndarray

    def take(self, keep: np.ndarray) -> Graph:
        """Return the graph with the chosen edges only; nodes keep their numbers."""
        return Graph(
            self.strokes,
            self.node_xy,
            self.u[keep],
            self.v[keep],
            self.stroke[keep],
            self.lines[keep],
        )

    def degree(self) -> np.ndarray:
        """Return how many edge ends meet at every node."""
        return np.bincount(np.concatenate([self.u, self.v]), minlength=len(self.node_xy))

    def flags(self, of: Callable[[Stroke], bool]) -> np.ndarray:
        """Return a boolean per edge from a question about its stroke."""
        answers = np.array([of(stroke) for stroke in self.strokes])
        return answers[self.stroke]

    def component(self) -> np.ndarray:
        """Return a component number per node."""
        n = len(self.node_xy)
        ones = np.ones(len(self.u))
        return connected_components(coo_matrix((ones, (self.u, self.v)), (n, n)), False)[1]


def _meetings(strokes: Sequence[Stroke]) -> list[list[tuple[float, float]]]:
    """Return for every stroke the points where it ends or meets another one."""
    lines = np.array([stroke.line for stroke in strokes])
    tree = shapely.STRtree(lines)
    one, other = tree.query(lines, predicate="dwithin", distance=REACH_M)
    pairs = one < other
    one, other = one[pairs], other[pairs]
    found: list[list[tuple[float, float]]] = [[] for _ in strokes]
    ends = [(stroke.line.coords[0], stroke.line.coords[-1]) for stroke in strokes]
    for i, pair in enumerate(ends):
        found[i].extend(pair)
    through = np.array([stroke.through for stroke in strokes])
    both = through[one] & through[other]
    crossings = shapely.intersection(lines[one[both]], lines[other[both]])
    for i, j, crossing in zip(one[both], other[both], crossings, strict=True):
        for part in shapely.get_parts(crossing):
            ends_of_part = list(part.coords)[:: max(1, len(part.coords) - 1)]
            found[i].extend(ends_of_part)
            found[j].extend(ends_of_part)
    for i, j in zip(one, other, strict=True):
        for end in ends[i]:
            if through[j] and shapely.Point(end).distance(lines[j]) <= REACH_M:
                found[j].append(end)
        for end in ends[j]:
            if through[i] and shapely.Point(end).distance(lines[i]) <= REACH_M:
                found[i].append(end)
    return found


def _clusters(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one representative per group of near points, and the group of every point."""
    pairs = cKDTree(points).query_pairs(NEAR_M, output_type="ndarray")
    n = len(points)
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (n, n))
    _, label = connected_components(graph, directed=False)
    _, first = np.unique(label, return_index=True)
    return np.round(points[first], 2), label


def join(strokes: Sequence[Stroke]) -> Graph:
    """Split all strokes where they meet and return the graph of their pieces."""
    strokes = list(strokes)
    found = _meetings(strokes)
    counts = [len(points) for points in found]
    nodes, label = _clusters(np.array([xy for points in found for xy in points]))
    u, v, owner, pieces = [], [], [], []
    start = 0
    for row, (stroke, count) in enumerate(zip(strokes, counts, strict=True)):
        mine = label[start : start + count]
        points = np.array(found[row])
        start += count
        for a, b, piece in _split(stroke.line, points, mine, nodes):
            u.append(a)
            v.append(b)
            owner.append(row)
            pieces.append(piece)
    graph = Graph(strokes, nodes, np.array(u), np.array(v), np.array(owner), np.array(pieces))
    return _without_twins(graph)


def _split(
    line: LineString, points: np.ndarray, mine: np.ndarray, nodes: np.ndarray
) -> Iterable[tuple[int, int, LineString]]:
    """Yield the pieces of one stroke between its junctions."""
    at = shapely.line_locate_point(line, shapely.points(points))
    stops: dict[int, list[float]] = defaultdict(list)
    for position, node in zip(at, mine, strict=True):
        stops[int(node)].append(float(position))
    # A stroke may pass the same junction twice (a closed one): keep far apart visits apart.
    visits: list[tuple[float, int]] = []
    for node, positions in stops.items():
        last = -1e9
        for position in sorted(positions):
            if position - last > 4 * NEAR_M:
                visits.append((position, node))
            last = position
    visits.sort()
    xy = shapely.get_coordinates(line)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    if line.is_ring and visits[-1][0] < line.length - 1:
        visits.append((line.length, visits[0][1]))
    for (begin, a), (end, b) in pairwise(visits):
        inner = xy[(along > begin + NEAR_M) & (along < end - NEAR_M)]
        path = np.vstack([nodes[a], np.round(inner, 2), nodes[b]])
        if a == b and len(inner) < 3:
            continue
        yield a, b, LineString(path)


def _without_twins(graph: Graph) -> Graph:
    """Drop the later one of two edges that join the same nodes on the same path."""
    seen: set[tuple[int, int, int]] = set()
    keep = np.ones(len(graph.u), bool)
    for row, (a, b, piece) in enumerate(zip(graph.u, graph.v, graph.lines, strict=True)):
        key = (min(a, b), max(a, b), round(piece.length / 3))
        keep[row] = key not in seen
        seen.add(key)
    return graph.take(keep)


def without_stubs(graph: Graph, longest: float) -> Graph:
    """Remove dead ends up to ``longest`` metres, again and again, except protected strokes."""
    while True:
        degree = graph.degree()
        dead = (degree[graph.u] == 1) | (degree[graph.v] == 1)
        length = shapely.length(graph.lines)
        drop = dead & (length < longest) & ~graph.flags(lambda stroke: stroke.kept)
        if not drop.any():
            return graph
        graph = graph.take(~drop)


def largest(graph: Graph) -> Graph:
    """Return the largest connected component."""
    part = graph.component()
    sizes = Counter(part[graph.u].tolist())
    best = max(sizes, key=lambda number: (sizes[number], -number))
    return graph.take(part[graph.u] == best)


def merged(one: Graph, more: Sequence[Stroke]) -> Graph:
    """Join further strokes to a finished graph and return the whole graph anew."""
    ready = [
        replace(one.strokes[owner], line=line)
        for owner, line in zip(one.stroke, one.lines, strict=True)
    ]
    return join([*ready, *more])
