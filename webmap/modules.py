"""Read out of a page which of our files it needs: those that it names, and all that these name.

So no list of modules is kept up by hand: not for what a phone keeps, nor for what a browser may
fetch ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

#: Where our files stand in addresses.
ROOT = "/static/"

_ADDRESS = re.compile(rf"{ROOT}([\w./-]+\.(?:js|css|svg|png|woff2?))")
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[\w./-]+\.js)["']""")
_LATER = re.compile(r"""\bimport\(\s*["'](\.{1,2}/[\w./-]+\.js)["']\s*\)""")
_IN_STYLE = re.compile(r"""url\(\s*["']?((?:\.{1,2}/)?[\w-][\w./-]*)["']?\s*\)""")


def addressed(text: str) -> set[str]:
    """Return the files that a text names by their whole address, below :data:`ROOT`."""
    return set(_ADDRESS.findall(text))


def needed(names: Iterable[str], static: Path, *, later: bool = True) -> list[str]:
    """Return files and all that they name in turn, sorted; those that are not there are left out.

    Names are paths below ``static``. Without ``later``, what a module imports only when it is
    wanted is left out, too.
    """
    waiting, seen = set(names), set[str]()
    while waiting:
        name = waiting.pop()
        path = static / name
        if name not in seen and path.is_file():
            seen.add(name)
            waiting |= _mentioned(path, static, path.stat().st_mtime_ns, later)
    return sorted(seen)


@lru_cache(maxsize=4096)
def _mentioned(path: Path, static: Path, _changed_ns: int, later: bool) -> frozenset[str]:
    """Return the files that a script or a style sheet names, below ``static``."""
    return frozenset(_names_in(path, static, later))


def _names_in(path: Path, static: Path, later: bool) -> Iterator[str]:
    patterns = {".js": [_IMPORT] + [_LATER] * later, ".css": [_IN_STYLE]}.get(path.suffix, [])
    if not patterns:
        return
    text = path.read_text(encoding="utf-8")
    if later:
        yield from addressed(text)
    for pattern in patterns:
        for found in pattern.findall(text):
            target = (path.parent / found).resolve()
            if target.is_relative_to(static.resolve()):
                yield target.relative_to(static.resolve()).as_posix()
