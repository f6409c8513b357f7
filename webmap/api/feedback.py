"""Take what riders say of a station, and count it for planners."""

from __future__ import annotations

from datetime import date, timedelta

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from geo.errors import OptionError
from webmap import catalog, clock, geojson, responses, said
from webmap.api import models
from webmap.store import engine
from webmap.store import feedback as kept
from webmap.store.feedback import Kind

feedback = APIBlueprint("feedback", __name__, url_prefix="/api/cities/<slug>", tag="Feedback")

#: A phone that was without network may tell so many days later; beyond, it would not be recent.
_LATE_DAYS = kept.RECENT_DAYS - 1


class FeedbackIn(BaseModel):
    """One word about a station."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="What was found there.")
    day: date | None = Field(
        None,
        description="The day it was found, for a phone that had no network meanwhile; at most "
        f"{_LATE_DAYS} days ago; default: today. Later days count as today.",
        examples=["2026-11-20"],
    )


class FeedbackOut(BaseModel):
    """What is kept, all of it."""

    station: str = Field(description="Id of the station.")
    kind: Kind = Field(description="What was found there.")
    day: models.Day = Field(description="The day that is kept, on the city's clocks.")


class StationFeedback(models.Feedback):
    """What riders said of one station."""

    station: str = Field(description="Id of the station.")
    name: str | None = Field(description="Its name; null = the city has no such station any more.")


class FeedbackCounts(BaseModel):
    """What riders said of the stations of a city, the most complained of first."""

    since: models.Day = Field(description="First day that counts as recent.")
    stations: list[StationFeedback] = Field(description="Those of which anything was said.")


@feedback.post("/stations/<path:station_id>/feedback")
@feedback.input(FeedbackIn)
@feedback.output(FeedbackOut, status_code=201)
@feedback.doc(
    responses={
        404: "No such city or station",
        429: "Told too often; `Retry-After` says after how many seconds it may be again",
        503: "Nothing can be kept now",
    }
)
def send(slug: str, station_id: str, json_data: FeedbackIn) -> Response:
    """Keep one word about a station: closed, in the wrong place, its charger broken, or thanks.

    Kept are the station, the word and the day – nothing of who said it, where he was, or when.
    """
    data = catalog.current().city(slug).data
    data.station_row(station_id)
    today = clock.today(data)
    day = min(json_data.day or today, today)
    if day < today - timedelta(days=_LATE_DAYS):
        raise OptionError(f"{day} is more than {_LATE_DAYS} days ago; it says nothing of today")
    kept.add(engine.current(), slug, station_id, json_data.kind, day)
    told = {"station": station_id, "kind": json_data.kind, "day": day.isoformat()}
    response = responses.private(geojson.encode(told))
    response.status_code = 201
    return response


@feedback.get("/feedback")
@feedback.output(FeedbackCounts)
def counts(slug: str) -> Response:
    """Return what riders said of the stations, in the last 30 days and ever; for planners."""
    data = catalog.current().city(slug).data
    return responses.private(geojson.encode(said.of_city(data, engine.current())))
