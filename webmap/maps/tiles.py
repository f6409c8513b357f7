"""Make the layers that are drawn from the city's own vector tiles (PMTiles), without any server
of glyphs or styles: ground, streets, names, and the cells that are coloured in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webmap.maps import style
from webmap.maps.layers import Drawn


def sources(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return name → place and greatest data zoom of those tile sets that the city has.

    The place is the address of an archive (``url``) or an island of the page (``island``).
    """
    return {name: _source(facts["tiles"][name]) for name in names if name in facts["tiles"]}


def _source(tiles: Mapping[str, Any]) -> dict[str, Any]:
    if "island" in tiles:
        return {
            "island": tiles["island"],
            "minZoom": tiles["minzoom"],
            "maxDataZoom": tiles["maxzoom"],
        }
    return {"url": tiles["url"], "maxDataZoom": tiles["maxzoom"]}


def ground(facts: Mapping[str, Any]) -> Drawn:
    """Return water, green and buildings: they lie below the cells."""
    options = {
        "pane": "ground",
        "sources": sources(facts, ("water", "green", "buildings")),
        "style": style.GROUND_STYLE,
        "night": style.GROUND_NIGHT,
    }
    return Drawn("ground", "ground", options, title="水面绿地建筑", control=False)


def streets(facts: Mapping[str, Any]) -> Drawn:
    """Return streets by class and zoom, and railways: they lie above the cells."""
    options = {
        "pane": "streets",
        "sources": sources(facts, ("rail", "arterials", "roads")),
        "style": style.STREET_STYLE,
        "night": style.STREET_NIGHT,
    }
    return Drawn("streets", "streets", options, title="街道")


def labels(facts: Mapping[str, Any], *, show: bool = True) -> Drawn:
    """Return the names of places, streets and waters."""
    options = {
        "pane": "labels",
        "sources": sources(facts, ("places", "roads", "water")),
        "style": style.LABEL_STYLE,
        "night": style.LABEL_NIGHT,
    }
    return Drawn("labels", "labels", options, title="地名", show=show)


def cells(facts: Mapping[str, Any]) -> Drawn:
    """Return the cells: geometry from tiles, colours from the coverage of the chosen study.

    The tiles carry ``code``, ``name`` and ``level``; switching profile, budget or level repaints
    what is loaded and fetches no geometry.
    """
    options = {
        "pane": "cells",
        "sources": sources(facts, ("cells",)),
        "level": max((level["level"] for level in facts["levels"]), default=1),
        "style": style.CELL_STYLE,
    }
    return Drawn("cells", "cells", options, title="网格比例")
