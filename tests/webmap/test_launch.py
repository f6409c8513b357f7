"""The command ends quietly when it is interrupted before it has even begun."""

from __future__ import annotations

import os
import subprocess
import sys

INTERRUPTED = """
import sys

class Interrupt:
    def find_spec(self, name, *rest):
        if name == "geo.workspace":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from webmap.launch import main
main()
"""


def test_ctrl_c_while_loading_ends_without_a_traceback():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_the_command_is_the_one_of_the_tests():
    done = subprocess.run(
        [sys.executable, "-c", "from webmap.launch import main; main()", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "version" in done.stdout


def test_a_terminal_of_another_encoding_is_told_what_it_can_show():
    # The help begins with Chinese words, of which ASCII has none.
    done = subprocess.run(
        [sys.executable, "-c", "from webmap.launch import main; main()", "--help"],
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "????" in done.stdout and "Traceback" not in done.stderr
