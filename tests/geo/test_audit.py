"""Audits of the toy city: verdicts counted by hand, laws, and a second count station by station.

Walking is 1 m/s, so metres are seconds. The map of the streets stands in ``toy.py``; the cells are
the halves ``w`` and ``e`` (border x = 300), each of a southern and a northern leaf (y = 250).
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import cache

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import reach, study, workspace
from geo.audit import MET, NOT_JUDGED, NOT_MET, audit
from geo.audit.measures import Measures
from geo.errors import OptionError
from geo.model import PROFILES, Budget, Need
from geo.requirements.rules import (
    CountRule,
    PeopleRule,
    Requirements,
    Selection,
    ShareRule,
    Within,
)
from geo.sources.requirements import shipped, shipped_named
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK, RIDE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
NAMES = {"title_zh": "", "title_en": ""}


def share(name="r", wanted=0.95, areas=("city",), **kwargs):
    kwargs.setdefault("within", Within(minutes=5))
    return ShareRule(id=name, **NAMES, areas=areas, share=wanted, **kwargs)


def count(name="r", areas=("half",), **kwargs):
    return CountRule(id=name, **NAMES, areas=areas, **kwargs)


def people(name="r", areas=(), **kwargs):
    return PeopleRule(id=name, **NAMES, areas=areas, **kwargs)


def held(data, *rules, need=None, profile=WALK):
    """Return the findings of rules by their ids."""
    table = Requirements("t", "", "", "who", "1", tuple(rules))
    return {f.rule.id: f for f in audit(data, [table], profile, need).findings}


def only(data, rule, **kwargs):
    return held(data, rule, **kwargs)[rule.id]


def with_tiers(data, *tiers):
    return data.with_stations(data.stations.assign(tier=list(tiers)), data.station_links)


# --- Double 15, by hand -------------------------------------------------------------------------
# Stations at A (0, 0) and B (0, 200). People, and their metres along the streets to A and to B:
#   10 at (  0, 100): 100, 100        both in a straight line, too
#   20 at (500, 500): 1000, 800       by the tunnel at x = 500; in a line 707 and 583
#   30 at (500, 400): 900, 700        the same; exactly 15 minutes to A
#    5 at (800, 100): –, –            on the far street; in a line 806 and 806
# 65 people in all, 95 % of them are 61.75.
DOUBLE = [(0, 100, 10), (500, 500, 20), (500, 400, 30), (800, 100, 5)]


def test_double_15_by_hand():
    data = toy_city([(0, 0), (0, 200)], DOUBLE)
    table = shipped_named("union-double-15")
    found = audit(data, [table], WALK)
    reached = {f.rule.id: (f.reached, f.verdict) for f in found.findings}
    assert reached == {
        "radius-1km": (60.0, NOT_MET),  # all but the far street
        "ring-1km": (65.0, MET),  # the ring knows no missing street
        "walk-15min": (60.0, NOT_MET),  # the corner by B
        "overlap": (40.0, NOT_MET),  # the corner has only B within 900 s
    }
    overlap = found.findings[-1]
    # The corner lies in the north-east, the far street in the south-east.
    assert overlap.cells[["code", "area", "missing"]].to_numpy().tolist() == [
        ["en", "toy", 20.0],
        ["es", "toy", 5.0],
    ]
    assert found.verdict(table) == NOT_MET and found.fails


def test_a_kilometre_and_a_quarter_of_an_hour_are_two_promises():
    # Only A: the corner is 1000 m away, which is 1 km and more than 15 minutes.
    data = toy_city([(0, 0)], DOUBLE)
    found = audit(data, [shipped_named("union-double-15")], WALK)
    reached = {f.rule.id: f.reached for f in found.findings}
    assert reached == {"radius-1km": 60.0, "ring-1km": 65.0, "walk-15min": 40.0, "overlap": 0.0}


def test_a_share_that_is_exactly_reached_is_met():
    # 17 of 20 people are 85 %, the number that Shanghai asks for.
    data = toy_city([(0, 0)], [(0, 100, 17), (500, 500, 3)])
    assert only(data, share(wanted=0.85)).verdict == MET
    assert only(data, share(wanted=0.8500001)).verdict == NOT_MET
    assert only(data, share(wanted=0.85)).share == 0.85
    # 0.56 × 100 is a little more than 56 in floating point.
    data = toy_city([(0, 0)], [(0, 100, 56), (500, 500, 44)])
    assert only(data, share(wanted=0.56)).verdict == MET


def test_only_cells_of_failing_areas_are_named():
    # The west reaches 19 of 20 = 95 %; its one straggler in the north fails nothing. The east
    # reaches 3 of 4.
    people = [(0, 100, 19), (0, 500, 1), (500, 100, 3), (500, 500, 1)]
    found = only(toy_city([(0, 0), (500, 0)], people), share(areas=("half",)))
    assert found.areas.set_index("code")["verdict"].to_dict() == {"w": MET, "e": NOT_MET}
    assert found.cells[["code", "missing"]].to_numpy().tolist() == [["en", 1.0]]


# --- composition --------------------------------------------------------------------------------


def one_plus_one_plus_nine():
    """Return a city whose west copies 1+1+9 and whose east has one centre and nine points."""
    west = [(0, 0), (100, 0), *((0, 100 * y) for y in range(1, 6)), *((200, y) for y in (0, 100)),
            (200, 200), (200, 300)]  # fmt: skip
    east = [(500, 0), *((500, 100 * y) for y in range(1, 6)), *((400, 100 * y) for y in (1, 2, 3)),
            (600, 500)]  # fmt: skip
    tiers = ["centre", "station", *["point"] * 9, "centre", *["point"] * 9]
    offers = ["rest;water"] * len(west) + ["rest"] * len(east)
    data = toy_city([*west, *east], [(0, 0, 10), (500, 0, 10)], services=offers)
    return with_tiers(data, *tiers)


def test_one_centre_one_station_and_nine_points_by_hand():
    found = held(
        one_plus_one_plus_nine(),
        count("centre", stations=Selection(("centre",)), least=1),
        count("station", stations=Selection(("station",)), least=1),
        count("points", stations=Selection(("point",)), least=9),
        count("most", stations=Selection(("point",)), most=8),
    )
    assert {name: f.verdict for name, f in found.items()} == {
        "centre": MET,
        "station": NOT_MET,
        "points": MET,
        "most": NOT_MET,
    }
    assert found["station"].failing[["code", "level", "seen"]].to_numpy().tolist() == [
        ["e", "half", 0.0]
    ]
    assert len(found["station"].cells) == 0 and found["station"].reached is None


def test_missing_categories_are_named_for_each_area():
    found = only(one_plus_one_plus_nine(), count(each_service=("rest", "water"), least=1))
    assert found.verdict == NOT_MET
    assert found.failing[["code", "service", "seen"]].to_numpy().tolist() == [["e", "water", 0.0]]
    told = found.to_json(10)
    assert told["areas"] == {"total": 2, "met": 1, "not_met": 1, "not_judged": 0}
    assert [(row["service"], row["areas"]["not_met"]) for row in told["services"]] == [
        ("water", 1),
        ("rest", 0),
    ]


def test_closed_stations_and_those_outside_all_cells_stand_in_no_cell():
    # Beyond x = 1000 there is no cell; the city as a whole still counts the station there.
    data = toy_city([(0, 0), (100, 0), (1100, 100)], [(0, 0, 1), (500, 0, 1)], closed=[1])
    halves = only(data, count(least=1)).areas.set_index("code")["seen"]
    assert halves.to_dict() == {"w": 1.0, "e": 0.0}
    assert only(data, count(areas=("city",), least=2)).areas["seen"].tolist() == [2.0]


def test_levels_are_not_inclusive():
    # A centre next door, the only point 500 m away: the 5-minute rule asks for points.
    data = with_tiers(toy_city([(0, 100), (500, 0)], [(0, 0, 10)]), "centre", "point")
    near = Within(distance_m=300)
    points = share("points", within=near, stations=Selection(("point",)))
    listed = share("listed", within=near, stations=Selection(("centre", "point")))
    found = held(data, points, listed)
    assert found["points"].verdict == NOT_MET and found["points"].reached == 0.0
    assert found["listed"].verdict == MET


# --- categories in reach ------------------------------------------------------------------------


def test_categories_in_reach_are_named_with_the_people_who_miss_them():
    # Water at (0, 0) and rest at (500, 0); 300 s reach 300 m.
    #   4 at (100, 0): water 100 → rest missing (400)
    #   2 at (200, 100): water 300, rest 300 + 100 = 400 → rest missing
    #   1 at (500, 100): rest 100 → water missing
    data = toy_city(
        [(0, 0), (500, 0)],
        [(100, 0, 4), (200, 100, 2), (500, 100, 1)],
        services=["water", "rest"],
    )
    found = only(data, share(areas=("half",), each_service=("water", "rest")))
    assert found.reached == 0.0 and found.share == 0.0  # nobody reaches both
    rows = found.failing[["code", "service", "missing"]].to_numpy().tolist()
    assert rows == [["w", "rest", 6.0], ["e", "water", 1.0]]
    assert found.cells[["code", "area", "service", "missing"]].to_numpy().tolist() == [
        ["ws", "w", "rest", 6.0],
        ["es", "e", "water", 1.0],
    ]
    told = found.to_json(1)
    assert told["failing_areas"]["areas"] == told["failing_cells"]["cells"] == 2
    assert [row["code"] for row in told["failing_areas"]["listed"]] == ["w"]
    (service,) = told["failing_areas"]["listed"][0]["services"]
    assert service == {
        "service": "rest", "seen": 0.0, "people_missing": 6.0, "missing_m2": None,
    }  # fmt: skip


def test_what_every_station_must_offer_is_asked_beside_each_service():
    data = toy_city([(0, 0), (500, 0)], [(0, 0, 1), (500, 0, 2)], services=["water", "rest;water"])
    rest = Selection(services=("rest",))
    assert only(data, share(stations=rest, each_service=("water",))).reached == 2.0
    found = only(data, count(stations=rest, each_service=("water",), least=1))
    assert found.failing["code"].tolist() == ["w"]


def test_services_and_hours_of_the_need_narrow_every_rule():
    friday = datetime(2026, 11, 20, 22, 30)
    data = toy_city(
        [(0, 0), (500, 0)],
        [(100, 0, 4), (400, 100, 2)],
        services=["water", "water;rest"],
        hours=["Mo-Su 08:00-22:00", "24/7"],
    )
    assert only(data, share()).reached == 6.0
    assert only(data, share(), need=Need(("rest",))).reached == 2.0
    assert only(data, share(), need=Need(at=friday)).reached == 2.0  # (0, 0) closed at 22:00
    assert only(data, share(), need=Need(at=friday.replace(hour=12))).reached == 6.0
    # What stands in an area stands there at night too.
    assert only(data, count(areas=("city",), least=2), need=Need(at=friday)).verdict == MET
    straight = share(within=Within(straight_m=300))
    assert only(data, straight, need=Need(at=friday)).reached == 2.0


# --- people -------------------------------------------------------------------------------------


def test_people_of_areas_and_of_circles_by_hand():
    # Circles of 300 m: (0, 0) holds 10 + 20, (500, 100) holds the 5 at (500, 0); the 20 at
    # (100, 100) are 200 m from the one and 400 m from the other. In a straight line 141 m.
    data = toy_city([(0, 0), (500, 100)], [(0, 0, 10), (100, 100, 20), (500, 0, 5)])
    near = Within(distance_m=300)
    found = held(
        data,
        people("areas", ("half",), least=10, most=29),
        people("circles", within=near, least=6),
        people("fits", within=near, least=5, most=30),
        people("straight", within=Within(straight_m=150), least=1),
    )
    # The west has 30, one too many; the east 5, five too few: worse, so it comes first.
    assert found["areas"].failing[["code", "seen"]].to_numpy().tolist() == [["e", 5.0], ["w", 30.0]]
    assert found["circles"].failing[["code", "level", "seen"]].to_numpy().tolist() == [
        ["s1", "station", 5.0]
    ]
    assert found["fits"].verdict == found["straight"].verdict == MET
    assert found["straight"].areas["seen"].tolist() == [30.0, 5.0]
    assert found["circles"].profile == "walk" and found["straight"].profile is None


# --- who cannot be judged -----------------------------------------------------------------------


def test_cells_without_people_or_far_from_all_streets_fail_nothing():
    # Nobody lives in the north-west; the south-east has 1 person judged and 9 far from all streets.
    data = toy_city([(0, 0)], [(0, 100, 5), (500, 100, 1), (500, 500, 1)], outside=[(900, -600, 9)])
    found = only(data, share(areas=("cell",)))
    assert dict(zip(found.areas["code"], found.areas["verdict"], strict=True)) == {
        "ws": MET,
        "wn": "no_people",
        "es": "outside",
        "en": NOT_MET,
    }
    # The city is judged by the 7 people who can be; the other 9 are counted beside.
    city = only(data, share())
    assert (city.total, city.judged, city.reached) == (16.0, 7.0, 5.0)
    assert city.verdict == NOT_MET
    assert city.to_json(5)["people"] == {
        "total": 16.0, "judged": 7.0, "reached": 5.0, "missing": 2.0,
    }  # fmt: skip


def test_who_cannot_be_judged_is_not_reached_in_a_straight_line_either():
    # 600 m south of every street, and 600 m in a line from the station.
    data = toy_city([(300, 0)], [(300, 100, 1)], outside=[(300, -600, 9)])
    near = Within(straight_m=700)
    found = held(data, share(within=near), people("circle", within=near, least=1, most=1))
    assert (found["r"].reached, found["r"].judged) == (1.0, 1.0)
    assert found["circle"].verdict == MET


@pytest.mark.parametrize(
    ("data", "rule", "reason"),
    [
        (lambda: toy_city([(0, 0)], []), share(), "no_people"),
        (lambda: toy_city([(0, 0)], [], outside=[(300, -600, 5)]), share(), "outside"),
        (lambda: toy_city([(0, 0)], [(0, 0, 1)]), share(areas=("street",)), "no_level"),
        (lambda: toy_city([(0, 0)], [(0, 0, 1)]), count(areas=("street",), least=1), "no_level"),
        (lambda: toy_city([(0, 0)], [(0, 0, 1)]), people("r", ("street",), least=1), "no_level"),
        (lambda: toy_city([(0, 0)], None), people("r", ("city",), least=1), "people_unknown"),
        (
            lambda: toy_city([(0, 0)], [(0, 0, 1)]),
            people(within=Within(minutes=5), stations=Selection(("centre",)), least=1),
            "no_station",
        ),
    ],
)
def test_what_cannot_be_judged_says_why(data, rule, reason):
    found = only(data(), rule)
    assert (found.verdict, found.reason) == (NOT_JUDGED, reason)
    assert found.share is None
    json.dumps(found.to_json(5), allow_nan=False)


@pytest.mark.parametrize(("stations", "closed"), [([], []), ([(0, 0), (100, 0)], [0, 1])])
def test_without_open_stations_nobody_is_reached(stations, closed):
    data = toy_city(stations, [(0, 0, 10)], closed=closed)
    found = held(data, share(), share("two", overlap=2), share("s", within=Within(straight_m=100)))
    assert {f.verdict for f in found.values()} == {NOT_MET}
    assert {f.reached for f in found.values()} == {0.0}
    ground = held(toy_city(stations, None, closed=closed), share(), share("two", overlap=2))
    assert {f.reached for f in ground.values()} == {0.0}


def test_the_shipped_tables_answer_in_plain_values_everywhere():
    for data in (
        toy_city([(0, 0)], DOUBLE),
        toy_city([(0, 0)], None),
        toy_city([], []),
        toy_city([], None),
    ):
        for at in (None, datetime(2030, 1, 1)):
            found = audit(data, shipped(), WALK, Need(at=at))
            text = json.dumps(found.to_json(), allow_nan=False, ensure_ascii=False)
            assert len(found.findings) == sum(len(table.rules) for table in shipped())
            assert not found.to_frame()["verdict"].isna().any()
            told = json.loads(text)
            assert told["need"]["holidays_known"] is (None if at is None else False)
            assert (told["people_reason"] is None) == (data.units is not None)


# --- ground, where nobody is known --------------------------------------------------------------


def test_where_nobody_is_known_ground_is_judged_and_equals_the_study():
    data = toy_city([(0, 0), (500, 500)], None)
    for minutes in (2, 5):
        found = only(data, share(areas=("cell",), within=Within(minutes=minutes)))
        told = study.run(data, WALK, Budget(minutes=minutes))
        figures = told.cells.set_index(data.cells["code"])["covered_m2"]
        areas = found.areas.set_index("code")
        assert found.unit == "m2"
        for code in ("ws", "wn", "es", "en"):
            assert areas["reached"][code] == pytest.approx(figures[code], abs=1e-6)
        assert found.to_json(3)["people"] is None
        assert found.to_json(3)["area_m2"]["reached"] == pytest.approx(figures["w"] + figures["e"])


def test_ground_of_rings_overlap_and_hours():
    hours = ["24/7", "Mo-Su 08:00-18:00"]
    data = toy_city([(0, 0), (100, 0)], None, barriers=False, hours=hours)
    ring = only(data, share(within=Within(straight_m=200)))
    # Two circles of 200 m whose centres are 100 m apart: 2 π r² less the lens, all of it on
    # ground; lens = 2 r² acos(d / 2r) - d / 2 √(4 r² - d²). Drawn on pixels of 10 m.
    r, d = 200.0, 100.0
    lens = 2 * r * r * np.arccos(d / (2 * r)) - d / 2 * np.sqrt(4 * r * r - d * d)
    assert ring.reached == pytest.approx(2 * np.pi * r * r - lens, rel=0.005)
    both = only(data, share(within=Within(straight_m=200), overlap=2))
    assert both.reached == pytest.approx(lens, rel=0.005)
    walk, twice = share("walk"), share("twice", overlap=2)
    found = held(data, walk, twice)
    assert 0 < found["twice"].reached < found["walk"].reached
    # Two minutes before it closes, the second serves only those who are 119 m away or less.
    late = held(data, walk, twice, need=Need(at=datetime(2026, 11, 20, 17, 58)))
    assert 0 < late["twice"].reached < 0.5 * found["twice"].reached
    night = held(data, walk, twice, need=Need(at=datetime(2026, 11, 20, 20, 0)))
    assert night["twice"].reached == 0.0
    alone = only(toy_city([(0, 0)], None, barriers=False), walk)
    assert night["walk"].reached == pytest.approx(alone.reached)


# --- tables together ----------------------------------------------------------------------------


def test_an_advisory_rule_decides_nothing_and_one_table_is_named_once():
    data = toy_city([(0, 0)], [(0, 100, 1), (500, 500, 9)])
    fails, fits = share("fails"), share("fits", wanted=0.1)
    table = Requirements("t", "", "", "who", "1", (fits, replace(fails, advisory=True)))
    found = audit(data, [table], WALK)
    assert found.verdict(table) == MET and not found.fails
    empty = Requirements("u", "", "", "who", "1", (replace(fails, advisory=True),))
    assert audit(data, [empty], WALK).verdict(empty) == NOT_JUDGED
    partly = Requirements("v", "", "", "who", "1", (fits, share("x", areas=("street",))))
    assert audit(data, [partly], WALK).verdict(partly) == NOT_JUDGED
    with pytest.raises(OptionError, match="t is given twice"):
        audit(data, [table, table], WALK)


def test_areas_are_the_first_level_that_the_city_has():
    data = toy_city([(0, 0)], [(0, 0, 1), (500, 500, 1)])
    assert only(data, share(areas=("street", "half", "cell"))).level == "half"
    assert only(data, share(areas=("top",))).level == "half"
    assert only(data, share(areas=("半区",))).level == "half"
    assert only(data, share(areas=("street", "lowest"))).level == "cell"
    assert len(only(data, share(areas=("lowest",))).areas) == 4


def test_the_table_for_a_file_holds_every_area_and_cell():
    data = toy_city([(0, 0)], DOUBLE)
    found = audit(data, [shipped_named("union-double-15")], WALK)
    frame = found.to_frame()
    assert set(frame["scope"]) == {"area", "cell"}
    for one in found.findings:
        mine = frame[frame["rule"] == one.rule.id]
        assert len(mine) == len(one.areas) + len(one.cells)
        assert mine.loc[mine["scope"] == "cell", "missing"].sum() == one.cells["missing"].sum()
    assert set(frame["wanted_share"]) == {0.95}


def test_nearness_is_the_way_to_the_kth_station():
    # From (100, 0): 100 m to (0, 0), 200 m to (300, 0), 500 m to (500, 100); the last one in a
    # straight line √(400² + 100²) = 412.3 m.
    data = toy_city([(0, 0), (300, 0), (500, 100)], [(100, 0, 1)])
    along, straight = Within(minutes=15), Within(straight_m=900)
    measures = Measures.of(data, [along, straight], WALK)
    ways = [measures.nearness(along, k, Selection())[0] for k in (1, 2, 3, 4)]
    assert ways == [100_000, 200_000, 500_000, np.inf]
    lines = [measures.nearness(straight, k, Selection())[0] for k in (1, 2, 3, 4)]
    assert lines == pytest.approx([100_000, 200_000, 412_311, np.inf], abs=1)


# --- laws ---------------------------------------------------------------------------------------

SPOTS = [(100.0 * i, 100.0 * j) for i in range(6) for j in range(6)] + [(800.0, 150.0)]
STATIONS = st.lists(st.sampled_from(SPOTS), max_size=4)
PEOPLE = st.lists(
    st.tuples(st.sampled_from(SPOTS), st.integers(0, 64)).map(
        lambda pair: (*pair[0], pair[1] / 4.0)
    ),
    max_size=6,
)


@cache
def city_of(stations, crowd):
    tiers = [("centre", "station", "point")[k % 3] for k in range(len(stations))]
    offers = [("water", "rest", "rest;water")[k % 3] for k in range(len(stations))]
    return with_tiers(toy_city(stations, crowd, services=offers), *tiers)


@settings(max_examples=15, deadline=None)
@given(STATIONS, PEOPLE, st.sampled_from([WALK, RIDE]), st.integers(1, 20))
def test_reached_people_equal_the_study_exactly(stations, crowd, profile, minutes):
    data = toy_city(stations, crowd)
    found = only(data, share(within=Within(minutes=minutes)), profile=profile)
    told = study.run(data, profile, Budget(minutes=minutes)).to_json()
    assert found.reached == told["people"]["covered"]
    assert found.judged == told["people"]["judged"]
    ring = only(data, share(within=Within(straight_m=60.0 * minutes)))
    walked = study.run(data, WALK, Budget(minutes=minutes)).to_json()
    assert ring.reached == walked["ring"]["people"]["covered"]


@settings(max_examples=15, deadline=None)
@given(
    STATIONS,
    PEOPLE,
    st.integers(1, 18),
    st.integers(0, 5),
    st.integers(1, 3),
    st.floats(0.01, 1.0),
    st.sampled_from([(), ("point",), ("centre", "point")]),
    st.sampled_from([(), ("water",)]),
    st.booleans(),
)
def test_a_stricter_rule_never_covers_more(
    stations, crowd, minutes, more, overlap, wanted, tiers, services, straight
):
    def near(budget):
        return Within(straight_m=60.0 * budget) if straight else Within(minutes=budget)

    mild = share(
        "mild", wanted / 2, ("cell",), within=near(minutes + more),
        stations=Selection(tiers, services),
    )  # fmt: skip
    stricter = [
        replace(mild, id="time", within=near(minutes)),
        replace(mild, id="overlap", overlap=overlap),
        replace(mild, id="share", share=wanted),
        replace(mild, id="tier", stations=Selection(("point",), services)),
        replace(mild, id="service", stations=Selection(tiers, ("rest", *services))),
        replace(mild, id="each", each_service=("rest", "water")),
    ]
    found = held(city_of(tuple(stations), tuple(crowd)), mild, *stricter)
    base = found["mild"]
    for name, other in found.items():
        assert other.reached <= base.reached, name
        if base.verdict == NOT_MET:
            assert other.verdict == NOT_MET, name
        if base.verdict == NOT_JUDGED:
            assert other.verdict == NOT_JUDGED, name


@settings(max_examples=15, deadline=None)
@given(STATIONS, PEOPLE, st.integers(0, 3), st.integers(0, 3))
def test_asking_for_more_stations_never_mends_a_failure(stations, crowd, least, more):
    data = city_of(tuple(stations), tuple(crowd))
    low, high = count("low", least=least), count("high", least=least + more)
    found = held(data, low, high)
    if found["low"].verdict == NOT_MET:
        assert found["high"].verdict == NOT_MET


@settings(max_examples=15, deadline=None)
@given(STATIONS, PEOPLE, st.integers(1, 18), st.integers(1, 3))
def test_reached_and_missing_add_up(stations, crowd, minutes, overlap):
    rule = share(wanted=1.0, within=Within(minutes=minutes), overlap=overlap)
    data = city_of(tuple(stations), tuple(crowd))
    found = held(data, rule, replace(rule, id="cells", areas=("cell",)))
    city, cells = found["r"], found["cells"].areas
    assert cells["judged"].sum() == city.judged
    assert cells["reached"].sum() == city.reached
    if city.verdict != NOT_JUDGED:
        assert city.cells["missing"].sum() == city.judged - city.reached


@settings(max_examples=15, deadline=None)
@given(
    STATIONS,
    PEOPLE,
    st.integers(1, 18),
    st.integers(1, 3),
    st.sampled_from([(), ("centre",), ("station", "point")]),
    st.sampled_from([WALK, RIDE]),
)
def test_a_second_count_station_by_station_agrees(
    stations, crowd, minutes, overlap, tiers, profile
):
    data = city_of(tuple(stations), tuple(crowd))
    within = Within(minutes=minutes)
    wanted = Selection(tiers, ("water",))
    rule = share(within=within, overlap=overlap, stations=wanted)
    circles = people("circles", within=within, stations=wanted, least=0)
    found = held(data, rule, circles, profile=profile)
    in_reach = np.zeros(len(crowd), int)
    circle = {}
    for row, station in data.stations.iterrows():
        if "water" not in station["services"] or (tiers and station["tier"] not in tiers):
            continue
        start = data.seeds(profile, np.array([row]))
        graph, links = data.graph(profile), data.links_of_units(profile)
        alone = reach.arrival(data.network, graph, links, reach.nearest(graph, start), start)
        near = alone.time_ms <= minutes * 60_000
        in_reach += near
        circle[station["id"]] = sum(c[2] for c, hit in zip(crowd, near, strict=True) if hit)
    assert found["r"].reached == sum(
        c[2] for c, hits in zip(crowd, in_reach, strict=True) if hits >= overlap
    )
    seen = found["circles"].areas
    assert dict(zip(seen["code"], seen["seen"], strict=True)) == circle


# --- a real city --------------------------------------------------------------------------------


@pytest.mark.real
def test_the_audit_of_haidian_agrees_with_counts_made_another_way(real_home, monkeypatch):
    """Count stations by a spatial join, and overlap by the table of the two nearest stations."""
    monkeypatch.setenv("YIZHAN_HOME", str(real_home))
    data = workspace.load("haidian")
    found = {(f.table.id, f.rule.id): f for f in audit(data, shipped()).findings}
    points = found["longzhouwan-1-1-9", "nine-points"]
    joined = gpd.sjoin(
        data.stations, data.cells[["code", "geometry"]].rename(columns={"code": "c"})
    )
    counted = joined.groupby("c").size()
    judged = points.areas[points.areas["verdict"].isin([MET, NOT_MET])]
    assert len(judged) >= 4 and points.verdict == NOT_MET
    for code, seen, verdict in judged[["code", "seen", "verdict"]].to_numpy().tolist():
        assert seen == counted.get(code, 0)
        assert verdict == (MET if seen >= 9 else NOT_MET)
    walk = PROFILES["walk"]
    graph, start = data.graph(walk), data.seeds(walk)
    near = reach.k_nearest(graph, start, 2)
    ways = reach.arrival_k(data.network, graph, data.links_of_units(walk), near, start).time_ms
    crowd = data.units["people"].where(~data.units["outside"], 0.0).to_numpy()
    union = {name: f for (table, name), f in found.items() if table == "union-double-15"}
    assert union["overlap"].reached == crowd[ways[:, 1] <= 900_000].sum()
    assert union["walk-15min"].reached == crowd[ways[:, 0] <= 900_000].sum()
    assert union["radius-1km"].reached == crowd[ways[:, 0] <= 800_000].sum()  # at 1.25 m/s
