"""Answer for the stations: where they are, what they offer, when they open, what each serves."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field
from werkzeug.exceptions import NotFound

from geo import enquiry, service_area, workspace
from geo.model import BANDS_MIN, Budget, profile_named
from webmap import catalog, clock, disclosed, geojson, openings, responses, said, variants
from webmap.api import models, questions
from webmap.catalog import LoadedCity
from webmap.rows import station_facts
from webmap.store import engine
from webmap.store.errors import StoreFailed

stations = APIBlueprint("stations", __name__, url_prefix="/api/cities/<slug>", tag="Stations")
log = logging.getLogger("yizhan.web")

_PICTURE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {
        "description": "The picture",
        "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}},
    },
    404: {"description": "There is no such city or station, or no picture of it"},
}


class StationFeature(BaseModel):
    """A station as a GeoJSON point."""

    type: Literal["Feature"] = Field(description="As GeoJSON asks.")
    id: str = Field(description="Id of the station.")
    geometry: models.Geometry = Field(description="The point where it stands.")
    properties: models.Station = Field(description="What is known of it.")


class Stations(BaseModel):
    """All stations of a city."""

    type: Literal["FeatureCollection"] = Field(description="As GeoJSON asks.")
    features: list[StationFeature] = Field(description="The stations, in the order of the list.")


class Span(BaseModel):
    """When a station is open, or when nobody can tell."""

    opens: str = Field(
        description="Beginning, on the city's clocks.", examples=["2026-11-20T18:00"]
    )
    closes: str = Field(description="End, perhaps on the next day.", examples=["2026-11-21T02:00"])
    state: Literal["open", "unknown"] = Field(description="What it is meanwhile.")


class StationDay(BaseModel):
    """The hours of one day; a span belongs to the day on which it begins."""

    date: models.Day = Field(description="The day.")
    holiday: str | None = Field(description="Public holiday, in Chinese; null = none.")
    replaces: models.Day | None = Field(
        description="The day off that this make-up working day (调休) stands for; null = none."
    )
    spans: list[Span] = Field(description="Closed between them; none = closed, or not known.")


class NextChange(BaseModel):
    """When a station opens or closes next."""

    at: str = Field(description="Instant on the city's clocks.", examples=["2026-11-20T22:00"])
    state: Literal["open", "closed", "unknown"] = Field(description="What it is from then on.")


class StationHours(BaseModel):
    """The hours of a station from now on."""

    state: Literal["open", "closed", "unknown"] = Field(description="What it is now.")
    next_change: NextChange | None = Field(description="Null = none is known within 14 days.")
    known: bool = Field(description="False: nobody wrote the hours down so that they can be read.")
    holidays_known: bool = Field(
        description="False: the published calendar of holidays does not reach so far."
    )
    days: list[StationDay] = Field(description="Today and the six days after it.")


class StationDetail(models.Station):
    """All that is known of one station."""

    hours: StationHours = Field(description="What it is now, and its hours for seven days.")
    feedback: models.Feedback | None = Field(
        description="What riders said; null in public editions, and where it cannot be read."
    )


class StationDetailFeature(BaseModel):
    """All that is known of one station, as a GeoJSON point."""

    type: Literal["Feature"] = Field(description="As GeoJSON asks.")
    id: str = Field(description="Id of the station.")
    geometry: models.Geometry = Field(description="The point where it stands.")
    properties: StationDetail = Field(description="What is known of it.")


class BandProperties(BaseModel):
    """A band around one station, or the straight-line ring beside it."""

    kind: Literal["band", "ring"]
    minutes: float | None = Field(description="Outer edge of the band, minutes (bands nest).")
    radius_m: float | None = Field(description="Radius of the ring, metres.")
    people: models.People
    suppressed: models.Suppressed = None
    area_m2: float | None = Field(description="Area, m².")


class BandFeature(BaseModel):
    """A band or ring as GeoJSON."""

    type: Literal["Feature"]
    geometry: models.Geometry | None
    properties: BandProperties


class ServiceArea(BaseModel):
    """The 5, 10 and 15 minute bands of one station, and the ring of the widest."""

    type: Literal["FeatureCollection"]
    features: list[BandFeature]


@stations.get("/stations")
@stations.input(questions.ScenarioChoice, location="query")
@stations.output(Stations, content_type=responses.GEOJSON)
def list_stations(slug: str, query_data: questions.ScenarioChoice) -> Response:
    """Return all stations of a city as GeoJSON points."""
    city = variants.city(slug, query_data.scenario)

    def produce() -> bytes:
        rows = station_facts(city.data)
        return geojson.collection(city.data.stations, rows, [row["id"] for row in rows])

    return responses.body(
        city.version, lambda: city.answers.get("stations", produce), mimetype=responses.GEOJSON
    )


@stations.get("/stations/<path:station_id>")
@stations.input(questions.ScenarioChoice, location="query")
@stations.output(StationDetailFeature, content_type=responses.GEOJSON)
def one_station(slug: str, station_id: str, query_data: questions.ScenarioChoice) -> Response:
    """Return all that is known of one station as a GeoJSON point: facts, and hours of seven days.

    The ETag changes with what is told: at midnight, when the station opens or closes, and – for
    planners – with what riders say.
    """
    city = variants.city(slug, query_data.scenario)
    data, row = city.data, city.data.station_row(station_id)
    shape = geojson.geometries(data.stations.iloc[[row]])[0]
    facts = dict(station_facts(data, [row])[0])
    facts["hours"] = openings.of_station(data, row, clock.now(data))
    facts["feedback"] = _said(city, station_id)
    content = geojson.feature(shape, facts, station_id)
    mark = hashlib.sha256(content).hexdigest()[:20]
    return responses.body(mark, lambda: content, mimetype=responses.GEOJSON)


def _said(city: LoadedCity, station_id: str) -> dict[str, Any] | None:
    """Return what riders said of a station; the station is shown also where that is not at hand."""
    if city.public:
        return None
    try:
        return said.of_station(city.data, engine.current(), station_id)
    except StoreFailed as error:
        log.warning("what riders said cannot be read: %s", error)
        return None


@stations.get("/stations/<path:station_id>/photo")
@stations.doc(responses=_PICTURE)
def station_photo(slug: str, station_id: str) -> Response:
    """Return the picture of a station: WebP, at most 1200 pixels a side, without metadata.

    At the address that a station's `photo` says it never changes, and may be kept for ever.
    """
    data = catalog.current().city(slug).data
    name = str(data.stations["photo"].iloc[data.station_row(station_id)])
    if not name:
        raise NotFound(f"there is no picture of station {station_id!r}")
    path, mark = workspace.photo_path(slug, name), name.partition(".")[0]
    lasting = request.args.get("v") == mark
    return responses.body(
        mark,
        path.read_bytes,
        mimetype="image/webp",
        cache=responses.IMMUTABLE if lasting else responses.REVALIDATE,
    )


@stations.get("/stations/<path:station_id>/service-area")
@stations.input(questions.ProfileChoice, location="query")
@stations.output(ServiceArea, content_type=responses.GEOJSON)
def station_area(slug: str, station_id: str, query_data: questions.ProfileChoice) -> Response:
    """Return what one station serves in 5, 10 and 15 minutes.

    The bands nest: the one of 15 minutes holds the others. The ring is the straight-line circle
    of the widest band, for comparison.
    """
    city = variants.city(slug, query_data.scenario)
    profile = profile_named(query_data.profile)
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        bands = enquiry.station_bands(city.data, row, profile)
        found = geojson.records(bands, ("minutes", "people", "area_m2"))
        if city.public:
            told = disclosed.bands([band["people"] for band in found])
            found = [band | said for band, said in zip(found, told, strict=True)]
        radius_m = Budget(minutes=BANDS_MIN[-1]).metres(profile)
        ring = service_area.ring_area(city.data.stations.iloc[[row]], radius_m)
        facts = [{"kind": "band", "radius_m": None, **band} for band in found]
        facts.append(
            {
                "kind": "ring",
                "minutes": None,
                "radius_m": radius_m,
                "people": None,
                "area_m2": float(ring.area.iloc[0]),
            }
        )
        shapes = pd.concat([bands.geometry, ring], ignore_index=True)
        return geojson.collection(gpd.GeoDataFrame(geometry=shapes, crs=bands.crs), facts)

    key = f"area/{row}/{profile.name}"
    return responses.body(
        city.version, lambda: city.answers.get(key, produce), mimetype=responses.GEOJSON
    )
