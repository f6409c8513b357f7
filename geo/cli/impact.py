"""Print what depends on the stations: overlap, closure impact, and seats against users."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from geo import capacity, console, impact
from geo.cli.options import (
    Changed,
    Question,
    print_json,
    print_scenario,
    progress_bars,
    question_options,
    scenario_option,
)

_SHOWN = 20
_STATES = {
    "serves": "可用 serves",
    "closed": "此时不开 closed then",
    "unknown_hours": "开放时间不详 hours unknown",
    "service_missing": "没有所需服务 lacks a service",
    "not_open": "停用 out of service",
}
_USERS = {
    "served": "有座 find a seat",
    "full": "能到的驿站都满 all in reach are full",
    "seats_unknown": "能到的驿站容量不详 capacity unknown",
    "unreached": "到不了驿站 reach none",
    "total": "合计 total",
}


@click.command("impact")
@click.argument("slug")
@question_options
@scenario_option
@click.option("--station", "station_id", help="Only this station, by its id.")
@click.option("--level", type=int, help="Also the cells of this level, in the JSON.")
@click.option(
    "--users-per-1000",
    type=float,
    help="Who finds a seat, if so many of every 1,000 people want one at the same moment.",
)
@click.option(
    "--default-seats",
    type=int,
    help="Seats of stations whose capacity is not known; without it they are left out.",
)
@click.option("--riders", type=int, help="Riders in the city, to compare riders per station.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def impact_command(
    slug: str,
    question: Question,
    changed: Changed,
    station_id: str | None,
    level: int | None,
    users_per_1000: float | None,
    default_seats: int | None,
    riders: int | None,
    as_json: bool,
) -> None:
    """Say who in SLUG depends on which station, and how often people are covered."""
    crowd = capacity.crowd_of(users_per_1000, default_seats)
    question, crowd = changed.asked(question, crowd)
    data = changed.load(slug)
    with progress_bars() as report:
        found = impact.run(data, *question, crowd, riders, report)
    if station_id is not None:
        told = found.station_json(data.station_row(station_id))
    else:
        told = found.to_json(level)
    told |= changed.told(slug)
    if as_json:
        print_json(told)
        return
    print_scenario(told)
    if told["reason"] is not None:
        click.echo(told["reason"])
    elif station_id is not None:
        _print_station(told)
    else:
        _print_overlap(told)
        _print_stations(told["stations"])
        if crowd is not None:
            _print_loads(told["stations"])
            _print_capacity(told["capacity"])
        _print_ratios(told["ratios"])


def _print_overlap(told: dict[str, Any]) -> None:
    table = Table(title=f"{told['city_name']} · 交叉覆盖 · covered how many times")
    for head in ("驿站 stations", "居住点 places", "居民 people", ""):
        table.add_column(head, justify="right")
    for row in told["overlap"]:
        table.add_row(
            row["stations"],
            f"{row['places']:,}",
            f"{row['people']:,.0f}",
            console.percent(row["share"]),
        )
    console.plain().print(table)


def _print_stations(rows: list[dict[str, Any]]) -> None:
    heads = ("id", "名称\nname", "服务\npeople", "仅靠它\nonly it", "占比\nshare", "改去\nmoved")
    table = _table("关闭影响 · if a station closed", (*heads, "多花分\nmin more"))
    for row in rows[:_SHOWN]:
        extra = row["extra_mean_s"]
        table.add_row(
            row["station"],
            row["name"],
            f"{row['people']:,.0f}",
            f"{row['only']:,.0f}",
            console.percent(row["share_only"]),
            f"{row['moved']:,.0f}",
            "–" if extra is None else f"{extra / 60:.1f}",
        )
    _print_first(table, len(rows))


def _print_loads(rows: list[dict[str, Any]]) -> None:
    """Print the most crowded stations; those of unknown capacity come last."""
    heads = ("id", "名称\nname", "座位\nseats", "分到\nusers", "每座\nload")
    table = _table("座位与使用者 · seats and users", heads)
    ranked = sorted(rows, key=lambda row: (-(row["load"] or 0.0), -(row["assigned"] or 0.0)))
    for row in ranked[:_SHOWN]:
        load = row["load"]
        table.add_row(
            row["station"],
            row["name"],
            _count(row["seats"]),
            _count(row["assigned"]),
            "–" if load is None else f"{load:.2f}",
        )
    _print_first(table, len(rows))


def _table(title: str, heads: tuple[str, ...]) -> Table:
    """Return a table whose first two columns are words, and the others numbers."""
    table = Table(title=title)
    for number, head in enumerate(heads):
        table.add_column(
            head,
            justify="left" if number < 2 else "right",
            overflow="fold",
            no_wrap=number != 1,
        )
    return table


def _print_first(table: Table, count: int) -> None:
    console.plain().print(table)
    if count > _SHOWN:
        rest = count - _SHOWN
        click.echo(f"… 其余 {rest} 个见 --json · {rest} more with --json")


def _print_station(told: dict[str, Any]) -> None:
    state = _STATES[told["state"]]
    click.echo(f"{told['name']}（{told['station']}）· {state}")
    click.echo(
        f"服务 {told['people']:,.0f} 人，只有它能服务 {told['only']:,.0f} 人"
        f"（{console.percent(told['share_only'])}）· serves {told['people']:,.0f} people, "
        f"{told['only']:,.0f} of them alone"
    )
    if told["extra_mean_s"] is not None:
        minutes = f"{told['extra_mean_s'] / 60:.1f}"
        click.echo(
            f"若关闭，{told['moved']:,.0f} 人改去别处，平均多花 {minutes} 分钟 · if it closed, "
            f"{told['moved']:,.0f} people would need {minutes} minutes more"
        )
    if told["seats"] is not None:
        click.echo(
            f"座位 {told['seats']:,.0f}，分到 {told['assigned']:,.0f} 人 · "
            f"{told['seats']:,.0f} seats, {told['assigned']:,.0f} users"
        )


def _count(value: float | None) -> str:
    return "不详 ?" if value is None else f"{value:,.0f}"


def _print_capacity(told: dict[str, Any]) -> None:
    users = told["users"]
    table = Table(
        title=f"座位 · seats（{told['users_per_1000']:g} ‰ 同时使用 of people at the same moment）"
    )
    for head in ("", "人 users", ""):
        table.add_column(head, justify="right" if head else "left")
    for key, title in _USERS.items():
        share = users[key] / users["total"] if users["total"] else None
        table.add_row(title, f"{users[key]:,.1f}", console.percent(share))
    out = console.plain()
    out.print(table)
    out.print(
        f"{told['stations_known']} 个驿站共 {told['seats']:,.0f} 座，"
        f"{told['stations_unknown']} 个容量不详、未计入 · {told['seats']:,.0f} seats; "
        f"{told['stations_unknown']} stations of unknown capacity are left out"
    )
    mean = told["seats_per_user_mean"]
    if mean is not None:
        out.print(f"E2SFCA：人均 {mean:.3f} 座 · seats per user, weights {told['weights']}")
    proof = "已证明最优 · proven optimal" if told["gap"] == 0 else f"gap ≤ {told['gap']:.2e}"
    out.print(f"座位分配：{proof}")


def _print_ratios(told: dict[str, Any]) -> None:
    if told["people_per_station"] is not None:
        click.echo(f"每站居民 · people per station: {told['people_per_station']:,.0f}")
    own = told["riders_per_station"]
    here = "–" if own is None else f"{own:,.1f}"
    click.echo(f"每站骑手 · riders per station: {here}（别处 elsewhere:）")
    for peer in told["peers"]:
        click.echo(
            f"  {peer['riders_per_station']:>7,}  {peer['name_zh']} · {peer['name_en']} "
            f"({peer['source']})"
        )
