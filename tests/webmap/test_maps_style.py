"""The colours: the same in Python and in the style sheets, readable, and told apart by all eyes."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from webmap.maps import style

CSS = Path(style.__file__).parents[1] / "static" / "css"


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(color: str) -> float:
    red, green, blue = map(_linear, _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_style_sheet_repeats_the_tokens():
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", (CSS / "tokens.css").read_text()))
    assert {name: found.get(name) for name in style.TOKENS} == style.TOKENS


def test_differences_have_one_definition():
    """Map, legend and files take them from here: no script and no sheet names them again."""
    grounds = [ground for pair in style.LESS for ground in pair]
    sheets = [path for path in CSS.glob("*.css") if path.name != "tokens.css"]
    for path in [*sheets, *(CSS.parent / "js").rglob("*.js")]:
        text = path.read_text("utf-8")
        assert [color for color in (*grounds, *style.MORE, style.SAME) if color in text] == []


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (style.INK, style.PAPER),
        (style.SECOND, style.PAPER),
        (style.THIRD, style.PAPER),
        (style.SECOND, "#e8edeb"),  # switches
        (style.FIGURE, style.PAPER),
        (style.CIRCLE, style.PAPER),
        (style.GOOD, style.PAPER),
        (style.GAP_TEXT, style.PAPER),
        (style.GAP_TEXT, style.GAP_FILL),
        (style.GAP_TEXT, "#fdf3ec"),  # faults
        (style.OFFER_TEXT, style.OFFER_FILL),
        (style.BRAND, "#e8ebfb"),  # chosen services, holidays
        (style.PAPER, style.BRAND),
        (style.BRAND, style.PAPER),
        ("#6b4e00", "#fff4d6"),  # the mark of synthetic data
        (style.SECOND, style.GROUND),
    ],
)
def test_text_is_readable(text, ground):
    assert contrast(text, ground) >= 4.5


def test_shares_grow_darker_step_by_step():
    # Grey print keeps the order: each class is darker than the one before.
    shades = [_luminance(color) for color in style.SHARE]
    assert shades == sorted(shades, reverse=True)


# Machado, Oliveira, Fernandes (2009): full deuteranopia, on linear RGB.
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


def _seen(color: str) -> tuple[float, ...]:
    linear = [_linear(part) for part in _rgb(color)]
    return tuple(sum(w * v for w, v in zip(row, linear, strict=True)) for row in DEUTERANOPIA)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *itertools.combinations([style.SHARE[4], style.GAP_HATCH, style.CIRCLE, style.WATER], 2),
        (style.LESS[1][0], style.MORE[1]),
        (style.LESS[0][0], style.MORE[0]),
    ],
)
def test_meanings_differ_for_colour_blind_eyes(one, other):
    distance = sum((a - b) ** 2 for a, b in zip(_seen(one), _seen(other), strict=True)) ** 0.5
    assert distance > 0.12
