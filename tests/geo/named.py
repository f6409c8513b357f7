"""Make things to be found without a city: rows of names, in their order."""

from __future__ import annotations

import random

import numpy as np

from geo.search.entries import KINDS, Entries
from geo.search.folding import fold
from geo.search.table import Index, index_of

#: Where everything stands that is not said to stand elsewhere.
LON, LAT = 106.55, 29.45


def index_of_names(
    *names: str | tuple[str, str], hosts: dict[int, str] | None = None, spots: object = None
) -> Index:
    """Return the index of names, or pairs of a kind and a name; streets where no kind is said."""
    pairs = [("street", name) if isinstance(name, str) else name for name in names]
    count = len(pairs)
    where = [(LON, LAT)] * count if spots is None else list(spots)
    return index_of(
        Entries(
            kind=np.array([KINDS.index(kind) for kind, _ in pairs], dtype=np.int64),
            id=[f"n{row}" if kind == "station" else "" for row, (kind, _) in enumerate(pairs)],
            name=[name for _, name in pairs],
            detail=["somewhere"] * count,
            host=[(hosts or {}).get(row, "") for row in range(count)],
            level=[0] * count,
            lon=np.array([round(lon * 1e6) for lon, _ in where], dtype=np.int64),
            lat=np.array([round(lat * 1e6) for _, lat in where], dtype=np.int64),
        )
    )


_FIRST = "龙绿重长银女石新东桥乐行柏沙厦安"
_SECOND = "津泉庆乐行儿湖安门溪路山宁绿"
_TAILS = (
    "路",
    "社区",
    "小区3号楼",
    "KFC餐厅",
    " 公园",
    "·西门",
    "驛站",
    "银行 ATM",
    "巷",
    "大厦B座",
)


def many_names(count: int, seed: int) -> Index:
    """Return an index of seeded names: readings in plenty, gaps, Latin letters, digits, hosts."""
    rng = random.Random(seed)
    names: list[str | tuple[str, str]] = []
    for _ in range(count):
        name = rng.choice(_FIRST) + rng.choice(_SECOND) * rng.randint(0, 1) + rng.choice(_TAILS)
        names.append((rng.choice(KINDS), name))
    for row in range(0, count, 9):  # compounds and their units
        names[row : row + 2] = [
            ("compound", f"{names[row][1]}苑"),
            ("cell", f"{names[row][1]}苑1座"),
        ]
    hosts = {row: rng.choice(_FIRST) + "安银行" for row in rng.sample(range(count), count // 8)}
    spots = [(LON + rng.uniform(-0.05, 0.05), LAT + rng.uniform(-0.05, 0.05)) for _ in range(count)]
    return index_of_names(*names, hosts=hosts, spots=spots)


def typed(index: Index, rng: random.Random) -> str:
    """Return what somebody might type who means one of the names, sometimes with a slip."""
    name = fold(rng.choice(index.entries.name)).text
    first = rng.randrange(len(name)) if rng.random() < 0.4 else 0
    out = ""
    for character in name[first : first + rng.randint(1, 6)]:
        way = rng.choice(index.readings.get(character, (character,)))
        out += rng.choice((character, way, way[0], way[: rng.randint(1, len(way))]))
    if len(out) > 2 and rng.random() < 0.3:
        place = rng.randrange(len(out))
        out = out[:place] + rng.choice(("", "a", "n", out[place] * 2)) + out[place + 1 :]
    if rng.random() < 0.3:
        out = out[:1].upper() + rng.choice((" ", "'", "·", "")) + out[1:]
    return out
