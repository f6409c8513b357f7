"""What riders say of a station: one word and a day, counted for planners."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from webmap import clock, create_app
from webmap.api.feedback import FeedbackCounts, FeedbackOut
from webmap.cli import main
from webmap.config import Settings
from webmap.store import feedback
from webmap.store.engine import Store

KINDS = ("closed", "wrong_place", "broken_charger", "thanks")


@pytest.fixture
def kept(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/said.sqlite"


@pytest.fixture
def planner(home, kept):
    return create_app(Settings(edition="internal", database=kept)).test_client()


@pytest.fixture
def today(planner) -> date:
    return clock.today(planner.application.extensions["yizhan"].city("tiny").data)


def tell(client, station: str = "c1", **body):
    return client.post(f"/api/cities/tiny/stations/{station}/feedback", json=body)


def test_a_word_is_kept_with_its_day_and_nothing_else(planner, today, tmp_path):
    answer = tell(planner, kind="closed")
    assert answer.status_code == 201
    told = FeedbackOut.model_validate(answer.json)
    assert (told.station, told.kind, told.day) == ("c1", "closed", today.isoformat())
    with sqlite3.connect(tmp_path / "said.sqlite") as database:
        assert database.execute("SELECT * FROM feedback").fetchall() == [
            (1, "tiny", "c1", "closed", today.isoformat())
        ]


def test_planners_read_the_counts(planner, today):
    """c1: closed twice, once 31 days ago; h2: thanks. Recent are the last 30 days."""
    store = planner.application.extensions["yizhan-store"]
    feedback.add(store, "tiny", "c1", "closed", today - timedelta(days=31))
    feedback.add(store, "tiny", "c1", "closed", today - timedelta(days=29))
    feedback.add(store, "tiny", "gone", "wrong_place", today - timedelta(days=400))
    feedback.add(store, "other", "c1", "thanks", today)
    assert tell(planner, "h2", kind="thanks").status_code == 201
    found = FeedbackCounts.model_validate(planner.get("/api/cities/tiny/feedback").json)
    assert found.since == (today - timedelta(days=29)).isoformat()
    assert [(row.station, row.name is None) for row in found.stations] == [
        ("c1", False),
        ("gone", True),
        ("h2", False),
    ]
    first = found.stations[0]
    assert (first.recent.closed, first.all.closed, first.all.thanks) == (1, 2, 0)
    assert first.last == (today - timedelta(days=29)).isoformat()
    detail = planner.get("/api/cities/tiny/stations/c1")
    assert detail.json["properties"]["feedback"]["recent"]["closed"] == 1
    tell(planner, kind="broken_charger")
    again = planner.get(
        "/api/cities/tiny/stations/c1", headers={"If-None-Match": detail.headers["ETag"]}
    )
    assert again.json["properties"]["feedback"]["recent"]["broken_charger"] == 1


def test_the_public_tells_and_never_reads(home, kept):
    public = create_app(Settings(edition="public", database=kept)).test_client()
    assert tell(public, kind="thanks").status_code == 201
    assert public.get("/api/cities/tiny/feedback").status_code == 403
    assert public.get("/api/cities/tiny/stations/c1").json["properties"]["feedback"] is None


@pytest.mark.parametrize(
    ("station", "body", "status"),
    [
        ("c9", {"kind": "closed"}, 404),
        ("c1", {"kind": "rude"}, 422),
        ("c1", {}, 422),
        ("c1", {"kind": "closed", "text": "call me"}, 422),
        ("c1", {"kind": "closed", "lon": 106.6, "lat": 29.5}, 422),
        ("c1", {"kind": "closed", "day": "yesterday"}, 422),
        ("c1", {"kind": "closed", "day": "2020-01-01"}, 422),
    ],
)
def test_nothing_else_can_be_told(planner, station, body, status):
    answer = tell(planner, station, **body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert planner.get("/api/cities/tiny/feedback").json["stations"] == []


def test_a_phone_that_was_offline_tells_later(planner, today):
    """A day of the last 30 is taken as it is; one that has not come yet counts as today.

    Today is one of the 30: what is taken is recent.
    """
    late = today - timedelta(days=29)
    assert tell(planner, kind="closed", day=late.isoformat()).json["day"] == late.isoformat()
    assert planner.get("/api/cities/tiny/feedback").json["stations"][0]["recent"]["closed"] == 1
    gone = today - timedelta(days=30)
    assert tell(planner, kind="closed", day=gone.isoformat()).status_code == 422
    early = today + timedelta(days=3)
    assert tell(planner, kind="closed", day=early.isoformat()).json["day"] == today.isoformat()


def test_another_site_cannot_tell_in_a_visitors_name(planner):
    answer = planner.post(
        "/api/cities/tiny/stations/c1/feedback",
        json={"kind": "closed"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_a_database_that_cannot_be_read_hides_no_station(home, tmp_path):
    (tmp_path / "said.sqlite").write_text("no database", encoding="utf-8")
    settings = Settings(edition="internal", database=f"sqlite:///{tmp_path}/said.sqlite")
    client = create_app(settings).test_client()
    assert client.get("/api/cities/tiny/stations/c1").json["properties"]["feedback"] is None
    answer = tell(client, kind="closed")
    assert answer.status_code == 503
    assert answer.json["remedy"]


def test_the_command_counts_them(home, kept, monkeypatch, tmp_path):
    monkeypatch.setenv("YIZHAN_DATABASE", kept)
    nothing = CliRunner().invoke(main, ["feedback", "tiny"])
    assert (nothing.exit_code, "nobody" in nothing.output) == (0, True)
    store = Store(kept, tmp_path)
    for kind in KINDS:
        feedback.add(store, "tiny", "c1", kind, date(2026, 1, 1))
    printed = CliRunner().invoke(main, ["feedback", "tiny"])
    assert "西门驿站" in printed.output
    told = json.loads(CliRunner().invoke(main, ["feedback", "tiny", "--json"]).output)
    assert told["stations"][0]["all"] == dict.fromkeys(KINDS, 1)
    assert told["stations"][0]["last"] == "2026-01-01"
