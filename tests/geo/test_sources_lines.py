"""Line layers as planners have them: other column names, no nodes, bridges that join at ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import gcj02_from_wgs84, to_wgs84
from geo.errors import InputError
from geo.sources.streets import Streets, read_streets
from tests.geo.test_sources_osm import write_pbf

EAST, NORTH, STEP = 106.5, 29.5, 0.001

Line = list[tuple[float, float]]
WEST_EAST: Line = [(0, 0), (1, 0), (2, 0)]
NORTH_SOUTH: Line = [(1, 1), (1, 0), (1, -1)]
PAST: Line = [(0.5, 1), (0.5, -1)]  # crosses WEST_EAST where that has no vertex


def layer(lines: list[Line], **columns: list[Any]) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(EAST + x * STEP, NORTH + y * STEP) for x, y in line]) for line in lines
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def read(
    tmp_path: Path, frame: gpd.GeoDataFrame, name: str = "roads.gpkg", **options: Any
) -> Streets:
    frame.to_file(tmp_path / name)
    return read_streets([tmp_path / name], **options)


def degrees(streets: Streets) -> list[int]:
    """Return how many ends of edges meet at each node, in order."""
    ends = np.concatenate([streets.edges["u"], streets.edges["v"]])
    return sorted(np.bincount(ends).tolist())


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.geojson", "roads.shp", "roads.fgb"])
def test_lines_join_at_common_vertices(tmp_path: Path, name: str) -> None:
    streets = read(tmp_path, layer([WEST_EAST, NORTH_SOUTH], highway=["residential"] * 2), name)
    assert degrees(streets) == [1, 1, 1, 1, 4]
    assert (streets.nodes["osm_id"] == -1).all()


def test_lines_that_cross_without_a_vertex_stay_apart_and_are_counted(tmp_path: Path) -> None:
    streets = read(tmp_path, layer([WEST_EAST, PAST], highway=["residential"] * 2))
    assert degrees(streets) == [1, 1, 1, 1]
    note = next(note for note in streets.notes if "相交" in note.zh)
    assert note.count == 1


@pytest.mark.parametrize("flag", ["bridge", "tunnel"])
def test_bridges_and_tunnels_join_at_their_ends_only(tmp_path: Path, flag: str) -> None:
    # The bridge holds the vertex of the street below, and goes on at its north end.
    on: Line = [(1, 1), (1, 2)]
    frame = layer(
        [WEST_EAST, NORTH_SOUTH, on], highway=["primary"] * 3, **{flag: [None, "yes", None]}
    )
    streets = read(tmp_path, frame)
    assert degrees(streets) == [1, 1, 1, 1, 2]
    assert not [note for note in streets.notes if "相交" in note.zh]


def test_columns_of_vector_tiles_are_understood(tmp_path: Path) -> None:
    frame = layer(
        [WEST_EAST, NORTH_SOUTH, PAST],
        osm_id=[1, 2, 3],
        kind=["major_road", "path", "rail"],
        kind_detail=["primary", "steps", "rail"],
        is_bridge=[1.0, None, None],
        is_link=[1.0, None, None],
    )
    streets = read(tmp_path, frame)
    edges = streets.edges.set_index("way_id")
    assert set(edges.loc[[1], "highway"]) == {"primary_link"}
    assert edges.loc[[1], "bridge"].all()
    assert set(edges.loc[[2], "highway"]) == {"steps"}
    assert list(streets.barriers["kind"]) == ["railway"]
    assert 3 not in edges.index


def test_columns_of_geofabrik_are_understood(tmp_path: Path) -> None:
    frame = layer(
        [WEST_EAST, NORTH_SOUTH, PAST],
        fclass=["track_grade2", "residential", "tertiary"],
        oneway=["F", "T", "B"],
        bridge=["F", "T", "F"],
        tunnel=["F", "F", "F"],
        layer=[0, 1, 0],
    )
    edges = read(tmp_path, frame, "roads.shp").edges.drop_duplicates("highway").set_index("highway")
    assert dict(edges["oneway"]) == {"track": "yes", "residential": "-1", "tertiary": ""}
    assert dict(edges["bridge"]) == {"track": False, "residential": True, "tertiary": False}


def test_parts_of_a_multiline_are_streets_of_one_way(tmp_path: Path) -> None:
    frame = layer([WEST_EAST], highway=["residential"], osm_id=[5])
    frame["geometry"] = [shapely.MultiLineString([*frame.geometry, *layer([PAST], a=[1]).geometry])]
    assert list(read(tmp_path, frame).edges["way_id"]) == [5, 5]


def test_the_same_line_with_the_same_id_counts_once(tmp_path: Path) -> None:
    frame = layer([WEST_EAST, WEST_EAST, WEST_EAST], highway=["residential"] * 3, osm_id=[5, 5, 6])
    frame.to_file(tmp_path / "a.gpkg")
    frame.to_file(tmp_path / "b.gpkg")
    once = read_streets([tmp_path / "a.gpkg"])
    both = read_streets([tmp_path / "a.gpkg", tmp_path / "b.gpkg"])
    assert len(both.edges) == len(once.edges)
    assert len(both.nodes) == len(once.nodes)


def test_a_projected_layer_and_one_in_degrees_agree(tmp_path: Path) -> None:
    frame = layer([WEST_EAST, NORTH_SOUTH], highway=["residential"] * 2)
    flat = frame.to_crs("EPSG:4545")
    assert to_wgs84(flat).crs == frame.crs
    one, two = read(tmp_path, frame), read(tmp_path, flat, "flat.gpkg")
    assert one.edges["length_m"].sum() == pytest.approx(two.edges["length_m"].sum(), abs=1e-3)


def test_a_shifted_layer_is_moved_back(tmp_path: Path) -> None:
    frame = layer([WEST_EAST], highway=["residential"])
    moved = frame.copy()
    moved["geometry"] = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(gcj02_from_wgs84(*xy.T))
    )
    truth = read(tmp_path, frame).edges.geometry.iloc[0]
    back = read(tmp_path, moved, "gcj.gpkg", datum="gcj02", crs="EPSG:4545").edges.geometry.iloc[0]
    assert truth.hausdorff_distance(back) < 0.001


def test_lines_without_a_class_count_as_plain_roads(tmp_path: Path) -> None:
    streets = read(tmp_path, layer([WEST_EAST], highway=[None], name=["甲路"]))
    assert list(streets.edges["highway"]) == ["road"]
    assert any("没有道路等级" in note.zh for note in streets.notes)


def test_the_class_of_street_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column with the class of street; it has: width"):
        read(tmp_path, layer([WEST_EAST], width=[3]))


def test_points_are_no_streets(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"highway": ["a"]}, geometry=[shapely.Point(EAST, NORTH)], crs=4326)
    with pytest.raises(InputError, match="no line in it"):
        read(tmp_path, frame)


def gate(x: float, y: float, **tags: str) -> gpd.GeoDataFrame:
    at = [shapely.Point(EAST + x * STEP, NORTH + y * STEP)]
    return gpd.GeoDataFrame({key: [text] for key, text in tags.items()}, geometry=at, crs=4326)


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.geojson"])
def test_points_with_a_barrier_are_gates_of_the_streets_they_lie_on(
    tmp_path: Path, name: str
) -> None:
    tags = {"barrier": "gate", "name": "北门", "bicycle_conditional": "no @ (22:00-06:00)"}
    streets = layer([WEST_EAST], highway=["residential"])
    beside = gate(1, 0.5, barrier="gate", name="on no street")
    bench = gate(2, 0, barrier="", name="a bench")
    both = pd.concat([streets, gate(1, 0, **tags), beside, bench], ignore_index=True)
    found = read(tmp_path, both, name)
    # The street is cut at its gate; of the four points one is neither a line nor a gate.
    assert degrees(found) == [1, 1, 2]
    held = found.nodes[found.nodes["barrier"] == "gate"]
    assert held[list(tags)].to_dict("records") == [tags]
    assert (found.nodes.loc[found.nodes["barrier"] == "", "name"] == "").all()
    assert [note.count for note in found.notes if "不是线" in note.zh] == [1]


def test_a_gate_of_a_line_layer_lies_on_the_street_of_an_osm_file_too(tmp_path: Path) -> None:
    spots = {1: (0, 0), 2: (1, 0), 3: (2, 0)}
    pbf = write_pbf(tmp_path / "x.osm.pbf", spots, [(10, [1, 2, 3], {"highway": "residential"})])
    lines = layer([NORTH_SOUTH], highway=["residential"])
    both = pd.concat([lines, gate(2, 0, barrier="gate", name="东门")], ignore_index=True)
    both.to_file(tmp_path / "more.gpkg")
    nodes = read_streets([pbf, tmp_path / "more.gpkg"]).nodes.set_index("osm_id")
    assert nodes.loc[3, "name"] == "东门"


def test_swapped_coordinates_are_told_with_their_rows(tmp_path: Path) -> None:
    frame = layer([WEST_EAST, PAST], highway=["residential"] * 2)
    frame["geometry"] = [frame.geometry[0], shapely.LineString([(NORTH, EAST), (NORTH + 1, EAST)])]
    with pytest.raises(InputError, match=r"row 2: longitude 29.5, latitude 106.5 look swapped"):
        read(tmp_path, frame, "roads.geojson")


def test_a_vertex_that_is_no_number_is_told_with_its_row(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        roads = layer([WEST_EAST, [(0, 0), (1, np.nan), (2, 2)]], highway=["residential"] * 2)
    with pytest.raises(InputError, match="row 2: a coordinate that is no number"):
        read(tmp_path, roads)


def test_metres_without_a_crs_are_refused(tmp_path: Path) -> None:
    frame = layer([WEST_EAST], highway=["residential"]).to_crs("EPSG:4545")
    frame.to_file(tmp_path / "roads.shp")
    (tmp_path / "roads.prj").unlink()
    with pytest.raises(InputError, match=r"no CRS, and coordinates such as .* are not degrees"):
        read_streets([tmp_path / "roads.shp"])


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("roads.gpkg", b"", "empty"),
        ("roads.gpkg", b"SQLite format 3\x00 and then nothing", "cannot be read"),
        ("roads.geojson", b"<OGRVRTDataset><OGRVRTLayer/></OGRVRTDataset>", "no geojson file"),
        ("roads.geojson", b'{"type": "FeatureCollection", "features": []}', "no features"),
        ("roads.geojson", b'{"type": "FeatureCollection", "featu', "cannot be read"),
        ("roads.kml", b"<kml/>", "unknown kind of file"),
        ("roads.shp", b"\x00\x00\x27\x0a" + bytes(96), "no .dbf and no .shx beside it"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, name: str, content: bytes, seen: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=seen) as error:
        read_streets([tmp_path / name])
    assert error.value.faults[0].where == name
