"""Answer a question: fold it, look it up, rank what was found, say what to highlight."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from geo.model import Position
from geo.search import ranking
from geo.search.entries import CELL, COMPOUND, KINDS, MICRO
from geo.search.folding import fold
from geo.search.matching import matches
from geo.search.ranking import Floats, Ranked
from geo.search.slips import near_misses
from geo.search.table import HOST, Index

#: So many characters of a question are read, so many answers are given at most.
LONGEST, MOST = 80, 20
#: Slips are looked for where there are fewer better answers than this.
_FEW = 3

#: Text, first place and the place after the last one of a match.
_Place = tuple[int, int, int]


@dataclass(frozen=True)
class Found:
    """Hold one answer.

    ``field`` names the text that was met, ``name`` or ``detail``, and ``mark`` the part of it to
    highlight: its first character and how many (Unicode code points). ``detail`` says where it is,
    of a station met by its English name or its host these. ``id`` is that of a station (of an
    address: of the station there) or the code of a cell, else ``""``; ``level`` that of a cell,
    else 0. Position in WGS84 degrees; ``metres`` as the crow flies from where the question was
    asked, else ``None``.
    """

    kind: str
    id: str
    name: str
    detail: str
    field: str
    mark: tuple[int, int]
    level: int
    lon: float
    lat: float
    metres: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON tells it; what there is not is ``None``."""
        return {
            **asdict(self),
            "id": self.id or None,
            "mark": list(self.mark),
            "level": self.level or None,
        }


def find(index: Index, text: str, count: int = 10, near: Position | None = None) -> list[Found]:
    """Return what a text may mean, best first (see :mod:`geo.search.ranking`).

    Of the text the first :data:`LONGEST` characters are read, and at most :data:`MOST` answers are
    given; a text without letters and digits finds nothing. Near misses are among them only where
    hardly anything else is found.
    """
    question, count = fold(text[:LONGEST]).text, min(count, MOST)
    if not question or not len(index.entries) or count < 1:
        return []
    metres = None if near is None else ranking.distances(index.entries, near.lon, near.lat)
    steps = np.zeros(len(index.entries), np.int64)
    if metres is not None:
        steps = np.minimum(metres // ranking.STEP_M, ranking.STEPS - 1).astype(np.int64)
    found = ranking.ranked(index, matches(index, question), len(question), steps)
    best = _best(index, found, count)
    if len(best) < min(count, _FEW):
        slips = ranking.ranked_slips(index, near_misses(index, question), steps)
        best = _best(index, _both(found, slips), count)
    return [_told(index, row, metres) for row in best]


def _both(one: Ranked, other: Ranked) -> Ranked:
    return Ranked(
        *(
            np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("key", "text", "start", "end")
        )
    )


def _best(index: Index, found: Ranked, count: int) -> list[_Place]:
    """Return the best matches, each entry once: by key, then by the places that were met."""
    wanted = 8 * count  # an entry may be met in several places
    while True:
        rows = np.arange(len(found.key))
        if wanted < len(rows):
            limit = np.partition(found.key, wanted - 1)[wanted - 1]
            rows = np.flatnonzero(found.key <= limit)
        parts = (found.end[rows], found.start[rows], found.text[rows], found.key[rows])
        chosen = rows[np.lexsort(parts)]
        places = zip(found.text[chosen], found.start[chosen], found.end[chosen], strict=True)
        best = _each_once(index, ((int(t), int(s), int(e)) for t, s, e in places), count)
        if len(best) == count or len(rows) == len(found.key):
            return best
        wanted *= 8


def _each_once(index: Index, places: Iterable[_Place], count: int) -> list[_Place]:
    """Return the first place of each entry, without the cells of a compound that says the same.

    Who asks for 新盛家属院 wants the compound, not each of its units: those are told where the
    question goes on after the compound's name.
    """
    entries = index.entries
    best: dict[int, _Place] = {}
    compounds: list[str] = []
    for place in places:
        row = int(index.text_entry[place[0]])
        name, end = entries.name[row], int(index.origin[place[2] - 1]) + 1
        is_said = entries.kind[row] == CELL and any(
            name.startswith(compound) and end <= len(compound) < len(name) for compound in compounds
        )
        if row in best or is_said:
            continue
        best[row] = place
        if entries.kind[row] == COMPOUND:
            compounds.append(name)
        if len(best) == count:
            break
    return list(best.values())


def _told(index: Index, place: _Place, metres: Floats | None) -> Found:
    """Return a match as it is told."""
    (text, start, end), entries = place, index.entries
    row = int(index.text_entry[text])
    is_host = index.text_field[text] == HOST
    first = int(index.origin[start])
    return Found(
        kind=KINDS[entries.kind[row]],
        id=entries.id[row],
        name=entries.name[row],
        detail=entries.host[row] if is_host else entries.detail[row],
        field="detail" if is_host else "name",
        mark=(first, int(index.origin[end - 1]) + 1 - first),
        level=entries.level[row],
        lon=int(entries.lon[row]) / MICRO,
        lat=int(entries.lat[row]) / MICRO,
        metres=None if metres is None else math.floor(metres[row] + 0.5),
    )
