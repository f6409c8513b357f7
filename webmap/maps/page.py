"""Take a Folium map apart into the pieces that a page template puts in its places."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import folium
from branca.element import Figure

from webmap.maps.canvas import DRAW_MODULE, Canvas


@dataclass(frozen=True)
class PageParts:
    """Hold the pieces of a page's map as HTML.

    ``head`` are links to local files, ``body`` is the map's element, ``script`` the text of one
    module script; ``script_hashes`` are its CSP sources without quotes (``sha256-…``).
    """

    head: str
    body: str
    script: str
    script_hashes: tuple[str, ...]


def parts(area: folium.Map) -> PageParts:
    """Render the map once and return its pieces; render each map only once."""
    figure = area.get_root()
    assert isinstance(figure, Figure)  # Folium puts every map into one
    figure.render()
    static = area.static if isinstance(area, Canvas) else "/static"
    script = (
        f'import * as yizhan from "{static}/{DRAW_MODULE}";\n{_compact(figure.script.render())}'
    )
    return PageParts(
        head=_compact(figure.header.render()),
        body=_compact(figure.html.render()),
        script=script,
        script_hashes=(csp_hash(script),),
    )


def csp_hash(script: str) -> str:
    """Return the CSP source of an inline script: SHA-256 of its exact text, base64."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _compact(text: str) -> str:
    """Drop the indentation and empty lines that the templates leave behind."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
