"""Scenarios are read on every answer, and never mixed with another import of their city.

In five minutes on foot c1 covers 150 people of the tiny city, and h2 100 others
(``test_whatif.py``).
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo import build, scenario, study, workspace
from geo.model import PROFILES, Budget
from geo.scenario.changes import parsed
from tests.webmap import tinycity
from tests.webmap.kept import CITY, CLOSE, LIST, OPEN, problem
from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap import create_app
from webmap.api.scenarios import RebaseOut
from webmap.config import Settings

scenario_apply = scenario.apply


#: What follows from no city's stations, or is a scenario's own, or names scenarios itself.
NOT_READ = re.compile(
    r"/tiles/|/levels/|/scenarios|/jobs|/compare|/what-if|/propose|/export|/brief|/search|/pocket"
    r"|/feedback|/photo|/story|/stories"
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
            asked["json"] = place | ({"station": "c1"} if path.endswith("/way") else {})
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
