"""What if: one station more, less or elsewhere, against searching the whole city anew."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from unittest import mock

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from geo import grid, kernels, reach, scenario, study, workspace
from geo.city import CityData
from geo.crs import unproject
from geo.errors import InputError
from geo.frames import completed
from geo.model import PROFILES, Budget, Need, Position
from geo.scenario import whatif
from geo.scenario.changes import (
    AddLink,
    CloseStation,
    DropServices,
    MoveStation,
    OpenSite,
    SetHours,
    StationChange,
)
from tests.benchmarks.measure import Table, seconds
from tests.benchmarks.peers import Networkx, Scipy
from tests.benchmarks.seeded import SEED

PLACES, EDITS = 100_000, 300
#: So many edits are also asked of the whole study, and of the peers.
CHECKED, COMPARED = 2, 5
LINKS = 30
BUDGET = Budget(minutes=15)
SHOWN = Need(("water",), datetime(2026, 11, 20, 17, 50))
HOURS = ("24/7", "Mo-Su 08:00-22:00", "Mo-Fr 09:00-18:00", "")
OFFERS = ("rest", "rest;water", "rest;water;charging")

Edits = list[StationChange]


class Case(NamedTuple):
    """Hold a kind of edit: what it is called, the edits, the question, and the wanted median."""

    name: str
    edits: Edits
    need: Need
    wanted_ms: float


def run(home: dict[str, str], table: Table) -> None:
    """Add the figures of what-if to the table; the city ``porto`` lies in the home."""
    kernels.compile()
    with mock.patch.dict("os.environ", home):
        data = _peopled(workspace.load("porto"))
    rng = np.random.default_rng(SEED + 3)
    table.section(
        "What if",
        f"Porto with {len(data.stations):,} seeded stations and {PLACES:,} seeded places with "
        f"people, {len(data.cells):,} cells; a station is opened, closed or moved, or its hours or "
        "services change at the shown instant: from the change to the people covered in the city "
        f"and in every changed cell, checked against the whole study to the last bit. Of {EDITS} "
        "seeded edits of each kind, 15 minutes; CPU time on one thread, median and 95th "
        "percentile. The peers search the whole city anew from all stations, in a graph that "
        "stands ready and holds the new station, up to the budget; ours reads the people from "
        "their times, so only the search is theirs.",
    )
    for name in ("walk", "ebike"):
        _profile(data, name, _cases(data, rng), table)
    _new_links(data, rng, table)


def _peopled(data: CityData) -> CityData:
    """Return the city with seeded people at its streets, and stations with hours and services."""
    rng = np.random.default_rng(SEED + 2)
    net = data.network
    edge = rng.choice(net.n_edges, PLACES, p=net.length_m / net.length_m.sum())
    xy = net.coords[net.coord_start[edge]] + rng.normal(0, 30, (PLACES, 2))
    units = gpd.GeoDataFrame(
        {
            "people": rng.integers(1, 30, PLACES).astype(float),
            "source": np.arange(PLACES, dtype=np.int32),
            "outside": np.zeros(PLACES, bool),
            "cell": grid.holder_rows(data.cells, data.ground["row"].to_numpy(), xy),
        },
        geometry=shapely.points(xy),
        crs=data.city.crs,
    )
    links = {name: data.street_index(PROFILES[name]).link(xy) for name in data.station_links}
    count = len(data.stations)
    stations = data.stations.assign(
        opening_hours=rng.choice(HOURS, count), services=rng.choice(OFFERS, count)
    )
    return replace(
        data, units=completed(units, "units"), unit_links=links, stations=stations
    ).with_stations(stations, data.station_links)


def _cases(data: CityData, rng: np.random.Generator) -> list[Case]:
    """Return the edits of every kind: near where people live, stations at random."""
    linked = np.flatnonzero(data.links_of_units(PROFILES["walk"]).edge >= 0)
    lon, lat = unproject(*data.units_xy[rng.choice(linked, EDITS)].T, data.city.crs)
    spots = list(map(Position, lon.tolist(), lat.tolist()))
    ids = [str(key) for key in rng.choice(data.stations["id"], EDITS)]
    plain = Need()
    return [
        Case("add a station", [OpenSite("new", spot, "new") for spot in spots], plain, 1.0),
        Case("move a station", list(map(MoveStation, ids, spots)), plain, 1.0),
        Case("close a station", list(map(CloseStation, ids)), plain, 1.0),
        Case("other hours", [SetHours(key, "Mo-Su 09:00-20:00") for key in ids], SHOWN, 10.0),
        Case("fewer services", [DropServices(key, ("water",)) for key in ids], SHOWN, 10.0),
    ]


def _profile(data: CityData, name: str, cases: Sequence[Case], table: Table) -> None:
    """Measure one profile: all kinds of edits, then the peers for those that search."""
    profile = PROFILES[name]
    data.street_index(profile)
    data.finder(profile)
    for need in (Need(), SHOWN):
        began = time.process_time()
        whatif.board(data, profile, BUDGET, need)
        if need.plain:
            table.alone(f"{name}: the board of a question", seconds(time.process_time() - began))
    for case in cases:
        board = whatif.board(data, profile, BUDGET, case.need)
        for edit in case.edits[:CHECKED]:
            changed = study.run(scenario.apply(data, [edit]), profile, BUDGET, case.need)
            assert board.after([edit]).people == study.headline(changed)["people"]
        taken = [_spent(partial(board.after, [edit])) for edit in case.edits]
        middle, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        goal = f"≤ {case.wanted_ms:g} ms {'✓' if middle <= case.wanted_ms / 1e3 else '✗'}"
        told = f"{seconds(middle)}, 95 %: {seconds(slow)}"
        table.alone(f"{name}: {case.name}", told, goal if name == "walk" else "")
        if case.need.plain and name == "walk":
            _against_peers(data, case, middle, table)


def _new_links(data: CityData, rng: np.random.Generator, table: Table) -> None:
    """Measure new links between places 200 to 1,000 m apart, until the covered people are known."""
    profile = PROFILES["walk"]
    starts = data.units_xy[rng.choice(len(data.units_xy), LINKS)]
    angle, length = rng.uniform(0, 2 * np.pi, LINKS), rng.uniform(200, 1000, LINKS)
    ends = starts + length[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    taken = []
    for start, end in zip(starts, ends, strict=True):
        lon, lat = unproject(*np.array([start, end]).T, data.city.crs)
        change = AddLink("new", tuple(map(Position, lon.tolist(), lat.tolist())))
        began = time.process_time()
        try:
            built = scenario.apply(data, [change])
        except InputError:  # no street where it ends
            continue
        people = whatif.board(built, profile, BUDGET).people
        taken.append(time.process_time() - began)
        assert people["covered"] >= whatif.board(data, profile, BUDGET).people["covered"]
    middle, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    told = f"{seconds(middle)}, 95 %: {seconds(slow)}"
    goal = f"≤ 1 s {'✓' if middle <= 1.0 else '✗'}"
    table.alone(f"walk: a new link, until a board of the city with it ({len(taken)})", told, goal)


def _spent(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _against_peers(data: CityData, case: Case, ours: float, table: Table) -> None:
    """Measure full searches of the changed city by scipy and networkx, and compare the people."""
    profile = PROFILES["walk"]
    graph, limit_ms = data.graph(profile), BUDGET.milliseconds(profile)
    board = whatif.board(data, profile, BUDGET)
    taken: dict[str, list[float]] = {"scipy, min_only": [], "networkx, multi-source": []}
    for edit in case.edits[:COMPARED]:
        changed = scenario.apply(data, [edit])
        start = changed.seeds(profile)
        peer = Scipy(data.network, graph, start)
        roots = peer.n + np.arange(len(peer.stations))
        other = Networkx(peer)
        works = (
            partial(dijkstra, peer.matrix, indices=roots, min_only=True, limit=float(limit_ms)),
            partial(
                nx.multi_source_dijkstra_path_length, other.graph, other.roots, cutoff=limit_ms
            ),
        )
        for times, work in zip(taken.values(), works, strict=True):
            times.append(_spent(work))
        far = works[0]()[: peer.n]
        nodes = np.where(np.isfinite(far), far, reach.UNREACHED).astype(np.int32)
        near = reach.NodeTimes(nodes, np.zeros(peer.n, np.int32))
        links = data.links_of_units(profile)
        time_ms = reach.arrival(data.network, graph, links, near, start).time_ms
        assert data.units is not None
        covered = data.units["people"].to_numpy()[time_ms <= limit_ms].sum()
        assert covered == board.after([edit]).people["covered"]
    for name, times in taken.items():
        table.against(f"walk: {case.name}", ours, name, statistics.median(times), None)
