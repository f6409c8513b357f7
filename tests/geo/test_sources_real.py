"""The readers on the real cities; expected numbers are those that the data's own notes state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo import crs
from geo.errors import InputError
from geo.sources.areas import read_areas, touching
from geo.sources.demand import read_demand, spread
from geo.sources.stations import read_stations
from geo.sources.streets import Streets, read_streets


def largest_part(streets: Streets) -> float:
    """Return the share of nodes in the largest connected part."""
    edges, count = streets.edges, len(streets.nodes)
    graph = coo_matrix((np.ones(len(edges)), (edges["u"], edges["v"])), shape=(count, count))
    return float(np.bincount(connected_components(graph, directed=False)[1]).max() / count)


def test_shanghai_s_two_files_tell_the_same_streets(real_data: Path) -> None:
    osm = read_streets([real_data / "shanghai/centre.osm.pbf"])
    layer = read_streets([real_data / "shanghai/core_roads.gpkg"])
    assert osm.edges["way_id"].nunique() == 4701
    assert not osm.water_known
    assert layer.edges["length_m"].sum() / 1000 == pytest.approx(1047, abs=2)
    # The layer holds all ways of the extract: same ids, and the same length of each.
    shared = osm.edges.groupby("way_id")["length_m"].sum()
    again = layer.edges.groupby("way_id")["length_m"].sum().reindex(shared.index)
    assert (again >= shared - 0.01).mean() > 0.99
    assert largest_part(osm) > 0.99
    assert largest_part(layer) > 0.9


def test_the_bund_s_columns_are_understood(real_data: Path) -> None:
    streets = read_streets([real_data / "shanghai/bund_roads.geojson"])
    assert {"footway", "steps", "cycleway", "primary"} <= set(streets.edges["highway"])
    assert streets.edges["bridge"].any()
    assert streets.edges["tunnel"].any()
    stations, _ = read_stations(
        real_data / "shanghai/bund_pois.geojson", where={"kind": ["bank", "convenience"]}
    )
    assert len(stations) == 26  # 20 banks and 6 convenience stores


def test_haidian_and_the_townships_fit(real_data: Path) -> None:
    streets = read_streets([real_data / "beijing/haidian.osm.pbf"])
    path = real_data / "beijing/townships_population.gpkg"
    cells, levels, _ = read_areas(path, fields={"name": "township", "parent": "county"})
    assert [level.name for level in levels] == ["county", "township"]
    assert dict(cells["level"].value_counts()) == {2: 331, 1: 16}
    hit = touching(cells, streets.edges, path.name)
    assert hit[cells["level"] == 2].sum() == 12
    demand, _ = read_demand(path, fields={"people": "population_worldpop", "name": "township"})
    assert demand["people"].sum() == pytest.approx(20.76e6, rel=1e-3)
    near = streets.edges.geometry.simplify(20).buffer(500, quad_segs=4).union_all()
    units = spread(
        crs.to_metric(demand, streets.crs),
        near=near,
        water=streets.water,
        buildings=streets.buildings,
    )
    assert units["people"].sum() == demand["people"].sum()
    assert units["outside"].sum() >= 331 - 16
    banks, _ = read_stations("osm:amenity=bank", osm_paths=[real_data / "beijing/haidian.osm.pbf"])
    assert len(banks) == 20


def test_nanshan_has_water_rail_and_walls(real_data: Path) -> None:
    streets = read_streets([real_data / "shenzhen/nanshan.osm.pbf"])
    assert streets.water_known
    assert {"water", "motorway", "wall"} <= set(streets.barriers["kind"])
    assert len(streets.buildings) > 100
    assert streets.data_date == "2019-10-27"
    districts = read_areas(real_data / "chongqing/districts.shp")[0]
    with pytest.raises(InputError, match="none of 38 areas touches a street"):
        touching(districts, streets.edges, "districts.shp")


def test_shapefiles_without_prj_or_cpg_are_read(real_data: Path) -> None:
    cells, _, notes = read_areas(real_data / "shenzhen/grid500m.shp")
    assert len(cells) == 9005
    assert any("未声明坐标系" in note.zh for note in notes)
    districts, _, notes = read_areas(real_data / "chongqing/districts.shp")
    assert len(districts) == 38
    assert districts.set_index("code").loc["500236", "name"] == "奉节县"
    assert any("gb18030" in note.zh for note in notes)


@pytest.mark.parametrize(
    ("name", "ways", "least_connected"), [("porto", 51_000, 0.95), ("heidelberg", 25_000, 0.95)]
)
def test_large_networks_are_read_whole(
    real_data: Path, name: str, ways: int, least_connected: float
) -> None:
    streets = read_streets([real_data / f"big/{name}.osm.pbf"])
    assert streets.edges["way_id"].nunique() > ways
    assert largest_part(streets) > least_connected
    assert (streets.edges["length_m"] > 0).all()
