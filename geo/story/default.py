"""Make the story of a city without any editing: six views, from the stations to what to do."""

from __future__ import annotations

from geo.city import CityData
from geo.disclosure import Edition
from geo.story.views import Story


def default(data: CityData, edition: Edition = "internal") -> Story:
    """Return the default story of a city; what an edition withholds does not choose its cameras."""
    raise NotImplementedError
