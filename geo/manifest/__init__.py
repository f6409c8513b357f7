"""Keep a scenario as a file: changes to a city, the question that was asked, what it stands on.

The file is JSON and small enough to be read by eye. It names the city's input files by their
hashes, not by where they lie, so the same scenario runs in another folder, on another machine and
in another process; a city that was imported anew from other files is told apart, never mixed::

    {"format": "yizhan-scenario/1", "name": "北岸两站", "note": "",
     "city": {"slug": "demo", "name": "…", "version": "5f0c…", "inputs": {"streets:x.pbf": "…"}},
     "question": {"profile": "walk", "minutes": 15, "distance_m": null, "services": [],
                  "at": null, "users_per_1000": null, "default_seats": null},
     "changes": [{"kind": "close", "station": "YD008"}],
     "software": {"yizhan": "0.1.0"}}

:func:`parsed` names everything that is wrong at once; what a change does to a city, and whether it
can be made there, :func:`geo.scenario.apply` knows.
"""

from __future__ import annotations

from geo.manifest.document import FORMAT, parsed, read, to_json, write
from geo.manifest.values import (
    Base,
    Question,
    Scenario,
    base_of,
    check_base,
    city,
    differences,
    of,
    told,
)

__all__ = [
    "FORMAT",
    "Base",
    "Question",
    "Scenario",
    "base_of",
    "check_base",
    "city",
    "differences",
    "of",
    "parsed",
    "read",
    "to_json",
    "told",
    "write",
]
