"""Write the story of a city as a text to be edited, and say what is wrong with such a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geo import story as stories
from geo import workspace, writing
from geo.cli.options import FILE, clear_errors, print_json, progress_bars
from geo.errors import Fault, InputError
from geo.report.words import LANGS, Lang
from geo.story import Story


class _Group(click.Group):
    """Take a word that is no command as the city whose story is wanted."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, ``show`` where none is named."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


def read(path: Path) -> Story:
    """Read a story from its file, or raise an error with everything that is wrong with it."""
    try:
        return stories.read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(Fault(str(path), "no text in UTF-8", "save it as UTF-8")) from error
    except OSError as error:  # nothing is to be written here: say what cannot be read
        seen = error.strerror or str(error)
        raise InputError(Fault(str(path), seen, "name the file of a story")) from error


@click.group("story", cls=_Group)
def story_group() -> None:
    """会议故事 · The views of a meeting as a text file: write them, edit them, check them.

    The word `show` may be left out. `yizhan export` tells the story of a file with --story.
    """


@story_group.command("show")
@click.argument("slug")
@click.option("--out", type=FILE, help="File to write, or to replace; else it is printed.")
@clear_errors
def show_command(slug: str, out: Path | None) -> None:
    """Print the story that SLUG tells without any editing, as TOML."""
    with progress_bars() as progress:
        progress("准备默认故事", 0, 1)
        text = stories.written(stories.default(workspace.load(slug)))
        progress("准备默认故事", 1, 1)
    if out is None:
        click.echo(text, nl=False)
        return
    with writing.whole(out) as place:
        place.write_text(text, encoding="utf-8")
    click.echo(f"{out}")


@story_group.command("check")
@click.argument("file", type=FILE)
@click.option("--city", "slug", metavar="SLUG", help="Also tell every view of this city.")
@click.option("--lang", type=click.Choice(LANGS), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the views, told, as JSON.")
@clear_errors
def check_command(file: Path, slug: str | None, lang: Lang, as_json: bool) -> None:
    """Say everything that is wrong with the story in FILE, or what its views are."""
    story = read(file)
    told: list[dict[str, Any]] = [{"title": view.title or view.topic} for view in story.views]
    if slug is not None:
        told = _told(story, slug, lang)
    if as_json:
        print_json({"name": story.name, "views": told})
        return
    click.echo(f"{story.name}，{len(story.views)} 页 views")
    for number, view in enumerate(told, start=1):
        numbers = [
            f"{one['text']}{one['unit']} {one['caption']}" for one in view.get("numbers", ())
        ]
        click.echo("  ".join([f"{number:>2}", view["title"], *numbers]))


def _told(story: Story, slug: str, lang: Lang) -> list[dict[str, Any]]:
    """Return what every view of a story says of a city."""
    data = workspace.load(slug)
    city_of, out = stories.cities(data, story), []
    with progress_bars() as progress:
        for done, view in enumerate(story.views):
            progress("计算各页", done, len(story.views))
            out.append(stories.told(stories.shown(city_of, view), lang).to_json())
        progress("计算各页", len(story.views), len(story.views))
    return out
