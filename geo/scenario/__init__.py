"""Change a city in thought, say at once what that does, compare, and keep the changes as a file.

==================================  ================================================================
module                              what it knows
==================================  ================================================================
:mod:`geo.scenario.changes`         the changes as values, and as plain values of JSON
:mod:`geo.scenario.making`          a city and changes make another city; the changes back
:mod:`geo.scenario.draft`           the changed rows of the stations, and what is wrong with changes
:mod:`geo.scenario.streetworks`     changes of the streets: links drawn, gates opened
:mod:`geo.scenario.joining`         how new ways join the arrays of the street network
:mod:`geo.scenario.whatif`          the figures of changes at once, without another study
:mod:`geo.scenario.compare`         two studies of one question, cell by cell
==================================  ================================================================
"""

from __future__ import annotations

from geo.scenario.making import apply, divided, undo

__all__ = ["apply", "divided", "undo"]
