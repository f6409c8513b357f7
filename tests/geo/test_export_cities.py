"""Whole cities handed over: what other programs read adds up to the study, on shapes that hold."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import answers, export, study, workspace
from geo.export import delimited
from geo.model import PROFILES, Budget

FIFTEEN = Budget(minutes=15)


def hold(home, slug, folder):
    """Export a city in every format and hold the files against its study."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        data = workspace.load(slug)
        result = study.run(data, PROFILES["walk"], FIFTEEN)
        told = result.to_json(answers.provenance(slug))
    ready = export.contents(result, told)
    places = {"csv": "csv", "xlsx": "a.xlsx", "gpkg": "a.gpkg", "geojson": "json",
              "parquet": "parquet", "shp": "a.zip"}  # fmt: skip
    paths = {form: export.write(ready, form, folder / name) for form, name in places.items()}
    codes = {"code": str, "parent": str}
    top = {
        "csv": pd.read_csv(paths["csv"] / "cells.csv", dtype=codes),
        "xlsx": pd.read_excel(paths["xlsx"], "cells", dtype=codes),
        "gpkg": pyogrio.read_dataframe(paths["gpkg"], layer="cells"),
        "geojson": gpd.read_file(paths["geojson"] / "cells.geojson"),
        "parquet": gpd.read_parquet(paths["parquet"] / "cells.parquet"),
        "shp": gpd.read_file(f"zip://{paths['shp']}!cells.shp"),
    }
    for form, cells in top.items():
        assert len(cells) == len(data.cells), form
        mine = cells[cells["level"] == 1]
        for column, total in (("covered", told["people"]["covered"]), ("people", None)):
            if told["people"]["total"] is None:
                assert mine[column].isna().all()
            elif total is not None:
                assert mine[column].sum() == total, form  # exact: people are 1/1024ths
        assert mine["covered_m2"].sum() == pytest.approx(told["area_m2"]["covered"], abs=len(mine))
        assert list(cells["name"].fillna("")) == list(data.cells["name"]), form
    for name, kind in pyogrio.list_layers(paths["gpkg"]):
        if kind is not None:
            shapes = pyogrio.read_dataframe(paths["gpkg"], layer=name).geometry.to_numpy()
            assert shapely.is_valid(shapes).all() and not shapely.is_empty(shapes).any(), name
    lost = pd.read_csv(paths["csv"] / "uncovered.csv", index_col="class")
    for name, row in told["uncovered"].items():
        assert lost.loc[name, "area_m2"] == pytest.approx(row["area_m2"], abs=0.051)
        if row["people"] is not None:
            assert lost.loc[name, "people"] == row["people"]
    book = openpyxl.load_workbook(paths["xlsx"], read_only=True)
    figures = {row[0]: row[1] for row in book["figures"].iter_rows(min_row=2, values_only=True)}
    assert figures["people.covered"] == told["people"]["covered"]
    assert figures["stations"] == told["stations"]
    return ready


def test_the_demonstration_city(demo_home, tmp_path):
    ready = hold(demo_home, "demo", tmp_path)
    about = ready.tables["about"].frame.set_index("key")["text"]
    assert "虚构" in about["synthetic"] and "合成示例数据" in about["attribution"]


@pytest.mark.parametrize("slug", ["haidian", "nanshan"])
def test_real_cities(real_home, tmp_path, slug):
    ready = hold(real_home, slug, tmp_path)
    about = ready.tables["about"].frame.set_index("key")["text"]
    assert "OpenStreetMap" in about["attribution"] and "osm.pbf" in about["source.1"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_any_text_comes_back_from_a_table_and_is_no_formula(texts):
    frame = pd.DataFrame({"name": texts, "n": range(len(texts))})
    with io.StringIO(delimited.text_of(frame), newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [int(row[1]) for row in rows] == list(range(len(texts)))
    for text, (written, _) in zip(texts, rows, strict=True):
        assert written in (text, f"'{text}")
        assert written.lstrip()[:1] not in tuple("=+-@＝＋－＠")
