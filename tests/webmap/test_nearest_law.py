"""Two hundred seeded places of each profile: what HTTP tells is what brute force finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from geo import workspace
from geo.crs import project
from geo.model import PROFILES
from tests.geo import riders
from tests.served import public_over
from webmap.api.places import NearestOut

PLACES, COUNT = 200, 5
#: No holiday is near: before noon, in the night, minutes before most stations open.
INSTANTS = (
    datetime(2026, 11, 20, 11, 50),
    datetime(2026, 11, 20, 23, 40),
    datetime(2026, 11, 23, 8, 21),
    datetime(2026, 11, 24, 14, 5),
)
#: What riders ask for, in turn.
WANTED: tuple[tuple[str, ...], ...] = ((), ("water",), ("charging", "toilet"))


@pytest.fixture(scope="module")
def client(demo_home):
    with public_over(demo_home) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def demo(client):
    return workspace.load("demo")


def told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_the_nearest_by_http_are_those_of_brute_force(demo, client, profile):
    places = riders.positions(demo, PLACES, 9_500)
    lon, lat = (np.array([getattr(place, name) for place in places]) for name in ("lon", "lat"))
    links = demo.street_index(profile).link(np.column_stack(project(lon, lat, demo.city.crs)))
    ids, texts = (demo.stations[column].tolist() for column in ("id", "opening_hours"))
    offered = [set(text.split(";")) for text in demo.stations["services"]]
    rows = demo.open_rows.tolist()
    by_street = 0
    for turn, at in enumerate(INSTANTS):
        chosen = np.arange(turn, PLACES, len(INSTANTS))
        times = riders.times_by_station(demo, profile, links.take(chosen), rows, at)
        for k, own in zip(chosen.tolist(), times, strict=True):
            services = WANTED[k % len(WANTED)]
            question: dict[str, Any] = {
                "lon": places[k].lon,
                "lat": places[k].lat,
                "profile": profile.name,
                "at": told(at),
                "k": COUNT,
                "services": list(services),
            }
            answer = client.post("/api/cities/demo/nearest", json=question)
            found = NearestOut.model_validate(answer.json)
            fits = [offers.issuperset(services) for offers in offered]
            expected = riders.ranked(own, fits, texts, at)[:COUNT]
            if not expected:
                assert found.by == "air" and found.reason is not None
                continue
            by_street += 1
            assert (found.by, found.reason, found.at) == ("street", None, told(at))
            assert [
                (one.seconds, one.id, one.state, one.opens_at, one.closes_at)
                for one in found.stations
            ] == [
                (arrival / 1000.0, ids[row], state, told(opens), told(closes))
                for arrival, row, state, opens, closes in expected
            ]
    assert by_street > PLACES / 2
