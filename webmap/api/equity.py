"""Answer how evenly the way to a station is shared out, and which verdicts are certain."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import certainty
from geo import equity as measures
from webmap import geojson, responses, variants
from webmap.api import models, questions

equity = APIBlueprint("equity", __name__, url_prefix="/api/cities/<slug>", tag="Equity")

_Seconds = float | None


class EquityChoice(questions.Choice):
    """Choose a profile, a budget and a need, and how much is wanted."""

    level: int | None = Field(None, description="Also the cells of this level of the grid.")
    certainty: bool = Field(
        False, description="Also try other speeds and positions; takes seconds in a large city."
    )


class Quantiles(BaseModel):
    """Seconds that so many percent of the people who can be judged do not exceed.

    Null: the quantile falls among people without any way.
    """

    p10: _Seconds
    p25: _Seconds
    p50: _Seconds
    p75: _Seconds
    p90: _Seconds
    p95: _Seconds


class Group(BaseModel):
    """How travel times are spread over a group of people."""

    key: str = Field(description="Type of community, code of a cell, or group by age.")
    name: str = Field(description="Its name; empty where the key says all.")
    profile: str = Field(description="How these people travel.")
    people: float = Field(ge=0, description="`outside` + `unreached` + those with a time.")
    outside: float = Field(ge=0, description="People too far from every street to be judged.")
    unreached: float = Field(ge=0, description="People without any way to a station that serves.")
    covered: float = Field(ge=0, description="People with a time within the budget.")
    share: models.Share = Field(description="`covered` / `people`; null = nobody lives there.")
    share_of_judged: models.Share = Field(description="The same without those `outside`.")
    gini: models.Share = Field(
        description="Gini coefficient of the times of those who have one: 0 = all the same."
    )
    mean_s: _Seconds = Field(description="Mean time of those who have one.")
    quantiles_s: Quantiles
    reason: str | None = Field(description="Why figures are null.")


class Question(BaseModel):
    """What was asked."""

    city: str = Field(description="Short name.")
    city_name: str
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    need: models.NeedFacts


class CertainPeople(BaseModel):
    """People of the city by how certain it is whether they are covered; null = nobody is known."""

    total: models.People
    judged: models.People = Field(description="People who can be judged at all.")
    covered: models.People = Field(description="As given.")
    covered_min: models.People = Field(description="Under the worst single variation.")
    covered_max: models.People = Field(description="Under the best single variation.")
    robust_covered: models.People = Field(description="Covered under all variations.")
    robust_uncovered: models.People = Field(description="Covered under none.")
    fragile: models.People = Field(description="Covered under some.")
    reason: str | None = Field(description="Why people are null.")


class Variation(BaseModel):
    """The figures under one change of what nobody knows exactly."""

    kind: Literal["base", "speed", "place", "stations"] = Field(
        description="`base`: none; `speed`: everybody's; `place`: where people live; `stations`: "
        "the whole list, moved together."
    )
    speed_percent: int | None = Field(description="Percent of the profile's speed.")
    bearing_deg: int | None = Field(description="Where to, degrees clockwise from north.")
    covered: models.People
    share_of_judged: models.Share = Field(description="Of people or of ground, see `basis`.")


class LevelVerdicts(BaseModel):
    """How many cells of one level keep their class under all variations."""

    cells: int
    robust: int
    fragile: int
    unknown: int = Field(description="Cells without a class.")


class CertaintyFacts(Question):
    """What happens to the figures of a city at other speeds and positions, one at a time."""

    speed_percent: int | None = Field(description="Speeds are varied by so much, up and down.")
    speed_reason: str | None = Field(description="Why the speed is not varied.")
    position_m: float = Field(description="Positions are moved so far towards 8 bearings.")
    basis: Literal["people", "ground"] = Field(
        description="What shares and classes are of; ground where nobody is known."
    )
    share_of_judged: models.Share = Field(description="Covered share as given.")
    share_of_judged_min: models.Share = Field(description="Under the worst single variation.")
    share_of_judged_max: models.Share = Field(description="Under the best single variation.")
    people: CertainPeople
    variations: list[Variation]
    levels: dict[str, LevelVerdicts]


class EquityOut(Question):
    """How evenly the way is shared out, as `yizhan equity --json` prints it."""

    aged_cell_share: float = Field(description="Above this share aged 60+ a cell is `aged`.")
    overall: Group | None = Field(description="Everybody; null = nobody is known, see `reason`.")
    by_kind: list[Group] = Field(description="Types of community; the unknown type is empty.")
    by_age: list[Group] = Field(
        description="`aged`, `other`, `unknown`: cells; `aged_60`, `under_60`: people. The aged "
        "come a second time as slow walkers."
    )
    level: int | None
    cells: list[Group] = Field(description="Cells of the level asked for.")
    reason: str | None = Field(description="Why nobody is known.")
    kind_reason: str | None = Field(description="Why `by_kind` is empty.")
    age_reason: str | None = Field(description="Why `by_age` is empty.")
    certainty: CertaintyFacts | None = Field(description="Null unless asked for.")


class CellVerdict(BaseModel):
    """Whether the class of a cell is certain."""

    code: str
    name: str
    verdict: Literal["robust", "fragile"] | None = Field(
        description="`robust`: the class is the same under all variations; null = it has none."
    )
    class_: models.Class | None = Field(alias="class", description="The class as given.")
    share: models.Share
    share_min: models.Share
    share_max: models.Share
    null_reason: str | None = Field(description="Why there is no class.")


class CertaintyOut(CertaintyFacts):
    """The certainty of a city and of the cells of one level."""

    level: int
    cells: list[CellVerdict]


@equity.get("/equity")
@equity.input(EquityChoice, location="query")
@equity.output(EquityOut)
def city_equity(slug: str, query_data: EquityChoice) -> Response:
    """Return Gini coefficients and quantiles of the time to a station, for all and by group.

    Exactly what `yizhan equity --json` prints.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need = query_data.chosen(), query_data.need()
    level, certain = query_data.level, query_data.certainty
    if level is not None:
        city.data.city.checked_level(level)

    def produce() -> bytes:
        told = measures.summary(city.data, profile, budget, need, level, certain=certain)
        return geojson.encode(told)

    key = f"equity/{level}/{certain}/{profile.name}/{budget.key}/{need.key}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))


@equity.get("/certainty")
@equity.input(questions.LevelChoice, location="query")
@equity.output(CertaintyOut)
def city_certainty(slug: str, query_data: questions.LevelChoice) -> Response:
    """Return which cells of a level keep their class at ±20 % speed and ±50 m, and their range."""
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need = query_data.chosen(), query_data.need()
    level = city.data.city.checked_level(query_data.level)

    def produce() -> bytes:
        found = certainty.assess(city.data, profile, budget, need)
        told: dict[str, Any] = certainty.summary(found)
        told |= {"level": level, "cells": certainty.cells_of(found, level)}
        return geojson.encode(told)

    key = f"certainty/{level}/{profile.name}/{budget.key}/{need.key}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))
