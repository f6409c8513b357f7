"""Say what a piece of a question can mean: the character itself, or how a character is read.

People type *longjin*, *ljsq*, *longj桥*: each Chinese character stands there itself, as its whole
syllable or as its initial, in any mixture, and the last one may be unfinished. What was made use of
is the *manner* of a match; the best manners rank first (:mod:`geo.search.ranking`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.search.readings import CLUSTERS

#: Manners of a match: characters only; initials (and characters) only; whole syllables (and
#: characters) only; any other mixture.
LITERAL, INITIALS, SYLLABLES, MIXED = range(4)
#: What a match becomes when one more character is met by its initial, its whole syllable, or the
#: beginning of its syllable, by the manner so far. A character itself changes nothing.
BY_INITIAL = (INITIALS, INITIALS, MIXED, MIXED)
BY_SYLLABLE = (SYLLABLES, MIXED, SYLLABLES, MIXED)
BY_BEGINNING = (MIXED, MIXED, MIXED, MIXED)
_ITSELF = (LITERAL, INITIALS, SYLLABLES, MIXED)

#: No syllable has more letters.
_LONGEST = 6

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """Hold one meaning of a part of the question: where the part ends, and whom it fits.

    ``mask`` says it for every number of the alphabet; ``becomes`` is one of the tables above.
    """

    end: int
    mask: Bools
    becomes: tuple[int, int, int, int]


class Meanings:
    """Know which characters of an alphabet each syllable, initial and beginning can mean."""

    def __init__(
        self, alphabet: Mapping[str, int], readings: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._alphabet = alphabet
        self._masks: dict[tuple[str, tuple[int, int, int, int]], Bools] = {}
        for character, ways in readings.items():
            for piece, becomes in {part for way in ways for part in _parts(way)}:
                self._mask(piece, becomes)[alphabet[character]] = True

    def _mask(self, piece: str, becomes: tuple[int, int, int, int]) -> Bools:
        return self._masks.setdefault((piece, becomes), np.zeros(len(self._alphabet) + 1, bool))

    def at(self, question: str, place: int) -> Iterator[Piece]:
        """Yield what a folded question can mean from a place on."""
        number = self._alphabet.get(question[place])
        if number is not None:
            yield Piece(place + 1, np.arange(len(self._alphabet) + 1) == number, _ITSELF)
        for end in range(place + 1, min(place + _LONGEST, len(question)) + 1):
            for becomes in (BY_INITIAL, BY_SYLLABLE, BY_BEGINNING):
                mask = self._masks.get((question[place:end], becomes))
                if mask is not None and (becomes is not BY_BEGINNING or end == len(question)):
                    yield Piece(end, mask, becomes)


def _parts(way: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Yield what may be typed of a reading, and how it counts."""
    yield way, BY_SYLLABLE
    yield way[0], BY_INITIAL
    for size in range(2, len(way)):
        yield way[:size], BY_INITIAL if way[:size] in CLUSTERS else BY_BEGINNING
