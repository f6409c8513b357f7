"""The answer of ``yizhan impact`` as plain values, also where there is nothing to say."""

from __future__ import annotations

import json

import pytest

from geo import impact
from geo.capacity import Crowd
from geo.errors import OptionError
from geo.model import Budget
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
FIVE = Budget(minutes=5)  # 300 m on foot at 1 m/s
#: As in tests.geo.test_dependence: 16 reach s0 alone, 8 and 4 both, 2 s1 alone, 1 neither.
STATIONS = [(100, 0), (400, 0)]
PEOPLE = [(0, 0, 16), (200, 0, 8), (300, 0, 4), (400, 100, 2), (0, 300, 1)]
HALF = Crowd(500.0)  # every second one wants a seat


def seated(*seats: int | None):
    """Return the toy city with seats in its two stations."""
    return toy_city(STATIONS, PEOPLE, seats=seats)


def test_stations_are_ranked_by_closure_impact():
    told = impact.run(toy_city(STATIONS[::-1], PEOPLE), WALK, FIVE).to_json()
    assert [row["station"] for row in told["stations"]] == ["s1", "s0"]
    assert [row["only"] for row in told["stations"]] == [16.0, 2.0]
    assert told["cells"] is None and told["capacity"] is None
    assert {row["seats"] for row in told["stations"]} == {None}


def test_capacity_by_hand():
    told = impact.run(seated(10, 5), WALK, FIVE, crowd=HALF).to_json(level=1)
    # Users: 8 only s0; 4 and 2 either; 1 only s1; 0.5 none. Seats 10 + 5 = 15 = all who reach one:
    # 8 at 100 s and 2 of the 4 at 100 s in s0 (10); in s1 the other 2 at 200 s, 2 at 100 s and 1
    # at 100 s (5).
    held = told["capacity"]
    assert told["need"]["users_per_1000"] == held["users_per_1000"] == 500.0
    assert held["users"] == {
        "total": 15.5,
        "served": 15.0,
        "full": 0.0,
        "seats_unknown": 0.0,
        "unreached": 0.5,
    }
    assert held["mean_s"] == pytest.approx((10 * 100 + 2 * 200 + 3 * 100) / 15)
    assert (held["stations_known"], held["stations_unknown"], held["seats"]) == (2, 0, 15.0)
    assert held["gap"] == 0.0
    loads = {
        row["station"]: (row["seats"], row["assigned"], row["load"]) for row in told["stations"]
    }
    assert loads == {"s0": (10.0, 10.0, 1.0), "s1": (5.0, 5.0, 1.0)}
    # E2SFCA: 100 s lie in the first zone (weight 1), 200 s in the second (0.68), by three zones of
    # 100 s. s0: 10 / (8 + 4 + 0.68 · 2), s1: 5 / (0.68 · 4 + 2 + 1).
    ratio = {row["station"]: row["ratio"] for row in told["stations"]}
    s0, s1 = 10 / 13.36, 5 / 5.72
    assert ratio == pytest.approx({"s0": s0, "s1": s1})
    score = [(8, s0), (4, s0 + 0.68 * s1), (2, 0.68 * s0 + s1), (1, s1), (0.5, 0.0)]
    mean = sum(users * each for users, each in score) / 15.5
    assert held["seats_per_user_mean"] == pytest.approx(mean)
    cells = {cell["code"]: cell["seats_per_user"] for cell in told["cells"]}
    assert cells["e"] == pytest.approx(s1)  # only the one user at (400, 100) lives there


def test_unknown_seats_are_told_apart_from_full_ones():
    told = impact.run(seated(6, None), WALK, FIVE, crowd=HALF).to_json()
    users = told["capacity"]["users"]
    # s0 has 6 seats for the 8 who reach only it and for 4 + 2 who also reach s1, of unknown seats.
    # All at 100 s are alike; whoever of the 8 is left is full, whoever of the others is unsure.
    assert users["served"] == 6.0
    assert users["full"] + users["seats_unknown"] == 9.0
    assert users["seats_unknown"] >= 1.0  # the one at (400, 100) reaches s1 alone
    assert (told["capacity"]["stations_unknown"], told["capacity"]["seats"]) == (1, 6.0)
    unknown = next(row for row in told["stations"] if row["station"] == "s1")
    assert (unknown["seats"], unknown["assigned"], unknown["ratio"]) == (None, None, None)
    stated = impact.run(seated(6, None), WALK, FIVE, crowd=Crowd(500.0, 9)).to_json()
    assert stated["capacity"]["users"]["served"] == 6.0 + 7.0
    assert stated["capacity"]["users"]["full"] == 2.0


def test_riders_stand_beside_those_of_other_cities():
    told = impact.run(toy_city(STATIONS, PEOPLE), WALK, FIVE, riders=458).to_json()["ratios"]
    assert (told["stations"], told["people_per_station"]) == (2, 15.5)
    assert told["riders_per_station"] == 229.0
    # 35,000 / 153, 190,000 / 38 and 110 / 11
    assert [peer["riders_per_station"] for peer in told["peers"]] == [229, 5000, 10]


def test_one_station_has_the_same_figures():
    found = impact.run(seated(10, 5), WALK, FIVE, crowd=HALF)
    rows = {row["station"]: row for row in found.to_json()["stations"]}
    for row, key in enumerate(("s0", "s1")):
        alone = found.station_json(row)
        assert {name: alone[name] for name in rows[key]} == rows[key]
        assert (alone["city"], alone["minutes"], alone["reason"]) == ("toy", 5, None)


def test_people_outside_are_in_the_total_only():
    told = impact.run(toy_city(STATIONS, PEOPLE, outside=[(100, 0, 64)]), WALK, FIVE).to_json()
    assert (told["people"], told["judged"]) == (95.0, 31.0)
    assert sum(row["people"] for row in told["overlap"]) == 31.0


@pytest.mark.parametrize(
    "data",
    [
        toy_city([], PEOPLE),
        toy_city(STATIONS, PEOPLE, closed=[0, 1]),
        toy_city(STATIONS, []),
        toy_city(STATIONS, [(0, 0, 0)]),
        toy_city(STATIONS, None),
        toy_city(STATIONS, PEOPLE, outside=[(0, 0, 4)]),
        seated(0, 0),
        seated(None, None),
    ],
    ids=[
        "no stations",
        "all closed",
        "no places",
        "zero people",
        "nobody known",
        "outside",
        "no seats",
        "unknown seats",
    ],
)
def test_degenerate_cities_answer_without_nan(data):
    told = impact.run(data, WALK, FIVE, crowd=HALF, riders=10).to_json(level=2)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [row["stations"] for row in told["overlap"]] == ["0", "1", "2", "3+"]
    assert len(told["stations"]) == len(data.stations)
    assert len(told["cells"]) == 4
    if data.units is None:
        assert told["reason"] == "no demand file"
        assert (told["people"], told["capacity"]) == (None, None)
        assert {row["only"] for row in told["stations"]} == {None}
    else:
        users = told["capacity"]["users"]
        parts = sum(value for name, value in users.items() if name != "total")
        judged = data.units["people"][~data.units["outside"]].sum()
        assert users["total"] == parts == judged / 2


def test_an_unknown_level_is_refused_in_words():
    found = impact.run(toy_city(STATIONS, PEOPLE), WALK, FIVE)
    with pytest.raises(OptionError, match="there is no level 7 in toy; choose one of 1, 2"):
        found.to_json(level=7)
