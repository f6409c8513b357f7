"""Who depends on which station: by hand in the toy city, and by removing every station in turn."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import dependence, gaps, pairs, reach, study
from geo.city import CityData
from geo.model import Budget, Need
from tests.geo.beside import beside
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK, RIDE = TOY_PROFILES["walk"], TOY_PROFILES["ebike"]
FIVE = Budget(minutes=5)  # 300 m on foot at 1 m/s

#: Two stations 400 m apart on the street y = 0, and people along it. In 300 s: 0 reaches only s0,
#: 200 both, 400 both at 200 s and 0 s … the last one none.
STATIONS = [(100, 0), (400, 0)]
PEOPLE = [(0, 0, 16), (200, 0, 8), (300, 0, 4), (400, 100, 2), (0, 300, 1)]


def test_closure_impact_by_hand():
    found = dependence.run(toy_city(STATIONS, PEOPLE), WALK, FIVE)
    # To s0 at (100, 0) and s1 at (400, 0), in metres = seconds:
    #   16 at (0, 0): 100, 400 → only s0
    #    8 at (200, 0): 100, 200 → both; without s0 100 s more
    #    4 at (300, 0): 200, 100 → both; without s1 100 s more
    #    2 at (400, 100): 400, 100 → only s1
    #    1 at (0, 300): 400, … → none
    rows = found.stations
    assert rows["people"].tolist() == [28.0, 14.0]
    assert rows["places"].tolist() == [3, 3]
    assert rows["only"].tolist() == [16.0, 2.0]
    assert rows["only_places"].tolist() == [1, 1]
    assert rows["share_only"].tolist() == pytest.approx([16 / 28, 2 / 14])
    assert rows["moved"].tolist() == [8.0, 4.0]
    assert rows["extra_mean_s"].tolist() == [100.0, 100.0]
    assert rows["extra_max_s"].tolist() == [100.0, 100.0]
    overlap = found.overlap()
    assert overlap["people"].tolist() == [1.0, 18.0, 12.0, 0.0]
    assert overlap["places"].tolist() == [1, 2, 2, 0]
    assert overlap["share"].tolist() == pytest.approx([1 / 31, 18 / 31, 12 / 31, 0])


def test_cells_of_all_levels_add_up():
    found = dependence.run(toy_city(STATIONS, PEOPLE), WALK, FIVE)
    cells = found.cells()
    code = found.data.cells["code"].tolist()
    # West of x = 300: 16 once, 8 twice, and 1 in the north never. On the border 4 stand in the
    # western cell (the lower row): twice. East: 2 once.
    west, south, north, east = (code.index(name) for name in ("w", "ws", "wn", "e"))
    times = list(dependence.TIMES)
    assert cells.loc[west, times].tolist() == [1, 16, 12, 0]
    assert cells.loc[south, times].tolist() == [0, 16, 12, 0]
    assert cells.loc[north, times].tolist() == [1, 0, 0, 0]
    assert cells.loc[east, times].tolist() == [0, 2, 0, 0]
    assert cells["mean_times"][south] == pytest.approx((16 + 2 * 12) / 28)
    assert np.isnan(cells["mean_times"][code.index("en")])


def test_waiting_and_closing_count():
    # 11:58 on a Friday; s0 opens at noon, so 8 at (200, 0) wait 20 s there: 120 s; s1 closes at
    # noon, so it serves those within 120 s only: 4 at (300, 0), 100 s; 2 at (400, 100), 100 s.
    hours = ["Mo-Su 12:00-18:00", "Mo-Su 08:00-12:00"]
    need = Need(at=datetime(2026, 11, 20, 11, 58))
    found = dependence.run(toy_city(STATIONS, PEOPLE, hours=hours), WALK, FIVE, need)
    rows = found.stations
    assert rows["people"].tolist() == [28.0, 6.0]
    assert rows["only"].tolist() == [24.0, 2.0]  # 8 at (200, 0) are 200 s from s1: too late
    # 4 at (300, 0) lose s1 at 100 s and keep s0 at 200 s: 100 s more.
    assert rows["moved"].tolist() == [0.0, 4.0]
    assert rows["extra_mean_s"].tolist()[1] == 100.0
    assert rows["state"].tolist() == ["serves", "serves"]
    first = found.served.first[1]
    assert (found.served.station[first], found.served.time_ms[first]) == (0, 120_000)


def test_stations_that_do_not_offer_the_service_serve_nobody():
    data = toy_city(STATIONS, PEOPLE, services=["water", "rest"])
    rows = dependence.run(data, WALK, FIVE, Need(("water",))).stations
    assert rows["state"].tolist() == ["serves", "service_missing"]
    assert rows["people"].tolist() == [28.0, 0.0]
    assert rows["only"].tolist() == [28.0, 0.0]
    assert rows["share_only"].isna().tolist() == [False, True]


def without(data: CityData, row: int) -> CityData:
    """Return the city with one station out of service."""
    stations = data.stations.copy()
    stations.loc[stations.index[row], "status"] = "closed"
    return data.with_stations(stations, data.station_links)


def removed(data, profile, budget, need) -> list[tuple[float, float, float | None]]:
    """Return lost people, moved people and mean extra seconds of each station, by closing it."""

    def seconds(city: CityData) -> np.ndarray:
        found = study.run(city, profile, budget, need)
        times = found.times.units.time_ms
        in_time = found.unit_class == gaps.COVERED
        return np.where(in_time, times / 1000.0, np.inf)

    people, before = data.units["people"].to_numpy(), seconds(data)
    out = []
    for row in range(len(data.stations)):
        after = seconds(without(data, row))
        lost = np.isfinite(before) & ~np.isfinite(after)
        longer = np.isfinite(after) & (after > before)
        extra = (people[longer] * (after[longer] - before[longer])).sum()
        out.append((people[lost].sum(), extra))
    return out


SPOT = st.tuples(st.integers(-2, 24), st.integers(-2, 22)).map(lambda k: (25.0 * k[0], 25.0 * k[1]))
HOURS = st.sampled_from(["24/7", "Mo-Su 08:00-12:00", "Mo-Su 12:01-20:00", "", "Mo 08:00-09:00"])


@settings(deadline=None, max_examples=25)
@given(
    stations=st.lists(SPOT, min_size=1, max_size=5, unique=True),
    people=st.lists(SPOT, min_size=1, max_size=12),
    profile=st.sampled_from([WALK, RIDE]),
    minutes=st.sampled_from([1, 3, 5, 9]),
    at=st.sampled_from([None, datetime(2026, 11, 20, 11, 58)]),
    hours=st.lists(HOURS, min_size=5, max_size=5),
)
def test_closure_impact_equals_closing_every_station(stations, people, profile, minutes, at, hours):
    spots = [(x, y, 1.0 + k) for k, (x, y) in enumerate(people)]
    data = toy_city(stations, spots, hours=hours[: len(stations)])
    budget, need = Budget(minutes=minutes), Need(at=at)
    found = dependence.run(data, profile, budget, need)
    for row, (lost, extra) in enumerate(removed(data, profile, budget, need)):
        ours = found.stations.iloc[row]
        assert ours["only"] == lost
        mean = 0.0 if np.isnan(ours["extra_mean_s"]) else ours["extra_mean_s"]
        assert mean * ours["moved"] == pytest.approx(extra)
    covered = study.run(data, profile, budget, need).unit_class == gaps.COVERED
    assert np.array_equal(dependence.times_covered(found.served) > 0, covered)


@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_closure_impact_in_the_demonstration_city_equals_searching_again(demo_streets, profile):
    here = beside(demo_streets, profile, 2000, 30, seed=51, metres=50.0)
    network, graph, links, seeds = here.network, here.graph, here.links, here.seeds
    people = np.random.default_rng(52).integers(1, 50, 2000).astype(float)
    found = dependence.impacts(pairs.build(network, graph, links, seeds, 900_000), people)

    def seconds(start: reach.Seeds) -> np.ndarray:
        nodes = reach.nearest(graph, start)
        times = reach.arrival(network, graph, links, nodes, start).time_ms
        return np.where(times <= 900_000, times / 1000.0, np.inf)

    before = seconds(seeds)
    assert found["only"].sum() > 0
    for station in range(30):
        after = seconds(seeds.only(np.arange(30) != station))
        lost = np.isfinite(before) & np.isinf(after)
        assert found["only"][station] == people[lost].sum()
        longer = np.isfinite(after) & (after > before)
        extra = (people[longer] * (after[longer] - before[longer])).sum()
        mean = np.nan_to_num(found["extra_mean_s"][station])
        assert mean * found["moved"][station] == pytest.approx(extra)
        most = np.nan_to_num(found["extra_max_s"][station])
        assert most == pytest.approx((after[longer] - before[longer]).max(initial=0.0))


def test_another_station_lowers_every_dependence():
    spots = [(50.0 * i, 50.0 * j, 1.0) for i in range(11) for j in range(11)]
    few = dependence.run(toy_city(STATIONS, spots), WALK, FIVE)
    more = dependence.run(toy_city([*STATIONS, (250, 100)], spots), WALK, FIVE)
    assert (more.stations["only"][:2] <= few.stations["only"]).all()
    assert more.overlap()["people"]["0"] <= few.overlap()["people"]["0"]
    assert np.all(dependence.times_covered(more.served) >= dependence.times_covered(few.served))


def test_people_outside_are_in_no_row():
    data = toy_city(STATIONS, PEOPLE, outside=[(100, 0, 64)])
    found = dependence.run(data, WALK, FIVE)
    assert found.overlap()["people"].sum() == 31.0
    assert found.stations["people"].tolist() == [28.0, 14.0]


def test_nobody_is_far_from_a_second_station_that_is_not_reached():
    # One station alone: nobody keeps another, so nobody needs longer.
    found = dependence.run(toy_city([(100, 0)], PEOPLE), WALK, FIVE).stations.iloc[0]
    assert found["moved"] == 0.0
    assert np.isnan(found["extra_mean_s"]) and np.isnan(found["extra_max_s"])
