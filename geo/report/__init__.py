"""Hand a study over as a brief of one page, PDF or HTML, each number with its place in the export.

==============================  ====================================================================
module                          what it knows
==============================  ====================================================================
:mod:`geo.report.words`         every phrase, Chinese and English
:mod:`geo.report.numbers`       a printed number and where it stands in the planner's export
:mod:`geo.report.comparison`    what a scenario changes, beside the city as it is
:mod:`geo.report.telling`       what an edition may tell of a study
:mod:`geo.report.subject`       whether people are spoken of, or ground
:mod:`geo.report.rows`          causes, gaps and areas
:mod:`geo.report.clauses`       what standards ask of this circle
:mod:`geo.report.content`       what a brief says: plain values in one language
:mod:`geo.report.style`         colours and widths
:mod:`geo.report.sheet`         a sheet of paper in millimetres: text, boxes, outlines
:mod:`geo.report.printing`      drawn sheets as PDF, SVG and PNG
:mod:`geo.report.outlines`      shapes in metres as outlines in millimetres
:mod:`geo.report.ground`        cells, gaps, water, streets, edges of circles on a map
:mod:`geo.report.signs`         stations, numbers of gaps, scale and north on a map
:mod:`geo.report.names`         names on a map, where they do not collide
:mod:`geo.report.chart`         the map
:mod:`geo.report.page`          the page of A4
:mod:`geo.report.document`      the same as one file of HTML
:mod:`geo.report.writing`       the files themselves
:mod:`geo.report.making`        how a city and a question become a brief and its map
==============================  ====================================================================

Nothing here reads a clock: a file carries the date of the data, and equal briefs are equal bytes.
matplotlib and jinja2 are loaded when the first brief is drawn.
"""

from __future__ import annotations

from geo.disclosure import EDITIONS, Edition
from geo.report.chart import Chart
from geo.report.comparison import stations_of, ways_of
from geo.report.content import Brief, brief
from geo.report.making import of_city
from geo.report.numbers import listed
from geo.report.sheet import Fonts
from geo.report.telling import Told, told
from geo.report.words import LANGS, Lang
from geo.report.writing import FORMATS, check, html, pdf, write

__all__ = [
    "EDITIONS",
    "FORMATS",
    "LANGS",
    "Brief",
    "Chart",
    "Edition",
    "Fonts",
    "Lang",
    "Told",
    "brief",
    "check",
    "html",
    "listed",
    "of_city",
    "pdf",
    "stations_of",
    "told",
    "ways_of",
    "write",
]
