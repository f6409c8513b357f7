"""Fold texts so that what a person types and what a map says can be compared letter by letter.

Wide forms become narrow, capitals small, traditional characters simplified; marks over letters are
taken off (``ü`` is ``u``), and whatever is neither letter nor digit – spaces, dots, apostrophes,
brackets – is left out. The page folds the same way (``static/js/find/match.js``).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from geo.search.variants import SIMPLIFIED


@dataclass(frozen=True)
class Folded:
    """Hold a folded text: its characters, and where each of them stood.

    ``origin`` are code points of the text before it was folded; ``begins`` says where a word
    begins: at the start, after a gap, where Latin letters or digits begin, and after Latin letters.
    """

    text: str
    origin: tuple[int, ...]
    begins: tuple[bool, ...]


@lru_cache(maxsize=1 << 14)
def _folded(character: str) -> str:
    """Return what one character becomes: mostly one, sometimes none or several."""
    plain = unicodedata.normalize("NFKC", character).lower()
    apart = unicodedata.normalize("NFD", plain)
    return "".join(SIMPLIFIED.get(c, c) for c in apart if unicodedata.category(c)[0] in "LN")


def is_latin(character: str) -> bool:
    """Return whether a folded character is one of a…z."""
    return "a" <= character <= "z"


def _is_plain(character: str) -> bool:
    return is_latin(character) or "0" <= character <= "9"


def fold(text: str) -> Folded:
    """Return a text folded; characters of which nothing is left part words."""
    out: list[str] = []
    origin: list[int] = []
    begins: list[bool] = []
    gap, last = True, ""
    for place, character in enumerate(text):
        folded = _folded(character)
        for one in folded:
            new = gap or is_latin(one) != is_latin(last) or (_is_plain(one) and not _is_plain(last))
            out.append(one)
            origin.append(place)
            begins.append(new)
            gap, last = False, one
        gap = gap or not folded
    return Folded("".join(out), tuple(origin), tuple(begins))
