"""Write a city into one file from which a phone finds the nearest stations in flight mode.

The file – a *pocket* – holds the streets, barriers, stations, gates and names of a city, and the
opening hours of fourteen days. What it answers is what the server answers, to the millisecond:
:mod:`geo.pocket.projection` and :mod:`geo.pocket.streets` say why. Its layout stands in
``docs/pocket.md``; the reader is ``webmap/static/js/pocket``.
"""

from geo.pocket.container import FORMAT, PocketBroken, read
from geo.pocket.packing import Pocket, make, renewal

__all__ = ["FORMAT", "Pocket", "PocketBroken", "make", "read", "renewal"]
