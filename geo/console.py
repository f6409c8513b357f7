"""Print reports, studies and answers for a reader at a terminal: Chinese first, English beside."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from geo import build, model
from geo.why import phrases

COUNT_TITLES = {
    "nodes": "路口与端点 nodes",
    "edges": "路段 edges",
    "components": "互不相连的路网 components",
    "cells": "网格 cells",
    "stations": "驿站 stations",
    "places": "居住点 places with people",
    "barriers": "阻隔 barriers",
    "pixels": "像素 pixels",
}
CLASS_TITLES = {name: zh for name, (zh, _) in phrases.CLASS_TITLES.items()}


def plain(*, stderr: bool = False) -> Console:
    """Return a console that prints names as they are: brackets and colons in them mean nothing."""
    return Console(stderr=stderr, markup=False, emoji=False)


def print_report(report: build.Report) -> None:
    """Print the one report at the end of an import."""
    console = plain()
    table = Table(title=f"{report.city.name}（{report.city.slug}）", show_header=False)
    for name, count in report.counts.items():
        table.add_row(COUNT_TITLES[name], f"{count:,}")
    if report.people is not None:
        table.add_row("居民 people", f"{report.people:,.0f}")
    table.add_row("米制坐标系 crs", report.city.crs)
    table.add_row("数据日期 data date", report.city.data_date or "不详 unknown")
    console.print(table)
    for note in report.notes:
        console.print(f"• {note}")
    if report.far_stations:
        far = Table(
            title=f"{len(report.far_stations)} 个驿站离可用街道超过 50 米 · "
            "stations more than 50 m from a usable street"
        )
        for head in ("id", "name", "metres"):
            far.add_column(head)
        for station, name, metres in report.far_stations[:50]:
            far.add_row(station, name, "none within 250 m" if metres is None else f"{metres:g}")
        console.print(far)
        if len(report.far_stations) > 50:
            rest = len(report.far_stations) - 50
            console.print(f"… 其余 {rest} 个见 manifest.json · {rest} more there")
    console.print(f"→ {report.folder}")


def percent(share: float | None) -> str:
    """Return a share as a percentage with one digit, or a dash."""
    return "–" if share is None else f"{share * 100:.1f} %"


def print_study(summary: dict[str, Any]) -> None:
    """Print a study for a reader."""
    promise = (
        f"{summary['minutes']:g} min"
        if summary["minutes"] is not None
        else f"{summary['distance_m']:g} m"
    )
    people, area, ring = summary["people"], summary["area_m2"], summary["ring"]
    table = Table(
        title=f"{summary['name']} · {summary['profile']} · {promise} = "
        f"{summary['radius_m']:,.0f} m · {summary['stations']} 个驿站"
    )
    for head in ("", "沿街道 by street", "直线圈 ring", "总数 total"):
        table.add_column(head, justify="right" if head else "left")
    if people["reason"] is None:
        table.add_row(
            "居民 people",
            f"{people['covered']:,.0f}（{percent(people['share'])}）",
            f"{ring['people']['covered']:,.0f}（{percent(ring['people']['share'])}）",
            f"{people['total']:,.0f}",
        )
    if people["reason"] is None and people["judged"] < people["total"]:
        table.add_row(
            "其中可判断 judged",
            percent(people["share_of_judged"]),
            percent(ring["people"]["share_of_judged"]),
            f"{people['judged']:,.0f}",
        )
    table.add_row(
        "地面 ground km²",
        f"{area['covered'] / 1e6:,.2f}（{percent(area['share'])}）",
        f"{ring['area_m2']['covered'] / 1e6:,.2f}（{percent(ring['area_m2']['share'])}）",
        f"{area['total'] / 1e6:,.2f}",
    )
    console = plain()
    console.print(table)
    print_need(console, summary["need"])
    if people["reason"] is not None:
        console.print(people["reason"])
    why = Table(title="未覆盖的原因 · why not covered")
    for head in ("class", "places", "people", "km²"):
        why.add_column(head, justify="left" if head == "class" else "right")
    for name, row in summary["uncovered"].items():
        if not row["places"] and not row["area_m2"]:
            continue
        count = "–" if row["people"] is None else f"{row['people']:,.0f}"
        why.add_row(
            f"{CLASS_TITLES[name]} {name}",
            f"{row['places']:,}",
            count,
            f"{row['area_m2'] / 1e6:,.3f}",
        )
    console.print(why)
    levels = Table(title="网格 · cells")
    for head in ("level", "cells", "full", "partial", "none", "unknown"):
        levels.add_column(head, justify="right")
    for level, row in summary["levels"].items():
        levels.add_row(
            level, *(f"{row[key]:,}" for key in ("cells", "full", "partial", "none", "unknown"))
        )
    console.print(levels)
    known = summary["barrier_kinds"]
    missing = [zh for kind, (zh, _) in phrases.BARRIER_TITLES.items() if kind not in known]
    if not summary["barriers_known"]:
        console.print("阻隔未知（没有水体、铁路、高速、围墙数据）· barriers unknown")
    elif missing:
        console.print(
            f"阻隔只知道一部分，缺{'、'.join(missing)} · known barriers: "
            f"{', '.join(summary['barrier_kinds'])}",
            markup=False,
        )


STATE_TITLES = {
    "serves": "服务 serve",
    "closed": "关闭 closed",
    "unknown_hours": "开放时间不明 hours unknown",
    "service_missing": "没有所需服务 without the services",
}


def print_need(console: Console, need: dict[str, Any]) -> None:
    """Print what was needed and how many stations offer it; nothing when nothing was asked."""
    if need["users_per_1000"] is not None:
        seats = need["default_seats"]
        assumed = "" if seats is None else f"，容量不详的按 {seats} 座 unknown capacity = {seats}"
        console.print(
            f"容量 seats: 每千人同时 {need['users_per_1000']:g} 人 of every 1,000 people{assumed}"
        )
    if not need["services"] and need["at"] is None:
        return
    asked = "、".join(f"{model.SERVICES[key][0]} {key}" for key in need["services"])
    at = need["at"] or ""
    console.print(
        f"需要 needed: {' · '.join(part for part in (at.replace('T', ' '), asked) if part)}"
    )
    counts = (f"{need['stations'][name]:,} {title}" for name, title in STATE_TITLES.items())
    console.print(f"驿站 stations: {' · '.join(counts)}")
    if need["holidays_known"] is False:
        console.print("节假日未知 · holidays unknown")
