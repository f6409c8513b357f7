"""Draw a finished study as one map that carries everything in itself.

The same layers as on the served page, under the same layer control, with the data inlined: the map
shows itself in a notebook, and ``.save()`` writes one file that opens without server or network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import folium
import geopandas as gpd
import pandas as pd

from geo import disclosure
from geo.disclosure import Edition
from geo.study import Study
from webmap import disclosed
from webmap import facts as city_facts
from webmap.maps import assets, beneath, carried, layers, tiles
from webmap.maps.atlas import finish
from webmap.maps.whole import Island, Lang, Page, WholeCanvas, translated

#: The page around the map: panel, card, legend.
PAGE = Page(
    template="file.html",
    sheets=("css/tokens.css", "css/base.css", "css/map.css", "css/overlays.css", "css/phone.css",
            "css/file.css"),
    bundle=assets.MAP_BUNDLE,
)  # fmt: skip


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
    ground = beneath.packed_layers(data, basemap or {})
    facts = known | {"tiles": beneath.tile_sets(ground)}
    area = WholeCanvas(facts, lang, edition, PAGE)
    islands = {beneath.island(name): layer for name, layer in ground.items()} | {
        "city-facts": {name: value for name, value in known.items() if name != "tiles"},
        "messages": assets.messages(lang),
        "study-figures": told.summary,
        "cell-figures": carried.cell_columns(data, told.cells),
        "serving": carried.serving(study),
    }
    for key, value in islands.items():
        area.add_child(Island(key, value))
    area.add_child(tiles.ground(facts))
    if "cells" in ground:
        area.add_child(tiles.cells(facts))
    area.add_child(layers.gaps(data=carried.drawn(study, told.gaps)))
    area.add_child(tiles.streets(facts))
    area.add_child(layers.circles(data=carried.drawn(study, study.circles)))
    area.add_child(layers.ring(data=carried.drawn(study, study.ring)))
    area.add_child(layers.bands())
    area.add_child(tiles.labels(facts))
    area.add_child(layers.route())
    area.add_child(layers.stations(data=carried.stations(data)))
    translated(area, lang)
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
