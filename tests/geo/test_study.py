"""The whole analysis on the toy city: every expected value is counted by hand beside it.

Walking is 1 m/s, so metres are seconds. The map of the streets stands in ``toy.py``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import drawn, enquiry, gaps, reach, service_area, study
from geo.crs import unproject
from geo.model import Budget, Need, Position
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK, EBIKE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]

# One station at (0, 0). Places and their seconds on foot:
#   (300,   0)  300  along H0
#   (310,   0)  310  along H0
#   (200, 100)  300  two blocks east, one north; in a line hypot(200, 100) = 224 m
#   (100, 300)  400  over the bridge at x = 0; in a line hypot(100, 300) = 316 m, across the river
#   (500, 500) 1000  by the border streets and the tunnel at x = 500; in a line 707 m
#   (800, 150)    –  on the far street, which leads nowhere
#   (300, -260)   –  260 m south of H0 (the loop at (0, 0) is farther): no street within 250 m
#   (300, -600)   –  600 m from every street: outside
PEOPLE = [
    (300, 0, 10.0),
    (310, 0, 20.0),
    (200, 100, 30.0),
    (100, 300, 40.0),
    (500, 500, 50.0),
    (800, 150, 60.0),
    (300, -260, 70.0),
]
OUTSIDE = [(300, -600, 80.0)]


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)], PEOPLE, outside=OUTSIDE)


def classes_of(result):
    return [None if c < 0 else gaps.CLASSES[c] for c in result.unit_class]


def test_times_are_the_hand_counted_ones(city):
    times = city.times(WALK).units.time_ms
    assert times[:5].tolist() == [300_000, 310_000, 300_000, 400_000, 1_000_000]
    assert (times[5:7] == reach.UNREACHED).all()


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        # 300 s and a ring of 300 m: (310, 0) and (100, 300) at 316 m lie beyond the ring.
        (5, [None, "beyond_reach", None, "beyond_reach", "beyond_reach"]),
        # 240 s, 240 m: (200, 100) is 224 m away in a line but 300 s by street.
        (4, ["beyond_reach", "beyond_reach", "detour", "beyond_reach", "beyond_reach"]),
        # 360 s, 360 m: (100, 300) is inside the ring, and the river lies between.
        (6, [None, None, None, "severed", "beyond_reach"]),
        # 780 s, 780 m: (500, 500) is 707 m away across the river, and 1000 s by street.
        (13, [None, None, None, None, "severed"]),
    ],
)
def test_causes_exclude_each_other_in_their_order(city, minutes, expected):
    result = study.run(city, WALK, Budget(minutes=minutes))
    rest = ["unreachable", "no_street", "outside"]
    assert classes_of(result) == [*expected, *rest]


def test_the_barrier_that_severs_is_named(city):
    result = study.run(city, WALK, Budget(minutes=6))
    names = gaps.barrier_names(result.units.barrier, city.barriers)
    assert names.tolist() == ["", "", "", "River", "", "", "", ""]


def test_without_barrier_data_nothing_is_called_severed():
    open_city = toy_city([(0, 0)], PEOPLE, barriers=False)
    result = study.run(open_city, WALK, Budget(minutes=6))
    assert "severed" not in classes_of(result)
    # The same place is now a mere detour: no street of the toy crosses without the river either.
    assert classes_of(result)[3] == "detour"
    assert result.to_json()["barriers_known"] is False


def test_people_add_up_over_classes_levels_and_total(city):
    summary = study.run(city, WALK, Budget(minutes=6)).to_json()
    people = summary["people"]
    # Covered at 6 min: 10 + 20 + 30; everybody: 10 + 20 + … + 80 = 360; judged: all but 80.
    assert (people["covered"], people["total"], people["judged"]) == (60, 360, 280)
    assert people["share"] == 60 / 360 and people["share_of_judged"] == 60 / 280
    lost = {name: row["people"] for name, row in summary["uncovered"].items()}
    assert lost == dict.fromkeys(gaps.CLASSES, 0) | {
        "outside": 80,
        "no_street": 70,
        "unreachable": 60,
        "severed": 40,
        "beyond_reach": 50,
    }
    assert sum(lost.values()) + people["covered"] == people["total"]
    # Ring of 360 m: the covered three and (100, 300) at 316 m.
    assert summary["ring"]["people"]["covered"] == 100


def test_every_level_adds_up_to_the_city(city):
    result = study.run(city, WALK, Budget(minutes=6))
    for level in (1, 2):
        rows = result.cells[city.cells["level"] == level]
        assert rows["people"].sum() == 360
        assert rows["covered"].sum() == 60
        assert rows["ground_m2"].sum() == pytest.approx(city.ground["ground_m2"].sum(), rel=1e-12)
        assert rows["covered_m2"].sum() == pytest.approx(
            result.to_json()["area_m2"]["covered"], rel=1e-12
        )


def test_ground_adds_up_over_the_classes(city):
    summary = study.run(city, WALK, Budget(minutes=6)).to_json()
    area = summary["area_m2"]
    lost = sum(row["area_m2"] for row in summary["uncovered"].values())
    assert lost + area["covered"] == pytest.approx(area["total"], rel=1e-9)
    # The cells are 1300 × 1500 m; the river takes 600 × 40 m of them, and is never ground.
    assert area["total"] == pytest.approx(1300 * 1500 - 600 * 40, rel=1e-9)


def test_the_cells_say_their_share_and_class(city):
    result = study.run(city, WALK, Budget(minutes=6))
    rows = result.cells.set_index(city.cells["code"])
    # West, south of y = 250 and x < 300: only (200, 100), 30 people, covered. A place on the
    # border x = 300 belongs to the lowest row: ws holds (300, 0), (300, -260), (300, -600) too.
    assert rows.loc["ws", "people"] == 10 + 30 + 70 + 80
    assert rows.loc["ws", "covered"] == 40
    assert rows.loc["ws", "class"] == "partial"
    assert rows.loc["wn", ["people", "covered", "share"]].tolist() == [40, 0, 0]
    assert (rows.loc["wn", "class"], rows.loc["wn", "reason"]) == ("none", "severed")
    assert rows.loc["en", "reason"] == "beyond_reach"


@pytest.mark.parametrize("at", [None, datetime(2026, 11, 20, 22, 30)])
def test_one_cell_is_told_without_drawing_the_city(city, at, monkeypatch):
    budget, need = Budget(minutes=6), Need((), at)
    whole = study.run(city, WALK, budget, need).cells
    monkeypatch.setattr(drawn, "circle", None)  # draws the whole city
    for row in range(len(city.cells)):
        alone = study.run(city, WALK, budget, need).cell(row)
        # Sums of areas differ in their last bits, because tiles are cut elsewhere.
        pd.testing.assert_frame_equal(alone, whole.iloc[[row]], check_like=True, rtol=1e-9)


def test_a_cell_of_water_is_told(city):
    """Its ground is empty: there is nothing to draw a window around."""
    ground = city.ground.copy()
    ground.loc[0, "geometry"] = shapely.Polygon()
    ground.loc[0, ["ground_m2", "judged_m2"]] = 0.0
    drowned = replace(city, ground=ground)
    row = int(ground["row"].iloc[0])
    alone = study.run(drowned, WALK, Budget(minutes=6)).cell(row)
    assert alone[["covered_m2", "ring_m2"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_a_cell_without_people_has_no_share_but_a_reason():
    quiet = toy_city([(0, 0)], [(100, 0, 5.0)])
    rows = study.run(quiet, WALK, Budget(minutes=5)).cells.set_index(quiet.cells["code"])
    assert math.isnan(rows.loc["en", "share"])
    assert rows.loc["en", "null_reason"] == "no_people"
    assert rows.loc["ws", "share"] == 1 and rows.loc["ws", "class"] == "full"


def test_without_people_the_ground_still_answers():
    unknown = toy_city([(0, 0)], None)
    summary = study.run(unknown, WALK, Budget(minutes=5)).to_json()
    assert summary["people"] == {
        "total": None,
        "judged": None,
        "covered": None,
        "share": None,
        "share_of_judged": None,
        "reason": "no demand file",
    }
    assert 0 < summary["area_m2"]["share"] < 1
    assert all(row["people"] is None for row in summary["uncovered"].values())


@pytest.mark.parametrize("people", [[(100, 0, 5.0)], [], None])
def test_without_stations_nobody_is_covered_and_nothing_breaks(people):
    empty = toy_city([], people)
    result = study.run(empty, WALK, Budget(minutes=15))
    summary = result.to_json()
    assert summary["stations"] == 0 and summary["area_m2"]["covered"] == 0
    assert summary["ring"]["area_m2"]["covered"] == 0
    assert len(result.circles) == 0 and len(result.ring) == 0 and len(result.gaps) > 0
    if people:
        assert summary["uncovered"]["beyond_reach"]["people"] == 5


def test_a_closed_station_serves_nobody():
    both = toy_city([(0, 0), (500, 0)], PEOPLE, closed=[1])
    alone = toy_city([(0, 0)], PEOPLE)
    first = study.run(both, WALK, Budget(minutes=5)).to_json()
    second = study.run(alone, WALK, Budget(minutes=5)).to_json()
    assert first == second


# ------------------------------------------------------------------ the drawn circle is the truth


@pytest.mark.parametrize("profile", [WALK, EBIKE], ids=["walk", "ebike"])
def test_inside_the_drawn_circle_means_in_time_but_for_one_pixel(city, profile, record_property):
    budget = Budget(minutes=6)
    result = study.run(city, profile, budget)
    circle = shapely.union_all(result.circles.geometry.to_numpy())
    rng = np.random.default_rng(6)
    places = xy(*rng.uniform((-300, -300), (900, 800), (1_000, 2)))
    step = city.pixels.grid.step_m

    def in_time(spots):
        link = city.street_index(profile).link(spots)
        got = city.times(profile).arrival(link)
        return (link.edge >= 0) & (got.time_ms <= result.budget_ms)

    drawn, exact = shapely.contains_xy(circle, places[:, 0], places[:, 1]), in_time(places)
    differ = np.flatnonzero(drawn != exact)
    rate = len(differ) / len(places)
    record_property("disagreement_rate", rate)
    print(f"{profile.name}: drawn and exact differ at {rate:.2%} of {len(places)} places")
    origin = np.array([city.pixels.grid.x0, city.pixels.grid.y0])
    for place in places[differ]:
        low = origin + np.floor((place - origin) / step) * step
        corners = low + np.array([(0, 0), (step, 0), (0, step), (step, step)])
        # All four centres are within one diagonal; both answers must occur among them and it.
        assert len(set(in_time(corners)) | {in_time(place[None])[0]}) == 2
    assert 0.1 < exact.mean() < 0.9  # the sample sees both sides


def test_bands_nest_and_the_ring_holds_the_circle(city):
    for profile in (WALK, EBIKE):
        drawn = [
            shapely.union_all(
                study.run(city, profile, Budget(minutes=m)).circles.geometry.to_numpy()
            )
            for m in (2, 4, 6)
        ]
        for small, large in pairwise(drawn):
            assert small.difference(large).area < 1e-6
        radius = Budget(minutes=6).metres(profile) + city.pixels.grid.diagonal_m
        ring = service_area.ring_area(city.stations, radius)
        assert drawn[-1].difference(shapely.union_all(ring.to_numpy())).area == 0


def test_the_union_of_circles_is_the_multi_source_answer():
    spots = [(0, 0), (400, 200), (100, 480)]
    together = toy_city(spots)
    for profile in (WALK, EBIKE):
        all_ms = together.times(profile).pixels.time_ms
        graph, links = together.graph(profile), together.pixel_links(profile)
        single = []
        for row in range(len(spots)):
            seeds = together.seeds(profile, np.array([row]))
            nodes = reach.nearest(graph, seeds)
            single.append(reach.arrival(together.network, graph, links, nodes, seeds).time_ms)
        assert np.array_equal(all_ms, np.min(single, axis=0))


def test_gaps_are_ranked_by_people_and_carry_their_cause(city):
    ranked = study.run(city, WALK, Budget(minutes=6)).gaps
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked["people"].is_monotonic_decreasing
    # Lost and judged: 40 severed + 50 beyond reach + 60 unreachable + 70 without a street.
    by_class = ranked.groupby("class")["people"].sum()
    assert by_class["severed"] == 40 and by_class["beyond_reach"] == 50
    assert by_class["unreachable"] == 60 and by_class["no_street"] == 70
    assert set(ranked.loc[ranked["class"] == "severed", "barrier"]) >= {"River"}


def test_gaps_and_circle_share_the_judged_ground(city):
    result = study.run(city, WALK, Budget(minutes=6))
    circle = shapely.union_all(result.circles.geometry.to_numpy())
    gap = shapely.union_all(result.gaps.geometry.to_numpy())
    # They meet at the same line: the overlap is at most a sliver of a pixel along the border.
    assert gap.intersection(circle).area < 0.002 * circle.area


# ------------------------------------------------------------------ laws

_spot = st.tuples(st.integers(-50, 550), st.integers(-50, 550))


@settings(max_examples=15, deadline=None)
@given(st.lists(_spot, min_size=1, max_size=4), _spot, st.integers(1, 10))
def test_more_time_or_another_station_never_loses_anybody(spots, extra, minutes):
    crowd = [(x, y, 1.0) for x in range(0, 501, 50) for y in range(0, 501, 100)]
    before = toy_city(spots, crowd)
    after = toy_city([*spots, extra], crowd)
    for profile in (WALK, EBIKE):
        short = study.run(before, profile, Budget(minutes=minutes)).unit_class == gaps.COVERED
        longer = study.run(before, profile, Budget(minutes=minutes + 1)).unit_class == gaps.COVERED
        more = study.run(after, profile, Budget(minutes=minutes)).unit_class == gaps.COVERED
        assert not (short & ~longer).any()
        assert not (short & ~more).any()
        radius = Budget(minutes=minutes).metres(profile)
        distance, _ = gaps.nearest_in_line(before.units_xy, before.open_xy)
        assert not (short & (distance > radius)).any()


# ------------------------------------------------------------------ one station, one place


def position(x: float, y: float) -> Position:
    at = xy((x, y))
    lon, lat = unproject(at[:, 0], at[:, 1], CRS)
    return Position(float(lon[0]), float(lat[0]))


def test_bands_of_a_station_count_its_own_people(city):
    bands = enquiry.station_bands(city, 0, WALK).set_index("minutes")
    # 5 min: (300, 0) and (200, 100); 10 min adds (310, 0) and (100, 300); 15 min nobody (1000 s).
    assert bands["people"].to_dict() == {5: 40, 10: 100, 15: 100}
    assert bands["area_m2"][5] < bands["area_m2"][10] < bands["area_m2"][15]
    assert bands.geometry[10].covers(bands.geometry[5])


def test_a_place_is_explained_by_the_same_numbers(city):
    told = enquiry.explain(city, WALK, Budget(minutes=6), position(100, 300))
    assert told.time_ms == pytest.approx(400_000, abs=2)
    assert (told.cause, told.barrier, told.station) == ("severed", "River", 0)
    assert [city.cells["code"].iat[row] for row in told.cells] == ["w", "wn"]
    covered = enquiry.explain(city, WALK, Budget(minutes=7), position(100, 300))
    assert covered.cause is None
    nowhere = enquiry.explain(city, WALK, Budget(minutes=7), position(300, -260))
    assert (nowhere.cause, nowhere.time_ms, nowhere.leg_m) == ("no_street", None, None)
    assert nowhere.straight_m == pytest.approx(math.hypot(300, 260), abs=1e-3)
