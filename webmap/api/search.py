"""Find places by name. What is typed, and where from, comes in the body and is kept nowhere."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from geo import gazetteer
from geo import search as names
from geo.model import Position
from webmap import catalog, geojson, responses

search = APIBlueprint("search", __name__, url_prefix="/api/cities/<slug>", tag="Places")


class SearchIn(BaseModel):
    """Ask what a text may mean, perhaps from where somebody stands (WGS84 degrees)."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        max_length=names.LONGEST,
        description="Characters, pinyin, initials or a mixture of them.",
        examples=["longjin", "ljsq", "龙津"],
    )
    k: int = Field(10, ge=1, le=names.MOST, strict=True, description="How many answers.")
    lon: float | None = Field(None, strict=True, description="Longitude, degrees.")
    lat: float | None = Field(None, strict=True, description="Latitude, degrees.")

    @model_validator(mode="after")
    def _both_or_neither(self) -> SearchIn:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("give lon and lat together, or neither")
        return self

    def near(self) -> Position | None:
        """Return where the question was asked, or raise :class:`~geo.errors.PositionError`."""
        if self.lon is None or self.lat is None:
            return None
        return Position(self.lon, self.lat)


class Found(BaseModel):
    """A place that the text may mean."""

    kind: Literal["station", "place", "street", "compound", "address", "cell"] = Field(
        description="What it is; a place is a landmark, a cell one of the grid."
    )
    id: str | None = Field(
        description="Id of a station – of an address: of the station there –, code of a cell."
    )
    name: str = Field(description="Its name.")
    detail: str = Field(
        description="Where it is; of a station found by its English name or its host: these."
    )
    field: Literal["name", "detail"] = Field(description="The text that fits the question.")
    mark: tuple[int, int] = Field(
        description="The part of that text that fits: its first character, and how many of them."
    )
    level: int | None = Field(description="Level of a cell.")
    lon: float = Field(description="Longitude of the place, WGS84.")
    lat: float = Field(description="Latitude of the place, WGS84.")
    metres: int | None = Field(
        description="Straight line from `lon`, `lat` of the question, metres."
    )


class SearchOut(BaseModel):
    """What a text may mean, best first."""

    found: list[Found] = Field(description="At most `k`.")


@search.post("/search")
@search.input(SearchIn)
@search.output(SearchOut)
def search_names(slug: str, json_data: SearchIn) -> Response:
    """Return the stations, landmarks, streets, compounds, addresses and cells of a name.

    Exact names come first, then beginnings, insides, initials and pinyin; a slip of one letter is
    forgiven where hardly anything else is found. Equal matches are ordered by kind and nearness.
    """
    city = catalog.current().city(slug)
    near = json_data.near()
    found = names.find(gazetteer.index(city.data), json_data.text, json_data.k, near)
    return responses.private(geojson.encode({"found": [one.to_json() for one in found]}))
