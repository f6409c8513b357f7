"""Keep the documents true: commands exist, links resolve, the reference is up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT

FENCE = re.compile(r"^```(?:console|bash|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(make [a-z-]+|(?:\.venv/bin/)?yizhan [^`]+|python -m [\w.]+[^`]*)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*.md", "notebooks/*.md")
    for path in ROOT.glob(pattern)
)


def _commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every command of ours that a document shows."""
    for block in FENCE.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        for line in prompted or lines:  # with prompts, the rest is output
            yield shlex.split(line, comments=True)
    for match in INLINE.findall(text):
        yield shlex.split(match)


def _targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


def _check_yizhan(words: list[str]) -> None:
    """Follow the words down the command tree; every option must exist where it stands."""
    from webmap.cli import main as command

    context = click.Context(command, info_name="yizhan")
    here: click.Command = command
    rest = list(words)
    while isinstance(here, click.Group) and rest and not rest[0].startswith("-"):
        child = here.get_command(context, rest[0])
        assert child is not None, f"yizhan {' '.join(words)}: no command {rest[0]!r}"
        here, rest = child, rest[1:]
    known = {
        name for parameter in here.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in rest:
        if re.match(r"--?[a-z]", word):
            assert word.split("=")[0] in known | {"--help"}, f"yizhan {' '.join(words)}: {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_shown_exists(document: Path) -> None:
    for words in _commands(document.read_text(encoding="utf-8")):
        if not words:
            continue
        program, rest = words[0].rpartition("/")[2], words[1:]
        if program == "make":
            goals = [word for word in rest if "=" not in word]
            assert set(goals) <= _targets(), f"{document.name}: make {' '.join(goals)}"
        elif program == "yizhan":
            _check_yizhan(rest)
        elif (
            program == "python"
            and rest[:1] == ["-m"]
            and rest[1].split(".")[0] in ("geo", "webmap")
        ):
            assert (ROOT / (rest[1].replace(".", "/") + ".py")).is_file(), " ".join(words)


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_internal_link_resolves(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in (first or second for first, second in LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{document.name} links to {link}"
        if anchor and target.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_anchor, headings), f"{document.name} links to {link}"


def test_the_command_reference_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "make_cli.py", "--check"], check=False)
    assert done.returncode == 0, "docs/cli.md lags behind the commands; run make docs"


def test_make_help_lists_every_public_task() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-C", ROOT, "help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for task in ("setup", "serve", "test", "lint", "bench", "soak", "docs", "wheel", "clean"):
        assert f"make {task} " in done.stdout
