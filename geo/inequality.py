"""Measure how evenly travel times are shared out: quantiles and the Gini coefficient.

Everybody weighs the same: a place counts as often as people live there. Over n people with travel
times t and mean m, the Gini coefficient is half the relative mean absolute difference,

    G = Σi Σj |ti − tj| / (2 n² m) = 1 − Σi wi (Si−1 + Si) / (n Sk)

where on the right the k places stand in the order of their times, w are their people and S the sums
of w·t so far: twice the area between the diagonal and the Lorenz curve, exact for a finite number
of people. 0 = all the same, towards 1 = few bear nearly all of the travelling. Sources: C. Gini,
“Variabilità e mutabilità” (1912); R. I. Lerman, S. Yitzhaki, “Improving the accuracy of estimates
of Gini coefficients”, Journal of Econometrics 42 (1989), for weights.

People without any way have no time. They are counted as ``unreached``; the quantiles put them
behind everybody else, and the Gini coefficient, which needs a number from each, is that of the
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.reach import UNREACHED

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: The quantiles that are told, in percent of the people.
QUANTILES = (10, 25, 50, 75, 90, 95)

NO_PEOPLE = "没有居民 · nobody lives here"
OUTSIDE = "居民都在街道数据以外，无法判断 · all people are too far from every street to be judged"
NO_WAY = "没有人能到达驿站 · nobody has a way to a station"


@dataclass(frozen=True)
class Spread:
    """Hold how the travel times of a group of people are spread, in seconds.

    ``people`` = ``outside`` (too far from every street to be judged) + ``unreached`` (no way) +
    those with a time; ``covered`` of them have one within the budget: ``share`` of all people,
    ``share_of_judged`` of all but those outside. ``quantiles_s`` are over all who can be judged,
    ``None`` where the quantile falls among the unreached; ``gini`` and ``mean_s`` are of those
    with a time. ``reason`` says why figures are missing.
    """

    people: float
    outside: float
    unreached: float
    covered: float
    share: float | None
    share_of_judged: float | None
    gini: float | None
    mean_s: float | None
    quantiles_s: tuple[float | None, ...]
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain values, the quantiles named ``p10`` to ``p95``."""
        named = zip(QUANTILES, self.quantiles_s, strict=True)
        return {
            "people": self.people,
            "outside": self.outside,
            "unreached": self.unreached,
            "covered": self.covered,
            "share": self.share,
            "share_of_judged": self.share_of_judged,
            "gini": self.gini,
            "mean_s": self.mean_s,
            "quantiles_s": {f"p{percent}": value for percent, value in named},
            "reason": self.reason,
        }


def gini(values: NDArray[Any], weights: Floats) -> float | None:
    """Return the Gini coefficient of values ≥ 0 with weights ≥ 0, ``None`` without weight.

    Where all values are 0, all are the same: 0.
    """
    order = np.argsort(values, kind="stable")
    weight = weights[order]
    total = weight.sum()
    if not total > 0:
        return None
    sums = np.cumsum(weight * values[order])
    if not sums[-1] > 0:
        return 0.0
    before = np.concatenate([[0.0], sums[:-1]])
    lorenz = float((weight * (before + sums)).sum() / (total * sums[-1]))
    return min(1.0, max(0.0, 1.0 - lorenz))


def quantiles(
    values: NDArray[Any], weights: Floats, percents: Sequence[int] = QUANTILES
) -> list[float | None]:
    """Return the least values that so many percent of the weight do not exceed.

    ``None`` without weight. The inverse of the distribution function: always a value that occurs.
    """
    here = np.flatnonzero(weights > 0)
    if not len(here):
        return [None] * len(percents)
    order = here[np.argsort(values[here], kind="stable")]
    # Whole percents times people in quanta stay exact, where a tenth of people would not.
    grown = np.cumsum(weights[order]) * 100.0
    at = np.searchsorted(grown, np.array(percents) * (grown[-1] / 100.0))
    return [float(values[order[min(row, len(order) - 1)]]) for row in at]


def spread(time_ms: NDArray[np.int32], people: Floats, outside: Bools, budget_ms: int) -> Spread:
    """Return how times in milliseconds are spread over the people of the places."""
    total = float(people.sum())
    lost = float(people[outside].sum())
    judged = ~outside
    reached = judged & (time_ms < UNREACHED)
    unreached = float(people[judged & ~reached].sum())
    covered = float(people[judged & (time_ms <= budget_ms)].sum())
    seconds = time_ms[reached] / 1000.0
    weight = people[reached].sum()
    times_s = [
        None if value is None or value >= UNREACHED else value / 1000.0
        for value in quantiles(time_ms[judged], people[judged])
    ]
    reason = None
    if not total > 0:
        reason = NO_PEOPLE
    elif not total > lost:
        reason = OUTSIDE
    elif not weight > 0:
        reason = NO_WAY
    return Spread(
        people=total,
        outside=lost,
        unreached=unreached,
        covered=covered,
        share=covered / total if total > 0 else None,
        share_of_judged=covered / (total - lost) if total > lost else None,
        gini=gini(seconds, people[reached]),
        mean_s=float((seconds * people[reached]).sum() / weight) if weight > 0 else None,
        quantiles_s=tuple(times_s),
        reason=reason,
    )
