"""What a scenario changes, laid over a map: which cells, in which words, and nothing that runs."""

from __future__ import annotations

import json
from typing import Any

import folium
import pytest
from shapely.geometry import shape

from geo import scenario, study, workspace
from geo.crs import degrees
from geo.model import Budget, Position, profile_named
from geo.scenario import compare
from geo.scenario.changes import AddLink, CloseStation
from webmap import maps
from webmap.maps import differences

HOSTILE = "桥</script><img src=x onerror=alert(1)>`${1}"


@pytest.fixture(scope="module")
def today(tiny_home) -> study.Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        return study.run(workspace.load("tiny"), profile_named("walk"), Budget(minutes=5))


@pytest.fixture(scope="module")
def later(today: study.Study) -> study.Study:
    """The first station closed, and a link from it to the second one."""
    data = today.data
    ends = degrees(data.stations_xy[:2], data.city.crs).tolist()
    line = tuple(Position(*end) for end in ends)
    changes = [AddLink("b", line, HOSTILE), CloseStation(str(data.stations["id"].iloc[0]))]
    return study.run(scenario.apply(data, changes), today.profile, today.budget)


def content(layer: folium.GeoJson) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps(layer.data))["features"]
    return found


def test_the_cells_are_those_that_change(today: study.Study, later: study.Study) -> None:
    table = compare.difference(today, later)
    cells = table.cells
    lowest = cells[(cells["level"] == today.data.city.checked_level(None))]
    wanted = lowest[lowest["difference"] != 0]
    drawn = content(maps.difference_layer(table))
    assert len(drawn) == len(wanted) > 0
    for feature, row in zip(drawn, wanted.itertuples(), strict=True):
        assert feature["properties"]["gain"] == (row.difference > 0)
        assert f"{row.difference:+,.0f}" in feature["properties"]["told"]
    assert content(maps.difference_layer(compare.difference(today, today))) == []


def test_gains_and_losses_differ_in_more_than_colour(
    today: study.Study, later: study.Study
) -> None:
    layers = [
        maps.difference_layer(compare.difference(*studies))
        for studies in ((today, later), (later, today))
    ]
    looks = [layer.style_function(content(layer)[0]) for layer in layers]
    assert [look["fillColor"] for look in looks] == [differences.LOST, differences.GAINED]
    assert [bool(look["dashArray"]) for look in looks] == [True, False]


def test_a_link_is_drawn_from_street_to_street(later: study.Study) -> None:
    (feature,) = content(maps.works_layer(later.data))
    line, xy = shape(feature["geometry"]), later.data.added_links.geometry.iloc[0]
    assert line.geom_type == "LineString" and len(line.coords) == len(xy.coords)


def test_no_name_runs_on_the_map(later: study.Study, today: study.Study) -> None:
    area = maps.build(later)
    plain = maps.build(later).get_root().render()
    maps.works_layer(later.data).add_to(area)
    maps.difference_layer(compare.difference(today, later)).add_to(area)
    page = area.get_root().render()
    assert "<img src=x" not in page and "桥</script>" not in page
    for address in ('src="http', 'href="http'):  # of words, and of nothing to be fetched
        assert page.count(address) == plain.count(address)
