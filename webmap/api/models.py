"""Describe the answers field by field, with units, for OpenAPI; the tests hold answers to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.model import TIERS

Share = Annotated[float | None, Field(ge=0, le=1, description="Share, 0–1; null = not known.")]
People = Annotated[float | None, Field(ge=0, description="People; null = not known.")]
Class = Literal["full", "partial", "none"]
Suppressed = Annotated[
    str | None,
    Field(
        description="Only in public editions: why counts of people are withheld. `<10`, or "
        "`people<10`, `covered<10`, `uncovered<10` = that count is 1–9 people; `withheld` = such a "
        "count could be got back from these; null = nothing is. Other counts are rounded to ten."
    ),
]


#: So many changes a scenario may have; a body that holds them may be so long, in bytes.
MOST_CHANGES, CHANGES_BYTES = 500, 512 * 1024
CHANGES = Field(
    max_length=MOST_CHANGES,
    description="Changes in their order, each with its `kind` and the fields of that kind: "
    "`open`, `add_services`, `drop_services`, `hours`, `enlarge`, `close`, `status`, `move` of a "
    "station; `link`, `unlink`, `gate`, `shut` of the streets. Positions are `[lon, lat]`, WGS84.",
    examples=[
        [
            {"kind": "open", "station": "n1", "position": [106.53, 29.46], "name": "新站"},
            {"kind": "hours", "station": "YD008", "opening_hours": "24/7"},
        ]
    ],
)


class Problem(BaseModel):
    """Say what went wrong (RFC 9457)."""

    type: str = Field(description="Kind of the problem, a URN.")
    title: str = Field(description="The kind in plain words, in the language of the request.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="What was seen and what was wanted.")
    remedy: str = Field(description="What to do, in the language of the request.")


class Station(BaseModel):
    """One station."""

    id: str
    name: str
    tier: str = Field(json_schema_extra={"enum": list(TIERS)})
    services: list[str] = Field(description="Keys of the city's `services`.")
    opening_hours: str = Field(description="OSM syntax; empty = unknown.")
    address: str
    phone: str
    host: str
    status: str
    capacity: int | None = Field(description="People at once.")


class Geometry(BaseModel):
    """A GeoJSON geometry, WGS84 degrees rounded to 1e-6."""

    type: str
    coordinates: list[Any] = []


class CellFigures(BaseModel):
    """The figures of one cell; people are null where nobody is known or nobody lives."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    name: str
    level: int
    parent: str = Field(description="Code of the cell above; empty at the top.")
    people: People
    people_judged: float | None = Field(description="People near enough to a street to be judged.")
    covered: People
    share: Share
    ring_covered: float | None = Field(description="People inside the straight-line ring.")
    ground_m2: float = Field(description="Ground (land), m².")
    judged_m2: float = Field(description="Ground near enough to a street to be judged, m².")
    covered_m2: float = Field(description="Ground inside the circles, m².")
    ground_share: Share
    ring_m2: float = Field(description="Ground inside the straight-line ring, m².")
    class_: Class | None = Field(alias="class", description="By people where known, else ground.")
    null_reason: str | None = Field(
        description="Why `class` is null: no_people, outside, no_ground or suppressed."
    )
    suppressed: Suppressed = None
    reason: str | None = Field(description="Main reason of what is not covered; null = none.")


class Covered(BaseModel):
    """How much of a total is covered."""

    total: float | None
    judged: float | None = Field(description="Near enough to a street of the file to be judged.")
    covered: float | None
    share: float | None = Field(description="Covered of the total, 0–1; null = not known.")
    share_of_judged: float | None = Field(description="Covered of the judged, 0–1.")


class CoveredPeople(Covered):
    """How many people are covered."""

    reason: str | None = Field(description="Why the figures are null.")


class NeededStations(BaseModel):
    """Stations in service by what they are for the need."""

    serves: int = Field(description="Open within the budget, with all services.")
    closed: int
    unknown_hours: int = Field(description="Nobody wrote down the hours; never counted as open.")
    service_missing: int


class NeedFacts(BaseModel):
    """What was needed, and how many stations offer it."""

    services: list[str]
    at: str | None = Field(description="The instant people set out; null = hours are not asked.")
    holidays_known: bool | None = Field(
        description="False: the published calendar does not reach so far; null = not asked."
    )
    stations: NeededStations
    users_per_1000: float | None = Field(
        description="Users at the same moment of every 1,000 people; null = no seats are asked."
    )
    default_seats: int | None = Field(description="Seats taken for stations of unknown capacity.")


class Headline(BaseModel):
    """The figures of a city that need no drawing."""

    stations: int = Field(description="Stations that serve.")
    need: NeedFacts
    people: CoveredPeople
    uncovered: dict[str, float | None] = Field(description="People by reason.")
    suppressed: dict[str, str] = Field(
        default_factory=dict,
        description="Only in public editions: the counts that are withheld, by name.",
    )


class Step(BaseModel):
    """One step of a way."""

    kind: str = Field(description="ride, push, walk, stairs, or leave: here the vehicle stays.")
    street: str = Field(description="Name of the street; empty = without a name.")
    metres: float = Field(description="Length, metres.")
    seconds: float = Field(description="Time that it takes.")
    turn: str = Field(
        description="How it is entered: start, straight, slight_left, left, sharp_left, "
        "slight_right, right, sharp_right, back, or arrive."
    )
    heading: int = Field(description="Compass direction of its first metres, degrees.")
    first: int = Field(description="Vertex of the way where it begins.")
    last: int = Field(description="Vertex of the way where it ends.")
    gate: str = Field(description="Of leave: the name of the gate; empty = none.")
    cause: str = Field(description="Of leave: gate, steps or street refuses the vehicle.")
    side: str = Field(description="Of arrive: left, right or ahead, where the door lies.")
    flights: int = Field(description="Of stairs: how many flights.")
    stairs: int | None = Field(description="Of stairs: how many single ones; null = unknown.")
