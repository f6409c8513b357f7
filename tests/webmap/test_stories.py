"""Stories are told, made, listed, written, deleted, and carried to another place as text."""

from __future__ import annotations

import tomllib
from typing import Any
from urllib.parse import unquote

import pytest

from geo.story import TOPICS
from tests.webmap.kept import CITY, CLOSE, problem
from tests.webmap.tinycity import HOSTILE
from webmap import create_app
from webmap.api.stories import StoryList, StoryOut, ToldStory
from webmap.api.views import ToldView
from webmap.config import Settings

LIST = f"{CITY}/stories"
CIRCLE = {"topic": "circle", "asked": {"budget": "2min"}, "layers": ["cells", "stations"]}
NIGHT = {"topic": "night", "asked": {"budget": "2min", "at": "23:00"}, "against": {}}
#: All fields of a view, as it is kept when nothing is said of it.
USUAL = {
    "topic": "free",
    "title": "",
    "sentence": "",
    "layers": ["cells", "stations"],
    "figures": [],
    "camera": None,
    "asked": {"profile": "walk", "budget": "15min", "services": [], "at": None, "scenario": None},
    "against": None,
}


@pytest.fixture
def keep(client):
    """Return a function that makes stories of the tiny city; they are gone after the test."""
    addresses: list[str] = []

    def make(name: str = "三月例会", *views: dict) -> StoryOut:
        answer = client.post(LIST, json={"name": name, "views": views or [CIRCLE]})
        assert answer.status_code == 201, answer.json
        addresses.append(answer.headers["Location"])
        assert client.get(addresses[-1]).json == answer.json
        return read(StoryOut, answer)

    make.addresses = addresses
    yield make
    for address in addresses:
        client.delete(address)


def read(model: Any, answer: Any) -> Any:
    """Return an answer as its model, which describes all of it."""
    assert answer.status_code in (200, 201), answer.json
    found = model.model_validate(answer.json)
    assert found.model_dump() == answer.json
    return found


def tell(client, **view: Any) -> Any:
    return read(ToldView, client.post(f"{LIST}/told", json={"view": view}))


def test_every_city_has_a_story_without_any_editing(client):
    found = read(ToldStory, client.get(f"{CITY}/story?lang=zh"))
    assert (found.id, found.revision, found.is_default, found.lang) == ("default", None, True, "zh")
    assert [view.topic for view in found.views] == [
        topic for topic in TOPICS if topic in {view.topic for view in found.views}
    ]
    assert {"city", "circle", "ring", "night", "gaps"} <= {view.topic for view in found.views}
    for view in found.views:
        assert view.fault is None and view.told.title and view.told.numbers
    english = read(ToldStory, client.get(f"{CITY}/story?lang=en"))
    assert english.lang == english.views[0].told.lang == "en"
    assert english.views[0].told.title != found.views[0].told.title
    assert client.get(f"{CITY}/story", headers={"Accept-Language": "en"}).json["lang"] == "en"


def test_the_figures_of_a_view_are_those_of_the_endpoints_it_names(client):
    row = tell(client, **CIRCLE, figures=["share", "covered"])
    assert row.data.after == "profile=walk&budget=2min"
    study = client.get(f"{CITY}/coverage?{row.data.after}").json
    share, covered = row.told.numbers
    assert (share.name, covered.name) == ("share", "covered")
    assert share.value == pytest.approx(study["people"]["share"])
    assert covered.value == study["people"]["covered"]
    cells = client.get(f"{CITY}/coverage/cells?{row.data.after}").json
    assert cells["city"]["people"]["covered"] == covered.value


def test_an_hour_is_put_on_a_day_and_tells_who_serves(client):
    row = tell(client, **NIGHT)
    query, at = row.data.after.split("&at=")
    assert (query, at[10:], row.data.before) == (
        "profile=walk&budget=2min",
        "T23:00",
        "profile=walk&budget=15min",
    )
    # c1 is closed at 23:00; nobody wrote the hours of h2 down, so it does not count.
    assert row.data.serving.after == [] and row.data.serving.before is None
    noon = tell(client, asked={"at": "12:00"})
    assert noon.data.serving.after == ["c1"]
    assert client.get(f"{CITY}/coverage?{row.data.after}").json["stations"] == 0


def test_a_story_is_told_again_only_when_it_says_something_else(client, keep):
    kept = keep()
    address = f"{CITY}/story?story={kept.id}&lang=zh"
    first = client.get(address)
    seen = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=seen).status_code == 304
    client.put(f"{LIST}/{kept.id}", json={"revision": 1, "views": [CIRCLE | {"title": "圆"}]})
    second = client.get(address, headers=seen)
    assert (second.status_code, second.json["revision"]) == (200, 2)
    assert second.json["views"][0]["told"]["title"] == "圆"


def test_a_story_is_made_listed_written_undone_and_deleted(client, keep):
    first = keep("三月例会", CIRCLE, NIGHT)
    assert first.revision == 1 and first.created.endswith("+00:00")
    views = first.model_dump()["views"]
    asked = USUAL["asked"] | {"budget": "2min"}
    assert views[0] == USUAL | CIRCLE | {"asked": asked}
    listed = read(StoryList, client.get(LIST)).stories
    assert [(row.id, row.count) for row in listed] == [(first.id, 2)]
    address = f"{LIST}/{first.id}"
    second = read(StoryOut, client.put(address, json={"revision": 1, "views": [NIGHT]}))
    assert (second.revision, second.name, len(second.views)) == (2, "三月例会", 1)
    undone = read(StoryOut, client.put(address, json={"revision": 2, "views": views}))
    assert undone.views == first.views
    named = read(StoryOut, client.put(address, json={"revision": 3, "name": "四月例会"}))
    assert (named.name, named.views) == ("四月例会", first.views)
    assert client.delete(f"{address}?revision=3").status_code == 409
    assert client.delete(f"{address}?revision=4").status_code == 204
    problem(client.get(address), 404, "story-not-found")
    problem(client.get(f"{CITY}/story?story={first.id}"), 404, "story-not-found")
    problem(client.delete(address), 404, "story-not-found")
    assert client.get(LIST).json == {"stories": []}


def test_the_default_story_can_be_read_and_kept_as_ones_own(client, keep):
    usual = read(StoryOut, client.get(f"{LIST}/default"))
    assert (usual.id, usual.revision, usual.created) == ("default", None, None)
    own = keep("我的", *usual.model_dump()["views"])
    assert own.views == usual.views
    for method in (client.put, client.delete):
        answer = method(f"{LIST}/default", json={"revision": 1, "name": "x"})
        problem(answer, 404, "story-not-found")


def test_nobody_overwrites_anothers_work(client, keep):
    first = keep()
    address = f"{LIST}/{first.id}"
    theirs = client.put(address, json={"revision": 1, "name": "他们的"}).json
    late = client.put(address, json={"revision": 1, "views": [NIGHT]})
    assert problem(late, 409, "story-conflict", "current")["current"] == theirs
    # What comes too late is not even read: the conflict is what must be told.
    unread = client.put(address, json={"revision": 1, "views": [{"topic": "song"}]})
    problem(unread, 409, "story-conflict", "current")
    assert client.get(address).json == theirs
    keep("另一个")
    taken = client.put(address, json={"revision": 2, "name": "另一个"})
    proposal = problem(taken, 409, "story-name-taken", "proposal")["proposal"]
    assert proposal == "另一个 (2)"
    problem(client.post(LIST, json={"name": "另一个", "views": [CIRCLE]}), 409, "story-name-taken",
            "proposal")  # fmt: skip


def test_everything_that_is_wrong_is_told_at_once(client):
    views = [
        CIRCLE,
        {"topic": "song", "layers": ["moon"], "title": "{sharr}"},
        {"asked": {"at": "9"}},
    ]
    answer = client.post(LIST, json={"name": "x", "views": views})
    told = problem(answer, 422, "input", "faults", "faults_left_out")
    assert [fault["where"] for fault in told["faults"]] == [
        "views[1].topic",
        "views[1].title",
        "views[1].layers",
        "views[2].asked.at",
    ]
    assert client.get(LIST).json == {"stories": []}
    for where, view in (("topic", {"topic": "song"}), ("asked.at", {"asked": {"at": "9"}})):
        answer = client.post(f"{LIST}/told", json={"view": view})
        faults = problem(answer, 422, "input", "faults", "faults_left_out")["faults"]
        assert [fault["where"] for fault in faults] == [where]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "", "views": [CIRCLE]}, 422),
        ({"name": "城" * 81, "views": [CIRCLE]}, 422),
        ({"name": "x", "views": []}, 422),
        ({"name": "x", "views": [CIRCLE] * 41}, 422),
        ({"name": "x", "views": [7]}, 422),
        ({"name": "x", "views": [CIRCLE], "surprise": 1}, 422),
        ({"name": "x", "views": [CIRCLE | {"title": "t" * 600_000}]}, 413),
        ({"name": "x"}, 422),
        ([], 422),
    ],
)
def test_a_wrong_story_is_refused_whole(client, body, status):
    answer = client.post(LIST, json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert client.get(LIST).json == {"stories": []}


def test_any_name_and_words_are_text(client, keep):
    found = keep(HOSTILE, CIRCLE | {"title": HOSTILE.replace("{7*7}", "7"), "sentence": "'; --"})
    told = client.get(f"{CITY}/story?story={found.id}").json
    assert told["name"] == HOSTILE
    assert told["views"][0]["told"]["title"] == HOSTILE.replace("{7*7}", "7")


def test_a_view_of_a_scenario_shows_it_or_says_why_not(client, keep, make):
    scenario = make("关一站", CLOSE)
    view = {"asked": {"budget": "2min", "scenario": scenario.id}, "against": {"budget": "2min"}}
    story = keep("方案", view, CIRCLE)
    address = f"{CITY}/story?story={story.id}&lang=en"
    shown = client.get(address).json["views"][0]
    assert shown["data"]["after"] == f"profile=walk&budget=2min&scenario={scenario.id}"
    before, after = (
        client.get(f"{CITY}/coverage?{shown['data'][side]}").json["people"]["covered"]
        for side in ("before", "after")
    )
    lost = tell(client, **view, figures=["lost"]).told.numbers[0].value
    assert lost == before - after > 0
    client.put(f"{CITY}/scenarios/{scenario.id}", json={"revision": 1, "changes": []})
    changed = client.get(address).json["views"][0]
    assert changed["told"] != shown["told"]
    client.delete(f"{CITY}/scenarios/{scenario.id}")
    gone, circle = client.get(address).json["views"]
    assert gone["fault"].startswith("There is no such scenario") and gone["told"] is None
    assert gone["data"] is None and circle["fault"] is None


def test_what_the_tool_proposes_is_a_scenario_of_every_question(client):
    today, after = (
        client.get(f"{CITY}/{path}").json for path in ("stations", "stations?scenario=proposal")
    )
    new = len(after["features"]) - len(today["features"])
    row = tell(client, topic="proposal", asked={"scenario": "proposal"}, against={})
    assert row.fault is None
    covered = [
        client.get(f"{CITY}/coverage?{query}").json["people"]["covered"]
        for query in (row.data.before, row.data.after)
    ]
    assert (new > 0) == (covered[1] > covered[0])
    table = client.get(f"{CITY}/export/geojson?scenario=proposal&minutes=3")
    assert (table.status_code, "proposal" in unquote(table.headers["Content-Disposition"])) == (
        200,
        new > 0,
    )
    assert client.get(f"{CITY}/coverage/cells?{row.data.after}").status_code == 200


def test_a_story_travels_as_text_with_its_scenarios(client, keep, make):
    scenario = make("关一站", CLOSE)
    first = keep("例会", {"asked": {"scenario": scenario.id}}, NIGHT)
    answer = client.get(f"{LIST}/{first.id}/text")
    assert answer.mimetype == "text/plain"
    assert 'filename="tiny-story.toml"' in answer.headers["Content-Disposition"]
    content = tomllib.loads(answer.text)
    assert content["name"] == "例会" and len(content["views"]) == 2
    assert [one["name"] for one in content["scenarios"].values()] == ["关一站"]

    again = client.post(f"{LIST}/import", json={"text": answer.text})
    keep.addresses.append(again.headers["Location"])
    copy = read(StoryOut, again)
    assert (copy.name, copy.views) == (
        "例会 (2)",
        first.views,
    )  # the same scenario is there already
    assert len(client.get(f"{CITY}/scenarios").json["scenarios"]) == 1

    client.delete(f"{CITY}/scenarios/{scenario.id}")
    brought = client.post(f"{LIST}/import", json={"text": answer.text})
    keep.addresses.append(brought.headers["Location"])
    (made,) = client.get(f"{CITY}/scenarios").json["scenarios"]
    make.addresses.append(f"{CITY}/scenarios/{made['id']}")
    assert made["name"] == "关一站"
    assert read(StoryOut, brought).views[0].asked.scenario == made["id"] != scenario.id
    default = client.get(f"{LIST}/default/text")
    assert len(tomllib.loads(default.text)["views"]) == len(
        client.get(f"{LIST}/default").json["views"]
    )


def test_what_is_wrong_with_a_text_is_told_at_once_and_nothing_is_kept(client):
    text = """
        name = "x"
        [[views]]
        topic = "circle"
        asked.scenario = "a"
        [scenarios.a]
        name = "甲"
        changes = [{kind = "close", station = "gone"}]
        [scenarios.b]
        name = "乙"
        changes = [{kind = "close", station = "c1"}, {kind = "close", station = "missing"}]
    """
    answer = client.post(f"{LIST}/import", json={"text": text})
    faults = problem(answer, 422, "input", "faults", "faults_left_out")["faults"]
    assert [fault["where"][:12] for fault in faults] == ["scenarios.a.", "scenarios.b."]
    for broken in ("name = ", 'name = "x"\nviews = 3'):
        answer = client.post(f"{LIST}/import", json={"text": broken})
        problem(answer, 422, "input", "faults", "faults_left_out")
    assert client.get(LIST).json == {"stories": []}
    assert client.get(f"{CITY}/scenarios").json == {"scenarios": []}


def test_a_city_without_people_tells_its_ground(client):
    found = read(ToldStory, client.get("/api/cities/bare/story"))
    assert all(view.fault is None for view in found.views)
    assert not any(view.told.by_people for view in found.views if view.topic == "circle")


def test_the_public_reads_stories_without_scenarios_and_writes_none(client, keep, make, home):
    scenario = make("关一站", CLOSE)
    mixed = keep("混合", {"asked": {"scenario": scenario.id}}, CIRCLE)
    secret = keep("只有方案", {"against": {"scenario": scenario.id}})
    public = create_app(Settings(edition="public")).test_client()
    told = read(ToldStory, public.get(f"{CITY}/story?story={mixed.id}"))
    assert [view.topic for view in told.views] == ["circle"]
    assert "proposal" not in {view["topic"] for view in public.get(f"{CITY}/story").json["views"]}
    assert read(StoryList, public.get(LIST)).stories[0].count == 1
    assert len(read(StoryOut, public.get(f"{LIST}/{mixed.id}")).views) == 1
    for path in (f"{CITY}/story?story={secret.id}", f"{LIST}/{secret.id}"):
        problem(public.get(path), 404, "story-not-found")
    assert "方案" not in public.get(LIST).text
    row = told.views[0]
    assert public.get(f"{CITY}/coverage/cells?{row.data.after}").status_code == 200
    for method, path in (
        ("POST", LIST),
        ("PUT", f"{LIST}/{mixed.id}"),
        ("DELETE", f"{LIST}/{mixed.id}"),
        ("POST", f"{LIST}/told"),
        ("POST", f"{LIST}/import"),
        ("GET", f"{LIST}/{mixed.id}/text"),
    ):
        problem(public.open(path, method=method, json={}), 403, "planners-only")


def test_where_nothing_can_be_kept_the_default_story_is_told(client, tmp_path, monkeypatch):
    broken = tmp_path / "yizhan.sqlite"
    broken.write_bytes(b"this is no database at all, and never was one" * 30)
    other = create_app(Settings(database=f"sqlite:///{broken}", edition="internal")).test_client()
    assert other.get(f"{CITY}/story").status_code == 200
    problem(other.get(LIST), 503, "store-failed")
    answer = other.post(LIST, json={"name": "x", "views": [CIRCLE]})
    problem(answer, 503, "store-failed")
