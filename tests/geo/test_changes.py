"""Changes as plain values, there and back, and everything that can be wrong with them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.model import Position
from geo.scenario import changes
from geo.scenario.changes import (
    AddLink,
    AddServices,
    CloseStation,
    DropServices,
    Enlarge,
    MoveStation,
    OpenGate,
    OpenSite,
    RemoveLink,
    SetHours,
    SetStatus,
    ShutGate,
)

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
    st.builds(AddLink, TEXTS, st.lists(POSITIONS, max_size=3).map(tuple), TEXTS, SERVICES),
    st.builds(RemoveLink, TEXTS),
    st.builds(OpenGate, TEXTS, POSITIONS, SERVICES),
    st.builds(ShutGate, TEXTS),
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


def test_a_link_is_a_list_of_positions():
    """Each position that is wrong is named by its number."""
    row = {"kind": "link", "link": "b1", "line": [[106.5, 29.5], [106.6, 29.5]]}
    (made,) = changes.parsed([row])
    assert made == AddLink("b1", (Position(106.5, 29.5), Position(106.6, 29.5)))
    assert changes.plain(made) == row
    wrong = [row | {"line": [[106.5, 29.5], [29.5, 106.5]]}, row | {"line": [106.5, 29.5]}]
    with pytest.raises(InputError) as told:
        changes.parsed(wrong)
    first, second = told.value.faults
    assert first.where == "changes: change 1, line 2" and "look swapped" in first.seen
    assert second.where == "changes: change 2, line"
    assert second.remedy == "give a list of positions, each longitude and latitude"


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

FIELDS = ("station", "position", "name", "services", "capacity", "seats", "link", "gate", "line")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(
                    ["open", "move", "enlarge", "hours", "close", "link", "gate"]
                )
            },
            optional=dict.fromkeys(FIELDS, JSON),
        )
        | JSON,
        max_size=3,
    )
)
def test_nothing_else_is_ever_raised(rows):
    with contextlib.suppress(InputError):
        changes.parsed(rows)
