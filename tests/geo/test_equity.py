"""How evenly the way is shared out between groups: every figure is counted by hand beside it.

Walking is 1 m/s, so metres are seconds; the streets stand in ``toy.py``, the cells in
``toy_city.py``: west and east of x = 300, each cut at y = 250.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from geo import equity, inequality, study
from geo.city import CityData
from geo.errors import OptionError
from geo.memory import Memory
from geo.model import PROFILES, Budget, Need
from tests.geo.toy import TOY_PROFILES, toy
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
FIVE = Budget(minutes=5)  # 300 s

# One station at (0, 0); places and seconds on foot, and the leaf that holds them:
#   (100, 0)  100 ws · (200, 0)  200 ws · (400, 0)  400 es · (500, 100)  600 es · (100, 300) 400 wn
#   (800, 150)   –  es: the far street leads nowhere
PEOPLE = [
    (100, 0, 10),
    (200, 0, 20),
    (400, 0, 30),
    (500, 100, 10),
    (100, 300, 8),
    (800, 150, 2),
]
AGED = [4, 8, 3, 1, 1, 2]


def known(
    city: CityData,
    *,
    kinds: Mapping[str, str] | None = None,
    aged: Sequence[float] | None = None,
    slow: bool = False,
) -> CityData:
    """Return the city with types of its cells, its old people and a graph for slow walkers."""
    cells, units, network = city.cells.copy(), city.units, city.network
    for code, kind in (kinds or {}).items():
        cells.loc[cells["code"] == code, "kind"] = kind
    if aged is not None:
        units = units.assign(aged_60=np.array(aged, float))
    if slow:
        network = toy().network(TOY_PROFILES | {"slow": PROFILES["slow"]})
    return replace(city, cells=cells, units=units, network=network, _memory=Memory())


def figures(group: equity.Group) -> tuple[float, float, float, float]:
    """Return people, unreached, covered and the mean time of a group."""
    found = group.spread
    return found.people, found.unreached, found.covered, found.mean_s


def test_all_people_of_the_city():
    found = equity.measure(toy_city([(0, 0)], PEOPLE), WALK, FIVE).overall.spread
    assert (found.people, found.unreached, found.outside, found.covered) == (80, 2, 0, 30)
    assert found.share == 30 / 80
    # 78 people: 10 at 100, 20 at 200, 38 at 400, 10 at 600.
    assert found.mean_s == pytest.approx((1000 + 4000 + 15200 + 6000) / 78)
    # Pairs: 10·20·100 + 10·38·300 + 10·10·500 + 20·38·200 + 20·10·400 + 38·10·200 = 492,000.
    assert found.gini == pytest.approx(492_000 * 2 / (2 * 78**2 * (26_200 / 78)))
    # Of 80: the 8th, 20th, 40th, 60th, 72nd and 76th; 10 · 30 · 68 · 78 close the steps.
    assert found.quantiles_s == (100, 200, 400, 400, 600, 600)


def test_the_share_is_the_study_s():
    city = toy_city([(0, 0)], PEOPLE, outside=[(300, -600, 20)])
    found = equity.measure(city, WALK, FIVE).overall.spread
    told = study.run(city, WALK, FIVE).to_json()
    for name in ("share", "share_of_judged", "covered"):
        assert getattr(found, name) == told["people"][name]
    assert (found.people, found.outside) == (100, 20)
    assert found.quantiles_s[2] == told["median_s"]


def test_types_of_community():
    city = known(
        toy_city([(0, 0)], PEOPLE),
        kinds={"ws": "老旧住宅", "es": "成熟住宅"},
    )
    found = equity.measure(city, WALK, FIVE)
    assert [group.key for group in found.by_kind] == ["成熟住宅", "老旧住宅", ""]
    ripe, old, unknown = found.by_kind
    assert figures(old) == (30, 0, 30, pytest.approx((1000 + 4000) / 30))
    assert figures(ripe) == (42, 2, 0, pytest.approx((12_000 + 6_000) / 40))
    assert figures(unknown) == (8, 0, 0, 400)  # in wn, whose type nobody told
    # 10 at 100 and 20 at 200: pairs 20,000, twice; 2 · 30² · 166.67.
    assert old.spread.gini == pytest.approx(40_000 / (2 * 900 * (500 / 3)))
    assert unknown.spread.gini == 0.0
    assert found.kind_reason is None


def test_without_types_and_ages_the_reason_stands():
    found = equity.measure(toy_city([(0, 0)], PEOPLE), WALK, FIVE)
    assert (found.by_kind, found.by_age) == ((), ())
    assert (found.kind_reason, found.age_reason) == (equity.NO_KINDS, equity.NO_AGES)


def test_aged_cells_and_the_aged_themselves():
    city = known(toy_city([(0, 0)], PEOPLE), aged=AGED)
    groups = {group.key: group for group in equity.measure(city, WALK, FIVE).by_age}
    assert list(groups) == ["aged", "other", "aged_60", "under_60"]
    # ws: 12 of 30 = 40 % are 60 or older; es: 6 of 42; wn: 1 of 8.
    assert figures(groups["aged"]) == (30, 0, 30, pytest.approx(5_000 / 30))
    assert figures(groups["other"])[:3] == (50, 2, 0)
    assert figures(groups["aged_60"])[:3] == (19, 2, 12)
    # 4 at 100, 8 at 200, 3 and 1 at 400, 1 at 600
    assert groups["aged_60"].spread.mean_s == pytest.approx((400 + 1600 + 1600 + 600) / 17)
    assert figures(groups["under_60"])[:3] == (61, 0, 18)


def test_the_aged_are_asked_for_again_as_slow_walkers():
    city = known(toy_city([(0, 0)], PEOPLE), aged=AGED, slow=True)
    found = equity.measure(city, WALK, FIVE).by_age
    assert [(group.key, group.profile) for group in found] == [
        ("aged", "walk"),
        ("aged", "slow"),
        ("other", "walk"),
        ("aged_60", "walk"),
        ("aged_60", "slow"),
        ("under_60", "walk"),
    ]
    # At 0.8 m/s the 100 m take 125 s and the 200 m 250 s: covered still; 400 m take 500 s.
    slow = found[1].spread
    assert (slow.covered, slow.quantiles_s[0], slow.quantiles_s[-1]) == (30, 125, 250)
    assert slow.gini == pytest.approx(found[0].spread.gini)  # another speed, the same inequality
    # As far as in metres, both reach the same.
    metres = equity.measure(city, WALK, Budget(distance_m=200)).by_age
    assert metres[1].spread.covered == metres[0].spread.covered == 30
    # Who asks for slow walkers is not told twice.
    alone = equity.measure(city, PROFILES["slow"], FIVE).by_age
    assert [group.key for group in alone] == ["aged", "other", "aged_60", "under_60"]


def test_exactly_thirty_percent_is_not_more_than_thirty():
    # 3 of 10 in ws; in es 0.3 · 10 people over two places, each rounded up to a quantum.
    people = [(100, 0, 10), (400, 0, 5), (500, 0, 5)]
    third = 1.5 + 1 / 1024
    city = known(toy_city([(0, 0)], people), aged=[3, third, third])
    groups = {group.key: group.spread for group in equity.measure(city, WALK, FIVE).by_age}
    assert groups["aged"].people == 0
    assert groups["aged"].reason == inequality.NO_PEOPLE
    assert groups["other"].people == 20


def test_unknown_ages_are_a_group_of_their_own():
    city = known(toy_city([(0, 0)], PEOPLE), aged=[4, np.nan, np.nan, np.nan, np.nan, np.nan])
    groups = {group.key: group.spread for group in equity.measure(city, WALK, FIVE).by_age}
    # In ws 4 of the 10 whose age is known: 40 %, so its 30 people live in an aged cell.
    assert groups["aged"].people == 30
    assert groups["unknown"].people == 50
    assert (groups["aged_60"].people, groups["under_60"].people) == (4, 6)


def test_people_in_no_cell_have_neither_type_nor_age_of_a_cell():
    city = toy_city([(0, 0)], [(100, 0, 10), (200, 0, 5)])
    city.units["cell"] = np.array([2, -1], np.int32)
    city = known(city, kinds={"ws": "老旧住宅"}, aged=[5, 5])
    found = equity.measure(city, WALK, FIVE)
    assert [(group.key, group.spread.people) for group in found.by_kind] == [
        ("老旧住宅", 10),
        ("", 5),
    ]
    ages = {group.key: group.spread.people for group in found.by_age}
    assert ages == {"aged": 10, "other": 0, "unknown": 5, "aged_60": 10, "under_60": 5}


def test_cells_of_a_level():
    city = toy_city([(0, 0)], PEOPLE)
    assert equity.measure(city, WALK, FIVE).cells == ()
    halves = equity.measure(city, WALK, FIVE, level=1).cells
    assert [(group.key, group.name) for group in halves] == [("w", "half w"), ("e", "half e")]
    assert [figures(group)[:3] for group in halves] == [(38, 0, 30), (42, 2, 0)]
    leaves = {group.key: group.spread for group in equity.measure(city, WALK, FIVE, level=2).cells}
    assert list(leaves) == ["ws", "wn", "es", "en"]
    assert leaves["en"].reason == inequality.NO_PEOPLE
    assert leaves["wn"].quantiles_s == (400,) * 6
    with pytest.raises(OptionError, match="no level 3"):
        equity.measure(city, WALK, FIVE, level=3)


def test_a_closed_station_is_no_way():
    city = toy_city([(0, 0)], PEOPLE, hours=["09:00-18:00"], services=["water"])
    day, night = (Need(at=datetime(2026, 11, 20, hour)) for hour in (10, 22))
    assert equity.measure(city, WALK, FIVE, day).overall.spread.covered == 30
    shut = equity.measure(city, WALK, FIVE, night).overall.spread
    assert (shut.covered, shut.unreached, shut.reason) == (0, 80, inequality.NO_WAY)
    dry = equity.measure(city, WALK, FIVE, Need(("charging",))).overall.spread
    assert dry.reason == inequality.NO_WAY


@pytest.mark.parametrize("people", [None, ()])
def test_a_city_without_known_people_answers_in_words(people):
    told = equity.summary(toy_city([(0, 0)], people), WALK, FIVE, level=1)
    if people is None:
        assert told["overall"] is None
        assert told["reason"] == told["kind_reason"] == told["age_reason"] == "no demand file"
        assert told["cells"] == []
    else:
        assert told["overall"]["reason"] == inequality.NO_PEOPLE
        assert [cell["gini"] for cell in told["cells"]] == [None, None]


def test_a_city_without_stations_answers_in_words():
    found = equity.measure(toy_city([], PEOPLE), WALK, FIVE).overall.spread
    assert (found.covered, found.share, found.reason) == (0, 0.0, inequality.NO_WAY)


def test_relabelling_the_places_changes_nothing():
    order = np.array([5, 2, 0, 4, 1, 3])
    one = known(toy_city([(0, 0)], PEOPLE), kinds={"w": "a", "es": "b"}, aged=AGED, slow=True)
    other = known(
        toy_city([(0, 0)], [PEOPLE[row] for row in order]),
        kinds={"w": "a", "es": "b"},
        aged=[AGED[row] for row in order],
        slow=True,
    )
    assert equity.summary(one, WALK, FIVE, level=2) == equity.summary(other, WALK, FIVE, level=2)


def test_groups_add_up_to_the_city():
    city = known(
        toy_city([(0, 0)], PEOPLE, outside=[(300, -600, 7)]),
        kinds={"ws": "a", "es": "b"},
        aged=[*AGED, 7],
    )
    found = equity.measure(city, WALK, FIVE, level=2)
    for field in ("people", "outside", "unreached", "covered"):
        whole = getattr(found.overall.spread, field)
        ages = {group.key: getattr(group.spread, field) for group in found.by_age}
        assert sum(getattr(group.spread, field) for group in found.by_kind) == whole
        assert sum(getattr(group.spread, field) for group in found.cells) == whole
        assert ages["aged"] + ages["other"] + ages.get("unknown", 0) == whole
        assert ages["aged_60"] + ages["under_60"] == whole
