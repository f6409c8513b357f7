"""Say what changes of a city would do to who is covered, the quick way where there is one.

Where people are known and only stations change, a board counts (:mod:`geo.whatif`); for changes of
streets, and where nobody is known, two studies are compared. Both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo import gaps, scenario, study, whatif
from geo.changes import Change, StationChange
from geo.city import CityData
from geo.model import Budget, Need, TravelProfile
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
    stations = [change for change in changes if isinstance(change, StationChange)]
    if city.data.units is not None and len(stations) == len(changes):
        board = whatif.board(city.data, profile, budget, need)
        with variants.refusing():
            outcome = board.after(stations)
        facts = {"people": outcome.people, "gained": outcome.gained, "lost": outcome.lost}
        return facts | {"stations": outcome.stations, "cells": _lists(city.data, outcome.cells)}
    with variants.refusing():
        data = scenario.apply(city.data, changes)
    after = study.run(data, profile, budget, need)
    return _compared(_study(city.data, profile, budget, need), after)


def _study(data: CityData, profile: TravelProfile, budget: Budget, need: Need) -> Study:
    """Return the study before the changes, which many what-ifs share."""
    return data.keep_recent(
        ("study before", profile.name, budget, need),
        lambda: study.run(data, profile, budget, need),
    )


def _compared(before: Study, after: Study) -> dict[str, Any]:
    """Return what changes from one study of a city to another."""
    units, facts = before.data.units, study.headline(after)
    gained = lost = None
    if units is not None:
        people = units["people"].to_numpy()
        was, now = (one.unit_class == gaps.COVERED for one in (before, after))
        gained, lost = float(people[now & ~was].sum()), float(people[was & ~now].sum())
    measure = "covered_m2" if units is None else "covered"
    differs = before.shares[measure].to_numpy() != after.shares[measure].to_numpy()
    rows = np.flatnonzero(differs)
    cells = after.shares.iloc[rows]
    if units is None:
        cells = cells.drop(columns="share").rename(columns={"ground_share": "share"})
    cells = cells.assign(row=rows)
    return {
        "people": facts["people"],
        "gained": gained,
        "lost": lost,
        "stations": facts["stations"],
        "cells": _lists(after.data, cells),
    }


def _lists(data: CityData, cells: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the figures of cells as parallel lists."""
    lists = {name: cells[name].tolist() for name in _FIGURES}
    for name in ("class", "null_reason"):
        lists[name] = [value or None for value in lists[name]]
    rows = cells["row"].to_numpy()
    return {"row": rows.tolist(), "code": data.cells["code"].iloc[rows].tolist(), **lists}
