"""Hold a city against requirement tables, and name the exact areas, cells and services that fail.

Each rule of :mod:`geo.requirements` becomes a :class:`Finding`: met, not met, or not judged with
the reason. An area without people, or mostly outside the streets of the file, is neither met nor
failed. Where nobody is known, shares are judged by ground and say so.

=================  =================================================================================
reason             why a rule was not judged
=================  =================================================================================
``no_level``       the city has none of the levels that the rule names
``no_people``      nobody lives in any of the areas
``no_ground``      none of the areas has any ground
``outside``        the areas are mostly farther than 500 m from every street of the file
``people_unknown`` the rule counts people and nobody is known
``no_station``     the rule speaks of the circles of stations and there is none of that kind
=================  =================================================================================
"""

from __future__ import annotations

from geo.audit.findings import MET, NOT_JUDGED, NOT_MET, Audit, Finding, described
from geo.audit.judge import audit

__all__ = ["MET", "NOT_JUDGED", "NOT_MET", "Audit", "Finding", "audit", "described"]
