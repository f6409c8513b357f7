"""The slider and the table of the planner's page by HTTP, on 3,242 cells and on 100,000.

The larger city is the demonstration city with every unit cut into plots, imported as any other.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import build, kernels
from geo.intake import Request
from tests.benchmarks.asked import Client, report
from tests.benchmarks.measure import Table, seconds
from tests.benchmarks.served import serving

#: Levels of the demonstration city, as its file names them.
LEVELS = ("街道", "社区", "片区", "小区", "单元")
PLOTS = 100_000
INSTANTS = 40
#: From here on every half hour is an instant that nobody has asked for.
UNSEEN = datetime(2026, 12, 1)
WANTED_MS = 300
MONDAY = "2026-11-16T08:00"


def run(table: Table) -> None:
    """Add both cities to the table."""
    with tempfile.TemporaryDirectory() as home:
        with mock.patch.dict(os.environ, {"YIZHAN_HOME": home}):
            kernels.compile()
            build.ensure_demo()
            began = time.perf_counter()
            plots = of_plots(Path(home))
            took = time.perf_counter() - began
        cells = {"demo": len(LEVELS), "plots": len(LEVELS) + 1}
        table.section(
            "Slider and table",
            f"The demonstration city, and the same with its units cut into {plots:,} plots, by "
            "HTTP, compressed as for a browser; wall time, median and 95th percentile of "
            f"{INSTANTS} instants that were never asked before, for all cells of the lowest level. "
            "The table is the names, which are the same for every question, the figures, and the "
            "minutes of every cell.",
        )
        table.alone(f"import with {plots:,} cells of the lowest level", seconds(took))
        with serving(home) as address:
            for city, level in cells.items():
                _city(table, Client(address, city), level)


def _city(table: Table, client: Client, level: int) -> None:
    """Add what is waited for in one city."""
    half_hours = count()

    def unseen() -> str:
        instant = UNSEEN + next(half_hours) * timedelta(minutes=30)
        return f"level={level}&at={instant.isoformat(timespec='minutes')}"

    def slider() -> None:
        client.load(f"coverage/cells?{unseen()}")

    def minutes() -> None:
        client.load(f"minutes?{unseen()}")

    def names() -> None:
        client.load(f"levels/{level}/cells")

    def figures() -> None:
        question = unseen()
        for part in ("coverage/cells", "minutes"):
            client.load(f"{part}?{question}")

    told = client.ask("GET", f"coverage/cells?level={level}&at={MONDAY}")
    name = f"{len(told['codes']):,} cells"
    works: dict[str, tuple[Callable[[], None], int | None]] = {
        "another instant of the slider": (slider, WANTED_MS),
        "the table's minutes": (minutes, None),
        "the table's figures and minutes": (figures, None),
        "the table's names": (names, None),
    }
    for what, (ask, wanted_ms) in works.items():
        report(table, f"{name}: {what}", ask, wanted_ms, INSTANTS)


def of_plots(folder: Path) -> int:
    """Import the demonstration city with its units cut into plots; return how many they are."""
    inputs = build.demo_inputs()
    areas = gpd.read_file(inputs / "areas.gpkg")
    areas["level"] = areas["level"].map({name: n for n, name in enumerate(LEVELS, start=1)})
    plots = _plots(areas[areas["level"] == len(LEVELS)])
    file = folder / "plots.gpkg"
    pd.concat([areas, plots], ignore_index=True).to_file(file)
    build.create(
        Request(
            slug="plots",
            name="地块",
            streets=(inputs / "streets.osm.pbf",),
            areas=file,
            stations=str(inputs / "stations.csv"),
            demand=inputs / "demand.gpkg",
            synthetic=True,
        )
    )
    return len(plots)


def _plots(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the units, each cut along a lattice over its bounds."""
    own, number, boxes = (np.concatenate(part) for part in zip(*_boxes(units), strict=True))
    shapes = shapely.intersection(boxes, units.geometry.to_numpy()[own])
    kept = shapely.area(shapes) > 0.0
    kept &= np.isin(shapely.get_type_id(shapes), (3, 6))  # a sliver may come with a point
    parent = units["code"].to_numpy()[own[kept]]
    code = [f"{unit}-{rank:02}" for unit, rank in zip(parent, number[kept], strict=True)]
    columns = {"code": code, "name": "", "level": len(LEVELS) + 1, "parent": parent}
    return gpd.GeoDataFrame(columns, geometry=shapes[kept], crs=units.crs)


def _boxes(units: gpd.GeoDataFrame) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield of every unit its number, and the numbers and the squares of its lattice."""
    side = int(np.ceil(np.sqrt(PLOTS / len(units))))
    east, north = np.tile(np.arange(side), side), np.repeat(np.arange(side), side)
    for own, (west, south, far, top) in enumerate(units.bounds.to_numpy()):
        x, y = np.linspace(west, far, side + 1), np.linspace(south, top, side + 1)
        squares = shapely.box(x[east], y[north], x[east + 1], y[north + 1])
        yield np.full(side * side, own), np.arange(side * side), squares
