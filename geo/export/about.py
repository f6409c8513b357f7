"""Say beside the figures what they are: city, question, method, clause, sources, edition, scenario.

Nothing here depends on when or where the export is written: no clock, no path, no machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from geo.manifest import Scenario
from geo.model import SERVICES
from geo.printable import printable
from geo.requirements.rules import ShareRule
from geo.scenario import changes as kinds
from geo.software import versions
from geo.sources import requirements
from geo.study import Study

EDITION_WORDS = {
    "internal": "内部资料，数字精确，不得外传 · internal: exact figures, not for publication",
    "public": "公开版，1–9 人的数字不列出（<10），能推算出它们的也不列出，其余取整到十人 · public: "
    "numbers of 1–9 people are withheld (<10), and those that they could be got back from; all "
    "others are rounded to ten",
}
METHOD = (
    "到驿站的时间 = 接入 + 沿街道 + 驿站接入；不超过预算即覆盖。"
    "居民按各自的时间计，地面按同一时间画出的圈计；直线圈另列。"
    " · Time to a station = access + way along the streets + the station's access; covered when "
    "within the budget. People by their own times, ground by the circle drawn from the same times; "
    "the straight-line ring is told apart (docs/method.md)."
)
Row = tuple[str, str, str]


def lines(
    study: Study, summary: Mapping[str, Any], scenario: Scenario | None, edition: str
) -> pd.DataFrame:
    """Return the rows ``key, title, text`` of the table ``about``."""
    rows = [
        *_of_city(study, edition),
        *_of_question(study, summary),
        ("method", "方法 · method", METHOD),
        *_of_standards(study),
        *_of_sources(summary),
        *_of_scenario(scenario, summary.get("scenario", {}).get("other_inputs", ())),
    ]
    frame = pd.DataFrame(rows, columns=["key", "title", "text"])
    return frame.assign(text=frame["text"].map(printable))


def _of_city(study: Study, edition: str) -> Iterator[Row]:
    city = study.data.city
    yield "edition", "版本 · edition", EDITION_WORDS[edition]
    yield "city", "城市 · city", f"{city.name} ({city.slug})"
    invented = "是，虚构的示例 · yes, invented" if city.synthetic else "否 · no"
    yield "synthetic", "示例数据 · synthetic", invented
    yield "data_date", "街道数据日期 · date of the streets", city.data_date or "不详 unknown"
    yield "attribution", "数据来源声明 · attribution", city.attribution
    yield "barriers_known", "已知阻隔 · barriers known", _yes(city.barriers_known)
    if city.people_reason is not None:
        yield "people_reason", "没有居民数据 · people unknown", city.people_reason
    yield "crs", "坐标 · coordinates", f"WGS84 (EPSG:4326); 分析 analysis: {city.crs}"


def _of_question(study: Study, summary: Mapping[str, Any]) -> Iterator[Row]:
    profile, budget, need = study.profile, study.budget, study.need
    promise = f"{budget.key} = {budget.metres(profile):,.0f} m, {profile.speed_mps:.2f} m/s"
    who = f"{profile.title_zh} {profile.title_en} ({profile.name})"
    yield "question", "问题 · question", f"{who}, {promise}"
    if need.services:
        names = "、".join(f"{SERVICES[key][0]} {key}" for key in need.services)
        yield "services", "所需服务 · services needed", names
    if need.at is not None:
        yield "at", "出发时刻 · setting out at", need.at.isoformat(timespec="minutes")
        known = _yes(bool(summary["need"]["holidays_known"]))
        yield "holidays_known", "节假日已知 · holidays known", known
    if study.crowd is not None:
        seats = study.crowd.default_seats
        yield "users_per_1000", "每千人同时使用 · users per 1000", f"{study.crowd.users_per_1000:g}"
        told = "不计 left out" if seats is None else str(seats)
        yield "default_seats", "座位不详的驿站 · seats if unknown", told


def _of_standards(study: Study) -> Iterator[Row]:
    """Yield the clauses that ask for this very circle, of the requirement tables we ship."""
    for table in requirements.shipped():
        for rule in table.rules:
            if not isinstance(rule, ShareRule) or rule.within.budget != study.budget:
                continue
            if rule.within.along_streets and rule.within.profile != study.profile.name:
                continue
            asked = f"{rule.title_zh} {rule.title_en}"
            clause = f"{table.source}; {table.clause_of(rule)}; {asked}"
            yield f"clause.{table.id}.{rule.id}", "同一服务圈的条文 · clause on this circle", clause


def _of_sources(summary: Mapping[str, Any]) -> Iterator[Row]:
    for number, entry in enumerate(summary["provenance"].get("inputs", ()), start=1):
        told = (
            f"{entry['role']}: {entry['file']}, {entry['bytes']} bytes, SHA-256 {entry['sha256']}"
        )
        yield f"source.{number}", "输入文件 · input file", told
    for name, version in versions().items():
        yield f"software.{name}", "软件 · software", version


def _of_scenario(scenario: Scenario | None, other_inputs: Sequence[str]) -> Iterator[Row]:
    if scenario is None:
        yield "scenario", "方案 · scenario", "现状，没有改动 · today, nothing changed"
        return
    yield "scenario", "方案 · scenario", scenario.name
    if scenario.note:
        yield "scenario.note", "备注 · note", scenario.note
    base = scenario.base
    yield "scenario.base", "基于 · made for", f"{base.name} ({base.slug}), {base.version}"
    if other_inputs:
        told = f"{', '.join(other_inputs)}；方案做成之后重新导入 · imported anew since"
        yield "scenario.other_inputs", "数据已换 · other inputs", told
    for number, change in enumerate(scenario.changes, start=1):
        told = json.dumps(kinds.plain(change), ensure_ascii=False)
        yield f"scenario.change.{number}", "改动 · change", told


def _yes(true: bool) -> str:
    return "是 · yes" if true else "否 · no"
