"""What the README shows is what the commands print, on the demonstration city itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.test_docs import FENCE
from webmap.cli import main


def _shown() -> Iterator[tuple[str, str]]:
    """Yield every command of the README with a prompt, and the output beneath it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


SHOWN = list(_shown())


def _words(text: str) -> list[str]:
    """Return the words without the frames of tables, whose width is that of the terminal."""
    return re.sub(r"[─━│┃┏┓┗┛┡┩┢┪└┘├┤┬┴┼╇┳┻╋┯┷]+", " ", text).split()


def test_there_is_something_to_check():
    assert len(SHOWN) >= 6 and {shlex.split(command)[0] for command, _ in SHOWN} == {"yizhan"}


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_the_readme_shows_what_the_command_prints(demo_home, monkeypatch, command, output):
    monkeypatch.setenv("YIZHAN_HOME", str(demo_home))
    monkeypatch.setenv("COLUMNS", "96" if " propose " in command else "80")
    told = CliRunner().invoke(main, shlex.split(command)[1:])
    assert told.exit_code == 0, told.output
    shown, printed = _words(output), _words(told.stdout)
    # A long table may be shown by its beginning only.
    assert shown == printed[: len(shown)]


def test_every_command_that_answers_has_json():
    """The others write something of their own, or list what is there."""
    without = {
        name
        for name, command in main.commands.items()
        if not hasattr(command, "commands")
        and "--json" not in {word for param in command.params for word in param.opts}
    }
    assert without == {"serve"}
