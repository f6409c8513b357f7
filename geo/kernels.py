"""Compile what is compiled before anybody waits for it: no request ever meets a compiler."""

from __future__ import annotations

from geo import assignment, pairs, reach, siting, timetables
from geo.compiled import COMPILED
from geo.way import trips


def compile() -> bool:
    """Compile every kernel, or load it from numba's cache; say whether there was anything to do.

    Takes a minute or so the first time, and a second later on; without numba nothing.
    """
    for module in (reach, trips, pairs, assignment, timetables, siting):
        module.compile()
    return COMPILED
