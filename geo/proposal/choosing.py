"""Let one of four models of the literature choose among actions, and say what it is sure of.

============  ======================================================================================
``mclp``      most people within a budget or a number of actions (Church & ReVelle 1974)
``lscp``      the cheapest actions that reach a target share (Toregas et al. 1971)
``p-median``  the least mean travel time, with longer ones counted as a cap (Hakimi 1964)
``p-center``  the least longest travel time (Hakimi 1964)
============  ======================================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo import siting
from geo.errors import OptionError
from geo.progress import Progress
from geo.reach import UNREACHED

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

MODELS = ("mclp", "lscp", "p-median", "p-center")
#: Models that look at every travel time, not only at whether it is within the budget.
BY_TIME = ("p-median", "p-center")


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

    @property
    def by_time(self) -> bool:
        """Return whether every travel time counts, not only whether it is within the budget."""
        return self.model in BY_TIME


@dataclass(frozen=True, eq=False)
class Offers:
    """Hold what there is to choose from.

    The places of action a are ``place[first[a]:first[a + 1]]``, served at ``time_ms``. Actions with
    the same ``spot`` exclude each other. ``weight`` is 0 for places that cannot be judged;
    ``now_ms`` is when a place is served already, ``UNREACHED`` for never. A place is covered up to
    ``limit_ms``; travel times are known up to ``horizon_ms``.
    """

    first: Longs
    place: Ints
    time_ms: Ints
    cost: Floats
    spot: Ints
    weight: Floats
    now_ms: Ints
    limit_ms: int
    horizon_ms: int

    @property
    def lost(self) -> Bools:
        """Return which places with weight are not covered now."""
        return (self.weight > 0) & (self.now_ms > self.limit_ms)

    @property
    def reachable(self) -> Bools:
        """Return which places some action covers."""
        out = np.zeros(len(self.weight), bool)
        out[self.place[self.time_ms <= self.limit_ms]] = True
        return out

    @property
    def hopeless(self) -> Bools:
        """Return which places with weight neither a station nor an action serves in the horizon."""
        out = (self.weight > 0) & (self.now_ms > self.horizon_ms)
        out[self.place] = False
        return out

    def prices(self, goal: Goal) -> Floats:
        """Return what each action counts: its cost, or 1 where actions are counted."""
        return self.cost if goal.sites is None else np.ones(len(self.cost))

    def after(self, actions: tuple[int, ...]) -> Ints:
        """Return when every place is served once these actions are done."""
        time = self.now_ms.copy()
        for action in actions:
            own = slice(self.first[action], self.first[action + 1])
            time[self.place[own]] = np.minimum(time[self.place[own]], self.time_ms[own])
        return time

    def newly(self, actions: tuple[int, ...]) -> list[Ints]:
        """Return the places that each action newly covers, in turn."""
        open_, out = self.lost, []
        for action in actions:
            own = slice(self.first[action], self.first[action + 1])
            near = self.place[own][self.time_ms[own] <= self.limit_ms]
            new = near[open_[near]]
            open_[new] = False
            out.append(new)
        return out

    def gains(self, actions: tuple[int, ...]) -> tuple[float, ...]:
        """Return the weight that each action newly covers, in turn."""
        return tuple(math.fsum(self.weight[new]) for new in self.newly(actions))


@dataclass(frozen=True)
class Objective:
    """Hold what a model sought: before, afterwards, and what no choice can better.

    ``name`` is ``covered`` (weight), ``cost``, ``mean_s`` or ``longest_s`` (seconds); ``None``:
    somebody has no way.
    """

    name: str
    before: float | None
    after: float | None
    bound: float | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """Hold the chosen actions in the order of usefulness, and how good the choice certainly is.

    ``gains`` is the weight that each newly covers, ``gained`` their exact sum. ``gap`` is the
    distance to the bound (``None``: no bound is known), ``proven`` says that there is none.
    ``reached`` is False where the target is out of reach, or where the budget does not suffice to
    give everybody a way; then the actions are those that help most.
    """

    actions: tuple[int, ...]
    gains: tuple[float, ...]
    gained: float
    objective: Objective
    gap: float | None
    proven: bool
    method: str
    reached: bool


def choose(goal: Goal, offers: Offers, progress: Progress) -> Outcome:
    """Return what a model chooses."""
    match goal.model:
        case "p-median":
            return _median(goal, offers, progress)
        case "p-center":
            return _center(goal, offers, progress)
        case _:
            return _cover(goal, offers, progress)


def _cover(goal: Goal, offers: Offers, progress: Progress) -> Outcome:
    lost = offers.lost
    useful = (offers.time_ms <= offers.limit_ms) & lost[offers.place]
    before = np.concatenate([[0], np.cumsum(useful)])
    cover = siting.Cover(
        first=before[offers.first],
        place=offers.place[useful],
        weight=np.where(lost, offers.weight, 0.0),
        cost=offers.prices(goal),
        exclusive=offers.spot,
    )
    covered = math.fsum(offers.weight[~lost])
    if goal.target is None:
        found = siting.most_people(cover, _allowance(goal), progress=progress)
        reached, more = True, True
    else:
        short = max(0.0, goal.target * math.fsum(offers.weight) - covered)
        found = _cheapest(cover, short, progress)
        reached, more = found.reached, not found.reached
    if more:
        objective = Objective("covered", covered, covered + found.gained, covered + found.bound)
    else:
        objective = Objective("cost", 0.0, found.cost, found.bound)
    return Outcome(
        found.actions,
        offers.gains(found.actions),
        found.gained,
        objective,
        found.gap,
        found.proven,
        found.method,
        reached,
    )


def _cheapest(cover: siting.Cover, short: float, progress: Progress) -> siting.Choice:
    """Return the cheapest actions that gain so much; of plans as cheap one that gains more.

    A plan that only just reaches the target may cost as much as one that reaches many more people.
    """
    found = siting.fewest(cover, short, progress=progress)
    if not found.reached:
        return found
    rival = siting.most_people(cover, found.cost, exact="never")
    if rival.cost > found.cost or rival.gained <= found.gained:
        return found
    gap = (rival.cost - found.bound) / rival.cost if rival.cost > found.bound else 0.0
    return replace(
        found,
        actions=rival.actions,
        marginal=rival.marginal,
        gained=rival.gained,
        cost=rival.cost,
        gap=gap,
    )


def _allowance(goal: Goal) -> float:
    """Return the budget, in money or in actions."""
    allowed = goal.budget if goal.sites is None else float(goal.sites)
    assert allowed is not None  # a goal without a target has one of the two
    return allowed


def _times(goal: Goal, offers: Offers) -> siting.Times:
    return siting.Times(
        first=offers.first,
        place=offers.place,
        time_ms=offers.time_ms,
        weight=offers.weight,
        existing_ms=np.where(offers.now_ms > offers.horizon_ms, UNREACHED, offers.now_ms).astype(
            np.int32
        ),
        cost=offers.prices(goal),
        exclusive=offers.spot,
    )


def _median(goal: Goal, offers: Offers, progress: Progress) -> Outcome:
    found = siting.p_median(
        _times(goal, offers), _allowance(goal), offers.horizon_ms, progress=progress
    )
    whole = math.fsum(offers.weight)
    before, after, bound = (
        value / whole if whole > 0 else None
        for value in (found.before_s, found.total_s, found.bound_s)
    )
    return Outcome(
        found.actions,
        offers.gains(found.actions),
        _gained(offers, found.actions),
        Objective("mean_s", before, after, bound),
        found.gap,
        found.proven,
        found.method,
        reached=True,
    )


def _center(goal: Goal, offers: Offers, progress: Progress) -> Outcome:
    found = siting.p_center(_times(goal, offers), _allowance(goal), progress=progress)
    return Outcome(
        found.actions,
        offers.gains(found.actions),
        _gained(offers, found.actions),
        Objective("longest_s", found.before_s, found.worst_s, found.bound_s),
        found.gap,
        found.proven,
        found.method,
        reached=not len(found.unreached),
    )


def _gained(offers: Offers, actions: tuple[int, ...]) -> float:
    """Return the exact weight that these actions newly cover together."""
    return math.fsum(offers.weight[offers.lost & (offers.after(actions) <= offers.limit_ms)])
