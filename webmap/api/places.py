"""Answer for one place on the map. The place comes in the body and is kept nowhere."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from geo import enquiry
from geo.answers import StoredStudy
from geo.enquiry import Explanation
from geo.model import profile_named
from webmap import catalog, geojson, responses
from webmap.api import models
from webmap.catalog import LoadedCity
from webmap.rows import cell_figures, station_facts

places = APIBlueprint("places", __name__, url_prefix="/api/cities/<slug>", tag="Places")


@places.post("/nearest")
@places.input(models.NearestIn)
@places.output(models.NearestOut)
def nearest(slug: str, json_data: models.NearestIn) -> Response:
    """Return the stations that are reached first from a place, each with the way there.

    Only stations that are open at all count; their hours stand beside them.
    """
    city = catalog.current().city(slug)
    profile = profile_named(json_data.profile)
    found = enquiry.nearest(city.data, profile, json_data.position(), json_data.k)
    return responses.private(geojson.encode(found))


@places.post("/explain")
@places.input(models.ExplainIn)
@places.output(models.ExplainOut)
def explain(slug: str, json_data: models.ExplainIn) -> Response:
    """Say whether a place is covered, by which station, and if not, why; and its cell's figures."""
    city = catalog.current().city(slug)
    profile, budget = json_data.chosen()
    found = enquiry.explain(city.data, profile, budget, json_data.position())
    study = city.study(profile, budget)
    return responses.private(geojson.encode(_explanation(city, study, found)))


def _explanation(city: LoadedCity, study: StoredStudy, found: Explanation) -> dict[str, Any]:
    chain = [city.data.cells.iloc[row] for row in found.cells]
    station = None
    if found.station is not None:
        row = city.data.stations.iloc[found.station]
        station = {"id": row["id"], "name": row["name"]}
    cell = figures = None
    if chain:
        last = chain[-1]
        cell = {
            "code": last["code"],
            "name": last["name"],
            "level": int(last["level"]),
            "path": [above["name"] or above["code"] for above in chain],
        }
        figures = cell_figures(city.data, study, [found.cells[-1]])[0]
    place = {
        "seconds": None if found.time_ms is None else found.time_ms / 1000.0,
        "covered": found.cause is None,
        "class": found.cause,
        "barrier": found.barrier or None,
        "station": station,
        "leg_m": found.leg_m,
        "straight_m": found.straight_m,
    }
    return {"cell": cell, "figures": figures, "place": place}
