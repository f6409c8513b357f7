"""Tell a proposal in plain values: what the command line prints, the API answers, a file holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import capacity, gaps, study
from geo.model import Need
from geo.proposal import Proposal, Verdict
from geo.proposal.actions import Costs
from geo.proposal.choosing import Goal
from geo.proposal.enlarging import Enlargement
from geo.proposal.measure import Measured
from geo.study import Study

#: So many rows of a long list are told; how many there are stands beside.
ROWS_TOLD = 200
_UNITS = {"people": "人", "m2": "m²"}


def facts(proposal: Proposal, verdict: Verdict) -> dict[str, Any]:
    """Return a proposal and its proof as plain values; shares 0–1, unknown figures null."""
    outcome, wanted, measured = proposal.outcome, proposal.demand, proposal.measured
    gained = verdict.covered - proposal.covered_before + verdict.lost
    return {
        **_question(proposal.before, proposal.goal, proposal.costs),
        "measure": wanted.measure,
        "assumptions": _assumptions(proposal, proposal.before.need),
        "longer_hours": proposal.longer,
        "candidates": {
            "origin": proposal.sites.origin,
            "usable": len(proposal.sites),
            "left_out": _told(proposal.sites.left_out),
            "left_out_count": len(proposal.sites.left_out),
        },
        "possible_actions": len(proposal.possible),
        "before": _covered(proposal.covered_before, measured),
        "promised": {"gained": proposal.gained, **_covered(proposal.covered, measured)},
        "recomputed": {
            "gained": gained,
            "lost": verdict.lost,
            **_covered(verdict.covered, measured),
            "kept": verdict.kept,
        },
        "cost": float(proposal.plan["cost"].sum()),
        "objective": asdict(outcome.objective),
        "gap": outcome.gap,
        "proven": outcome.proven,
        "method": outcome.method,
        "reached": outcome.reached,
        "reason": proposal.reason or None,
        "actions": _actions(proposal.plan, _causes_mended(proposal)),
        "uncoverable": uncoverable(proposal),
        "to_verify": _to_verify(proposal),
    }


def facts_of_seats(found: Enlargement, verdict: tuple[float, bool]) -> dict[str, Any]:
    """Return a plan for more seats and its proof in the shape of :func:`facts`, counting users."""
    now, (recomputed, kept) = found.before, verdict
    seated, users = math.fsum(now.seating.assigned), math.fsum(now.users)
    measured = Measured((seated, seated + found.gained), users, users)
    asked = study.run(now.data, found.profile, found.budget, found.need)
    return {
        **_question(asked, found.goal, found.costs),
        "measure": "users",
        "assumptions": [
            f"每千人有 {now.crowd.users_per_1000:g} 人同时使用；每增加一个座位 "
            f"{found.costs.enlarge:g} · of every 1,000 people {now.crowd.users_per_1000:g} want a "
            f"seat at the same moment; a seat more costs {found.costs.enlarge:g}",
            "没座的人计在最近的可扩容驿站；每站可加的座位不设上限 · who has no seat is counted at "
            "the nearest station that can be enlarged; how many seats fit there is not asked",
        ],
        "longer_hours": None,
        "candidates": {"origin": "stations", "usable": 0, "left_out": [], "left_out_count": 0},
        "possible_actions": int((found.waiting > 0).sum()),
        "before": _covered(seated, measured),
        "promised": {"gained": found.gained, **_covered(seated + found.gained, measured)},
        "recomputed": {
            "gained": recomputed,
            "lost": 0.0,
            **_covered(seated + recomputed, measured),
            "kept": kept,
        },
        "cost": float(found.plan["cost"].sum()),
        "objective": asdict(found.objective),
        "gap": found.gap,
        "proven": found.gap == 0.0,
        "method": "a seat for each user without one, at the nearest station",
        "reached": found.reached,
        "reason": found.reason or None,
        "actions": _actions(found.plan, [{"full": seats} for seats in found.plan["gained"]]),
        "uncoverable": _beyond_seats(found, users),
        "to_verify": {"count": 0, "stations": []},
    }


def _question(asked: Study, goal: Goal, costs: Costs) -> dict[str, Any]:
    """Return what was asked."""
    city = asked.data.city
    return {
        "city": city.slug,
        "city_name": city.name,
        "synthetic": city.synthetic,
        "profile": asked.profile.name,
        "minutes": asked.budget.minutes,
        "distance_m": asked.budget.distance_m,
        "need": study.need_facts(asked),
        "goal": asdict(goal),
        "costs": asdict(costs),
    }


def _beyond_seats(found: Enlargement, users: float) -> dict[str, Any]:
    """Return whom no seat can help: those who reach no station, or none of known seats."""
    seating, known = found.before.seating, ~np.isnan(capacity.seats_of(found.before.data.stations))
    reaches = np.diff(found.before.served.only(known[found.before.served.station]).first) > 0
    causes = {}
    for name, weight in (
        ("unreached", seating.unreached),
        ("unknown_seats", np.where(reaches, 0.0, seating.full + seating.unsure)),
    ):
        if weight.any():
            causes[name] = {"places": int((weight > 0).sum()), "weight": math.fsum(weight)}
    total = math.fsum(row["weight"] for row in causes.values())
    places = sum(row["places"] for row in causes.values())
    share = total / users if users > 0 else None
    return {"places": places, "weight": total, "share": share, "causes": causes}


def layer(proposal: Proposal | Enlargement) -> gpd.GeoDataFrame:
    """Return the plan as a layer of points in the metric CRS, fit for a map or a table."""
    columns = ["rank", "kind", "id", "name", "area", "lon", "lat", "services", "added"]
    return proposal.plan[
        [*columns, "opening_hours", "cost", "gained", "covered", "share", "geometry"]
    ]


def uncoverable(proposal: Proposal) -> dict[str, Any]:
    """Return whom no action reaches: places and weight in all, and by why they are not covered."""
    wanted = proposal.demand
    rows = np.flatnonzero(proposal.offers.lost & ~proposal.offers.reachable)
    weights = _by_cause(proposal, rows)
    places = np.bincount(wanted.classes[rows], minlength=len(gaps.CLASSES))
    total = math.fsum(weights.values())
    return {
        "places": len(rows),
        "weight": total,
        "share": wanted.share(total),
        "causes": {
            name: {"places": int(places[gaps.CLASSES.index(name)]), "weight": weight}
            for name, weight in weights.items()
        },
    }


def _causes_mended(proposal: Proposal) -> list[dict[str, float]]:
    """Return, per action of the plan, why those whom it newly covers were not covered."""
    return [_by_cause(proposal, new) for new in proposal.offers.newly(proposal.outcome.actions)]


def _by_cause(proposal: Proposal, rows: NDArray[np.integer]) -> dict[str, float]:
    """Return the weight of uncovered places by their class, in the order of the classes."""
    wanted = proposal.demand
    classes, weight = wanted.classes[rows], wanted.weight[rows]
    return {
        gaps.CLASSES[number]: math.fsum(weight[classes == number]) for number in np.unique(classes)
    }


def _covered(covered: float, measured: Measured) -> dict[str, Any]:
    """Return a covered figure and its share, of the same whole as in the study's headline."""
    whole = measured.whole
    share = covered / whole if whole > 0 else None
    return {"covered": covered, "judged": measured.judged, "whole": whole, "share": share}


def _assumptions(proposal: Proposal, need: Need) -> list[str]:
    """Return what was taken for granted, in both languages."""
    costs = proposal.costs
    out = [
        f"费用：新设 {costs.open:g}，每增加一项服务 {costs.service:g}，延长时间 {costs.hours:g}；"
        "候选点自带费用的以其为准 · costs: a new site "
        f"{costs.open:g}, each service added {costs.service:g}, longer hours {costs.hours:g}; a "
        "site's own cost goes before"
    ]
    if proposal.demand.measure == "m2":
        out.append(
            "人口未知：措施按约 50 米间隔的地面点挑选，最优性与惠及不到的面积也按点计；覆盖的面积按"
            "画出的服务圈量，与研究一致 · nobody is known: actions are chosen by points of ground "
            "about 50 m apart, and so are the bound and what no action reaches; covered ground is "
            "measured on the drawn circle, as the study does"
        )
    measured = proposal.measured
    if proposal.goal.target is not None and measured.whole != measured.judged:
        out.append(
            "目标按可判断的计，占比按全部计（与研究的主要数字一致） · the target is a share of "
            "those who can be judged; shares are of all, as the study's headline is"
        )
    minutes = proposal.offers.horizon_ms / 60_000
    if proposal.goal.model == "p-median":
        out.append(
            f"只找 {minutes:g} 分钟以内的路；更远的平均时按 {minutes:g} 分钟计 · ways of up to "
            f"{minutes:g} minutes are looked for; in a mean, longer ones count as {minutes:g}"
        )
    if proposal.goal.model == "p-center":
        weight = proposal.offers.weight
        hopeless = math.fsum(weight[proposal.offers.hopeless])
        out.append(
            f"最远者中不计 {minutes:g} 分钟内到不了任何驿站与措施的 {hopeless:,.0f} "
            f"{_UNITS[proposal.demand.measure]} · the longest time leaves out those who come to no "
            f"station and no action within {minutes:g} minutes: {hopeless:,.0f}"
        )
    if need.services:
        out.append(
            "未注明服务的候选点将提供所需的全部服务 · a site that names no services will offer all "
            "that are needed"
        )
    if need.at is not None:
        out.append(
            f"未注明时间的新站点及延长时间的驿站开放时间为 {proposal.longer} · new sites without "
            f"hours of their own, and lengthened stations, are open {proposal.longer}"
        )
    return out


def _actions(plan: gpd.GeoDataFrame, causes: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """Return the rows of a plan as plain values, with the causes that each mends."""
    out = []
    rows = pd.DataFrame(plan.drop(columns="geometry")).to_dict("records")
    for row, mended in zip(rows, causes, strict=True):
        row["services"] = [key for key in row["services"].split(";") if key]
        row["added"] = [key for key in row["added"].split(";") if key]
        row["share"] = None if pd.isna(row["share"]) else row["share"]
        row["seats"] = None if pd.isna(row["seats"]) else int(row["seats"])
        out.append({str(name): value for name, value in row.items()} | {"mends": dict(mended)})
    return out


def _told(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[Mapping[Any, Any]] = frame.head(ROWS_TOLD).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _to_verify(proposal: Proposal) -> dict[str, Any]:
    """Return the stations of unknown hours by what they would cover if they were open.

    Only those that have all services that are needed; the figures overlap each other.
    """
    rows = proposal.possible.to_verify
    first, place, time_ms = proposal.spot_pairs.by_station()
    weight = proposal.demand.weight
    helped = (time_ms <= proposal.before.budget_ms) & proposal.offers.lost[place]
    worth = np.concatenate([[0.0], np.cumsum(np.where(helped, weight[place], 0.0))])
    gain = worth[first[rows + 1]] - worth[first[rows]]
    order = np.lexsort((rows, -gain))
    order = order[gain[order] > 0]
    spots = proposal.possible.spots.iloc[rows[order]]
    stations = spots[["id", "name"]].assign(gained=gain[order])
    return {"count": len(stations), "stations": _told(pd.DataFrame(stations))}
