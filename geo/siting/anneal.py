"""Leave a choice that exchanges cannot improve: by exchanges that may lose a little, less and less.

Simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983) for coverage: an action drawn at random goes
and the best other one that is allowed comes; what that loses must not exceed what chance allows,
which shrinks to nothing. What every action would add, or what it alone provides if it is chosen, is
kept up to date, so an exchange costs only the pairs that it concerns. Chance is drawn beforehand
from a fixed seed: the answer depends on nothing but the problem.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import inline, kernel
from geo.siting.exchange import Pairs, pairs_of
from geo.siting.problem import Floats, Ints, Longs, Problem, only

#: Exchanges per chosen action, at most so many in all, and so many pairs to be looked at, roughly.
STEPS_EACH, MOST_STEPS, WORK = 1500, 1_000_000, 4_000_000_000
#: What an exchange may lose at first and in the end, in what an action gains in the mean.
HOT, COLD = 0.1, 0.005
#: So many open actions for each chosen one, and so many more, are tried: the most promising.
OPEN_EACH, OPEN_MORE = 6, 60


@inline
def _enter(
    pairs: Pairs, weight: Floats, count: Ints, inside: Ints, score: Floats, own: int
) -> None:
    """Take an action in; its score, what it adds, becomes what it alone provides."""
    inside[own] = 1
    for k in range(pairs.first[own], pairs.first[own + 1]):
        p = pairs.place[k]
        count[p] += 1
        if count[p] == 1:
            for j in range(pairs.start[p], pairs.start[p + 1]):
                score[pairs.action[j]] -= weight[p]
            score[own] += weight[p]
        elif count[p] == 2:  # one other had it alone
            for j in range(pairs.start[p], pairs.start[p + 1]):
                other = pairs.action[j]
                if inside[other] and other != own:
                    score[other] -= weight[p]
                    break


@inline
def _leave(
    pairs: Pairs, weight: Floats, count: Ints, inside: Ints, score: Floats, own: int
) -> None:
    """Take an action out: the reverse."""
    inside[own] = 0
    for k in range(pairs.first[own], pairs.first[own + 1]):
        p = pairs.place[k]
        count[p] -= 1
        if count[p] == 0:
            for j in range(pairs.start[p], pairs.start[p + 1]):
                score[pairs.action[j]] += weight[p]
            score[own] -= weight[p]
        elif count[p] == 1:
            for j in range(pairs.start[p], pairs.start[p + 1]):
                if inside[pairs.action[j]]:
                    score[pairs.action[j]] += weight[p]
                    break


@kernel
def wander(
    pairs: Pairs,
    weight: Floats,
    cost: Floats,
    group: Ints,
    budget: float,
    target: float,
    lot: Floats,
    may_lose: Floats,
    chosen: Longs,
) -> float:
    """Exchange actions of ``chosen``, which ends as the best choice met; return what that gains.

    Step k lets go what ``lot[k]`` in 0…1 falls on, and takes an exchange that loses no more than
    ``may_lose[k]``. Ends early when ``target`` is gained.
    """
    n, size = len(cost), len(chosen)
    count, inside = np.zeros(len(weight), np.int32), np.zeros(n, np.int32)
    score, full = np.zeros(n), np.zeros(len(cost), np.int32)
    for action in range(n):
        for k in range(pairs.first[action], pairs.first[action + 1]):
            score[action] += weight[pairs.place[k]]
    gain, spent = 0.0, 0.0
    for action in chosen:
        gain += score[action]
        spent += cost[action]
        full[group[action]] = 1
        _enter(pairs, weight, count, inside, score, action)
    best, now = gain, chosen.copy()
    for step in range(len(lot)):
        if best >= target:
            break
        slot = min(int(lot[step] * size), size - 1)
        old, room = now[slot], budget - spent + cost[now[slot]]
        lost = score[old]
        full[group[old]] = 0
        _leave(pairs, weight, count, inside, score, old)
        new, most = -1, -1.0
        for action in range(n):
            if score[action] <= most or inside[action] or action == old:
                continue
            if cost[action] <= room and not full[group[action]]:
                new, most = action, score[action]
        if new < 0 or lost - most > may_lose[step]:
            new, most = old, lost
        full[group[new]] = 1
        _enter(pairs, weight, count, inside, score, new)
        now[slot] = new
        spent += cost[new] - cost[old]
        gain += most - lost
        if gain > best:
            best = gain
            chosen[:] = now
    return best


def anneal(problem: Problem, chosen: Longs, promise: Floats, budget: float, target: float) -> Longs:
    """Return a choice of a coverage within a budget that gains at least as much.

    ``promise`` (actions,) says what to expect of the actions: only the most promising are tried.
    """
    if not len(chosen):
        return chosen
    count = min(problem.n_actions, OPEN_EACH * len(chosen) + OPEN_MORE)
    tried = np.zeros(problem.n_actions, bool)
    tried[np.argsort(-promise, kind="stable")[:count]] = True
    tried[chosen] = True
    some, rows = only(problem, tried), np.flatnonzero(tried)
    begun = np.searchsorted(rows, np.sort(chosen))
    pairs = pairs_of(some)
    # One exchange looks at all actions, and at all pairs of the places of two of them.
    each = some.n_actions + 2.0 * len(some.place) ** 2 / max(1, some.n_actions * some.n_places)
    steps = int(min(STEPS_EACH * len(begun), MOST_STEPS, WORK / each))
    chance = np.random.default_rng(len(begun))
    heat = HOT * (COLD / HOT) ** (np.arange(steps) / max(1, steps))
    may_lose = -heat * (some.worth(begun) / len(begun)) * np.log1p(-chance.random(steps))
    made = begun.copy()
    wander(
        pairs, some.top, some.cost, some.group, budget, target, chance.random(steps), may_lose, made
    )
    whole = rows[made]
    better = problem.worth(whole) > problem.worth(chosen) and problem.price(whole) <= budget
    return whole if better else chosen
