"""Start the command ``yizhan``, so that Ctrl-C ends it in peace even while it is still loading."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the commands, which takes a second or two, and run the one that is asked for."""
    try:
        from webmap.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects of a program that was interrupted
    command()
