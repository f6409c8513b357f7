"""Make text safe before it enters markup or script; everything that is drawn passes here.

Folium and Leaflet insert layer names, popups, tooltips and attributions as raw HTML, and Folium
writes them into JavaScript template literals. So names from files are escaped for both at once.
"""

from __future__ import annotations

import json
import re
from typing import Any

# ` and $ end or interpolate a JavaScript template literal, which Folium uses for popups.
_HTML = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "`": "&#96;",
        "$": "&#36;",
    }
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
# Inside a script element: no end tag, no comment, no line separators of old JavaScript.
_SCRIPT = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "'": "\\u0027",
        "`": "\\u0060",
        "$": "\\u0024",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def escape(text: object) -> str:
    """Return text that is inert in HTML, in an attribute and in a JavaScript template literal."""
    return str(text).translate(_HTML)


def half(text: str, lang: str = "zh") -> str:
    """Return the half of a bilingual text (“中文 · English”) in a language, else all of it."""
    first, _, second = text.partition(" · ")
    if not _CHINESE.search(first) or not second or _CHINESE.search(second):
        return text
    return second if lang == "en" else first


def literal(value: Any) -> str:
    """Return a value as JSON that is also a safe JavaScript literal inside a script element.

    NaN and infinities are refused with ``ValueError``: they are no JSON and mean a mistake.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_SCRIPT)
