"""Say which layers each page has. A map is built once per city and page and holds no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import folium
from branca.element import Element

from webmap.maps import layers, tiles
from webmap.maps.canvas import Canvas

Page = Literal["map", "plan", "find", "present"]


def build(facts: Mapping[str, Any], page: Page, *, static: str = "/static") -> folium.Map:
    """Return the map of one page of a city.

    ``facts`` is the city as the API tells it (``/api/cities/{slug}``); only addresses and bounds
    are taken from it, so editing stations never makes the map old.
    """
    area = Canvas(facts, static=static)
    return furnished(area, facts, page, f"/api/cities/{facts['slug']}")


def furnished(area: folium.Map, facts: Mapping[str, Any], page: Page, api: str) -> folium.Map:
    """Add the layers of a page to an empty map; ``api`` is where their data is asked for.

    A map that carries its own data has them, too: there ``api`` is empty, and the tile sets of
    ``facts`` are islands of the page.
    """
    area.add_child(tiles.ground(facts))
    if page != "find":
        if facts["levels"] and "cells" in facts["tiles"]:
            area.add_child(tiles.cells(facts))
        area.add_child(layers.gaps(f"{api}/layers/gaps", show=page != "present"))
    area.add_child(tiles.streets(facts))
    if page != "find":
        area.add_child(layers.circles(f"{api}/layers/circles"))
        area.add_child(layers.ring(f"{api}/layers/ring"))
        area.add_child(layers.bands())
    area.add_child(tiles.labels(facts))
    area.add_child(layers.route())
    area.add_child(layers.stations(f"{api}/stations"))
    return finish(area, facts)


def finish(area: folium.Map, facts: Mapping[str, Any]) -> folium.Map:
    """Add what must come last: marks, layer control, bridge; then number all elements.

    Folium names elements at random; numbers make two builds of the same page equal to the byte,
    so that every worker process serves the same page.
    """
    area.add_child(layers.Marks(facts))
    area.add_child(layers.control())
    area.add_child(layers.Bridge())
    _number(area)
    return area


def _number(element: Element, counter: list[int] | None = None) -> None:
    counter = [0] if counter is None else counter
    element._id = f"{counter[0]:02d}"
    counter[0] += 1
    for child in element._children.values():
        _number(child, counter)
