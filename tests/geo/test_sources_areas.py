"""Administrative cells: codes, levels and parents, given or found; square cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frames
from geo.errors import InputError, OptionError
from geo.model import Level
from geo.sources.areas import read_areas, square_cells, touching

EAST, NORTH, STEP = 106.5, 29.5, 0.01
METRIC = "EPSG:4545"

LEFT, RIGHT = (0, 0, 1, 1), (1, 0, 2, 1)
BOTH = (0, 0, 2, 1)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(
        EAST + west * STEP, NORTH + south * STEP, EAST + east * STEP, NORTH + north * STEP
    )


def write(path: Path, boxes: list[Any], **columns: list[Any]) -> Path:
    shapes = [box(*each) if isinstance(each, tuple) else each for each in boxes]
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


def test_codes_levels_and_parents_are_taken_as_given(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [BOTH, LEFT, RIGHT],
        网格编码=["50", "5001", "5002"],
        网格名称=["区", "东街", "西街"],
        级别=["1级", "2级", "2级"],
        上级=[None, "50", "50"],
    )
    cells, levels, notes = read_areas(path)
    assert list(cells["code"]) == ["50", "5001", "5002"]
    assert list(cells["level"]) == [1, 2, 2]
    assert list(cells["parent"]) == ["", "50", "50"]
    assert [level.level for level in levels] == [1, 2]
    assert notes == ()


def test_levels_may_be_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [LEFT, BOTH, RIGHT],
        code=["b", "a", "c"],
        level=["社区", "街道", "社区"],
        parent=["a", "", "a"],
    )
    cells, levels, _ = read_areas(path)
    assert list(cells["level"]) == [2, 1, 2]
    assert levels == (
        Level(1, "subdistrict", "街道", "Subdistrict"),
        Level(2, "community", "社区", "Community"),
    )


def test_names_of_levels_are_the_city_s_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [BOTH, LEFT], code=["a", "b"], level=["大网格", "小网格"])
    cells, levels, _ = read_areas(path, level_names=["大网格", "小网格"])
    assert list(cells["level"]) == [1, 2]
    assert [level.title_zh for level in levels] == ["大网格", "小网格"]
    with pytest.raises(InputError, match="row 1: '大网格'"):
        read_areas(path)


def test_levels_follow_from_the_parents(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [LEFT, BOTH, (0, 0, 0.5, 1)],
        code=["b", "a", "c"],
        parent=["a", "", "b"],
    )
    assert list(read_areas(path)[0]["level"]) == [2, 1, 3]


def test_a_missing_parent_is_where_the_cell_lies(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [LEFT, RIGHT, (1.2, 0.2, 1.4, 0.4)],
        code=["a", "b", "c"],
        level=[1, 1, 2],
    )
    cells, _, notes = read_areas(path)
    assert cells.loc[2, "parent"] == "b"
    assert any("按位置确定" in note.zh for note in notes)


def test_parents_may_be_codes_in_some_rows_and_names_in_others(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [BOTH, LEFT, RIGHT],
        code=["50", "5001", "5002"],
        name=["江区", "东街", "西街"],
        parent=[None, "50", "江区"],
    )
    cells, _, _ = read_areas(path)
    assert list(cells["parent"]) == ["", "50", "50"]
    assert list(cells["level"]) == [1, 2, 2]


def test_a_group_of_parents_becomes_a_level_above(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [LEFT, RIGHT, (2, 0, 3, 1)],
        township=["甲", "乙", "丙"],
        county=["东区", "东区", "西区"],
    )
    cells, levels, notes = read_areas(path, fields={"name": "township", "parent": "county"})
    assert [level.name for level in levels] == ["county", "township"]
    assert list(cells["level"]) == [1, 1, 2, 2, 2]
    assert list(cells["parent"]) == ["", "", "东区", "东区", "西区"]
    east = cells.set_index("code").loc["东区", "geometry"]
    assert east.equals(box(*BOTH))
    assert list(cells["code"][2:]) == ["c0001", "c0002", "c0003"]
    assert any("已由下级合并成一层" in note.zh for note in notes)


def test_a_file_without_any_known_column_still_gives_cells(tmp_path: Path) -> None:
    cells, levels, _ = read_areas(write(tmp_path / "a.gpkg", [LEFT, RIGHT], width=[1, 2]))
    assert list(cells["name"]) == ["c0001", "c0002"]
    assert [level.title_zh for level in levels] == ["区域"]


def test_all_faults_are_told_with_rows_and_names(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon(
        [(EAST, NORTH), (EAST + 1, NORTH + 1), (EAST + 1, NORTH), (EAST, NORTH + 1)]
    )
    swapped = shapely.box(NORTH, EAST, NORTH + 1, EAST + 1)
    path = write(
        tmp_path / "a.geojson",
        [bow_tie, swapped, None, shapely.Point(EAST, NORTH), LEFT],
        code=["a", "b", "c", "b", ""],
        name=["甲", "乙", "丙", "丁", "戊"],
    )
    with pytest.raises(InputError) as error:
        read_areas(path, fields={"level": "stufe"})
    told = "\n".join(map(str, error.value.faults))
    for part in (
        "row 1: 甲: Self-intersection",
        "row 2: longitude 29.5, latitude 106.5 look swapped",
        "row 3: 丙: no geometry",
        "row 4: 丁: a Point",
        "column code: row 5: empty",
        "column code: rows 2, 4: 'b' 2 times",
        "no column 'stufe' for level → it has: code, name",
    ):
        assert part in told
    assert len(error.value.faults) == 7


@pytest.mark.parametrize(
    ("codes", "parents", "seen"),
    [
        (["a", "b"], ["", "x"], None),  # one name that is no cell: a group, not a fault
        (["a", "b", "c"], ["", "a", "x"], "row 3: c: unknown parent 'x'"),
        (["a", "b"], ["b", "a"], "row 1: a: its parents run in a circle"),
        (["a"], ["a"], "run in a circle"),
    ],
)
def test_parents_must_make_a_tree(
    tmp_path: Path, codes: list[str], parents: list[str], seen: str | None
) -> None:
    path = write(tmp_path / "a.gpkg", [LEFT] * len(codes), code=codes, parent=parents)
    if seen is None:
        assert len(read_areas(path)[0]) == 3
    else:
        with pytest.raises(InputError, match=seen):
            read_areas(path)


def test_a_parent_stands_one_level_above(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.gpkg",
        [BOTH, LEFT, LEFT],
        code=["a", "b", "c"],
        level=[1, 2, 3],
        parent=["", "a", "a"],
    )
    with pytest.raises(InputError, match=r"row 3: c \(level 3\): parent 'a' is of level 1"):
        read_areas(path)


def test_shapefiles_without_prj_and_cpg_are_read_and_said(tmp_path: Path) -> None:
    names = {"NAME": ["奉节县", "云阳县"]}
    frame = gpd.GeoDataFrame(names, geometry=[box(*LEFT), box(*RIGHT)], crs="EPSG:4326")
    frame.to_file(tmp_path / "d.shp", encoding="gb18030")
    for suffix in ("prj", "cpg"):
        (tmp_path / f"d.{suffix}").unlink()
    cells, _, notes = read_areas(tmp_path / "d.shp")
    assert list(cells["name"]) == ["奉节县", "云阳县"]
    said = " ".join(note.zh for note in notes)
    assert "文件未声明坐标系" in said
    assert "gb18030" in said


def test_of_several_layers_the_first_is_read_and_the_others_are_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [LEFT, RIGHT], code=["a", "b"])
    other = gpd.GeoDataFrame({"code": ["z"]}, geometry=[box(*LEFT)], crs="EPSG:4326")
    other.to_file(path, layer="drafts")
    cells, _, notes = read_areas(path)
    assert list(cells["code"]) == ["a", "b"]
    assert "drafts" in notes[0].zh


def streets(metric_offset: float = 0.0) -> gpd.GeoDataFrame:
    line = gpd.GeoSeries(
        [shapely.LineString([(EAST, NORTH + 0.002), (EAST + STEP / 2, NORTH + 0.002)])], crs=4326
    ).to_crs(METRIC)
    shape = shapely.transform(line.iloc[0], lambda xy: xy + metric_offset)
    return frames.make(
        "edges",
        {"u": [0], "v": [1], "length_m": [shape.length], "highway": ["path"]},
        [shape],
        METRIC,
    )


def test_areas_without_a_street_stay_when_another_has_one(tmp_path: Path) -> None:
    cells = read_areas(write(tmp_path / "a.gpkg", [LEFT, RIGHT], code=["a", "b"]))[0]
    assert touching(cells, streets(), "a.gpkg").tolist() == [True, False]


def test_areas_of_another_city_are_refused(tmp_path: Path) -> None:
    cells = read_areas(write(tmp_path / "a.gpkg", [LEFT, RIGHT], code=["a", "b"]))[0]
    with pytest.raises(InputError, match="none of 2 areas touches a street"):
        touching(cells, streets(90_000), "a.gpkg")


def ground(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=METRIC)


def test_square_cells_cover_the_ground_once() -> None:
    # 500 m by 250 m, starting at half a step: 3 columns of 125 + 250 + 125 m, 2 rows of 125 m.
    land = shapely.box(500_125, 3_000_125, 500_625, 3_000_375)
    cells, level = square_cells(ground(land), 250)
    assert level.title_en == "Analysis cell, 250 m"
    metric = cells.to_crs(METRIC)
    assert len(cells) == 6
    assert sorted(metric.area.round()) == [125 * 125] * 4 + [250 * 125] * 2
    assert metric.union_all().symmetric_difference(land).area < 1e-3
    assert cells["code"].is_unique


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(20, 400)),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([100.0, 130.0, 250.0]),
)
def test_squares_never_lose_ground(discs: list[tuple[int, int, int]], size_m: float) -> None:
    land = shapely.union_all(
        [shapely.Point(500_000 + x, 3_000_000 + y).buffer(radius) for x, y, radius in discs]
    )
    cells, _ = square_cells(ground(land), size_m)
    area = cells.to_crs(METRIC).area
    # Slivers below 1 m² are left out, at most a few at the rim of each disc.
    assert area.sum() == pytest.approx(land.area, rel=1e-3)
    assert (area <= size_m**2 * (1 + 1e-6)).all()
    assert np.isin(cells.geom_type, ("Polygon", "MultiPolygon")).all()


@pytest.mark.parametrize("size_m", [0, -5, 10, 50_000, float("nan")])
def test_senseless_sizes_are_refused(size_m: float) -> None:
    with pytest.raises(OptionError, match="give 20 to 20000 metres"):
        square_cells(ground(shapely.box(0, 0, 1000, 1000)), size_m)
