"""Draw what a scenario changes over a finished study: cells gained and lost, links, opened gates.

The layers are Folium's own, to be added to the map that :func:`webmap.maps.single.build` returns;
they stand in its layer control and go into the saved file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import folium
import geopandas as gpd
import numpy as np

from geo.city import CityData
from geo.crs import to_wgs84
from geo.scenario.compare import Difference
from webmap.maps import style
from webmap.maps.text import escape, half

#: Colours of gains and of losses, as on the planner's map; a loss is dashed, too.
GAINED, LOST = style.MORE[-1], style.LESS[-1][0]


def difference_layer(
    difference: Difference, level: int | None = None, *, lang: str = "zh"
) -> folium.GeoJson:
    """Return the cells of a level (the lowest for ``None``) where another number is covered.

    The stronger the colour, the larger the change in the share of the cell. Its figures are exact:
    add it to a map of the edition ``internal`` only.
    """
    data = difference.before.data
    level = data.city.checked_level(level)
    table = difference.cells
    changed = (table["level"] == level) & (table["difference"] != 0) & table["difference"].notna()
    rows, cells = table[changed], data.cells[changed.to_numpy()]
    unit = "人" if difference.measure == "people" else "m²"
    told = [
        escape(f"{name or code}：{step:+,.0f} {unit}")
        for name, code, step in zip(cells["name"], rows["code"], rows["difference"], strict=True)
    ]
    steps = rows["difference"].to_numpy(float)
    strength = np.nan_to_num(np.abs(rows["share_difference"].to_numpy(float)), nan=1.0)
    frame = gpd.GeoDataFrame(
        {"told": told, "gain": steps > 0, "strength": strength},
        geometry=cells.geometry.to_numpy(),
        crs=cells.crs,
    )
    return _layer(frame, half("与之前相比 · Difference", lang), _of_change)


def works_layer(data: CityData, *, lang: str = "zh") -> folium.GeoJson:
    """Return the links that were added to the streets, and as points what was opened."""
    lines, gates = data.added_links, data.opened_gates
    told = [
        escape(f"{name or own}：{metres:,.0f} m")
        for own, name, metres in zip(lines["id"], lines["name"], lines["length_m"], strict=True)
    ] + [escape(str(own)) for own in gates["id"]]
    # Points as small circles of ground: Folium's own markers would look for images.
    discs = gates.buffer(4.0).to_list()
    frame = gpd.GeoDataFrame({"told": told}, geometry=[*lines.geometry, *discs], crs=data.city.crs)
    return _layer(frame, half("新通道 · New links", lang), _of_work)


def _layer(
    frame: gpd.GeoDataFrame, title: str, look: Callable[[dict[str, Any]], dict[str, Any]]
) -> folium.GeoJson:
    """Return a frame in the metric CRS as a layer; its column ``told`` is shown on hovering."""
    tooltip = folium.GeoJsonTooltip(["told"], labels=False) if len(frame) else None
    content = to_wgs84(frame).to_json()
    return folium.GeoJson(content, name=escape(title), style_function=look, tooltip=tooltip)


def _of_change(feature: dict[str, Any]) -> dict[str, Any]:
    own = feature["properties"]
    colour = GAINED if own["gain"] else LOST
    return {
        "color": colour,
        "weight": 1.5,
        "dashArray": None if own["gain"] else "4 3",
        "fillColor": colour,
        "fillOpacity": 0.25 + 0.55 * min(1.0, own["strength"]),
    }


def _of_work(feature: dict[str, Any]) -> dict[str, Any]:
    return {"color": style.BRAND, "weight": 5, "opacity": 0.95, "fillOpacity": 0.9}
