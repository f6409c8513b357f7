"""The maps of the pages: Folium layers under a layer control, all local, without data."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from pathlib import Path

import folium
import pytest
from folium.map import Layer

import webmap
from webmap.maps import atlas, layers, page
from webmap.maps.canvas import Canvas, min_zoom
from webmap.maps.layers import Drawn

PAGES = ("map", "plan", "find", "present")
STATIC = Path(webmap.__file__).parent / "static"


@pytest.fixture
def facts():
    tiles = {
        name: {"url": f"/tiles/x/v/{name}.pmtiles", "minzoom": low, "maxzoom": 14}
        for name, low in (
            ("roads", 12),
            ("arterials", 7),
            ("water", 7),
            ("cells", 7),
            ("places", 10),
        )
    }
    return {
        "slug": "x",
        "name": "城",
        "synthetic": True,
        "data_date": "2025-08-01",
        "attribution": "© OpenStreetMap <b>contributors</b>",
        "bounds": [106.4, 29.4, 106.6, 29.5],
        "view": [106.4, 29.4, 106.6, 29.5],
        "levels": [{"level": 1, "cells": 4}, {"level": 2, "cells": 44}],
        "tiles": tiles,
    }


def _keys(area):
    return [child.key for child in area._children.values() if isinstance(child, Drawn)]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_elsewhere(facts, name):
    html = atlas.build(facts, name).get_root().render()
    linked = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", html)
    assert linked
    assert [link for link in linked if not link.startswith("/static/")] == []
    assert not re.search(r"https?://|jquery|bootstrap|font-?awesome|awesome.markers", html, re.I)


@pytest.mark.parametrize("name", PAGES)
def test_every_linked_file_is_ours_or_vendored(facts, name):
    parts = page.parts(atlas.build(facts, name))
    for link in re.findall(r"""(?:src|href)="/static/([^"]+)""", parts.head):
        if not link.startswith("vendor/"):
            assert (STATIC / link).is_file(), link
    module = re.search(r'from "/static/([^"]+)"', parts.script)
    assert module and (STATIC / module[1]).is_file()


def test_building_does_not_touch_folium_itself(facts):
    before = copy.deepcopy((folium.Map.default_js, folium.Map.default_css))
    atlas.build(facts, "map")
    assert (folium.Map.default_js, folium.Map.default_css) == before


@pytest.mark.parametrize("name", PAGES)
def test_layers_are_folium_layers_under_its_control(facts, name):
    area = atlas.build(facts, name)
    drawn = [child for child in area._children.values() if isinstance(child, Drawn)]
    assert isinstance(area, folium.Map) and all(isinstance(layer, Layer) for layer in drawn)
    control = next(c for c in area._children.values() if isinstance(c, folium.LayerControl))
    area.get_root().render()
    assert list(control.overlays.values()) == [layer.get_name() for layer in drawn if layer.control]


def test_a_page_has_the_layers_that_it_needs(facts):
    planner = [
        "ground",
        "cells",
        "gaps",
        "streets",
        "circles",
        "ring",
        "bands",
        "labels",
        "route",
        "stations",
    ]
    assert _keys(atlas.build(facts, "map")) == planner
    assert _keys(atlas.build(facts, "find")) == ["ground", "streets", "labels", "route", "stations"]


def test_a_city_without_cells_has_no_cell_layer(facts):
    facts["levels"] = []
    del facts["tiles"]["cells"]
    assert "cells" not in _keys(atlas.build(facts, "map"))


def test_only_tiles_that_exist_are_asked_for(facts):
    script = page.parts(atlas.build(facts, "map")).script
    assert "/tiles/x/v/roads.pmtiles" in script
    assert "buildings.pmtiles" not in script and "rail.pmtiles" not in script


def test_two_builds_are_equal_to_the_byte(facts):
    assert page.parts(atlas.build(facts, "map")) == page.parts(atlas.build(facts, "map"))


def test_the_hash_is_of_the_script_as_it_stands_in_the_page(facts):
    parts = page.parts(atlas.build(facts, "map"))
    digest = base64.b64encode(hashlib.sha256(parts.script.encode()).digest()).decode()
    assert parts.script_hashes == (f"sha256-{digest}",)
    assert "</script" not in parts.script.lower()


def test_the_source_line_is_escaped(facts):
    script = page.parts(atlas.build(facts, "map")).script
    assert "<b>" not in script
    # Escaped once for HTML, and once more for the script: & becomes \u0026.
    assert r"\u0026lt;b\u0026gt;contributors" in script


def test_the_source_line_speaks_one_language_and_knows_the_date_or_says_not(facts):
    facts["attribution"] = "虚构 · invented"
    assert layers.Marks(facts).literal == '{"attribution": "虚构 · 数据 2025-08-01"}'
    facts["data_date"] = None
    assert layers.Marks(facts).literal == '{"attribution": "虚构 · 数据日期不详"}'


def test_the_bridge_names_every_layer(facts):
    area = atlas.build(facts, "map")
    script = page.parts(area).script
    told = re.search(r"yizhan\.ready\(\{(.*)\}\);", script, re.S)
    assert told
    for key in _keys(area):
        assert re.search(rf"^{key}: \w+,$", told[1], re.M), key


def test_a_layer_may_carry_its_data_instead_of_an_address():
    empty = {"type": "FeatureCollection", "features": []}
    layer = layers.circles(data=empty)
    assert '"data": {"type": "FeatureCollection"' in layer.literal and '"url"' not in layer.literal
    with pytest.raises(ValueError, match="address or its data"):
        layers.circles()
    with pytest.raises(ValueError, match="address or its data"):
        layers.circles("/x", data=empty)


def test_layer_names_are_escaped():
    assert Drawn("k", "areas", {}, title="<img src=x>").layer_name == "&lt;img src=x&gt;"


@pytest.mark.parametrize(
    ("bounds", "zoom"),
    [
        # 0.2° wide: 256·2^z·0.2/360 ≤ 160 pixels for z ≤ log2(160·360/51.2) = 10.1
        ((106.4, 29.4, 106.6, 29.5), 10),
        # 2°: log2(160·360/512) = 6.8
        ((115.0, 39.0, 117.0, 40.0), 6),
        # a point: never closer than 13
        ((106.5, 29.5, 106.5, 29.5), 13),
    ],
)
def test_the_smallest_zoom_keeps_the_city_in_sight(bounds, zoom):
    assert min_zoom(bounds) == zoom


def test_static_files_may_live_under_another_root(facts):
    area = atlas.build(facts, "map", static="/x/static/")
    assert isinstance(area, Canvas)
    parts = page.parts(area)
    assert 'href="/x/static/css/leaflet.css"' in parts.head
    assert 'from "/x/static/js/draw/index.js"' in parts.script
