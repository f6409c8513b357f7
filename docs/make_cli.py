"""Write ``docs/cli.md`` from the command tree, so that the reference never lags behind the code.

``python docs/make_cli.py`` writes it; ``--check`` only says whether it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from webmap.cli import main as command_tree

PAGE = Path(__file__).with_name("cli.md")
WIDTH = 96

HEAD = """\
# 命令参考 · Command reference

由 `make docs` 从命令自身的 `--help` 生成，请勿手改。
Generated from `--help` by `make docs`; do not edit.
"""


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help text of a command and of all below it."""
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from walk(child, open_context(child, name, context))


def open_context(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    """Return a context whose help does not depend on the width of the terminal."""
    return click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )


def page() -> str:
    """Return the whole reference as Markdown."""
    parts = [HEAD]
    for name, text in walk(command_tree, open_context(command_tree, "yizhan")):
        level = min(4, 2 + name.count(" "))
        lines = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append(f"{'#' * level} {name}\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE.name}")
