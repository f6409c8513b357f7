from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from geo import answers, study
from geo.errors import CityBroken, CityNotFound
from geo.model import PROFILES, Budget, Need
from geo.why import mending
from webmap import create_app
from webmap.catalog import Catalog
from webmap.config import PAGES, Settings
from webmap.finished import Answers


@pytest.fixture
def workspace(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace; ``add`` puts a whole city there in one rename."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("YIZHAN_HOME", str(folder))
    return folder


@pytest.fixture
def add(home: Path, workspace: Path, tmp_path: Path):
    def added(slug: str) -> Path:
        shutil.copytree(home / slug, tmp_path / "half")
        return (tmp_path / "half").rename(workspace / slug)

    return added


def written_anew(city: Path) -> None:
    manifest = city / "manifest.json"
    stat = manifest.stat()
    os.utime(manifest, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_what_the_first_link_across_a_gap_needs_is_prepared_once(workspace, add, monkeypatch):
    city = add("tiny")
    catalog = Catalog(Settings(edition="internal"))
    catalog.refresh()
    data, question = catalog.city("tiny").data, (PROFILES["walk"], Budget(minutes=15))
    catalog.prepare()
    assert {"gaps", "times"} <= set(vars(study.kept(data, *question)))
    # Whoever asks the same finds the same study, with all that it has drawn.
    need = Need(("water",))
    answers.answer(data, *question, need).layer("gaps")
    assert "gaps" in vars(study.kept(data, *question, need))
    asked: list[str] = []
    monkeypatch.setattr(mending, "prepare", lambda data, *_: asked.append(data.city.slug))
    catalog.prepare()
    assert asked == []
    written_anew(city)
    catalog.refresh()
    catalog.prepare()
    assert asked == ["tiny"]
    public = Catalog(Settings(edition="public"))
    public.refresh()
    public.prepare()
    assert asked == ["tiny"]


def test_a_new_city_appears_and_a_removed_one_goes(workspace, add):
    catalog = Catalog(Settings())
    assert catalog.refresh() is False
    with pytest.raises(CityNotFound, match="there are: none"):
        catalog.city("tiny")
    city = add("tiny")
    assert catalog.refresh() is True
    assert catalog.city("tiny").facts["slug"] == "tiny"
    assert set(catalog.city("tiny").parts) == set(PAGES)
    shutil.rmtree(city)
    assert catalog.refresh() is True
    with pytest.raises(CityNotFound):
        catalog.city("tiny")


def test_an_unchanged_city_is_not_loaded_again(workspace, add):
    add("bare")
    catalog = Catalog(Settings())
    catalog.refresh()
    before = catalog.city("bare")
    heard: list[str] = []
    assert catalog.refresh(heard.append) is False
    assert heard == []
    assert catalog.city("bare") is before


def test_a_changed_city_takes_the_place_of_the_old_one(workspace, add):
    city = add("bare")
    catalog = Catalog(Settings())
    catalog.refresh()
    old, view = catalog.city("bare"), catalog.cities
    written_anew(city)
    assert catalog.refresh() is True
    new = catalog.city("bare")
    assert new is not old
    assert new.version != old.version
    assert view["bare"] is old  # who began with the old mapping ends with it
    assert old.facts["name"] == new.facts["name"]
    assert new.version in new.facts["tiles"]["roads"]["url"]


def test_a_broken_city_hides_no_other_and_is_tried_once(workspace, add, caplog):
    add("bare")
    (add("tiny") / "city.gpkg").write_bytes(b"not a database")
    catalog = Catalog(Settings())
    for _ in range(3):
        catalog.refresh()
    assert list(catalog.cities) == ["bare"]
    with pytest.raises(CityBroken, match="tiny"):
        catalog.city("tiny")
    assert sum("tiny" in line for line in caplog.messages) == 1


def test_a_city_that_breaks_stays_as_it_was(workspace, add):
    city = add("bare")
    catalog = Catalog(Settings())
    catalog.refresh()
    before = catalog.city("bare")
    (city / "manifest.json").write_text("{", encoding="utf-8")
    written_anew(city)
    catalog.refresh()
    assert catalog.city("bare") is before


def test_the_look_out_polls_until_it_is_stopped(workspace, add):
    class Counted(Catalog):
        rounds = 0
        twice = threading.Event()

        def refresh(self, progress=None):
            self.rounds += 1
            if self.rounds >= 2:
                self.twice.set()
            raise OSError("a passing fault")

    catalog = Counted(Settings(poll_s=0.001))
    thread = catalog.watch()
    assert catalog.twice.wait(30)  # it went on after the fault
    catalog.stop()
    thread.join(30)
    assert not thread.is_alive()


def test_answers_keep_what_is_used_and_stay_within_their_bytes():
    made: list[str] = []

    def produce(name: str) -> bytes:
        made.append(name)
        return name.encode() * 4

    answers = Answers(limit_bytes=8)
    for name in ("a", "b", "a", "c", "a", "b"):  # c pushes out b, the least used
        assert answers.get(name, lambda name=name: produce(name)) == name.encode() * 4
    assert made == ["a", "b", "c", "b"]
    assert answers.get("long", lambda: b"123456789") == b"123456789"
    assert answers.get("a", lambda: produce("a")) == b"aaaa"
    assert made == ["a", "b", "c", "b"]


def test_a_city_removed_in_the_middle_of_an_answer_is_not_found(workspace, add):
    city = add("tiny")
    client = create_app(Settings()).test_client()
    shutil.rmtree(city)  # before the look-out notices
    answer = client.get("/api/cities/tiny/layers/gaps")
    assert (answer.status_code, answer.json["type"]) == (404, "urn:yizhan:problem:city-not-found")
    facts = client.get("/api/cities/tiny").json
    assert client.get(facts["tiles"]["roads"]["url"]).status_code == 404


def test_a_city_renewed_in_the_middle_of_an_answer_asks_to_come_again(workspace, add, tmp_path):
    city = add("tiny")
    client = create_app(Settings()).test_client()
    tiles = client.get("/api/cities/tiny").json["tiles"]["roads"]["url"]
    for path in city.rglob("*.pmtiles"):
        path.rename(tmp_path / path.name)
    answer = client.get(tiles)
    assert (answer.status_code, answer.json["type"]) == (503, "urn:yizhan:problem:city-renewed")
    assert answer.json["remedy"]
