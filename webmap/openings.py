"""Tell the hours of one station: now, and day by day for a week."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from geo import hours, locator
from geo.city import CityData
from geo.openings import CLOSED, OPEN, STATES, UNKNOWN

#: So many days are told, today included.
DAYS = 7


def of_station(data: CityData, row: int, at: datetime) -> dict[str, Any]:
    """Return what a station is at an instant, what changes next, and its hours from that day on.

    A span belongs to the day on which it begins, and may end on the next one.
    """
    text, calendar = str(data.stations["opening_hours"].iloc[row]), data.calendar
    days = [at.date() + timedelta(days=number) for number in range(DAYS)]
    told = [hours.of_day(text, day, calendar) for day in days]
    holidays = {} if calendar is None else calendar.holidays
    replaces = {} if calendar is None else calendar.replaces
    return {
        **_now(data, row, at),
        "known": all(spans is not None for spans in told),
        "holidays_known": all(hours.holidays_known(day, calendar) for day in days),
        "days": [
            {
                "date": day.isoformat(),
                "holiday": holidays.get(day),
                "replaces": replaces[day].isoformat() if day in replaces else None,
                "spans": _spans(datetime.combine(day, time()), spans),
            }
            for day, spans in zip(days, told, strict=True)
        ],
    }


def _now(data: CityData, row: int, at: datetime) -> dict[str, Any]:
    """Return the state at an instant and the next one that is known, with its instant."""
    if data.stations["status"].iloc[row] != "open":
        return {"state": STATES[CLOSED], "next_change": None}
    table = locator.openings_of(data, at)
    now = table.state_at(row, table.milliseconds(at))
    change = now.opens_ms if now.closes_ms is None else now.closes_ms
    if change is None:
        return {"state": now.state, "next_change": None}
    moment = table.midnight + timedelta(milliseconds=change)
    following = table.state_at(row, change).state
    return {
        "state": now.state,
        "next_change": {"at": moment.isoformat(timespec="minutes"), "state": following},
    }


def _spans(
    midnight: datetime, told: tuple[tuple[hours.Span, ...], tuple[hours.Span, ...]] | None
) -> list[dict[str, str]]:
    """Return when a station is open or unknown on a day, in order."""
    if told is None:
        return []
    states = (STATES[OPEN], STATES[UNKNOWN])
    found = sorted(
        (*span, state) for spans, state in zip(told, states, strict=True) for span in spans
    )
    return [
        {
            "opens": (midnight + timedelta(minutes=first)).isoformat(timespec="minutes"),
            "closes": (midnight + timedelta(minutes=last)).isoformat(timespec="minutes"),
            "state": state,
        }
        for first, last, state in found
    ]
