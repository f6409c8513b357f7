"""What depends on the stations, through the API; tiny city: see :mod:`tests.webmap.tinycity`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from webmap.api.impact import ImpactOut, OneImpact
from webmap.cli import main

ONE = "/api/cities/tiny/stations/c1/impact"
ALL = "/api/cities/tiny/impact"


def test_closing_a_station_in_ten_minutes(client):
    """Count by hand, with 10 people beside each of the 36 crossings (x, y).

    c1 stands on (0, 2), h2 on (5, 0). 10 min = 750 m: at most 7 blocks of 100 m, give or take the
    5 m that each place stands off. From c1 they are x + |y − 2|: all but (5, 5) with 8. From h2
    5 − x + y: all but (0, 3), (0, 4), (0, 5), (1, 4), (1, 5), (2, 5) with 8 or more.
    """
    found = OneImpact.model_validate(client.get(f"{ONE}?minutes=10").json)
    assert (found.station, found.state, found.name) == ("c1", "serves", "西门驿站")
    assert (found.people, found.places) == (350.0, 35)
    assert (found.only, found.only_places) == (60.0, 6)
    assert found.share_only == pytest.approx(60 / 350)
    assert found.moved > 0
    assert 0 < found.extra_mean_s <= found.extra_max_s
    assert (found.minutes, found.profile, found.reason) == (10, "walk", None)


def test_overlap_of_the_city_adds_up(client):
    answer = client.get(f"{ALL}?minutes=10&level=2")
    found = ImpactOut.model_validate(answer.json)
    # As above: both serve 36 − 1 − 6 = 29 crossings, c1 alone 6, h2 alone 1, nobody none.
    assert [(row.stations, row.people) for row in found.overlap] == [
        ("0", 0.0),
        ("1", 70.0),
        ("2", 290.0),
        ("3+", 0.0),
    ]
    assert found.judged == found.people == 360.0
    assert [(row.station, row.only) for row in found.stations] == [("c1", 60.0), ("h2", 10.0)]
    assert sum(cell.people["2"] for cell in found.cells) == 290.0


def test_a_need_takes_stations_away(client):
    # h2 has no hours written down, and c1 is closed at night.
    found = client.get(f"{ALL}?at=2026-11-20T23:00").json
    assert [row["state"] for row in found["stations"]] == ["closed", "unknown_hours"]
    assert found["overlap"][0]["people"] == 360.0
    found = client.get(f"{ONE}?services=rest").json
    assert (found["state"], found["people"], found["share_only"]) == ("service_missing", 0.0, None)


def test_seats_against_users(client):
    """Every crossing has 10 · 100 / 1000 = 1 user; c1 has 20 seats, those of h2 are not known.

    35 reach c1 and 30 reach h2 (above), 29 of them both: 20 sit at c1, and of the 16 others all who
    reach h2 – at least the one at (5, 5) – may find a seat there.
    """
    found = ImpactOut.model_validate(client.get(f"{ALL}?minutes=10&users_per_1000=100").json)
    held = found.capacity
    assert (held.seats, held.stations_known, held.stations_unknown) == (20.0, 1, 1)
    assert (held.users.total, held.users.served, held.users.unreached) == (36.0, 20.0, 0.0)
    assert held.users.full + held.users.seats_unknown == 16.0
    assert held.users.seats_unknown >= 1.0
    assert held.gap == 0.0
    rows = {row.station: (row.seats, row.assigned, row.load) for row in found.stations}
    assert rows == {"c1": (20.0, 20.0, 1.0), "h2": (None, None, None)}
    stated = client.get(f"{ALL}?minutes=10&users_per_1000=100&default_seats=16&riders=458").json
    assert stated["capacity"]["users"]["served"] == 36.0
    assert stated["ratios"]["riders_per_station"] == 229.0
    alone = OneImpact.model_validate(client.get(f"{ONE}?minutes=10&users_per_1000=100").json)
    assert (alone.seats, alone.assigned) == (20.0, 20.0)


def test_nobody_known_answers_null_with_the_reason(client):
    found = ImpactOut.model_validate(client.get("/api/cities/bare/impact").json)
    assert found.people is None and found.reason
    assert found.stations == []
    assert [row.people for row in found.overlap] == [None] * 4


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        (f"{ALL}?level=9", 422, "choose one of"),
        (f"{ALL}?profile=fly", 422, "ebike"),
        (f"{ALL}?services=beer", 422, "beer"),
        (f"{ONE}?minutes=99", 422, "99"),
        (f"{ALL}?users_per_1000=0", 422, "at most 1000"),
        (f"{ALL}?users_per_1000=nan", 422, "at most 1000"),
        (f"{ONE}?default_seats=3", 422, "no users"),
        (f"{ALL}?riders=-5", 422, "-5 riders"),
        ("/api/cities/tiny/stations/zz/impact", 404, "zz"),
        ("/api/cities/nowhere/impact", 404, "nowhere"),
    ],
)
def test_wrong_questions_are_answered_in_words(client, path, status, word):
    answer = client.get(path)
    assert answer.status_code == status
    assert word in answer.json["detail"]


def test_a_browser_that_has_the_answer_gets_304(client):
    stamp = client.get(ONE).headers["ETag"]
    assert client.get(ONE, headers={"If-None-Match": stamp}).status_code == 304


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{ALL}?minutes=10&level=2", ["--minutes", "10", "--level", "2"]),
        (
            f"{ALL}?users_per_1000=100&default_seats=3&riders=9",
            ["--users-per-1000", "100", "--default-seats", "3", "--riders", "9"],
        ),
        (f"{ONE}?services=water&at=2026-11-20T19:50", ["--station", "c1", "--services", "water"]),
    ],
)
def test_the_command_line_prints_the_same(client, path, words):
    told = client.get(path).json
    if "at=" in path:
        words = [*words, "--at", "2026-11-20T19:50"]
    done = CliRunner().invoke(main, ["impact", "tiny", *words, "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == told


def test_the_command_line_prints_tables(client):
    done = CliRunner().invoke(main, ["impact", "tiny", "--minutes", "10"])
    assert done.exit_code == 0
    seats = CliRunner().invoke(main, ["impact", "tiny", "--users-per-1000", "100"])
    assert seats.exit_code == 0 and "proven optimal" in seats.stdout
    one = CliRunner().invoke(main, ["impact", "tiny", "--minutes", "10", "--station", "c1"])
    assert one.exit_code == 0 and "60 of them alone" in one.stdout
    assert "西门驿站" in done.stdout and "290" in done.stdout
    alone = CliRunner().invoke(main, ["impact", "bare"])
    assert alone.exit_code == 0 and alone.stdout.strip()
    wrong = CliRunner().invoke(main, ["impact", "tiny", "--station", "zz"])
    assert wrong.exit_code == 2 and "zz" in wrong.output
