"""Give every figure that a view may show or quote, with its place in the planner's export.

Figures are of people, or of ground where nobody is known. Those that compare are of the view's
question against the other one (*before*, whose keys begin with ``today:``). A figure that nobody
knows, or that an edition withholds, has no value and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import geopandas as gpd

from geo.disclosure import SMALL
from geo.report import rows, words
from geo.report.numbers import (
    UNKNOWN,
    Figure,
    count,
    count_key,
    figure_key,
    key_of,
    less,
    today,
)
from geo.report.rows import Gap
from geo.report.subject import Subject, share_figure
from geo.report.words import Lang
from geo.story.showing import Shown
from geo.story.words import CAN, CANNOT, REACH, WALKED, say

#: Which class of uncovered places a figure counts.
CLASSES = {
    "severed": "severed",
    "detour": "detour",
    "closed": "closed",
    "unknown": "unknown_hours",
}


@dataclass(frozen=True, eq=False)
class Facts:
    """Hold a view and the language in which it is told; answer with figures and words."""

    shown: Shown
    lang: Lang
    landmarks: gpd.GeoDataFrame | None = None

    @cached_property
    def after(self) -> Subject:
        """Return what is spoken of: the view's own question."""
        return Subject(self.shown.after, self.lang)

    @cached_property
    def before(self) -> Subject | None:
        """Return the same of the other side of the divider."""
        return None if self.shown.before is None else Subject(self.shown.before, self.lang)

    @property
    def whom(self) -> str:
        """Return the ending of phrases that speak of people, or of ground."""
        return self.after.whom

    @property
    def at(self) -> datetime | None:
        """Return the instant that is asked."""
        return self.after.study.need.at

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the worst gaps, with their places and causes in words."""
        return rows.worst_gaps(self.after, self.landmarks)

    def is_named(self, gap: Gap) -> bool:
        """Return whether the place of a gap has a name."""
        return gap.place != words.say("nameless", self.lang, rank=gap.number)

    def say(self, key: str, **facts: object) -> str:
        """Return a phrase; the words for going and for time are put in."""
        return say(key, self.lang, **(self.going | facts))

    @cached_property
    def going(self) -> dict[str, str]:
        """Return the words that most phrases use: how people get there, and in what time."""
        profile, budget = self.after.study.profile.name, self.after.study.budget
        if budget.minutes is None:
            time = say("n_metres", self.lang, n=count(self.after.summary["radius_m"]))
        else:
            time = say("n_minutes", self.lang, n=f"{budget.minutes:g}")
        verbs = {"can": CAN, "cannot": CANNOT, "reach": REACH, "walked": WALKED}
        return {name: words.title(table, profile, self.lang) for name, table in verbs.items()} | {
            "time": time
        }

    def figure(self, name: str) -> Figure:
        """Return a figure of :data:`geo.story.views.FIGURES` as a sentence prints it."""
        if name in CLASSES:
            return self._of_class(CLASSES[name])
        if name in ("gap1", "gap2", "gap3"):
            number = int(name[-1])
            nothing = Figure(UNKNOWN, None, "")
            return self.gaps[number - 1].figure if number <= len(self.gaps) else nothing
        return _MAKERS[name](self)

    def value(self, name: str) -> float | None:
        """Return the value of a figure."""
        return self.figure(name).value

    def has(self, name: str) -> bool:
        """Return whether a figure is worth a word: more than nothing, or few that are withheld."""
        figure = self.figure(name)
        return bool(figure.value) or figure.text == SMALL

    def _of_class(self, name: str) -> Figure:
        """Return how many people, or how much ground, is of a class."""
        subject = self.after
        value, marks = subject.summary["uncovered"][name][subject.root], subject.told.suppressed
        mark = marks.get(name, "") if subject.by_people else ""
        return subject.amount(value, key_of("uncovered", name, subject.root), mark)

    def tier(self, name: str) -> Figure:
        """Return how many stations of a tier serve."""
        study = self.after.study
        tiers = study.data.stations["tier"].iloc[study.stations]
        number = int((tiers == name).sum())
        return Figure(count(number), float(number), count_key("stations", tier=name, serves=True))


def _amount(facts: Facts, name: str) -> Figure:
    subject = facts.after
    mark = subject.told.suppressed.get(name, "")
    return subject.amount(subject.of(name), subject.key(name), mark)


def _uncovered(facts: Facts) -> Figure:
    subject = facts.after
    whole, covered = subject.of(subject.whole), subject.of("covered")
    left = None if whole is None or covered is None else max(0.0, whole - covered)
    return subject.amount(left, less(subject.key(subject.whole), subject.key("covered")))


def _stations(facts: Facts) -> Figure:
    number = facts.after.summary["stations"]
    return Figure(count(number), float(number), figure_key("stations"))


def _median(facts: Facts) -> Figure:
    median_s = facts.after.summary["median_s"]
    text = UNKNOWN if median_s is None else f"{median_s / 60:.1f}"
    return Figure(text, median_s, figure_key("median_s"))


def _minutes(facts: Facts) -> Figure:
    minutes = facts.after.summary["minutes"]
    text = UNKNOWN if minutes is None else f"{minutes:g}"
    return Figure(text, minutes, figure_key("minutes"))


def _metres(facts: Facts) -> Figure:
    metres = facts.after.summary["radius_m"]
    return Figure(count(metres), metres, figure_key("radius_m"))


def _gaps(facts: Facts) -> Figure:
    number = len(facts.shown.after.gaps)
    return Figure(count(number), float(number), count_key("gaps"))


def _share_before(facts: Facts) -> Figure:
    part = facts.after.part
    value = None if facts.before is None else facts.before.of(part)
    return share_figure(value, today(facts.after.key(part)))


def _difference(sign: int, facts: Facts) -> Figure:
    """Return how many more are covered than before, or with the other sign how many fewer."""
    key = facts.after.key("covered")
    keys = (key, today(key)) if sign > 0 else (today(key), key)
    now = facts.after.of("covered")
    then = None if facts.before is None else facts.before.of("covered")
    value = None if now is None or then is None else sign * (now - then) + 0.0
    return facts.after.amount(value, less(*keys))


def _added(facts: Facts) -> Figure:
    key = figure_key("stations")
    if facts.before is None:
        return Figure(UNKNOWN, None, key)
    number = facts.after.summary["stations"] - facts.before.summary["stations"]
    return Figure(count(number), float(number), less(key, today(key)))


_MAKERS: dict[str, Callable[[Facts], Figure]] = {
    "share": lambda facts: facts.after.share(facts.after.part),
    "ring": lambda facts: facts.after.share(facts.after.part, ring=True),
    "covered": lambda facts: _amount(facts, "covered"),
    "uncovered": _uncovered,
    "people": lambda facts: _amount(facts, "total"),
    "judged": lambda facts: _amount(facts, facts.after.whole),
    "stations": _stations,
    "median": _median,
    "minutes": _minutes,
    "metres": _metres,
    "gaps": _gaps,
    "before": _share_before,
    "gained": lambda facts: _difference(1, facts),
    "lost": lambda facts: _difference(-1, facts),
    "added": _added,
}
