"""Hand a city over as files: a study as tables and layers, or a story for a meeting.

One command for both. What is made for a meeting – one HTML file, paper, pictures, slides – tells a
story, so its questions stand in the story; tables answer the question of the options.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from geo import disclosure, export, report, workspace
from geo import story as stories
from geo.cli.export import FORMAT_HELP, OF_TABLES, table_options, write_tables
from geo.cli.options import FILE, print_json, progress_bars
from geo.disclosure import Edition
from geo.errors import OptionError, shown
from geo.handout.making import Handout
from geo.handout.paper import PAPERS
from webmap import handing
from webmap.cli.story import read
from webmap.handing import Wanted

_SIZE = re.compile(r"([1-9]\d{0,4})[x×]([1-9]\d{0,4})")
#: Options → the formats that know them.
_KNOWS = {
    **dict.fromkeys(("story_file", "lang", "map_approval", "view"), tuple(handing.FORMATS)),
    **dict.fromkeys(OF_TABLES, tuple(export.FORMATS)),
    "paper_name": ("pdf",),
    "size": ("png",),
}


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice([*export.FORMATS, *handing.FORMATS]),
    required=True,
    help=f"Tables: {FORMAT_HELP} For a meeting: "
    + "; ".join(f"{name} – {what}" for name, what in handing.FORMATS.items())
    + ".",
)
@click.option(
    "--edition",
    type=click.Choice(disclosure.EDITIONS),
    help="internal: exact, for planners; public: numbers of fewer than 10 people are withheld."
    "  [default: internal for tables, public for a meeting]",
)
@click.option(
    "--story",
    "story_file",
    type=FILE,
    help="The story to tell, a file as `yizhan story` writes it.  [default: the city's own]",
)
@click.option("--lang", type=click.Choice(report.LANGS), default="zh", show_default=True,
              help="Language of what is made for a meeting.")  # fmt: skip
@click.option("--paper", "paper_name", type=click.Choice(list(PAPERS)), default="A4",
              show_default=True, help="Paper of a pdf, landscape.")  # fmt: skip
@click.option("--size", default="1920x1080", show_default=True, metavar="WIDTHxHEIGHT",
              help="Pixels of a png.")  # fmt: skip
@click.option(
    "--view",
    type=int,
    help="Only this view of the story, counted from 1; a png shows the first without it.",
)
@click.option(
    "--map-approval",
    default="",
    metavar="TEXT",
    help="Number of the map's review (审图号), shown as it is.",
)
@table_options
def export_command(
    *,
    slug: str,
    form: str,
    out: Path,
    edition: Edition | None,
    story_file: Path | None,
    lang: report.Lang,
    paper_name: str,
    size: str,
    view: int | None,
    map_approval: str,
    as_json: bool,
    **of_tables: Any,
) -> None:
    """Hand SLUG over as files: a study as tables and layers, or a story for a meeting.

    Tables and layers are in WGS84, with their sources and meaning. For a meeting the city's story
    is told, or that of --story, on a page without network, on paper, as a picture or on slides.
    """
    _check_options(form)
    if form not in handing.FORMATS:
        write_tables(
            slug=slug, form=form, out=out, edition=edition or "internal", as_json=as_json,
            **of_tables,
        )  # fmt: skip
        return
    chosen: Edition = edition or "public"
    wanted = Wanted(form, lang, chosen, paper_name, _pixels(size), view, map_approval)
    wanted.check(out)
    data = workspace.load(slug)
    with progress_bars() as progress:
        progress("准备故事", 0, 1)
        story = stories.default(data, chosen) if story_file is None else read(story_file)
        progress("准备故事", 1, 1)
        made = handing.write(wanted, stories.cities(data, story), story, out, progress)
    _say(made, wanted, out, as_json)


def _check_options(form: str) -> None:
    """Refuse options that the format does not know: they would change nothing, unnoticed."""
    context = click.get_current_context()
    given = {
        param.name: param.opts[0]
        for param in context.command.params
        if param.name and context.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    }
    for name, option in given.items():
        if form not in _KNOWS.get(name, (form,)):
            remedy = f"it is for {', '.join(_KNOWS[name])}"
            if name in OF_TABLES:
                remedy += "; what a meeting asks stands in its story (--story)"
            raise OptionError(f"{option} says nothing to {form}: {remedy}")


def _pixels(size: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise OptionError(f"{shown(size)} is no size; write width x height, as 1920x1080")
    return int(found[1]), int(found[2])


def _say(made: Handout, wanted: Wanted, out: Path, as_json: bool) -> None:
    """Print what was written, and with ``--json`` every number that it shows."""
    views = [told.to_json() for _, told in made.views]
    size = out.stat().st_size
    if as_json:
        names = ("title", "numbers", "sentence_text")
        print_json({"path": str(out), "format": wanted.form, "edition": made.edition,
                    "lang": made.lang, "bytes": size, "story": made.name,
                    "views": [{name: view[name] for name in names} for view in views]})  # fmt: skip
        return
    for number, view in enumerate(views, start=wanted.view or 1):
        click.echo(f"{number:>2}  {view['title']}")
    click.echo(f"{made.edition} · {size / 1e6:.1f} MB → {out}")
