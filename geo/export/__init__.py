"""Hand a study over as files that other programs open.

:func:`contents` gathers the tables and layers of a study, :func:`write` puts them into a file of
any of :data:`FORMATS`. What a file holds does not depend on the format: the same rows, the same
rounded numbers (:mod:`geo.export.columns`), positions in WGS84. Files appear whole or not at all.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.disclosure import EDITIONS, Edition
from geo.export.comparison import comparison, differences
from geo.export.contents import TITLES, Contents, Table, contents
from geo.export.formats import FORMATS, check, write
from geo.export.points import check_file, check_points, points, table
from geo.manifest import Scenario
from geo.study import Study

__all__ = [
    "EDITIONS",
    "FORMATS",
    "TITLES",
    "Contents",
    "Edition",
    "Table",
    "check",
    "check_file",
    "check_points",
    "comparison",
    "contents",
    "differences",
    "points",
    "stem",
    "study_layers",
    "table",
    "write",
]

#: Letters of a scenario's name that become part of a file's.
_LONGEST_NAME = 40


def stem(study: Study, scenario: Scenario | None = None) -> str:
    """Return a name for the files of a study: city, profile, budget, need and scenario."""
    need = "" if study.need.plain else "-" + study.need.key.replace(":", "")
    changed = "" if scenario is None else "-" + re.sub(r"\W+", "-", scenario.name)[:_LONGEST_NAME]
    return f"{study.data.city.slug}-{study.profile.name}-{study.budget.key}{need}{changed}"


def study_layers(
    study: Study,
    summary: dict[str, Any],
    folder: Path,
    scenario: Scenario | None = None,
    before: gpd.GeoDataFrame | None = None,
) -> Path:
    """Write a study as one GeoPackage into a folder, WGS84, and return its path.

    ``summary`` is the study's JSON with its provenance, ``before`` the stations without the
    scenario. The layers are :data:`TITLES`.
    """
    path = folder / f"{stem(study, scenario)}.gpkg"
    return write(contents(study, summary, scenario=scenario, before=before), "gpkg", path)
