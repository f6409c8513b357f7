"""Whatever is asked, the server answers or says what is wrong; it never breaks."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webmap.tinycity import lat, lon

_ONCE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
_PATHS = (
    "",
    "stations",
    "stations/c1",
    "stations/c1/service-area",
    "cells",
    "cells/01",
    "coverage",
    "coverage/cells",
    "layers/gaps",
)


def fine_or_explained(answer) -> None:
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert set(answer.json) == {"type", "title", "status", "detail", "remedy"}
    elif answer.data:
        json.loads(answer.data, parse_constant=no_json)


def no_json(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@_ONCE
@given(
    question=st.sampled_from(["nearest", "explain"]),
    place=st.fixed_dictionaries(
        {
            "lon": st.floats(lon(-9), lon(14)) | _VALUES,
            "lat": st.floats(lat(-9), lat(14)) | _VALUES,
        },
        optional={
            "profile": st.sampled_from(["walk", "slow", "wheelchair", "ebike"]) | _VALUES,
            "k": st.integers(0, 11) | _VALUES,
            "budget": st.sampled_from(["5min", "1000m"]) | _VALUES,
        },
    ),
)
def test_any_question_about_a_place(client, question, place):
    if question == "nearest":
        place.pop("budget", None)
    else:
        place.pop("k", None)
    fine_or_explained(client.post(f"/api/cities/tiny/{question}", data=json.dumps(place)))


@_ONCE
@given(body=st.binary(max_size=64) | _VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_body(client, body):
    fine_or_explained(client.post("/api/cities/tiny/nearest", data=body))


@_ONCE
@given(
    path=st.sampled_from(_PATHS),
    query=st.dictionaries(
        st.sampled_from(["profile", "budget", "minutes", "distance_m", "level", "lang"]),
        st.sampled_from(["walk", "ebike", "5min", "500m", "5", "1", "2", "en"])
        | st.text(max_size=8)
        | st.floats().map(str),
        max_size=3,
    ),
)
def test_any_query(client, path, query):
    fine_or_explained(client.get(f"/api/cities/tiny/{path}".rstrip("/"), query_string=query))


@_ONCE
@given(slug=st.text(max_size=12), path=st.sampled_from(_PATHS), name=st.text(max_size=12))
def test_any_name(client, slug, path, name):
    for address in (f"/api/cities/{slug}/{path}", f"/api/cities/tiny/{path}/{name}"):
        answer = client.get(address)
        assert answer.status_code < 500
