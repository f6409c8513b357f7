"""Draw the maps: the only package that speaks Folium, and it knows no Flask.

:func:`build` draws a finished study for a notebook or a file; :func:`difference_layer` and
:func:`works_layer` lay over it what a scenario changes. Modules, each imports only what stands
above it: ``text`` (escaping), ``style`` (colours and widths), ``canvas`` (the Leaflet map and its
local assets), ``layers`` (one class per kind of layer), ``tiles`` (the layers that are drawn from
vector tiles), ``differences`` (the layers of a scenario), ``atlas`` (which layers a page has),
``page`` (a map taken apart into the pieces of an HTML page), ``packed`` (frames as small JSON),
``assets`` (the package's own files, to be inlined) and ``single`` (a map that carries everything in
itself).
"""

from webmap.maps.differences import difference_layer, works_layer
from webmap.maps.single import build

__all__ = ["build", "difference_layer", "works_layer"]
