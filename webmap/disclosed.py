"""Tell the public what it may know: the answers of the analysis with small counts withheld.

Everything that the public edition says of people passes through here, by the one rule of
:mod:`geo.disclosure`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo import disclosure
from geo.answers import LiveStudy, StoredStudy
from geo.city import CityData

#: What of the facts of a place counts people, but stands in no total: see :func:`place`.
_LINK = "missing_link"


class PublicStudy:
    """Answer as the studies of :mod:`geo.answers` do, as far as the public may know."""

    def __init__(self, data: CityData, exact: StoredStudy | LiveStudy) -> None:
        self._data, self._exact = data, exact
        self._lock = threading.RLock()

    @property
    def shares(self) -> pd.DataFrame:
        """Return the columns that colour a map, with ``suppressed``."""
        with self._lock:
            return self._shares

    @cached_property
    def _shares(self) -> pd.DataFrame:
        return disclosure.public_cells(self._data.cells, self._exact.shares)

    @property
    def cells(self) -> pd.DataFrame:
        """Return the figures of every cell, with ``suppressed``."""
        with self._lock:
            return self._cells

    @cached_property
    def _cells(self) -> pd.DataFrame:
        return disclosure.public_cells(self._data.cells, self._exact.cells)

    def cell(self, row: int) -> pd.DataFrame:
        """Return the figures of one cell; whether it may be told follows from all the others."""
        told, exact = self.shares.iloc[[row]], self._exact.cell(row).copy()
        for name in ("people_judged", "ring_covered"):
            exact[name] = np.nan
        for name in told:
            exact[name] = told[name].to_numpy()
        return exact

    @property
    def headline(self) -> dict[str, Any]:
        """Return the part of the summary that needs no drawing, with ``suppressed``."""
        return disclosure.public_headline(self._exact.headline)

    @property
    def summary(self) -> dict[str, Any]:
        """Return the summary of the study, with ``suppressed``."""
        return disclosure.public_summary(self._exact.summary, self._data.cells, self.cells)

    def layer(self, name: str) -> bytes:
        """Return a drawn layer as GeoJSON text; the people of small gaps are withheld."""
        text = self._exact.layer(name)
        if name != "gaps":
            return text
        drawn = json.loads(text)
        features = drawn["features"]
        if not features:
            return text
        rows = pd.DataFrame([feature["properties"] for feature in features])
        rows["row"] = np.arange(len(rows))
        told = disclosure.public_gaps(rows, self._exact.headline["uncovered"])
        order = told.pop("row").to_numpy()
        drawn["features"] = [
            features[row] | {"properties": facts}
            for row, facts in zip(order, json.loads(told.to_json(orient="records")), strict=True)
        ]
        return json.dumps(drawn, ensure_ascii=False).encode()


def facts(city: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a city; its people are rounded as all are."""
    return {**city, "people_total": disclosure.public_count(city["people_total"])}


def bands(people: list[float | None]) -> list[dict[str, Any]]:
    """Return the people of each band of a station and their mark; bands nest.

    The rounding hides what lies between two bands.
    """
    return [
        {
            "people": disclosure.public_count(count),
            "suppressed": disclosure.SMALL if count and disclosure.is_small(count) else None,
        }
        for count in people
    ]


def place(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a place; whom a missing link would help is rounded."""
    link = told["place"].get(_LINK)
    if link is None:
        return dict(told)
    link = {**link, "people": disclosure.public_count(link["people"]), "places": None}
    return {**told, "place": {**told["place"], _LINK: link}}
