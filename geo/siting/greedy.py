"""Choose greedily, looking again only at what might still be best (lazy greedy).

What an action adds never grows while others are chosen, so an old figure is an upper bound: only
the action on top of the heap needs a new one (Minoux 1978). Ties go to the lowest number.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import inline, kernel
from geo.siting.problem import Floats, Ints, Longs, Problem, only


@inline
def _before(key: Floats, a: int, b: int) -> bool:
    """Say whether action a comes before b: the higher key, then the lower number."""
    return key[a] > key[b] or (key[a] == key[b] and a < b)


@inline
def _sink(heap: Longs, size: int, key: Floats, spot: int) -> None:
    """Let the entry of a spot sink to where it belongs."""
    own = heap[spot]
    while True:
        child = 2 * spot + 1
        if child >= size:
            break
        if child + 1 < size and _before(key, heap[child + 1], heap[child]):
            child += 1
        if not _before(key, heap[child], own):
            break
        heap[spot] = heap[child]
        spot = child
    heap[spot] = own


@inline
def _adds(first: Longs, place: Ints, value: Floats, best: Floats, action: int) -> float:
    """Return what an action adds to the best values so far."""
    more = 0.0
    for k in range(first[action], first[action + 1]):
        gain = value[k] - best[place[k]]
        if gain > 0:
            more += gain
    return more


@kernel
def choose(
    first: Longs,
    place: Ints,
    value: Floats,
    cost: Floats,
    divisor: Floats,
    group: Ints,
    full: Ints,
    best: Floats,
    budget: float,
    target: float,
    chosen: Longs,
) -> int:
    """Choose one action after the other until budget or target is reached; return how many.

    What comes first is the highest gain / ``divisor``, gains counted up to the target only.
    ``full`` (groups,) is 1 where a group has its action already; ``best`` (places,) holds the
    values so far. Both are brought up to date; the numbers are appended to ``chosen``.
    """
    n = len(cost)
    key, heap, size, seen = np.empty(n), np.empty(n, np.int64), 0, np.zeros(n, np.int64)
    for action in range(n):
        gain = 0.0
        if cost[action] <= budget and not full[group[action]]:
            gain = min(_adds(first, place, value, best, action), target)
        key[action] = gain / divisor[action]
        if gain > 0:
            heap[size] = action
            size += 1
    for spot in range(size // 2 - 1, -1, -1):
        _sink(heap, size, key, spot)
    count = 0
    while size > 0 and target > 0:
        action = heap[0]
        if cost[action] > budget or full[group[action]] or key[action] <= 0:
            size -= 1
            heap[0] = heap[size]
        elif seen[action] == count:
            chosen[count] = action
            count += 1
            full[group[action]] = 1
            budget -= cost[action]
            for k in range(first[action], first[action + 1]):
                if value[k] > best[place[k]]:
                    target -= value[k] - best[place[k]]
                    best[place[k]] = value[k]
            size -= 1
            heap[0] = heap[size]
        else:
            gain = min(_adds(first, place, value, best, action), target)
            key[action] = gain / divisor[action]
            seen[action] = count
        _sink(heap, size, key, 0)
    return count


def divisors(problem: Problem, by_cost: bool) -> Floats:
    """Return what gains are divided by: costs, or ones. What is free counts as nearly so."""
    if not by_cost:
        return np.ones(problem.n_actions)
    paid = problem.cost[problem.cost > 0]
    return np.maximum(problem.cost, float(paid.min()) * 1e-6 if len(paid) else 1.0)


def greedy(
    problem: Problem, budget: float, target: float, by_cost: bool, start: Longs | None = None
) -> Longs:
    """Return the greedy choice, in its order, after the actions to start with if there are any.

    ``by_cost`` takes what gains most per cost first, else what gains most.
    """
    chosen = np.empty(problem.n_actions, np.int64)
    full, best = np.zeros(problem.n_groups, np.int32), np.zeros(problem.n_places)
    begun = np.empty(0, np.int64) if start is None else start
    for action in begun:
        own = slice(problem.first[action], problem.first[action + 1])
        best[problem.place[own]] = np.maximum(best[problem.place[own]], problem.value[own])
        full[problem.group[action]] = 1
    count = choose(
        problem.first, problem.place, problem.value, problem.cost, divisors(problem, by_cost),
        problem.group, full, best, budget - problem.price(begun), target - float(best.sum()),
        chosen,
    )  # fmt: skip
    return np.concatenate([begun, chosen[:count]])


def ranked(problem: Problem, chosen: Longs) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return a choice in the order of what each adds per cost to those before it, and what that is.

    Actions that add nothing are left out.
    """
    mask = np.zeros(problem.n_actions, bool)
    mask[chosen] = True
    rest = only(problem, mask)
    order = rest.original[greedy(rest, np.inf, np.inf, by_cost=True)]
    best, adds = np.zeros(problem.n_places), []
    for action in order:
        own = slice(problem.first[action], problem.first[action + 1])
        place, value = problem.place[own], problem.value[own]
        adds.append(float(np.maximum(value - best[place], 0.0).sum()))
        best[place] = np.maximum(best[place], value)
    return tuple(order.tolist()), tuple(adds)
