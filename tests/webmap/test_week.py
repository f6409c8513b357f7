"""The curve of a week, through the API and the command line; see :mod:`tests.webmap.tinycity`.

c1 is open from 08:00 to 20:00 every day and has water and a toilet; h2 has a place to rest, and its
hours are not known. In 15 minutes on foot (1,125 m) everybody reaches c1: the farthest crossing,
(5, 5), is 8 blocks away.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from geo import hours, week
from webmap.api.week import WeekOut
from webmap.cli import main

URL = "/api/cities/tiny/week"
OPEN = [0.0] * 8 + [360.0] * 12 + [0.0] * 4


def test_the_curve_follows_the_opening_hours(client):
    found = WeekOut.model_validate(client.get(f"{URL}?from=2026-11-16").json)
    assert found.covered == OPEN * 7
    assert found.stations == [int(people > 0) for people in OPEN * 7]
    assert found.by_service["water"] == found.by_service["toilet"] == OPEN * 7
    assert set(found.by_service["rest"]) == {0.0}  # h2 has it, at unknown hours
    assert (found.ceiling, found.people_judged, found.people_total) == (360.0, 360.0, 360.0)
    assert found.unknown_hours == 1
    assert (found.hours[0], found.hours[-1]) == ("2026-11-16T00:00", "2026-11-22T23:00")


def test_ten_minutes_miss_the_far_corner(client):
    # 10 min = 750 m; (5, 5) is 8 blocks from c1, all others at most 7.
    found = client.get(f"{URL}?budget=10min&from=2026-11-16").json
    assert set(found["covered"]) == {0.0, 350.0}


def test_services_narrow_the_stations(client):
    found = client.get(f"{URL}?services=rest&from=2026-11-16").json
    assert set(found["covered"]) == {0.0} and set(found["stations"]) == {0}
    assert found["services"] == ["rest"]
    # With hours ignored h2 on (5, 0) counts; the farthest crossing, (0, 5), is 10 blocks away.
    assert found["ceiling"] == 360.0
    assert found["by_service"]["water"] == OPEN * 7


def test_holidays_are_named_where_they_are_published(client):
    found = client.get(f"{URL}?from=2025-09-28").json["holidays"]
    assert found["names"] == ["调休上班（按周二）", None, None, *["国庆节"] * 4]
    assert found["known"] == [True] * 7
    beyond = date(hours.CHINA.years[1] + 1, 1, 1)
    found = client.get(f"{URL}?from={beyond}").json["holidays"]
    assert found == {"known": [False] * 7, "names": [None] * 7}


def test_without_a_first_day_it_is_the_monday_before_the_instant_or_today(client):
    assert client.get(f"{URL}?at=2026-11-20T22:30").json["from"] == "2026-11-16"
    today = week.monday_of(date.today())
    found = date.fromisoformat(client.get(URL).json["from"])
    assert found in (today, today + timedelta(days=7))  # a Sunday may end between the two


def test_another_week_is_another_answer(client):
    first = client.get(f"{URL}?from=2026-11-16")
    tag = first.headers["ETag"]
    assert client.get(f"{URL}?from=2026-11-16", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{URL}?from=2026-11-17").headers["ETag"] != tag


def test_nobody_known_answers_null_with_the_reason(client):
    found = WeekOut.model_validate(client.get("/api/cities/bare/week?from=2026-11-16").json)
    assert found.covered == [None] * 168
    assert found.ceiling is None and found.reason


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=soon", "'soon' is no date; give one as 2026-11-16"),
        ("from=1850-01-01", "out of reach"),
        ("services=sauna", "unknown service 'sauna'"),
        ("profile=fly", "walk, slow, wheelchair, ebike"),
    ],
)
def test_an_impossible_choice_is_a_problem(client, query, said):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert said in answer.json["detail"]


def run(*words: str):
    return CliRunner().invoke(main, ["week", *words])


def test_the_command_prints_what_the_api_returns(client):
    words = ("tiny", "--minutes", "10", "--services", "water", "--from", "2026-11-16")
    expected = client.get(f"{URL}?budget=10min&services=water&from=2026-11-16").json
    assert json.loads(run(*words, "--json").output) == expected


def test_the_command_prints_a_line_a_day():
    told = run("tiny", "--from", "2025-09-28").output
    # Full bars from 8 to 19, nothing else.
    assert told.count(" " * 8 + "█" * 12 + " " * 4) == 7
    assert "09-28 日" in told and "0.0 % 00h" in told and "100.0 % 08h" in told
    assert "09-28 日: 调休上班（按周二）" in told
    assert "1 stations with unknown hours never count" in told


def test_the_command_says_where_holidays_are_unknown_and_nobody_is_known():
    beyond = date(hours.CHINA.years[1] + 1, 1, 4)
    assert "holidays unknown" in run("tiny", "--from", str(beyond)).output
    told = run("bare", "--from", "2026-11-16")
    assert told.exit_code == 0 and "█" not in told.output and told.output.strip()
    wrong = run("tiny", "--from", "soon")
    assert wrong.exit_code == 2 and "is no date" in wrong.output
