"""Answer who is covered: the study itself and the layers that are drawn from it."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field
from werkzeug.exceptions import NotFound

from geo.answers import DRAWN
from geo.gaps import CLASSES
from webmap import geojson, responses, variants
from webmap.api import models, questions

coverage = APIBlueprint("coverage", __name__, url_prefix="/api/cities/<slug>", tag="Coverage")


class Ring(BaseModel):
    """The same question answered by straight lines; always shown as that."""

    people: models.CoveredPeople
    area_m2: models.Covered = Field(description="Ground, m².")


class LevelClasses(BaseModel):
    """Cells of one level by class."""

    cells: int
    full: int
    partial: int
    none: int
    unknown: int = Field(description="Cells whose share is null.")


class Uncovered(BaseModel):
    """Places that are not covered, for one reason."""

    places: int | None
    people: float | None
    area_m2: float | None = Field(description="Ground, m².")


class StudyOut(BaseModel):
    """The study of one profile and budget, as `yizhan study --json` prints it."""

    city: str = Field(description="Short name.")
    name: str
    synthetic: bool
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    radius_m: float = Field(description="What the budget promises in a straight line, metres.")
    speed_mps: float = Field(description="Headline speed of the profile, metres a second.")
    stations: int = Field(description="Stations that serve.")
    need: models.NeedFacts
    people: models.CoveredPeople
    area_m2: models.Covered = Field(description="Ground, m².")
    ring: Ring
    median_s: float | None = Field(
        description="Median time of the judged people to a station, seconds; null = not known."
    )
    levels: dict[str, LevelClasses]
    uncovered: dict[str, Uncovered] = Field(
        description=f"By reason, the first that is true: {', '.join(CLASSES)}."
    )
    barriers_known: bool
    barrier_kinds: list[str] = Field(
        description="Kinds of barriers in the city's files: water, railway, motorway, wall."
    )
    provenance: dict[str, Any]
    suppressed: dict[str, str] = Field(
        default_factory=dict,
        description="Only in public editions: the counts of people that are withheld, by name.",
    )


class LayerFeature(BaseModel):
    """A shape of a layer as GeoJSON."""

    type: Literal["Feature"]
    geometry: models.Geometry | None
    properties: dict[str, Any] = Field(
        description="Gaps: `rank`, `class`, `people`, `area_m2`, `barrier`."
    )


class Layer(BaseModel):
    """A layer of the study as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[LayerFeature]


@coverage.get("/coverage")
@coverage.input(questions.CrowdChoice, location="query")
@coverage.output(StudyOut)
def study_figures(slug: str, query_data: questions.CrowdChoice) -> Response:
    """Return the study of a profile and a budget, exactly as `yizhan study --json` prints it."""
    city = variants.city(slug, query_data.scenario)
    question = query_data.study()
    return responses.body(city.version, lambda: geojson.encode(city.study(*question).summary))


@coverage.get("/layers/<layer>")
@coverage.input(questions.CrowdChoice, location="query")
@coverage.output(Layer, content_type=responses.GEOJSON)
def study_layer(slug: str, layer: str, query_data: questions.CrowdChoice) -> Response:
    """Return a layer of the study: `circles`, `ring` or `gaps`.

    Circles are all places that reach a station along streets; the ring says the same by straight
    lines; gaps are the ground that is not covered, the worst first, with the reason.
    """
    city = variants.city(slug, query_data.scenario)
    question = query_data.study()
    if layer not in DRAWN:
        raise NotFound(f"there is no layer {layer!r}; choose one of {', '.join(DRAWN)}")
    return responses.body(
        city.version,
        lambda: city.layer(layer, *question),
        mimetype=responses.GEOJSON,
    )
