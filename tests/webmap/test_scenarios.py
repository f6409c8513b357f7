"""Scenarios are kept, never overwritten or mixed with another city, and read on every answer.

In five minutes on foot c1 covers 150 people of the tiny city, and h2 100 others
(``test_whatif.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo import build, manifest, scenario, study, workspace
from geo.changes import parsed
from geo.model import PROFILES, Budget
from tests.webmap import tinycity
from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap import create_app
from webmap.api.models import MOST_CHANGES
from webmap.api.scenarios import Manifest, RebaseOut, ScenarioList, ScenarioOut
from webmap.config import Settings

scenario_apply = scenario.apply

CITY = "/api/cities/tiny"
LIST = f"{CITY}/scenarios"
CLOSE = {"kind": "close", "station": "h2"}
OPEN = {"kind": "open", "station": "n1", "position": [lon(3), lat(4)], "name": HOSTILE}
MEMBERS = {"type", "title", "status", "detail", "remedy"}


@pytest.fixture
def made(client) -> Iterator[list[str]]:
    """Addresses of scenarios that are deleted after the test."""
    addresses: list[str] = []
    yield addresses
    for address in addresses:
        client.delete(address)


@pytest.fixture
def make(client, made):
    def post(name: str = "北岸两站", *changes: dict, **more) -> ScenarioOut:
        answer = client.post(LIST, json={"name": name, "changes": changes, **more})
        assert answer.status_code == 201, answer.json
        found = ScenarioOut.model_validate(answer.json)
        assert found.model_dump() == answer.json
        made.append(answer.headers["Location"])
        assert client.get(answer.headers["Location"]).json == answer.json
        return found

    return post


def problem(answer, status: int, kind: str, *members: str) -> dict:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["type"] == f"urn:yizhan:problem:{kind}"
    assert set(answer.json) == MEMBERS | set(members)
    return answer.json


# --- Making, writing, deleting ------------------------------------------------------------------


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
    (fault,) = problem(answer, 422, "input", "faults")["faults"]
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


# --- Reading with a scenario --------------------------------------------------------------------

#: What follows from no city's stations, or is a scenario's own.
NOT_READ = re.compile(
    r"/tiles/|/levels/|/scenarios|/jobs|/compare|/what-if|/propose|/export|/brief"
)


def reading(spec: dict) -> list[tuple[str, str, dict]]:
    return [
        (method, path, operation)
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/cities/{slug}") and not NOT_READ.search(path)
    ]


def test_every_reading_endpoint_takes_a_scenario(client):
    found = reading(client.get("/api/openapi.json").json)
    assert len(found) >= 16
    place = {"lon": lon(2), "lat": lat(3)}
    for method, path, operation in found:
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert "scenario" in names, path
        address = path.format(slug="tiny", station_id="c1", code="01", layer="gaps", rank=1)
        asked = {"query_string": {"scenario": "unknown"}}
        if method == "post":
            asked["json"] = place
        problem(client.open(address, method=method.upper(), **asked), 404, "scenario-not-found")


def test_a_proposal_takes_a_scenario_in_its_body(client, make):
    body = {"budget": "5min", "sites": 1, "junctions": 5}
    today = client.post(f"{CITY}/propose", json=body).json
    closed = client.post(f"{CITY}/propose", json=body | {"scenario": make("甲", CLOSE).id}).json
    assert (today["before"]["covered"], closed["before"]["covered"]) == (250.0, 150.0)


def test_every_figure_is_that_of_a_study_of_the_changed_city(client, app, make):
    changes = [CLOSE, OPEN]
    first = make("甲", *changes)
    data = scenario.apply(app.extensions["yizhan"].city("tiny").data, parsed(changes))
    wanted = study.run(data, PROFILES["walk"], Budget(minutes=5)).to_json({})
    query = f"minutes=5&scenario={first.id}"
    found = client.get(f"{CITY}/coverage?{query}").json
    assert found["provenance"]
    assert json.loads(json.dumps(wanted)) == found | {"provenance": {}}
    assert found["people"]["covered"] == 290.0  # 150 of c1 and 140 of n1 (test_whatif.py)
    facts = client.get(f"{CITY}?scenario={first.id}").json
    assert (facts["stations"], facts["stations_open"]) == (3, 2)
    one = client.get(f"{CITY}/stations/n1?scenario={first.id}").json
    assert one["properties"]["name"] == HOSTILE
    assert client.get(f"{CITY}/stations/n1").status_code == 404
    place = {"lon": lon(3), "lat": lat(4)}
    near = client.post(f"{CITY}/nearest?scenario={first.id}", json=place).json["stations"]
    assert [station["id"] for station in near] == ["n1", "c1"]
    why = client.post(f"{CITY}/explain?scenario={first.id}", json=place | {"budget": "5min"})
    assert why.json["place"]["covered"] is True


def test_a_changed_city_shares_what_does_not_change(app):
    city = app.extensions["yizhan"].city("tiny")
    changes = parsed([CLOSE])
    made = city.changed(changes)
    assert made is city.changed(changes)
    assert made.data.units is city.data.units
    assert made.data.network is city.data.network
    assert made.tiles is city.tiles
    assert city.changed(()) is city


def test_only_the_last_changed_cities_are_kept_and_none_outlives_its_city(own):
    app, imported = own
    catalog = app.extensions["yizhan"]
    city = catalog.city("tiny")
    several = [parsed([OPEN | {"name": str(number)}]) for number in range(9)]
    first = city.changed(several[0])
    assert all(city.changed(changes) for changes in several[1:8])
    assert city.changed(several[0]) is first
    city.changed(several[8])  # pushes out the least used, which is the second
    assert city.changed(several[0]) is first
    imported(without="h2")
    catalog.refresh()
    assert catalog.city("tiny").changed(several[0]) is not first


def test_many_requests_make_a_changed_city_once(app, monkeypatch):
    made: list[int] = []
    monkeypatch.setattr(
        "webmap.catalog.scenario.apply",
        lambda data, changes: made.append(len(changes)) or scenario_apply(data, changes),
    )
    city = app.extensions["yizhan"].city("tiny")
    changes = parsed([OPEN | {"name": "once"}])
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: id(city.changed(changes)), range(16)))
    assert (len(found), made) == (1, [1])


def test_the_city_as_it_is_stays_as_it_is(client, make):
    addresses = [f"{CITY}/{path}" for path in ("coverage?minutes=5", "coverage/cells", "stations")]
    before = [client.get(address) for address in addresses]
    first, second = make("甲", CLOSE), make("乙", OPEN)
    tags = set()
    wanted = {first.id: 150.0, second.id: 360.0, "today": 250.0, "": 250.0}
    for scenario_id, covered in wanted.items():
        query = {"minutes": 5, "scenario": scenario_id}
        answer = client.get(f"{CITY}/coverage", query_string=query)
        assert answer.json["people"]["covered"] == covered
        tags.add(answer.headers["ETag"])
    assert len(tags) == 3
    after = [client.get(address) for address in addresses]
    assert [(a.data, a.headers["ETag"]) for a in after] == [
        (b.data, b.headers["ETag"]) for b in before
    ]


def test_what_was_read_is_no_longer_fresh_after_a_write(client, make):
    first = make("甲", CLOSE)
    address = f"{CITY}/coverage/cells?minutes=5&scenario={first.id}"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    client.put(f"{LIST}/{first.id}", json={"revision": 1, "changes": []})
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json["city"]["people"]["covered"] == 250.0


# --- A city that is imported anew ---------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An application over one tiny city of its own, and a function that imports it anew."""
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path / "home"))
    streets = tinycity.streets(tmp_path / "streets.geojson")

    def imported(*, without: str = "") -> None:
        lines = tinycity.stations(tmp_path / "stations.csv").read_text("utf-8").splitlines(True)
        kept = [line for line in lines if not (without and line.startswith(without))]
        (tmp_path / "stations.csv").write_text("".join(kept), encoding="utf-8")
        if "tiny" in workspace.slugs():
            workspace.remove("tiny")
        build.create(
            build.Request(
                slug="tiny",
                name="小城",
                streets=(streets,),
                stations=str(tmp_path / "stations.csv"),
                demand=tinycity.demand(tmp_path / "demand.geojson"),
            )
        )

    imported()
    return create_app(Settings(edition="internal")), imported


def test_a_scenario_of_another_import_is_told_apart_and_carried_over(own):
    app, imported = own
    client, catalog = app.test_client(), app.extensions["yizhan"]
    close_c1 = {"kind": "hours", "station": "c1", "opening_hours": "24/7"}
    first = client.post(LIST, json={"name": "甲", "changes": [CLOSE, close_c1, OPEN]}).json
    address = f"{LIST}/{first['id']}"
    read = f"{CITY}/coverage?minutes=5&scenario={first['id']}"
    assert client.get(read).status_code == 200
    imported(without="h2")
    catalog.refresh()
    told = problem(
        client.get(read), 409, "scenario-outdated", "scenario", "revision", "base_date", "city_date"
    )
    assert told["base_date"] == first["base_date"]
    assert told["city_date"] == workspace.manifest("tiny")["created"]
    for answer in (
        client.post(f"{CITY}/what-if", json={"scenario": first["id"], "changes": []}),
        client.get(f"{CITY}/compare?b={first['id']}"),
        client.get(f"{address}/manifest"),
        client.put(address, json={"revision": 1, "changes": []}),
    ):
        assert answer.json["type"] == "urn:yizhan:problem:scenario-outdated"
    assert client.get(address).json == first | {"outdated": True}
    assert client.get(LIST).json["scenarios"][0]["outdated"] is True
    assert client.put(address, json={"revision": 1, "note": "旧"}).status_code == 200

    look = RebaseOut.model_validate(client.post(f"{address}/rebase", json={"revision": 2}).json)
    assert (look.rebased, look.fits, look.scenario.revision) == (False, 2, 2)
    (unfit,) = look.unfit
    assert (unfit.number, unfit.change) == (1, CLOSE)
    assert unfit.faults[0].seen == "no station 'h2'"
    late = client.post(f"{address}/rebase", json={"revision": 1, "drop": True})
    problem(late, 409, "scenario-conflict", "current")
    done = client.post(f"{address}/rebase", json={"revision": 2, "drop": True}).json
    assert done["rebased"] is True
    assert (done["scenario"]["revision"], done["scenario"]["outdated"]) == (3, False)
    assert done["scenario"]["changes"] == [close_c1, OPEN]
    assert client.get(read).json["people"]["covered"] == 290.0


def test_the_same_files_imported_again_are_the_same_city(own):
    app, imported = own
    client = app.test_client()
    first = client.post(LIST, json={"name": "甲", "changes": [CLOSE]}).json
    imported()
    app.extensions["yizhan"].refresh()
    found = client.get(f"{CITY}/coverage?minutes=5&scenario={first['id']}").json
    assert found["people"]["covered"] == 150.0


def test_who_comes_before_the_look_out_is_not_told_nonsense(own):
    """Another worker has seen the new city already, and has carried the scenario over to it."""
    app, imported = own
    client = app.test_client()
    first = client.post(LIST, json={"name": "甲", "changes": [OPEN]}).json
    imported(without="h2")
    other = create_app(Settings(edition="internal")).test_client()
    address = f"{LIST}/{first['id']}"
    assert other.post(f"{address}/rebase", json={"revision": 1, "drop": True}).json["rebased"]
    answer = client.get(f"{CITY}/coverage?minutes=5&scenario={first['id']}")
    assert answer.json["people"]["covered"] == 290.0


# --- Files --------------------------------------------------------------------------------------


def test_a_file_leads_back_to_the_same_scenario(client, app, make, made):
    first = make("甲", CLOSE, OPEN, note="说明")
    query = "minutes=5&services=rest&at=2026-11-20T22:30"
    answer = client.get(f"{LIST}/{first.id}/manifest?{query}")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert Manifest.model_validate(answer.json).model_dump() == answer.json
    read = manifest.parsed(answer.json)
    assert (read.name, read.note, read.question.need.key) == (
        "甲", "说明", "rest@2026-11-20T22:30",
    )  # fmt: skip
    back = client.post(f"{LIST}/import", json=answer.json)
    made.append(back.headers["Location"])
    assert back.status_code == 201
    assert (back.json["name"], back.json["changes"]) == ("甲 (2)", [CLOSE, OPEN])
    assert back.json["outdated"] is False


def test_a_file_of_another_import_waits_for_its_rebase(client, make, made):
    first = make("甲", CLOSE)
    file = client.get(f"{LIST}/{first.id}/manifest").json
    file["city"]["version"] = "another"
    back = client.post(f"{LIST}/import", json=file)
    made.append(back.headers["Location"])
    assert (back.json["outdated"], back.json["base_date"]) == (True, "")
    answer = client.get(f"{CITY}/coverage?scenario={back.json['id']}")
    assert answer.json["type"] == "urn:yizhan:problem:scenario-outdated"


def test_a_wrong_file_is_refused_with_all_its_faults(client, make):
    file = client.get(f"{LIST}/{make().id}/manifest").json
    wrong = file | {"changes": [{"kind": "fly"}, 7], "question": {"profile": "broom"}}
    answer = client.post(f"{LIST}/import", json=wrong)
    assert len(problem(answer, 422, "input", "faults")["faults"]) >= 3
    assert client.post(f"{LIST}/import", json={"format": "other"}).status_code == 422


# --- Where the request comes from ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
    ],
)
def test_only_pages_of_this_server_write(client, made, headers, status):
    answer = client.post(LIST, json={"name": "甲"}, headers=headers)
    assert answer.status_code == status
    if status == 201:
        made.append(answer.headers["Location"])
    else:
        problem(answer, 403, "forbidden")
        assert client.get(LIST).json == {"scenarios": []}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_every_way_of_writing_is_guarded(client, make, method):
    first = make()
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.open(f"{LIST}/{first.id}", method=method, json={}, headers=headers)
    assert answer.status_code in ((405,) if method == "POST" else (403,))
    assert client.get(f"{LIST}/{first.id}").json == first.model_dump()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_what_is_written_must_be_json(client, kind):
    answer = client.post(LIST, data='{"name": "甲"}', content_type=kind)
    problem(answer, 415, "unsupported-media-type")


# --- A disk that refuses ------------------------------------------------------------------------


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
