"""The peers: the same searches by scipy and networkx, each as its library does them best."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from geo.matrices import with_stations
from geo.network import ProfileGraph, StreetNetwork
from geo.seeds import Seeds


class Scipy:
    """Search with scipy's Dijkstra; every station is a node with arcs to its seeds."""

    def __init__(self, network: StreetNetwork, graph: ProfileGraph, start: Seeds) -> None:
        self.matrix, self.stations = with_stations(graph, start)
        self.n = graph.n_nodes
        x, y = np.tile(network.node_x, graph.layers), np.tile(network.node_y, graph.layers)
        foot = start.links.xy[self.stations]
        self.x, self.y = np.append(x, foot[:, 0]), np.append(y, foot[:, 1])

    def tiled(self, limit_ms: int, radius_m: float, tile_m: float) -> tuple[np.ndarray, ...]:
        """Search from every station on the part of the city around its tile.

        Returns what :func:`geo.reach.within_each` does, as (station, node, time).
        """
        found = []
        for own, rows, far in self._by_tile(limit_ms, radius_m, tile_m):
            which, where = np.nonzero(far <= limit_ms)
            found.append((own[which] - self.n, rows[where], far[which, where].astype(np.int32)))
        stations, nodes, times = (np.concatenate(part) for part in zip(*found, strict=True))
        return stations, nodes, times

    def weighed(
        self, limit_ms: int, radius_m: float, tile_m: float, weight: np.ndarray
    ) -> np.ndarray:
        """Return what :func:`geo.reach.weight_within` does, for the stations with seeds."""
        total = np.empty(len(self.stations))
        for own, rows, far in self._by_tile(limit_ms, radius_m, tile_m):
            counts = int(np.searchsorted(rows, len(weight)))
            total[own - self.n] = (far[:, :counts] <= limit_ms) @ weight[rows[:counts]]
        return total

    def _by_tile(
        self, limit_ms: int, radius_m: float, tile_m: float
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield a tile's stations, the nodes around, and the times from the ones to the others.

        Stations are grouped by tile, the streets within the budget's radius of the group are cut
        out, and one call searches from all stations of the group.
        """
        roots = self.n + np.arange(len(self.stations))
        tile_x = (self.x[roots] // tile_m).astype(int)
        tile_y = (self.y[roots] // tile_m).astype(int)
        _, tile = np.unique(np.stack([tile_x, tile_y]), axis=1, return_inverse=True)
        for group in range(tile.max() + 1):
            own = roots[tile.ravel() == group]
            west, east = self.x[own].min() - radius_m, self.x[own].max() + radius_m
            south, north = self.y[own].min() - radius_m, self.y[own].max() + radius_m
            inside = (self.x >= west) & (self.x <= east) & (self.y >= south) & (self.y <= north)
            inside[self.n :] = False
            inside[own] = True
            rows = np.flatnonzero(inside)
            part = self.matrix[rows][:, rows]
            far = dijkstra(part, indices=np.searchsorted(rows, own), limit=float(limit_ms))
            yield own, rows[: -len(own)], far[:, : -len(own)]  # without the stations themselves

    def nearest(self) -> np.ndarray:
        """Return every node's time to its nearest station (not which it is)."""
        roots = self.n + np.arange(len(self.stations))
        return dijkstra(self.matrix, indices=roots, min_only=True)[: self.n]


class Networkx:
    """Search with networkx's Dijkstra on the same arcs."""

    def __init__(self, peer: Scipy) -> None:
        arcs = peer.matrix.tocoo()
        self.graph = nx.DiGraph()
        self.graph.add_weighted_edges_from(
            zip(arcs.row.tolist(), arcs.col.tolist(), arcs.data.tolist(), strict=True)
        )
        self.roots = (peer.n + np.arange(len(peer.stations))).tolist()

    def within(self, limit_ms: int, every: int) -> int:
        """Search from every so many stations; count the nodes."""
        return sum(
            len(nx.single_source_dijkstra_path_length(self.graph, root, cutoff=limit_ms)) - 1
            for root in self.roots[::every]
        )


class FromPlace:
    """Search forward from one place with scipy, as far as its k-th station."""

    def __init__(self, peer: Scipy) -> None:
        self.matrix: sparse.csr_array = peer.matrix.T.tocsr()
        self.n = peer.n

    def stations(self, node: int, k: int, limit_ms: int) -> np.ndarray:
        """Return the times of the k stations nearest to a node; the limit is told in advance."""
        far = dijkstra(self.matrix, indices=node, limit=float(limit_ms))[self.n :]
        return np.sort(far)[:k]
