"""Make the Leaflet map that all layers lie on, with local assets only.

Folium pulls twelve files from content networks and writes a viewport that forbids zooming. Here
the instance gets its own asset lists and its own template; nothing of Bootstrap, jQuery or Font
Awesome is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import folium
from folium.template import Template

from webmap.maps.text import literal

#: Name of an asset → path below the static folder.
SCRIPTS = (
    ("leaflet", "vendor/leaflet/leaflet.js"),
    ("protomaps", "vendor/protomaps-leaflet/protomaps-leaflet.js"),
)
SHEETS = (
    ("leaflet_css", "vendor/leaflet/leaflet.css"),
    ("map_css", "css/leaflet.css"),
)
#: The module that draws; page.py imports it under the name that the templates below use.
DRAW_MODULE = "js/draw/index.js"

MAX_ZOOM = 18


class Canvas(folium.Map):
    """Hold an empty, full-size map that looks at a city and loads nothing from elsewhere."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = yizhan.canvas(
                {{ this.get_name()|tojson }}, {{ this.literal }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, facts: Mapping[str, Any], *, static: str = "/static") -> None:
        west, south, east, north = facts["view"]
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2], tiles=None, zoom_control=False
        )
        self.static = static.rstrip("/")
        # Folium keeps these lists on the class, shared by every map of the process.
        self.default_js = [(name, f"{self.static}/{path}") for name, path in SCRIPTS]
        self.default_css = [(name, f"{self.static}/{path}") for name, path in SHEETS]
        self.literal = literal(
            {
                "bounds": [[south, west], [north, east]],
                "minZoom": min_zoom(facts["bounds"]),
                "maxZoom": MAX_ZOOM,
            }
        )


def min_zoom(bounds: tuple[float, float, float, float]) -> int:
    """Return the smallest useful zoom: the city still fills about a quarter of a small screen.

    ``bounds`` is west, south, east, north in degrees. A world of 256 pixels spans 360° at zoom 0.
    """
    west, south, east, north = bounds
    span = max(east - west, north - south, 1e-3)
    zoom = 0
    while zoom < 13 and 256 * 2 ** (zoom + 1) * span / 360 <= 160:
        zoom += 1
    return zoom
