"""What stations offer at an instant: states, windows, limits – hours written out by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from geo import supply
from geo.errors import OptionError
from geo.model import Need

MINUTE = 60_000
FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 30)  # a Friday without any holiday near

HOURS = {
    "always": "24/7",
    "late": "Mo-Su 08:00-23:00",  # closes 30 minutes after the instant
    "night": "Mo-Su 22:40-06:00",  # opens 10 minutes after it
    "day": "Mo-Su 08:00-18:00",
    "unknown": "",
    "shut": "24/7",
}


def stations() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "opening_hours": list(HOURS.values()),
            "services": ["water", "water;charging", "charging", "water", "water", "water"],
            "status": ["open"] * 5 + ["planned"],
        },
        index=range(6),
    )


def states(need: Need) -> dict[str, str]:
    found = supply.offered(stations(), need)
    return {name: supply.STATES[k] for name, k in zip(HOURS, found.state, strict=True)}


def test_without_an_instant_hours_are_not_asked():
    assert states(Need()) == dict.fromkeys(HOURS, "serves") | {"shut": "not_open"}
    found = supply.offered(stations(), Need())
    assert found.limits(900_000).tolist() == [900_000] * 5 + [-1]


def test_every_station_has_one_state_the_first_that_is_true():
    assert states(Need(("charging",), FRIDAY_NIGHT)) == {
        "always": "service_missing",
        "late": "serves",
        "night": "serves",
        "day": "service_missing",  # it is closed, too, and that comes later
        "unknown": "service_missing",
        "shut": "not_open",
    }
    assert states(Need(at=FRIDAY_NIGHT)) == {
        "always": "serves",
        "late": "serves",
        "night": "serves",
        "day": "closed",
        "unknown": "unknown_hours",
        "shut": "not_open",
    }


@pytest.mark.parametrize(
    ("minutes", "limits"),
    [
        # Five minutes: the night station opens at 10 and is of no use yet.
        (5, [5 * MINUTE, 5 * MINUTE, -1, -1, -1, -1]),
        # Ten: whoever is there when it opens is served, at the last moment of the budget.
        (10, [10 * MINUTE, 10 * MINUTE, 10 * MINUTE, -1, -1, -1]),
        # Forty: the late one closes at 30; one must be there a millisecond before.
        (40, [40 * MINUTE, 30 * MINUTE - 1, 40 * MINUTE, -1, -1, -1]),
    ],
)
def test_the_longest_way_that_is_still_served(minutes, limits):
    found = supply.offered(stations(), Need(at=FRIDAY_NIGHT))
    assert found.limits(minutes * MINUTE).tolist() == limits
    assert found.serving(minutes * MINUTE).tolist() == [limit >= 0 for limit in limits]


def test_stations_with_the_same_windows_are_searched_together():
    found = supply.offered(stations(), Need(at=FRIDAY_NIGHT))
    groups = {
        (opens, closes): np.flatnonzero(mask).tolist() for mask, opens, closes in found.groups()
    }
    assert groups == {
        (0, supply.NEVER_MS): [0],
        (0, 30 * MINUTE): [1],
        (10 * MINUTE, supply.NEVER_MS): [2],
    }


def test_counts_tell_who_serves_within_the_budget():
    found = supply.offered(stations(), Need(at=FRIDAY_NIGHT))
    # At five minutes the night station is still closed; the planned one is not in service at all.
    assert found.counts(5 * MINUTE) == {
        "serves": 2,
        "closed": 2,
        "unknown_hours": 1,
        "service_missing": 0,
    }


def test_a_break_at_noon_is_waited_out_or_not():
    noon = pd.DataFrame(
        {"opening_hours": ["Mo-Fr 08:30-12:00,14:00-17:30"], "services": [""], "status": ["open"]}
    )
    at = Need(at=datetime(2026, 11, 20, 11, 50))
    found = supply.offered(noon, at, 180 * MINUTE)
    assert list(zip(found.opens_ms, found.closes_ms, strict=True)) == [
        (0, 10 * MINUTE),
        (130 * MINUTE, supply.NEVER_MS),
    ]
    # With 15 minutes one must arrive before noon; with 130 one may wait for two o'clock.
    assert found.limits(15 * MINUTE).tolist() == [10 * MINUTE - 1]
    assert found.limits(130 * MINUTE).tolist() == [130 * MINUTE]


def test_no_stations_offer_nothing():
    empty = stations().iloc[:0]
    found = supply.offered(empty, Need(("water",), FRIDAY_NIGHT))
    assert not list(found.groups()) and set(found.counts(MINUTE).values()) == {0}


# ------------------------------------------------------------------ what may be needed


def test_a_need_is_read_from_words():
    need = Need.of("charging, 饮水，charging", "2026-11-20 22:30:59")
    assert need == Need(("water", "charging"), FRIDAY_NIGHT)
    assert need.key == "water+charging@2026-11-20T22:30" and not need.plain
    assert Need.of(None, None) == Need() and Need().plain and Need().key == ""


@pytest.mark.parametrize(
    ("services", "at", "said"),
    [
        ("wifi", None, "unknown service 'wifi'; choose of rest, water"),
        (None, "tomorrow", "'tomorrow' is no instant; give a date and a time, as 2026-11-20T22:30"),
        (None, "2026-11-20T22:30+08:00", "names a time zone"),
        (None, "2026-02-30T10:00", "is no instant"),
        # A day alone is no midnight that somebody meant.
        (None, "2026-11-20", "'2026-11-20' is no instant; give a date and a time"),
        (None, " 20261120 ", "is no instant"),
        (None, "2026-W47-5", "is no instant"),
        # What a script's unset variable leaves is no wish for "whatever hour".
        ("", None, "services is empty; choose of rest, water"),
        (" ，, ", None, "services is empty; choose of rest, water"),
        (None, "", "at is empty; give a date and a time, as 2026-11-20T22:30, or leave it out"),
        (None, "  ", "at is empty"),
    ],
)
def test_what_cannot_be_needed_is_refused_with_the_remedy(services, at, said):
    with pytest.raises(OptionError, match=said):
        Need.of(services, at)


@pytest.mark.parametrize(
    ("text", "at", "minutes", "state"),
    [
        # Nobody can tell on Saturday, which begins 90 minutes later.
        ('Mo-Fr 09:00-17:00; Sa "call us"', "2026-11-20T22:30", 15, "closed"),
        ('Mo-Fr 09:00-17:00; Sa "call us"', "2026-11-20T22:30", 89, "closed"),
        ('Mo-Fr 09:00-17:00; Sa "call us"', "2026-11-20T22:30", 90, "unknown_hours"),
        # Perhaps open until 10, open from 11 on: only who has 70 minutes is sure to be served.
        ("08:00-10:00 unknown, 11:00-17:00", "2026-11-20T09:50", 15, "unknown_hours"),
        ("08:00-10:00 unknown, 11:00-17:00", "2026-11-20T09:50", 70, "serves"),
        ("08:00-10:00 unknown, 11:00-17:00", "2026-11-20T10:00", 15, "closed"),
        ("", "2026-11-20T10:00", 15, "unknown_hours"),
    ],
)
def test_what_a_station_is_follows_from_the_time_that_one_has(text, at, minutes, state):
    one = pd.DataFrame({"opening_hours": [text], "services": [""], "status": ["open"]})
    found = supply.offered(one, Need.of(None, at))
    assert [supply.STATES[k] for k in found.states(minutes * MINUTE)] == [state]
    assert found.counts(minutes * MINUTE)[state] == 1
