"""Answer where a scenario may touch the streets: gates to be opened, joints of a new link.

A position travels in the body of a POST only, so that it stands in no address and no log.
"""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from geo.model import Position, profile_named
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
    name: str = Field(description="Name of the gate, as 北门; empty = without one, or no gate.")


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

    Gates that refuse at some hours only are among them.

    Closed ways that begin at a gate are opened with it and are not listed; nor are steps.
    """
    city = variants.city(slug, query_data.scenario)
    profile = profile_named(query_data.profile)

    def produce() -> bytes:
        found = streetworks.refusals(city.data, profile.name)
        rows = found[["kind", "street", "name"]].to_dict("records")
        return geojson.collection(found, rows)

    return responses.body(
        city.version,
        lambda: city.answers.get(f"gates/{profile.name}", produce),
        mimetype=responses.GEOJSON,
    )


class JointIn(BaseModel):
    """Ask about an end of a new link."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(ge=-180, le=180, description="Longitude, WGS84 degrees.")
    lat: float = Field(ge=-90, le=90, description="Latitude, WGS84 degrees.")


class Joint(BaseModel):
    """Where a new link would join the streets."""

    lon: float
    lat: float
    metres: float = Field(description="From the end to the street, straight, metres.")
    street: str = Field(description="Name of the street; empty = without a name.")


class JointOut(BaseModel):
    """Where an end of a new link would join the streets, if anywhere."""

    within_m: float = Field(description="How near a street must be, metres.")
    joint: Joint | None = Field(description="Null: no street is near enough.")


@gates.post("/joint")
@gates.input(JointIn)
@gates.input(questions.ScenarioChoice, location="query")
@gates.output(JointOut)
def joint(slug: str, json_data: JointIn, query_data: questions.ScenarioChoice) -> Response:
    """Return where an end of a new link, for everybody, would join the streets."""
    city = variants.city(slug, query_data.scenario)
    found = streetworks.joint(city.data, Position(json_data.lon, json_data.lat))
    told = None
    if found is not None:
        place, metres, street = found
        told = {"lon": place.lon, "lat": place.lat, "metres": metres, "street": street}
    return responses.private(geojson.encode({"within_m": streetworks.JOIN_WITHIN_M, "joint": told}))
