"""Give the tests an application over two tiny real cities, imported by the normal importer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from geo import build
from tests.webmap import tinycity
from webmap import create_app
from webmap.config import Settings


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with ``tiny`` (areas, stations, people) and ``bare`` (streets alone)."""
    files = tmp_path_factory.mktemp("files")
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIZHAN_HOME", str(folder))
        streets = tinycity.streets(files / "streets.geojson")
        build.create(
            build.Request(
                slug="tiny",
                name="小城 " + tinycity.HOSTILE,
                streets=(streets,),
                areas=tinycity.areas(files / "areas.geojson"),
                stations=str(tinycity.stations(files / "stations.csv")),
                demand=tinycity.demand(files / "demand.geojson"),
            )
        )
        build.create(build.Request(slug="bare", name="只有街道", streets=(streets,)))
        yield folder


@pytest.fixture(scope="package")
def app(home: Path) -> APIFlask:
    return create_app(Settings())


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()
