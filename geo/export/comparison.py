"""Turn a comparison of two studies into a table: one row a cell, after minus before."""

from __future__ import annotations

import pandas as pd

from geo.export.columns import rounded
from geo.scenario.compare import Difference

#: Figures of a difference by kind; those of people are of ground where nobody is known.
_COUNTED = ("total", "before_covered", "after_covered", "difference")
_SHARES = ("share_before", "share_after", "share_difference")
_TIMES = ("median_s_before", "median_s_after", "median_s_difference")


def differences(found: Difference) -> pd.DataFrame:
    """Return the cells of a comparison with their names, rounded as every export is.

    The difference of two studies that change places is the same table with the other sign.
    """
    cells = found.before.data.cells
    out = found.cells.copy()
    out.insert(1, "name", cells["name"].to_numpy())
    counted = "m2" if found.measure == "ground_m2" else "people"
    for names, kind in ((_COUNTED, counted), (_SHARES, "share"), (_TIMES, "s")):
        for name in names:
            out[name] = rounded(out[name], kind)
    return out
