"""Answer what cities there are, and that the server lives."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app

from webmap import catalog, geojson, responses
from webmap.api import models

cities = APIBlueprint("cities", __name__, tag="Cities")


@cities.get("/healthz")
@cities.output(models.Health)
def health() -> Response:
    """Say that the server answers.

    Ready as soon as it answers, because all cities are loaded before the first request.
    """
    known = catalog.current().cities
    version = getattr(current_app, "version", "")
    return responses.private(
        geojson.encode({"status": "ok", "version": version, "cities": len(known)})
    )


@cities.get("/api/cities")
@cities.output(models.Cities)
def list_cities() -> Response:
    """List all cities with their facts."""
    known = catalog.current().cities
    stamp = "+".join(f"{slug}.{city.version}" for slug, city in known.items()) or "empty"
    return responses.body(
        stamp, lambda: geojson.encode({"cities": [city.facts for city in known.values()]})
    )


@cities.get("/api/cities/<slug>")
@cities.output(models.CityFacts)
def city_facts(slug: str) -> Response:
    """Return what is known of a city apart from its rows."""
    city = catalog.current().city(slug)
    return responses.body(city.version, lambda: geojson.encode(city.facts))
