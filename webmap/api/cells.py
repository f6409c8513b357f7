"""Answer for the cells of the grid: their shapes and their figures."""

from __future__ import annotations

from typing import Literal

import numpy as np
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import NotFound

from geo.crs import to_wgs84
from geo.errors import OptionError
from webmap import geojson, responses, variants
from webmap.api import models, questions
from webmap.catalog import LoadedCity
from webmap.rows import cell_figures, level_rows

cells = APIBlueprint("cells", __name__, url_prefix="/api/cities/<slug>", tag="Cells")


class CellFeature(BaseModel):
    """A cell as GeoJSON."""

    type: Literal["Feature"]
    id: str
    geometry: models.Geometry
    properties: models.CellFigures


class Cells(BaseModel):
    """All cells of one level."""

    type: Literal["FeatureCollection"]
    features: list[CellFeature]


class CellColumns(BaseModel):
    """The figures of one level as parallel lists: enough to colour a map anew."""

    model_config = ConfigDict(populate_by_name=True)

    level: int
    city: models.Headline = Field(description="The whole city, as far as it needs no drawing.")
    codes: list[str]
    share: list[float | None]
    class_: list[models.Class | None] = Field(alias="class")
    people: list[float | None]
    covered: list[float | None]
    ground_share: list[float | None] = Field(
        description="Only where nobody is known; else null – `cells` has it."
    )
    ground_m2: list[float | None] = Field(description="Only where nobody is known, m².")
    covered_m2: list[float | None] = Field(description="Only where nobody is known, m².")
    reason: list[str | None] = Field(description="Main cause of what is not covered.")
    null_reason: list[str | None] = Field(description="Why a cell has no class.")
    suppressed: list[models.Suppressed] = Field(
        default_factory=list, description="Only in public editions: why counts are withheld."
    )


class CellNames(BaseModel):
    """What the cells of one level are called and where they lie, as parallel lists."""

    level: int
    code: list[str]
    name: list[str] = Field(description="Empty = without a name.")
    parent: list[str] = Field(description="Code of the cell above; empty = none.")
    bbox: list[list[float]] = Field(description="West, south, east, north; degrees, WGS84.")


_WORDS = ("class", "reason", "null_reason")
_BY_PEOPLE = ("share", "people", "covered", *_WORDS)
_COLUMNS = (*_BY_PEOPLE, "ground_share", "ground_m2", "covered_m2")


def _key(question: questions.Question) -> str:
    """Name a question, for the answers that are kept."""
    profile, budget, need, crowd = question
    return f"{profile.name}/{budget.key}/{need.key}/{crowd}"


def _level(city: LoadedCity, level: int | None) -> int:
    """Return the level asked for, the lowest when none is; raise OptionError for another."""
    known: list[int] = [entry["level"] for entry in city.facts["levels"]]
    chosen = max(known) if level is None else level
    if chosen not in known:
        raise OptionError(f"{city.slug} has no level {level}; choose one of {known}")
    return chosen


@cells.get("/cells")
@cells.input(questions.CrowdLevelChoice, location="query")
@cells.output(Cells, content_type=responses.GEOJSON)
def list_cells(slug: str, query_data: questions.CrowdLevelChoice) -> Response:
    """Return the cells of one level with their figures as GeoJSON."""
    city = variants.city(slug, query_data.scenario)
    question = query_data.study()
    level = _level(city, query_data.level)

    def produce() -> bytes:
        rows = level_rows(city.data, level)
        figures = cell_figures(city.data, city.study(*question), rows)
        codes = [cell["code"] for cell in figures]
        return geojson.collection(city.data.cells.iloc[rows], figures, codes)

    key = f"cells/{level}/{_key(question)}"
    return responses.body(
        city.version, lambda: city.answers.get(key, produce), mimetype=responses.GEOJSON
    )


@cells.get("/cells/<path:code>")
@cells.input(questions.CrowdChoice, location="query")
@cells.output(CellFeature, content_type=responses.GEOJSON)
def one_cell(slug: str, code: str, query_data: questions.CrowdChoice) -> Response:
    """Return one cell with its figures as GeoJSON."""
    city = variants.city(slug, query_data.scenario)
    question = query_data.study()
    rows = np.flatnonzero((city.data.cells["code"] == code).to_numpy())
    if not len(rows):
        raise NotFound(f"{city.slug} has no cell with the code {code!r}")

    def produce() -> bytes:
        shape = geojson.geometries(city.data.cells.iloc[rows])[0]
        figures = cell_figures(city.data, city.study(*question), rows)
        return geojson.feature(shape, figures[0], code)

    return responses.body(city.version, produce, mimetype=responses.GEOJSON)


@cells.get("/coverage/cells")
@cells.input(questions.CrowdLevelChoice, location="query")
@cells.output(CellColumns)
def cell_columns(slug: str, query_data: questions.CrowdLevelChoice) -> Response:
    """Return the figures of one level as parallel lists, enough to colour a map anew.

    Nothing is drawn for it, so it answers in some milliseconds for any instant and services.
    """
    city = variants.city(slug, query_data.scenario)
    question = query_data.study()
    level = _level(city, query_data.level)
    by_people = city.data.units is not None

    def produce() -> bytes:
        study = city.study(*question)
        rows = level_rows(city.data, level)
        shares = study.shares.iloc[rows]
        told = shares[[*(_BY_PEOPLE if by_people else _COLUMNS)]]
        lists = dict.fromkeys(_COLUMNS, [None] * len(rows))
        lists |= {name: geojson.column(values) for name, values in told.items()}
        for name in _WORDS:
            lists[name] = [value or None for value in lists[name]]
        if city.public:
            lists["suppressed"] = [mark or None for mark in shares["suppressed"]]
        codes = city.data.cells["code"].iloc[rows].tolist()
        return geojson.encode({"level": level, "city": study.headline, "codes": codes, **lists})

    key = f"columns/{level}/{_key(question)}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))


@cells.get("/levels/<int:level>/cells")
@cells.output(CellNames)
def cell_names(slug: str, level: int) -> Response:
    """Return code, name, parent and bounds of the cells of one level.

    In the order of `coverage/cells`. They follow from the city's files alone: no question and no
    scenario changes them.
    """
    city = variants.city(slug)
    chosen = city.data.city.checked_level(level)

    def produce() -> bytes:
        frame = city.data.cells.iloc[level_rows(city.data, chosen)]
        bounds = to_wgs84(frame.geometry.to_frame()).bounds.round(6)
        lists = {name: frame[name].tolist() for name in ("code", "name", "parent")}
        return geojson.encode({"level": chosen, **lists, "bbox": bounds.to_numpy().tolist()})

    key = f"names/{chosen}"
    return responses.body(city.version, lambda: city.answers.get(key, produce))
