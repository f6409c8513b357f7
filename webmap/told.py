"""Say a view of a story as plain values: the page asks for them, the one file holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from geo import story
from geo.city import CityData
from geo.story import Asked, View

#: The words of a question, in the order in which they name it.
WORDS = ("profile", "budget", "services", "at", "scenario")


def words(asked: Asked, data: CityData) -> dict[str, str]:
    """Return a question as the API takes it, without what it leaves open.

    An hour without a day gets the day that it means in this city.
    """
    need = asked.need(data)
    said = {
        "profile": asked.profile,
        "budget": asked.budget,
        "services": ",".join(need.services),
        "at": "" if need.at is None else need.at.isoformat(timespec="minutes"),
        "scenario": asked.scenario or "",
    }
    return {name: said[name] for name in WORDS if said[name]}


def query(asked: Asked, data: CityData) -> str:
    """Return a question as the query of the API's addresses."""
    return urlencode(words(asked, data), safe=",:")


def row(
    view: View,
    told: Mapping[str, Any] | None,
    data: CityData,
    *,
    changes: Sequence[Mapping[str, Any]] | None = None,
    fault: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a view as a page shows it: itself, what it says, and where its data is asked for.

    ``told`` is :meth:`geo.story.ToldView.to_json`, ``data`` the city as it is, ``changes`` are
    those of the view's scenario, plain; ``more`` stands beside where the data is. With a ``fault``,
    one sentence, there is nothing to show.
    """
    plain = story.plain_view(view)
    if fault is not None or told is None:
        return plain | {"told": None, "data": None, "fault": fault}
    asked = {
        "after": query(view.asked, data),
        "before": None if view.against is None else query(view.against, data),
        "changes": None if changes is None else [dict(change) for change in changes],
        **more,
    }
    return plain | {"told": dict(told), "data": asked, "fault": None}
