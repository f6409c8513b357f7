"""Equity and certainty by HTTP and on the command line; tiny city: :mod:`tests.webmap.tinycity`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo import build
from tests.webmap import tinycity
from webmap.api.equity import CertaintyOut, EquityOut
from webmap.cli import main

EQUITY = "/api/cities/tiny/equity"
CERTAINTY = "/api/cities/tiny/certainty"


def run(*words: str):
    return CliRunner().invoke(main, ["equity", *words])


def test_the_way_to_a_station_in_five_minutes(client):
    """Count by hand, with 10 people beside each of the 36 crossings (x, y).

    c1 stands on (0, 2), h2 on (5, 0); 5 min = 375 m: 3 blocks of 100 m, give or take the 5 m that
    each place stands off. From c1 x + |y − 2| ≤ 3: 2 + 3 + 4 + 3 + 2 + 1 = 15 crossings for y = 0
    to 5; from h2 5 − x + y ≤ 3: 4 + 3 + 2 + 1 = 10; none has both.
    """
    found = EquityOut.model_validate(client.get(f"{EQUITY}?minutes=5&level=2").json)
    assert (found.overall.people, found.overall.covered) == (360, 250)
    assert found.overall.share == pytest.approx(250 / 360)
    assert (found.overall.unreached, found.overall.outside) == (0, 0)
    assert 0 < found.overall.gini < 0.5
    times = found.overall.quantiles_s
    assert 0 < times.p10 <= times.p25 <= times.p50 <= 300 < times.p75 <= times.p90 <= times.p95
    assert [cell.key for cell in found.cells] == ["0101", "0102"]
    assert sum(cell.covered for cell in found.cells) == 250
    assert found.by_kind == found.by_age == []
    assert found.kind_reason and found.age_reason and found.reason is None
    assert found.certainty is None


def test_verdicts_of_the_cells(client):
    found = CertaintyOut.model_validate(client.get(f"{CERTAINTY}?minutes=5").json)
    assert (found.level, found.basis, found.position_m, found.speed_percent) == (
        2,
        "people",
        50,
        20,
    )
    assert found.share_of_judged == pytest.approx(250 / 360)
    by = {(row.kind, row.speed_percent): row.covered for row in found.variations}
    # 20 % faster are 450 m: 4 blocks. c1: x + |y − 2| ≤ 4: 3 + 4 + 5 + 4 + 3 + 2 = 21 crossings;
    # h2: 5 + 4 + 3 + 2 + 1 = 15; of them (2, 1) and (3, 1), (2, 0) and (3, 2) have both.
    both = sum(x + abs(y - 2) <= 4 and 5 - x + y <= 4 for x in range(6) for y in range(6))
    assert by["speed", 120] == 10 * (21 + 15 - both)
    assert by["speed", 80] < 250
    assert len(found.variations) == 1 + 2 + 8 + 8
    for row in found.cells:
        assert row.share_min <= row.share <= row.share_max
    upper = CertaintyOut.model_validate(client.get(f"{CERTAINTY}?minutes=5&level=1").json)
    assert [row.code for row in upper.cells] == ["01"]


def test_a_cell_that_may_become_full_is_fragile(client):
    """Count by hand: 6 min = 450 m are 4 blocks, 20 % more 5, 20 % less 3.

    West, x ≤ 2, of 18 crossings: c1 reaches 17 with 4 blocks (not (2, 5)), with 5 all, with 3 14,
    and h2 (2, 0): partial, full, partial. East: h2 has 12 and c1 (3, 3) besides, 13; with 5 blocks
    h2 15 and c1 (3, 4), 16 of 18 = 89 %; with 3 blocks 9 and c1 (3, 2), 10: always partial.
    """
    found = CertaintyOut.model_validate(client.get(f"{CERTAINTY}?minutes=6").json)
    west, east = found.cells
    assert (west.code, west.class_, west.verdict) == ("0101", "partial", "fragile")
    assert (east.code, east.class_, east.verdict) == ("0102", "partial", "robust")
    assert (west.share, west.share_max) == (pytest.approx(17 / 18), 1.0)
    assert east.share == pytest.approx(13 / 18)
    assert (found.levels["2"].robust, found.levels["2"].fragile) == (1, 1)


def test_both_are_told_together_when_asked(client):
    told = client.get(f"{EQUITY}?minutes=5&certainty=true").json
    alone = client.get(f"{CERTAINTY}?minutes=5").json
    assert told["certainty"] == {
        key: value for key, value in alone.items() if key not in ("level", "cells")
    }


def test_a_need_takes_stations_away(client):
    # h2 has no hours written down, and c1 is closed at night.
    found = client.get(f"{EQUITY}?at=2026-11-20T23:00").json["overall"]
    assert (found["covered"], found["unreached"], found["gini"]) == (0, 360, None)
    assert found["reason"]
    alone = client.get(f"{CERTAINTY}?services=rest&minutes=5").json  # h2 alone
    assert alone["people"]["covered"] == 100


def test_a_budget_in_metres_leaves_the_speed_alone(client):
    found = CertaintyOut.model_validate(client.get(f"{CERTAINTY}?distance_m=400").json)
    assert found.speed_percent is None and found.speed_reason
    assert {row.kind for row in found.variations} == {"base", "place", "stations"}


def test_nobody_known_answers_null_with_the_reason(client):
    found = EquityOut.model_validate(client.get("/api/cities/bare/equity").json)
    assert found.overall is None and found.reason
    told = CertaintyOut.model_validate(client.get("/api/cities/bare/certainty").json)
    assert told.basis == "ground"
    assert told.people.total is None and told.people.reason
    assert (
        told.share_of_judged == told.share_of_judged_max == 0
    )  # without stations nothing is covered


@pytest.mark.parametrize("path", [EQUITY, CERTAINTY])
@pytest.mark.parametrize(
    ("query", "word"),
    [("level=9", "choose one of"), ("profile=fly", "ebike"), ("services=beer", "beer")],
)
def test_wrong_questions_are_answered_in_words(client, path, query, word):
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert word in answer.json["detail"]


def test_an_unknown_city_is_not_found(client):
    assert client.get("/api/cities/nowhere/equity").status_code == 404
    assert client.get("/api/cities/nowhere/certainty").status_code == 404


@pytest.mark.parametrize("path", [EQUITY, CERTAINTY])
def test_a_browser_that_has_the_answer_gets_304(client, path):
    stamp = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": stamp}).status_code == 304


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("minutes=5&level=1", ["--minutes", "5", "--level", "1", "--no-certainty"]),
        ("minutes=5&certainty=true", ["--minutes", "5"]),
        ("distance_m=400&services=water", ["--distance-m", "400", "--services", "water",
                                          "--no-certainty"]),
    ],
)  # fmt: skip
def test_the_command_line_prints_the_same(client, query, words):
    done = run("tiny", *words, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == client.get(f"{EQUITY}?{query}").json


def test_the_command_line_prints_tables():
    done = run("tiny", "--minutes", "5", "--level", "2")
    assert done.exit_code == 0
    for words in ("全市 everybody", "69.4 %", "西社区", "不稳 fragile", "速度 speed ±20 %"):
        assert words in done.stdout
    metres = run("tiny", "--distance-m", "400")
    assert "以米计的预算与速度无关" in metres.stdout
    bare = run("bare")
    assert bare.exit_code == 0 and "地面 ground" in bare.stdout
    wrong = run("tiny", "--level", "9")
    assert wrong.exit_code == 2 and "no level 9" in wrong.output


@pytest.fixture
def aged_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose tiny city has types of community, and old people in the west."""
    files = {
        name: getattr(tinycity, name)(tmp_path / f"{name}.json") for name in ("areas", "demand")
    }
    for path in files.values():
        told = json.loads(path.read_text(encoding="utf-8"))
        for feature in told["features"]:
            facts = feature["properties"]
            facts |= {"社区类型": {"0101": "老旧住宅"}.get(facts["code"], "")}
            if facts["code"][0] == "p":  # p<x><y>
                facts |= {"60岁以上人数": 4 if facts["code"][1] in "012" else 1}
        path.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.setenv("YIZHAN_HOME", str(tmp_path / "home"))
    stations = tinycity.stations(tmp_path / "stations.csv")
    streets = tinycity.streets(tmp_path / "streets.geojson")
    build.create(
        build.Request(slug="aged", name="老城", streets=(streets,), stations=str(stations), **files)
    )
    return tmp_path / "home"


@pytest.mark.usefixtures("aged_home")
def test_types_and_ages_come_from_the_files():
    told = json.loads(run("aged", "--minutes", "5", "--no-certainty", "--json").stdout)
    # West of the middle stand 18 crossings: 180 people, 72 of them 60 or older.
    assert [(group["key"], group["people"]) for group in told["by_kind"]] == [
        ("老旧住宅", 180),
        ("", 180),
    ]
    ages = {(group["key"], group["profile"]): group for group in told["by_age"]}
    assert ages["aged", "walk"]["people"] == 180
    assert ages["aged_60", "walk"]["people"] == 18 * 4 + 18 * 1
    # Slow walkers come 240 m in 5 min, 2 blocks: from c1 1 + 2 + 3 + 2 + 1 = 9 crossings.
    assert ages["aged", "slow"]["covered"] == 90
    # At full speed 3 blocks: 2 + 3 + 3 + 3 + 2 + 1 crossings, and (2, 0) from h2.
    assert ages["aged", "walk"]["covered"] == 150
    shown = run("aged", "--no-certainty").stdout
    assert "老旧住宅" in shown and "└ 慢行 slow" in shown and "类型未知" in shown
