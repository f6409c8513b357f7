from __future__ import annotations

import logging
import re

import pytest
from apiflask import APIFlask

from geo import errors
from webmap import language, problems, responses

SECRET = "106.654321"


@pytest.fixture
def failing():
    """A small application whose views raise what they are asked to."""
    app = APIFlask("webmap", json_errors=False, spec_path=None, docs_path=None)
    responses.init_app(app)
    language.init_app(app)
    problems.init_app(app)
    raised = {
        **{
            kind.__name__: kind(SECRET)
            for kind in problems.MEANINGS
            if kind is not errors.InputError
        },
        "InputError": errors.InputError(errors.Fault("stations.csv:3", "NaN", "give a number")),
        "ValueError": ValueError(SECRET),
    }

    @app.get("/api/raise/<name>")
    def fail(name: str) -> str:
        raise raised[name]

    return app.test_client()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("CityNotFound", 404),
        ("CityBroken", 503),
        ("CityError", 409),
        ("PositionInvalid", 422),
        ("PositionSwapped", 422),
        ("PositionOutside", 422),
        ("StationNotFound", 404),
        ("OptionError", 422),
        ("InputError", 422),
        ("GeoError", 422),
        ("ValueError", 500),
    ],
)
def test_every_error_is_a_problem(failing, name, status):
    answer = failing.get(f"/api/raise/{name}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail", "remedy"}
    assert answer.json["status"] == status
    assert answer.json["type"].startswith("urn:yizhan:problem:")
    assert answer.json["title"]
    assert answer.json["remedy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", [*problems.MEANINGS, *problems.STATUSES])
def test_titles_and_remedies_are_english_where_wanted(app, kind):
    with app.test_request_context("/api/?lang=en"):
        if isinstance(kind, int):
            title, remedy = problems.STATUSES[kind]
        else:
            title, remedy = problems.MEANINGS[kind].title, problems.MEANINGS[kind].remedy
        assert str(title).isascii(), title
        assert not re.search("[\u4e00-\u9fff]", str(remedy)), remedy


def test_every_error_of_the_tree_has_a_meaning():
    def tree(kind):
        yield kind
        for child in kind.__subclasses__():
            yield from tree(child)

    for kind in tree(errors.GeoError):
        assert any(base in problems.MEANINGS for base in kind.__mro__[:2]), kind


def test_all_faults_of_an_input_are_told(failing):
    detail = failing.get("/api/raise/InputError").json["detail"]
    assert "stations.csv:3: NaN → give a number" in detail


def test_an_unforeseen_error_tells_nothing_outside_and_no_values_inside(failing, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = failing.get("/api/raise/ValueError")
    assert answer.json["detail"] == ""
    assert "ValueError" in caplog.text
    assert "in fail" in caplog.text
    assert SECRET not in caplog.text


def test_people_get_a_page_and_programs_a_problem(client):
    page = client.get("/nowhere/", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "没有这座城市" in page.text
    data = client.get("/api/nowhere", headers={"Accept": "text/html"})
    assert data.mimetype == problems.MEDIA_TYPE
    other = client.get("/nowhere/", headers={"Accept": "application/json"})
    assert other.mimetype == problems.MEDIA_TYPE


def test_details_are_for_those_who_read_english(client):
    def page(language):
        wanted = {"Accept": "text/html", "Accept-Language": language}
        return client.get("/nowhere/", headers=wanted).get_data(as_text=True)

    assert "no city is called" in page("en")
    chinese = page("zh-CN")
    assert "没有这座城市" in chinese and "no city is called" not in chinese


def test_other_methods_are_refused_with_what_is_allowed(client):
    answer = client.delete("/api/cities/tiny")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
