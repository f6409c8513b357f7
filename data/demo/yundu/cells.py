"""Lay the five-level grid over the blocks: every level tiles the one above exactly."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from yundu.blocks import HOMES, Block
from yundu.geometry import divide, polygons
from yundu.network import Graph
from yundu.terrain import Terrain

COMMUNITIES, SECTIONS, COMPOUNDS, UNITS = 44, 124, 355, 3242
_MAIN = {"trunk", "primary", "secondary"}


@dataclass
class Cell:
    """Hold one cell: the blocks in it, its code and name, its children, its type if it has one."""

    level: int
    blocks: list[int]
    code: str = ""
    name: str = ""
    children: list[Cell] = field(default_factory=list)
    shape: BaseGeometry | None = None
    kind: str = ""


def weight_of(block: Block) -> float:
    """Return about how many people a block counts for when the grid is balanced."""
    if block.use == "island":  # a cell of its own: nobody can walk there from the bank
        return 800.0
    hectares = block.ground.area / 1e4
    return HOMES.get(block.use, 0.0) * hectares + 3.0 * hectares + 60.0


def apportion(
    total: int,
    weights: Sequence[float],
    low: Sequence[int],
    high: Sequence[int],
) -> list[int]:
    """Share ``total`` in proportion to the weights, each share between its bounds."""
    shares = list(low)
    for _ in range(total - sum(shares)):
        open_rows = [i for i in range(len(shares)) if shares[i] < high[i]]
        best = max(open_rows, key=lambda i: (weights[i] / (shares[i] + 0.5), -i))
        shares[best] += 1
    return shares


class Neighbours:
    """Know which blocks touch, and how far apart they feel (a main road between counts double)."""

    def __init__(self, blocks: Sequence[Block], graph: Graph) -> None:
        faces = np.array([block.face for block in blocks])
        self.centres = np.array([[b.ground.centroid.x, b.ground.centroid.y] for b in blocks])
        one, other = shapely.STRtree(faces).query(faces, predicate="dwithin", distance=0.05)
        pairs = one < other
        one, other = one[pairs], other[pairs]
        border = shapely.intersection(faces[one].copy(), shapely.buffer(faces[other], 0.06))
        main = graph.lines[graph.flags(lambda stroke: stroke.tags["highway"] in _MAIN)]
        roads = shapely.union_all(main).buffer(1.0)
        shapely.prepare(roads)
        crossed = shapely.intersects(roads, shapely.point_on_surface(border))
        long = shapely.length(border) / 2
        self.near: list[list[tuple[int, float]]] = [[] for _ in blocks]
        for i, j, metres, main_between in zip(one, other, long, crossed, strict=True):
            if metres < 4:
                continue
            apart = float(np.hypot(*(self.centres[i] - self.centres[j])))
            cost = apart * (2.2 if main_between else 1.0)
            self.near[i].append((int(j), cost))
            self.near[j].append((int(i), cost))

    def connect(self, members: list[int]) -> None:
        """Tie loose groups of a set of blocks to their nearest neighbours in it."""
        todo, groups = set(members), []
        while todo:
            start = min(todo)
            group, stack = {start}, [start]
            while stack:
                for other, _ in self.near[stack.pop()]:
                    if other in todo and other not in group:
                        group.add(other)
                        stack.append(other)
            groups.append(sorted(group))
            todo -= group
        groups.sort(key=lambda group: (-len(group), group[0]))
        whole = groups[0]
        for group in groups[1:]:
            gap, i, j = min(
                (math.dist(self.centres[a], self.centres[b]), a, b) for a in group for b in whole
            )
            self.near[i].append((j, 3 * gap))
            self.near[j].append((i, 3 * gap))
            whole = whole + group


def _spread(
    near: Neighbours, members: set[int], seeds: list[int], bias: list[float]
) -> dict[int, int]:
    """Return the seed that owns every member: the nearest over neighbours, bias added."""
    owner: dict[int, int] = {}
    queue = [(0.0, seed, number) for number, seed in enumerate(seeds)]
    later = [(bias[number], seed, number) for number, seed in enumerate(seeds)]
    for _, seed, number in queue:
        owner[seed] = number
    queue = later
    heapq.heapify(queue)
    done: set[int] = set()
    while queue:
        cost, block, number = heapq.heappop(queue)
        if block in done or (block in owner and owner[block] != number and block in seeds):
            continue
        done.add(block)
        owner[block] = number
        for other, step in near.near[block]:
            if other in members and other not in done:
                heapq.heappush(queue, (cost + step, other, number))
    return owner


def partition(
    near: Neighbours,
    members: list[int],
    weights: Sequence[float],
    count: int,
    rng: Random,
) -> list[list[int]]:
    """Divide connected blocks into ``count`` connected groups of about equal weight."""
    if count == 1:
        return [members]
    inside = set(members)
    seeds = [rng.choice(members)]
    while len(seeds) < count:  # farthest first: seeds spread over the ground
        far = max(
            (
                min(math.dist(near.centres[m], near.centres[s]) for s in seeds)
                * math.sqrt(weights[m]),
                m,
            )
            for m in members
            if m not in seeds
        )
        seeds.append(far[1])
    bias = [0.0] * count
    target = sum(weights[m] for m in members) / count
    best: tuple[float, dict[int, int]] | None = None
    for turn in range(30):
        owner = _spread(near, inside, seeds, bias)
        load = [0.0] * count
        groups: list[list[int]] = [[] for _ in seeds]
        for member in members:
            load[owner[member]] += weights[member]
            groups[owner[member]].append(member)
        score = max(abs(value / target - 1) for value in load)
        if best is None or score < best[0]:
            best = (score, owner)
        for number, group in enumerate(groups):
            bias[number] += 70 * max(-1.0, min(1.0, load[number] / target - 1))
            if turn < 14:
                total = sum(weights[m] for m in group)
                middle = sum(near.centres[m] * weights[m] for m in group) / total
                seeds[number] = min(group, key=lambda m: (math.dist(near.centres[m], middle), m))
    assert best is not None
    return [[m for m in members if best[1][m] == number] for number in range(count)]


def subdistrict_of(block: Block, ground: Terrain, ring: BaseGeometry, axis_x: float) -> int:
    """Return 0 centre, 1 north, 2 south-west, 3 south-east."""
    at = block.face.representative_point()
    line = ground.river_line
    here = line.project(at)
    before, after = line.interpolate(here - 5), line.interpolate(here + 5)
    left = (after.x - before.x) * (at.y - before.y) - (after.y - before.y) * (at.x - before.x) > 0
    if left and not ground.sandbar.contains(at):
        return 0 if ring.contains(at) else 1
    return 2 if at.x < axis_x else 3


def grow(blocks: Sequence[Block], graph: Graph, tops: list[list[int]], rng: Random) -> list[Cell]:
    """Return the four subdistricts with communities, sections and compounds below them."""
    near = Neighbours(blocks, graph)
    weights = [weight_of(block) for block in blocks]
    roots = [Cell(1, members) for members in tops]
    parents = roots
    for level, total in ((2, COMMUNITIES), (3, SECTIONS), (4, COMPOUNDS)):
        loads = [sum(weights[m] for m in cell.blocks) for cell in parents]
        sizes = [len(cell.blocks) for cell in parents]
        shares = apportion(total, loads, [1] * len(parents), sizes)
        below: list[Cell] = []
        for cell, share in zip(parents, shares, strict=True):
            near.connect(cell.blocks)
            groups = partition(near, cell.blocks, weights, share, rng)
            groups.sort(
                key=lambda group: (
                    -round(np.mean(near.centres[group, 1]) / 400),
                    np.mean(near.centres[group, 0]),
                )
            )
            cell.children = [Cell(level, group) for group in groups]
            below += cell.children
        parents = below
    _units(parents, blocks, weights, rng)
    return roots


def _units(
    compounds: list[Cell], blocks: Sequence[Block], weights: list[float], rng: Random
) -> None:
    """Divide the blocks of every compound cell into units."""
    loads = [sum(weights[m] for m in cell.blocks) for cell in compounds]
    shares = apportion(
        UNITS, loads, [len(cell.blocks) for cell in compounds], [40] * len(compounds)
    )
    for cell, share in zip(compounds, shares, strict=True):
        mine = [weights[m] for m in cell.blocks]
        room = [max(1, int(blocks[m].face.area / 700)) for m in cell.blocks]
        parts = apportion(share, mine, [1] * len(mine), [max(r, share) for r in room])
        for block, count in zip(cell.blocks, parts, strict=True):
            for piece in divide(blocks[block].face, count, rng):
                cell.children.append(Cell(5, [block], shape=piece))


def settle(roots: list[Cell]) -> None:
    """Give all units shared vertices, and every cell the exact union of its children."""
    units = [unit for cell in walk(roots) if cell.level == 4 for unit in cell.children]
    shapes = np.array([unit.shape for unit in units])
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=0.01)
    faces = np.array(polygons(shapely.polygonize([lines])))
    inside = shapely.point_on_surface(faces)
    face, owner = shapely.STRtree(shapes).query(inside, predicate="intersects")
    pieces: list[list[BaseGeometry]] = [[] for _ in units]
    taken: set[int] = set()
    for row, number in zip(face, owner, strict=True):
        if row not in taken:
            taken.add(int(row))
            pieces[number].append(faces[row])
    for unit, parts in zip(units, pieces, strict=True):
        unit.shape = parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts)
    for level in (4, 3, 2, 1):
        for cell in walk(roots):
            if cell.level == level:
                cell.shape = shapely.coverage_union_all([child.shape for child in cell.children])


def walk(roots: Sequence[Cell]) -> list[Cell]:
    """Return all cells, parents before children."""
    out: list[Cell] = []
    level = list(roots)
    while level:
        out += level
        level = [child for cell in level for child in cell.children]
    return out


def number(roots: Sequence[Cell]) -> None:
    """Write codes: 12 digits as in the statistics code, and 3 more below the community.

    ``99`` is no province. Below a community sections count from 901, compounds from 601 and units
    from 001, so that one code never means two cells.
    """
    for i, top in enumerate(roots, 1):
        top.code = f"990102{i:03d}000"
        for j, community in enumerate(top.children, 1):
            community.code = f"990102{i:03d}{j:03d}"
            compounds = [c for section in community.children for c in section.children]
            units = [unit for compound in compounds for unit in compound.children]
            for start, group in ((900, community.children), (600, compounds), (0, units)):
                for k, cell in enumerate(group, 1):
                    cell.code = f"{community.code}{start + k:03d}"
