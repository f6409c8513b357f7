"""Propose where more seats are needed: enlarge stations that are full, for a budget or a target.

Users without a seat, though stations are in reach, are counted at the nearest of them that can be
enlarged. A new seat there seats one of them for certain, and no plan seats more than one user with
it, so whole seats up to that count are the best that can be done: what is promised is kept to the
last user (see :func:`verify`). The fraction of a user left over at a station gets no seat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import capacity, scenario, siting
from geo.capacity import Capacity, Crowd
from geo.city import CityData
from geo.crs import unproject
from geo.errors import OptionError
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs
from geo.progress import Progress, silent
from geo.proposal import candidates
from geo.proposal.actions import USUAL_COSTS, Costs
from geo.proposal.choosing import Goal, Objective
from geo.scenario.changes import Enlarge

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Enlargement:
    """Hold which stations get how many seats more, and whom that seats.

    ``plan`` has the columns of :attr:`geo.proposal.Proposal.plan`, its figures being users;
    ``seats`` are those added. ``waiting`` are the whole users of each station who have no seat and
    would find one there. ``gained`` users find a seat who had none. ``reached`` is False where a
    target is out of reach, ``reason`` says why there is nothing more to do.
    """

    profile: TravelProfile
    budget: Budget
    need: Need
    goal: Goal
    costs: Costs
    before: Capacity
    waiting: Floats
    plan: gpd.GeoDataFrame
    gained: float
    objective: Objective
    gap: float
    reached: bool
    reason: str

    @property
    def changes(self) -> tuple[Enlarge, ...]:
        """Return the plan as changes to the stations."""
        rows = zip(self.plan["id"], self.plan["seats"], strict=True)
        return tuple(Enlarge(str(own), int(seats)) for own, seats in rows)


def propose(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need,
    crowd: Crowd,
    goal: Goal,
    costs: Costs = USUAL_COSTS,
    progress: Progress = silent,
) -> Enlargement:
    """Return where to add seats: for most users (``mclp``), or for a share of them (``lscp``).

    Only stations whose seats are known can be enlarged. With a number of sites so many stations
    are chosen that most users without a seat reach one of them.
    """
    if goal.by_time:
        raise OptionError(f"model {goal.model} knows no seats; choose mclp or lscp")
    now = capacity.run(data, profile, budget, need, crowd, progress)
    # Who reaches nothing but stations of unknown seats is left out of the plan, and of the bound.
    counted = now.served.only(~np.isnan(now.seats)[now.served.station])
    left = np.where(np.diff(counted.first) > 0, now.seating.full + now.seating.unsure, 0.0)
    known = ~np.isnan(capacity.seats_of(data.stations))
    table = now.served.only(known[now.served.station])
    most = math.fsum(left)
    if goal.sites is not None:
        known, most = _stations(goal.sites, table, left)
    waiting = _waiting(table.only(known[table.station]), left)
    allowed = _allowed(goal, costs, now)
    order = np.argsort(-waiting, kind="stable")
    room = np.maximum(allowed - (np.cumsum(waiting[order]) - waiting[order]), 0.0)
    seats = np.minimum(waiting[order], room)
    gained = float(seats.sum())
    reached = goal.target is None or gained >= allowed
    if goal.target is not None and reached:
        # Every seat added seats one user at most, so as many are needed as users are short.
        objective = Objective("cost", 0.0, gained * costs.enlarge, gained * costs.enlarge)
        gap = 0.0
    else:
        bound = most if goal.target is not None else min(allowed, most)
        gap = (bound - gained) / bound if bound > 0 else 0.0
        seated = _seated(now)
        objective = Objective("covered", seated, seated + gained, seated + bound)
    return Enlargement(
        profile,
        budget,
        need,
        goal,
        costs,
        before=now,
        waiting=waiting,
        plan=_plan(data, now, order[seats > 0], seats[seats > 0], costs),
        gained=gained,
        objective=objective,
        gap=gap,
        reached=reached,
        reason=_reason(now, goal, left, waiting, allowed, gained),
    )


def _seated(found: Capacity) -> float:
    return math.fsum(found.seating.assigned)


def _stations(sites: int, table: Pairs, left: Floats) -> tuple[NDArray[np.bool_], float]:
    """Return the stations that most users without a seat reach, and how many those are at most."""
    first, place, _ = table.by_station()
    cover = siting.Cover(first, place, left, np.ones(table.n_stations))
    found = siting.most_people(cover, sites)
    mask = np.zeros(table.n_stations, bool)
    mask[list(found.actions)] = True
    return mask, found.bound


def _waiting(table: Pairs, left: Floats) -> Floats:
    """Return how many whole users without a seat have each station as their nearest."""
    there = np.diff(table.first) > 0
    nearest = table.station[table.first[:-1][there]]
    return np.floor(np.bincount(nearest, left[there], table.n_stations))


def _allowed(goal: Goal, costs: Costs, now: Capacity) -> float:
    """Return how many seats may be added, or must be for a target; infinite when not limited."""
    if goal.target is not None:
        return max(0.0, math.ceil(goal.target * math.fsum(now.users) - _seated(now)))
    if goal.budget is None or costs.enlarge == 0:
        return math.inf
    seats = goal.budget / costs.enlarge * (1 + 1e-12)
    return float(math.floor(seats)) if math.isfinite(seats) else math.inf


def _plan(
    data: CityData, now: Capacity, rows: Longs, seats: Floats, costs: Costs
) -> gpd.GeoDataFrame:
    """Return the stations that get seats as a frame, those with most first."""
    stations, xy = data.stations.iloc[rows], data.stations_xy[rows]
    lon, lat = unproject(xy[:, 0], xy[:, 1], data.city.crs)
    covered, whole = _seated(now) + np.cumsum(seats), math.fsum(now.users)
    frame = pd.DataFrame(stations[["id", "name", "services", "opening_hours"]]).assign(
        rank=np.arange(1, len(rows) + 1),
        kind="enlarge",
        area=candidates.neighbourhoods(data, xy),
        lon=np.round(lon, 7),
        lat=np.round(lat, 7),
        added="",
        seats=seats.astype(np.int64),
        cost=seats * costs.enlarge,
        gained=seats,
        covered=covered,
        share=covered / whole if whole > 0 else np.nan,
    )
    return gpd.GeoDataFrame(
        frame.reset_index(drop=True), geometry=stations.geometry.to_numpy(), crs=data.city.crs
    )


def _reason(
    now: Capacity, goal: Goal, left: Floats, waiting: Floats, allowed: float, gained: float
) -> str:
    """Return why nothing is to be enlarged, or not enough, "" when neither is so."""
    users = math.fsum(now.users)
    if users == 0:
        return "没有可判断的使用者 · there are no users that can be judged"
    if goal.target is not None and not allowed:
        return (
            f"已有 {_seated(now) / users:.2%} 的使用者有座，目标 {goal.target:.2%} 已满足 · "
            f"{_seated(now) / users:.2%} of the users have a seat, which meets the target"
        )
    if not left.any() and not _seated(now):
        return "没有人走得到座位数已知的驿站 · nobody reaches a station of known seats"
    if not left.any():
        return (
            "走得到座位数已知驿站的人都有座 · everybody who reaches a station of known seats finds "
            "one there"
        )
    if not waiting.any():
        return "可扩容的驿站都凑不满一个人 · no station has a whole user waiting for a seat"
    if goal.target is not None and gained < allowed:
        got = (_seated(now) + gained) / users
        return (
            f"达不到 {goal.target:.2%}，扩容最多到 {got:.2%} · {goal.target:.2%} is out of reach: "
            f"enlarging brings {got:.2%}"
        )
    if not gained:
        return "预算不够增加一个座位 · the budget pays for no seat"
    return ""


def verify(plan: Enlargement) -> tuple[float, bool]:
    """Add the seats, assign everybody anew, and return who gained and whether that was promised."""
    before = plan.before
    changed = scenario.apply(before.data, plan.changes)
    after = capacity.run(changed, plan.profile, plan.budget, plan.need, before.crowd)
    gained = _seated(after) - _seated(before)
    return gained, gained == plan.gained
