"""Write tables as CSV that shows Chinese in a spreadsheet and starts no program in it.

As RFC 4180 has it: commas, quotes where they are needed, CR LF at the end of every line; UTF-8 with
its mark; numbers with a point and as few digits as say them exactly. The same table is the same
bytes anywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

#: What a formula may begin with; some spreadsheets take the full-width signs for the narrow ones.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: White space that a spreadsheet passes over, and that itself may begin a cell anew.
_TURNING = ("\t", "\r", "\n")


def safe(text: str) -> str:
    """Return a text that no spreadsheet computes: an apostrophe before what might be a formula."""
    if text[:1] in _TURNING or text.lstrip()[:1] in _FORMULA:
        return f"'{text}" if text else text
    return text


def text_of(frame: pd.DataFrame) -> str:
    """Return a table as CSV, without the mark of UTF-8; no text in it is a formula."""
    cells = {name: _texts(frame.iloc[:, at]) for at, name in enumerate(frame.columns)}
    heads = [safe(str(name)) for name in frame.columns]
    table = pd.DataFrame(cells, columns=frame.columns)
    return str(table.to_csv(index=False, header=heads, lineterminator="\r\n"))


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table to a new file."""
    path.write_text(text_of(frame), encoding="utf-8-sig", newline="")


def _texts(values: pd.Series) -> Any:
    """Return what is written of a column, "" for nothing."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return np.where(values.to_numpy(dtype=bool), "true", "false")
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype("string").fillna("").to_numpy()
    if pd.api.types.is_float_dtype(values.dtype):
        return [_number(value) for value in values.to_numpy(dtype=float, na_value=np.nan).tolist()]
    return [_any(value) for value in values.tolist()]


def _number(value: float) -> str:
    """Return the shortest decimals that read back as this number, without an exponent."""
    return "" if np.isnan(value) else np.format_float_positional(value, trim="-")


def _any(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    return _number(value) if isinstance(value, float) else safe(str(value))
