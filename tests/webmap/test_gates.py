"""The gates that a scenario may open, as the page marks them."""

from __future__ import annotations

import pytest

from tests.webmap.tinycity import lat, lon
from webmap.api.gates import Gates, JointOut

CITY = "/api/cities/tiny"


@pytest.mark.parametrize("profile", ["walk", "wheelchair", "ebike"])
def test_streets_that_let_everybody_pass_have_no_gates(client, profile):
    answer = client.get(f"{CITY}/gates?profile={profile}")
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    assert Gates.model_validate(answer.json).features == []


def test_it_is_asked_of_the_city_after_a_scenario(client):
    line = [[106.601, 29.5], [106.603, 29.503]]
    link = {"kind": "link", "link": "b1", "line": line, "profiles": ["walk"]}
    made = client.post(f"{CITY}/scenarios", json={"name": "桥", "changes": [link]})
    answer = client.get(f"{CITY}/gates?profile=ebike&scenario={made.json['id']}")
    # A link that is built for walkers alone is not a gate that refuses riders.
    assert answer.json["features"] == []
    client.delete(made.headers["Location"])


def test_an_unknown_profile_is_told(client):
    assert client.get(f"{CITY}/gates?profile=broom").status_code == 422
    assert client.get("/api/cities/nowhere/gates").status_code == 404


def test_an_end_of_a_link_joins_the_nearest_street(client):
    """20 m north of the third street from the south, in the middle of a block."""
    answer = client.post(f"{CITY}/joint", json={"lon": lon(1.5), "lat": lat(2.2)})
    found = JointOut.model_validate(answer.json)
    assert found.joint is not None
    assert (found.joint.lon, found.joint.lat) == pytest.approx((lon(1.5), lat(2)), abs=2e-6)
    assert found.joint.metres == pytest.approx(20, abs=0.1)
    assert found.joint.street == "2横街"


def test_where_no_street_is_near_there_is_no_joint(client):
    far = client.post(f"{CITY}/joint", json={"lon": lon(5.7), "lat": lat(2)})
    assert far.json == {"within_m": 60.0, "joint": None}  # 70 m east of the easternmost street
    outside = client.post(f"{CITY}/joint", json={"lon": 0.0, "lat": 0.0})
    assert (outside.status_code, outside.mimetype) == (422, "application/problem+json")
