"""What a meeting asks is made before it begins, is still there after a start, and is never more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from geo import story, study
from tests.webmap.kept import CITY, CLOSE
from webmap import create_app, shelf
from webmap.catalog import MEETINGS
from webmap.config import Settings

NIGHT = {"asked": {"budget": "2min", "at": "23:00"}, "against": {"budget": "2min"}}
PATHS = ("coverage", "coverage/cells", "layers/circles", "layers/ring", "layers/gaps", "stations")


@pytest.fixture
def city(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a city that is alone in a workspace of its own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("YIZHAN_HOME", str(folder))
    shutil.copytree(home / "tiny", folder / "tiny", ignore=shutil.ignore_patterns(MEETINGS))
    return folder / "tiny"


class Server:
    """An application as it is after a start."""

    def __init__(self, **settings: Any) -> None:
        self.app = create_app(Settings(**{"edition": "internal"} | settings))
        self.client = self.app.test_client()
        self.desk = self.app.extensions["yizhan-stories"]
        self.city = self.app.extensions["yizhan"].city("tiny")

    def get(self, path: str) -> Any:
        answer = self.client.get(f"{CITY}/{path}")
        assert answer.status_code == 200, answer.json
        return answer.json

    def everything(self, key: str = "default") -> dict[str, Any]:
        """Return a story in both languages, and all data that it names."""
        told = {lang: self.get(f"story?story={key}&lang={lang}") for lang in ("zh", "en")}
        data = [view["data"] for view in told["zh"]["views"]]
        queries = {query for one in data for query in (one["after"], one["before"]) if query}
        paths = [f"{path}?{query}" for path in PATHS for query in sorted(queries)]
        return told | {path: self.get(path) for path in paths}


def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be studied or told any more."""

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("computed again")

    monkeypatch.setattr(study, "run", never)
    monkeypatch.setattr(story, "shown", never)
    monkeypatch.setattr(story, "default", never)


def texts(city: Path) -> list[Path]:
    return sorted(path for path in city.glob(f"{MEETINGS}/*/texts/*") if path.name[0] != ".")


def studies(city: Path) -> list[str]:
    return sorted(
        f"{path.parent.name}/{path.name}" for path in city.glob(f"{MEETINGS}/*/studies/*/*")
    )


def test_after_the_next_start_nothing_of_a_story_is_computed(city, monkeypatch):
    first = Server()
    scenario = first.client.post(f"{CITY}/scenarios", json={"name": "关", "changes": [CLOSE]}).json
    closed = {"asked": {"budget": "2min", "scenario": scenario["id"]}, "against": {}}
    body = {"name": "例会", "views": [NIGHT, closed]}
    kept = first.client.post(f"{CITY}/stories", json=body).json["id"]
    asked = first.everything(), first.everything(kept)
    first.desk.prepare()
    # Two nights; the proposal, where there is one; the scenario: the others are no special ones.
    assert len(studies(city)) == (4 if "proposal" in str(asked[0]["zh"]["views"]) else 3)

    again = Server()
    forbidden(monkeypatch)
    # What is read from the disk is what was computed, figure by figure.
    assert (again.everything(), again.everything(kept)) == asked
    again.desk.prepare()
    assert (again.everything(), again.everything(kept)) == asked


def test_other_questions_do_not_drive_a_story_out(city, monkeypatch):
    server = Server(study_cache=1, answer_cache_bytes=1)
    server.desk.prepare()
    asked = server.everything()
    for minutes in (3, 4, 5):
        server.get(f"coverage?minutes={minutes}&at=2026-11-20T12:00")
    forbidden(monkeypatch)
    assert server.everything() == asked


def test_what_is_written_is_prepared_too(city):
    server = Server()
    server.desk.prepare()
    before = len(texts(city))
    server.desk.prepare()
    assert len(texts(city)) == before
    server.client.post(f"{CITY}/stories", json={"name": "例会", "views": [NIGHT]})
    server.desk.prepare()
    assert len(texts(city)) == before + 2  # the view in both languages
    assert "today/walk-2min-@" in " ".join(studies(city))


def test_one_process_prepares_for_all(city):
    one, other = Server(), Server()
    with one.city.shelf.alone() as ours:
        assert ours
        other.desk.prepare()
        assert texts(city) == []
    other.desk.prepare()
    assert len(texts(city)) > 0
    made = {path: path.stat().st_ino for path in texts(city)}
    one.desk.prepare()
    assert {path: path.stat().st_ino for path in texts(city)} == made


def test_editions_do_not_share_words(city):
    server, public = Server(), Server(edition="public")
    server.desk.prepare()
    exact = set(texts(city))
    public.desk.prepare()
    assert public.everything() != server.everything()
    assert public.get("story")["views"][0]["told"]["marks"] != server.get("story")["views"][0][
        "told"
    ]["marks"]  # fmt: skip
    assert set(texts(city)) > exact


def test_the_shelf_is_bounded_and_holds_one_version(city, monkeypatch):
    monkeypatch.setattr(shelf, "MOST_STUDIES", 1)
    monkeypatch.setattr(shelf, "MOST_TEXTS", 3)
    old = city / MEETINGS / "older-version" / "texts"
    old.mkdir(parents=True)
    server = Server()
    server.desk.prepare()
    asked = server.everything()
    assert not old.parent.exists()
    assert (len(studies(city)), len(texts(city))) == (1, 3)
    # What went is made again when it is asked for; layers that a study still names, too.
    shutil.rmtree(city / MEETINGS)
    assert server.everything() == asked
    assert Server().everything() == asked


def test_what_was_asked_for_longest_ago_goes_first(tmp_path):
    kept = shelf.Shelf(tmp_path / "one")
    for number in range(shelf.MOST_TEXTS + 2):
        path = tmp_path / "one" / "texts" / f"{number:04d}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (number, number))
    assert kept.text("0000") == b"x"  # which is asking for it
    kept.sweep()
    assert [kept.text(name) for name in ("0000", "0001", "0002", "0003")] == [
        b"x", None, None, b"x",
    ]  # fmt: skip


def test_where_the_disk_takes_nothing_all_is_computed(city, caplog):
    (city / MEETINGS).write_text("in the way")
    server = Server()
    server.desk.prepare()
    assert "not kept" in caplog.text
    assert all(view["fault"] is None for view in server.get("story")["views"])
    server.everything()
    assert (city / MEETINGS).read_text() == "in the way"


def test_a_view_that_cannot_be_shown_does_not_keep_the_others_from_being_ready(city):
    server = Server()
    body = {"name": "例会", "views": [{"asked": {"scenario": "gone"}}, NIGHT]}
    kept = server.client.post(f"{CITY}/stories", json=body).json["id"]
    server.desk.prepare()
    assert "today/walk-2min-@" in " ".join(studies(city))
    gone, night = server.get(f"story?story={kept}")["views"]
    assert gone["fault"] and gone["told"] is None and night["fault"] is None


def test_the_look_out_prepares_what_nobody_has_asked(city):
    server = Server(poll_s=0.01)
    known = server.app.extensions["yizhan"]
    done = []
    known.also(lambda: (done.append(len(texts(city))), known.stop()))
    known.watch().join(timeout=60.0)
    assert done and done[0] > 0
