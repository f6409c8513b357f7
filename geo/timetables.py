"""Serve places at many instants in one pass: the kernel behind the curves of :mod:`geo.week`.

Of every timetable it is known at which instants it still serves a place that far away, as one bit
an instant; a place is served at the instants of all stations that it reaches together. Stations
answer several questions at once (one service or another), again as one bit each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.compiled import COMPILED, kernel, readonly
from geo.pairs import Pairs

Bits = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_WORD = 64


def serve(
    near: Pairs,
    people: Floats,
    offers: Longs,
    n_questions: int,
    timetable: Longs,
    limits: Ints,
) -> tuple[Floats, Bools]:
    """Return the served people per question and instant, and who is served by the first question.

    Bit q of ``offers`` says that a station answers question q; station s serves the places whose
    time is at most ``limits[instant, timetable[s]]`` milliseconds, -1 none. Shapes of the answer:
    (questions, instants) and (places, instants).
    """
    count = len(limits)
    covered = np.zeros((n_questions, count))
    served = np.zeros((len(people), -(-count // _WORD)), np.uint64)
    stations = (readonly(offers, np.int64), readonly(timetable, np.int64))
    (serve_each if COMPILED else serve_each_plain)(
        near.first,
        near.station,
        near.time_ms,
        *stations,
        steps_of(limits),
        readonly(people, np.float64),
        covered,
        served,
    )
    return covered, unpacked(served, count)


class Steps(NamedTuple):
    """Hold how far each timetable serves, and when.

    Timetable t has the rows ``first[t]`` to ``first[t + 1]``, times ascending: a place whose time
    is at most ``ms[k]`` is served at the instants of ``bits[k]``, a farther one by the next row.
    """

    first: Longs
    ms: Longs
    bits: Bits


def steps_of(limits: Ints) -> Steps:
    """Return the steps of limits (instants, timetables)."""
    first, ms, flags = [0], [], []
    for limit in limits.T:
        for level in np.unique(limit[limit >= 0]):
            ms.append(level)
            flags.append(limit >= level)
        first.append(len(ms))
    table = np.array(flags, bool).reshape(len(ms), len(limits))
    return Steps(readonly(first, np.int64), readonly(ms, np.int64), readonly(packed(table), "u8"))


def packed(flags: Bools) -> Bits:
    """Return flags (n, m) as bits (n, words), the lowest bit first."""
    words = -(-flags.shape[1] // _WORD)
    wide = np.zeros((len(flags), words * _WORD), bool)
    wide[:, : flags.shape[1]] = flags
    return np.packbits(wide, axis=1, bitorder="little").view("<u8")


def unpacked(bits: Bits, count: int) -> Bools:
    """Return the first flags of bits (n, words), shape (n, count)."""
    octets = np.ascontiguousarray(bits, "<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=count, bitorder="little").astype(bool)


@kernel
def serve_each(
    first: Longs,
    station: Ints,
    time_ms: Ints,
    offers: Longs,
    timetable: Longs,
    steps: Steps,
    people: Floats,
    covered: Floats,
    served: Bits,
) -> None:
    """Add every place's people to the questions and instants at which a station serves it.

    The first three are :class:`geo.pairs.Pairs`. Bit q of ``offers`` says that a station answers
    question q. ``covered`` (questions, instants) is added to; ``served`` (places, words) gets the
    bits of the first question.
    """
    questions, count = covered.shape
    words = served.shape[1]
    found = np.zeros((questions, words), np.uint64)
    for place in range(len(first) - 1):
        found[:] = 0
        for i in range(first[place], first[place + 1]):
            wanted = offers[station[i]]
            k = steps.first[timetable[station[i]]]
            end = steps.first[timetable[station[i]] + 1]
            while k < end and steps.ms[k] < time_ms[i]:
                k += 1
            if k == end:
                continue
            for q in range(questions):
                if (wanted >> q) & 1:
                    for w in range(words):
                        found[q, w] |= steps.bits[k, w]
        served[place] = found[0]
        for q in range(questions):
            for bit in range(count):
                if (found[q, bit >> 6] >> np.uint64(bit & 63)) & np.uint64(1):
                    covered[q, bit] += people[place]


def serve_each_plain(
    first: Longs,
    station: Ints,
    time_ms: Ints,
    offers: Longs,
    timetable: Longs,
    steps: Steps,
    people: Floats,
    covered: Floats,
    served: Bits,
) -> None:
    """Do what :func:`serve_each` does, by array arithmetic."""
    place = np.repeat(np.arange(len(people)), np.diff(first))
    # Rows of the steps are found by (timetable, time) as one number.
    owner = np.repeat(np.arange(len(steps.first) - 1), np.diff(steps.first))
    step = np.searchsorted(
        (owner << 32) + steps.ms, (timetable[station] << 32) + time_ms.astype(np.int64)
    )
    fits = step < steps.first[timetable[station] + 1]
    for question in range(len(covered)):
        chosen = fits & ((offers[station] >> question) & 1 > 0)
        bits = np.zeros_like(served)
        np.bitwise_or.at(bits, place[chosen], steps.bits[step[chosen]])
        covered[question] += people @ unpacked(bits, covered.shape[1])
        if question == 0:
            served[:] = bits


def compile() -> bool:
    """Compile the kernel, or load it from numba's cache; say whether there was anything to do."""
    if not COMPILED:
        return False
    none = readonly([0, 0], np.int64), readonly([], np.int32), readonly([], np.int32)
    one = readonly([0], np.int64)
    steps = steps_of(np.zeros((1, 1), np.int32))
    serve_each(
        *none,
        one,
        one,
        steps,
        readonly([1.0], np.float64),
        np.zeros((1, 2)),
        np.zeros((1, 1), "u8"),
    )
    return True
