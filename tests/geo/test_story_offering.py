"""Figures are offered as a sentence prints them, and none that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo import story
from geo.model import PROFILES
from geo.report.numbers import UNKNOWN
from geo.story import FIGURES, Asked, View
from geo.story.views import COMPARED
from tests.geo.toy import TOY_PROFILES
from tests.geo.toy_city import toy_city

#: Beside the only station, 100 and 300 m from it, and 1,000 m away beyond the river.
PEOPLE = [(100, 0, 100.0), (300, 0, 200.0), (500, 500, 700.0)]


@pytest.fixture(scope="module", autouse=True)
def slow_city():
    """Let everybody walk at 1 m/s, as the toy city's streets are timed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, profile in TOY_PROFILES.items():
            patch.setitem(PROFILES, name, profile)
        yield


def offered(data, view, lang="zh"):
    """Return text by name, after comparing each with the sentence that names it alone."""
    cities = story.cities(data)
    found = story.offered(story.shown(cities, view, "internal"), lang)
    for one in found:
        spoken = replace(view, title=f"{{{one.name}}}")
        assert story.told(story.shown(cities, spoken, "internal"), lang).title == one.text
        assert one.caption == FIGURES[one.name][lang == "en"]
    return {one.name: one.text for one in found}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_figure_is_offered_as_a_sentence_prints_it(lang):
    """Within 900 m live 300 of 1,000; half of all need 1,000 s or more."""
    found = offered(toy_city([(0, 0)], PEOPLE), View(), lang)
    wanted = {"share": "30.0", "covered": "300", "uncovered": "700", "people": "1,000"}
    assert {name: found[name] for name in wanted} == wanted
    assert (found["stations"], found["minutes"], found["metres"]) == ("1", "15", "900")
    assert not found.keys() & set(COMPARED)
    assert list(found) == [name for name in FIGURES if name in found]


def test_those_that_compare_are_offered_where_there_is_something_to_compare_with():
    """In 4 minutes 100 of them are there, 200 fewer."""
    data = toy_city([(0, 0)], PEOPLE)
    found = offered(data, View(asked=Asked(budget="4min"), against=Asked()))
    assert (found["before"], found["share"]) == ("30.0", "10.0")
    assert (found["lost"], found["added"]) == ("200", "0")


def test_what_nobody_knows_is_not_offered():
    data = toy_city([(0, 0)], [])
    cities, found = story.cities(data), offered(data, View())
    for name in FIGURES.keys() - found.keys() - set(COMPARED):
        spoken = story.shown(cities, View(title=f"{{{name}}}"), "internal")
        assert story.told(spoken, "zh").title == UNKNOWN
    assert "stations" in found and "gap1" not in found
