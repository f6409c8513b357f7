"""Who writes a story is offered its figures and its text, and nothing of it is kept."""

from __future__ import annotations

from geo import story
from tests.webmap.kept import CITY, problem
from tests.webmap.tinycity import HOSTILE, PEOPLE
from webmap.api.drafts import DraftText, OfferedFigures

LIST = f"{CITY}/stories"


def offered(client, lang="zh", **view):
    answer = client.post(f"{LIST}/offered?lang={lang}", json={"view": view})
    assert answer.status_code == 200, answer.json
    found = OfferedFigures.model_validate(answer.json)
    assert found.model_dump() == answer.json
    assert "no-store" in answer.headers["Cache-Control"]
    return {one.name: one for one in found.figures}


def test_the_figures_of_a_view_are_offered_in_the_language_of_the_page(client):
    found = offered(client)
    assert (found["people"].text, found["people"].caption) == (f"{PEOPLE}", "全部居民")
    assert offered(client, "en")["people"].caption == "all residents"
    study = client.get(f"{CITY}/coverage?profile=walk&minutes=5").json
    five = offered(client, asked={"budget": "5min"})
    assert five["share"].text == f"{study['people']['share'] * 100:.1f}"
    assert "gained" not in five and "gained" in offered(client, against={})


def test_a_story_that_is_not_kept_becomes_a_text(client, make):
    scenario = make("北岸", {"kind": "close", "station": "h2"}).id
    views = [{"title": "{share} %"}, {"asked": {"scenario": scenario}}, {"title": 'a"\\b'}]
    answer = client.post(f"{LIST}/text", json={"name": "草稿", "views": views})
    text = DraftText.model_validate(answer.json).text
    found = story.read(text)
    assert found.name == "草稿" and [view.title for view in found.views] == [
        "{share} %",
        "",
        'a"\\b',
    ]
    assert found.scenarios[scenario][0] == "北岸"
    assert client.get(LIST).json == {"stories": []}


def faults(answer):
    found = problem(answer, 422, "input", "faults", "faults_left_out")["faults"]
    return {fault["where"] for fault in found}


def test_what_is_wrong_is_told_at_once(client):
    bad = [{"title": "{nobody}", "layers": ["roads"]}, {"title": HOSTILE}]
    answer = client.post(f"{LIST}/text", json={"name": "x", "views": bad})
    assert faults(answer) == {"views[0].title", "views[0].layers", "views[1].title"}
    answer = client.post(f"{LIST}/offered", json={"view": {"asked": {"budget": "soon"}}})
    assert faults(answer) == {"view.asked.budget"}
    gone = client.post(f"{LIST}/offered", json={"view": {"asked": {"scenario": "gone"}}})
    problem(gone, 404, "scenario-not-found")
