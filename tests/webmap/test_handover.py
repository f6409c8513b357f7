"""What another map application is handed: the destination in its own datum and order, no more.

The expected addresses are put together by hand from what the makers document:

* Amap, https://lbs.amap.com/api/uri-api/guide/travel/route: ``navigation?to=lon,lat,name`` with
  ``mode=walk|ride`` (riding on phones only), ``callnative=1`` opens the application; without
  ``from`` a phone's own position is the start. https://lbs.amap.com/api/uri-api/guide/mobile-web/point:
  ``marker?position=lon,lat``, ``coordinate=gaode`` is GCJ-02.
* Baidu, https://lbsyun.baidu.com/docs/webapi?title=mapadjustment/uri/andriod and …/uri/ios:
  ``map/direction`` with ``destination=name:…|latlng:lat,lon``, ``mode=walking|riding``,
  ``coord_type=bd09ll``; from a page Android's scheme is ``bdapp``, elsewhere ``baidumap``; without
  ``origin`` the user's position is the start. https://lbsyun.baidu.com/index.php?title=uri/api/web:
  ``marker?location=lat,lon&title&content&output=html&coord_type&src``.
* Tencent, https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebRoute: ``routeplan?type=walk`` with
  ``to`` and ``tocoord=lat,lon`` in GCJ-02, on phones from where the user is.
  https://lbs.qq.com/webApi/uriV1/uriGuide/uriMobileRoute: ``qqmap://map/routeplan?type=bike`` (not
  on HarmonyOS). https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebMarker:
  ``marker?marker=coord:lat,lon;title:…;addr:…``.
* Apple, Map Links (iPhoneURLScheme_Reference): ``?daddr=lat,lon&dirflg=w``; riding is not in its
  list.
* Google, https://developers.google.com/maps/documentation/urls/get-started:
  ``dir/?api=1&destination=lat,lon&travelmode=walking|bicycling``.
* ``geo:lat,lon`` is RFC 5870, ``?q=lat,lon(label)`` Android's addition to it.
"""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

NAME, PLACE = quote("龙津站"), quote("龙津路 8 号")
STATION = {
    "id": "c1",
    "name": "龙津站",
    "address": "龙津路 8 号",
    # Round numbers, told apart by datum; six decimals are 0.1 m.
    "position": {"wgs84": [106.5, 29.5], "gcj02": [106.51, 29.51], "bd09": [106.52, 29.52]},
}
ABROAD = STATION | {"position": {"wgs84": [-8.61, 41.15], "gcj02": None, "bd09": None}}
HOSTILE = "a,b;c:d|e&f=g#h?i/j%\"'<script>(k)"

AMAP = f"https://uri.amap.com/navigation?to=106.510000,29.510000,{NAME}&mode="
AMAP_POINT = (
    f"https://uri.amap.com/marker?position=106.510000,29.510000&name={NAME}"
    "&src=yizhan&coordinate=gaode&callnative=0"
)
BAIDU = f"://map/direction?destination=name:{NAME}%7Clatlng:29.520000,106.520000&coord_type=bd09ll"
BAIDU_PAGE = (
    f"https://api.map.baidu.com/marker?location=29.520000,106.520000&title={NAME}&content={PLACE}"
    "&output=html&coord_type=bd09ll&src=webapp.yizhan.find"
)
TENCENT_POINT = (
    f"https://apis.map.qq.com/uri/v1/marker?marker=coord:29.510000,106.510000;title:{NAME}"
    f";addr:{PLACE}&referer=yizhan"
)
TENCENT_WALK = (
    f"https://apis.map.qq.com/uri/v1/routeplan?type=walk&to={NAME}&tocoord=29.510000,106.510000"
    "&referer=yizhan"
)
TENCENT_RIDE = (
    f"qqmap://map/routeplan?type=bike&fromcoord=CurrentLocation&to={NAME}"
    "&tocoord=29.510000,106.510000&referer=yizhan"
)
APPLE = "https://maps.apple.com/?daddr=29.510000,106.510000"
GOOGLE = "https://www.google.com/maps/dir/?api=1&destination=41.150000%2C-8.610000&travelmode="
GEO = f"geo:41.150000,-8.610000?q=41.150000,-8.610000({NAME})"

#: System and manner → application → what opens it, and the page where it is missing.
MAINLAND: dict[tuple[str, str], dict[str, tuple[str, str | None]]] = {
    ("android", "ride"): {
        "amap": (AMAP + "ride&src=yizhan&callnative=1", None),
        "baidu": ("bdapp" + BAIDU + "&mode=riding&src=andr.yizhan.find", BAIDU_PAGE),
        "tencent": (TENCENT_RIDE, TENCENT_POINT),
    },
    ("android", "walk"): {
        "amap": (AMAP + "walk&src=yizhan&callnative=1", None),
        "baidu": ("bdapp" + BAIDU + "&mode=walking&src=andr.yizhan.find", BAIDU_PAGE),
        "tencent": (TENCENT_WALK, None),
    },
    ("ios", "ride"): {
        "amap": (AMAP + "ride&src=yizhan&callnative=1", None),
        "baidu": ("baidumap" + BAIDU + "&mode=riding&src=ios.yizhan.find", BAIDU_PAGE),
        "tencent": (TENCENT_RIDE, TENCENT_POINT),
        "apple": (APPLE, None),
    },
    ("ios", "walk"): {
        "amap": (AMAP + "walk&src=yizhan&callnative=1", None),
        "baidu": ("baidumap" + BAIDU + "&mode=walking&src=ios.yizhan.find", BAIDU_PAGE),
        "tencent": (TENCENT_WALK, None),
        "apple": (APPLE + "&dirflg=w", None),
    },
    ("harmony", "ride"): {
        "amap": (AMAP + "ride&src=yizhan&callnative=1", None),
        "baidu": ("baidumap" + BAIDU + "&mode=riding&src=ios.yizhan.find", BAIDU_PAGE),
        "tencent": (TENCENT_POINT, None),
    },
    ("mac", "ride"): {
        "amap": (AMAP_POINT, None),
        "baidu": (BAIDU_PAGE, None),
        "tencent": (TENCENT_POINT, None),
        "apple": (APPLE, None),
    },
    ("desk", "walk"): {
        "amap": (AMAP_POINT, None),
        "baidu": (BAIDU_PAGE, None),
        "tencent": (TENCENT_POINT, None),
    },
}
#: Outside the mainland: WGS84 only.
ELSEWHERE: dict[tuple[str, str], dict[str, str]] = {
    ("android", "ride"): {"google": GOOGLE + "bicycling", "geo": GEO},
    ("android", "walk"): {"google": GOOGLE + "walking", "geo": GEO},
    ("ios", "walk"): {
        "apple": "https://maps.apple.com/?daddr=41.150000,-8.610000&dirflg=w",
        "google": GOOGLE + "walking",
    },
    ("desk", "ride"): {"google": GOOGLE + "bicycling"},
}

LINKS = """async ([station, asked]) => {
  const { links } = await import("/static/js/find/handover.js");
  const told = ({ app, href, page }) => [app, href, page];
  return asked.map(([on, how]) => links(station, how, on).map(told));
}"""


@pytest.fixture
def page(screen: Any, address: str) -> Any:
    """Return a page of the city on which our modules can be loaded."""
    page = screen(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.goto(address + "/tiny/find")
    return page


def test_each_application_gets_its_own_datum_order_and_manner(page):
    asked = [list(key) for key in MAINLAND]
    found = page.evaluate(LINKS, [STATION, asked])
    got = [{app: (href, instead) for app, href, instead in each} for each in found]
    assert dict(zip(MAINLAND, got, strict=True)) == MAINLAND


def test_outside_the_mainland_there_is_wgs84_alone(page):
    asked = [list(key) for key in ELSEWHERE]
    found = page.evaluate(LINKS, [ABROAD, asked])
    got = [{app: href for app, href, _ in each} for each in found]
    assert dict(zip(ELSEWHERE, got, strict=True)) == ELSEWHERE


def test_a_hostile_name_adds_nothing_to_an_address(page):
    named = STATION | {"name": HOSTILE, "address": HOSTILE}
    asked = [list(key) for key in MAINLAND]
    usual = page.evaluate(LINKS, [STATION, asked])
    hostile = page.evaluate(LINKS, [named, asked])
    for plain, other in zip(chain(*usual), chain(*hostile), strict=True):
        for before, after in zip(plain[1:], other[1:], strict=True):
            if before is None:
                continue
            parts, own = urlsplit(before), urlsplit(after)
            assert own._replace(query="") == parts._replace(query="")
            assert own.fragment == ""
            assert "<" not in after and '"' not in after and " " not in after
            assert list(parse_qs(own.query)) == list(parse_qs(parts.query))
    # What an application splits again, after decoding, is not split by the name.
    amap, baidu, tencent = (link[1] for link in hostile[0])
    assert parse_qs(urlsplit(amap).query)["to"][0].count(",") == 2
    assert parse_qs(urlsplit(baidu).query)["destination"][0].count("|") == 1
    point = hostile[0][2][2]
    assert parse_qs(urlsplit(point).query, separator="&")["marker"][0].count(";") == 2
    assert tencent.startswith("qqmap://map/routeplan?type=bike&fromcoord=CurrentLocation&to=a%20b")
    abroad = page.evaluate(LINKS, [named | {"position": ABROAD["position"]}, [["android", "walk"]]])
    assert abroad[0][1][1].count("(") == 1 and abroad[0][1][1].endswith(")")


SYSTEMS = [
    ("Mozilla/5.0 (Linux; Android 14; V2324A) AppleWebKit/537.36 Chrome/120 Mobile", 5, "android"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148", 5, "ios"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", 5, "ios"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", 0, "mac"),
    ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1 Mobile", 5, "harmony"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0", 0, "desk"),
]


def test_the_system_is_known_from_what_the_browser_says(page):
    found = page.evaluate(
        """async (asked) => {
          const { systemOf } = await import("/static/js/find/wechat.js");
          const told = ([userAgent, maxTouchPoints]) => ({ userAgent, maxTouchPoints });
          return asked.map((each) => systemOf(told(each)));
        }""",
        [[agent, touches] for agent, touches, _ in SYSTEMS],
    )
    assert found == [system for _, _, system in SYSTEMS]


#: Put a piece of the chosen answer alone on the page, as the page itself does.
MOUNT = """async ([module, context]) => {
  const { mount } = await import(`/static/js/find/${module}.js`);
  const slot = document.createElement("div");
  slot.id = "slot";
  document.body.replaceChildren(slot);
  globalThis.slot = mount(slot, context);
}"""


def test_the_link_that_is_shared_names_the_station_and_no_place(page, address):
    page.evaluate(
        """() => {
          globalThis.told = [];
          const clipboard = { writeText: async (text) => { globalThis.told.push(text); } };
          Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
          Object.defineProperty(navigator, "share", { value: undefined, configurable: true });
        }"""
    )
    page.evaluate(
        MOUNT, ["share", {"station": STATION | {"id": "a b&c", "phone": "023-1234 5678"}}]
    )
    for what in ("share", "address", "position"):
        page.click(f"#slot [data-do={what}]")
    page.select_option("#slot select", "bd09")
    page.click("#slot [data-do=position]")
    page.wait_for_function("() => globalThis.told.length === 4")
    assert page.evaluate("globalThis.told") == [
        f"{address}/tiny/find?station=a%20b%26c",
        "龙津路 8 号",
        "29.500000, 106.500000",
        "29.520000, 106.520000",
    ]
    assert page.get_attribute("#slot a", "href") == "tel:02312345678"


def test_without_a_clipboard_a_selection_is_copied(page):
    page.evaluate(
        """() => {
          Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
          globalThis.taken = null;
          document.execCommand = () => { globalThis.taken = getSelection().toString()
            || document.activeElement.value; return true; };
        }"""
    )
    page.evaluate(MOUNT, ["share", {"station": STATION}])
    page.click("#slot [data-do=address]")
    page.wait_for_function("() => globalThis.taken")
    assert page.evaluate("globalThis.taken") == "龙津路 8 号"
    assert page.inner_text("#slot [role=status]") == "已复制地址。"


def test_where_an_application_is_missing_its_page_is_offered(window, address):
    agent = "Mozilla/5.0 (Linux; Android 14) Mobile"
    page = window(viewport={"width": 390, "height": 844}, locale="zh-CN", user_agent=agent)
    page.clock.install()
    page.goto(address + "/tiny/find")
    page.evaluate(MOUNT, ["handover", {"station": STATION, "profile": {"name": "ebike"}}])
    # Here no application answers, and the browser's own words about that are not of interest.
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    page.click("#slot [data-app=baidu]")
    assert page.inner_text("#slot [role=status]") == ""
    page.clock.run_for(2000)
    assert page.inner_text("#slot [role=status]") == "没有打开百度地图？ 用网页版"
    assert page.get_attribute("#slot [role=status] a", "href") == BAIDU_PAGE
    # What opens everywhere needs no other page.
    page.click("#slot [data-app=amap]")
    page.clock.run_for(2000)
    assert "百度" in page.inner_text("#slot [role=status]")


def test_in_wechat_links_are_copied_and_a_banner_tells_where_to_tap(window, address):
    agent = "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0.50"
    page = window(viewport={"width": 390, "height": 844}, locale="zh-CN", user_agent=agent)
    page.goto(address + "/tiny/find")
    page.evaluate(MOUNT, ["handover", {"station": STATION, "profile": {"name": "ebike"}}])
    assert page.locator("#slot a").count() == 0
    assert page.locator("#slot button").all_inner_texts() == [
        "复制高德地图链接", "复制百度地图链接", "复制腾讯地图链接",
    ]  # fmt: skip
    page.evaluate(
        """async () => {
          const { banner } = await import("/static/js/find/wechat.js");
          banner(document.body.appendChild(document.createElement("aside")));
        }"""
    )
    assert "在浏览器中打开" in page.inner_text("aside")
    page.click("aside .close")
    assert page.inner_text("aside") == ""
