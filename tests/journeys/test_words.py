"""The scripts say hours, distances and shares in words; expected texts are written by hand."""

from __future__ import annotations

import pytest

HOURS = {
    "": ("开放时间未核实", "unknown"),
    "24/7": ("24 小时开放", "always"),
    "Mo-Su 08:00-22:00": ("每天 08:00–22:00", "known"),
    "08:00-20:00": ("每天 08:00–20:00", "known"),
    "Mo-Fr 09:00-18:00": ("周一至周五 09:00–18:00", "known"),
    "Mo-Fr 08:30-12:00,14:00-17:30; PH off": (
        "周一至周五 08:30–12:00、14:00–17:30；法定节假日休息",
        "known",
    ),
    "Mo-Su 18:00-02:00": ("每天 18:00–次日 02:00", "known"),
    "Mo-Fr 07:00-23:00; Sa-Su,PH 09:00-21:00": (
        "周一至周五 07:00–23:00；周六至周日、法定节假日 09:00–21:00",
        "known",
    ),
    "Tu-Su 09:30-20:30; Mo off": ("周二至周日 09:30–20:30；周一休息", "known"),
    # Too clever for words: as it is written.
    "Jun-Sep: sunrise-sunset": ("Jun-Sep: sunrise-sunset", "known"),
}


@pytest.fixture(scope="module")
def page(browser, address):
    context = browser.new_context(locale="zh-CN")
    opened = context.new_page()
    opened.goto(address + "/")
    yield opened
    context.close()


@pytest.mark.parametrize("words", HOURS)
def test_opening_hours_are_said_in_words(page, words):
    said = page.evaluate(
        "async (words) => (await import('/static/js/hours.js')).hours(words)", words
    )
    assert (said["text"], said["kind"]) == HOURS[words]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("distance(47.3)", "47 米"),
        ("distance(644)", "640 米"),
        ("distance(999)", "1,000 米"),
        ("distance(1340)", "1.3 公里"),
        ("percent(0.5739)", "57.4"),
        ("percent(1)", "100.0"),
        ("surface(1234567)", "1.2 km²"),
        ("surface(160000)", "16 公顷"),
        ("surface(14000)", "1.4 公顷"),
        ("minutes(0)", 1),
        ("minutes(60)", 1),
        ("minutes(60.001)", 2),  # a rider who needs a second more is not there
        ("half('没有人口 · no people')", "没有人口"),
        ("title({ name: '西门', name_en: 'West Gate' })", "西门"),
        ("half('© OpenStreetMap · © WorldPop')", "© OpenStreetMap · © WorldPop"),
    ],
)
def test_figures_are_said_as_people_say_them(page, call, text):
    assert page.evaluate(f"async () => (await import('/static/js/i18n.js')).{call}") == text


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("isInstant('2026-11-20T22:30')", True),
        ("isInstant('2026-02-29T00:00')", False),  # no leap year
        ("isInstant('2028-02-29T23:59')", True),
        ("isInstant('2026-11-20T24:00')", False),
        ("isInstant('2026-11-20')", False),
        ("isInstant(null)", False),
        ("minuteOf('2026-11-20T22:30')", 22 * 60 + 30),
        ("instant('2026-11-20', 7 * 60 + 5)", "2026-11-20T07:05"),
        ("daysLater('2026-12-31', 1)", "2027-01-01"),
        ("mondayOf('2026-11-20')", "2026-11-16"),
        ("mondayOf('2026-11-22')", "2026-11-16"),  # a week ends with its Sunday
        ("mondayOf('2026-11-16')", "2026-11-16"),
        ("weekOf('2026-03-01').join()", "2026-02-23,2026-02-24,2026-02-25,2026-02-26,2026-02-27,"
         "2026-02-28,2026-03-01"),
        ("saidInFull('2026-11-20T22:30')", "11月20日 周五 22:30"),
        ("said('2026-11-20T22:30')", "周五 22:30"),
    ],
)  # fmt: skip
def test_instants_are_of_the_city_s_own_clock(page, call, value):
    assert page.evaluate(f"async () => (await import('/static/js/moment.js')).{call}") == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("清明", "清明节"), ("调休上班（按周三）", "调休上班，按周三"), ("元宵", "元宵")],
)
def test_holidays_are_named(page, name, text):
    said = page.evaluate("async (name) => (await import('/static/js/days.js')).dayName(name)", name)
    assert said == text


def test_the_clock_does_not_follow_the_time_zone_of_the_browser(browser, address):
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Shanghai"):
        context = browser.new_context(locale="zh-CN", timezone_id=zone)
        opened = context.new_page()
        opened.goto(address + "/tiny/#at=2026-03-08T02:30")  # an hour that Los Angeles skips
        opened.wait_for_selector("html[data-ready]")
        assert opened.inner_text("#clock-date") == "2026年3月8日 周日", zone
        assert opened.inner_text("#clock-time") == "02:30", zone
        context.close()
