"""Print who is covered at every hour of a week, as a line of bars a day."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import click
from rich.table import Table

from geo import console, week
from geo.cli.options import (
    Changed,
    Question,
    print_json,
    print_scenario,
    question_options,
    scenario_option,
)
from geo.model import SERVICES

_BARS = " ▁▂▃▄▅▆▇█"


@click.command("week")
@click.argument("slug")
@question_options
@scenario_option
@click.option(
    "--from",
    "start",
    metavar="2026-11-16",
    help="First day.  [default: the Monday before --at, else the Monday of this week]",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def week_command(
    slug: str, question: Question, changed: Changed, start: str | None, as_json: bool
) -> None:
    """Say who in SLUG is covered at every hour of a week, and by which service."""
    (profile, budget, need), _ = changed.asked(question, None)
    data = changed.load(slug)
    if start is not None:
        first = week.day_of(start)
    else:
        first = week.monday_of(date.today() if need.at is None else need.at.date())
    told = week.week(data, profile, budget, need.services, start=first).to_json()
    told |= changed.told(slug)
    if as_json:
        print_json(told)
        return
    print_scenario(told)
    if told["reason"] is not None:
        click.echo(told["reason"])
    elif not told["people_judged"]:
        click.echo("没有可以判断的居民 · nobody lives where it can be judged")
    else:
        _print_days(told)
        _print_services(told)
        _print_notes(told)


def _print_days(told: dict[str, Any]) -> None:
    judged, ceiling = told["people_judged"], told["ceiling"]
    table = Table(
        title=f"{told['city_name']} · 每小时覆盖的居民 · people covered by the hour",
        caption=f"满格＝不看开放时间 full bar = hours ignored: {ceiling:,.0f}"
        f"（{console.percent(ceiling / judged)}）/ {judged:,.0f}",
    )
    for head in (told["from"][:4], "0     6     12    18", "最少 low", "最多 high", "驿站"):
        table.add_column(head, justify="left" if head[0].isdigit() else "right", no_wrap=True)
    for number in range(len(told["hours"]) // 24):
        hours = slice(24 * number, 24 * number + 24)
        people, serving = told["covered"][hours], told["stations"][hours]
        table.add_row(
            _day(told, number),
            bars([count / ceiling for count in people] if ceiling else [0.0] * 24),
            *(
                f"{console.percent(extreme / judged)} {people.index(extreme):02d}h"
                for extreme in (min(people), max(people))
            ),
            f"{min(serving)}–{max(serving)}",
        )
    console.plain().print(table)


def _day(told: dict[str, Any], number: int) -> str:
    """Return a day as ``10-01 四``."""
    day = date.fromisoformat(told["hours"][24 * number][:10])
    return f"{day:%m-%d} {week.WEEKDAYS_ZH[day.weekday()]}"


def bars(shares: list[float]) -> str:
    """Return shares (0–1) as a line of bars: none for nothing, and a full one for all only."""
    top = len(_BARS) - 1
    return "".join(_BARS[max(share > 0, math.floor(share * top))] for share in shares)


def _print_services(told: dict[str, Any]) -> None:
    judged = told["people_judged"]
    table = Table(title="单项服务 · each service alone")
    for head in ("服务 service", "最少 lowest", "平均 mean", "最多 highest"):
        table.add_column(head, justify="left" if "service" in head else "right")
    for key, line in told["by_service"].items():
        shares = [people / judged for people in line]
        figures = (min(shares), sum(shares) / len(shares), max(shares))
        table.add_row(" ".join((*SERVICES[key][:1], key)), *map(console.percent, figures))
    console.plain().print(table)


def _print_notes(told: dict[str, Any]) -> None:
    known, names = told["holidays"]["known"], told["holidays"]["names"]
    for number, name in enumerate(names):
        if name is not None:
            click.echo(f"{_day(told, number)}: {name}")
    unknown = [_day(told, number) for number, sure in enumerate(known) if not sure]
    if unknown:
        click.echo(
            f"节假日未知，按平日计 · holidays unknown, weekday hours taken: {', '.join(unknown)}"
        )
    count = told["unknown_hours"]
    if count:
        click.echo(
            f"{count} 个驿站开放时间不明，不计入 · {count} stations with unknown hours never count"
        )
