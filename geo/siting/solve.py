"""Solve one problem: greedy, exchange, bound – and HiGHS where the rest is small enough."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from geo.compiled import COMPILED
from geo.progress import Progress
from geo.siting import exact as highs
from geo.siting.anneal import anneal
from geo.siting.bound import Relaxation, descend
from geo.siting.core import Core, Goal, common_step, down_to, relative_gap, up_to
from geo.siting.exact import Exact
from geo.siting.exchange import Exchange
from geo.siting.greedy import greedy
from geo.siting.problem import Floats, Longs, Problem, all_equal, build, check_shape, only

#: A gap that small counts as proven: what solvers in floating point can tell apart.
PROVEN_GAP = 1e-6
#: How many rounds of subgradient steps a bound takes at most, and from the prices of HiGHS on.
ROUNDS, FEW_ROUNDS = 600, 60
#: After so many rounds what the prices would take is made a choice, more rarely with many pairs.
PAUSE, MANY_PAIRS = 10, 200_000
#: How many times at most the bound is made anew for what is still open.
STAGES = 4
#: A choice that is nearly as good as the best is worth improving.
NEARLY = 0.9
#: How many times, after each bound, a cheaper choice for a target is sought half-way down to it.
ATTEMPTS = 2
METHOD = "greedy + exchange, Lagrangian bound"
METHOD_PRICED = f"{METHOD} (prices by HiGHS)"
#: Where only a side of ``enough`` is asked, many times over, the solver has less time each.
PART = 0.25
_LABEL = "选址"


def _tell(progress: Progress, stage: int, done: int, rounds: int) -> None:
    """Report in hundredths of a stage."""
    progress(_LABEL, 100 * stage + min(100 * done // rounds, 100), 100 * (STAGES + 1))


@dataclass(frozen=True)
class Answer:
    """Hold the caller's numbers of the chosen actions, and what is certain.

    ``bound`` is on the gain for a budget and on the cost for a target.
    """

    chosen: Longs
    bound: float
    method: str


def most(problem: Problem, budget: float, exact: Exact, progress: Progress) -> Answer:
    """Return the choice that gains most within a budget, and a bound on what any can gain."""
    search = Search(problem, Goal.of_budget(problem, budget))
    for by_cost in (True, False):
        made = greedy(search.problem, search.goal.budget, math.inf, by_cost)
        search.offer(made)
    return search.run(exact, progress)


def least(
    problem: Problem, target: float, exact: Exact, progress: Progress, enough: float | None = None
) -> tuple[Answer, bool]:
    """Return the cheapest choice that gains a target, and a bound on what any such costs.

    False beside it says that none was found: then it is the choice that gains most of all. With a
    cost that is ``enough``, all that is asked is on which side of it the least cost lies.
    """
    goal = Goal.of_target(problem, target)
    if problem.total >= goal.target and goal.sure > problem.total - problem.least:
        # Nothing may be left out, so weights do not matter; without them the bound is tighter.
        equal = all_equal(problem)
        search = Search(equal, Goal.of_target(equal, equal.total), enough)
    else:
        search = Search(problem, goal, enough)
    made = greedy(search.problem, math.inf, search.goal.target, by_cost=True)
    if search.problem.worth(made) < search.goal.target:  # out of reach, or groups are in the way
        all_ = most(problem, math.inf, exact, progress)
        made = np.flatnonzero(np.isin(search.problem.original, all_.chosen))
        if search.problem.worth(made) < search.goal.target:
            return all_, False
    search.take(made)
    search.offer(made)
    return search.run(exact, progress), True


class Search:
    """Hold the best choice so far and the best bound so far of one problem and goal.

    ``known`` is what the best choice gains, or costs for a target; ``bound`` is on all choices;
    ``shaken`` is what the best choice gained when it was last shaken.
    """

    def __init__(self, problem: Problem, goal: Goal, enough: float | None = None) -> None:
        self.goal, self.enough = goal, enough
        self.problem = only(problem, (problem.cost <= goal.budget) & (np.diff(problem.first) > 0))
        self.exchange = Exchange(self.problem)
        self.grain = problem.granule if goal.by_budget else common_step(problem.cost)
        self.best, self.known, self.shaken = np.empty(0, np.int64), 0.0, 0.0
        self.bound = self.problem.total if goal.by_budget else 0.0

    @property
    def closed(self) -> bool:
        """Return whether the best choice is proven to be best, or what was asked is known."""
        if self.enough is not None and (self.known <= self.enough or self.bound > self.enough):
            return True
        return relative_gap(self.known, self.bound) <= (0.0 if self.grain else PROVEN_GAP)

    def _figure(self, chosen: Longs) -> float:
        return self.problem.worth(chosen) if self.goal.by_budget else self.problem.price(chosen)

    def run(self, exact: Exact, progress: Progress) -> Answer:
        """Return the best choice and its bound, from a first choice on.

        Where the bound leaves a gap, what the prices prove to be useless (or needed) is settled,
        and the bound is made anew for the rest, until that helps no more; HiGHS solves what is
        left if it is small enough.
        """
        core, how = Core.of(self.problem, self.goal), METHOD
        for stage in range(STAGES):
            if self.closed:
                break
            tell = partial(_tell, progress, stage)
            rest = core.problem
            if rest.flat and highs.fits(rest, exact):  # with times, steps are faster
                how = METHOD_PRICED
                start = highs.prices(rest, core.budget, core.sure)
                core = self.tighten(core, start, FEW_ROUNDS, tell)
            else:
                start = np.floor(rest.top * 0.5 / rest.step) * rest.step
                core = self.tighten(core, start, ROUNDS, tell)
            if core.empty:
                self.conclude(core)
            if not core.shrunk:
                break
        if not self.closed and highs.fits(core.problem, exact):
            _tell(progress, STAGES, 0, 1)
            how += f", {self.prove(core, exact)}"
        _tell(progress, STAGES, 1, 1)
        return Answer(self.problem.original[self.best], self.bound, how)

    def take(self, chosen: Longs) -> None:
        """Make a choice the best so far."""
        self.best, self.known = chosen, self._figure(chosen)

    def offer(self, chosen: Longs) -> None:
        """Improve a choice that is nearly as good as the best, and take it if it is better."""
        if self.goal.by_budget:
            chosen = self.exchange.improve(chosen, self.goal.budget)
            if self._figure(chosen) > self.known:
                self.take(chosen)
            return
        chosen = self.exchange.prune(chosen, self.goal.target)
        if NEARLY * self._figure(chosen) < self.known:
            chosen = self.exchange.cheapen(chosen, self.goal.target)
        if self.problem.worth(chosen) >= self.goal.target and self._figure(chosen) < self.known:
            self.take(chosen)

    def claim(self, bound: float) -> None:
        """Take a bound on all choices that are better than the best so far, if it is tighter."""
        if self.goal.by_budget:
            bound = max(self.known, down_to(bound, self.grain))
            self.bound = min(self.bound, bound)
        else:
            bound = min(self.known, up_to(bound, self.grain))
            self.bound = max(self.bound, bound)

    def tighten(
        self, core: Core, start: Floats, rounds: int, tell: Callable[[int, int], None]
    ) -> Core:
        """Descend to a tighter bound, repairing choices on the way; return what is still open."""
        rest, budget, target = core.problem, core.budget, core.sure
        relaxation = Relaxation(rest, budget, target)
        useless, needed = np.zeros((2, rest.n_actions), bool)
        last, tried = 0.0, set[bytes]()
        pause = PAUSE * max(1, len(rest.place) // MANY_PAIRS)
        steps = descend(relaxation, start, rounds, self.known - core.base)
        prices = next(steps)
        for turn in itertools.count(1):
            tell(turn, rounds)
            if turn % pause == 0 and prices.bound != last:
                last = prices.bound
                taken = np.flatnonzero(prices.share > 1 - 1e-9)
                if (key := taken.tobytes()) not in tried:
                    tried.add(key)
                    self.offer(self._repaired(core, taken[np.argsort(-prices.rho[taken])]))
                self.claim(core.base + prices.bound)
                fixed = relaxation.fixed(prices, self.known - core.base, self.grain)
                useless |= fixed[0]
                needed |= fixed[1]
                if self.closed or (useless & needed).any():
                    break
            try:
                prices = steps.send(self.known - core.base)
            except StopIteration:
                break
        self.claim(core.base + prices.bound)
        if not self.closed:
            promise = np.full(self.problem.n_actions, -np.inf)
            promise[core.given] = np.inf
            promise[core.rows] = prices.rho - prices.nu * rest.cost
            self.refine(promise)
        fixed = relaxation.fixed(prices, self.known - core.base, self.grain)
        useless, needed = useless | fixed[0], needed | fixed[1]
        return core.without(useless, needed)

    def refine(self, promise: Floats) -> None:
        """Seek a better choice for long, among what prices find promising; once for each best."""
        goal, problem = self.goal, self.problem
        if goal.by_budget and self.known > self.shaken:
            if problem.flat:
                self.offer(anneal(problem, self.best, promise, goal.budget, self.bound))
            self.take(self.exchange.shake(self.best, goal.budget))
            self.shaken = self.known
        elif not goal.by_budget and problem.flat:
            for _ in range(ATTEMPTS):
                if not self.closed:
                    self.offer(self._cheaper(promise, (self.known + self.bound) / 2))

    def _cheaper(self, promise: Floats, budget: float) -> Longs:
        """Return a choice for the target: what gains most for less money, and what is missing."""
        begun = greedy(self.problem, budget, math.inf, by_cost=True)
        best = anneal(self.problem, begun, promise, budget, self.goal.target)
        return greedy(self.problem, math.inf, self.goal.target, by_cost=True, start=best)

    def _repaired(self, core: Core, taken: Longs) -> Longs:
        """Return a choice made of what prices would take, filled up."""
        rest = core.problem
        if self.goal.by_budget:
            made = greedy(rest, core.budget, math.inf, by_cost=True, start=taken)
            return core.whole(made)
        return core.whole(greedy(rest, math.inf, core.target, by_cost=True, start=taken))

    def conclude(self, core: Core) -> None:
        """Settle what only the given actions could improve: take them, or nothing is better."""
        if core.allowed:
            self.offer(core.given)
        enough = core.allowed and (self.goal.by_budget or core.sure <= 0)
        self.claim(core.base if enough else self.known)

    def prove(self, core: Core, exact: Exact) -> str:
        """Let HiGHS solve what is open; return how to name that."""
        seconds = highs.SECONDS[exact] * (1.0 if self.enough is None else PART)
        found = highs.solve(
            core.problem, core.budget, core.target, core.sure, core.open_of(self.best), seconds
        )
        if found.chosen is not None:
            self.offer(core.whole(found.chosen))
        self.claim(core.base + found.bound)
        return found.method


def compile() -> bool:
    """Compile the kernels, or load them from numba's cache; say whether there was anything to do.

    To be called before the first request, since compiling takes seconds.
    """
    if not COMPILED:
        return False
    first, place = np.array([0, 2, 4, 6]), np.array([0, 1, 1, 2, 2, 0], np.int32)
    weight, cost = np.array([1.0, 2.0, 4.0]), np.ones(3)
    check_shape(first, place, weight, cost, None)
    cover = build(first, place, None, weight, cost, None)
    exchange = Exchange(cover)
    made = exchange.improve(greedy(cover, 1.0, math.inf, by_cost=True), 1.0)
    exchange.cheapen(made, 1.0)
    anneal(cover, made, cover.cost, 1.0, math.inf)
    for _ in descend(Relaxation(cover, 1.0, math.inf), cover.top * 0.5, 2, 0.0):
        pass
    return True
