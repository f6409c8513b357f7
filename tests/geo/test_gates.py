"""A gate refuses at an hour exactly whom a gate with such plain tags refuses always."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import conditions, gates, intake
from geo.access import blocked_nodes
from geo.frames import ROWS_NAMED
from geo.gates import NO_GATES
from geo.hours import CHINA, readable
from geo.model import PROFILES
from geo.progress import silent
from geo.schemas import CONDITIONAL_TAGS, GATE_TAGS, NODE_TAGS
from tests.geo.test_sources_osm import write_pbf
from tests.geo.toy import node_frame

MIDNIGHT = datetime(2026, 11, 20)
WALK, EBIKE, WHEELCHAIR = PROFILES["walk"], PROFILES["ebike"], PROFILES["wheelchair"]
NIGHT = {"barrier": "gate", "bicycle": "yes", "bicycle_conditional": "no @ (22:00-06:00)"}


def gates_of(*tags: dict[str, str]) -> gates.Gates:
    """Return the gates at nodes 0, 1, … with these tags."""
    frame = node_frame([(10.0 * k, 0.0) for k in range(len(tags))], dict(enumerate(tags)))
    return gates.of_nodes(frame, np.arange(len(tags), dtype=np.int32))


def refused(table: gates.Gates, profile, *hours: float) -> list[list[list[bool]]]:
    at = [MIDNIGHT + timedelta(hours=hour) for hour in hours]
    return table.refused(profile, at, CHINA).tolist()


def test_only_gates_with_a_name_or_hours_are_held():
    table = gates_of(
        {},
        {"barrier": "gate", "bicycle": "no"},
        {"barrier": "gate", "name": "北门"},
        {"name": "no gate at all"},
        {"barrier": "no", "name": "taken down"},
        NIGHT,
    )
    assert table.node.tolist() == [2, 5]
    assert [table.name(node) for node in range(7)] == ["", "", "北门", "", "", "", ""]
    assert table.timed.node.tolist() == [5]
    assert NO_GATES.name(0) == ""
    assert not len(NO_GATES.timed.node)
    assert NO_GATES.refused(EBIKE, [MIDNIGHT], CHINA).shape == (1, 2, 0)
    assert NO_GATES.ever_refused(EBIKE).shape == (2, 0)


def test_e_bikes_are_turned_away_by_night_and_people_on_foot_are_not():
    table = gates_of(NIGHT)
    assert refused(table, EBIKE, 5.9, 6, 12, 22) == [
        [[True], [False]],
        [[False], [False]],
        [[False], [False]],
        [[True], [False]],
    ]
    assert refused(table, WALK, 23) == [[[False]]]


def test_a_gate_refuses_everybody_while_its_opening_hours_are_over():
    table = gates_of(
        {"barrier": "gate", "foot": "yes", "wheelchair": "yes", "opening_hours": "06:00-22:00"}
    )
    assert refused(table, WALK, 5, 7, 22) == [[[True]], [[False]], [[True]]]
    assert refused(table, WHEELCHAIR, 5, 7) == [[[True]], [[False]]]
    assert refused(table, EBIKE, 5, 7) == [[[True], [True]], [[False], [False]]]


def test_the_more_particular_tag_decides_whatever_hour_the_other_names():
    own = {"barrier": "gate", "foot": "yes", "access_conditional": "no @ (22:00-06:00)"}
    table = gates_of(own, own | {"foot": ""})
    assert refused(table, WALK, 23) == [[[False, True]]]


def test_a_condition_may_open_what_is_shut_otherwise():
    table = gates_of(
        {"barrier": "gate", "access": "private", "access_conditional": "yes @ (06:00-22:00)"}
    )
    assert refused(table, WALK, 5, 12) == [[[True]], [[False]]]


def test_hours_that_nobody_can_read_change_nothing():
    table = gates_of(
        {"barrier": "gate", "opening_hours": "by day"},
        {"barrier": "gate", "bicycle_conditional": "no @ (wet)"},
        {"barrier": "gate", "opening_hours": "by day", "foot_conditional": "no @ (00:00-24:00)"},
    )
    assert table.timed.node.tolist() == [2]
    assert refused(table, WALK, 12) == [[[True]]]


def test_spans_are_merged_cut_at_the_end_and_named_for_every_layer():
    table = gates_of(NIGHT, {"barrier": "gate", "opening_hours": "Fr 08:00-20:00"}, NIGHT)
    found = gates.intervals(table, EBIKE, date(2026, 11, 20), 2, CHINA)  # a Friday
    night = [(0, 360), (1320, 1800), (2760, 2880)]
    shut = [(0, 480), (1200, 2880)]
    assert found == [
        (0, 0, night),
        (0, 1, []),
        (1, 0, shut),
        (1, 1, shut),
        (2, 0, night),
        (2, 1, []),
    ]
    assert gates.intervals(NO_GATES, EBIKE, date(2026, 11, 20), 14, CHINA) == []


@st.composite
def gate_tags(draw) -> dict[str, str]:
    value = st.sampled_from(["", "yes", "no", "private", "dismount", "permissive"])
    hours = st.sampled_from(["22:00-06:00", "Mo-Fr 08:00-18:00", "Sa-Su", "PH", "wet"])
    clause = st.builds("{} @ ({})".format, st.sampled_from(["yes", "no", "private"]), hours)
    text = st.lists(clause, max_size=2).map("; ".join)
    tags = {tag: draw(value) for tag in NODE_TAGS if tag != "barrier"}
    tags |= {column: draw(text) for column in CONDITIONAL_TAGS}
    return tags | {
        "barrier": draw(st.sampled_from(["gate", "lift_gate", "turnstile", "no"])),
        "opening_hours": draw(st.sampled_from(["", "", "07:00-21:00", "ask"])),
    }


@settings(max_examples=15)
@given(st.lists(gate_tags(), min_size=1, max_size=3), st.integers(0, 7 * 1440 - 1))
@pytest.mark.parametrize("profile", [WALK, EBIKE, WHEELCHAIR], ids=lambda p: p.name)
def test_a_gate_at_an_hour_is_the_gate_with_the_tags_of_that_hour(profile, rows, minute):
    """The tags in force are written into a frame by themselves, clause after clause."""
    at = MIDNIGHT + timedelta(minutes=minute)
    table = gates_of(*rows)
    plain = []
    for row in rows:
        now = dict(row)
        for column, tag in CONDITIONAL_TAGS.items():
            for part in filter(None, row[column].split("; ")):
                value, condition = part.split(" @ ")
                if conditions.is_open(condition.strip("()"), at, CHINA):
                    now[tag] = value
        if conditions.is_open(row["opening_hours"], at, CHINA) is False:
            now |= {tag: "" for tag in NODE_TAGS if tag != "barrier"} | {"access": "no"}
        plain.append(now)
    frame = node_frame([(0.0, 0.0)] * len(rows), dict(enumerate(plain)))
    expected = blocked_nodes(frame, profile)
    timed = table.timed.node
    ours = table.refused(profile, [at], CHINA)[0]
    assert np.array_equal(ours, expected[:, timed])
    # Who may be refused at some hour is whoever is refused at this one, and more.
    assert not (ours & ~table.ever_refused(profile)).any()
    spans = gates.intervals(table, profile, at.date(), 2, CHINA)
    now = at.hour * 60 + at.minute
    told = {(node, layer): any(a <= now < b for a, b in found) for node, layer, found in spans}
    assert told == {
        (node, layer): bool(ours[layer, k])
        for k, node in enumerate(timed.tolist())
        for layer in range(len(ours))
    }


def test_what_cannot_be_read_is_told_with_its_row():
    frame = node_frame(
        [(0.0, 0.0)] * 4,
        {
            0: NIGHT,
            1: {"barrier": "gate", "opening_hours": "by day", "foot_conditional": "no @ (wet)"},
            2: {"opening_hours": "by day"},  # no gate
            3: {"barrier": "gate", "bicycle_conditional": "no @ (wet); no @ (Su)"},
        },
    )
    assert gates.unreadable(frame) == [
        (1, "foot_conditional", "no @ (wet)"),
        (1, "opening_hours", "by day"),
        (3, "bicycle_conditional", "no @ (wet)"),
    ]
    assert set(GATE_TAGS) >= set(CONDITIONAL_TAGS)
    assert not readable("by day")


def test_the_import_says_which_hours_do_not_count_and_where(tmp_path):
    tags = {
        2: {"barrier": "gate", "bicycle:conditional": "no @ (wet); no @ (22:00-06:00)"},
        3: {"barrier": "gate", "opening_hours": "by day"},
    }
    street = [(10, [1, 2, 3], {"highway": "residential"})]
    path = write_pbf(tmp_path / "x.osm.pbf", {1: (0, 0), 2: (1, 0), 3: (2, 0)}, street, tags)
    found = intake.read(intake.Request("x", "x", (path,)), silent)
    told = [note for note in found.notes if "门禁" in note]
    assert len(told) == 2
    assert told[0].startswith(
        "106.501000 29.500000: 门禁的 bicycle:conditional 读不懂（no @ (wet)）"
    )
    assert told[1].startswith("106.502000 29.500000: 门禁的 opening_hours 读不懂（by day）")
    crowd = node_frame([(10.0 * k, 0.0) for k in range(23)], dict.fromkeys(range(23), tags[3]))
    assert [note.count for note in intake.gate_notes(crowd)] == [1] * ROWS_NAMED + [3]
