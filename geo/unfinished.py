"""Write folders out of sight, and give them their name in one rename when they are whole.

A folder being made stands beside its place as ``.making-<name>-<process>``. What a killed process
left behind is out of sight, too, and swept away by the next that makes one.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

_MARK = ".making-"
#: A half-made folder untouched for so long belongs to a process that died.
_ABANDONED_S = 6 * 3600


def hidden(place: Path) -> Path:
    """Return where this process makes, or takes apart, the folder that belongs at a place."""
    return place.with_name(f"{_MARK}{place.name}-{os.getpid()}")


def is_made_elsewhere(place: Path) -> bool:
    """Return whether another process that is alive is making the folder of a place."""
    return any(
        path != hidden(place) and not _is_left_behind(path)
        for path in place.parent.glob(f"{_MARK}{place.name}-*")
        if path.name.removeprefix(f"{_MARK}{place.name}-").isdecimal()
    )


def put(folder: Path, place: Path) -> None:
    """Give a whole folder its place; the one that stood there before goes.

    Two renames stand side by side: only between them is there neither. Fails the second, the old
    folder comes back. Who has files of the old one open reads on.
    """
    if not place.exists():
        folder.rename(place)
        return
    old = hidden(place.with_name(f".{place.name}"))  # the dot: no other folder's hidden name
    place.rename(old)
    try:
        folder.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove what processes that died left in a folder."""
    for path in parent.glob(f"{_MARK}*"):
        if _is_left_behind(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_left_behind(path: Path) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:  # it has just been finished
        return True
    return age > _ABANDONED_S or not _is_alive(path.name.rsplit("-", 1)[-1])


def _is_alive(process: str) -> bool:
    """Return whether a process still runs; where that cannot be asked, take it to."""
    if os.name != "posix" or not process.isdecimal():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
