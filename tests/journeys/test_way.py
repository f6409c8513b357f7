"""The way in words: one line a step, in both languages; a tapped step is shown on the map."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import PHONE, call
from tests.webmap.tinycity import lat, lon

EBIKE = {"name": "ebike", "title_zh": "电动车", "title_en": "E-bike"}
WHEELCHAIR = {"name": "wheelchair", "title_zh": "轮椅", "title_en": "Wheelchair"}


def step(kind: str, turn: str, metres: float, street: str = "", **more: Any) -> dict[str, Any]:
    """Return a step as the interface tells it; 4 m/s on wheels, 1 m/s else."""
    seconds = metres / (4 if kind == "ride" else 1)
    return {
        "kind": kind, "turn": turn, "metres": metres, "street": street, "seconds": seconds,
        "heading": 90, "first": 0, "last": 1, "gate": "", "cause": "", "side": "", "flights": 0,
        "stairs": None,
    } | more  # fmt: skip


LEAVE = {"cause": "gate", "gate": "北门"}
#: Step, profile, Chinese, English.
SAID = [
    (
        step("ride", "start", 240, "龙津路"),
        "向东骑行，沿龙津路 240 米",
        "Ride east along 龙津路, 240 m",
    ),
    (step("ride", "start", 84, heading=337), "向西北骑行 84 米", "Ride north-west, 84 m"),
    (step("ride", "start", 84, heading=338), "向北骑行 84 米", "Ride north, 84 m"),
    (step("walk", "start", 12), "向东步行 12 米", "Walk east, 12 m"),
    (
        step("ride", "right", 1300, "中山路"),
        "右转进入中山路，骑行 1.3 公里",
        "Turn right into 中山路, ride 1.3 km",
    ),
    (step("ride", "left", 60), "左转，骑行 60 米", "Turn left, ride 60 m"),
    (
        step("ride", "slight_left", 60, "A"),
        "向左前方进入A，骑行 60 米",
        "Bear left into A, ride 60 m",
    ),
    (step("ride", "sharp_right", 60), "向右后方急转，骑行 60 米", "Turn sharp right, ride 60 m"),
    (step("ride", "back", 60, "A"), "掉头，沿A，骑行 60 米", "Turn back along A, ride 60 m"),
    (step("ride", "straight", 60, "A"), "直行进入A，骑行 60 米", "Straight on into A, ride 60 m"),
    (step("ride", "straight", 60), "骑行 60 米", "Ride 60 m"),
    (step("push", "left", 30), "左转，推车走 30 米", "Turn left, push it 30 m"),
    (
        step("stairs", "straight", 9, flights=2, stairs=36),
        "走台阶 2 段（约 36 级）",
        "Take 2 flights of stairs (about 36 steps)",
    ),
    (
        step("stairs", "right", 9, flights=1),
        "右转，走一段台阶",
        "Turn right, take a flight of stairs",
    ),
    (step("leave", "straight", 0, **LEAVE), "把电动车停在北门", "Leave the e-bike at 北门"),
    (
        step("leave", "straight", 0, cause="steps"),
        "把电动车停在台阶前",
        "Leave the e-bike at the stairs",
    ),
    (
        step("leave", "straight", 0, cause="gate"),
        "把电动车停在大门口",
        "Leave the e-bike at the gate",
    ),
    (
        step("walk", "arrive", 12, side="left"),
        "到达：驿站在左手边 12 米",
        "You are there: the station is 12 m to the left",
    ),
    (
        step("walk", "arrive", 0, side="ahead"),
        "到达：驿站就在前面",
        "You are there: the station is in front of you",
    ),
]

SENTENCES = """async ([steps, profile]) => {
  const { sentence } = await import("/static/js/find/way.js");
  return steps.map((step) => sentence(step, profile));
}"""


@pytest.fixture(params=["zh-CN", "en-GB"])
def spoken(request: Any, screen: Any, address: str) -> tuple[Any, int]:
    """Return a page in a language, and the language's column of the table."""
    page = screen(viewport={"width": 390, "height": 844}, locale=request.param)
    page.goto(address + "/tiny/find")
    return page, 1 if request.param == "zh-CN" else 2


def test_every_step_is_a_sentence(spoken):
    page, column = spoken
    found = page.evaluate(SENTENCES, [[row[0] for row in SAID], EBIKE])
    assert found == [row[column] for row in SAID]


def test_nobody_in_a_wheelchair_is_told_to_walk(spoken):
    page, column = spoken
    asked = [step("walk", "start", 30, "A"), step("walk", "left", 30)]
    found = page.evaluate(SENTENCES, [asked, WHEELCHAIR])
    said = [
        ("向东前行，沿A 30 米", "Go east along A, 30 m"),
        ("左转，前行 30 米", "Turn left, go 30 m"),
    ]
    assert found == [row[column - 1] for row in said]


def test_a_street_that_runs_on_is_not_entered_again(spoken):
    page, column = spoken
    steps = [
        step("walk", "start", 40, "山道"),
        step("stairs", "straight", 9, "山道", flights=1),
        step("walk", "straight", 50, "山道"),
        step("walk", "straight", 60, "环路"),
        step("walk", "right", 70, "环路"),
    ]
    found = page.evaluate(
        """async ([way, profile]) => {
          const { sentences } = await import("/static/js/find/way.js");
          return sentences(way, profile).slice(1).map(({ text }) => text);
        }""",
        [{"seconds": 229, "steps": steps}, EBIKE],
    )
    assert found == [
        ("走一段台阶", "Take a flight of stairs")[column - 1],
        ("步行 50 米", "Walk 50 m")[column - 1],
        ("直行进入环路，步行 60 米", "Straight on into 环路, walk 60 m")[column - 1],
        ("右转进入环路，步行 70 米", "Turn right into 环路, walk 70 m")[column - 1],
    ]


def test_where_the_vehicle_is_left_one_line_says_what_follows(spoken):
    page, column = spoken
    # 240 m at 4 m/s: 60 s; 80 m and 12 m on foot: 80 s and 12 s; the whole way says 152.4 s.
    steps = [
        step("ride", "start", 240, "龙津路"),
        step("leave", "straight", 0, **LEAVE),
        step("walk", "straight", 80),
        step("walk", "arrive", 12, side="right"),
    ]
    way = {"metres": 332, "seconds": 152.4, "flights": 0, "steps": steps}
    found = page.evaluate(
        """async ([way, profile]) => {
          const { sentences } = await import("/static/js/find/way.js");
          const told = ({ text, first, last, ends }) => [text, first, last, ends];
          return sentences(way, profile).map(told);
        }""",
        [way, EBIKE],
    )
    assert [row[1:] for row in found] == [[0, 0, 60], [1, 2, 140], [3, 3, 152.4]]
    assert (
        found[1][0]
        == ("把电动车停在北门，步行 80 米", "Leave the e-bike at 北门, walk 80 m")[column - 1]
    )


def test_an_arrow_leads_where_the_words_do(screen, address):
    page = screen(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.goto(address + "/tiny/find")
    found = page.evaluate(
        """async (angles) => {
          const { arrow } = await import("/static/js/find/signs.js");
          const ends = /^M([\\d.]+) 21V([\\d.]+)L([\\d.]+) ([\\d.]+)/;
          return angles.map((angle) => arrow(angle).match(ends).slice(1).map(Number));
        }""",
        [-140, -90, -40, 0, 40, 90, 140],
    )
    across = [round(tip - stem, 1) for stem, _, tip, _ in found]
    down = [round(tip - bend, 1) for _, bend, _, tip in found]
    # An arm of 9 units: 9·sin 40° = 5.8, 9·cos 40° = 6.9; below the bend only after a sharp turn.
    assert across == [-5.8, -9, -5.8, 0, 5.8, 9, 5.8]
    assert down == [6.9, 0, -6.9, -9, -6.9, 0, 6.9]


MOUNT = """async ([way, profile]) => {
  const { mount } = await import("/static/js/find/way.js");
  const slot = document.createElement("div");
  slot.id = "slot";
  document.body.replaceChildren(slot);
  globalThis.heard = [];
  mount(slot, { station: { name: "龙津站" }, way, profile, onStep: (index) => heard.push(index) });
}"""


def test_a_tapped_step_is_told_and_given_back(screen, address):
    page = screen(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.goto(address + "/tiny/find")
    steps = [
        step("ride", "start", 240, "<b>路</b>"),
        step("leave", "straight", 0, **LEAVE),
        step("walk", "straight", 80),
        step("walk", "arrive", 12, side="right"),
    ]
    way = {"metres": 332, "seconds": 152.0, "flights": 2, "steps": steps}
    page.evaluate(MOUNT, [way, EBIKE])
    # 152 s are 3 minutes begun; the steps end after 60, 140 and 152 s.
    assert page.inner_text("#slot .way-sum") == "3 分钟 · 330 米 · 台阶 2 段"
    assert page.locator("#slot .way-when").all_inner_texts() == ["1 分", "3 分", "3 分"]
    assert "<b>路</b>" in page.inner_text("#slot li:first-child")
    for _ in range(2):
        page.click("#slot li:nth-child(2) button")
    page.click("#slot li:nth-child(3) button")
    assert page.evaluate("heard") == [2, None, 3]
    assert page.locator("#slot [aria-pressed=true].way-step").count() == 1
    large = page.locator("#slot .way-tools button").first
    for pressed in ("true", "false"):
        large.click()
        assert large.get_attribute("aria-pressed") == pressed


def test_no_way_and_a_way_that_is_asked_are_told_apart(screen, address):
    page = screen(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.goto(address + "/tiny/find")
    page.evaluate(MOUNT, [None, EBIKE])
    assert "直线" in page.inner_text("#slot")
    page.evaluate("""async () => {
      const { mount } = await import("/static/js/find/way.js");
      mount(document.getElementById("slot"), { station: { name: "龙津站" }, way: undefined });
    }""")
    assert page.locator("#slot [aria-busy=true]").count() == 1


DRAWN = """async ([way, act]) => {
  const { layers } = await (await import("/static/js/draw/bridge.js")).drawn;
  if (way) layers.route.way(way);
  const bounds = act === null ? null : layers.route.step(act);
  const pane = document.querySelector(".leaflet-route-pane");
  return {
    strokes: [...pane.querySelectorAll("path[class*='way-']")]
      .map((path) => [path.classList[0] === "way-line" ? path.classList[1] : path.classList[0],
                      path.getAttribute("stroke-dasharray")]),
    marks: [...pane.querySelectorAll("[class^='way-']:not(path)")].map((mark) => mark.className),
    bounds: bounds && [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
  };
}"""


CLEAR = """async () => {
  const { layers } = await (await import("/static/js/draw/bridge.js")).drawn;
  layers.route.clear();
}"""


def test_the_map_tells_riding_from_walking_and_stairs(screen, address):
    page = screen(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page.goto(address + "/tiny/")
    line = [[lon(x), lat(1)] for x in (0, 0.1, 2, 2.5, 3, 3.1)]
    steps = [
        step("walk", "start", 10, first=0, last=1),
        step("ride", "straight", 190, "1横街", first=1, last=2),
        step("leave", "straight", 0, first=2, last=2, **LEAVE),
        step("walk", "straight", 50, first=2, last=3),
        step("stairs", "straight", 50, flights=1, first=3, last=4),
        step("walk", "arrive", 10, side="left", first=4, last=5),
    ]
    way = {"geometry": {"type": "LineString", "coordinates": line}, "steps": steps}
    found = page.evaluate(DRAWN, [way, None])
    kinds = [kind for kind, _ in found["strokes"]]
    assert kinds == ["way-casing", "way-walk", "way-ride", "way-walk", "way-stairs", "way-walk"]
    dashes = dict(found["strokes"])
    assert dashes["way-ride"] is None
    assert None not in (dashes["way-walk"], dashes["way-stairs"])
    assert dashes["way-walk"] != dashes["way-stairs"]
    assert found["marks"] == ["way-leave", "way-end"]
    forward = page.evaluate(DRAWN, [None, 3])
    assert ["way-front", None] in forward["strokes"]
    assert forward["bounds"] == [lon(2), lat(1), lon(2.5), lat(1)]
    # Who walks all the way walks on a solid line; only the legs to and from the streets are dotted.
    walked = [one | {"kind": "walk"} for one in steps if one["kind"] != "leave"]
    strokes = page.evaluate(DRAWN, [way | {"steps": walked}, None])["strokes"]
    assert [dash is None for _, dash in strokes] == [True, False, True, True, True, False]
    page.evaluate(CLEAR)
    assert page.evaluate(DRAWN, [None, 3]) == {"strokes": [], "marks": [], "bounds": None}


AT = "2026-11-20T10:00"
HERE = {"latitude": lat(2), "longitude": lon(1)}


@pytest.fixture
def opened(visit: Any) -> Any:
    """Return the rider's page with the first answer open, its way told and drawn."""
    seen = visit(
        f"/tiny/find#at={AT}", size=PHONE, geolocation=HERE, permissions=["geolocation"]
    )  # fmt: skip
    seen.page.click(".answer:first-child .answer-main")
    seen.page.wait_for_selector(".way .way-text")
    seen.page.wait_for_selector(".leaflet-route-pane .way-end")
    return seen


def test_the_way_of_the_list_is_told_drawn_and_followed(opened, address):
    page = opened.page
    where = {"lon": lon(1), "lat": lat(2), "profile": "ebike", "at": AT}
    way = call(address, "/way", where | {"station": "c1"})["way"]
    texts = page.locator(".way-text").all_inner_texts()
    assert len(texts) == len([one for one in way["steps"] if one["kind"] != "leave"])
    assert texts[-1].startswith("到达：驿站")
    for one, text in zip(way["steps"], texts, strict=True):
        assert one["street"] in text
    minutes = page.inner_text(".answer:first-child .far b")
    assert page.inner_text(".way-sum").startswith(f"{minutes} 分钟")
    assert page.locator(".way-when").last.inner_text() == f"{minutes} 分"
    page.click("li:nth-child(2) > .way-step")
    page.wait_for_selector(".leaflet-route-pane .way-front", state="attached")
    page.click("li:nth-child(2) > .way-step")
    page.wait_for_selector(".leaflet-route-pane .way-front", state="detached")
    row = page.locator(".way-step").first
    before = row.bounding_box()["height"]
    page.click(".way-tools button:first-child")
    assert row.bounding_box()["height"] > before >= 44
    assert opened.faults == []


def test_what_is_handed_on_never_says_where_the_rider_is(opened):
    page = opened.page
    hrefs = page.evaluate("[...document.querySelectorAll('.answer a')].map((link) => link.href)")
    assert any(href.startswith("https://uri.amap.com/") for href in hrefs)
    for href in hrefs:
        assert str(HERE["latitude"])[:6] not in href and str(HERE["longitude"])[:7] not in href
    page.evaluate(
        """() => {
          globalThis.shared = new Promise((done) => {
            navigator.share = async (what) => done(what);
          });
        }"""
    )
    page.click("[data-do=share]")
    shared = page.evaluate("shared")
    assert shared["url"].endswith("/tiny/find?station=c1")
    assert set(shared) == {"title", "text", "url"}


def test_a_shared_link_opens_its_station(visit):
    seen = visit("/tiny/find?station=h2", size=PHONE)
    seen.page.wait_for_selector(".answer[data-id=h2] .share")
    assert seen.page.url.endswith("/tiny/find#station=h2")
    assert seen.faults == []
    seen.page.context.grant_permissions(["geolocation"])
    seen.page.context.set_geolocation(HERE)
    seen.page.click("#notice-where button")
    seen.page.wait_for_selector(".answer[data-id=h2] .way-step")
    assert seen.page.locator(".answer").count() == 1
    assert seen.page.inner_text(".far b").isdigit()


def test_what_is_told_of_a_station_reaches_the_planner(opened, address):
    def thanked() -> int:
        rows = call(address, "/feedback")["stations"]
        return sum(row["all"]["thanks"] for row in rows if row["station"] == "c1")

    page = opened.page
    before = thanked()
    page.click(".feedback > button")
    with page.expect_response("**/stations/c1/feedback") as told:
        page.click(".feedback [data-kind=thanks]")
        page.wait_for_selector(".feedback [data-do=undo]")
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert told.value.status == 201
    assert thanked() == before + 1


def test_on_paper_the_way_stands_alone(opened):
    page = opened.page
    # The button prints; so does Ctrl+P, of which the page hears the same event and no press.
    page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    page.click(".way-tools button:last-child")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".print-sheet").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    seen = page.evaluate("[...document.body.children].filter((e) => e.checkVisibility()).length")
    assert seen == 1
    assert page.is_visible(".print-sheet .way-text >> nth=0")
    assert page.locator(".print-sheet .way-tools").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".print-sheet").count() == 0
