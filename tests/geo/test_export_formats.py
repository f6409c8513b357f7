"""Every format read back by another program: the same rows, the same sums, the same names."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geo import export, study
from geo.errors import OptionError
from geo.export.shapefile import cut, short_names
from geo.manifest import Base, Question, Scenario
from geo.model import Budget, Position
from geo.scenario.changes import (
    AddLink,
    CloseStation,
    MoveStation,
    OpenGate,
    OpenSite,
    RemoveLink,
)
from tests.geo.test_whatif import FOUR, at
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

WALK = TOY_PROFILES["walk"]
#: 105 people; those of (500, 500) have 900 m to walk to (100, 0) at 1 m/s, over five minutes.
PEOPLE = [(0, 0, 50.5), (100, 0, 20.25), (200, 0, 10.0), (500, 500, 24.25)]
COVERED = 50.5 + 20.25 + 10.0
HOSTILE = ['=HYPERLINK("http://x")', '＋86 驿站,“引号”"x"', "-2\n第二行", "长" * 200]
STATIONS = [(100, 0), (0, 100), (200, 0), (0, 0)]


@pytest.fixture(scope="module")
def city():
    data = toy_city(STATIONS, PEOPLE, seats=[10, None, 0, 3])
    return data.with_stations(data.stations.assign(name=HOSTILE), data.station_links)


@pytest.fixture(scope="module")
def result(city):
    return study.run(city, WALK, Budget(minutes=5))


@pytest.fixture(scope="module")
def ready(result):
    return export.contents(result, result.to_json({"inputs": []}))


def layers(folder):
    return {path.stem: path for path in folder.iterdir()}


def read_layer(path):
    return gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)


def test_figures_equal_the_study(result, ready):
    told = result.to_json()
    rows = ready.tables["figures"].frame.set_index("key")["value"]
    assert rows["people.total"] == sum(count for *_, count in PEOPLE)
    assert rows["people.covered"] == COVERED == told["people"]["covered"]
    assert rows["uncovered.beyond_reach.people"] == 24.25
    assert rows["levels.2.cells"] == 4 and rows["minutes"] == 5
    assert rows["area_m2.covered"] == round(told["area_m2"]["covered"], 1)
    assert pd.isna(rows["distance_m"])
    lost = ready.tables["uncovered"].frame.set_index("class")
    assert lost["people"].sum() == 24.25 and lost.loc["beyond_reach", "places"] == 1
    assert "people.reason" not in rows.index


def test_sums_of_the_tables_equal_the_study(ready):
    cells = ready.tables["cells"].frame
    leaves = cells[cells["level"] == 2]
    assert (leaves["people"].sum(), leaves["covered"].sum()) == (105.0, COVERED)
    assert (cells["covered"] + cells["uncovered"]).equals(cells["people"])
    assert ready.tables["gaps"].frame["people"].sum() == 24.25
    # Whom a station serves first: every covered place counts at one station alone.
    stations = ready.tables["stations"].frame.set_index("id")["people_nearest"]
    assert stations.to_dict() == {"s0": 20.25, "s1": 0.0, "s2": 10.0, "s3": 50.5}
    assert stations.sum() == COVERED


def test_every_table_names_its_rows_once_and_every_column_has_a_meaning(ready):
    for table in ready.tables.values():
        assert not table.frame.iloc[:, 0].duplicated().any(), table.name
    told = ready.tables["columns"].frame
    mine = [f"{t.name}.{c}" for t in ready.tables.values() if t.name != "columns" for c in t.plain]
    assert list(told["key"]) == mine
    assert (told[["meaning_zh", "meaning_en"]] != "").all(axis=None)


def test_csv_comes_back(ready, tmp_path):
    export.write(ready, "csv", tmp_path / "out")
    found = layers(tmp_path / "out")
    assert set(found) == set(export.TITLES)
    for name, path in found.items():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert len(pd.read_csv(path)) == len(ready.tables[name].frame)
    cells = pd.read_csv(found["cells"])
    assert cells.loc[cells["level"] == 1, "covered"].sum() == COVERED
    names = pd.read_csv(found["stations"])["name"]
    # No cell is a formula; whoever takes the apostrophe away has the name.
    assert list(names) == [f"'{HOSTILE[0]}", f"'{HOSTILE[1]}", f"'{HOSTILE[2]}", HOSTILE[3]]
    export.write(ready, "csv", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert inside == {path.name: path.read_bytes() for path in found.values()}


def test_a_workbook_comes_back(ready, tmp_path):
    path = export.write(ready, "xlsx", tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == list(export.TITLES)
    for sheet in book:
        table = ready.tables[sheet.title].plain
        assert (sheet.max_row - 1, sheet.max_column) == table.shape
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref
        assert "内部资料" in sheet.oddFooter.left.text  # on paper, too
        assert [cell.value for cell in sheet[1]] == list(table.columns)
        assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet for cell in row)
    stations = pd.DataFrame(book["stations"].values)
    stations.columns = stations.iloc[0]
    assert list(stations["name"][1:]) == HOSTILE  # texts of a workbook need no apostrophe
    assert list(stations["capacity"][1:]) == [10, None, 0, 3]
    assert list(stations["serves"][1:]) == [True] * 4
    cells = pd.read_excel(path, "cells", dtype={"code": str})
    assert cells.loc[cells["level"] == 2, "covered"].sum() == COVERED
    heads = [cell.value for cell in book["cells"][1]]
    shares = book["cells"].cell(2, heads.index("share") + 1)
    assert 0 <= shares.value <= 1 and shares.number_format == "0.0%"
    assert book["cells"].column_dimensions["A"].width >= 8


def test_a_geopackage_comes_back(ready, tmp_path):
    path = export.write(ready, "gpkg", tmp_path / "out.gpkg")
    assert {name for name, _ in pyogrio.list_layers(path)} == set(export.TITLES)
    for name, table in ready.tables.items():
        check_layer(gpd.read_file(path, layer=name), table)
    stations = gpd.read_file(path, layer="stations")
    assert list(stations["name"]) == HOSTILE
    assert stations["capacity"].isna().tolist() == [False, True, False, False]


@pytest.mark.parametrize(("form", "suffix"), [("geojson", ".geojson"), ("parquet", ".parquet")])
def test_files_of_one_layer_come_back(ready, tmp_path, form, suffix):
    export.write(ready, form, tmp_path / "out")
    for name, path in layers(tmp_path / "out").items():
        table = ready.tables[name]
        if table.spatial:
            assert path.suffix == suffix
            check_layer(read_layer(path), table)
        else:
            read = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
            assert len(read) == len(table.frame)
    alone = export.write(ready, form, tmp_path / f"cells{suffix}", ("cells",))
    assert alone.read_bytes() == (tmp_path / "out" / f"cells{suffix}").read_bytes()
    assert list(read_layer(tmp_path / "out" / f"stations{suffix}")["name"]) == HOSTILE


def test_geojson_is_as_the_standard_has_it(ready, tmp_path):
    path = export.write(ready, "geojson", tmp_path / "gaps.geojson", ("gaps",))
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["type"] == "FeatureCollection" and "crs" not in told  # RFC 7946: always WGS84
    assert told["features"]
    for feature in told["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.geom_type == "Polygon" and shape.exterior.is_ccw


def check_layer(read, table):
    """Hold a layer that was read against what was to be written."""
    assert len(read) == len(table.frame)
    if not table.spatial:
        return
    assert read.crs.to_epsg() == 4326
    if not len(read):
        return
    west, south, east, north = read.total_bounds
    assert 70 < west <= east < 140 and 3 < south <= north < 54  # longitude first
    assert shapely.is_valid(read.geometry.to_numpy()).all()
    assert shapely.equals_exact(
        shapely.normalize(read.geometry.to_numpy()),
        shapely.normalize(table.frame.geometry.to_numpy()),
        1e-12,
    ).all()
    for name in table.plain.select_dtypes("float"):
        assert read[name].sum() == pytest.approx(table.frame[name].sum(), rel=1e-12)


def test_shapefiles_come_back(ready, tmp_path):
    path = export.write(ready, "shp", tmp_path / "out.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "files")
    files = tmp_path / "files"
    assert (files / "stations.cpg").read_text() == "UTF-8"
    fields = pd.read_csv(files / "fields.csv")
    for name, table in ready.tables.items():
        if not table.spatial:
            assert len(pd.read_csv(files / f"{name}.csv")) == len(table.frame)
            continue
        read = gpd.read_file(files / f"{name}.shp")
        assert len(read) == len(table.frame) and read.crs.to_epsg() == 4326
        assert shapely.is_valid(read.geometry.to_numpy()).all()
        mine = fields[fields["table"] == name].set_index("field")["column"]
        assert list(mine) == list(table.plain.columns) and list(mine.index) == list(read)[:-1]
        full = read.rename(columns=mine)
        for column in table.plain.select_dtypes("float"):
            assert full[column].sum() == pytest.approx(table.frame[column].sum())
    stations = gpd.read_file(files / "stations.shp")
    # 254 bytes hold 84 letters of three bytes; the 85th is left out whole.
    assert list(stations["name"]) == [*HOSTILE[:3], "长" * 84]
    assert stations["capacity"].isna().tolist() == [False, True, False, False]


def test_short_names_fit_and_stay_different():
    names = [f"people_who_{n}" for n in range(12)] + ["People_Who", "驿站名称", "a"]
    short = short_names(names)
    assert list(short) == names and short["a"] == "a"
    assert all(len(name.encode()) <= 10 for name in short.values())
    assert len({name.lower() for name in short.values()}) == len(names)
    assert short["people_who_0"] == "people_who" and short["people_who_1"] == "people_wh2"
    assert short["驿站名称"] == "驿站名"  # nine bytes of twelve
    assert cut("驿站", 5) == "驿" and cut("驿站", 6) == "驿站" and cut("", 3) == ""


@pytest.mark.parametrize("form", export.FORMATS)
def test_a_city_where_nobody_is_known_and_nothing_serves(tmp_path, form):
    data = toy_city([(100, 0)], None, closed=[0])
    result = study.run(data, WALK, Budget(distance_m=300))
    ready = export.contents(result, result.to_json({"inputs": []}))
    suffix = export.FORMATS[form].suffix if not export.FORMATS[form].folder else ""
    path = export.write(ready, form, tmp_path / f"out{suffix}")
    assert path.exists()
    figures = ready.tables["figures"].frame.set_index("key")["value"]
    assert pd.isna(figures["people.total"]) and figures["stations"] == 0
    about = ready.tables["about"].frame.set_index("key")["text"]
    assert about["people_reason"] == "no demand file"
    assert len(ready.tables["rings"].frame) == 0
    assert ready.tables["stations"].frame["people_nearest"].isna().all()
    if form == "csv":
        text = "".join(p.read_text(encoding="utf-8-sig") for p in path.iterdir())
        assert "nan" not in text.lower().replace("nanshan", "")


def test_a_city_without_gaps_or_stations(tmp_path):
    covered = study.run(toy_city([(200, 200)], [(200, 200, 3)]), WALK, Budget(minutes=60))
    none = study.run(toy_city([], [(0, 0, 3)]), WALK, Budget(minutes=5))
    for number, each in enumerate((covered, none)):
        ready = export.contents(each, each.to_json({"inputs": []}))
        for form in ("gpkg", "shp", "geojson", "parquet", "xlsx"):
            suffix = export.FORMATS[form].suffix if not export.FORMATS[form].folder else ""
            assert export.write(ready, form, tmp_path / f"{form}{number}{suffix}").exists()
    read = gpd.read_file(tmp_path / "gpkg1.gpkg", layer="stations")
    assert len(read) == 0 and "people_nearest" in read


def test_about_says_what_was_asked_and_changed(city):
    changes = (CloseStation("s0"), OpenSite("n1", Position(116.0, 40.0), "=新站"))
    base = Base("toy", "玩具城", "5f0c", {})
    made = Scenario("北岸\n两站", base, Question(WALK, Budget(minutes=15)), changes, "备注")
    result = study.run(city, WALK, Budget(minutes=15))
    told = export.contents(result, result.to_json({"inputs": []}), scenario=made)
    about = told.tables["about"].frame.set_index("key")["text"]
    assert "内部资料" in about["edition"] and "internal" in about["edition"]
    assert about["scenario"] == "北岸 两站"  # a line break would forge a line
    assert json.loads(about["scenario.change.1"]) == {"kind": "close", "station": "s0"}
    assert json.loads(about["scenario.change.2"])["name"] == "=新站"
    assert about["scenario.base"] == "玩具城 (toy), 5f0c"
    clauses = about[about.index.str.startswith("clause.union-double-15")]
    assert len(clauses) and clauses.str.contains("15").all()


@pytest.fixture(scope="module")
def drawn(city):
    """Return an export of a scenario with every sort of change, and where s1 stood: (0, 100)."""
    a, b, c = at(0, 300), at(500, 300), at(250, 300)
    changes = (
        CloseStation("s0"),
        MoveStation("s1", a),
        OpenSite("n1", b, "=新站"),
        AddLink("b1", (a, c, b), "新桥", ("walk",)),
        OpenGate("g1", c),
        RemoveLink("b1"),
    )
    made = Scenario("甲", Base("toy", "玩具城", "5f0c", {}), Question(WALK, FOUR), changes)
    moved = city.stations.copy()  # what a changed city holds; only the layer is looked at
    result = study.run(city, WALK, Budget(minutes=5))
    told = result.to_json({"inputs": []})
    return export.contents(result, told, scenario=made, before=moved), (a, b, c)


def test_changes_of_a_scenario_are_a_layer(drawn):
    told, (a, b, c) = drawn
    layer = told.tables["changes"].frame
    keys = ["1", "2.before", "2.after", "3", "4", "5", "6"]
    assert list(layer["key"]) == [f"scenario.change.{key}" for key in keys]
    assert list(layer["change"]) == ["close", "move", "move", "open", "link", "gate", "unlink"]
    assert list(layer["when"]) == ["", "before", "after", "after", "after", "after", "before"]
    assert list(layer["id"]) == ["s0", "s1", "s1", "n1", "b1", "g1", "b1"]
    assert list(layer["subject"].iloc[3:]) == ["station", "link", "gate", "link"]
    shapes = layer.set_index("key").geometry
    stood = told.tables["stations"].frame.set_index("id").geometry
    assert shapes["scenario.change.1"].equals(stood["s0"])
    assert shapes["scenario.change.2.before"].equals(stood["s1"])
    for key, where in (("2.after", a), ("3", b), ("5", c)):
        shape = shapes[f"scenario.change.{key}"]
        assert (shape.x, shape.y) == pytest.approx((where.lon, where.lat), abs=1e-7)
    for key in ("4", "6"):
        line = shapes[f"scenario.change.{key}"]
        assert line.geom_type == "LineString" and len(line.coords) == 3
    assert json.loads(layer["what"].iloc[4]) == {"name": "新桥", "profiles": ["walk"]}
    words = told.tables["columns"].frame
    assert set(words.loc[words["table"] == "changes", "column"]) == set(layer.columns) - {
        "geometry"
    }


@pytest.mark.parametrize("form", list(export.FORMATS))
def test_changes_come_back_from_every_format(drawn, tmp_path, form):
    told, _ = drawn
    each = export.FORMATS[form]
    path = export.write(told, form, tmp_path / f"out{'' if each.folder else each.suffix}")
    if form == "shp":  # points and lines are files of their own there
        found = [gpd.read_file(f"{path}!changes_{part}.shp") for part in ("points", "lines")]
        assert [len(part) for part in found] == [5, 2]
        return
    if form == "gpkg":
        found = gpd.read_file(path, layer="changes")
        assert {kind.removeprefix("Multi") for kind in found.geom_type} == {"Point", "LineString"}
    elif form == "xlsx":
        found = pd.read_excel(path, sheet_name="changes")
    else:
        file = next(path.glob("changes.*"))
        found = pd.read_csv(file) if form == "csv" else read_layer(file)
    assert list(found["key"]) == list(told.tables["changes"].frame["key"])
    assert found["lon"].notna().all() and found["lat"].notna().all()


def test_the_public_edition_holds_no_small_count_in_any_table(city, tmp_path):
    # 4 people beyond reach among 105 + 4: a small count, in the city and in its cell.
    data = toy_city(STATIONS, [*PEOPLE, (500, 100, 4.0)])
    result = study.run(data, WALK, Budget(minutes=5))
    told = result.to_json({"inputs": []})
    ready = export.contents(result, told, edition="public")
    inside = export.contents(result, told)
    assert ready.edition == "public" and inside.edition == "internal"
    about = ready.tables["about"].frame.set_index("key")["text"]
    assert "公开版" in about["edition"] and "<10" in about["edition"]
    for name, columns in {
        "cells": ["people", "covered", "uncovered", "people_judged", "ring_covered"],
        "stations": ["people_nearest"],
        "gaps": ["people"],
        "uncovered": ["people"],
    }.items():
        shown = ready.tables[name].frame[columns].to_numpy(dtype=float).ravel()
        known = shown[~np.isnan(shown)]
        assert ((known == 0) | (known >= 10)).all(), name
        assert (known % 10 == 0).all(), name  # and nothing to take the small one from
    assert (ready.tables["cells"].frame["suppressed"] != "").any()
    figures = ready.tables["figures"].frame.set_index("key")["value"]
    assert figures["people.total"] == 110  # 109, to the nearest ten
    exact = inside.tables["figures"].frame.set_index("key")["value"]
    assert exact["people.total"] == 109
    assert exact["area_m2.covered"] == figures["area_m2.covered"]  # ground is nobody
    assert "suppressed" not in inside.tables["cells"].frame
    for form, each in export.FORMATS.items():
        suffix = "" if each.folder else each.suffix
        assert export.write(ready, form, tmp_path / f"{form}{suffix}").exists()


@pytest.mark.parametrize(
    ("form", "name", "chosen", "message"),
    [
        ("doc", "x.doc", (), "unknown format 'doc'; choose of csv, xlsx"),
        ("xlsx", "x.xls", (), "ends in .xlsx"),
        ("shp", "x", (), "ends in .zip"),
        ("csv", "x.csv", (), "holds one table; choose it"),
        ("csv", "x.csv", ("cells", "gaps"), "holds one table"),
        ("csv", "x", ("roads",), "no table or layer 'roads'; choose of about"),
        ("geojson", "x.geojson", ("figures",), "figures has no places"),
        ("csv", "taken", (), "holds 'mine.txt', which is no part of an export"),
        ("csv", "", (), "cannot be replaced"),
        ("gpkg", "folder.gpkg", (), "is no file"),
    ],
)
def test_a_place_that_does_not_fit_is_refused_in_words(
    ready, tmp_path, form, name, chosen, message
):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").touch()
    (tmp_path / "folder.gpkg").mkdir()
    path = tmp_path / name if name else tmp_path / ".."
    with pytest.raises(OptionError, match=message.replace(".", r"\.")):
        export.write(ready, form, path, chosen)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["folder.gpkg", "mine.txt", "taken"]


def test_an_older_export_is_replaced(ready, tmp_path):
    export.write(ready, "csv", tmp_path / "out")
    export.write(ready, "csv", tmp_path / "out", ("cells",))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "cells.csv",
        "about.csv",
        "columns.csv",
    }
    listed = pd.read_csv(tmp_path / "out" / "columns.csv")
    assert set(listed["table"]) == {"about", "cells"}


def test_positions_are_within_their_shapes(ready):
    for name in ("cells", "gaps", "stations"):
        frame = ready.tables[name].frame
        spots = shapely.points(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float))
        # Rounded to 1e-7 degrees, a centimetre.
        assert (shapely.distance(spots, frame.geometry.to_numpy()) < 2e-7).all()
    assert np.isfinite(ready.tables["cells"].frame["lon"]).all()
