"""Read how many people are 60 or older, as counts or as shares, and share them out with the people.

There is one inner form: ``aged_60`` in the frame of units, the number of people aged 60 and more at
every place, NaN where nobody told. A count in the file of people goes before a share there, and
that before a share of the cell in which the place lies.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import frames
from geo.errors import Fault
from geo.model import PEOPLE_QUANTUM
from geo.sources.places import Places
from geo.sources.sharing import apportion, whole_quanta

#: Headers that are understood; see :func:`geo.sources.files.match_columns`.
COUNT = (
    "60岁以上人数", "60岁以上人口", "60岁及以上人数", "60岁及以上人口", "60岁以上", "60岁及以上",
    "老年人口", "老年人数", "老年人口数",
)  # fmt: skip
SHARE = (
    "60岁以上占比", "60岁及以上占比", "60岁以上人口占比", "60岁及以上人口占比", "60岁以上比例",
    "60岁及以上比例", "老年人口占比", "老年人占比", "老龄化率", "age60",
)  # fmt: skip

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def shares(raw: pd.Series, at: str, numbers: Ints | None = None) -> tuple[Floats, list[Fault]]:
    """Read shares written as ``0.32`` or ``32%`` and name every row that is neither.

    An empty text is not known: NaN. ``at`` names the file and the column, ``numbers`` are the row
    numbers of the source. A bare number above 1 is refused: it may be a count as well.
    """
    text = raw.str.strip().str.replace("％", "%")
    percent = text.str.endswith("%").to_numpy(bool)
    value = pd.to_numeric(text.str.rstrip("%"), errors="coerce").to_numpy(float).copy()
    value[percent] /= 100.0
    given = (text != "").to_numpy(bool)
    # NaN fails the comparison, so words and “nan” are told as well.
    odd = given & ~((value >= 0) & (value <= 1))
    faults = frames.row_faults(
        at, odd, lambda row: raw.iloc[row], "give a share from 0 to 1, or with a % sign", numbers
    )
    return np.where(given, value, np.nan), faults


def of_demand(places: Places, people: Floats, where: str) -> tuple[Floats, list[Fault]]:
    """Return how many people of every row of the demand are 60 or older, NaN unknown, and faults.

    ``people`` are those of the row; more old people than people are a fault.
    """
    aged = np.full(len(people), np.nan)
    faults: list[Fault] = []
    if "aged_60_share" in places.found:
        at = f"{where}: column {places.found['aged_60_share']}"
        share, told = shares(places.column("aged_60_share"), at, places.numbers)
        faults += told
        aged = share * people
    if "aged_60" in places.found:
        at = f"{where}: column {places.found['aged_60']}"
        raw = places.column("aged_60")
        count = pd.to_numeric(raw.str.replace(",", ""), errors="coerce").to_numpy(float)
        given = (raw != "").to_numpy(bool)
        odd = given & ~((count >= 0) & (count <= np.where(np.isfinite(people), people, np.inf)))
        faults += frames.row_faults(
            at,
            odd,
            lambda row: f"{raw.iloc[row]} of {people[row]:g} people",
            "give a number from 0 to the people of the row, or nothing when it is not known",
            places.numbers,
        )
        aged = np.where(given, count, aged)
    return aged, faults


def spread(aged: Floats, people: Floats, source: Ints) -> Floats:
    """Share out the old people of every source over its places by their people.

    ``aged`` is per source (NaN unknown), ``people`` and ``source`` per place. Every source keeps
    its count as a multiple of the quantum, and no place has more old people than people.
    """
    out = np.full(len(people), np.nan)
    known = np.flatnonzero(~np.isnan(aged))
    row = np.full(len(aged), -1)
    row[known] = np.arange(len(known))
    mine = np.flatnonzero(row[source] >= 0)
    owner = row[source[mine]]
    room = np.bincount(owner, people[mine], minlength=len(known)) / PEOPLE_QUANTUM
    # Two columns of fractions are rounded each for itself; all the same nobody is older than all.
    quanta = np.minimum(whole_quanta(aged[known]), np.rint(room).astype(np.int64))
    out[mine] = apportion(quanta, owner, people[mine])
    return out


def filled_from_cells(units: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> Floats:
    """Return the old people of every place, where unknown by the share of its cell.

    ``units`` has ``cell``, the row of its leaf (-1 none); ``cells`` shares inherited from above.
    """
    aged = units["aged_60"].to_numpy().copy()
    share = np.append(cells["aged_60_share"].to_numpy(), np.nan)[units["cell"].to_numpy()]
    todo = np.flatnonzero(np.isnan(aged) & ~np.isnan(share))
    cell = units["cell"].to_numpy()[todo]
    people = units["people"].to_numpy()[todo]
    held, source = np.unique(cell, return_inverse=True)
    total = np.bincount(source, people, minlength=len(held))
    aged[todo] = spread(total * cells["aged_60_share"].to_numpy()[held], people, source)
    return aged
