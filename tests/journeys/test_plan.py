"""The planner's desk: the table, the map, the minutes, gaps, proposals and files tell one story.

In 5 minutes 250 of 360 people are covered, 150 of 180 in the west (``test_coverage.py``), so 100 of
180 in the east.
"""

from __future__ import annotations

import io
import json
import math
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tests.journeys.conftest import PHONE, call
from tests.journeys.test_planner import _get, _pixel
from tests.webmap.tinycity import lat, lon

ROWS = "#table tr[data-place]"
QUESTION = "profile=walk&budget=5min"
DESK = "/tiny/plan#budget=5min"


def _ready(page):
    page.wait_for_selector("#figure[aria-busy=false]")
    page.wait_for_selector("#busy:not(.on)", state="attached")
    page.wait_for_selector("#bars[data-total]", state="attached")


def _column(page, key):
    at = page.eval_on_selector_all("#table thead button", "all => all.map(b => b.dataset.key)")
    place = at.index(key)
    return page.eval_on_selector_all(
        ROWS, "(all, place) => all.map(row => row.cells[place].textContent)", place
    )


def _numbers(texts):
    return [float(text.replace(",", "").removesuffix(" %")) for text in texts]


def test_the_table_tells_what_the_interface_tells(visit, address):
    seen = visit(DESK)
    page = seen.page
    _ready(page)
    told = _get(address, f"/api/cities/tiny/coverage/cells?{QUESTION}")
    minutes = _get(address, f"/api/cities/tiny/minutes?{QUESTION}")["cells"]["median_s"]
    order = [page.get_attribute(f"{ROWS} >> nth={n}", "data-key") for n in range(2)]
    rows = [told["codes"].index(code) for code in order]
    assert _numbers(_column(page, "people")) == [told["people"][row] for row in rows]
    shares = [round(told["share"][row] * 100, 1) for row in rows]
    assert _numbers(_column(page, "share")) == shares
    left = [told["people"][row] - told["covered"][row] for row in rows]
    assert _numbers(_column(page, "uncovered")) == left == [80, 30]
    assert _numbers(_column(page, "median")) == [round(minutes[row] / 60, 1) for row in rows]
    people = _get(address, f"/api/cities/tiny/coverage?{QUESTION}")["people"]
    assert page.inner_text("#share") == f"{people['share'] * 100:.1f}%"
    assert page.inner_text("#hits-text") == "2 格 · 未覆盖 110 人"
    assert seen.faults == []


def test_every_column_sorts_both_ways_and_says_so(visit):
    page = visit(DESK).page
    _ready(page)
    assert page.get_attribute("#table th[aria-sort]", "aria-sort") == "descending"
    keys = page.eval_on_selector_all(
        "#table thead button",
        """all => all
        .filter(b => b.offsetParent !== null).map(b => b.dataset.key)""",
    )
    assert {"name", "people", "share", "uncovered", "median", "cause"} <= set(keys)
    for key in keys:
        page.click(f"#table thead button[data-key={key}]")
        first = page.get_attribute("#table th[aria-sort]", "aria-sort")
        page.click(f"#table thead button[data-key={key}]")
        assert {first, page.get_attribute("#table th[aria-sort]", "aria-sort")} == {
            "ascending",
            "descending",
        }
        assert page.locator("#table th[aria-sort] button").get_attribute("data-key") == key
    page.click("#table thead button[data-key=uncovered]")
    down = _column(page, "uncovered")
    page.click("#table thead button[data-key=uncovered]")
    assert _column(page, "uncovered") == down[::-1] == ["30", "80"]


def test_sorting_is_stable_and_puts_what_is_not_known_last(visit):
    page = visit(DESK).page
    _ready(page)
    found = page.evaluate("""async () => {
        const { sorted } = await import("/static/js/plan/cells.js");
        const key = Float64Array.from([2, NaN, 1, 2, NaN, 1]);
        const rows = [0, 1, 2, 3, 4, 5];
        return [sorted(rows, key, 1), sorted(rows, key, -1)];
    }""")
    assert found == [[2, 5, 0, 3, 1, 4], [0, 3, 2, 5, 1, 4]]


def test_filters_keep_what_fits_and_the_sum_follows(visit):
    page = visit(DESK).page
    _ready(page)
    page.keyboard.press("/")
    page.keyboard.type("西")
    page.wait_for_function("() => document.querySelectorAll('#table tr[data-place]').length === 1")
    assert page.inner_text("#hits-text") == "2 格中的 1 格 · 未覆盖 30 人"
    page.click("#filter-clear")
    assert page.locator(ROWS).count() == 2 and page.is_hidden("#filter-clear")
    page.fill("#filters .range input >> nth=0", "80")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#table tr[data-place]').length === 1")
    assert _numbers(_column(page, "share")) == [83.3]  # 150 of 180
    page.select_option("#filter-class", "full")
    assert page.inner_text("#grid .none") == "没有符合的行"
    assert page.inner_text("#hits-text") == "2 格中的 0 格 · 未覆盖 0 人"


def test_a_link_opens_the_same_view(visit):
    page = visit(f"{DESK}&sort=name&q=社区&share=0-90&minutes=0-31&tab=cells").page
    _ready(page)
    page.click(f"{ROWS} >> nth=0")
    page.wait_for_function("() => location.hash.includes('view=')")
    codes = page.eval_on_selector_all(ROWS, "all => all.map(row => row.dataset.key)")
    where = page.evaluate("location.hash")
    centre = """async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        const map = (await drawn).map;
        return [map.getZoom(), map.getCenter().lat.toFixed(4), map.getCenter().lng.toFixed(4)];
    }"""
    other = visit(f"/tiny/plan{where}").page
    _ready(other)
    assert other.eval_on_selector_all(ROWS, "all => all.map(row => row.dataset.key)") == codes
    assert other.input_value("#filter") == "社区"
    assert other.evaluate(centre) == page.evaluate(centre)
    assert other.locator(f"{ROWS}[aria-selected=true]").get_attribute("data-key") == codes[0]
    assert other.is_hidden("#notice")


def test_a_hostile_link_falls_back_and_says_so(visit):
    seen = visit(
        "/tiny/plan#tab=<b>&sort=constructor&view=999,0,1&minutes=9-1&budget=1e9&cell=nope"
    )
    page = seen.page
    _ready(page)
    assert page.get_attribute("#tab-cells-button", "aria-selected") == "true"
    assert "链接里有看不懂的内容" in page.inner_text("#notice")
    assert "时间预算" in page.inner_text("#notice") and "地图位置" in page.inner_text("#notice")
    assert page.locator(ROWS).count() == 2
    page.click("#notice button")
    assert page.is_hidden("#notice") and seen.faults == []


def test_back_and_forward_lead_through_the_tabs(visit):
    page = visit(DESK).page
    _ready(page)
    page.keyboard.press("2")
    page.keyboard.press("3")
    assert page.is_visible("#tab-plan")
    page.go_back()
    page.wait_for_selector("#tab-gaps:not([hidden])")
    page.go_back()
    page.wait_for_selector("#tab-cells:not([hidden])")
    page.go_forward()
    page.wait_for_selector("#tab-gaps:not([hidden])")


def test_rows_and_cells_choose_each_other(visit, address):
    page = visit(DESK).page
    _ready(page)
    with page.expect_response("**/explain") as answer:
        page.mouse.click(*_pixel(page, 4.5, 3.5))  # in the east
    place = answer.value.json()["place"]
    page.wait_for_selector("#why .place.bad:has-text('点击处到不了')")
    minutes = math.ceil(place["seconds"] / 60)
    assert f"最近的驿站要 {minutes} 分钟，超过 5 分钟" in page.inner_text("#why")
    assert page.locator("#why .link").inner_text() == place["station"]["name"]
    page.mouse.click(*_pixel(page, 4.6, 0.4))  # another place of the same cell, beside a station
    page.wait_for_selector("#why .place:not(.bad):has-text('点击处到得了')")
    page.wait_for_selector(f"{ROWS}[aria-selected=true]")
    row = page.locator(f"{ROWS}[aria-selected=true]")
    code = row.get_attribute("data-key")
    assert "80" in row.inner_text() and f"cell={code}" in page.url
    page.keyboard.press("j")
    other = page.locator(f"{ROWS}[aria-selected=true]").get_attribute("data-key")
    assert other != code and f"cell={other}" in page.url
    assert page.is_hidden("#why")  # no place of that cell was meant
    page.click(f"{ROWS}[data-key='{code}']")
    centre = """async () => {
        const { drawn } = await import("/static/js/draw/bridge.js");
        return (await drawn).map.getCenter().lng;
    }"""
    assert page.evaluate(centre) > lon(2.5)  # the map went to the east
    page.focus(f"{ROWS}[data-key='{code}']")
    page.keyboard.press("ArrowDown")
    assert f"cell={other}" in page.url
    page.keyboard.press("Escape")
    assert "cell=" not in page.url and page.locator(f"{ROWS}[aria-selected=true]").count() == 0
    page.focus(".folium-map")
    page.keyboard.press("Enter")  # the middle of the map
    page.wait_for_selector("#why .place .link")
    page.focus("#why .link")
    page.keyboard.press("Enter")
    page.wait_for_selector("#edit-card:not([hidden])")


def test_the_minutes_add_up_to_everybody_and_choose_cells(visit, address):
    page = visit(DESK).page
    _ready(page)
    told = _get(address, f"/api/cities/tiny/minutes?{QUESTION}")
    bars = page.eval_on_selector_all("#bars i", "all => all.map(bar => bar.title)")
    counts = [float(bar.split(" · ")[1].removesuffix(" 人").replace(",", "")) for bar in bars]
    assert sum(counts) == told["total"] == 360
    assert sum(counts[:5]) == 250
    page.focus("#bars")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#filter-minutes:not([hidden])")
    assert page.inner_text("#filter-minutes") == "0–1 分钟"
    box = page.locator("#bars").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20, steps=4)
    page.mouse.up()
    assert page.locator(ROWS).count() == 2
    page.click("#filter-minutes")
    assert "minutes=" not in page.url


def test_gaps_lead_to_the_map_and_to_what_can_be_done(visit, address):
    seen = visit(f"{DESK}&tab=gaps")
    page = seen.page
    _ready(page)
    gaps = _get(address, f"/api/cities/tiny/layers/gaps?{QUESTION}")["features"]
    assert page.inner_text("#tab-gaps-button .count") == str(len(gaps))
    page.click("#gap-list .gap-line >> nth=0")
    page.wait_for_selector("#gap-list li.chosen .gap-more:not([hidden])")
    assert "gap=1" in page.url
    page.click("#gap-list li.chosen [data-act=cure]")
    assert page.is_visible("#propose") and "tab=plan" in page.url
    assert page.input_value("#junctions") == "gap"
    assert seen.faults == []


def test_what_is_awaited_is_shown_and_said(visit):
    """The table waits with empty rows, and a long search says what it looks for."""
    held = {}

    def slowly(page):
        def cut_off(route):
            body = route.fetch().json()
            body["features"][0]["properties"]["class"] = "severed"
            route.fulfill(json=body)

        page.route("**/layers/gaps?*", cut_off)
        page.route("**/levels/*/cells", lambda route: held.update(names=route))
        page.route("**/gaps/*/link?*", lambda route: held.update(link=route))

    page = visit(DESK, before=slowly).page
    page.wait_for_selector("#busy:not(.on)", state="attached")
    assert page.locator("#table[aria-busy=true] tr.awaited .skeleton").first.is_visible()
    held["names"].continue_()
    page.wait_for_selector("#table:not([aria-busy]) tr[data-place]")
    assert page.locator("#table tr.awaited").count() == 0
    page.keyboard.press("2")
    page.click("#gap-list .gap-line >> nth=0")
    page.wait_for_selector("#gap-list li.chosen :text('正在找缺的那条路')")
    ends = [[lon(2), lat(2)], [lon(3), lat(2)]]
    link = {
        "metres": 77.0, "seconds": 240.0, "barrier": "云江", "fault": False, "streets": [],
        "line": {"type": "LineString", "coordinates": ends},
    }  # fmt: skip
    held["link"].fulfill(json={"missing_link": link, "people_in_gap": 12, "reason": None})
    said = "跨云江补一条 77 米的通道（虚线），4 分钟可到，可让 12 人到得了"
    page.wait_for_selector(f"#gap-list li.chosen .small:has-text('{said}')")


def test_points_within_a_gap_and_listed_ones_are_candidates(visit):
    page = visit(f"{DESK}&tab=plan").page
    _ready(page)
    found = page.evaluate("""async () => {
        const { listed, overGap } = await import("/static/js/plan/candidates.js");
        const ring = [[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2], [0, 0]];
        const shape = { type: "Polygon", coordinates: [ring] };
        const all = overGap({ geometry: shape, properties: { name: "甲", rank: 1 } });
        return [all.length, all.every((p) => p.lon < 1 || p.lat < 1), listed("106.5, 29.4, 乙 站")];
    }""")
    # 14 × 14 points, three quarters of them within the angle of 3 of 4 squares
    assert found == [147, True, [{"lon": 106.5, "lat": 29.4, "name": "乙 站"}]]
    page.select_option("#junctions", "list")
    page.fill("#candidate-list", "106.6,29.5,甲\nx")
    page.click("#propose")
    page.wait_for_selector("#tab-plan .notice.bad")
    assert page.inner_text("#tab-plan .notice") == "第 2 行看不懂：x"


def test_no_gaps_are_told_in_words(visit):
    page = visit("/tiny/plan#budget=15min&tab=gaps").page
    _ready(page)
    shown = page.inner_text("#tab-gaps")
    assert "没有空白区" in shown or page.locator("#gap-list .gap-line").count() > 0


def test_a_proposal_is_made_beside_shown_and_taken_over(visit, address, scenarios):
    seen = visit(f"{DESK}&tab=plan")
    page = seen.page
    _ready(page)
    page.fill("#goal-amount", "1")
    page.click("#propose")
    page.wait_for_selector("#propose-step", state="visible")
    assert page.is_disabled("#propose")
    page.wait_for_selector(".site-list li", timeout=60_000)
    body = json.dumps({"budget": "5min", "sites": 1}).encode()
    asked = urllib.request.Request(
        f"{address}/api/cities/tiny/propose", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        told = json.load(answer)
    gained = told["recomputed"]["gained"]
    assert f"新增 {gained:,.0f} 人" in page.inner_text("#proposal .promise")
    assert "已证明最优" in page.inner_text("#proposal .promise")
    assert page.locator(".site-mark").count() == len(told["actions"]) == 1
    page.click("#adopt")
    page.wait_for_selector("#was:not([hidden])", timeout=60_000)
    page.wait_for_function(
        "wanted => document.querySelector('#gain').textContent.includes(wanted)",
        arg=f"+{gained:,.0f} 人",
    )
    assert len(scenarios()) == 1 and seen.faults == []


def test_a_proposal_that_is_cancelled_leaves_nothing(visit, address):
    page = visit(f"{DESK}&tab=plan").page
    _ready(page)
    page.click("#propose")
    with page.expect_response(lambda r: r.request.method == "DELETE" and "/jobs/" in r.url) as gone:
        page.click("#propose-cancel")
    page.wait_for_selector("#tab-plan .notice:not([hidden])")
    assert "已取消" in page.inner_text("#tab-plan .notice")
    assert page.is_enabled("#propose") and page.is_hidden("#propose-cancel")
    status = _get(address, gone.value.url.removeprefix(address))["status"]
    assert status == "cancelled"
    with pytest.raises(urllib.error.HTTPError):
        _get(address, gone.value.url.removeprefix(address) + "/result")


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_files_are_downloaded_and_read_back(visit, form):
    page = visit(DESK).page
    _ready(page)
    page.click("#export-button")
    with page.expect_download(timeout=60_000) as loaded:
        page.click(f"#export-menu [data-form={form}]")
    file = loaded.value
    assert file.suggested_filename.startswith("小城")
    assert "-步行-5min-" in file.suggested_filename
    content = Path(file.path()).read_bytes()
    if form == "pdf":
        assert content.startswith(b"%PDF-")
        return
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        figures = pd.read_csv(files.open("figures.csv")).set_index("key")
    assert float(figures.loc["people.covered", "value"]) == 250


def test_a_file_that_cannot_be_made_says_why(visit):
    def broken(page):
        page.route("**/export/**", lambda route: route.fulfill(
            status=503, content_type="application/problem+json",
            body=json.dumps({"title": "磁盘已满", "remedy": "请稍后再试。"}),
        ))  # fmt: skip

    page = visit(DESK, before=broken).page
    _ready(page)
    page.click("#export-button")
    page.click("#export-menu [data-form=xlsx]")
    page.wait_for_selector("#export-menu p.bad")
    assert page.inner_text("#export-menu p.bad") == "磁盘已满：请稍后再试。"


def test_the_keys_are_listed_and_closed(visit):
    page = visit(DESK).page
    _ready(page)
    page.keyboard.press("?")
    assert "筛选网格" in page.inner_text("#help") and "撤销" in page.inner_text("#help")
    page.keyboard.press("Escape")
    assert page.is_hidden("#help")


def test_without_people_and_cells_the_desk_still_answers(visit):
    seen = visit("/bare/plan")
    page = seen.page
    page.wait_for_selector("#figure[aria-busy=false]")
    assert "土地" in page.inner_text("#lead")
    page.wait_for_selector("#tab-gaps:not([hidden]), #tab-cells:not([hidden])")
    assert seen.faults == []


def test_a_failure_is_one_sentence_and_can_be_tried_again(visit):
    """Whoever answers – the service, a proxy in front of it –, the page speaks its own language."""
    answers = [
        (503, {"title": "正在重算", "remedy": "请稍后再试。"}, "正在重算：请稍后再试。"),
        (503, {"title": "Service Unavailable", "detail": "no live upstreams"},
         "服务器正忙或正在重启；请稍候几秒再试。\nService Unavailable – no live upstreams"),
        (502, None, "服务器正忙或正在重启；请稍候几秒再试。"),
        (500, None, "服务器出错了；请稍后重试，一再出现时请告诉管理员。"),
    ]  # fmt: skip
    asked = iter(answers)

    def fail(route):
        status, body, _ = next(asked)
        if body is None:
            route.fulfill(status=status, content_type="text/plain", body="Bad Gateway")
        else:
            route.fulfill(status=status, json=body)

    page = visit(DESK, before=lambda page: page.route("**/coverage/cells?*", fail)).page
    for _, _, words in answers:
        page.wait_for_selector("#fault:not([hidden])")
        page.wait_for_function(
            "words => document.querySelector('#fault-text').innerText === words", arg=words
        )
        assert page.locator("#table .skeleton:visible").count() == 0  # nothing is awaited
        if words != answers[-1][2]:
            page.click("#retry")
    page.unroute("**/coverage/cells?*")
    page.click("#retry")
    page.wait_for_selector(ROWS)
    assert page.is_hidden("#fault")


# What is pressed in a part of the page, with how far a finger hits it to either side, where that is
# less than 44 pixels; a link within a sentence may be as high as its line.
SMALL = """scope => {
  const NEED = 44;
  const STEP = 0.5;
  const pressed = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const found = [];
  for (const one of document.querySelectorAll(`:is(${scope}) :is(${pressed})`)) {
    if (one.closest("p, .leaflet-control-attribution") && one.matches("a, .link")) continue;
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    one.scrollIntoView({ block: "center", inline: "center" });
    const box = one.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const isHit = (dx, dy) => {
      const top = document.elementFromPoint(x + dx, y + dy);
      return Boolean(top) && (one.contains(top) || top.closest("label")?.control === one);
    };
    const reach = (dx, dy) => {
      let away = 0;
      while (away < NEED && isHit(dx * (away + STEP), dy * (away + STEP))) away += STEP;
      return away;
    };
    const size = [reach(1, 0) + reach(-1, 0) + STEP, reach(0, 1) + reach(0, -1) + STEP];
    // Half a pixel is lost where a row lies between two of them.
    if (Math.min(...size) < NEED - STEP) found.push([one.outerHTML.slice(0, 90), ...size]);
  }
  return found;
}"""


def test_on_a_phone_the_pane_is_a_sheet_and_all_is_large_enough_to_press(visit, address, scenarios):
    changes = [
        {"kind": "close", "station": "h2"},
        {"kind": "enlarge", "station": "c1", "seats": 2},
    ]
    made = call(address, "/scenarios", {"name": "甲", "changes": changes})
    page = visit(f"{DESK}&compare=today&scenario={made['id']}", size=PHONE).page
    _ready(page)
    page.wait_for_selector(".comparing", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(SMALL, "body")  # with the map in sight
    for button, part in (
        ("#services-button", "#services-menu"),
        ("#export-button", "#export-menu"),
        ("#pages-button", "#pages-menu"),
        ("#clock-chip", "#clock"),
        (".scenario-button", "#drawer"),
        ("[data-edit=gate]", ".edit-tools"),
    ):
        page.tap(button)
        page.wait_for_selector(part)
        small += page.evaluate(SMALL, part)
        if part == "#clock":
            page.tap("#clock-close")
        elif part == "#drawer":
            page.wait_for_selector("#drawer .scenario-tools")
            small += page.evaluate(SMALL, part)
            page.tap("#drawer header .close")
        else:
            page.keyboard.press("Escape")
    page.keyboard.press("?")
    small += page.evaluate(SMALL, "#help")
    page.keyboard.press("Escape")
    page.touchscreen.tap(*_pixel(page, 0, 2))
    page.wait_for_selector("#edit-card:not([hidden])")
    small += page.evaluate(SMALL, "#edit-card")
    page.tap("#edit-card header .close")
    low = page.locator("#pane").bounding_box()["y"]
    page.tap("#handle")
    page.wait_for_selector("#handle[aria-expanded=true]")
    assert page.locator("#pane").bounding_box()["y"] < low
    for name in ("cells", "gaps", "plan", "compare"):
        page.tap(f"#tab-{name}-button")
        if name == "gaps":
            page.tap("#gap-list .gap-line >> nth=0")
            page.wait_for_selector(".gap-more .button:visible")
        small += page.evaluate(SMALL, "#pane, .plan-head")
    assert small == []


def test_only_rows_in_sight_are_in_the_page(visit):
    """A hundred thousand rows: some dozens are drawn, the last one is reached by a key."""
    page = visit(DESK).page
    _ready(page)
    found = page.evaluate("""async () => {
        const { Table } = await import("/static/js/table.js");
        const holder = document.querySelector("#grid");
        const on = { pick() {}, sort() {} };
        const table = new Table(holder, { label: "x", keyOf: (i) => String(i), on });
        table.arrange([{ key: "n", title: "n", number: true, show: (i) => String(i) }], "n");
        table.show(100000, (place) => place, "");
        const rows = () => [...holder.querySelectorAll("tr[data-place]")];
        const first = rows().length;
        table.go(99999);
        return [first, rows().length, rows().at(-1).dataset.key,
            holder.querySelector("table").getAttribute("aria-rowcount")];
    }""")
    assert found[0] < 80 and found[1] < 80
    assert found[2:] == ["99999", "100001"]
