"""Keep the names of a city as arrays of characters in which a question is looked up.

All texts stand in one array with a 0 after each, so that no match runs from one into the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.search.entries import Entries
from geo.search.folding import fold
from geo.search.meanings import Meanings
from geo.search.readings import readings_of

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: Which text of an entry is meant.
NAME, HOST = 0, 1


@dataclass(frozen=True, eq=False)
class Index:
    """Hold everything that can be found in a city, ready to be searched.

    Text ``t`` is the name or the host (``text_field``) of entry ``text_entry[t]`` and takes the
    places ``text_first[t]`` up to the 0 before ``text_first[t + 1]``. ``characters`` are numbers
    of the ``alphabet``, ``origin`` is where each stood in the text as it is shown, ``begins``
    where words begin. ``readings`` are those of the alphabet's Chinese characters, best first.
    """

    entries: Entries
    readings: dict[str, tuple[str, ...]]
    alphabet: dict[str, int]
    text_entry: Longs
    text_field: Longs
    text_first: Longs
    characters: Ints
    origin: Ints
    begins: Bools

    @cached_property
    def meanings(self) -> Meanings:
        """Return what parts of questions can mean here."""
        return Meanings(self.alphabet, self.readings)

    @cached_property
    def text_of(self) -> Ints:
        """Return the text of every place."""
        sizes = np.diff(self.text_first)
        return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)

    @cached_property
    def _by_character(self) -> tuple[Longs, Longs]:
        """Return the places sorted by character, and where each character's begin."""
        order = np.argsort(self.characters, kind="stable")
        first = np.searchsorted(self.characters[order], np.arange(len(self.alphabet) + 2))
        return order, first

    def places_of(self, mask: Bools) -> Longs:
        """Return the places of all characters of a mask."""
        order, first = self._by_character
        parts = [order[first[n] : first[n + 1]] for n in np.flatnonzero(mask).tolist()]
        return np.concatenate(parts) if parts else order[:0]

    def spelled(self, folded: str) -> str:
        """Return a folded text as letters, by the first reading of each character."""
        known = self.readings
        return "".join(known[c][0] if c in known else c for c in folded)

    @cached_property
    def letters(self) -> tuple[Ints, Longs]:
        """Return all texts spelled, as code points with a 0 after each, and where places begin."""
        spellings = [""] * (len(self.alphabet) + 1)
        for character, number in self.alphabet.items():
            spellings[number] = self.spelled(character)
        spellings[0] = "\0"
        sizes = np.array([len(text) for text in spellings])
        first = np.concatenate([[0], np.cumsum(sizes[self.characters])])
        text = "".join([spellings[number] for number in self.characters.tolist()])
        return np.frombuffer(text.encode("utf-32-le"), np.int32), first


def index_of(entries: Entries) -> Index:
    """Return the index of what can be found."""
    texts = [(row, NAME, name) for row, name in enumerate(entries.name)]
    texts += [(row, HOST, host) for row, host in enumerate(entries.host) if host]
    folded = [fold(text) for _, _, text in texts]
    readings = readings_of(one.text for one in folded)
    alphabet = {c: n for n, c in enumerate(sorted({c for one in folded for c in one.text}), 1)}
    characters: list[int] = []
    origin: list[int] = []
    begins: list[bool] = []
    for one in folded:
        characters += [*map(alphabet.__getitem__, one.text), 0]
        origin += [*one.origin, 0]
        begins += [*one.begins, False]
    sizes = [len(one.text) + 1 for one in folded]
    return Index(
        entries=entries,
        readings=readings,
        alphabet=alphabet,
        text_entry=np.array([row for row, _, _ in texts], dtype=np.int64),
        text_field=np.array([field for _, field, _ in texts], dtype=np.int64),
        text_first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        characters=np.array(characters, dtype=np.int32),
        origin=np.array(origin, dtype=np.int32),
        begins=np.array(begins, dtype=bool),
    )
