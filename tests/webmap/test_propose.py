"""What to do in the tiny city, asked by HTTP. Walking is 1.25 m/s: five minutes are 375 m.

Ten people live 5 m east of each of the 36 crossings (x, y). c1 stands on (0, 2) and h2 on (5, 0);
both serve places up to three blocks away: 15 crossings and 10, none of them twice. Not covered are
(1, 5) · (2, 4) (2, 5) · (3, 3) (3, 4) (3, 5) · (4, 3) (4, 4) (4, 5) · (5, 4) (5, 5): 110 people.
"""

from __future__ import annotations

import json
import socket

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import proposal
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
        ({"sites": 1, "costs": {"open": 1e308}}, "0 to 1,000,000,000"),
        ({"sites": 1, "costs": {"open": "5"}}, "costs.open"),
        ({"spend": "20"}, "spend"),
        ({"spend": True}, "spend"),
        ({"sites": 1, "costs": {"roof": 1}}, "roof"),
        ({"sites": 1, "wishes": []}, "wishes"),
        ({"sites": 1, "users_per_1000": 0}, "no rate"),
        ({"sites": 1, "default_seats": 5}, "no users"),
        ({"sites": 1, "users_per_1000": 5, "candidates": []}, "one at a time"),
        ({"sites": 1, "users_per_1000": 5, "model": "p-median"}, "knows no seats"),
        ({"sites": 1, "candidates": [{"lon": 29.5, "lat": 106.6}]}, "swapped"),
        ({"sites": 1, "candidates": [spot(1, 1, services=["wifi"])]}, "unknown service 'wifi'"),
        ({"sites": 1, "candidates": [spot(1, 1, cost=1e308)]}, "0 to 1,000,000,000"),
        ({"sites": 1, "candidates": [spot(1, 1, capacity=10**15)]}, "0 to 100,000"),
        ({"sites": 1, "candidates": [spot(1, 1, capacity=10**30)]}, "a valid integer"),
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


def test_a_second_proposal_is_told_to_come_again(client, caplog):
    with _one_at_a_time():
        answer = ask(client, sites=1)
        assert client.get("/api/cities/tiny/coverage").status_code == 200
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.mimetype == "application/problem+json"
    assert "another proposal" in answer.json["detail"]
    assert caplog.records == []  # nothing is wrong with the server
    assert ask(client, sites=1).status_code == 200


def test_a_question_that_fails_lets_the_next_one_in(client):
    assert ask(client, sites=1, longer_hours="late").status_code == 422
    assert ask(client, sites=1).status_code == 200


def test_hanging_up_ends_the_computation_and_lets_the_next_one_in(client, monkeypatch, caplog):
    """The line is shut before the search begins, so the proof by a new study is never reached."""
    proofs = []
    monkeypatch.setattr(proposal, "verify", lambda found: proofs.append(found) or verify(found))
    verify = proposal.promise.verify
    here, there = socket.socketpair()
    with here, there:
        line = {"gunicorn.socket": here}
        body = {"budget": "5min", "sites": 1}
        assert client.post(TINY, json=body, environ_overrides=line).status_code == 200
        assert len(proofs) == 1
        there.send(b"GET")  # what is sent already for the next request is no hanging up
        assert client.post(TINY, json=body, environ_overrides=line).status_code == 200
        assert here.recv(10) == b"GET"  # and stays unread
        there.close()
        # A seat plan that is kept needs no time; nobody else asks for this one.
        for more in ({}, {"users_per_1000": 213.5, "services": "water"}):
            answer = client.post(TINY, json=body | more, environ_overrides=line)
            assert answer.status_code == 400
    assert len(proofs) == 2
    assert caplog.records == []  # nothing is wrong with the server
    assert ask(client, sites=1).status_code == 200


# --- the command line -----------------------------------------------------------------------------


def run(*words: str):
    return CliRunner().invoke(main, ["propose", "tiny", "--minutes", "5", *words])


@pytest.fixture
def rooms(tmp_path):
    """A list of rooms: a cheap one at (4, 4), a bank at (3, 4), and one a degree away."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        "编号,名称,经度,纬度,费用,kind\n"
        f"r1,甲室,{lon(4)},{lat(4)},2,idle\n"
        f"r2,乙行,{lon(3)},{lat(4)},5,bank\n"
        f"r3,远处,{lon(3) + 1},{lat(4)},1,bank\n",
        encoding="utf-8",
    )
    return path


def test_a_list_of_rooms_is_asked_for_on_the_command_line(rooms, tmp_path):
    out = tmp_path / "plan.geojson"
    result = run("--candidates", str(rooms), "--budget", "9", "--out", str(out))
    assert result.exit_code == 0, result.output
    # (3, 4) helps all eleven crossings for 5; with (4, 4) beside it nobody more.
    for words in ("乙行", "110", "100.0 %", "一致 equal", "已证明最优", "远处", "outside the city"):
        assert words in result.output
    feature = json.loads(out.read_text(encoding="utf-8"))["features"][0]
    assert feature["properties"]["id"] == "r2"
    assert feature["geometry"]["coordinates"] == pytest.approx([lon(3), lat(4)], abs=1e-9)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_rows_of_a_list_may_be_chosen_and_written_as_a_table(rooms, tmp_path):
    out = tmp_path / "plan.csv"
    chosen = ("--candidates", str(rooms), "--where", "kind=idle")
    result = run(*chosen, "--sites", "1", "--out", str(out), "--json")
    told = json.loads(result.stdout)
    assert told["candidates"]["usable"] == 1
    assert told["actions"][0]["id"] == "r1"
    head, row = out.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("rank,kind,id,name,area,lon,lat,services")
    assert row.startswith("1,open,r1,甲室,")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "how far to go"),
        (["--target", "1.2"], "up to 1"),
        (["--target", "most"], "0.85 or 85%"),
        (["--budget", "-3"], "≥ 0"),
        (["--sites", "2", "--cost", "open=free"], "not understood"),
        (["--sites", "2", "--hours", "late"], "cannot be read"),
        (["--sites", "2", "--where", "amenity=bank"], "--candidates FILE"),
        (["--sites", "2", "--candidates", "nowhere.csv"], "no such file"),
        (["--sites", "2", "--candidates", "osm:amenity=bank"], "--where amenity=bank"),
        (["--sites", "2", "--out", "plan.docx"], ".geojson or .csv"),
        (["--sites", "2", "--junctions", "0"], "give 1 to"),
        (["--sites", "2", "--default-seats", "3"], "no users"),
        (["--sites", "2", "--users-per-1000", "9", "--candidates", "x.csv"], "one at a time"),
    ],
)
def test_the_command_says_what_is_wrong_and_ends_with_two(words, said):
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "sites": st.integers(-1, 4) | st.none() | st.text(max_size=3),
            "spend": st.floats(allow_nan=False) | st.integers(-3, 60) | st.none(),
            "target": st.floats(-1, 2) | st.none(),
            "model": st.sampled_from(["mclp", "lscp", "p-median", "p-center", ""]),
            "at": st.sampled_from(["2026-11-20T22:30", "2031-01-01T00:00", "noon"]),
            "services": st.sampled_from(["water", "rest,water", "", "wifi"]),
            "candidates": st.lists(
                st.fixed_dictionaries(
                    {"lon": st.floats(lon(-9), lon(14)), "lat": st.floats(lat(-9), lat(14))},
                    optional={"cost": st.floats(), "services": st.lists(st.text(max_size=5))},
                ),
                max_size=4,
            ),
            "costs": st.dictionaries(st.sampled_from(["open", "hours", "x"]), st.floats(0, 9)),
            "users_per_1000": st.floats(0, 1200) | st.none(),
        },
    )
)
def test_whatever_is_asked_is_answered_or_explained(client, body):
    answer = client.post(TINY, data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (200, 400, 422)
    if answer.status_code == 200:
        assert ProposalOut.model_validate(answer.json).recomputed.kept
    else:
        assert answer.json["detail"]
