"""Draw the first slide: which city, what it is about, the date of its data, its marks."""

from __future__ import annotations

from collections.abc import Sequence

from pptx.presentation import Presentation

from geo.handout import slide_deck
from geo.handout import words as own_words
from geo.handout.slide_deck import COVER_WIDE, HEIGHT, MARGIN, SENTENCE, WIDTH
from geo.handout.slide_frame import entitled, place_of
from geo.handout.slide_text import Ink, Ruler, clean, pill, write
from geo.handout.slide_view import Page, noted, pictured
from geo.report import style, words

_CITY = (44.0, 38.0, 32.0, 28.0, 24.0, 20.0, 18.0)


def draw(deck: Presentation, name: str, page: Page, extra: Sequence[str], ruler: Ruler) -> None:
    """Add the cover of a story of this name; the map is that of a view.

    ``extra`` are further lines at the foot, such as the number of the map's review.
    """
    city, told, lang = page.shown.after.study.data.city, page.told, ruler.lang
    slide = slide_deck.add(deck, slide_deck.COVER)
    entitled(slide.shapes.title, city.name, place_of(slide.shapes.title), _CITY, style.PAPER,
             ruler, anchor="bottom")  # fmt: skip
    below = slide.placeholders[1]
    sizes = (18.0, 16.0, 14.0, 12.0)
    entitled(below, _about(name, page), place_of(below), sizes, style.PAPER, ruler, bold=False)
    quiet = Ink(SENTENCE - 1, style.LINE)
    write(slide, (MARGIN, 36.0, COVER_WIDE - 2 * MARGIN, 20.0), own_words.say("kind", lang), quiet,
          ruler, sizes=(14.0, 12.0, 10.0), name="kicker")  # fmt: skip
    day = city.data_date
    date = words.say("data_date", lang, day=day) if day else words.say("no_date", lang)
    room, y = COVER_WIDE - 2 * MARGIN, HEIGHT - 20.0
    for mark in reversed(told.marks):
        y -= 24.0
        pill(slide, MARGIN, y, mark, style.PAPER, ruler)
    for text in reversed((date, *extra)):
        shown, size = ruler.fitted(clean(text), (12.0, 11.0, 10.0), (room, 30.0))
        high = ruler.height(shown, size, room)
        y -= high + 6.0
        write(slide, (MARGIN, y, room, high), shown, Ink(size, style.LINE), ruler, name="date")
    pictured(slide, (COVER_WIDE, 0.0, WIDTH - COVER_WIDE, HEIGHT), page)
    noted(slide, told, None)


def _about(name: str, page: Page) -> str:
    """Return what a story is about beside what the cover says anyway, else what is asked."""
    city = page.shown.after.study.data.city.name
    for known in (city, *own_words.WORDS["kind"]):
        name = name.replace(known, "", 1)
    return name.strip(" ·") or page.told.question
