"""Cut streets into edges between nodes, wherever they come from.

A *way* is a line as the source draws it. Ways meet where they hold the same node; a node is a key:
the id that OpenStreetMap gave it, or the coordinates of a vertex. Nothing is ever joined because
two lines merely cross on paper: a bridge crosses without meeting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo import crs as datums
from geo import frames, schemas
from geo.sources.notes import Note

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_GATES = pd.DataFrame({tag: pd.Series(dtype="str") for tag in schemas.GATE_TAGS})


@dataclass(frozen=True)
class Ways:
    """Hold the ways of one source before they are cut.

    ``table`` has one row per way: ``way_id`` (-1 = none) and the columns of ``edges`` that come
    from tags. Way ``i`` owns the vertices ``start[i]:start[i + 1]`` of ``lon``, ``lat`` (WGS84
    degrees) and ``node``. ``gates`` holds the tags of barrier nodes, its index is the node.
    ``osm_nodes`` tells that nodes are ids of OpenStreetMap.
    """

    where: str
    table: pd.DataFrame
    start: Ints
    lon: Floats
    lat: Floats
    node: Ints
    gates: pd.DataFrame
    osm_nodes: bool


def coordinate_keys(lon: Floats, lat: Floats) -> Ints:
    """Return one whole number per position, equal where they agree to 1e-7 degrees (1 cm)."""
    east = np.round((lon + 180.0) * 1e7).astype(np.int64)
    north = np.round((lat + 90.0) * 1e7).astype(np.int64)
    return (east << 31) | north  # 32 and 31 bits: always positive, and far above any OSM id


def pieces(keep: Bools, cut: Bools, start: Ints) -> tuple[Ints, Ints, Ints]:
    """Split chains of vertices where a segment is not kept and at the vertices to cut at.

    ``keep[i]`` is about the segment from vertex ``i`` to ``i + 1``; those from one way to the next
    must be false. Return the vertices of all pieces, where each piece starts (and one more), and
    the way that each piece belongs to.
    """
    segment = np.flatnonzero(keep)
    first = np.ones(len(segment), dtype=bool)
    first[1:] = (np.diff(segment) != 1) | cut[segment[1:]]
    at = np.flatnonzero(first)
    vertices = np.insert(segment + 1, at, segment[at])
    bounds = np.append(at + np.arange(len(at)), len(vertices))
    way = np.searchsorted(start, segment[at], side="right") - 1
    return vertices, bounds, way


def _inner(ways: Ways) -> Bools:
    """Return for every vertex but the last whether the segment that follows is inside a way."""
    keep = np.ones(max(0, len(ways.node) - 1), dtype=bool)
    keep[ways.start[1:-1] - 1] = False
    return keep


def _take(ways: Ways, vertices: Ints, bounds: Ints, way: Ints) -> Ways:
    return Ways(
        ways.where,
        ways.table.iloc[way].reset_index(drop=True),
        bounds,
        ways.lon[vertices],
        ways.lat[vertices],
        ways.node[vertices],
        ways.gates,
        ways.osm_nodes,
    )


def without_repeats(ways: Ways, held: Bools | None = None) -> Ways:
    """Drop vertices that repeat the one before, and end ways where a vertex is not ``held``.

    ``held`` tells for each vertex whether its coordinates are known (``None``: all). A way that is
    left with fewer than two vertices goes.
    """
    keep = _inner(ways)
    if held is not None:
        keep &= held[:-1] & held[1:]
    same = keep & (ways.node[1:] == ways.node[:-1])
    whole = not same.any() and (held is None or held.all())
    if whole and (np.diff(ways.start) > 1).all():
        return ways
    # A repeated vertex goes, and the segment to it closes up: what follows it starts one earlier.
    stays = np.flatnonzero(np.append(True, ~same))
    counts = np.add.reduceat(np.append(True, ~same), ways.start[:-1])
    slim = _take(ways, stays, np.append(0, np.cumsum(counts)), np.arange(len(counts)))
    keep = _inner(slim)
    if held is not None:
        keep &= held[stays][:-1] & held[stays][1:]
    return _take(slim, *pieces(keep, np.zeros(len(stays), bool), slim.start))


def join(sources: Sequence[Ways]) -> tuple[Ways, list[Note]]:
    """Put the ways of several sources together; what is in two of them counts once.

    The same piece of the same OSM way counts as one, also when two extracts cut the way at
    different places. A line layer takes the nodes of an OSM file that lie on its vertices.
    """
    known = [ways for ways in sources if ways.osm_nodes]
    if known and len(known) < len(sources):
        sources = [ways if ways.osm_nodes else _on_nodes(ways, known) for ways in sources]
    kept: list[Ways] = []
    notes: list[Note] = []
    for ways in sources:
        fresh = _without_known(ways, kept)
        twice = len(ways.table) - len(fresh.table)
        if twice > 0:
            notes.append(
                Note(
                    ways.where,
                    f"{twice} 条道路在前面的文件中已有，只计一次",
                    f"{twice} ways are in an earlier file too and count once",
                    twice,
                )
            )
        kept.append(fresh)
    if len(kept) == 1:
        return kept[0], notes
    offsets = np.cumsum([0, *(len(ways.node) for ways in kept)])
    starts = [ways.start[:-1] + offset for ways, offset in zip(kept, offsets, strict=False)]
    gates = pd.concat([ways.gates for ways in kept])
    whole = Ways(
        ", ".join(ways.where for ways in kept),
        pd.concat([ways.table for ways in kept], ignore_index=True),
        np.append(np.concatenate(starts), offsets[-1]).astype(np.int64),
        np.concatenate([ways.lon for ways in kept]),
        np.concatenate([ways.lat for ways in kept]),
        np.concatenate([ways.node for ways in kept]),
        gates[~gates.index.duplicated()],
        bool(known),
    )
    return whole, notes


def _on_nodes(ways: Ways, known: Sequence[Ways]) -> Ways:
    """Return the ways with the OSM node in the place of each vertex that lies on one."""
    ids = np.concatenate([other.node for other in known])
    keys = np.concatenate([coordinate_keys(other.lon, other.lat) for other in known])
    order = np.argsort(keys, kind="stable")

    def named(node: Ints) -> Ints:
        at = np.minimum(np.searchsorted(keys[order], node), len(order) - 1)
        return np.where(keys[order][at] == node, ids[order][at], node)

    gates = ways.gates.set_axis(named(ways.gates.index.to_numpy(np.int64)))
    return replace(ways, node=named(ways.node), gates=gates)


def _segments(ways: Ways, among: Ints | None = None) -> tuple[Ints, pd.MultiIndex]:
    """Return the segments of ways that have an id, as vertex numbers and as comparable keys."""
    owner = np.repeat(ways.table["way_id"].to_numpy(), np.diff(ways.start))[:-1]
    wanted = _inner(ways) & (owner >= 0)
    if among is not None:
        wanted &= np.isin(owner, among)
    at = np.flatnonzero(wanted)
    ends = np.sort(np.column_stack([ways.node[at], ways.node[at + 1]]), axis=1)
    return at, pd.MultiIndex.from_arrays([owner[at], ends[:, 0], ends[:, 1]])


def _without_known(ways: Ways, kept: Sequence[Ways]) -> Ways:
    """Return the ways without the segments that an earlier source has under the same way id."""
    keep = _inner(ways)
    for other in kept:
        both = np.intersect1d(ways.table["way_id"], other.table["way_id"])
        at, mine = _segments(ways, both)
        if len(at):
            keep[at[mine.isin(_segments(other, both)[1])]] = False
    if keep.sum() == _inner(ways).sum():
        return ways
    return _take(ways, *pieces(keep, np.zeros(len(ways.node), bool), ways.start))


def _shared_out(steps: NDArray[np.int16], way: Ints, length: Floats) -> NDArray[np.int16]:
    """Return the single steps of every piece of a flight, by its length; at least one where known.

    ``steps`` are those of the whole way that a piece belongs to; pieces of a way stand together.
    """
    end = np.cumsum(length)
    first = np.searchsorted(way, way, side="left")
    last = np.searchsorted(way, way, side="right") - 1
    before = end[first] - length[first]
    whole = end[last] - before
    upto = np.round(steps * (end - before) / whole)
    above = np.round(steps * (end - length - before) / whole)
    return np.where(steps > 0, np.maximum(upto - above, 1), 0).astype(np.int16)


def cut(ways: Ways, crs: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, int]:
    """Cut the ways at their junctions and gates; return nodes, edges and what had no length.

    A junction is a node that is used more than once; a barrier node is one too, because it may
    refuse passage. Both frames are in the metric ``crs``. Nodes that are joined by a piece without
    length are one place and become one node.
    """
    used, place, uses = np.unique(ways.node, return_inverse=True, return_counts=True)
    junction = (uses > 1) | np.isin(used, ways.gates.index.to_numpy(np.int64))
    vertices, bounds, way = pieces(_inner(ways), junction[place], ways.start)
    x, y = datums.project(ways.lon, ways.lat, crs)
    xy = np.column_stack([x, y])[vertices]
    lines = shapely.linestrings(xy, indices=np.repeat(np.arange(len(way)), np.diff(bounds)))
    length = shapely.length(lines)
    u, v = place[vertices[bounds[:-1]]], place[vertices[bounds[1:] - 1]]
    none = length <= 0.0
    if none.any():
        graph = coo_matrix((np.ones(none.sum()), (u[none], v[none])), shape=(len(used),) * 2)
        group = connected_components(graph, directed=False)[1]
        # The node of lowest id stands for its group, so that the order of files does not matter.
        lowest = np.unique(group, return_index=True)[1][group]
        u, v = lowest[u], lowest[v]
        lines, length, way, u, v = (part[~none] for part in (lines, length, way, u, v))
    ends, row = np.unique(np.concatenate([u, v]), return_inverse=True)
    first = np.empty(len(used), dtype=np.int64)
    first[place[::-1]] = np.arange(len(place))[::-1]  # the first vertex that holds each node
    at = first[ends]
    key = used[ends]
    gates = ways.gates.reindex(key).fillna("")
    nodes = frames.make(
        "nodes",
        {
            "osm_id": np.where(ways.osm_nodes & (key < 1 << 40) & (key >= 0), key, -1),
            **{tag: gates[tag].to_numpy() for tag in schemas.GATE_TAGS},
        },
        shapely.points(x[at], y[at]),
        crs,
        ways.where,
    )
    table = ways.table.iloc[way]
    columns = {name: table[name].to_numpy() for name in table.columns}
    columns["step_count"] = _shared_out(columns["step_count"], way, length)
    edges = frames.make(
        "edges",
        {**columns, "u": row[: len(u)], "v": row[len(u) :], "length_m": length},
        lines,
        crs,
        ways.where,
    )
    return nodes, edges, int(none.sum())
