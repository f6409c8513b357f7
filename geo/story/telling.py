"""Say what a view shows, in one language: headline, two or three numbers, one sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd

from geo.errors import OptionError
from geo.model import SERVICES
from geo.report import content, words
from geo.report.numbers import UNKNOWN, Figure, Line, count, filled, less, text_of
from geo.report.words import LANGS, Lang
from geo.story import sentences
from geo.story.figures import Facts
from geo.story.rounding import digits, sides
from geo.story.showing import Shown
from geo.story.views import LAYERS, pieces
from geo.story.words import WORDS, half

Tone = Literal["figure", "circle", "gap", "ink"]

#: What is told in which way: shares, numbers of things, measures with their unit; the rest are
#: people, or ground.
_SHARES = ("share", "ring", "before")
_COUNTS = ("stations", "gaps", "added")
_MEASURES = {"median": "minutes_unit", "minutes": "minutes_unit", "metres": "metres_unit"}
#: The colour of a number says what it is: covered, drawn or missed; whatever else is ink.
_TONES: dict[Tone, tuple[str, ...]] = {
    "figure": ("share", "covered", "gained"),
    "circle": ("ring", "stations", "added", "metres", "minutes"),
    "gap": (
        "uncovered", "severed", "detour", "closed", "unknown", "gap1", "gap2", "gap3", "gaps",
        "lost",
    ),
}  # fmt: skip
_LEGENDS = {
    "cells": "ramp",
    "gaps": "gaps",
    "circles": "circles",
    "ring": "ring",
    "stations": "tiers",
}


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
    if lang not in LANGS:
        raise OptionError(f"there is no story in {lang!r}; choose of {', '.join(LANGS)}")
    facts = Facts(shown, lang, landmarks)
    view, own = shown.view, sentences.own(facts)
    numbers = [number(facts, name) for name in view.figures or own.figures]
    if not view.figures:
        numbers = [each for each in numbers if each.figure.text != UNKNOWN]
    return ToldView(
        lang=lang,
        kicker=_kicker(facts),
        title=text_of(_filled(facts, view.title)) if view.title else own.title,
        numbers=tuple(numbers),
        sentence=_filled(facts, view.sentence) if view.sentence else own.sentence,
        question=text_of(content.question(facts.after)),
        sides=sides(facts),
        legend=tuple(_LEGENDS[layer] for layer in LAYERS if layer in view.layers),
        by_people=facts.after.by_people,
        marks=_marks(facts),
        source=_source(facts),
        notes=_notes(facts),
    )


def _filled(facts: Facts, text: str) -> Line:
    """Return a text that somebody wrote, with the figures that it names."""
    parts: list[str | Figure] = []
    for plain, name in pieces(text):
        parts += [plain] if name is None else [plain, facts.figure(name)]
    return tuple(part for part in parts if part != "")


def number(facts: Facts, name: str) -> Number:
    """Return a figure as it stands big on the screen, with its unit, caption and exact value."""
    figure, lang = facts.figure(name), facts.lang
    value, unit, exact = figure.value, "", figure.text
    if value is None:
        pass
    elif name in _SHARES:
        unit, exact = "%", f"{value * 100:.4f} %"
    elif name in _COUNTS:
        exact = f"{figure.text} {caption(facts, name)}"
    elif name in _MEASURES:
        unit = facts.say(_MEASURES[name])
        exact = f"{figure.text} {unit}" if name != "median" else _seconds(facts, value)
    elif facts.after.by_people:
        text, unit = digits(value, lang)
        exact = f"{_whole(value)} {facts.say('persons')}"
        figure = replace(figure, text=text)
    else:
        unit, exact = "km²", f"{value:,.0f} m²"
    return Number(name, figure, unit, caption(facts, name), _tone(name), exact)


def _tone(name: str) -> Tone:
    for tone, names in _TONES.items():
        if name in names:
            return tone
    return "ink"


def _seconds(facts: Facts, value: float) -> str:
    return f"{value:,.0f} {facts.say('seconds_unit')}"


def _whole(people: float) -> str:
    """Return a number of people in full; estimates have parts of persons."""
    return count(people) if people == round(people) else f"{people:,.1f}"


def caption(facts: Facts, name: str) -> str:
    """Return what stands under a big number."""
    beside = sides(facts)
    if beside is not None and name in ("before", "share"):
        return beside[name == "share"]
    match name:
        case "share" | "before":
            return facts.say("along")
        case "ring":
            return facts.say("straight", metres=facts.figure("metres").text)
        case "gap1" | "gap2" | "gap3":
            return _gap(facts, int(name[-1]))
        case "stations" if not facts.after.study.need.plain:
            return facts.say("stations_serving")
        case "stations" | "added" | "gaps" if facts.value(name) == 1:
            return facts.say(f"{name}_one")
    return facts.say(name if name in WORDS else f"{name}_{facts.whom}")


def _gap(facts: Facts, number: int) -> str:
    sign = "①②③"[number - 1]
    if number > len(facts.gaps):
        return sign
    gap = facts.gaps[number - 1]
    kind = "gap" if facts.is_named(gap) else "gap_nameless"
    return facts.say(kind, sign=sign, place=gap.place, cause=gap.cause)


def _kicker(facts: Facts) -> str:
    """Return the words above the headline: the topic, and what it asks besides the way."""
    topic, need = facts.shown.view.topic, facts.after.study.need
    parts = [facts.say(f"kicker_{topic}")]
    if need.at is not None:
        parts.append(f"{need.at:%H:%M}")
    if need.services:
        titles = (words.title(SERVICES, key, facts.lang).lower() for key in need.services)
        parts.append(facts.say("comma").join(titles))
    return " · ".join(filter(None, parts))


def _marks(facts: Facts) -> tuple[str, ...]:
    """Return what must stand on every copy: example data, and which edition it is."""
    names = ["synthetic"] if facts.after.study.data.city.synthetic else []
    return tuple(words.say(key, facts.lang) for key in (*names, facts.after.told.edition))


def _source(facts: Facts) -> str:
    """Return date, attribution and speed in one line."""
    study, lang = facts.after.study, facts.lang
    city, day = study.data.city, study.data.city.data_date
    speed = facts.say(
        "speed", how=words.say(study.profile.name, lang), speed=f"{study.profile.speed_mps:.3g}"
    )
    date = words.say("data_date", lang, day=day) if day else words.say("no_date", lang)
    return " · ".join([date, half(city.attribution, lang), speed])


def _notes(facts: Facts) -> tuple[Line, ...]:
    """Return how it was counted, what is left out and what is not known."""
    subject, asked = facts.after, facts.shown.view.asked
    out: list[Line] = [content.method(subject)]
    total, judged = subject.of("total"), subject.of("judged")
    if subject.partly and total is not None and judged is not None:
        beyond = subject.amount(total - judged, less(subject.key("total"), subject.key("judged")))
        phrase = words.of(words.WORDS[f"beyond_{subject.whom}"], facts.lang)
        out.append(filled(phrase, {"beyond": beyond}))
    if facts.at is not None:
        if asked.at is not None and "T" not in asked.at:
            day, dated = f"{facts.at:%Y-%m-%d}", subject.study.data.city.data_date
            out.append((facts.say("day" if dated else "some_day", hour=asked.at, day=day),))
        if not subject.summary["need"]["holidays_known"]:
            out.append((facts.say("holidays_unknown"),))
    if facts.shown.proposal is not None and not facts.shown.reason:
        out.append((facts.say("proposal_note"),))
    return tuple(out)
