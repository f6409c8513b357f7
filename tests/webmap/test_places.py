"""Questions about one place. Walking takes 0.8 s a metre; crossings are 100 m apart.

``c1`` is open from 08:00 to 20:00, the hours of ``h2`` are unknown.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from geo import locator
from tests.webmap.tinycity import HOSTILE, lat, lon
from webmap.api.places import NearestOut, WayOut

NOON, NIGHT = "2026-11-20T12:00", "2026-11-20T22:30"


def ask(client, question: str, column: float, row: float, **more):
    body = {"lon": lon(column), "lat": lat(row), **more}
    return client.post(f"/api/cities/tiny/{question}", json=body)


def test_the_stations_where_somebody_is_served_first(client):
    """From crossing (2, 2): c1 is 2 blocks away, 200 m, 160 s; h2 is 3 + 2 blocks, 500 m, 400 s.

    Unknown hours count as ten minutes: h2 is ready after 1000 s. c1 closes 8 h after noon.
    """
    answer = ask(client, "nearest", 2, 2, at=NOON)
    found = NearestOut.model_validate(answer.json)
    assert (found.at, found.by, found.reason, found.note) == (NOON, "street", None, None)
    first, second = found.stations
    assert (first.id, second.id, second.name) == ("c1", "h2", HOSTILE)
    assert [first.seconds, second.seconds] == pytest.approx([160, 400], abs=1)
    assert [first.metres, second.metres] == pytest.approx([200, 500], abs=1)
    assert (first.state, second.state) == ("open", "unknown")
    assert (first.closes_at, first.opens_at) == ("2026-11-20T20:00", None)
    assert first.closes_in_s == pytest.approx(8 * 3600 - 160, abs=1)
    assert [first.ready_s, second.ready_s] == pytest.approx([160, 1000], abs=1)
    assert first.services == ["water", "toilet"]
    assert found.access.leg_m == pytest.approx(0, abs=0.2)
    assert first.way is second.way is None


def test_a_closed_station_comes_after_one_that_may_be_open(client):
    """At 22:30 c1 opens in 9.5 h; it is reached in 160 s and waited for the rest."""
    found = NearestOut.model_validate(ask(client, "nearest", 2, 2, at=NIGHT).json)
    assert [(station.id, station.state) for station in found.stations] == [
        ("h2", "unknown"),
        ("c1", "closed"),
    ]
    closed = found.stations[1]
    assert closed.opens_at == "2026-11-21T08:00"
    assert closed.wait_s == pytest.approx(9.5 * 3600 - 160, abs=1)
    assert closed.ready_s == 9.5 * 3600


def test_whose_holidays_are_not_published_is_said(client, app):
    """The Chinese calendar of a year is published in its November; this city lies in China."""
    beyond = ask(client, "nearest", 2, 2, at="2031-01-01T12:00").json
    assert [
        ask(client, "nearest", 2, 2, at=NOON).json["holidays_known"],
        beyond["holidays_known"],
    ] == [
        True,
        False,
    ]


def test_filters_leave_out_and_say_what_hinders(client):
    """Only c1 has water; at night nothing is known to be open, and nothing is open for ever."""
    watered = ask(client, "nearest", 2, 2, at=NOON, services=["water"]).json
    assert [station["id"] for station in watered["stations"]] == ["c1"]
    none = ask(client, "nearest", 2, 2, at=NIGHT, open_only=True, services=["water"]).json
    assert (none["stations"], none["reason"]) == ([], "none_fits")
    assert none["dropping"] == {"open_only": 1, "water": 0}
    assert none["note"] == "没有符合全部条件的驿站。"
    always = ask(client, "nearest", 2, 2, at=NOON, always=True).json
    assert (always["stations"], always["dropping"]) == ([], {"always": 2})


def test_without_an_instant_it_is_now_in_the_city(client, app):
    data = app.extensions["yizhan"].city("tiny").data
    before = locator.wall_clock(data, datetime.now().astimezone()).replace(second=0, microsecond=0)
    told = datetime.fromisoformat(ask(client, "nearest", 2, 2).json["at"])
    after = locator.wall_clock(data, datetime.now().astimezone())
    assert before <= told <= after


def test_the_way_comes_with_the_first_stations(client):
    answer = ask(client, "nearest", 2, 2, at=NOON, way=1)
    first, second = NearestOut.model_validate(answer.json).stations
    assert second.way is None
    assert first.way.metres == first.metres
    assert first.way.seconds == first.seconds
    line = first.way.geometry
    assert line.type == "LineString"
    assert line.coordinates[0] == pytest.approx([lon(2), lat(2)], abs=3e-6)
    assert line.coordinates[-1] == pytest.approx([lon(0), lat(2)], abs=3e-6)
    alone = ask(client, "way", 2, 2, at=NOON, station="c1").json
    assert alone["way"] == answer.json["stations"][0]["way"]


def test_the_way_to_a_station(client):
    """Straight west along 2横街: 2 blocks, no turn."""
    found = WayOut.model_validate(ask(client, "way", 2, 2, station="c1", at=NOON).json)
    assert (found.station, found.reason, found.note) == ("c1", None, None)
    assert sum(step.metres for step in found.way.steps) == pytest.approx(200, abs=1)
    assert found.way.steps[0].street == "2横街"
    assert (found.way.steps[0].turn, found.way.steps[-1].turn) == ("start", "arrive")
    assert found.way.steps[0].heading == pytest.approx(270, abs=2)
    assert found.way.flights == 0
    assert found.position.wgs84 == pytest.approx([lon(0), lat(2)], abs=2e-6)


def test_no_way_is_an_answer_with_a_reason(client):
    found = WayOut.model_validate(ask(client, "way", 9, 2, station="c1").json)
    assert (found.way, found.reason) == (None, "no_street")
    assert "250" in found.note
    missing = ask(client, "way", 2, 2, station="c9")
    assert missing.status_code == 404
    assert missing.json["type"] == "urn:yizhan:problem:station-not-found"


def test_an_answer_about_a_place_is_kept_nowhere(client):
    for question, more in (("nearest", {}), ("way", {"station": "c1"}), ("explain", {})):
        answer = ask(client, question, 2, 2, **more)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_nearest_gives_as_many_as_asked(client):
    assert len(ask(client, "nearest", 2, 2, k=1).json["stations"]) == 1


def test_a_city_without_stations_says_so(client):
    answer = client.post("/api/cities/bare/nearest", json={"lon": lon(2), "lat": lat(2)})
    found = NearestOut.model_validate(answer.json)
    assert (found.stations, found.reason) == ([], "no_station")
    assert found.note == "这座城市还没有开放的驿站。"
    english = client.post("/api/cities/bare/nearest?lang=en", json={"lon": lon(2), "lat": lat(2)})
    assert english.json["note"].isascii()


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((lon(9), lat(2)), "no_street"),  # 400 m beyond the edge; a leg may be 250 m
        ((116.4, 39.9), "outside"),
    ],
)
def test_without_a_street_the_nearest_by_air_are_named_as_such(client, place, reason):
    body = {"lon": place[0], "lat": place[1], "at": NOON}
    found = NearestOut.model_validate(client.post("/api/cities/tiny/nearest", json=body).json)
    assert (found.by, found.reason, found.access) == ("air", reason, None)
    assert {station.by for station in found.stations} == {"air"}
    assert {station.seconds for station in found.stations} == {None}
    assert len(found.stations) == 2
    assert "直线" in found.note


def test_metres_by_air_are_those_of_the_straight_line(client):
    """From 4 blocks east of the edge, h2 is √(400² + 200²) m away and c1 900 m."""
    told = ask(client, "nearest", 9, 2, at=NOON).json["stations"]
    metres = {station["id"]: station["metres"] for station in told}
    assert metres == pytest.approx({"h2": 447.2, "c1": 900}, abs=2)


@pytest.mark.parametrize("question", ["nearest", "explain"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"lon": NaN, "lat": 29.5}', "bad-request"),  # no JSON
        ('{"lon": 106.6, "lat": Infinity}', "bad-request"),  # no JSON
        ('{"lon": 1e999, "lat": 29.5}', "bad-request"),  # no JSON
        ('{"lon": 35588000.0, "lat": 3264000.0}', "position-invalid"),
        ('{"lon": 29.5, "lat": 106.6}', "position-swapped"),
        ('{"lon": 106.6, "lat": 29.5, "profile": "fly"}', "option"),
        ('{"lon": "106.6", "lat": 29.5}', "unprocessable"),
        ('{"lon": null, "lat": 29.5}', "unprocessable"),
        ('{"lat": 29.5}', "unprocessable"),
        ('{"lon": 106.6, "lat": 29.5, "speed": 9}', "unprocessable"),
        ('{"lon": 106.6, "lat": 29.5, "at": "soon"}', "option"),
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


@pytest.mark.parametrize(
    "more",
    [
        {"services": "water"},
        {"services": ["beer"]},
        {"services": [1]},
        {"open_only": 1},
        {"always": "yes"},
        {"way": -1},
        {"way": 11},
        {"way": True},
    ],
)
def test_a_filter_that_does_not_exist_is_refused(client, more):
    answer = ask(client, "nearest", 2, 2, **more)
    assert answer.status_code == 422
    assert next(iter(more)) in answer.json["detail"] or "beer" in answer.json["detail"]


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
