"""Read what is asked: profiles, budgets, levels and places, checked, as values of the analysis."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geo import locator
from geo.capacity import Crowd, crowd_of
from geo.city import CityData
from geo.errors import OptionError
from geo.model import PROFILES, Budget, Need, Position, TravelProfile, profile_named
from webmap import clock

_BUDGET = re.compile(r"(?P<number>\d{1,6})(?P<unit>min|m)")
PROFILE = Field(
    "walk", description="How a person travels.", json_schema_extra={"enum": list(PROFILES)}
)
SERVICES = Field(
    None,
    description="Only stations that offer all of these count, as `charging,water`.",
    examples=["charging,water"],
    max_length=200,
)
AT = Field(
    None,
    description="When people set out, on the city's own clocks; without it hours are not asked.",
    examples=["2026-11-20T22:30"],
    max_length=32,
)
_USERS = Field(
    None,
    description="Of every 1,000 people so many want a seat at the same moment, up to 1000; "
    "without it no capacity is asked.",
    examples=[10],
)
_DEFAULT_SEATS = Field(
    None, description="Seats of stations of unknown capacity; without it they are left out."
)
_WHOLE_MINUTES = range(1, 61)
_STEP_M, _MOST_M = 100, 5_000


_LEVEL = Field(None, description="Level of the grid, 1 = top; default: the lowest.")

#: What a study is asked: how people travel, how far, what they need, and who wants a seat.
Question = tuple[TravelProfile, Budget, Need, Crowd | None]


def _whole(value: float, unit: str) -> int:
    if not math.isfinite(value) or value != int(value):
        raise OptionError(f"a budget here is whole {unit}, not {value!r}")
    return int(value)


class ScenarioChoice(BaseModel):
    """Choose the city as it is, or as a scenario changes it."""

    scenario: str | None = Field(
        None,
        description="Id of a scenario: the answer is that of the city after its changes; default: "
        "the city as it is (`today`).",
        examples=["today"],
        max_length=64,
    )


class Choice(ScenarioChoice):
    """Choose a profile and a budget; the default is 15 minutes on foot."""

    model_config = ConfigDict(extra="ignore")

    profile: str = PROFILE
    budget: str | None = Field(
        None, description="`15min` or `1000m`.", examples=["15min", "1000m"], max_length=16
    )
    minutes: float | None = Field(None, description="Whole minutes, 1–60, instead of `budget`.")
    distance_m: float | None = Field(
        None, description="Metres in steps of 100, up to 5000, instead of `budget`."
    )
    services: str | None = SERVICES
    at: str | None = AT

    def chosen(self) -> tuple[TravelProfile, Budget]:
        """Return the profile and the budget, or raise :class:`~geo.errors.OptionError`.

        Only whole minutes and steps of 100 m are taken, because each choice costs a computation
        that is kept.
        """
        return profile_named(self.profile), self._budget()

    def need(self) -> Need:
        """Return what is needed, or raise :class:`~geo.errors.OptionError`."""
        return Need.of(self.services, self.at)

    def _budget(self) -> Budget:
        if [self.budget, self.minutes, self.distance_m].count(None) < 2:
            raise OptionError("give one of budget, minutes and distance_m, not several")
        minutes, distance_m = self.minutes, self.distance_m
        if self.budget is not None:
            match = _BUDGET.fullmatch(self.budget)
            if match is None:
                raise OptionError(f"budget {self.budget!r} is not like 15min or 1000m")
            number = float(match["number"])
            minutes, distance_m = (number, None) if match["unit"] == "min" else (None, number)
        if distance_m is not None:
            metres = _whole(distance_m, "metres")
            if metres % _STEP_M or not 0 < metres <= _MOST_M:
                raise OptionError(
                    f"{metres} m is not offered; give a multiple of {_STEP_M} up to {_MOST_M}"
                )
            return Budget(distance_m=metres)
        whole = _whole(15 if minutes is None else minutes, "minutes")
        if whole not in _WHOLE_MINUTES:
            raise OptionError(f"{whole} minutes is not offered; give 1 to 60")
        return Budget(minutes=whole)


class CrowdChoice(Choice):
    """Choose a profile, a budget and a need, and who wants a seat."""

    users_per_1000: float | None = _USERS
    default_seats: int | None = _DEFAULT_SEATS

    def crowd(self) -> Crowd | None:
        """Return who wants a seat, or raise :class:`~geo.errors.OptionError`."""
        return crowd_of(self.users_per_1000, self.default_seats)

    def study(self) -> Question:
        """Return the whole question, or raise :class:`~geo.errors.OptionError`."""
        return (*self.chosen(), self.need(), self.crowd())


class LevelChoice(Choice):
    """Choose a profile, a budget, a need and a level of the grid."""

    level: int | None = _LEVEL


class CrowdLevelChoice(CrowdChoice):
    """Choose what a study is asked, and a level of the grid."""

    level: int | None = _LEVEL


class ProfileChoice(ScenarioChoice):
    """Choose a profile."""

    profile: str = PROFILE


class PlaceIn(BaseModel):
    """Name a place; WGS84 degrees."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(strict=True, description="Longitude, degrees, WGS84.", examples=[106.6])
    lat: float = Field(strict=True, description="Latitude, degrees, WGS84.", examples=[29.5])
    profile: str = PROFILE

    def position(self) -> Position:
        """Return the position, or raise :class:`~geo.errors.PositionError`."""
        return Position(self.lon, self.lat)


class DepartureIn(PlaceIn):
    """Name a place and when somebody sets out from it."""

    at: str | None = Field(
        None,
        description="When the person sets out, on the city's own clocks, to the minute; default: "
        "now.",
        examples=["2026-11-20T22:30"],
        max_length=32,
    )

    def moment(self, data: CityData) -> datetime:
        """Return when the person sets out, or raise :class:`~geo.errors.OptionError`."""
        return Need.of(None, self.at).at or clock.now(data)


class NearestIn(DepartureIn):
    """Ask for the stations where somebody is served first."""

    k: int = Field(5, ge=1, le=locator.MOST, strict=True, description="How many stations.")
    services: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list,
        max_length=20,
        description="Only stations that offer all of these; keys of the city's `services`.",
        examples=[["charging", "water"]],
    )
    open_only: bool = Field(
        False, strict=True, description="Only stations that are known to be open on arrival."
    )
    always: bool = Field(
        False,
        strict=True,
        description="Only stations that stay open for the next "
        f"{locator.ALWAYS_DAYS} days without a break (“24 hours”).",
    )
    way: int = Field(
        0,
        ge=0,
        le=locator.MOST,
        strict=True,
        description="With the first so many stations comes the way there.",
    )

    def filters(self) -> locator.Filters:
        """Return which stations count, or raise :class:`~geo.errors.OptionError`."""
        return locator.Filters(tuple(self.services), self.open_only, self.always)


class WayIn(DepartureIn):
    """Ask for the way from a place to a station."""

    station: str = Field(description="Id of the station.", examples=["YD001"], max_length=200)


class ExplainIn(PlaceIn):
    """Ask why a place is covered or not."""

    budget: str = Field("15min", description="`15min` or `1000m`.", max_length=16)
    services: str | None = SERVICES
    at: str | None = AT
    users_per_1000: float | None = _USERS
    default_seats: int | None = _DEFAULT_SEATS

    def need(self) -> Need:
        """Return what is needed, or raise :class:`~geo.errors.OptionError`."""
        return Need.of(self.services, self.at)

    def chosen(self) -> tuple[TravelProfile, Budget]:
        """Return the profile and the budget, or raise :class:`~geo.errors.OptionError`."""
        return Choice.model_validate({"profile": self.profile, "budget": self.budget}).chosen()

    def crowd(self) -> Crowd | None:
        """Return who wants a seat, or raise :class:`~geo.errors.OptionError`."""
        return crowd_of(self.users_per_1000, self.default_seats)
