"""Hand a study over as a file: tables and layers for other programs, or the brief of one page.

The planner's own files are exact and say so (edition ``internal``).
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, send_file
from pydantic import Field
from werkzeug.exceptions import NotFound

from geo import answers, export, manifest, report, study, workspace
from geo.disclosure import Edition
from geo.progress import Progress, silent
from geo.story import PROPOSAL
from webmap import language, responses, variants, vendor
from webmap.api import questions
from webmap.catalog import LoadedCity
from webmap.store import engine
from webmap.store.scenarios import Scenario

exports = APIBlueprint("exports", __name__, url_prefix="/api/cities/<slug>", tag="Exports")


@dataclass(frozen=True)
class Kind:
    """Hold how a file ends and what it is to a browser."""

    suffix: str
    mimetype: str


_ZIP = "application/zip"
#: What may be handed over; formats that are several files come as one zip.
KINDS = {
    "csv": Kind(".zip", _ZIP),
    "xlsx": Kind(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "gpkg": Kind(".gpkg", "application/geopackage+sqlite3"),
    "geojson": Kind(".zip", _ZIP),
    "parquet": Kind(".zip", _ZIP),
    "shp": Kind(".zip", _ZIP),
    "pdf": Kind(".pdf", "application/pdf"),
    "html": Kind(".html", "text/html"),
}
#: Formats of the brief; all others are those of :data:`geo.export.FORMATS`.
BRIEFS = ("pdf", "html")
#: What no file system takes in a name, and controls.
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_LONGEST_NAME = 100

_FILE = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {
        "description": "The file",
        "content": {kind.mimetype: dict(_FILE) for kind in KINDS.values()},
    },
    404: {"description": "There is no such format, or no such scenario"},
    409: {"description": "The city was imported anew"},
}


class ExportChoice(questions.CrowdChoice):
    """Choose what a study is asked, and the language of a brief."""

    lang: str | None = Field(
        None,
        description="Language of a brief, `zh` or `en`; default: that of the request.",
        max_length=8,
    )


@exports.get("/export/<form>")
@exports.input(ExportChoice, location="query")
@exports.doc(responses=_ANSWERS)
def export_file(slug: str, form: str, query_data: ExportChoice) -> Response:
    """Return a study as a file: csv, xlsx, gpkg, geojson, parquet, shp, or the brief pdf, html.

    Files of `csv`, `geojson`, `parquet` and `shp` come as one zip. As `yizhan export` writes them:
    exact, for planners, and each file says so.
    """
    if form not in KINDS:
        raise NotFound(f"there is no format {form!r}; choose one of {', '.join(KINDS)}")
    city, made = _city(slug, query_data)
    lang = query_data.lang or language.chosen()
    with tempfile.TemporaryDirectory(prefix="yizhan-") as folder:
        path = Path(folder) / f"export{KINDS[form].suffix}"
        if form in BRIEFS:
            write_brief(city, query_data, made, path, lang)
        else:
            write_tables(city, query_data, made, path, form)
        # The open file outlives its name: nothing is left once it has been sent.
        response = send_file(
            path.open("rb"),
            mimetype=KINDS[form].mimetype,
            conditional=False,
            etag=False,
        )
        response.content_length = path.stat().st_size
    plain, full = f"{slug}{_ending(form)}", name_of(city, query_data, made, form)
    # Both forms of RFC 6266: the plain one for programs that do not know the other.
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    if form == "html":  # it is drawn in itself and runs nothing
        response.headers["Content-Security-Policy"] = (
            f"{responses.content_security_policy()}; sandbox"
        )
    return response


def _city(slug: str, asked: ExportChoice) -> tuple[LoadedCity, manifest.Scenario | None]:
    """Return the city that is asked for, and its scenario as a file would hold it."""
    city = variants.city(slug, asked.scenario)
    return city, as_file(city, asked, variants.named(city, engine.current(), asked.scenario))


def as_file(
    city: LoadedCity, asked: ExportChoice, kept: Scenario | None
) -> manifest.Scenario | None:
    """Return the changes of a city as a file would hold them, ``None`` for the city as it is.

    Changes that no kept scenario names are what the tool itself proposes.
    """
    if kept is None and not city.changes:
        return None
    name, note = (PROPOSAL, "") if kept is None else (kept.name, kept.note)
    return manifest.of(city.slug, name, manifest.Question(*asked.study()), city.changes, note)


def write_tables(
    city: LoadedCity,
    asked: ExportChoice,
    made: manifest.Scenario | None,
    path: Path,
    form: str,
    edition: Edition = "internal",
    progress: Progress = silent,
) -> None:
    """Write the tables and layers of a study."""
    found = study.run(city.data, *asked.study())
    summary, before = found.to_json(answers.provenance(city.slug)), None
    if made is not None:
        summary |= {"scenario": manifest.told(made, city.slug)}
        before = workspace.read_layer(city.slug, "stations")
    told = export.contents(
        found, summary, scenario=made, before=before, edition=edition, progress=progress
    )
    export.write(told, form, path, progress=progress)


def write_brief(
    city: LoadedCity,
    asked: ExportChoice,
    made: manifest.Scenario | None,
    path: Path,
    lang: str,
    edition: Edition = "internal",
    progress: Progress = silent,
) -> None:
    """Write the brief of a study."""
    chosen: report.Lang = "en" if lang == "en" else "zh"
    brief, chart = report.of_city(
        city.data, *asked.study(), scenario=made, lang=chosen, edition=edition, progress=progress
    )
    report.write(brief, chart, report.Fonts(*vendor.LETTERS), path, progress)


def name_of(
    city: LoadedCity, asked: ExportChoice, made: manifest.Scenario | None, form: str
) -> str:
    """Return what a file is called: city, profile, budget, need and scenario."""
    profile, budget, need, _ = asked.study()
    parts = [city.facts["name"], profile.title_zh, budget.key]
    if not need.plain:
        parts.append(need.key.replace(":", ""))
    if made is not None:
        parts.append(made.name)
    if form in BRIEFS:
        parts.append("简报")
    name = " ".join(_UNFIT.sub(" ", "-".join(map(str, parts))).split())
    return name[:_LONGEST_NAME].strip() + _ending(form)


def _ending(form: str) -> str:
    """Return how a file ends: a zip says what it holds."""
    kind = KINDS[form]
    return f"-{form}{kind.suffix}" if kind.mimetype == _ZIP else kind.suffix
