"""Find names that a question meets but for one slip: a letter wrong, missing, too many, swapped.

The first letter has to be right, and the question long enough that a slip still says something.
Letters are those of the spelled name (*longjin*), so that 龙金, typed with the wrong character of
the same sound, meets 龙津; and the characters themselves where that does not help.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.search.table import Index

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: Shorter questions, in letters and in characters, are not taken to have a slip.
LEAST_LETTERS, LEAST_CHARACTERS = 4, 3


@dataclass(frozen=True)
class NearMisses:
    """Hold near misses, one row each: places ``start`` up to before ``end``, and 0 or 1 slips."""

    start: Longs
    end: Longs
    slips: Longs


def near_misses(index: Index, question: str) -> NearMisses:
    """Return where a folded question stands in the names with at most one slip."""
    found = [_empty()]
    spelled = index.spelled(question)
    if len(spelled) >= LEAST_LETTERS:
        letters, first = index.letters
        codes = [ord(letter) for letter in spelled]
        start, end, slips = _met(letters, first[:-1], codes)
        unit = np.searchsorted(first, end - 1, side="right") - 1
        found.append(NearMisses(np.searchsorted(first, start), unit + 1, slips))
    if spelled != question and len(question) >= LEAST_CHARACTERS:
        numbers = [index.alphabet.get(character, -1) for character in question]
        places = np.arange(len(index.characters))
        found.append(NearMisses(*_met(index.characters, places, numbers)))
    return NearMisses(
        *(
            np.concatenate([getattr(one, name) for one in found])
            for name in ("start", "end", "slips")
        )
    )


def _empty() -> NearMisses:
    none = np.empty(0, np.int64)
    return NearMisses(none, none, none)


def _met(text: Ints, starts: Longs, wanted: list[int]) -> tuple[Longs, Longs, Longs]:
    """Return starts, ends and slips where ``wanted`` begins at one of the starts of a text.

    Of several slips that explain the same start, the first of swapped, wrong, too many, missing
    counts. A 0 parts texts and is met by nothing.
    """
    # Whatever is compared beyond the end meets zeros.
    text = np.concatenate([text, np.zeros(len(wanted) + 2, text.dtype)])
    asked = np.array(wanted)
    found: list[tuple[Longs, Longs, int]] = []
    going = starts[text[starts] == asked[0]]
    for done in range(1, len(asked)):
        fits = text[going + done] == asked[done]
        stopped, going = going[~fits], going[fits]
        found += _slipped(text, stopped, asked, done)
    found.append((going, going + len(asked), 0))
    return (
        np.concatenate([start for start, _, _ in found]),
        np.concatenate([end for _, end, _ in found]),
        np.concatenate([np.full(len(start), slips) for start, _, slips in found]),
    )


def _slipped(
    text: Ints, start: Longs, asked: NDArray[np.int_], done: int
) -> list[tuple[Longs, Longs, int]]:
    """Return the starts that go on after one slip at the letter ``done``, and where they end."""
    size, is_letter = len(asked), text[start + done] != 0
    swapped = np.zeros(len(start), bool)
    if done + 1 < size:
        swapped = (text[start + done] == asked[done + 1]) & (text[start + done + 1] == asked[done])
    ways = (
        (swapped, done + 2, 0),
        (is_letter, done + 1, 0),
        (np.ones(len(start), bool), done + 1, -1),
        (is_letter, done, 1),
    )
    out, left = [], np.ones(len(start), bool)
    for possible, rest, shift in ways:
        fits = left & possible & _follows(text, start + shift, asked, rest)
        out.append((start[fits], start[fits] + size + shift, 1))
        left &= ~fits
    return out


def _follows(text: Ints, start: Longs, asked: NDArray[np.int_], rest: int) -> Bools:
    """Return where the question from letter ``rest`` on stands at the same distance of a start."""
    fits = np.ones(len(start), bool)
    for place in range(rest, len(asked)):
        fits &= text[start + place] == asked[place]
    return fits
