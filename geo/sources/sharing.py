"""Share out people in whole quanta, so that every sum stays exact."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo.model import PEOPLE_QUANTUM

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def whole_quanta(people: Floats) -> Ints:
    """Return each row's people in quanta, so that their sum is the sum of the file.

    Whole numbers of people stay as they are; where a file has fractions, as rasters give them,
    rounding every row alone would let the errors of thousands of rows add up.
    """
    exact = people / PEOPLE_QUANTUM
    quanta = np.floor(exact).astype(np.int64)
    short = round(math.fsum(exact)) - int(quanta.sum())
    quanta[np.argsort(quanta - exact, kind="stable")[:short]] += 1
    return quanta


def apportion(quanta: Ints, source: Ints, weight: Floats) -> Floats:
    """Share out each source's quanta by weight, by largest remainder; return people.

    ``source`` and ``weight`` are aligned: the row of ``quanta`` that each part belongs to, and what
    it counts for among the parts of its source.
    """
    total = np.bincount(source, weight, minlength=len(quanta))
    exact = quanta[source] * (weight / total[source])
    share = np.floor(exact).astype(np.int64)
    short = quanta - np.bincount(source, share, minlength=len(quanta)).astype(np.int64)
    order = np.lexsort((np.arange(len(source)), share - exact, source))
    start = np.searchsorted(source[order], np.arange(len(quanta)))
    rank = np.empty(len(source), dtype=np.int64)
    rank[order] = np.arange(len(source)) - start[source[order]]
    share += rank < short[source]
    return np.asarray(share * PEOPLE_QUANTUM, dtype=np.float64)
