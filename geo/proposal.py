"""Propose what to do: the actions that bring most people to a station, and proof of the promise.

The four models of the literature choose among the same :mod:`actions <geo.actions>`:

============  ======================================================================================
``mclp``      most people within a budget or a number of actions (Church & ReVelle 1974)
``lscp``      the cheapest actions that reach a target share (Toregas et al. 1971)
``p-median``  the least mean travel time (Hakimi 1964)
``p-center``  the least longest travel time (Hakimi 1964)
============  ======================================================================================

Existing stations are fixed: what they cover is left out, which is exact. A promise is kept to the
last person: :func:`verify` makes the changes and studies the city anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import actions, candidates, demand, grid, scenario, siting, study
from geo.actions import ALWAYS, USUAL_COSTS, Actions, Costs
from geo.candidates import Candidates
from geo.city import CityData
from geo.demand import Demand
from geo.errors import OptionError
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs
from geo.scenario import Change
from geo.study import Study

Progress = Callable[[str, int, int], None]

MODELS = ("mclp", "lscp", "p-median", "p-center")


def silent(label: str, done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True)
class Goal:
    """Hold what is asked: a model, and one of a budget, a number of actions and a target share."""

    model: str
    budget: float | None = None
    sites: int | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise OptionError(f"unknown model {self.model!r}; choose one of {', '.join(MODELS)}")
        given = [name for name in ("budget", "sites", "target") if getattr(self, name) is not None]
        wanted = ("target",) if self.model == "lscp" else ("budget", "sites")
        if not given:
            raise OptionError(
                "say how far to go: a budget, a number of sites, or a target share "
                f"(model {self.model}: {' or '.join(wanted)})"
            )
        if len(given) != 1 or given[0] not in wanted:
            raise OptionError(
                f"model {self.model} takes {' or '.join(wanted)}, not {' and '.join(given)}"
            )
        if self.budget is not None and not (math.isfinite(self.budget) and self.budget >= 0):
            raise OptionError(f"a budget of {self.budget} is not allowed; give a number ≥ 0")
        if self.sites is not None and self.sites < 1:
            raise OptionError(f"{self.sites} sites is no number to choose; give 1 or more")
        if self.target is not None and not 0 < self.target <= 1:
            raise OptionError(f"a target of {self.target} is no share; give more than 0 up to 1")

    @classmethod
    def of(
        cls, model: str | None, budget: float | None, sites: int | None, target: float | None
    ) -> Goal:
        """Return the goal; without a model a target means ``lscp``, anything else ``mclp``."""
        return cls(model or ("mclp" if target is None else "lscp"), budget, sites, target)


@dataclass(frozen=True, eq=False)
class Proposal:
    """Hold what to do, what it gains and how good that certainly is.

    ``plan`` (metric CRS) has one row an action, the most useful first: ``rank, kind, id, name,
    area`` (the neighbourhood), ``services, added, opening_hours, cost, gained, covered, share``;
    ``gained`` is what it adds to the rows before it, ``covered`` and ``share`` (of all that can be
    judged) what is reached with it. ``reason`` says why there is nothing more to do, "" when that
    is plain. ``spot_pairs`` are the places and the spots of ``possible`` that they reach.
    """

    before: Study
    demand: Demand
    goal: Goal
    costs: Costs
    longer: str
    sites: Candidates
    possible: Actions
    spot_pairs: Pairs
    choice: siting.Choice
    plan: gpd.GeoDataFrame
    reason: str

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Return the plan as changes to the stations."""
        return tuple(change for row in self.choice.actions for change in self.possible.changes(row))

    @property
    def covered_before(self) -> float:
        """Return the weight that is covered now."""
        return self.demand.total(self.demand.covered)

    @property
    def covered(self) -> float:
        """Return the weight that will be covered."""
        return self.covered_before + self.choice.gained


@dataclass(frozen=True, eq=False)
class Verdict:
    """Hold what a proposal is worth when the whole city is studied with it.

    ``gained`` and ``lost`` are the weight of the places that are covered with it only, and without
    it only; ``kept`` says that the promised gain is the recomputed one and nobody loses.
    """

    after: Study
    gained: float
    lost: float
    kept: bool


def propose(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need,
    goal: Goal,
    sites: Candidates | int = candidates.STREET_SITES,
    *,
    costs: Costs = USUAL_COSTS,
    longer: str = ALWAYS,
    progress: Progress = silent,
) -> Proposal:
    """Return the best plan that was found for a question, its bound and its gap.

    ``sites`` are the candidates, or how many street junctions to choose among. ``longer`` are the
    hours of new and of lengthened stations.
    """
    before = study.run(data, profile, budget, need)
    progress("查找未覆盖的地方", 0, 1)
    wanted = demand.of_study(before)
    lost, limit_ms = wanted.lost & (wanted.weight > 0), before.budget_ms
    if isinstance(sites, int):
        sites = candidates.junctions(
            data, profile, wanted.xy[lost], wanted.weight[lost], budget.metres(profile), sites
        )
    progress("查找未覆盖的地方", 1, 1)
    possible = actions.possible(data, profile, need, limit_ms, sites, costs, longer)
    near = actions.spot_pairs(data, profile, possible, wanted.links, lost, limit_ms, progress)
    first, place, _ = possible.reached(near, limit_ms)
    cover = siting.Cover(
        first=first,
        place=place,
        weight=np.where(lost, wanted.weight, 0.0),
        cost=_prices(goal, possible),
        exclusive=possible.table["spot"].to_numpy(np.int32),
    )
    choice = _solve(goal, cover, wanted, progress)
    plan = _plan(data, wanted, possible, choice)
    reason = _reason(goal, wanted, possible, cover, choice)
    return Proposal(
        before, wanted, goal, costs, longer, sites, possible, near, choice, plan, reason
    )


def _prices(goal: Goal, possible: Actions) -> NDArray[np.float64]:
    """Return what each action counts for the budget: its cost, or 1 where actions are counted."""
    cost = possible.table["cost"].to_numpy(float)
    return cost if goal.sites is None else np.ones(len(cost))


def _solve(goal: Goal, cover: siting.Cover, wanted: Demand, progress: Progress) -> siting.Choice:
    if goal.target is not None:
        short = goal.target * wanted.total(wanted.judged) - wanted.total(wanted.covered)
        return siting.fewest(cover, max(0.0, short), progress=progress)
    within = goal.budget if goal.sites is None else float(goal.sites)
    assert within is not None  # a goal has one of the three
    return siting.most_people(cover, within, progress=progress)


def _plan(
    data: CityData, wanted: Demand, possible: Actions, choice: siting.Choice
) -> gpd.GeoDataFrame:
    """Return the chosen actions as a frame, with what each adds."""
    table = possible.table.iloc[list(choice.actions)].reset_index(drop=True)
    spots = possible.spots.iloc[table["spot"].to_numpy()].reset_index(drop=True)
    before, whole = wanted.total(wanted.covered), wanted.total(wanted.judged)
    covered = before + np.cumsum(np.array(choice.marginal, float))
    frame = table[["kind", "services", "added", "opening_hours", "cost"]].assign(
        rank=np.arange(1, len(table) + 1),
        id=spots["id"],
        name=spots["name"],
        area=_areas(data, shapely.get_coordinates(list(spots["geometry"]))),
        lon=spots["lon"].round(7),
        lat=spots["lat"].round(7),
        gained=np.array(choice.marginal, float),
        covered=covered,
        share=covered / whole if whole > 0 else np.nan,
    )
    return gpd.GeoDataFrame(frame, geometry=spots.geometry.to_numpy(), crs=data.city.crs)


def _areas(data: CityData, xy: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the name of the neighbourhood that holds each place, "" where none has a name."""
    named = grid.districts(data.cells)
    if named is None:
        return np.full(len(xy), "", object)
    names = np.append(named["name"].to_numpy(object), "")
    return names[grid.holder_rows(named, np.arange(len(named), dtype=np.int32), xy)]


def _reason(
    goal: Goal, wanted: Demand, possible: Actions, cover: siting.Cover, choice: siting.Choice
) -> str:
    """Return why the plan is empty or falls short, "" when it is neither."""
    whole, covered = wanted.total(wanted.judged), wanted.total(wanted.covered)
    if whole == 0:
        return "没有可判断的人口或地面 · there is nobody, and no ground, that can be judged"
    if not wanted.total(wanted.lost):
        return "可判断的都已覆盖，无需措施 · everybody who can be judged is covered already"
    if goal.target is not None and covered >= goal.target * whole:
        return (
            f"目前已达 {covered / whole:.2%}，目标 {goal.target:.2%} 已满足 · "
            f"{covered / whole:.2%} are covered, which meets the target of {goal.target:.2%}"
        )
    if not len(possible):
        return (
            "没有可行的措施：没有可用的候选点，也没有驿站能服务得更久 · nothing can be done: "
            "there is no usable site, and no station could serve longer"
        )
    if not len(cover.place):
        return "没有措施能惠及未覆盖的人 · no action reaches anybody who is not covered"
    if not choice.reached:
        most = (covered + choice.bound) / whole
        got = (covered + choice.gained) / whole
        return (
            f"达不到 {goal.target:.2%}：最多 {most:.2%}，此方案为 {got:.2%} · {goal.target:.2%} is "
            f"out of reach: at most {most:.2%} can be reached, and this plan reaches {got:.2%}"
        )
    if not choice.actions:
        useful = np.diff(cover.first) > 0
        least = float(cover.cost[useful].min())
        return (
            f"预算不足：有效措施最少需 {least:g} · the budget pays for nothing that helps; the "
            f"cheapest such action costs {least:g}"
        )
    return ""


def verify(proposal: Proposal) -> Verdict:
    """Make the changes, study the whole city anew, and compare with what was promised."""
    before = proposal.before
    changed = scenario.apply(before.data, proposal.changes)
    after = study.run(changed, before.profile, before.budget, before.need)
    then, now = proposal.demand, demand.of_study(after)
    gained = now.total(now.covered & ~then.covered)
    lost = now.total(then.covered & ~now.covered)
    return Verdict(after, gained, lost, gained == proposal.choice.gained and lost == 0)
