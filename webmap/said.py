"""Tell planners what riders said of the stations of a city."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from geo.city import CityData
from webmap import clock
from webmap.store import feedback
from webmap.store.engine import Store

#: The words for a reader at a terminal.
WORDS: dict[feedback.Kind, str] = {
    "closed": "关着门 closed",
    "wrong_place": "位置不对 wrong place",
    "broken_charger": "充电坏了 charger broken",
    "thanks": "谢谢 thanks",
}


def of_station(data: CityData, store: Store, station: str) -> dict[str, Any]:
    """Return what was said of one station, as plain values."""
    found = feedback.counted(store, data.city.slug, _recent_since(data), station)
    return found.get(station, feedback.NOTHING).to_json()


def of_city(data: CityData, store: Store) -> dict[str, Any]:
    """Return what was said of every station, the most complained of first, as plain values.

    A station that the city has no more is named by its id alone.
    """
    since = _recent_since(data)
    names = dict(zip(data.stations["id"], data.stations["name"], strict=True))
    return {
        "since": since.isoformat(),
        "stations": [
            {"station": station, "name": names.get(station), **told.to_json()}
            for station, told in feedback.counted(store, data.city.slug, since).items()
        ],
    }


def _recent_since(data: CityData) -> date:
    return clock.today(data) - timedelta(days=feedback.RECENT_DAYS - 1)
