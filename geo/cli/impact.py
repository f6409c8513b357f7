"""Print what depends on the stations: overlap, and what the closing of each would mean."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from geo import console, dependence, workspace
from geo.cli.options import Question, print_json, question_options

_SHOWN = 20


@click.command("impact")
@click.argument("slug")
@question_options
@click.option("--station", "station_id", help="Only this station, by its id.")
@click.option("--level", type=int, help="Also the cells of this level, in the JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def impact_command(
    slug: str, question: Question, station_id: str | None, level: int | None, as_json: bool
) -> None:
    """Say who in SLUG depends on which station, and how often people are covered."""
    data = workspace.load(slug)
    found = dependence.run(data, *question)
    if station_id is not None:
        told = found.station_json(data.station_row(station_id))
    else:
        told = found.to_json(level)
    if as_json:
        print_json(told)
    elif told["reason"] is not None:
        click.echo(told["reason"])
    elif station_id is not None:
        _print_stations([told])
    else:
        _print_overlap(told)
        _print_stations(told["stations"])


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
    table = Table(title="关闭影响 · if a station closed")
    heads = ("id", "name", "服务 people", "仅靠它 only it", "", "改去别处 moved", "多走 extra min")
    for head in heads:
        table.add_column(head, justify="left" if head in ("id", "name") else "right")
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
    console.plain().print(table)
    if len(rows) > _SHOWN:
        rest = len(rows) - _SHOWN
        click.echo(f"… 其余 {rest} 个见 --json · {rest} more with --json")
