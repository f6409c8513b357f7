"""Bound what any choice can gain, by Lagrangian relaxation and subgradient steps.

With a price λ on every place and ν on every unit of cost, no choice x gains more than

    gain(x) ≤ Σ λ + Σ over groups of max(0, ρ − ν·cost) + ν·cost(x),
    ρ of an action = Σ over its places of max(0, value − λ)

since a place is either paid by its price or by an action that beats it. Whatever the prices, this
holds; the prices only decide how tight it is (Fisher 1981). The same sum bounds the cost of any
choice that gains a target: cost ≥ (target − Σ λ − Σ max(0, ρ − ν·cost)) / ν.

Prices are multiples of the problem's step, so Σ λ and ρ are exact; what is left of floating point
is bounded and added outward.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.compiled import inline, kernel
from geo.siting.problem import Floats, Ints, Longs, Problem

#: Unit roundoff of double precision.
_ROUNDOFF = 2.0**-53
#: A price at which nothing but what is free is worth taking.
_DEAREST = 1e250

#: How much of the last direction each step keeps, after how many rounds without a better bound
#: steps become shorter, and how much so: what closed the gap fastest on made-up cities.
MEMORY, PATIENCE, SHORTEN = 0.95, 10, 0.8
#: How much farther than to the best known choice the first steps aim, as a part of what it has.
REACH = 0.05
#: Steps end when so many rounds have closed less than this part of the gap.
STALL, PROGRESS = 100, 0.02


@kernel
def reduced(first: Longs, place: Ints, value: Floats, price: Floats, rho: Floats) -> None:
    """Write ρ of every action: what its values exceed the prices by."""
    for action in range(len(rho)):
        total = 0.0
        for k in range(first[action], first[action + 1]):
            total += max(0.0, value[k] - price[place[k]])
        rho[action] = total


@inline
def _pick(rho: Floats, cost: Floats, group: Ints, nu: float, top: Ints, take: Ints) -> None:
    """Mark in ``take`` the best action of each group that is worth its cost at price ν."""
    top[:] = -1
    for action in range(len(rho)):
        take[action] = 0
        net = rho[action] - nu * cost[action]
        if net > 0:
            rival = top[group[action]]
            if rival < 0 or net > rho[rival] - nu * cost[rival]:
                top[group[action]] = action
    for action in top:
        if action >= 0:
            take[action] = 1


@inline
def _used(amount: Floats, take: Ints) -> float:
    """Return the sum of the amounts taken."""
    total = 0.0
    for action in range(len(take)):
        if take[action]:
            total += amount[action]
    return total


@inline
def _only_difference(some: Ints, others: Ints) -> int:
    """Return the only action that one of two marks has and the other has not; −1: more or none."""
    found = -1
    for action in range(len(some)):
        if some[action] != others[action]:
            if found >= 0:
                return -1
            found = action
    return found


@kernel
def settle_price(
    rho: Floats,
    cost: Floats,
    amount: Floats,
    group: Ints,
    limit: float,
    guess: float,
    top: Ints,
    scarce: Ints,
    ample: Ints,
) -> float:
    """Return the least ν (nearly) at which what is worth taking stays within a limit.

    ``amount`` is what the limit is on: costs for a budget, ρ for a target. ``scarce`` marks what is
    taken at this ν, ``ample`` what is taken just below, beyond the limit (at ν = 0: the same).
    """
    _pick(rho, cost, group, 0.0, top, ample)
    scarce[:] = ample
    if _used(amount, ample) <= limit:
        return 0.0
    _pick(rho, cost, group, _DEAREST, top, scarce)
    if _used(amount, scarce) > limit:
        return _DEAREST  # what is free is already beyond the limit
    low, high = 0.0, max(guess, 1e-300)
    while True:
        _pick(rho, cost, group, high, top, scarce)
        if _used(amount, scarce) <= limit:
            break
        ample[:] = scarce
        low, high = high, high * 2.0
    if low == 0.0:
        lower = high / 2.0
        while lower > 1e-300:
            _pick(rho, cost, group, lower, top, ample)
            if _used(amount, ample) > limit:
                low = lower
                break
            scarce[:] = ample
            high, lower = lower, lower / 2.0
        else:
            _pick(rho, cost, group, 0.0, top, ample)
    middle = np.empty(len(rho), np.int32)
    while high - low > 1e-11 * high:
        nu = 0.5 * (low + high)
        _pick(rho, cost, group, nu, top, middle)
        if _used(amount, middle) <= limit:
            high = nu
            scarce[:] = middle
        else:
            low = nu
            ample[:] = middle
        last = _only_difference(scarce, ample)
        if last >= 0 and cost[last] > 0:  # its own ratio is where it comes and goes
            return min(max(rho[last] / cost[last], low), high)
    return high


@kernel
def subgradient(
    first: Longs, place: Ints, value: Floats, price: Floats, share: Floats, slope: Floats
) -> None:
    """Write 1 − how many times (in shares) each place's price is beaten by what is taken."""
    slope[:] = 1.0
    for action in range(len(share)):
        if share[action] > 0:
            for k in range(first[action], first[action + 1]):
                if value[k] > price[place[k]]:
                    slope[place[k]] -= share[action]


@kernel
def step_down(
    price: Floats, top: Floats, slope: Floats, drift: Floats, keep: float, length: float,
    step: float,
) -> None:  # fmt: skip
    """Move prices against a mean of slopes, into 0…top, to multiples of ``step``."""
    for p in range(len(price)):
        drift[p] = keep * drift[p] + (1.0 - keep) * slope[p]
        near = price[p] - length * drift[p]
        near = min(max(near, 0.0), top[p])
        price[p] = min(np.floor(near / step + 0.5) * step, top[p])


@dataclass(frozen=True)
class Prices:
    """Hold prices of places and of cost, what they prove, and what they would take."""

    price: Floats
    nu: float
    rho: Floats
    share: Floats
    most: float
    bound: float


class Relaxation:
    """Evaluate the bound of one problem and one goal at any prices.

    For a budget the bound is on what can be gained; for a target it is on what must be spent, and
    infinite when nothing can reach it.
    """

    def __init__(self, problem: Problem, budget: float, target: float) -> None:
        self.problem, self.budget, self.target = problem, budget, target
        self.by_budget = bool(np.isinf(target))
        n = problem.n_actions
        self._rho, self._top = np.empty(n), np.empty(problem.n_groups, np.int32)
        self._scarce, self._ample = np.empty((2, n), np.int32)
        self._guess = 1.0

    def at(self, price: Floats) -> Prices:
        """Return what prices of places (multiples of the step) prove, with the best ν for them."""
        problem, rho = self.problem, self._rho
        reduced(problem.first, problem.place, problem.value, price, rho)
        base = float(price.sum())
        amount = problem.cost if self.by_budget else rho
        limit = self.budget if self.by_budget else max(0.0, self.target - base)
        nu = settle_price(
            rho, problem.cost, amount, problem.group, limit, self._guess, self._top, self._scarce,
            self._ample,
        )  # fmt: skip
        if 0 < nu < _DEAREST:
            self._guess = nu
        most = base + self.excess(rho, nu)
        spent = outward(most + nu * self.budget) if self.by_budget else 0.0
        bound = spent if self.by_budget else self.least_cost(most, nu)
        return Prices(price.copy(), nu, rho.copy(), self._shares(amount, limit), most, bound)

    def excess(self, rho: Floats, nu: float) -> float:
        """Return the sum over groups of max(0, ρ − ν·cost), rounded up."""
        net = np.where(rho > 0, rho - nu * self.problem.cost, 0.0)
        best = np.zeros(self.problem.n_groups)
        np.maximum.at(best, self.problem.group, net)
        taken = net > 0
        error = 4 * _ROUNDOFF * float(rho[taken].sum() + nu * self.problem.cost[taken].sum())
        return outward(float(best.sum())) + error

    def least_cost(self, most: float, nu: float) -> float:
        """Return what must be spent for the target if gains are at most ``most`` + ν × cost."""
        missing = self.target - most
        if missing <= 0:
            return 0.0
        if nu == 0:
            return np.inf
        return missing / nu * (1 - 16 * _ROUNDOFF)

    def fixed(
        self, prices: Prices, known: float, grain: float
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return masks of the actions in no choice better than one known, and in every such one.

        Better means by a ``grain`` at least, of which all gains (or costs) are multiples; 0 means
        by anything at all. To force an action in (or out) makes the bound worse by what it falls
        short of the best of its group (or what it is ahead of the next).
        """
        problem = self.problem
        net = np.maximum(prices.rho - prices.nu * problem.cost, 0.0)
        order = np.lexsort((-net, problem.group))
        lead = np.flatnonzero(np.diff(problem.group[order], prepend=-1))
        first, second = net[order[lead]], np.zeros(len(lead))
        more = np.diff(np.append(lead, len(order))) > 1
        second[more] = net[order[lead[more] + 1]]
        worse_in = first[problem.group] - (prices.rho - prices.nu * problem.cost)
        worse_out = np.zeros(problem.n_actions)
        worse_out[order[lead]] = first - second
        return self._hopeless(prices, worse_in, known, grain), self._hopeless(
            prices, worse_out, known, grain
        )

    def _hopeless(
        self, prices: Prices, worse: Floats, known: float, grain: float
    ) -> NDArray[np.bool_]:
        """Say where no choice better than one known is left if the bound gets worse so much."""
        error = outward(prices.most) - prices.most  # of the differences; outward is far wider
        if self.by_budget:
            highest = prices.bound - worse + error
            return highest < known + grain if grain else highest <= known
        if prices.nu == 0:
            return np.zeros(len(worse), bool)
        lowest = (self.target - prices.most + worse - error) / prices.nu * (1 - 1e-12)
        return lowest > known - grain if grain else lowest >= known

    def _shares(self, amount: Floats, limit: float) -> Floats:
        """Return the fractions of actions that use up the limit just so."""
        less, more = float(amount[self._scarce > 0].sum()), float(amount[self._ample > 0].sum())
        part = (limit - less) / (more - less) if more > less else 0.0
        part = min(max(part, 0.0), 1.0)
        return (1 - part) * self._scarce + part * self._ample


def outward(total: float) -> float:
    """Return a sum of many terms ≥ 0, rounded up by more than its floating-point error."""
    return total * (1 + 1e-12)


def descend(
    relaxation: Relaxation, start: Floats, rounds: int, known: float
) -> Generator[Prices, float | None, None]:
    """Yield the best prices so far after every round of subgradient steps.

    ``known`` is what the best known choice gains (or costs, for a target); send a new value when
    there is a better one.
    """
    problem = relaxation.problem
    price, slope = start.copy(), np.empty(problem.n_places)
    drift = np.zeros(problem.n_places)
    best, patience, stride, keep = relaxation.at(price), 0, 1.0, 0.0
    now, before = best, abs(best.bound - known)
    for turn in range(rounds):
        better = yield best
        known = known if better is None else better
        if turn and turn % STALL == 0:
            left = abs(best.bound - known)
            if left > before * (1 - PROGRESS):
                return
            before = left
        subgradient(problem.first, problem.place, problem.value, price, now.share, slope)
        far = abs(now.bound - known) + REACH * known
        distance = far * (1.0 if relaxation.by_budget else now.nu)
        free = ((price > 0) | (slope < 0)) & ((price < problem.top) | (slope > 0))
        norm = float((slope[free] ** 2).sum())
        if norm == 0 or distance == 0:
            return
        step_down(price, problem.top, slope, drift, keep, stride * distance / norm, problem.step)
        keep = MEMORY
        now = relaxation.at(price)
        tighter = now.bound < best.bound if relaxation.by_budget else now.bound > best.bound
        if tighter:
            best, patience = now, 0
        else:
            patience += 1
            if patience == PATIENCE:
                stride, patience = stride * SHORTEN, 0
