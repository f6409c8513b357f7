"""Give the tests an application over two tiny real cities, imported by the normal importer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from geo import build
from tests.webmap import tinycity
from webmap import create_app
from webmap.config import Settings


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ``tiny`` (areas, stations, people) and ``bare`` (streets alone)."""
    files = tmp_path_factory.mktemp("files")
    folder = tmp_path_factory.mktemp("home")
    streets = tinycity.streets(files / "streets.geojson")
    tiny = build.Request(
        slug="tiny",
        name="小城 " + tinycity.HOSTILE,
        streets=(streets,),
        areas=tinycity.areas(files / "areas.geojson"),
        stations=str(tinycity.stations(files / "stations.csv")),
        demand=tinycity.demand(files / "demand.geojson"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(folder))
        build.create(tiny)
        build.create(build.Request(slug="bare", name="只有街道", streets=(streets,)))
    return folder


@pytest.fixture(autouse=True, scope="module")
def home(tiny_home: Path) -> Iterator[Path]:
    """Let all tests of the web, and what their modules make for them, work in the workspace."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        yield tiny_home


@pytest.fixture(scope="session")
def app(tiny_home: Path) -> APIFlask:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        return create_app(Settings())


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(app: APIFlask) -> Iterator[str]:
    """Return the address of the running application, on a port that was free."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
