"""Describe the answers field by field, with units, for OpenAPI; the tests hold answers to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.model import TIERS
from geo.schemas import STATUSES
from geo.way.turns import TURNS

Share = Annotated[float | None, Field(ge=0, le=1, description="Share, 0–1; null = not known.")]
People = Annotated[float | None, Field(ge=0, description="People; null = not known.")]
LonLat = Annotated[list[float], Field(min_length=2, max_length=2)]
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-20"])]
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


class Datums(BaseModel):
    """One place for maps of every kind; longitude first, degrees rounded to 1e-6 (0.11 m)."""

    wgs84: LonLat = Field(description="WGS84: GPS, OpenStreetMap, this server.")
    gcj02: LonLat | None = Field(
        description="GCJ-02: Amap, Tencent and Apple maps of mainland China; null elsewhere."
    )
    bd09: LonLat | None = Field(
        description="BD-09: Baidu's maps of mainland China; null elsewhere."
    )


class Station(BaseModel):
    """One station."""

    id: str = Field(description="Id; it stays the same as long as the list of stations does.")
    name: str = Field(
        description="Name as the list has it; one without is called by its street (未命名驿站)."
    )
    name_en: str | None = Field(description="Name in English; null = it has none.")
    tier: str = Field(description="Rank of the station.", json_schema_extra={"enum": list(TIERS)})
    services: list[str] = Field(description="Keys of the city's `services`.")
    opening_hours: str = Field(description="OSM syntax; empty = unknown.")
    address: str = Field(description="Postal address; empty = unknown.")
    phone: str = Field(description="Telephone; empty = unknown.")
    host: str = Field(description="Who houses it; empty = unknown.")
    status: str = Field(
        description="In service or not.", json_schema_extra={"enum": list(STATUSES)}
    )
    capacity: int | None = Field(description="People at once.")
    verified: Day | None = Field(description="Day of the last check on the spot; null = not known.")
    photo: str | None = Field(
        description="Address of its picture on this server (WebP); null = there is none."
    )
    position: Datums = Field(description="Where it stands.")


class FeedbackKinds(BaseModel):
    """How often riders said what of a station."""

    closed: int = Field(description="It was closed.")
    wrong_place: int = Field(description="It was not there.")
    broken_charger: int = Field(description="A charger was broken.")
    thanks: int = Field(description="Thanks.")


class Feedback(BaseModel):
    """What riders said of a station."""

    recent: FeedbackKinds = Field(description="In the last 30 days, today included.")
    all: FeedbackKinds = Field(description="Ever.")
    last: Day | None = Field(description="Day of the last word; null = nobody said any.")


class Geometry(BaseModel):
    """A GeoJSON geometry, WGS84 degrees rounded to 1e-6."""

    type: str = Field(description="GeoJSON's type, as `LineString`.")
    coordinates: list[Any] = Field([], description="Longitude first, nested as the type asks.")


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

    kind: Literal["ride", "push", "walk", "stairs", "leave"] = Field(
        description="How it is gone; `push` = the vehicle is pushed, `leave` = it is left here."
    )
    street: str = Field(description="Name of the street; empty = without a name.")
    metres: float = Field(description="Length, metres.")
    seconds: float = Field(description="Time, seconds.")
    turn: str = Field(
        description="How the step is entered; `start` the first, `arrive` the last.",
        json_schema_extra={"enum": list(TURNS)},
    )
    heading: int = Field(
        description="Where its first metres lead, compass degrees: 0 = north, 90 = east."
    )
    first: int = Field(description="First of its vertices in the way's line, from 0.")
    last: int = Field(description="Last of its vertices in the way's line.")
    gate: str = Field(description="Name of the gate where the vehicle is left; empty = none.")
    cause: Literal["", "gate", "steps", "street"] = Field(
        description="Why the vehicle is left here; empty = it is not."
    )
    side: Literal["", "left", "right", "ahead"] = Field(
        description="Where the door lies on arrival; empty = not the last step."
    )
    flights: int = Field(description="Flights of stairs in this step.")
    stairs: int | None = Field(description="Single stairs; null = nobody counted them, or none.")


class Way(BaseModel):
    """A way from a place to a station's door."""

    metres: float = Field(description="Length of the line, metres.")
    seconds: float = Field(description="Travel time, seconds.")
    flights: int = Field(description="Flights of stairs.")
    geometry: Geometry = Field(description="The way as a LineString, from the place to the door.")
    steps: list[Step] = Field(description="The way in steps; their lengths add up to `metres`.")
