"""Make texts of files fit to be shown: without characters that steer a terminal or turn a line.

A name may hold escape sequences that clear a screen, line breaks that forge a line of a report, or
marks that let the text after them run backwards. None of them is part of any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Control characters, line and paragraph separators, and marks that override a direction.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def printable(text: str) -> str:
    """Return a text with a space for every run of characters that are not to be shown."""
    return _STEERING.sub(" ", text).strip() if _STEERING.search(text) else text


def all_printable(texts: Iterable[str]) -> list[str]:
    """Return :func:`printable` of every text; quick where nothing is to be done."""
    listed = list(texts)
    if _STEERING.search("".join(listed)):
        return [printable(text) for text in listed]
    return listed
