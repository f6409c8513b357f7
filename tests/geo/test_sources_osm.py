"""OSM extracts, written here node by node, read back as streets and what surrounds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import osmium
import pyproj
import pytest
import shapely

from geo.errors import InputError
from geo.sources import osm
from geo.sources.streets import read_streets

EAST, NORTH, STEP = 106.5, 29.5, 0.001

Spots = Mapping[int, tuple[float, float]]
Tagged = tuple[int, list[int], dict[str, str]]


def write_pbf(
    path: Path,
    spots: Spots,
    ways: Iterable[Tagged] = (),
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    relations: Iterable[tuple[int, list[tuple[int, str]], dict[str, str]]] = (),
    timestamp: str = "2024-05-06T07:08:09Z",
) -> Path:
    """Write an extract: spots are (column, row) steps of 0.001 degrees from a corner."""
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path), overwrite=True) as file:
        for node, (column, row) in spots.items():
            place = (EAST + column * STEP, NORTH + row * STEP)
            tags = dict((node_tags or {}).get(node, {}))
            file.add_node(mutable.Node(id=node, location=place, tags=tags, timestamp=timestamp))
        for way, nodes, tags in ways:
            file.add_way(mutable.Way(id=way, nodes=nodes, tags=tags, timestamp=timestamp))
        for relation, members, tags in relations:
            held = [("w", way, role) for way, role in members]
            file.add_relation(
                mutable.Relation(id=relation, members=held, tags=tags, timestamp=timestamp)
            )
    return path


def edges_by_osm(path: Path) -> set[tuple[int, int, int]]:
    streets = read_streets([path])
    ids = streets.nodes["osm_id"].to_numpy()
    edges = streets.edges
    return set(zip(edges["way_id"], ids[edges["u"]], ids[edges["v"]], strict=True))


CROSS = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1)}
STREET = {"highway": "residential"}


def test_ways_are_cut_where_they_share_a_node(tmp_path: Path) -> None:
    # 1–2–3 runs east, 4–2–5 south: both are cut at 2, in the direction drawn.
    path = write_pbf(
        tmp_path / "x.osm.pbf", CROSS, [(10, [1, 2, 3], STREET), (11, [4, 2, 5], STREET)]
    )
    assert edges_by_osm(path) == {(10, 1, 2), (10, 2, 3), (11, 4, 2), (11, 2, 5)}


def test_ways_that_only_cross_on_paper_stay_apart(tmp_path: Path) -> None:
    over = {"highway": "residential", "bridge": "yes", "layer": "1"}
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 2, 3], STREET), (11, [4, 5], over)])
    assert edges_by_osm(path) == {(10, 1, 3), (11, 4, 5)}


def test_a_gate_in_mid_way_becomes_a_node_that_keeps_its_tags(tmp_path: Path) -> None:
    tags = {2: {"barrier": "gate", "bicycle": "no"}, 3: {"highway": "crossing", "bicycle": "no"}}
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 2, 3], STREET)], tags)
    assert edges_by_osm(path) == {(10, 1, 2), (10, 2, 3)}
    nodes = read_streets([path]).nodes.set_index("osm_id")
    assert (nodes.loc[2, "barrier"], nodes.loc[2, "bicycle"]) == ("gate", "no")
    # The tags of a crossing speak of the crossing, not of the street under it.
    assert nodes.loc[3, "bicycle"] == ""


def test_a_gate_keeps_its_name_and_its_hours(tmp_path: Path) -> None:
    tags = {
        2: {
            "barrier": "gate",
            "name:en": "North gate",
            "opening_hours": "06:00-22:00",
            "bicycle:conditional": "no @ (22:00-06:00)",
            "access:conditional": "no @ (wet)",
        }
    }
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 2, 3], STREET)], tags)
    nodes = read_streets([path]).nodes.set_index("osm_id")
    told = [
        "name",
        "opening_hours",
        "bicycle_conditional",
        "access_conditional",
        "foot_conditional",
    ]
    assert nodes.loc[2, told].tolist() == [
        "North gate",
        "06:00-22:00",
        "no @ (22:00-06:00)",
        "no @ (wet)",
        "",
    ]
    assert (nodes.loc[[1, 3], told] == "").all(axis=None)


def test_the_stairs_of_a_flight_are_shared_out_by_length(tmp_path: Path) -> None:
    # 1–2–3 is cut in two equal halves at 2; 4–2 has no steps to count, and is no flight.
    steps = {"highway": "steps", "step_count": "31"}
    ways = [(10, [1, 2, 3], steps), (11, [4, 2], STREET | {"step_count": "9"})]
    ways.append((12, [2, 5], {"highway": "steps", "step_count": "some"}))
    edges = read_streets([write_pbf(tmp_path / "x.osm.pbf", CROSS, ways)]).edges
    assert sorted(edges.loc[edges["way_id"] == 10, "step_count"]) == [15, 16]
    assert edges.loc[edges["way_id"] != 10, "step_count"].tolist() == [0, 0]


def test_a_ring_alone_becomes_a_loop(tmp_path: Path) -> None:
    square = {"highway": "pedestrian", "area": "yes"}
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 3, 4, 1], square)])
    assert edges_by_osm(path) == {(10, 1, 1)}


def test_lengths_are_metres_on_the_ground(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 2, 3], STREET)])
    streets = read_streets([path])
    truth = pyproj.Geod(ellps="WGS84").inv(EAST, NORTH, EAST + 2 * STEP, NORTH)[2]
    assert streets.crs == "EPSG:4545"  # 106.501° E lies in the 3-degree zone of 108° E
    # 1.5 degrees off the meridian the zone stretches lengths by up to 0.03 %.
    assert streets.edges["length_m"].sum() == pytest.approx(truth, rel=4e-4)
    np.testing.assert_array_equal(streets.edges["length_m"], streets.edges.length)


@pytest.mark.parametrize(
    ("tags", "column", "value"),
    [
        ({"oneway": "yes"}, "oneway", "yes"),
        ({"oneway": "-1"}, "oneway", "-1"),
        ({"oneway": "no", "junction": "roundabout"}, "oneway", ""),
        ({"junction": "roundabout"}, "oneway", "yes"),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "oneway_bicycle", "no"),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, "oneway_bicycle", "no"),
        ({"bridge": "viaduct"}, "bridge", True),
        ({"bridge": "no"}, "bridge", False),
        ({"tunnel": "yes"}, "tunnel", True),
        ({"tunnel": "building_passage"}, "tunnel", False),
        ({"layer": "-1"}, "layer", -1),
        ({"layer": "many"}, "layer", 0),
        ({"name:en": "Long Street"}, "name", "Long Street"),
        ({"name": "长街", "name:en": "Long Street"}, "name", "长街"),
        ({"access": "private"}, "access", "private"),
        ({"service": "driveway"}, "service", "driveway"),
    ],
)
def test_tags_become_columns(
    tmp_path: Path, tags: dict[str, str], column: str, value: object
) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 3], {**STREET, **tags})])
    assert read_streets([path]).edges.loc[0, column] == value


def test_streets_to_come_are_left_out_and_said(tmp_path: Path) -> None:
    path = write_pbf(
        tmp_path / "x.osm.pbf",
        CROSS,
        [
            (10, [1, 2], STREET),
            (11, [2, 3], {"highway": "proposed"}),
            (12, [2, 4], {"highway": "motorway"}),
        ],
    )
    streets = read_streets([path])
    assert set(streets.edges["highway"]) == {"residential", "motorway"}
    said = " ".join(map(str, streets.notes))
    assert "proposed 1" in said
    assert "motorway 1" in said


def test_a_node_outside_the_file_ends_the_street(tmp_path: Path) -> None:
    spots = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0)}
    path = write_pbf(tmp_path / "x.osm.pbf", spots, [(10, [1, 2, 99, 3, 4], STREET)])
    assert edges_by_osm(path) == {(10, 1, 2), (10, 3, 4)}
    assert any(
        note.count == 1 and "节点不在文件中" in note.zh for note in read_streets([path]).notes
    )


def test_two_nodes_in_one_place_become_one(tmp_path: Path) -> None:
    # 2 and 9 lie on each other: the piece between them has no length, yet the street goes through.
    spots = {1: (0, 0), 2: (1, 0), 9: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1)}
    ways = [(10, [1, 2], STREET), (11, [2, 9], STREET), (12, [9, 3], STREET)]
    path = write_pbf(tmp_path / "x.osm.pbf", spots, ways)
    assert edges_by_osm(path) == {(10, 1, 2), (12, 2, 3)}


def test_repeated_nodes_do_no_harm(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 1, 2, 2, 3, 3], STREET)])
    assert edges_by_osm(path) == {(10, 1, 3)}


def test_extracts_that_overlap_count_once(tmp_path: Path) -> None:
    # The second file cuts way 10 elsewhere: 2–3 is in both, 3–4 only there.
    spots = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (2, 1)}
    first = write_pbf(
        tmp_path / "a.osm.pbf", spots, [(10, [1, 2, 3], STREET), (11, [3, 5], STREET)]
    )
    second = write_pbf(
        tmp_path / "b.osm.pbf", spots, [(10, [2, 3, 4], STREET), (11, [3, 5], STREET)]
    )
    streets = read_streets([first, second])
    ids = streets.nodes["osm_id"].to_numpy()
    edges = streets.edges
    found = sorted(zip(edges["way_id"], ids[edges["u"]], ids[edges["v"]], strict=True))
    assert found == [(10, 1, 3), (10, 3, 4), (11, 3, 5)]


def test_the_date_is_that_of_the_newest_street(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 3], STREET)])
    streets = read_streets([path])
    assert streets.data_date == "2024-05-06"
    assert streets.attribution == "© OpenStreetMap contributors, ODbL 1.0"


BOX = {21: (0, 0), 22: (4, 0), 23: (4, 4), 24: (0, 4)}
HOLE = {31: (1, 1), 32: (2, 1), 33: (2, 2), 34: (1, 2)}
RING, ISLE = [21, 22, 23, 24, 21], [31, 32, 33, 34, 31]
ROAD = (1, [21, 22], STREET)


@pytest.mark.parametrize(
    ("tags", "kinds"),
    [
        ({"railway": "rail"}, ["railway"]),
        ({"railway": "rail", "bridge": "yes"}, []),
        ({"railway": "rail", "tunnel": "yes"}, []),
        ({"railway": "subway"}, []),
        ({"railway": "tram"}, []),
        ({"waterway": "river"}, ["water"]),
        ({"waterway": "canal", "tunnel": "culvert"}, []),
        ({"waterway": "stream"}, []),
        ({"barrier": "wall"}, ["wall"]),
        ({"barrier": "fence"}, ["wall"]),
        ({"barrier": "hedge"}, []),
        ({"barrier": "kerb"}, []),
        ({"highway": "motorway"}, ["motorway"]),
        ({"highway": "motorway", "bridge": "yes"}, []),
    ],
)
def test_lines_that_stop_people_become_barriers(
    tmp_path: Path, tags: dict[str, str], kinds: list[str]
) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", {**BOX, **HOLE}, [ROAD, (2, [22, 23], tags)])
    assert list(read_streets([path]).barriers["kind"]) == kinds


def test_water_with_an_island_is_water_and_a_barrier(tmp_path: Path) -> None:
    path = write_pbf(
        tmp_path / "x.osm.pbf",
        {**BOX, **HOLE},
        [ROAD, (2, RING, {}), (3, ISLE, {})],
        relations=[
            (
                7,
                [(2, "outer"), (3, "inner")],
                {"type": "multipolygon", "natural": "water", "name": "月湖"},
            )
        ],
    )
    streets = read_streets([path])
    assert list(streets.water["name"]) == ["月湖"]
    # 4 × 4 squares of 0.001° without one: the lake has 15/16 of the area of its outline.
    outline = shapely.Polygon(streets.water.geometry.iloc[0].geoms[0].exterior).area
    assert streets.water.area.iloc[0] / outline == pytest.approx(15 / 16, rel=1e-3)
    assert list(streets.barriers["kind"]) == ["water"]
    assert streets.water_known
    assert "月湖" in set(streets.landmarks["name"])


def test_a_railway_stops_people_up_to_where_the_file_ends(tmp_path: Path) -> None:
    # Nodes 3 and 9 are not in the file: 1–2 and 4–5 are, a lone 6 is no line.
    spots = {1: (0, 0), 2: (1, 0), 4: (3, 0), 5: (4, 0), 6: (6, 0), 7: (0, 1), 8: (4, 1)}
    path = write_pbf(
        tmp_path / "x.osm.pbf",
        spots,
        [(10, [7, 8], STREET), (11, [1, 2, 3, 4, 5, 9, 6], {"railway": "rail", "name": "成渝线"})],
    )
    barriers = read_streets([path]).barriers
    assert list(barriers["name"]) == ["成渝线"]
    # Two pieces of 0.001° of longitude at 29.5° N, each 96.9 m.
    assert barriers.length.iloc[0] == pytest.approx(2 * 96.9, rel=0.002)


def test_water_cut_by_the_edge_of_the_file_is_said(tmp_path: Path) -> None:
    path = write_pbf(
        tmp_path / "x.osm.pbf",
        BOX,
        [ROAD, (2, [21, 22, 23], {})],
        relations=[
            (7, [(2, "outer"), (99, "outer")], {"type": "multipolygon", "natural": "water"})
        ],
    )
    streets = read_streets([path])
    assert streets.water.empty
    assert not streets.water_known
    assert any("水面在文件边界处不完整" in note.zh for note in streets.notes)


@pytest.mark.parametrize(
    ("tags", "home"),
    [
        ({"building": "apartments"}, True),
        ({"building": "yes"}, True),  # of no stated use, but on residential land
        ({"building": "yes", "shop": "mall"}, False),
        ({"building": "office"}, False),
    ],
)
def test_homes_are_told_from_other_houses(tmp_path: Path, tags: dict[str, str], home: bool) -> None:
    estate = (2, RING, {"landuse": "residential"})
    path = write_pbf(tmp_path / "x.osm.pbf", {**BOX, **HOLE}, [ROAD, estate, (3, ISLE, tags)])
    assert list(read_streets([path]).buildings["residential"]) == [home]


def test_a_house_of_no_stated_use_elsewhere_is_no_home(tmp_path: Path) -> None:
    path = write_pbf(
        tmp_path / "x.osm.pbf", {**BOX, **HOLE}, [ROAD, (3, ISLE, {"building": "yes"})]
    )
    assert list(read_streets([path]).buildings["residential"]) == [False]


def test_parks_and_names_are_kept_for_the_map(tmp_path: Path) -> None:
    path = write_pbf(
        tmp_path / "x.osm.pbf",
        {**BOX, **HOLE},
        [ROAD, (3, ISLE, {"leisure": "park", "name": "南园"})],
        {23: {"place": "suburb", "name": "东城"}, 24: {"amenity": "bench", "name": "no landmark"}},
    )
    streets = read_streets([path])
    assert list(zip(streets.green["name"], streets.green["kind"], strict=True)) == [
        ("南园", "park")
    ]
    named = set(zip(streets.landmarks["name"], streets.landmarks["kind"], strict=True))
    assert named == {("南园", "park"), ("东城", "suburb")}


def test_places_are_found_by_tag_as_points_and_as_areas(tmp_path: Path) -> None:
    bank = {"amenity": "bank", "name": "银行"}
    path = write_pbf(
        tmp_path / "x.osm.pbf", {**BOX, **HOLE}, [ROAD, (3, ISLE, bank)], {23: {"amenity": "bank"}}
    )
    frame, tags = osm.read_places(path, "amenity", ["bank"])
    assert list(frame["osm_id"]) == ["n23", "w3"]
    assert tags[1] == bank
    inside = frame.geometry.iloc[1]
    assert EAST + STEP < inside.x < EAST + 2 * STEP


def good(path: Path) -> bytes:
    # Random-like coordinates keep the blocks of the file from compressing to nothing.
    spots = {k: ((k * 7919) % 1000 / 7, (k * 104729) % 1000 / 7) for k in range(1, 500)}
    return write_pbf(path, spots, [(10, list(spots), STREET)]).read_bytes()


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (lambda whole: b"", "empty"),
        (lambda whole: whole[: len(whole) // 2], "cut off"),
        (lambda whole: whole[:-7], "cut off"),
        (lambda whole: b"hello, this is no map at all", "cut off"),
        (lambda whole: whole[:40] + bytes(40) + whole[80:], "damaged"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, content, seen: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "city.osm.pbf"
    path.write_bytes(content(good(path)))
    with pytest.raises(InputError, match=seen) as error:
        read_streets([path])
    assert error.value.faults[0].where == "city.osm.pbf"


def test_a_file_without_streets_is_refused(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", BOX, [(2, RING, {"building": "yes"})])
    with pytest.raises(InputError, match="no way with a street"):
        read_streets([path])


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    empty = tmp_path / "empty.osm.pbf"
    empty.touch()
    with pytest.raises(InputError) as error:
        read_streets([empty, tmp_path / "gone.osm.pbf", tmp_path / "gone.gpkg"])
    assert [fault.where for fault in error.value.faults] == [
        "empty.osm.pbf",
        "gone.osm.pbf",
        "gone.gpkg",
    ]


def test_a_shifted_datum_for_a_pbf_is_refused(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "x.osm.pbf", CROSS, [(10, [1, 3], STREET)])
    with pytest.raises(InputError, match="a PBF is always WGS84"):
        read_streets([path], datum="gcj02")


def test_every_shape_of_the_demonstration_is_whole(demo_streets) -> None:
    # Large enough for areas to come before the relations that they are made of.
    assert demo_streets.water_known
    assert not [note for note in demo_streets.notes if "不完整" in note.zh]
