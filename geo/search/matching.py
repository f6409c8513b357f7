"""Find where a question stands in the names, character by character, by any of its meanings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.search.meanings import LITERAL, Piece
from geo.search.table import Index

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Matches:
    """Hold matches, one row each: places ``start`` up to before ``end``, and the manner."""

    start: Longs
    end: Longs
    manner: Longs


#: Ends of matches so far, by how much of the question they have used and by manner.
_Reached = dict[int, list[tuple[Longs, Longs]]]


def matches(index: Index, question: str) -> Matches:
    """Return every way in which a folded question stands in the names, without a gap.

    A whole question is used up; the last Chinese character may be unfinished (*longj*).
    """
    reached: list[_Reached] = [defaultdict(list) for _ in range(len(question) + 1)]
    for place in range(len(question)):
        here = {manner: _merged(parts) for manner, parts in reached[place].items()}
        if place and not here:
            continue
        for piece in index.meanings.at(question, place):
            if place == 0:
                start = index.places_of(piece.mask)
                reached[piece.end][piece.becomes[LITERAL]].append((start, start + 1))
            else:
                _go_on(index, here, piece, reached[piece.end])
    found = [(manner, *_merged(parts)) for manner, parts in reached[-1].items()]
    if not found:
        none = np.empty(0, np.int64)
        return Matches(none, none, none)
    return Matches(
        start=np.concatenate([start for _, start, _ in found]),
        end=np.concatenate([end for _, _, end in found]),
        manner=np.concatenate([np.full(len(start), manner) for manner, start, _ in found]),
    )


def _go_on(
    index: Index, here: dict[int, tuple[Longs, Longs]], piece: Piece, there: _Reached
) -> None:
    """Lead the matches on whose next character a piece can mean."""
    for manner, (start, end) in here.items():
        fits = piece.mask[index.characters[end]]
        if fits.any():
            there[piece.becomes[manner]].append((start[fits], end[fits] + 1))


def _merged(parts: list[tuple[Longs, Longs]]) -> tuple[Longs, Longs]:
    """Join matches that were reached in different ways; the same match counts once."""
    if len(parts) == 1:
        return parts[0]
    start, end = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    longest = int((end - start).max(initial=0)) + 1
    code = np.unique(start * longest + (end - start))
    return code // longest, code // longest + code % longest
