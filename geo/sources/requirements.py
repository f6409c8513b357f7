"""Read requirement tables: the shipped ones of the package and those of users, TOML in UTF-8."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from geo.errors import Fault, InputError, OptionError
from geo.requirements import document
from geo.requirements.rules import Requirements
from geo.sources.files import exists

#: A table of rules is a page or two; something larger is another file.
_MOST_BYTES = 1_000_000


@cache
def shipped() -> tuple[Requirements, ...]:
    """Return the tables that come with the package, by id."""
    folder = resources.files("geo.requirements") / "tables"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return tuple(_parsed(file.read_bytes(), file.name) for file in files)


def shipped_named(name: str) -> Requirements:
    """Return a shipped table, or raise :class:`~geo.errors.OptionError` naming all."""
    for table in shipped():
        if table.id == name:
            return table
    known = ", ".join(table.id for table in shipped())
    raise OptionError(f"no requirement table is called {name!r}; there are: {known}")


def read_requirements(path: Path) -> Requirements:
    """Read a table from a file; raises :class:`~geo.errors.InputError` with every fault."""
    exists(path)
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(
            Fault(path.name, f"{path.stat().st_size:,} bytes", "give a TOML table of rules")
        )
    return _parsed(path.read_bytes(), path.name)


def named_or_read(name: str) -> Requirements:
    """Return the shipped table of that id, else read the file of that path."""
    if any(table.id == name for table in shipped()):
        return shipped_named(name)
    if Path(name).is_file():
        return read_requirements(Path(name))
    known = ", ".join(table.id for table in shipped())
    raise OptionError(
        f"{name!r} is neither a file nor a shipped requirement table; shipped are: {known}"
    )


def _parsed(raw: bytes, where: str) -> Requirements:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Fault(where, f"byte {error.start + 1} is no UTF-8", "save it as UTF-8 text")
        ) from error
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Besides what is no TOML, Python refuses decimal numbers of thousands of digits.
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            Fault(
                where,
                f"no readable TOML ({reason})",
                "text stands in quotes, lists in [ ], one key = value on a line",
            )
        ) from error
    return document.requirements(found, where)
