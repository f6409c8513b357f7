"""Rank stations for riders by brute force: every station's time, every station's hours, one sort.

Nothing of :mod:`geo.way`, :mod:`geo.ranking` or :mod:`geo.openings` is used: the rule is written
down again here. Times come from :mod:`geo.reach`, station by station, or from the street frames
alone by :class:`tests.geo.oracle.Oracle` and scipy; hours from the library ``opening_hours``, asked
for each arrival by itself (so on days that are no holidays, of which it knows none).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import numpy as np
import opening_hours
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from geo import reach
from geo.city import CityData
from geo.crs import unproject
from geo.links import Links
from geo.model import Position, TravelProfile
from tests.geo.oracle import Oracle, ceil_ms

UNSURE = timedelta(minutes=10)
HORIZON_MS = 120 * 60_000
FAR = datetime(9999, 1, 1)

#: A row of the brute-force ranking: arrival in ms, row, state, opens, closes.
Row = tuple[int, int, str, datetime | None, datetime | None]


def state(
    text: str, moment: datetime, end: datetime
) -> tuple[str, datetime | None, datetime | None]:
    """Return what the library says of a station at a moment: state, next opening, closing."""
    if not text:
        return "unknown", None, None
    known = opening_hours.OpeningHours(text, auto_country=False, auto_timezone=False)
    if known.is_open(moment):
        closes = known.next_change(moment)
        return "open", None, closes if closes is not None and closes < end else None
    opens = known.next_change(moment)
    return "closed", opens if opens is not None and opens < end else None, None


def ranked(
    times_ms: np.ndarray, fits: Sequence[bool], texts: Sequence[str], at: datetime
) -> list[Row]:
    """Return all stations that a place reaches, in the order of the method.

    ``times_ms`` is the travel time to each station, −1 for none.
    """
    end = datetime.combine(at.date(), time()) + timedelta(days=14)
    rows = []
    for row, (arrival, fit) in enumerate(zip(times_ms.tolist(), fits, strict=True)):
        if fit and 0 <= arrival <= HORIZON_MS:
            there = at + timedelta(milliseconds=arrival)
            told, opens, closes = state(texts[row], there, end)
            ready = {"open": there, "unknown": there + UNSURE, "closed": opens or FAR}[told]
            rows.append((ready, arrival, row, told, opens, closes))
    rows.sort(key=lambda each: each[:3])
    if rows and rows[0][3] == "closed":
        other = next((k for k, each in enumerate(rows) if each[3] != "closed"), 0)
        rows.insert(0, rows.pop(other))
    return [each[1:] for each in rows]


def times_by_station(
    data: CityData, profile: TravelProfile, links: Links, rows: Sequence[int], at: datetime
) -> np.ndarray:
    """Return the times of places to stations, each by a search of its own from the station."""
    graph, start = data.graph(profile, at), data.seeds(profile, at=at)
    out = np.full((len(links), len(data.stations)), -1, np.int64)
    for row in rows:
        own = start.of(row)
        nodes = reach.nearest(graph, own, HORIZON_MS)
        found = reach.arrival(data.network, graph, links, nodes, own).time_ms
        out[:, row] = np.where(found == reach.UNREACHED, -1, found)
    return out


def times_forward(oracle: Oracle, places: np.ndarray, stations: np.ndarray) -> np.ndarray:
    """Return the times of places to stations by a search from each place, from the frames alone."""
    walk = oracle.profile.walk.speed_mps
    doors: dict[int, list[tuple[float, int, int]]] = {}
    for s, xy in enumerate(stations):
        link = oracle.link(xy)
        if link is not None:
            leg = ceil_ms(link.leg_m, walk)
            doors.setdefault(link.edge, []).append((link.offset_m, leg, s))

            def arrive(node, cost, s=s, leg=leg):
                oracle.arc(node, ("station", s), cost + leg)

            oracle._ends(link, arrive, True)
    for p, xy in enumerate(places):
        link = oracle.link(xy)
        if link is None:
            continue
        here, leg = ("place", p), ceil_ms(link.leg_m, walk)

        def depart(node, cost, here=here, leg=leg):
            oracle.arc(here, node, leg + cost)

        oracle._ends(link, depart, False)
        for offset, door, s in doors.get(link.edge, []):
            for along, against in oracle.speed[link.edge]:
                speed = along if offset > link.offset_m else against
                way = abs(offset - link.offset_m)
                if way == 0.0 or speed:
                    cost = ceil_ms(way, speed) if way else 0
                    oracle.arc(here, ("station", s), leg + cost + door)
    number = {node: k for k, node in enumerate(oracle.graph)}
    heads, tails, costs = [], [], []
    for head, tail, cost in oracle.graph.edges(data="weight"):  # the oracle's graph is reversed
        heads.append(number[head])
        tails.append(number[tail])
        costs.append(float(cost))
    size = len(number)
    matrix = sparse.csr_array((costs, (tails, heads)), shape=(size, size))
    out = np.full((len(places), len(stations)), -1, np.int64)
    known = [p for p in range(len(places)) if ("place", p) in number]
    ends = [s for s in range(len(stations)) if ("station", s) in number]
    columns = [number["station", s] for s in ends]
    far = dijkstra(matrix, indices=[number["place", p] for p in known], limit=float(HORIZON_MS))[
        :, columns
    ]
    out[np.ix_(known, ends)] = np.where(np.isfinite(far), far, -1)
    return out


def positions(data: CityData, count: int, seed: int) -> list[Position]:
    """Return seeded positions near streets, and a tenth of them anywhere within the bounds."""
    rng = np.random.default_rng(seed)
    coords = data.network.coords
    xy = coords[rng.choice(len(coords), count)] + rng.normal(0.0, 60.0, (count, 2))
    lon, lat = unproject(xy[:, 0], xy[:, 1], data.city.crs)
    west, south, east, north = data.city.bounds
    anywhere = np.arange(count) % 10 == 0
    lon[anywhere] = rng.uniform(west, east, anywhere.sum())
    lat[anywhere] = rng.uniform(south, north, anywhere.sum())
    return [Position(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
