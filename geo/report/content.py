"""Say what a brief says: plain values in one language, every number with its key.

:func:`brief` reads a study and writes nothing. The same :class:`Brief` is drawn on paper
(:mod:`geo.report.page`) and laid out as a page of HTML (:mod:`geo.report.document`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geo.disclosure import Edition
from geo.errors import OptionError
from geo.manifest import Scenario
from geo.model import SERVICES
from geo.report import clauses, comparison, rows, words
from geo.report.comparison import Comparison
from geo.report.numbers import Figure, Line, count, figure_key, filled, less
from geo.report.rows import Area, Bar, Gap
from geo.report.subject import Subject
from geo.report.telling import Told
from geo.report.words import LANGS, Lang, say
from geo.requirements.rules import Requirements

LONGEST_APPROVAL = 60


@dataclass(frozen=True)
class Brief:
    """Hold all that a brief says, in one language, in the order of reading."""

    lang: Lang
    edition: Edition
    by_people: bool
    city: str
    date: str
    day: str | None
    scenario: str
    marks: tuple[str, ...]
    question: Line
    share: Figure
    part: float | None
    sentence: Line
    ring: Line
    key_figures: tuple[tuple[Figure, str], ...]
    causes: tuple[Bar, ...]
    causes_note: Line
    gaps: tuple[Gap, ...]
    areas_title: str
    areas: tuple[Area, ...]
    areas_rest: int
    comparison: Comparison | None
    method: Line
    clauses: tuple[Line, ...]
    sources: str
    foot: str

    def word(self, key: str, **facts: object) -> str:
        """Return a phrase of :mod:`geo.report.words` in the language of the brief."""
        return say(key, self.lang, **facts)


def brief(
    told: Told,
    *,
    lang: Lang = "zh",
    scenario: Scenario | None = None,
    before: Told | None = None,
    standards: Sequence[Requirements] = (),
    landmarks: gpd.GeoDataFrame | None = None,
    map_approval: str = "",
) -> Brief:
    """Return what the brief of a study says.

    ``told`` is what the edition may tell of it; ``scenario`` the one whose changes made the study's
    city and ``before`` what is told of the city as it is; ``standards`` the requirement tables to
    quote; ``landmarks`` (metric CRS) name gaps where cells have no names of their own;
    ``map_approval`` is the number of the map's review, printed as it is given.
    """
    if lang not in LANGS:
        raise OptionError(f"there is no brief in {lang!r}; choose of {', '.join(LANGS)}")
    if len(map_approval) > LONGEST_APPROVAL:
        raise OptionError(
            f"a map approval of {len(map_approval)} characters; give at most {LONGEST_APPROVAL}"
        )
    city, subject = told.study.data.city, Subject(told, lang)
    names = [say("synthetic", lang)] if city.synthetic else []
    areas_title, areas, rest = rows.areas(subject)
    causes, causes_rest = rows.causes(subject)
    day = city.data_date
    return Brief(
        lang=lang,
        edition=told.edition,
        by_people=subject.by_people,
        city=city.name,
        date=say("data_date", lang, day=day) if day else say("no_date", lang),
        day=day,
        scenario=say("scenario", lang, name=scenario.name) if scenario else say("today", lang),
        marks=(*names, say(told.edition, lang)),
        question=question(subject),
        share=subject.share(subject.part),
        part=subject.of(subject.part),
        sentence=_sentence(subject),
        ring=_ring(subject),
        key_figures=_key_figures(subject),
        causes=causes,
        causes_note=_causes_note(subject, causes_rest),
        gaps=rows.worst_gaps(subject, landmarks),
        areas_title=areas_title,
        areas=areas,
        areas_rest=rest,
        comparison=None if scenario is None or before is None else comparison.told(
            told, before, scenario, lang
        ),
        method=method(subject),
        clauses=clauses.asked(subject, standards),
        sources=_sources(told.summary, lang),
        foot=_foot(subject, told.summary, map_approval),
    )  # fmt: skip


def question(subject: Subject) -> Line:
    """Return the question in words, with minutes and metres, and what was needed."""
    study, summary, lang = subject.study, subject.summary, subject.lang
    profile, need = study.profile, study.need
    minutes, metres = summary["minutes"], summary["radius_m"]
    how = say(profile.name, lang)
    whom = say("residents" if subject.by_people else "ground", lang)
    phrase = words.of(words.WORDS["in_metres" if minutes is None else "in_minutes"], lang)
    phrase = phrase.replace("{how}", how).replace("{whom}", whom)
    if minutes is None:
        # Not in the export by itself: the metres by the speed, both of which are.
        phrase = phrase.replace("{minutes}", f"{metres / profile.speed_mps / 60:.3g}")
    figures = {"metres": Figure(count(metres), metres, figure_key("radius_m"))}
    if minutes is not None:
        figures["minutes"] = Figure(f"{minutes:g}", float(minutes), figure_key("minutes"))
    more = []
    if need.at is not None:
        more.append(say("at", lang, day=f"{need.at:%Y-%m-%d %H:%M}"))
    if need.services:
        wanted = (words.title(SERVICES, key, lang).lower() for key in need.services)
        more.append(say("needing", lang, services=say("and", lang).join(wanted)))
    if study.crowd is not None:
        more.append(say("seats", lang, n=f"{study.crowd.users_per_1000:g}"))
    return (*filled(phrase[0].upper() + phrase[1:], figures), *(f" · {text}" for text in more))


def _sentence(subject: Subject) -> Line:
    """Return how many of how many are covered."""
    lang = subject.lang
    whole, covered = subject.of(subject.whole), subject.of("covered")
    if not subject.of("total"):
        return (say("nobody" if subject.by_people else "unknown", lang),)
    figures = {
        "total": subject.amount(whole, subject.key(subject.whole)),
        "covered": subject.amount(covered, subject.key("covered")),
    }
    line = filled(words.of(words.WORDS[f"of_{subject.whom}"], lang), figures)
    return line if subject.by_people else (*line, " · ", say("no_people", lang))


def _causes_note(subject: Subject, rest: int) -> Line:
    """Return what the bars leave out: lighter causes, and those who cannot be judged."""
    lighter: Line = (say("causes_rest", subject.lang, n=rest),) if rest else ()
    total, judged = subject.of("total"), subject.of("judged")
    if not subject.partly or total is None or judged is None:
        return lighter
    key = less(subject.key("total"), subject.key("judged"))
    phrase = words.of(words.WORDS[f"beyond_{subject.whom}"], subject.lang)
    beyond = filled(phrase, {"beyond": subject.amount(total - judged, key)})
    return (*beyond, " · ", *lighter) if lighter else beyond


def _ring(subject: Subject) -> Line:
    """Return what straight lines would say; nothing where there is nothing to say."""
    share = subject.share(subject.part, ring=True)
    if share.value is None:
        return ()
    metres = count(subject.study.budget.metres(subject.study.profile))
    lang = subject.lang
    return (f"{say('ring', lang)} ", share, f" %（{say('ring_m', lang, metres=metres)}）"
            if lang == "zh" else f" % ({say('ring_m', lang, metres=metres)})")  # fmt: skip


def _key_figures(subject: Subject) -> tuple[tuple[Figure, str], ...]:
    """Return the few numbers beside the big one, each with its caption."""
    lang, summary = subject.lang, subject.summary
    whole, covered = subject.of(subject.whole), subject.of("covered")
    left = None if whole is None or covered is None else max(0.0, whole - covered)
    out = [
        (
            subject.amount(left, less(subject.key(subject.whole), subject.key("covered"))),
            say(f"uncovered_{subject.whom}", lang),
        ),
        (
            Figure(count(summary["stations"]), float(summary["stations"]), figure_key("stations")),
            say("stations", lang),
        ),
    ]
    median_s = summary["median_s"]
    if median_s is not None:
        figure = Figure(f"{median_s / 60:.1f}", float(median_s), figure_key("median_s"))
        out.append((figure, say("median", lang)))
    return tuple(out)


def method(subject: Subject) -> Line:
    """Return in a sentence how the figures came about, and what is not known."""
    study, lang = subject.study, subject.lang
    phrase = words.of(words.WORDS["method_text" if subject.by_people else "method_ground"], lang)
    speed = study.profile.speed_mps
    figures = {"speed": Figure(f"{speed:.3g}", speed, figure_key("speed_mps"))}
    line = filled(phrase.replace("{how}", say(study.profile.name, lang)), figures)
    if study.data.city.barriers_known:
        return line
    return (*line, ("" if lang == "zh" else " ") + say("barriers_unknown", lang))


def _sources(summary: Mapping[str, Any], lang: Lang) -> str:
    """Return the input files with the beginnings of their hashes, and the date of their import."""
    inputs = summary["provenance"].get("inputs", ())
    told = []
    for entry in inputs:
        role = words.title(
            {name[5:]: pair for name, pair in words.WORDS.items() if name.startswith("role_")},
            entry["role"],
            lang,
        )
        told.append(say("source", lang, role=role, file=entry["file"], hash=entry["sha256"][:10]))
    return " · ".join(told)


def _foot(subject: Subject, summary: Mapping[str, Any], map_approval: str) -> str:
    """Return the last line: attribution, software, map approval."""
    lang, city = subject.lang, subject.study.data.city
    version = summary["provenance"].get("software", {}).get("yizhan", "")
    parts = [city.attribution]
    if version:
        parts.append(say("software", lang, version=version))
    if map_approval.strip():
        parts.append(say("approval", lang, number=map_approval.strip()))
    return " · ".join(parts)
