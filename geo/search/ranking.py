"""Put what was found in order: the better match first, then stations, then what is near.

An answer has one whole number, its *key*, and the smallest comes first. From the weightiest part to
the lightest:

1. the class: exact, the beginning of the name, the beginning of a word, inside it; initials from
   the beginning, syllables from the beginning, syllables inside; one slip;
2. whether initials or unfinished syllables were made use of (for a slip: whether there is one);
3. whether it is the whole name (for a slip: whether it begins with it);
4. the name before the host;
5. the kind, in the order of :data:`geo.search.entries.KINDS`;
6. the distance from the position given, in steps of 100 m;
7. the row of the entry, which stands for weight, length of name and name.

It holds up to 2⁴³, so that a page computes the same key (``static/js/find/match.js``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.search.entries import MICRO, Entries
from geo.search.matching import Matches
from geo.search.meanings import INITIALS, LITERAL, MIXED
from geo.search.slips import NearMisses
from geo.search.table import Index

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

EXACT, PREFIX, WORD, INSIDE, BY_INITIALS, BY_SOUND, SOUND_INSIDE, SLIP = range(8)

#: One step of nearness, metres, and how many steps there are.
STEP_M, STEPS = 100.0, 1 << 14
#: More entries than this cannot be told apart.
ROWS = 1 << 20
#: Length of a degree of a meridian, metres (a sphere of 6,371 km).
_DEGREE_M = 111_194.9


@dataclass(frozen=True)
class Ranked:
    """Hold matches with their keys, one row each: ``text`` and places ``start`` to ``end``."""

    key: Longs
    text: Longs
    start: Longs
    end: Longs


def scale(entries: Entries) -> tuple[float, float]:
    """Return the metres of a millionth of a degree eastward and northward, for the whole city."""
    middle = (int(entries.lat.min()) + int(entries.lat.max())) / 2 / MICRO if len(entries) else 0.0
    north = _DEGREE_M / MICRO
    return round(north * math.cos(math.radians(middle)), 6), round(north, 6)


def distances(entries: Entries, lon: float, lat: float) -> Floats:
    """Return the distance of every entry from a position, metres, good to rank by."""
    east, north = scale(entries)
    x = (entries.lon - math.floor(lon * MICRO + 0.5)) * east
    y = (entries.lat - math.floor(lat * MICRO + 0.5)) * north
    metres: Floats = np.sqrt(x * x + y * y)
    return metres


def ranked(index: Index, found: Matches, size: int, steps: Longs) -> Ranked:
    """Return matches of a question of ``size`` letters; ``steps`` is the nearness of entries."""
    text = index.text_of[found.start].astype(np.int64)
    at_start = found.start == index.text_first[text]
    whole = at_start & (found.end == index.text_first[text + 1] - 1)
    literal = found.manner == LITERAL
    kind = np.select(
        [
            literal & whole,
            literal & at_start,
            literal & index.begins[found.start],
            literal,
            at_start & (found.manner == INITIALS),
            at_start,
        ],
        [EXACT, PREFIX, WORD, INSIDE, BY_INITIALS, BY_SOUND],
        SOUND_INSIDE,
    )
    loose = (found.manner == INITIALS) | (found.manner == MIXED)
    # One letter alone, as an initial somewhere inside, would be found everywhere.
    kept = (kind != SOUND_INSIDE) | (size > 1)
    keys = _key(index, kind, loose, ~whole, text, steps)
    return Ranked(keys[kept], text[kept], found.start[kept], found.end[kept])


def ranked_slips(index: Index, found: NearMisses, steps: Longs) -> Ranked:
    """Return near misses with their keys."""
    text = index.text_of[found.start].astype(np.int64)
    off_start = found.start != index.text_first[text]
    kind = np.full(len(text), SLIP)
    keys = _key(index, kind, found.slips > 0, off_start, text, steps)
    return Ranked(keys, text, found.start, found.end)


def _key(
    index: Index,
    kind: Longs,
    loose: NDArray[np.bool_],
    part: NDArray[np.bool_],
    text: Longs,
    steps: Longs,
) -> Longs:
    row = index.text_entry[text]
    key = (kind * 2 + loose) * 2 + part
    key = (key * 2 + index.text_field[text]) * 8 + index.entries.kind[row]
    keys: Longs = (key * STEPS + steps[row]) * ROWS + row
    return keys
