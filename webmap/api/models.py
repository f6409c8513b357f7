"""Describe the answers field by field, with units, for OpenAPI; the tests hold answers to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.gaps import CLASSES
from geo.model import TIERS

Share = Annotated[float | None, Field(ge=0, le=1, description="Share, 0–1; null = not known.")]
People = Annotated[float | None, Field(ge=0, description="People; null = not known.")]
Class = Literal["full", "partial", "none"]


class Problem(BaseModel):
    """Say what went wrong (RFC 9457)."""

    type: str = Field(description="Kind of the problem, a URN.")
    title: str = Field(description="The kind in plain words, in the language of the request.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="What was seen and what was wanted.")
    remedy: str = Field(description="What to do, in the language of the request.")


class Health(BaseModel):
    """Say that the server answers."""

    status: Literal["ok"]
    version: str = Field(description="Version of the software.")
    cities: int = Field(description="Cities that can be shown.")


class LevelFacts(BaseModel):
    """One level of the grid."""

    level: int = Field(description="1 = top.")
    name: str
    title_zh: str
    title_en: str
    cells: int = Field(description="Number of cells.")


class ProfileFacts(BaseModel):
    """One travel profile."""

    name: str
    title_zh: str
    title_en: str
    speed_mps: float = Field(description="Headline speed, metres a second.")


class BudgetFacts(BaseModel):
    """One budget that is prepared; exactly one of the two figures is given."""

    key: str
    minutes: float | None
    distance_m: float | None


class ServiceFacts(BaseModel):
    """One service category."""

    key: str
    zh: str
    en: str


class TileFacts(BaseModel):
    """One layer of map tiles."""

    url: str = Field(description="Address of the PMTiles file; take byte ranges of it.")
    minzoom: int
    maxzoom: int


class CityFacts(BaseModel):
    """What is known of a city apart from its rows."""

    slug: str
    name: str
    synthetic: bool = Field(description="True: everything in this city is invented.")
    data_date: str | None = Field(description="Date of the street data, ISO 8601.")
    attribution: str
    bounds: list[float] = Field(
        description="West, south, east, north of all that can be judged; degrees, WGS84."
    )
    view: list[float] = Field(description="The part with nearly all streets, for a first look.")
    levels: list[LevelFacts]
    profiles: list[ProfileFacts]
    budgets: list[BudgetFacts]
    stations: int = Field(description="All stations, closed and planned ones included.")
    stations_open: int = Field(description="Stations that the figures count.")
    people_total: float | None
    people_reason: str | None = Field(description="Why `people_total` is null.")
    barriers_known: bool = Field(description="False: nothing is claimed to be severed.")
    version: str = Field(description="Changes whenever the city is written anew.")
    services: list[ServiceFacts]
    tiles: dict[str, TileFacts]


class Cities(BaseModel):
    """All cities."""

    cities: list[CityFacts]


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


class StationFeature(BaseModel):
    """A station as a GeoJSON point."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry
    properties: Station


class Stations(BaseModel):
    """All stations of a city."""

    type: Literal["FeatureCollection"]
    features: list[StationFeature]


class BandProperties(BaseModel):
    """A band around one station, or the straight-line ring beside it."""

    kind: Literal["band", "ring"]
    minutes: float | None = Field(description="Outer edge of the band, minutes (bands nest).")
    radius_m: float | None = Field(description="Radius of the ring, metres.")
    people: People
    area_m2: float | None = Field(description="Area, m².")


class BandFeature(BaseModel):
    """A band or ring as GeoJSON."""

    type: Literal["Feature"]
    geometry: Geometry | None
    properties: BandProperties


class ServiceArea(BaseModel):
    """The 5, 10 and 15 minute bands of one station, and the ring of the widest."""

    type: Literal["FeatureCollection"]
    features: list[BandFeature]


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
        description="Why `class` is null: no_people, outside or no_ground."
    )
    reason: str | None = Field(description="Main reason of what is not covered; null = none.")


class CellFeature(BaseModel):
    """A cell as GeoJSON."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry
    properties: CellFigures


class Cells(BaseModel):
    """All cells of one level."""

    type: Literal["FeatureCollection"]
    features: list[CellFeature]


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


class CellColumns(BaseModel):
    """The figures of one level as parallel lists: enough to colour a map anew."""

    model_config = ConfigDict(populate_by_name=True)

    level: int
    city: Headline = Field(description="The whole city, as far as it needs no drawing.")
    codes: list[str]
    share: list[float | None]
    class_: list[Class | None] = Field(alias="class")
    people: list[float | None]
    covered: list[float | None]
    ground_share: list[float | None] = Field(
        description="Only where nobody is known; else null – `cells` has it."
    )


class Ring(BaseModel):
    """The same question answered by straight lines; always shown as that."""

    people: CoveredPeople
    area_m2: Covered = Field(description="Ground, m².")


class LevelClasses(BaseModel):
    """Cells of one level by class."""

    cells: int
    full: int
    partial: int
    none: int
    unknown: int = Field(description="Cells whose share is null.")


class Uncovered(BaseModel):
    """Places that are not covered, for one reason."""

    places: int | None
    people: float | None
    area_m2: float | None = Field(description="Ground, m².")


class StudyOut(BaseModel):
    """The study of one profile and budget, as `yizhan study --json` prints it."""

    city: str = Field(description="Short name.")
    name: str
    synthetic: bool
    profile: str
    minutes: float | None = Field(description="Budget in minutes, or null.")
    distance_m: float | None = Field(description="Budget in metres, or null.")
    radius_m: float = Field(description="What the budget promises in a straight line, metres.")
    speed_mps: float = Field(description="Headline speed of the profile, metres a second.")
    stations: int = Field(description="Stations that serve.")
    need: NeedFacts
    people: CoveredPeople
    area_m2: Covered = Field(description="Ground, m².")
    ring: Ring
    median_s: float | None = Field(
        description="Median time of the judged people to a station, seconds; null = not known."
    )
    levels: dict[str, LevelClasses]
    uncovered: dict[str, Uncovered] = Field(
        description=f"By reason, the first that is true: {', '.join(CLASSES)}."
    )
    barriers_known: bool
    barrier_kinds: list[str] = Field(
        description="Kinds of barriers in the city's files: water, railway, motorway, wall."
    )
    provenance: dict[str, Any]


class LayerFeature(BaseModel):
    """A shape of a layer as GeoJSON."""

    type: Literal["Feature"]
    geometry: Geometry | None
    properties: dict[str, Any] = Field(
        description="Gaps: `rank`, `class`, `people`, `area_m2`, `barrier`."
    )


class Layer(BaseModel):
    """A layer of the study as GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[LayerFeature]


class Access(BaseModel):
    """How the place reaches the streets."""

    leg_m: float | None = Field(description="Straight line to the street, metres.")
    street: str | None = Field(description="Name of the street; empty = without a name.")


class Step(BaseModel):
    """One stretch of a way."""

    name: str = Field(description="Name of the street; empty = without a name.")
    metres: float = Field(description="Length, metres.")
    mode: str = Field(description="ride, push, walk or stairs.")
    stairs: bool


class NearestStation(Station):
    """A station and the way to it."""

    seconds: float = Field(description="Travel time, seconds.")
    metres: float = Field(description="Length of the way, metres.")
    route: Geometry = Field(description="The way as a LineString.")
    steps: list[Step]


class NearestOut(BaseModel):
    """The nearest stations of a place, the nearest first."""

    access: Access
    stations: list[NearestStation]
    reason: str | None = Field(description="Why there are none.")
