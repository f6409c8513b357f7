"""Answer what cities there are, and that the server lives."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response, current_app
from pydantic import BaseModel, Field

from webmap import catalog, geojson, responses, variants
from webmap.api import questions

cities = APIBlueprint("cities", __name__, tag="Cities")


class Health(BaseModel):
    """Say that the server answers."""

    status: Literal["ok"]
    version: str = Field(description="Version of the software.")
    cities: int = Field(description="Cities that can be shown.")


class LevelFacts(BaseModel):
    """One level of the grid."""

    level: int = Field(description="1 = top.")
    name: str
    title_zh: str
    title_en: str
    cells: int = Field(description="Number of cells.")


class ProfileFacts(BaseModel):
    """One travel profile."""

    name: str
    title_zh: str
    title_en: str
    speed_mps: float = Field(description="Headline speed, metres a second.")


class BudgetFacts(BaseModel):
    """One budget that is prepared; exactly one of the two figures is given."""

    key: str
    minutes: float | None
    distance_m: float | None


class ServiceFacts(BaseModel):
    """One service category."""

    key: str
    zh: str
    en: str


class TileFacts(BaseModel):
    """One layer of map tiles."""

    url: str = Field(description="Address of the PMTiles file; take byte ranges of it.")
    minzoom: int
    maxzoom: int


class CityFacts(BaseModel):
    """What is known of a city apart from its rows."""

    slug: str
    name: str
    synthetic: bool = Field(description="True: everything in this city is invented.")
    data_date: str | None = Field(description="Date of the street data, ISO 8601.")
    attribution: str
    bounds: list[float] = Field(
        description="West, south, east, north of all that can be judged; degrees, WGS84."
    )
    view: list[float] = Field(description="The part with nearly all streets, for a first look.")
    levels: list[LevelFacts]
    profiles: list[ProfileFacts]
    budgets: list[BudgetFacts]
    stations: int = Field(description="All stations, closed and planned ones included.")
    stations_open: int = Field(description="Stations that the figures count.")
    people_total: float | None
    people_reason: str | None = Field(description="Why `people_total` is null.")
    barriers_known: bool = Field(description="False: nothing is claimed to be severed.")
    version: str = Field(description="Changes whenever the city is written anew.")
    zone: str | None = Field(
        description="Time zone of the city's clocks (IANA); null = not known, the reader's own."
    )
    services: list[ServiceFacts]
    tiles: dict[str, TileFacts]


class Cities(BaseModel):
    """All cities."""

    cities: list[CityFacts]


@cities.get("/healthz")
@cities.output(Health)
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
@cities.output(Cities)
def list_cities() -> Response:
    """List all cities with their facts."""
    known = catalog.current().cities
    stamp = "+".join(f"{slug}.{city.version}" for slug, city in known.items()) or "empty"
    return responses.body(
        stamp, lambda: geojson.encode({"cities": [city.facts for city in known.values()]})
    )


@cities.get("/api/cities/<slug>")
@cities.input(questions.ScenarioChoice, location="query")
@cities.output(CityFacts)
def city_facts(slug: str, query_data: questions.ScenarioChoice) -> Response:
    """Return what is known of a city apart from its rows."""
    city = variants.city(slug, query_data.scenario)
    return responses.body(city.version, lambda: geojson.encode(city.facts))
