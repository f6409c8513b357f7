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


SPEAKING = """
import webmap.cli
webmap.cli.main = lambda: print("1.5 km² 驿站")
from webmap.launch import main
main()
"""


def test_a_terminal_of_another_encoding_is_shown_what_it_can():
    done = subprocess.run(
        [sys.executable, "-c", SPEAKING],
        env={**os.environ, "PYTHONIOENCODING": "gbk:strict"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.decode("gbk").strip() == "1.5 km? 驿站"  # GBK has no ²
