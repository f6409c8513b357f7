"""Write files whole or not at all: under a name for the time being, then renamed.

A reader sees the old file or the new one, never half of one; a full disk, an interruption or an
error in between leaves nothing behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.workspace import disk_errors

#: What lies in a folder of this name is being written, or was when its process was killed.
MAKING = ".making-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a place for a file or a folder, which becomes ``path`` when all is written.

    The place has the name of the target, in a folder of its own beside it. What the disk refuses is
    raised as :class:`~geo.errors.StorageFailed` that names the target.
    """
    with disk_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=MAKING, dir=path.parent))
        try:
            yield making / path.name
            _put(making / path.name, path, making)
        except OSError as error:
            if error.filename is None or str(error.filename).startswith(str(making)):
                error.filename = str(path)  # no name, or that for the time being, says nothing
            raise
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _put(made: Path, path: Path, making: Path) -> None:
    """Rename what was made; a folder that is there already gives way, or stays on any failure."""
    if not (made.is_dir() and path.is_dir()):
        made.replace(path)
        return
    old = making / ".old"
    path.rename(old)
    try:
        made.rename(path)
    except OSError:
        old.rename(path)
        raise
