"""Keep every number of a brief together with the place where it stands in the planner's export.

A :class:`Figure` is a number, the text that is printed for it and its key: ``table/row/column`` of
:func:`geo.export.contents`, where the row is named by the first column of its table. A number that
is the difference of two has both keys, ``a - b``; ``today:`` before a key means the export of the
city as it is, beside that of the scenario; ``count:table/column/value`` is the number of rows that
have this value there (more pairs: and those). :func:`found` reads a number back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import pandas as pd

from geo.errors import OptionError

#: Printed where no number is known.
UNKNOWN = "–"
_LESS, _TODAY, _COUNT = " - ", "today:", "count:"


@dataclass(frozen=True)
class Figure:
    """Hold one printed number: its text, its value as exported (``None``: unknown) and its key."""

    text: str
    value: float | None
    key: str


#: A sentence: plain words and figures, in the order of reading.
Line = tuple[str | Figure, ...]


def key_of(table: str, row: object, column: str) -> str:
    """Return where a number stands in the export; what a key is made of is escaped in names."""
    return _escaped(table, row, column)


def count_key(table: str, **values: object) -> str:
    """Return the key of the number of rows of a table that have these values, by column."""
    return _COUNT + _escaped(table, *(part for pair in values.items() for part in pair))


def _escaped(*parts: object) -> str:
    told = map(str, parts)
    return "/".join(re.sub("[%/ :]", lambda sign: f"%{ord(sign[0]):02X}", part) for part in told)


def figure_key(name: str) -> str:
    """Return where a figure of a study's summary stands (:mod:`geo.figures`)."""
    return key_of("figures", name, "value")


def less(key: str, other: str) -> str:
    """Return the key of the difference of two numbers."""
    return f"{key}{_LESS}{other}"


def today(key: str) -> str:
    """Return the key of a number of the city as it is, told beside a scenario's."""
    return f"{_TODAY}{key}"


def found(
    tables: Mapping[str, pd.DataFrame],
    key: str,
    before: Mapping[str, pd.DataFrame] | None = None,
) -> float:
    """Return the number of a key from the tables of an export; NaN where the export has none.

    ``before`` are the tables of the city as it is. Raises :class:`~geo.errors.OptionError` for a
    key that names nothing.
    """
    first, *others = (_one(tables, part, before) for part in key.split(_LESS))
    return first - sum(others)


def _one(
    tables: Mapping[str, pd.DataFrame],
    key: str,
    before: Mapping[str, pd.DataFrame] | None,
) -> float:
    plain = key.removeprefix(_TODAY)
    held = tables if plain == key else before or {}
    name, *parts = [
        re.sub("%([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), part)
        for part in plain.removeprefix(_COUNT).split("/")
    ]
    if plain.startswith(_COUNT) and name in held and len(parts) % 2 == 0:
        return _number_of_rows(held[name], dict(zip(parts[::2], parts[1::2], strict=True)))
    if name in held and len(parts) == 2 and parts[1] in held[name].columns:
        table = held[name]
        rows = np.flatnonzero(table.iloc[:, 0].astype(str) == parts[0])
        if len(rows) == 1:
            value = table[parts[1]].iloc[rows[0]]
            return float("nan") if pd.isna(value) else float(value)
    raise OptionError(f"no number stands at {key!r}; there are the tables {', '.join(held)}")


def _number_of_rows(table: pd.DataFrame, values: Mapping[str, str]) -> float:
    """Return how many rows have these values, by column."""
    if unknown := [column for column in values if column not in table.columns]:
        raise OptionError(f"no column {unknown[0]!r}; there are {', '.join(table.columns)}")
    rows = np.ones(len(table), bool)
    for column, value in values.items():
        rows &= (table[column].astype(str) == value).to_numpy()
    return float(rows.sum())


def listed(part: object) -> list[Figure]:
    """Return all figures of a brief, or of a part of it, in the order of reading."""
    if isinstance(part, Figure):
        return [part]
    if isinstance(part, tuple):
        return [figure for each in part for figure in listed(each)]
    if is_dataclass(part):
        return [figure for each in fields(part) for figure in listed(getattr(part, each.name))]
    return []


def text_of(line: Line) -> str:
    """Return a sentence as plain text."""
    return "".join(part if isinstance(part, str) else part.text for part in line)


def filled(phrase: str, figures: Mapping[str, Figure]) -> Line:
    """Return a phrase as a line with figures in the place of its ``{names}``."""
    parts: list[str | Figure] = []
    for piece in phrase.split("{"):
        name, closed, rest = piece.partition("}")
        if closed:
            parts += [figures[name], rest]
        else:
            parts.append(piece)
    return tuple(part for part in parts if part != "")


def count(value: float) -> str:
    """Return a number of people or of metres: whole, with commas."""
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share as percent with one place, without the sign.

    100.0 stands for all and 0.0 for nothing, by the six decimals that an export keeps.
    """
    share = round(share, 6)
    shown = f"{share * 100:.1f}"
    if shown == "100.0" and share < 1:
        return "99.9"
    return "0.1" if shown == "0.0" and share > 0 else shown


def square_km(area_m2: float) -> str:
    """Return an area in km² with as many places as it needs."""
    km2 = area_m2 / 1e6
    return f"{km2:,.1f}" if km2 >= 100 else f"{km2:,.2f}"
