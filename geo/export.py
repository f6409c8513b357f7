"""Hand a study over as files that other programs open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo import service_area
from geo.crs import to_wgs84
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
    path = folder / f"{city.slug}-{study.profile.name}-{study.budget.key}.gpkg"
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
        about = pd.DataFrame(
            {
                "key": ["city", "synthetic", "profile", "budget", "data_date", "attribution"],
                "value": [
                    city.name,
                    str(city.synthetic),
                    study.profile.name,
                    study.budget.key,
                    city.data_date or "unknown",
                    city.attribution,
                ],
            }
        )
        pyogrio.write_dataframe(about, unfinished, layer="about", driver="GPKG")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


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
    circles = pd.concat(
        [
            (study if key == study.budget.key else run(data, study.profile, budget)).circles
            for key, budget in budgets.items()
        ],
        ignore_index=True,
    )
    open_stations = data.stations.iloc[data.open_rows]
    radius_m = study.budget.metres(study.profile)
    rings = (
        open_stations[["id", "name"]]
        .assign(radius_m=radius_m)
        .set_geometry(service_area.ring_area(open_stations, radius_m))
    )
    circles["area_m2"] = circles.area
    return {
        "cells": cells,
        "circles": circles,
        "rings": rings,
        "gaps": study.gaps,
        "stations": data.stations,
    }
