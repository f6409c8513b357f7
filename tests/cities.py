"""Cities that several files of tests look at; the dear ones are made once in a whole run.

This is a plugin of pytest (see ``tests/conftest.py``), so that a fixture is one and the same
wherever it is used. What it needs is imported by the fixtures: a test of the documents need not
load the analysis.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` has filled, once for all processes of this run."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each worker has a folder of its own below that of the run
    folder, whole = base / name, base / f"{name}.whole"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            folder.mkdir()  # fails if another process failed here: one error says it all
            make(folder)
            whole.touch()
    return folder


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ``tiny`` (areas, stations, people) and ``bare`` (streets alone)."""
    from geo import build
    from tests.webmap import tinycity

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


@pytest.fixture(scope="session")
def demo_streets(demo_inputs_folder: Path) -> Any:
    """The streets of the demonstration city, as they are read; only to be looked at."""
    from geo.sources.streets import read_streets

    return read_streets([demo_inputs_folder / "streets.osm.pbf"])


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, demo_inputs_folder: Path) -> Path:
    """A workspace with the demonstration city, as ``make serve`` builds it; only to be read."""
    from geo import build

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("YIZHAN_HOME", str(folder))
            build.ensure_demo()

    return made_once(tmp_path_factory, "demo-home", make)


def of_haidian(real_data: Path, stations: str) -> Any:
    """Return the request for Haidian: townships with their people, stations from OSM's tags."""
    from geo import build

    townships = real_data / "beijing/townships_population.gpkg"
    return build.Request(
        "haidian",
        "海淀",
        (real_data / "beijing/haidian.osm.pbf",),
        areas=townships,
        demand=townships,
        stations=stations,
        fields={
            "areas": {"name": "township", "parent": "county"},
            "demand": {"people": "population_worldpop"},
        },
    )


def seeded_stations(streets: Path, folder: Path, count: int = 25) -> Path:
    """Write stations at seeded spots of the streets as a GeoJSON list."""
    import geopandas as gpd
    import numpy as np

    from geo.crs import to_wgs84
    from geo.sources.streets import read_streets

    edges = read_streets([streets]).edges
    edges = edges[edges["highway"] != "motorway"]
    rng = np.random.default_rng(7)
    rows = rng.choice(len(edges), count, replace=False)
    spots = edges.geometry.iloc[rows].interpolate(rng.uniform(0, 1, count), normalized=True)
    frame = gpd.GeoDataFrame(
        {"id": [f"s{n}" for n in range(count)], "name": [f"站{n}" for n in range(count)]},
        geometry=spots.to_numpy(),
        crs=edges.crs,
    )
    path = folder / "stations.geojson"
    to_wgs84(frame).to_file(path)
    return path


@pytest.fixture(scope="session")
def real_home(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """A workspace with two real cities, only to be read.

    ``haidian`` has people, its banks and post offices are the stations; ``nanshan`` has seeded
    stations and nobody is known.
    """
    from geo import build

    def make(folder: Path) -> None:
        streets = real_data / "shenzhen/nanshan.osm.pbf"
        stations = seeded_stations(streets, tmp_path_factory.mktemp("seeded"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("YIZHAN_HOME", str(folder))
            build.create(build.Request("nanshan", "南山", (streets,), stations=str(stations)))
            build.create(of_haidian(real_data, "osm:amenity=bank,post_office"))

    return made_once(tmp_path_factory, "real-home", make)
