"""Where gates and closed ways refuse a profile on the toy city; the map stands in toy.py."""

from __future__ import annotations

import pytest

from geo.crs import degrees
from geo.model import Position
from geo.scenario import apply, streetworks
from geo.scenario.changes import OpenGate
from tests.geo.toy import EAST, NORTH
from tests.geo.toy_city import toy_city

PRIVATE = ("gate", "H0", 450.0, 0.0)
NO_BICYCLES = ("gate", "H4", 50.0, 400.0)


@pytest.fixture(scope="module")
def data():
    return toy_city([(0, 0)], people=[(500, 0, 10)])


def refused(data, profile):
    """Return the refusals as (kind, street, x, y) in toy metres."""
    found = streetworks.refusals(data, profile)
    places = [(place.x - EAST, place.y - NORTH) for place in found.geometry]
    return {
        (kind, street, round(x, 6), round(y, 6))
        for kind, street, (x, y) in zip(found.kind, found.street, places, strict=True)
    }


def opened(data, profile):
    """Return the city in which all that refuses a profile is open to it."""
    found = streetworks.refusals(data, profile)
    places = degrees(found.geometry.get_coordinates().to_numpy(), data.city.crs)
    gates = [
        OpenGate(f"g{number}", Position(*place), (profile,)) for number, place in enumerate(places)
    ]
    return apply(data, gates)


def test_only_the_private_gate_refuses_whoever_walks(data):
    """G refuses bicycles; steps refuse for what they are, and nobody who walks."""
    assert refused(data, "walk") == {PRIVATE}


def test_both_gates_refuse_riding(data):
    assert refused(data, "ebike") >= {PRIVATE, NO_BICYCLES}


@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_every_refusal_can_be_opened_and_refuses_no_longer(data, profile):
    after = opened(data, profile)
    assert refused(after, profile) == set()
    assert len(streetworks.refusals(after, profile)) == 0


def test_opened_for_one_profile_it_still_refuses_another(data):
    assert PRIVATE in refused(opened(data, "walk"), "ebike")
