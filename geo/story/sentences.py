"""Say what each topic says by itself: a headline that states something, its numbers, one sentence.

Every phrase has its plain case and those in which there is nothing to count: no station, nobody,
all covered, nothing proposed, figures withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter

import numpy as np

from geo import gaps
from geo.disclosure import is_small
from geo.model import TIERS
from geo.report import rows, words
from geo.report.numbers import Figure, Line, square_km
from geo.schemas import BARRIER_KINDS
from geo.story.figures import Facts
from geo.story.rounding import great, hour, hundred, sides
from geo.story.words import WORDS, fraction, half

#: Below this the circle and the streets say nearly the same.
_NEARLY = 0.03
#: So many new stations are named.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Own:
    """Hold the words of a topic: the headline, the figures to show big, the sentence."""

    title: str
    figures: tuple[str, ...]
    sentence: Line = ()


def own(facts: Facts) -> Own:
    """Return what the topic of a view says by itself."""
    return _TOPICS[facts.shown.view.topic](facts)


def line(facts: Facts, key: str, **more: Figure | str) -> Line:
    """Return a phrase as a line; figures of the view stand in for their own names."""
    template = words.of(WORDS[key], facts.lang)
    parts: list[str | Figure] = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            known: Mapping[str, Figure | str] = facts.going | more
            parts.append(known[name] if name in known else facts.figure(name))
    return tuple(part for part in parts if part != "")


def joined(facts: Facts, lines: list[Line], between: str = "then") -> Line:
    """Return lines as one sentence with its full stop; nothing of nothing."""
    first, *others = chained(facts, lines, between) or ("",)
    if isinstance(first, str):
        first = first[:1].upper() + first[1:]
    return (first, *others, facts.say("stop")) if first else ()


def chained(facts: Facts, lines: list[Line], between: str) -> Line:
    """Return lines as one, with a word between them."""
    parts: list[str | Figure] = []
    for each in filter(None, lines):
        parts += [facts.say(between)] if parts else []
        parts += each
    return tuple(parts)


def _city(facts: Facts) -> Own:
    whom = "judged" if facts.after.partly else "people"
    people, stations = facts.value(whom), facts.value("stations")
    if not stations:
        return Own(_without_stations(facts), ("stations", whom))
    if facts.after.by_people and people:
        title = facts.say("per_station", n=great(people / stations, facts.lang))
    else:
        title = facts.say("of_city", city=_city_name(facts))
    counted = [(tier, facts.tier(tier)) for tier in TIERS]
    tiers = [
        line(facts, tier if figure.value != 1 else f"{tier}_one", n=figure)
        for tier, figure in counted
        if figure.value
    ]
    half: Line = ()
    if facts.after.by_people and facts.value("median") is not None:
        half = line(facts, "half_by")
    return Own(title, ("stations", whom), joined(facts, [chained(facts, tiers, "comma"), half]))


def _circle(facts: Facts) -> Own:
    title = _nothing(facts) or _of_hundred(facts, "some", "all", "no")
    return Own(title, ("share", "covered"), _left(facts))


def _left(facts: Facts) -> Line:
    """Return how many of how many are not covered."""
    if not facts.value("judged"):
        return ()
    kind = "left" if facts.has("uncovered") else "counted"
    return joined(facts, [line(facts, f"{kind}_{facts.whom}")])


def _ring(facts: Facts) -> Own:
    share, ring = facts.value("share"), facts.value("ring")
    title = _nothing(facts)
    if not title:
        lost = 1.0 - (share or 0.0) / ring if ring else 0.0
        kind = "near" if lost < _NEARLY else "none" if share == 0 else "lost"
        title = facts.say(f"ring_{kind}", f=fraction(lost, facts.lang))
    cut: list[Line] = []
    if facts.has("severed"):
        cut.append(line(facts, f"cut_{facts.whom}", name=_barriers(facts)))
    if facts.has("detour"):
        cut.append(line(facts, f"{'more_' if cut else ''}detour_{facts.whom}"))
    if not cut and share is not None and ring:
        alike = 1.0 - share / ring < _NEARLY
        cut = [line(facts, "alike")] if alike else _main_cause(facts)
    return Own(title, ("ring", "share"), joined(facts, cut))


def _barriers(facts: Facts) -> str:
    """Return what severs people from their stations: the barrier that does most, or its kind."""
    study = facts.after.study
    titles, kinds = words.BARRIERS, facts.after.summary["barrier_kinds"]
    if study.data.units is None:
        named = [words.title(titles, kind, facts.lang) for kind in BARRIER_KINDS if kind in kinds]
        return facts.say("comma").join(named)
    rows_of = study.units.barrier
    mine = np.flatnonzero((study.unit_class == gaps.SEVERED) & (rows_of >= 0))
    names = gaps.barrier_names(rows_of[mine], study.data.barriers)
    people = study.data.units["people"].to_numpy()[mine]
    found, place = np.unique(names.astype(str), return_inverse=True)
    weight = np.bincount(place, people)
    most = int(weight.argmax())
    if facts.shown.after.edition == "public" and is_small(weight[most]):
        named = [words.title(titles, kind, facts.lang) for kind in BARRIER_KINDS if kind in kinds]
        return facts.say("comma").join(named)
    name = words.title(titles, str(found[most]), facts.lang)
    return facts.say("and_others", name=name) if len(found) > 1 else name


def _night(facts: Facts) -> Own:
    at = facts.at
    if at is None:
        return _circle(facts)
    title, when = _nothing(facts), hour(at, facts.lang)
    if not title and not facts.value("stations"):
        title = facts.say("night_untold" if facts.has("unknown") else "night_shut", hour=when)
    if not title:
        title = _of_hundred(facts, "night", "night_all", "night_no", hour=when)
    big = ("share",) if facts.before is None else ("before", "share")
    return Own(title, big, _kept_out(facts))


def _kept_out(facts: Facts) -> Line:
    """Return how many are lost to the hour, and whether stations are closed or not known."""
    why = [
        line(facts, f"night_{name}_{facts.whom}")
        for name in ("closed", "unknown")
        if facts.has(name)
    ]
    told, lost = sides(facts), facts.value("lost")
    if told is None or lost is None:
        return joined(facts, why)
    if lost <= 0:
        return joined(facts, [line(facts, "night_same", before=told[0]), *why])
    fewer = line(facts, f"night_lost_{facts.whom}", before=told[0])
    return joined(facts, [fewer, chained(facts, why, "and_of_them")], "of_them")


def _gaps(facts: Facts) -> Own:
    title = _nothing(facts)
    if not title and facts.gaps:
        worst = facts.gaps[0]
        kind = "worst_gap" if facts.is_named(worst) else "worst_nameless"
        title = facts.say(kind, place=worst.place, cause=worst.cause)
    if not title:
        title = facts.say("no_gap") if not facts.has("uncovered") else _circle(facts).title
    big = tuple(f"gap{number}" for number, _ in enumerate(facts.gaps, 1)) or ("uncovered",)
    if not facts.has("uncovered"):
        reached = [line(facts, f"all_reach_{facts.whom}")] if facts.value("judged") else []
        return Own(title, ("share",) if not facts.gaps else big, joined(facts, reached))
    still = line(facts, f"still_{facts.whom}")
    return Own(title, big, joined(facts, [still, *_main_cause(facts)]))


def _main_cause(facts: Facts) -> list[Line]:
    """Return why most of those who are not covered are not; nothing where nobody is."""
    causes, _ = rows.causes(facts.after)
    return [
        line(facts, f"main_{facts.whom}", cause=cause.title, weight=cause.figure)
        for cause in causes[:1]
    ]


def _proposal(facts: Facts) -> Own:
    reason = facts.shown.reason
    if reason:
        return Own(half(reason, facts.lang), ("share", "uncovered"), _left(facts))
    if facts.before is None or facts.value("gained") is None:
        return _circle(facts)
    gained, added = facts.value("gained") or 0.0, int(facts.value("added") or 0)
    shown = great(abs(gained), facts.lang) if facts.after.by_people else square_km(abs(gained))
    if not shown.strip(" 0."):
        title = facts.say("no_change")
    elif gained < 0:
        title = facts.say(f"worse_{facts.whom}", gained=shown)
    elif added > 0:
        kind = "opened" if added > 1 else "opened_one"
        title = facts.say(f"{kind}_{facts.whom}", n=added, gained=shown)
    else:
        title = facts.say(f"better_{facts.whom}", gained=shown)
    rest = [line(facts, f"after_{facts.whom}")] if facts.has("uncovered") else []
    return Own(title, ("before", "share"), joined(facts, [_new_sites(facts), *rest]))


def _new_sites(facts: Facts) -> Line:
    """Return the names of the stations that the other side of the divider has not."""
    assert facts.before is not None
    known = set(facts.before.study.data.stations["id"])
    study = facts.after.study
    stations = study.data.stations.iloc[study.stations]
    new = stations[~stations["id"].isin(known)]
    if new.empty:
        return ()
    named = [
        str(name) if name and name != own_id else facts.say("site", n=number)
        for number, (own_id, name) in enumerate(zip(new["id"], new["name"], strict=True), 1)
    ]
    first = named[:_MOST_NAMED]
    text = facts.say("comma").join(first[:-1])
    text += (facts.say("last") if text else "") + first[-1]
    if len(named) > len(first):
        text = facts.say("comma").join(first) + facts.say("more_sites", n=len(named))
    return (facts.say("sites", places=text),)


def _nothing(facts: Facts) -> str:
    """Return why there is no share to speak of, "" where there is one."""
    if not len(facts.after.study.data.open_rows):
        return _without_stations(facts)
    if facts.value("share") is not None:
        return ""
    if facts.after.told.suppressed:
        return facts.say("withheld")
    nobody = facts.after.by_people and facts.value("people") == 0
    return facts.say("nobody" if nobody else "unjudged")


def _without_stations(facts: Facts) -> str:
    if len(facts.after.study.data.open_rows):  # open, and not serving what is asked
        at = facts.at
        if at is None:
            return facts.say("of_city", city=_city_name(facts))
        return facts.say("night_shut", hour=hour(at, facts.lang))
    return facts.say("no_stations", city=_city_name(facts))


def _of_hundred(facts: Facts, some: str, all_: str, none: str, **more: object) -> str:
    """Return how many of a hundred, in words where it is all or nobody."""
    share, whom = facts.value("share"), facts.whom
    assert share is not None
    if share == 0:
        return facts.say(f"{none}_{whom}", **more)
    if round(share, 6) == 1:
        return facts.say(f"{all_}_{whom}", **more)
    return facts.say(f"{some}_{whom}", n=hundred(share, facts.lang), **more)


def _city_name(facts: Facts) -> str:
    return facts.after.study.data.city.name


_TOPICS: dict[str, Callable[[Facts], Own]] = {
    "city": _city,
    "circle": _circle,
    "ring": _ring,
    "night": _night,
    "gaps": _gaps,
    "proposal": _proposal,
    "free": _circle,
}
