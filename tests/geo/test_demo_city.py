"""The demonstration city is what it says it is: whole, nested, deterministic and full of stories.

The files are those of ``make demo``, and are made here once more by the script, in a process of its
own; what is expected stands in the project's plan (numbers of cells, compounds, people and
stations), not in the script.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from geo import gaps, locator, proposal, study, workspace
from geo.crs import unproject
from geo.model import PROFILES, SERVICES, Budget, Need, Position
from geo.proposal.choosing import Goal
from geo.sources.areas import read_areas
from geo.sources.demand import read_demand
from geo.sources.stations import read_stations
from geo.why import mending, why

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("街道", "社区", "片区", "小区", "单元")
COUNTS = (4, 44, 124, 355, 3242)
FILES = ("areas.gpkg", "demand.gpkg", "meta.json", "stations.csv", "streets.osm.pbf")


@pytest.fixture(scope="module")
def demo(demo_inputs_folder) -> Path:
    return demo_inputs_folder


@pytest.fixture(scope="module")
def cells(demo) -> gpd.GeoDataFrame:
    return gpd.read_file(demo / "areas.gpkg")


@pytest.fixture(scope="module")
def streets(demo_streets):
    return demo_streets


@pytest.fixture(scope="module")
def rows(demo) -> list[dict[str, str]]:
    with (demo / "stations.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def loaded(demo_home):
    """The city through the normal importer, as it is served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(demo_home))
        yield workspace.load("demo")


@pytest.fixture(scope="module")
def walking(loaded):
    """Who walks to a station in 15 minutes."""
    riding = study.run(loaded, PROFILES["ebike"], Budget(minutes=15)).cells
    # Everybody is inside the ring by e-bike; no cell may hold more of it than its ground.
    assert (riding["ring_m2"] <= riding["ground_m2"]).all()
    assert (riding["covered_m2"] <= riding["ground_m2"]).all()
    return study.summary(study.run(loaded, PROFILES["walk"], Budget(minutes=15)), {})


def digests(folder: Path) -> dict[str, str]:
    """Return the hash of every file, the stations' pictures too."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_every_run_writes_the_same_bytes(demo, tmp_path):
    """Run the script with another hash seed, in another folder, as on another day."""
    again, script = tmp_path / "again", ROOT / "data" / "demo" / "make_demo.py"
    subprocess.run(
        [sys.executable, str(script), "--out", str(again)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "2"},
    )
    assert digests(again) == digests(demo), "or data/demo/out is of older scripts: run 'make demo'"


def test_files_are_small_and_say_that_they_are_invented(demo):
    assert sorted(path.name for path in demo.iterdir() if path.is_file()) == list(FILES)
    assert all((demo / name).stat().st_size < 4e6 for name in FILES)
    meta = json.loads((demo / "meta.json").read_text(encoding="utf-8"))
    assert meta["synthetic"] is True
    assert "示例" in meta["name"]
    header = osmium.io.Reader(str(demo / "streets.osm.pbf")).header()
    assert "synthetic" in header.get("generator")


def test_five_levels_have_the_numbers_of_the_plan(cells):
    assert tuple(Counter(cells["level"])[level] for level in LEVELS) == COUNTS
    assert len(cells) == 3769
    assert cells["code"].is_unique
    assert set(cells["code"].str.len()) == {12, 15}
    low = cells[cells["level"].isin(LEVELS[2:])]
    assert (low["code"].str.len() == 15).all()  # 3 digits below the community's 12
    names = cells[cells["level"] != "单元"]["name"]
    assert (names.str.len() > 1).all()


def test_parents_stand_one_level_above(cells):
    rank = dict(zip(cells["code"], cells["level"].map(LEVELS.index), strict=True))
    for code, level, parent in zip(cells["code"], cells["level"], cells["parent"], strict=True):
        if level == LEVELS[0]:
            assert parent == ""
        else:
            assert rank[parent] == rank[code] - 1
            assert code.startswith(parent[:12] if parent[9:12] != "000" else parent[:9])


def test_children_tile_their_parent_exactly(cells):
    shapes = dict(zip(cells["code"], cells.geometry, strict=True))
    assert all(shape.is_valid for shape in shapes.values())
    for parent, group in cells[cells["parent"] != ""].groupby("parent"):
        children = group.geometry.to_numpy()
        whole = shapes[parent].area
        # Neither overlap (the sum would exceed the union) nor gap (the union would fall short).
        assert np.isclose(shapely.area(children).sum(), whole, rtol=1e-6)
        assert np.isclose(shapely.union_all(children).area, whole, rtol=1e-6)
        assert shapely.symmetric_difference(shapely.union_all(children), shapes[parent]).area < (
            1e-6 * whole
        )


@pytest.mark.parametrize("level", LEVELS)
def test_cells_of_a_level_share_their_vertices(cells, level):
    assert shapely.coverage_is_valid(cells[cells["level"] == level].geometry.to_numpy())


def test_cells_follow_streets_and_are_no_raster(cells):
    units = cells[cells["level"] == "单元"].geometry.to_numpy()
    fill = shapely.area(units) / shapely.area(shapely.minimum_rotated_rectangle(units))
    assert (fill < 0.97).mean() > 0.5  # a raster would fill its boxes
    corners = shapely.get_num_coordinates(units)
    assert np.median(corners) > 7


def test_people_live_in_315_compounds(demo, cells):
    compounds = gpd.read_file(demo / "demand.gpkg")
    assert len(compounds) == 315
    assert compounds["people"].sum() == 280_000
    assert (compounds["people"] == compounds["people"].astype(int)).all()
    assert (compounds["households"] > 0).all()
    assert compounds["age60"].between(0, 1).all()
    assert compounds["name"].is_unique
    fourth = set(cells[cells["level"] == "小区"]["code"])
    assert set(compounds["code"]) <= fourth  # each in a fourth-level cell of its own
    assert compounds["code"].is_unique


def test_communities_have_types_and_some_compounds_are_aged(demo):
    cells, _, _ = read_areas(demo / "areas.gpkg")
    assert set(cells["kind"]) == {"", "老旧住宅", "成熟住宅", "移民安置", "多元融合"}
    assert (cells["kind"][cells["level"] == 1] == "").all()  # a subdistrict has all types
    assert (cells["kind"][cells["level"] >= 2] != "").all()  # what is below a community inherits
    quarter = cells[cells["name"] == "钟鼓楼社区"]  # in the old town
    assert list(quarter["kind"]) == ["老旧住宅"]
    demand, _ = read_demand(demo / "demand.gpkg")
    share = demand["aged_60"] / demand["people"]
    assert (share > 0.3).sum() > 10
    assert 0.1 < demand["aged_60"].sum() / 280_000 < 0.3


def test_164_stations_stand_as_in_the_plan(rows, cells):
    assert len(rows) == 164
    assert len({row["编号"] for row in rows}) == len({row["名称"] for row in rows}) == 164
    places = shapely.points([(float(row["经度"]), float(row["纬度"])) for row in rows])
    tops = cells[cells["level"] == "街道"]
    tree = shapely.STRtree(tops.geometry.to_numpy())
    station, top = tree.query(places, predicate="within")
    assert len(station) == 164  # each in exactly one subdistrict
    tiers = {number: Counter() for number in range(4)}
    for row, number in zip(station, top, strict=True):
        tiers[number][rows[row]["级别"]] += 1
    small = min(tiers.values(), key=lambda tier: tier.total())
    assert small == {"中心": 1, "站": 1, "点": 9}
    assert sum(tier.total() for tier in tiers.values()) - small.total() == 153


def test_station_list_has_all_kinds_of_services_and_hours(rows):
    words = [word for row in rows for word in row["服务项目"].split("、")]
    assert set(words) == {zh for zh, _ in SERVICES.values()}
    assert len(set(words)) == 9
    hours = Counter(row["开放时间"] for row in rows)
    assert hours[""] > 5  # nobody wrote them down
    assert hours["24/7"] > 5
    assert any("02:00" in text for text in hours)  # past midnight
    assert any("Sa-Su" in text for text in hours)  # other hours at the weekend
    assert any("PH off" in text for text in hours)
    assert all(row["电话"].startswith("000-") for row in rows)  # no such area code


def test_importer_reads_every_file_without_a_fault(demo, streets):
    cells, levels, _ = read_areas(demo / "areas.gpkg")
    assert [level.title_zh for level in levels] == list(LEVELS)
    assert len(cells) == 3769
    stations, _ = read_stations(demo / "stations.csv")
    assert Counter(stations["tier"])["centre"] >= 1
    assert len(stations) == 164
    demand, _ = read_demand(demo / "demand.gpkg")
    assert demand["people"].sum() == 280_000
    assert streets.data_date == "2025-08-01"


def crossing_the_river(streets) -> gpd.GeoDataFrame:
    river = streets.water[streets.water["name"] == "云江"].geometry.union_all()
    island = shapely.union_all([shapely.Polygon(ring) for ring in river.interiors])
    wet = streets.edges[streets.edges.intersects(river)]
    return wet[~wet.within(island.buffer(1))]


def test_exactly_two_bridges_cross_the_river(streets):
    wet = crossing_the_river(streets)
    assert wet["bridge"].all()
    bridges = wet.geometry.buffer(40).union_all()
    assert len(shapely.get_parts(bridges)) == 2
    river = streets.water[streets.water["name"] == "云江"].geometry.union_all()
    for bridge in shapely.get_parts(bridges):  # each reaches from bank to bank
        assert len(shapely.get_parts(river.difference(bridge))) == 2


def test_streets_are_a_real_city_s(streets):
    edges, nodes = streets.edges, streets.nodes
    kinds = set(edges["highway"])
    assert {"motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary"} <= kinds
    assert {"residential", "service", "living_street", "pedestrian", "steps"} <= kinds
    assert edges["tunnel"].any()
    assert (edges["oneway"] == "yes").any()
    gates = nodes[nodes["barrier"] != ""]
    assert (gates["bicycle"] == "no").sum() > 50  # they refuse e-bikes
    assert (gates["access"] == "private").any()
    assert (edges["access"] == "private").any()
    assert set(streets.barriers["kind"]) == {"water", "railway", "motorway", "wall"}
    assert {"park", "forest", "grass"} <= set(streets.green["kind"])
    assert 4_000 <= len(streets.buildings) <= 10_000
    assert streets.buildings["residential"].mean() > 0.5
    assert 3_000 <= len(nodes) <= 40_000


def test_gates_have_names_and_some_turn_riders_away_by_night(streets):
    gates = streets.nodes[streets.nodes["barrier"] != ""]
    assert gates["name"].str.fullmatch("[东南西北][二三四五六]?门").all()
    assert set(gates["name"]) >= {"东门", "南门", "西门", "北门"}
    night = gates["bicycle_conditional"]
    assert set(night) == {"", "no @ (22:00-06:00)"} and (night != "").sum() >= 50
    # A gate that shuts to all by night is open to people on foot by day.
    shut = gates[gates["opening_hours"] != ""]
    assert len(shut) >= 20 and (shut["foot"] == "yes").all()


def test_riders_leave_the_e_bike_at_a_gate_by_name(loaded):
    """At night at more gates than by day; whoever walks in goes on from the gate."""
    ebike, stations = PROFILES["ebike"], loaded.stations
    behind = np.flatnonzero(stations["host"] == "物业服务中心")
    behind = [row for row in behind if "物业爱心驿站" in stations["name"].iat[row]]
    assert len(behind) == 6
    left = []
    for hour in (12, 23):
        at, names = datetime(2026, 11, 20, hour), []
        for row in behind:
            x, y = loaded.stations_xy[[row]].T
            lon, lat = unproject(x + 600.0, y, loaded.city.crs)
            way = locator.way(loaded, ebike, Position(float(lon[0]), float(lat[0])), int(row), at)
            steps = [step for step in way.steps if step.kind == "leave" and step.cause == "gate"]
            names += [step.gate for step in steps]
            if steps:
                assert {step.kind for step in way.steps[way.steps.index(steps[0]) + 1 :]} == {
                    "walk"
                }
        assert all(name.endswith("门") for name in names)
        left.append(len(names))
    assert 3 <= left[0] < left[1]


def test_coverage_tells_every_story(walking):
    people, uncovered = walking["people"], walking["uncovered"]
    assert people["total"] == 280_000
    assert 0.60 <= people["share"] <= 0.85
    assert walking["ring"]["people"]["share"] - people["share"] > 0.1
    for reason in ("no_street", "unreachable", "severed", "detour", "beyond_reach"):
        assert uncovered[reason]["people"] > 0, reason
    assert walking["barriers_known"] is True


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "need",
    [Need(), Need.of("water,charging"), Need.of("hot_meal", "2026-11-22T22:30")],
    ids=lambda need: need.key or "plain",
)
def test_every_place_is_told_the_cause_that_the_study_counts(loaded, profile, need):
    """Places at random, and some of every class."""
    result = study.run(loaded, PROFILES[profile], Budget(minutes=10), need)
    lon, lat = unproject(*loaded.units_xy.T, loaded.city.crs)
    rng = np.random.default_rng(5)
    some = [np.flatnonzero(result.unit_class == number)[:5] for number in set(result.unit_class)]
    for row in np.concatenate([rng.choice(len(lon), 40), *some]):
        spot = Position(float(lon[row]), float(lat[row]))
        found = why(loaded, PROFILES[profile], result.budget, spot, need)
        number = result.unit_class[row]
        assert found.cause == (None if number < 0 else gaps.CLASSES[number])


def test_a_bridge_over_the_motorway_would_serve_thousands(loaded):
    """The ring motorway cuts off the southern belt; some link there is short and helps many."""
    walk, fifteen = PROFILES["walk"], Budget(minutes=15)
    ranked = study.run(loaded, walk, fifteen).gaps
    severed = ranked[ranked["class"] == "severed"].head(12)
    told = [
        mending.gap_link(loaded, walk, fifteen, int(rank)).to_json() for rank in severed["rank"]
    ]
    links = [gap["missing_link"] for gap in told if gap["missing_link"] is not None]
    assert any(link["metres"] < 150 and link["people"] > 2_000 for link in links)
    assert {"云江", "云渡绕城高速", "云渡铁路"} <= {link["barrier"] for link in links}
    for gap in told:
        if gap["missing_link"] is not None:
            assert 0 < gap["people_in_gap"] <= min(gap["people"], gap["missing_link"]["people"])


def test_five_sites_bring_ten_points_and_help_the_severed(loaded):
    """Many are cut off by the river and the railway; what is proposed must reach such people."""
    walk, quarter = PROFILES["walk"], Budget(minutes=15)
    found = proposal.propose(loaded, walk, quarter, Need(), Goal("mclp", sites=5), 300)
    shares = [found.demand.share(found.covered_before), *found.plan["share"]]
    assert all(later > sooner for sooner, later in itertools.pairwise(shares))
    assert shares[-1] - shares[0] > 0.1
    gained = (found.offers.after(found.outcome.actions) <= found.before.budget_ms) & (
        found.demand.lost
    )
    severed = gained & (found.demand.classes == gaps.SEVERED)
    assert found.demand.total(severed) > 0
    assert found.outcome.proven
    assert proposal.verify(found).kept
