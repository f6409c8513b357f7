from __future__ import annotations

import json
import re

import pytest

from tests.webmap import tinycity
from webmap.api import models
from webmap.api.cells import CellColumns, CellFeature, Cells
from webmap.api.cities import Cities, CityFacts, Health
from webmap.api.coverage import Layer, StudyOut
from webmap.api.feedback import FeedbackCounts, FeedbackIn, FeedbackOut
from webmap.api.places import NearestOut, WayOut
from webmap.api.questions import NearestIn, WayIn
from webmap.api.search import SearchIn, SearchOut
from webmap.api.stations import ServiceArea, StationDetailFeature, Stations
from webmap.api.why import ExplainOut


@pytest.fixture
def spec(client):
    return client.get("/api/openapi.json").json


def operations(spec):
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_endpoint_is_described(spec, app):
    described = {name for name, _ in operations(spec)}
    argument = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
    served = {
        f"{method} " + argument.sub(r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/", "/tiles/", "/healthz"))
    }
    assert served - described == {"GET /api/docs", "GET /api/openapi.json"}
    assert not any(name.split()[1].startswith("/{slug}") for name in described)


def test_every_reference_leads_somewhere(spec):
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(spec)):
        part = spec
        for step in reference.split("/"):
            assert step in part, reference
            part = part[step]


def test_every_operation_says_what_it_does_and_what_can_go_wrong(spec):
    for name, operation in operations(spec):
        assert operation["summary"].strip(), name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            if status >= "4":
                assert set(answer["content"]) == {"application/problem+json"}, (name, status)


def test_figures_are_documented_with_units(spec):
    figures = spec["components"]["schemas"]["StationDetailFeature"]
    assert figures["type"] == "object"
    for name, schema in spec["components"]["schemas"].items():
        for field, facts in schema.get("properties", {}).items():
            if field.endswith("_m2"):
                assert "m²" in facts.get("description", ""), (name, field)
            if field in ("seconds", "metres", "leg_m", "straight_m", "radius_m"):
                said = facts.get("description", "").lower()
                assert "seconds" in said or "metres" in said, (name, field)


RIDERS = (
    FeedbackIn, FeedbackOut, FeedbackCounts, NearestIn, NearestOut, SearchIn, SearchOut,
    StationDetailFeature, Stations, WayIn, WayOut,
)  # fmt: skip


@pytest.mark.parametrize("model", RIDERS, ids=lambda model: model.__name__)
def test_every_field_of_what_riders_ask_and_get_is_described(model):
    schema = model.model_json_schema()
    for name, part in (schema.get("$defs", {}) | {model.__name__: schema}).items():
        for field, facts in part.get("properties", {}).items():
            assert facts.get("description"), (name, field)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/healthz", Health),
        ("/api/cities", Cities),
        ("/api/cities/tiny", CityFacts),
        ("/api/cities/tiny/stations", Stations),
        ("/api/cities/tiny/stations/h2", StationDetailFeature),
        ("/api/cities/tiny/stations/h2/service-area", ServiceArea),
        ("/api/cities/tiny/cells?minutes=5", Cells),
        ("/api/cities/bare/cells/{code}", CellFeature),
        ("/api/cities/tiny/coverage?minutes=5", StudyOut),
        ("/api/cities/bare/coverage", StudyOut),
        ("/api/cities/tiny/coverage/cells?minutes=5", CellColumns),
        ("/api/cities/tiny/layers/gaps?minutes=5", Layer),
        ("/api/cities/nowhere", models.Problem),
    ],
)
def test_answers_hold_exactly_what_is_described(client, path, model):
    if "{code}" in path:
        path = path.format(code=client.get("/api/cities/bare/coverage/cells").json["codes"][0])
    answer = client.get(path).json
    assert model.model_validate(answer).model_dump(by_alias=True, exclude_unset=True) == answer


@pytest.mark.parametrize("slug", ["tiny", "bare"])
@pytest.mark.parametrize(("question", "model"), [("nearest", NearestOut), ("explain", ExplainOut)])
def test_answers_about_places_hold_exactly_what_is_described(client, slug, question, model):
    body = {"lon": tinycity.lon(2), "lat": tinycity.lat(3)}
    answer = client.post(f"/api/cities/{slug}/{question}", json=body).json
    assert model.model_validate(answer).model_dump(by_alias=True, exclude_unset=True) == answer


def test_no_description_puts_a_position_into_an_address(spec):
    for name, operation in operations(spec):
        for parameter in operation.get("parameters", []):
            assert parameter["name"] not in ("lon", "lat", "lng"), name


def test_the_documentation_page_uses_local_files(client):
    text = client.get("/api/docs").text
    assert "/static/vendor/swagger-ui-dist/swagger-ui-bundle.js" in text
    assert "/static/vendor/swagger-ui-dist/swagger-ui.css" in text
