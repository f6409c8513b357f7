"""Judge the rules one by one: amounts of every area, its verdict, and who misses what where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.audit.areas import Areas, areas_of
from geo.audit.findings import (
    AREA_COLUMNS,
    CELL_COLUMNS,
    GROUND,
    MET,
    NOT_JUDGED,
    NOT_MET,
    PEOPLE,
    Audit,
    Finding,
    shaped,
)
from geo.audit.measures import Extent, Measures
from geo.city import CityData
from geo.errors import OptionError
from geo.model import JUDGED_SHARE, Need, TravelProfile
from geo.progress import Progress, silent
from geo.requirements.rules import (
    CountRule,
    PeopleRule,
    Requirements,
    Rule,
    Selection,
    ShareRule,
)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

#: What the areas of a rule are when they are the circles of stations.
STATION = "station"
#: A share is compared with this much less, so that 17 of 20 are 85 % in floating point too.
_LAST_BITS = 1.0 - 1e-12
#: Ground that misses less than this in a leaf is a sliver of the drawing, m².
_SLIVER_M2 = 1.0


def audit(
    data: CityData,
    requirements: Sequence[Requirements],
    profile: TravelProfile | None = None,
    need: Need | None = None,
    progress: Progress = silent,
) -> Audit:
    """Hold a city against requirement tables.

    ``profile`` travels instead of the one each rule names. ``need`` narrows the stations that count
    to those that offer its services and, where a rule asks how near they are, serve at its instant.
    Two tables of one id raise an :class:`~geo.errors.OptionError`.
    """
    names = [table.id for table in requirements]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OptionError(
            f"requirement table {', '.join(twice)} is given twice; name each once, or give your "
            "own table another id"
        )
    rules = [(table, rule) for table in requirements for rule in table.rules]
    withins = [
        rule.within
        for _, rule in rules
        if isinstance(rule, ShareRule | PeopleRule) and rule.within is not None
    ]
    measures = Measures.of(data, withins, profile, need)
    found = []
    for done, (table, rule) in enumerate(rules):
        progress("对照要求", done, len(rules))
        found.append(_find(measures, table, rule))
    progress("对照要求", len(rules), len(rules))
    return Audit(data, profile, measures.need, tuple(requirements), tuple(found))


def _find(measures: Measures, table: Requirements, rule: Rule) -> Finding:
    match rule:
        case ShareRule():
            return _find_share(measures, table, rule)
        case CountRule():
            return _find_count(measures, table, rule)
        case PeopleRule():
            return _find_people(measures, table, rule)
    raise TypeError(f"no way to judge a {type(rule).__name__}")


def _find_share(measures: Measures, table: Requirements, rule: ShareRule) -> Finding:
    data, within = measures.data, rule.within
    areas = areas_of(data, rule.areas)
    profile = within.travel_profile(measures.profile).name if within.along_streets else None
    if areas is None:
        return _not_judged(measures, table, rule, "no_level", profile)
    whole, judged = measures.whole, measures.judged
    parts, missing, farthest = [], [], None
    for service, wanted in _services(rule):
        nearness = measures.nearness(within, rule.overlap, wanted)
        farthest = nearness if farthest is None else np.maximum(farthest, nearness)
        reached = measures.reached(within, nearness)
        part = _amounts(measures, areas, whole, judged).assign(service=service)
        part["reached"] = areas.take(data, reached)
        part["missing"] = part["judged"] - part["reached"]
        part["seen"] = (part["reached"] / part["judged"].where(part["judged"] > 0)).clip(upper=1.0)
        enough = part["reached"] >= rule.share * part["judged"] * _LAST_BITS
        part["verdict"] = _verdicts(part, enough, areas, measures.unit)
        parts.append(part)
        fails = (part["verdict"] == NOT_MET).to_numpy()
        missing.append(_missing(measures, areas, fails, judged.leaves - reached.leaves, service))
    frame = pd.concat(parts).sort_values("missing", ascending=False, kind="stable")
    cells = pd.concat(missing).sort_values("missing", ascending=False, kind="stable")
    assert farthest is not None
    everything = reached if len(parts) == 1 else measures.reached(within, farthest)
    return _finding(
        measures, table, rule, areas.level, frame, profile=profile, cells=cells,
        total=whole.city, judged=judged.city, reached=everything.city,
    )  # fmt: skip


def _find_count(measures: Measures, table: Requirements, rule: CountRule) -> Finding:
    data = measures.data
    areas = areas_of(data, rule.areas)
    if areas is None:
        return _not_judged(measures, table, rule, "no_level")
    parts = []
    for service, wanted in _services(rule):
        part = _amounts(measures, areas, measures.whole, measures.judged).assign(service=service)
        part["seen"] = areas.take(data, measures.standing(wanted))
        part["verdict"] = _verdicts(part, _between(part["seen"], rule), areas, measures.unit)
        parts.append(part)
    return _finding(measures, table, rule, areas.level, _worst_first(pd.concat(parts), rule))


def _find_people(measures: Measures, table: Requirements, rule: PeopleRule) -> Finding:
    data, within = measures.data, rule.within
    if data.units is None:
        return _not_judged(measures, table, rule, "people_unknown")
    if within is None:
        areas = areas_of(data, rule.areas)
        if areas is None:
            return _not_judged(measures, table, rule, "no_level")
        frame = _amounts(measures, areas, measures.whole, measures.judged)
        frame["seen"] = frame["total"]
        frame["verdict"] = _verdicts(frame, _between(frame["seen"], rule), areas, measures.unit)
        return _finding(measures, table, rule, areas.level, _worst_first(frame, rule))
    profile = within.travel_profile(measures.profile).name if within.along_streets else None
    rows, people = measures.circles(within, rule.stations)
    if not len(rows):
        return _not_judged(measures, table, rule, "no_station", profile)
    stations = data.stations.iloc[rows]
    frame = pd.DataFrame(
        {"code": stations["id"].to_numpy(), "name": stations["name"].to_numpy(), "seen": people}
    ).assign(level=STATION, total=people, judged=people)
    frame["verdict"] = np.where(_between(frame["seen"], rule), MET, NOT_MET)
    return _finding(measures, table, rule, STATION, _worst_first(frame, rule), profile=profile)


def _services(rule: ShareRule | CountRule) -> list[tuple[str, Selection]]:
    """Return the services that a rule is judged for one by one ("" = none), and the stations."""
    base = rule.stations
    if not rule.each_service:
        return [("", base)]
    return [(key, Selection(base.tiers, (*base.services, key))) for key in rule.each_service]


def _amounts(measures: Measures, areas: Areas, whole: Extent, judged: Extent) -> pd.DataFrame:
    frame = areas.frame(measures.data)
    frame["total"] = areas.take(measures.data, whole)
    frame["judged"] = areas.take(measures.data, judged)
    return frame


def _verdicts(frame: pd.DataFrame, enough: pd.Series, areas: Areas, unit: str) -> NDArray[Any]:
    """Return the verdict of each area; one that cannot be judged fails nothing."""
    nobody = frame["total"] <= 0
    # The city is judged by whoever can be; a cell of which the greater part cannot says nothing.
    least = frame["total"] * (0.0 if areas.rows is None else JUDGED_SHARE)
    outside = (frame["judged"] < least) | (frame["judged"] <= 0)
    none = "no_people" if unit == PEOPLE else "no_ground"
    return np.select([nobody, outside, enough], [none, "outside", MET], NOT_MET)


def _between(seen: pd.Series, rule: CountRule | PeopleRule) -> pd.Series:
    low = -np.inf if rule.least is None else rule.least
    high = np.inf if rule.most is None else rule.most
    return seen.between(low, high)


def _worst_first(frame: pd.DataFrame, rule: CountRule | PeopleRule) -> pd.DataFrame:
    """Sort by how far each number is from the range, then by the people there."""
    low = (rule.least or 0) - frame["seen"]
    high = frame["seen"] - (np.inf if rule.most is None else rule.most)
    off = np.maximum(np.maximum(low, high), 0.0)
    return (
        frame.assign(_off=off)
        .sort_values(["_off", "total"], ascending=False, kind="stable")
        .drop(columns="_off")
    )


def _missing(
    measures: Measures, areas: Areas, fails: Bools, missing: Floats, service: str
) -> pd.DataFrame:
    """Return the leaf cells of failing areas where somebody misses a service, or any station."""
    data = measures.data
    least = _SLIVER_M2 if measures.unit == GROUND else 0.0
    holder = areas.holder(data)
    lost = np.flatnonzero((missing > least) & (holder >= 0) & np.append(fails, False)[holder])
    cells = data.cells.iloc[data.ground["row"].to_numpy()[lost]]
    names = {level.level: level.name for level in data.city.levels}
    return pd.DataFrame(
        {
            "code": cells["code"].to_numpy(),
            "name": cells["name"].to_numpy(),
            "level": cells["level"].map(names).to_numpy(),
            "area": areas.frame(data)["code"].to_numpy()[holder[lost]],
            "service": service,
            "missing": missing[lost],
        }
    )


def _together(verdicts: Sequence[str]) -> str:
    """Return one verdict for several: a failure decides, then what is met."""
    for verdict in (NOT_MET, MET):
        if verdict in verdicts:
            return verdict
    return NOT_JUDGED


def _finding(
    measures: Measures,
    table: Requirements,
    rule: Rule,
    level: str,
    areas: pd.DataFrame,
    *,
    profile: str | None = None,
    cells: pd.DataFrame | None = None,
    **amounts: float,
) -> Finding:
    """Return the finding of a rule from its judged areas."""
    verdicts = areas["verdict"].tolist()
    verdict, reason = _together(verdicts), ""
    if verdict == NOT_JUDGED:
        # An area outside the streets could be judged with better data, so it is the better reason.
        reason = "outside" if "outside" in verdicts else (verdicts or ["no_ground"])[0]
    return Finding(
        table, rule, profile, verdict, reason, measures.unit, level,
        shaped(areas, AREA_COLUMNS), shaped(cells, CELL_COLUMNS), **amounts,
    )  # fmt: skip


def _not_judged(
    measures: Measures, table: Requirements, rule: Rule, reason: str, profile: str | None = None
) -> Finding:
    none = shaped(None, AREA_COLUMNS), shaped(None, CELL_COLUMNS)
    return Finding(table, rule, profile, NOT_JUDGED, reason, measures.unit, "", *none)
