"""People by minutes: figures by hand on the toy city, and the law that bins and budget agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import minutes, study
from geo.model import Budget
from geo.reach import UNREACHED
from tests.geo.test_whatif import FOUR, PEOPLE, WALK
from tests.geo.toy_city import toy_city


def asked(stations, people, budget=FOUR, **more):
    return study.run(toy_city(stations, people, **more), WALK, budget)


def test_the_minutes_are_counted_by_hand():
    """1 person needs 100 s, 2 need 300 s exactly, 4 need 700 s (see ``test_whatif.py``).

    100 s stand in the second minute, 300 s = 5 min still in the fifth, 700 s in the twelfth.
    """
    found = minutes.histogram(asked([(0, 0)], PEOPLE))
    expected = np.zeros(minutes.LONGEST_MIN)
    expected[[1, 4, 11]] = 1, 2, 4
    assert found.bins.tolist() == expected.tolist()
    assert (found.beyond, found.unreached, found.outside, found.total) == (0, 0, 0, 7)
    assert (found.measure, found.reason) == ("people", None)


def test_medians_of_cells_and_of_those_above_are_counted_by_hand():
    """West: 100, 300, 300 s, the half is at 300 s; east: 700 s. The north is empty."""
    run = asked([(0, 0)], PEOPLE)
    found = dict(zip(run.data.cells["code"], minutes.medians_s(run), strict=True))
    assert [found[code] for code in ("w", "ws", "e", "es")] == [300, 300, 700, 700]
    assert np.isnan(found["wn"])


def test_who_has_no_way_or_cannot_be_judged_stands_beside_the_bins():
    closed = minutes.histogram(asked([(0, 0)], PEOPLE, closed=[0], outside=[(900, 900, 5.0)]))
    assert closed.bins.sum() == 0
    assert (closed.unreached, closed.outside, closed.total) == (7, 5, 12)
    assert np.isnan(minutes.medians_s(asked([(0, 0)], PEOPLE, closed=[0]))).all()


def test_a_city_without_people_counts_ground_and_says_so():
    run = asked([(0, 0)], None)
    found = minutes.histogram(run)
    assert (found.measure, found.reason) == ("ground_m2", "no demand file")
    on_ground = run.data.pixels.cell >= 0
    area = run.data.pixels.grid.step_m**2
    reached = (run.times.pixels.time_ms <= 240_000) & on_ground
    assert found.bins[:4].sum() == pytest.approx(reached.sum() * area)
    assert found.bins.sum() + found.beyond + found.unreached == pytest.approx(
        on_ground.sum() * area
    )
    # Every pixel weighs the same: the median of a cell is that of its pixels.
    codes = run.data.cells["code"].to_numpy()
    medians = dict(zip(codes, minutes.medians_s(run), strict=True))
    for code in ("ws", "es"):
        here = codes[run.data.pixels.cell] == code
        times = np.sort(run.times.pixels.time_ms[here & on_ground])
        half = times[(len(times) - 1) // 2]
        assert half >= UNREACHED if np.isnan(medians[code]) else medians[code] == half / 1000


def test_a_city_with_nobody_in_it_has_empty_bins():
    found = minutes.histogram(asked([(0, 0)], []))
    assert found.total == 0 and found.measure == "people"


_SPOT = st.tuples(st.sampled_from([0, 100, 300, 450, 500]), st.sampled_from([0, 100, 200, 500]))
_PEOPLE = st.lists(st.tuples(_SPOT, st.integers(1, 9)), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(_PEOPLE, st.integers(1, 15), _SPOT)
def test_bins_up_to_the_budget_are_the_covered_people(people, budget, station):
    """And the median of the whole city stands in the bin where half of the people are reached."""
    spots = [(float(x), float(y), float(count)) for (x, y), count in people]
    run = asked([station], spots, Budget(minutes=budget))
    found = minutes.histogram(run)
    assert found.bins[:budget].sum() == study.headline(run)["people"]["covered"]
    assert found.total == sum(count for *_, count in spots)
    times = np.repeat(run.times.units.time_ms, [int(count) for *_, count in spots])
    half = np.sort(times)[(len(times) - 1) // 2]
    median = study.median_s(run)
    assert median == (None if half >= UNREACHED else half / 1000)
