"""Pages of the planner: the cities, the map of one city, and who is not covered and why."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for

from webmap import catalog, responses

planner = Blueprint("planner", __name__)


@planner.get("/")
def entrance() -> Response:
    """Lead straight to the map of the only city, or show all cities."""
    known = catalog.current().cities
    if len(known) == 1:
        query = request.query_string.decode("ascii", "replace")
        target = url_for("planner.city_map", slug=next(iter(known)))
        return make_response(redirect(f"{target}?{query}" if query else target))
    return cities()


@planner.get("/cities")
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
