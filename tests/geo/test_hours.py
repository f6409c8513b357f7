"""Opening hours on ordinary days, nights, holidays and make-up working days."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import chinese_calendar
import opening_hours
import osmium
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo import hours

CN = hours.CHINA
DAY = timedelta(days=1)
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

# --- The notices of the State Council, typed from their text ------------------------------------
# 国务院办公厅关于部分节假日安排的通知 of 25 October 2023, 12 November 2024 and 4 November 2025:
# (first and last day off, days worked instead).
NOTICES = {
    "元旦 2024": ("2024-01-01", "2024-01-01", ()),
    "春节 2024": ("2024-02-10", "2024-02-17", ("2024-02-04", "2024-02-18")),
    "清明 2024": ("2024-04-04", "2024-04-06", ("2024-04-07",)),
    "劳动节 2024": ("2024-05-01", "2024-05-05", ("2024-04-28", "2024-05-11")),
    "端午 2024": ("2024-06-10", "2024-06-10", ()),
    "中秋 2024": ("2024-09-15", "2024-09-17", ("2024-09-14",)),
    "国庆 2024": ("2024-10-01", "2024-10-07", ("2024-09-29", "2024-10-12")),
    "元旦 2025": ("2025-01-01", "2025-01-01", ()),
    "春节 2025": ("2025-01-28", "2025-02-04", ("2025-01-26", "2025-02-08")),
    "清明 2025": ("2025-04-04", "2025-04-06", ()),
    "劳动节 2025": ("2025-05-01", "2025-05-05", ("2025-04-27",)),
    "端午 2025": ("2025-05-31", "2025-06-02", ()),
    "国庆、中秋 2025": ("2025-10-01", "2025-10-08", ("2025-09-28", "2025-10-11")),
    "元旦 2026": ("2026-01-01", "2026-01-03", ("2026-01-04",)),
    "春节 2026": ("2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    "清明 2026": ("2026-04-04", "2026-04-06", ()),
    "劳动节 2026": ("2026-05-01", "2026-05-05", ("2026-05-09",)),
    "端午 2026": ("2026-06-19", "2026-06-21", ()),
    "中秋 2026": ("2026-09-25", "2026-09-27", ()),
    "国庆 2026": ("2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
}
OFF = {
    date.fromisoformat(first) + number * DAY
    for first, last, _ in NOTICES.values()
    for number in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
}
# Which weekday a worked day follows. The statutory days are never worked for; the weekdays off
# beyond them are, in the order of dates:
REPLACES = {
    "2024-02-04": "Th",  # 10–13 Feb Sa–Tu are statutory (Sa, Su made up by 14 We); 15 Th, 16 Fr
    "2024-02-18": "Fr",
    "2024-04-07": "Fr",  # 4 Apr Th is statutory, 5 Fr
    "2024-04-28": "Th",  # 1 May We is statutory, 2 Th and 3 Fr
    "2024-05-11": "Fr",
    "2024-09-14": "Mo",  # 17 Sep Tu is statutory, 16 Mo
    "2024-09-29": "Fr",  # 1–3 Oct Tu–Th are statutory, 4 Fr and 7 Mo
    "2024-10-12": "Mo",
    "2025-01-26": "Mo",  # 28–31 Jan Tu–Fr are statutory, then a weekend; 3 Mo and 4 Tu
    "2025-02-08": "Tu",
    "2025-04-27": "Mo",  # 1 May Th is statutory, 2 Fr (new second day) too; 5 Mo
    "2025-09-28": "Tu",  # 1–3 Oct We–Fr and 6 Oct Mo (Mid-Autumn) are statutory; 7 Tu and 8 We
    "2025-10-11": "We",
    "2026-01-04": "Fr",  # 1 Jan Th is statutory, 2 Fr
    "2026-02-14": "Fr",  # 16–19 Feb Mo–Th are statutory; 20 Fr and 23 Mo
    "2026-02-28": "Mo",
    "2026-05-09": "Tu",  # 1 Fr and 2 Sa May are statutory (Sa made up by 4 Mo); 5 Tu
    "2026-09-20": "Tu",  # 1–3 Oct Th–Sa are statutory (Sa made up by 5 Mo); 6 Tu and 7 We
    "2026-10-10": "We",
}


def open_on(text: str, day: str | date, calendar: hours.Calendar | None = CN) -> list[str]:
    """Return the windows of one day, midnight to midnight, as ``HH:MM-HH:MM``."""
    start = datetime.fromisoformat(str(day))
    found = hours.windows(text, start, start + DAY, calendar)
    assert found is not None
    return [
        f"{first:%H:%M}-{'24:00' if last == start + DAY else format(last, '%H:%M')}"
        for first, last in found
    ]


def test_all_days_off_of_three_years_are_holidays_and_no_others():
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert bool(open_on("PH 09:00-10:00", day)) == (day in OFF), day
        day += DAY


@pytest.mark.parametrize(("day", "weekday"), REPLACES.items())
def test_a_make_up_day_has_the_hours_of_the_weekday_that_it_replaces(day, weekday):
    # Each weekday opens at another hour, so the hour tells which one was taken.
    text = "; ".join(f"{name} {8 + n:02d}:00-20:00" for n, name in enumerate(NAMES))
    assert open_on(text, day) == [f"{8 + NAMES.index(weekday):02d}:00-20:00"]
    assert open_on("Mo-Fr 08:30-12:00,14:00-17:30; PH off", day) == ["08:30-12:00", "14:00-17:30"]
    assert open_on("Sa-Su,PH 09:00-21:00", day) == []


def test_the_notices_name_every_make_up_day():
    worked = {day for _, _, days in NOTICES.values() for day in days}
    assert set(REPLACES) == worked
    assert {str(day) for day in CN.replaces if day.year >= 2024} == worked


def test_every_make_up_day_of_the_calendar_finds_its_weekday():
    assert set(CN.replaces) == set(chinese_calendar.workdays)
    for worked, free in CN.replaces.items():
        assert worked.weekday() >= 5 and free.weekday() < 5 and free in CN.holidays
        assert abs(worked - free) <= timedelta(days=21)
    assert len(set(CN.replaces.values())) == len(CN.replaces)


def test_weekdays_without_a_word_on_holidays_keep_their_hours_on_them():
    # The syntax says so: only PH speaks of holidays. 1 October 2025 is a Wednesday.
    assert open_on("Mo-Fr 09:00-17:00", "2025-10-01") == ["09:00-17:00"]
    assert open_on("Mo-Fr 09:00-17:00; PH off", "2025-10-01") == []


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("24/7", "2025-10-01", ["00:00-24:00"]),
        ("off", "2025-11-03", []),
        ("Mo-Su 18:00-02:00", "2025-11-03", ["00:00-02:00", "18:00-24:00"]),
        ("Mo-Su 18:00-26:00", "2025-11-03", ["00:00-02:00", "18:00-24:00"]),
        ("Mo-Su 22:00-22:00", "2025-11-03", ["00:00-24:00"]),  # round the clock
        ("Mo-Su 12:00-24:00", "2025-11-03", ["12:00-24:00"]),
        ("Mo 22:00-06:00", "2025-11-03", ["22:00-24:00"]),  # a Monday: Sunday had no night
        ("Mo 22:00-06:00", "2025-11-04", ["00:00-06:00"]),
        # The night before the holiday goes on; the holiday's own evening is off, and so is the
        # small hours' rest of the last holiday's night.
        ("Mo-Su 18:00-02:00; PH off", "2025-10-01", ["00:00-02:00"]),
        ("Mo-Su 18:00-02:00; PH off", "2025-10-02", []),
        ("Mo-Su 18:00-02:00; PH off", "2025-10-09", ["18:00-24:00"]),
        ("Mo-Su 18:00-02:00; 2025 Nov 3 off", "2025-11-04", ["18:00-24:00"]),
        # 28 September 2025 is a Sunday with a Tuesday's hours; its night reaches into Monday.
        ("Tu 22:00-03:00", "2025-09-28", ["22:00-24:00"]),
        ("Tu 22:00-03:00", "2025-09-29", ["00:00-03:00"]),
        ("Su 22:00-03:00", "2025-09-28", []),
        ("Su 22:00-03:00", "2025-09-29", []),
        # Months, dates and weeks are those of the day itself: 28 September is in week 39.
        ("Oct 10:00-12:00; Sep 08:00-09:00", "2025-09-28", ["08:00-09:00"]),
        ("week 39 Tu 10:00-12:00", "2025-09-28", ["10:00-12:00"]),
        ("week 40 Tu 10:00-12:00", "2025-09-28", []),
        ("Nov-Mar 09:00-17:00; Apr-Oct 08:00-19:00", "2026-01-05", ["09:00-17:00"]),
        ("Nov-Mar 09:00-17:00; Apr-Oct 08:00-19:00", "2026-05-05", ["08:00-19:00"]),
        ("08:00-20:00; Dec 24-26 off", "2025-12-25", []),
        ("Mo-Fr 08:00-12:00, We 13:00-15:00", "2025-11-05", ["08:00-12:00", "13:00-15:00"]),
        ("Mo-Su 08:00-20:00; We 10:00-12:00", "2025-11-05", ["10:00-12:00"]),  # replaces
        ("Mo-Su 08:00-20:00; 12:00-13:00 off", "2025-11-05", ["08:00-12:00", "13:00-20:00"]),
        ("PH -1 day 09:00-10:00", "2025-09-30", ["09:00-10:00"]),  # the day before a holiday
        ("PH -1 day 09:00-10:00", "2025-10-08", []),
        ("Mo[1] 09:00-10:00", "2025-11-03", ["09:00-10:00"]),
        ("Mo[1] 09:00-10:00", "2025-11-10", []),
        ('Mo-Fr 09:00-17:00 open "ring the bell"', "2025-11-03", ["09:00-17:00"]),
        ('Mo-Fr 09:00-17:00; Sa off "PH || Su 10:00+"', "2025-11-08", []),
        ("Mo-Fr 09:00-17:00 || Mo 20:00-21:00", "2025-11-03", ["09:00-17:00", "20:00-21:00"]),
        ("Mo-Fr 09:00-17:00 || 08:00-18:00; PH off", "2025-10-01", []),
    ],
)
def test_hours_of_one_day(text, day, expected):
    assert open_on(text, day) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "unclear",
        "Mo-Fr 9-17",
        "Mo 25:00-26:00",
        "8点到18点",
        "10:00+",
        "10:00-18:00+",
        "10:00-16:00/01:30",
        "sunrise-sunset",
        "(sunrise+01:00)-20:00",
        "Mo-Fr 08:00-17:00; SH off",
        "PH Mo-Fr 09:00-12:00",
        "24/7; Su 23:00-01:00 off",
    ],
)
def test_what_cannot_be_told_is_unknown(text):
    monday = datetime(2025, 11, 3)
    assert hours.windows(text, monday, monday + DAY, CN) is None
    assert not hours.readable(text)


@pytest.mark.parametrize(
    "text", ['"by appointment"', "unknown", 'Mo "ask"', "Mo 09:00-10:00 unknown"]
)
def test_a_comment_or_unknown_is_readable_and_not_open(text):
    monday = datetime(2025, 11, 3)
    assert hours.readable(text)
    assert hours.windows(text, monday, monday + DAY, CN) is None


def test_unknown_begins_where_open_ends():
    text, monday = 'Mo-Fr 09:00-17:00 || "call"', datetime(2025, 11, 3)
    found = hours.opening(text, monday, monday + DAY, CN)
    nine, five = monday + timedelta(hours=9), monday + timedelta(hours=17)
    assert found.open == ((nine, five),)
    assert found.unknown == ((monday, nine), (five, monday + DAY))
    # Where it opens within the span it counts as open; where nothing but a call is left, nobody
    # can tell.
    assert hours.windows(text, monday, monday + DAY, CN) == ((nine, five),)
    assert hours.windows(text, five, monday + DAY, CN) is None


def test_beyond_the_published_years_and_abroad_no_day_is_a_holiday():
    last = CN.years[1]
    assert hours.holidays_known(date(last, 12, 31), CN)
    assert not hours.holidays_known(date(last + 1, 1, 1), CN)
    assert not hours.holidays_known(date(2025, 10, 1), None)
    # 1 October of the year after: a holiday, surely, but not published; the weekday decides.
    unpublished = date(last + 1, 10, 1)
    assert open_on("Mo-Su 09:00-17:00; PH off", unpublished) == ["09:00-17:00"]
    assert open_on("Mo-Su 09:00-17:00; PH off", "2025-10-01", None) == ["09:00-17:00"]
    assert open_on("Tu 09:00-17:00", "2025-09-28", None) == []  # a Sunday like any other


def test_chinas_calendar_holds_in_china():
    assert hours.calendar_at(106.55, 29.56) is CN  # Chongqing
    assert hours.calendar_at(-8.61, 41.15) is None  # Porto
    assert hours.calendar_at(114.17, 22.30) is None  # Hong Kong


# --- An evaluator of our own for a small grammar, minute by minute ------------------------------

Rule = tuple[tuple[int, ...], bool, tuple[tuple[int, int], ...]]  # weekdays, on PH, spans

#: Monday 22 September to Sunday 12 October 2025, and the Spring Festival of 2026.
WEEKS = [date(2025, 9, 22) + 7 * n * DAY for n in range(3)] + [
    date(2026, 2, 9) + 7 * n * DAY for n in range(3)
]

minute = st.integers(0, 95).map(lambda quarter: quarter * 15)
span = st.tuples(minute, st.integers(1, 96)).map(lambda s: (s[0], s[0] + 15 * s[1]))
rule = st.tuples(
    st.lists(st.integers(0, 6), min_size=0, max_size=7, unique=True).map(
        lambda d: tuple(sorted(d))
    ),
    st.booleans(),
    st.lists(span, max_size=3).map(tuple),
).filter(lambda r: bool(r[0]) or r[1])
rules = st.lists(rule, min_size=1, max_size=4)


def written(texts: list[Rule]) -> str:
    """Write rules in the syntax; a rule without spans is off."""
    out = []
    for weekdays, holidays, spans in texts:
        days = ",".join([*(NAMES[d] for d in weekdays), *(["PH"] if holidays else [])])
        times = ",".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in spans)
        out.append(f"{days} {times or 'off'}")
    return "; ".join(out)


def open_minutes(texts: list[Rule], first: date, days: int) -> set[int]:
    """Return the open minutes after midnight of ``first``; the last rule that fits a day holds."""
    out: set[int] = set()
    for number in range(-1, days):
        day = first + number * DAY
        weekday = NAMES.index(REPLACES[str(day)]) if str(day) in REPLACES else day.weekday()
        holds: tuple[tuple[int, int], ...] = ()
        for weekdays, holidays, spans in texts:
            if weekday in weekdays or (holidays and day in OFF):
                holds = spans
        for a, b in holds:
            out.update(range(number * 1440 + a, number * 1440 + b))
    return {m for m in out if 0 <= m < days * 1440}


def minutes_found(text: str, first: date, days: int) -> set[int]:
    start = datetime.combine(first, datetime.min.time())
    found = hours.windows(text, start, start + days * DAY, CN)
    assert found is not None
    assert list(found) == sorted(found)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
    out: set[int] = set()
    for low, high in found:
        out.update(range(round((low - start) / DAY * 1440), round((high - start) / DAY * 1440)))
    return out


@given(rules, st.sampled_from(WEEKS))
@example([((0, 1, 2, 3, 4, 5, 6), False, ((1080, 1560),)), ((), True, ())], WEEKS[1])
def test_whole_weeks_equal_an_evaluation_minute_by_minute(texts, monday):
    assert minutes_found(written(texts), monday, 7) == open_minutes(texts, monday, 7)


@given(rules, span, st.data(), st.sampled_from(WEEKS))
def test_another_interval_never_removes_open_minutes(texts, more, data, monday):
    index = data.draw(st.integers(0, len(texts) - 1))
    weekdays, holidays, spans = texts[index]
    longer = [*texts[:index], (weekdays, holidays, (*spans, more)), *texts[index + 1 :]]
    assert minutes_found(written(texts), monday, 7) <= minutes_found(written(longer), monday, 7)


@given(rules, st.integers(0, 7 * 96), st.integers(0, 7 * 96), st.sampled_from(WEEKS))
def test_a_shorter_span_is_a_cut_of_a_longer_one(texts, one, other, monday):
    start = datetime.combine(monday, datetime.min.time())
    low, high = (start + timedelta(minutes=15 * n) for n in sorted((one, other)))
    cut = [
        (max(a, low), min(b, high))
        for a, b in hours.windows(written(texts), start, start + 7 * DAY, CN)
        if max(a, low) < min(b, high)
    ]
    assert list(hours.windows(written(texts), low, high, CN)) == cut
    if low < high:
        whole = hours.opening(written(texts), start, start + 7 * DAY, CN)
        assert list(whole.within(low, high)) == cut


def test_what_is_unknown_in_a_part_of_a_day_is_not_so_in_the_others():
    eight, ten, noon = (datetime(2026, 11, 16, hour) for hour in (8, 10, 12))
    found = hours.opening("08:00-10:00 unknown, 10:00-12:00 open", eight, noon + DAY, CN)
    assert found.unknown[0] == (eight, ten)
    assert found.within(eight, ten) is None  # may be open
    assert found.within(noon, noon + timedelta(hours=1)) == ()  # is closed


words = st.sampled_from(
    'Mo Su We-Fr Fr-Mo PH SH 24/7 off open unknown closed ; , || "x" "; PH 1:00" 08:00-12:00 '
    "22:00-02:00 00:00-24:00 7:5 Jan-Mar 2025 week 40 easter +1 day [1] - + : sunrise 周一 mo "
    "Oct 1 /2 31".split()
)


@given(st.lists(words, max_size=9), st.sampled_from([" ", ""]))
def test_no_text_is_an_error(parts, glue):
    start = datetime(2025, 9, 27, 11, 7)
    text = glue.join(parts)
    found = hours.opening(text, start, start + 4 * DAY, CN)
    assert (found is not None) == hours.readable(text)
    if found is not None:
        ends = [end for window in (*found.open, *found.unknown) for end in window]
        assert all(start <= end <= start + 4 * DAY for end in ends)


@given(st.text(max_size=40))
def test_no_characters_are_an_error(text):
    start = datetime(2025, 9, 27)
    hours.windows(text, start, start + DAY, CN)


@pytest.mark.real
def test_opening_hours_of_real_cities_are_what_the_library_says_where_it_can(real_data):
    """Where no night, holiday or comment is in play, the library alone is an oracle."""
    texts = {
        found.tags["opening_hours"]
        for path in sorted(real_data.rglob("*.pbf"))
        for found in osmium.FileProcessor(str(path)).with_filter(
            osmium.filter.KeyFilter("opening_hours")
        )
    }
    start, end = datetime(2025, 11, 3), datetime(2025, 11, 10)
    judged = 0
    for text in sorted(texts):
        found = hours.opening(text, start, end, None)
        library = opening_hours.OpeningHours(text, auto_country=False, auto_timezone=False)
        if found is None or "||" in text or '"' in text:
            continue
        theirs = [
            (low.replace(tzinfo=None), high.replace(tzinfo=None))
            for low, high, state, _ in library.intervals(start, end)
            if state == opening_hours.State.OPEN
        ]
        if all(low.date() == (high - timedelta(seconds=1)).date() for low, high in theirs):
            judged += 1
            assert list(found.open) == theirs, text
    assert judged > 50
    print(f"{judged} of {len(texts)} texts compared")


def test_the_hours_of_a_day_are_those_that_begin_on_it():
    """Friday's night goes on to 02:00, which is minute 1560 of Friday; Saturday has none.

    The first of October 2026, a Thursday, is a holiday.
    """
    text = "Mo-Fr 18:00-02:00; PH off"
    assert hours.of_day(text, date(2026, 11, 20), hours.CHINA) == (((1080, 1560),), ())
    assert hours.of_day(text, date(2026, 11, 21), hours.CHINA) == ((), ())
    assert hours.of_day(text, date(2026, 10, 1), hours.CHINA) == ((), ())
    assert hours.of_day(text, date(2026, 10, 1), None) == (((1080, 1560),), ())
    assert hours.of_day("Fr unknown", date(2026, 11, 20), None) == ((), ((0, 1440),))
    assert hours.of_day("whenever", date(2026, 11, 20), None) is None
