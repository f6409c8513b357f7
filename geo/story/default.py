"""Make the story of a city without any editing: six views, from the stations to what to do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.city import CityData
from geo.crs import unproject
from geo.disclosure import Edition
from geo.report import rows
from geo.report.subject import Subject
from geo.story import proposing
from geo.story.showing import answered
from geo.story.views import PROPOSAL, Asked, Camera, Story, View

#: The hour of the night that is asked.
NIGHT = "23:00"
#: A view shows at least so many metres, so that one sees where it is.
_LEAST_M = 2_500.0
#: Rim round what a view is about, as a part of its size.
_RIM = 0.15
#: Degrees of a camera are rounded to about a decimetre.
_DECIMALS = 6


def default(data: CityData, edition: Edition = "internal") -> Story:
    """Return the story that every city has.

    The city and its stations, the circle, the ring against the streets, the night, the worst gaps
    and why, the proposal and what it brings; the last is left out where nothing can be proposed.
    The camera looks at the worst gaps that this edition may tell.
    """
    now = Asked(proposing.QUESTION.profile, proposing.QUESTION.budget)
    later = Asked(now.profile, now.budget, at=NIGHT)
    views = [
        View("city", layers=("stations",), asked=now),
        View("circle", layers=("cells", "circles", "stations"), asked=now),
        View("ring", layers=("cells", "circles", "ring", "stations"), asked=now),
        View("night", layers=("cells", "circles", "stations"), asked=later, against=now),
        View("gaps", layers=("cells", "gaps", "stations"), asked=now,
             camera=_worst_gaps(data, now, edition)),
    ]  # fmt: skip
    proposed = proposing.proposed(data)
    if proposed.changes:
        views.append(
            View(
                "proposal",
                layers=("cells", "circles", "stations"),
                asked=Asked(now.profile, now.budget, scenario=PROPOSAL),
                against=now,
                camera=_box(data, proposed.plan.total_bounds),
            )
        )
    return Story(f"{data.city.name} · 驿站服务圈", tuple(views))


def _worst_gaps(data: CityData, asked: Asked, edition: Edition) -> Camera | None:
    """Return a box round the worst gaps, ``None`` without any."""
    told = answered(data, asked, edition)
    ranks = [gap.number for gap in rows.worst_gaps(Subject(told, "zh"), None)]
    worst = told.gaps[told.gaps["rank"].isin(ranks)]
    return _box(data, worst.total_bounds) if len(worst) else None


def _box(data: CityData, bounds: NDArray[np.float64]) -> Camera:
    """Return bounds in metres with a rim, and not too small, in degrees."""
    low, high = np.reshape(bounds, (2, 2))
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    half = np.maximum(half * (1.0 + 2.0 * _RIM), _LEAST_M / 2.0)
    corners = middle + half * np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]])
    lon, lat = unproject(corners[:, 0], corners[:, 1], data.city.crs)
    west, south, east, north = (
        round(float(each), _DECIMALS) for each in (lon.min(), lat.min(), lon.max(), lat.max())
    )
    return west, south, east, north
