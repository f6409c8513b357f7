"""Searching by name over HTTP, and the page's own search, which has to find the same."""

from __future__ import annotations

import random

import pytest

from geo import search
from geo.model import Position
from tests.geo.named import LAT, LON, many_names, typed
from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap.api.search import SearchOut


def ask(client, text, slug="tiny", **more):
    return client.post(f"/api/cities/{slug}/search", json={"text": text, **more})


def found(client, text, **more):
    answer = ask(client, text, **more)
    assert answer.status_code == 200
    return SearchOut.model_validate(answer.json).found


def test_a_station_its_address_a_street_and_a_cell_are_found(client):
    """The tiny city has 西门驿站 at 2横街1号, streets 0横街 … 5横街 and the cell 西社区."""
    station, cell, town = found(client, "xi")
    assert town.name == "小城"  # xiao, of which xi is only the beginning
    assert (station.kind, station.id, station.name) == ("station", "c1", "西门驿站")
    assert station.detail == "2横街1号"
    assert station.lon == pytest.approx(lon(0), abs=1e-6)
    assert station.lat == pytest.approx(lat(2), abs=1e-6)
    assert (cell.kind, cell.id, cell.detail, cell.level) == ("cell", "0101", "小城", 2)
    street, address = found(client, "2heng")
    assert (street.kind, street.name, street.id, street.level) == ("street", "2横街", None, None)
    assert (address.kind, address.name, address.id) == ("address", "2横街1号", "c1")
    assert address.mark == (0, 2)


def test_equal_streets_are_ordered_by_nearness(client):
    """Streets run east at rows 0 … 5, 100 m apart, and each is found at its middle."""
    near = found(client, "hengjie", lon=lon(2.5), lat=lat(4))
    streets = [one for one in near if one.kind == "street"]
    assert streets[0].name == "4横街"
    assert [one.metres for one in streets[:2]] == pytest.approx([0, 100], abs=60)
    metres = [one.metres // 100 for one in streets]
    assert metres == sorted(metres)
    assert all(one.metres is None for one in found(client, "hengjie"))


def test_a_hostile_name_is_only_text(client):
    names = {one.name for one in found(client, "onerror")}
    assert names == {HOSTILE}


def test_as_many_answers_as_asked(client):
    assert len(found(client, "hengjie", k=2)) == 2


@pytest.mark.parametrize("text", ["", " ", "'·"])
def test_nothing_typed_finds_nothing(client, text):
    assert found(client, text) == []


def test_a_city_of_streets_alone_has_its_streets(client):
    answer = ask(client, "3zl", slug="bare")
    assert [one["name"] for one in answer.json["found"]] == ["3纵路"]


def test_nobody_keeps_what_was_typed(client, caplog):
    answer = ask(client, "xinzhi", lon=lon(1), lat=lat(1))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "xinzhi" not in caplog.text
    refused = client.get("/api/cities/tiny/search?text=xinzhi")
    assert refused.status_code == 405 and "xinzhi" not in refused.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "unprocessable"),
        ({"text": 5}, "unprocessable"),
        ({"text": "x" * 81}, "unprocessable"),
        ({"text": "x", "k": 0}, "unprocessable"),
        ({"text": "x", "k": 21}, "unprocessable"),
        ({"text": "x", "k": "3"}, "unprocessable"),
        ({"text": "x", "lon": 106.6}, "unprocessable"),
        ({"text": "x", "near": [1, 2]}, "unprocessable"),
        ({"text": "x", "lon": 29.5, "lat": 106.6}, "position-swapped"),
        ({"text": "x", "lon": 500.0, "lat": 29.5}, "position-invalid"),
    ],
)
def test_a_wrong_question_is_a_problem_with_a_remedy(client, body, kind):
    answer = client.post("/api/cities/tiny/search", json=body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert kind in answer.json["type"]


def test_the_page_finds_the_same_in_the_same_order(window, address):
    """300 seeded questions, half of them asked from somewhere, to both."""
    index = many_names(1500, 11)
    rng = random.Random(12)
    questions = []
    for _ in range(300):
        question = {"text": typed(index, rng), "k": rng.choice((1, 5, 20))}
        if rng.random() < 0.5:
            question["lon"] = round(LON + rng.uniform(-0.05, 0.05), 5)
            question["lat"] = round(LAT + rng.uniform(-0.05, 0.05), 5)
        questions.append(question)
    page = window()
    page.goto(f"{address}/healthz")
    theirs = page.evaluate(
        """async ([pack, questions]) => {
          const { open } = await import("/static/js/find/match.js");
          const finder = open(pack);
          return questions.map((question) => finder.find(question).found);
        }""",
        [search.pack(index), questions],
    )
    for question, found_there in zip(questions, theirs, strict=True):
        near = Position(question["lon"], question["lat"]) if "lon" in question else None
        ours = search.find(index, question["text"], question["k"], near)
        assert found_there == [one.to_json() for one in ours], question
    assert sum(bool(one) for one in theirs) > 250
