"""A study as one map: complete in itself, opened from a file without any network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
import shapely

from geo import study, workspace
from geo.crs import to_wgs84
from geo.errors import InputError
from geo.model import Budget, Need, profile_named
from tests.watched import Watched
from tests.webmap import tinycity
from webmap import maps
from webmap.maps import assets
from webmap.maps.text import half


@pytest.fixture(scope="module")
def tiny() -> study.Study:
    """Who reaches a station of the tiny city within 5 minutes: some, not all."""
    return study.run(workspace.load("tiny"), profile_named("walk"), Budget(minutes=5))


@pytest.fixture(scope="module")
def saved(tiny: study.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "map.html"
    maps.build(tiny, basemap=workspace.basemap("tiny")).save(str(path))
    return path


class Opened(Watched):
    """Hold an open map, what it asked for and what went wrong on it."""

    def run(self, script: str, argument: Any = None) -> Any:
        """Evaluate a function of ``{map, layers}`` and one argument."""
        return self.page.evaluate(
            f"(argument) => yizhan.drawn.then((atlas) => ({script})(atlas, argument))", argument
        )

    def click(self, place: shapely.Point) -> None:
        """Click a position in degrees."""
        x, y = self.run(
            "({map}, at) => { const p = map.latLngToContainerPoint(at); return [p.x, p.y]; }",
            [place.y, place.x],
        )
        self.page.mouse.click(x, y)


@pytest.fixture(scope="module")
def pages(browser: Any) -> Iterator[Callable[[int, int], Any]]:
    """Return a function that gives a page of a size, on a machine without network.

    It is one for all tests: a window of its own costs each of them more than the map.
    """
    made: dict[tuple[int, int], Any] = {}

    def of(width: int, height: int) -> Any:
        phone = width < 768
        if (width, height) not in made:
            made[width, height] = browser.new_context(
                viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce",
                has_touch=phone, is_mobile=phone,
            ).new_page()  # fmt: skip
        return made[width, height]

    yield of
    for page in made.values():
        page.context.close()


@pytest.fixture
def opened(pages: Callable[[int, int], Any]) -> Iterator[Callable[..., Opened]]:
    """Return a function that opens a file as a double click does; nothing of it is remembered."""
    looked_at = []

    def open_file(path: Path, *, width: int = 1440, height: int = 900) -> Opened:
        page = pages(width, height)
        looked_at.append(Opened(page))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        return looked_at[-1]

    yield open_file
    for file in looked_at:
        file.leave()
        file.page.evaluate("localStorage.clear()")


def _centres(frame: gpd.GeoDataFrame) -> dict[str, shapely.Point]:
    """Return a position inside every cell, in degrees."""
    inside = to_wgs84(frame.set_geometry(frame.geometry.representative_point()))
    return dict(zip(frame["code"], inside.geometry, strict=True))


def _drawn_cells(page: Opened) -> None:
    page.page.wait_for_function(
        "() => document.querySelectorAll('.leaflet-cells-pane canvas').length > 0"
    )


def test_the_file_needs_nothing_but_itself(saved, opened):
    file = opened(saved)
    file.page.wait_for_load_state("networkidle")
    assert file.asked == [saved.as_uri()]
    assert file.faults == []


def test_the_file_is_complete_on_a_phone(saved, opened):
    file = opened(saved, width=390, height=844)
    assert file.asked == [saved.as_uri()] and file.faults == []
    wide = file.page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390


def test_the_text_of_the_file_holds_no_outward_link(saved):
    text = saved.read_text(encoding="utf-8")
    linked = re.findall(r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=[\"']?([^\"'>]*)", text)
    assert [link for link in linked if not link.startswith("data:")] == []
    assert not re.search(r"url\(\s*[\"']?(?!data:|#|none)[\w./]", text)
    assert "import(" not in text and "sourceMappingURL" not in text


def test_the_headline_is_the_studys(tiny, saved, opened):
    people = tiny.to_json()["people"]
    assert 0 < people["share"] < 1, "a figure that says something"
    figure = opened(saved).page.locator("#figure")
    assert figure.locator("#share").inner_text() == f"{people['share'] * 100:.1f}%"
    assert f"{people['covered']:,.0f}" in figure.locator("#of").inner_text()


def test_layers_are_switched_by_the_legend(saved, opened):
    file = opened(saved)
    for key in ("gaps", "circles", "ring", "stations", "cells", "labels"):
        shown = f"({{map, layers}}) => map.hasLayer(layers.{key})"
        box = file.page.locator(f"#legend input[data-layer={key}]")
        assert file.run(shown) is True
        box.uncheck()
        assert file.run(shown) is False
        box.check()
        assert file.run(shown) is True
    assert file.faults == []


def test_a_clicked_cell_shows_the_figures_of_the_study(tiny, saved, opened):
    cells = tiny.data.cells.join(tiny.cells).set_index("code")
    file = opened(saved)
    _drawn_cells(file)
    file.page.locator("#levels button").last.click()
    for code, place in _centres(tiny.data.cells[tiny.data.cells["level"] == 2]).items():
        file.run("({map}, at) => map.setView(at, 17, {animate: false})", [place.y, place.x])
        file.page.wait_for_function(
            "(at) => yizhan.drawn.then(({layers}) => layers.cells.codeAt(at) !== null)",
            arg={"lat": place.y, "lng": place.x},
        )
        file.click(place)
        card = file.page.locator("#card")
        row = cells.loc[code]
        assert card.locator("h2").text_content() == row["name"]
        text = card.inner_text()
        assert f"{row['share'] * 100:.1f}%" in text
        assert f"{row['people']:,.0f} 人" in text
        assert f"{row['people'] - row['covered']:,.0f} 人" in text
        # The main cause stands there when somebody is not covered.
        assert ("原因" in text) == (row["share"] < 1)
        card.locator(".close").click()


@pytest.mark.parametrize("zoom", [13, 15, 17, 18])
def test_tiles_cut_in_the_browser_hold_every_cell_where_it_is(tiny, saved, opened, zoom):
    file = opened(saved)
    file.page.locator("#levels button").last.click()
    for code, place in _centres(tiny.data.cells[tiny.data.cells["level"] == 2]).items():
        file.run(
            "({map}, [at, zoom]) => map.setView(at, zoom, {animate: false})",
            [[place.y, place.x], zoom],
        )
        file.page.wait_for_function(
            "([at, code]) => yizhan.drawn.then(({layers}) => layers.cells.codeAt(at) === code)",
            arg=[{"lat": place.y, "lng": place.x}, code],
            timeout=5000,
        )


def test_a_clicked_station_shows_its_facts(tiny, saved, opened):
    file = opened(saved)
    at = to_wgs84(tiny.data.stations).set_index("id").loc["c1", "geometry"]
    file.run("({map}, at) => map.setView(at, 16, {animate: false})", [at.y, at.x])
    file.click(at)
    text = file.page.locator("#card").inner_text()
    assert "西门驿站" in text and "2横街1号" in text and "08:00–20:00" in text
    assert "00,000" not in text, "no row waits for bands that never come"


def test_hostile_names_stay_text(tiny, saved, opened):
    file = opened(saved)
    assert tinycity.HOSTILE in file.page.locator(".panel-head h1").text_content()
    assert tinycity.HOSTILE in file.page.title()
    at = to_wgs84(tiny.data.stations).set_index("id").loc["h2", "geometry"]
    file.run("({map}, at) => map.setView(at, 16, {animate: false})", [at.y, at.x])
    file.click(at)
    assert file.page.locator("#card h2").text_content() == tinycity.HOSTILE
    place = _centres(tiny.data.cells)["0102"]
    file.page.locator("#levels button").last.click()
    x, y = file.run(
        "({map}, at) => { const p = map.latLngToContainerPoint(at); return [p.x, p.y]; }",
        [place.y, place.x],
    )
    file.page.wait_for_function(
        "(at) => yizhan.drawn.then(({layers}) => layers.cells.codeAt(at) !== null)",
        arg={"lat": place.y, "lng": place.x},
    )
    file.page.mouse.move(x, y)
    assert tinycity.HOSTILE in file.page.locator(".hint").text_content()
    assert file.page.locator("img[src=x]").count() == 0
    assert file.faults == []


def test_source_and_date_stand_on_the_map_once(tiny, saved, opened):
    line = opened(saved).page.locator(".leaflet-control-attribution").inner_text()
    source = tiny.data.city.attribution
    assert line.replace("\n", "") == f"{half(source)} · 数据日期不详"


def test_a_synthetic_city_says_so_once_and_in_one_language(tiny, opened, tmp_path):
    source = "合成示例数据，非真实数据 · invented, not real data"
    city = replace(tiny.data.city, synthetic=True, attribution=source, data_date="2025-08-01")
    invented = replace(tiny, data=replace(tiny.data, city=city))
    for lang, wanted in (
        ("zh", "合成示例数据，非真实数据 · 数据 2025-08-01"),
        ("en", "invented, not real data · data of 2025-08-01"),
    ):
        path = tmp_path / f"{lang}.html"
        maps.build(invented, lang=lang).save(str(path))
        line = opened(path).page.locator(".leaflet-control-attribution")
        assert line.inner_text().replace("\n", "") == wanted


def test_words_are_english_where_asked_for(tiny, opened, tmp_path):
    path = tmp_path / "map.html"
    maps.build(tiny, lang="en").save(str(path))
    file = opened(path)
    assert file.page.locator("html").get_attribute("lang") == "en"
    assert "Residents" in file.page.locator("#lead").inner_text()
    assert (
        "date of the data unknown" in file.page.locator(".leaflet-control-attribution").inner_text()
    )
    assert file.faults == []


def test_a_city_of_streets_alone_has_a_map(tiny_home, opened, tmp_path):
    bare = study.run(workspace.load("bare"), profile_named("walk"), Budget(minutes=15))
    path = tmp_path / "map.html"
    maps.build(bare).save(str(path))
    file = opened(path)
    assert file.run("({layers}) => Object.keys(layers).includes('streets')")
    assert file.faults == []


def test_a_study_of_hour_and_services_says_so(tiny, opened, tmp_path):
    # At noon c1 (8 to 20 o'clock) gives water; h2 does not, and its hours are unknown.
    need = Need(("water",), datetime(2026, 11, 20, 12, 0))
    asked = study.run(tiny.data, tiny.profile, tiny.budget, need)
    path = tmp_path / "noon.html"
    maps.build(asked).save(str(path))
    seen = opened(path)
    assert seen.page.inner_text("#need") == "1 个驿站可用 · 11月20日 周五 12:00 · 饮水"
    assert "附近驿站没有所需服务" in seen.page.inner_text("#reasons")
    idle = seen.run(
        "({layers}) => layers.stations.getLayers().map((m) => [m.options.tier, !!m.options.idle])"
    )
    assert sorted(idle) == [["centre", False], ["point", True]]
    assert seen.page.is_visible("#legend .offers") and seen.faults == []


def test_it_shows_itself_in_a_notebook(tiny, browser, tmp_path):
    html = maps.build(tiny)._repr_html_()
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_content(f"<!doctype html><body>{html}</body>")
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    # A frame of a notebook has no address of its own to remember the choice in.
    frame.locator("#levels button").first.click()
    frame.locator("#levels button[aria-pressed=true]").first.wait_for()
    assert "%" in frame.locator("#share").inner_text()
    page.close()
    assert faults == []


def test_layers_of_ones_own_join_the_control(tiny, opened, tmp_path):
    area = maps.build(tiny)
    folium.FeatureGroup(name="我的图层").add_to(area)
    folium.Marker([tinycity.lat(1), tinycity.lon(1)], tooltip="这里").add_to(area)
    path = tmp_path / "map.html"
    area.save(str(path))
    file = opened(path)
    file.page.locator(".leaflet-control-layers").hover()
    listed = file.page.locator(".leaflet-control-layers-overlays label").all_inner_texts()
    assert "我的图层" in [name.strip() for name in listed]
    assert file.page.locator(".leaflet-marker-icon").count() == 1
    assert file.asked == [path.as_uri()] and file.faults == []


def test_the_same_study_gives_the_same_file(tiny, saved, tmp_path):
    again = tmp_path / "map.html"
    maps.build(tiny, basemap=workspace.basemap("tiny")).save(str(again))
    assert again.read_bytes() == saved.read_bytes()


def test_a_missing_bundle_says_how_it_is_made(tiny, monkeypatch, tmp_path):
    (tmp_path / "vendor").symlink_to(assets.STATIC / "vendor")
    (tmp_path / "css").symlink_to(assets.STATIC / "css")
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    with pytest.raises(InputError, match="make vendor"):
        maps.build(tiny).get_root().render()
