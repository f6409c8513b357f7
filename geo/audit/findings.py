"""Hold what became of the rules: a verdict each, and the areas, cells and services that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from geo.city import CityData
from geo.hours import holidays_known
from geo.model import Need, TravelProfile
from geo.requirements.rules import Requirements, Rule

#: A row of a frame as plain values by column.
Row = dict[Any, Any]

MET, NOT_MET, NOT_JUDGED = "met", "not_met", "not_judged"
#: What amounts are counted in.
PEOPLE, GROUND = "people", "m2"

AREA_COLUMNS = (
    "code", "name", "level", "service", "seen", "verdict", "total", "judged", "reached", "missing",
)  # fmt: skip
CELL_COLUMNS = ("code", "name", "level", "area", "service", "missing")
_TEXTS = ("code", "name", "level", "area", "service", "verdict")

#: What every rule may ask besides its words; null where a kind of rule does not ask it.
_ASKED = ("share", "overlap", "least", "most")
_NEARNESS = ("minutes", "distance_m", "straight_m")


@dataclass(frozen=True, eq=False)
class Finding:
    """Hold what became of one rule.

    ``areas`` has a row for every area (and service, where each is asked): code, name, level,
    ``seen`` – the share, the number of stations or of people – its verdict (``met``, ``not_met``,
    ``no_people``, ``no_ground`` or ``outside``) and the amounts behind it; the worst come first.
    ``cells`` are the leaf cells in failing areas where people miss what is asked, the most people
    first; ``area`` is the code of the area. Amounts are people, or m² of ground; so says ``unit``.
    ``total``, ``judged`` and ``reached`` are the city's, for all services together; null where the
    rule asks of no place how near a station is.
    """

    table: Requirements
    rule: Rule
    profile: str | None
    verdict: str
    reason: str
    unit: str
    level: str
    areas: pd.DataFrame
    cells: pd.DataFrame
    total: float | None = None
    judged: float | None = None
    reached: float | None = None

    @property
    def failing(self) -> pd.DataFrame:
        """Return the areas that fail, the worst first; one row a service where each is asked."""
        return self.areas[self.areas["verdict"] == NOT_MET]

    @property
    def share(self) -> float | None:
        """Return the share of the city's judged people (or ground) that have all that is asked."""
        return self.reached / self.judged if self.judged and self.reached is not None else None

    def to_json(self, limit: int) -> dict[str, Any]:
        """Return the finding as plain values; of areas and cells the worst ``limit`` each."""
        rule, failing = self.rule, self.failing
        return {
            **rule_facts(self.table, rule),
            "verdict": self.verdict,
            "reason": self.reason or None,
            "wanted": wanted(rule) | {"profile": self.profile},
            "level": self.level or None,
            "share": self.share,
            **self._amounts(self.total, self.judged, self.reached),
            "areas": _counts(self.areas),
            "services": self._services(),
            "failing_areas": {
                "areas": int(failing["code"].nunique()),
                "listed": [self._area(rows) for rows in _first_groups(failing, limit)],
            },
            "failing_cells": {
                "cells": int(self.cells["code"].nunique()),
                "listed": [self._cell(rows) for rows in _first_groups(self.cells, limit)],
            },
        }

    def _area(self, rows: list[Row]) -> dict[str, Any]:
        """Return one failing area: its worst figures, and every service that fails there."""
        worst = rows[0]
        return {
            **_names(worst, "code", "name", "level"),
            "seen": _number(worst["seen"]),
            **self._amounts(*(_number(worst[name]) for name in ("total", "judged", "reached"))),
            "services": [
                {"service": row["service"], "seen": _number(row["seen"])}
                | self._missing(row["missing"])
                for row in rows
                if row["service"]
            ],
        }

    def _cell(self, rows: list[Row]) -> dict[str, Any]:
        """Return one cell where people miss something, and the services that they miss."""
        worst = rows[0]
        return {
            **_names(worst, "code", "name", "level", "area"),
            **self._missing(worst["missing"]),
            "services": [
                {"service": row["service"]} | self._missing(row["missing"])
                for row in rows
                if row["service"]
            ],
        }

    def _services(self) -> list[dict[str, Any]]:
        """Return, where each service is asked, how many areas offer it and who misses it."""
        asked = self.areas[self.areas["service"] != ""]
        return [
            {"service": service, "areas": _counts(rows)}
            | self._missing(rows["missing"].sum(min_count=1))
            for service, rows in asked.groupby("service", sort=False)
        ]

    def _amounts(
        self, total: float | None, judged: float | None, reached: float | None
    ) -> dict[str, Any]:
        """Return amounts under the name of their unit; the other unit is null."""
        amounts = {
            "total": _number(total),
            "judged": _number(judged),
            "reached": _number(reached),
            "missing": None if judged is None or reached is None else _number(judged - reached),
        }
        known = None if amounts["total"] is None else amounts
        return {
            "people": known if self.unit == PEOPLE else None,
            "area_m2": known if self.unit == GROUND else None,
        }

    def _missing(self, missing: float) -> dict[str, float | None]:
        amount = _number(missing)
        return {
            "people_missing": amount if self.unit == PEOPLE else None,
            "missing_m2": amount if self.unit == GROUND else None,
        }


@dataclass(frozen=True, eq=False)
class Audit:
    """Hold a city against tables: one finding for every rule, in the order of the tables."""

    data: CityData
    profile: TravelProfile | None
    need: Need
    tables: tuple[Requirements, ...]
    findings: tuple[Finding, ...]

    def of(self, table: Requirements) -> tuple[Finding, ...]:
        """Return the findings of one table."""
        return tuple(found for found in self.findings if found.table is table)

    def verdict(self, table: Requirements) -> str:
        """Return the verdict of a table: met only when all its binding rules are.

        Advisory rules do not count; a table of nothing else is not judged.
        """
        binding = {found.verdict for found in self.of(table) if not found.rule.advisory}
        if NOT_MET in binding:
            return NOT_MET
        return MET if binding == {MET} else NOT_JUDGED

    @property
    def fails(self) -> bool:
        """Return whether any table is not met."""
        return any(self.verdict(table) == NOT_MET for table in self.tables)

    def to_frame(self) -> pd.DataFrame:
        """Return every area of every rule and every failing cell as one table, for a file.

        ``scope`` tells the two apart; ``seen`` is the share or the number found.
        """
        parts = []
        for found in self.findings:
            cells = found.cells.assign(scope="cell", verdict=NOT_MET)
            rows = pd.concat([found.areas.assign(scope="area"), cells], ignore_index=True)
            asked = wanted(found.rule)
            facts = {
                "table": found.table.id,
                "rule": found.rule.id,
                "clause": found.table.clause_of(found.rule),
                "date": found.table.date,
                "advisory": found.rule.advisory,
                "unit": found.unit,
                "wanted_share": asked["share"],
                "wanted_least": asked["least"],
                "wanted_most": asked["most"],
            }
            parts.append(rows.assign(**facts))
        columns = [
            "table", "rule", "clause", "date", "advisory", "scope", "code", "name", "level", "area",
            "service", "verdict", "wanted_share", "wanted_least", "wanted_most", "seen", "unit",
            "total", "judged", "reached", "missing",
        ]  # fmt: skip
        if not parts:
            return pd.DataFrame(columns=columns)
        return pd.concat(parts, ignore_index=True)[columns]

    def to_json(self, limit: int = 20) -> dict[str, Any]:
        """Return the audit as plain values; of failing areas and cells the worst ``limit`` each."""
        city, at = self.data.city, self.need.at
        known = at is not None and self.data.calendar is not None and holidays_known(at.date())
        return {
            "city": city.slug,
            "name": city.name,
            "synthetic": city.synthetic,
            "profile": None if self.profile is None else self.profile.name,
            "need": {
                "services": list(self.need.services),
                "at": None if at is None else at.isoformat(timespec="minutes"),
                "holidays_known": None if at is None else known,
            },
            "people_reason": city.people_reason,
            "tables": [
                facts(table)
                | {
                    "verdict": self.verdict(table),
                    "rules": [found.to_json(limit) for found in self.of(table)],
                }
                for table in self.tables
            ],
        }


def facts(table: Requirements) -> dict[str, Any]:
    """Return what is known of a table apart from its rules."""
    return {
        field.name: getattr(table, field.name)
        for field in fields(table)
        if field.name not in ("rules", "date")
    } | {"date": table.date or None}


def described(table: Requirements) -> dict[str, Any]:
    """Return a table with its rules, as plain values."""
    return facts(table) | {"rules": [rule_facts(table, rule) for rule in table.rules]}


def rule_facts(table: Requirements, rule: Rule) -> dict[str, Any]:
    """Return what is known of a rule before any city is held against it."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "title_zh": rule.title_zh,
        "title_en": rule.title_en,
        "clause": table.clause_of(rule),
        "reading_zh": rule.reading_zh,
        "reading_en": rule.reading_en,
        "advisory": rule.advisory,
        "wanted": wanted(rule),
    }


def wanted(rule: Rule) -> dict[str, Any]:
    """Return what a rule asks, null for what rules of its kind do not ask."""
    near = getattr(rule, "within", None)
    stations = getattr(rule, "stations", None)
    return {
        **{name: getattr(rule, name, None) for name in _ASKED},
        **{name: None if near is None else getattr(near, name) for name in _NEARNESS},
        "tiers": [] if stations is None else list(stations.tiers),
        "services": [] if stations is None else list(stations.services),
        "each_service": list(getattr(rule, "each_service", ())),
        "areas": list(rule.areas),
        "profile": near.profile if near is not None and near.along_streets else None,
    }


def shaped(frame: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame with exactly these columns; numbers that do not apply are null."""
    out = pd.DataFrame() if frame is None else frame
    out = out.reindex(columns=list(columns)).reset_index(drop=True)
    for name in columns:
        if name in _TEXTS:
            out[name] = out[name].astype(object).fillna("").astype("str")
        else:
            out[name] = out[name].astype(float)
    return out


def _counts(areas: pd.DataFrame) -> dict[str, int]:
    """Return how many areas are met, not met and not judged; of several services all must be."""
    verdicts = areas.groupby("code", sort=False)["verdict"].agg(set)
    failed = verdicts.map(lambda found: NOT_MET in found).astype(bool)
    met = verdicts.map(lambda found: found == {MET}).astype(bool)
    return {
        "total": len(verdicts),
        "met": int(met.sum()),
        "not_met": int(failed.sum()),
        "not_judged": int((~met & ~failed).sum()),
    }


def _first_groups(frame: pd.DataFrame, limit: int) -> list[list[Row]]:
    """Return the rows of each of the first codes, in the order of the frame.

    As plain values: thousands of rows one by one would cost more than the whole audit.
    """
    codes = frame["code"].unique()[:limit]
    groups: dict[str, list[Row]] = {code: [] for code in codes}
    for row in frame[frame["code"].isin(codes)].to_dict("records"):
        groups[row["code"]].append(row)
    return list(groups.values())


def _names(row: Row, *names: str) -> dict[str, str]:
    return {name: row[name] for name in names}


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
