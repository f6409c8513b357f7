from __future__ import annotations

import shutil
from pathlib import Path

from tests.webmap import tinycity
from webmap import create_app
from webmap.api.cities import Cities, CityFacts, Health
from webmap.config import Settings


def test_health_counts_the_cities(client):
    answer = client.get("/healthz")
    assert Health.model_validate(answer.json).cities == 2
    assert answer.headers["Cache-Control"] == "no-store"


def test_cities_are_listed_with_their_facts(client):
    answer = client.get("/api/cities")
    found = Cities.model_validate(answer.json)
    assert [city.slug for city in found.cities] == ["bare", "tiny"]
    assert answer.json["cities"][1] == client.get("/api/cities/tiny").json


def test_facts_of_a_city(client):
    facts = CityFacts.model_validate(client.get("/api/cities/tiny").json)
    assert facts.name == "小城 " + tinycity.HOSTILE
    assert (facts.stations, facts.stations_open) == (2, 2)
    assert facts.people_total == tinycity.PEOPLE
    assert facts.people_reason is None
    assert [(level.level, level.name, level.cells) for level in facts.levels] == [
        (1, "subdistrict", 1),
        (2, "community", 2),
    ]
    assert [budget.key for budget in facts.budgets] == ["5min", "10min", "15min", "1000m"]
    assert {profile.name for profile in facts.profiles} == {"walk", "slow", "wheelchair", "ebike"}
    west, south, east, north = facts.bounds
    assert west < tinycity.WEST < tinycity.lon(5) < east
    assert south < tinycity.SOUTH < tinycity.lat(5) < north


def test_a_city_without_people_says_why(client):
    facts = CityFacts.model_validate(client.get("/api/cities/bare").json)
    assert facts.people_total is None
    assert facts.people_reason
    assert facts.stations == 0


def test_tile_addresses_of_the_facts_answer(client):
    tiles = client.get("/api/cities/tiny").json["tiles"]
    assert {"roads", "cells"} <= set(tiles)
    for layer in tiles.values():
        answer = client.get(layer["url"], headers={"Range": "bytes=0-6"})
        assert answer.status_code == 206
        assert answer.data == b"PMTiles"


def test_an_unknown_city_is_a_problem(client):
    answer = client.get("/api/cities/nowhere")
    assert answer.status_code == 404
    assert answer.json["type"] == "urn:yizhan:problem:city-not-found"
    assert "nowhere" in answer.json["detail"]
    assert answer.json["remedy"]


def test_a_city_without_a_date_says_so_in_the_list(client):
    def page(language):
        return client.get("/", headers={"Accept-Language": language}).get_data(as_text=True)

    assert client.get("/api/cities/tiny").json["data_date"] is None
    assert "数据日期不详" in page("zh-CN")
    assert "date of the data unknown" in page("en")


def test_the_only_city_is_the_entrance(home: Path, tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(home / "bare", tmp_path / "bare")
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path))
    client = create_app(Settings()).test_client()
    answer = client.get("/?lang=en")
    assert (answer.status_code, answer.location) == (302, "/bare/?lang=en")
    assert "只有街道" in client.get("/cities").get_data(as_text=True)
    shutil.copytree(home / "tiny", tmp_path / "tiny")
    assert create_app(Settings()).test_client().get("/").status_code == 200
