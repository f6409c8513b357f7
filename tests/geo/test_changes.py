"""Changes as plain values, there and back, and everything that can be wrong with them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import changes
from geo.changes import (
    AddServices,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenSite,
    SetHours,
    SetStatus,
)
from geo.errors import InputError
from geo.model import Position

TEXTS = st.text(max_size=8)
SERVICES = st.lists(TEXTS, max_size=3).map(tuple)
POSITIONS = st.builds(Position, st.floats(-180, 0), st.floats(-90, 2))
ANY = st.one_of(
    st.builds(
        OpenSite,
        TEXTS,
        POSITIONS,
        TEXTS,
        SERVICES,
        TEXTS,
        st.none() | st.integers(),
        st.sampled_from(["point", "centre"]),
    ),
    st.builds(AddServices, TEXTS, SERVICES),
    st.builds(DropServices, TEXTS, SERVICES),
    st.builds(SetHours, TEXTS, TEXTS),
    st.builds(Enlarge, TEXTS, st.integers()),
    st.builds(CloseStation, TEXTS),
    st.builds(SetStatus, TEXTS, TEXTS),
    st.builds(MoveStation, TEXTS, POSITIONS),
)


@given(st.lists(ANY, max_size=5))
def test_changes_survive_a_file(made):
    text = json.dumps([changes.plain(change) for change in made])
    assert changes.parsed(json.loads(text)) == tuple(made)


def test_a_plain_change_says_only_what_is_not_usual():
    site = OpenSite("n1", Position(106.5, 29.5), "新站")
    assert changes.plain(site) == {
        "kind": "open",
        "station": "n1",
        "position": [106.5, 29.5],
        "name": "新站",
    }


def test_all_faults_are_told_at_once_with_their_places():
    rows = [
        {"kind": "close", "station": 7, "when": "now"},
        {"kind": "demolish"},
        "close",
        {"kind": "open", "station": "n", "position": [29.5, 106.5], "capacity": True},
        {"kind": "close", "station": "YD001"},
    ]
    with pytest.raises(InputError) as told:
        changes.parsed(rows, "plan.json")
    said = [(fault.where, fault.seen) for fault in told.value.faults]
    assert said[:4] == [
        ("plan.json: change 1", "'when' in a change of kind close"),
        ("plan.json: change 1, station", "7"),
        ("plan.json: change 2", "kind 'demolish'"),
        ("plan.json: change 3", "'close'"),
    ]
    assert said[4][0] == "plan.json: change 4, position"
    assert "look swapped" in said[4][1]
    assert said[5:] == [
        ("plan.json: change 4", "no name"),
        ("plan.json: change 4, capacity", "True"),
    ]


@pytest.mark.parametrize("rows", [None, "close", 5, {"kind": "close"}])
def test_anything_but_a_list_is_refused(rows):
    with pytest.raises(InputError, match="give a list of changes"):
        changes.parsed(rows)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)

FIELDS = ("station", "position", "name", "services", "capacity", "seats")


@given(
    st.lists(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["open", "move", "enlarge", "hours", "close"])},
            optional=dict.fromkeys(FIELDS, JSON),
        )
        | JSON,
        max_size=3,
    )
)
def test_nothing_else_is_ever_raised(rows):
    with contextlib.suppress(InputError):
        changes.parsed(rows)
