"""Answer all questions of a story in advance, for a page that has nobody to ask.

What is said here is what the API says (``/coverage/cells``, ``/layers``, ``/stations``, ``/week``):
the page's scripts do not know whom they asked. Large answers are packed, equal ones kept once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from geo import disclosure, study, week
from geo.answers import DRAWN
from geo.city import CityData
from geo.disclosure import Edition
from geo.handout.making import Handout
from geo.progress import Progress
from geo.report.telling import Told
from geo.scenario import changes as kinds
from geo.story import Asked, Shown
from geo.story.views import workday
from geo.study import Study
from webmap import geojson
from webmap import told as rows
from webmap.maps import carried

#: Of larger cities a day is only a curve: its hours would weigh more than all the rest.
MOST_HOURLY_CELLS = 20_000
#: What takes its time.
_QUESTIONS, _HOURS = "整理各页数据", "整理一天的数据"

_BY_PEOPLE = ("share", "class", "people", "covered", "reason", "null_reason")
_BY_GROUND = (*_BY_PEOPLE, "ground_share", "ground_m2", "covered_m2")
#: Changes of the scenarios that views name, as plain values.
Changes = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class Kept:
    """Collect what is packed in a page, by its id; equal values are kept once."""

    texts: dict[str, bytes] = field(default_factory=dict)
    _ids: dict[bytes, str] = field(default_factory=dict)

    def put(self, key: str, value: Any) -> str:
        """Keep a value, and return the id under which it, or an equal one, is kept."""
        text = geojson.encode(value)
        mark = hashlib.sha256(text).digest()
        if mark not in self._ids:
            self._ids[mark] = key
            self.texts[key] = text
        return self._ids[mark]

    def add(self, kind: str, value: Any) -> str:
        """Keep a value under an id of its own that begins with its kind."""
        return self.put(f"{kind}-{len(self.texts)}", value)


@dataclass(frozen=True, eq=False)
class _Question:
    """Hold a question and what may be told of it; ``told`` knows the city that was asked."""

    asked: Asked
    told: Told

    @property
    def city(self) -> CityData:
        """Return the city of the question: as it is, or after the changes of a scenario."""
        return self.told.study.data

    @property
    def name(self) -> str:
        """Return what the page calls the question."""
        said = rows.words(self.asked, self.city)
        return "|".join(said.get(word, "") for word in rows.WORDS)


def of_story(made: Handout, changes: Changes, kept: Kept, progress: Progress) -> dict[str, Any]:
    """Return what a page holds of a story: its views, and where the data of each question is."""
    city = made.today
    day = workday(city)
    questions = _questions(made)
    answers: dict[str, Any] = {}
    for done, (name, question) in enumerate(questions.items()):
        progress(_QUESTIONS, done, len(questions))
        answers[name] = _answer(question, kept)
    progress(_QUESTIONS, len(questions), len(questions))
    days = _days(made)
    weeks = {name: _week(question, day) for name, question in days.items()}
    hourly = [*days.values()] if _is_hourly(city) else []
    for done, question in enumerate(hourly):
        for at in _hours(day):
            progress(_HOURS, 24 * done + at.hour, 24 * len(hourly))
            hour = replace(question.asked, at=at.isoformat(timespec="minutes"))
            name = _Question(hour, question.told).name
            if name not in answers:
                answers[name] = _answer_at(question, at, kept)
    progress(_HOURS, 24 * len(hourly), 24 * len(hourly))
    return {
        "story": _story(made, city, day, changes),
        "questions": answers,
        "weeks": weeks,
        "columns": [*_BY_GROUND, *(["suppressed"] if made.edition == "public" else [])],
        "cells": kept.add("cells", carried.cell_columns(city, None, carried.CELL_NAMES)),
        "stations": {
            question.asked.scenario or "": kept.add("stations", carried.stations(question.city))
            for question in questions.values()
        },
    }


def _story(made: Handout, city: CityData, day: date, changes: Changes) -> dict[str, Any]:
    """Return the story as the API tells it."""
    views = [
        rows.row(shown.view, told.to_json(), city, changes=_changes(shown, changes))
        for shown, told in made.views
    ]
    return {"name": made.name, "lang": made.lang, "day": day.isoformat(), "views": views}


def _changes(shown: Shown, changes: Changes) -> Sequence[Mapping[str, Any]] | None:
    """Return what the scenario of a view changes, ``None`` where it asks for none."""
    if shown.proposal is not None:
        return [kinds.plain(change) for change in shown.proposal.changes]
    return changes.get(shown.view.asked.scenario or "")


def _questions(made: Handout) -> dict[str, _Question]:
    """Return every question of the story, each once, by its name."""
    sides = [
        (asked, told)
        for shown, _ in made.views
        for asked, told in (
            (shown.view.asked, shown.after),
            (shown.view.against, shown.before),
        )
        if asked is not None and told is not None
    ]
    return {question.name: question for question in (_Question(*side) for side in sides)}


def _days(made: Handout) -> dict[str, _Question]:
    """Return the questions of which a day may be played, each once, without their hour."""
    each = (_Question(replace(shown.view.asked, at=None), shown.after) for shown, _ in made.views)
    return {question.name: question for question in each}


def _answer(question: _Question, kept: Kept) -> dict[str, Any]:
    """Return where the data of a question is."""
    told, found = question.told, question.told.study
    # Only the public is told why a count is withheld.
    gaps = told.gaps if told.edition == "public" else told.gaps.drop(columns="suppressed")
    frames = {"circles": found.circles, "ring": found.ring, "gaps": gaps}
    return {
        "city": _headline(told),
        "cells": kept.add("figures", _columns(question.city, told.cells, told.edition)),
        "serving": _serving(found, kept),
        **{name: kept.add(name, carried.drawn(found, frames[name])) for name in DRAWN},
    }


def _answer_at(question: _Question, at: datetime, kept: Kept) -> dict[str, Any]:
    """Return where the data of a question at another instant is: its cells, nothing drawn."""
    asked, data, edition = question.told.study, question.city, question.told.edition
    need = replace(asked.need, at=at)
    found = study.run(data, asked.profile, asked.budget, need)
    cells, headline = found.shares, study.headline(found)
    if edition == "public":
        cells = disclosure.public_cells(data.cells, cells)
        headline = disclosure.public_headline(headline)
    return {
        "city": headline,
        "cells": kept.add("figures", _columns(data, cells, edition)),
        "serving": _serving(found, kept),
    }


def _serving(found: Study, kept: Kept) -> str | None:
    """Return where the ids of the stations that serve are, ``None`` where all that are open do."""
    ids = carried.serving(found)
    return None if ids is None else kept.add("serving", ids)


def _headline(told: Told) -> dict[str, Any]:
    """Return the part of a summary that the API tells with the cells."""
    summary = told.summary
    lost = {name: row["people"] for name, row in summary["uncovered"].items()}
    marks = {"suppressed": summary["suppressed"]} if "suppressed" in summary else {}
    kept = {name: summary[name] for name in ("stations", "need", "people")}
    return kept | {"uncovered": lost} | marks


def _columns(data: CityData, figures: pd.DataFrame, edition: Edition) -> dict[str, list[Any]]:
    """Return the figures of all cells of all levels; what is left out is null everywhere."""
    names = _BY_GROUND if data.units is None else _BY_PEOPLE
    marks = ("suppressed",) if edition == "public" else ()
    return carried.cell_columns(data, figures, (*names, *marks))


def _is_hourly(city: CityData) -> bool:
    """Return whether the hours of a day are worth their weight: by ground each is to be drawn."""
    return city.units is not None and len(city.cells) <= MOST_HOURLY_CELLS


def _hours(day: date) -> list[datetime]:
    midnight = datetime.combine(day, time())
    return [midnight + timedelta(hours=hour) for hour in range(24)]


def _week(question: _Question, day: date) -> dict[str, Any]:
    """Return the curve of the week of a day."""
    asked = question.told.study
    services, start = asked.need.services, week.monday_of(day)
    curve = week.week(question.city, asked.profile, asked.budget, services, start=start).to_json()
    return disclosure.public_hours(curve) if question.told.edition == "public" else curve
