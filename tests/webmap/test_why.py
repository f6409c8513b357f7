"""Why a place is not served, by HTTP. Walking takes 0.8 s a metre; crossings are 100 m apart."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from geo.cli import main
from tests.webmap.tinycity import lat, lon
from webmap.api.why import ExplainOut, GapLink


def ask(client, column: float, row: float, **more):
    body = {"lon": lon(column), "lat": lat(row), **more}
    return client.post("/api/cities/tiny/explain", json=body)


def told(client, column: float, row: float, **more) -> ExplainOut:
    answer = ask(client, column, row, **more)
    assert answer.status_code == 200, answer.json
    return ExplainOut.model_validate(answer.json)


def test_a_covered_place(client):
    """From crossing (2, 2) to c1: 200 m, 160 s; its cell is the western community."""
    found = told(client, 2, 2, budget="5min")
    assert found.place.covered
    assert found.place.class_ is None
    assert found.place.seconds == pytest.approx(160, abs=1)
    assert found.place.station.id == "c1"
    assert found.cell.code == "0101"
    assert found.cell.path == ["小城", "西社区"]
    assert (found.figures.people, found.figures.covered) == (180, 150)
    assert (found.profile, found.minutes, found.services, found.at) == ("walk", 5, [], None)


def test_the_way_is_told_as_for_the_nearest_station(client):
    place = told(client, 2, 2).place
    assert place.path.type == "LineString"
    assert place.path.coordinates[0] == pytest.approx([lon(2), lat(2)], abs=3e-6)
    assert place.path.coordinates[-1] == pytest.approx([lon(0), lat(2)], abs=3e-6)
    assert place.path_metres == pytest.approx(200, abs=1)
    assert place.path_seconds == pytest.approx(160, abs=1)
    body = {"lon": lon(2), "lat": lat(2), "k": 1, "way": 1, "at": "2026-11-20T12:00"}
    nearest = client.post("/api/cities/tiny/nearest", json=body).json["stations"][0]
    assert [step.model_dump() for step in place.steps] == nearest["way"]["steps"]
    assert place.path.coordinates == nearest["way"]["geometry"]["coordinates"]


@pytest.mark.parametrize(
    ("column", "row", "reason"),
    [
        # 400 m on the streets, √(200² + 200²) = 283 m in a line: inside the ring of 375 m.
        (2, 4, "detour"),
        # 500 m to h2 and 583 m to c1 in a line: outside both rings.
        (5, 5, "beyond_reach"),
    ],
)
def test_why_a_place_is_not_covered(client, column, row, reason):
    place = told(client, column, row, budget="5min").place
    assert not place.covered
    assert place.class_ == reason
    assert place.nearest.seconds > 300
    assert (place.missing_link is not None) == (reason == "detour")


def test_a_detour_is_mended_by_cutting_a_corner(client):
    """Ten people live 5 m off the crossing (2, 4) to the north-east: 410 m, 35 m too many.

    Cutting a right angle by a link of L metres saves at most (√2 − 1) L, at 45°, so at least
    84.5 m are needed; points stand every 20 m or less, so 110 m will do.
    """
    link = told(client, 2.05, 4.05, budget="5min").place.missing_link
    assert 84.4 <= link.metres <= 110
    assert link.seconds <= 300
    assert link.people >= 10
    assert link.places * 10 == link.people
    assert (link.barrier, link.fault) == (None, False)
    assert len(link.line.coordinates) == 2


def test_services_that_are_missing(client):
    """c1 offers water and toilet; 160 s away, it does not charge."""
    place = told(client, 2, 2, budget="5min", services="water,charging").place
    assert place.class_ == "service_missing"
    assert [(row.id, row.missing) for row in place.lacking] == [("c1", ["charging"])]
    assert place.words.zh and place.words.en


def test_a_closed_station_opens_in_the_morning(client):
    """c1 is open from 8 to 20, every day."""
    found = told(client, 2, 2, budget="5min", at="2026-11-20T22:30")
    assert found.at == "2026-11-20T22:30"
    assert found.place.class_ == "closed"
    assert (found.place.opens.id, found.place.opens.at) == ("c1", "2026-11-21T08:00")
    assert found.place.opens.wait_s == 9.5 * 3600


def test_unknown_hours_name_whom_to_ask(client):
    """h2 stands on the corner (5, 0), and nothing is written of its hours."""
    place = told(client, 5, 1, budget="5min", at="2026-11-20T12:00").place
    assert place.class_ == "unknown_hours"
    assert (place.ask.id, place.ask.opening_hours) == ("h2", "")


def test_a_place_is_full_with_a_crowd(client):
    """c1 has 20 seats for 30 users (see test_needs): one more at (2, 2) finds none; h2 is far."""
    query = {"budget": "5min", "services": "water", "users_per_1000": 200}
    found = told(client, 2, 2, **query)
    assert found.place.class_ == "full" and not found.place.covered
    assert [(row.id, row.seats, row.assigned, row.load) for row in found.place.full] == [
        ("c1", 20, 20, 1)
    ]
    assert found.place.full[0].seconds == pytest.approx(160, abs=1)
    assert (found.users_per_1000, found.default_seats) == (200, None)
    assert found.figures.covered == 100  # the cell's figures answer the same question
    assert told(client, 2, 2, budget="5min", services="water").place.covered
    few = told(client, 2, 2, **{**query, "users_per_1000": 100})  # 15 users
    assert few.place.covered and few.place.full == []


def test_the_age_of_the_data(client):
    """A line layer has no date; the import has."""
    found = told(client, 2, 2)
    assert (found.data_date, found.data_age_days) == (None, None)
    assert date.fromisoformat(found.imported) <= date.today()


def test_a_city_without_stations(client):
    body = {"lon": lon(2), "lat": lat(2)}
    found = ExplainOut.model_validate(client.post("/api/cities/bare/explain", json=body).json)
    assert found.place.station is None
    assert found.place.words.zh == "这座城市还没有开放的驿站"


@pytest.mark.parametrize("more", [{"budget": "5"}, {"services": "tea"}, {"at": "tonight"}])
def test_a_question_that_is_not_offered_is_refused(client, more):
    assert ask(client, 2, 2, **more).status_code == 422


def test_the_link_of_a_gap(client):
    gaps = client.get("/api/cities/tiny/layers/gaps?budget=5min").json["features"]
    detour = next(gap["properties"] for gap in gaps if gap["properties"]["class"] == "detour")
    address = f"/api/cities/tiny/gaps/{detour['rank']}/link?budget=5min"
    answer = client.get(address)
    found = GapLink.model_validate(answer.json)
    assert found.model_dump(by_alias=True) == answer.json
    assert (found.rank, found.class_, found.people) == (detour["rank"], "detour", detour["people"])
    assert found.reason is None
    assert 0 < found.people_in_gap <= found.people
    assert found.people_in_gap <= found.missing_link.people
    assert found.missing_link.seconds <= 300
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_gap_that_no_path_mends_says_so(client):
    gaps = client.get("/api/cities/tiny/layers/gaps?budget=5min").json["features"]
    far = next(gap["properties"] for gap in gaps if gap["properties"]["class"] == "beyond_reach")
    answer = client.get(f"/api/cities/tiny/gaps/{far['rank']}/link?budget=5min").json
    assert answer["missing_link"] is None
    assert answer["reason"]["zh"] and answer["reason"]["en"].isascii()


def test_a_gap_that_does_not_exist_is_a_problem(client):
    answer = client.get("/api/cities/tiny/gaps/999/link?budget=5min")
    assert answer.status_code == 422
    assert "999" in answer.json["detail"]


def run(*words: object):
    return CliRunner().invoke(main, ["why", *map(str, words)])


def test_the_command_prints_what_the_api_answers(client):
    place = (lon(2), lat(4))
    printed = json.loads(run("tiny", *place, "--minutes", 5, "--json").stdout)
    body = {"lon": place[0], "lat": place[1], "budget": "5min"}
    answer = client.post("/api/cities/tiny/explain", json=body).json
    answer.pop("figures")
    assert printed == answer
    gap = json.loads(run("tiny", "--gap", 1, "--minutes", 5, "--json").stdout)
    assert gap == client.get("/api/cities/tiny/gaps/1/link?budget=5min").json


def test_the_command_tells_a_reader():
    """400 m and 320 s to c1, where 300 s are allowed."""
    text = run("tiny", lon(2), lat(4), "--minutes", 5).stdout
    assert "小城 › 西社区（0101）" in text
    assert "✗ detour: " in text
    assert "西门驿站（c1）5.3 min, 400 m" in text
    assert "缺失通道 missing link: " in text
    assert "街道 streets 不详 unknown, 导入 imported 20" in text
    assert "✓ 2.7 分钟到西门驿站 · 2.7 min to 西门驿站" in run("tiny", lon(2), lat(2)).stdout


def test_the_command_tells_what_is_missing_and_when_it_opens():
    place = (lon(2), lat(2), "--minutes", 5)
    assert (
        "西门驿站（c1）2.7 min: 缺 手机充电" in run("tiny", *place, "--services", "charging").stdout
    )
    night = run("tiny", *place, "--at", "2026-11-20T22:30").stdout
    assert "开门 opens: 西门驿站（c1）2.7 min 2026-11-21T08:00（9.5 小时后 · in 9.5 h）" in night
    noon = run("tiny", lon(5), lat(1), "--minutes", 5, "--at", "2026-11-20T12:00").stdout
    assert "可询问 ask: " in noon


def test_the_command_tells_what_is_full(client):
    words = [*(lon(2), lat(2)), "--minutes", 5, "--services", "water", "--users-per-1000", 200]
    text = run("tiny", *words).stdout
    assert "✗ full: 来得及到的驿站都满了" in text
    assert "西门驿站（c1）2.7 min: 满座 full, 座位 seats 20, 使用者 users 20（100%）" in text
    body = {"lon": lon(2), "lat": lat(2), "budget": "5min", "services": "water"}
    answer = client.post("/api/cities/tiny/explain", json=body | {"users_per_1000": 200}).json
    answer.pop("figures")
    assert json.loads(run("tiny", *words, "--json").stdout) == answer


def test_the_command_tells_of_a_gap():
    text = run("tiny", "--gap", 1, "--minutes", 5).stdout
    assert text.startswith("缺口 gap 1: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tiny"], "LON LAT"),
        (["tiny", lon(2)], "LON LAT"),
        (["tiny", lon(2), lat(2), "--gap", 1], "LON LAT"),
        (["tiny", lat(2), lon(2)], "swapped"),
        (["tiny", "--gap", 999, "--minutes", 5], "no gap 999"),
        (["nowhere", lon(2), lat(2)], "no city"),
        (["tiny", lon(2), lat(2), "--services", "tea"], "'tea'"),
        (["tiny", lon(2), lat(2), "--services", ""], "services is empty"),
        (["tiny", lon(2), lat(2), "--at", ""], "at is empty"),
        (["tiny", lon(2), lat(2), "--default-seats", 3], "no users"),
        (["tiny", lon(2), lat(2), "--users-per-1000", 2000], "2000 users"),
        (["tiny", "--gap", 1, "--users-per-1000", 10], "a gap is ground"),
    ],
)
def test_the_command_ends_in_words(words, said):
    found = run(*words)
    assert found.exit_code == 2
    assert said in found.stderr
