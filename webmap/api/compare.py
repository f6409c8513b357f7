"""Answer what is different between two scenarios of a city, or a scenario and the city today."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import export, study
from geo.scenario import compare as analysis
from webmap import geojson, responses, variants
from webmap.api import models, questions
from webmap.catalog import LoadedCity

compare = APIBlueprint("compare", __name__, url_prefix="/api/cities/<slug>", tag="Scenarios")

_SIDE = "Id of a scenario, or `today` for the city as it is"


class CompareChoice(questions.CrowdLevelChoice):
    """Choose two scenarios, and the question that both are asked."""

    level: int | None = Field(None, description="Only the cells of this level; default: all.")
    a: str = Field(variants.TODAY, description=f"Before: {_SIDE}.", max_length=64)
    b: str | None = Field(None, description=f"After: {_SIDE}; default: `scenario`.", max_length=64)


class Figures(BaseModel):
    """Figures of the whole city; shares are differences in the middle part of `Totals`."""

    stations: int = Field(description="Stations that serve anybody.")
    covered: float | None = Field(description="In the unit of `measure`.")
    share: float | None = Field(description="Covered of all, 0–1.")
    share_of_judged: float | None = Field(description="Covered of the judged, 0–1.")
    median_s: float | None = Field(description="Median time of the judged people, seconds.")


class Totals(BaseModel):
    """The whole city before, after, and after minus before."""

    before: Figures
    after: Figures
    difference: Figures
    gained: float = Field(description="Covered after and not before.")
    lost: float = Field(description="Covered before and not after.")


class Moved(BaseModel):
    """How much was of one state and is of another."""

    states: list[Literal[analysis.STATES]]  # type: ignore[valid-type]
    table: list[list[float]] = Field(description="A row per state before, a column per one after.")


class ComparedCells(BaseModel):
    """The cells as parallel lists; every difference is after minus before."""

    code: list[str]
    level: list[int]
    total: list[float | None] = Field(description="In the unit of `measure`.")
    before_covered: list[float | None]
    after_covered: list[float | None]
    difference: list[float | None]
    share_before: list[models.Share]
    share_after: list[models.Share]
    share_difference: list[float | None]
    class_before: list[models.Class | None]
    class_after: list[models.Class | None]
    median_s_before: list[float | None] = Field(description="Of the judged people, seconds.")
    median_s_after: list[float | None] = Field(description="Of the judged people, seconds.")
    median_s_difference: list[float | None] = Field(description="Seconds.")
    null_reason: list[str | None]


class CompareOut(BaseModel):
    """What is different; swapped sides change every sign. `yizhan compare` says the same."""

    city: str = Field(description="Short name.")
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    services: list[str]
    at: str | None
    users_per_1000: float | None
    default_seats: int | None
    edition: Literal["internal"] = Field(description="Exact, for planners.")
    measure: Literal["people", "ground_m2"] = Field(description="What is counted.")
    reason: str | None = Field(description="Why people are not counted.")
    totals: Totals
    moved: Moved
    cells: ComparedCells


@compare.get("/compare")
@compare.input(CompareChoice, location="query")
@compare.output(CompareOut)
@compare.doc(responses={404: "There is no such scenario", 409: "The city was imported anew"})
def compared(slug: str, query_data: CompareChoice) -> Response:
    """Return what is different in one scenario (`b`) when compared with another (`a`)."""
    before = variants.city(slug, query_data.a)
    after = variants.city(slug, query_data.b or query_data.scenario)
    question = query_data.study()
    level = query_data.level
    if level is not None:
        before.data.city.checked_level(level)

    def produce() -> bytes:
        found = analysis.difference(_study(before, question), _study(after, question))
        told = export.comparison(found)
        return geojson.encode(told | {"cells": _cells(told["cells"], level)})

    profile, budget, need, crowd = question
    key = f"{profile.name}/{budget.key}/{need.key}/{crowd}/{level}"
    return responses.body(
        f"{before.version}-{after.version}",
        lambda: after.answers.get(f"compare/{before.version}/{key}", produce),
    )


def _study(city: LoadedCity, question: questions.Question) -> study.Study:
    profile, budget, need, crowd = question
    return study.run(city.data, profile, budget, need, crowd)


def _cells(columns: dict[str, list[Any]], level: int | None) -> dict[str, list[Any]]:
    """Return the columns of the cells of one level, or of all."""
    for name in ("class_before", "class_after", "null_reason"):
        columns[name] = [value or None for value in columns[name]]
    if level is None:
        return columns
    kept = [number for number, own in enumerate(columns["level"]) if own == level]
    return {name: [values[number] for number in kept] for name, values in columns.items()}
