"""Make, check and run the file of a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from geo import answers, console, export, manifest, scenario, study, workspace
from geo.capacity import Crowd
from geo.cli.options import (
    FILE,
    Changed,
    Question,
    clear_errors,
    crowd_options,
    print_json,
    print_scenario,
    question_options,
)
from geo.errors import Fault, InputError
from geo.manifest import Scenario
from geo.printable import printable
from geo.scenario import changes
from geo.scenario.changes import Change


@click.group("scenario")
def scenario_group() -> None:
    """方案 · Keep changes to a city in a file, and run it anywhere."""


@scenario_group.command("new")
@click.argument("slug")
@click.option("--name", required=True, help="What the scenario is called.")
@click.option("--note", default="", help="What is to be remembered of it.")
@click.option(
    "--change",
    "texts",
    multiple=True,
    metavar="JSON",
    help="""One change, as '{"kind": "close", "station": "YD008"}'; may be repeated.""",
)
@click.option("--changes", "listed", type=FILE, help="A JSON file with a list of changes.")
@click.option("--out", type=FILE, required=True, help="The file to write.")
@question_options
@crowd_options
def new_command(
    slug: str,
    question: Question,
    crowd: Crowd | None,
    name: str,
    note: str,
    texts: tuple[str, ...],
    listed: Path | None,
    out: Path,
) -> None:
    """Write a scenario of SLUG as a file, after making its changes once."""
    export.check_file(out)
    made = (*_listed(listed), *_single(texts))
    asked = manifest.Question(*question, crowd)
    ready = manifest.parsed(manifest.to_json(manifest.of(slug, name, asked, made, note)), str(out))
    scenario.apply(workspace.load(slug), ready.changes)
    click.echo(f"→ {manifest.write(ready, out)}")


def _single(texts: tuple[str, ...]) -> tuple[Change, ...]:
    return changes.parsed([_json(text, "--change") for text in texts], "--change")


def _listed(path: Path | None) -> tuple[Change, ...]:
    """Return the changes of a file: a list, or what stands under ``changes`` of an answer."""
    if path is None:
        return ()
    if not path.is_file():
        raise InputError(Fault(str(path), "no such file", "give a JSON file of changes"))
    found = _json(path.read_bytes(), path.name)
    return changes.parsed(found.get("changes") if isinstance(found, dict) else found, path.name)


def _json(text: str | bytes, where: str) -> Any:
    try:
        return json.loads(text)  # bytes may be UTF-8, with its mark or without
    except (ValueError, RecursionError) as error:
        remedy = 'give an object as {"kind": "close", "station": "YD008"}'
        raise InputError(Fault(where, f"no JSON ({error})", remedy)) from error


@scenario_group.command("check")
@click.argument("file", type=FILE)
@click.option("--city", "slug", help="Hold it against this city.  [default: its own]")
@click.option("--json", "as_json", is_flag=True, help="Print the scenario as JSON.")
@clear_errors
def check_command(file: Path, slug: str | None, as_json: bool) -> None:
    """Say what the scenario in FILE changes, and whether it can be made in its city."""
    made = manifest.read(file)
    slug = slug or made.base.slug
    manifest.city(made, slug)
    if as_json:
        print_json(manifest.to_json(made))
        return
    _print(made)
    click.echo(f"可以运行 · fits {slug} (version {made.base.version})")


def _print(made: Scenario) -> None:
    click.echo(f"{made.name} · {made.base.name}（{made.base.slug}）")
    if made.note:
        click.echo(made.note)
    asked = made.question
    need = "" if asked.need.plain else f" · {asked.need.key}"
    click.echo(f"问题 question: {asked.profile.name} · {asked.budget.key}{need}")
    for number, change in enumerate(made.changes, start=1):
        told = printable(json.dumps(changes.plain(change), ensure_ascii=False))
        click.echo(f"{number:>4}. {told}")
    if not made.changes:
        click.echo("没有改动 · nothing is changed")


@scenario_group.command("run")
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, required=True, help="Folder (or .zip) for the tables, as CSV.")
@click.option("--city", "slug", help="Run it in this city.  [default: its own]")
@click.option(
    "--anyway", is_flag=True, help="Also if the city was imported from other files since."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole study as JSON.")
@clear_errors
def run_command(file: Path, out: Path, slug: str | None, anyway: bool, as_json: bool) -> None:
    """Make the changes in FILE, study the city anew and write the tables.

    The same file gives the same bytes in another folder and process, if city and software are the
    same.
    """
    export.check("csv", out)
    changed = Changed(manifest.read(file), anyway)
    assert changed.scenario is not None
    slug = slug or changed.scenario.base.slug
    asked = changed.scenario.question
    result = study.run(changed.load(slug), asked.profile, asked.budget, asked.need, asked.crowd)
    summary = result.to_json(answers.provenance(slug)) | changed.told(slug)
    before = changed.stations_before(slug)
    ready = export.contents(result, summary, scenario=changed.scenario, before=before)
    export.write(ready, "csv", out)
    click.echo(f"→ {out}", err=True)
    if as_json:
        print_json(summary)
        return
    print_scenario(summary)
    console.print_study(summary)
