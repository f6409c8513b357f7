"""Tell what a city's own clocks show now: the only reading of the time that answers begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from geo import locator
from geo.city import CityData


def now(data: CityData) -> datetime:
    """Return the moment as the city's clocks show it, without a zone."""
    return locator.wall_clock(data, datetime.now(UTC))


def today(data: CityData) -> date:
    """Return the day that the city's clocks show."""
    return now(data).date()
