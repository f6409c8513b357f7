"""Page of the leader: one sentence and two numbers on a screen in a meeting."""

from __future__ import annotations

from flask import Blueprint, Response

from webmap import catalog, responses

leader = Blueprint("leader", __name__)


@leader.get("/<slug>/present")
def present(slug: str) -> Response:
    """Show the full-screen meeting view."""
    city = catalog.current().city(slug)
    return responses.page("present", city=dict(city.facts), parts=city.parts["present"])
