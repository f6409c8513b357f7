"""Explain one place, and what would mend a gap. A place comes in the body and is kept nowhere."""

from __future__ import annotations

from datetime import date
from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from geo import answers
from geo.gaps import CLASSES
from geo.why import mending
from geo.why import why as why_of
from geo.why.obstacle import KINDS
from webmap import disclosed, geojson, responses, variants
from webmap.api import models, questions
from webmap.rows import cell_figures

why = APIBlueprint("why", __name__, url_prefix="/api/cities/<slug>", tag="Why")


class CellName(BaseModel):
    """A cell and those above it."""

    code: str
    name: str
    level: int
    path: list[str] = Field(description="Names from the top down to this cell.")


class StationName(BaseModel):
    """A station."""

    id: str
    name: str


class StationAt(StationName):
    """A station and the time to it."""

    seconds: float = Field(description="Time on the way, seconds.")


class Words(BaseModel):
    """One sentence in both languages."""

    zh: str
    en: str


class Obstacle(BaseModel):
    """What refuses the profile: the first gate, flight of steps or closed way of the free way.

    The free way is the one that a person would take whom everything let pass at walking pace.
    """

    kind: Literal[KINDS]  # type: ignore[valid-type]
    lon: float = Field(description="Where it begins; degrees, WGS84.")
    lat: float
    street: str = Field(description="Name of the street; empty = without a name.")
    highway: str = Field(description="OSM's kind of the street, as `footway`.")
    name: str = Field(description="Name of the gate; empty = without a name, or no gate.")
    at_this_hour: bool = Field(description="It refuses at the hour asked for, not always.")
    seconds: float = Field(description="Time to a station on the free way, seconds.")
    line: models.Geometry = Field(description="The free way as a LineString.")


class MissingLink(BaseModel):
    """The shortest straight line between two streets that would bring the place in time."""

    metres: float = Field(description="Length, metres.")
    line: models.Geometry = Field(description="From the place's side to the station's.")
    streets: list[str] = Field(description="Names of the streets at both ends; empty = none.")
    barrier: str | None = Field(description="The weightiest barrier that it crosses.")
    fault: bool = Field(
        description="Shorter than a metre: rather a junction that the data lack than a bridge."
    )
    seconds: float = Field(description="The place's time with the link, seconds.")
    places: int | None = Field(description="Places with people that it would bring in time.")
    people: models.People = Field(description="People whom it would bring in time.")


class Lacking(StationAt):
    """A station in reach that does not offer all that is needed."""

    missing: list[str] = Field(description="Keys of the services that it does not offer.")


class Opens(StationAt):
    """The first station in reach that offers what is needed and opens again."""

    at: str | None = Field(
        description="When it opens, on the city's own clocks; null = not within a week.",
        examples=["2026-11-21T08:00"],
    )
    wait_s: float | None = Field(description="From the instant asked for until then, seconds.")


class Ask(StationAt):
    """The nearest station in reach that may be open: it is known what it offers, not when."""

    phone: str
    opening_hours: str = Field(description="What is written of its hours; empty = nothing.")


class FullStation(StationName):
    """A station in reach without a free seat, in the plan that seats most users."""

    seconds: float = Field(description="Seconds until it serves, waiting included.")
    seats: float
    assigned: float = Field(description="Users who sit here, to three decimals.")
    load: float | None = Field(description="Users per seat; null = it has no seats at all.")


class PlaceOut(BaseModel):
    """What holds at the place itself."""

    model_config = ConfigDict(populate_by_name=True)

    seconds: float | None = Field(
        description="Seconds until it is served, waiting included; else to the nearest station."
    )
    covered: bool
    class_: Literal[CLASSES] | None = Field(  # type: ignore[valid-type]
        alias="class", description="Why it is not covered: the first cause that is true."
    )
    words: Words = Field(description="The answer in a sentence.")
    barrier: str | None = Field(description="The barrier that severs it.")
    station: StationName | None = Field(
        description="The station that is reached first, else the nearest in a straight line."
    )
    leg_m: float | None = Field(description="Straight line to the street, metres.")
    straight_m: float | None = Field(description="Straight line to the nearest station, metres.")
    path: models.Geometry | None = Field(description="The way to `station` as a LineString.")
    path_seconds: float | None = Field(description="Time on that way, without waiting, seconds.")
    path_metres: float | None = Field(description="Length of that way, metres.")
    steps: list[models.Step] = Field(description="The streets of that way.")
    nearest: StationAt | None = Field(
        description="The station in service that is reached first, whatever is needed there."
    )
    obstacle: Obstacle | None = Field(description="What refuses the profile (`refused`).")
    missing_link: MissingLink | None = Field(
        description="What would mend `severed`, `detour` or `unreachable`; null = no link can."
    )
    lacking: list[Lacking] = Field(description="The nearest stations (`service_missing`).")
    opens: Opens | None = Field(description="When one opens again (`closed`).")
    ask: Ask | None = Field(description="Whom to ask (`unknown_hours`).")
    full: list[FullStation] = Field(
        description="Stations that would serve the place but are full, nearest first; only with "
        "`users_per_1000`. The place is `full` when these are all there are."
    )


class ExplainOut(BaseModel):
    """Everything about one place: its cell, the cell's figures, and its own time."""

    city: str = Field(description="Short name.")
    lon: float
    lat: float
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    services: list[str] = Field(description="Services that are needed.")
    at: str | None = Field(description="When people set out; null = hours are not asked.")
    users_per_1000: float | None = Field(description="Null: seats are not asked.")
    default_seats: int | None = Field(description="Seats where the capacity is not known.")
    cell: CellName | None
    figures: models.CellFigures | None
    place: PlaceOut
    data_date: str | None = Field(description="Date of the street data, ISO 8601.")
    data_age_days: int | None = Field(description="Days from then until today.")
    imported: str | None = Field(description="Date when all files were imported, ISO 8601.")


class GapLink(BaseModel):
    """The link that would mend a ranked gap, found for its fullest place."""

    model_config = ConfigDict(populate_by_name=True)

    rank: int = Field(description="Rank of the gap, 1 = worst.")
    class_: Literal[CLASSES] = Field(alias="class")  # type: ignore[valid-type]
    code: str = Field(description="Code of the cell in which the gap lies; empty = none.")
    name: str
    people: models.People = Field(description="People in the gap.")
    area_m2: float = Field(description="Ground of the gap, m².")
    barrier: str | None = Field(description="The barrier that severs most of it.")
    reason: Words | None = Field(description="Why there is no link; null = there is one.")
    people_in_gap: models.People = Field(description="People of the gap whom it brings in time.")
    area_in_gap_m2: float | None = Field(
        description="Ground of the gap that is in time with it, to a pixel, m²."
    )
    missing_link: MissingLink | None


@why.post("/explain")
@why.input(questions.ExplainIn)
@why.input(questions.ScenarioChoice, location="query")
@why.output(ExplainOut)
def explain(
    slug: str, json_data: questions.ExplainIn, query_data: questions.ScenarioChoice
) -> Response:
    """Say whether a place is covered and by which way, and if not, why and what would mend it.

    As `yizhan why --json` prints it, with the figures of the place's cell beside.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need, crowd = json_data.chosen(), json_data.need(), json_data.crowd()
    found = why_of(city.data, profile, budget, json_data.position(), need, crowd)
    told = found.to_json(imported=answers.imported(slug), today=date.today())
    if city.public:
        told = disclosed.place(told)
    rows = found.found.cells
    study = city.study(profile, budget, need, crowd)
    figures = cell_figures(city.data, study, [rows[-1]])[0] if rows else None
    return responses.private(geojson.encode(told | {"figures": figures}))


@why.get("/gaps/<int:rank>/link")
@why.input(questions.Choice, location="query")
@why.output(GapLink)
def gap_link(slug: str, rank: int, query_data: questions.Choice) -> Response:
    """Return the shortest new path that would mend a gap of the layer `gaps`, and whom it helps.

    Only gaps of the classes `severed`, `detour` and `unreachable` can be mended so.
    """
    city = variants.city(slug, query_data.scenario)
    (profile, budget), need = query_data.chosen(), query_data.need()
    return responses.body(
        city.version,
        lambda: geojson.encode(mending.gap_link(city.data, profile, budget, rank, need).to_json()),
    )
