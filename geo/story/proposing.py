"""Propose new stations for a story: a few street junctions that bring the most people within reach.

It is the proposal of :mod:`geo.proposal` for the question that a story asks first: 15 minutes on
foot, at whatever hour. Who wants another one makes a scenario of it and shows that.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from geo import proposal, scenario
from geo.city import ANYTIME, CityData
from geo.model import profile_named
from geo.proposal.choosing import Goal
from geo.scenario.changes import Change
from geo.story.views import Asked, budget_named

#: So many new stations are proposed, and the question that they answer.
SITES = 3
QUESTION = Asked()


@dataclass(frozen=True, eq=False)
class Proposed:
    """Hold the proposal of a city.

    ``plan`` (metric CRS) has a row per new station, the most useful first, as in
    :class:`geo.proposal.Proposal`; ``changes`` are the same as changes of a scenario; ``reason``
    says in both languages why there are none, "" where there are some. ``city`` is the city with
    them.
    """

    plan: gpd.GeoDataFrame
    changes: tuple[Change, ...]
    reason: str
    city: CityData


def proposed(data: CityData) -> Proposed:
    """Return what is proposed for a city, made once and kept with it."""
    found: Proposed = data.keep(("proposed",), lambda: _proposed(data))
    return found


def changes(data: CityData) -> tuple[Change, ...]:
    """Return what is proposed as changes of a scenario; () where nothing helps."""
    return proposed(data).changes


def _proposed(data: CityData) -> Proposed:
    profile, budget = profile_named(QUESTION.profile), budget_named(QUESTION.budget)
    goal = Goal("mclp", sites=SITES)
    found = proposal.propose(data, profile, budget, ANYTIME, goal)
    made = found.changes
    city = scenario.apply(data, made) if made else data
    return Proposed(found.plan, made, "" if made else found.reason, city)
