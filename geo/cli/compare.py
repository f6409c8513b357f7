"""Compare two scenarios of a city, or one with the city as it is today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geo import console, export, manifest, scenario, study, workspace
from geo.capacity import Crowd
from geo.city import CityData
from geo.cli.options import (
    FILE,
    Question,
    crowd_options,
    own_question,
    print_json,
    print_scenario,
    question_options,
)
from geo.errors import OptionError
from geo.manifest import Scenario
from geo.scenario import compare

#: Words for the city as it is.
TODAY = ("-", "today")
_FIGURES = {
    "stations": ("驿站 stations", "{:,.0f}"),
    "covered": ("覆盖 covered", "{:,.0f}"),
    "share": ("比例 share", "{:.2%}"),
    "share_of_judged": ("占可判断 of judged", "{:.2%}"),
    "median_s": ("中位时间 median s", "{:,.1f}"),
}


@click.command("compare")
@click.argument("slug")
@click.argument("before")
@click.argument("after")
@question_options
@crowd_options
@click.option(
    "--anyway", is_flag=True, help="Also if the city was imported from other files since."
)
@click.option(
    "--rows",
    type=click.IntRange(0, 1000),
    default=10,
    show_default=True,
    help="Cells of the lowest level to print, those that change most.",
)
@click.option(
    "--edition",
    type=click.Choice(export.EDITIONS),
    default="internal",
    show_default=True,
    help="internal: exact, for planners; public: the difference of two public tables, without who "
    "is gained and lost.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--out", type=FILE, help="Write every cell as CSV.")
def compare_command(
    slug: str,
    before: str,
    after: str,
    question: Question,
    crowd: Crowd | None,
    anyway: bool,
    rows: int,
    edition: export.Edition,
    as_json: bool,
    out: Path | None,
) -> None:
    """Say what AFTER gains and loses against BEFORE: files of scenarios, or "today" (also "-").

    The question is that of the scenarios where the options say nothing.
    """
    if out is not None:
        export.check_file(out)
    sides = [None if name in TODAY else manifest.read(Path(name)) for name in (before, after)]
    question, crowd = _one_question(sides, question, crowd)
    today = workspace.load(slug)
    studies = [study.run(_changed(today, made, anyway=anyway), *question, crowd) for made in sides]
    found = compare.difference(*studies)
    told = export.comparison(found, edition) | {
        side: None if made is None else manifest.told(made, slug)
        for side, made in zip(("before", "after"), sides, strict=True)
    }
    if out is not None:
        path = export.table(export.differences(found, edition), out)
        click.echo(f"{edition} → {path}", err=True)
    if as_json:
        print_json(told)
        return
    for side in ("before", "after"):
        if told[side] is None:
            click.echo("现状 today")
        print_scenario({"scenario": told[side]})
    _print(told, rows, today)


def _one_question(
    sides: list[Scenario | None], question: Question, crowd: Crowd | None
) -> tuple[Question, Crowd | None]:
    """Return what both sides are asked: the options, else the scenarios' own question if one."""
    asked = [own_question(made, question, crowd) for made in sides if made is not None]
    if len(asked) == 2 and asked[0] != asked[1]:
        raise OptionError(
            "the two scenarios were made for different questions; say which one to ask, as "
            "--profile walk --minutes 15"
        )
    return asked[0] if asked else (question, crowd)


def _changed(today: CityData, made: Scenario | None, *, anyway: bool) -> CityData:
    if made is None:
        return today
    if not anyway:
        manifest.check_base(made, today.city.slug)
    return scenario.apply(today, made.changes)


def _print(told: dict[str, Any], rows: int, today: CityData) -> None:
    totals, unit = told["totals"], told["measure"]
    table = console.Table(title=f"{today.city.name} · {told['profile']}")
    for head in ("", "之前 before", "之后 after", "差 difference"):
        table.add_column(head, justify="right" if head else "left")
    for key, (title, shape) in _FIGURES.items():
        figures = (totals[side][key] for side in ("before", "after"))
        told_of = ("–" if value is None else shape.format(value) for value in figures)
        table.add_row(title, *told_of, _signed(totals["difference"][key], shape))
    printer = console.plain()
    printer.print(table)
    if totals["gained"] is not None:
        gained, lost = f"{totals['gained']:,.0f}", f"{totals['lost']:,.0f}"
        click.echo(f"新覆盖 gained {gained}，失去 lost {lost}（{unit}）")
    _print_cells(told["cells"], rows, today)


def _signed(change: float | None, shape: str) -> str:
    """Return a difference with its sign; what would be shown as nothing has none."""
    if change is None:
        return "–"
    plain = shape.format(abs(change))
    return plain if not plain.strip("0.%") else f"{'+' if change > 0 else '-'}{plain}"


def _print_cells(cells: dict[str, list[Any]], rows: int, today: CityData) -> None:
    """Print the cells of the lowest level that change most, the largest change first."""
    lowest = today.city.checked_level(None)
    changed = [
        row
        for row, change in enumerate(cells["difference"])
        if cells["level"][row] == lowest and change
    ]
    changed.sort(key=lambda row: -abs(cells["difference"][row]))
    if not changed:
        click.echo("没有网格变化 · no cell changes")
        return
    table = console.Table(title=f"{len(changed):,} 个网格变化 · cells change")
    for head in ("code", "name", "before", "after", "difference"):
        table.add_column(head, justify="left" if head in ("code", "name") else "right")
    for row in changed[:rows]:
        figures = (f"{cells[side][row]:,.0f}" for side in ("before_covered", "after_covered"))
        name = today.cells["name"].iat[row]
        change = _signed(cells["difference"][row], "{:,.0f}")
        table.add_row(cells["code"][row], name, *figures, change)
    console.plain().print(table)
