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
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from geo import answers, build, enquiry, export, model, study, workspace
from geo.city import CityData
from geo.crs import DATUMS
from geo.errors import Fault, GeoError, InputError

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)
_DATUM = click.Choice(DATUMS)


def clear_errors(command: F) -> F:
    """Turn the package's own errors into one message and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except GeoError as error:
            click.echo(f"yizhan: {error}", err=True)
            sys.exit(2)

    return wrapped  # type: ignore[return-value]


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar for each long step on standard error."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
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
        answers.prebuild(workspace.load(slug), report)
    print_report(result)


def print_report(report: build.Report) -> None:
    """Print the one report at the end of an import."""
    console = Console()
    table = Table(title=f"{report.city.name}（{report.city.slug}）", show_header=False)
    for name, count in report.counts.items():
        table.add_row(COUNT_TITLES[name], f"{count:,}")
    if report.people is not None:
        table.add_row("居民 people", f"{report.people:,.0f}")
    table.add_row("米制坐标系 crs", report.city.crs)
    table.add_row("数据日期 data date", report.city.data_date or "不详 unknown")
    console.print(table)
    for note in report.notes:
        console.print(f"• {note}", markup=False)
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
    console.print(f"→ {report.folder}", markup=False)


@city.command("list")
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
    Console().print(table)


@city.command("check")
@click.argument("slug")
@clear_errors
def city_check(slug: str) -> None:
    """Load the city, check every layer and say what a planner should know."""
    found = workspace.check(slug)
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
        summary = answers.stored(data, chosen, budget).summary
    else:
        result = study.run(data, chosen, budget)
        summary = result.to_json(answers.provenance(slug))
        path = export.study_layers(result, summary, out)
        click.echo(f"→ {path}", err=True)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        print_study(summary)


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
BARRIER_TITLES = {"water": "水体", "railway": "铁路", "motorway": "高速", "wall": "围墙"}


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
    console = Console()
    console.print(table)
    if people["reason"] is not None:
        console.print(people["reason"], markup=False)
    why = Table(title="未覆盖的原因 · why not covered")
    for head in ("class", "places", "people", "km²"):
        why.add_column(head, justify="left" if head == "class" else "right")
    for name, row in summary["uncovered"].items():
        count = "–" if row["people"] is None else f"{row['people']:,.0f}"
        why.add_row(name, f"{row['places']:,}", count, f"{row['area_m2'] / 1e6:,.3f}")
    console.print(why)
    levels = Table(title="网格 · cells")
    for head in ("level", "cells", "full", "partial", "none", "unknown"):
        levels.add_column(head, justify="right")
    for level, row in summary["levels"].items():
        levels.add_row(
            level, *(f"{row[key]:,}" for key in ("cells", "full", "partial", "none", "unknown"))
        )
    console.print(levels)
    missing = [zh for kind, zh in BARRIER_TITLES.items() if kind not in summary["barrier_kinds"]]
    if not summary["barriers_known"]:
        console.print("阻隔未知（没有水体、铁路、高速、围墙数据）· barriers unknown", markup=False)
    elif missing:
        console.print(
            f"阻隔只知道一部分，缺{'、'.join(missing)} · known barriers: "
            f"{', '.join(summary['barrier_kinds'])}",
            markup=False,
        )


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
        print_unreached(data, position, chosen)
    for row in rows:
        click.echo(
            f"{row['seconds'] / 60:5.1f} min  {row['metres']:7,.0f} m  {row['name']}（{row['id']}）"
        )


CAUSE_TITLES = {
    "outside": "离文件中所有街道都超过 500 米 · farther than 500 m from every street of the file",
    "no_street": "250 米内没有可用的街道 · no usable street within 250 m",
    "unreachable": "这里的街道不通向任何驿站 · the streets here lead to no station",
}


def print_unreached(data: CityData, position: model.Position, profile: model.TravelProfile) -> None:
    """Say why no station can be reached from a place, and name the nearest in a straight line."""
    told = enquiry.explain(data, profile, model.Budget(minutes=15), position)
    why = CAUSE_TITLES.get(told.cause or "", "没有驿站 · there is no station")
    click.echo(f"到不了任何驿站：{why}")
    if told.station is not None:
        name = data.stations["name"].iat[told.station]
        click.echo(f"直线最近 · nearest in a straight line: {name}, {told.straight_m:,.0f} m")
