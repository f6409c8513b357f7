"""Hand a study over as files for spreadsheets, GIS and data tools."""

from __future__ import annotations

from pathlib import Path

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


@click.command("export")
@click.argument("slug")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(export.FORMATS)),
    required=True,
    help="csv, geojson and parquet write a folder or a .zip; shp a .zip; xlsx and gpkg one file.",
)
@click.option("--out", type=FILE, required=True, help="File or folder to write, or to replace.")
@click.option(
    "--layer",
    "chosen",
    multiple=True,
    metavar="NAME",
    help=f"Only this table or layer, of {', '.join(export.TITLES)}; may be repeated.",
)
@click.option(
    "--edition",
    type=click.Choice(export.EDITIONS),
    default="internal",
    show_default=True,
    help="internal: exact, for planners; public: numbers of fewer than 10 people are withheld.",
)
@question_options
@crowd_options
@scenario_option
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def export_command(
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
    """Write a study of SLUG as tables and layers, WGS84, with their sources and meaning."""
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
