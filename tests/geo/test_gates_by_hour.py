"""At an hour a city answers everything as the same city imported with its gates so always."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import capacity, certainty, dependence, enquiry, proposal, scenario, study, week
from geo.capacity import Crowd
from geo.city import CityData
from geo.crs import degrees
from geo.model import Budget, Need, Position
from geo.proposal.choosing import Goal
from geo.scenario import streetworks, whatif
from geo.scenario.changes import CloseStation, OpenGate, ShutGate
from geo.why import why
from tests.geo.toy import TOY_PROFILES, junction
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
FIVE = Budget(minutes=5)
NIGHT, NOON = datetime(2026, 11, 20, 23), datetime(2026, 11, 20, 12)
#: One station at (0, 0), one at (500, 500); people along the way.
STATIONS = [(0.0, 0.0), (500.0, 500.0)]
PEOPLE = [(100.0 * i + 30.0, 100.0 * j, 7.0 + i + 3 * j) for i in range(5) for j in range(6)]
#: Gates on the streets: what they say by night, and what always.
RULES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "riders": ({"bicycle_conditional": "no @ (22:00-06:00)"}, {"bicycle": "no"}),
    "all": ({"opening_hours": "06:00-22:00"}, {"access": "no"}),
    "opens": ({"access": "no", "access_conditional": "yes @ (22:00-06:00)"}, {"access": "yes"}),
}
NODES = (junction(1, 0), junction(0, 1), junction(2, 1), junction(4, 5), junction(3, 3), 36, 37)
GateRules = Mapping[int, str]


@cache
def city(rules: tuple[tuple[int, str], ...], night: bool) -> CityData:
    """Return the toy city with gates that keep hours, or with what they say by night always."""
    gates = {
        node: {"barrier": "gate", "name": f"{node}门", **RULES[kind][night]} for node, kind in rules
    }
    return toy_city(
        STATIONS,
        PEOPLE,
        hours=["24/7", "08:00-23:30"],
        services=["water", "water;rest"],
        seats=[3, None],
        gates=gates,
    )


def by_night(*rules: tuple[int, str]) -> tuple[CityData, CityData]:
    return city(rules, False), city(rules, True)


def answers(data: CityData, at: datetime, profile: Any) -> dict[str, Any]:
    """Return what a city says of an instant, question by question."""
    need, crowd = Need(("water",), at), Crowd(100.0, 2)
    found = study.run(data, profile, FIVE, need)
    seats = capacity.run(data, profile, FIVE, need, crowd)
    spots = [Position(*spot) for spot in degrees_of(data)]
    return {
        "summary": study.summary(found, {}),
        "classes": found.unit_class.tolist(),
        "pixels": found.pixel_class.tolist(),
        "dependence": dependence.run(data, profile, FIVE, need).stations.to_json(),
        "seats": seats.seating.assigned.tolist(),
        "certain": certainty.summary(certainty.assess(data, profile, FIVE, need)),
        "hour": week.curve(data, profile, FIVE, ("water",), (at,)).people.tolist(),
        "closed": whatif.outcome(data, profile, FIVE, need, [CloseStation("s0")]).people,
        "why": [why(data, profile, FIVE, spot, need).to_json() for spot in spots],
        "explain": [enquiry.explain(data, profile, FIVE, spot, need) for spot in spots],
    }


def degrees_of(data: CityData) -> list[tuple[float, float]]:
    return degrees(data.units_xy[::7], data.city.crs).tolist()


@settings(max_examples=4)
@given(st.dictionaries(st.sampled_from(NODES), st.sampled_from(list(RULES)), min_size=1))
@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=lambda p: p.name)
def test_a_city_at_night_is_the_city_whose_gates_are_so_always(profile, rules):
    timed, plain = by_night(*sorted(rules.items()))
    ours, theirs = answers(timed, NIGHT, profile), answers(plain, NIGHT, profile)
    for told in (*ours["why"], *theirs["why"]):
        if told["place"]["obstacle"]:
            told["place"]["obstacle"].pop("at_this_hour")
            told["place"]["words"] = None
    for question, answer in theirs.items():
        assert ours[question] == answer, question


def test_without_an_instant_and_by_day_the_plain_tags_count():
    timed, _ = by_night((junction(1, 0), "riders"), (junction(0, 1), "all"))
    never = toy_city(STATIONS, PEOPLE, gates={})
    for profile in (WALK, EBIKE):
        graph = timed.network.graphs[profile.name]
        assert timed.graph(profile) is timed.graph(profile, NOON) is graph
        assert timed.hour(profile, NOON) == timed.hour(profile, None) == ()
        assert timed.pairs(profile, 300_000) is timed.pairs(profile, 300_000, NOON)
        assert timed.seeds(profile) is timed.seeds(profile, at=NOON)
        assert timed.finder(profile) is timed.finder(profile, NOON)
        assert never.graph(profile, NIGHT) is never.network.graphs[profile.name]
    # Walkers are refused at one gate, riders at two: hours of the same gates share one graph.
    late = NIGHT.replace(minute=59)
    assert timed.graph(EBIKE, NIGHT) is timed.graph(EBIKE, late)
    assert timed.graph(EBIKE, NIGHT) is not timed.graph(EBIKE)
    assert timed.pairs(EBIKE, 300_000, NIGHT) is timed.pairs(EBIKE, 300_000, late)


def test_a_rider_leaves_the_vehicle_at_a_gate_that_lets_people_in():
    """From (130, 0): 30 m at 4 m/s to the gate at (100, 0), then 100 m on foot at 1 m/s."""
    timed, _ = by_night((junction(1, 0), "riders"))
    one = [k for k, spot in enumerate(PEOPLE) if spot[:2] == (130.0, 0.0)]
    by_day = timed.times(EBIKE, Need(at=NOON)).units.time_ms[one]
    late = timed.times(EBIKE, Need(at=NIGHT)).units.time_ms[one]
    assert by_day.tolist() == [32_500]
    assert late.tolist() == [107_500]


def test_every_hour_of_a_week_is_a_study_of_its_own():
    timed, _ = by_night((junction(1, 0), "all"), (junction(0, 1), "all"), (36, "opens"))
    curve = week.week(timed, EBIKE, Budget(minutes=2), start=date(2026, 11, 16))
    for number in (0, 5, 6, 12, 21, 22, 167):
        need = Need(at=curve.instants[number])
        told = study.headline(study.run(timed, EBIKE, Budget(minutes=2), need))
        assert curve.people[0, number] == told["people"]["covered"]
    assert len({curve.people[0, number] for number in range(24)}) > 1


def test_why_names_the_gate_and_the_hour():
    timed, plain = by_night((junction(1, 0), "all"), (junction(0, 1), "all"))
    spot = Position(*degrees_of(timed)[0])  # at (30, 0), before the station at (0, 0)
    assert why(timed, WALK, FIVE, spot, Need(at=NIGHT)).cause is None
    there = next(k for k, at in enumerate(PEOPLE) if at[:2] == (130.0, 0.0))
    spot = Position(*degrees(timed.units_xy[[there]], timed.city.crs)[0].tolist())
    found = why(timed, WALK, FIVE, spot, Need(at=NIGHT))
    assert found.cause == "refused"
    assert found.words.zh.startswith(f"H0的{junction(1, 0)}门此时不让通行")
    assert found.words.en.startswith(f"{junction(1, 0)}门 on H0 refuses at this hour")
    place = found.to_json()["place"]
    assert place["obstacle"]["name"] == f"{junction(1, 0)}门"
    assert place["obstacle"]["at_this_hour"]
    assert why(timed, WALK, FIVE, spot, Need(at=NOON)).cause is None
    always = why(plain, WALK, FIVE, spot, Need(at=NIGHT))
    assert not always.to_json()["place"]["obstacle"]["at_this_hour"]
    assert "此时" not in always.words.zh


def test_a_gate_that_is_opened_in_thought_is_open_at_every_hour():
    timed, _ = by_night((junction(1, 0), "all"), (junction(0, 1), "all"))
    at = timed.units_xy[next(k for k, s in enumerate(PEOPLE) if s[:2] == (130.0, 0.0))] - [30.0, 0]
    spot = Position(*degrees(at[None], timed.city.crs)[0].tolist())
    need = Need(at=NIGHT)
    opened = scenario.apply(timed, [OpenGate("g", spot)])
    free = city(((junction(0, 1), "all"),), False)
    for profile in (WALK, EBIKE):
        got = opened.times(profile, need).units.time_ms
        assert np.array_equal(got, free.times(profile, need).units.time_ms)
        assert not np.array_equal(got, timed.times(profile, need).units.time_ms)
        told = whatif.outcome(timed, profile, FIVE, need, [OpenGate("g", spot)])
        assert told.people == study.headline(study.run(opened, profile, FIVE, need))["people"]
        named = [set(streetworks.refusals(each, profile.name)["name"]) for each in (timed, opened)]
        assert named[0] - named[1] == {f"{junction(1, 0)}门"}
        shut = scenario.apply(opened, [ShutGate("g")])
        back = shut.times(profile, need).units.time_ms
        assert np.array_equal(back, timed.times(profile, need).units.time_ms)


def test_a_plan_for_the_night_keeps_what_it_promises():
    timed, _ = by_night((junction(1, 0), "all"), (junction(0, 1), "all"), (junction(4, 5), "all"))
    found = proposal.propose(timed, WALK, FIVE, Need(at=NIGHT), Goal("mclp", sites=1), 12)
    assert proposal.verify(found).kept
