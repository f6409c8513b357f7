"""Tell a city as a story for a meeting: the same words and figures for screen, paper and slides.

==============================  ====================================================================
module                          what it knows
==============================  ====================================================================
:mod:`geo.story.views`          what a story is: views and what each asks
:mod:`geo.story.document`       a story as plain values and as a text file, and back
:mod:`geo.story.proposing`      what the tool itself proposes for a city, as changes
:mod:`geo.story.default`        the story of every city, without any editing
:mod:`geo.story.showing`        the studies behind a view
:mod:`geo.story.figures`        every figure that a view may show, with its place in the export
:mod:`geo.story.words`          every phrase, Chinese and English
:mod:`geo.story.sentences`      what each topic says by itself
:mod:`geo.story.telling`        what a view says: plain values in one language
:mod:`geo.story.offering`       the figures of a view, for whoever writes its words
==============================  ====================================================================

Nothing here reads a clock, a file or an environment: equal cities tell equal stories.
"""

from __future__ import annotations

from geo.story.default import default
from geo.story.document import (
    FORMAT,
    parsed,
    parsed_view,
    plain,
    plain_view,
    read,
    written,
)
from geo.story.offering import Offered, offered
from geo.story.proposing import Proposed, changes, proposed
from geo.story.showing import CityOf, Shown, cities, shown
from geo.story.telling import Number, ToldView, told
from geo.story.views import FIGURES, LAYERS, PROPOSAL, TOPICS, Asked, Story, View

__all__ = [
    "FIGURES",
    "FORMAT",
    "LAYERS",
    "PROPOSAL",
    "TOPICS",
    "Asked",
    "CityOf",
    "Number",
    "Offered",
    "Proposed",
    "Shown",
    "Story",
    "ToldView",
    "View",
    "changes",
    "cities",
    "default",
    "offered",
    "parsed",
    "parsed_view",
    "plain",
    "plain_view",
    "proposed",
    "read",
    "shown",
    "told",
    "written",
]
