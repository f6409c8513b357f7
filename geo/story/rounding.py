"""Round numbers for a screen that is read from eight metres away, and name what is compared."""

from __future__ import annotations

from datetime import datetime

from geo.model import SERVICES, profile_named
from geo.report import words
from geo.report.numbers import count
from geo.report.words import Lang
from geo.story.figures import Facts
from geo.story.views import PROPOSAL, Asked, budget_named
from geo.story.words import say

#: From here on Chinese counts in 万, and English in millions.
_WAN, _MILLION = 10_000.0, 1_000_000.0


def digits(value: float, lang: Lang) -> tuple[str, str]:
    """Return a number of people as a person says it, and the word for its thousands or "".

    109,312 is 10.9 万 in Chinese and 109,312 in English, which counts in millions only.
    """
    if lang == "zh" and abs(value) >= _WAN:
        return f"{value / _WAN:,.1f}", say("ten_thousand", lang)
    if lang == "en" and abs(value) >= _MILLION:
        return f"{value / _MILLION:,.2f}", say("million", lang)
    return count(value), ""


def great(value: float, lang: Lang) -> str:
    """Return :func:`digits` as one text, in Chinese with the space that a word after it needs."""
    text, word = digits(value, lang)
    return f"{text} {word}" if word or lang == "zh" else text


def hundred(share: float, lang: Lang) -> str:
    """Return how many of a hundred; not all and not nobody where it is neither."""
    number = round(share * 100)
    if number == 100 and share < 1:
        return say("more_than", lang, n=99)
    if number == 0 and share > 0:
        return say("fewer_than", lang, n=1)
    return str(number)


def hour(at: datetime, lang: Lang) -> str:
    """Return the time of day: 23 点, 23:00."""
    return f"{at:%-H} 点" if lang == "zh" and at.minute == 0 else f"{at:%H:%M}"


def sides(facts: Facts) -> tuple[str, str] | None:
    """Return what stands left and right of the divider, in the words in which they differ."""
    view = facts.shown.view
    if view.against is None:
        return None
    before, after = view.against, view.asked
    parts = [
        (_of(before, name, facts.lang), _of(after, name, facts.lang))
        for name in ("scenario", "at", "profile", "budget", "services")
        if getattr(before, name) != getattr(after, name)
    ]
    if not parts:
        return facts.say("side_before"), facts.say("side_after")
    left, right = (" · ".join(side) for side in zip(*parts, strict=True))
    return left, right


def _of(asked: Asked, name: str, lang: Lang) -> str:
    """Return one part of a question in a few words."""
    match name:
        case "scenario" if asked.scenario is None:
            return say("side_today", lang)
        case "scenario":
            return say("side_proposal" if asked.scenario == PROPOSAL else "side_scenario", lang)
        case "at" if asked.at is None:
            return say("side_any_hour", lang)
        case "at":
            day, _, clock = str(asked.at).rpartition("T")
            return say("side_at", lang, hour=f"{day[5:]} {clock}".strip())
        case "profile":
            profile = profile_named(asked.profile)
            return words.of((profile.title_zh, profile.title_en), lang)
        case "budget":
            budget = budget_named(asked.budget)
            if budget.minutes is None:
                return say("n_metres", lang, n=count(budget.distance_m or 0.0))
            return say("n_minutes", lang, n=f"{budget.minutes:g}")
    if not asked.services:
        return say("side_no_services", lang)
    titles = (words.title(SERVICES, key, lang).lower() for key in asked.services)
    return say("side_services", lang, services=say("comma", lang).join(titles))
