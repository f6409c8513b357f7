"""Answer what depends on the stations: overlap, closure impact, and seats against users."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo.capacity import checked_riders
from geo.dependence import TIMES
from geo.impact import check_level, run
from geo.supply import STATES
from webmap import geojson, responses, variants
from webmap.api import models, questions

impact = APIBlueprint("impact", __name__, url_prefix="/api/cities/<slug>", tag="Impact")


class ImpactChoice(questions.CrowdChoice):
    """Choose all that, and what else is wanted: the cells of a level, a ratio."""

    level: int | None = Field(None, description="Also the cells of this level of the grid.")
    riders: int | None = Field(None, description="Riders in the city, for riders per station.")


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
    seats: float | None = Field(description="Seats; null = not known, or not asked.")
    assigned: float | None = Field(description="Users who find a seat here, in the best plan.")
    load: float | None = Field(description="`assigned` / `seats`.")
    ratio: float | None = Field(
        description="Seats per weighted user of its catchment (E2SFCA, first step)."
    )


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

    stations: Literal[TIMES]  # type: ignore[valid-type]
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
    seats_per_user: float | None = Field(
        description="Seats per user by floating catchments, on average; null = nobody, not asked."
    )


class PeerRatio(BaseModel):
    """The riders per station that another city has published."""

    name_zh: str
    name_en: str
    stations: int
    riders: int
    source: str = Field(description="Whom the figures count.")
    riders_per_station: int


class Ratios(BaseModel):
    """People and riders per station that serves, beside other cities."""

    stations: int = Field(description="Stations that serve.")
    people_per_station: models.People
    riders: int | None
    riders_per_station: float | None = Field(description="Null: no riders given, no stations.")
    peers: list[PeerRatio]


class Users(BaseModel):
    """Users by whether they find a seat; the parts add up to the total."""

    total: float
    served: float = Field(description="Find a seat.")
    full: float = Field(description="Reach stations that serve, all of them full.")
    seats_unknown: float = Field(description="Reach one of unknown capacity, and no free seat.")
    unreached: float = Field(description="Reach no station that serves.")


class CapacityOut(BaseModel):
    """Seats against users."""

    users_per_1000: float
    default_seats: int | None
    stations_known: int = Field(description="Stations that serve, of known capacity.")
    stations_unknown: int = Field(description="Stations that serve and are left out.")
    seats: float = Field(description="Seats of the former.")
    users: Users
    mean_s: float | None = Field(description="Mean time of those who find a seat, seconds.")
    gap: float = Field(description="Share by which another plan might be better; 0 = proven best.")
    weights: list[float] = Field(description="Weights of the equal zones of the budget (E2SFCA).")
    seats_per_user_mean: float | None = Field(description="E2SFCA score of a user, on average.")
    seats_per_user_median: float | None = Field(description="Half of the users have at most this.")


class ImpactOut(Question):
    """Overlap and dependence, as `yizhan impact --json` prints them."""

    people: models.People
    judged: models.People = Field(description="People within 500 m of a street of the file.")
    overlap: list[Overlap] = Field(description="By the number of stations; it adds up to `judged`.")
    ratios: Ratios
    capacity: CapacityOut | None = Field(description="Null: not asked, or nobody is known.")
    stations: list[StationImpact] = Field(description="Largest closure impact first.")
    cells: list[CellOverlap] | None = Field(description="Cells of the level asked for, or null.")


@impact.get("/impact")
@impact.input(ImpactChoice, location="query")
@impact.output(ImpactOut)
def city_impact(slug: str, query_data: ImpactChoice) -> Response:
    """Return how often people are covered, and the stations by the people only they serve.

    Exactly what `yizhan impact --json` prints.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need, crowd = query_data.chosen(), query_data.need(), query_data.crowd()
    level, riders = query_data.level, checked_riders(query_data.riders)
    check_level(city.data, level)

    def produce() -> bytes:
        found = run(city.data, profile, budget, need, crowd, riders)
        return geojson.encode(found.to_json(level))

    key = f"impact/{level}/{profile.name}/{budget.key}/{need.key}/{crowd}/{riders}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))


@impact.get("/stations/<path:station_id>/impact")
@impact.input(questions.CrowdChoice, location="query")
@impact.output(OneImpact)
def station_impact(slug: str, station_id: str, query_data: questions.CrowdChoice) -> Response:
    """Return what the closing of one station would mean.

    Exactly what `yizhan impact --station --json` prints.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need, crowd = query_data.chosen(), query_data.need(), query_data.crowd()
    row = city.data.station_row(station_id)

    def produce() -> bytes:
        return geojson.encode(run(city.data, profile, budget, need, crowd).station_json(row))

    return responses.body(city.version, produce)
