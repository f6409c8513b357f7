"""Hand a study over as files for spreadsheets, GIS and data tools."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from geo import answers, export, study
from geo.capacity import Crowd
from geo.cli.options import (
    FILE,
    Changed,
    Question,
    crowd_options,
    print_json,
    print_scenario,
    progress_bars,
    question_options,
    scenario_option,
)

F = TypeVar("F", bound=Callable[..., Any])

FORMAT_HELP = (
    "csv, geojson and parquet write a folder or a .zip; shp a .zip; xlsx and gpkg one file."
)
EDITION_HELP = (
    "internal: exact, for planners; public: numbers of fewer than 10 people are withheld."
)
#: The parameters that speak of tables alone: which of them, and what they answer.
OF_TABLES = ("chosen", "profile", "minutes", "distance_m", "services", "at", "users_per_1000",
             "default_seats", "scenario", "anyway")  # fmt: skip


def table_options(command: F) -> F:
    """Add the city, ``--out``, ``--layer``, the question, the scenario and ``--json``."""

    @click.argument("slug")
    @click.option("--out", type=FILE, required=True, help="File or folder to write, or to replace.")
    @click.option(
        "--layer",
        "chosen",
        multiple=True,
        metavar="NAME",
        help=f"Only this table or layer, of {', '.join(export.TITLES)}; may be repeated.",
    )
    @question_options
    @crowd_options
    @scenario_option
    @click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped  # type: ignore[return-value]


@click.command("export")
@click.option(
    "--format", "form", type=click.Choice(list(export.FORMATS)), required=True, help=FORMAT_HELP
)
@click.option(
    "--edition",
    type=click.Choice(export.EDITIONS),
    default="internal",
    show_default=True,
    help=EDITION_HELP,
)
@table_options
def export_command(**asked: Any) -> None:
    """Write a study of SLUG as tables and layers, WGS84, with their sources and meaning."""
    write_tables(**asked)


def write_tables(
    slug: str,
    question: Question,
    crowd: Crowd | None,
    changed: Changed,
    form: str,
    out: Path,
    chosen: tuple[str, ...],
    edition: export.Edition,
    as_json: bool,
) -> None:
    """Write the tables and layers of a study, and say what was written."""
    export.check(form, out, chosen)
    question, crowd = changed.asked(question, crowd)
    result = study.run(changed.load(slug), *question, crowd)
    summary = result.to_json(answers.provenance(slug)) | changed.told(slug)
    with progress_bars() as report:
        ready = export.contents(
            result,
            summary,
            scenario=changed.scenario,
            before=changed.stations_before(slug),
            edition=edition,
            progress=report,
        )
        export.write(ready, form, out, chosen, report)
    written = ready.only(chosen).tables
    if as_json:
        rows = {name: len(table.frame) for name, table in written.items()}
        told = {"path": str(out), "format": form, "edition": edition, "rows": rows}
        print_json(told | changed.told(slug))
        return
    print_scenario(summary)
    for table in written.values():
        click.echo(f"{table.name:<10} {len(table.frame):>9,}  {export.TITLES[table.name]}")
    click.echo(f"{edition} → {out}")
