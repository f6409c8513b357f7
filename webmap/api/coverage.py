"""Answer who is covered: the study itself and the layers that are drawn from it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from werkzeug.exceptions import NotFound

from geo.answers import DRAWN
from webmap import catalog, geojson, responses
from webmap.api import models, questions

coverage = APIBlueprint("coverage", __name__, url_prefix="/api/cities/<slug>", tag="Coverage")


@coverage.get("/coverage")
@coverage.input(questions.CrowdChoice, location="query")
@coverage.output(models.StudyOut)
def study_figures(slug: str, query_data: questions.CrowdChoice) -> Response:
    """Return the study of a profile and a budget, exactly as `yizhan study --json` prints it."""
    city = catalog.current().city(slug)
    question = query_data.study()
    return responses.body(city.version, lambda: geojson.encode(city.study(*question).summary))


@coverage.get("/layers/<layer>")
@coverage.input(questions.CrowdChoice, location="query")
@coverage.output(models.Layer, content_type=responses.GEOJSON)
def study_layer(slug: str, layer: str, query_data: questions.CrowdChoice) -> Response:
    """Return a layer of the study: `circles`, `ring` or `gaps`.

    Circles are all places that reach a station along streets; the ring says the same by straight
    lines; gaps are the ground that is not covered, the worst first, with the reason.
    """
    city = catalog.current().city(slug)
    question = query_data.study()
    if layer not in DRAWN:
        raise NotFound(f"there is no layer {layer!r}; choose one of {', '.join(DRAWN)}")
    return responses.body(
        city.version,
        lambda: city.study(*question).layer(layer),
        mimetype=responses.GEOJSON,
    )
