"""The gate of frames: what passes, and that every fault is told at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geo import frames, schemas
from geo.errors import InputError

METRIC = "EPSG:4547"
SQUARE = shapely.box(0, 0, 10, 10)
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def faults_of(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(fault) for fault in error.value.faults]


@pytest.mark.parametrize("kind", schemas.SCHEMAS)
def test_an_empty_frame_of_each_kind_passes(kind: str) -> None:
    frame = frames.empty(kind, METRIC)
    assert list(frame.columns) == schemas.SCHEMAS[kind].names
    assert frames.check(frame, kind, "here") is frame


def test_columns_that_a_source_lacks_get_their_defaults() -> None:
    nodes = frames.make("nodes", {"osm_id": [7]}, [shapely.Point(1, 2)], METRIC)
    assert nodes.loc[0, "barrier"] == ""
    stations = frames.make("stations", {"id": ["a"]}, [shapely.Point(1, 2)], "EPSG:4326")
    row = stations.iloc[0]
    assert (row["tier"], row["status"], row["services"]) == ("point", "open", "")
    assert stations["capacity"].isna().all()


def test_all_faults_of_a_frame_are_told_at_once() -> None:
    cells = {"code": ["a", "a", ""], "level": [0, 1, 2]}
    with pytest.raises(InputError) as error:
        frames.make("cells", cells, [shapely.Point(0, 0), BOW_TIE, None], None, "cells.gpkg")
    told = "\n".join(faults_of(error))
    assert len(error.value.faults) == 7
    for part in (
        "cells.gpkg: no CRS",
        "column code: row 3: empty",
        "column code: rows 1, 2: 'a' 2 times",
        "column level: row 1: 0",
        "row 3: no geometry",
        "row 1: a Point → give Polygon or MultiPolygon",
        "row 2: Self-intersection",
    ):
        assert part in told


def test_a_missing_column_is_named_with_its_meaning() -> None:
    frame = frames.make("demand", {"people": [1.0]}, [SQUARE], "EPSG:4326")
    with pytest.raises(InputError) as error:
        frames.check(frame.drop(columns="people"), "demand", "people.csv")
    assert faults_of(error) == [
        "people.csv: no column 'people' → add it: number of people (float64)"
    ]


@pytest.mark.parametrize("people", [np.nan, np.inf, -1.0])
def test_people_are_finite_and_not_negative(people: float) -> None:
    with pytest.raises(InputError, match="column people: row 2"):
        frames.make("demand", {"people": [1.0, people]}, [SQUARE, SQUARE], "EPSG:4326")


def test_analysis_frames_refuse_degrees() -> None:
    with pytest.raises(InputError, match="project to the city's metric CRS"):
        frames.make("units", {"people": [1.0], "source": [0]}, [shapely.Point(1, 2)], "EPSG:4326")


def test_wrong_types_and_wrong_indexes_are_told() -> None:
    frame = frames.make("units", {"people": [1.0], "source": [0]}, [shapely.Point(1, 2)], METRIC)
    frame["source"] = frame["source"].astype("int64")
    frame.index = pd.Index([5])
    with pytest.raises(InputError) as error:
        frames.check(frame, "units", "spread")
    told = faults_of(error)
    assert any("holds int64 → convert it to int32" in fault for fault in told)
    assert any("does not run 0…n-1" in fault for fault in told)


def test_values_outside_the_choices_are_told() -> None:
    with pytest.raises(InputError, match="'hut' → give one of 'centre', 'station', 'point'"):
        frames.make("stations", {"id": ["a"], "tier": ["hut"]}, [shapely.Point(1, 2)], "EPSG:4326")


def test_many_equal_faults_are_summed_up() -> None:
    # 45 rows are wrong: 20 are named one by one, the 25 others in one line.
    faults = frames.row_faults("f", np.ones(45, dtype=bool), lambda row: "odd", "mend")
    assert len(faults) == 21
    assert faults[0].where == "f: row 1"
    assert faults[-1].seen == "the same in 25 rows"


def test_rows_left_out_keep_the_numbers_of_the_source() -> None:
    mask, numbers = np.array([False, True]), np.array([4, 9])
    assert frames.row_faults("f", mask, str, "mend", numbers)[0].where == "f: row 9"
    twice = frames.duplicate_faults("f", pd.Series(["x", "x"]), numbers)
    assert twice[0].where == "f: rows 4, 9"


def test_check_leaves_the_frame_as_it_was() -> None:
    frame = frames.make("water", {"name": ["河"]}, [SQUARE], METRIC)
    before = frame.copy()
    frames.check(frame, "water", "here")
    assert_geodataframe_equal(frame, before)
