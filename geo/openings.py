"""Lay out when every station is open over the next fourteen days, so that any arrival is a look-up.

A table begins at midnight of one day on the city's clocks; moments are milliseconds from then on.
Stations with the same text share their spans. A span is *open* or *unknown* (nobody can tell, see
:mod:`geo.hours`); what no span holds is closed. A span that reaches the end of the table goes on
for as long as the table can say: what ends there is not known to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import hours
from geo.compiled import readonly
from geo.supply import NEVER_MS

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: So many days a table covers, the first one included.
DAYS = 14
DAY_MS = 24 * 60 * 60_000
#: The end of a table, which is also the end of what is known.
END_MS = DAYS * DAY_MS

UNKNOWN, CLOSED, OPEN = range(3)
#: What a station is at a moment.
STATES = ("unknown", "closed", "open")


class State(NamedTuple):
    """Hold what a station is at a moment, and until when, in milliseconds from midnight.

    ``closes_ms`` is when an open station closes, ``opens_ms`` when a closed one opens next;
    ``None`` where the table knows of no such moment, and in the other states.
    """

    state: str
    opens_ms: int | None
    closes_ms: int | None


class Outlook(NamedTuple):
    """Hold what every timetable promises from a moment on, in milliseconds after that moment.

    ``open_ms`` is when a station is first known to be open, ``unknown_ms`` when its hours are first
    unknown (:data:`~geo.supply.NEVER_MS` = not within the table); ``always`` says whether it stays
    open without a break for some days.
    """

    open_ms: Ints
    unknown_ms: Ints
    always: Bools

    @property
    def served_ms(self) -> Ints:
        """Return when a station is first open or may be."""
        return np.minimum(self.open_ms, self.unknown_ms)


@dataclass(frozen=True, eq=False)
class Openings:
    """Hold the spans of all timetables: those of number t are ``first[t]`` to ``first[t + 1]``.

    ``timetable`` is the number of each station's. Spans are sorted and do not overlap; ``end_ms``
    is exclusive.
    """

    midnight: datetime
    timetable: Ints
    first: Ints
    start_ms: Ints
    end_ms: Ints
    is_open: Bools

    def spans(self, row: int) -> list[tuple[datetime, datetime, bool]]:
        """Return a station's spans: from, to, and whether it is open (else unknown) meanwhile."""
        at = slice(*self.first[self.timetable[row] : self.timetable[row] + 2])
        return [
            (self._moment(start), self._moment(end), bool(is_open))
            for start, end, is_open in zip(
                self.start_ms[at], self.end_ms[at], self.is_open[at], strict=True
            )
        ]

    def state_at(self, row: int, moment_ms: int) -> State:
        """Return what a station is at a moment of the table (milliseconds from its midnight)."""
        low, high = self.first[self.timetable[row] : self.timetable[row] + 2]
        after = low + int(np.searchsorted(self.start_ms[low:high], moment_ms, side="right"))
        if after > low and moment_ms < self.end_ms[after - 1]:
            if not self.is_open[after - 1]:
                return State(STATES[UNKNOWN], None, None)
            end = int(self.end_ms[after - 1])
            return State(STATES[OPEN], None, None if end >= END_MS else end)
        following = np.flatnonzero(self.is_open[after:high])
        opens = int(self.start_ms[after + following[0]]) if len(following) else None
        return State(STATES[CLOSED], opens, None)

    def milliseconds(self, moment: datetime) -> int:
        """Return a naive moment as milliseconds from the table's midnight."""
        return round((moment - self.midnight).total_seconds() * 1000)

    def outlook(self, moment_ms: int, always_days: int) -> Outlook:
        """Return what each station promises from a moment on, by row."""
        count = len(self.first) - 1
        owner = np.repeat(np.arange(count), np.diff(self.first))
        ahead = self.end_ms > moment_ms
        wait = np.maximum(self.start_ms - moment_ms, 0)
        soonest = []
        for kind in (self.is_open, ~self.is_open):
            first = np.full(count, NEVER_MS, np.int32)
            np.minimum.at(first, owner[ahead & kind], wait[ahead & kind])
            soonest.append(first)
        whole = self.is_open & (self.start_ms <= moment_ms)
        whole &= self.end_ms >= min(moment_ms + always_days * DAY_MS, END_MS)
        always = np.zeros(count, bool)
        always[owner[whole]] = True
        return Outlook(*(part[self.timetable] for part in (*soonest, always)))

    @cached_property
    def arrays(self) -> tuple[Ints, Ints, Ints, Ints, Bools]:
        """Return the table as kernels read it."""
        return self.timetable, self.first, self.start_ms, self.end_ms, self.is_open

    def _moment(self, ms: int) -> datetime:
        return self.midnight + timedelta(milliseconds=int(ms))


def table(texts: Sequence[str], day: date, calendar: hours.Calendar | None) -> Openings:
    """Return when stations with these opening hours are open from a day on.

    ``calendar`` has the public holidays that count there (``None``: none are known). A text that
    cannot be read is unknown all the time.
    """
    midnight = datetime.combine(day, time())
    end = midnight + timedelta(days=DAYS)
    distinct = sorted(set(texts))
    number = {text: k for k, text in enumerate(distinct)}
    spans: list[tuple[datetime, datetime, bool]] = []
    first = [0]
    for text in distinct:
        known = hours.opening(text, midnight, end, calendar)
        if known is None:
            spans.append((midnight, end, False))
        else:
            both = [(*window, True) for window in known.open]
            spans += sorted(both + [(*window, False) for window in known.unknown])
        first.append(len(spans))
    ends = np.array(
        [[(moment - midnight).total_seconds() * 1000 for moment in span[:2]] for span in spans]
    ).reshape(-1, 2)
    return Openings(
        midnight,
        readonly([number[text] for text in texts], np.int32),
        readonly(first, np.int32),
        readonly(ends[:, 0].round(), np.int32),
        readonly(ends[:, 1].round(), np.int32),
        readonly([is_open for *_, is_open in spans], np.bool_),
    )
