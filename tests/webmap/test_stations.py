from __future__ import annotations

import json

import pytest

from tests.webmap import tinycity
from webmap.api.stations import ServiceArea, StationFeature, Stations


def test_stations_are_geojson_points(client):
    answer = client.get("/api/cities/tiny/stations")
    assert answer.mimetype == "application/geo+json"
    found = Stations.model_validate(answer.json)
    first = found.features[0]
    assert first.id == first.properties.id == "c1"
    assert first.properties.tier == "centre"
    assert first.properties.services == ["water", "toilet"]
    assert first.properties.capacity == 20
    assert found.features[1].properties.capacity is None
    assert first.geometry.coordinates == pytest.approx([tinycity.lon(0), tinycity.lat(2)], abs=2e-6)


def test_hostile_names_stay_plain_json(client):
    answer = client.get("/api/cities/tiny/stations")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    names = [feature["properties"]["name"] for feature in json.loads(answer.data)["features"]]
    assert names == ["西门驿站", tinycity.HOSTILE]


def test_one_station(client):
    found = StationFeature.model_validate(client.get("/api/cities/tiny/stations/c1").json)
    assert found.properties.name == "西门驿站"


@pytest.mark.parametrize("path", ["stations/c9", "stations/c9/service-area"])
def test_an_unknown_station_is_a_problem(client, path):
    answer = client.get(f"/api/cities/tiny/{path}")
    assert answer.status_code == 404
    assert answer.json["type"] == "urn:yizhan:problem:station-not-found"


def test_service_area_of_a_station(client):
    """Count the people of the bands by hand.

    Ten people live 5 m off each crossing; c1 stands on crossing (0, 2). Walking takes x + |y − 2|
    blocks of 100 m, give or take 15 m. 5 min = 375 m: at most 3 blocks, which are
    4 + 2·3 + 2·2 + 1 = 15 crossings (rows y = 2; 1, 3; 0, 4; 5). 10 min = 750 m: at most 7 blocks,
    all crossings but (5, 5). 15 min = 1,125 m: all 36.
    """
    answer = client.get("/api/cities/tiny/stations/c1/service-area?profile=walk")
    found = ServiceArea.model_validate(answer.json)
    bands = {band.properties.minutes: band.properties for band in found.features[:-1]}
    assert {minutes: band.people for minutes, band in bands.items()} == {5: 150, 10: 350, 15: 360}
    assert bands[5].area_m2 < bands[10].area_m2 < bands[15].area_m2
    ring = found.features[-1].properties
    assert (ring.kind, ring.radius_m) == ("ring", 1125.0)
    assert ring.area_m2 == pytest.approx(3.14159 * 1125**2, rel=0.01)


def test_service_area_refuses_an_unknown_profile(client):
    answer = client.get("/api/cities/tiny/stations/c1/service-area?profile=fly")
    assert answer.status_code == 422
    assert "ebike" in answer.json["detail"]
