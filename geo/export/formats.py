"""Choose how an export is written, and write it whole or not at all.

==========  ====================================================  ==================================
format      goes to                                               holds
==========  ====================================================  ==================================
csv         a folder, a ``.zip``, or one table as ``.csv``        every table; no geometry
xlsx        ``.xlsx``                                             every table, a sheet each
gpkg        ``.gpkg``                                             every table and layer
geojson     a folder, a ``.zip``, or one layer as ``.geojson``    layers; other tables as CSV
parquet     a folder, a ``.zip``, or one layer as ``.parquet``    layers and tables
shp         ``.zip``                                              layers; other tables as CSV
==========  ====================================================  ==================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.errors import OptionError
from geo.export import delimited, layers, shapefile, workbook
from geo.export.contents import TITLES, Contents, Table
from geo.export.points import check_file
from geo.progress import Progress, silent
from geo.writing import whole

One = Callable[[Table, Path], None]
All = Callable[[Contents, Path, Progress], None]


def _csv(table: Table, path: Path) -> None:
    delimited.write(table.plain, path)


@dataclass(frozen=True)
class Format:
    """Hold a way to write: ``one`` writes one table to a file, ``all`` everything to one file.

    ``suffix`` is that of the one file, or of a single table's; ``table_suffix`` that of tables
    without places. ``folder`` says whether several files may go to a folder or a zip.
    """

    suffix: str
    one: One | None = None
    all: All | None = None
    table_suffix: str = ""

    @property
    def folder(self) -> bool:
        """Return whether the tables are files of their own."""
        return self.one is not None


FORMATS = {
    "csv": Format(".csv", one=_csv, table_suffix=".csv"),
    "xlsx": Format(".xlsx", all=workbook.write),
    "gpkg": Format(".gpkg", all=layers.geopackage),
    "geojson": Format(".geojson", one=layers.geojson, table_suffix=".csv"),
    "parquet": Format(".parquet", one=layers.parquet, table_suffix=".parquet"),
    "shp": Format(".zip", all=shapefile.write),
}


def check(name: str, path: Path, chosen: tuple[str, ...] = ()) -> Format:
    """Return the format of that name, or refuse it, or a place it cannot be written to.

    ``chosen`` are the tables to write, () = all. To be asked before anything is computed.
    """
    if name not in FORMATS:
        raise OptionError(f"unknown format {name!r}; choose of {', '.join(FORMATS)}")
    unknown = [table for table in chosen if table not in TITLES]
    if unknown:
        raise OptionError(
            f"there is no table or layer {', '.join(map(repr, unknown))}; "
            f"choose of {', '.join(TITLES)}"
        )
    form, suffix = FORMATS[name], path.suffix.lower()
    if not form.folder:
        if suffix != form.suffix:
            raise OptionError(f"{path.name!r}: name a file that ends in {form.suffix}")
        check_file(path)
    elif suffix == form.suffix:
        if len(chosen) != 1:
            raise OptionError(
                f"{path.name!r} is one file and holds one table; choose it (one of "
                f"{', '.join(TITLES)}), or name a folder or a .zip for several"
            )
        check_file(path)
    elif suffix == ".zip":
        check_file(path)
    else:
        _check_folder(path, form)
    return form


def _check_folder(path: Path, form: Format) -> None:
    """Refuse a folder that holds anything but an older export: it is replaced as a whole."""
    if path.exists() and not path.is_dir():
        raise OptionError(f"{str(path)!r} is no folder; name one that is new, or a .zip")
    if path.is_symlink() or path.name in ("", ".."):
        raise OptionError(f"{str(path)!r} cannot be replaced; name a new folder")
    ours = {f"{name}{suffix}" for name in TITLES for suffix in (form.suffix, form.table_suffix)}
    there = {file.name for file in path.iterdir()} if path.exists() else set()
    other = sorted(there - ours)
    if other:
        raise OptionError(
            f"{str(path)!r} holds {other[0]!r}, which is no part of an export; "
            "name a folder that is new or empty"
        )


def write(
    contents: Contents,
    name: str,
    path: Path,
    chosen: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Path:
    """Write an export in the format of that name and return its path.

    Raises :class:`~geo.errors.OptionError` for a place that does not fit the format and
    :class:`~geo.errors.StorageFailed` for what the disk refuses; then nothing is left there.
    """
    form = check(name, path, chosen)
    picked = contents.only(chosen)
    with whole(path) as unfinished:
        if form.all is not None:
            form.all(picked, unfinished, progress)
        elif path.suffix.lower() == form.suffix:
            _alone(form, picked.tables[chosen[0]], unfinished)
        elif path.suffix.lower() == ".zip":
            folder = unfinished.parent / "files"
            _several(form, picked, folder, progress)
            shapefile.zipped(sorted(folder.iterdir()), unfinished)
        else:
            _several(form, picked, unfinished, progress)
    return path


def _alone(form: Format, table: Table, path: Path) -> None:
    assert form.one is not None
    if not table.spatial and form.table_suffix != form.suffix:
        raise OptionError(f"{table.name} has no places; write it as {form.table_suffix}")
    form.one(table, path)


def _several(form: Format, contents: Contents, folder: Path, progress: Progress) -> None:
    assert form.one is not None
    folder.mkdir()
    for table in contents.each(progress):
        suffix = form.suffix if table.spatial else form.table_suffix
        form.one(table, folder / f"{table.name}{suffix}")
