"""Page of the rider: the nearest stations that can really be used, on a phone."""

from __future__ import annotations

from flask import Blueprint, Response

from webmap import catalog, responses

rider = Blueprint("rider", __name__)


@rider.get("/<slug>/find")
def find(slug: str) -> Response:
    """Show the nearest stations; the position never stands in the address."""
    city = catalog.current().city(slug)
    return responses.page("find", city=dict(city.facts), parts=city.parts["find"])
