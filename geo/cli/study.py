"""Print a study, and hand its layers over as a file."""

from __future__ import annotations

from pathlib import Path

import click

from geo import answers, console, export, study, workspace
from geo.cli.options import FILE, Question, print_json, question_options


@click.command("study")
@click.argument("slug")
@question_options
@click.option("--json", "as_json", is_flag=True, help="Print the whole study as JSON.")
@click.option("--out", type=FILE, help="Folder for the layers as one GeoPackage.")
def study_command(slug: str, question: Question, as_json: bool, out: Path | None) -> None:
    """Say who reaches a station of SLUG within the budget, and why others do not."""
    data = workspace.load(slug)
    if out is None:
        summary = answers.summary(data, *question)
    else:
        result = study.run(data, *question)
        summary = result.to_json(answers.provenance(slug))
        path = export.study_layers(result, summary, out)
        click.echo(f"→ {path}", err=True)
    if as_json:
        print_json(summary)
    else:
        console.print_study(summary)
