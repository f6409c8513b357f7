"""Start the command ``yizhan``, so that Ctrl-C ends it in peace even while it is still loading.

A terminal or a file of another encoding (GBK knows no “km²”) shows a question mark for what it
cannot: an answer must not end in the middle for that.
"""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Load the commands, which takes a second or two, and run the one that is asked for."""
    try:
        from webmap.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects of a program that was interrupted
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    command()
