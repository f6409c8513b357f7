"""Audits through the API and the command line; tiny city: see :mod:`tests.webmap.tinycity`.

c1, a centre with water and toilet, stands on crossing (0, 2); h2, a point with rest, on (5, 0).
Ten people live beside each of the 36 crossings, so every crossing counts 10.
"""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from tests.webmap import tinycity
from webmap.api.audit import AuditOut, Tables
from webmap.cli import main

AUDIT = "/api/cities/tiny/audit"

OWN = """
id = "mine"
title_zh = "我的"
title_en = "Mine"
source = "本街道"
clause = "第 3 条"
[[rules]]
id = "rest-300m"
kind = "share"
title_zh = "300 米内能歇脚"
title_en = "A seat within 300 m"
areas = "community"
within = { distance_m = 310 }
services = ["rest"]
share = 0.5
"""


def rules_of(answer) -> dict:
    return {
        f"{table['id']}/{rule['id']}": rule for table in answer["tables"] for rule in table["rules"]
    }


def run(*words: str):
    return CliRunner().invoke(main, ["audit-circle", *words])


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_tables_are_listed_with_source_and_clause(client):
    answer = client.get("/api/requirements").json
    found = Tables.model_validate(answer)
    assert found.model_dump() == answer
    assert {table.id for table in found.tables} >= {"gb50180-2018", "union-double-15"}
    assert all(table.source and table.clause and table.rules for table in found.tables)
    standard = next(table for table in found.tables if table.id == "gb50180-2018")
    assert [rule.wanted.distance_m for rule in standard.rules[:3]] == [1000, 500, 300]
    assert standard.date == "2018"


def test_verdicts_of_the_tiny_city_by_hand(client):
    """Walking reaches 8 blocks of 100 m from c1 and 10 from h2, so both in 15 minutes = 1,125 m."""
    answer = client.get(AUDIT).json
    assert AuditOut.model_validate(answer).model_dump() == answer
    verdicts = {table["id"]: table["verdict"] for table in answer["tables"]}
    assert verdicts == {
        "gb50180-2018": "not_met",
        "longzhouwan-1-1-9": "not_met",
        "shanghai-2025": "met",
        "shanghai-2035": "met",
        "union-double-15": "met",
    }
    rules = rules_of(answer)
    assert rules["union-double-15/overlap"]["people"] == {
        "total": 360.0, "judged": 360.0, "reached": 360.0, "missing": 0.0,
    }  # fmt: skip
    # c1 is the only centre, and 1,000 m from it is everywhere; there is no station of that tier.
    assert rules["gb50180-2018/circle-15min"]["share"] == 1.0
    assert rules["gb50180-2018/circle-10min"]["people"]["reached"] == 0.0
    # 300 m from h2 on (5, 0), with the 5 m that each place stands off and enters its street beside
    # the crossing: surely the 6 crossings up to 2 blocks away, perhaps (2, 0), (3, 1) and (4, 2).
    point = rules["gb50180-2018/circle-5min"]
    assert 60.0 <= point["people"]["reached"] <= 90.0
    assert point["areas"] == {"total": 2, "met": 0, "not_met": 2, "not_judged": 0}
    assert {row["code"] for row in point["failing_areas"]["listed"]} == {"0101", "0102"}
    # 1 + 1 + 9: the street has its centre, no station and one point; six categories are missing.
    assert rules["longzhouwan-1-1-9/one-centre"]["verdict"] == "met"
    assert rules["longzhouwan-1-1-9/nine-points"]["failing_areas"]["listed"][0]["seen"] == 1.0
    (street,) = rules["longzhouwan-1-1-9/nine-categories"]["failing_areas"]["listed"]
    assert {service["service"] for service in street["services"]} == {
        "hot_meal", "charging", "battery_swap", "first_aid", "shelter", "consultation",
    }  # fmt: skip


def test_the_question_narrows_the_answer(client):
    answer = client.get(f"{AUDIT}?requirements=shanghai-2025&services=water&rows=0").json
    (rule,) = rules_of(answer).values()
    assert (rule["verdict"], rule["share"]) == ("met", 1.0)
    # At night c1 is closed and nobody knows about h2.
    answer = client.get(f"{AUDIT}?requirements=shanghai-2025&at=2026-11-20T22:30&rows=1").json
    (rule,) = rules_of(answer).values()
    assert (rule["verdict"], rule["people"]["missing"]) == ("not_met", 360.0)
    assert rule["failing_cells"]["cells"] == 2 and len(rule["failing_cells"]["listed"]) == 1
    assert answer["need"] == {"services": [], "at": "2026-11-20T22:30", "holidays_known": True}
    slow = client.get(f"{AUDIT}?requirements=shanghai-2025&profile=slow").json
    assert (slow["profile"], rules_of(slow)["shanghai-2025/walk-15min"]["wanted"]["profile"]) == (
        "slow",
        "slow",
    )


def test_where_nobody_is_known_ground_is_judged_with_the_reason(client):
    answer = client.get("/api/cities/bare/audit").json
    found = AuditOut.model_validate(answer)
    assert found.model_dump() == answer
    assert found.people_reason
    rules = rules_of(answer)
    assert rules["shanghai-2025/walk-15min"]["people"] is None
    assert rules["shanghai-2025/walk-15min"]["area_m2"]["reached"] == 0.0
    assert rules["gb50180-2018/people-5min"]["reason"] == "people_unknown"
    assert rules["longzhouwan-1-1-9/one-centre"]["reason"] == "no_level"


def test_the_answer_is_kept_by_its_etag(client):
    first = client.get(AUDIT)
    again = client.get(AUDIT, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        (f"{AUDIT}?requirements=gb", 422, "shanghai-2025"),
        (f"{AUDIT}?requirements=gb50180-2018,gb50180-2018", 422, "twice"),
        (f"{AUDIT}?requirements=../x.toml", 422, "there are"),
        (f"{AUDIT}?profile=fly", 422, "ebike"),
        (f"{AUDIT}?services=beer", 422, "beer"),
        (f"{AUDIT}?rows=-1", 422, "rows"),
        ("/api/cities/nowhere/audit", 404, "nowhere"),
    ],
)
def test_wrong_questions_are_answered_in_words(client, path, status, word):
    answer = client.get(path)
    assert answer.status_code == status
    assert word in answer.json["detail"]


# --- the command line ---------------------------------------------------------------------------


def test_the_command_prints_the_same_json_as_the_api(client):
    told = run("tiny", "--json", "--requirements", "union-double-15", "--rows", "4")
    assert told.exit_code == 0
    assert (
        json.loads(told.stdout) == client.get(f"{AUDIT}?requirements=union-double-15&rows=4").json
    )


def test_the_command_names_what_fails_and_where_it_is_written():
    told = run("tiny", "--at", "2026-11-20T22:30")
    assert told.exit_code == 0
    text = told.stdout
    assert text.index("■ 未达到 · not met  GB 50180-2018") < text.index("× gb50180-2018")
    assert "2026-11-20T22:30" in text
    assert "日期不详 date not stated" in text
    assert "西社区（0101）" in text
    assert "缺 missing 180" in text
    assert "电动车充换电 E-bike charging and battery swap" in text
    assert tinycity.HOSTILE in text


def test_the_command_lists_the_tables():
    told = run("--list")
    assert told.exit_code == 0
    assert "union-double-15" in told.stdout and "交叉覆盖" in told.stdout


def test_a_table_of_ones_own_and_a_file_of_all_rows(own, tmp_path):
    out = tmp_path / "audit.csv"
    told = run("tiny", "--requirements", str(own), "--out", str(out), "--strict")
    # h2 lies in the eastern community, so the west has nobody within 310 m.
    assert told.exit_code == 1
    assert "A seat within 300 m" in told.stdout
    rows = list(csv.DictReader(out.open(encoding="utf-8-sig", newline="")))
    west = next(row for row in rows if row["code"] == "0101" and row["scope"] == "area")
    assert (west["verdict"], float(west["missing"]), west["clause"]) == (
        "not_met",
        180.0,
        "第 3 条",
    )
    assert run("tiny", "--requirements", "shanghai-2025", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiny", "--requirements", "none.toml"), "neither a file nor a shipped"),
        (("tiny", "--profile", "fly"), "unknown profile 'fly'"),
        (("tiny", "--at", "tonight"), "no instant"),
        (("tiny", "--out", ""), "'.' is no file"),
        (("tiny", "--out", "/dev/null"), "'/dev/null' is no file"),
        (("nowhere",), "no city 'nowhere'"),
        ((), "Missing argument"),
    ],
)
def test_wrong_options_end_in_one_message(words, said):
    told = run(*words)
    assert told.exit_code == 2
    assert said in told.stderr and "Traceback" not in told.stderr


def test_a_broken_table_names_all_its_faults(own):
    own.write_text(OWN.replace("share = 0.5", "share = 50\noverlap = 0"), encoding="utf-8")
    told = run("tiny", "--requirements", str(own))
    assert told.exit_code == 2
    assert "2 faults in the input" in told.stderr
    assert "rule 1 (rest-300m): share: 50" in told.stderr


def test_a_file_in_a_new_folder_is_written_and_leaves_nothing_else(tmp_path):
    out = tmp_path / "new" / "audit.csv"
    assert run("tiny", "--requirements", "union-double-15", "--out", str(out)).exit_code == 0
    assert [path.name for path in out.parent.iterdir()] == ["audit.csv"]
