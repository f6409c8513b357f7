"""A story is handed out as a file by a job: page, paper, picture and slides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.webmap.kept import CITY, CLOSE, problem
from tests.webmap.test_jobs import ended
from webmap import jobs, worker
from webmap.store.tables import JobRow

JOBS = f"{CITY}/jobs"
VIEW = {"topic": "circle", "asked": {"budget": "2min"}, "layers": ["cells", "stations"]}
BEGIN = {"html": b"<!doctype html", "pdf": b"%PDF", "png": b"\x89PNG", "pptx": b"PK"}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jobs be done in this process, where it is their results that matter."""
    monkeypatch.setattr(jobs, "_keep", worker.work)


@pytest.fixture(autouse=True)
def _forgotten(app) -> Iterator[None]:
    """Leave no job to other tests."""
    yield
    store = app.extensions["yizhan-store"]
    with store.writing() as session:
        session.execute(update(JobRow).values(ended=datetime.now(UTC) - timedelta(days=2)))
    jobs.tend(store)


@pytest.fixture
def kept(client, make):
    """Return the id of a story of three views, one of a scenario."""
    closed = {"asked": {"budget": "2min", "scenario": make("关一站", CLOSE).id}, "against": {}}
    night = {"topic": "night", "asked": {"budget": "2min", "at": "23:00"}}
    body = {"name": "三月例会", "views": [VIEW, closed, night]}
    answer = client.post(f"{CITY}/stories", json=body)
    yield answer.json["id"]
    client.delete(answer.headers["Location"])


def done(client, **asked: Any) -> Any:
    """Return a job that has ended."""
    answer = client.post(JOBS, json={"kind": "meeting"} | asked)
    assert answer.status_code == 202, answer.json
    return ended(client, answer.json)


def file_of(client, **asked: Any) -> bytes:
    """Return the file that a job makes."""
    job = done(client, **asked)
    assert job["status"] == "done", job
    answer = client.get(job["result"])
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=tiny-result.{asked['format']}"
    )
    return answer.data


@pytest.mark.parametrize("form", BEGIN)
def test_a_story_is_handed_out_in_every_format(client, kept, form):
    content = file_of(client, format=form, story=kept, lang="en", size=[640, 480], view=1)
    assert content[: len(BEGIN[form])].lower() == BEGIN[form].lower()


def test_the_default_story_needs_nothing_but_a_format(client):
    assert file_of(client, format="png").startswith(BEGIN["png"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"format": "gif"}, "gif"),
        ({"format": "pdf", "paper": "A5"}, "A5"),
        ({"format": "png", "size": [10, 10]}, "pixels"),
        ({"format": "png", "size": [640]}, "size"),
        ({"format": "png", "view": 0}, "view"),
        ({"format": "html", "lang": "fr"}, "fr"),
        ({"format": "html", "edition": "secret"}, "edition"),
        ({"format": "html", "map_approval": "x" * 61}, "61"),
        ({"format": "html", "surprise": 1}, "surprise"),
        ({}, "format"),
    ],
)
def test_what_cannot_be_is_refused_at_once(client, asked, words):
    answer = client.post(JOBS, json={"kind": "meeting"} | asked)
    assert words in problem(answer, 422, "option")["detail"]


def test_a_story_or_view_that_is_not_there_is_refused_at_once(client, kept):
    gone = client.post(JOBS, json={"kind": "meeting", "format": "pdf", "story": "gone"})
    problem(gone, 404, "story-not-found")
    late = client.post(JOBS, json={"kind": "meeting", "format": "pdf", "story": kept, "view": 4})
    assert "no view 4" in problem(late, 422, "option")["detail"]


def test_a_scenario_that_is_gone_ends_the_job_in_words(client, kept):
    (scenario,) = client.get(f"{CITY}/scenarios").json["scenarios"]
    client.delete(f"{CITY}/scenarios/{scenario['id']}")
    job = done(client, format="png", story=kept, view=2)
    assert (job["status"], job["result"]) == ("failed", None)
    assert "may have been deleted" in job["error"]
