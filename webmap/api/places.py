"""Answer where to go from a place. The place comes in the body and is kept nowhere."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext
from pydantic import BaseModel, Field

from geo import enquiry
from geo.locator import Answer
from geo.model import MAX_ACCESS_M, Budget, Position, TravelProfile, profile_named
from webmap import geojson, responses, variants
from webmap.api import models, questions
from webmap.catalog import LoadedCity
from webmap.rows import station_facts

places = APIBlueprint("places", __name__, url_prefix="/api/cities/<slug>", tag="Places")


class Access(BaseModel):
    """How the place reaches the streets."""

    leg_m: float | None = Field(description="Straight line to the street, metres.")
    street: str | None = Field(description="Name of the street; empty = without a name.")


class NearestStation(models.Station):
    """A station and the way to it."""

    seconds: float = Field(description="Travel time, seconds.")
    metres: float = Field(description="Length of the way, metres.")
    route: models.Geometry = Field(description="The way as a LineString.")
    steps: list[models.Step]


class NearestOut(BaseModel):
    """The nearest stations of a place, the nearest first."""

    access: Access
    stations: list[NearestStation]
    reason: str | None = Field(description="Why there are none.")


@places.post("/nearest")
@places.input(questions.NearestIn)
@places.input(questions.ScenarioChoice, location="query")
@places.output(NearestOut)
def nearest(
    slug: str, json_data: questions.NearestIn, query_data: questions.ScenarioChoice
) -> Response:
    """Return the stations that are reached first from a place, each with the way there.

    Only stations that are open at all count; their hours stand beside them.
    """
    city = variants.city(slug, query_data.scenario)
    profile, position = profile_named(json_data.profile), json_data.position()
    found = enquiry.nearest(city.data, profile, position, json_data.k)
    reason = None if found else _why_none(city, profile, position)
    return responses.private(geojson.encode(_nearest(city, found, reason)))


def _nearest(city: LoadedCity, found: list[Answer], reason: str | None) -> dict[str, Any]:
    """Return the answers as the API tells them."""
    rows = [answer.station for answer in found]
    facts = station_facts(city.data, rows)
    stations = []
    for answer, station in zip(found, facts, strict=True):
        way = geojson.line(answer.route.xy, city.data.city.crs)
        steps = [step.to_json() for step in answer.route.steps]
        time = {"seconds": answer.time_ms / 1000.0, "metres": answer.length_m}
        stations.append({**station, **time, "route": way, "steps": steps})
    access = {
        "leg_m": found[0].leg_m if found else None,
        "street": found[0].street if found else None,
    }
    return {"access": access, "stations": stations, "reason": reason}


def _why_none(city: LoadedCity, profile: TravelProfile, position: Position) -> str:
    """Return in one sentence why no station is reached from a position."""
    if not len(city.data.open_rows):
        return str(gettext("这座城市还没有开放的驿站。"))
    found = enquiry.explain(city.data, profile, Budget(minutes=15), position)
    if found.leg_m is None:
        metres = f"{MAX_ACCESS_M:g}"
        return str(gettext("这个位置 %(metres)s 米内没有可走的街道。", metres=metres))
    return str(gettext("从这里沿街道到不了任何驿站。"))
