"""Write columns of numbers as compact bytes, and read them back.

Whole numbers are written seven bits a byte, the lowest first; the eighth bit says that more follow
(LEB128). Signed ones are folded first (0, −1, 1, −2 → 0, 1, 2, 3), and where neighbours are alike
only the step from the one before is written. The reader in JavaScript counts in doubles, so every
number, folded too, must stay below 2⁵³.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: ``count``: ≥ 0; ``signed``; ``steps``: signed differences; ``real``: doubles, little-endian.
Kind = Literal["count", "signed", "steps", "real"]

#: The largest number that a double holds together with all smaller ones.
LARGEST = 2**53 - 1

Longs = NDArray[np.int64]


def encode(values: ArrayLike, kind: Kind) -> bytes:
    """Return a column as bytes; numbers that a reader would not hold raise ``ValueError``."""
    if kind == "real":
        return np.asarray(values, "<f8").tobytes()
    numbers = np.asarray(values, np.int64).ravel()
    if kind == "steps":
        numbers = np.diff(numbers, prepend=0)
    if kind != "count":
        numbers = (numbers << 1) ^ (numbers >> 63)
    if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) <= LARGEST:
        raise ValueError(f"a column of kind {kind!r} holds numbers outside 0 to 2^53 - 1")
    return _seven_bits(numbers)


def _seven_bits(numbers: Longs) -> bytes:
    """Return unsigned numbers as LEB128."""
    size = np.ones(len(numbers), np.int64)
    rest = numbers >> 7
    while rest.any():
        size += rest > 0
        rest >>= 7
    end = np.cumsum(size)
    out = np.zeros(int(end[-1]) if len(end) else 0, np.uint8)
    for place in range(int(size.max(initial=0))):
        here = np.flatnonzero(size > place)
        more = size[here] > place + 1
        bits = (numbers[here] >> (7 * place)) & 0x7F
        out[(end - size)[here] + place] = bits | np.where(more, 0x80, 0)
    return out.tobytes()


def decode(content: bytes, kind: Kind) -> NDArray[np.float64] | Longs:
    """Return the numbers that :func:`encode` wrote."""
    if kind == "real":
        return np.frombuffer(content, "<f8")
    raw = np.frombuffer(content, np.uint8).astype(np.int64)
    last = np.flatnonzero(raw < 0x80)
    first = np.concatenate([[0], last[:-1] + 1])[: len(last)]
    numbers = np.zeros(len(last), np.int64)
    for place in range(int((last - first).max(initial=-1)) + 1):
        here = first + place <= last
        numbers[here] |= (raw[(first + place)[here]] & 0x7F) << (7 * place)
    if kind == "count":
        return numbers
    signed = (numbers >> 1) ^ -(numbers & 1)
    return np.cumsum(signed) if kind == "steps" else signed
