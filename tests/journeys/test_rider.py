"""The rider asks: where am I, which stations are near, in how many minutes, which way."""

from __future__ import annotations

import json
import math
import re
from functools import partial

import pytest

from tests.journeys.conftest import DESK, PHONE, call
from tests.webmap.tinycity import HOSTILE, lat, lon

HERE = {"latitude": lat(2), "longitude": lon(1)}
GRANTED = {"geolocation": HERE, "permissions": ["geolocation"]}
#: A Friday; c1 is open 08:00–20:00, the hours of h2 are unknown.
AT = "2026-11-20T10:00"
LIST = "#answers[data-state=list]"
#: Which of the page's parts stand on one another, and which words run over their button.
TORN = """() => {
    const names = ["#panel", ".tools", ".leaflet-control-attribution", "#search"];
    const boxes = names.map((name) => document.querySelector(name))
        .filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect());
    const across = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right
        && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map((b) => [a.top, b.top]));
    const over = [...document.querySelectorAll("#profiles button")]
        .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent);
    return [...across, ...over];
}"""
SMALL = """() => [...document.querySelectorAll("a, button, summary")]
    .filter((e) => e.checkVisibility())
    .map((e) => [e.getAttribute("aria-label") ?? e.textContent, e.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 43.9)
    .map(([name, box]) => [name, box.width, box.height])"""


@pytest.fixture
def visit(visit):
    """Open pages without a service worker, which would answer in the place of the server."""
    return partial(visit, service_workers="block")


@pytest.fixture
def ride(visit):
    """Return a function that opens the page where the phone may be located, and waits for it."""

    def opened(query: str = f"#at={AT}", **options):
        seen = visit("/tiny/find" + query, **{"size": PHONE, **GRANTED, **options})
        seen.page.wait_for_selector(LIST)
        return seen

    return opened


def _nearest(address, **question):
    """Ask as the page does, which rounds to a metre."""
    place = {"lon": round(lon(1), 5), "lat": round(lat(2), 5)}
    return call(address, "/nearest", {**place, "at": AT, "k": 5, **question})


def _minutes(page):
    return [int(text) for text in page.locator(".answer .far b").all_inner_texts()]


def _names(page):
    return [text.removeprefix("中") for text in page.locator(".answer-name").all_inner_texts()]


def test_where_locating_is_allowed_the_list_comes_by_itself(ride, address):
    seen = ride()
    expected = _nearest(address, profile="ebike")["stations"]
    assert _names(seen.page) == [one["name"] for one in expected]
    assert _minutes(seen.page) == [max(1, math.ceil(one["seconds"] / 60)) for one in expected]
    states = seen.page.locator(".answer-state").all_inner_texts()
    assert states[0].startswith("开放中，到 20:00 · ") and states[1].startswith("开放时间未核实")
    seen.page.wait_for_selector("body[data-map]")
    assert seen.faults == []


def test_the_position_stays_out_of_every_address_and_of_the_phone(ride):
    seen = ride()
    seen.page.wait_for_selector("body[data-map]")
    for url in [*seen.asked, seen.page.url]:
        assert str(HERE["latitude"])[:6] not in url and str(HERE["longitude"])[:7] not in url
    assert seen.page.evaluate("localStorage.length + sessionStorage.length") == 0
    sent = seen.page.evaluate("Object.keys(history.state ?? {}).length + document.cookie.length")
    assert sent == 0


def test_a_position_is_sent_rounded_to_a_metre(visit):
    exact = {"latitude": 29.5018123456, "longitude": 106.6010349876}
    page = visit("/tiny/find", size=PHONE, **{**GRANTED, "geolocation": exact}).page
    with page.expect_request("**/nearest") as asked:
        page.click("#locate")
    body = json.loads(asked.value.post_data)
    assert (body["lon"], body["lat"]) == (106.60103, 29.50181)


def test_travelling_otherwise_tells_other_minutes(ride, address):
    page = ride().page
    riding = _minutes(page)
    with page.expect_response("**/nearest"):
        page.click("[data-profile=walk]")
    page.wait_for_selector(f"{LIST}[aria-busy=false]")
    expected = _nearest(address, profile="walk")["stations"]
    assert _minutes(page) == [max(1, math.ceil(one["seconds"] / 60)) for one in expected]
    assert sum(_minutes(page)) > sum(riding)
    assert "profile=walk" in page.url


def test_a_tap_on_the_map_works_without_location(visit):
    page = visit("/tiny/find", size=PHONE).page
    page.wait_for_selector("body[data-map]")
    page.touchscreen.tap(120, 170)
    page.wait_for_selector(LIST)
    assert page.input_value("#search input") == "地图上选的位置"


def test_another_answer_draws_another_way_and_opens_its_facts(ride):
    page = ride().page
    page.wait_for_selector(".leaflet-route-pane path")
    way = """() => [...document.querySelectorAll(".leaflet-route-pane path")]
        .map((line) => line.getAttribute("d")).join()"""
    first = page.evaluate(way)
    page.click(".answer:nth-child(2) .answer-main")
    page.wait_for_selector(".answer:nth-child(2)[aria-current=true] .facts")
    page.wait_for_function(f"() => ({way})() !== {json.dumps(first)}")
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .week")
    facts = page.inner_text(".answer:nth-child(1) .answer-more")
    assert "2横街1号" in facts and "20 座" in facts and "08:00–20:00" in facts
    assert page.get_attribute(".fact a", "href") == "tel:0231"
    assert page.locator(".answer-more:visible").count() == 1
    page.click(".answer:nth-child(1) .answer-main")
    assert page.locator(".answer-more:visible").count() == 0


def test_the_phones_back_closes_what_was_opened(ride):
    page = ride().page
    page.click(".answer:nth-child(2) .answer-main")
    page.wait_for_selector(".answer:nth-child(2) .facts")
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .facts")
    page.evaluate("() => history.back()")
    page.wait_for_function("() => !document.querySelector('.answer-more:not([hidden])')")
    assert page.locator(".answer").count() == 2
    page.evaluate("() => history.forward()")
    page.wait_for_selector(".answer:nth-child(1) .answer-more:not([hidden]) .facts")


def test_a_refused_location_says_what_to_do(visit):
    page = visit("/tiny/find", size=PHONE).page
    page.click(".empty .button")
    page.wait_for_selector("#notice-where:not([hidden])")
    assert "点地图" in page.inner_text("#notice-where")
    assert page.is_visible(".empty")


def test_a_vague_position_says_so(ride):
    vague = {**HERE, "accuracy": 430}
    page = ride(geolocation=vague).page
    assert "可能差 430 米" in page.inner_text("#notice-where")


def test_a_place_outside_is_told_the_nearest_by_air(ride):
    page = ride(geolocation={"latitude": 30.5, "longitude": 107.5}).page
    assert "按直线" in page.inner_text("#notice-reason")
    assert set(page.locator(".far span").all_inner_texts()) == {"公里直线"}
    # 140 km off: the map shows the city, not the empty land between.
    page.wait_for_selector(".way-air", state="attached")
    less = page.evaluate("""() => import("/static/js/draw/bridge.js").then(({ drawn }) => drawn)
        .then(({ map }) => map.getBoundsZoom(map.cityBounds) - map.getZoom())""")
    assert less <= 1


def test_filters_stand_in_the_address_and_what_hinders_can_be_dropped(ride):
    page = ride().page
    first = page.locator("#filters button").all_inner_texts()
    assert first[:2] == ["现在开着", "24 小时"]
    page.click("[data-filter=water]")
    page.wait_for_function("() => document.querySelectorAll('.answer').length === 1")
    page.click("[data-filter=rest]")
    page.wait_for_selector("#answers[data-state=fault]")
    assert "services=rest,water" in page.url
    page.click("#answers .fault button:has-text('歇脚')")
    page.wait_for_selector(LIST)
    assert "services=water" in page.url and _names(page) == ["西门驿站"]
    page.click("[data-filter=open_only]")
    page.wait_for_function("() => location.hash.includes('open_only=1')")


def test_the_list_needs_no_map(visit):
    def without_map(page):
        page.route("**/leaflet.js", lambda route: route.abort())

    seen = visit(f"/tiny/find#at={AT}", size=PHONE, before=without_map, **GRANTED)
    seen.page.wait_for_selector(LIST)
    seen.page.wait_for_selector("#notice-map:not([hidden])")
    assert len(_minutes(seen.page)) == 2


def test_little_travels_before_the_list(visit):
    """Less than 300 kB as they travel, in the longer language, and nothing of the map."""
    addresses, arrived = {}, []

    def listen(page):
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on(
            "Network.requestWillBeSent",
            lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
        )
        client.on(
            "Network.loadingFinished",
            lambda event: arrived.append(
                (addresses.get(event["requestId"], ""), event["encodedDataLength"])
            ),
        )

    seen = visit(f"/tiny/find#at={AT}", size=PHONE, locale="en-GB", before=listen, **GRANTED)
    seen.page.wait_for_selector("body[data-map]")
    last = next(i for i, (url, _) in enumerate(arrived) if url.endswith("/nearest"))
    before = arrived[: last + 1]
    assert [url for url, _ in before if re.search("leaflet|protomaps|/draw/(?!bridge)", url)] == []
    assert 10_000 < sum(size for _, size in before) < 300_000


@pytest.mark.parametrize("size", [PHONE, {"width": 360, "height": 640}])
def test_everything_to_touch_is_large_enough(ride, size):
    page = ride(size=size).page
    page.click(".answer:nth-child(1) .answer-main")
    page.wait_for_selector(".answer:nth-child(1) .week")
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_on_a_very_small_screen_nothing_stands_on_another(ride, locale):
    """The last is a page of 780 pixels, enlarged four times."""
    page = ride(locale=locale).page
    page.wait_for_selector("body[data-map]")
    for width, height in ((640, 400), (568, 320), (320, 568), (195, 600)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(TORN) == [], (width, height)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_in_english_a_station_has_its_english_name_in_the_list(ride):
    def named(page):
        def answer(route):
            told = route.fetch().json()
            told["stations"][0]["name_en"] = "West Gate"
            route.fulfill(json=told)

        page.route("**/nearest", answer)

    page = ride(locale="en-GB", before=named).page
    first, second = _names(page)
    assert first == "West Gate" and second == HOSTILE


def test_where_the_browser_keeps_no_page_what_is_kept_lasts_as_long_as_it_is_open(ride):
    """Here it takes no service worker."""
    page = ride().page
    page.wait_for_selector("#offline[data-page=fleeting] .discard")
    assert "这个浏览器只在页面开着时能用" in page.inner_text("#offline")


def test_hostile_names_are_only_text(ride, visit):
    seen = ride()
    assert HOSTILE in _names(seen.page)
    assert seen.page.locator("img[src=x]").count() == 0
    for path in ("/tiny/", "/tiny/plan", "/tiny/present", "/"):
        other = visit(path)
        assert other.page.locator("img[src=x]").count() == 0
        assert other.faults == []
    assert seen.faults == []


def test_a_shared_link_shows_its_station(visit):
    page = visit("/tiny/find?station=c1", size=PHONE).page
    page.wait_for_selector(".answer[data-id=c1] .facts")
    assert _names(page) == ["西门驿站"] and page.url.endswith("/tiny/find#station=c1")
    assert page.inner_text(".far b") == "–"


def test_the_sheet_follows_the_finger_and_the_keys(ride):
    page = ride().page
    stop = "() => document.body.dataset.sheet"
    assert page.evaluate(stop) == "half"
    page.focus("#grip")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(stop) == "full"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(stop) == "peek"
    assert page.get_attribute("#grip", "aria-expanded") == "false"
    page.click("#grip")
    assert page.evaluate(stop) == "half"
    box = page.locator("#grip").bounding_box()
    page.mouse.move(195, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(195, box["y"] + 200, steps=4)
    page.mouse.move(195, 820, steps=4)
    page.mouse.up()
    assert page.evaluate(stop) == "peek"


CONTRAST = """() => {
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return /rgba\\(.*, 0\\)/.test(color) ? ground(element.parentElement) : color;
  };
  return [...document.querySelectorAll("#answers .answer-main span, #answers .answer-main b")]
    .filter((one) => one.checkVisibility() && one.textContent)
    .map((one) => [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => b - a))
    .map(([high, low]) => (high + 0.05) / (low + 0.05))
    .reduce((least, ratio) => Math.min(least, ratio), 21);
}"""


def test_the_list_is_read_in_the_sun_and_at_night(ride):
    page = ride().page
    assert page.evaluate(CONTRAST) >= 7
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-night]")
    assert page.evaluate(CONTRAST) >= 7
    page.click("[data-look=day]")
    page.wait_for_selector("html:not([data-night])")
    page.reload()
    page.wait_for_selector(LIST)
    assert page.get_attribute("html", "data-night") is None
    assert page.get_attribute("[data-look=day]", "aria-pressed") == "true"


def test_minutes_and_doors_are_told_anew(ride):
    page = ride(query="", before=lambda page: page.clock.install()).page
    page.click(".answer:nth-child(2) .answer-main")
    page.wait_for_selector(".answer:nth-child(2) .facts")
    with page.expect_request("**/nearest"):
        page.clock.fast_forward(90_000)
    page.wait_for_selector(f"{LIST}[aria-busy=false]")
    assert page.is_visible(".answer:nth-child(2) .facts")


def test_on_a_wide_screen_list_and_map_stand_side_by_side(ride):
    page = ride(size=DESK).page
    page.wait_for_selector("body[data-map]")
    panel = page.locator("#panel").bounding_box()
    assert panel["x"] + panel["width"] < 440 and panel["y"] > 70
    assert page.locator(".answer:last-child").is_visible()


#: What stands in the list at 22:30 on a Friday, by the state on arrival.
SAID = [
    ({"state": "open"}, "24 小时", "good"),
    ({"state": "open", "closes_at": "2026-11-20T23:45", "closes_in_s": 3601}, "23:45", "good"),
    ({"state": "open", "closes_at": "2026-11-21T00:00", "closes_in_s": 5000}, "24:00", "good"),
    ({"state": "open", "closes_at": "2026-11-21T02:00", "closes_in_s": 9000}, "次日 02:00", "good"),
    ({"state": "open", "closes_at": "2026-11-22T20:00", "closes_in_s": 9e5}, "周日 20:00", "good"),
    ({"state": "open", "closes_at": "2026-11-20T23:00", "closes_in_s": 1559}, "后 25 分钟", "warn"),
    ({"state": "open", "closes_at": "2026-11-20T23:00", "closes_in_s": 119}, "一到就关门", "warn"),
    ({"state": "closed", "opens_at": "2026-11-21T08:00", "wait_s": 3e4}, "明早 08:00 开", "shut"),
    ({"state": "closed", "opens_at": "2026-11-21T14:00", "wait_s": 5e4}, "明天 14:00 开", "shut"),
    ({"state": "closed", "opens_at": "2026-11-28T08:00", "wait_s": 6e5}, "11月28日 08:00", "shut"),
    ({"state": "closed", "opens_at": "2026-11-20T22:50", "wait_s": 661}, "等 12 分钟", "warn"),
    ({"state": "closed"}, "两周内不开", "shut"),
    ({"state": "unknown"}, "开放时间未核实", "unsure"),
]


def test_doors_are_told_as_somebody_says_it(visit):
    page = visit("/tiny/find", size=PHONE).page
    nothing = {"by": "street", **dict.fromkeys(("opens_at", "closes_at", "closes_in_s", "wait_s"))}
    stations = [{**nothing, **station} for station, _, _ in SAID]
    found = page.evaluate(
        """async (stations) => {
          const { offer } = await import("/static/js/find/saying.js");
          return stations.map((one) => offer(one, "2026-11-20T22:30"));
        }""",
        stations,
    )
    for (station, words, kind), said in zip(SAID, found, strict=True):
        assert words in said["text"] and said["kind"] == kind, (station, said)


def test_what_is_kept_is_dated_by_the_clock_of_the_city(visit):
    """The browser lives in New York, the city at UTC+8: 16:30 UTC is half past midnight there."""
    page = visit("/tiny/find", size=PHONE, timezone_id="America/New_York").page
    found = page.evaluate(
        """async () => {
          const { age, farness } = await import("/static/js/find/saying.js");
          const kept = new Date("2026-11-20T16:30Z");
          const ages = ["2026-11-20T17:00Z", "2026-11-21T16:00Z", "2026-11-25T16:00Z"]
            .map((now) => age(kept, new Date(now)));
          const far = [999, 99_940, 1_465_600].map((metres) => farness({ by: "air", metres })[0]);
          return [ages, far];
        }"""
    )
    assert found == [["今天 00:30", "昨天 00:30", "11月21日 00:30"], ["999", "99.9", "1,466"]]


def test_one_station_alone_is_judged_by_its_week(visit):
    """Open 18:00-02:00 on Friday and Saturday; from Sunday on nobody knows."""
    page = visit("/tiny/find", size=PHONE).page
    days = [{"date": f"2026-11-{day}", "holiday": None, "spans": []} for day in range(20, 27)]
    for today, tomorrow in ((20, 21), (21, 22)):
        span = {"opens": f"2026-11-{today}T18:00", "closes": f"2026-11-{tomorrow}T02:00"}
        days[today - 20]["spans"] = [{**span, "state": "open"}]
    unknown = {"opens": "2026-11-22T09:00", "closes": "2026-11-27T00:00", "state": "unknown"}
    days[2]["spans"] = [unknown]
    found = page.evaluate(
        """async (days) => {
          const { onArrival } = await import("/static/js/find/week.js");
          const asked = [["2026-11-20T17:30", 600], ["2026-11-20T17:55", 600],
            ["2026-11-21T01:58", 121], ["2026-11-22T10:00", 0]];
          return asked.map(([at, seconds]) => onArrival({ days }, at, seconds));
        }""",
        days,
    )
    early, late, next_day, sunday = found
    # Arrives 17:40 and waits 20 min; arrives 18:05, 7 h 55 min before the end; after two o'clock.
    assert (early["state"], early["opens_at"], early["wait_s"]) == (
        "closed",
        "2026-11-20T18:00",
        1200,
    )
    assert (late["state"], late["closes_at"], late["closes_in_s"]) == (
        "open",
        "2026-11-21T02:00",
        28500,
    )
    assert (next_day["state"], next_day["opens_at"]) == ("closed", "2026-11-21T18:00")
    assert sunday["state"] == "unknown"


def test_a_server_that_does_not_answer_can_be_asked_again(visit):
    def silent(page):
        page.route("**/nearest", lambda route: route.abort(), times=1)

    page = visit(f"/tiny/find#at={AT}", size=PHONE, before=silent, **GRANTED).page
    page.wait_for_selector("#answers[data-state=fault]")
    page.click("#answers .fault button")
    page.wait_for_selector(LIST)
