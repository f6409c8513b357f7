"""Settle 280,000 residents in 315 compounds, each inside one cell of the fourth level."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yundu.blocks import HOMES, Block
from yundu.cells import Cell, walk
from yundu.geometry import polygons
from yundu.names import COMMUNITIES, SUBDISTRICTS, Names, numeral

COMPOUNDS, PEOPLE = 315, 280_000
#: Residents aged 60 and more: the older the houses, the more.
_AGE60 = {
    "old": 0.31,
    "walkup": 0.25,
    "gated": 0.15,
    "tower": 0.10,
    "village": 0.34,
    "hamlet": 0.41,
    "island": 0.38,
}
#: Types of community: the kind of homes, and the share of people in such homes from which on the
#: community is of that type; the first that fits counts, else it is mixed. Where one in fifty
#: still lives in what is left of villages, the estates around house the resettled villagers.
_KINDS = (
    ("移民安置", ("village", "hamlet", "island"), 0.02),
    ("老旧住宅", ("old", "walkup"), 0.7),
    ("成熟住宅", ("gated", "tower"), 0.7),
)
_MIXED = "多元融合"
_HOUSEHOLD = {"old": 2.2, "walkup": 2.4, "gated": 2.8, "tower": 2.6}


@dataclass
class Estate:
    """Hold one compound in the sense of the housing office: ground, residents, households."""

    shape: BaseGeometry
    cell: Cell
    use: str
    name: str
    people: int = 0
    households: int = 0
    age60: float = 0.0


def _homes(cell: Cell, blocks: Sequence[Block]) -> tuple[float, str, BaseGeometry] | None:
    """Return weight, use and ground of the largest group of homes in a cell."""
    lived = [blocks[row] for row in cell.blocks if blocks[row].lived_in or blocks[row].homes]
    lived = [block for block in lived if block.use == "island"] or lived
    if not lived:
        return None
    uses: Counter[str] = Counter()
    grounds: list[BaseGeometry] = []
    for block in lived:
        uses[block.use] += round(block.ground.area)
        grounds += block.homes or [block.ground.buffer(1) if len(lived) == 1 else block.face]
    use = max(sorted(uses), key=lambda name: uses[name])
    # Blocks were cut one by one: close the hair cracks between them, so that the outline is simple.
    closed = (
        shapely.union_all(grounds).buffer(0.8, join_style="mitre").buffer(-0.8, join_style="mitre")
    )
    largest = max(polygons(closed), key=lambda part: part.area)
    shape = shapely.set_precision(Polygon(largest.exterior).simplify(0.4), 0.01)
    shape = max(polygons(shape), key=lambda part: part.area)
    density = HOMES.get(use, 40.0)
    return density * min(shape.area, 160_000) / 1e4, use, shape


def settle(roots: Sequence[Cell], blocks: Sequence[Block], rng: Random) -> list[Estate]:
    """Return the compounds with whole residents that add up exactly."""
    found = []
    for cell in walk(roots):
        if cell.level == 4 and (homes := _homes(cell, blocks)) is not None:
            found.append((cell, *homes))
    forced = {"hamlet", "island", "village"}
    found.sort(key=lambda row: (row[2] not in forced, -row[1]))
    if len(found) < COMPOUNDS:
        raise RuntimeError(f"only {len(found)} cells hold homes; {COMPOUNDS} are wanted")
    chosen = sorted(found[:COMPOUNDS], key=lambda row: row[0].code)
    weights = [weight * rng.lognormvariate(0, 0.28) for _, weight, _, _ in chosen]
    counts = _whole(PEOPLE, weights)
    estates = []
    for (cell, _, use, shape), people in zip(chosen, counts, strict=True):
        size = _HOUSEHOLD.get(use, 2.5) * rng.uniform(0.93, 1.07)
        old = min(0.62, max(0.04, rng.gauss(_AGE60.get(use, 0.2), 0.045)))
        estates.append(
            Estate(shape, cell, use, cell.name, people, math.ceil(people / size), round(old, 3))
        )
    return estates


def _whole(total: int, weights: Sequence[float]) -> list[int]:
    """Share a total in whole numbers by largest remainder, at least 12 each."""
    low = 12
    exact = [(total - low * len(weights)) * weight / sum(weights) for weight in weights]
    counts = [low + int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda row: (int(exact[row]) - exact[row], row))
    for row in order[: total - sum(counts)]:
        counts[row] += 1
    return counts


def typify(roots: Sequence[Cell], estates: Sequence[Estate]) -> None:
    """Give every community where people live its type; the cells below have it from there."""
    for community in (community for top in roots for community in top.children):
        # A compound's code begins with the 12 digits of its community.
        mine = [estate for estate in estates if estate.cell.code[:12] == community.code]
        everybody = sum(estate.people for estate in mine)
        if not everybody:
            continue
        community.kind = next(
            (
                kind
                for kind, uses, least in _KINDS
                if sum(estate.people for estate in mine if estate.use in uses) >= least * everybody
            ),
            _MIXED,
        )


def christen(roots: Sequence[Cell], blocks: Sequence[Block], names: Names) -> None:
    """Name all cells, and the blocks after the compound that they are."""
    communities = [cell for top in roots for cell in top.children]
    centres = np.array([[cell.shape.centroid.x, cell.shape.centroid.y] for cell in communities])
    known = np.array([(x, y) for _, x, y in COMMUNITIES])
    row, best = linear_sum_assignment(
        np.hypot(*(centres[:, None] - known[None]).transpose(2, 0, 1))
    )
    for at, place in zip(row, best, strict=True):
        communities[at].name = f"{COMMUNITIES[place][0]}社区"
    for top, title in zip(roots, SUBDISTRICTS, strict=True):
        top.name = title
        for community in top.children:
            for number, section in enumerate(community.children, 1):
                section.name = f"{community.name}第{numeral(number)}片区"
                for compound in section.children:
                    _christen_compound(compound, blocks, names)


def _christen_compound(cell: Cell, blocks: Sequence[Block], names: Names) -> None:
    mine = [blocks[row] for row in cell.blocks]
    first = max(mine, key=lambda b: (b.lived_in or bool(b.homes), b.ground.area))
    home = first.lived_in or bool(first.homes)
    cell.name = names.compound(first.use) if home else names.place(first.use)
    for block in mine:
        if block is first:
            block.name = cell.name
        else:
            block.name = names.compound(block.use) if block.lived_in else names.place(block.use)
    for number, unit in enumerate(cell.children, 1):
        unit.name = f"{cell.name}{number}单元"
