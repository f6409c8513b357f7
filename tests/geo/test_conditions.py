"""Conditional restrictions say what the wiki's examples mean, and nothing where nobody can tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from geo import conditions
from geo.hours import CHINA

DAY = datetime(2026, 11, 20)  # a Friday, no holiday


def said(text: str, *clock: str) -> list[str]:
    at = [datetime.combine(DAY, datetime.strptime(each, "%H:%M").time()) for each in clock]
    return conditions.values(text, at, CHINA)


@pytest.mark.parametrize("text", ["no @ (22:00-06:00)", "no @ 22:00-06:00", " no@(22:00-06:00) "])
def test_a_night_begins_and_ends_on_the_minute(text):
    told = said(text, "05:59", "06:00", "21:59", "22:00")
    assert told == ["no", "", "", "no"]


def test_the_last_clause_that_holds_counts():
    text = "no @ (20:00-08:00); yes @ (22:00-23:00; PH off); destination @ (22:30-22:45)"
    assert said(text, "12:00", "21:00", "22:10", "22:40", "23:00") == [
        "",
        "no",
        "yes",
        "destination",
        "no",
    ]


def test_conditions_joined_by_and_hold_together():
    assert said("no @ (Mo-Fr AND 07:00-09:00)", "08:00", "10:00") == ["no", ""]
    assert said("no @ (Sa-Su AND 07:00-09:00)", "08:00") == [""]


def test_holidays_and_working_weekends_count():
    # 1 October 2026 is a Thursday and National Day; 10 October, a Saturday, is worked instead.
    text = "no @ (PH); no @ (Sa)"
    told = [datetime(2026, 10, day, 12) for day in (1, 8, 10, 17)]
    assert date(2026, 10, 10) in CHINA.replaces
    assert conditions.values(text, told, CHINA) == ["no", "", "", "no"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("no @ (weight>3.5)", ("no @ (weight>3.5)",)),
        ("no @ (22:00-06:00 AND wet)", ("no @ (22:00-06:00 AND wet)",)),
        ("no @ (sunset-sunrise); yes @ (08:00-18:00)", ("no @ (sunset-sunrise)",)),
        ("no", ("no",)),
        ("@ (22:00-06:00)", ("@ (22:00-06:00)",)),
        ("no @ Mo 22:00-24:00; Tu 10:00-12:00", ("Tu 10:00-12:00",)),
        ("", ()),
        (" ; ", ()),
    ],
)
def test_what_cannot_be_judged_is_named_and_does_not_count(text, wrong):
    assert conditions.faults(text) == wrong
    assert said(text, "23:00") == [""]


def test_a_readable_clause_beside_an_unreadable_one_counts():
    assert said("no @ (weight>3.5); private @ (22:00-06:00)", "23:00") == ["private"]


def test_unknown_hours_neither_open_nor_shut():
    text = '08:00-12:00 || 13:00-14:00 "ask"'
    at = [DAY + timedelta(hours=hour) for hour in (9, 13, 15)]
    assert [conditions.is_open(text, each, CHINA) for each in at] == [True, None, False]
    assert conditions.is_open("as the guard likes", DAY, CHINA) is None
    assert conditions.values(f"no @ ({text})", at, CHINA) == ["no", "", ""]


def test_changes_stand_between_the_ends_only():
    end = DAY + timedelta(days=1)
    assert conditions.changes(["22:00-06:00", "24/7"], DAY, end, CHINA) == [
        DAY + timedelta(hours=6),
        DAY + timedelta(hours=22),
    ]
    assert conditions.changes(["24/7", "nonsense"], DAY, end, CHINA) == []
