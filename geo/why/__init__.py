"""Say why a place is not served, and find what exactly would mend it.

============================  ======================================================================
module                        what it knows
============================  ======================================================================
:mod:`geo.why.answer`         the whole answer about one place: cause, way, remedies
:mod:`geo.why.mending`        the missing link of a whole gap, and the people it would bring in time
:mod:`geo.why.remedies`       what would serve a place, cause by cause
:mod:`geo.why.missing`        the shortest missing link: a bridge, a path, an opened gate
:mod:`geo.why.street_points`  where something new may join the streets
:mod:`geo.why.obstacle`       the gate, steps or closed way that refuse a profile
:mod:`geo.why.phrases`        the answer in one sentence
============================  ======================================================================
"""

from __future__ import annotations

from geo.why.answer import Why, why

__all__ = ["Why", "why"]
