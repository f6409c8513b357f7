"""Draw a view of a story as a slide: statement, numbers, sentence, chart; the map beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.util import Pt

from geo.handout import slide_deck, slide_words
from geo.handout.slide_deck import CAPTION, MAP, MARGIN, SENTENCE, SMALL
from geo.handout.slide_explained import Explained, explain
from geo.handout.slide_frame import framed, legend
from geo.handout.slide_text import (
    SPACING,
    Ink,
    Place,
    Ruler,
    clean,
    colour_of,
    describe,
    fill,
    line,
    write,
)
from geo.report import style, words
from geo.report.numbers import text_of
from geo.story.showing import Shown
from geo.story.telling import Number, ToldView

#: So many pixels a map has to a point: 200 dots per inch.
PIXELS = 200.0 / 72.0
_WIDE = 320.0
_NUMBERS = (44.0, 40.0, 36.0, 32.0, 28.0, 24.0, 20.0)
_TONES = {
    "figure": style.FIGURE,
    "circle": style.CIRCLE,
    "gap": style.GAP_TEXT,
    "ink": style.INK,
}
_GAP = 18.0
_TOP, _QUESTION = 140.0, 484.0
_QUESTION_HIGH = 26.0


@dataclass(frozen=True, eq=False)
class Page:
    """Hold a view with its map: a PNG as wide and high as :data:`MAP`, its signs with words."""

    shown: Shown
    told: ToldView
    picture: bytes
    signs: Sequence[tuple[str, str]]


def draw(deck: Presentation, page: Page, ruler: Ruler) -> None:
    """Add the slide of a view."""
    told = page.told
    slide = framed(
        deck,
        slide_deck.VIEW,
        ruler,
        kicker=told.kicker,
        title=told.title,
        source=told.source,
        marks=told.marks,
    )
    pictured(slide, MAP, page)
    y = _numbers(slide, told.numbers, ruler) + 14.0
    said = Ink(SENTENCE, style.INK)
    sizes = [SENTENCE - step for step in range(5)]
    y += line(slide, (MARGIN, y, _WIDE, 76.0), told.sentence, said, ruler, sizes=sizes,
              name="sentence") + 18.0  # fmt: skip
    room = (MARGIN, y, _WIDE, _QUESTION - 8.0 - y)
    explained = explain(slide, room, page.shown, told, ruler)
    asked = (MARGIN, _QUESTION, _WIDE, _QUESTION_HIGH)
    write(slide, asked, told.question, Ink(SMALL, style.SECOND), ruler, sizes=(SMALL, 9.0, 8.0),
          anchor="bottom", name="question")  # fmt: skip
    explained_by(slide, page, (MAP[0], MAP[1] + MAP[3] + 6.0, MAP[2], 26.0), ruler)
    noted(slide, told, explained)


def explained_by(slide: Slide, page: Page, place: Place, ruler: Ruler) -> None:
    """Draw the legend of a page's map."""
    told = page.told
    whom = "people" if told.by_people else "ground"
    ramp = words.say(f"legend_{whom}", told.lang) if "ramp" in told.legend else ""
    legend(slide, place, ramp, page.signs, ruler)


def pictured(slide: Slide, place: Place, page: Page) -> None:
    """Place the map of a page, cut to the proportions of a place, with what it shows in words."""
    left, top, width, height = place
    shape = slide.shapes.add_picture(io.BytesIO(page.picture), Pt(left), Pt(top))
    own, wanted = shape.width / shape.height, width / height
    if own > wanted:
        shape.crop_left = shape.crop_right = (1.0 - wanted / own) / 2
    else:
        shape.crop_top = shape.crop_bottom = (1.0 - own / wanted) / 2
    shape.width, shape.height = Pt(width), Pt(height)
    shape.line.color.rgb = colour_of(style.LINE)
    shape.line.width = Pt(0.75)
    shape.name = "map"
    lang = page.told.lang
    layers = [words.of(slide_words.LAYERS[each], lang) for each in page.shown.view.layers]
    listed = words.say("and", lang).join(layers)
    describe(shape, slide_words.say("map", lang, title=page.told.title, layers=listed))


def noted(slide: Slide, told: ToldView, explained: Explained | None) -> None:
    """Note what the speaker may be asked: the exact numbers, the method and the sources."""
    lang = told.lang

    def about(key: str, text: str) -> str:
        return f"{slide_words.say(key, lang)}{'：' if lang == 'zh' else ': '}{clean(text)}"

    stop = "；" if lang == "zh" else "; "
    told_lines = [
        clean(told.title),
        clean(text_of(told.sentence)),
        about("question", told.question),
    ]
    if told.numbers:
        each = (f"{number.caption} {number.exact}" for number in told.numbers)
        told_lines.append(about("exact", stop.join(each)))
    if explained is not None:
        told_lines.append(about("chart", f"{explained.title} – {stop.join(explained.told)}"))
    told_lines += [about("method", text_of(note)) for note in told.notes]
    told_lines += [about("sources", told.source), clean(" · ".join(told.marks))]
    frame = slide.notes_slide.notes_text_frame
    assert frame is not None  # python-pptx makes it with the notes
    frame.text = "\n".join(each for each in told_lines if each)


def _numbers(slide: Slide, numbers: Sequence[Number], ruler: Ruler) -> float:
    """Write the big numbers side by side, their captions below; return where they end."""
    if not numbers:
        return _TOP - 8.0
    room = (_WIDE - _GAP * (len(numbers) - 1)) / len(numbers)
    size = next((size for size in _NUMBERS if all(
        _width(number, size, ruler) <= room for number in numbers)), _NUMBERS[-1])  # fmt: skip
    below = max(ruler.height(clean(number.caption), CAPTION, room) for number in numbers)
    below = min(below, 3 * CAPTION * SPACING)
    for place, number in enumerate(numbers):
        left, ink = MARGIN + place * (room + _GAP), _TONES[number.tone]
        parts = ((number.figure.text, size), (number.unit, size * 0.45))
        _digits(slide, (left, _TOP, room + _GAP / 2, size * SPACING), parts, ink, ruler)
        write(slide, (left, _TOP + size * SPACING + 2.0, room, below), number.caption,
              Ink(CAPTION, style.SECOND), ruler, sizes=(CAPTION, 11.0, 10.0, 9.0),
              name="caption")  # fmt: skip
    return _TOP + size * SPACING + 2.0 + below


def _width(number: Number, size: float, ruler: Ruler) -> float:
    digits = ruler.width(number.figure.text, size, bold=True)
    return digits + ruler.width(f" {number.unit}", size * 0.45, bold=True)


def _digits(
    slide: Slide, place: Place, parts: Sequence[tuple[str, float]], colour: str, ruler: Ruler
) -> None:
    box = slide.shapes.add_textbox(*(Pt(each) for each in place))
    box.name = "number"
    text = [(clean(digits), Ink(size, colour, True)) for digits, size in parts if clean(digits)]
    if len(text) == 2 and text[1][0][0].isascii() and text[1][0] != "%":
        text[1] = (f" {text[1][0]}", text[1][1])
    fill(box.text_frame, text, ruler, anchor="bottom")
    box.text_frame.word_wrap = False
