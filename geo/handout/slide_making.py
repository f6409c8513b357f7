"""Put the slides of a story in their order, and draw the map of each view once."""

from __future__ import annotations

from collections.abc import Sequence

from geo.handout import picture, scene, slide_cover, slide_deck, slide_table, slide_view
from geo.handout.making import Handout
from geo.handout.slide_text import Ruler, clean
from geo.handout.slide_view import Page
from geo.progress import Progress
from geo.report import words
from geo.report.printing import day_of
from geo.report.sheet import Fonts, Sheet


def made(handout: Handout, fonts: Fonts, progress: Progress) -> bytes:
    """Return the presentation of a story."""
    ruler, deck = Ruler(Sheet(1.0, 1.0, fonts), handout.lang), slide_deck.empty()
    steps, pages = len(handout.views) + 1, []
    for number in range(len(handout.views)):
        progress("画地图", number, steps)
        pages.append(_page(handout, number, fonts))
    progress("排版幻灯片", steps - 1, steps)
    of_areas, of_gaps = _of_topic(pages, "circle", "cells"), _of_topic(pages, "gaps", "gaps")
    slide_cover.draw(deck, handout.name, of_areas, _approval(handout), ruler)
    for page in pages:
        slide_view.draw(deck, page, ruler)
    slide_table.areas(deck, of_areas, ruler)
    slide_table.gaps(deck, of_gaps, handout.basemap.get("landmarks"), ruler)
    progress("排版幻灯片", steps, steps)
    return slide_deck.packed(deck, clean(f"{handout.city} · {handout.name}"), day_of(handout.day))


def _page(handout: Handout, number: int, fonts: Fonts) -> Page:
    """Return a view with its map, at the resolution of print."""
    shown, told = handout.views[number]
    wide, high = (round(each * slide_view.PIXELS) for each in slide_deck.MAP[2:])
    drawn = scene.scenes(shown, handout.today, handout.basemap, handout.lang)[-1]
    return Page(shown, told, picture.map_png(handout, shown, fonts, wide, high), drawn.legend())


def _approval(handout: Handout) -> list[str]:
    number = handout.map_approval
    return [words.say("approval", handout.lang, number=number)] if number else []


def _of_topic(pages: Sequence[Page], topic: str, layer: str) -> Page:
    """Return the page that a table belongs to: of a topic, else with a layer, else the first."""
    of_topic = (page for page in pages if page.shown.view.topic == topic)
    with_layer = (page for page in pages if layer in page.shown.view.layers)
    return next(of_topic, next(with_layer, pages[0]))
