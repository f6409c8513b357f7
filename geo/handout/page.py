"""Lay a view out on a sheet: its words beside the map, or above it on an upright screen.

Head and foot have their heights; the map takes what is left. Where a view compares, two maps stand
side by side – beside their words or below them, on an upright screen also one above the other –
however they are largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.handout import column, scene
from geo.handout.legend import Legend
from geo.handout.making import Handout
from geo.handout.paper import Paper
from geo.handout.words import say
from geo.report import comparison, rows, style, words
from geo.report.numbers import text_of
from geo.report.sheet import Fonts, Sheet
from geo.report.subject import Subject
from geo.report.words import Lang
from geo.scenario import changes as kinds
from geo.story import Shown, ToldView

#: Measures of A4 in mm; all grow with the type of the paper.
MARGIN, HEAD, COLUMN, APART = 12.0, 19.0, 80.0, 7.0
#: The part of the height that words have on an upright screen.
_UPRIGHT_WORDS = 0.36
#: The part of the height that words have at most where they stand above two maps.
_ACROSS_WORDS = 0.34
#: Between two maps, mm.
MAPS_APART = 4.0
#: Topics whose sentences count people who are not served.
_ALARMING = ("ring", "night", "gaps")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_FOOT_SIZE, _FOOT_STEP = 6.8, 3.3
#: The empty field for the number of a map's review, mm.
_FIELD = 38.0


def drawn(handout: Handout, number: int, paper: Paper, fonts: Fonts) -> Sheet:
    """Return the page of a view, drawn; views are numbered from 1."""
    shown, told = handout.views[number - 1]
    sheet, k = Sheet(paper.width, paper.height, fonts), paper.scale
    room = paper.width - 2 * MARGIN * k
    _head(sheet, handout, told, k)
    foot = _foot(sheet, handout, told, number, k)
    maps = scene.scenes(shown, handout.today, handout.basemap, handout.lang)
    legend = legend_of(handout, told, maps)
    left, top = MARGIN * k, HEAD * k + 4.0 * k
    text = words_of(handout, shown, told)
    if paper.upright:
        high = (foot - top) * _UPRIGHT_WORDS
        column.write(sheet, text, (left, top, room, high), k)
        top += high + 3.0 * k
    elif is_wide(maps, (room, foot - top), k):
        most = (foot - top) * _ACROSS_WORDS
        top = column.across(sheet, text, (left, top, room, most), k) + 4.0 * k
    else:
        column.write(sheet, text, (left, top, COLUMN * k, foot - 4.0 * k - top), k)
        left += (COLUMN + APART) * k
        room -= (COLUMN + APART) * k
    strip = legend.height(sheet, room, k)
    bottom = foot - 4.5 * k - strip
    legend.draw(sheet, left, bottom + 2.5 * k, room, k)
    _maps(sheet, maps, told, (left, top, room, bottom - top), paper)
    return sheet


def is_wide(maps: Sequence[scene.Scene], space: tuple[float, float], k: float) -> bool:
    """Return whether two maps are larger below their words than beside them."""
    if len(maps) < 2:
        return False
    room, high = space
    below = _scale(maps[0], (room - MAPS_APART) / 2, high * (1.0 - _ACROSS_WORDS))
    return below < _scale(maps[0], (room - (COLUMN + APART) * k - MAPS_APART) / 2, high)


def _scale(each: scene.Scene, wide: float, high: float) -> float:
    """Return how many metres a mm is of a map in so much room."""
    west, south, east, north = each.bounds
    return max((east - west) / max(wide, 1.0), (north - south) / max(high, 1.0))


def _head(sheet: Sheet, handout: Handout, told: ToldView, k: float) -> None:
    """Draw what city this is, and what the sheet may be used for."""
    left, right = MARGIN * k, sheet.width - MARGIN * k
    base = 13.6 * k
    for text in reversed(told.marks):
        size = 7.5 * k
        text = sheet.clean(text, bold=True)
        wide = sheet.advance(text, size, bold=True) + 5.0 * k
        quiet = text == sheet.clean(words.say(handout.edition, handout.lang), bold=True)
        edge = style.BRAND if quiet else style.WARNING
        sheet.box(right - wide, base - 3.8 * k, wide, 5.6 * k, fill=style.PAPER, edge=edge,
                  line=0.7 * k, radius=2.8 * k)  # fmt: skip
        sheet.text(right - wide / 2, base, text, size, edge, bold=True, align="center")
        right -= wide + 2.0 * k
    kind = say("kind", handout.lang)
    name = sheet.clean(handout.city, bold=True)
    room = max(20.0 * k, right - left - sheet.advance(kind, 9.0 * k) - 10.0 * k)
    wide = sheet.text(left, base, name, 12.0 * k, style.INK, bold=True, room=room)
    sheet.text(left + wide + 3.0 * k, base, kind, 9.0 * k, style.THIRD,
               room=max(1.0, right - left - wide - 4.0 * k))  # fmt: skip
    sheet.rule(left, HEAD * k - 2.0 * k, sheet.width - left, HEAD * k - 2.0 * k, style.LINE, 0.8)


def words_of(handout: Handout, shown: Shown, told: ToldView) -> column.Words:
    """Return what is said beside the map of a view, in the quotation marks of the language."""
    subject, lang = Subject(shown.after, handout.lang), handout.lang
    gaps: tuple[rows.Gap, ...] = ()
    if "gaps" in shown.view.layers:
        gaps = rows.worst_gaps(subject, handout.basemap.get("landmarks"))
    changes: list[tuple[str, str]] = []
    if shown.proposal is not None:
        data = shown.after.study.data
        for change in shown.proposal.changes:
            told_of = comparison.change_in_words(change, data, lang)
            changes.append((str(kinds.plain(change).get("name", told_of)), told_of))
    alarming = shown.view.topic in _ALARMING
    if lang == "en":
        told = replace(
            told,
            title=_straight(told.title),
            sentence=tuple(
                _straight(part) if isinstance(part, str) else part for part in told.sentence
            ),
        )
    return column.Words(lang, told, gaps, tuple(changes), alarming)


def _straight(text: str) -> str:
    """Return a text with straight quotation marks: those of a Chinese font are as wide as letters.

    Apostrophes are meant, too.
    """
    return text.translate(_QUOTES)


def legend_of(handout: Handout, told: ToldView, maps: Sequence[scene.Scene]) -> Legend:
    """Return the legend of a view: every sign that one of its maps shows, once."""
    entries = dict(entry for each in maps for entry in each.legend())
    ramp = ""
    if "cells" in maps[-1].layers:
        kind = "legend_people" if told.by_people else "legend_ground"
        ramp = f"{words.say(kind, handout.lang)} · {say('classes', handout.lang)}"
    return Legend(ramp, tuple(entries.items()))


def _maps(
    sheet: Sheet, maps: Sequence[scene.Scene], told: ToldView, box: column.Box, paper: Paper
) -> None:
    left, top, wide, high = box
    tags = ("",) if len(maps) == 1 else told.sides or ("", "")
    # Signs grow less than the type of the page: a larger map shows more.
    k = paper.scale**0.6
    beside, (part_wide, part_high) = True, ((wide - MAPS_APART * (len(maps) - 1)) / len(maps), high)
    if paper.upright and len(maps) > 1:
        below = (wide, (high - MAPS_APART) / 2)
        if _scale(maps[0], *below) < _scale(maps[0], part_wide, part_high):
            beside, (part_wide, part_high) = False, below
    for number, (each, tag) in enumerate(zip(maps, tags, strict=True)):
        x = left + number * (part_wide + MAPS_APART) * beside
        y = top + number * (part_high + MAPS_APART) * (not beside)
        each.draw(sheet, (x, y, part_wide, part_high), k=k, tag=tag)


def _foot(sheet: Sheet, handout: Handout, told: ToldView, number: int, k: float) -> float:
    """Draw method, sources, map approval and the number of the page; return where that begins."""
    left, right = MARGIN * k, sheet.width - MARGIN * k
    size, step, lang = _FOOT_SIZE * k, _FOOT_STEP * k, handout.lang
    labels = [words.say(key, lang) for key in ("method", "sources")]
    indent = max(sheet.advance(label, size, bold=True) for label in labels) + 3.0 * k
    method = _sentences([text_of(note) for note in told.notes], lang)
    blocks = [
        (label, sheet.wrapped(text, size, right - left - indent, most=most))
        for label, text, most in zip(labels, (method, told.source), (3, 2), strict=True)
        if text
    ]
    last = sheet.height - 8.0 * k
    top = last - 5.2 * k - (sum(len(lines) for _, lines in blocks) - 1) * step
    sheet.rule(left, top - 4.4 * k, right, top - 4.4 * k, style.LINE, 0.8)
    y = top
    for label, lines in blocks:
        sheet.text(left, y, label, size, style.INK, bold=True)
        for line in lines:
            sheet.text(left + indent, y, line, size, style.SECOND)
            y += step
    _approval(sheet, handout, left, last, k)
    text = say("page", lang, n=number, m=len(handout.views))
    sheet.text(right, last, text, 7.5 * k, style.SECOND, align="right")
    return top - 4.4 * k


def _sentences(notes: Sequence[str], lang: Lang) -> str:
    """Return notes one after the other, a stop behind each."""
    stop, apart = ("。", "") if lang == "zh" else (".", " ")
    return apart.join(note if note.endswith(stop) else note + stop for note in notes if note)


def _approval(sheet: Sheet, handout: Handout, x: float, y: float, k: float) -> None:
    """Draw the number of the map's review, or a field for it."""
    size, lang = 7.5 * k, handout.lang
    label = say("approval", lang)
    x += sheet.text(x, y, label, size, style.SECOND) + 2.0 * k
    if handout.map_approval:
        sheet.text(x, y, handout.map_approval, size, style.INK, bold=True,
                   room=sheet.width / 2)  # fmt: skip
    else:
        sheet.box(x, y - 3.4 * k, _FIELD * k, 4.8 * k, edge=style.THIRD, line=0.5)
