"""Draw a finished study as one map that carries everything in itself.

The same layers as on the served page, under the same layer control, with the data inlined: the map
shows itself in a notebook, and ``.save()`` writes one file that opens without server or network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from geo import answers, disclosure
from geo.city import CityData
from geo.disclosure import Edition
from geo.study import Study
from geo.tiles import whole_ways
from webmap import disclosed, geojson, rows
from webmap import facts as city_facts
from webmap.maps import assets, layers, tiles
from webmap.maps.atlas import finish
from webmap.maps.canvas import SCRIPTS, SHEETS, Canvas
from webmap.maps.packed import pack
from webmap.maps.text import escape, literal

Lang = Literal["zh", "en"]

#: Style sheets of the page around the map, after those of the map itself.
PAGE_SHEETS = ("css/tokens.css", "css/base.css", "css/map.css", "css/overlays.css",
               "css/phone.css", "css/file.css")  # fmt: skip
#: The closest zoom whose tiles are cut with every point; closer ones enlarge them.
FINEST_ZOOM = 16
STREETS_TOLERANCE_M, AREAS_TOLERANCE_M = 0.7, 1.0
BUILDINGS_FROM, PLACES_FROM = 14, 10
#: Height of the map in a notebook, CSS pixels.
NOTEBOOK_HEIGHT = 680

_CELL_COLUMNS = ("code", "name", "level", "parent", "people", "covered", "share", "ground_share",
                 "class", "null_reason", "reason", "suppressed")  # fmt: skip


class Island(MacroElement):
    """Put a value into the page as JSON, under an id that the scripts know."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <script type="application/json" id="{{ this.key }}">{{ this.json }}</script>
        {% endmacro %}
        """
    )

    def __init__(self, key: str, value: Any) -> None:
        super().__init__()
        self._name = "Island"
        self.key = key
        self.json = literal(geojson.plain(value))


class WholeCanvas(Canvas):
    """Hold a map with its scripts, style sheets and page inside: no link leads out of it."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            {{ this.page() }}
        {% endmacro %}
        {% macro script(this, kwargs) %}
            {{ this.bundle() }}
            var {{ this.get_name() }} = yizhan.canvas(
                {{ this.get_name()|tojson }}, {{ this.literal }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, facts: Mapping[str, Any], lang: Lang, edition: Edition) -> None:
        super().__init__(facts)
        self.facts, self.lang, self.edition = facts, lang, edition
        self.default_js, self.default_css = [], []
        figure = Figure(height=f"{NOTEBOOK_HEIGHT}px", title=escape(facts["name"]))
        figure.add_child(self)
        for element in self._head():
            figure.header.add_child(element)

    def _head(self) -> list[Element]:
        language = "en" if self.lang == "en" else "zh-CN"
        head = [
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',
            f'<script>document.documentElement.lang = "{language}";</script>',
        ]
        head += [f"<style>{assets.sheet(path)}</style>" for _, path in SHEETS]
        head += [f"<style>{assets.sheet(path)}</style>" for path in PAGE_SHEETS]
        head += [f"<script>{assets.script(path)}</script>" for _, path in SCRIPTS]
        # Leaflet would look for these images in a folder beside the page.
        icons = literal(assets.marker_icons())
        head.append(
            "<script>delete L.Icon.Default.prototype._getIconUrl;"
            f"L.Icon.Default.mergeOptions({icons});</script>"
        )
        return [Verbatim(part) for part in head]

    def page(self) -> str:
        """Return the markup around the map."""
        return assets.body("file.html", self.lang, city=self.facts, edition=self.edition,
                           map_id=self.get_name())  # fmt: skip

    def bundle(self) -> str:
        """Return the page's modules as one script."""
        return assets.script(assets.BUNDLE)

    def render(self, **kwargs: Any) -> str:
        """Render; what was added after the layer control still comes before it."""
        for name, child in list(self._children.items()):
            if isinstance(child, (layers.Marks, folium.LayerControl, layers.Bridge)):
                self._children.move_to_end(name)
        return str(super().render(**kwargs))

    def _repr_html_(self, **kwargs: Any) -> str:
        """Return the map as a notebook shows it."""
        figure = self.get_root()
        assert isinstance(figure, Figure)
        return str(figure._repr_html_(**kwargs))


class Verbatim(Element):
    """Hold text that is no template: scripts are full of braces."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def build(
    study: Study,
    *,
    basemap: Mapping[str, gpd.GeoDataFrame] | None = None,
    lang: Lang = "zh",
    edition: Edition = "public",
) -> folium.Map:
    """Return a finished study as a map that shows itself in a notebook and saves as one file.

    ``basemap`` are the layers that lie beneath – ``streets``, ``water``, ``green``, ``buildings``,
    ``landmarks``, in the city's metric CRS – as :func:`geo.workspace.basemap` reads them; without
    it the map has the streets and waters that the study itself knows. ``lang`` is the language of
    its words. The file may be shown to anybody: counts of fewer than ten people are withheld,
    others rounded to ten; with the ``edition`` ``internal`` it is exact, and says so. Layers added
    to the returned map appear in its layer control.
    """
    data = study.data
    told = _told(study, edition)
    known = city_facts.of_city(data, "", {})
    if edition == "public":
        known = disclosed.facts(known)
    known["profiles"] = [p for p in known["profiles"] if p["name"] == study.profile.name]
    known["budgets"] = [{"key": study.budget.key, "minutes": study.budget.minutes,
                         "distance_m": study.budget.distance_m}]  # fmt: skip
    ground = _ground(data, basemap or {})
    facts = known | {
        "tiles": {name: {"island": f"tiles-{name}", "maxzoom": FINEST_ZOOM} for name in ground}
    }
    area = WholeCanvas(facts, lang, edition)
    islands = {f"tiles-{name}": layer for name, layer in ground.items()} | {
        "city-facts": {name: value for name, value in known.items() if name != "tiles"},
        "messages": assets.messages(lang),
        "study-figures": told.summary,
        "cell-figures": _cell_columns(data, told.cells),
        "serving": _serving(study),
    }
    for key, value in islands.items():
        area.add_child(Island(key, value))
    area.add_child(tiles.ground(facts))
    if "cells" in ground:
        area.add_child(tiles.cells(facts))
    area.add_child(layers.gaps(data=_drawn(study, told.gaps)))
    area.add_child(tiles.streets(facts))
    area.add_child(layers.circles(data=_drawn(study, study.circles)))
    area.add_child(layers.ring(data=_drawn(study, study.ring)))
    area.add_child(layers.bands())
    area.add_child(tiles.labels(facts))
    area.add_child(layers.route())
    area.add_child(layers.stations(data=_stations(data)))
    words = islands["messages"]
    for layer in area._children.values():
        if isinstance(layer, layers.Drawn):
            layer.layer_name = escape(words.get(layer.layer_name, layer.layer_name))
    return finish(area, facts)


@dataclass(frozen=True)
class _Told:
    """Hold what an edition tells of a study."""

    summary: dict[str, Any]
    cells: pd.DataFrame
    gaps: gpd.GeoDataFrame


def _told(study: Study, edition: Edition) -> _Told:
    exact, cells, gaps = study.to_json(), study.cells, study.gaps
    if edition == "internal":
        return _Told(exact, cells, gaps)
    cells = disclosure.public_cells(study.data.cells, cells)
    lost = {name: row["people"] for name, row in exact["uncovered"].items()}
    gaps = disclosure.public_gaps(gaps, lost)
    return _Told(disclosure.public_summary(exact, study.data.cells, cells), cells, gaps)


def _ground(data: CityData, basemap: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Return the packed layers that tiles are cut from, by the name of their tile set."""
    streets = basemap.get("streets")
    ways = _network_streets(data) if streets is None else whole_ways(
        streets, ("highway", "name", "tunnel")
    )  # fmt: skip
    barriers = data.barriers
    water = basemap.get("water", barriers[barriers["kind"] == "water"])
    rail = barriers[barriers["kind"] == "railway"]
    packed = {
        "water": pack(water, ("name",), tolerance_m=AREAS_TOLERANCE_M),
        "rail": pack(rail, ("name",), tolerance_m=AREAS_TOLERANCE_M),
        "roads": pack(ways, ("highway", "name", "tunnel"), tolerance_m=STREETS_TOLERANCE_M),
        "cells": pack(data.cells, ("code", "level"), tolerance_m=AREAS_TOLERANCE_M),
    }
    if "green" in basemap:
        packed["green"] = pack(basemap["green"], tolerance_m=AREAS_TOLERANCE_M)
    if "buildings" in basemap:
        packed["buildings"] = pack(basemap["buildings"], minzoom=BUILDINGS_FROM)
    if "landmarks" in basemap:
        landmarks = basemap["landmarks"]
        named = landmarks[landmarks["name"] != ""]
        packed["places"] = pack(named, ("name", "kind"), minzoom=PLACES_FROM)
    return {name: layer for name, layer in packed.items() if layer is not None}


def _network_streets(data: CityData) -> gpd.GeoDataFrame:
    """Return the streets as the street network itself knows them, metric CRS."""
    network = data.network
    counts = np.diff(network.coord_start)
    lines = shapely.linestrings(
        np.asarray(network.coords), indices=np.repeat(np.arange(len(counts)), counts)
    )
    return gpd.GeoDataFrame(
        {
            "highway": np.array(network.highways, dtype=object)[network.highway_id],
            "name": np.array(network.names, dtype=object)[network.name_id],
        },
        geometry=lines,
        crs=data.city.crs,
    )


def _drawn(study: Study, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return drawn areas as GeoJSON, as simple as the served page draws them."""
    tolerance_m = study.data.pixels.grid.step_m / 4.0
    drawn: dict[str, Any] = json.loads(answers.geojson(frame, tolerance_m))
    return drawn


def _stations(data: CityData) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(geojson.collection(data.stations, rows.station_facts(data)))
    return drawn


def _serving(study: Study) -> list[str] | None:
    """Return the ids of the stations that serve the study's need; ``None`` = it asks for none."""
    if study.need.plain:
        return None
    return [str(key) for key in study.data.stations["id"].iloc[study.stations]]


def _cell_columns(data: CityData, cells: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the figures of all cells column by column; unknown is null."""
    names = [name for name in _CELL_COLUMNS if name in cells or name in data.cells]
    figures = data.cells.drop(columns="geometry").join(cells[[n for n in names if n in cells]])
    out = {name: geojson.plain(figures[name].tolist()) for name in names}
    for name in out.keys() & {"class", "null_reason", "reason", "suppressed"}:
        out[name] = [value or None for value in out[name]]
    return out
