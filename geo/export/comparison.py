"""Turn a comparison of two studies into a table: one row a cell, after minus before.

The public edition is the difference of the two tables that the public may read anyway
(:func:`geo.disclosure.public_cells`): whoever holds both can compute it, so it tells nothing more.
What neither of them tells, as who is gained and lost or the median of a few people, it leaves out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo import disclosure
from geo.disclosure import Edition
from geo.export.about import EDITION_WORDS
from geo.export.columns import rounded
from geo.scenario.compare import Difference
from geo.study import Study, headline

#: Figures of a difference by kind; those of people are of ground where nobody is known.
_COUNTED = ("total", "before_covered", "after_covered", "difference")
_SHARES = ("share_before", "share_after", "share_difference")
_TIMES = ("median_s_before", "median_s_after", "median_s_difference")
#: Figures of the whole city that the public may read.
_TOTALS = ("stations", "covered", "share", "share_of_judged")


def differences(found: Difference, edition: Edition = "internal") -> pd.DataFrame:
    """Return the cells of a comparison with their names, rounded as every export is.

    The difference of two studies that change places is the same table with the other sign. The
    last column says in every row of which ``edition`` it is.
    """
    cells = found.before.data.cells
    out = found.cells.copy() if edition == "internal" else _public_cells(found)
    out.insert(1, "name", cells["name"].to_numpy())
    counted = "m2" if found.measure == "ground_m2" else "people"
    for names, kind in ((_COUNTED, counted), (_SHARES, "share"), (_TIMES, "s")):
        for name in out.columns.intersection(names):
            out[name] = rounded(out[name], kind)
    return out.assign(edition=EDITION_WORDS[edition])


def comparison(found: Difference, edition: Edition = "internal") -> dict[str, Any]:
    """Return a comparison as plain values; in the public edition null for what is withheld."""
    told = found.to_json() | {"edition": edition}
    if edition == "internal" or found.measure == "ground_m2":
        return told
    cells = _public_cells(found)
    sides = [_public_figures(study) for study in (found.before, found.after)]
    before, after = sides
    totals = {
        "before": before,
        "after": after,
        "difference": {name: _minus(after[name], before[name]) for name in before},
        "gained": None,
        "lost": None,
    }
    lists = {
        name: column.astype(object).where(column.notna(), None).tolist()
        for name, column in cells.items()
    }
    return told | {"totals": totals, "moved": None, "cells": lists}


def _public_cells(found: Difference) -> pd.DataFrame:
    """Return the difference of what the public may read of both studies, cell by cell."""
    out = found.cells.copy()
    if found.measure == "ground_m2":  # of ground nothing is withheld
        return out.assign(suppressed_before="", suppressed_after="")
    told = {
        side: disclosure.public_cells(found.before.data.cells, study.shares)
        for side, study in (("before", found.before), ("after", found.after))
    }
    out["total"] = told["before"]["people"]
    for side, cells in told.items():
        out[f"{side}_covered"], out[f"share_{side}"] = cells["covered"], cells["share"]
        out[f"class_{side}"], out[f"suppressed_{side}"] = cells["class"], cells["suppressed"]
    out["difference"] = out["after_covered"] - out["before_covered"]
    out["share_difference"] = out["share_after"] - out["share_before"]
    same = told["before"]["null_reason"] == told["after"]["null_reason"]
    out["null_reason"] = np.where(same, told["before"]["null_reason"], disclosure.REASON)
    return out.drop(columns=list(_TIMES))


def _public_figures(study: Study) -> dict[str, Any]:
    """Return the figures of a whole city that the public may read."""
    told = disclosure.public_headline(headline(study))
    facts = {"stations": told["stations"], **told["people"]}
    return {name: facts[name] for name in _TOTALS} | {"median_s": None}


def _minus(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before
