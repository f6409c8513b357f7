"""Hold the share that was found against what standards ask of this very circle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from geo.report import words
from geo.report.numbers import Line
from geo.report.subject import Subject
from geo.report.words import Lang, say
from geo.requirements.rules import CITY, Requirements, Rule, ShareRule
from geo.study import Study

#: A share is compared with this much less: 17 of 20 are 85 % in floating point, too.
_LAST_BITS = 1.0 - 1e-12


def asked(subject: Subject, standards: Sequence[Requirements]) -> tuple[Line, ...]:
    """Return what the standards ask of the whole city in this circle, and whether it is met."""
    out: list[Line] = []
    for table in standards:
        asked = [rule for rule in table.rules if _asks_this(rule, subject.study)]
        out += [_clause(subject, table, rule) for rule in asked]
        if not asked:
            out.append((say("asks_else", subject.lang, table=_dated(table, subject.lang)),))
    return tuple(out)


def _asks_this(rule: Rule, study: Study) -> TypeGuard[ShareRule]:
    """Return whether a rule asks for the share of the whole city that this study found."""
    if not isinstance(rule, ShareRule) or rule.areas != (CITY,) or rule.advisory:
        return False
    within, stations = rule.within, rule.stations
    same_way = within.along_streets and within.budget == study.budget
    same_need = set(stations.services) == set(study.need.services) and study.need.at is None
    special = rule.overlap > 1 or stations.tiers or rule.each_service or study.crowd is not None
    return same_way and within.profile == study.profile.name and same_need and not special


def _clause(subject: Subject, table: Requirements, rule: ShareRule) -> Line:
    lang, found = subject.lang, subject.share("share_of_judged")
    verdict = found.value is not None and found.value >= rule.share * _LAST_BITS
    clause = table.clause_of(rule).split(" · ")
    facts = {
        "{table}": _dated(table, lang),
        "{clause}": clause[-1 if lang == "en" else 0],
        "{asked}": f"{rule.share * 100:g}",
        "{verdict}": say("met" if verdict else "not_met", lang),
    }
    before, after = words.of(words.WORDS["asks"], lang).split("{share}")
    for name, text in facts.items():
        before, after = before.replace(name, text), after.replace(name, text)
    return (before, found, after)


def _dated(table: Requirements, lang: Lang) -> str:
    title = words.of((table.title_zh, table.title_en), lang)
    if not table.date or table.date in title:
        return title
    return f"{title}（{table.date}）" if lang == "zh" else f"{title} ({table.date})"
