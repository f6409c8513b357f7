"""Choose the one chart that explains a view, and draw it with its title.

A view at an hour shows the whole day, a comparison what is gained, gaps their causes, the ring
itself beside the streets. A view that needs no explaining has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pptx.slide import Slide

from geo import disclosure, week
from geo.handout import slide_words
from geo.handout import words as own_words
from geo.handout.slide_chart import GROUND, PEOPLE, PERCENT, Series, bars, hours, plotted, stacked
from geo.handout.slide_deck import CAPTION
from geo.handout.slide_text import Ink, Place, Ruler, write
from geo.report import rows, style
from geo.report.numbers import UNKNOWN, Figure, percent, today
from geo.report.subject import Subject
from geo.report.words import say
from geo.story.showing import Shown
from geo.story.telling import ToldView

_TITLE_HIGH = 20.0
#: A bar takes so much, and more than this is air.
_BAR, _LOWEST = 27.0, 64.0


@dataclass(frozen=True)
class Explained:
    """Hold what a chart shows for who reads the notes: its title, and its numbers in words."""

    title: str
    told: tuple[str, ...]
    figures: tuple[Figure, ...]


def explain(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Draw the chart that explains a view into a place, or nothing where none does."""
    for drawn in (_gain, _hours, _causes, _ring, _sides, _areas):
        found = drawn(slide, place, shown, told, ruler)
        if found is not None:
            return found
    return None


def _title(slide: Slide, place: Place, text: str, ruler: Ruler) -> Place:
    """Write the title of a chart and return the place that is left for the chart."""
    left, top, width, height = place
    write(slide, (left, top, width, _TITLE_HIGH - 2.0), text, Ink(CAPTION, style.INK, True), ruler,
          sizes=(CAPTION, 11.0, 10.0, 9.0), name="chart title")  # fmt: skip
    return left, top + _TITLE_HIGH, width, height - _TITLE_HIGH


def _high(place: Place, number: int) -> Place:
    """Return a place no higher than so many bars need."""
    left, top, width, height = place
    return left, top, width, min(height, max(_LOWEST, number * _BAR))


def _form(subject: Subject) -> str:
    return PEOPLE if subject.by_people else GROUND


# --- by what a view asks -------------------------------------------------------------------------


def _gain(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show what a scenario adds to those who are covered today, and who is left.

    Only where nothing else differs: another hour or another way of going is no gain of a scenario.
    """
    asked, against = shown.view.asked, shown.view.against
    if shown.before is None or asked.scenario is None or told.sides is None:
        return None
    if against != replace(asked, scenario=None):
        return None
    now, early = Subject(shown.after, ruler.lang), Subject(shown.before, ruler.lang)
    key, root = now.key("covered"), now.whole
    had, has, whole, old = early.of("covered"), now.of("covered"), now.of(root), early.of(root)
    if had is None or has is None or whole is None or whole != old or has <= had:
        return None
    before, gain = now.amount(had, today(key)), now.amount(has - had, f"{key} - {today(key)}")
    rest = (now.amount(whole - had, f"{today(now.key(root))} - {today(key)}"),
            now.amount(whole - has, f"{now.key(root)} - {key}"))  # fmt: skip
    title = slide_words.say(f"gain_{now.whom}", ruler.lang)
    free = _high(_title(slide, place, title, ruler), 4)
    covered, gained, left = (slide_words.say(each, ruler.lang) for each in (
        "covered", "gained", "left"))  # fmt: skip
    parts = [
        Series(covered, (plotted(before), plotted(before)), style.SHARE[3]),
        Series(f"{gained} {gain.text}", (None, plotted(gain)), style.GOOD),
        Series(left, (plotted(rest[0]), plotted(rest[1])), style.GAP_FILL),
    ]
    stacked(slide, free, told.sides, parts, ruler, name=title, form=_form(now))
    words = (f"{covered} {before.text}", f"{gained} {gain.text}",
             f"{left} {rest[0].text} → {rest[1].text}")  # fmt: skip
    return Explained(title, words, (before, gain, *rest))


def _hours(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show the share covered at every full hour of the day whose hour is asked."""
    study, subject = shown.after.study, Subject(shown.after, ruler.lang)
    at, whole = study.need.at, subject.of(subject.whole)
    if at is None or at.minute or not subject.by_people or not whole or study.crowd is not None:
        return None
    curve = week.day(study.data, study.profile, study.budget, study.need.services, day=at.date())
    facts = curve.to_json()
    if shown.after.edition == "public":
        facts = disclosure.public_hours(facts)
    shares = [
        None if covered is None else float(percent(min(covered / whole, 1.0)))
        for covered in facts["covered"]
    ]
    asked = subject.share(subject.part)
    if asked.value is None:
        shares[at.hour] = None
    title = f"{slide_words.say('hours_people', ruler.lang)} · {at:%Y-%m-%d}"
    hours(slide, _title(slide, place, title, ruler), shares, at.hour, asked, ruler, name=title)
    words = tuple(
        f"{hour}:00 {UNKNOWN if share is None else f'{share:.1f} %'}"
        for hour, share in enumerate(shares)
    )
    return Explained(title, words, (asked,))


def _causes(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show why people, or ground, are not covered: the heaviest cause first."""
    if "gaps" not in shown.view.layers:
        return None
    subject = Subject(shown.after, ruler.lang)
    found, _ = rows.causes(subject)
    if not found:
        return None
    title = say("why" if subject.by_people else "why_ground", ruler.lang)
    colours = [style.CAUSE_BARS[min(n, len(style.CAUSE_BARS) - 1)] for n in range(len(found))]
    listed = [(bar.title, bar.figure, colour) for bar, colour in zip(found, colours, strict=True)]
    free = _high(_title(slide, place, title, ruler), len(listed))
    bars(slide, free, listed, ruler, name=title, form=_form(subject))
    return _told(title, [(bar.title, bar.figure) for bar in found])


def _ring(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show what straight lines say beside what the streets say."""
    if "ring" not in shown.view.layers:
        return None
    subject = Subject(shown.after, ruler.lang)
    both = [
        (own_words.say("ring", ruler.lang), subject.share(subject.part, ring=True), style.CIRCLE),
        (slide_words.say("street", ruler.lang), subject.share(subject.part), style.FIGURE),
    ]
    return _pair(slide, place, both, ruler)


def _sides(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show the shares on both sides of the divider."""
    if shown.before is None or told.sides is None:
        return None
    now, early = Subject(shown.after, ruler.lang), Subject(shown.before, ruler.lang)
    share = early.share(early.part)
    before = Figure(share.text, share.value, today(share.key))
    both = [(told.sides[0], before, style.THIRD), (told.sides[1], now.share(now.part),
            style.FIGURE)]  # fmt: skip
    return _pair(slide, place, both, ruler)


def _areas(
    slide: Slide, place: Place, shown: Shown, told: ToldView, ruler: Ruler
) -> Explained | None:
    """Show the shares of the areas, those that miss most first, where cells are coloured."""
    if "cells" not in shown.view.layers:
        return None
    subject = Subject(shown.after, ruler.lang)
    heading, listed, _ = rows.areas(subject)
    both = [(area.name, area.share, style.FIGURE) for area in listed]
    if len(both) < 2:
        return None
    title = f"{heading} · {say('th_share', ruler.lang)}, %"
    free = _high(_title(slide, place, title, ruler), len(both))
    bars(slide, free, both, ruler, name=title, form=PERCENT)
    return _told(title, [(name, figure) for name, figure, _ in both])


def _pair(
    slide: Slide, place: Place, both: Sequence[tuple[str, Figure, str]], ruler: Ruler
) -> Explained | None:
    if any(figure.value is None for _, figure, _ in both):
        return None
    title = slide_words.say("sides", ruler.lang)
    free = _high(_title(slide, place, title, ruler), len(both))
    bars(slide, free, both, ruler, name=title, form=PERCENT)
    return _told(title, [(name, figure) for name, figure, _ in both])


def _told(title: str, listed: Sequence[tuple[str, Figure]]) -> Explained:
    words = tuple(f"{name} {figure.text}" for name, figure in listed)
    return Explained(title, words, tuple(figure for _, figure in listed))
