"""Keep finished studies in the city's folder, so that a page never waits for one.

A stored study is what leaves the analysis: the summary, the figures of the cells and the drawn
layers as GeoJSON in WGS84. It is written under a temporary name and renamed; two workers that
compute the same study write the same files.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import study, workspace
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.crs import to_wgs84
from geo.model import PROFILES, STANDARD_BUDGETS, Budget, Need, TravelProfile
from geo.progress import Progress

DRAWN = ("circles", "ring", "gaps")
#: Changes whenever a stored study says something in another shape; older ones are made anew.
_SHAPE = "2"
#: The last file that is written of a study.
_WHOLE = "summary.json"
#: Degrees kept in drawn layers: 1e-6° is about 0.1 m, far below a pixel of the raster.
_GRID_DEG = 1e-6
#: A city with more judged pixels than this takes seconds for one study.
LARGE_CITY_PIXELS = 2_000_000


@dataclass(frozen=True)
class StoredStudy:
    """Hold a finished study: its summary, the figures of the cells and where its layers lie."""

    summary: dict[str, Any]
    cells: pd.DataFrame
    folder: Path

    @property
    def shares(self) -> pd.DataFrame:
        """Return the columns that colour a map (:attr:`geo.study.Study.shares`)."""
        return self.cells

    @property
    def headline(self) -> dict[str, Any]:
        """Return the part of the summary that needs no drawing (:func:`geo.study.headline`)."""
        told = {key: self.summary[key] for key in ("stations", "need", "people")}
        lost = {name: row["people"] for name, row in self.summary["uncovered"].items()}
        return told | {"uncovered": lost}

    def cell(self, row: int) -> pd.DataFrame:
        """Return the figures of one cell (:meth:`geo.study.Study.cell`)."""
        return self.cells.iloc[[row]]

    def layer(self, name: str) -> bytes:
        """Return a drawn layer (``circles``, ``ring`` or ``gaps``) as GeoJSON text, WGS84."""
        if name not in DRAWN:
            raise KeyError(name)
        return (self.folder / f"{name}.geojson").read_bytes()


class LiveStudy:
    """Answer as a :class:`StoredStudy` does, from a study that is kept in memory only.

    Needs have as many instants as a year has minutes, so they are not written down; each part is
    computed when it is first asked for, by one thread.
    """

    def __init__(self, result: study.Study) -> None:
        self._study = result
        self._lock = threading.RLock()

    @property
    def shares(self) -> pd.DataFrame:
        """Return the columns that colour a map (:attr:`geo.study.Study.shares`)."""
        with self._lock:
            return self._study.shares

    @property
    def headline(self) -> dict[str, Any]:
        """Return the part of the summary that needs no drawing (:func:`geo.study.headline`)."""
        with self._lock:
            return study.headline(self._study)

    @property
    def cells(self) -> pd.DataFrame:
        """Return the figures of every cell."""
        with self._lock:
            return self._study.cells

    def cell(self, row: int) -> pd.DataFrame:
        """Return the figures of one cell (:meth:`geo.study.Study.cell`)."""
        with self._lock:
            return self._study.cell(row)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Return the summary of the study."""
        with self._lock:
            return self._study.to_json(provenance(self._study.data.city.slug))

    def layer(self, name: str) -> bytes:
        """Return a drawn layer (``circles``, ``ring`` or ``gaps``) as GeoJSON text, WGS84."""
        if name not in DRAWN:
            raise KeyError(name)
        with self._lock:
            return _drawn_text(self._study, name).encode()


def answer(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
) -> StoredStudy | LiveStudy:
    """Return the study of a question: kept on disk when nothing special is needed."""
    if need.plain and crowd is None:
        return stored(data, profile, budget)
    if crowd is None:
        return LiveStudy(study.kept(data, profile, budget, need))
    return LiveStudy(study.run(data, profile, budget, need, crowd))


def stored(data: CityData, profile: TravelProfile, budget: Budget) -> StoredStudy:
    """Return the study of a profile and budget, computed and kept when it is not there yet."""
    kept = workspace.folder(data.city.slug) / "studies" / _SHAPE
    folder = kept / f"{profile.name}-{budget.key}"
    found = read(folder)
    if found is not None:
        return found
    for other in kept.parent.glob("*"):
        if other.name != _SHAPE:  # another worker may be removing it, too
            shutil.rmtree(other, ignore_errors=True)
    return written(folder, study.kept(data, profile, budget))


def read(folder: Path) -> StoredStudy | None:
    """Return the study that is kept in a folder, ``None`` where there is none."""
    try:
        summary = json.loads((folder / _WHOLE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return StoredStudy(summary, _read_cells(folder / "cells.npz"), folder)


def written(folder: Path, result: study.Study) -> StoredStudy:
    """Keep a study in a folder that is not there yet, and return it as it is kept."""
    _write(folder, result)
    found = read(folder)
    if found is None:
        raise FileNotFoundError(f"{folder}: removed as soon as it was written")
    return found


def summary(
    data: CityData,
    profile: TravelProfile,
    budget: Budget,
    need: Need = ANYTIME,
    crowd: Crowd | None = None,
) -> dict[str, Any]:
    """Return the summary of a study; it need not be kept, so a read-only folder answers too."""
    if need.plain and crowd is None:
        try:
            return stored(data, profile, budget).summary
        except OSError:
            pass  # computed, and not kept
    return study.run(data, profile, budget, need, crowd).to_json(provenance(data.city.slug))


def prebuild(data: CityData, progress: Progress) -> None:
    """Compute and keep what the pages show first: every profile, every standard budget.

    In a large city only the 15-minute circles; the rest is computed when it is first asked for.
    """
    large = len(data.pixels.index) > LARGE_CITY_PIXELS
    budgets = [Budget(minutes=15)] if large else STANDARD_BUDGETS
    todo = [(profile, budget) for profile in PROFILES.values() for budget in budgets]
    for done, (profile, budget) in enumerate(todo):
        progress("计算服务圈", done, len(todo))
        stored(data, profile, budget)
    progress("计算服务圈", len(todo), len(todo))


def provenance(slug: str) -> dict[str, Any]:
    """Return where the figures come from: inputs with hashes, options, software, date."""
    manifest = workspace.manifest(slug)
    return {key: manifest[key] for key in ("inputs", "options", "software", "created")}


def imported(slug: str) -> str:
    """Return the date on which a city's files were imported, ISO 8601."""
    return str(workspace.manifest(slug)["created"])[:10]


def _read_cells(path: Path) -> pd.DataFrame:
    with np.load(path, allow_pickle=False) as columns:
        return pd.DataFrame({name: columns[name] for name in columns.files})


def _write(folder: Path, result: study.Study) -> None:
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        _fill(unfinished, result)
        unfinished.rename(folder)
    except OSError:
        # Another worker was quicker with the same study; its files are the same.
        if not (folder / _WHOLE).is_file():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(folder: Path, result: study.Study) -> None:
    columns = {name: result.cells[name].to_numpy() for name in result.cells}
    columns["code"] = result.data.cells["code"].to_numpy()
    np.savez_compressed(
        folder / "cells.npz",
        **{name: v.astype(str) if v.dtype == object else v for name, v in columns.items()},
    )
    for name in DRAWN:
        (folder / f"{name}.geojson").write_text(_drawn_text(result, name), encoding="utf-8")
    (folder / _WHOLE).write_text(
        json.dumps(result.to_json(provenance(result.data.city.slug)), ensure_ascii=False),
        encoding="utf-8",
    )


def _drawn_text(result: study.Study, name: str) -> str:
    """Return a drawn layer as GeoJSON text.

    A quarter of a pixel is less than the raster knows, and saves most of the vertices.
    """
    return geojson(getattr(result, name), result.data.pixels.grid.step_m / 4.0)


def geojson(frame: gpd.GeoDataFrame, tolerance_m: float = 0.0) -> str:
    """Return a metric frame as GeoJSON text in WGS84, coordinates to a tenth of a metre.

    Lines may be drawn simpler by a tolerance in metres.
    """
    if tolerance_m and len(frame):
        frame = frame.set_geometry(frame.geometry.simplify(tolerance_m))
    out = to_wgs84(frame).reset_index(drop=True)
    if len(out):
        out.geometry = shapely.set_precision(out.geometry.to_numpy(), _GRID_DEG, mode="pointwise")
        out = out[~out.geometry.is_empty]
    if out.empty:
        return '{"type": "FeatureCollection", "features": []}'
    for column in out.columns[out.dtypes == np.float64]:
        out[column] = out[column].round(3)
    return str(out.to_json(drop_id=True, na="null", ensure_ascii=False))
