"""When stations are open over the next fourteen days, against the clock and against geo.hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import hours, openings
from geo.openings import DAY_MS, END_MS, State
from geo.supply import NEVER_MS

FRIDAY = date(2026, 11, 20)
HOUR = 3_600_000


def one(text: str, day: date = FRIDAY) -> openings.Openings:
    return openings.table([text], day, hours.CHINA)


def test_a_day_opens_and_closes_by_the_millisecond():
    table = one("Mo-Su 08:00-22:00")
    assert table.state_at(0, 8 * HOUR - 1) == State("closed", 8 * HOUR, None)
    assert table.state_at(0, 8 * HOUR) == State("open", None, 22 * HOUR)
    assert table.state_at(0, 22 * HOUR - 1) == State("open", None, 22 * HOUR)
    assert table.state_at(0, 22 * HOUR) == State("closed", DAY_MS + 8 * HOUR, None)
    spans = table.spans(0)
    assert len(spans) == 14 and spans[0] == (
        datetime(2026, 11, 20, 8),
        datetime(2026, 11, 20, 22),
        True,
    )


def test_a_night_goes_on_from_the_day_before_the_table():
    table = one("Mo-Su 18:00-02:00")
    assert table.state_at(0, 0) == State("open", None, 2 * HOUR)
    assert table.state_at(0, 2 * HOUR) == State("closed", 18 * HOUR, None)
    assert table.state_at(0, 23 * HOUR) == State("open", None, DAY_MS + 2 * HOUR)


def test_what_reaches_the_end_of_the_table_is_not_known_to_close():
    assert one("24/7").state_at(0, 5 * HOUR) == State("open", None, None)
    once = one("2026 Nov 20 08:00-12:00")
    assert once.state_at(0, 0) == State("closed", 8 * HOUR, None)
    assert once.state_at(0, 12 * HOUR) == State("closed", None, None)


def test_what_nobody_can_tell_is_unknown():
    for text in ("", "ask the guard", "Mo-Su 10:00+"):
        assert one(text).state_at(0, 12 * HOUR) == State("unknown", None, None)
    # Known on working days; on Saturday somebody may be there. The next known opening is Monday's.
    table = one('Mo-Fr 09:00-18:00; Sa "by appointment"')
    assert table.state_at(0, 18 * HOUR) == State("closed", 3 * DAY_MS + 9 * HOUR, None)
    assert table.state_at(0, DAY_MS + 12 * HOUR) == State("unknown", None, None)


def test_holidays_count():
    # 1 to 7 October 2026 are days off; Saturday the 10th makes up for one of them.
    table = one("Mo-Fr 09:00-18:00; PH off", date(2026, 9, 30))
    assert table.state_at(0, 20 * HOUR) == State("closed", 8 * DAY_MS + 9 * HOUR, None)
    assert table.state_at(0, 10 * DAY_MS + 10 * HOUR).state == "open"


def test_always_is_seven_days_without_a_break():
    texts = ["24/7", "24/7; 2026 Nov 27 off", "24/7; 2026 Nov 26 off", "Mo-Su 00:00-24:00", ""]
    table = openings.table(texts, FRIDAY, hours.CHINA)
    # From Friday the 20th, 00:00, to Friday the 27th, 00:00.
    assert table.outlook(0, 7).always.tolist() == [True, True, False, True, False]
    assert table.outlook(1, 7).always.tolist() == [True, False, False, True, False]


def test_the_outlook_tells_the_first_moment_of_each_kind():
    texts = ["Mo-Su 08:00-22:00", "", "24/7", "2020 Nov 20 08:00-12:00"]
    found = openings.table(texts, FRIDAY, hours.CHINA).outlook(7 * HOUR, 7)
    assert found.open_ms.tolist() == [HOUR, NEVER_MS, 0, NEVER_MS]
    assert found.unknown_ms.tolist() == [NEVER_MS, 0, NEVER_MS, NEVER_MS]
    assert found.served_ms.tolist() == [HOUR, 0, 0, NEVER_MS]


def test_a_city_without_stations_has_an_empty_table():
    table = openings.table([], FRIDAY, None)
    assert table.outlook(0, 7).open_ms.shape == (0,)


TEXTS = (
    "Mo-Su 08:00-22:00",
    "Mo-Fr 09:00-18:00; Sa-Su,PH 10:00-16:00",
    "Mo-Fr 08:30-12:00,14:00-17:30; PH off",
    "Mo-Su 18:00-02:00",
    'Mo-Fr 09:00-18:00; Sa "by appointment"',
    "24/7",
    "",
    "off",
)


@given(
    st.sampled_from(TEXTS),
    st.dates(date(2026, 1, 1), date(2026, 12, 10)),
    st.integers(0, DAY_MS // 60_000 + 120),
)
def test_a_state_is_that_of_the_hours_asked_at_that_minute(text, day, minute):
    table = openings.table(["24/7", text], day, hours.CHINA)
    moment = table.midnight + timedelta(minutes=minute)
    told = table.state_at(1, minute * 60_000)
    now = hours.windows(text, moment, moment + timedelta(minutes=1), hours.CHINA)
    expected = "unknown" if now is None else "open" if now else "closed"
    assert told.state == expected
    end = table.midnight + timedelta(milliseconds=END_MS)
    ahead = hours.opening(text, moment, end, hours.CHINA)
    if told.state == "closed":
        assert ahead is not None
        opens = [table.milliseconds(first) for first, _ in ahead.open]
        assert told.opens_ms == (opens[0] if opens else None)
    if told.state == "open":
        assert ahead is not None
        closes = table.milliseconds(ahead.open[0][1])
        assert told.closes_ms == (closes if closes < END_MS else None)


@pytest.mark.parametrize("moment", [0, 9 * HOUR + 1, DAY_MS + 5])
def test_the_outlook_agrees_with_the_states_one_by_one(moment):
    table = openings.table(list(TEXTS), FRIDAY, hours.CHINA)
    found = table.outlook(moment, 7)
    for row in range(len(TEXTS)):
        state = table.state_at(row, moment)
        assert (found.open_ms[row] == 0) == (state.state == "open")
        assert (found.unknown_ms[row] == 0) == (state.state == "unknown")
        if state.opens_ms is not None:
            assert found.open_ms[row] == state.opens_ms - moment
    assert found.open_ms.dtype == np.int32
