"""Turn the street frames into compact arrays: one network, and one graph for each travel profile.

Edge numbers are the rows of the ``edges`` frame and are public; nodes are renumbered along a
Hilbert curve, so that a search touches memory that lies together (``node_row`` leads back to the
frame). Costs are whole milliseconds, rounded up: a trip is never faster than its straight line.

Profile graphs are *transposed*: an arc leads from where one arrives to where one comes from, so a
search that starts at the stations yields the time **towards** them. With two layers, node ``n`` on
the vehicle is ``n``, and on foot after leaving it ``n + N``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from shapely import LineString, Point

from geo.access import FORBIDDEN, ON_FOOT, RIDING, EdgeGaits, blocked_nodes, edge_gaits
from geo.arcs import bucket_shift, leaving_arcs, packed, street_arcs
from geo.buckets import COST_BITS
from geo.compiled import readonly
from geo.frames import completed
from geo.gates import NO_GATES, Gates, of_nodes
from geo.joints import NO_JOINTS, Joints
from geo.model import FOOT_WAYS, PROFILES, TravelProfile

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.int16]
Bools = NDArray[np.bool_]

_SOME_CRS = "EPSG:4544"
_NOT_PLAIN = ("graphs", "gates", "added")


@dataclass(frozen=True)
class ProfileGraph:
    """Hold the streets as one travel profile sees them.

    ``indptr`` and ``arcs`` are the transposed graph in CSR form over ``layers`` × nodes; an arc
    packs target ``<< 32 |`` milliseconds (see also :mod:`geo.buckets`), ``arc_edge`` is its edge
    (-1 = leaving the vehicle).
    ``forward`` and ``backward`` are the gaits of the edges, shape (layers, edges); ``blocked`` the
    nodes that cannot be passed, shape (layers, nodes). ``usable`` are the edges with any permitted
    gait, bridges and tunnels included. ``speed_mps`` is indexed by gait.
    """

    profile: str
    layers: int
    indptr: Ints
    arcs: Longs
    arc_edge: Ints
    forward: NDArray[np.int8]
    backward: NDArray[np.int8]
    blocked: Bools
    usable: Bools
    speed_mps: Floats
    bucket_shift: int

    @property
    def n_nodes(self) -> int:
        """Return the number of nodes over all layers."""
        return len(self.indptr) - 1

    @property
    def arc_target(self) -> Longs:
        """Return the node that each arc leads to."""
        return self.arcs >> 32

    @property
    def arc_ms(self) -> Longs:
        """Return the time of each arc."""
        return self.arcs & COST_BITS

    @cached_property
    def onward(self) -> tuple[Ints, Longs]:
        """Return the same arcs by the node that is left: ``indptr``, and where each arrives."""
        ids = np.arange(len(self.arcs))
        shape = (self.n_nodes, self.n_nodes)
        target = self.arc_target.astype(np.int32)
        turned = sparse.csr_array((ids, target, self.indptr), shape=shape).tocsc()
        arrive = turned.indices.astype(np.int64)
        return (
            readonly(turned.indptr, np.int32),
            readonly((arrive << 32) | self.arc_ms[turned.data], np.int64),
        )

    @property
    def walk_mps(self) -> float:
        """Return the speed on foot, which is also that of every access leg."""
        return float(self.speed_mps[ON_FOOT])


@dataclass(frozen=True, eq=False)
class Additions:
    """Hold what was added to the streets of a file: ``imported`` is the network without it.

    ``part_of`` says of every added edge which one it is a part of, between joints; -1 = a street of
    its own.
    """

    imported: StreetNetwork
    joints: Joints
    part_of: Ints


@dataclass(frozen=True)
class StreetNetwork:
    """Hold the streets of a city as arrays in the metric CRS, in memory or memory-mapped.

    ``node_row`` is the row of each node in the ``nodes`` frame; ``coords`` and ``coord_start`` the
    vertices of the edges; ``component`` the weak component of each node over the edges that the
    first profile can use; ``name_id`` and ``highway_id`` point into ``names`` and ``highways``;
    ``step_count`` is the number of single steps of an edge (0: none, or not known). ``gates`` are
    those with a name or hours. ``added`` is never on disk.
    """

    crs: str
    node_x: Floats
    node_y: Floats
    node_row: Ints
    edge_u: Ints
    edge_v: Ints
    length_m: Floats
    bridge_or_tunnel: Bools
    coords: Floats
    coord_start: Longs
    component: Ints
    name_id: Ints
    names: tuple[str, ...]
    highway_id: Ints
    highways: tuple[str, ...]
    step_count: Shorts
    graphs: dict[str, ProfileGraph] = field(default_factory=dict)
    gates: Gates = NO_GATES
    added: Additions | None = None

    @property
    def imported(self) -> StreetNetwork:
        """Return the network as it was imported, without what was added in thought."""
        return self if self.added is None else self.added.imported

    @property
    def joints(self) -> Joints:
        """Return the points of edges that are nodes too."""
        return NO_JOINTS if self.added is None else self.added.joints

    @cached_property
    def set_of(self) -> dict[str, str]:
        """Return, by profile, the first profile that may use the same streets."""
        usable = {name: self.graphs[name].usable for name in PROFILES if name in self.graphs}
        return {
            profile: next(
                name for name, other in usable.items() if np.array_equal(other, graph.usable)
            )
            for profile, graph in self.graphs.items()
        }

    @property
    def n_nodes(self) -> int:
        """Return the number of street nodes."""
        return len(self.node_x)

    @property
    def n_edges(self) -> int:
        """Return the number of edges."""
        return len(self.edge_u)

    def gate_name(self, node: int) -> str:
        """Return the name of the gate at a node of any layer, ``""`` = nameless or no gate."""
        return self.gates.name(node % self.n_nodes)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as named arrays, fit for ``.npy`` files without pickling."""
        arrays = _plain_fields(self)
        parts: dict[str, ProfileGraph | Gates] = {**self.graphs, "gates": self.gates}
        for name, part in parts.items():
            arrays |= {f"{name}.{key}": value for key, value in _plain_fields(part).items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> StreetNetwork:
        """Rebuild what :meth:`to_arrays` gave; memory-mapped arrays stay memory-mapped.

        Arrays of an older version know neither gates nor single steps.
        """
        steps = np.zeros(len(arrays["edge_u"]), np.int16)
        plain = _restored_fields(cls, {"step_count": steps, **arrays})
        names = {key.split(".")[0] for key in arrays if "." in key} - {"gates"}
        graphs = {
            name: ProfileGraph(**_restored_fields(ProfileGraph, arrays, f"{name}."))
            for name in sorted(names)
        }
        if "gates.node" not in arrays:
            return cls(**plain, graphs=graphs)
        return cls(**plain, graphs=graphs, gates=Gates(**_restored_fields(Gates, arrays, "gates.")))


def _plain_fields(record: StreetNetwork | ProfileGraph | Gates) -> dict[str, NDArray[Any]]:
    """Return the fields of a record as arrays; texts as fixed-width unicode."""
    return {
        part.name: np.asarray(getattr(record, part.name))
        for part in fields(record)
        if part.name not in _NOT_PLAIN
    }


def _restored_fields(
    kind: type[StreetNetwork | ProfileGraph | Gates],
    arrays: Mapping[str, NDArray[Any]],
    prefix: str = "",
) -> dict[str, Any]:
    """Undo :func:`_plain_fields` for a kind of record, from arrays under a prefix."""
    return {
        part.name: _restored(part.type, arrays[f"{prefix}{part.name}"])
        for part in fields(kind)
        if part.name not in _NOT_PLAIN
    }


def _restored(kind: Any, array: NDArray[Any]) -> Any:
    """Undo :func:`_plain_fields` for one field, by its annotation."""
    if kind == "str":
        return str(array)
    if kind == "int":
        return int(array)
    if kind == "tuple[str, ...]":
        return tuple(str(text) for text in array.tolist())
    return readonly(array, array.dtype)


def build(
    nodes: gpd.GeoDataFrame,
    edges: gpd.GeoDataFrame,
    profiles: Mapping[str, TravelProfile] = PROFILES,
) -> StreetNetwork:
    """Build the network from checked ``nodes`` and ``edges`` frames in the metric CRS.

    The components are those of the first profile, by default walking.
    """
    nodes, edges = completed(nodes, "nodes"), completed(edges, "edges")
    row = np.argsort(nodes.geometry.hilbert_distance().to_numpy(), kind="stable").astype(np.int32)
    number = np.empty_like(row)
    number[row] = np.arange(len(row), dtype=np.int32)
    u, v = number[edges["u"].to_numpy()], number[edges["v"].to_numpy()]
    length = edges["length_m"].to_numpy(dtype=np.float64)
    place = nodes.geometry.iloc[row]
    coords, owner = shapely.get_coordinates(edges.geometry.to_numpy(), return_index=True)
    graphs = {
        name: _profile_graph(
            profile,
            edge_gaits(edges, profile),
            blocked_nodes(nodes, profile)[:, row],
            (u, v, length),
        )
        for name, profile in profiles.items()
    }
    name_id, names = pd.factorize(edges["name"].astype(object), sort=True)
    highway_id, highways = pd.factorize(edges["highway"].astype(object), sort=True)
    first = next(iter(graphs.values()))
    return StreetNetwork(
        crs=edges.crs.to_string(),
        node_x=readonly(place.x, np.float64),
        node_y=readonly(place.y, np.float64),
        node_row=readonly(row, np.int32),
        edge_u=readonly(u, np.int32),
        edge_v=readonly(v, np.int32),
        length_m=readonly(length, np.float64),
        bridge_or_tunnel=readonly(edges["bridge"] | edges["tunnel"], np.bool_),
        coords=readonly(coords, np.float64),
        coord_start=readonly(np.searchsorted(owner, np.arange(len(edges) + 1)), np.int64),
        component=readonly(_components(len(row), u, v, first.usable), np.int32),
        name_id=readonly(name_id, np.int32),
        names=tuple(names),
        highway_id=readonly(highway_id, np.int32),
        highways=tuple(highways),
        step_count=readonly(edges["step_count"], np.int16),
        graphs=graphs,
        gates=of_nodes(nodes, row),
    )


def _components(n_nodes: int, u: Ints, v: Ints, usable: Bools) -> Ints:
    """Return the weak component of every node over the usable edges."""
    links = sparse.coo_array(
        (np.ones(int(usable.sum()), np.int8), (u[usable], v[usable])), shape=(n_nodes, n_nodes)
    )
    return sparse.csgraph.connected_components(links, directed=False)[1]


def _profile_graph(
    profile: TravelProfile,
    gaits: EdgeGaits,
    blocked: Bools,
    streets: tuple[Ints, Ints, Floats],
) -> ProfileGraph:
    """Build the transposed graph of one profile; ``streets`` are edge ends and lengths."""
    u, v, length = streets
    layers, n_nodes = blocked.shape
    speed = np.zeros(3)
    speed[ON_FOOT] = profile.walk.speed_mps
    speed[RIDING] = profile.ride.speed_mps if profile.ride else 0.0
    arcs_of = street_arcs(u, v, length, gaits, blocked, speed)
    if layers == 2:
        arcs_of = [
            np.concatenate(pair) for pair in zip(arcs_of, leaving_arcs(n_nodes), strict=True)
        ]
    indptr, arcs, arc_edge = packed(layers * n_nodes, *arcs_of)
    moving = arcs[arc_edge >= 0] & COST_BITS
    usable = ((gaits.forward != FORBIDDEN) | (gaits.backward != FORBIDDEN)).any(axis=0)
    return ProfileGraph(
        profile=profile.name,
        layers=layers,
        indptr=readonly(indptr, np.int32),
        arcs=readonly(arcs, np.int64),
        arc_edge=readonly(arc_edge, np.int32),
        forward=readonly(gaits.forward, np.int8),
        backward=readonly(gaits.backward, np.int8),
        blocked=readonly(blocked, np.bool_),
        usable=readonly(usable, np.bool_),
        speed_mps=readonly(speed, np.float64),
        bucket_shift=bucket_shift(moving),
    )


def unbarred(network: StreetNetwork, profile: TravelProfile) -> ProfileGraph:
    """Return a profile's graph as if nothing but distance and one-way streets bound it.

    Gates are open, and ways on which people walk at all – steps, and streets that are closed or
    refuse the profile – are passed at walking pace. Never slower than the profile's own graph.
    """
    own = network.graphs[profile.name]
    kinds = np.array([kind in FOOT_WAYS for kind in network.highways])
    walked = kinds[network.highway_id]
    gaits = EdgeGaits(
        *(
            np.where((gait == FORBIDDEN) & walked, ON_FOOT, gait).astype(np.int8)
            for gait in (own.forward, own.backward)
        )
    )
    streets = (network.edge_u, network.edge_v, network.length_m)
    return _profile_graph(profile, gaits, np.zeros_like(own.blocked), streets)


def small_network() -> StreetNetwork:
    """Return a street of 100 m in two edges for all profiles, to warm up kernels with."""
    texts = "highway name oneway oneway_bicycle access foot bicycle vehicle wheelchair barrier"
    blank = dict.fromkeys(texts.split(), "")
    points = [Point(0.0, 0.0), Point(50.0, 1.0), Point(100.0, 0.0)]
    lines = [LineString(points[:2]), LineString(points[1:])]
    nodes = gpd.GeoDataFrame([blank] * 3, geometry=points, crs=_SOME_CRS)
    edges = gpd.GeoDataFrame(
        [blank | {"highway": "residential", "u": k, "v": k + 1} for k in range(2)],
        geometry=lines,
        crs=_SOME_CRS,
    )
    return build(nodes, edges.assign(length_m=edges.length, bridge=False, tunnel=False))
