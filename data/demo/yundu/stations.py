"""Place 164 stations where riders gather – and, as in life, not where they are missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from yundu.cells import Cell
from yundu.network import Graph

COUNT = 164
SERVICES = (
    "歇脚休息",
    "饮水",
    "热饭",
    "手机充电",
    "电动车充换电",
    "如厕",
    "急救药箱",
    "避雨避暑",
    "政策与法律咨询",
)
_LIKELY = (0.97, 0.95, 0.52, 0.88, 0.24, 0.55, 0.42, 0.80, 0.22)

#: Hubs of the three other subdistricts: tier of the first one, x, y, spread in metres, number.
#: Across the river, the railway and the motorway from some of them nobody thought of a station.
_HUBS: tuple[tuple[str, float, float, float, int], ...] = (
    ("centre", 4850, 3450, 300, 30),
    ("station", 4750, 4100, 250, 16),
    ("station", 3900, 3400, 250, 16),
    ("station", 3350, 2700, 200, 10),
    ("station", 4200, 2500, 190, 10),
    ("station", 5750, 3600, 180, 8),
    ("station", 4100, 4600, 200, 9),
    ("point", 5050, 4800, 120, 3),
    ("centre", 6550, 4600, 260, 16),
    ("station", 6950, 3520, 130, 5),
    ("centre", 1350, 2150, 230, 14),
    ("point", 1800, 2620, 110, 4),
    ("station", 700, 2950, 130, 4),
    ("station", 1700, 1350, 150, 4),
    ("station", 3600, 830, 130, 4),
)
#: The subdistrict that copies the well-known example: one centre, one station, nine points.
_EXAMPLE: tuple[tuple[str, float, float], ...] = (
    ("centre", 4760, 1420),
    ("station", 5080, 1650),
    ("point", 4900, 1250),
    ("point", 5230, 1480),
    ("point", 4700, 1620),
    ("point", 5350, 1900),
    ("point", 5150, 900),
    ("point", 5950, 1950),
    ("point", 6250, 1450),
    ("point", 5850, 850),
    ("point", 6800, 1500),
)
_TIERS = {"centre": "中心", "station": "站", "point": "点"}
#: (share, opening hours); an empty text means that nobody wrote them down.
_HOURS: tuple[tuple[float, str], ...] = (
    (0.17, "24/7"),
    (0.18, "Mo-Fr 09:00-18:00"),
    (0.16, "Mo-Su 08:00-22:00"),
    (0.10, "Mo-Fr 08:30-17:30; Sa-Su 10:00-16:00"),
    (0.09, "Mo-Fr 08:30-12:00,14:00-17:30; PH off"),
    (0.07, "Mo-Su 18:00-02:00"),
    (0.05, "Mo-Fr 07:00-23:00; Sa-Su,PH 09:00-21:00"),
    (0.04, "Tu-Su 09:30-20:30; Mo off"),
    (0.14, ""),
)
_HOSTS = (
    "云渡农商银行",
    "江城银行",
    "便民超市",
    "邮政所",
    "供电营业厅",
    "加油站",
    "总工会",
    "社区卫生站",
    "通信营业厅",
    "书吧",
    "菜市场管理办",
    "物业服务中心",
)


@dataclass
class Station:
    """Hold one row of the station list."""

    id: str
    name: str
    x: float
    y: float
    tier: str
    services: tuple[str, ...]
    hours: str
    address: str
    phone: str
    capacity: int | None
    host: str
    status: str
    verified: str = ""
    photo: str = ""


class _Kerb:
    """Find places beside a street."""

    def __init__(self, graph: Graph, walls: Sequence[BaseGeometry]) -> None:
        walkable = {
            "primary",
            "secondary",
            "tertiary",
            "residential",
            "living_street",
            "pedestrian",
            "unclassified",
        }
        good = graph.flags(lambda s: s.through and s.tags["highway"] in walkable)
        self._lines = graph.lines[good]
        self._names = [graph.strokes[o].tags.get("name", "") for o in graph.stroke[good]]
        self._tree = shapely.STRtree(self._lines)
        self._walls = shapely.STRtree(np.array(walls))

    def near(self, x: float, y: float, rng: Random) -> tuple[float, float, str]:
        """Return a place 9 m beside the street nearest to a point, and the street's name."""
        row = int(self._tree.nearest(Point(x, y)))
        line = self._lines[row]
        at = min(max(line.project(Point(x, y)), 8.0), max(8.0, line.length - 8.0))
        a, b = line.interpolate(at - 2), line.interpolate(at + 2)
        length = math.dist((a.x, a.y), (b.x, b.y)) or 1.0
        middle = line.interpolate(at)
        first = rng.choice((-9.0, 9.0))
        for side in (first, -first, first / 3):  # a door faces the street, not a wall before it
            spot = (
                round(middle.x - side * (b.y - a.y) / length, 1),
                round(middle.y + side * (b.x - a.x) / length, 1),
            )
            if not len(self._walls.query(shapely.LineString([middle, spot]), "intersects")):
                break
        return (*spot, self._names[row])


def _sites(
    kerb: _Kerb,
    barred: BaseGeometry,
    tops: Sequence[BaseGeometry],
    rng: Random,
) -> list[tuple[str, float, float, str]]:
    """Return tier, position and street of every station, the example subdistrict first."""
    found: list[tuple[str, float, float, str]] = []
    for tier, x, y in _EXAMPLE:
        found.append((tier, *kerb.near(x, y, rng)))
    for first, hub_x, hub_y, spread, count in _HUBS:
        placed, tries = 0, 0
        while placed < count:
            tries += 1
            wide = spread * (1 + tries / 400)
            x, y, street = kerb.near(rng.gauss(hub_x, wide), rng.gauss(hub_y, wide * 0.85), rng)
            clear = all(math.dist((x, y), (px, py)) > 70 for _, px, py, _ in found)
            clear = clear and barred.distance(Point(x, y)) > 40
            if clear and any(top.contains(Point(x, y)) for top in tops[:3]):
                found.append((first if placed == 0 else "point", x, y, street))
                placed += 1
    return found


def _services(tier: str, rng: Random) -> tuple[str, ...]:
    if tier == "centre":
        return SERVICES
    bonus = 0.25 if tier == "station" else 0.0
    chosen = [
        name for name, share in zip(SERVICES, _LIKELY, strict=True) if rng.random() < share + bonus
    ]
    return tuple(chosen or SERVICES[:2])


def _hours(tier: str, rng: Random) -> str:
    if tier == "centre":
        return "Mo-Su 08:00-22:00"
    draw = rng.random()
    for share, text in _HOURS:
        draw -= share
        if draw < 0:
            return text
    return ""


def make(
    graph: Graph,
    walls: Sequence[BaseGeometry],
    barred: BaseGeometry,
    roots: Sequence[Cell],
    rng: Random,
) -> list[Station]:
    """Return all stations, ids in the order of the list."""
    tops = [root.shape for root in roots]
    communities = [cell for root in roots for cell in root.children]
    inside = shapely.STRtree(np.array([cell.shape for cell in communities]))
    sites = _sites(_Kerb(graph, walls), barred, tops, rng)
    if len(sites) != COUNT:
        raise RuntimeError(f"{len(sites)} stations placed; {COUNT} are wanted")
    rows: list[Station] = []
    used: set[str] = set()
    for number, (tier, x, y, street) in enumerate(sites):
        community = communities[int(inside.nearest(Point(x, y)))]
        host = rng.choice(_HOSTS)
        name = _name(tier, community.name, street, host, roots, community, used)
        address = f"{street}{rng.randint(1, 320)}号" if street else f"{community.name}内"
        services, hours = _services(tier, rng), _hours(tier, rng)
        capacity = {"centre": 60, "station": 30}.get(tier, 0) + rng.randint(6, 24)
        draw = rng.random()
        rows.append(
            Station(
                id=f"YD{number + 1:03d}",
                name=name,
                x=x,
                y=y,
                tier=_TIERS[tier],
                services=services,
                hours=hours,
                address=address,
                phone=f"000-0000-{number + 1:04d}",
                capacity=None if tier == "point" and draw < 0.15 else capacity,
                host=host,
                status="关闭" if tier == "point" and draw > 0.985 else "开放",
            )
        )
    return rows


def _name(
    tier: str,
    community: str,
    street: str,
    host: str,
    roots: Sequence[Cell],
    cell: Cell,
    used: set[str],
) -> str:
    """Return a name that no other station has."""
    top = next(root.name for root in roots if cell in root.children)
    if tier == "centre":
        name = f"{top}党群服务中心"
    elif tier == "station":
        name = f"{community}党群服务站"
    else:
        name = f"{street or community}{host}爱心驿站"
    base, count = name, 1
    while name in used:
        count += 1
        name = f"{base}（{count}）"
    used.add(name)
    return name
