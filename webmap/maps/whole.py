"""Make a map that holds its scripts, style sheets, page and data inside: no link leads out of it.

Data stands in *islands*: elements whose text is JSON, plain or packed (gzip, then base64), which
the scripts read when they need it. Nothing in an island is ever run.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from geo.disclosure import Edition
from webmap import geojson
from webmap.maps import assets, layers
from webmap.maps.canvas import SCRIPTS, SHEETS, Canvas
from webmap.maps.text import escape, literal

Lang = Literal["zh", "en"]

#: What a closed page may do: run and wear what stands in it, and show pictures that it draws.
_CLOSED = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
#: Height of the map in a notebook, CSS pixels.
NOTEBOOK_HEIGHT = 680


@dataclass(frozen=True)
class Page:
    """Hold what is around a map: a template, its style sheets after the map's own, its modules.

    ``bundle`` is the modules as one classic script below the static folder. A ``closed`` page
    forbids the browser to ask for anything, whatever its scripts do; nobody can add a layer to it
    that comes from elsewhere.
    """

    template: str
    sheets: tuple[str, ...]
    bundle: str
    closed: bool = False


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


class Packed(MacroElement):
    """Put the text of a JSON value into the page, packed; equal texts give equal letters."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <script type="application/gzip" id="{{ this.key }}">{{ this.letters }}</script>
        {% endmacro %}
        """
    )

    def __init__(self, key: str, text: bytes) -> None:
        super().__init__()
        self._name = "Packed"
        self.key = key
        self.letters = base64.b64encode(gzip.compress(text, 9, mtime=0)).decode()


class WholeCanvas(Canvas):
    """Hold a map with the page around it, complete in one file."""

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

    def __init__(
        self,
        facts: Mapping[str, Any],
        lang: Lang,
        edition: Edition,
        around: Page,
        *,
        title: str | None = None,
    ) -> None:
        super().__init__(facts)
        self.facts, self.lang, self.edition, self.around = facts, lang, edition, around
        self.default_js, self.default_css = [], []
        figure = Figure(height=f"{NOTEBOOK_HEIGHT}px", title=escape(title or facts["name"]))
        figure.add_child(self)
        for element in self._head():
            figure.header.add_child(element)

    def _head(self) -> list[Element]:
        language = "en" if self.lang == "en" else "zh-CN"
        policy = f'<meta http-equiv="Content-Security-Policy" content="{_CLOSED}">'
        head = [
            *([policy] if self.around.closed else []),
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',
            f'<script>document.documentElement.lang = "{language}";</script>',
        ]
        head += [f"<style>{assets.sheet(path)}</style>" for _, path in SHEETS]
        head += [f"<style>{assets.sheet(path)}</style>" for path in self.around.sheets]
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
        return assets.body(
            self.around.template, self.lang, city=self.facts, edition=self.edition,
            map_id=self.get_name(),
        )  # fmt: skip

    def bundle(self) -> str:
        """Return the page's modules as one script."""
        return assets.script(self.around.bundle)

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


def translated(area: folium.Map, lang: Lang) -> None:
    """Name the layers of a map in a language."""
    words = assets.messages(lang)
    for layer in area._children.values():
        if isinstance(layer, layers.Drawn):
            layer.layer_name = escape(words.get(layer.layer_name, layer.layer_name))
