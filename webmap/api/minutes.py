"""Answer how many people live how many minutes from a station, and the median of every cell."""

from __future__ import annotations

from typing import Literal

import numpy as np
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import minutes as analysis
from geo import study
from webmap import geojson, responses, variants
from webmap.api import questions
from webmap.rows import level_rows

minutes = APIBlueprint("minutes", __name__, url_prefix="/api/cities/<slug>", tag="Coverage")


class CellMedians(BaseModel):
    """The cells of one level as parallel lists."""

    level: int | None = Field(description="Null: the city has no grid.")
    code: list[str]
    median_s: list[float | None] = Field(
        description="Seconds until half of the judged people are served; null = half have no way, "
        "or nobody lives there."
    )


class MinutesOut(BaseModel):
    """People by minutes until a station serves them, waiting included."""

    city: str = Field(description="Short name.")
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    budget_s: float = Field(description="The budget in seconds of travel time.")
    services: list[str]
    at: str | None
    seats_counted: Literal[False] = Field(
        description="Seats are not counted here: a place counts when a station serves it, full or "
        "not. `coverage` with `users_per_1000` counts them."
    )
    measure: Literal["people", "ground_m2"] = Field(description="What is counted.")
    reason: str | None = Field(description="Why people are not counted.")
    total: float = Field(description="All that is counted: the bins and what stands beside them.")
    bins: list[float] = Field(
        description="Bin i: more than i and at most i + 1 minutes; 30 bins.",
        min_length=analysis.LONGEST_MIN,
        max_length=analysis.LONGEST_MIN,
    )
    beyond: float = Field(description="Longer than the last bin.")
    unreached: float = Field(description="Without a way to a station that serves.")
    outside: float = Field(description="Too far from the streets of the file to be judged.")
    median_s: float | None = Field(
        description="Median time of the judged people, seconds; null = half have no way."
    )
    cells: CellMedians


@minutes.get("/minutes")
@minutes.input(questions.LevelChoice, location="query")
@minutes.output(MinutesOut)
def city_minutes(slug: str, query_data: questions.LevelChoice) -> Response:
    """Return how many people live how many minutes from the station that serves them first.

    The bins up to the budget add up to the covered people. Where nobody is known, ground is
    counted instead, by the pixels of the raster. Seats are not asked.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need = query_data.chosen(), query_data.need()
    levels = city.data.city.levels
    level = city.data.city.checked_level(query_data.level) if levels else None

    def produce() -> bytes:
        asked = study.run(city.data, profile, budget, need)
        rows = np.empty(0, int) if level is None else level_rows(city.data, level)
        medians = analysis.medians_s(asked)[rows]
        return geojson.encode(
            {
                "city": slug,
                "profile": profile.name,
                "minutes": budget.minutes,
                "distance_m": budget.distance_m,
                "budget_s": asked.budget_ms / 1000.0,
                "services": list(need.services),
                "at": None if need.at is None else need.at.isoformat(timespec="minutes"),
                "seats_counted": False,
                **analysis.histogram(asked).to_json(),
                "median_s": study.median_s(asked),
                "cells": {
                    "level": level,
                    "code": city.data.cells["code"].iloc[rows].tolist(),
                    "median_s": [geojson.plain(value) for value in medians.tolist()],
                },
            }
        )

    key = f"minutes/{level}/{profile.name}/{budget.key}/{need.key}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))
