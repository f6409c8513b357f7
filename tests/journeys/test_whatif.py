"""The planner tries cures on the map; what the page tells is what the study of the scenario tells.

Walking is 1.25 m/s: five minutes are 375 m. Ten people live beside each of the 36 crossings (x, y);
c1 on (0, 2) covers 15 crossings, h2 on (5, 0) ten others: 250 of 360 people.
"""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from click.testing import CliRunner

from geo.cli import main
from tests.journeys.conftest import PHONE, call
from tests.journeys.test_planner import _pixel as pixel
from tests.webmap.tinycity import HOSTILE, lat, lon

PAGE = "/tiny/plan#budget=5min"
WIDE = {"width": 2200, "height": 800}  # room beside the drawer
FIGURES = ("people", "area_m2", "uncovered", "levels", "ring", "median_s")


def saved(page):
    page.wait_for_selector(".save-status.saved:not([hidden])", state="attached")
    quiet(page)


def listed(page, changes):
    """Wait until so many changes are listed."""
    rest = f":has(> li:nth-child({changes}):last-child)" if changes else ":not(:has(li))"
    page.wait_for_selector(f".changes{rest}", state="attached")


def quiet(page):
    page.wait_for_selector("#busy:not(.on)", state="attached")


def standing(page, station):
    """Return where a station stands on the screen."""
    return page.evaluate(
        """async (id) => {
            const { drawn } = await import("/static/js/draw/bridge.js");
            const { map, layers } = await drawn;
            const point = map.latLngToContainerPoint(layers.stations.position(id));
            const box = map.getContainer().getBoundingClientRect();
            return [point.x + box.x, point.y + box.y];
        }""",
        station,
    )


def drag(page, station, column, row, *, drop=True):
    page.mouse.move(*standing(page, station))
    page.mouse.down()
    page.mouse.move(*pixel(page, column, row), steps=6)
    page.wait_for_selector(".edit-bubble b, .edit-bubble span:not(.muted)")
    if drop:
        page.mouse.up()
        saved(page)


def choose(page, station):
    page.mouse.click(*standing(page, station))
    page.wait_for_selector("#edit-card:not([hidden])")


def covered(address, scenario=None):
    asked = "profile=walk&minutes=5" + (f"&scenario={scenario}" if scenario else "")
    return call(address, f"/coverage?{asked}")["people"]["covered"]


def told(page):
    """Return people more or less than today, as the drawer tells it once its figures are there."""
    page.wait_for_selector(".balance-people:not(:has(.skeleton)):has-text('人')", state="attached")
    text = page.inner_text(".balance-people").replace("−", "-").replace("±", "")
    return int(re.sub(r"[^\d-]", "", text))


@pytest.fixture
def desk(visit, scenarios):
    seen = visit(PAGE, size=WIDE)
    quiet(seen.page)
    yield seen
    assert seen.faults == []


def test_a_dragged_station_tells_what_the_study_of_its_scenario_tells(
    desk, address, scenarios, home, tmp_path
):
    page = desk.page
    drag(page, "h2", 4, 4)
    (made,) = scenarios()
    assert [change["kind"] for change in made["changes"]] == ["move"]
    asked = {"profile": "walk", "minutes": 5, "changes": made["changes"]}
    outcome = call(address, "/what-if", asked)["people"]["covered"]
    assert told(page) == outcome - 250 != 0
    assert covered(address, made["id"]) == outcome
    assert page.inner_text("#share").startswith(f"{outcome / 360 * 100:.1f}")
    with page.expect_download() as loaded:
        page.click(".scenario-tools button:nth-child(3)")
    file = tmp_path / "scenario.json"
    loaded.value.save_as(file)
    ran = CliRunner().invoke(
        main, ["study", "tiny", "--minutes", "5", "--json", "--scenario", str(file)]
    )
    assert ran.exit_code == 0, ran.output
    printed, page_told = json.loads(ran.stdout), call(
        address, f"/coverage?profile=walk&minutes=5&scenario={made['id']}"
    )  # fmt: skip
    assert {name: printed[name] for name in FIGURES} == {name: page_told[name] for name in FIGURES}


def test_what_is_undone_was_never_there(desk, address, scenarios):
    page = desk.page
    first = call(address, "/coverage?profile=walk&minutes=5")
    drag(page, "h2", 4, 4)
    choose(page, "c1")
    page.click("#edit-card [data-key=shut]")
    saved(page)
    (made,) = scenarios()
    assert [change["kind"] for change in made["changes"]] == ["move", "close"]
    moved = told(page)
    page.keyboard.press("Control+z")
    listed(page, 1)
    page.click("[data-undo]")
    listed(page, 0)
    saved(page)
    page.wait_for_selector(".balance-people:has-text('±0')")
    again = call(address, f"/coverage?profile=walk&minutes=5&scenario={made['id']}")
    assert {name: again[name] for name in FIGURES} == {name: first[name] for name in FIGURES}
    assert page.is_disabled("[data-undo]")
    page.keyboard.press("Control+Shift+Z")
    listed(page, 1)
    page.keyboard.press("Control+Shift+Z")
    listed(page, 2)
    saved(page)
    assert scenarios()[0]["changes"] == made["changes"]
    page.wait_for_selector(f".balance-people:has-text('{-moved:,}')")


def test_while_it_is_dragged_the_gain_is_told_and_escape_gives_it_up(desk, scenarios):
    page = desk.page
    drag(page, "h2", 4, 4, drop=False)
    assert "人" in page.inner_text(".edit-bubble")
    page.keyboard.press("Escape")
    assert page.locator(".edit-bubble").count() == 0
    assert standing(page, "h2") == pytest.approx(pixel(page, 5, 0), abs=1)
    page.mouse.up()
    assert scenarios() == []


def test_a_new_station_is_put_down_by_click_or_by_key(desk, address, scenarios):
    """On (3, 4) it covers all the rest: 110 people."""
    page = desk.page
    page.keyboard.press("a")
    page.mouse.click(*pixel(page, 3, 4))
    page.wait_for_selector("#edit-card .balance .gain")
    assert page.inner_text("#edit-card .balance") == "+110 人"
    page.fill("#edit-card [data-key=name]", HOSTILE)
    page.select_option("#edit-card [data-key=tier]", "centre")
    page.click('#edit-card [data-hours="Mo-Su 08:00-22:00"]')
    page.click("#edit-card [data-key=service-water]")
    page.click("#edit-card [data-key=save]")
    saved(page)
    (made,) = scenarios()
    (change,) = made["changes"]
    assert change.pop("position") == pytest.approx([lon(3), lat(4)], abs=1e-5)
    assert change == {
        "kind": "open", "station": "n1", "name": HOSTILE, "services": ["rest"],
        "opening_hours": "Mo-Su 08:00-22:00", "tier": "centre",
    }  # fmt: skip
    assert told(page) == 110
    assert page.inner_text("#edit-card h2") == HOSTILE
    assert page.inner_text(".changes .change span:first-of-type") == HOSTILE
    page.click("#edit-card [data-key=shut]")  # it was never there
    listed(page, 0)
    assert page.is_hidden("#edit-card")


def test_hours_services_and_seats_are_changed_in_the_card(desk, scenarios):
    page = desk.page
    choose(page, "c1")
    page.fill("#edit-card [data-key=hours]", "Mo-Fr 09:00-18:00")
    assert "周一至周五 09:00–18:00" in page.inner_text("#edit-card")
    page.keyboard.press("Enter")
    saved(page)
    page.click("#edit-card [data-key=service-hot_meal]")
    saved(page)
    page.click("#edit-card [data-key=seats1]")
    listed(page, 3)
    saved(page)
    kinds = {change["kind"]: change for change in scenarios()[0]["changes"]}
    assert kinds["hours"]["opening_hours"] == "Mo-Fr 09:00-18:00"
    assert kinds["add_services"]["services"] == ["hot_meal"]
    assert kinds["enlarge"]["seats"] == 1
    assert page.inner_text(".edit-badge") == "改"
    page.click("#edit-card [data-key=service-hot_meal]")  # and off again: nothing is changed
    listed(page, 2)
    saved(page)
    page.click("#edit-card [data-key=restore]")
    listed(page, 0)
    saved(page)
    assert scenarios()[0]["changes"] == []


def test_what_cannot_be_is_said_and_rolled_back(visit, scenarios):
    page = visit(PAGE, size=WIDE).page  # the browser itself tells of each refusal
    quiet(page)
    choose(page, "c1")
    page.fill("#edit-card [data-key=hours]", "when it rains")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast.bad")
    assert "看不懂这个开放时间" in page.inner_text(".toast")
    assert page.input_value("#edit-card [data-key=hours]") == "Mo-Su 08:00-20:00"
    assert scenarios() == [] and page.is_disabled("[data-undo]")
    many = [
        {"where": f"changes: change {n}", "seen": f"kind 'k{n}'", "remedy": "choose of close"}
        for n in range(1, 1001)
    ]
    body = {"title": "输入有误", "remedy": "请按所列问题逐条更正。", "faults": many}
    page.route("**/scenarios", lambda route: route.fulfill(status=422, json=body))
    page.click("#edit-card [data-key=shut]")
    page.wait_for_selector(".toast li:nth-child(21)")
    lines = page.locator(".toast li").all_inner_texts()
    assert lines[0] == "第 1 项修改做不到（kind 'k1' → choose of close）"
    assert lines[20:] == ["还有 980 条"]
    assert page.locator(".toast").bounding_box()["height"] < WIDE["height"] / 2
    page.unroute("**/scenarios")


def test_a_link_is_drawn_from_street_to_street_and_taken_away(desk, address, scenarios):
    """From 2 m beside (0, 2) to 10 m beyond (4, 4): it ends on the streets, √(4² + 2²) · 100 m."""
    page = desk.page
    choose(page, "c1")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.click("#edit-card [data-key=move]")
    page.click(".edit-prompt .button")  # it can be pressed beside the card
    page.click("[data-edit=link]")
    assert page.is_hidden("#edit-card")  # nor does the card cover where the line may begin
    page.set_viewport_size(WIDE)
    page.mouse.click(*pixel(page, 0.02, 2))
    page.mouse.click(*pixel(page, 4, 4.1))
    page.wait_for_selector(".edit-prompt:has-text('人')")
    assert page.inner_text(".edit-length") == "450 米"
    page.keyboard.press("Enter")
    saved(page)
    (made,) = scenarios()
    (change,) = made["changes"]
    assert (change["kind"], change["link"], len(change["line"])) == ("link", "b1", 2)
    asked = {"profile": "walk", "minutes": 5, "changes": [change]}
    assert told(page) == call(address, "/what-if", asked)["people"]["covered"] - 250
    assert told(page) == covered(address, made["id"]) - 250
    page.click(".leaflet-edits-pane button.edit-length")
    page.click("#edit-card [data-key=remove]")
    listed(page, 0)
    saved(page)
    assert told(page) == 0


def test_gates_are_marked_and_what_refuses_to_open_is_said(visit, scenarios):
    """The tiny city has no gate; one that somebody else has just opened is not there any more."""
    page = visit(PAGE, size=WIDE).page  # the browser itself tells of the refusal
    quiet(page)
    page.keyboard.press("g")
    page.wait_for_selector(".edit-prompt:has-text('没有拦住这种出行方式的门禁')")
    page.keyboard.press("Escape")
    place = {"type": "Point", "coordinates": [lon(3), lat(3)]}
    gate = {
        "type": "Feature",
        "geometry": place,
        "properties": {"kind": "gate", "street": HOSTILE},
    }
    answer = {"type": "FeatureCollection", "features": [gate]}
    page.route("**/gates?*", lambda route: route.fulfill(json=answer))
    page.click("#profiles button:nth-child(4)")
    quiet(page)
    page.keyboard.press("g")
    page.click("button.edit-gate")
    page.wait_for_selector("#edit-card .loss:has-text('30 米内没有拦人的门禁')")
    assert HOSTILE in page.inner_text("#edit-card")
    page.click("#edit-card [data-key=open]")
    page.wait_for_selector(".toast.bad:has-text('30 米内没有拦人的门禁')")
    assert scenarios() == []


def test_a_scenario_of_another_import_is_told_and_carried_over(visit, address, scenarios):
    made = call(
        address, "/scenarios", {"name": "旧", "changes": [{"kind": "close", "station": "h2"}]}
    )
    file = call(address, f"/scenarios/{made['id']}/manifest")
    file["city"]["version"], file["name"] = "another", "别处来的"
    old = call(address, "/scenarios/import", file)
    page = visit(f"{PAGE}&scenario={old['id']}", size=WIDE).page  # figures are refused till then
    page.wait_for_selector(".dialog[open]")
    assert "城市数据已重新导入" in page.inner_text(".dialog")
    assert "1 项修改仍然适用" in page.inner_text(".dialog")
    assert "不会用它计算任何数字" in page.inner_text(".dialog")
    page.click(".dialog .button.main")
    page.wait_for_selector(".balance-people:has-text('−100')")
    assert call(address, f"/scenarios/{old['id']}")["outdated"] is False


def test_a_station_is_taken_and_left_by_key_alone(desk, scenarios):
    page = desk.page
    page.evaluate(
        """async ([lat, lon]) => {
            const { drawn } = await import("/static/js/draw/bridge.js");
            (await drawn).map.setView([lat, lon], undefined, { animate: false });
        }""",
        [lat(0), lon(5)],
    )
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.wait_for_selector("#edit-card:not([hidden])")
    assert page.inner_text("#edit-card h2") == HOSTILE
    page.focus(".folium-map")
    page.keyboard.press("Escape")
    assert page.is_hidden("#edit-card") and scenarios() == []


def test_two_planners_edit_two_scenarios_at_once(visit, address, scenarios):
    one, other = (visit(PAGE, size=WIDE) for _ in range(2))
    for seen in (one, other):
        quiet(seen.page)
    drag(one.page, "h2", 4, 4)
    drag(other.page, "c1", 3, 3)
    drag(one.page, "c1", 1, 1)
    choose(other.page, "h2")
    other.page.click("#edit-card [data-key=shut]")
    saved(other.page)
    first, second = scenarios() if scenarios()[0]["name"] == "方案 1" else scenarios()[::-1]
    assert [change["kind"] for change in first["changes"]] == ["move", "move"]
    assert [change["kind"] for change in second["changes"]] == ["move", "close"]
    assert told(one.page) == covered(address, first["id"]) - 250
    assert told(other.page) == covered(address, second["id"]) - 250
    assert one.faults == other.faults == []


def test_who_edits_what_another_has_changed_is_told_and_loses_nothing(visit, address, scenarios):
    seen = visit(PAGE, size=WIDE)
    page = seen.page
    quiet(page)
    drag(page, "h2", 4, 4)
    (made,) = scenarios()
    close = {"kind": "close", "station": "c1"}
    body = {"revision": made["revision"], "changes": [close]}
    call(address, f"/scenarios/{made['id']}", body, "PUT")
    choose(page, "c1")
    page.click("#edit-card [data-key=service-hot_meal]")
    page.wait_for_selector(".dialog[open]")
    assert "别人刚刚改过这个方案" in page.inner_text(".dialog")
    page.click(".dialog .button.main")  # save as another one
    page.wait_for_selector(".dialog:not([open])", state="attached")
    saved(page)
    page.wait_for_selector(".scenario-button:has-text('我的')")
    by_name = {one["name"]: one for one in scenarios()}
    assert by_name["方案 1"]["changes"] == [close]
    kinds = [change["kind"] for change in by_name["方案 1（我的）"]["changes"]]
    assert kinds == ["move", "add_services"]


def test_an_edit_that_cannot_be_saved_waits_on_this_machine(visit, scenarios):
    seen = visit(PAGE, size=WIDE)
    page = seen.page
    quiet(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    page.mouse.click(*pixel(page, 3, 4))
    page.wait_for_selector("#edit-card .loss:has-text('连不上服务器')")
    assert page.is_disabled("#edit-card [data-key=save]")
    page.context.set_offline(False)
    page.wait_for_selector("#edit-card .balance:has-text('+110 人')")  # nobody pressed anything
    assert page.is_enabled("#edit-card [data-key=save]")
    page.keyboard.press("Escape")
    drag(page, "h2", 4, 4)
    page.context.set_offline(True)
    choose(page, "c1")
    page.click("#edit-card [data-key=shut]")
    page.wait_for_selector(".save-status.unsaved")
    assert len(scenarios()[0]["changes"]) == 1
    assert page.locator(".changes li").count() == 2
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(".save-status.unsaved")
    assert page.locator(".changes li").count() == 2
    page.click("#scenarios .link")
    saved(page)
    assert len(scenarios()[0]["changes"]) == 2


def test_hostile_names_and_notes_are_text(visit, address, scenarios):
    made = call(address, "/scenarios", {"name": HOSTILE, "note": HOSTILE, "changes": []})
    seen = visit(f"{PAGE}&scenario={made['id']}", size=WIDE)
    page = seen.page
    quiet(page)
    page.wait_for_selector(".scenario-list .scenario-tools")
    assert page.inner_text(".scenario-button b") == HOSTILE
    assert page.inner_text("[aria-current] .scenario-name") == HOSTILE
    assert page.input_value(".drawer textarea") == HOSTILE
    page.click(".scenario-tools button:nth-child(1)")
    page.keyboard.type("=1+1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".scenario-button b:text-is('=1+1')")
    assert scenarios()[0]["name"] == "=1+1" and seen.faults == []


def test_scenarios_are_copied_deleted_and_brought_back(desk, scenarios):
    page = desk.page
    drag(page, "h2", 4, 4)
    page.click(".scenario-tools button:nth-child(2)")
    page.wait_for_selector(".scenario-button b:text-is('方案 1 副本')")
    saved(page)
    page.wait_for_selector(".scenario-list li:nth-child(3)")
    page.click(".scenario-tools button:nth-child(4)")
    page.wait_for_selector(".toast .link")
    assert [one["name"] for one in scenarios()] == ["方案 1"]
    assert page.inner_text(".scenario-button b") == "今天的城市"
    page.click(".toast .link")
    page.wait_for_selector(".scenario-button b:text-is('方案 1 副本')")
    both = scenarios()
    assert both[0]["changes"] == both[1]["changes"]


def test_a_comparison_shows_each_cell_with_its_sign(desk, address, scenarios):
    page = desk.page
    drag(page, "h2", 4, 4)
    (made,) = scenarios()
    page.select_option(".compare select", "today")
    page.wait_for_selector(".compare-table tbody tr")
    page.wait_for_selector(".comparing")
    found = call(address, f"/compare?a=today&b={made['id']}&profile=walk&minutes=5")
    row = page.inner_text(".compare-table tbody tr:nth-child(2)").split("\t")
    more = found["totals"]["difference"]["covered"]
    assert row[1:3] == ["250", f"{250 + more:.0f}"]
    assert int(row[3].replace("−", "-").replace("±", "")) == more
    assert "compare=today" in page.url and made["id"] in page.url
    page.reload()
    page.wait_for_selector(".comparing .leaflet-cells-pane", state="attached")
    assert page.input_value(".compare select") == "today"


def test_edits_of_another_day_are_not_put_over_newer_ones(visit, address, scenarios):
    seen = visit(PAGE, size=WIDE)
    page = seen.page
    quiet(page)
    drag(page, "h2", 4, 4)
    page.context.set_offline(True)
    choose(page, "c1")
    page.click("#edit-card [data-key=shut]")
    page.wait_for_selector(".save-status.unsaved")
    (made,) = scenarios()
    body = {"revision": made["revision"], "changes": []}
    call(address, f"/scenarios/{made['id']}", body, "PUT")
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector(".dialog[open]")
    assert "别人刚刚改过这个方案" in page.inner_text(".dialog")
    page.click(".dialog .button:not(.main)")  # load the newest
    page.wait_for_selector(".dialog:not([open])", state="attached")
    listed(page, 0)
    assert [one["changes"] for one in scenarios()] == [[]]


def test_where_nobody_is_known_stations_are_counted(visit, address):
    seen = visit("/bare/plan", size=WIDE)
    page = seen.page
    quiet(page)
    page.keyboard.press("a")
    page.mouse.click(*pixel(page, 2, 2))
    page.wait_for_selector("#edit-card .balance:has-text('1 个驿站可用')")
    page.click("#edit-card [data-key=save]")
    saved(page)
    page.wait_for_selector(".balance-box:has-text('没有人口数据')")
    bare = f"{address}/api/cities/bare/scenarios"
    with urllib.request.urlopen(bare) as answer:
        (made,) = json.load(answer)["scenarios"]
    page.select_option(".compare select", "today")
    page.wait_for_selector(".compare-table tbody tr:has-text('到得了的土地')")
    urllib.request.urlopen(urllib.request.Request(f"{bare}/{made['id']}", method="DELETE")).close()
    assert seen.faults == []


def test_on_a_phone_a_station_is_closed_by_its_card(visit, scenarios):
    seen = visit(PAGE, size=PHONE)
    page = seen.page
    quiet(page)
    page.touchscreen.tap(*standing(page, "c1"))
    page.wait_for_selector("#edit-card:not([hidden])")
    page.tap("#edit-card [data-key=shut]")
    saved(page)
    assert [change["kind"] for change in scenarios()[0]["changes"]] == ["close"]
    assert seen.faults == []


def test_the_card_of_a_station_says_what_riders_said(visit, address):
    """Two said closed and one thanks; what nobody said is left out."""
    with urllib.request.urlopen(f"{address}/api/cities/tiny/stations/c1") as answer:
        station = json.load(answer)
    station["properties"]["feedback"]["recent"] = {
        "closed": 2, "wrong_place": 0, "broken_charger": 0, "thanks": 1,
    }  # fmt: skip
    page = visit(PAGE, before=lambda page: page.route(
        "**/stations/c1", lambda route: route.fulfill(json=station)
    )).page  # fmt: skip
    choose(page, "c1")
    page.wait_for_selector("#edit-card .said:not([hidden])")
    assert page.inner_text("#edit-card .said") == "骑手反馈（30 天）：关着门 2 · 谢谢 1"
