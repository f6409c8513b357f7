"""Keep a city as a folder on disk: layers, arrays, tiles, studies and where all of it came from.

``city.gpkg`` holds the layers in WGS84 and opens in QGIS; ``arrays/*.npy`` are memory-mapped, so
that many workers share them; ``tiles/*.pmtiles`` are the map; ``studies/`` the prebuilt answers,
``meetings/`` those that a server makes for its stories;
``manifest.json`` the inputs with their hashes, the options and the software. A folder is written
under a temporary name and renamed when it is whole: a killed import leaves no broken city.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import platformdirs
import pyogrio
import shapely

from geo import frames, unfinished
from geo.city import CityData
from geo.crs import to_metric, to_wgs84
from geo.errors import (
    CityBroken,
    CityExists,
    CityNotFound,
    Fault,
    InputError,
    StorageFailed,
)
from geo.model import City, Level
from geo.network import StreetNetwork
from geo.packing import links_from, pixels_from, with_prefix

#: Changes when a folder written before can no longer be read.
SCHEMA = 2
MANIFEST = "manifest.json"
#: Folder of the stations' pictures.
PHOTOS = "photos"
#: Layers that only a map needs; :func:`load` leaves them on the disk.
BASEMAP = ("streets", "water", "green", "buildings", "landmarks")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RESERVED = frozenset({"api", "cities", "static", "tiles", "healthz"})
#: What NumPy, GDAL and we ourselves raise on files that are missing, cut off or of another shape.
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
)


def home() -> Path:
    """Return the folder of all cities: ``YIZHAN_HOME``, else the checkout's, else the user's."""
    named = os.environ.get("YIZHAN_HOME")
    if named:
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "data").is_dir():
        return checkout / "data" / "cities"
    return Path(platformdirs.user_data_dir("yizhan", appauthor=False)) / "cities"


def checked_slug(slug: str) -> str:
    """Return the slug if it can name a folder and an address, else raise ``InputError``."""
    if not _SLUG.fullmatch(slug) or slug in _RESERVED:
        raise InputError(
            Fault(
                "SLUG",
                repr(slug),
                "use 1–40 of a–z, 0–9, - and _, starting with a letter or digit"
                f" (not {', '.join(sorted(_RESERVED))})",
            )
        )
    return slug


def folder(slug: str) -> Path:
    """Return the folder of an existing city, or raise :class:`~geo.errors.CityNotFound`."""
    path = home() / slug
    if not _SLUG.fullmatch(slug) or not (path / MANIFEST).is_file():
        known = ", ".join(slugs()) or "none yet"
        raise CityNotFound(
            f"no city {slug!r} in {home()}; there are: {known}. "
            f"Make it with: yizhan city create {slug} --streets FILE"
        )
    return path


def slugs() -> list[str]:
    """Return the names of all whole cities, sorted."""
    if not home().is_dir():
        return []
    return sorted(
        path.name
        for path in home().iterdir()
        if _SLUG.fullmatch(path.name) and (path / MANIFEST).is_file()
    )


def manifest(slug: str, *, any_schema: bool = False) -> dict[str, Any]:
    """Return a city's manifest; refuse one that cannot be read, or of another schema."""
    path = folder(slug) / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CityBroken(f"{path} cannot be read ({error}); create the city anew") from error
    if not isinstance(content, dict) or not isinstance(content.get("city"), dict):
        raise CityBroken(f"{path} is no manifest of a city; create the city anew")
    if content.get("schema") != SCHEMA and not any_schema:
        raise CityBroken(
            f"city {slug!r} was made by another version (schema {content.get('schema')}, "
            f"this one reads {SCHEMA}); create it anew"
        )
    return content


def version(slug: str) -> str:
    """Return a mark that changes when the city's folder is written anew; one ``stat``, no read."""
    stat = (folder(slug) / MANIFEST).stat()
    return f"{stat.st_mtime_ns:x}-{stat.st_ino:x}"


def city_of(content: Mapping[str, Any]) -> City:
    """Return the facts of a city from its manifest."""
    facts = dict(content["city"])
    facts["levels"] = tuple(Level(**level) for level in facts["levels"])
    facts["bounds"], facts["view"] = tuple(facts["bounds"]), tuple(facts["view"])
    return City(**facts)


def check_free(slug: str) -> Path:
    """Return where a new city goes, or refuse a name that is wrong or taken."""
    target = home() / checked_slug(slug)
    if target.exists():
        raise CityExists(
            f"city {slug!r} exists already in {home()}; "
            f"remove it first (yizhan city remove {slug}) or choose another name"
        )
    return target


@contextmanager
def making(slug: str, *, replaces: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill; on success it becomes the city, on any failure it is removed.

    The rename is the last step, so a reader sees the whole city or none. A folder that ``replaces``
    the city of that name leaves it as it is until then.
    """
    target = home() / checked_slug(slug) if replaces else check_free(slug)
    before = _standing(target)
    home().mkdir(parents=True, exist_ok=True)
    unfinished.sweep(home())
    folder = unfinished.hidden(target)
    folder.mkdir()
    try:
        yield folder
        if _standing(target) != before:
            raise CityExists(f"city {slug!r} was created by somebody else meanwhile")
        unfinished.put(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _standing(place: Path) -> int | None:
    """Return the number by which the disk knows a folder; another one of that name has another."""
    return place.stat().st_ino if place.exists() else None


def is_made_elsewhere(slug: str) -> bool:
    """Return whether another process is making a city of that name at this moment."""
    return unfinished.is_made_elsewhere(home() / slug)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say in one sentence what the disk refused, whoever was reading or writing."""
    try:
        yield
    except (BrokenPipeError, InterruptedError):
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        # A file that the disk takes only in part has no error number, only a count of bytes.
        seen = error.strerror or f"a file was not written to its end ({error})"
        raise StorageFailed(
            f"{where}{seen}; give a folder that can be written, with free space"
        ) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise StorageFailed(
            f"a layer cannot be read or written ({error}); see whether the disk is full"
        ) from error
    except pyogrio.errors.FeatureError as error:
        raise StorageFailed(f"a layer cannot be written ({error}); is the disk full?") from error


def remove(slug: str) -> None:
    """Remove a city: out of sight first in one rename, then from the disk."""
    path = folder(slug)
    doomed = unfinished.hidden(path)
    path.rename(doomed)
    shutil.rmtree(doomed)


def write_layer(path: Path, name: str, frame: gpd.GeoDataFrame) -> None:
    """Append a frame as one layer, WGS84, to ``city.gpkg`` in a folder."""
    out = to_wgs84(frame)
    kinds = set(out.geom_type.dropna())
    wanted = None if kinds else "Unknown"
    pyogrio.write_dataframe(
        out,
        path / "city.gpkg",
        layer=name,
        driver="GPKG",
        geometry_type=wanted,
        promote_to_multi=len(kinds) > 1,
        encoding="UTF-8",
    )


def read_layer(slug: str, name: str, crs: str | None = None) -> gpd.GeoDataFrame:
    """Return one layer of a city, in WGS84 or in a metric CRS, text without nulls."""
    frame = pyogrio.read_dataframe(folder(slug) / "city.gpkg", layer=name, fid_as_index=False)
    for column in frame.columns[frame.dtypes.isin([np.dtype(object), "str", "string"])]:
        if column != frame.geometry.name:
            frame[column] = frame[column].fillna("").astype(object)
    if crs is None:
        return frame
    frame = to_metric(frame, crs)
    # A corner that lies on a neighbour's edge may slip across it in the last bits of a projection.
    broken = np.flatnonzero(~shapely.is_valid(frame.geometry.to_numpy()))
    if len(broken):
        shapes = frame.geometry.to_numpy().copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure")
        frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=crs))
    return frame


def basemap(slug: str) -> dict[str, gpd.GeoDataFrame]:
    """Return what lies under a map – streets, water, green, buildings, landmarks – in metres."""
    crs = city_of(manifest(slug)).crs
    return {name: read_layer(slug, name, crs) for name in BASEMAP}


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays as one ``.npy`` each; a dot in a name stays a dot in the file name."""
    target = path / "arrays"
    target.mkdir(exist_ok=True)
    for name, values in arrays.items():
        np.save(target / f"{name}.npy", np.asarray(values, order="C"), allow_pickle=False)


def read_arrays(slug: str) -> dict[str, np.ndarray]:
    """Return all arrays of a city, memory-mapped read-only."""
    return {
        path.name.removesuffix(".npy"): np.load(path, mmap_mode="r", allow_pickle=False)
        for path in sorted((folder(slug) / "arrays").glob("*.npy"))
    }


def load(slug: str) -> CityData:
    """Load a city for analysis; arrays stay on disk until they are touched.

    Raises :class:`~geo.errors.CityBroken` when files of it are missing or damaged.
    """
    content = manifest(slug)
    try:
        return _loaded(slug, content)
    except UNREADABLE as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise CityBroken(
            f"city {slug!r} is not whole ({what}); remove it and create it anew"
        ) from error


def _loaded(slug: str, content: Mapping[str, Any]) -> CityData:
    facts = city_of(content)
    arrays = read_arrays(slug)
    layers = {
        name: read_layer(slug, name, facts.crs)
        for name in ("cells", "ground", "stations", "barriers")
    }
    for kind in ("cells", "stations"):
        layers[kind] = frames.completed(layers[kind], kind)
    units = None
    if facts.people_reason is None:
        units = frames.completed(read_layer(slug, "units", facts.crs), "units")
    return CityData(
        city=facts,
        **layers,
        units=units,
        network=StreetNetwork.from_arrays(with_prefix(arrays, "network")),
        pixels=pixels_from(with_prefix(arrays, "pixels")),
        unit_links=links_from(with_prefix(arrays, "units")),
        station_links=links_from(with_prefix(arrays, "stations")),
    )


def tile_path(slug: str, layer: str) -> Path | None:
    """Return the file of a tile layer, ``None`` when the city has no such layer."""
    path = folder(slug) / "tiles" / f"{layer}.pmtiles"
    return path if re.fullmatch(r"[a-z]+", layer) and path.is_file() else None


def photo_path(slug: str, name: str) -> Path:
    """Return the file of a station's picture."""
    return folder(slug) / PHOTOS / Path(name).name


@dataclass(frozen=True)
class CitySummary:
    """Hold one line of ``yizhan city list``."""

    slug: str
    name: str
    stations: int
    cells: int
    people: float | None
    data_date: str | None
    broken: str = ""


def summaries() -> list[CitySummary]:
    """Return one line for every city; a broken one says why instead of hiding."""
    out = []
    for slug in slugs():
        try:
            content = manifest(slug)
        except CityBroken as error:
            out.append(CitySummary(slug, "", 0, 0, None, None, str(error)))
            continue
        counts = content["city"]["counts"]
        out.append(
            CitySummary(
                slug,
                content["city"]["name"],
                counts["stations"],
                counts["cells"],
                content.get("people"),
                content["city"]["data_date"],
            )
        )
    return out


def write_manifest(path: Path, city: City, **facts: Any) -> None:
    """Write the manifest of a new city; ``facts`` are inputs, options, notes, people, software."""
    content = {"schema": SCHEMA, "city": asdict(city), **facts}
    (path / MANIFEST).write_text(
        json.dumps(content, ensure_ascii=False, indent=1, default=str), encoding="utf-8"
    )
