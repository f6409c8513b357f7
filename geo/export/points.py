"""Hand a study over as files that other programs open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo import service_area
from geo.crs import to_wgs84
from geo.errors import OptionError
from geo.model import BANDS_MIN, Budget
from geo.study import Study, run


def study_layers(study: Study, summary: dict[str, Any], folder: Path) -> Path:
    """Write the layers of a study as one GeoPackage, WGS84, and return its path.

    Layers: ``cells`` with figures, ``circles`` (union for 5, 10 and 15 minutes and the study's own
    budget), ``rings`` (one a station), ``gaps`` ranked with their class, ``stations`` and ``about``
    (city, budget, data date, attribution – no geometry). Written under a temporary name first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    city = study.data.city
    need = "" if study.need.plain else "-" + study.need.key.replace(":", "")
    path = folder / f"{city.slug}-{study.profile.name}-{study.budget.key}{need}.gpkg"
    unfinished = folder / f".{path.stem}-{os.getpid()}.gpkg"
    try:
        for name, frame in _layers(study).items():
            out = to_wgs84(frame)
            kinds = set(out.geom_type)
            pyogrio.write_dataframe(
                out,
                unfinished,
                layer=name,
                driver="GPKG",
                promote_to_multi=len(kinds) > 1,
                geometry_type=None if kinds else "Unknown",
            )
        about = {
            "city": city.name,
            "synthetic": str(city.synthetic),
            "profile": study.profile.name,
            "budget": study.budget.key,
            "need": study.need.key,
            "data_date": city.data_date or "unknown",
            "attribution": city.attribution,
        }
        lines = pd.DataFrame({"key": list(about), "value": list(about.values())})
        pyogrio.write_dataframe(lines, unfinished, layer="about", driver="GPKG")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def check_file(path: Path) -> None:
    """Refuse what no file can be written to, before anything is computed for it.

    A file is replaced as a whole, which would put it in the place of a folder or a device.
    """
    if not path.name or (path.exists() and not path.is_file()):
        raise OptionError(f"{str(path)!r} is no file; name one that is new or may be replaced")


def check_points(path: Path) -> None:
    """Refuse a file that :func:`points` cannot write, before anything is computed for it."""
    if path.suffix.lower() not in (".geojson", ".csv"):
        raise OptionError(f"{path.name}: name a file that ends in .geojson or .csv")
    check_file(path)


def points(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Write points as GeoJSON or as a table (``.csv``), WGS84, and return the path.

    A table has no geometry: the frame must carry ``lon`` and ``lat`` as columns.
    """
    check_points(path)
    if path.suffix.lower() == ".csv":
        return table(frame.drop(columns="geometry"), path)
    with _whole(path) as unfinished:
        text = to_wgs84(frame).to_json(drop_id=True, na="null", ensure_ascii=False)
        unfinished.write_text(text, encoding="utf-8")
    return path


#: What a formula may begin with.
_FORMULA = ("=", "+", "-", "@", "\t")


def table(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV and return the path; no text in it is a formula to a spreadsheet."""
    check_file(path)
    texts = frame.select_dtypes(include=["object", "string"]).columns
    frame = frame.assign(**{name: frame[name].map(_no_formula) for name in texts})
    with _whole(path) as unfinished:
        # With its mark of UTF-8 a spreadsheet shows Chinese as it is.
        frame.to_csv(unfinished, index=False, encoding="utf-8-sig")
    return path


def _no_formula(value: Any) -> Any:
    """Return a text that no spreadsheet computes: an apostrophe before what might be a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a temporary name to write to, which becomes the file when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    data = study.data
    cells = gpd.GeoDataFrame(
        pd.concat([data.cells.drop(columns="geometry"), study.cells], axis=1),
        geometry=data.cells.geometry.to_numpy(),
        crs=data.city.crs,
    )
    budgets = {
        budget.key: budget for budget in (*(Budget(minutes=m) for m in BANDS_MIN), study.budget)
    }
    studies = [
        study if key == study.budget.key else run(data, study.profile, budget, study.need)
        for key, budget in budgets.items()
    ]
    circles = pd.concat([each.circles for each in studies], ignore_index=True)
    serving = data.stations.iloc[study.stations]
    radius_m = study.budget.metres(study.profile)
    rings = (
        serving[["id", "name"]]
        .assign(radius_m=radius_m)
        .set_geometry(service_area.ring_area(serving, radius_m))
    )
    circles["area_m2"] = circles.area
    return {
        "cells": cells,
        "circles": circles,
        "rings": rings,
        "gaps": study.gaps,
        "stations": data.stations,
    }
