"""Say what changes of a city would do to who is covered, the quick way where there is one.

Where people are known boards count (:mod:`geo.scenario.whatif`); where nobody is, two studies are
compared. Both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo import scenario, study
from geo.city import CityData
from geo.model import Budget, Need, TravelProfile
from geo.scenario import whatif
from geo.scenario.changes import Change
from geo.study import Study
from webmap import variants
from webmap.catalog import LoadedCity

_FIGURES = ("people", "covered", "share", "class", "null_reason")


def told(
    city: LoadedCity,
    profile: TravelProfile,
    budget: Budget,
    need: Need,
    changes: Sequence[Change],
) -> dict[str, Any]:
    """Return the people after the changes, who is gained and lost by them, and the changed cells.

    Raises :class:`~webmap.variants.ChangesRefused` with all that cannot be done.
    """
    if city.data.units is not None:
        with variants.refusing():
            outcome = whatif.outcome(city.data, profile, budget, need, changes)
        facts = {"people": outcome.people, "gained": outcome.gained, "lost": outcome.lost}
        return facts | {"stations": outcome.stations, "cells": _lists(city.data, outcome.cells)}
    with variants.refusing():
        data = scenario.apply(city.data, changes)
    after = study.run(data, profile, budget, need)
    return _by_ground(study.kept(city.data, profile, budget, need), after)


def _by_ground(before: Study, after: Study) -> dict[str, Any]:
    """Return what changes from one study of a city in which nobody is known to another."""
    facts = study.headline(after)
    was, now = (one.shares["covered_m2"].to_numpy() for one in (before, after))
    rows = np.flatnonzero(was != now)
    cells = after.shares.iloc[rows].drop(columns="share").rename(columns={"ground_share": "share"})
    return {
        "people": facts["people"],
        "gained": None,
        "lost": None,
        "stations": facts["stations"],
        "cells": _lists(after.data, cells.assign(row=rows)),
    }


def _lists(data: CityData, cells: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the figures of cells as parallel lists."""
    lists = {name: cells[name].tolist() for name in _FIGURES}
    for name in ("class", "null_reason"):
        lists[name] = [value or None for value in lists[name]]
    rows = cells["row"].to_numpy()
    return {"row": rows.tolist(), "code": data.cells["code"].iloc[rows].tolist(), **lists}
