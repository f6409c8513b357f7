"""The rider in flight mode: what the phone answers is what the server answers."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo import workspace
from geo.locator import wall_clock
from geo.model import PROFILES, SERVICES
from tests.journeys.conftest import PHONE
from tests.served import public_over, serving
from tests.watched import Watched
from webmap.clock import today

PLACES = 50  # of every profile
SEED = 20261120
#: In a street of the demonstration city, degrees.
HERE = {"latitude": 29.45, "longitude": 106.52}
WORDS = ("longjin", "ljsq", "站", "yz", "街", "xincheng", "路", "zzz")


@pytest.fixture(scope="module")
def demo_app(demo_home: Path) -> Iterator[Any]:
    """The application over the demonstration city."""
    with public_over(demo_home) as app:
        yield app


@pytest.fixture(scope="module")
def demo_address(demo_app: Any) -> Iterator[str]:
    with serving(demo_app) as address:
        yield address


#: A phone whose rider lets it be located.
RIDERS: dict[str, Any] = {
    "viewport": PHONE,
    "locale": "zh-CN",
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
    "geolocation": HERE,
    "permissions": ["geolocation"],
}


@pytest.fixture
def phone(window: Callable[..., Any], demo_address: str) -> Callable[..., Watched]:
    """Return a function that opens the find page on a phone that has never seen it."""

    def opened(path: str = "/demo/find", **options: Any) -> Watched:
        page = window(**RIDERS | options)
        seen = Watched(page)
        page.goto(demo_address + path)
        return seen

    return opened


@pytest.fixture(scope="module")
def aloft(browser: Any, demo_address: str) -> Iterator[Any]:
    """The find page of a phone in flight mode, to be asked and not to be changed."""
    page = browser.new_context(**RIDERS).new_page()
    page.goto(f"{demo_address}/demo/find")
    kept(page)
    page.context.set_offline(True)
    yield page
    page.context.close()


def kept(page: Any) -> None:
    """Wait until everything is on the phone."""
    page.wait_for_selector("#offline[data-page=kept] .discard")


def told(page: Any) -> str:
    return str(page.inner_text("#offline"))


# --- the same answers ----------------------------------------------------------------------------
def questions(home: Path) -> list[dict[str, Any]]:
    """Return seeded questions: places in and around the city, profiles, instants, filters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(home))
        data = workspace.load("demo")
    west, south, east, north = data.city.view
    rng = np.random.default_rng(SEED)
    # From the day on that the city's clocks show, which is that of the pocket.
    start = datetime.datetime.combine(today(data), datetime.time())
    out = []
    for profile in PROFILES:
        for k in range(PLACES):
            after = datetime.timedelta(minutes=int(rng.integers(0, 5 * 1440)))
            many = int(rng.integers(0, 3)) if k % 2 else 0
            out.append(
                {
                    "lon": round(float(rng.uniform(west, east)), 5),
                    "lat": round(float(rng.uniform(south, north)), 5),
                    "profile": profile,
                    "at": (start + after).isoformat(timespec="minutes"),
                    "k": int(rng.integers(1, 11)),
                    "services": rng.choice(sorted(SERVICES), many, replace=False).tolist(),
                    "open_only": k % 3 == 0,
                    "always": k % 7 == 0,
                    "way": 1,
                }
            )
    return out


ASK = """async (questions) => {
  const { open } = await import("/static/js/pocket/index.js");
  const pocket = await open("demo");
  const took = [];
  const answers = [];
  for (const question of questions) {
    const start = performance.now();
    answers.push(await pocket.nearest(question));
    took.push(performance.now() - start);
  }
  return { answers, took };
}"""


def alike(found: Any, wanted: Any, where: str = "") -> None:
    """Assert that two answers are equal; rounded metres and degrees may fall either way."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), where
        for key, value in wanted.items():
            alike(found[key], value, f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for k, value in enumerate(wanted):
            alike(found[k], value, f"{where}[{k}]")
    elif where.endswith(("metres", "leg_m")):
        assert math.isclose(found, wanted, abs_tol=0.11), (where, found, wanted)
    elif ".coordinates" in where:
        assert math.isclose(found, wanted, abs_tol=1.1e-6), (where, found, wanted)
    else:
        assert found == wanted, where


def test_flight_mode_answers_as_the_server_does(aloft, demo_app, demo_home):
    asked = questions(demo_home)
    found = aloft.evaluate(ASK, asked)["answers"]
    client = demo_app.test_client()
    by_street = 0
    for question, answer in zip(asked, found, strict=True):
        wanted = client.post("/api/cities/demo/nearest", json=question).get_json()
        if {answer["reason"], wanted["reason"]} == {"outside", "no_street"}:
            continue  # on the rim of the raster, see docs/pocket.md
        wanted["note"] = None  # the page has words of its own
        alike(answer, wanted, repr(question))
        by_street += any(station["by"] == "street" for station in wanted["stations"])
    assert by_street > len(asked) / 3  # else the comparison says nothing


def test_flight_mode_finds_the_same_names(aloft, demo_app):
    client = demo_app.test_client()
    for text in WORDS:
        question = {"text": text, "k": 10, "lon": 106.52, "lat": 29.45}
        found = aloft.evaluate(
            """async ({ text, k, lon, lat }) => {
              const { open } = await import("/static/js/pocket/index.js");
              return (await open("demo")).search(text, k, lon, lat);
            }""",
            question,
        )
        wanted = client.post("/api/cities/demo/search", json=question).get_json()
        assert found["found"] == wanted["found"], text


def test_flight_mode_tells_the_same_week(aloft, demo_app, demo_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(demo_home))
        data = workspace.load("demo")
    at = wall_clock(data, datetime.datetime.now(datetime.UTC)).isoformat(timespec="minutes")
    names = data.stations.drop_duplicates("opening_hours")["id"].tolist()
    found = aloft.evaluate(
        """async ([names, at]) => {
          const { open } = await import("/static/js/pocket/index.js");
          const pocket = await open("demo");
          return names.map((name) => pocket.station(name, at));
        }""",
        [names, at],
    )
    client = demo_app.test_client()
    for name, answer in zip(names, found, strict=True):
        wanted = client.get(f"/api/cities/demo/stations/{name}").get_json()["properties"]
        told, week = answer.pop("hours"), wanted.pop("hours")
        assert wanted | answer == wanted  # the same facts; what is for planners stays away
        assert (told["state"], told["known"]) == (week["state"], week["known"]), name
        assert told["next_change"] == week["next_change"], name
        # The night before the first day is one of the server's days, and none of the pocket's.
        for mine, theirs in zip(told["days"][1:], week["days"][1:], strict=True):
            assert (mine["date"], mine["spans"]) == (theirs["date"], theirs["spans"]), name


# --- the page ------------------------------------------------------------------------------------
def test_after_one_visit_the_page_works_in_flight_mode(phone):
    page = phone().page
    kept(page)
    assert "离线数据 今天" in told(page)
    assert "含未来 14 天开放时间" in told(page)
    page.context.set_offline(True)
    page.reload()
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    assert page.locator(".answer").count() == 5
    page.wait_for_function(
        "() => document.querySelector('#offline').textContent.includes('离线 · 数据 今天')"
    )


#: The page is kept when the test says so.
HELD = """{
  const register = ServiceWorkerContainer.prototype.register;
  ServiceWorkerContainer.prototype.register = function (...words) {
    return new Promise((done) => { globalThis.release = () => done(register.apply(this, words)); });
  };
}"""


def test_flight_mode_is_promised_only_when_the_page_is_kept_too(window, demo_address):
    page = window(viewport=PHONE, locale="zh-CN")
    page.add_init_script(HELD)
    page.goto(f"{demo_address}/demo/find")
    page.wait_for_selector("#offline .discard")
    assert "正在保存" in told(page) and "离线数据" not in told(page)
    page.evaluate("release()")
    kept(page)
    assert "离线数据 今天" in told(page)


def test_other_pages_stay_with_the_network(phone, demo_address):
    from playwright.sync_api import Error

    page = phone().page
    kept(page)
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{demo_address}/demo/")


def test_english_is_kept_too(phone, demo_address):
    page = phone("/demo/find?lang=en").page
    kept(page)
    page.context.set_offline(True)
    page.goto(f"{demo_address}/demo/find")
    page.wait_for_function(
        "() => document.querySelector('#offline')?.textContent.includes('Offline')"
    )
    assert page.get_attribute("html", "lang") == "en"


def test_on_another_day_only_the_days_are_brought(phone, monkeypatch):
    seen = phone()
    page = seen.page
    kept(page)
    step = datetime.timedelta(days=1)
    monkeypatch.setattr("webmap.clock.today", lambda data: today(data) + step)
    page.clock.set_fixed_time(datetime.datetime.now() + step)
    before = len(seen.asked)
    page.reload()
    page.wait_for_function(
        "() => document.querySelector('#offline')?.textContent.includes('含未来 14 天')"
    )
    brought = [url.partition("/demo/")[2] for url in seen.asked[before:] if "/pocket?" in url]
    assert brought == ["pocket?only=days"]
    assert not any(url.endswith("/pocket") for url in seen.asked[before:])
    # It is read again as one pocket, and thrown away as one.
    page.context.set_offline(True)
    page.reload()
    page.wait_for_function(
        "() => document.querySelector('#offline')?.textContent.includes('含未来 14 天')"
    )
    page.click("#locate")
    page.wait_for_selector(".answer[aria-current=true]")
    told_of = page.locator(".answer-state").all_inner_texts()
    assert len(told_of) == 5 and any("未核实" not in text for text in told_of)


def test_what_was_thrown_away_does_not_come_back_by_itself(phone):
    page = phone().page
    kept(page)
    page.click("#offline .discard")
    page.wait_for_selector("#offline .bring")
    page.reload()
    page.wait_for_selector("#offline .bring")
    assert page.evaluate("caches.has('pocket-demo')") is False
    page.click("#offline .bring")
    kept(page)


SPOIL = """async (at) => {
  const cache = await caches.open("pocket-demo");
  const address = "/api/cities/demo/pocket";
  const known = await cache.match(address);
  const bytes = new Uint8Array(await known.arrayBuffer());
  bytes[at < 0 ? bytes.length >> 1 : at] ^= 1;
  await cache.put(address, new Response(bytes, { headers: known.headers }));
}"""


@pytest.mark.parametrize("at", [-1, 4], ids=["damaged", "of another format"])
def test_a_pocket_that_cannot_be_read_is_thrown_away(phone, at: int):
    page = phone().page
    kept(page)
    page.evaluate(SPOIL, at)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_function(
        "() => document.querySelector('#offline')?.textContent.includes('已删除')"
    )
    page.context.set_offline(False)
    page.reload()
    kept(page)
    assert "今天" in told(page)


def test_after_fourteen_days_no_hours_are_known(phone):
    page = phone().page
    kept(page)
    page.context.set_offline(True)
    page.clock.set_fixed_time(datetime.datetime.now() + datetime.timedelta(days=15))
    page.reload()
    page.wait_for_function("() => document.querySelector('#offline')?.textContent.includes('太旧')")
    at = (datetime.datetime.now() + datetime.timedelta(days=15)).isoformat(timespec="minutes")
    question = {"lon": 106.52, "lat": 29.45, "profile": "walk", "at": at, "k": 10}
    answer = page.evaluate(ASK, [question])["answers"][0]
    assert {station["state"] for station in answer["stations"]} == {"unknown"}
    # Whoever must be ten minutes nearer is so for all of them: the order is that of the arrival.
    seconds = [station["seconds"] for station in answer["stations"]]
    assert seconds == sorted(seconds)


def test_a_new_version_is_offered_and_taken_over(phone, demo_app):
    page = phone().page
    kept(page)
    stamp = demo_app.config["SOFTWARE_STAMP"]
    try:
        demo_app.config["SOFTWARE_STAMP"] = "next"
        page.reload()
        page.wait_for_selector("#offline .renew")
        with page.expect_navigation():
            page.click("#offline .renew")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        names = page.evaluate("caches.keys()")
        assert len([name for name in names if name.startswith("find-demo-")]) == 1
    finally:
        demo_app.config["SOFTWARE_STAMP"] = stamp
