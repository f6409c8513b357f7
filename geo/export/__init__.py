"""Hand a study over as files that other programs open.

:func:`contents` gathers the tables and layers of a study, :func:`write` puts them into a file of
any of :data:`FORMATS`. What a file holds does not depend on the format: the same rows, the same
rounded numbers (:mod:`geo.export.columns`), positions in WGS84. Files appear whole or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.export.contents import EDITIONS, TITLES, Contents, Edition, Table, contents
from geo.export.formats import FORMATS, check, write
from geo.export.points import check_file, check_points, points, table
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
    "contents",
    "points",
    "study_layers",
    "table",
    "write",
]


def stem(study: Study) -> str:
    """Return a name for the files of a study: city, profile, budget and need."""
    need = "" if study.need.plain else "-" + study.need.key.replace(":", "")
    return f"{study.data.city.slug}-{study.profile.name}-{study.budget.key}{need}"


def study_layers(study: Study, summary: dict[str, Any], folder: Path) -> Path:
    """Write a study as one GeoPackage into a folder, WGS84, and return its path.

    ``summary`` is the study's JSON with its provenance. The layers are :data:`TITLES`.
    """
    return write(contents(study, summary), "gpkg", folder / f"{stem(study)}.gpkg")
