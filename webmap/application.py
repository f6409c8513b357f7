"""Put the application together; see :func:`webmap.create_app`."""

from __future__ import annotations

import hashlib
import logging
from importlib import metadata
from pathlib import Path

from apiflask import APIFlask
from flask_compress import Compress

import geo
from geo import workspace
from webmap import access, api, language, limits, origin, problems, responses
from webmap.catalog import Catalog
from webmap.config import Settings, from_environment
from webmap.leader import leader
from webmap.planner import planner
from webmap.rider import rider
from webmap.store.engine import Store
from webmap.store.errors import StoreFailed
from webmap.stories import Desk

log = logging.getLogger("yizhan.web")

_COMPRESSED = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
)


#: Files that say what an answer is like; scripts and styles have addresses of their own.
_SOURCES = (".py", ".html", ".svg", ".mo")


def _software_version() -> str:
    try:
        return metadata.version("yizhan")
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "0+checkout"


def _software_stamp() -> str:
    """Return a mark that changes whenever a source file of the software does."""
    mark = hashlib.sha256(_software_version().encode())
    for package in (Path(geo.__file__).parent, Path(__file__).parent):
        for path in sorted(each for each in package.rglob("*") if each.suffix in _SOURCES):
            mark.update(f"{path.relative_to(package)}:{path.stat().st_mtime_ns}".encode())
    return mark.hexdigest()[:12]


def _store(settings: Settings) -> Store:
    """Return where people's work is kept; if it cannot be opened, the cities are served anyway."""
    store = Store(settings.database, workspace.home())
    try:
        store.prepare()
    except StoreFailed as error:
        log.warning("nothing can be kept: %s", error)
    return store


def create(settings: Settings | None = None) -> APIFlask:
    """Return the application with all cities loaded."""
    settings = from_environment() if settings is None else settings
    app = APIFlask(
        "webmap",
        title="驿站 yizhan",
        version=_software_version(),
        spec_path="/openapi.json",
        docs_path=None,
        openapi_blueprint_url_prefix="/api",
        json_errors=False,
    )
    app.config.update(
        SOFTWARE_STAMP=f"{_software_stamp()}.{settings.edition}",
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        COMPRESS_MIMETYPES=list(_COMPRESSED),
    )
    Compress(app)
    responses.init_app(app)
    language.init_app(app)
    origin.init_app(app)
    limits.init_app(app, settings)
    access.init_app(app, settings.edition)
    problems.init_app(app)
    api.init_app(app)
    for blueprint in (planner, rider, leader):
        app.register_blueprint(blueprint)
    access.check_routes(app)
    catalog, store = Catalog(settings, _software_stamp()), _store(settings)
    catalog.refresh()
    desk = Desk(catalog, store)
    catalog.also(desk.prepare)
    app.extensions["yizhan"] = catalog
    app.extensions["yizhan-store"] = store
    app.extensions["yizhan-stories"] = desk
    return app
