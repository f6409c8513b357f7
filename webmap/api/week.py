"""Answer who is covered at every hour of a week: the curve that the map's hour slider draws."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from geo import disclosure
from geo import week as hours
from webmap import geojson, responses, variants
from webmap.api import models, questions

week = APIBlueprint("week", __name__, url_prefix="/api/cities/<slug>", tag="Week")


class WeekChoice(questions.Choice):
    """Choose a profile, a budget, services and the day that begins the week."""

    start: str | None = Field(
        None,
        alias="from",
        description="First day; default: the Monday before `at`, else the Monday of this week.",
        examples=["2026-11-16"],
        max_length=16,
    )

    def day(self) -> date:
        """Return the first day, or raise :class:`~geo.errors.OptionError`."""
        if self.start is not None:
            return hours.day_of(self.start)
        at = self.need().at
        return hours.monday_of(date.today() if at is None else at.date())


class Holidays(BaseModel):
    """What is known of the seven days as holidays."""

    known: list[bool] = Field(
        description="Per day, whether the calendar of holidays is published; if not, weekday "
        "hours are taken as written."
    )
    names: list[str | None] = Field(
        description="Per day, the Chinese name of the holiday, or the weekday whose hours a "
        "make-up working day has; null = neither."
    )


class WeekOut(BaseModel):
    """Who is covered at every full hour of seven days, setting out at that hour."""

    city: str
    city_name: str
    profile: str
    minutes: float | None
    distance_m: float | None
    services: list[str] = Field(description="Services that a station must offer.")
    start: str = Field(alias="from", description="First day.")
    hours: list[str] = Field(description="The 168 full hours, on the city's own clocks.")
    covered: list[models.People] = Field(description="Covered people per hour.")
    by_service: dict[str, list[models.People]] = Field(
        description="The same for each service alone, whatever `services` says; in public editions "
        "none."
    )
    stations: list[int] = Field(description="Stations that serve somebody, per hour.")
    ceiling: models.People = Field(description="Covered people if hours are ignored.")
    people_judged: models.People = Field(description="People who can be judged.")
    people_total: models.People = Field(description="All people.")
    reason: str | None = Field(description="Why people are null.")
    holidays: Holidays
    unknown_hours: int = Field(
        description="Stations whose hours are unknown at one hour at least; they never count then."
    )


@week.get("/week")
@week.input(WeekChoice, location="query")
@week.output(WeekOut)
def week_curve(slug: str, query_data: WeekChoice) -> Response:
    """Return the curve of a week, exactly as `yizhan week --json` prints it."""
    city = variants.city(slug, query_data.scenario)
    (profile, budget), services = query_data.chosen(), query_data.need().services
    start = query_data.day()

    def produce() -> bytes:
        told = hours.week(city.data, profile, budget, services, start=start).to_json()
        return geojson.encode(disclosure.public_hours(told) if city.public else told)

    return responses.body(f"{city.version}-{start.isoformat()}", produce)
