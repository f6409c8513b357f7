"""Minutes over HTTP. In 5 minutes 250 of 360 people are covered (``test_coverage.py``)."""

from __future__ import annotations

import numpy as np
import pytest

from geo import minutes, study, workspace
from geo.model import Budget, profile_named
from webmap import geojson
from webmap.api.cells import CellColumns, CellNames
from webmap.api.minutes import MinutesOut

CITY = "/api/cities/tiny"


def asked(client, query: str = "") -> MinutesOut:
    answer = client.get(f"{CITY}/minutes?{query}")
    assert answer.status_code == 200, answer.json
    found = MinutesOut.model_validate(answer.json)
    assert found.model_dump() == answer.json
    return found


def test_bins_up_to_the_budget_are_the_hand_count(client):
    found = asked(client, "minutes=5")
    assert (found.measure, found.total, sum(found.bins[:5])) == ("people", 360, 250)
    assert found.budget_s == 300
    assert sum(found.bins) + found.beyond + found.unreached + found.outside == 360


def test_medians_are_those_of_the_study_in_the_order_of_the_cells(client):
    found = asked(client, "minutes=5&level=2")
    run = study.run(workspace.load("tiny"), profile_named("walk"), Budget(minutes=5))
    rows = np.flatnonzero(run.data.cells["level"] == 2)
    assert found.cells.median_s == geojson.plain(minutes.medians_s(run)[rows].tolist())
    columns = CellColumns.model_validate(client.get(f"{CITY}/coverage/cells?level=2").json)
    assert found.cells.code == columns.codes


def test_a_scenario_is_asked_as_the_city_is(client):
    made = client.post(
        f"{CITY}/scenarios",
        json={"name": "少一站", "changes": [{"kind": "close", "station": "h2"}]},
    )
    where = made.headers["Location"]
    found = asked(client, f"minutes=5&scenario={made.json['id']}")
    assert sum(found.bins[:5]) == 150  # c1 alone: 15 crossings
    client.delete(where)


def test_ground_is_counted_where_nobody_is_known(client):
    found = MinutesOut.model_validate(client.get("/api/cities/bare/minutes").json)
    assert found.measure == "ground_m2" and found.reason
    assert found.total > 0


@pytest.mark.parametrize("query", ["level=9", "profile=fly", "budget=soon", "at=never"])
def test_what_is_not_offered_is_refused(client, query):
    answer = client.get(f"{CITY}/minutes?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_cells_have_names_and_bounds(client):
    names = CellNames.model_validate(client.get(f"{CITY}/levels/2/cells").json)
    columns = CellColumns.model_validate(client.get(f"{CITY}/coverage/cells?level=2").json)
    assert names.code == columns.codes and "西社区" in names.name
    shapes = client.get(f"{CITY}/cells?level=2").json["features"]
    for shape, (west, south, east, north) in zip(shapes, names.bbox, strict=True):
        assert shape["properties"]["name"] == names.name[names.code.index(shape["id"])]
        xy = np.array(shape["geometry"]["coordinates"][0], float).reshape(-1, 2)
        assert (west, south) == pytest.approx(xy.min(axis=0), abs=2e-6)
        assert (east, north) == pytest.approx(xy.max(axis=0), abs=2e-6)
    assert client.get(f"{CITY}/levels/9/cells").status_code == 422


def test_columns_say_why_cells_are_not_covered(client):
    found = client.get(f"{CITY}/coverage/cells?level=2&budget=5min").json
    whole = client.get(f"{CITY}/cells?level=2&budget=5min").json["features"]
    for name in ("reason", "null_reason", "class"):
        assert found[name] == [cell["properties"][name] for cell in whole]
