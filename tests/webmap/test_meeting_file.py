"""A story as one file holds what the API says, once; and the command that writes it."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from geo import story as stories
from geo import workspace
from geo.errors import InputError, StorageFailed
from geo.story import Asked, Story, View
from tests.served import public_over
from tests.webmap import held
from tests.webmap.held import TWO, Held, tiny_story
from tests.webmap.kept import CITY, OPEN
from tests.webmap.tinycity import HOSTILE
from webmap.cli import main
from webmap.maps import answers, assets, meeting

QUERY = "profile=walk&budget=2min"


@pytest.fixture(scope="module")
def internal(home: Path) -> Held:
    """The three views of the tiny city, for planners."""
    return Held(held.page("tiny", tiny_story(), edition="internal"))


@pytest.fixture(scope="module")
def public(home: Path) -> Held:
    return Held(held.page("tiny", tiny_story()))


def yizhan(*words: object) -> Any:
    return CliRunner().invoke(main, [str(word) for word in words])


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("level", [1, 2])
def test_cells_are_those_of_the_api(internal, client, level):
    for query in (QUERY, internal.views[1]["data"]["after"]):
        told = client.get(f"{CITY}/coverage/cells?{query}&level={level}").json
        assert internal.columns(query, level) == told


def test_the_public_reads_what_the_public_api_says(public, home):
    with public_over(home) as app:
        told = app.test_client().get(f"{CITY}/coverage/cells?{QUERY}&level=2").json
    assert public.columns(QUERY, 2) == told
    assert told["suppressed"] == [None, None] and "suppressed" in told["city"]


def test_drawn_layers_stations_and_the_week_are_those_of_the_api(internal, client):
    question = internal.question(QUERY)
    for name in ("circles", "ring", "gaps"):
        drawn = internal.islands[question[name]]
        assert drawn == client.get(f"{CITY}/layers/{name}?{QUERY}").json
    listed = client.get(f"{CITY}/stations").json["features"]
    stations = internal.islands[internal.meeting["stations"][""]]["features"]
    assert [one["properties"] for one in stations] == [one["properties"] for one in listed]
    assert [one["geometry"] for one in stations] == [one["geometry"] for one in listed]
    week = internal.meeting["weeks"]["walk|2min|||"]
    assert week == client.get(f"{CITY}/week?{QUERY}&from={week['from']}").json


def test_every_hour_of_the_day_is_there(internal, client):
    day = internal.meeting["story"]["day"]
    for hour in (0, 9, 23):
        query = f"{QUERY}&at={day}T{hour:02d}:00"
        told = client.get(f"{CITY}/coverage/cells?{query}&level=2").json
        assert internal.columns(query, 2) == told


def test_what_is_equal_is_held_once(internal):
    questions = internal.meeting["questions"]
    # Two minutes today, at 23 o'clock and after one more station; 24 hours of a day of either city.
    assert len(questions) == 3 + 2 * 24 - 1
    # c1 opens at 8 and closes at 20; who knows h2's hours: two states of the day, and any hour.
    states = {internal.question(f"{QUERY}&at=2026-01-05T{hour:02d}:00")["cells"]
              for hour in range(24)}  # fmt: skip
    assert len(states) == 2
    texts = [json.dumps(value) for value in internal.islands.values()]
    assert len(texts) == len(set(texts))


def test_views_say_what_they_say_everywhere(internal):
    told = [view["told"] for view in internal.views]
    made = held.handout("tiny", tiny_story(), edition="internal")
    assert told == [json.loads(json.dumps(one.to_json())) for _, one in made.views]
    assert internal.views[2]["data"]["changes"] == [OPEN]
    assert internal.views[0]["data"]["changes"] is None
    stations = internal.islands[internal.meeting["stations"]["one"]]["features"]
    assert {one["properties"]["id"] for one in stations} == {"c1", "h2", "n1"}


def test_stations_that_serve_at_an_hour_are_named(internal):
    night = internal.question(internal.views[1]["data"]["after"])
    assert internal.islands[night["serving"]] == []  # c1 is closed, of h2 nobody knows the hours
    assert internal.question(QUERY)["serving"] is None


def test_equal_stories_are_equal_bytes(internal):
    assert Held(held.page("tiny", tiny_story(), edition="internal")).text == internal.text


def test_names_stay_text(internal):
    assert "<img src=x" not in internal.text
    title = re.search(r"<title>(.*?)</title>", internal.text)
    assert title is not None and "例会" in title[1] and "<" not in title[1]
    assert internal.meeting["story"]["name"] == "例会 " + HOSTILE


def test_nothing_in_it_leads_out(public):
    linked = re.findall(
        r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=[\"']?([^\"'>]*)", public.text
    )
    assert [link for link in linked if not link.startswith("data:")] == []
    assert not re.search(r"url\(\s*[\"']?(?!data:|#|none)[\w./]", public.text)
    assert "sourceMappingURL" not in public.text


def test_the_edition_stands_on_its_face(internal, public):
    assert "内部资料" in " ".join(internal.views[0]["told"]["marks"])
    assert "公开版" in " ".join(public.views[0]["told"]["marks"])
    assert 'dataset.edition = "public"' in public.text
    assert public.islands["city-facts"]["people_total"] == 360.0


def test_the_map_approval_is_carried(home):
    one = Story("一页", (View(asked=TWO),))
    facts = Held(held.page("tiny", one, map_approval="审图号 1")).islands["city-facts"]
    assert facts["map_approval"] == "审图号 1"


def test_where_nobody_is_known_no_hour_is_drawn(home):
    made = Held(held.page("bare", Story("街道", (View(asked=TWO),))))
    assert [*made.meeting["questions"]] == ["walk|2min|||"]
    assert made.meeting["weeks"]["walk|2min|||"]["ceiling"] is None


def test_the_day_of_a_large_city_is_a_curve(home, monkeypatch):
    monkeypatch.setattr(answers, "MOST_HOURLY_CELLS", 1)
    made = Held(held.page("tiny", Story("大城", (View(asked=TWO),))))
    assert [*made.meeting["questions"]] == ["walk|2min|||"]
    assert len(made.meeting["weeks"]["walk|2min|||"]["covered"]) == 168


def test_a_full_disk_leaves_what_was_there(home, tmp_path):
    path = tmp_path / "meeting.html"
    path.write_text("old", encoding="utf-8")
    made = held.handout("tiny", Story("一页", (View(asked=TWO),)))
    with small_disk(20_000), pytest.raises(StorageFailed, match="free space"):
        meeting.write(made, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["meeting.html"]


def test_a_missing_bundle_says_how_it_is_made(home, monkeypatch, tmp_path):
    (tmp_path / "vendor").symlink_to(assets.STATIC / "vendor")
    (tmp_path / "css").symlink_to(assets.STATIC / "css")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    done = yizhan("export", "tiny", "--format", "html", "--out", tmp_path / "m.html")
    assert done.exit_code == 2 and "make vendor" in done.output
    assert not (tmp_path / "m.html").exists()
    with pytest.raises(InputError):
        held.page("tiny", Story("一页", (View(asked=TWO),)))


def test_the_command_writes_the_file_and_says_what_it_shows(home, tmp_path):
    path, text = tmp_path / "m.html", tmp_path / "s.toml"
    text.write_text(stories.written(tiny_story()), encoding="utf-8")
    words = ("--story", text, "--edition", "internal", "--lang", "en", "--json")
    done = yizhan("export", "tiny", "--format", "html", "--out", path, *words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["bytes"] == path.stat().st_size and told["edition"] == "internal"
    made = Held(path.read_bytes())
    assert [one["title"] for one in told["views"]] == [v["told"]["title"] for v in made.views]
    assert made.text == held.page("tiny", tiny_story(), edition="internal", lang="en").decode()


def test_tables_are_written_by_the_same_command(home, tmp_path):
    path = tmp_path / "tables.xlsx"
    done = yizhan("export", "tiny", "--format", "xlsx", "--out", path, "--minutes", "5")
    assert done.exit_code == 0 and "internal → " in done.output and path.is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("html", "m.html", "--minutes", "5"), "--minutes says nothing to html"),
        (("html", "m.html", "--paper", "A3"), "--paper says nothing to html: it is for pdf"),
        (("html", "m.pdf"), "ends in .html"),
        (("xlsx", "t.xlsx", "--lang", "en"), "--lang says nothing to xlsx"),
        (("png", "p.png", "--size", "big"), "width x height"),
        (("png", "p.png", "--view", "99"), "no view 99"),
        (("html", "m.html", "--story", "none.toml"), "none.toml"),
    ],
)
def test_options_that_change_nothing_are_refused(home, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    form, out, *more = words
    done = yizhan("export", "tiny", "--format", form, "--out", out, *more)
    assert done.exit_code == 2 and said in done.output.replace("\n", " "), done.output
    assert not [*tmp_path.iterdir()]


def test_a_story_is_written_read_and_checked(home, tmp_path):
    path = tmp_path / "s.toml"
    assert yizhan("story", "tiny", "--out", path).exit_code == 0
    written = path.read_text(encoding="utf-8")
    assert stories.read(written) == stories.default(workspace.load("tiny"))
    printed = yizhan("story", "show", "tiny")
    assert printed.stdout == written
    done = yizhan("story", "check", path, "--city", "tiny", "--json")
    views = json.loads(done.stdout)["views"]
    assert len(views) == len(stories.read(written).views) and views[0]["numbers"]


def test_all_that_is_wrong_with_a_story_is_said_at_once(home, tmp_path):
    path = tmp_path / "s.toml"
    wrong = stories.plain(replace(tiny_story(), scenarios={}))
    wrong["views"][0]["layers"] = ["moon"]
    wrong["views"][1]["asked"]["budget"] = "15h"
    path.write_text(_toml(wrong), encoding="utf-8")
    done = yizhan("story", "check", path)
    assert done.exit_code == 2
    assert "views[0].layers" in done.output and "views[1].asked.budget" in done.output
    path.write_bytes("name = “".encode("gb18030"))
    assert "UTF-8" in yizhan("story", "check", path).output


@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_story_that_cannot_be_read_asks_for_no_space(tmp_path, name):
    done = yizhan("story", "check", tmp_path / name)
    assert done.exit_code == 2
    assert "name the file of a story" in done.output and "free space" not in done.output


def test_a_scenario_that_the_story_does_not_carry_is_named(home, tmp_path):
    lost = Story("页", (View(asked=Asked(scenario="gone")),))
    path = tmp_path / "s.toml"
    path.write_text(stories.written(lost), encoding="utf-8")
    out = tmp_path / "m.html"
    done = yizhan("export", "tiny", "--format", "html", "--story", path, "--out", out)
    assert done.exit_code == 2 and "gone" in done.output and not out.exists()


def _toml(value: Any) -> str:
    import tomli_w

    def without(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: without(one) for name, one in part.items() if one is not None}
        return [without(one) for one in part] if isinstance(part, list) else part

    return str(tomli_w.dumps(without(value)))
