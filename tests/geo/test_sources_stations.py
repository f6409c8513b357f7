"""Lists of stations as offices keep them: encodings, headers, words, and every fault by its row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import osmium
import pandas as pd
import pytest
import shapely

from geo.crs import bd09_from_gcj02, gcj02_from_wgs84
from geo.errors import InputError
from geo.sources import wording
from geo.sources.stations import read_stations

LIST = """编号,站点名称,经度,纬度,级别,服务项目,开放时间,地址,电话,容量,状态
A1,龙洲湾党群服务中心,106.51,29.38,中心,饮水、充电；如厕,8:00-20:00,龙海大道1号,023-1234,约50人,开放
A2,银行驿站,106.52,29.39,站,电动车换电,24小时,,,,在建
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_chinese_list_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "驿站.csv"
    path.write_bytes(LIST.replace(",", separator).encode(encoding))
    stations, notes = read_stations(path)
    assert notes == ()
    first, second = stations.iloc[0], stations.iloc[1]
    assert (first["id"], first["name"], first["tier"]) == ("A1", "龙洲湾党群服务中心", "centre")
    assert first["services"] == "water;charging;toilet"
    assert (first["opening_hours"], first["capacity"]) == ("08:00-20:00", 50)
    assert (first["address"], first["phone"], first["status"]) == (
        "龙海大道1号",
        "023-1234",
        "open",
    )
    assert (first.geometry.x, first.geometry.y) == (106.51, 29.38)
    assert (second["tier"], second["status"]) == ("station", "planned")
    assert (second["services"], second["opening_hours"]) == ("battery_swap", "24/7")
    assert stations["capacity"].isna().tolist() == [False, True]


def test_english_headers_and_a_workbook_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name", "Longitude", "Latitude", "Tier", "Services", "Capacity"])
    book.active.append(["North hut", 106.51, 29.38, "point", "rest; drinking water", 12.0])
    book.active.append([None, None, None, None, None, None])
    book.active.append([dt.time(8, 30), 106.52, 29.39, "centre", None, None])
    book.save(tmp_path / "s.xlsx")
    stations, _ = read_stations(tmp_path / "s.xlsx")
    assert list(stations["name"]) == ["North hut", "08:30"]
    assert list(stations["services"]) == ["rest;water", ""]
    # Ids come from the data row of the sheet; the blank row 2 still counts.
    assert list(stations["id"]) == ["s0001", "s0003"]
    assert stations.loc[0, "capacity"] == 12


@pytest.mark.parametrize("name", ["s.geojson", "s.gpkg", "s.shp"])
def test_map_layers_are_read(tmp_path: Path, name: str) -> None:
    shapes = [shapely.Point(106.5, 29.5), shapely.box(106.6, 29.6, 106.8, 29.8)]
    frame = gpd.GeoDataFrame({"name": ["点", "面"], "kind": ["a", "b"]}, geometry=shapes, crs=4326)
    if name == "s.shp":  # a shapefile holds one type of geometry
        frame = frame.iloc[:1]
    frame.to_file(tmp_path / name)
    stations, _ = read_stations(tmp_path / name)
    assert stations.loc[0, "name"] == "点"
    assert stations.geometry.iloc[-1].within(shapes[len(stations) - 1].buffer(1e-9))


def test_rows_are_chosen_by_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "pois.csv"
    path.write_text("name,lon,lat,kind\na,106,29,bank\nb,107,29,bar\nc,108,29,shop\n", "utf-8")
    stations, notes = read_stations(path, where={"kind": ["bank", "shop"]})
    assert list(stations["name"]) == ["a", "c"]
    assert list(stations["id"]) == ["s0001", "s0003"]
    assert notes[0].count == 2
    with pytest.raises(
        InputError, match="no row with kind = pub → the column holds: bank, bar, shop"
    ):
        read_stations(path, where={"kind": ["pub"]})
    with pytest.raises(InputError, match="no column 'type' to choose rows by"):
        read_stations(path, where={"type": ["pub"]})


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_lists_are_moved_back(tmp_path: Path, datum: str) -> None:
    lon, lat = gcj02_from_wgs84(np.array([106.51]), np.array([29.38]))
    if datum == "bd09":
        lon, lat = bd09_from_gcj02(lon, lat)
    path = tmp_path / "s.csv"
    path.write_text(f"名称,经度,纬度\n甲,{lon[0]:.9f},{lat[0]:.9f}\n", "utf-8")
    place = read_stations(path, datum=datum)[0].geometry.iloc[0]
    assert (place.x, place.y) == (pytest.approx(106.51, abs=1e-8), pytest.approx(29.38, abs=1e-8))


def test_all_faults_are_told_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "编号,名称,经度,纬度\n"
        "a,甲,106.5,29.5\n"
        "a,乙,29.5,106.5\n"
        "b,丙,abc,29.5\n"
        "\n"
        "c,丁,,29.5\n"
        "d,戊,606500,3264000\n"
        "e,己,0,0\n"
        "f,庚,nan,29\n",
        "utf-8",
    )
    with pytest.raises(InputError) as error:
        read_stations(path)
    assert [str(fault).split(" → ")[0] for fault in error.value.faults] == [
        "s.csv: row 3: longitude abc, latitude 29.5",
        "s.csv: row 5: longitude empty, latitude 29.5",
        "s.csv: row 8: longitude nan, latitude 29",
        "s.csv: row 2: longitude 29.5, latitude 106.5 look swapped",
        "s.csv: row 6: longitude 606500, latitude 3264000 are no degrees",
        "s.csv: row 7: position 0, 0",
        "s.csv: column 编号: rows 1, 2: 'a' 2 times",
    ]


def test_missing_columns_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("站长,电话\n王,1\n", "utf-8")
    with pytest.raises(InputError) as error:
        read_stations(path, fields={"host": "单位名"})
    assert [fault.seen for fault in error.value.faults] == [
        "no column '单位名' for host",
        "no column with the lon; it has: 站长, 电话",
        "no column with the lat; it has: 站长, 电话",
        "no column with the name; it has: 站长, 电话",
    ]


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("s.csv", b"", "empty"),
        ("s.csv", b"\n\n", "no header and no rows"),
        ("s.csv", "名称,经度,纬度\n".encode(), "a header, but no rows"),
        ("s.csv", "名称,经度,纬度\n甲,106,29,x,y\n".encode(), "row 1: 5 cells for 3 columns"),
        ("s.csv", "名称,名称,经度,纬度\n甲,乙,1,2\n".encode(), "two columns named '名称'"),
        ("s.csv", b"\x00\x01\x02\x03,,,\n", "binary data"),
        ("s.csv", b"\x81\x20\xff\xff\n", "unknown encoding"),
        ("s.xlsx", b"PK\x03\x04 broken", "no readable XLSX workbook"),
        ("s.xls", b"\xd0\xcf\x11\xe0", "old Excel file"),
        ("s.pdf", b"%PDF", "unknown kind of file '.pdf'"),
    ],
)
def test_unusable_lists_are_refused(tmp_path: Path, name: str, content: bytes, seen: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=seen) as error:
        read_stations(tmp_path / name)
    assert error.value.faults[0].where.startswith(name)


def test_a_missing_list_is_told() -> None:
    with pytest.raises(InputError, match="no such file"):
        read_stations("nowhere.csv")


def test_words_that_are_not_understood_are_said_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "名称,经度,纬度,级别,服务项目,开放时间,状态,容量\n甲,106,29,其它,理发;饮水,问保安,怪,很多\n",
        "utf-8",
    )
    stations, notes = read_stations(path)
    row = stations.iloc[0]
    assert (row["tier"], row["services"], row["opening_hours"]) == ("point", "water", "")
    assert row["status"] == "open"
    said = "\n".join(note.zh for note in notes)
    for word in ("其它", "理发", "问保安", "怪", "很多"):
        assert word in said


@pytest.mark.parametrize(
    ("words", "seats"), [("100000", 100_000), ("100001", None), ("9" * 27, None), ("1e9", None)]
)
def test_impossible_numbers_of_seats_are_said_not_taken(
    tmp_path: Path, words: str, seats: int | None
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f"名称,经度,纬度,容量\n甲,106,29,{words}\n", encoding="utf-8")
    stations, notes = read_stations(path)
    capacity = stations["capacity"].iat[0]
    assert (None if pd.isna(capacity) else int(capacity)) == seats
    assert any("capacity" in str(note) for note in notes) == (seats is None)


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("", ""),
        ("24小时", "24/7"),
        ("全天开放", "24/7"),
        ("8:00-20:00", "08:00-20:00"),
        ("8：00—20：00", "08:00-20:00"),
        ("每天8:00至20:00", "08:00-20:00"),
        ("周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00"),
        ("星期一到星期日9:00～21:00", "Mo-Su 09:00-21:00"),
        ("周一-周五9:00-17:00，周六9:00-12:00", "Mo-Fr 09:00-17:00; Sa 09:00-12:00"),
        ("工作日 9:00-11:30,14:00-17:30", "Mo-Fr 09:00-11:30,14:00-17:30"),
        ("工作日9:00-17:00；周六、周日休息", "Mo-Fr 09:00-17:00; Sa,Su off"),
        ("法定节假日不开放", "PH off"),
        ("Mo-Fr 8:00-20:00; Sa off", "Mo-Fr 08:00-20:00; Sa off"),
        ("Mo-Fr 08:00-12:00,13:00-17:30", "Mo-Fr 08:00-12:00,13:00-17:30"),
        ("24/7", "24/7"),
        ("工作日全天", "Mo-Fr 00:00-24:00"),
        ("24小时（节假日除外）", None),
        ("问保安", None),
        ("周一至周五", None),
        ("上午", None),
        ("by appointment", None),
    ],
)
def test_opening_hours_are_turned_into_osm_syntax(words: str, hours: str | None) -> None:
    assert wording.opening_hours(words) == hours


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("手机充电", "charging"),
        ("电动车充换电", "battery_swap"),
        ("hot_meal;rest", "rest;hot_meal"),
        ("Drinking water, Toilet", "water;toilet"),
        ("热饭 | 微波炉", "hot_meal"),
        ("应急药箱/急救", "first_aid"),
        ("政策咨询、法律援助", "consultation"),
        ("避雨纳凉", "shelter"),
    ],
)
def test_services_are_known_by_many_words(words: str, keys: str) -> None:
    assert wording.services(words) == (keys, [])


def test_stations_may_come_from_tags(tmp_path: Path) -> None:
    path = tmp_path / "x.osm.pbf"
    bank = {
        "amenity": "bank",
        "name": "工商银行",
        "name:en": "ICBC",
        "opening_hours": "Mo-Fr 09:00-17:00",
    }
    with osmium.SimpleWriter(str(path)) as file:
        node = osmium.osm.mutable.Node
        file.add_node(node(id=4, location=(106.5, 29.5), tags=bank))
        file.add_node(node(id=5, location=(106.6, 29.5), tags={"amenity": "cafe"}))
        file.add_node(node(id=6, location=(106.7, 29.5), tags={"amenity": "bank"}))
    stations, notes = read_stations("osm:amenity=bank", osm_paths=[path, path])
    assert list(stations["id"]) == ["n4", "n6"]
    assert list(stations["name"]) == ["工商银行", ""]
    assert list(stations["name_en"]) == ["ICBC", ""]
    assert "称呼" in str(notes)
    assert stations.loc[0, "opening_hours"] == "Mo-Fr 09:00-17:00"
    assert notes[0].count == 2
    with pytest.raises(InputError, match="no place tagged amenity=pub"):
        read_stations("osm:amenity=pub", osm_paths=[path])
    with pytest.raises(InputError, match="names no tag"):
        read_stations("osm:bank", osm_paths=[path])
    with pytest.raises(InputError, match="needs an OSM PBF file"):
        read_stations("osm:amenity=bank", osm_paths=[Path("roads.gpkg")])
