"""Answer where to go from a place. The place comes in the body and is kept nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_babel import gettext
from pydantic import BaseModel, Field

from geo import locator
from geo.locator import Ranking
from geo.model import MAX_ACCESS_M, Position, TravelProfile, profile_named
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
    at = locator.wall_clock(city.data, datetime.now(UTC))
    found = locator.ranked(city.data, profile, position, at, json_data.k)
    return responses.private(geojson.encode(_nearest(city, profile, position, found)))


def _nearest(
    city: LoadedCity, profile: TravelProfile, position: Position, found: Ranking
) -> dict[str, Any]:
    """Return the answers as the API tells them."""
    answers = found.answers if found.by == locator.BY_STREET else ()
    facts = station_facts(city.data, [answer.station for answer in answers])
    stations = []
    for answer, station in zip(answers, facts, strict=True):
        way = locator.way(city.data, profile, position, answer.station, found.at)
        assert way is not None and answer.arrival_ms is not None
        line = geojson.line(way.xy, city.data.city.crs)
        steps = [step.to_json() for step in way.steps]
        time = {"seconds": answer.arrival_ms / 1000.0, "metres": answer.length_m}
        stations.append({**station, **time, "route": line, "steps": steps})
    access = {
        "leg_m": found.access.leg_m if found.access else None,
        "street": found.access.street if found.access else None,
    }
    return {"access": access, "stations": stations, "reason": _why_none(found)}


def _why_none(found: Ranking) -> str | None:
    """Return in one sentence why no station is reached from a position."""
    if found.reason is None:
        return None
    if found.reason == locator.NO_STATION:
        return str(gettext("这座城市还没有开放的驿站。"))
    if found.access is None:
        metres = f"{MAX_ACCESS_M:g}"
        return str(gettext("这个位置 %(metres)s 米内没有可走的街道。", metres=metres))
    return str(gettext("从这里沿街道到不了任何驿站。"))
