"""Give the tests an application over two tiny real cities, imported by the normal importer."""

from __future__ import annotations

from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

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


@pytest.fixture(autouse=True)
def home(tiny_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let every test of the web work in the tiny workspace."""
    monkeypatch.setenv("YIZHAN_HOME", str(tiny_home))
    return tiny_home


@pytest.fixture(scope="session")
def app(tiny_home: Path) -> APIFlask:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(tiny_home))
        return create_app(Settings())


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()
