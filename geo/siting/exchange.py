"""Improve a choice by exchanging one action for another, as long as that helps.

The profit of taking in j for r is what j adds, less what r alone provides, plus what of the latter
j makes good; all r are weighed for one j in a single walk over j's places (Resende & Werneck 2007),
which needs the best and the second best value at every place.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import inline, kernel
from geo.siting.greedy import greedy
from geo.siting.problem import Floats, Ints, Longs, Problem


@inline
def _record(
    first: Longs, place: Ints, value: Floats, chosen: Longs, best: Floats, second: Floats,
    who: Ints, loss: Floats,
) -> None:  # fmt: skip
    """Write best and second best value per place, whose the best is, and each action's loss.

    ``best`` and ``second`` must be 0 wherever a chosen action has a value.
    """
    for slot in range(len(chosen)):
        loss[slot] = 0.0
        for k in range(first[chosen[slot]], first[chosen[slot] + 1]):
            p, own = place[k], value[k]
            if own > best[p]:
                second[p] = best[p]
                best[p] = own
                who[p] = slot
            elif own > second[p]:
                second[p] = own
    for slot in range(len(chosen)):
        for k in range(first[chosen[slot]], first[chosen[slot] + 1]):
            p = place[k]
            if who[p] == slot:
                loss[slot] += best[p] - second[p]


@inline
def _clear(
    first: Longs, place: Ints, chosen: Longs, best: Floats, second: Floats, who: Ints
) -> None:
    """Undo :func:`_record`."""
    for action in chosen:
        for k in range(first[action], first[action + 1]):
            best[place[k]] = 0.0
            second[place[k]] = 0.0
            who[place[k]] = -1


@kernel
def exchange(
    first: Longs,
    place: Ints,
    value: Floats,
    cost: Floats,
    group: Ints,
    budget: float,
    looks: int,
    chosen: Longs,
    best: Floats,
    second: Floats,
    who: Ints,
) -> int:
    """Exchange actions of ``chosen`` while that gains more, or as much for less; return how often.

    Ends when no exchange helps or after so many ``looks`` at an action. ``best`` and ``second``
    (places,) hold 0, ``who`` −1.
    """
    n, size = len(cost), len(chosen)
    inside, taken = np.zeros(n, np.int32), np.full(n, -1, np.int32)  # taken: slot of a group
    loss, shared = np.zeros(size), np.zeros(size)
    spent = 0.0
    for slot in range(size):
        inside[chosen[slot]] = 1
        taken[group[chosen[slot]]] = slot
        spent += cost[chosen[slot]]
    _record(first, place, value, chosen, best, second, who, loss)
    done, idle, action = 0, 0, 0
    while idle < n and looks > 0 and size > 0:
        looks -= 1
        idle += 1
        if not inside[action]:
            adds = 0.0
            shared[:] = 0.0
            for k in range(first[action], first[action + 1]):
                p, own = place[k], value[k]
                if own > best[p]:
                    adds += own - best[p]
                    if who[p] >= 0:
                        shared[who[p]] += best[p] - second[p]
                elif own > second[p]:
                    shared[who[p]] += own - second[p]
            rival, out, profit = taken[group[action]], -1, 0.0
            for slot in range(size):
                if rival >= 0 and slot != rival:
                    continue
                cheaper = cost[chosen[slot]] - cost[action]
                more = adds - loss[slot] + shared[slot]
                better = more > profit or (out < 0 and more == 0.0 and cheaper > 0)
                if better and (cheaper >= 0 or spent - cheaper <= budget):
                    out, profit = slot, more
            if out >= 0:
                _clear(first, place, chosen, best, second, who)
                spent += cost[action] - cost[chosen[out]]
                inside[chosen[out]], inside[action] = 0, 1
                taken[group[chosen[out]]] = -1
                taken[group[action]] = out
                chosen[out] = action
                _record(first, place, value, chosen, best, second, who, loss)
                done += 1
                idle = 0
        action = action + 1 if action + 1 < n else 0
    _clear(first, place, chosen, best, second, who)
    return done


#: How many times each action is looked at, at most, in one improvement.
LOOKS = 12


def improve(problem: Problem, chosen: Longs, budget: float, target: float = np.inf) -> Longs:
    """Return a choice at least as good: exchanged, filled up with what still fits, and pruned."""
    while True:
        chosen = prune(problem, chosen)
        swapped = chosen.copy()
        done = exchange(
            problem.first, problem.place, problem.value, problem.cost, problem.group, budget,
            LOOKS * problem.n_actions, swapped, np.zeros(problem.n_places),
            np.zeros(problem.n_places), np.full(problem.n_places, -1, np.int32),
        )  # fmt: skip
        filled = greedy(problem, budget, target, by_cost=False, start=swapped)
        if len(filled) == len(swapped):
            return prune(problem, filled) if done else filled
        chosen = filled


def losses(problem: Problem, chosen: Longs) -> Floats:
    """Return what each chosen action alone provides. Exact."""
    best, second = np.zeros(problem.n_places), np.zeros(problem.n_places)
    who, loss = np.full(problem.n_places, -1, np.int32), np.zeros(len(chosen))
    _record(problem.first, problem.place, problem.value, chosen, best, second, who, loss)
    return loss


def prune(problem: Problem, chosen: Longs, target: float = np.inf) -> Longs:
    """Return the choice without actions that it does not need, the dearest first.

    Needed is what adds to the others, or for a target what they fall short of it without.
    """
    while len(chosen):
        spare = max(0.0, problem.worth(chosen) - target)
        idle = np.flatnonzero(losses(problem, chosen) <= spare)
        if not len(idle):
            break
        out = idle[np.argmax(problem.cost[chosen[idle]])]
        chosen = np.delete(chosen, out)
    return chosen


def cheapen(problem: Problem, chosen: Longs, target: float) -> Longs:
    """Return a choice that gains the target for as little as pruning and exchanging can find.

    Again and again the action of least loss per cost goes, and for what is left of the money the
    others are exchanged until they gain the target without it.
    """
    chosen = prune(problem, chosen, target)
    while len(chosen):
        cost = problem.price(chosen)
        per_cost = losses(problem, chosen) / np.maximum(problem.cost[chosen], 1e-300)
        fewer = np.delete(chosen, np.argmin(per_cost))
        tried = improve(problem, fewer, cost * (1 - 1e-9), target)
        if problem.worth(tried) < target or problem.price(tried) >= cost:
            break
        chosen = prune(problem, tried, target)
    return chosen
