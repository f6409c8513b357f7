"""Two studies side by side: figures by hand on the toy city, and the laws of a difference."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coverage, disclosure, export, scenario, study
from geo.capacity import Crowd
from geo.city import ANYTIME
from geo.errors import OptionError
from geo.model import Budget, Need
from geo.scenario import compare, whatif
from geo.scenario.changes import CloseStation, MoveStation, OpenSite
from geo.scenario.compare import STATES, difference
from tests.geo.test_whatif import FOUR, PEOPLE, WALK, at
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

CHANGED = ("difference", "share_difference", "median_s_difference")
OPENED = (OpenSite("n", at(500, 0), "n", capacity=9),)


def studied(data, changes=(), budget=FOUR, need=ANYTIME, profile=WALK):
    return study.run(scenario.apply(data, changes), profile, budget, need)


@pytest.fixture(scope="module")
def found():
    """Return the difference that a second station at (500, 0) makes to one at (0, 0)."""
    data = toy_city([(0, 0)], PEOPLE)
    return difference(studied(data), studied(data, OPENED))


def test_the_cells_are_counted_by_hand(found):
    """In the west 1 of 3 people is covered before and after; in the east 0 of 4, then all 4.

    Times in the west: one person 100 s, two 300 s, so the half is at 300 s. In the east 700 s to
    (0, 0), then 200 s to (500, 0).
    """
    cells = found.cells.set_index("code")
    assert cells.loc[["w", "e", "ws", "es"], "level"].tolist() == [1, 1, 2, 2]
    for west, east in (("w", "e"), ("ws", "es")):
        row = cells.loc[west]
        assert (row["total"], row["before_covered"], row["after_covered"]) == (3, 1, 1)
        assert (row["difference"], row["share_before"], row["share_difference"]) == (0, 1 / 3, 0)
        assert (row["median_s_before"], row["median_s_difference"]) == (300, 0)
        row = cells.loc[east]
        assert (row["total"], row["before_covered"], row["after_covered"]) == (4, 0, 4)
        assert (row["difference"], row["share_after"], row["share_difference"]) == (4, 1, 1)
        assert (row["class_before"], row["class_after"]) == ("none", "full")
        assert (row["median_s_before"], row["median_s_after"]) == (700, 200)
        assert row["median_s_difference"] == -500
    empty = cells.loc["wn"]
    assert empty["null_reason"] == "no_people"
    assert empty[["share_before", "share_after", "share_difference"]].isna().all()


def test_the_whole_city_is_counted_by_hand(found):
    """Seven people: half of them need 700 s before (100, 300, 300, then 700), 200 s after."""
    totals = found.totals
    assert totals["before"] == {
        "stations": 1,
        "covered": 1,
        "share": 1 / 7,
        "share_of_judged": 1 / 7,
        "median_s": 700,
    }
    assert (totals["after"]["covered"], totals["after"]["median_s"]) == (5, 200)
    assert totals["difference"]["stations"] == 1
    assert (totals["difference"]["covered"], totals["difference"]["median_s"]) == (4, -500)
    assert (totals["gained"], totals["lost"]) == (4, 0)


def test_people_move_from_class_to_class(found):
    """The two at (300, 0) are 200 m from the new station: the gate at (450, 0) refuses them now.

    Before, no station was within 240 m of them, nor of the four at (500, 200).
    """
    moved = found.moved
    assert moved.to_numpy().sum() == 7
    assert moved.loc["covered", "covered"] == 1
    assert moved.loc["beyond_reach", "covered"] == 4
    assert moved.loc["beyond_reach", "refused"] == 2


def test_json_holds_everything_without_nan(found):
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (told["city"], told["measure"], told["minutes"]) == ("toy", "people", 4)
    assert told["cells"]["code"] == found.cells["code"].tolist()
    north = told["cells"]["code"].index("wn")
    assert told["cells"]["share_difference"][north] is None
    assert told["moved"]["states"] == list(STATES)
    assert told["moved"]["table"][0][0] == 1


def test_every_row_of_the_file_says_that_it_is_internal(found):
    table = export.differences(found)
    assert table["edition"].str.contains("内部资料").all() and len(table) == len(found.cells)
    assert export.comparison(found)["edition"] == "internal"


def test_the_public_difference_follows_from_two_public_tables():
    """Who holds both tables can compute every number of it; gained, lost and medians it keeps."""
    data = toy_city([(0, 0)], [(0, 0, 50.0), (200, 0, 4.0), (500, 0, 80.0), (500, 500, 6.0)])
    both = [studied(data), studied(data, OPENED)]
    sides = [disclosure.public_cells(data.cells, each.shares) for each in both]
    table = export.differences(difference(*both), "public")
    assert table["edition"].str.contains("公开版").all()
    for side, cells in zip(("before", "after"), sides, strict=True):
        assert table[f"{side}_covered"].equals(cells["covered"])
        assert table[f"suppressed_{side}"].equals(cells["suppressed"])
    assert table["difference"].equals(sides[1]["covered"] - sides[0]["covered"])
    assert table["difference"].isna().any() and (table["difference"].dropna() % 10 == 0).all()
    assert not any("median" in name for name in table)
    told = export.comparison(difference(*both), "public")
    json.dumps(told, allow_nan=False)
    exact = export.comparison(difference(*both))
    assert (exact["totals"]["gained"], told["totals"]["gained"]) == (80.0, None)
    assert told["moved"] is None and "median_s_after" not in told["cells"]
    told_of = [told["totals"][side]["covered"] for side in ("before", "after")]
    wanted = [disclosure.public_headline(study.headline(e))["people"]["covered"] for e in both]
    assert told_of == wanted


def test_where_nobody_is_known_ground_is_compared():
    """The new station's circle in the east is drawn ground; pixels say how much changes class."""
    data = toy_city([(0, 0)], None)
    before, after = studied(data), studied(data, OPENED)
    found = difference(before, after)
    assert found.measure == "ground_m2"
    cells = found.cells
    wanted = after.cells["covered_m2"] - before.cells["covered_m2"]
    assert cells["difference"].tolist() == wanted.tolist()
    east = cells.set_index("code").loc["es"]
    assert east["difference"] > 10_000 and 0 < east["share_difference"] <= 1
    assert cells["median_s_difference"].isna().all()
    told = found.to_json()
    json.dumps(told, allow_nan=False)
    assert told["reason"] == "no demand file"
    assert told["totals"]["gained"] > told["totals"]["lost"] == 0
    # Pixels and the drawn line differ by at most a pixel along the edge of the circle.
    assert told["totals"]["gained"] == pytest.approx(
        told["totals"]["difference"]["covered"], rel=0.2
    )
    assert opposite(found, difference(after, before))


def opposite(one: compare.Difference, other: compare.Difference) -> bool:
    """Insist that two differences are each other's opposite, exactly."""
    for name in CHANGED:
        mine, theirs = one.cells[name].to_numpy(), other.cells[name].to_numpy()
        assert np.array_equal(mine, -theirs, equal_nan=True)
    for here, there in (("before", "after"), ("after", "before")):
        for name in ("share_", "class_", "median_s_"):
            pd.testing.assert_series_equal(
                one.cells[name + here], other.cells[name + there], check_names=False
            )
        assert one.totals[here] == other.totals[there]
    for name, value in one.totals["difference"].items():
        assert value == (None if value is None else -other.totals["difference"][name])
    assert (one.totals["gained"], one.totals["lost"]) == (
        other.totals["lost"],
        other.totals["gained"],
    )
    assert np.array_equal(one.moved.to_numpy(), other.moved.to_numpy().T)
    return True


SPOT = st.builds(at, st.integers(0, 50).map(lambda k: 10.0 * k), st.just(5.0))
EDITS = st.lists(
    st.one_of(
        st.builds(MoveStation, st.sampled_from(["s0", "s1"]), SPOT),
        st.builds(CloseStation, st.sampled_from(["s0", "s1", "s2"])),
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def city():
    rng = np.random.default_rng(51)
    spots = [(*rng.uniform(-60, 560, 2), float(rng.integers(1, 4000)) / 1024) for _ in range(80)]
    return toy_city([(0, 0), (0, 500), (300, 500)], spots, outside=[(520, 300, 3.5)])


@settings(max_examples=25)
@given(one=EDITS, other=EDITS, profile=st.sampled_from(sorted(TOY_PROFILES)))
def test_a_difference_is_the_opposite_of_its_reverse(city, one, other, profile):
    before = studied(city, one, profile=TOY_PROFILES[profile])
    after = studied(city, other, profile=TOY_PROFILES[profile])
    found = difference(before, after)
    assert opposite(found, difference(after, before))
    gained, lost = found.totals["gained"], found.totals["lost"]
    assert gained - lost == found.totals["difference"]["covered"]
    leaves = found.cells[found.cells["level"] == 2]["difference"].sum()
    tops = found.cells[found.cells["level"] == 1]["difference"].sum()
    assert leaves == tops == found.totals["difference"]["covered"]


@settings(max_examples=15)
@given(edits=EDITS)
def test_a_difference_says_what_a_board_says(city, edits):
    found = difference(studied(city), studied(city, edits))
    told = whatif.board(city, WALK, FOUR).after(edits)
    assert (found.totals["gained"], found.totals["lost"]) == (told.gained, told.lost)
    assert np.flatnonzero(found.cells["difference"]).tolist() == told.rows.tolist()


def test_nothing_changes_in_nothing(city):
    found = difference(studied(city), studied(city))
    assert not found.cells["difference"].any()
    off = found.moved.to_numpy() - np.diag(np.diag(found.moved))
    assert not off.any()


def test_seats_are_compared_like_everything_else(city):
    """More seats move people from full to covered and take none away."""
    data = scenario.apply(city, [])
    crowd = Crowd(500, default_seats=1)
    seated = scenario.apply(data, [OpenSite("n", at(250, 0), "n", capacity=40)])
    before = study.run(data, WALK, Budget(minutes=8), crowd=crowd)
    after = study.run(seated, WALK, Budget(minutes=8), crowd=crowd)
    found = difference(before, after)
    assert found.moved.loc["full", "covered"] > 0
    assert opposite(found, difference(after, before))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"budget": Budget(minutes=5)}, "the budget is 4min in one and 5min in the other"),
        ({"need": Need(at=datetime(2026, 11, 20, 10, 0))}, "the need is any station"),
        ({"profile": TOY_PROFILES["ebike"]}, "walk in one and ebike in the other"),
    ],
)
def test_other_questions_are_refused_in_words(city, changed, said):
    with pytest.raises(OptionError, match=said):
        difference(studied(city), studied(city, **changed))


def test_other_cities_are_refused_in_words(city):
    with pytest.raises(OptionError, match="differ in their cells or people"):
        difference(studied(city), studied(toy_city([(0, 0)], PEOPLE)))
    with pytest.raises(OptionError, match="differ in their cells or people"):
        difference(studied(city), studied(toy_city([(0, 0)], None)))
    # The same city made twice is the same.
    again = [toy_city([(0, 0)], PEOPLE) for _ in range(2)]
    assert not difference(*map(studied, again)).cells["difference"].any()


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 5)), max_size=20)
)
def test_medians_of_groups_are_those_of_each_group_alone(rows):
    group, values, weights = np.array(rows, int).reshape(-1, 3).T
    found = coverage.weighted_medians(values.astype(float), weights.astype(float), group, 4)
    for number in range(4):
        mine = group == number
        alone = coverage.weighted_median(values[mine], weights[mine].astype(float))
        assert (np.isnan(found[number]) and alone is None) or found[number] == alone
