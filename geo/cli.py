"""Give the analysis a command line: ``city``, ``study`` and ``nearest``.

Every error of :mod:`geo.errors` ends in one clear message on standard error and exit code 2.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from geo import answers, build, checkup, console, enquiry, export, model, study, workspace
from geo.crs import DATUMS
from geo.errors import Fault, GeoError, InputError

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)
_DATUM = click.Choice(DATUMS)


def clear_errors(command: F) -> F:
    """Turn the package's own errors, and those of the disk, into one message and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            with workspace.disk_errors():
                return command(*args, **kwargs)
        except GeoError as error:
            click.echo(f"yizhan: {error}", err=True)
            sys.exit(2)

    return wrapped  # type: ignore[return-value]


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar for each long step on standard error."""
    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console.plain(stderr=True),
    )
    tasks: dict[str, TaskID] = {}

    def report(label: str, done: int, total: int) -> None:
        if label not in tasks:
            finish()  # a new step means that those before it are over
            tasks[label] = bars.add_task(label, total=total or None)
        bars.update(tasks[label], completed=done, total=total or None)

    def finish() -> None:
        for task in bars.tasks:
            if not task.finished:
                bars.update(task.id, total=task.total or 1, completed=task.total or 1)

    with bars:
        yield report
        finish()


def pairs(_context: click.Context, param: click.Parameter, value: str | None) -> dict[str, str]:
    """Read ``name=column,people=column`` into a dictionary."""
    out = {}
    for part in (value or "").split(","):
        if not part.strip():
            continue
        key, sign, column = part.partition("=")
        if not sign or not key.strip() or not column.strip():
            raise click.BadParameter(f"{part!r} is not of the form field=column", param=param)
        out[key.strip()] = column.strip()
    return out


def square_cells(
    _context: click.Context, param: click.Parameter, value: str | None
) -> float | None:
    """Read ``square:250`` into metres."""
    if value is None:
        return None
    kind, _, size = value.partition(":")
    try:
        if kind != "square":
            raise ValueError
        return float(size)
    except ValueError:
        raise click.BadParameter(f"{value!r}; write square:250 (metres)", param=param) from None


@click.group("geo")
def main() -> None:
    """驿站服务圈分析 · Who reaches a rest station in time, and who does not."""


@main.group()
def city() -> None:
    """Create, list, check and remove cities."""


@city.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Name to show, e.g. 上海核心区.")
@click.option(
    "--streets",
    type=_FILE,
    multiple=True,
    required=True,
    help="OSM PBF or a line layer (GeoPackage, GeoJSON, Shapefile); may be repeated.",
)
@click.option("--areas", type=_FILE, help="Administrative cells with code, name, level, parent.")
@click.option("--stations", help="CSV, XLSX, GeoJSON, GeoPackage – or osm:key=value.")
@click.option("--demand", type=_FILE, help="People as points or polygons.")
@click.option("--water", type=_FILE, help="Water polygons, besides those of the street file.")
@click.option(
    "--cells",
    callback=square_cells,
    metavar="square:250",
    help="Analysis cells where there are no areas; side in metres.",
)
@click.option(
    "--area-fields",
    callback=pairs,
    metavar="name=COL,parent=COL",
    help="Which columns hold code, name, level, parent.",
)
@click.option(
    "--station-fields",
    callback=pairs,
    metavar="name=COL,…",
    help="Which columns hold id, name, tier, services, hours …",
)
@click.option(
    "--station-where",
    callback=pairs,
    metavar="COL=VALUE|VALUE",
    help="Keep only rows with these values, e.g. kind=bank|convenience.",
)
@click.option(
    "--demand-fields", callback=pairs, metavar="people=COL", help="Which columns hold people, name."
)
@click.option("--streets-datum", type=_DATUM, help="Datum of a line layer; PBF is always WGS84.")
@click.option("--areas-datum", type=_DATUM)
@click.option("--stations-datum", type=_DATUM)
@click.option("--demand-datum", type=_DATUM)
@click.option("--synthetic", is_flag=True, help="Mark everything as invented example data.")
@clear_errors
def city_create(slug: str, **options: Any) -> None:
    """Build the city SLUG from files; all or nothing."""
    asked = build.Request(
        slug=slug,
        name=options["name"],
        streets=tuple(options["streets"]),
        areas=options["areas"],
        stations=options["stations"],
        demand=options["demand"],
        water=options["water"],
        cells_m=options["cells"],
        fields={
            "areas": options["area_fields"],
            "stations": options["station_fields"],
            "demand": options["demand_fields"],
        },
        datums={
            role: options[f"{role}_datum"] for role in ("streets", "areas", "stations", "demand")
        },
        where={key: value.split("|") for key, value in options["station_where"].items()},
        synthetic=options["synthetic"],
    )
    with progress_bars() as report:
        result = build.create(asked, report)
        try:
            answers.prebuild(workspace.load(slug), report)
        except BaseException:  # also Ctrl-C: all or nothing, and the name is free again
            workspace.remove(slug)
            raise
    console.print_report(result)


@city.command("list")
@clear_errors
def city_list() -> None:
    """List the cities with their counts."""
    rows = workspace.summaries()
    if not rows:
        click.echo(
            f"还没有城市 · no city yet in {workspace.home()}; "
            "make one with: yizhan city create SLUG --name NAME --streets FILE"
        )
        return
    table = Table()
    for head in ("slug", "name", "stations", "cells", "people", "data date", ""):
        table.add_column(head)
    for row in rows:
        people = "–" if row.people is None else f"{row.people:,.0f}"
        table.add_row(
            row.slug,
            row.name,
            f"{row.stations:,}",
            f"{row.cells:,}",
            people,
            row.data_date or "–",
            row.broken,
        )
    console.plain().print(table)


@city.command("check")
@click.argument("slug")
@clear_errors
def city_check(slug: str) -> None:
    """Load the city, check every layer and say what a planner should know."""
    found = checkup.check(slug)
    for line in found.lines:
        click.echo(line)
    if found.faults:
        raise InputError([Fault(slug, fault, "create the city anew") for fault in found.faults])
    click.echo("完好 · whole")


@city.command("remove")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@clear_errors
def city_remove(slug: str, yes: bool) -> None:
    """Remove the city SLUG and everything computed for it."""
    workspace.folder(slug)
    if not yes:
        click.confirm(f"删除城市 {slug}？ Remove the city {slug} for good?", abort=True)
    workspace.remove(slug)
    click.echo(f"已删除 · removed {slug}")


def budget_of(minutes: float | None, distance_m: float | None) -> model.Budget:
    """Return the budget of the options; 15 minutes when none is given."""
    if minutes is None and distance_m is None:
        minutes = 15.0
    if minutes is not None and float(minutes).is_integer():
        minutes = int(minutes)
    return model.Budget(minutes=minutes, distance_m=distance_m)


@main.command("study")
@click.argument("slug")
@click.option(
    "--profile", default="walk", show_default=True, help=f"One of {', '.join(model.PROFILES)}."
)
@click.option("--minutes", type=float, help="Time budget.  [default: 15]")
@click.option("--distance-m", type=float, help="Distance budget, for standards in metres.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole study as JSON.")
@click.option("--out", type=_FILE, help="Folder for the layers as one GeoPackage.")
@clear_errors
def study_command(
    slug: str,
    profile: str,
    minutes: float | None,
    distance_m: float | None,
    as_json: bool,
    out: Path | None,
) -> None:
    """Say who reaches a station of SLUG within the budget, and why others do not."""
    chosen, budget = model.profile_named(profile), budget_of(minutes, distance_m)
    data = workspace.load(slug)
    if out is None:
        summary = answers.summary(data, chosen, budget)
    else:
        result = study.run(data, chosen, budget)
        summary = result.to_json(answers.provenance(slug))
        path = export.study_layers(result, summary, out)
        click.echo(f"→ {path}", err=True)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        console.print_study(summary)


@main.command("nearest", context_settings={"ignore_unknown_options": True})
@click.argument("slug")
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--profile", default="walk", show_default=True)
@click.option("-k", "count", type=click.IntRange(1, 10), default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@clear_errors
def nearest_command(
    slug: str, lon: float, lat: float, profile: str, count: int, as_json: bool
) -> None:
    """Name the stations nearest to LON LAT by time on the street."""
    chosen, position = model.profile_named(profile), model.Position(lon, lat)
    data = workspace.load(slug)
    found = enquiry.nearest(data, chosen, position, count)
    rows: list[dict[str, Any]] = []
    for answer in found:
        station = data.stations.iloc[int(data.open_rows[answer.station])]
        rows.append(
            {
                "id": str(station["id"]),
                "name": str(station["name"]),
                "seconds": answer.time_ms / 1000.0,
                "metres": round(answer.length_m, 1),
            }
        )
    if as_json:
        click.echo(
            json.dumps(
                {"city": slug, "profile": profile, "stations": rows}, ensure_ascii=False, indent=2
            )
        )
        return
    if not rows:
        console.print_unreached(data, position, chosen)
    for row in rows:
        click.echo(
            f"{row['seconds'] / 60:5.1f} min  {row['metres']:7,.0f} m  {row['name']}（{row['id']}）"
        )
