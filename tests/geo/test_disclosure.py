"""Attack the public edition: nobody may get a small count back from what is published."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from geo import disclosure, grid, study
from geo.disclosure import MARKS, REASON, SMALL, WITHHELD
from geo.model import PROFILES, Budget
from tests.geo.toy_city import toy_city


def figures_of(parent: list[int], people: list[float], covered: list[float]):
    """Return cells and figures of a tree whose leaves have these people; sums above."""
    count = len(parent)
    cells = pd.DataFrame(
        {
            "code": [f"{row:03d}" for row in range(count)],
            "parent": ["" if up < 0 else f"{up:03d}" for up in parent],
            "level": 1,
        }
    )
    depth = [0] * count
    for row, up in enumerate(parent):  # parents come before their children
        depth[row] = 0 if up < 0 else depth[up] + 1
    cells["level"] = np.array(depth) + 1
    total, reached = np.array(people, float), np.array(covered, float)
    for row in range(count - 1, -1, -1):
        if parent[row] >= 0:
            total[parent[row]] += total[row]
            reached[parent[row]] += reached[row]
    share = np.divide(reached, total, out=np.full(count, np.nan), where=total > 0)
    figures = pd.DataFrame(
        {
            "people": total,
            "people_judged": total,
            "covered": reached,
            "uncovered": total - reached,
            "ring_covered": total,
            "share": share,
            "class": np.select([total == 0, share >= 0.95, share <= 0.05], ["", "full", "none"],
                               "partial"),
            "null_reason": np.where(total > 0, "", "no_people"),
            "reason": "",
        }
    )  # fmt: skip
    return cells, figures


def attacked(cells, exact, shown):
    """Return, per cell, the bounds of its people, covered and uncovered that an attacker finds.

    The attacker knows every published count *exactly*, not only rounded to ten, the whole of the
    hierarchy, that counts are not negative, and what the marks say. Linear programs, HiGHS.
    """
    parent, count = grid.parent_rows(cells), len(cells)
    least, most = np.zeros(2 * count), np.full(2 * count, exact["people"][parent < 0].sum())
    a_eq, b_eq, a_ub, b_ub = [], [], [], []
    unit = np.eye(2 * count)  # people of every cell, then its covered people
    for row in range(count):
        mark, people, covered = shown["suppressed"][row], unit[row], unit[count + row]
        a_ub.append(covered - people)
        b_ub.append(0.0)
        for value, name, form in (("people", "people", people), ("covered", "covered", covered)):
            if np.isfinite(shown[value][row]):
                a_eq.append(form)
                b_eq.append(exact[name][row])
        for name, form in (("people", people), ("covered", covered),
                           ("uncovered", people - covered)):  # fmt: skip
            if mark == f"{name}{SMALL}":
                a_ub += [form, -form]
                b_ub += [9.5, 0.0]
        children = np.flatnonzero(parent == row)
        if len(children):
            for block in (0, count):
                a_eq.append(unit[block + row] - unit[block + children].sum(axis=0))
                b_eq.append(0.0)
    top = np.flatnonzero(parent < 0)
    whole, reached = (unit[block + top].sum(axis=0) for block in (0, count))
    totals = {"people": whole, "covered": reached, "uncovered": whole - reached}
    small = [name for name in totals if disclosure.is_small(exact[name][top].sum())]
    for name, form in totals.items():  # the totals of the city are published
        if small == [name]:
            a_ub += [form, -form]
            b_ub += [9.5, 0.0]
        elif name == "people" or not small:
            a_eq.append(form)
            b_eq.append(exact[name][top].sum())
    known = {"A_ub": np.array(a_ub), "b_ub": b_ub, "A_eq": np.array(a_eq), "b_eq": b_eq}
    bounds = np.column_stack([least, most])

    def extent(form):
        ends = [linprog(sign * form, bounds=bounds, **known) for sign in (1, -1)]
        assert all(end.status == 0 for end in ends), [end.message for end in ends]
        return ends[0].fun, -ends[1].fun

    return lambda row, name: extent(
        {"people": unit[row], "covered": unit[count + row],
         "uncovered": unit[row] - unit[count + row]}[name]
    )  # fmt: skip


def random_tree(seed: int):
    """Return a random hierarchy with many small, empty, wholly and not at all covered cells."""
    rng = np.random.default_rng(seed)
    parent = [-1] * int(rng.integers(1, 4))
    level = list(range(len(parent)))
    for _ in range(int(rng.integers(0, 4))):
        below = []
        for up in level:
            if rng.random() < 0.8:
                kids = range(len(parent), len(parent) + int(rng.integers(1, 5)))
                parent += [up] * len(kids)
                below += kids
        level = below[:10]
    leaf = ~np.isin(np.arange(len(parent)), parent)
    scale = rng.choice([3, 12, 60])
    people = np.where(leaf, np.round(rng.exponential(scale, len(parent)) * 1024) / 1024, 0)
    people[rng.random(len(parent)) < 0.2] = 0
    part = rng.choice([0, 0, 1, 1, 0.07, 0.5, 0.93], len(parent))
    return parent, people.tolist(), (np.round(people * part * 1024) / 1024).tolist()


@pytest.mark.parametrize("block", range(8))
def test_no_attacker_narrows_a_small_count(block):
    """Check 200 random cities: what can be found of a small count spans eight people at least."""
    widths = []
    for seed in range(25 * block, 25 * block + 25):
        cells, exact = figures_of(*random_tree(seed))
        if exact["people"][cells["parent"] == ""].sum() < 9.5:
            continue
        shown = disclosure.public_cells(cells, exact)
        extent = attacked(cells, exact, shown)
        for row in range(len(cells)):
            p = exact["people"][row]
            names = ["people"] if disclosure.is_small(p) else ["covered", "uncovered"]
            for name in names:
                if disclosure.is_small(exact[name][row]):
                    low, high = extent(row, name)
                    widths.append(high - low)
                    assert high - low >= 8 - 1e-6, (seed, row, name, low, high)
    assert len(widths) > 50


def public(parent, people, covered):
    cells, exact = figures_of(parent, people, covered)
    return disclosure.public_cells(cells, exact)


def test_a_small_cell_takes_its_cheapest_sibling_along():
    # 100 = 4 + 26 + 70: without 26 the attacker knows 30 = small + sibling. The parent is told.
    shown = public([-1, 0, 0, 0], [0, 4, 26, 70], [0, 4, 26, 70])
    assert shown["suppressed"].tolist() == ["", "people<10", WITHHELD, ""]
    assert shown["people"].fillna(-1).tolist() == [100, -1, -1, 70]
    # Nothing is said of a cell whose people are withheld: its class would tell on its share.
    assert shown["share"].isna().tolist() == [False, True, True, False]
    assert shown["class"].tolist() == ["full", "", "", "full"]
    assert shown["null_reason"].tolist() == ["", REASON, REASON, ""]


def test_three_small_cells_hide_each_other():
    # 15 = 5 + 5 + 5: each may be anything from 0 to 9.5, as the others may (15 - 9.5 - 5.5 = 0).
    shown = public([-1, 0, 0, 0, 0], [0, 5, 5, 5, 300], [0] * 5)
    assert shown["suppressed"].tolist() == ["", *["people<10"] * 3, ""]
    assert shown["people"].iloc[[0, 4]].tolist() == [320, 300]  # 315 rounds up


def test_two_small_cells_without_another_sibling_are_told_no_range():
    # 16 = 7 + 9 and both below 9.5 would leave 6.5 to 9.5 for each.
    shown = public([-1, 0, 0], [0, 7, 9], [0, 7, 9])
    assert shown["suppressed"].tolist() == ["", WITHHELD, WITHHELD]


def test_few_uncovered_people_hide_the_covered_ones():
    # 300 people, 296 covered: 4 are not. In the other cell somebody is neither; it goes along,
    # or 4 = (300 + 100) - 40 - (296 + 60) were known.
    shown = public([-1, 0, 0, 0], [0, 300, 100, 100], [0, 296, 60, 0])
    assert shown["suppressed"].tolist() == ["", "uncovered<10", WITHHELD, ""]
    assert shown["people"].tolist() == [500, 300, 100, 100]
    assert shown["covered"].fillna(-1).tolist() == [360, -1, -1, 0]
    # Fewer than 9.5 of at least 295 are less than 5 %: this cell is full, which tells no more.
    assert shown["class"].tolist() == ["partial", "full", "", "none"]


def test_nothing_small_is_only_rounded_and_zero_is_zero():
    shown = public([-1, 0, 0, 0], [0, 104, 96, 0], [0, 104, 45, 0])
    assert shown["people"].tolist() == [200, 100, 100, 0]
    assert shown["covered"].tolist() == [150, 100, 50, 0]  # 149, 104, 45 rounds up
    assert shown["uncovered"].tolist() == [50, 0, 50, 0]  # each rounded by itself: 51
    assert shown["share"].iloc[:3].tolist() == [0.75, 1.0, 0.5]  # of the rounded counts
    assert (shown["suppressed"] == "").all()
    assert shown["null_reason"].tolist() == ["", "", "", "no_people"]


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (0.2, None), (9.4, None), (9.5, 10), (14.9, 10), (15, 20)]
)
def test_what_rounds_to_one_to_nine_people_is_small(count, told):
    assert disclosure.public_count(count) == told
    assert disclosure.public_count(None) is None


def test_parts_of_a_total_do_not_give_a_small_one_away():
    shown, marks = disclosure.public_split([4, 31, 120], 155)
    assert marks.tolist() == [SMALL, WITHHELD, ""] and shown[2] == 120
    # What the parts leave of the total, here 100, is told nowhere: nothing else need be withheld.
    assert disclosure.public_split([4, 31, 120], 255)[1].tolist() == [SMALL, "", ""]
    assert disclosure.public_split([np.nan, 3.0])[1].tolist() == ["", ""]  # nobody is known


def test_unknown_people_stay_unknown():
    cells, exact = figures_of([-1, 0, 0], [0, 5, 5], [0, 5, 0])
    exact[["people", "covered"]] = np.nan
    exact["class"] = "none"  # by ground
    shown = disclosure.public_cells(cells, exact)
    assert (shown["suppressed"] == "").all() and (shown["class"] == "none").all()


def test_the_answer_is_the_same_each_time_and_knows_only_its_marks():
    cells, exact = figures_of(*random_tree(7))
    first, second = (disclosure.public_cells(cells, exact) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert set(first["suppressed"]) <= set(MARKS)


def numbers(value, path=""):
    """Return every number of an answer with the way to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, f"{path}.{key}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def a_study(people):
    data = toy_city([(0, 0)], people, outside=[(5000, 5000, 3)])
    return study.run(data, PROFILES["walk"], Budget(minutes=1))


def test_a_summary_counts_no_small_number_of_people():
    # In reach within a minute at 1.25 m/s: 40 at the station. 6 are too far by street, 3 outside.
    found = a_study([(0, 5, 40), (400, 5, 6)])
    exact = found.to_json()
    shown = disclosure.public_summary(
        exact, found.data.cells, disclosure.public_cells(found.data.cells, found.cells)
    )
    assert json.loads(json.dumps(shown))  # plain values
    counts = [
        (path, number)
        for path, number in numbers(shown)
        if ".people" in path and "share" not in path
    ]
    assert counts and all(number % 10 == 0 for _, number in counts)
    assert shown["people"]["total"] == 50 and shown["people"]["covered"] is None  # 49; 49 - 40 = 9
    assert shown["people"]["reason"] == REASON and shown["people"]["share"] is None
    assert shown["suppressed"]["outside"] in (SMALL, WITHHELD)
    assert shown["suppressed"]["covered"] == WITHHELD
    told = [
        row["places"] for name, row in shown["uncovered"].items() if name in shown["suppressed"]
    ]
    assert told and set(told) == {None}
    for level in shown["levels"].values():
        assert level["cells"] == sum(level[key] for key in ("full", "partial", "none", "unknown"))


def test_a_headline_of_nobody_known_stays_as_it_is():
    found = study.run(toy_city([(0, 0)], None), PROFILES["walk"], Budget(minutes=1))
    exact = study.headline(found)
    shown = disclosure.public_headline(exact)
    assert shown == exact | {"suppressed": {}}


def test_gaps_are_ranked_by_what_is_told():
    gaps = gpd.GeoDataFrame(
        {
            "rank": [1, 2, 3, 4],
            "class": ["detour"] * 4,
            "people": [60.0, 31.0, 4.0, 0.0],
            "area_m2": [10.0, 20.0, 30.0, 99.0],
        },
        geometry=gpd.points_from_xy([0] * 4, [0] * 4),
    )
    shown = disclosure.public_gaps(gaps, {"detour": 95.0})
    # 4 is small; 31 goes along, or it were 95 - 60 - 31. Both count as nothing in the ranking.
    assert shown["people"].fillna(-1).tolist() == [60, 0, -1, -1]
    assert shown["suppressed"].tolist() == ["", "", SMALL, WITHHELD]
    assert shown["area_m2"].tolist() == [10, 99, 30, 20] and shown["rank"].tolist() == [1, 2, 3, 4]
