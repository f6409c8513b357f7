"""Hand a story out: a page of paper for every view, pictures of any size, slides.

==============================  ====================================================================
module                          what it knows
==============================  ====================================================================
:mod:`geo.handout.making`       how a story becomes a handout: every view studied and told
:mod:`geo.handout.words`        the few phrases that only paper needs
:mod:`geo.handout.paper`        sheets by their names, screens by their pixels
:mod:`geo.handout.flow`         text broken into lines
:mod:`geo.handout.column`       the words of a view beside its map
:mod:`geo.handout.scene`        the map of a view
:mod:`geo.handout.legend`       what colours, patterns and signs mean
:mod:`geo.handout.page`         a whole page
:mod:`geo.handout.pdf`          all pages as one file
:mod:`geo.handout.png`          one page as a picture
:mod:`geo.handout.picture`      a map alone, for a slide
:mod:`geo.handout.slides`       the same as slides, to be edited
==============================  ====================================================================

Nothing here reads a clock: a file carries the date of the data, and equal handouts are equal bytes.
"""

from __future__ import annotations

from geo.handout.making import Handout, of_story

__all__ = ["Handout", "of_story"]
