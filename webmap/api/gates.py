"""Answer where gates and closed ways refuse a profile: what a scenario may open."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo.model import profile_named
from geo.scenario import streetworks
from webmap import geojson, responses, variants
from webmap.api import models, questions

gates = APIBlueprint("gates", __name__, url_prefix="/api/cities/<slug>", tag="Scenarios")


class GatesChoice(questions.ScenarioChoice):
    """Choose who is refused."""

    profile: str = questions.PROFILE


class GateProperties(BaseModel):
    """What refuses."""

    kind: Literal["gate", "closed_way"] = Field(description="A node, or a whole street.")
    street: str = Field(description="Name of a street there; empty = none has one.")


class GateFeature(BaseModel):
    """A place where something refuses, as a GeoJSON point."""

    type: Literal["Feature"]
    geometry: models.Geometry
    properties: GateProperties


class Gates(BaseModel):
    """All places where something refuses a profile."""

    type: Literal["FeatureCollection"]
    features: list[GateFeature]


@gates.get("/gates")
@gates.input(GatesChoice, location="query")
@gates.output(Gates, content_type=responses.GEOJSON)
def list_gates(slug: str, query_data: GatesChoice) -> Response:
    """Return the gates and closed ways that refuse a profile, as a change `gate` may open them.

    Closed ways that begin at a gate are opened with it and are not listed; nor are steps.
    """
    city = variants.city(slug, query_data.scenario)
    profile = profile_named(query_data.profile)

    def produce() -> bytes:
        found = streetworks.refusals(city.data, profile.name)
        rows = found[["kind", "street"]].to_dict("records")
        return geojson.collection(found, rows)

    return responses.body(
        city.version,
        lambda: city.answers.get(f"gates/{profile.name}", produce),
        mimetype=responses.GEOJSON,
    )
