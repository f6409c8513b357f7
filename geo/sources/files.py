"""Open vector files, and refuse what is not what it says it is.

Text, encodings, file kinds and coordinates are checked here once; what the columns mean is the
business of the modules for areas, stations, demand and streets.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from geo import crs as datums
from geo import frames
from geo.errors import Fault, InputError
from geo.sources.notes import Note

#: How each kind of vector file begins. A file that begins otherwise is not opened at all: GDAL
#: would take it for another kind, and some kinds read further files or addresses.
_BEGINS = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".fgb": (b"fgb",),
}
VECTORS = tuple(_BEGINS)


def exists(path: Path) -> None:
    """Raise :class:`~geo.errors.InputError` unless the path is a file with something in it."""
    if not path.is_file():
        raise InputError(Fault(path.name, "no such file", f"check the path {path}"))
    if path.stat().st_size == 0:
        raise InputError(Fault(path.name, "the file is empty (0 bytes)", "save or copy it again"))


def read_vector(path: Path, datum: str | None = None) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Read a layer of a vector file into WGS84, all attributes kept, index 0…n-1.

    Raises :class:`~geo.errors.InputError` for a file that is missing, empty, damaged, of another
    kind than its name says, without features, or whose coordinates cannot be told.
    """
    exists(path)
    suffix = path.suffix.lower()
    if suffix not in _BEGINS:
        kinds = ", ".join(VECTORS)
        raise InputError(Fault(path.name, f"unknown kind of file {suffix!r}", f"give {kinds}"))
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(_BEGINS[suffix]):
        raise InputError(
            Fault(path.name, f"the content is no {suffix[1:]} file", "export it again from the GIS")
        )
    notes: list[Note] = []
    encoding = _shapefile_encoding(path, notes) if suffix == ".shp" else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL remarks on harmless oddities of field widths
            layer = _first_map_layer(path, notes)
            frame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
    except Exception as error:  # GDAL and pyogrio raise many kinds; all mean the file is unusable
        raise InputError(
            Fault(path.name, f"cannot be read ({error})", "export it again from the GIS")
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(Fault(path.name, "a table without geometry", "give a layer of a map"))
    if frame.empty:
        raise InputError(Fault(path.name, "no features in it", "check the export and its filter"))
    if frame.geometry.isna().all() or frame.geometry.is_empty.all():
        raise InputError(Fault(path.name, "no feature has a geometry", "export with geometry"))
    _check_numbers(frame, path.name)
    if frame.crs is None:
        placed = datums.declared(frame, path.name, datum)
        notes.append(
            Note(
                path.name,
                f"文件未声明坐标系；坐标是经纬度，按 {datum or 'wgs84'} 读取",
                f"no CRS declared; the coordinates are degrees and were read as {datum or 'wgs84'}",
            )
        )
        return placed.reset_index(drop=True), notes
    return datums.declared(frame, path.name, datum).reset_index(drop=True), notes


def _check_numbers(frame: gpd.GeoDataFrame, where: str) -> None:
    """Refuse shapes with a vertex that is no number: bounds and lengths pass it over in silence."""
    xy, row = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    broken = np.zeros(len(frame), dtype=bool)
    broken[row[~np.isfinite(xy).all(axis=1)]] = True
    faults = frames.row_faults(
        where,
        broken,
        lambda _: "a coordinate that is no number (NaN)",
        "draw the shape anew or remove the row",
    )
    if faults:
        raise InputError(faults)


def _first_map_layer(path: Path, notes: list[Note]) -> str | None:
    """Return the first layer that has geometry; note the others, which are not read."""
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    drawn = [name for name, kind in layers if kind is not None]
    if len(drawn) > 1:
        rest = ", ".join(drawn[1:])
        notes.append(
            Note(
                path.name,
                f"文件有 {len(drawn)} 个图层，读取 {drawn[0]}，未读 {rest}",
                f"the file has {len(drawn)} layers; {drawn[0]} was read, not {rest}",
            )
        )
    return drawn[0] if drawn else None


def _shapefile_encoding(path: Path, notes: list[Note]) -> str | None:
    """Return the encoding to read a shapefile's text with, ``None`` when a .cpg declares it."""
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{path.stem}.*")}
    missing = [suffix for suffix in (".dbf", ".shx") if suffix not in beside]
    if missing:
        raise InputError(
            Fault(
                path.name,
                f"no {' and no '.join(missing)} beside it",
                "copy all files of the shapefile together (.shp, .shx, .dbf, .prj, .cpg)",
            )
        )
    if ".cpg" in beside:
        return None
    body = beside[".dbf"].read_bytes()[:4_000_000]
    body = body[int.from_bytes(body[8:10], "little") :]
    # A field's width may cut a character in two, so a few errors are no proof: the fewest win.
    errors = {
        name: body.decode(name, errors="replace").count("\ufffd") for name in ("utf-8", "gb18030")
    }
    best = min(errors, key=lambda name: errors[name])
    notes.append(
        Note(
            path.name,
            f"没有 .cpg 文件；文字按 {best} 读取",
            f"no .cpg beside it; text was read as {best}",
        )
    )
    return best


def plain(header: str) -> str:
    """Return a header for comparing: lower case, without spaces, underscores and brackets."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", header)
    return re.sub(r"[\s_\-*:：]", "", bare).lower()


def match_columns(
    columns: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    fields: Mapping[str, str],
    where: str,
) -> tuple[dict[str, str], list[Fault]]:
    """Tell which column of a file holds each of our fields.

    ``synonyms`` gives for each field the headers that are understood, ``fields`` what the caller
    says (our field → header), which goes first. Return the headers found and the faults: fields
    that do not exist and headers that are not in the file.
    """
    faults = [
        Fault(where, f"unknown field {field!r}", f"choose among {', '.join(synonyms)}")
        for field in fields
        if field not in synonyms
    ]
    by_plain = {plain(column): column for column in reversed(list(columns))}
    found: dict[str, str] = {}
    for field, names in synonyms.items():
        if field in fields:
            header = fields[field]
            if header in columns:
                found[field] = header
            elif plain(header) in by_plain:
                found[field] = by_plain[plain(header)]
            else:
                seen = ", ".join(map(str, columns)) or "none"
                faults.append(Fault(where, f"no column {header!r} for {field}", f"it has: {seen}"))
            continue
        for name in (field, *names):
            if plain(name) in by_plain and by_plain[plain(name)] not in found.values():
                found[field] = by_plain[plain(name)]
                break
    return found, faults


def text(values: pd.Series) -> pd.Series:
    """Return a column as stripped text, ``""`` for nulls, whole numbers without a fraction."""
    if pd.api.types.is_float_dtype(values):
        # Beyond 2⁵³ a float is no count, and infinity is no integer at all.
        whole = (values == values.round()) & (values.abs() < 2**53)
        numbers = values.astype(object)
        numbers[whole] = values[whole].astype("int64")
        values = numbers
    return values.map(lambda value: "" if pd.isna(value) else str(value).strip()).astype("str")


def position_faults(
    where: str,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    numbers: NDArray[np.int64] | None = None,
    written: Sequence[tuple[str, str]] = (),
) -> list[Fault]:
    """Name every row whose longitude and latitude cannot be a position in degrees.

    China's longitudes and latitudes do not overlap, so a swapped pair is told from a mere error.
    ``numbers`` are the row numbers of the source, ``written`` what stands there as text.
    """

    def pair(row: int) -> str:
        if written:
            east, north = (text or "empty" for text in written[row])
            return f"longitude {east}, latitude {north}"
        return f"longitude {lon[row]:g}, latitude {lat[row]:g}"

    none = ~(np.isfinite(lon) & np.isfinite(lat))
    with np.errstate(invalid="ignore"):
        swapped = ~none & (
            ((np.abs(lat) > 90) & (np.abs(lon) <= 90) & (np.abs(lat) <= 180))
            | ((lat >= 73) & (lat <= 136) & (lon >= 3) & (lon <= 54))
        )
        beyond = ~none & ~swapped & ((np.abs(lon) > 180) | (np.abs(lat) > 90))
        origin = ~none & (lon == 0) & (lat == 0)
    return [
        *frames.row_faults(where, none, pair, "give both as numbers in degrees", numbers),
        *frames.row_faults(
            where, swapped, lambda row: f"{pair(row)} look swapped", "exchange the two", numbers
        ),
        *frames.row_faults(
            where,
            beyond,
            lambda row: f"{pair(row)} are no degrees",
            "give degrees; projected metres belong into a vector file with its CRS",
            numbers,
        ),
        *frames.row_faults(
            where, origin, lambda row: "position 0, 0", "look the place up on a map", numbers
        ),
    ]


def extent_faults(where: str, shapes: NDArray[np.object_]) -> list[Fault]:
    """Name every row whose shape does not lie on the globe, or looks swapped."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes[there])
    numbers = np.flatnonzero(there) + 1
    low = position_faults(where, bounds[:, 0], bounds[:, 1], numbers)
    return low or position_faults(where, bounds[:, 2], bounds[:, 3], numbers)


def shape_faults(
    where: str,
    shapes: NDArray[np.object_],
    numbers: NDArray[np.int64] | None = None,
    label: pd.Series | None = None,
    remedy: str = "give polygons",
) -> list[Fault]:
    """Name every row that is no whole polygon: empty, of another type, or crossing itself.

    ``numbers`` are the row numbers of the source, ``label`` what each row is called in the fault.
    """
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    area = np.isin(shapely.get_type_id(shapes), (3, 6))
    bad = area & ~empty & ~shapely.is_valid(shapes)

    def called(row: int) -> str:
        return f"{label.iloc[row]}: " if label is not None and label.iloc[row] else ""

    return [
        *frames.row_faults(
            where,
            empty,
            lambda row: f"{called(row)}no geometry",
            "draw it or remove the row",
            numbers,
        ),
        *frames.row_faults(
            where,
            ~empty & ~area,
            lambda row: f"{called(row)}a {shapes[row].geom_type}",
            remedy,
            numbers,
        ),
        *frames.row_faults(
            where,
            bad,
            lambda row: f"{called(row)}{shapely.is_valid_reason(shapes[row])}",
            "mend the shape in the source (for instance with QGIS “Fix geometries”)",
            numbers,
        ),
    ]
