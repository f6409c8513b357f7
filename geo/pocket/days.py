"""Write what depends on the day for a phone: when stations are open and when gates refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.openings import Openings
from geo.pocket.container import Section, column, table

_MINUTE_MS = 60_000


class Refusal(NamedTuple):
    """Hold when a gate refuses a layer of a profile: minutes from midnight, until is exclusive."""

    node: int
    layer: int
    spans: Sequence[tuple[int, int]]


def openings(hours: Openings) -> Iterator[Section]:
    """Yield the timetables of the stations, as :mod:`geo.openings` lays them out.

    ``hours.minutes`` holds, span by span, from when and until when: minutes since the last moment
    written for the same timetable, which begins at midnight.
    """
    yield column("hours.timetable", hours.timetable, "count")
    yield column("hours.spans", np.diff(hours.first), "count")
    ends = np.column_stack([hours.start_ms, hours.end_ms]).astype(np.int64)
    yield column("hours.minutes", _steps(ends // _MINUTE_MS, np.asarray(hours.first)), "count")
    yield column("hours.open", hours.is_open.astype(np.int64), "count")


def _steps(moments: NDArray[np.int64], first: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return moments, one row a span, each from the last one of its own timetable."""
    flat = moments.ravel()
    before = np.concatenate([[0], flat[:-1]])[: len(flat)]
    before[2 * first[:-1][np.diff(first) > 0]] = 0
    return flat - before


def gates(
    refusals: Mapping[str, Sequence[Refusal]], names: Sequence[tuple[int, str]]
) -> Iterator[Section]:
    """Yield when gates refuse each profile, and the names of the gates that have one, by node.

    A gate that stands here for a profile and a layer refuses in its spans and at no other time,
    whatever the plain tags say; ``minutes`` are written as those of the timetables.
    """
    for profile, rows in refusals.items():
        many = np.array([len(row.spans) for row in rows], np.int64)
        first = np.concatenate([[0], np.cumsum(many)]).astype(np.int32)
        moments = np.array([span for row in rows for span in row.spans], np.int64).reshape(-1, 2)
        yield column(f"gate.{profile}.node", [row.node for row in rows], "steps")
        yield column(f"gate.{profile}.layer", [row.layer for row in rows], "count")
        yield column(f"gate.{profile}.spans", many, "count")
        yield column(f"gate.{profile}.minutes", _steps(moments, first), "count")
    yield table("gate.names", [list(row) for row in names])
