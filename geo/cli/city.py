"""Create, list, check and remove cities from the command line."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from geo import answers, build, checkup, console, workspace
from geo.cli.options import FILE, clear_errors, pairs, progress_bars
from geo.crs import DATUMS
from geo.errors import Fault, InputError

_DATUM = click.Choice(DATUMS)


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


@click.group()
def city() -> None:
    """Create, list, check and remove cities."""


@city.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="Name to show, e.g. 上海核心区.")
@click.option(
    "--streets",
    type=FILE,
    multiple=True,
    required=True,
    help="OSM PBF or a line layer (GeoPackage, GeoJSON, Shapefile); may be repeated.",
)
@click.option("--areas", type=FILE, help="Administrative cells with code, name, level, parent.")
@click.option(
    "--stations",
    help="CSV, XLSX, GeoJSON, GeoPackage – or osm:key=value. A column 照片 (photo) names picture "
    "files beside the list, 核实日期 (verified) the day of the last check on the spot, 英文名称 "
    "(name_en) the name in English.",
)
@click.option("--demand", type=FILE, help="People as points or polygons.")
@click.option("--water", type=FILE, help="Water polygons, besides those of the street file.")
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
    help="Which columns hold code, name, level, parent, kind, aged_60_share.",
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
    "--demand-fields",
    callback=pairs,
    metavar="people=COL",
    help="Which columns hold people, name, aged_60 (count) or aged_60_share.",
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
