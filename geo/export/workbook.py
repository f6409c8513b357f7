"""Write tables as an Excel workbook: a sheet a table; texts stay texts, numbers add up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from geo.errors import StorageFailed
from geo.export.columns import COLUMNS, KINDS
from geo.export.contents import TITLES, Contents, Table
from geo.progress import Progress, silent

#: What Excel takes at most; longer texts are cut, longer tables refused.
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
#: Widths of columns, in characters of the font; a Chinese one is two wide.
_NARROW, _WIDE = 8, 48
#: What every printed page says of itself.
_PRINTED = {"internal": "内部资料 · internal", "public": "公开版 · public"}
#: Rows that are looked at to find how wide a column must be.
_ROWS_SEEN = 200
#: A workbook says when it was made. Ours must not differ for that; this is its format's first day.
_CREATED = datetime(1980, 1, 1)
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "constant_memory": True,
}


def write(contents: Contents, path: Path, progress: Progress = silent) -> None:
    """Write the tables to a new workbook; scratch files lie beside it until it is whole."""
    for table in contents.tables.values():
        if len(table.frame) > MOST_ROWS:
            raise StorageFailed(
                f"{table.name} has {len(table.frame):,} rows, a sheet of Excel holds "
                f"{MOST_ROWS:,}; choose another format"
            )
    book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
    book.set_properties({"title": TITLES["about"], "created": _CREATED})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
    formats = {name: book.add_format({"num_format": kind.shown}) for name, kind in KINDS.items()}
    for table in contents.each(progress):
        _sheet(book.add_worksheet(table.name), table, head, formats, _PRINTED[contents.edition])
    try:
        book.close()
    except XlsxWriterException as error:
        raise StorageFailed(f"{path.name}: {error}; is the disk full?") from error


def _sheet(sheet: Any, table: Table, head: Any, formats: dict[str, Any], edition: str) -> None:
    frame = table.plain
    kinds = [COLUMNS[name].kind for name in frame.columns]
    columns = [_cells(frame.iloc[:, at], kind) for at, kind in enumerate(kinds)]
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{edition}&C&A&R&P / &N")
    for at, (name, kind) in enumerate(zip(frame.columns, kinds, strict=True)):
        sheet.set_column(at, at, _width(str(name), columns[at]), formats[kind])
    if len(frame.columns):
        sheet.autofilter(0, 0, max(1, len(frame)), len(frame.columns) - 1)
    for at, name in enumerate(frame.columns):
        sheet.write_string(0, at, str(name), head)
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for at, value in enumerate(values):
            _write(sheet, row, at, value, formats[kinds[at]])


def _cells(values: pd.Series, kind: str) -> list[Any]:
    """Return the values of a column as Python's own, ``None`` for nothing."""
    if kind in ("text", "flag"):
        return list(values.tolist())
    numbers = values.to_numpy(dtype=float, na_value=np.nan).tolist()
    return [None if np.isnan(value) else value for value in numbers]


def _write(sheet: Any, row: int, at: int, value: Any, shown: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value, shown)
    elif isinstance(value, float):
        sheet.write_number(row, at, value, shown)
    else:
        sheet.write_string(row, at, _cut(str(value)), shown)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _width(name: str, values: list[Any]) -> int:
    seen = [name, *(str(value) for value in values[:_ROWS_SEEN] if value is not None)]
    longest = max(sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) for text in seen)
    return min(_WIDE, max(_NARROW, longest + 2))
