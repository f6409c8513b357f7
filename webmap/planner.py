"""Pages of the planner: the cities, the map of one city, and who is not covered and why."""

from __future__ import annotations

from flask import Blueprint, Response

from webmap import catalog, responses

planner = Blueprint("planner", __name__)


@planner.get("/")
def cities() -> Response:
    """Show all cities."""
    known = [dict(city.facts) for city in catalog.current().cities.values()]
    return responses.page("cities", city=None, cities=known)


@planner.get("/<slug>/")
def city_map(slug: str) -> Response:
    """Show the full map of a city."""
    city = catalog.current().city(slug)
    return responses.page("map", city=dict(city.facts), parts=city.parts["map"])


@planner.get("/<slug>/plan")
def plan(slug: str) -> Response:
    """Show who is not covered in a city."""
    city = catalog.current().city(slug)
    return responses.page("plan", city=dict(city.facts), parts=city.parts["plan"])
