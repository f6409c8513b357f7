"""Improve a choice by exchanging one action for another, as long as that helps.

The profit of taking in j for r is what j adds, less what r alone provides, plus what of the latter
j makes good; all r are weighed for one j in a single walk over j's places (Resende & Werneck 2007),
which needs the best and the second best value at every place. After an exchange only the places of
the two actions are looked at again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geo.compiled import inline, kernel
from geo.siting.greedy import greedy
from geo.siting.problem import Floats, Ints, Longs, Problem

#: How many times each action is looked at, at most, in one improvement.
LOOKS = 12
#: How many times a choice is shaken at most, and how many pairs are looked at for that, roughly.
KICKS, WORK = 600, 60_000_000


class Pairs(NamedTuple):
    """Hold the pairs of a problem by action, and by place with the highest values first."""

    first: Longs
    place: Ints
    value: Floats
    start: Longs
    action: Ints
    worth: Floats


class Standing(NamedTuple):
    """Hold where a choice stands: best and second best value per place, and whose the best is.

    ``inside`` says which actions are chosen, ``loss`` what each of those alone provides.
    """

    best: Floats
    second: Floats
    who: Ints
    inside: Ints
    loss: Floats


def pairs_of(problem: Problem) -> Pairs:
    """Return the pairs of a problem both ways; among equal values at a place by action."""
    action = np.repeat(np.arange(problem.n_actions, dtype=np.int32), np.diff(problem.first))
    if problem.flat:
        order = np.argsort(problem.place, kind="stable")
    else:
        order = np.lexsort((-problem.value, problem.place))
    start = np.zeros(problem.n_places + 1, np.int64)
    np.cumsum(np.bincount(problem.place, minlength=problem.n_places), out=start[1:])
    return Pairs(
        problem.first, problem.place, problem.value, start, action[order], problem.value[order]
    )


@inline
def _look(pairs: Pairs, now: Standing, p: int) -> None:
    """Find the best and the second best chosen action of a place anew."""
    now.best[p], now.second[p], now.who[p] = 0.0, 0.0, -1
    for k in range(pairs.start[p], pairs.start[p + 1]):
        if now.inside[pairs.action[k]]:
            if now.who[p] >= 0:
                now.second[p] = pairs.worth[k]
                break
            now.best[p], now.who[p] = pairs.worth[k], pairs.action[k]
    if now.who[p] >= 0:
        now.loss[now.who[p]] += now.best[p] - now.second[p]


@inline
def _flip(pairs: Pairs, now: Standing, action: int) -> None:
    """Take an action in, or out, and look at its places."""
    now.inside[action] = 1 - now.inside[action]
    for k in range(pairs.first[action], pairs.first[action + 1]):
        p = pairs.place[k]
        if now.who[p] >= 0:
            now.loss[now.who[p]] -= now.best[p] - now.second[p]
        _look(pairs, now, p)


@kernel
def stand(pairs: Pairs, now: Standing, chosen: Longs) -> None:
    """Write where a choice stands; nothing may be chosen before. Its numbers must rise."""
    now.who[:] = -1
    for action in chosen:
        now.inside[action] = 1
        for k in range(pairs.first[action], pairs.first[action + 1]):
            p, own = pairs.place[k], pairs.value[k]
            if own > now.best[p]:
                now.second[p], now.best[p], now.who[p] = now.best[p], own, action
            elif own > now.second[p]:
                now.second[p] = own
    for p in range(len(now.best)):
        if now.who[p] >= 0:
            now.loss[now.who[p]] += now.best[p] - now.second[p]


@kernel
def prune_until(pairs: Pairs, now: Standing, cost: Floats, chosen: Longs, spare: float) -> int:
    """Take out what is not needed, the dearest first, while all lose no more than ``spare``.

    What stays moves to the front of ``chosen``; how many there are is returned.
    """
    size = len(chosen)
    while size > 0:
        out = -1
        for slot in range(size):
            action = chosen[slot]
            if now.loss[action] <= spare and (out < 0 or cost[action] > cost[chosen[out]]):
                out = slot
        if out < 0:
            break
        spare -= now.loss[chosen[out]]
        _flip(pairs, now, chosen[out])
        size -= 1
        chosen[out:size] = chosen[out + 1 : size + 1].copy()
    return size


@inline
def _hopes(now: Standing, adds: float, shared: Floats, touched: Longs) -> bool:
    """Say whether one of the actions that share places may make room; forget the shares if not."""
    for other in touched:
        if adds - now.loss[other] + shared[other] >= 0:
            return True
    shared[touched] = 0.0
    return False


@kernel
def exchange(
    pairs: Pairs,
    now: Standing,
    cost: Floats,
    group: Ints,
    budget: float,
    target: float,
    looks: int,
    chosen: Longs,
) -> int:
    """Exchange actions of ``chosen`` while that gains more, or as much for less; return how often.

    Ends when no exchange helps, when the target is gained or after so many ``looks`` at an action.
    """
    n, size = len(cost), len(chosen)
    taken = np.full(n, -1, np.int64)  # the slot of each group
    shared, touched = np.zeros(n), np.empty(n, np.int64)
    spent, gain, least = 0.0, now.best.sum(), -1.0
    for slot in range(size):
        taken[group[chosen[slot]]] = slot
        spent += cost[chosen[slot]]
    done, idle, action = 0, 0, 0
    while idle < n and looks > 0 and size > 0 and gain < target:
        looks -= 1
        idle += 1
        if not now.inside[action]:
            adds, count = 0.0, 0
            for k in range(pairs.first[action], pairs.first[action + 1]):
                p, own, part = pairs.place[k], pairs.value[k], 0.0
                if own > now.best[p]:
                    adds += own - now.best[p]
                    part = now.best[p] - now.second[p]
                elif own > now.second[p]:
                    part = own - now.second[p]
                if part > 0:
                    if shared[now.who[p]] == 0:
                        touched[count] = now.who[p]
                        count += 1
                    shared[now.who[p]] += part
            if least < 0:
                least = now.loss[chosen[:size]].min()
            hope = adds >= least or _hopes(now, adds, shared, touched[:count])
            rival, out, profit, saving = taken[group[action]], -1, 0.0, 0.0
            for slot in range(size if hope else 0):
                other = chosen[slot]
                more = adds - now.loss[other] + shared[other]
                shared[other] = 0.0
                cheaper = cost[other] - cost[action]
                better = more > profit or (more == profit and cheaper > saving)
                free = rival < 0 or slot == rival
                if better and free and (cheaper >= 0 or spent - cheaper <= budget):
                    out, profit, saving = slot, more, cheaper
            if out >= 0:
                _flip(pairs, now, chosen[out])
                _flip(pairs, now, action)
                spent -= saving
                gain += profit
                taken[group[chosen[out]]] = -1
                taken[group[action]] = out
                chosen[out] = action
                done += 1
                idle, least = 0, -1.0
        action = action + 1 if action + 1 < n else 0
    return done


class Exchange:
    """Improve choices of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.pairs = problem, pairs_of(problem)

    def _standing(self, chosen: Longs) -> Standing:
        n, m = self.problem.n_actions, self.problem.n_places
        now = Standing(
            np.zeros(m), np.zeros(m), np.zeros(m, np.int32), np.zeros(n, np.int32), np.zeros(n)
        )
        stand(self.pairs, now, np.sort(chosen))
        return now

    def prune(self, chosen: Longs, target: float = np.inf) -> Longs:
        """Return the choice without actions that it does not need, the dearest first.

        Needed is what adds to the others, or for a target what they fall short of it without.
        """
        now, left = self._standing(chosen), chosen.copy()
        spare = max(0.0, float(now.best.sum()) - target)
        return left[: prune_until(self.pairs, now, self.problem.cost, left, spare)]

    def improve(self, chosen: Longs, budget: float, target: float = np.inf) -> Longs:
        """Return a choice at least as good: exchanged, filled up with what still fits, pruned."""
        problem = self.problem
        while True:
            swapped = self.prune(chosen)
            exchange(
                self.pairs, self._standing(swapped), problem.cost, problem.group, budget, target,
                LOOKS * problem.n_actions, swapped,
            )  # fmt: skip
            chosen = greedy(problem, budget, target, by_cost=False, start=swapped)
            if len(chosen) == len(swapped):
                return self.prune(chosen)

    def shake(self, chosen: Longs, budget: float) -> Longs:
        """Return a choice at least as good, found by leaving what exchanges cannot improve.

        Each action in turn, the least useful first, has to make room for the best other one; then
        exchanges follow, which may bring it back or not. What is better is shaken anew.
        """
        problem = self.problem
        value, kicks = problem.worth(chosen), min(KICKS, WORK // max(1, len(problem.place)))
        waiting = self._by_loss(chosen)
        while kicks > 0 and waiting:
            kicks -= 1
            out = waiting.pop(0)
            cost = problem.cost.copy()
            cost[out] = np.inf
            others = replace(problem, cost=cost)
            kicked = greedy(others, budget, np.inf, by_cost=False, start=chosen[chosen != out])
            tried = self.improve(kicked, budget)
            if (found := problem.worth(tried)) > value:
                chosen, value = tried, found
                waiting = self._by_loss(chosen)
        return chosen

    def _by_loss(self, chosen: Longs) -> list[int]:
        """Return the chosen actions, the least useful first."""
        loss = self._standing(chosen).loss[chosen]
        return [int(action) for action in chosen[np.argsort(loss, kind="stable")]]

    def cheapen(self, chosen: Longs, target: float) -> Longs:
        """Return a choice that gains the target for as little as pruning and exchanging can find.

        Again and again the action of least loss per cost goes, and for what is left of the money
        the others are exchanged until they gain the target without it.
        """
        problem = self.problem
        chosen = self.prune(chosen, target)
        while len(chosen):
            cost = problem.price(chosen)
            loss = self._standing(chosen).loss[chosen]
            out = np.argmin(loss / np.maximum(problem.cost[chosen], 1e-300))
            tried = self.improve(np.delete(chosen, out), cost * (1 - 1e-9), target)
            if problem.worth(tried) < target or problem.price(tried) >= cost:
                break
            chosen = self.prune(tried, target)
        return chosen
