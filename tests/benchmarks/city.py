"""A whole city: import, load, study and circles of Porto, each in a fresh process of its own.

Fresh, because the peak memory of a process never falls again, and because a user starts so too.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd

from geo.crs import to_wgs84
from geo.sources.streets import read_streets
from tests.benchmarks.measure import Table, seconds
from tests.benchmarks.seeded import beside_streets

STATIONS = 1000

_IMPORT = """
import json, resource, sys, time
from pathlib import Path
from geo import build
began = time.process_time()
report = build.create(build.Request("porto", "Porto", (Path(sys.argv[1]),), stations=sys.argv[2]))
print(json.dumps({
    "cpu_s": time.process_time() - began,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    **report.counts,
}))
"""

_STUDY = """
import json, statistics, time
import numpy as np
from geo import enquiry, reach, service_area, study, workspace
from geo.model import PROFILES, Budget

reach.compile()
began = time.process_time()
workspace.load("porto")
out = {"load_s": time.process_time() - began}
for name in ("walk", "ebike"):
    profile, budget = PROFILES[name], Budget(minutes=15)
    taken = []
    for _ in range(3):
        data = workspace.load("porto")  # a fresh city keeps no times
        began = time.process_time()
        study.run(data, profile, budget).to_json()
        taken.append(time.process_time() - began)
    out[f"study_{name}_s"] = statistics.median(taken)
    began = time.process_time()
    drawn = [enquiry.circle(data, row, profile, budget) for row in range(len(data.stations))]
    out[f"circles_{name}_s"] = time.process_time() - began
    out[f"drawn_{name}"] = sum(not shape.is_empty for shape in drawn)
print(json.dumps(out))
"""


@contextlib.contextmanager
def imported(streets_file: Path) -> Iterator[dict[str, Any]]:
    """Import Porto with seeded stations into a home of its own; yield what the import said.

    ``home`` is the environment with which the city ``porto`` is found.
    """
    with tempfile.TemporaryDirectory() as folder:
        stations = _stations(streets_file, Path(folder))
        home = {"YIZHAN_HOME": str(Path(folder) / "cities")}
        yield {"home": home, **_fresh(_IMPORT, home, str(streets_file), str(stations))}


def run(made: dict[str, Any], table: Table) -> None:
    """Add the figures of the whole city to the table."""
    table.section(
        "A whole city, from the file to the map",
        "Porto from its OpenStreetMap extract, CPU time on all threads, each part in a fresh "
        f"process. {STATIONS:,} seeded stations; a study is what `yizhan study --json` prints, its "
        "kernels compiled but no time of travel known yet; a circle is one station's outline.",
    )
    told = _fresh(_STUDY, made["home"])
    table.alone(
        f"import ({made['edges']:,} edges, {made['pixels']:,} pixels)",
        seconds(made["cpu_s"]),
        _goal(made["cpu_s"], 60, "60 s"),
    )
    table.alone(
        "import, peak memory",
        f"{made['peak_mb']:,.0f} MB",
        _goal(made["peak_mb"], 2048, "2 GB"),
    )
    table.alone("load", seconds(told["load_s"]))
    for name in ("walk", "ebike"):
        spent = told[f"study_{name}_s"]
        table.alone(
            f"study, {STATIONS:,} stations, {name} 15 min",
            seconds(spent),
            _goal(spent, 3, "3 s"),
        )
        spent = told[f"circles_{name}_s"]
        table.alone(
            f"{told[f'drawn_{name}']:,} circles, {name} 15 min",
            seconds(spent),
            _goal(spent, 6, "6 s") if name == "walk" else "",
        )


def _goal(value: float, limit: float, text: str) -> str:
    return f"≤ {text} {'✓' if value <= limit else '✗'}"


def _stations(streets_file: Path, folder: Path) -> Path:
    """Write seeded stations beside the streets as a list."""
    edges = read_streets([streets_file]).edges
    frame = to_wgs84(
        gpd.GeoDataFrame(
            geometry=gpd.points_from_xy(*beside_streets(edges, STATIONS).T), crs=edges.crs
        )
    )
    frame["id"] = [f"s{row:04d}" for row in range(STATIONS)]
    frame["name"] = frame["id"]
    path = folder / "stations.geojson"
    frame.to_file(path)
    return path


def _fresh(script: str, variables: dict[str, str], *words: str) -> dict[str, Any]:
    """Run a script in a process of its own and return the JSON that it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **variables},
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
