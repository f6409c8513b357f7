"""Texts that would steer a terminal, or turn a line, come out as plain words."""

from __future__ import annotations

import unicodedata

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import frames
from geo.printable import all_printable, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("新城街道 <b>[red] :smile: 😀", "新城街道 <b>[red] :smile: 😀"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\u202eRTL\u202c", "RTL"),
        ("\x07", ""),
        ("", ""),
    ],
)
def test_steering_characters_become_spaces(text, shown):
    assert printable(text) == shown


@given(st.lists(st.text(max_size=12), max_size=5))
def test_nothing_that_steers_is_left_and_nothing_else_is_changed(texts):
    shown = all_printable(texts)
    assert shown == [printable(text) for text in texts] == all_printable(shown)
    for text, out in zip(texts, shown, strict=True):
        assert not any(unicodedata.category(letter) == "Cc" for letter in out)
        if text.isprintable():
            assert out == text


def test_no_frame_holds_such_a_name():
    made = frames.make(
        "green", {"name": ["公\x1b[2J园", "林"], "kind": ["park", "wood"]},
        [shapely.box(0, 0, 1, 1)] * 2, "EPSG:4544",
    )  # fmt: skip
    assert made["name"].tolist() == ["公 [2J园", "林"]
