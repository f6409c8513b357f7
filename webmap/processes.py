"""Name processes so that a number used again is no other one, see whether they live, end them.

A name is the number of a process and the instant when it began, as the kernel counts; a process
that has ended and waits to be collected counts as gone.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOOK_S = 0.02


def name_of(pid: int) -> str:
    """Return the name of a process, "" when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    facts = text.rpartition(")")[2].split()  # the second field is a name that may hold anything
    state, began = facts[0], facts[19]
    return "" if state in "ZX" else f"{pid}:{began}"


def me() -> str:
    """Return the name of this process."""
    return name_of(os.getpid())


def is_alive(name: str) -> bool:
    """Tell whether the process of this name still runs."""
    return bool(name) and name_of(_number(name)) == name


def end(name: str, patience_s: float) -> None:
    """End a process that leads its own group: politely, and by force when it takes too long.

    Return when it is gone.
    """
    for how, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, patience_s)):
        if not is_alive(name):
            return
        try:
            os.killpg(_number(name), how)
        except ProcessLookupError:
            return
        until = time.monotonic() + wait_s
        while is_alive(name) and time.monotonic() < until:
            time.sleep(_LOOK_S)


def end_with_parent() -> None:
    """Let this process be ended when the thread that started it is gone (Linux; else nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _number(name: str) -> int:
    return int(name.partition(":")[0])
