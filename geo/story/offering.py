"""Offer the figures that a view has to whoever writes its words: each with what it says now."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from geo.report import words
from geo.report.numbers import UNKNOWN
from geo.report.words import Lang
from geo.story.figures import Facts
from geo.story.showing import Shown
from geo.story.views import COMPARED, FIGURES


@dataclass(frozen=True)
class Offered:
    """Hold a figure to choose: its name in braces, what it is and in which unit, and its text."""

    name: str
    caption: str
    text: str


def offered(
    shown: Shown, lang: Lang, landmarks: gpd.GeoDataFrame | None = None
) -> tuple[Offered, ...]:
    """Return the figures that a view may show or quote, those that nobody knows left out.

    Where there is nothing to compare with, those that compare are left out, too.
    """
    facts, out = Facts(shown, lang, landmarks), []
    for name in FIGURES:
        if name in COMPARED and shown.before is None:
            continue
        figure = facts.figure(name)
        if figure.text != UNKNOWN:
            out.append(Offered(name, words.title(FIGURES, name, lang), figure.text))
    return tuple(out)
