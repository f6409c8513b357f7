"""A story as a value and as a text: nothing is lost, and all that is wrong is told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import story
from geo.errors import InputError, OptionError
from geo.model import PROFILES, SERVICES, Budget
from geo.printable import printable
from geo.story import Asked, Story, View
from geo.story.views import COMPARED, FIGURES, LAYERS, TOPICS, budget_named, pieces, workday
from tests.conftest import ROOT
from tests.geo.toy_city import toy_city

HOSTILE = "</script><img src=x onerror=alert(1)>\"'`$\\&%"

signs = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="{}")
texts = st.text(signs, max_size=20).filter(lambda text: printable(text) == text)
told = st.lists(
    st.one_of(texts, st.sampled_from([f"{{{name}}}" for name in FIGURES if name not in COMPARED])),
    max_size=3,
).map("".join)
asked = st.builds(
    Asked,
    st.sampled_from(sorted(PROFILES)),
    st.one_of(
        st.integers(1, 60).map(lambda n: f"{n}min"), st.integers(1, 50).map(lambda n: f"{n}00m")
    ),
    st.lists(st.sampled_from(sorted(SERVICES)), unique=True).map(tuple),
    st.one_of(st.none(), st.just("23:00"), st.datetimes(
        datetime(2000, 1, 1), datetime(2099, 12, 31)
    ).map(lambda at: at.isoformat(timespec="minutes"))),
    st.one_of(st.none(), st.just(story.PROPOSAL), texts.filter(bool)),
)  # fmt: skip
degrees = st.tuples(st.floats(-180, 0), st.floats(-90, 0), st.floats(0.5, 180), st.floats(0.5, 90))
views = st.builds(
    View,
    st.sampled_from(TOPICS),
    told,
    told,
    st.lists(st.sampled_from(LAYERS), unique=True).map(tuple),
    asked,
    st.one_of(st.none(), asked),
    st.one_of(st.none(), degrees),
    st.lists(
        st.sampled_from([name for name in FIGURES if name not in COMPARED]),
        unique=True,
        max_size=3,
    ).map(tuple),
)
changes = st.one_of(
    st.builds(lambda own: {"kind": "close", "station": own}, st.text(signs, max_size=9)),
    st.builds(
        lambda own, lon, lat: {"kind": "open", "station": own, "position": [lon, lat], "name": own},
        st.text(signs, max_size=9),
        st.floats(74, 130),
        st.floats(4, 50),
    ),
)
stories = st.builds(
    Story,
    texts.filter(lambda text: bool(text.strip())),
    st.lists(views, min_size=1, max_size=4).map(tuple),
    st.dictionaries(
        texts.filter(lambda text: text not in ("", story.PROPOSAL)),
        st.tuples(texts, st.lists(changes, max_size=3).map(tuple)),
        max_size=2,
    ),
)


@given(stories)
def test_a_story_comes_back_from_its_text_and_from_plain_values(told):
    assert story.read(story.written(told)) == told
    assert story.parsed(story.plain(told)) == told


def test_a_short_text_says_what_is_meant():
    found = story.read(
        'name = "例会"\n[[views]]\ntopic = "night"\ntitle = "只剩 {share} %"\n'
        '[views.asked]\nat = "23:00"\n[views.against]\n'
    )
    assert found == Story(
        "例会",
        (View("night", "只剩 {share} %", asked=Asked(at="23:00"), against=Asked()),),
    )
    assert found.asked() == (Asked(at="23:00"), Asked())


def test_all_faults_are_told_at_once_each_with_its_place():
    with pytest.raises(InputError) as refused:
        story.parsed(
            {
                "format": "yizhan-story/9",
                "name": " ",
                "colour": "red",
                "views": [
                    {},
                    {
                        "topic": "weather",
                        "title": "{share} {7*7}",
                        "sentence": "a\nb",
                        "layers": ["cells", "roads"],
                        "figures": ["before"],
                        "camera": [2, 0, 1, 1],
                        "asked": {"profile": "fly", "budget": "0min", "at": "25:00", "services": 1},
                        "against": None,
                        "zoom": 3,
                    },
                    {"layers": ["ring", "ring"], "against": {"budget": "150m"}, "camera": [1, 2]},
                ],
                "scenarios": {
                    "proposal": {"name": "", "changes": []},
                    "b": {"name": 3, "changes": [{"kind": "burn"}]},
                },
            }
        )
    places = [fault.where for fault in refused.value.faults]
    assert places == [
        "story", "format", "name",
        "views[1]", "views[1].topic", "views[1].title", "views[1].sentence", "views[1].layers",
        "views[1].asked.profile", "views[1].asked.budget", "views[1].asked.services",
        "views[1].asked.at", "views[1].camera", "views[1].figures",
        "views[2].layers", "views[2].against.budget", "views[2].camera",
        "scenarios.'proposal'", "scenarios.'b'.name", "scenarios.'b'.changes: change 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], "story"),
        ({"name": "x"}, "views"),
        ({"name": "x", "views": [{}] * 41}, "views"),
        ({"name": "x" * 121, "views": [{}]}, "name"),
        ({"name": "\ud800", "views": [{}]}, "name"),
        ({"name": "x", "views": [{"figures": ["share", "ring", "people", "gap1"]}]},
         "views[0].figures"),
        ({"name": "x", "views": [{"camera": [0, float("nan"), 1, 1]}]}, "views[0].camera"),
        ({"name": "x", "views": [{"camera": [0, True, 1, 2]}]}, "views[0].camera"),
        ({"name": "x", "views": [{"sentence": "{gained}"}]}, "views[0].sentence"),
        ({"name": "x", "views": [{}], "scenarios": {"": {}}}, "scenarios.''"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_where_it_stands(value, where):
    with pytest.raises(InputError) as refused:
        story.parsed(value)
    assert where in [fault.where for fault in refused.value.faults]


@pytest.mark.parametrize("text", ["name = ", "\x00", "a = " + "[" * 5000, "x" * 4_000_001])
def test_a_text_that_is_no_story_is_refused_in_words(text):
    with pytest.raises(InputError, match="story: "):
        story.read(text)


def test_a_date_of_toml_is_no_text():
    with pytest.raises(InputError, match=r"views\[0\]\.asked\.at"):
        story.read('name = "x"\n[[views]]\n[views.asked]\nat = 2026-11-20T23:00:00\n')


def test_hostile_texts_stay_texts():
    told = Story(HOSTILE, (View(title=HOSTILE, sentence=HOSTILE),), {HOSTILE: (HOSTILE, ())})
    assert story.read(story.written(told)) == told
    assert list(pieces("a {b} {share}${7*7}")) == [("a {b} ", "share"), ("${7*7}", None)]


def test_one_view_is_read_by_itself():
    view = View("gaps", camera=(1.0, 2.0, 3.0, 4.0))
    assert story.parsed_view(story.plain_view(view)) == view
    with pytest.raises(InputError, match=r"view\.topic"):
        story.parsed_view({"topic": 1})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-11-20", date(2025, 11, 20)),  # a Thursday
        ("2025-11-22", date(2025, 11, 24)),  # Saturday
        ("2025-10-01", date(2025, 10, 9)),  # the National Day week lasts until the 8th
        ("2025-09-28", date(2025, 9, 29)),  # a Sunday on which people work for the 7th of October
        (None, date(2026, 1, 5)),  # a Monday
    ],
)
def test_an_hour_alone_is_that_of_the_next_ordinary_workday(day, expected):
    data = toy_city([(0, 0)])
    dated = replace(data, city=replace(data.city, data_date=day))
    assert workday(dated) == expected
    night = datetime.combine(expected, time(23))
    assert Asked(at="23:00").need(dated).at == night
    assert Asked(at="2026-02-03T22:30").need(dated).at == datetime(2026, 2, 3, 22, 30)
    assert Asked().need(dated).plain


def test_budgets_are_those_of_the_pages():
    assert budget_named("15min") == Budget(minutes=15)
    assert budget_named("1000m") == Budget(distance_m=1000)
    for wrong in ("61min", "1050m", "5100m", "015min", "15", "min", "15 min"):
        with pytest.raises(OptionError, match="no budget"):
            budget_named(wrong)


def test_the_documented_story_is_one_and_names_everything():
    text = (ROOT / "docs" / "story.md").read_text(encoding="utf-8")
    example = story.read(text.split("```toml\n")[1].split("```")[0])
    assert [view.topic for view in example.views] == ["circle", "night", "proposal"]
    assert example.views[1].asked.services == ("water", "charging")
    assert example.scenarios["north"][0] == "北岸一站"
    for name in (*FIGURES, *LAYERS, *TOPICS):
        assert f"`{name}`" in text, name
