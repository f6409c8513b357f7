"""Questions about one place. Walking takes 0.8 s a metre; crossings are 100 m apart."""

from __future__ import annotations

import pytest

from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap.api.places import NearestOut


def ask(client, question: str, column: float, row: float, **more):
    body = {"lon": lon(column), "lat": lat(row), **more}
    return client.post(f"/api/cities/tiny/{question}", json=body)


def test_nearest_stations_with_the_way(client):
    """From crossing (2, 2): c1 is 2 blocks away, 200 m, 160 s; h2 is 3 + 2 blocks, 500 m, 400 s."""
    answer = ask(client, "nearest", 2, 2, profile="walk", k=3)
    found = NearestOut.model_validate(answer.json)
    assert [station.id for station in found.stations] == ["c1", "h2"]
    assert [station.seconds for station in found.stations] == pytest.approx([160, 400], abs=1)
    assert [station.metres for station in found.stations] == pytest.approx([200, 500], abs=1)
    assert found.stations[1].name == HOSTILE
    assert found.stations[0].services == ["water", "toilet"]
    assert found.access.leg_m == pytest.approx(0, abs=0.2)
    assert found.reason is None
    way = found.stations[0].route
    assert way.type == "LineString"
    assert way.coordinates[0] == pytest.approx([lon(2), lat(2)], abs=3e-6)
    assert way.coordinates[-1] == pytest.approx([lon(0), lat(2)], abs=3e-6)
    assert sum(step.metres for step in found.stations[0].steps) == pytest.approx(200, abs=1)


def test_an_answer_about_a_place_is_kept_nowhere(client):
    for question in ("nearest", "explain"):
        answer = ask(client, question, 2, 2)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_nearest_gives_as_many_as_asked(client):
    assert len(ask(client, "nearest", 2, 2, k=1).json["stations"]) == 1


def test_nearest_without_stations_says_why(client):
    answer = client.post("/api/cities/bare/nearest", json={"lon": lon(2), "lat": lat(2)})
    found = NearestOut.model_validate(answer.json)
    assert found.stations == []
    assert found.reason == "这座城市还没有开放的驿站。"
    english = client.post("/api/cities/bare/nearest?lang=en", json={"lon": lon(2), "lat": lat(2)})
    assert english.json["reason"].isascii()


def test_nearest_without_a_street_says_why(client):
    """Four blocks beyond the edge of the streets: 400 m away, and a leg may be 250 m."""
    answer = ask(client, "nearest", 9, 2).json
    assert answer["stations"] == []
    assert answer["access"] == {"leg_m": None, "street": None}
    assert "250" in answer["reason"]


@pytest.mark.parametrize("question", ["nearest", "explain"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"lon": NaN, "lat": 29.5}', "position-invalid"),
        ('{"lon": 106.6, "lat": Infinity}', "position-invalid"),
        ('{"lon": 1e999, "lat": 29.5}', "position-invalid"),
        ('{"lon": 35588000.0, "lat": 3264000.0}', "position-invalid"),
        ('{"lon": 29.5, "lat": 106.6}', "position-swapped"),
        ('{"lon": 116.4, "lat": 39.9}', "position-outside"),
        ('{"lon": 106.6, "lat": 29.5, "profile": "fly"}', "option"),
        ('{"lon": "106.6", "lat": 29.5}', "unprocessable"),
        ('{"lon": null, "lat": 29.5}', "unprocessable"),
        ('{"lat": 29.5}', "unprocessable"),
        ('{"lon": 106.6, "lat": 29.5, "speed": 9}', "unprocessable"),
        ("[]", "unprocessable"),
        ("{", "bad-request"),
        ("[" * 9000, "bad-request"),
        ("", "bad-request"),
    ],
)
def test_a_wrong_question_is_a_problem_with_a_remedy(client, question, body, kind):
    answer = client.post(f"/api/cities/tiny/{question}", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
    assert kind in answer.json["type"]
    assert answer.json["remedy"]


@pytest.mark.parametrize("k", [0, 11, -1, 2.5, "3"])
def test_the_number_of_stations_is_bounded(client, k):
    answer = ask(client, "nearest", 2, 2, k=k)
    assert answer.status_code == 422
    assert "k:" in answer.json["detail"]


def test_a_large_body_is_refused(client):
    answer = client.post(
        "/api/cities/tiny/nearest", data=b" " * 20_000, content_type="application/json"
    )
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


def test_a_position_in_the_address_is_refused(client):
    answer = client.get("/api/cities/tiny/nearest?lon=106.6&lat=29.5")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "106.6" not in answer.text
