"""Say what a view shows, in one language: headline, two or three numbers, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd

from geo.report.numbers import Figure, Line, text_of
from geo.report.words import Lang
from geo.story.showing import Shown

Tone = Literal["figure", "circle", "gap", "ink"]


@dataclass(frozen=True)
class Number:
    """Hold one big number.

    ``figure`` has the digits as they are printed, rounded for the screen, the value and its key in
    the export; ``unit`` stands small behind it, ``caption`` below; ``exact`` is the number in full
    with its unit, on demand. ``name`` is that of :data:`geo.story.views.FIGURES`.
    """

    name: str
    figure: Figure
    unit: str
    caption: str
    tone: Tone
    exact: str


@dataclass(frozen=True)
class ToldView:
    """Hold all that a view says, in one language.

    ``sides`` are the words beside the divider, (before, after), ``None`` without one. ``legend``
    names what the map needs explained: ``ramp, gaps, circles, ring, tiers``. ``notes`` say how it
    was counted, and what is not known.
    """

    lang: Lang
    kicker: str
    title: str
    numbers: tuple[Number, ...]
    sentence: Line
    question: str
    sides: tuple[str, str] | None
    legend: tuple[str, ...]
    by_people: bool
    marks: tuple[str, ...]
    source: str
    notes: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; a sentence as a list of texts and figures."""
        return {
            "lang": self.lang,
            "kicker": self.kicker,
            "title": self.title,
            "numbers": [
                {
                    "name": number.name,
                    **_figure(number.figure),
                    "unit": number.unit,
                    "caption": number.caption,
                    "tone": number.tone,
                    "exact": number.exact,
                }
                for number in self.numbers
            ],
            "sentence": _line(self.sentence),
            "sentence_text": text_of(self.sentence),
            "question": self.question,
            "sides": None if self.sides is None else list(self.sides),
            "legend": list(self.legend),
            "by_people": self.by_people,
            "marks": list(self.marks),
            "source": self.source,
            "notes": [_line(note) for note in self.notes],
        }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"text": figure.text, "value": figure.value, "key": figure.key}


def _line(line: Line) -> list[Any]:
    return [part if isinstance(part, str) else _figure(part) for part in line]


def told(shown: Shown, lang: Lang, landmarks: gpd.GeoDataFrame | None = None) -> ToldView:
    """Return what a view says.

    ``landmarks`` (metric CRS) name gaps where cells have no names of their own.
    """
    raise NotImplementedError
