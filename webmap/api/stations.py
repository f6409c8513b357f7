"""Answer for the stations: where they are, what they offer, what each of them serves."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from apiflask import APIBlueprint
from flask import Response

from geo import enquiry, service_area
from geo.model import BANDS_MIN, Budget, profile_named
from webmap import catalog, geojson, responses
from webmap.api import models, questions
from webmap.rows import station_facts

stations = APIBlueprint("stations", __name__, url_prefix="/api/cities/<slug>", tag="Stations")


@stations.get("/stations")
@stations.output(models.Stations, content_type=responses.GEOJSON)
def list_stations(slug: str) -> Response:
    """Return all stations of a city as GeoJSON points."""
    city = catalog.current().city(slug)

    def produce() -> bytes:
        rows = station_facts(city.data)
        return geojson.collection(city.data.stations, rows, [row["id"] for row in rows])

    return responses.body(
        city.version, lambda: city.answers.get("stations", produce), mimetype=responses.GEOJSON
    )


@stations.get("/stations/<path:station_id>")
@stations.output(models.StationFeature, content_type=responses.GEOJSON)
def one_station(slug: str, station_id: str) -> Response:
    """Return one station as a GeoJSON point."""
    city = catalog.current().city(slug)
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        shape = geojson.geometries(city.data.stations.iloc[[row]])[0]
        facts = station_facts(city.data, [row])[0]
        return geojson.feature(shape, facts, facts["id"])

    return responses.body(city.version, produce, mimetype=responses.GEOJSON)


@stations.get("/stations/<path:station_id>/service-area")
@stations.input(questions.ProfileChoice, location="query")
@stations.output(models.ServiceArea, content_type=responses.GEOJSON)
def station_area(slug: str, station_id: str, query_data: questions.ProfileChoice) -> Response:
    """Return what one station serves in 5, 10 and 15 minutes.

    The bands nest: the one of 15 minutes holds the others. The ring is the straight-line circle
    of the widest band, for comparison.
    """
    city = catalog.current().city(slug)
    profile = profile_named(query_data.profile)
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        bands = enquiry.station_bands(city.data, row, profile)
        found = geojson.records(bands, ("minutes", "people", "area_m2"))
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
