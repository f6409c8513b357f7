"""Read tables – CSV, TSV, XLSX – as text, whatever encoding and separator an office used."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import Fault, InputError
from geo.sources.files import exists

TABLES = (".csv", ".tsv", ".txt", ".xlsx")


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV, TSV or XLSX table as text, ``""`` for empty cells; the index is the data row.

    CSV may be UTF-8 (with or without BOM), UTF-16 with BOM or GB18030, separated by comma,
    semicolon or tab. Blank rows are left out, the index (1 = first data row) still counts them.
    Raises :class:`~geo.errors.InputError`.
    """
    exists(path)
    lines = _sheet(path) if path.suffix.lower() == ".xlsx" else _text_rows(path)
    while lines and not any(lines[0]):
        lines = lines[1:]
    if not lines:
        raise InputError(Fault(path.name, "no header and no rows", "give a table with a header"))
    header = [cell.strip() for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    faults = [
        Fault(
            f"{path.name}: row {row}",
            f"{len(line)} cells for {len(header)} columns",
            "put text with separators in quotes",
        )
        for row, line in enumerate(lines[1:], 1)
        if any(line[len(header) :])
    ]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    faults += [
        Fault(path.name, f"two columns named {name!r}", "rename or remove one") for name in twice
    ]
    body = {
        row: [cell.strip() for cell in (line + [""] * len(header))[: len(header)]]
        for row, line in enumerate(lines[1:], 1)
        if any(line)
    }
    if not body:
        faults.append(Fault(path.name, "a header, but no rows", "check the export"))
    if faults:
        raise InputError(faults)
    return pd.DataFrame.from_dict(body, orient="index", columns=header, dtype="str")


def _text_rows(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InputError(
            Fault(path.name, "text in an unknown encoding", "save it as “CSV UTF-8” from Excel")
        )
    if "\x00" in text:
        raise InputError(Fault(path.name, "binary data, no text", "save it as CSV or XLSX"))
    head = text.lstrip().split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError(
            Fault(path.name, f"no readable table ({error})", "save it again as CSV")
        ) from error


def _sheet(path: Path) -> list[list[str]]:
    import openpyxl  # not loaded where nobody reads a workbook

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        book.close()
    except Exception as error:  # a broken archive fails in many ways: zip, deflate, XML, numbers
        raise InputError(
            Fault(path.name, f"no readable XLSX workbook ({error})", "save it again as .xlsx")
        ) from error
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)
