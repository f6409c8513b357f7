"""Answer what depends on the stations: overlap, and what the closing of each would mean."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import dependence
from geo.supply import STATES
from webmap import catalog, geojson, responses
from webmap.api import models, questions

impact = APIBlueprint("impact", __name__, url_prefix="/api/cities/<slug>", tag="Impact")


class ImpactChoice(questions.Choice):
    """Choose a profile, a budget and a need, and whether the cells of a level are wanted."""

    level: int | None = Field(None, description="Also the cells of this level of the grid.")


class StationImpact(BaseModel):
    """What the closing of one station would mean."""

    station: str = Field(description="Id of the station.")
    name: str
    tier: str
    state: Literal[STATES] = Field(  # type: ignore[valid-type]
        description="Whether it serves the need within the budget."
    )
    people: models.People = Field(description="People whom it serves, alone or beside others.")
    places: int | None = Field(description="The same, places.")
    only: models.People = Field(description="People whom no other station serves.")
    only_places: int | None = Field(description="The same, places.")
    share_only: models.Share = Field(description="`only` / `people`; null = it serves nobody.")
    moved: models.People = Field(
        description="People for whom it is the nearest, and who keep another station."
    )
    extra_mean_s: float | None = Field(
        description="Seconds that they would need more, on average; null = nobody."
    )
    extra_max_s: float | None = Field(description="The most that one of them would need more.")


class Question(BaseModel):
    """What was asked."""

    city: str = Field(description="Short name.")
    city_name: str
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    need: models.NeedFacts
    reason: str | None = Field(description="Why people are not known; null = they are.")


class OneImpact(Question, StationImpact):
    """What the closing of one station would mean, and for which question."""


class Overlap(BaseModel):
    """The people whom a number of stations serves."""

    stations: Literal[dependence.TIMES]  # type: ignore[valid-type]
    places: int
    people: models.People
    share: models.Share = Field(description="Of the people who can be judged.")


class CellOverlap(BaseModel):
    """How often the people of a cell are covered."""

    code: str
    name: str
    people: dict[str, models.People] = Field(description="People by the stations that serve them.")
    mean_times: float | None = Field(
        description="Stations that serve a person, on average; null = nobody lives there."
    )


class ImpactOut(Question):
    """Overlap and dependence, as `yizhan impact --json` prints them."""

    people: models.People
    judged: models.People = Field(description="People within 500 m of a street of the file.")
    overlap: list[Overlap] = Field(description="By the number of stations; it adds up to `judged`.")
    stations: list[StationImpact] = Field(description="Largest closure impact first.")
    cells: list[CellOverlap] | None = Field(description="Cells of the level asked for, or null.")


@impact.get("/impact")
@impact.input(ImpactChoice, location="query")
@impact.output(ImpactOut)
def city_impact(slug: str, query_data: ImpactChoice) -> Response:
    """Return how often people are covered, and the stations by the people only they serve.

    Exactly what `yizhan impact --json` prints.
    """
    city = catalog.current().city(slug)
    (profile, budget), need, level = query_data.chosen(), query_data.need(), query_data.level
    dependence.check_level(city.data, level)

    def produce() -> bytes:
        return geojson.encode(dependence.run(city.data, profile, budget, need).to_json(level))

    key = f"impact/{level}/{profile.name}/{budget.key}/{need.key}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))


@impact.get("/stations/<path:station_id>/impact")
@impact.input(questions.Choice, location="query")
@impact.output(OneImpact)
def station_impact(slug: str, station_id: str, query_data: questions.Choice) -> Response:
    """Return what the closing of one station would mean.

    Exactly what `yizhan impact --station --json` prints.
    """
    city = catalog.current().city(slug)
    (profile, budget), need = query_data.chosen(), query_data.need()
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        return geojson.encode(dependence.run(city.data, profile, budget, need).station_json(row))

    return responses.body(city.version, produce)
