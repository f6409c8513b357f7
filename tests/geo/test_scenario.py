"""Changes to the stations on the toy city, where a metre is a second; the map stands in toy.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import study
from geo.crs import unproject
from geo.errors import InputError
from geo.model import Budget, Position
from geo.scenario import apply, undo
from geo.scenario.changes import (
    AddServices,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenSite,
    SetHours,
    SetStatus,
)
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
# Seconds from the places to a station at (0, 0): 100, 300, 700. To one at (500, 0), since the gate
# at (450, 0) lets nobody pass: 600 by V1, H1 and V5; 400 by V3, H1 and V5; 200 by V5.
PEOPLE = [(100, 0, 1.0), (300, 0, 2.0), (500, 200, 4.0)]


def at(x: float, y: float) -> Position:
    """Return toy metres as a position."""
    lon, lat = unproject(*xy((x, y)).T, CRS)
    return Position(float(lon[0]), float(lat[0]))


@pytest.fixture(scope="module")
def city():
    city = toy_city(
        [(0, 0), (0, 500), (300, 500)],
        PEOPLE,
        services=["rest;water", "rest", "water"],
        hours=["Mo-Su 08:00-18:00", "", ""],
    )
    status = np.array(["open", "open", "planned"], dtype=object)
    seats = city.stations["capacity"].copy()
    seats[1] = 12
    posts = city.stations.assign(status=status, capacity=seats)
    return city.with_stations(posts, city.station_links)


def seconds(data) -> list[float]:
    """Return the times; a position in degrees is exact to less than a millimetre, a millisecond."""
    return (data.times(WALK).units.time_ms / 1000).round(2).tolist()


def figures(data, minutes: float = 4.0):
    """Return everything that a study says of people, ground and cells."""
    found = study.run(data, WALK, Budget(minutes=minutes))
    return found.to_json(), found.cells, seconds(data)


def same(one, other) -> bool:
    return one[0] == other[0] and one[1].equals(other[1]) and one[2] == other[2]


def test_a_new_site_is_reached_like_a_station_that_was_always_there(city):
    opened = apply(city, [OpenSite("n", at(500, 0), "新站", ("charging",), "24/7", 5)])
    assert seconds(city) == [100, 300, 700]
    assert seconds(opened) == [100, 300, 200]
    row = opened.stations.iloc[opened.station_row("n")]
    assert (row["services"], row["opening_hours"], row["capacity"]) == ("charging", "24/7", 5)
    assert (row["status"], row["tier"], row["address"]) == ("open", "point", "")
    assert opened.stations.dtypes.equals(city.stations.dtypes)
    always = toy_city([(0, 0), (0, 500), (300, 500), (500, 0)], PEOPLE, closed=[2])
    for name, links in always.station_links.items():
        mine = opened.station_links[name]
        assert np.array_equal(mine.edge, links.edge)
        np.testing.assert_allclose(mine.offset_m, links.offset_m, atol=1e-6)


def test_what_does_not_follow_from_the_stations_is_shared(city):
    city.times(WALK)
    changed = apply(city, [CloseStation("s0")])
    for name in ("network", "pixels", "units", "unit_links", "cells", "ground", "barriers"):
        assert getattr(changed, name) is getattr(city, name)
    assert changed.street_index(WALK) is city.street_index(WALK)
    assert changed.times(WALK) is not city.times(WALK)
    assert city.stations["status"].tolist() == ["open", "open", "planned"]


def test_each_change_does_what_it_says(city):
    """Two seats more than 12 are 14; services stand in the order of the model."""
    changed = apply(
        city,
        [
            AddServices("s1", ("water", "charging")),
            DropServices("s0", ("rest",)),
            SetHours("s0", "Mo-Su 08:00-22:00"),
            Enlarge("s1", 2),
            SetStatus("s2", "open"),
            CloseStation("s1"),
            MoveStation("s0", at(500, 0)),
        ],
    )
    frame = changed.stations.set_index("id")
    assert frame["services"].tolist() == ["water", "rest;water;charging", "water"]
    assert frame["opening_hours"]["s0"] == "Mo-Su 08:00-22:00"
    assert frame["capacity"]["s1"] == 14
    assert frame["status"].to_dict() == {"s0": "open", "s1": "closed", "s2": "open"}
    # s0 stands at (500, 0) now; s2 is farther, over the bridge or through the tunnel.
    assert seconds(changed) == [600, 400, 200]


def test_changes_may_build_on_each_other(city):
    changed = apply(
        city, [OpenSite("n", at(500, 0), "n", capacity=1), Enlarge("n", 3), CloseStation("n")]
    )
    assert changed.stations.set_index("id")["capacity"]["n"] == 4
    assert seconds(changed) == seconds(city)


def test_a_city_without_stations_gets_its_first():
    empty = toy_city([], PEOPLE)
    assert seconds(apply(empty, [OpenSite("n", at(500, 0), "n")])) == [600, 400, 200]
    assert len(apply(empty, []).stations) == 0


def test_everything_that_cannot_be_done_is_said_at_once(city):
    with pytest.raises(InputError) as caught:
        apply(
            city,
            [
                CloseStation("nowhere"),
                OpenSite("s1", at(0, 0), "again"),
                OpenSite("far", Position(120.0, 30.0), "far"),
                OpenSite("field", at(300, -260), "260 m from every street"),
                OpenSite("bad", at(0, 0), "b", ("wifi",), "at dawn, maybe", -1, "palace"),
                OpenSite(" ", at(0, 0), "blank"),
                Enlarge("s0", 3),
                Enlarge("s1", -13),
                AddServices("s1", ("wifi",)),
                SetHours("s0", "always, I hope"),
                SetStatus("s0", "asleep"),
            ],
        )
    said = [(fault.where.split()[1], fault.seen) for fault in caught.value.faults]
    assert [number for number, _ in said].count("5") == 4
    assert {number for number, _ in said} == set("12345678") | {"9", "10", "11"}
    assert "'nowhere'" in said[0][1]
    text = str(caught.value)
    for part in ("'wifi'", "'at dawn, maybe'", "-1 seats", "'palace'", "13 seats fewer of 12"):
        assert part in text
    assert "250 m" in text
    assert all(fault.remedy for fault in caught.value.faults)


CHANGES = st.sampled_from(
    [
        OpenSite("n", at(500, 0), "n", ("rest",)),
        OpenSite("m", at(200, 500), "m"),
        AddServices("s1", ("rest", "water")),
        DropServices("s0", ("water", "toilet")),
        SetHours("s0", "24/7"),
        Enlarge("s1", 5),
        CloseStation("s0"),
        CloseStation("s1"),
        SetStatus("s2", "open"),
        MoveStation("s1", at(400, 130)),
    ]
)


@settings(max_examples=40, deadline=None)
@given(changes=st.lists(CHANGES, max_size=5, unique_by=str))
def test_undo_gives_the_old_figures(city, changes):
    """What is undone is there again; a station that was moved stands where it stood, to 1e-6 m."""
    there = apply(city, changes)
    back = apply(there, undo(city, changes))
    assert figures(back)[2] == figures(city)[2]
    own, wanted = back.stations.iloc[: len(city.stations)], city.stations
    assert own.drop(columns="geometry").equals(wanted.drop(columns="geometry"))
    assert (own.distance(wanted) < 1e-6).all()
    if not any(isinstance(change, MoveStation) for change in changes):
        assert same(figures(back), figures(city))


@settings(max_examples=40, deadline=None)
@given(
    changes=st.lists(CHANGES, max_size=5, unique_by=lambda change: change.station_id),
    data=st.data(),
)
def test_changes_of_different_stations_may_be_made_in_any_order(city, changes, data):
    other = data.draw(st.permutations(changes))
    one, two = apply(city, changes), apply(city, other)
    assert one.stations.equals(two.stations)
    assert same(figures(one), figures(two))


def test_undo_puts_a_station_back_into_the_state_it_was_in(city):
    assert undo(city, [CloseStation("s2")]) == (SetStatus("s2", "planned"),)
    assert undo(city, [SetStatus("s0", "closed")]) == (SetStatus("s0", "open"),)
