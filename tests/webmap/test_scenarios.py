"""Scenarios are made, listed, written and deleted; nobody overwrites another's work."""

from __future__ import annotations

import pytest

from tests.webmap.kept import CITY, CLOSE, LIST, OPEN, problem
from tests.webmap.tinycity import HOSTILE
from webmap import create_app
from webmap.api.models import MOST_CHANGES
from webmap.api.scenarios import ScenarioList, ScenarioOut
from webmap.config import Settings


def test_a_scenario_is_made_listed_written_and_deleted(client, make):
    first = make("北岸两站", CLOSE, note="初稿")
    assert (first.revision, first.note, first.outdated) == (1, "初稿", False)
    assert first.changes == [CLOSE]
    assert first.created.endswith("+00:00")
    address = f"{LIST}/{first.id}"
    listed = ScenarioList.model_validate(client.get(LIST).json).scenarios
    assert [(row.id, row.count) for row in listed] == [(first.id, 1)]
    put = client.put(address, json={"revision": 1, "changes": [CLOSE, OPEN], "name": "两站"})
    second = ScenarioOut.model_validate(put.json)
    assert (second.revision, second.name, second.note) == (2, "两站", "初稿")
    assert second.changes == [CLOSE, OPEN]
    assert client.put(address, json={"revision": 2, "note": ""}).json["note"] == ""
    assert client.delete(f"{address}?revision=2").status_code == 409
    assert client.delete(f"{address}?revision=3").status_code == 204
    problem(client.get(address), 404, "scenario-not-found")
    problem(client.delete(address), 404, "scenario-not-found")
    assert client.get(LIST).json == {"scenarios": []}


def test_a_scenario_belongs_to_its_city(client, make):
    first = make()
    for path in ("scenarios/{}", "coverage?scenario={}", "scenarios/{}/manifest"):
        answer = client.get(f"/api/cities/bare/{path.format(first.id)}")
        problem(answer, 404, "scenario-not-found")
    problem(client.get("/api/cities/nowhere/scenarios"), 404, "city-not-found")
    problem(client.post("/api/cities/nowhere/scenarios", json={"name": "x"}), 404, "city-not-found")


@pytest.mark.parametrize("name", [HOSTILE, "'; DROP TABLE scenarios; --", "=1+1", "😀" * 80, "۱ ١"])
def test_any_name_is_text(client, make, name):
    found = make(name, note=name)
    assert (found.name, found.note) == (name, name)


def test_a_name_keeps_nothing_that_steers(make):
    assert make("甲\x1b[2J\u202e乙\n").name == "甲 [2J 乙"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": " \n "}, 422),
        ({"name": "城" * 81}, 422),
        ({"name": 7}, 422),
        ({"name": "x", "note": "n" * 4001}, 422),
        ({"name": "x", "surprise": 1}, 422),
        ({"name": "\ud800"}, 400),
        ({"name": "x", "changes": [CLOSE] * (MOST_CHANGES + 1)}, 422),
        ({"name": "x", "changes": [{"kind": "close", "station": "gone"}]}, 422),
        ({"name": "x", "changes": [{"kind": "fly"}]}, 422),
        ({"name": "x", "note": "n" * 600_000}, 413),
        ([], 422),
    ],
)
def test_a_wrong_scenario_is_refused_whole(client, body, status):
    answer = client.post(LIST, json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert client.get(LIST).json == {"scenarios": []}


def test_the_largest_scenario_is_taken(make):
    hours = {"kind": "hours", "station": "h2", "opening_hours": "Mo-Su 08:00-20:00; PH off"}
    assert len(make("大", *[hours] * MOST_CHANGES).changes) == MOST_CHANGES


def test_a_taken_name_comes_with_one_that_is_free(client, make):
    make("甲")
    told = problem(client.post(LIST, json={"name": "甲"}), 409, "scenario-name-taken", "proposal")
    assert told["proposal"] == "甲 (2)"
    other = make(told["proposal"])
    answer = client.put(f"{LIST}/{other.id}", json={"revision": 1, "name": "甲"})
    assert problem(answer, 409, "scenario-name-taken", "proposal")["proposal"] == "甲 (3)"


def test_nobody_overwrites_what_he_has_not_seen(client, make):
    first = make("甲", CLOSE)
    address = f"{LIST}/{first.id}"
    assert client.put(address, json={"revision": 1, "note": "一"}).status_code == 200
    answer = client.put(address, json={"revision": 1, "changes": []})
    current = problem(answer, 409, "scenario-conflict", "current")["current"]
    kept = client.get(address).json
    assert current == {name: value for name, value in kept.items() if name != "outdated"}
    assert (kept["revision"], kept["note"], kept["changes"]) == (2, "一", [CLOSE])


def test_a_change_that_cannot_be_made_is_not_kept(client, make):
    first = make("甲", CLOSE)
    body = {"revision": 1, "changes": [CLOSE, {"kind": "close", "station": "gone"}]}
    answer = client.put(f"{LIST}/{first.id}", json=body)
    (fault,) = problem(answer, 422, "input", "faults", "faults_left_out")["faults"]
    assert "change 2" in fault["where"]
    assert client.get(f"{LIST}/{first.id}").json == first.model_dump()


def test_a_browser_need_not_fetch_what_it_has(client, make):
    first = make()
    for address in (LIST, f"{LIST}/{first.id}"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        client.put(f"{LIST}/{first.id}", json={"revision": first.revision, "note": address})
        first = ScenarioOut.model_validate(client.get(f"{LIST}/{first.id}").json)
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_without_a_database_the_cities_are_served(home, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    settings = Settings(database=f"sqlite:///{tmp_path}/file/yizhan.sqlite", edition="internal")
    client = create_app(settings).test_client()
    assert client.get(f"{CITY}/coverage?minutes=5").status_code == 200
    assert client.post(f"{CITY}/what-if", json={"changes": [CLOSE]}).status_code == 200
    for answer in (
        client.get(LIST),
        client.post(LIST, json={"name": "甲"}),
        client.get(f"{CITY}/coverage?scenario=x"),
    ):
        assert problem(answer, 503, "store-failed")["remedy"]
    (tmp_path / "file").unlink()
    (tmp_path / "file").mkdir()
    assert client.get(LIST).json == {"scenarios": []}
