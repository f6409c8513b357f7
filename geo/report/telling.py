"""Say of a study what an edition may say: all of it exactly, or what the public may read.

For the public every count of people passes :mod:`geo.disclosure`; no other part of a brief reads
people from the study itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo import disclosure
from geo.disclosure import EDITIONS, Edition
from geo.errors import OptionError
from geo.study import Study


@dataclass(frozen=True, eq=False)
class Told:
    """Hold a study with its summary, the figures of its cells and its gaps, as they may be told.

    ``cells`` and ``gaps`` carry the column ``suppressed``: why a count is withheld, "" = it is not.
    """

    study: Study
    edition: Edition
    summary: Mapping[str, Any]
    cells: pd.DataFrame
    gaps: gpd.GeoDataFrame

    @property
    def suppressed(self) -> Mapping[str, str]:
        """Return why figures of the summary are withheld, by their names."""
        marks: Mapping[str, str] = self.summary.get("suppressed", {})
        return marks


def told(study: Study, summary: Mapping[str, Any], edition: Edition = "internal") -> Told:
    """Return what an edition may tell of a study; ``summary`` is its JSON with its provenance."""
    if edition not in EDITIONS:
        raise OptionError(f"there is no edition {edition!r}; choose of {', '.join(EDITIONS)}")
    cells = study.cells.assign(uncovered=study.cells["people"] - study.cells["covered"])
    if edition == "internal":
        gaps = study.gaps.assign(suppressed="")
        return Told(study, edition, summary, cells.assign(suppressed=""), gaps)
    cells = disclosure.public_cells(study.data.cells, cells)
    lost = {name: row["people"] for name, row in summary["uncovered"].items()}
    return Told(
        study,
        edition,
        disclosure.public_summary(summary, study.data.cells, cells),
        cells,
        disclosure.public_gaps(study.gaps, lost),
    )
