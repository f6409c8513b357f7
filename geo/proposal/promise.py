"""Propose what to do: the actions that bring most people to a station, and proof of the promise.

Existing stations are fixed: what they cover is left out, which is exact. A promise is kept to the
last person: :func:`verify` makes the changes and studies the city anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import scenario, study
from geo.city import CityData
from geo.model import Budget, Need, TravelProfile
from geo.pairs import Pairs
from geo.progress import Progress, silent
from geo.proposal import actions, candidates, choosing, demand, measure
from geo.proposal.actions import ALWAYS, USUAL_COSTS, Actions, Costs
from geo.proposal.candidates import Candidates
from geo.proposal.choosing import Goal, Offers, Outcome
from geo.proposal.demand import Demand
from geo.proposal.measure import Measured
from geo.scenario.changes import Change
from geo.study import Study
from geo.supply import HORIZON_MS

#: How a reason says that its figures are not the drawn ones.
_BY_POINTS = ("（按地面点计）", " (by points of ground)")
#: Times longer than so many budgets count as such a one for the mean (p-median).
CAP_BUDGETS = 4


@dataclass(frozen=True, eq=False)
class Proposal:
    """Hold what to do, what it gains and how good that certainly is.

    ``plan`` (metric CRS) has one row an action, the most useful first: ``rank, kind, id, name,
    area`` (the neighbourhood), ``services, added, opening_hours, seats`` (of a new site), ``cost,
    gained, covered, share``; ``gained`` is what it adds to the rows before it, ``covered`` and
    ``share`` what is reached with it, as ``measured`` by the study's own ruler. ``demand``,
    ``offers`` and ``outcome`` are what was chosen by: of ground, points. ``reason`` says why there
    is nothing more to do, "" when that is plain. ``spot_pairs`` are the places and the spots of
    ``possible`` that they reach.
    """

    before: Study
    demand: Demand
    goal: Goal
    costs: Costs
    longer: str
    sites: Candidates
    possible: Actions
    spot_pairs: Pairs
    offers: Offers
    outcome: Outcome
    measured: Measured
    plan: gpd.GeoDataFrame
    reason: str

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Return the plan as changes to the stations."""
        return tuple(
            change for row in self.outcome.actions for change in self.possible.changes(row)
        )

    @property
    def covered_before(self) -> float:
        """Return how many people, or m², are covered now."""
        return self.measured.covered[0]

    @property
    def covered(self) -> float:
        """Return how many people, or m², will be covered."""
        return self.measured.covered[-1]

    @property
    def gained(self) -> float:
        """Return how many people, or m², are promised in addition."""
        return self.covered - self.covered_before


@dataclass(frozen=True, eq=False)
class Verdict:
    """Hold what a proposal is worth when the whole city is studied with it.

    ``covered`` is what the study of the changed city covers. ``gained`` and ``lost`` are the weight
    of the places that are covered with it only, and without it only. ``kept`` says that all these
    are the promised ones, that nobody loses, and, where times were promised, that every time is the
    promised one to the millisecond.
    """

    after: Study
    covered: float
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
    asked = (wanted.judged if goal.by_time else wanted.lost) & (wanted.weight > 0)
    horizon_ms = _horizon(goal, before, wanted.time_ms[asked])
    if isinstance(sites, int):
        sites = candidates.junctions(
            data, profile, wanted.xy[asked], wanted.weight[asked], budget.metres(profile), sites
        )
    progress("查找未覆盖的地方", 1, 1)
    possible = actions.possible(data, profile, need, horizon_ms, sites, costs, longer)
    near = actions.spot_pairs(data, profile, possible, wanted.links, asked, horizon_ms, progress)
    first, place, time_ms = possible.reached(near, horizon_ms)
    offers = Offers(
        first=first,
        place=place,
        time_ms=time_ms,
        cost=possible.table["cost"].to_numpy(float),
        spot=possible.table["spot"].to_numpy(np.int32),
        weight=np.where(wanted.judged, wanted.weight, 0.0),
        now_ms=wanted.time_ms,
        limit_ms=before.budget_ms,
        horizon_ms=horizon_ms,
    )
    outcome = choosing.choose(goal, offers, progress)
    measured = measure.of_plan(before, wanted, possible, outcome.actions, outcome.gains, progress)
    return Proposal(
        before=before,
        demand=wanted,
        goal=goal,
        costs=costs,
        longer=longer,
        sites=sites,
        possible=possible,
        spot_pairs=near,
        offers=offers,
        outcome=outcome,
        measured=measured,
        plan=_plan(data, measured, possible, outcome),
        reason=_reason(goal, wanted, sites, offers, outcome) or _drawn_short(goal, measured),
    )


def _horizon(goal: Goal, before: Study, now_ms: NDArray[np.int32]) -> int:
    """Return up to which travel time ways are looked for, in milliseconds.

    For coverage the budget; for the mean some budgets, which is what longer times count as; for the
    longest time as long as anybody travels now, and two hours where somebody has no way.
    """
    limit_ms = before.budget_ms
    match goal.model:
        case "p-median":
            wide = CAP_BUDGETS * limit_ms
        case "p-center":
            wide = int(now_ms.max(initial=0))
        case _:
            wide = limit_ms
    return max(limit_ms, min(wide, HORIZON_MS))


def _plan(
    data: CityData, measured: Measured, possible: Actions, outcome: Outcome
) -> gpd.GeoDataFrame:
    """Return the chosen actions as a frame, with what each adds."""
    table = possible.table.iloc[list(outcome.actions)].reset_index(drop=True)
    spots = possible.spots.iloc[table["spot"].to_numpy()].reset_index(drop=True)
    covered, whole = np.array(measured.covered), measured.whole
    gained, covered = np.diff(covered), covered[1:]
    frame = table[["kind", "services", "added", "opening_hours", "cost"]].assign(
        rank=np.arange(1, len(table) + 1),
        id=spots["id"],
        name=spots["name"],
        area=candidates.neighbourhoods(data, shapely.get_coordinates(list(spots["geometry"]))),
        lon=spots["lon"].round(7),
        lat=spots["lat"].round(7),
        seats=spots["capacity"].where(spots["station"] < 0).astype("float64"),
        gained=gained,
        covered=covered,
        share=covered / whole if whole > 0 else np.nan,
    )
    return gpd.GeoDataFrame(frame, geometry=spots.geometry.to_numpy(), crs=data.city.crs)


def _reason(goal: Goal, wanted: Demand, sites: Candidates, offers: Offers, outcome: Outcome) -> str:
    """Return why the plan is empty or falls short, "" when it is neither."""
    whole, covered = wanted.total(wanted.judged), wanted.total(wanted.covered)
    by_points = ("", "") if wanted.measure == "people" else _BY_POINTS
    if whole == 0:
        return "没有可判断的人口或地面 · there is nobody, and no ground, that can be judged"
    if not goal.by_time and covered == whole:
        return "可判断的都已覆盖，无需措施 · everybody who can be judged is covered already"
    if goal.target is not None and covered >= goal.target * whole:
        return (
            f"目前已达 {covered / whole:.2%}，目标 {goal.target:.2%} 已满足{by_points[0]} · "
            f"{covered / whole:.2%} are covered, which meets the target of {goal.target:.2%}"
            f"{by_points[1]}"
        )
    if not len(offers.cost):
        why_zh, why = ("到时都不开放", "would be open") if len(sites) else ("都不可用", "is usable")
        return (
            f"没有可行的措施：候选点{why_zh}，也没有驿站能服务得更久 · nothing can be done: no "
            f"candidate {why}, and no station could serve longer"
        )
    prices = offers.prices(goal)
    useful = prices[np.diff(offers.first) > 0]
    if not len(useful):
        return "没有措施能惠及需要的人 · no action reaches anybody who needs it"
    if not outcome.reached:
        return _out_of_reach(goal, outcome, whole, covered) + by_points[1]
    if not outcome.actions and goal.target is None and useful.min() > (goal.budget or 0.0):
        return (
            f"预算不足：有效措施最少需 {useful.min():g} · the budget pays for nothing that helps; "
            f"the cheapest such action costs {useful.min():g}"
        )
    if not outcome.actions:
        return "没有措施能再改善 · no action makes it any better"
    return ""


def _drawn_short(goal: Goal, measured: Measured) -> str:
    """Return that a target is met by points of ground only, "" where it is met as drawn, too."""
    got = measured.covered[-1] / measured.judged if measured.judged > 0 else 0.0
    if goal.target is None or got >= goal.target * (1 - 1e-9):
        return ""
    return (
        f"目标 {goal.target:.2%} 按地面点计已达到；按画出的服务圈为 {got:.2%} · the target of "
        f"{goal.target:.2%} is met by points of ground; the drawn circle holds {got:.2%}"
    )


def _out_of_reach(goal: Goal, outcome: Outcome, whole: float, covered: float) -> str:
    """Return in words what was out of reach, and what can be had."""
    if goal.target is None:
        return (
            "预算不足以让所有人都有路可到；此方案惠及的人最多 · the budget does not give everybody "
            "a way; this plan gives it to the most"
        )
    assert outcome.objective.bound is not None  # the most that can be covered
    most, got = outcome.objective.bound / whole, (covered + outcome.gained) / whole
    return (
        f"达不到 {goal.target:.2%}：最多 {most:.2%}，此方案为 {got:.2%} · {goal.target:.2%} is out "
        f"of reach: at most {most:.2%} can be reached, and this plan reaches {got:.2%}"
    )


def verify(proposal: Proposal) -> Verdict:
    """Make the changes, study the whole city anew, and compare with what was promised."""
    before, outcome, offers = proposal.before, proposal.outcome, proposal.offers
    changed = scenario.apply(before.data, proposal.changes)
    after = study.run(changed, before.profile, before.budget, before.need)
    then, now = proposal.demand, demand.of_study(after)
    gained = now.total(now.covered & ~then.covered)
    lost = now.total(then.covered & ~now.covered)
    covered = measure.covered(after, now)
    kept = gained == outcome.gained and lost == 0 and covered == proposal.covered
    if proposal.goal.by_time:
        promised = np.minimum(offers.after(outcome.actions), offers.horizon_ms)
        found = np.minimum(now.time_ms, offers.horizon_ms)
        kept = kept and np.array_equal(promised[offers.weight > 0], found[offers.weight > 0])
    return Verdict(after, covered, gained, lost, kept)
