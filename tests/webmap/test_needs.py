"""Services and instants over HTTP and on the command line.

With 5 minutes (375 m) c1 serves 15 crossings of ten people and h2 ten others (``test_coverage``).
c1 offers water and toilets from 08:00 to 20:00; h2 offers rest, and nobody wrote down its hours.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from webmap.api.cells import CellColumns
from webmap.api.coverage import StudyOut
from webmap.cli import main

NOON, LATE, EVENING = "2026-11-20T12:00", "2026-11-20T19:57", "2026-11-20T20:30"

CASES = [
    # Without an instant both count; water is at c1 alone, and h2's people lack it.
    ({}, 250, {}),
    ({"services": "water"}, 150, {"service_missing": 100}),
    ({"services": "饮水"}, 150, {"service_missing": 100}),
    ({"at": NOON}, 150, {"unknown_hours": 100}),
    ({"at": NOON, "services": "rest"}, 0, {"service_missing": 150, "unknown_hours": 100}),
    # c1 closes in 180 s = 225 m: crossings with x + |y − 2| ≤ 2, which are 5 + 3 + 1 = 9.
    ({"at": LATE}, 90, {"closed": 60, "unknown_hours": 100}),
    ({"at": EVENING}, 0, {"closed": 150, "unknown_hours": 100}),
]


@pytest.mark.parametrize(("need", "covered", "lost"), CASES)
def test_the_study_counts_who_is_served_then(client, need, covered, lost):
    query = {"minutes": 5, **need}
    found = StudyOut.model_validate(
        client.get("/api/cities/tiny/coverage", query_string=query).json
    )
    assert found.people.covered == covered
    told = {name: row.people for name, row in found.uncovered.items() if row.people}
    # The other 110 of 360 people are too far from both, whatever the hour.
    way = {name: told.pop(name) for name in ("beyond_reach", "detour") if name in told}
    assert told == lost and sum(way.values()) == 110


@pytest.mark.parametrize(("need", "covered", "lost"), CASES)
def test_colours_and_headline_say_the_same(client, need, covered, lost):
    query = {"minutes": 5, "level": 2, **need}
    columns = CellColumns.model_validate(
        client.get("/api/cities/tiny/coverage/cells", query_string=query).json
    )
    assert sum(columns.covered) == columns.city.people.covered == covered
    assert {n: c for n, c in columns.city.uncovered.items() if n in lost} == lost
    cells = client.get("/api/cities/tiny/cells", query_string=query).json["features"]
    assert [cell["properties"]["share"] for cell in cells] == columns.share


def test_the_need_is_told_with_the_stations_by_state(client):
    query = {"minutes": 5, "services": "water", "at": EVENING}
    found = client.get("/api/cities/tiny/coverage", query_string=query).json
    assert found["need"] == {
        "services": ["water"],
        "at": EVENING,
        "holidays_known": True,
        "stations": {"serves": 0, "closed": 1, "unknown_hours": 0, "service_missing": 1},
        "users_per_1000": None,
        "default_seats": None,
    }
    assert found["stations"] == 0


def test_seats_are_asked_by_the_same_question(client):
    # c1 has 20 seats and serves 150 people: at 200 users of 1,000 that are 30, of whom 20 sit.
    # The places are ten people each: two users; ten places sit, five find it full: 50 people.
    query = {"minutes": 5, "services": "water", "users_per_1000": 200}
    found = client.get("/api/cities/tiny/coverage", query_string=query).json
    assert (found["people"]["covered"], found["uncovered"]["full"]["people"]) == (100, 50)
    columns = client.get("/api/cities/tiny/coverage/cells", query_string=query).json
    assert columns["city"]["uncovered"]["full"] == 50 and sum(columns["covered"]) == 100
    words = "--minutes 5 --services water --users-per-1000 200 --json".split()
    done = CliRunner().invoke(main, ["study", "tiny", *words])
    assert json.loads(done.output) == found
    refused = client.get("/api/cities/tiny/coverage?default_seats=3")
    assert refused.status_code == 422 and "no users" in refused.json["detail"]


def test_drawn_layers_follow_the_need(client):
    query = {"minutes": 5, "at": EVENING}
    assert client.get("/api/cities/tiny/layers/circles", query_string=query).json["features"] == []
    gaps = client.get("/api/cities/tiny/layers/gaps", query_string=query).json["features"]
    assert {gap["properties"]["class"] for gap in gaps} >= {"closed", "unknown_hours"}


def test_a_city_without_people_is_coloured_by_ground_at_any_hour(client):
    columns = client.get("/api/cities/bare/coverage/cells", query_string={"at": NOON}).json
    assert columns["city"]["people"]["reason"] and set(columns["ground_share"]) == {0.0}


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ({"services": "wifi"}, "unknown service 'wifi'"),
        ({"at": "tonight"}, "as 2026-11-20T22:30"),
        ({"at": "2026-11-20T22:30Z"}, "time zone"),
        ({"at": ""}, "at is empty"),
        ({"services": ""}, "services is empty"),
    ],
)
def test_an_impossible_need_is_a_problem_with_its_remedy(client, need, said):
    for address in ("coverage", "coverage/cells", "layers/gaps", "cells"):
        answer = client.get(f"/api/cities/tiny/{address}", query_string=need)
        assert answer.status_code == 422 and said in answer.json["detail"]


@pytest.mark.parametrize(("need", "covered", "lost"), CASES)
def test_the_command_line_prints_what_the_api_says(client, need, covered, lost):
    words = [word for name, value in need.items() for word in (f"--{name}", value)]
    done = CliRunner().invoke(main, ["study", "tiny", "--minutes", "5", "--json", *words])
    assert done.exit_code == 0, done.output
    query = {"minutes": 5, **need}
    assert (
        json.loads(done.output) == client.get("/api/cities/tiny/coverage", query_string=query).json
    )
    shown = CliRunner().invoke(main, ["study", "tiny", "--minutes", "5", *words]).output
    assert f"{covered:,}（" in shown
    assert ("needed" in shown) == bool(need)


@pytest.mark.parametrize(
    "words", [["--services", "wifi"], ["--at", "tonight"], ["--services", ""], ["--at", ""]]
)
def test_the_command_line_refuses_in_one_message(words):
    done = CliRunner().invoke(main, ["study", "tiny", *words])
    assert done.exit_code == 2 and done.output.startswith("yizhan: ")


def test_a_study_holds_the_city_against_a_table_in_the_same_breath(client):
    words = ["study", "tiny", "--requirements", "union-double-15"]
    done = CliRunner().invoke(main, [*words, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)["requirements"]
    assert [table["id"] for table in told["tables"]] == ["union-double-15"]
    audit = client.get("/api/cities/tiny/audit?requirements=union-double-15").json
    assert [t["verdict"] for t in told["tables"]] == [t["verdict"] for t in audit["tables"]]
    shown = CliRunner().invoke(main, words).output
    assert "双15" in shown and "居民 people" in shown
    refused = CliRunner().invoke(main, ["study", "tiny", "--requirements", "nothing-like-it"])
    assert refused.exit_code == 2 and "nothing-like-it" in refused.output
