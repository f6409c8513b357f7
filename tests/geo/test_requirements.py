"""Requirement tables: the shipped figures, and every fault of a file named at once."""

from __future__ import annotations

import contextlib
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError, OptionError
from geo.model import SERVICES
from geo.requirements import document
from geo.requirements.rules import CountRule, PeopleRule, Requirements, Selection, ShareRule, Within
from geo.sources import requirements as source
from tests.conftest import ROOT

SHARE = {
    "id": "near",
    "kind": "share",
    "title_zh": "近",
    "title_en": "Near",
    "areas": "city",
    "within": {"minutes": 15},
    "share": 0.85,
}
COUNT = {
    "id": "many",
    "kind": "count",
    "title_zh": "多",
    "title_en": "Many",
    "areas": ["community", "lowest"],
    "least": 2,
}
HEAD = {"id": "t", "title_zh": "表", "title_en": "Table", "source": "who", "clause": "1"}


def read(*rules, **head):
    return document.requirements(HEAD | head | {"rules": list(rules)}, "t.toml")


def faults_of(*rules, **head) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(*rules, **head)
    assert all(fault.where and fault.seen and fault.remedy for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def by_id(table: Requirements) -> dict:
    return {rule.id: rule for rule in table.rules}


# --- what is shipped; the figures stand in the standards ----------------------------------------


def test_every_shipped_table_has_a_source_and_a_clause_and_both_languages():
    tables = source.shipped()
    assert [table.id for table in tables] == [
        "gb50180-2018",
        "longzhouwan-1-1-9",
        "shanghai-2025",
        "shanghai-2035",
        "union-double-15",
    ]
    for table in tables:
        assert table.source and table.clause and table.title_zh and table.title_en
        assert "://" not in table.source + table.clause + table.note_en
        for rule in table.rules:
            assert table.clause_of(rule)
            assert bool(rule.reading_zh) == bool(rule.reading_en)


def test_living_circles_of_gb_50180():
    rules = by_id(source.shipped_named("gb50180-2018"))
    circles = [rules[f"circle-{minutes}min"] for minutes in (15, 10, 5)]
    # 15 minutes: 800–1,000 m, of which the wider; 10 minutes: 500 m; 5 minutes: 300 m.
    assert [rule.within.distance_m for rule in circles] == [1000, 500, 300]
    # Levels are not inclusive: no tier is listed for two of them.
    tiers = [tier for rule in circles for tier in rule.stations.tiers]
    assert tiers == ["centre", "station", "point"]
    people = [rules[f"people-{minutes}min"] for minutes in (15, 10, 5)]
    assert [(rule.least, rule.most) for rule in people] == [
        (50_000, 100_000),
        (15_000, 25_000),
        (5_000, 12_000),
    ]
    assert all(rule.advisory and isinstance(rule, PeopleRule) for rule in people)


def test_one_centre_one_station_nine_points_and_nine_categories():
    rules = by_id(source.shipped_named("longzhouwan-1-1-9"))
    counts = {
        rule.stations.tiers: rule.least
        for rule in rules.values()
        if isinstance(rule, CountRule) and not rule.each_service
    }
    assert counts == {("centre",): 1, ("station",): 1, ("point",): 9}
    assert rules["nine-categories"].each_service == tuple(SERVICES)
    assert len(SERVICES) == 9


def test_double_15_and_the_shares_of_shanghai():
    rules = by_id(source.shipped_named("union-double-15"))
    assert rules["radius-1km"].within == Within(distance_m=1000)
    assert rules["ring-1km"].within == Within(straight_m=1000)
    assert rules["ring-1km"].advisory
    assert rules["walk-15min"].within == rules["overlap"].within == Within(minutes=15)
    assert [rules[name].overlap for name in ("radius-1km", "walk-15min", "overlap")] == [1, 1, 2]
    shares = [source.shipped_named(f"shanghai-{year}").rules[0].share for year in (2025, 2035)]
    assert shares == [0.85, 0.99]


# --- what a table may say -----------------------------------------------------------------------


def test_defaults_are_the_plain_reading():
    rule = read(SHARE).rules[0]
    assert rule == ShareRule(
        id="near", title_zh="近", title_en="Near", areas=("city",),
        share=0.85, within=Within(minutes=15, profile="walk"),
    )  # fmt: skip
    assert (rule.overlap, rule.stations, rule.each_service) == (1, Selection(), ())
    assert not rule.advisory
    table = read(SHARE)
    assert table.date == "" and table.clause_of(rule) == "1"
    assert table.clause_of(read(SHARE | {"clause": "2.3"}).rules[0]) == "2.3"


def test_each_service_may_be_all_some_or_none():
    assert read(COUNT | {"each_service": True}).rules[0].each_service == tuple(SERVICES)
    assert read(COUNT | {"each_service": ["water"]}).rules[0].each_service == ("water",)
    assert read(COUNT | {"each_service": False}).rules[0].each_service == ()


def test_tiers_and_services_may_be_named_in_chinese():
    rule = read(COUNT | {"tiers": ["中心", "point"], "services": "饮水", "each_service": ["如厕"]})
    assert rule.rules[0].stations == Selection(("centre", "point"), ("water",))
    assert rule.rules[0].each_service == ("toilet",)
    assert "'饮水' twice" in faults_of(COUNT | {"services": ["water", "饮水"]})[0]


def test_the_example_of_the_documentation_is_a_table():
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 1
    table = document.requirements(tomllib.loads(examples[0]), "requirements.md")
    assert [rule.kind for rule in table.rules] == ["share", "share", "count", "count", "people"]
    for shipped in source.shipped():
        assert f"`{shipped.id}`" in text


# --- faults -------------------------------------------------------------------------------------


def test_all_faults_are_named_at_once():
    found = faults_of(
        SHARE | {"share": 85, "ovrlap": 2, "within": {"minutes": 15, "distance_m": 1000}},
        COUNT | {"tiers": ["center"], "least": -1},
        {"id": "Odd Name", "kind": "quota"},
        "no table",
        SHARE | {"id": "near"},
        titel="x",
        date="in 2018",
    )
    assert [line.split(" → ")[0] for line in found] == [
        "t.toml: date: 'in 2018'",
        "t.toml: rule 1 (near): share: 85",
        "t.toml: rule 1 (near): within: 2 measures of nearness",
        "t.toml: rule 1 (near): ovrlap: unknown key",
        "t.toml: rule 2 (many): least: -1",
        "t.toml: rule 2 (many): tiers: 'center'",
        "t.toml: rule 3 (Odd Name): kind: 'quota'",
        "t.toml: rule 3 (Odd Name): id: 'Odd Name'",
        "t.toml: rule 4: 'no table' is no table",
        "t.toml: rule 5 (near): id: 'near' twice",
        "t.toml: titel: unknown key",
    ]
    assert "write 'overlap'?" in found[3]
    assert "centre, station, point" in found[5]
    assert "write 'title_zh'?" in found[-1] or "write 'title_en'?" in found[-1]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (SHARE | {"share": True}, "share: True"),
        (SHARE | {"share": float("nan")}, "share: nan"),
        (SHARE | {"share": 0}, "number above 0 and up to 1"),
        (SHARE | {"share": 10**400}, "number above 0 and up to 1"),
        (SHARE | {"overlap": 0}, "whole number from 1 to 20"),
        (SHARE | {"overlap": 2**63}, "whole number from 1 to 20"),
        (COUNT | {"least": 10**400}, "whole number from 0 to 10000000000"),
        (COUNT | {"least": 10**5000}, "least: a number of thousands of digits"),
        (SHARE | {"within": {"minutes": 10**400}}, "give a number"),
        (SHARE | {"overlap": 1.5}, "overlap: 1.5"),
        (SHARE | {"within": {}}, "0 measures of nearness"),
        (SHARE | {"within": 15}, "within: 15"),
        (SHARE | {"within": {"minutes": "15"}}, "minutes: '15'"),
        (SHARE | {"within": {"minutes": 0}}, "a budget must be a positive number"),
        (SHARE | {"within": {"minutes": 500}}, "give at most 120"),
        (SHARE | {"within": {"distance_m": 1e9}}, "give at most 30000"),
        (SHARE | {"within": {"minutes": 5, "profile": "fly"}}, "walk, slow, wheelchair, ebike"),
        (SHARE | {"within": {"straight_m": 5, "profile": "walk"}}, "has no profile"),
        (SHARE | {"within": {"minutes": 5, "mode": "walk"}}, "mode: unknown key"),
        (SHARE | {"services": []}, "services: []"),
        (SHARE | {"services": ["water", "water"]}, "'water' twice"),
        (SHARE | {"services": ["beer"]}, "rest, water, hot_meal"),
        (SHARE | {"advisory": "yes"}, "give true or false"),
        (SHARE | {"areas": []}, "a name or a list of names"),
        (SHARE | {"title_zh": ""}, "title_zh: empty"),
        (SHARE | {"title_zh": 5}, "title_zh: 5"),
        (SHARE | {"least": 5}, "least: unknown key"),
        ({k: v for k, v in SHARE.items() if k != "within"}, "within: missing"),
        ({k: v for k, v in SHARE.items() if k != "areas"}, "areas: missing"),
        ({k: v for k, v in SHARE.items() if k != "share"}, "share: missing"),
        ({k: v for k, v in COUNT.items() if k != "least"}, "neither least nor most"),
        (COUNT | {"most": 1}, "1 is less than least = 2"),
        (COUNT | {"within": {"minutes": 5}}, "within: unknown key"),
        (COUNT | {"kind": "people", "within": {"minutes": 5}}, "given together with within"),
        (COUNT | {"kind": "people", "tiers": ["point"]}, "tiers: unknown key"),
    ],
)
def test_a_fault_says_what_was_seen_and_what_is_allowed(rule, words):
    found = faults_of(rule)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"rules": []}, "give 1 to 100 rules"),
        ({"rules": "none"}, "give 1 to 100 rules"),
        ({"rules": [SHARE] * 101}, "101 rules → give 1 to 100 rules"),
        ({"id": "Ä"}, "small letters"),
        ({"source": " "}, "source: empty"),
        ({"date": "2018-13"}, "'2018-07'"),
        ({"date": 2018}, "in quotes"),
    ],
)
def test_a_fault_in_the_head_is_named_too(head, words):
    with pytest.raises(InputError) as caught:
        document.requirements(HEAD | {"rules": [SHARE]} | head, "t.toml")
    assert words in str(caught.value)


def test_as_many_rules_as_are_allowed_are_read():
    rules = [SHARE | {"id": f"rule-{number}"} for number in range(100)]
    assert len(read(*rules).rules) == 100


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    head=st.dictionaries(st.sampled_from([*HEAD, "date", "rules", "note_zh"]), JSON_LIKE),
    rule=st.dictionaries(
        st.sampled_from([*SHARE, *COUNT, "overlap", "most", "each_service", "tiers"]), JSON_LIKE
    ),
    kind=st.sampled_from(["share", "count", "people"]),
)
def test_whatever_stands_in_a_table_is_read_or_refused_in_words(head, rule, kind):
    for rules in ([SHARE | rule | {"kind": kind}], [COUNT | rule]):
        with contextlib.suppress(InputError):
            document.requirements(HEAD | {"rules": rules} | head, "t.toml")


# --- files --------------------------------------------------------------------------------------

GOOD = """
id = "mine"
title_zh = "我的"
title_en = "Mine"
source = "本街道"
clause = "1"
[[rules]]
id = "near"
kind = "share"
title_zh = "近"
title_en = "Near"
areas = "city"
within = { minutes = 15 }
share = 0.5
"""


def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path):
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / f"{encoding}.toml"
        path.write_text(GOOD, encoding=encoding)
        assert source.read_requirements(path).title_zh == "我的"
        assert source.named_or_read(str(path)).id == "mine"
    assert source.named_or_read("shanghai-2025").id == "shanghai-2025"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (GOOD.encode("gb18030"), "no UTF-8"),
        (b"id = \n", "at line 1, column 6"),
        (b"a = " + b"[" * 5000, "no readable TOML"),
        (b"a = " + b"9" * 5000, "no readable TOML"),
        (b"# " + b"x" * 1_000_001, "1,000,003 bytes"),
        (b"x = 1", "x: unknown key"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, content, words):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        source.read_requirements(path)
    assert str(tmp_path) not in str(caught.value)


def test_unknown_tables_are_refused_with_the_names_of_those_there_are(tmp_path):
    with pytest.raises(OptionError, match=r"no requirement table is called 'gb'.*gb50180-2018"):
        source.shipped_named("gb")
    with pytest.raises(OptionError, match="neither a file nor a shipped"):
        source.named_or_read(str(tmp_path / "none.toml"))
    with pytest.raises(InputError, match="no such file"):
        source.read_requirements(tmp_path / "none.toml")
