"""What changes would do, told while they are drawn, and two scenarios side by side.

Walking is 1.25 m/s: five minutes are 375 m. Ten people live beside each of the 36 crossings (x, y);
c1 on (0, 2) covers 15 crossings, h2 on (5, 0) ten others: 250 of 360 people. See
``test_propose.py`` for the crossings that are left.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import scenario, study
from geo.model import PROFILES, Budget, Need
from geo.scenario.changes import parsed
from tests.webmap.tinycity import lat, lon
from webmap.api.compare import CompareOut
from webmap.api.models import MOST_CHANGES
from webmap.api.whatif import WhatIfOut

CITY = "/api/cities/tiny"
CLOSE = {"kind": "close", "station": "h2"}
LINK = {"kind": "link", "link": "l1", "line": [[lon(2), lat(0)], [lon(0), lat(5)]]}
OPEN = {"kind": "open", "station": "n1", "position": [lon(3), lat(4)], "name": "新站"}


def ask(client, *changes: dict, city: str = CITY, **question):
    return client.post(f"{city}/what-if", json={"minutes": 5, "changes": changes, **question})


def told(client, *changes: dict, **question) -> WhatIfOut:
    answer = ask(client, *changes, **question)
    assert answer.status_code == 200, answer.json
    found = WhatIfOut.model_validate(answer.json)
    assert found.model_dump(by_alias=True) == answer.json
    return found


@pytest.fixture
def kept(client):
    """A scenario in which h2 is closed."""
    made = client.post(f"{CITY}/scenarios", json={"name": "关一座", "changes": [CLOSE]}).json
    yield made["id"]
    client.delete(f"{CITY}/scenarios/{made['id']}")


def test_a_closed_station_loses_its_ten_crossings(client):
    found = told(client, CLOSE)
    assert (found.people.covered, found.gained, found.lost) == (150.0, 0.0, 100.0)
    assert found.stations == 1
    # The crossings of h2 are (5, 0–3), (4, 0–2), (3, 0–1) and (2, 0): (2, 0) and its ten people lie
    # west of the middle at 2.5, the other nine east of it. c1 covers (3, 2) alone in the east.
    cells = dict(zip(found.cells.code, found.cells.covered, strict=True))
    assert cells == {"01": 150.0, "0101": 140.0, "0102": 10.0}


def test_a_new_station_covers_all_the_rest(client):
    found = told(client, OPEN)
    assert (found.people.covered, found.people.share, found.gained) == (360.0, 1.0, 110.0)
    assert set(found.cells.class_) == {"full"}


def test_nothing_changes_nothing(client):
    found = told(client)
    assert (found.people.covered, found.gained, found.lost) == (250.0, 0.0, 0.0)
    assert found.cells.row == []


def test_nothing_is_kept(client):
    before = client.get(f"{CITY}/coverage?minutes=5").json
    told(client, OPEN, CLOSE)
    assert client.get(f"{CITY}/coverage?minutes=5").json == before
    assert ask(client, CLOSE).headers["Cache-Control"] == "no-store"


def test_changes_are_made_on_top_of_a_scenario(client, kept):
    """Without h2 a station on (3, 4) adds 110 people, and of h2's crossings those three blocks
    from it: (3, 1) (4, 2) (5, 3).
    """
    found = told(client, OPEN, scenario=kept)
    assert (found.people.covered, found.gained, found.lost) == (290.0, 140.0, 0.0)
    assert found.people == told(client, CLOSE, OPEN).people


@pytest.mark.parametrize(
    "changes",
    [
        [OPEN],
        [CLOSE, OPEN],
        [{"kind": "move", "station": "h2", "position": [lon(4), lat(4)]}],
        [{"kind": "add_services", "station": "c1", "services": ["rest"]}],
        [LINK],
        [LINK, {"kind": "close", "station": "c1"}],
    ],
)
def test_it_says_what_a_study_of_the_changed_city_says(client, app, changes):
    found = told(client, *changes, services="rest")
    city = app.extensions["yizhan"].city("tiny")
    after = scenario.apply(city.data, parsed(changes))
    made = study.run(after, PROFILES["walk"], Budget(minutes=5), Need(("rest",)))
    assert found.people.model_dump() == study.headline(made)["people"]
    shares = made.shares.iloc[found.cells.row]
    assert found.cells.covered == shares["covered"].tolist()
    assert found.cells.share == shares["share"].tolist()


def test_where_nobody_is_known_it_speaks_of_ground(client):
    station = OPEN | {"position": [lon(2), lat(2)]}
    found = told(client, station, city="/api/cities/bare")
    assert found.people.covered is None
    assert found.people.reason
    assert (found.gained, found.lost, found.stations) == (None, None, 1)
    assert found.cells.row
    assert all(share > 0 for share in found.cells.share)
    assert set(found.cells.people) == {None}


def test_all_that_cannot_be_done_is_told(client):
    far = {"kind": "move", "station": "c1", "position": [0.0, 0.0]}
    answer = ask(client, {"kind": "close", "station": "gone"}, far)
    assert answer.status_code == 422
    faults = answer.json["faults"]
    assert [set(fault) for fault in faults] == [{"where", "seen", "remedy"}] * 2
    assert "change 1" in faults[0]["where"]
    wrong = ask(client, {"kind": "fly"}, "nonsense").json
    assert len(wrong["faults"]) == 2


def test_of_very_many_faults_the_first_are_told_and_the_others_counted(client):
    rows = [{"kind": "fly", "station": "长" * 90}] * MOST_CHANGES
    rows[0] = {"kind": "close", "station": "s" * 100_000}
    gone = [{"kind": "close", "station": f"gone-{number}"} for number in range(MOST_CHANGES)]
    for changes in (rows, gone):
        answer = ask(client, *changes)
        assert answer.status_code == 422 and len(answer.data) < 60_000
        assert len(answer.json["faults"]) == 50
        assert answer.json["faults_left_out"] >= MOST_CHANGES - 51
        assert f"… {answer.json['faults_left_out']} more" in answer.json["detail"]
    # What the fields of a body refuse is one sentence each; of those, too.
    points = [{"lon": "x", "lat": "y", "cost": -1}] * 2_000
    for path, kind in (("propose", {}), ("jobs", {"kind": "propose"})):
        answer = client.post(f"{CITY}/{path}", json={"sites": 1, "candidates": points} | kind)
        assert answer.status_code == 422 and len(answer.data) < 30_000
        assert "… 5,950 more" in answer.json["detail"]


def test_seats_are_not_counted_and_it_says_so(client):
    answer = ask(client, CLOSE)
    assert answer.json["seats_counted"] is False
    assert client.get(f"{CITY}/minutes").json["seats_counted"] is False
    refused = ask(client, CLOSE, users_per_1000=10)
    assert refused.status_code == 422 and "users_per_1000" in refused.json["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"changes": "x"}, 422),
        ({}, 422),
        ({"changes": [CLOSE] * (MOST_CHANGES + 1)}, 422),
        ({"changes": [], "surprise": 1}, 422),
        ({"changes": [], "scenario": "unknown"}, 404),
        ({"changes": [], "budget": "9999min"}, 422),
        ({"changes": [{"kind": "close", "station": "\ud800"}]}, 400),
        ({"changes": ["x" * 600_000]}, 413),
    ],
)
def test_a_wrong_question_is_refused(client, body, status):
    answer = client.post(f"{CITY}/what-if", json=body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def compared(client, **sides) -> CompareOut:
    answer = client.get(f"{CITY}/compare", query_string={"minutes": 5, **sides})
    assert answer.status_code == 200, answer.json
    found = CompareOut.model_validate(answer.json)
    assert found.model_dump() == answer.json
    return found


def test_a_comparison_turns_its_sign_with_its_sides(client, kept):
    there, back = compared(client, b=kept), compared(client, a=kept, b="today")
    assert (there.totals.lost, back.totals.gained) == (100.0, 100.0)
    assert there.totals.difference.covered == -100.0
    assert there.cells.difference == [-value for value in back.cells.difference]
    assert any(there.cells.difference)
    assert compared(client, scenario=kept) == there
    assert not any(compared(client, a=kept, b=kept).cells.difference)


def test_a_comparison_of_one_level(client, kept):
    found = compared(client, b=kept, level=1)
    assert found.cells.code == ["01"]
    assert found.cells.difference == [-100.0]
    assert client.get(f"{CITY}/compare?level=9").status_code == 422
    assert client.get(f"{CITY}/compare?b=unknown").status_code == 404


def test_a_comparison_is_known_by_both_sides(client, kept):
    address = f"{CITY}/compare?minutes=5&b={kept}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = client.get(f"{CITY}/compare?minutes=5&a={kept}")
    assert other.headers["ETag"] != first.headers["ETag"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
_CHANGES = st.fixed_dictionaries(
    {"kind": st.sampled_from(["open", "close", "move", "hours", "link", "unlink", "gate", "shut"])},
    optional={
        "station": st.sampled_from(["c1", "h2", "n1"]) | _VALUES,
        "position": st.tuples(st.floats(lon(-1), lon(6)), st.floats(lat(-1), lat(6))) | _VALUES,
        "opening_hours": st.sampled_from(["24/7", "Mo-Fr 08:00-20:00"]) | _VALUES,
        "name": _VALUES,
        "link": st.sampled_from(["l1", "l2"]) | _VALUES,
        "gate": st.sampled_from(["g1"]) | _VALUES,
        "line": st.lists(st.tuples(st.floats(lon(0), lon(5)), st.floats(lat(0), lat(5)))) | _VALUES,
    },
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(_CHANGES | _VALUES, max_size=4) | _VALUES)
def test_any_changes_are_answered_or_explained(client, changes):
    answer = client.post(
        f"{CITY}/what-if", data=json.dumps({"changes": changes}), content_type="application/json"
    )
    assert answer.status_code in (200, 400, 422)
    if answer.status_code == 200:
        WhatIfOut.model_validate(answer.json)
    else:
        assert answer.json["detail"]
