"""Two taps tell that something at a station is wrong; for five seconds they can be taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

MOUNT = """async (context) => {
  const { mount, flush } = await import("/static/js/find/feedback.js");
  globalThis.flushFeedback = flush;
  const slot = document.createElement("div");
  slot.id = "slot";
  document.body.replaceChildren(slot);
  mount(slot, context);
}"""
STATION = {"id": "c1", "name": "龙津站", "services": ["water"]}
TODAY = "2026-11-20"
SHELF = "JSON.parse(localStorage.getItem('yizhan.feedback.tiny') ?? '[]')"


@pytest.fixture
def page(window: Any, address: str) -> Any:
    """Return a page whose clock a test moves."""
    page = window(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.clock.install(time=f"{TODAY}T12:00:00+08:00")
    page.goto(address + "/tiny/find")
    return page


@pytest.fixture
def told(page: Any) -> list[Any]:
    """Return what the server is told; it thanks for everything."""
    bodies: list[Any] = []

    def hear(route: Any) -> None:
        bodies.append((route.request.url.rsplit("/", 3)[2], json.loads(route.request.post_data)))
        route.fulfill(status=201, content_type="application/json", body="{}")

    page.route("**/stations/*/feedback", hear)
    return bodies


def _tap(page: Any, kind: str, **station: Any) -> None:
    page.evaluate(MOUNT, {"station": STATION | station, "day": TODAY})
    page.click("#slot > button")
    page.click(f"#slot [data-kind={kind}]")


def _said(page: Any) -> str:
    page.wait_for_function("() => document.querySelector('#slot .feedback-said.good, .bad')")
    return page.inner_text("#slot [role=status]")


def test_two_taps_tell_the_station_the_kind_and_the_day(page, told):
    _tap(page, "closed")
    assert page.inner_text("#slot .feedback-said") == "已记下：关门了"
    page.clock.run_for(4000)
    assert told == []
    page.clock.run_for(1000)
    assert _said(page) == "谢谢，已送到。"
    assert told == [("c1", {"kind": "closed", "day": TODAY})]


def test_what_is_taken_back_is_never_sent(page, told):
    _tap(page, "wrong_place")
    page.click("#slot [data-do=undo]")
    page.clock.run_for(20_000)
    assert page.locator("#slot button").count() == 1  # as at the start
    assert told == []


def test_a_charger_is_asked_about_only_where_there_is_one(page, told):
    page.evaluate(MOUNT, {"station": STATION, "day": TODAY})
    page.click("#slot > button")
    assert page.locator("#slot button").all_inner_texts() == ["关门了", "位置不对", "谢谢"]
    page.evaluate(MOUNT, {"station": STATION | {"services": ["charging"]}, "day": TODAY})
    page.click("#slot > button")
    assert "充电坏了" in page.locator("#slot button").all_inner_texts()


def test_without_network_it_waits_on_the_phone_and_is_sent_once(page):
    page.route("**/stations/*/feedback", lambda route: route.abort())
    for _ in range(2):  # the same thing told twice is told once
        _tap(page, "closed")
        page.clock.run_for(5000)
        assert "联网后自动送出" in _said(page)
    assert page.evaluate(SHELF) == [{"station": "c1", "kind": "closed", "day": TODAY}]
    page.unroute_all()
    bodies: list[str] = []

    def hear(route: Any) -> None:
        bodies.append(route.request.post_data)
        route.fulfill(status=201, content_type="application/json", body="{}")

    page.route("**/stations/*/feedback", hear)
    page.evaluate("Promise.all([flushFeedback(), flushFeedback()])")
    assert [json.loads(body) for body in bodies] == [{"kind": "closed", "day": TODAY}]
    assert page.evaluate(SHELF) == []


def test_what_is_too_old_or_refused_for_good_does_not_wait_for_ever(page):
    answered: list[str] = []

    def refuse(route: Any) -> None:
        answered.append(route.request.url)
        route.fulfill(status=404, content_type="application/json", body="{}")

    page.route("**/stations/*/feedback", refuse)
    waiting = [
        {"station": "gone", "kind": "closed", "day": TODAY},
        {"station": "c1", "kind": "closed", "day": "2026-11-01"},  # 19 days old
    ]
    page.evaluate(MOUNT, {"station": STATION, "day": TODAY})
    page.evaluate(
        "list => localStorage.setItem('yizhan.feedback.tiny', JSON.stringify(list))", waiting
    )
    page.evaluate("flushFeedback()")
    assert [url.rsplit("/", 2)[1] for url in answered] == ["gone"]
    assert page.evaluate(SHELF) == []


def test_a_page_that_is_left_in_time_still_tells(page):
    page.evaluate(
        """() => {
          globalThis.sent = [];
          navigator.sendBeacon = (url, body) => sent.push(body.text().then((text) => [url, text]));
        }"""
    )
    _tap(page, "thanks")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    ((url, body),) = page.evaluate("Promise.all(sent)")
    assert url == "/api/cities/tiny/stations/c1/feedback"
    assert json.loads(body) == {"kind": "thanks", "day": TODAY}
    page.clock.run_for(20_000)
    assert page.evaluate("sent.length") == 1
    # Where the browser does not take it, it waits on the phone.
    page.evaluate("navigator.sendBeacon = () => false")
    _tap(page, "closed")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert page.evaluate(SHELF) == [{"station": "c1", "kind": "closed", "day": TODAY}]


def test_a_server_that_is_down_is_told_when_it_is_back(page):
    page.route("**/stations/*/feedback", lambda route: route.fulfill(status=502, body="nobody"))
    _tap(page, "closed")
    page.clock.run_for(5000)
    assert _said(page) == "服务器现在收不下；已记在手机里，下次打开时送出。"
    assert page.evaluate(SHELF) == [{"station": "c1", "kind": "closed", "day": TODAY}]


def test_too_much_is_refused_in_words(page):
    page.route("**/stations/*/feedback", lambda route: route.fulfill(status=429, body="slow down"))
    _tap(page, "closed")
    page.clock.run_for(5000)
    assert _said(page) == "问得太密了；请稍候几秒再试。"


def test_a_broken_shelf_is_an_empty_one(page, told):
    page.evaluate("localStorage.setItem('yizhan.feedback.tiny', '{not json')")
    page.evaluate(MOUNT, {"station": STATION, "day": TODAY})
    page.evaluate("flushFeedback()")
    assert told == []
