"""Answer for the stations: where they are, what they offer, what each of them serves."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import pandas as pd
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import enquiry, service_area
from geo.model import BANDS_MIN, Budget, profile_named
from webmap import disclosed, geojson, responses, variants
from webmap.api import models, questions
from webmap.rows import station_facts

stations = APIBlueprint("stations", __name__, url_prefix="/api/cities/<slug>", tag="Stations")


class StationFeature(BaseModel):
    """A station as a GeoJSON point."""

    type: Literal["Feature"]
    id: str
    geometry: models.Geometry
    properties: models.Station


class Stations(BaseModel):
    """All stations of a city."""

    type: Literal["FeatureCollection"]
    features: list[StationFeature]


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
@stations.output(StationFeature, content_type=responses.GEOJSON)
def one_station(slug: str, station_id: str, query_data: questions.ScenarioChoice) -> Response:
    """Return one station as a GeoJSON point."""
    city = variants.city(slug, query_data.scenario)
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        shape = geojson.geometries(city.data.stations.iloc[[row]])[0]
        facts = station_facts(city.data, [row])[0]
        return geojson.feature(shape, facts, facts["id"])

    return responses.body(city.version, produce, mimetype=responses.GEOJSON)


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
