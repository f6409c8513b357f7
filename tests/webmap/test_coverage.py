"""Coverage over HTTP.

With 5 minutes on foot (375 m) c1 on crossing (0, 2) serves the crossings with x + |y − 2| ≤ 3,
which are 15; h2 on crossing (5, 0) serves those with (5 − x) + y ≤ 3, which are 4 + 3 + 2 + 1 = 10.
None is served by both. Ten people live at each of 36 crossings: 250 of 360 are covered. West of the
middle live 180 people at x = 0, 1, 2; covered are the crossings of c1 without (3, 2), 14, and
(2, 0) of h2: 150.
"""

from __future__ import annotations

import pytest

from geo import study, workspace
from geo.model import Budget, profile_named
from tests.webmap import tinycity
from webmap import geojson
from webmap.api.cells import CellColumns, CellFeature, Cells
from webmap.api.coverage import Layer, StudyOut


def test_coverage_equals_the_hand_count(client):
    found = StudyOut.model_validate(
        client.get("/api/cities/tiny/coverage?profile=walk&minutes=5").json
    )
    assert (found.people.total, found.people.covered) == (360, 250)
    assert found.people.share == pytest.approx(250 / 360)
    assert found.levels["2"].cells == 2


def test_the_default_is_fifteen_minutes_on_foot(client):
    found = client.get("/api/cities/tiny/coverage").json
    assert (found["profile"], found["minutes"]) == ("walk", 15)
    assert found["people"]["share"] == 1.0


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        ("budget=15min", Budget(minutes=15)),
        ("minutes=7", Budget(minutes=7)),
        ("budget=1000m", Budget(distance_m=1000)),
        ("distance_m=400", Budget(distance_m=400)),
    ],
)
def test_coverage_is_the_study_to_the_last_digit(client, query, budget):
    expected = study.run(workspace.load("tiny"), profile_named("walk"), budget).to_json()
    answer = client.get(f"/api/cities/tiny/coverage?{query}").json
    answer.pop("provenance")
    expected.pop("provenance")
    assert answer == geojson.plain(expected)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("profile=fly", "walk, slow, wheelchair, ebike"),
        ("budget=soon", "15min"),
        ("minutes=0", "1 to 60"),
        ("minutes=61", "1 to 60"),
        ("minutes=7.5", "whole minutes"),
        ("minutes=nan", "whole minutes"),
        ("minutes=inf", "whole minutes"),
        ("minutes=soon", "minutes:"),
        ("distance_m=150", "multiple of 100"),
        ("distance_m=-100", "multiple of 100"),
        ("distance_m=1e9", "5000"),
        ("budget=15min&minutes=15", "not several"),
    ],
)
def test_an_impossible_choice_is_a_problem_with_a_remedy(client, query, said):
    for path in ("coverage", "coverage/cells", "cells", "cells/01", "layers/gaps"):
        answer = client.get(f"/api/cities/tiny/{path}?{query}")
        assert answer.status_code == 422
        assert answer.mimetype == "application/problem+json"
        assert said in answer.json["detail"]
        assert answer.json["remedy"]


def test_cells_carry_their_figures(client):
    answer = client.get("/api/cities/tiny/cells?level=2&budget=5min")
    assert answer.mimetype == "application/geo+json"
    cells = {cell.id: cell.properties for cell in Cells.model_validate(answer.json).features}
    assert (cells["0101"].people, cells["0101"].covered) == (180, 150)
    assert (cells["0102"].people, cells["0102"].covered) == (180, 100)
    assert cells["0102"].name == tinycity.HOSTILE
    assert cells["0101"].class_ == "partial"
    assert cells["0101"].parent == "01"


def test_the_lowest_level_is_the_default(client):
    assert client.get("/api/cities/tiny/coverage/cells").json["level"] == 2


def test_one_cell(client):
    found = CellFeature.model_validate(client.get("/api/cities/tiny/cells/01?minutes=5").json)
    assert (found.properties.level, found.properties.covered) == (1, 250)


def test_an_unknown_cell_or_level_is_a_problem(client):
    assert client.get("/api/cities/tiny/cells/99").status_code == 404
    answer = client.get("/api/cities/tiny/cells?level=7")
    assert answer.status_code == 422
    assert "[1, 2]" in answer.json["detail"]


def test_columns_equal_the_cells(client):
    columns = client.get("/api/cities/tiny/coverage/cells?level=2&minutes=5").json
    CellColumns.model_validate(columns)
    cells = client.get("/api/cities/tiny/cells?level=2&minutes=5").json["features"]
    assert columns["codes"] == [cell["id"] for cell in cells]
    for name in ("share", "class", "people", "covered"):
        assert columns[name] == [cell["properties"][name] for cell in cells]
    assert columns["ground_share"] == [None] * len(cells)  # people are known: nothing is drawn


def test_unknown_people_are_null_and_ground_still_counts(client):
    found = client.get("/api/cities/bare/coverage").json
    assert found["people"]["total"] is None
    assert found["people"]["reason"]
    assert found["area_m2"]["total"] > 0
    columns = client.get("/api/cities/bare/coverage/cells").json
    assert set(columns["people"]) == {None}


@pytest.mark.parametrize("layer", ["circles", "ring", "gaps"])
def test_layers_are_geojson(client, layer):
    answer = client.get(f"/api/cities/tiny/layers/{layer}?minutes=5")
    assert answer.mimetype == "application/geo+json"
    found = Layer.model_validate(answer.json)
    assert found.features
    west, south, east, north = client.get("/api/cities/tiny").json["bounds"]
    lon, lat = _first_vertex(found.features[0].geometry.coordinates)
    assert west - 0.01 <= lon <= east + 0.01
    assert south - 0.01 <= lat <= north + 0.01


def _first_vertex(coordinates):
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates


def test_gaps_hold_everyone_who_is_not_covered(client):
    features = client.get("/api/cities/tiny/layers/gaps?minutes=5").json["features"]
    ranks = [feature["properties"]["rank"] for feature in features]
    assert ranks == list(range(1, len(features) + 1))
    assert {"class", "people", "area_m2", "barrier"} <= set(features[0]["properties"])


def test_an_unknown_layer_is_a_problem(client):
    answer = client.get("/api/cities/tiny/layers/roads")
    assert answer.status_code == 404
    assert "circles, ring, gaps" in answer.json["detail"]
