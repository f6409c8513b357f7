"""Text that comes from files is inert wherever Folium may put it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmap.maps.text import escape, half, literal

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "`${alert(1)}`",
    "${alert(1)}",
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "\u2028alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_has_no_active_character(text):
    assert not set(escape(text)) & set("<>\"'`$")


def test_escape_names_each_character_once():
    # By hand: & first, so that the entities themselves are not escaped again.
    assert escape("a<b>&\"'`$") == "a&lt;b&gt;&amp;&quot;&#39;&#96;&#36;"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_cannot_leave_its_script(text):
    written = literal({"name": text})
    assert not set(written) & set("<>&'`$\u2028\u2029")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_a_literal_says_the_same_value(value):
    assert json.loads(literal(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_no_json_are_refused(value):
    with pytest.raises(ValueError):
        literal(value)


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("虚构 · invented", "虚构", "invented"),
        ("虚构 · invented · by a script", "虚构", "invented · by a script"),
        # Not two languages: nothing may be lost.
        ("© OpenStreetMap contributors", *["© OpenStreetMap contributors"] * 2),
        ("© OpenStreetMap · ODbL", *["© OpenStreetMap · ODbL"] * 2),
        ("甲 · 乙", *["甲 · 乙"] * 2),
        ("", "", ""),
    ],
)
def test_a_bilingual_text_has_two_halves(text, chinese, english):
    assert (half(text), half(text, "en")) == (chinese, english)
