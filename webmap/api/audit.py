"""Answer how a city stands against requirement tables, and which tables there are."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from geo import audit as analysis
from geo.model import PROFILES, Need, TravelProfile, profile_named
from geo.requirements.rules import KINDS, Requirements
from geo.sources import requirements as tables
from webmap import geojson, responses, variants
from webmap.api import models, questions

audit = APIBlueprint("audit", __name__, url_prefix="/api", tag="Audit")

Verdict = Literal["met", "not_met", "not_judged"]
_KINDS = tuple(KINDS.values())


class AuditChoice(questions.ScenarioChoice):
    """Choose tables, and how and when people travel."""

    model_config = ConfigDict(extra="ignore")

    requirements: str | None = Field(
        None,
        description="Ids of tables, as `gb50180-2018,union-double-15`; default: all.",
        examples=["gb50180-2018"],
        max_length=500,
    )
    profile: str | None = Field(
        None,
        description="Travel like this instead of as each rule says.",
        json_schema_extra={"enum": list(PROFILES)},
    )
    services: str | None = questions.SERVICES
    at: str | None = questions.AT
    rows: int = Field(
        10, ge=0, le=1000, description="Failing areas and cells to name for each rule."
    )

    def tables(self) -> tuple[Requirements, ...]:
        """Return the tables, or raise :class:`~geo.errors.OptionError` naming all there are."""
        names = [name.strip() for name in (self.requirements or "").split(",") if name.strip()]
        return tuple(map(tables.shipped_named, names)) or tables.shipped()

    def travel_profile(self) -> TravelProfile | None:
        """Return the profile asked for instead of the rules' own."""
        return None if self.profile is None else profile_named(self.profile)

    def need(self) -> Need:
        """Return what is needed, or raise :class:`~geo.errors.OptionError`."""
        return Need.of(self.services, self.at)


class Wanted(BaseModel):
    """What a rule asks; null where rules of its kind do not ask it."""

    share: models.Share
    overlap: int | None = Field(description="Distinct stations in reach.")
    least: int | None = Field(description="Least number of stations or people.")
    most: int | None = Field(description="Greatest number of stations or people.")
    minutes: float | None = Field(description="Budget along the streets, minutes.")
    distance_m: float | None = Field(description="Budget along the streets, metres.")
    straight_m: float | None = Field(description="Straight line (ring), metres.")
    tiers: list[str] = Field(description="Tiers that count; empty = all. Levels never include.")
    services: list[str] = Field(description="Services that a station must offer.")
    each_service: list[str] = Field(description="Services that are asked one by one.")
    areas: list[str] = Field(description="Levels by preference; empty = circles of stations.")
    profile: str | None = Field(description="Who travels; null = nobody, or a straight line.")


class RuleFacts(BaseModel):
    """One rule of a table."""

    id: str
    kind: Literal[_KINDS]  # type: ignore[valid-type]
    title_zh: str
    title_en: str
    clause: str = Field(description="Where it stands in the source.")
    reading_zh: str = Field(description="What the source leaves open, and how it is read.")
    reading_en: str
    advisory: bool = Field(description="True: reported, and decides nothing.")
    wanted: Wanted


class TableFacts(BaseModel):
    """What is known of a table apart from its rules."""

    id: str
    title_zh: str
    title_en: str
    source: str = Field(description="Who asks, and where it is written.")
    clause: str
    date: str | None = Field(description="Of the source, ISO 8601; null = it states none.")
    note_zh: str
    note_en: str


class Table(TableFacts):
    """A table and its rules."""

    rules: list[RuleFacts]


class Tables(BaseModel):
    """All shipped tables."""

    tables: list[Table]


class Amounts(BaseModel):
    """People, or ground in m², behind a figure."""

    total: float
    judged: float | None = Field(description="Near enough to a street of the file to be judged.")
    reached: float | None = Field(description="Have what is asked; null = the rule asks no way.")
    missing: float | None = Field(description="Judged and not reached.")


class AreaCounts(BaseModel):
    """Areas by verdict; of several services all must be there."""

    total: int
    met: int
    not_met: int
    not_judged: int = Field(description="Without people or ground, or mostly outside the file.")


class Missing(BaseModel):
    """How much misses what is asked; one of the two is null."""

    people_missing: models.People
    missing_m2: float | None = Field(description="Ground, m², where nobody is known.")


class MissingService(Missing):
    """A service that is missed in a cell."""

    service: str


class FailingService(MissingService):
    """A service for which an area fails."""

    seen: float | None = Field(description="Share 0–1 or number of stations found.")


class ServiceOut(MissingService):
    """One service over all areas."""

    areas: AreaCounts


class FailingArea(BaseModel):
    """An area that fails; with several services the worst figures, each service below."""

    code: str = Field(description="Code of the cell, id of the station, or the city's short name.")
    name: str
    level: str = Field(description="Name of the level, `city`, or `station` for its circle.")
    seen: float | None = Field(description="Share 0–1, or number of stations or of people found.")
    people: Amounts | None
    area_m2: Amounts | None = Field(description="Ground, m², where nobody is known.")
    services: list[FailingService]


class FailingCell(Missing):
    """A lowest cell of a failing area where something is missed."""

    code: str
    name: str
    level: str
    area: str = Field(description="Code of the failing area.")
    services: list[MissingService]


class FailingAreas(BaseModel):
    """The areas that fail."""

    areas: int = Field(description="How many there are.")
    listed: list[FailingArea] = Field(description="The worst of them.")


class FailingCells(BaseModel):
    """The lowest cells in failing areas where something is missed."""

    cells: int = Field(description="How many there are.")
    listed: list[FailingCell] = Field(description="Those with the most people.")


class RuleOut(RuleFacts):
    """What became of one rule."""

    verdict: Verdict
    reason: str | None = Field(
        description="Why it is not judged: no_level, no_people, no_ground, outside, "
        "people_unknown or no_station."
    )
    level: str | None = Field(description="Level judged, `city` or `station`; null = none.")
    share: models.Share = Field(description="Of the city's judged people or ground.")
    people: Amounts | None = Field(description="Of the city, for all services together.")
    area_m2: Amounts | None = Field(description="The same in m² of ground, if nobody is known.")
    areas: AreaCounts
    services: list[ServiceOut]
    failing_areas: FailingAreas
    failing_cells: FailingCells


class TableOut(TableFacts):
    """What became of one table."""

    verdict: Verdict = Field(description="Advisory rules do not count.")
    rules: list[RuleOut]


class AuditNeed(BaseModel):
    """What was needed besides the way."""

    services: list[str]
    at: str | None = Field(description="When people set out, local time.")
    holidays_known: bool | None = Field(description="Null = no instant was asked.")


class AuditOut(BaseModel):
    """The audit, as `yizhan audit-circle --json` prints it."""

    city: str = Field(description="Short name.")
    name: str
    synthetic: bool
    profile: str | None = Field(description="Asked for instead of the rules' own, or null.")
    need: AuditNeed
    people_reason: str | None = Field(description="Why nobody is known; null = people are.")
    tables: list[TableOut]


@audit.get("/requirements")
@audit.output(Tables)
def requirement_tables() -> Response:
    """Return the shipped requirement tables with source, clause, date and rules."""
    known = tables.shipped()
    return responses.body(
        "requirements",
        lambda: geojson.encode({"tables": [analysis.described(table) for table in known]}),
    )


@audit.get("/cities/<slug>/audit")
@audit.input(AuditChoice, location="query")
@audit.output(AuditOut)
def city_audit(slug: str, query_data: AuditChoice) -> Response:
    """Return which rules a city meets, and the areas, cells and services that fail.

    Exactly what `yizhan audit-circle --json` prints.
    """
    city = variants.city(slug, query_data.scenario)
    wanted, profile, need = query_data.tables(), query_data.travel_profile(), query_data.need()

    def produce() -> bytes:
        found = analysis.audit(city.data, wanted, profile, need)
        return geojson.encode(found.to_json(query_data.rows))

    names = "+".join(table.id for table in wanted)
    who = "" if profile is None else profile.name
    key = f"audit/{names}/{who}/{need.key}/{query_data.rows}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))
