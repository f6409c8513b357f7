"""The public edition: who may call what, and that no answer tells of a handful of people."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.serving import make_server

from geo import build, disclosure, study, workspace
from geo.errors import OptionError
from geo.model import PROFILES, Budget
from tests.webmap import tinycity
from webmap import access, create_app, maps, server
from webmap.config import Settings

SLUG = "few"
#: Places where few people live: 1, 3, 0, 20 … in the order of the crossings.
PEOPLE = (1, 3, 0, 20, 7, 40, 2, 0, 12, 5, 100, 9)


def _features(path: Path, features: list[dict]) -> Path:
    return tinycity.written(path, features)


def areas(path: Path) -> Path:
    """Write one district of four communities, each of nine cells."""
    edge = 0.5
    rows = [("01", "", 1, (-edge, -edge, 5 + edge, 5 + edge))]
    for block, (west, south) in enumerate([(0, 0), (3, 0), (0, 3), (3, 3)]):
        code = f"01{block + 1:02d}"
        rows.append((code, "01", 2, (west - edge, south - edge, west + 2.5, south + 2.5)))
        for x in range(3):
            for y in range(3):
                left, low = west + x - edge, south + y - edge
                rows.append((f"{code}{3 * x + y:02d}", code, 3, (left, low, left + 1, low + 1)))
    names = {1: "subdistrict", 2: "community", 3: "unit"}
    return _features(
        path,
        [
            tinycity.feature("Polygon", tinycity.box(*box), code=code, name=code,
                              level=names[level], parent=parent)
            for code, parent, level, box in rows
        ],
    )  # fmt: skip


def demand(path: Path) -> Path:
    off = 0.05
    spots = [(x, y) for x in range(6) for y in range(6)]
    return _features(
        path,
        [
            tinycity.feature("Point", [tinycity.lon(x + off), tinycity.lat(y + off)],
                              people=PEOPLE[i % len(PEOPLE)], code=f"p{x}{y}", name="")
            for i, (x, y) in enumerate(spots)
            if PEOPLE[i % len(PEOPLE)]
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def few_home(tmp_path_factory) -> Path:
    """Return a workspace with a city of 36 cells in which few people live."""
    files, folder = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(folder))
        build.create(
            build.Request(
                slug=SLUG,
                name="人少的城",
                streets=(tinycity.streets(files / "streets.geojson"),),
                areas=areas(files / "areas.geojson"),
                stations=str(tinycity.stations(files / "stations.csv")),
                demand=demand(files / "demand.geojson"),
            )
        )
    return folder


@pytest.fixture(scope="module")
def apps(few_home) -> Iterator[dict[str, Any]]:
    """Return the application in both editions over the same city."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(few_home))
        yield {edition: create_app(Settings(edition=edition)) for edition in disclosure.EDITIONS}


@pytest.fixture
def everybody(apps):
    return apps["public"].test_client()


@pytest.fixture
def planner(apps):
    return apps["internal"].test_client()


# --- who may call what ------------------------------------------------------------------------


def test_every_route_has_a_policy_and_every_policy_a_route(apps):
    served = {rule.endpoint for rule in apps["public"].url_map.iter_rules()}
    assert served == set(access.POLICY)
    assert set(access.POLICY.values()) == {"public", "planner"}


def test_a_route_without_a_policy_stops_the_start(monkeypatch, home):
    left = {name: who for name, who in access.POLICY.items() if name != "cities.health"}
    monkeypatch.setattr(access, "POLICY", left)
    with pytest.raises(RuntimeError, match=r"cities\.health \(/healthz\)"):
        create_app(Settings())


def _addresses(app, who: str) -> Iterator[tuple[str, str]]:
    values = {
        "slug": SLUG, "station_id": "c1", "code": "0101", "layer": "gaps", "rank": "1", "form":
        "csv", "level": "1", "scenario_id": "0" * 32, "job_id": "0" * 32,
    }  # fmt: skip
    for rule in app.url_map.iter_rules():
        if access.POLICY[rule.endpoint] == who:
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values.get(m[1], "1"), rule.rule)
            yield from ((method, path) for method in rule.methods - {"HEAD", "OPTIONS"})


def test_the_public_is_refused_what_is_the_planners_in_words(apps, everybody):
    found = list(_addresses(apps["public"], "planner"))
    assert len(found) >= 20
    for method, path in found:
        answer = everybody.open(path, method=method, json={} if method in ("POST", "PUT") else None)
        assert answer.status_code == 403, (method, path)
        if path.startswith("/api/"):
            assert answer.mimetype == "application/problem+json"
            assert answer.json["type"] == "urn:yizhan:problem:planners-only", path


def test_a_person_is_told_on_a_page(everybody):
    answer = everybody.get(f"/{SLUG}/plan", headers={"Accept": "text/html"})
    assert answer.status_code == 403 and answer.mimetype == "text/html"
    assert "这一部分只供规划人员使用" in answer.text


@pytest.mark.parametrize("word", ["scenario=" + "0" * 32, "users_per_1000=10", "default_seats=3"])
def test_the_public_may_not_ask_as_planners_do(everybody, planner, word):
    path = f"/api/cities/{SLUG}/coverage?{word}"
    assert everybody.get(path).status_code == 403
    assert planner.get(path).status_code != 403


def test_pages_show_only_what_they_may(everybody, planner):
    page = {"Accept": "text/html"}
    for path in (f"/{SLUG}/", "/cities"):
        assert '/plan"' not in everybody.get(path, headers=page).text.replace('"plan"', '/plan"')
        assert "plan" in planner.get(path, headers=page).text
    assert "内部 · 精确数字" in planner.get(f"/{SLUG}/", headers=page).text
    assert "公开版" in everybody.get(f"/{SLUG}/", headers=page).text


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=x"}, {"Host": "city.example"}],
)
def test_the_internal_edition_answers_this_machine_alone(planner, everybody, headers):
    refused = planner.get("/api/cities", headers=headers)
    assert refused.status_code == 403 and "--public" in refused.json["detail"]
    assert everybody.get("/api/cities", headers=headers).status_code == 200
    for host in ("localhost", "127.0.0.1:8000", "[::1]:8000"):
        assert planner.get("/api/cities", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "public", "edition"),
    [
        ("127.0.0.1", None, "internal"),
        ("::1", None, "internal"),
        ("0.0.0.0", None, "public"),
        ("127.0.0.1", True, "public"),
        ("192.0.2.1", True, "public"),
        ("localhost", False, "internal"),
    ],
)
def test_the_edition_follows_from_who_can_reach_the_host(host, public, edition):
    assert server.edition(host, public) == edition


def test_exact_figures_never_leave_the_machine():
    with pytest.raises(OptionError, match="--internal"):
        server.edition("0.0.0.0", False)


# --- small counts -----------------------------------------------------------------------------

#: Keys of answers whose numbers count no people.
NO_PEOPLE = re.compile(
    r"(^|\.)(lon|lat|level|levels|cells|stations|stations_open|capacity|minutes|minzoom|maxzoom|"
    r"distance_m|rank|bbox|bounds|view|coordinates|speed_mps|budgets|profiles|version|holidays|"
    r"unknown_hours|serves|closed|service_missing|seconds|metres|path_seconds|path_metres|steps|"
    r"position|ready_s|wait_s|closes_in_s|flights|dropping|leg_m|straight_m|radius_m|data_age_days|provenance|median_s|reason|places|hours|status)"
    r"(\.|$)|_m2$|(^|\.)(share|ground_share|share_of_judged|area_m2)(\.|$)|^tables\."
)


def counts(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Return every number of an answer that may count people, and the way to it."""
    if isinstance(value, dict):
        # A printed number stands beside its key in the export, which says what it counts.
        path = (
            f"{path}.{value['key']}".replace("/", ".")
            if "key" in value and "value" in value
            else path
        )
        for key, item in value.items():
            yield from counts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from counts(item, path)
    elif isinstance(value, bool | str) or value is None or NO_PEOPLE.search(path):
        return
    else:
        yield path, value


QUESTIONS = [
    f"{head}{sep}{budget}&profile={profile}"
    for budget in ("minutes=1", "minutes=3", "distance_m=300")
    for profile in ("walk", "ebike")
    for head, sep in [
        ("coverage", "?"),
        *((f"coverage/cells?level={level}", "&") for level in (1, 2, 3)),
        *((f"cells?level={level}", "&") for level in (1, 2, 3)),
        ("cells/0101", "?"),
        ("cells/010100", "?"),
        ("layers/gaps", "?"),
        ("layers/circles", "?"),
        ("week?from=2026-11-16", "&"),
    ]
] + [
    "",
    "stations",
    "stations/c1",
    "stations/c1/service-area",
    "levels/3/cells",
    "story",
    "stories",
]


def public_answers(client) -> Iterator[tuple[str, Any]]:
    """Return what the public can read of the city, by GET and by POST."""
    for question in QUESTIONS:
        path = f"/api/cities/{SLUG}/{question}".rstrip("/")
        answer = client.get(path)
        assert answer.status_code == 200, path
        yield path, json.loads(answer.data)
    yield "/api/cities", client.get("/api/cities").json
    for x, y in [(0, 0), (2.05, 3.05), (4.05, 1.05), (5.05, 5.05)]:
        body = {"lon": tinycity.lon(x), "lat": tinycity.lat(y), "budget": "1min"}
        answer = client.post(f"/api/cities/{SLUG}/explain", json=body)
        assert answer.status_code == 200
        yield f"explain {x} {y}", answer.json
        del body["budget"]
        yield "nearest", client.post(f"/api/cities/{SLUG}/nearest", json=body | {"way": 3}).json
        body["station"] = "c1"
        yield "way", client.post(f"/api/cities/{SLUG}/way", json=body).json


def test_the_list_of_questions_misses_no_public_answer(apps):
    """Whoever adds a public route with figures adds it here, too."""
    no_figures = {"stations/c1/photo", "stations/c1/feedback", "pocket", "pocket/facts"}
    no_figures |= {"stories/1"}  # but names of them
    known = {"/healthz", "/api/cities", "/api/requirements", "/api/docs", "/api/openapi.json"}
    for _, path in _addresses(apps["public"], "public"):
        if not path.startswith("/api/") or path in known or "/tiles/" in path:
            continue
        tail = path.removeprefix(f"/api/cities/{SLUG}").lstrip("/")
        asked = {question.partition("?")[0] for question in QUESTIONS} | no_figures
        asked |= {"explain", "nearest", "way", "search"}
        same = {"cells/0101": "cells/0101", "levels/1/cells": "levels/3/cells"}.get(tail, tail)
        assert same in asked, path


def test_no_public_answer_counts_a_handful_of_people(everybody):
    seen = 0
    for path, answer in public_answers(everybody):
        for where, number in counts(answer):
            assert number % 10 == 0, (path, where, number)
            seen += 1
    assert seen > 500  # the scan did look at something


def test_the_planner_reads_small_numbers_there(planner):
    """The same scan of the internal edition finds many, so it is not blind."""
    found = [
        (path, where)
        for path, answer in public_answers(planner)
        for where, number in counts(answer)
        if 0 < number < 10
    ]
    assert len(found) > 100
    assert {where.rpartition(".")[2] for _, where in found} >= {"people", "covered"}


def columns(client, level: int, minutes: int) -> dict[str, Any]:
    return client.get(f"/api/cities/{SLUG}/coverage/cells?level={level}&minutes={minutes}").json


@pytest.mark.parametrize("minutes", [1, 2, 3, 5])
def test_withheld_siblings_cannot_be_reckoned_from_all_levels(everybody, planner, minutes):
    """Take all levels of the answers, as exactly as a planner knows what is published."""
    exact, shown = {}, {}
    for level in (1, 2, 3):
        inside, outside = columns(planner, level, minutes), columns(everybody, level, minutes)
        for i, code in enumerate(inside["codes"]):
            exact[code] = {name: inside[name][i] for name in ("people", "covered")}
            shown[code] = {
                name: outside[name][i] for name in ("people", "covered", "suppressed", "class")
            }
    small = [c for c, row in exact.items() if disclosure.is_small(row["people"])]
    assert len(small) > 10
    for code, row in shown.items():
        if disclosure.is_small(exact[code]["people"]):
            assert row["people"] is None and row["covered"] is None and row["class"] is None
            assert row["suppressed"] in ("people<10", "withheld")
        elif row["people"] is not None:
            assert row["people"] == disclosure.rounded(exact[code]["people"])
    for parent in {code[:-2] for code in exact if len(code) > 2}:
        children = [code for code in exact if code[:-2] == parent and len(code) > 2]
        hidden = [code for code in children if shown[code]["people"] is None]
        if shown[parent]["people"] is not None and hidden:
            left = sum(exact[code]["people"] for code in hidden)
            # One alone would be the rest; several leave each other at least eight people of room.
            assert len(hidden) > 1 and left >= 8
        told = [code for code in hidden if shown[code]["suppressed"] == "people<10"]
        if told and len(told) == len(hidden) and shown[parent]["people"] is not None:
            assert 9.5 * (len(told) - 1) - left >= -1.5  # and not all of them full to the brim


def test_public_figures_of_the_whole_city_are_rounded(everybody, planner):
    inside, outside = (c.get(f"/api/cities/{SLUG}/coverage?minutes=3").json
                       for c in (planner, everybody))  # fmt: skip
    total = inside["people"]["total"]
    assert outside["people"]["total"] == disclosure.rounded(total) != total
    assert outside["area_m2"] == inside["area_m2"] and outside["stations"] == inside["stations"]
    assert np.isclose(outside["people"]["share"] or 0, inside["people"]["share"], atol=0.05)


def test_answers_differ_by_edition_for_caches_too(everybody, planner):
    path = f"/api/cities/{SLUG}/coverage/cells?minutes=3"
    assert everybody.get(path).headers["ETag"] != planner.get(path).headers["ETag"]


# --- what a visitor sees ----------------------------------------------------------------------


def test_a_visitor_reads_fewer_than_ten_in_words(apps, everybody, window):
    cells = columns(everybody, 3, 15)
    few = cells["codes"][cells["suppressed"].index("people<10")]
    row, column = int(few[4:6]) % 3, int(few[4:6]) // 3
    west, south = {"0101": (0, 0), "0102": (3, 0), "0103": (0, 3), "0104": (3, 3)}[few[:4]]
    spot = (tinycity.lat(south + row + 0.3), tinycity.lon(west + column + 0.3))
    web = make_server("127.0.0.1", 0, apps["public"], threaded=True)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    try:
        page = window(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("response", lambda answer: answer.status >= 400 and faults.append(answer.url))
        page.goto(f"http://127.0.0.1:{web.server_port}/{SLUG}/")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.click("#levels button:last-child")
        box = page.evaluate(
            """async ([lat, lng]) => {
              const { drawn } = await import("/static/js/draw/bridge.js");
              const { map } = await drawn;
              const at = map.latLngToContainerPoint([lat, lng]);
              const { left, top } = map.getContainer().getBoundingClientRect();
              return [left + at.x, top + at.y];
            }""",
            list(spot),
        )
        page.mouse.click(*box)
        page.wait_for_selector("#card .place")  # all that is told of the spot
        assert "不足 10 人" in page.inner_text("#card") and few in page.inner_text("#card")
        assert "公开版" in page.inner_text("#edition")
        assert page.query_selector('a[href="plan"]') is None
        assert faults == []
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


# --- the file for a meeting -------------------------------------------------------------------


def islands(html: str) -> dict[str, Any]:
    """Return the data that a saved map carries, by name."""
    found = re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', html, re.S)
    return {key: json.loads(text) for key, text in found}


def handfuls(values: dict[str, Any]) -> list[tuple[str, float]]:
    told = {key: values[key] for key in ("study-figures", "cell-figures", "city-facts")}
    return [(where, number) for where, number in counts(told) if number % 10]


@pytest.mark.parametrize("minutes", [1, 3])
def test_the_file_for_a_meeting_is_public_unless_wanted_otherwise(few_home, monkeypatch, minutes):
    monkeypatch.setenv("YIZHAN_HOME", str(few_home))
    found = study.run(workspace.load(SLUG), PROFILES["walk"], Budget(minutes=minutes))
    html = maps.build(found).get_root().render()
    shown = islands(html)
    assert handfuls(shown) == []
    assert "公开版" in html and "内部" not in html
    assert "people<10" in shown["cell-figures"]["suppressed"]
    # Gaps are drawn data of their own layer.
    gaps = re.findall(r'"rank":\s*\d+[^{}]*?"people":\s*([\d.]+|null)', html)
    gaps += re.findall(r'"people":\s*([\d.]+|null)[^{}]*?"rank":', html)
    assert gaps and all(text == "null" or float(text) % 10 == 0 for text in gaps)
    exact = maps.build(found, edition="internal").get_root().render()
    assert len(handfuls(islands(exact))) > 20 and "内部 · 精确数字" in exact
