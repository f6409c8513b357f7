"""Where a new station could be, on the toy city of ``toy.py``; metres are seconds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from geo.crs import unproject
from geo.errors import InputError, OptionError
from geo.model import Position
from geo.proposal import candidates
from geo.proposal.candidates import Site
from geo.sources.candidates import read_candidates
from tests.geo.toy import CRS, TOY_PROFILES, xy
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]


@pytest.fixture(scope="module")
def city():
    return toy_city([(0, 0)])


def degrees(*points: tuple[float, float]) -> list[tuple[float, float]]:
    """Return toy metres as longitude and latitude."""
    at = xy(*points)
    return list(zip(*unproject(at[:, 0], at[:, 1], CRS), strict=True))


def listing(path, rows: list[str], header: str = "名称,经度,纬度,服务项目,开放时间,座位,费用"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_list_of_rooms_is_read_with_all_that_a_station_has_and_a_cost(tmp_path):
    path = listing(
        tmp_path / "rooms.csv",
        ["甲室,105.001,29.4531,饮水、充电,每天 8:00-20:00,12,6.5", "乙室,105.002,29.4532,,,,"],
    )
    found, notes = read_candidates(path)
    assert found["name"].tolist() == ["甲室", "乙室"]
    assert found["services"].tolist() == ["water;charging", ""]
    assert found["opening_hours"].tolist() == ["08:00-20:00", ""]
    assert found["cost"].tolist()[0] == 6.5
    assert np.isnan(found["cost"][1])
    assert notes == ()


def test_columns_datum_and_rows_may_be_chosen(tmp_path):
    header = "room,经度,纬度,price of it,kind"
    rows = ["A,105.001,29.4531,3,idle", "B,105.002,29.4532,4,bank"]
    path = listing(tmp_path / "rooms.csv", rows, header)
    found, _ = read_candidates(
        path,
        fields={"name": "room", "cost": "price of it"},
        where={"kind": ["bank"]},
        datum="gcj02",
    )
    assert (found["name"].tolist(), found["cost"].tolist()) == (["B"], [4.0])
    # GCJ-02 lies some hundred metres beside WGS84 in China (266–621 m).
    east, north = found.geometry.x[0] - 105.002, found.geometry.y[0] - 29.4532
    shift = np.hypot(east * 97_000, north * 110_850)
    assert 266 < shift < 700


def test_all_faults_of_a_list_are_told_at_once(tmp_path):
    path = listing(
        tmp_path / "rooms.csv",
        ["甲,29.4531,105.001,,,,5", "乙,105.002,29.4532,,,,much", "丙,105.002,29.4532,,,,-3"],
    )
    with pytest.raises(InputError) as caught:
        read_candidates(path)
    text = str(caught.value)
    assert "'much'" in text
    assert "'-3'" in text
    assert "row 1" in text
    assert len({str(fault) for fault in caught.value.faults}) == len(caught.value.faults) == 3


def test_a_list_that_is_no_list_says_so(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_candidates(tmp_path / "none.csv")
    empty = tmp_path / "none.csv"
    empty.write_bytes(b"")
    with pytest.raises(InputError, match="0 bytes"):
        read_candidates(empty)


def test_hosts_come_from_tags_of_osm(tmp_path):
    path = tmp_path / "city.osm.pbf"
    bank = {"amenity": "bank", "name": "江城银行", "opening_hours": "Mo-Fr 09:00-17:00"}
    with osmium.SimpleWriter(str(path)) as writer:
        node = osmium.osm.mutable.Node
        writer.add_node(node(id=1, location=(105.001, 29.4531), tags=bank))
        writer.add_node(node(id=2, location=(105.002, 29.4531), tags={"amenity": "cafe"}))
    found, notes = read_candidates(path, where={"amenity": ["bank", "post_office"]})
    assert found["name"].tolist() == ["江城银行"]
    assert found["opening_hours"].tolist() == ["Mo-Fr 09:00-17:00"]
    assert found["cost"].isna().all()
    assert notes[0].count == 1
    with pytest.raises(InputError, match="--where amenity=bank"):
        read_candidates(path)
    with pytest.raises(InputError, match="no place tagged amenity=embassy"):
        read_candidates(path, where={"amenity": ["embassy"]})


def test_sites_are_tied_to_the_streets_and_the_others_named_with_the_reason(city):
    """(300, −260) is 260 m from every street, and 120° east is another province."""
    spots = [*degrees((250, 10), (300, -260)), (120.0, 30.0)]
    found = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "name": ["A", "B", "C"], "services": "", "opening_hours": ""},
        geometry=shapely.points(spots),
        crs="EPSG:4326",
    )
    sites = candidates.listed(city, WALK, found, "a list")
    assert sites.sites["id"].tolist() == ["a"]
    assert sites.links.leg_m == pytest.approx([10.0], abs=0.01)
    reasons = dict(zip(sites.left_out["id"], sites.left_out["reason"], strict=True))
    assert "250 m" in reasons["b"]
    assert reasons["c"] == "outside the city"
    assert len(sites) == 1


def test_an_id_of_a_station_is_never_taken(city):
    found = gpd.GeoDataFrame(
        {"id": ["s0", "site-s0"], "name": ["A", "B"], "services": "", "opening_hours": ""},
        geometry=shapely.points(degrees((200, 0), (300, 0))),
        crs="EPSG:4326",
    )
    ids = candidates.listed(city, WALK, found, "a list").sites["id"].tolist()
    assert len({*ids, "s0"}) == 3


def test_given_points_are_numbered_and_keep_what_they_bring(city):
    points = [Position(*spot) for spot in degrees((100, 0), (100, 100))]
    wished = [Site(points[0]), Site(points[1], "Room", ("water",), "24/7", 9, 2.5)]
    sites = candidates.given(city, WALK, wished).sites
    assert sites["id"].tolist() == ["p1", "p2"]
    assert sites["name"].tolist() == ["p1", "Room"]
    assert sites["lon"].tolist() == [point.lon for point in points]
    assert np.isnan(sites["cost"][0])
    kept = sites.loc[1, ["services", "opening_hours", "capacity", "cost"]].tolist()
    assert kept == ["water", "24/7", 9, 2.5]
    assert len(candidates.given(city, WALK, [])) == 0


def test_what_is_wrong_with_given_points_is_told_at_once(city):
    at = Position(*degrees((100, 0))[0])
    odd = [Site(at, services=("wifi",), opening_hours="at dawn"), Site(at, capacity=-1, cost=-2.0)]
    with pytest.raises(InputError) as caught:
        candidates.given(city, WALK, odd)
    said = [(fault.where, fault.seen) for fault in caught.value.faults]
    assert said == [
        ("candidate 1", "unknown service 'wifi'"),
        ("candidate 1", "opening hours 'at dawn' cannot be read"),
        ("candidate 2", "-1 seats"),
        ("candidate 2", "cost -2.0"),
    ]


def test_junctions_near_lost_places_stand_for_their_squares(city):
    """Streets meet at nearly all (100 i, 100 j); squares are 100 m, so all within reach remain.

    Lost at (500, 100): the junctions within 101 m in a line are (400, 100), (500, 100), (500, 0)
    and (500, 200).
    """
    lost = xy((500, 100))
    sites = candidates.junctions(city, WALK, lost, np.ones(1), 101.0)
    at = {tuple(spot) for spot in np.rint(site_metres(sites)).tolist()}
    assert at == {(400, 100), (500, 100), (500, 200), (500, 0)} - dead_ends(city)
    assert (
        set(sites.sites["name"]) <= {f"{a} × {b}" for a in NAMES for b in NAMES if a != b} | NAMES
    )


NAMES = {f"{letter}{number}" for letter in "HV" for number in range(6)} | {"Bend"}


def dead_ends(city) -> set[tuple[float, float]]:
    """Return the named corners where fewer than three streets meet: (500, 0) joins two."""
    return {(500, 0)}


def site_metres(sites) -> np.ndarray:
    return shapely.get_coordinates(sites.sites.geometry.to_numpy()) - xy((0, 0))


def test_few_junctions_are_spread_and_near_the_most_people(city):
    """Most people live at (300, 100), so its junction stands for its square however large."""
    lost, weight = xy((300, 100), (0, 0), (500, 500)), np.array([100.0, 1.0, 1.0])
    for most in (1, 2, 5):
        sites = candidates.junctions(city, WALK, lost, weight, 1000.0, most)
        assert 1 <= len(sites) <= most
        spots = np.rint(site_metres(sites)).tolist()
        assert [300.0, 100.0] in spots
    again = candidates.junctions(city, WALK, lost, weight, 1000.0, 5)
    assert again.sites.equals(candidates.junctions(city, WALK, lost, weight, 1000.0, 5).sites)


def test_without_lost_places_there_are_no_junctions(city):
    none = candidates.junctions(city, WALK, np.empty((0, 2)), np.empty(0), 900.0)
    assert len(none) == 0


@pytest.mark.parametrize("most", [0, -1, candidates.MOST_SITES + 1])
def test_a_wrong_number_of_junctions_is_refused(city, most):
    with pytest.raises(OptionError, match="give 1 to"):
        candidates.junctions(city, WALK, xy((0, 0)), np.ones(1), 900.0, most)


def test_too_many_sites_are_refused(city):
    count = candidates.MOST_SITES + 1
    spots = shapely.points(np.tile(degrees((0, 0))[0], (count, 1)))
    found = gpd.GeoDataFrame({"id": [str(k) for k in range(count)]}, geometry=spots, crs=4326)
    with pytest.raises(OptionError, match="too many"):
        candidates.listed(city, WALK, found, "a list")
