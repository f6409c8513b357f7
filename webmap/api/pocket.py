"""Give a city to a phone that will have no network: one file, and its size before it is taken."""

from __future__ import annotations

import gzip
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, current_app, request
from pydantic import BaseModel, Field

from webmap import catalog, clock, geojson, pocket, responses

_BYTES: dict[int | str, Any] = {
    200: {
        "description": "The pocket; its layout stands in docs/pocket.md",
        "content": {pocket.MIMETYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}

pockets = APIBlueprint("pocket", __name__, url_prefix="/api/cities/<slug>", tag="Offline")


class PocketTiles(BaseModel):
    """A file of map tiles."""

    name: str = Field(description="Layer of the map.")
    url: str = Field(description="Address of the file; it changes with the city.")
    bytes: int = Field(description="Size of the file, bytes.")


class PocketFacts(BaseModel):
    """What a phone would bring, so that its owner can decide."""

    bytes: int = Field(description="Size of the pocket as it travels, bytes.")
    renewal: int = Field(
        description="Size of what a pocket of the same data and another day needs, bytes."
    )
    total: int = Field(description="Size of pocket and map tiles together, bytes.")
    day: str = Field(description="First day whose opening hours are known, ISO.")
    days: int = Field(description="So many days' opening hours are known; later ones are unknown.")
    version: str = Field(description="Mark of the city's data.")
    software: str = Field(description="Mark of the software that makes the pocket.")
    tiles: list[PocketTiles] = Field(description="The map, without what planners draw on it.")


@pockets.get("/pocket/facts")
@pockets.output(PocketFacts)
def pocket_facts(slug: str) -> Response:
    """Return what there is to bring for use without network, and how large it is."""
    city = catalog.current().city(slug)
    day, software = clock.today(city.data), current_app.config["SOFTWARE_STAMP"]
    return responses.body(
        f"{city.version}.{day:%Y%m%d}", lambda: geojson.encode(pocket.facts(city, day, software))
    )


class PocketChoice(BaseModel):
    """Choose how much of the pocket."""

    only: Literal["days"] | None = Field(
        None,
        description="`days`: only what changes with the day, for a pocket of the same data; "
        "default: all of it.",
    )


@pockets.get("/pocket")
@pockets.input(PocketChoice, location="query")
@pockets.doc(responses=_BYTES)
def whole_pocket(slug: str, query_data: PocketChoice) -> Response:
    """Return one file from which the nearest stations are found without network.

    It holds streets, barriers, stations, gates and names, and the opening hours of fourteen days
    from today on. It is made anew each day; who has one of the same data brings only its days.
    """
    city = catalog.current().city(slug)
    day = clock.today(city.data)
    packed = bool(request.accept_encodings["gzip"])

    def produce() -> bytes:
        content = pocket.renewal(city, day) if query_data.only else pocket.content(city, day)
        return content if packed else gzip.decompress(content)

    mark = f"{city.version}.{day:%Y%m%d}.{query_data.only or 'all'}"
    response = responses.body(mark, produce, mimetype=pocket.MIMETYPE)
    if packed and response.status_code == 200:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
