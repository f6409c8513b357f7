"""Keep on the disk what meetings ask of a city, so that it is at hand after the next start, too.

In the city's folder lie, for one version of the city and of the software::

    meetings/<software>-<city>/studies/<changes>/<question>/   as geo.answers keeps studies
    meetings/<software>-<city>/texts/<mark>                    what is told of a view, as JSON

All processes of a server share it. It never holds more than so much, and what was not asked for
longest goes first; where the disk may only be read, nothing is kept, and all is computed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo import answers, study, workspace, writing
from geo.answers import LiveStudy, StoredStudy
from geo.city import CityData
from geo.model import Budget, Need, TravelProfile

#: So much is kept of one version of a city; a told view is a few kilobytes.
MOST_STUDIES, MOST_TEXTS = 64, 2_000
_STUDIES, _TEXTS, _LOCK = "studies", "texts", ".lock"


@dataclass(frozen=True)
class ShelvedStudy(StoredStudy):
    """Answer as a :class:`~geo.answers.StoredStudy`, also when its files have been swept away."""

    again: Callable[[], LiveStudy]

    def layer(self, name: str) -> bytes:
        """Return a drawn layer as GeoJSON text, WGS84."""
        try:
            return super().layer(name)
        except FileNotFoundError:
            return self.again().layer(name)


class Shelf:
    """Hold what one version of a city is asked in meetings."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of one version; it is made when the first thing is kept."""
        self._folder = folder

    def find(
        self, variant: str, data: CityData, profile: TravelProfile, budget: Budget, need: Need
    ) -> ShelvedStudy | None:
        """Return the study of a question to a city after changes (``variant``), if it is kept."""
        folder = self._place(variant, profile, budget, need)
        try:
            found = answers.read(folder)
        except OSError:  # what cannot be read is computed
            found = None
        if found is None:
            return None
        _touch(folder)
        return ShelvedStudy(
            found.summary,
            found.cells,
            found.folder,
            lambda: LiveStudy(study.kept(data, profile, budget, need)),
        )

    def keep(
        self, variant: str, data: CityData, profile: TravelProfile, budget: Budget, need: Need
    ) -> None:
        """Make the study of a question and keep it, unless it is kept already.

        Raises :class:`~geo.errors.StorageFailed` where the disk refuses, as :meth:`keep_text` does.
        """
        folder = self._place(variant, profile, budget, need)
        if not _touch(folder):
            with workspace.disk_errors():
                answers.written(folder, study.kept(data, profile, budget, need))

    def text(self, mark: str) -> bytes | None:
        """Return the text that is kept under a mark."""
        path = self._folder / _TEXTS / mark
        try:
            content = path.read_bytes()
        except OSError:  # it is not there; and what cannot be read is made again
            return None
        _touch(path)
        return content

    def keep_text(self, mark: str, content: bytes) -> None:
        """Keep a text, whole or not at all."""
        with writing.whole(self._folder / _TEXTS / mark) as path:
            path.write_bytes(content)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Give whether this process alone fills the shelf now; where nothing is kept, all may."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            lock = (self._folder.parent / _LOCK).open("w")
        except OSError:
            yield True
            return
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def sweep(self) -> None:
        """Remove what belongs to other versions, and what was not asked for longest."""
        for other in _listed(self._folder.parent):
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        studies = [one for city in _listed(self._folder / _STUDIES) for one in _listed(city)]
        for folder in _oldest(studies, MOST_STUDIES):
            shutil.rmtree(folder, ignore_errors=True)
        for path in _oldest(_listed(self._folder / _TEXTS), MOST_TEXTS):
            path.unlink(missing_ok=True)

    def _place(self, variant: str, profile: TravelProfile, budget: Budget, need: Need) -> Path:
        """Return where a study lies; "today" holds those of the city as it is."""
        question = "-".join(filter(None, (profile.name, budget.key, need.key.replace(":", ""))))
        return self._folder / _STUDIES / (variant or "today") / question


def _touch(path: Path) -> bool:
    """Say that something was asked for just now; return whether it is there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:  # it may only be read, or nothing can be there
        return path.exists()
    return True


def _listed(folder: Path) -> list[Path]:
    """Return what lies in a folder, but for what is hidden: it is being written."""
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _oldest(paths: list[Path], most: int) -> list[Path]:
    """Return the paths that were not touched for longest, so that so many others stay."""

    def touched(path: Path) -> int:
        try:
            return path.stat().st_mtime_ns
        except FileNotFoundError:  # another process sweeps, too
            return 0

    return sorted(paths, key=touched)[: max(0, len(paths) - most)]
