"""Community types and people aged 60+: read as they are written, inherited, shared out exactly."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from geo.errors import InputError
from geo.model import PEOPLE_QUANTUM
from geo.sources import ages
from geo.sources.areas import read_areas
from geo.sources.demand import read_demand, spread

METRIC = "EPSG:4545"
X, Y = 500_000.0, 3_000_000.0
EVERYWHERE = shapely.box(X - 9_000, Y - 9_000, X + 9_000, Y + 9_000)


def write(path: Path, **columns: list) -> Path:
    """Write squares side by side, 0.01° each, as areas or as demand."""
    count = len(next(iter(columns.values())))
    shapes = [shapely.box(106.5 + 0.01 * k, 29.5, 106.51 + 0.01 * k, 29.51) for k in range(count)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    return path


def test_cells_inherit_what_they_have_not_themselves(tmp_path: Path) -> None:
    # a ─ b ─ d, a ─ c: b has its own type, c and the share of d come from above.
    path = write(
        tmp_path / "a.gpkg",
        code=["a", "b", "c", "d"],
        level=[1, 2, 2, 3],
        parent=["", "a", "a", "b"],
        社区类型=["老旧住宅", "移民安置", "", None],
        **{"60岁以上占比(%)": ["32%", "", "0.25", None]},
    )
    cells, _, notes = read_areas(path)
    assert list(cells["kind"]) == ["老旧住宅", "移民安置", "老旧住宅", "移民安置"]
    assert list(cells["aged_60_share"]) == [0.32, 0.32, 0.25, 0.32]
    told = [note.zh for note in notes]
    assert told == ["2 种社区类型：老旧住宅 2、移民安置 2（含下级）", "4 个网格有 60 岁以上占比"]


@pytest.mark.parametrize("header", ["kind", "类型", "社区类型", "type", "Community_Type"])
def test_types_have_many_headers(tmp_path: Path, header: str) -> None:
    cells, _, _ = read_areas(write(tmp_path / "a.gpkg", code=["a"], **{header: ["成熟住宅"]}))
    assert list(cells["kind"]) == ["成熟住宅"]


def test_areas_without_types_and_ages_know_nothing(tmp_path: Path) -> None:
    cells, _, _ = read_areas(write(tmp_path / "a.gpkg", code=["a"]))
    assert list(cells["kind"]) == [""]
    assert cells["aged_60_share"].isna().all()


def test_a_level_made_of_groups_has_no_type_of_its_own(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg", code=["a", "b"], parent=["东区", "西区"], kind=["老旧住宅", ""]
    )
    cells, _, _ = read_areas(path)
    assert dict(zip(cells["code"], cells["kind"], strict=True)) == {
        "东区": "", "西区": "", "a": "老旧住宅", "b": "",
    }  # fmt: skip


def test_shares_are_read_and_all_that_are_none_are_told() -> None:
    raw = pd.Series(["0.3", "32 %", "32％", "", "1", "32", "-0.1", "101%", "viele", "nan"])
    share, faults = ages.shares(raw, "a.gpkg: column x")
    assert np.allclose(share[:5], [0.3, 0.32, 0.32, np.nan, 1.0], equal_nan=True)
    assert [fault.where for fault in faults] == [
        f"a.gpkg: column x: row {row}" for row in (6, 7, 8, 9, 10)
    ]
    assert faults[0].seen == "32"  # 32 what? people or percent
    assert "% sign" in faults[0].remedy


def test_a_wrong_share_of_an_area_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", code=["a", ""], aged_60_share=["1.5", "0.5"])
    with pytest.raises(InputError) as error:
        read_areas(path)
    told = "\n".join(map(str, error.value.faults))
    assert "column aged_60_share: row 1: 1.5" in told
    assert "column code: row 2: empty" in told  # all faults at once


def test_a_count_goes_before_a_share(tmp_path: Path) -> None:
    path = write(
        tmp_path / "d.gpkg",
        people=[1000, 200, 50, 10],
        aged_60=["310", "", None, "10"],
        age60=["0.5", "0.25", None, None],
    )
    demand, notes = read_demand(path)
    # 310 counted; 0.25 × 200 = 50; unknown; all 10.
    assert np.allclose(demand["aged_60"], [310, 50, np.nan, 10], equal_nan=True)
    assert notes[-1].zh == "其中 60 岁以上 370 人（1210 人的年龄已知）"


def test_more_old_people_than_people_are_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "d.gpkg", people=[10, 10, 10], aged_60=["11", "-1", "some"])
    with pytest.raises(InputError) as error:
        read_demand(path)
    assert [fault.seen for fault in error.value.faults] == [
        "11 of 10 people",
        "-1 of 10 people",
        "some of 10 people",
    ]


def test_old_people_live_where_people_live() -> None:
    # 100 people on four squares of 50 m, 25 each; 30 old ones: 7.5 each.
    square = shapely.box(X, Y, X + 100, Y + 100)
    demand = frames.make("demand", {"people": [100.0], "aged_60": [30.0]}, [square], METRIC)
    units = spread(
        demand,
        near=EVERYWHERE,
        water=frames.empty("water", METRIC),
        buildings=frames.empty("buildings", METRIC),
    )
    assert list(units["people"]) == [25.0] * 4
    assert list(units["aged_60"]) == [7.5] * 4


def test_unknown_ages_are_filled_by_the_cell() -> None:
    cells = pd.DataFrame({"aged_60_share": [0.4, np.nan]})
    units = pd.DataFrame(
        {
            "people": [10.0, 30.0, 8.0, 5.0, 7.0],
            "cell": np.array([0, 0, 1, -1, 0], np.int32),
            "aged_60": [np.nan, np.nan, np.nan, np.nan, 1.0],
        }
    )
    # Cell 0: 0.4 × 10 and 0.4 × 30, the counted 1 stays; cell 1 and no cell: unknown.
    filled = ages.filled_from_cells(units, cells)
    assert np.allclose(filled, [4, 12, np.nan, np.nan, 1], equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 5_000), min_size=1, max_size=6),  # quanta of the places
            st.none() | st.floats(0, 1),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_source_keeps_its_old_people_exactly(sources: list) -> None:
    people = np.array([q for places, _ in sources for q in places]) * PEOPLE_QUANTUM
    source = np.repeat(np.arange(len(sources)), [len(places) for places, _ in sources])
    total = np.bincount(source, people)
    aged = np.array([np.nan if s is None else s for _, s in sources]) * total
    out = ages.spread(aged, people, source)
    known = ~np.isnan(aged)
    assert np.array_equal(np.isnan(out), ~known[source])
    held = out[known[source]]
    assert (held / PEOPLE_QUANTUM == np.round(held / PEOPLE_QUANTUM)).all()
    assert (held >= 0).all()
    assert (held <= people[known[source]]).all()  # nobody is older than all
    sums = np.bincount(source, np.nan_to_num(out), minlength=len(sources))
    assert (np.abs(sums - aged)[known] <= PEOPLE_QUANTUM).all()


def test_a_city_made_before_ages_were_known_is_completed() -> None:
    cells = gpd.GeoDataFrame({"code": ["a"]}, geometry=[EVERYWHERE], crs=METRIC)
    done = frames.completed(cells, "cells")
    assert (done.loc[0, "kind"], done.loc[0, "parent"]) == ("", "")
    assert np.isnan(done.loc[0, "aged_60_share"])
    assert "level" not in done  # what a source must have is not made up
    assert frames.completed(done, "cells") is done
