"""Print how evenly the way to a station is shared out, and how certain the figures are."""

from __future__ import annotations

from typing import Any

import click
from rich import box
from rich.table import Table

from geo import console, equity
from geo.cli.options import (
    Changed,
    Question,
    print_json,
    print_scenario,
    progress_bars,
    question_options,
    scenario_option,
)
from geo.model import PROFILES

#: Four of the six quantiles fit a screen of 80 columns; all stand in the JSON.
_PERCENTS = ("p25", "p50", "p75", "p95")
_CELLS_SHOWN = 20
_OVER = f"{equity.AGED_CELL_SHARE * 100:g} %"
_AGE_TITLES = {
    "aged": "老龄网格 aged cells",
    "other": "其余网格 other cells",
    "unknown": "年龄未知 age unknown",
    "aged_60": "60 岁以上 aged 60+",
    "under_60": "60 岁以下 under 60",
}
_VARIED = {
    "speed": "速度 speed",
    "place": "住处 places",
    "stations": "驿站整体 all stations",
}


@click.command("equity")
@click.argument("slug")
@question_options
@scenario_option
@click.option("--level", type=int, help="Also every cell of this level of the grid, 1 = top.")
@click.option(
    "--certainty/--no-certainty",
    default=True,
    show_default=True,
    help="Also try other speeds (±20 %) and positions (±50 m).",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def equity_command(
    slug: str,
    question: Question,
    changed: Changed,
    level: int | None,
    certainty: bool,
    as_json: bool,
) -> None:
    """Say how evenly the way to a station of SLUG is shared out, and between whom it is not."""
    question, _ = changed.asked(question, None)
    data = changed.load(slug)
    with progress_bars() as progress:
        told = equity.summary(data, *question, level, certain=certainty, progress=progress)
    told |= changed.told(slug)
    if as_json:
        print_json(told)
        return
    print_scenario(told)
    if told["reason"] is not None:
        click.echo(told["reason"])
    else:
        _print_groups(told)
        _print_cells(told)
    if told["certainty"] is not None:
        _print_certainty(told["certainty"])


def _print_groups(told: dict[str, Any]) -> None:
    table = _table(f"{told['city_name']} · 到驿站的分钟 · minutes to a station")
    _add(table, "全市 everybody", told["overall"])
    table.add_section()
    for group in told["by_kind"]:
        _add(table, group["name"] or "类型未知 type unknown", group)
    table.add_section()
    for group in told["by_age"]:
        title = _AGE_TITLES[group["key"]]
        if group["profile"] != told["profile"]:
            title = f"└ {PROFILES[group['profile']].title_zh} {group['profile']}"
        _add(table, title, group)
    screen = console.plain()
    screen.print(table)
    outside = told["overall"]["outside"]
    if outside:
        screen.print(
            f"{outside:,.0f} 人在街道数据以外，无法判断，不计入 · people too far from every street "
            "to be judged do not count"
        )
    if told["by_age"]:
        screen.print(f"老龄网格：60 岁以上超过 {_OVER} · aged cells: more than {_OVER} aged 60+")
    console.print_need(screen, told["need"])
    for reason in (told["kind_reason"], told["age_reason"]):
        if reason is not None:
            screen.print(reason)


def _print_cells(told: dict[str, Any]) -> None:
    """Print the cells of the level, the worst first by the slowest quarter of their people."""
    cells = [cell for cell in told["cells"] if cell["reason"] is None]
    if not told["cells"]:
        return

    def slowness(cell: dict[str, Any]) -> float:
        slow = cell["quantiles_s"]["p75"]
        return -(float("inf") if slow is None else slow)

    table = _table(f"第 {told['level']} 级网格，p75 最慢的在前 · cells, slowest p75 first")
    for cell in sorted(cells, key=slowness)[:_CELLS_SHOWN]:
        _add(table, cell["name"] or cell["key"], cell)
    console.plain().print(table)
    rest = len(told["cells"]) - min(len(cells), _CELLS_SHOWN)
    if rest:
        click.echo(f"… 其余 {rest} 个见 --json · {rest} more with --json")


def _table(title: str) -> Table:
    table = Table(title=title, box=box.SIMPLE, padding=0, pad_edge=False)
    table.add_column()
    for head in ("居民\npeople", "覆盖\ncovered", "到不了\nno way", "\nGini"):
        table.add_column(head, justify="right", no_wrap=True)
    for name in _PERCENTS:
        table.add_column(f"\n{name}", justify="right", no_wrap=True)
    return table


def _add(table: Table, title: str, group: dict[str, Any]) -> None:
    """Add a row of figures, times in minutes; a dash where there is none."""
    minutes = (group["quantiles_s"][name] for name in _PERCENTS)
    table.add_row(
        title,
        f"{group['people'] - group['outside']:,.0f}",
        console.percent(group["share_of_judged"]),
        f"{group['unreached']:,.0f}",
        "–" if group["gini"] is None else f"{group['gini']:.3f}",
        *("–" if value is None else f"{value / 60:.1f}" for value in minutes),
    )


def _print_certainty(told: dict[str, Any]) -> None:
    """Print the range of the covered share and how many cells stay what they are."""
    screen = console.plain()
    whole = "地面 ground" if told["basis"] == "ground" else "居民 people"
    varied = Table(title=f"误差试算 · other speeds and positions（{whole}）")
    for head in ("", "最少 least", "最多 most"):
        varied.add_column(head, justify="right" if head else "left")
    for kind, title in _VARIED.items():
        shares = [row["share_of_judged"] for row in told["variations"] if row["kind"] == kind]
        known = [share for share in shares if share is not None]
        if kind == "speed":
            title += f" ±{told['speed_percent']} %" if told["speed_percent"] else ""
        else:
            title += f" ±{told['position_m']:g} m"
        if shares:
            least, most = min(known, default=None), max(known, default=None)
            varied.add_row(title, console.percent(least), console.percent(most))
    same = console.percent(told["share_of_judged"])
    varied.add_row("不变 as given", same, same)
    screen.print(varied)
    if told["speed_reason"] is not None:
        screen.print(told["speed_reason"])
    people = told["people"]
    if people["fragile"] is not None:
        screen.print(
            f"稳 robust: 覆盖 covered {people['robust_covered']:,.0f}，"
            f"未覆盖 not {people['robust_uncovered']:,.0f}；"
            f"不稳 fragile: {people['fragile']:,.0f}"
        )
    levels = Table(title="网格的判断 · cells")
    for head in ("level", "cells", "稳 robust", "不稳 fragile", "不明 unknown"):
        levels.add_column(head, justify="right")
    for level, row in told["levels"].items():
        counts = (row[key] for key in ("cells", "robust", "fragile", "unknown"))
        levels.add_row(level, *(f"{count:,}" for count in counts))
    screen.print(levels)
