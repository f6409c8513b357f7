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
        ("half('© OpenStreetMap · © WorldPop')", "© OpenStreetMap · © WorldPop"),
    ],
)
def test_figures_are_said_as_people_say_them(page, call, text):
    assert page.evaluate(f"async () => (await import('/static/js/i18n.js')).{call}") == text
