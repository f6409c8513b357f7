"""Print a study, and hand its layers over as a file."""

from __future__ import annotations

from pathlib import Path

import click

from geo import answers, audit, console, export, study
from geo.capacity import Crowd
from geo.cli.audit import print_audit
from geo.cli.options import (
    FILE,
    Changed,
    Question,
    crowd_options,
    print_json,
    print_scenario,
    question_options,
    scenario_option,
)
from geo.sources import requirements

#: Failing areas and cells that are named for each rule.
ROWS_NAMED = 10


@click.command("study")
@click.argument("slug")
@question_options
@crowd_options
@scenario_option
@click.option(
    "--requirements",
    "names",
    multiple=True,
    metavar="ID|FILE",
    help="Hold the city against this table, too (see audit-circle); may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole study as JSON.")
@click.option("--out", type=FILE, help="Folder for the layers as one GeoPackage.")
def study_command(
    slug: str,
    question: Question,
    crowd: Crowd | None,
    changed: Changed,
    names: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """Say who reaches a station of SLUG within the budget, and why others do not."""
    tables = [requirements.named_or_read(name) for name in names]
    question, crowd = changed.asked(question, crowd)
    data = changed.load(slug)
    if out is None and changed.scenario is None:
        summary = answers.summary(data, *question, crowd)
    else:
        result = study.run(data, *question, crowd)
        summary = result.to_json(answers.provenance(slug)) | changed.told(slug)
        if out is not None:
            before = changed.stations_before(slug)
            path = export.study_layers(result, summary, out, changed.scenario, before)
            click.echo(f"→ {path}", err=True)
    if tables:
        found = audit.audit(data, tables, question.profile, question.need)
        summary = summary | {"requirements": found.to_json(ROWS_NAMED)}
    if as_json:
        print_json(summary)
        return
    print_scenario(summary)
    console.print_study(summary)
    if tables:
        print_audit(summary["requirements"])
