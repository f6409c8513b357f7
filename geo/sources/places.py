"""Read rows that stand somewhere – stations, people – from tables and vector files alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs as datums
from geo import frames
from geo.errors import Fault, InputError
from geo.sources import files, tables
from geo.sources.notes import Note

#: Headers of the two columns that place the row of a table.
POSITION: dict[str, tuple[str, ...]] = {
    "lon": ("经度", "lng", "long", "longitude", "x", "经度坐标", "坐标经度"),
    "lat": ("纬度", "latitude", "y", "纬度坐标", "坐标纬度"),
}


@dataclass(frozen=True)
class Places:
    """Hold the rows of a file before their columns are understood.

    ``frame`` (WGS84) holds the fields that were found, as text; ``numbers`` the row numbers of the
    source; ``headers`` what the file calls its columns; ``found`` our field → header. ``faults``
    are those seen so far: the caller adds its own and raises them together.
    """

    frame: gpd.GeoDataFrame
    numbers: NDArray[np.int64]
    headers: tuple[str, ...]
    found: Mapping[str, str]
    notes: list[Note]
    faults: list[Fault]

    def column(self, field: str) -> pd.Series:
        """Return a field as text, ``""`` everywhere when the file does not have it."""
        if field in self.frame.columns:
            return self.frame[field]
        return pd.Series([""] * len(self.frame), index=self.frame.index, dtype="str")


def read_places(
    path: Path,
    synonyms: Mapping[str, Sequence[str]],
    *,
    fields: Mapping[str, str],
    datum: str | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
) -> Places:
    """Read a table with positions or a vector layer, keep the rows wanted, find our fields.

    ``synonyms`` and ``fields`` as in :func:`geo.sources.files.match_columns`; ``where`` keeps the
    rows whose column has one of the values. Raises :class:`~geo.errors.InputError` when the file
    itself is unusable.
    """
    suffix = path.suffix.lower()
    if suffix in tables.TABLES:
        return _from_table(path, synonyms, fields, datum, where or {})
    if suffix == ".xls":
        raise InputError(Fault(path.name, "an old Excel file", "save it as .xlsx or CSV"))
    if suffix not in files.VECTORS:
        kinds = ", ".join((*tables.TABLES, *files.VECTORS))
        raise InputError(Fault(path.name, f"unknown kind of file {suffix!r}", f"give {kinds}"))
    frame, notes = files.read_vector(path, datum)
    headers = [str(name) for name in frame.columns if name != "geometry"]
    kept, faults = _wanted(frame, headers, where or {}, path.name, notes)
    frame = frame[kept]
    found, more = files.match_columns(headers, synonyms, fields, path.name)
    table = gpd.GeoDataFrame(
        {field: files.text(frame[header]) for field, header in found.items()},
        geometry=frame.geometry,
        crs=frame.crs,
    )
    numbers = np.flatnonzero(kept) + 1
    faults += more
    there = frame.geometry.notna().to_numpy() & ~frame.geometry.is_empty.to_numpy()
    if there.any():
        bounds = shapely.bounds(frame.geometry.to_numpy()[there])
        for side in (0, 2):
            if not (side and faults):
                faults += files.position_faults(
                    path.name, bounds[:, side], bounds[:, side + 1], numbers[there]
                )
    return Places(table.reset_index(drop=True), numbers, tuple(headers), found, notes, faults)


def _from_table(
    path: Path,
    synonyms: Mapping[str, Sequence[str]],
    fields: Mapping[str, str],
    datum: str | None,
    where: Mapping[str, Sequence[str]],
) -> Places:
    table = tables.read_table(path)
    headers = [str(name) for name in table.columns]
    notes: list[Note] = []
    kept, faults = _wanted(table, headers, where, path.name, notes)
    table = table[kept]
    numbers = table.index.to_numpy(np.int64)
    found, more = files.match_columns(headers, {**POSITION, **synonyms}, fields, path.name)
    faults += more
    degrees = []
    for field in POSITION:
        if field not in found:
            if field not in fields:
                seen = f"no column with the {field}; it has: {', '.join(headers)}"
                remedy = f"add {POSITION[field][0]} ({field}) in degrees"
                faults.append(Fault(path.name, seen, remedy))
            degrees.append(np.full(len(table), np.nan))
        else:
            raw = table[found[field]]
            degrees.append(pd.to_numeric(raw, errors="coerce").to_numpy(float))
    lon, lat = degrees
    if all(field in found for field in POSITION):
        written = list(zip(table[found["lon"]], table[found["lat"]], strict=True))
        faults += files.position_faults(path.name, lon, lat, numbers, written)
    frame = gpd.GeoDataFrame(
        {field: table[header] for field, header in found.items() if field not in POSITION},
        geometry=shapely.points(lon, lat),
        index=table.index,
        crs=datums.WGS84,
    ).reset_index(drop=True)
    if not faults:
        frame = datums.from_datum(frame, datum or "wgs84")
    return Places(frame, numbers, tuple(headers), found, notes, faults)


def _wanted(
    table: pd.DataFrame,
    headers: Sequence[str],
    where: Mapping[str, Sequence[str]],
    name: str,
    notes: list[Note],
) -> tuple[NDArray[np.bool_], list[Fault]]:
    """Return which rows have the values asked for; a filter that fits nothing is a fault."""
    kept = np.ones(len(table), dtype=bool)
    faults: list[Fault] = []
    for header, values in where.items():
        by_plain = {files.plain(column): column for column in headers}
        held = by_plain.get(files.plain(header))
        if held is None:
            seen = f"no column {header!r} to choose rows by"
            faults.append(Fault(name, seen, f"it has: {', '.join(headers)}"))
            continue
        column = files.text(table[held])
        fits = column.isin(list(values)).to_numpy()
        if not fits.any():
            common = ", ".join(column[column != ""].value_counts().index[:20])
            seen = f"no row with {header} = {', '.join(values)}"
            faults.append(Fault(name, seen, f"the column holds: {common}"))
        kept &= fits
    if where and not faults:
        chosen = "; ".join(f"{key}={','.join(values)}" for key, values in where.items())
        notes.append(
            Note(
                name,
                f"按 {chosen} 选出 {kept.sum()} 行，共 {len(table)} 行",
                f"{kept.sum()} of {len(table)} rows chosen by {chosen}",
                int(kept.sum()),
            )
        )
        if not kept.any():
            faults.append(Fault(name, f"no row fits {chosen}", "choose other values"))
    return kept, faults


def repeated_ids(places: Places, field: str, where: str) -> list[Fault]:
    """Name every id that stands in more than one row."""
    at = f"{where}: column {places.found.get(field, field)}"
    return frames.duplicate_faults(at, places.column(field), places.numbers)
