"""Draw the maps: the only package that speaks Folium, and it knows no Flask.

:func:`build` draws a finished study for a notebook or a file. Modules, each imports only
what stands above it: ``text`` (escaping), ``style`` (colours and widths), ``canvas`` (the Leaflet
map and its local assets), ``layers`` (one class per kind of layer), ``tiles`` (the layers that are
drawn from vector tiles), ``atlas`` (which layers a page has), ``page`` (a map taken apart into the
pieces of an HTML page), ``packed`` (frames as small JSON), ``assets`` (the package's own files, to
be inlined) and ``single`` (a map that carries everything in itself).
"""

from webmap.maps.single import build

__all__ = ["build"]
