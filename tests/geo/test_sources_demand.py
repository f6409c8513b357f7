"""Where people live: read with all faults told, spread without losing anybody."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from geo.errors import InputError
from geo.model import PEOPLE_QUANTUM
from geo.sources.demand import read_demand, spread
from geo.sources.water import read_water

METRIC = "EPSG:4545"
X, Y = 500_000.0, 3_000_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


EVERYWHERE = box(-10_000, -10_000, 10_000, 10_000)
NO_WATER = frames.empty("water", METRIC)
NO_HOUSES = frames.empty("buildings", METRIC)


def demand(people: list[float], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return frames.make("demand", {"people": people}, shapes, METRIC)


def houses(shapes: list[shapely.Geometry], residential: list[bool]) -> gpd.GeoDataFrame:
    return frames.make("buildings", {"residential": residential}, shapes, METRIC)


def spread_over(
    people: list[float],
    shapes: list[shapely.Geometry],
    near: shapely.Geometry = EVERYWHERE,
    water: gpd.GeoDataFrame = NO_WATER,
    buildings: gpd.GeoDataFrame = NO_HOUSES,
) -> gpd.GeoDataFrame:
    return spread(demand(people, shapes), near=near, water=water, buildings=buildings)


def test_a_point_is_one_place() -> None:
    units = spread_over([7, 3], [shapely.Point(X, Y), shapely.Point(X + 20_000, Y)])
    assert list(units["people"]) == [7, 3]
    assert list(units["outside"]) == [False, True]
    assert list(units["source"]) == [0, 1]


def test_people_live_evenly_on_the_land() -> None:
    # 100 m × 100 m holds four squares of 50 m: 25 people each.
    units = spread_over([100], [box(0, 0, 100, 100)])
    assert list(units["people"]) == [25.0] * 4
    spots = {(point.x - X, point.y - Y) for point in units.geometry}
    assert spots == {(25, 25), (75, 25), (25, 75), (75, 75)}


def test_nobody_lives_on_water() -> None:
    lake = frames.make("water", {"name": ["湖"]}, [box(50, 0, 100, 100)], METRIC)
    units = spread_over([100], [box(0, 0, 100, 100)], water=lake)
    assert list(units["people"]) == [50.0, 50.0]
    assert (units.geometry.x < X + 50).all()


def test_people_of_an_area_that_is_all_water_are_kept() -> None:
    lake = frames.make("water", {"name": ["湖"]}, [box(-50, -50, 200, 200)], METRIC)
    units = spread_over([8], [box(0, 0, 50, 50)], water=lake)
    assert units["people"].sum() == 8


def test_people_beyond_the_streets_are_one_place_outside() -> None:
    # Streets are near the west third only: 2/3 of the land, and of the people, is outside.
    units = spread_over([300], [box(0, 0, 150, 50)], near=box(-500, -500, 50, 500))
    inside, outside = units[~units["outside"]], units[units["outside"]]
    assert list(inside["people"]) == [100.0]
    assert list(outside["people"]) == [200.0]
    assert outside.geometry.iloc[0].x > X + 50


def test_people_live_in_homes_by_footprint_where_homes_are_known() -> None:
    blocks = houses(
        [box(0, 0, 30, 10), box(60, 60, 70, 70), box(20, 60, 90, 90)], [True, True, False]
    )
    units = spread_over([200], [box(0, 0, 100, 100)], buildings=blocks)
    assert list(units["people"]) == [150.0, 50.0]  # 300 m² and 100 m²; the office holds nobody


def test_a_few_mapped_homes_do_not_draw_a_whole_town() -> None:
    # 100 m² of homes for 5,000 people: most houses are missing from the map.
    hut = houses([box(0, 0, 10, 10)], [True])
    units = spread_over([5000], [box(0, 0, 100, 100)], buildings=hut)
    assert list(units["people"]) == [1250.0] * 4


def test_homes_beyond_the_streets_do_not_count() -> None:
    far = houses([box(80, 0, 90, 50)], [True])
    units = spread_over([100], [box(0, 0, 100, 50)], near=box(-9, -9, 50, 59), buildings=far)
    assert list(units[~units["outside"]]["people"]) == [50.0]
    assert (units[~units["outside"]].geometry.x < X + 50).all()


shapes = st.builds(
    lambda x, y, width, height: box(x, y, x + width, y + height),
    st.integers(-900, 900),
    st.integers(-900, 900),
    st.floats(1, 400),
    st.floats(1, 400),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1e5), shapes), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_every_source_keeps_its_total_exactly(
    sources: list[tuple[float, shapely.Polygon]], wet: bool, dense: bool
) -> None:
    lake = frames.make("water", {"name": [""]}, [box(-100, -900, 100, 900)], METRIC)
    homes = houses(
        [box(k * 90, k * 90, k * 90 + 60, k * 90 + 60) for k in range(-8, 8)], [True] * 16
    )
    people = [count for count, _ in sources]
    units = spread_over(
        people,
        [shape for _, shape in sources],
        near=shapely.Point(X, Y).buffer(700),
        water=lake if wet else NO_WATER,
        buildings=homes if dense else NO_HOUSES,
    )
    quanta = units["people"] / PEOPLE_QUANTUM
    assert (quanta == quanta.round()).all()
    sums = units.groupby("source")["people"].sum().reindex(range(len(people)), fill_value=0.0)
    assert (np.abs(sums - people) <= PEOPLE_QUANTUM).all()
    assert all(sums[row] == count for row, count in enumerate(people) if count == int(count))
    assert abs(sums.sum() - math.fsum(people)) <= PEOPLE_QUANTUM / 2
    held = shapely.intersects(
        shapely.buffer(np.array([sources[row][1] for row in units["source"]]), 1e-6),
        units.geometry.to_numpy(),
    )
    assert held.all()


def test_fractions_of_many_rows_do_not_add_up_to_an_error() -> None:
    # 0.3 people is 307.2 quanta: each row alone loses 0.2 of one, all 1,000 together 200.
    corner = box(0, 0, 40, 40)
    units = spread_over([0.3] * 1000 + [7.0], [corner] * 1001)
    assert units["people"].sum() == pytest.approx(307.0, abs=PEOPLE_QUANTUM / 2)
    assert units.loc[units["source"] == 1000, "people"].sum() == 7.0


def write(path: Path, shapes: list[Any], **columns: list[Any]) -> Path:
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


HERE = shapely.box(106.5, 29.5, 106.6, 29.6)


def test_people_are_read_from_any_column_named(tmp_path: Path) -> None:
    path = write(tmp_path / "d.gpkg", [HERE], wp=[1234], 名称=["甲"])
    table, notes = read_demand(path, fields={"people": "wp"})
    assert (table.loc[0, "people"], table.loc[0, "name"]) == (1234.0, "甲")
    assert notes[-1].zh == "1 个面、0 个点，共 1234 人"


def test_people_are_read_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text('小区,经度,纬度,人口\n甲,106.5,29.5,"1,200"\n乙,106.6,29.6,35\n', "utf-8")
    table, _ = read_demand(path)
    assert list(table["people"]) == [1200.0, 35.0]
    assert (table.geometry.iloc[1].x, table.geometry.iloc[1].y) == (106.6, 29.6)


def test_all_faults_of_the_people_are_told(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(106, 29), (107, 30), (107, 29), (106, 30)])
    path = write(
        tmp_path / "d.geojson",
        [HERE, HERE, bow_tie, None],
        people=["1e12", "many", "-3", None],
        name=["甲", "乙", "丙", "丁"],
    )
    with pytest.raises(InputError) as error:
        read_demand(path)
    assert [str(fault).split(" → ")[0] for fault in error.value.faults] == [
        "d.geojson: row 4: 丁: no geometry",
        "d.geojson: row 3: 丙: Self-intersection[106.5 29.5]",
        "d.geojson: column people: row 2: many",
        "d.geojson: column people: row 4: no value (NaN)",
        "d.geojson: column people: row 1: 1e12",
        "d.geojson: column people: row 3: -3",
    ]


def test_endless_people_are_a_slip(tmp_path: Path) -> None:
    path = write(tmp_path / "d.gpkg", [HERE] * 3, people=[7.0, math.inf, 1e300])
    with pytest.raises(InputError) as told:
        read_demand(path)
    assert [fault.where[-5:] for fault in told.value.faults] == ["row 2", "row 3"]


def test_the_column_with_people_must_be_there(tmp_path: Path) -> None:
    path = write(tmp_path / "d.gpkg", [HERE], wp=[1])
    with pytest.raises(InputError, match="no column with people; it has: wp"):
        read_demand(path)
    with pytest.raises(InputError, match="no column 'pw' for people → it has: wp"):
        read_demand(path, fields={"people": "pw"})


def test_water_is_read_into_the_metric_crs(tmp_path: Path) -> None:
    river = shapely.LineString([(106.5, 29.5), (106.6, 29.5)])
    path = write(tmp_path / "w.gpkg", [HERE, river], name=["湖", "河"])
    water, notes = read_water(path, crs=METRIC)
    assert list(water["name"]) == ["湖"]
    assert str(water.crs) == METRIC
    assert notes[0].count == 1


def test_water_that_crosses_itself_is_refused(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(106, 29), (107, 30), (107, 29), (106, 30)])
    with pytest.raises(InputError, match=r"w\.gpkg: row 2: Self-intersection"):
        read_water(write(tmp_path / "w.gpkg", [HERE, bow_tie], name=["a", "b"]), crs=METRIC)


def test_lines_as_demand_are_told_what_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "people.geojson"
    line = shapely.LineString([(116.3, 39.9), (116.4, 39.9)])
    gpd.GeoDataFrame({"people": [5]}, geometry=[line], crs=4326).to_file(path)
    with pytest.raises(InputError, match="a LineString → give polygons or points"):
        read_demand(path)
