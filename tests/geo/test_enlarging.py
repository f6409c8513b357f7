"""Where to add seats, on the toy city of ``toy.py``: by hand, by trying everything, and anew."""

from __future__ import annotations

import itertools
import json
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import capacity, scenario
from geo.capacity import Crowd
from geo.errors import OptionError
from geo.model import Budget, Need
from geo.proposal import plan
from geo.proposal.actions import Costs
from geo.proposal.choosing import Goal
from geo.proposal.enlarging import propose, verify
from geo.scenario.changes import Enlarge
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
FIVE = Budget(minutes=5)
ANY = Need()
ALL = Crowd(users_per_1000=1000)


def seated_city(stations, people, seats):
    """Return the toy city with stations of so many seats each; ``None``: not known."""
    data = toy_city(stations, people)
    known = pd.array(seats, dtype="Int64")
    return data.with_stations(data.stations.assign(capacity=known), data.station_links)


def seated(data, crowd=ALL) -> float:
    """Return how many users have a seat."""
    found = capacity.run(data, WALK, FIVE, ANY, crowd)
    return math.fsum(found.seating.assigned)


# s0 (0, 0) with 2 seats, s1 (300, 0) with 1, s2 (500, 500) of unknown seats; 300 s. Users:
#   5 at (0, 100): s0 100 s.        4 at (200, 0): s1 100 s, s0 200 s.
#   3 at (500, 400): s2 only.       2 at (100, 500): nobody's, s0 is 500 s or more away.
USERS = [(0, 100, 5.0), (200, 0, 4.0), (500, 400, 3.0), (100, 500, 2.0)]


@pytest.fixture(scope="module")
def city():
    return seated_city([(0, 0), (300, 0), (500, 500)], USERS, [2, 1, None])


def test_every_seat_added_seats_somebody(city):
    """Three seats for nine users: all three are taken, and six go without; s0 or s1 seats each."""
    assert seated(city) == 3.0
    found = propose(city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=100.0))
    # Two of the five sit at s0, one of the four at s1: three are left at s0 and three at s1.
    assert dict(zip(found.plan["id"], found.plan["seats"], strict=True)) == {"s0": 3, "s1": 3}
    assert (found.gained, found.gap, found.objective.bound) == (6.0, 0.0, 9.0)
    assert found.changes == (Enlarge("s0", 3), Enlarge("s1", 3))
    assert verify(found) == (6.0, True)
    assert seated(scenario.apply(city, found.changes)) == 9.0


def test_the_money_decides_how_many(city):
    found = propose(city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=9.9), costs=Costs(enlarge=2.0))
    # 9.9 pays for four seats at 2.
    assert (found.gained, found.plan["cost"].sum(), found.gap) == (4.0, 8.0, 0.0)
    assert verify(found) == (4.0, True)
    poor = propose(city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=0.5))
    assert (len(poor.plan), poor.gained) == (0, 0.0)
    assert "no seat" in poor.reason
    # More seats than a number can count are as many as are needed: six.
    rich = propose(
        city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=1e300), costs=Costs(enlarge=1e-300)
    )
    assert (rich.gained, rich.gap) == (6.0, 0.0)
    assert verify(poor) == (0.0, True)


def test_a_target_takes_as_many_seats_as_users_are_short(city):
    """Half of the 14 users are 7: four more than 3. Five of the 14 reach no station they could."""
    found = propose(city, WALK, FIVE, ANY, ALL, Goal("lscp", target=0.5))
    assert (found.gained, found.objective.name, found.objective.bound) == (4.0, "cost", 4.0)
    assert found.reached
    assert verify(found) == (4.0, True)
    most = propose(city, WALK, FIVE, ANY, ALL, Goal("lscp", target=1.0))
    assert not most.reached
    assert "64.29%" in most.reason  # 9 of 14
    assert (most.gained, most.objective.bound) == (6.0, 9.0)
    met = propose(city, WALK, FIVE, ANY, ALL, Goal("lscp", target=0.2))
    assert "meets the target" in met.reason
    assert met.reached


def test_a_number_of_stations_goes_where_most_are_left():
    """Four of s0's five stay without at one seat, and two of s1's three."""
    data = seated_city([(0, 0), (500, 0)], [(0, 100, 5.0), (500, 100, 3.0)], [1, 1])
    found = propose(data, WALK, FIVE, ANY, ALL, Goal("mclp", sites=1))
    assert found.changes == (Enlarge("s0", 4),)
    assert (found.gained, found.gap) == (4.0, 0.0)
    assert verify(found) == (4.0, True)


def test_the_facts_have_the_shape_of_every_proposal(city):
    found = propose(city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=2.0))
    told = plan.facts_of_seats(found, verify(found))
    json.dumps(told, allow_nan=False)
    share = pytest.approx(3 / 14)
    assert told["before"] == {"covered": 3.0, "judged": 14.0, "whole": 14.0, "share": share}
    assert told["uncoverable"]["causes"] == {
        "unreached": {"places": 1, "weight": 2.0},
        "unknown_seats": {"places": 1, "weight": 3.0},
    }
    assert told["recomputed"]["kept"] is True
    assert told["actions"][0]["seats"] == 2


@pytest.mark.parametrize(
    ("stations", "people", "seats", "words"),
    [
        ([], [(0, 0, 5.0)], [], "nobody reaches"),
        ([(0, 0)], [], [1], "no users"),
        ([(0, 0)], None, [1], "no users"),
        ([(0, 0)], [(0, 100, 5.0)], [9], "finds one there"),
        ([(0, 0)], [(0, 100, 5.0)], [None], "nobody reaches"),
        ([(0, 0)], [(0, 100, 0.5)], [0], "whole user"),
    ],
)
def test_where_nothing_is_to_be_enlarged_words_say_so(stations, people, seats, words):
    data = seated_city(stations, people, seats)
    found = propose(data, WALK, FIVE, ANY, ALL, Goal("mclp", budget=5.0))
    assert len(found.plan) == 0
    assert words in found.reason
    json.dumps(plan.facts_of_seats(found, verify(found)), allow_nan=False)


def test_models_of_time_know_no_seats(city):
    with pytest.raises(OptionError, match="knows no seats"):
        propose(city, WALK, FIVE, ANY, ALL, Goal("p-center", sites=1))


SPOTS = st.sampled_from([(100.0 * i, 100.0 * j) for i in range(6) for j in range(6)])


@settings(max_examples=25, deadline=None)
@given(
    stations=st.lists(SPOTS, min_size=1, max_size=3, unique=True),
    people=st.lists(st.tuples(SPOTS, st.integers(1, 6)), min_size=1, max_size=6),
    data=st.data(),
    money=st.integers(0, 4),
)
def test_no_other_way_to_add_the_seats_seats_more(stations, people, data, money):
    """All ways to spread so many seats over the stations are tried."""
    seats = [data.draw(st.one_of(st.none(), st.integers(0, 4))) for _ in stations]
    city = seated_city(stations, [(x, y, float(n)) for (x, y), n in people], seats)
    found = propose(city, WALK, FIVE, ANY, ALL, Goal("mclp", budget=float(money)))
    gained, kept = verify(found)
    assert kept
    assert found.plan["cost"].sum() <= money
    known = [row for row, own in enumerate(seats) if own is not None]
    best = 0.0
    for spread in itertools.product(range(money + 1), repeat=len(known)):
        if sum(spread) == money:
            changes = [Enlarge(f"s{row}", k) for row, k in zip(known, spread, strict=True) if k]
            best = max(best, seated(scenario.apply(city, changes)) - seated(city))
    assert gained == best  # whole users, so nothing is lost to fractions
    assert found.objective.bound == found.objective.before + best
    assert found.gap == 0.0
