"""What to do in the tiny city, asked by HTTP. Walking is 1.25 m/s: five minutes are 375 m.

Ten people live 5 m east of each of the 36 crossings (x, y). c1 stands on (0, 2) and h2 on (5, 0);
both serve places up to three blocks away: 15 crossings and 10, none of them twice. Not covered are
(1, 5) · (2, 4) (2, 5) · (3, 3) (3, 4) (3, 5) · (4, 3) (4, 4) (4, 5) · (5, 4) (5, 5): 110 people.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.webmap.tinycity import lat, lon
from webmap.api.propose import MOST_CANDIDATES, ProposalOut, _one_at_a_time
from webmap.cli import main

TINY = "/api/cities/tiny/propose"


def spot(column: float, row: float, **more) -> dict:
    return {"lon": lon(column), "lat": lat(row), **more}


def ask(client, path: str = TINY, **body):
    return client.post(path, json={"budget": "5min", **body})


def test_one_site_between_them_helps_all(client):
    """From (3, 4) all eleven are at most three blocks away; from (4, 4) not (1, 5), four away."""
    answer = ask(client, sites=1, candidates=[spot(4, 4, name="甲"), spot(3, 4, name="乙")])
    found = ProposalOut.model_validate(answer.json)
    assert [(row.id, row.name, row.gained) for row in found.actions] == [("p2", "乙", 110.0)]
    assert (found.before.covered, found.before.judged) == (250.0, 360.0)
    assert (found.promised.gained, found.promised.share) == (110.0, 1.0)
    assert (found.recomputed.gained, found.recomputed.kept) == (110.0, True)
    assert found.proven
    assert found.reason is None
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_site_that_is_too_dear_is_left(client):
    sites = [spot(4, 4, cost=2), spot(3, 4, cost=5)]
    found = ProposalOut.model_validate(ask(client, spend=4, candidates=sites).json)
    # (4, 4) reaches all but (1, 5).
    assert [(row.id, row.cost, row.gained) for row in found.actions] == [("p1", 2.0, 100.0)]
    target = ProposalOut.model_validate(ask(client, target=0.9, candidates=sites).json)
    # 350 of 360 are 97 %: the cheap one will do.
    assert [row.id for row in target.actions] == ["p1"]
    assert target.objective.name == "cost"
    assert target.objective.bound == target.cost == 2.0


def test_a_station_may_offer_more(client):
    """Only h2 offers rest: the fifteen crossings of c1 lack the service, and get it for 2."""
    answer = ask(client, services="rest", spend=2, candidates=[])
    found = ProposalOut.model_validate(answer.json)
    row = found.actions[0]
    assert (row.id, row.kind, row.added, row.cost, row.gained) == (
        "c1",
        "service",
        ["rest"],
        2,
        150,
    )
    assert found.recomputed.kept


def test_hours_that_are_unknown_are_to_be_asked_for(client):
    """At 22:30 c1 is closed (until 20:00), and nobody knows the hours of h2."""
    answer = ask(client, at="2026-11-20T22:30", spend=3, candidates=[], longer_hours="24/7")
    found = ProposalOut.model_validate(answer.json)
    assert [(row.id, row.kind, row.gained) for row in found.actions] == [("c1", "hours", 150.0)]
    assert [(row.id, row.gained) for row in found.to_verify.stations] == [("h2", 100.0)]
    assert found.recomputed.kept


@pytest.mark.parametrize(
    "goal", [{"model": "p-median", "sites": 1}, {"model": "p-center", "sites": 1}]
)
def test_times_may_be_what_counts(client, goal):
    found = ProposalOut.model_validate(
        ask(client, **goal, candidates=[spot(4, 4), spot(0, 2)]).json
    )
    assert [row.id for row in found.actions] == ["p1"]
    assert found.objective.after < found.objective.before
    assert found.recomputed.kept


def test_without_candidates_street_junctions_are_asked(client):
    answer = ask(client, sites=1)
    found = ProposalOut.model_validate(answer.json)
    assert found.promised.gained == 110.0
    assert found.candidates.origin.startswith("street junctions")


def test_the_command_line_prints_the_same(client, home):
    answer = ask(client, sites=2, services="water").json
    words = "propose tiny --minutes 5 --sites 2 --services water --json"
    result = CliRunner().invoke(main, words.split())
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == answer


def test_seats_are_asked_where_users_are_named(client):
    """200 of 1,000 are 50 users of the 250 whom a station serves: c1 has 20 seats for 30 of them.

    h2's seats are not known. So ten users go without, and the rest of the 72 reach no station.
    """
    answer = ask(client, users_per_1000=200, spend=4)
    found = ProposalOut.model_validate(answer.json)
    assert (found.measure, found.before.covered, found.before.judged) == ("users", 20.0, 72.0)
    assert [(row.id, row.kind, row.seats, row.cost) for row in found.actions] == [
        ("c1", "enlarge", 4, 4.0)
    ]
    assert (found.promised.gained, found.recomputed.gained, found.recomputed.kept) == (4, 4, True)
    # 110 people of ten places each have two users: 22 of eleven places reach nothing, 20 only h2.
    assert found.uncoverable.causes["unreached"].weight == 22.0
    assert found.uncoverable.causes["unknown_seats"].weight == 20.0
    words = "propose tiny --minutes 5 --users-per-1000 200 --budget 4 --json"
    assert json.loads(CliRunner().invoke(main, words.split()).stdout) == answer.json


def test_where_nobody_is_known_ground_counts(client):
    found = ProposalOut.model_validate(ask(client, "/api/cities/bare/propose", sites=1).json)
    assert found.measure == "m2"
    assert found.promised.gained > 0
    assert found.recomputed.kept


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "how far to go"),
        ({"sites": 0}, "1 or more"),
        ({"target": 1.5}, "up to 1"),
        ({"sites": 1, "spend": 3}, "not budget and sites"),
        ({"sites": 1, "model": "best"}, "model"),
        ({"sites": 1, "budget": "7h"}, "15min"),
        ({"sites": 1, "services": "wifi"}, "wifi"),
        ({"sites": 1, "at": "tonight"}, "tonight"),
        ({"sites": 1, "longer_hours": "late"}, "late"),
        ({"sites": 1, "junctions": 2_001}, "2000"),
        ({"sites": 1, "costs": {"open": -1}}, "costs"),
        ({"sites": 1, "costs": {"roof": 1}}, "roof"),
        ({"sites": 1, "wishes": []}, "wishes"),
        ({"sites": 1, "users_per_1000": 0}, "no rate"),
        ({"sites": 1, "default_seats": 5}, "no users"),
        ({"sites": 1, "users_per_1000": 5, "candidates": []}, "one at a time"),
        ({"sites": 1, "users_per_1000": 5, "model": "p-median"}, "knows no seats"),
        ({"sites": 1, "candidates": [{"lon": 29.5, "lat": 106.6}]}, "swapped"),
        ({"sites": 1, "candidates": [spot(1, 1, services=["wifi"])]}, "unknown service 'wifi'"),
        ({"sites": 1, "candidates": [spot(1, 1)] * 2_001}, "2000"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(client, body, words):
    answer = ask(client, **body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert words in answer.json["detail"]


def test_as_many_candidates_as_promised_fit_into_a_question(client):
    many = [spot(4, 4, name="候选点" * 10) for _ in range(MOST_CANDIDATES)]
    answer = ask(client, sites=1, candidates=many)
    assert answer.status_code == 200
    assert answer.json["candidates"]["usable"] == MOST_CANDIDATES
    huge = client.post(TINY, data=b" " * 600_000, content_type="application/json")
    assert huge.status_code == 413


def test_a_second_proposal_is_told_to_come_again(client):
    with _one_at_a_time():
        answer = ask(client, sites=1)
        assert client.get("/api/cities/tiny/coverage").status_code == 200
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.mimetype == "application/problem+json"
    assert "another proposal" in answer.json["detail"]
    assert ask(client, sites=1).status_code == 200


def test_a_question_that_fails_lets_the_next_one_in(client):
    assert ask(client, sites=1, longer_hours="late").status_code == 422
    assert ask(client, sites=1).status_code == 200
