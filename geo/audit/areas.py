"""Find the areas that a rule is judged in: cells of one level, or the city as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import grid
from geo.audit.measures import Extent
from geo.city import CityData
from geo.requirements.rules import CITY, LOWEST, TOP

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


class Areas(NamedTuple):
    """Hold where a rule is judged: rows of the cells, or ``None`` for the city as one area."""

    level: str
    rows: Longs | None

    def take(self, data: CityData, extent: Extent) -> Floats:
        """Return the amounts of these areas."""
        if self.rows is None:
            return np.array([extent.city])
        leaf = data.ground["row"].to_numpy()
        return np.asarray(grid.roll_up(data.cells, leaf, extent.leaves)[self.rows])

    def holder(self, data: CityData) -> Longs:
        """Return, for every leaf, the position of the area that holds it, -1 for none."""
        leaf = data.ground["row"].to_numpy()
        if self.rows is None:
            return np.zeros(len(leaf), np.int64)
        position = np.full(len(data.cells) + 1, -1, np.int64)  # the last slot stands for -1
        position[self.rows] = np.arange(len(self.rows))
        lines = np.stack([position[generation[leaf]] for generation in grid.ancestry(data.cells)])
        return np.asarray(lines.max(axis=0))

    def frame(self, data: CityData) -> pd.DataFrame:
        """Return code, name and level of these areas."""
        if self.rows is None:
            city = data.city
            return pd.DataFrame({"code": [city.slug], "name": [city.name], "level": [CITY]})
        cells = data.cells.iloc[self.rows]
        names = {level.level: level.name for level in data.city.levels}
        frame = pd.DataFrame({"code": cells["code"], "name": cells["name"]})
        return frame.assign(level=cells["level"].map(names)).reset_index(drop=True)


def areas_of(data: CityData, wanted: Sequence[str]) -> Areas | None:
    """Return the areas of the first level that the city has, ``None`` when it has none.

    A level is called by its name or by its Chinese or English title.
    """
    levels = data.city.levels
    by_name = {
        name: level.level
        for level in levels
        for name in (level.title_en, level.title_zh, level.name)
    }
    name_of = {level.level: level.name for level in levels}
    for name in wanted:
        if name == CITY:
            return Areas(CITY, None)
        if name == LOWEST:
            # Leaves of all depths: a branch may end above the deepest level.
            leaf = data.ground["row"].to_numpy().astype(np.int64)
            return Areas(name_of[max(name_of)], leaf)
        number = min(name_of) if name == TOP else by_name.get(name)
        if number is not None:
            rows = np.flatnonzero((data.cells["level"] == number).to_numpy())
            return Areas(name_of[number], rows)
    return None
