"""Choose what to do: which actions under a budget, or the cheapest ones that reach a target.

Pure functions of sparse arrays; what an action is (a new site, longer hours, a service more), and
what it costs, is the caller's. Four models, each with a certified bound on what any other choice
could do (formulas and sources: docs/method.md):

- :func:`most_people`: the most weight covered within a budget (maximal covering, MCLP);
- :func:`fewest`: the cheapest actions that cover a target weight (set cover, LSCP);
- :func:`p_median`: the least weighted sum of travel times within a budget;
- :func:`p_center`: the least worst travel time within a budget.

The interface::

    Cover(first, place, weight, cost, exclusive=None)        # pairs action → places newly covered
    most_people(cover, budget, exact="auto", progress=…) -> Choice
    fewest(cover, target_weight, exact="auto", progress=…) -> Choice      # .reached is False when
                                                       # the target is out of reach: no error
    Times(first, place, time_ms, weight, existing_ms, cost, exclusive=None)   # existing stations
                                                       # stay; reach.UNREACHED where there is none
    p_median(times, budget, cap_ms, exact="auto", progress=…) -> MedianChoice
    p_center(times, budget, exact="auto", progress=…) -> CenterChoice

Budgets are in the unit of ``cost``; with costs of 1 they are numbers of sites. ``exclusive`` groups
hold at most one chosen action each. A budget or target that is negative or no number is an
:class:`~geo.errors.OptionError`; arrays that do not fit together are a ``ValueError``. Answers
depend on nothing but the input – unless HiGHS meets its time limit – and equal alternatives go to
the lowest number. :func:`compile` is to be called before the first request, as that of
:mod:`geo.reach`.
"""

from __future__ import annotations

from geo.siting.center import CenterChoice, p_center
from geo.siting.cover import Choice, Cover, fewest, most_people
from geo.siting.median import MedianChoice, Times, p_median
from geo.siting.solve import compile

__all__ = [
    "CenterChoice",
    "Choice",
    "Cover",
    "MedianChoice",
    "Times",
    "compile",
    "fewest",
    "most_people",
    "p_center",
    "p_median",
]
