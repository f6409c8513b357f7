"""Make the layers that come as GeoJSON: circles, ring, gaps, one station's bands, stations, route.

Each is a Folium layer under the layer control. With ``url`` it stays empty until the page's
scripts fetch and show its data; with ``data`` (a GeoJSON mapping) it carries everything itself,
as a notebook or a saved file needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import folium
from branca.element import MacroElement
from folium.map import Layer
from folium.template import Template

from webmap.maps import style
from webmap.maps.text import escape, half, literal


class Drawn(Layer):
    """Base of our layers: a factory of the drawing module called with one options object.

    ``key`` names the layer for the page's scripts; ``title`` is its name in the layer control, in
    Chinese (the page translates it).
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = yizhan.{{ this.factory }}({{ this.literal }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        key: str,
        factory: str,
        options: Mapping[str, Any],
        *,
        title: str = "",
        control: bool = True,
        show: bool = True,
    ) -> None:
        super().__init__(name=escape(title or key), overlay=True, control=control, show=show)
        self._name = key.capitalize()
        self.key = key
        self.factory = factory
        self.literal = literal({"key": key, **options})


def _source(url: str | None, data: Mapping[str, Any] | None) -> dict[str, Any]:
    if (url is None) == (data is None):
        raise ValueError("give a layer either its address or its data")
    return {"url": url} if data is None else {"data": data}


def circles(url: str | None = None, *, data: Mapping[str, Any] | None = None) -> Drawn:
    """Return the union of the service circles along the streets."""
    options = {**_source(url, data), "pane": "circles", "style": style.CIRCLES_STYLE}
    return Drawn("circles", "areas", options, title="沿街服务圈")


def ring(url: str | None = None, *, data: Mapping[str, Any] | None = None) -> Drawn:
    """Return the outline of the straight-line ring: dashed, never filled."""
    options = {**_source(url, data), "pane": "ring", "style": style.RING_STYLE}
    return Drawn("ring", "areas", options, title="直线圈")


def gaps(
    url: str | None = None, *, data: Mapping[str, Any] | None = None, show: bool = True
) -> Drawn:
    """Return the ground that no station serves, hatched."""
    options = {**_source(url, data), "pane": "gaps", "style": style.GAPS_STYLE}
    return Drawn("gaps", "areas", options, title="空白区", show=show)


def bands() -> Drawn:
    """Return the empty layer for one station's 5, 10 and 15 minutes."""
    options = {"pane": "bands", "style": style.BANDS_STYLE, "ring": style.RING_STYLE}
    return Drawn("bands", "areas", options, control=False)


def stations(url: str | None = None, *, data: Mapping[str, Any] | None = None) -> Drawn:
    """Return the stations, drawn by tier on one canvas so that thousands stay fast."""
    options = {**_source(url, data), "pane": "stations", "style": style.STATION_STYLE}
    return Drawn("stations", "stations", options, title="驿站")


def route() -> Drawn:
    """Return the empty layer for a rider's position and the way to a station."""
    options = {"pane": "route", "style": style.ROUTE_STYLE}
    return Drawn("route", "route", options, control=False)


class Bridge(MacroElement):
    """Hand the map and its layers to the page's scripts: they wait for its ``map:ready``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            yizhan.ready({
                map: {{ this._parent.get_name() }},
                layers: {
                    {%- for layer in this.drawn() %}
                    {{ layer.key }}: {{ layer.get_name() }},
                    {%- endfor %}
                },
            });
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Bridge"

    def drawn(self) -> list[Drawn]:
        """Return our layers on the same map, in their order."""
        children = self._parent._children.values() if self._parent is not None else ()
        return [child for child in children if isinstance(child, Drawn)]


class Marks(MacroElement):
    """Say on the map itself where the data comes from, and how long its lines are."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            yizhan.marks({{ this._parent.get_name() }}, {{ this.literal }});
        {% endmacro %}
        """
    )

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "Marks"
        # The page says the same in its own language; a synthetic city's source names itself.
        date = facts.get("data_date")
        words = [half(facts["attribution"]), f"数据 {date}" if date else "数据日期不详"]
        self.literal = literal({"attribution": " · ".join(map(escape, words))})


def control() -> folium.LayerControl:
    """Return Leaflet's layer control; the page's own legend takes its place where scripts run."""
    return folium.LayerControl(position="topright", collapsed=True)
