"""Say which stations serve a need, and from when to when: hours × services, without any way.

The instant of a need is when people set out; openings and closings are milliseconds from then on.
A station serves a place at travel time T when it is open at some moment from T up to the budget:
whoever comes early waits. Unknown hours are a state of their own and never count as open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import hours
from geo.model import Need

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

#: What a station is for a need; the first that is true, in this order.
STATES = ("not_open", "service_missing", "unknown_hours", "closed", "serves")
NOT_OPEN, SERVICE_MISSING, UNKNOWN_HOURS, CLOSED, SERVES = range(5)

#: Openings are looked for so far ahead: the longest budget in minutes.
HORIZON_MS = 120 * 60_000
#: And so much farther, to see whether a station stays open beyond it.
BEYOND = timedelta(minutes=1)
#: Closing time of a station that stays open beyond the horizon.
NEVER_MS = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Supply:
    """Hold what the stations offer a need: ``state`` per station, and the windows of those open.

    ``row`` is the station of each window, ``opens_ms`` and ``closes_ms`` its ends from the need's
    instant on (``closes_ms`` exclusive). Stations without windows within the horizon are closed.
    ``state`` looks at the whole horizon, :meth:`states` only as far as a budget: ``unknown_row``
    are the stations of which nobody can tell whether they are open, from ``unknown_ms`` on.
    """

    need: Need
    state: NDArray[np.int8]
    row: Ints
    opens_ms: Ints
    closes_ms: Ints
    unknown_row: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    unknown_ms: Ints = field(default_factory=lambda: np.empty(0, np.int32))

    def limits(self, budget_ms: int) -> Ints:
        """Return, per station, the longest travel time that it still serves; -1 for none.

        A place is covered by a station exactly when its travel time is at most this.
        """
        out = np.full(len(self.state), -1, np.int32)
        useful = self.opens_ms <= budget_ms
        last = np.minimum(self.closes_ms[useful] - 1, budget_ms)
        np.maximum.at(out, self.row[useful], last)
        return out

    def served_ms(self, row: NDArray[np.integer], arrival_ms: Ints) -> Ints:
        """Return when somebody who arrives at a station is served there; ``NEVER_MS`` for never.

        ``row`` is the station of each arrival. Whoever comes early waits.
        """
        out = np.full(len(row), NEVER_MS, np.int32)
        order = np.lexsort((self.opens_ms, self.row))
        owner = self.row[order]
        rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
        for number in range(int(rank.max(initial=-1)) + 1):
            window = order[rank == number]
            opens = np.zeros(len(self.state), np.int32)
            closes = np.full(len(self.state), -1, np.int32)
            opens[self.row[window]] = self.opens_ms[window]
            closes[self.row[window]] = self.closes_ms[window]
            served = np.where(
                arrival_ms < closes[row], np.maximum(arrival_ms, opens[row]), NEVER_MS
            )
            out = np.minimum(out, served.astype(np.int32))
        return out

    def serving(self, budget_ms: int) -> Bools:
        """Return which stations serve anybody within a budget."""
        return self.limits(budget_ms) >= 0

    def groups(self) -> Iterator[tuple[Bools, int, int]]:
        """Yield the stations that open and close together, as (mask, opens_ms, closes_ms)."""
        windows = pd.DataFrame({"opens": self.opens_ms, "closes": self.closes_ms})
        for (opens, closes), found in windows.groupby(["opens", "closes"]).groups.items():
            mask = np.zeros(len(self.state), bool)
            mask[self.row[found.to_numpy()]] = True
            yield mask, int(opens), int(closes)

    def states(self, budget_ms: int) -> NDArray[np.int8]:
        """Return what each station is for somebody who has this much time.

        What it is later does not matter: closed until an appointment tomorrow is closed.
        """
        out = self.state.copy()
        out[np.isin(out, (UNKNOWN_HOURS, SERVES))] = CLOSED
        out[self.unknown_row[self.unknown_ms <= budget_ms]] = UNKNOWN_HOURS
        out[self.serving(budget_ms)] = SERVES
        return out

    def counts(self, budget_ms: int) -> dict[str, int]:
        """Return how many stations in service serve, are closed, unknown or lack a service."""
        state = self.states(budget_ms)
        return {
            name: int((state == STATES.index(name)).sum())
            for name in ("serves", "closed", "unknown_hours", "service_missing")
        }


def offers(stations: pd.DataFrame, services: tuple[str, ...]) -> Bools:
    """Return which stations offer all of these services."""
    return _offering(stations["services"].tolist(), services)


def _offering(offers: Sequence[str], services: tuple[str, ...]) -> Bools:
    wanted = set(services)
    kept = {text: wanted <= set(text.split(";")) for text in set(offers)}
    return np.array([kept[text] for text in offers], bool)


class Post(NamedTuple):
    """Hold what decides whether a station serves: columns of the frame of stations."""

    status: str
    services: str
    opening_hours: str


def offered(
    stations: pd.DataFrame,
    need: Need,
    horizon_ms: int = HORIZON_MS,
    calendar: hours.Calendar | None = None,
    openings: Mapping[str, hours.Opening | None] | None = None,
) -> Supply:
    """Return what the stations offer a need, looking ahead up to a horizon.

    ``calendar`` has the public holidays that count in the city (``None``: no holidays are known).
    Who asks for many instants gives the ``openings`` of every text, read once for all of them.
    """
    columns = (stations[name].tolist() for name in ("status", "services", "opening_hours"))
    rows = [Post(*row) for row in zip(*columns, strict=True)]
    return offered_by(rows, need, horizon_ms, calendar, openings)


def offered_by(
    posts: Sequence[Post],
    need: Need,
    horizon_ms: int = HORIZON_MS,
    calendar: hours.Calendar | None = None,
    openings: Mapping[str, hours.Opening | None] | None = None,
) -> Supply:
    """Return what :func:`offered` does, of stations that stand in no frame."""
    state = np.full(len(posts), SERVES, np.int8)
    if need.services:
        state[~_offering([post.services for post in posts], need.services)] = SERVICE_MISSING
    state[[post.status != "open" for post in posts]] = NOT_OPEN
    asked = np.flatnonzero(state == SERVES)
    if need.at is None:
        zero = np.zeros(len(asked), np.int32)
        return Supply(need, state, asked.astype(np.int32), zero, np.full_like(zero, NEVER_MS))
    end = need.at + timedelta(milliseconds=horizon_ms)
    span = (need.at, end + BEYOND)
    rows, opens, closes = [], [], []
    untold, since = [], []
    for row in asked.tolist():
        text = posts[row].opening_hours
        known = hours.opening(text, *span, calendar) if openings is None else openings[text]
        found = None if known is None else known.within(*span)
        from_ = need.at if known is None else known.unknown_from(*span)
        if from_ is not None:
            untold.append(row)
            since.append(_milliseconds(from_ - need.at))
        if found is None:
            state[row] = UNKNOWN_HOURS
        elif not found:
            state[row] = CLOSED
        for first, last in found or ():
            rows.append(row)
            opens.append(_milliseconds(first - need.at))
            closes.append(NEVER_MS if last > end else _milliseconds(last - need.at))
    parts = (np.array(part, np.int32) for part in (rows, opens, closes, untold, since))
    return Supply(need, state, *parts)


def _milliseconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds() * 1000))
