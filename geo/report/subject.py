"""Say what a brief speaks of: people where they are known, else ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo import coverage
from geo.disclosure import SMALL
from geo.report.numbers import UNKNOWN, Figure, count, figure_key, percent, square_km
from geo.report.telling import Told
from geo.report.words import Lang
from geo.study import Study


@dataclass(frozen=True, eq=False)
class Subject:
    """Hold what is spoken of, and in which language."""

    told: Told
    lang: Lang

    @property
    def study(self) -> Study:
        """Return the study itself: what it asks, and the city without its people."""
        return self.told.study

    @property
    def summary(self) -> Mapping[str, Any]:
        """Return the summary as it may be told."""
        return self.told.summary

    @property
    def by_people(self) -> bool:
        """Return whether people are known."""
        return self.study.data.units is not None

    @property
    def root(self) -> str:
        """Return the name of the part of the summary that is read."""
        return "people" if self.by_people else "area_m2"

    @property
    def whom(self) -> str:
        """Return the ending of the phrases that speak of it."""
        return "people" if self.by_people else "ground"

    @property
    def partly(self) -> bool:
        """Return whether much of the city lies beyond the street data.

        Only the part that can be judged is spoken of then, as on the pages.
        """
        total, judged = self.of("total"), self.of("judged")
        if total is None or judged is None:
            return False
        return coverage.spoken_of(total, judged) != total

    @property
    def whole(self) -> str:
        """Return the name of the figure that stands for everybody who is spoken of."""
        return "judged" if self.partly else "total"

    @property
    def part(self) -> str:
        """Return the name of the figure that is the share of them who are covered."""
        return "share_of_judged" if self.partly else "share"

    def of(self, name: str, *, ring: bool = False) -> float | None:
        """Return a figure of the summary, of the straight-line ring on demand."""
        facts = self.summary["ring"] if ring else self.summary
        value = facts[self.root][name]
        return None if value is None else float(value)

    def key(self, name: str, *, ring: bool = False) -> str:
        """Return where that figure stands in the export."""
        return figure_key(f"{'ring.' if ring else ''}{self.root}.{name}")

    def amount(self, value: float | None, key: str, mark: str = "") -> Figure:
        """Return a number of people, or of m² told in km²; ``mark`` says why it is withheld."""
        if value is None or np.isnan(value):
            return Figure(SMALL if mark.endswith(SMALL) else UNKNOWN, None, key)
        return Figure((count if self.by_people else square_km)(value), float(value), key)

    def share(self, name: str, *, ring: bool = False) -> Figure:
        """Return a share of the summary, in percent."""
        value = self.of(name, ring=ring)
        return share_figure(value, self.key(name, ring=ring))


def share_figure(value: float | None, key: str) -> Figure:
    """Return a share (0–1) as a figure in percent."""
    if value is None or np.isnan(value):
        return Figure(UNKNOWN, None, key)
    return Figure(percent(value), float(value), key)
