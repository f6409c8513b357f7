"""Find the link of a place: the nearest point of the nearest usable street edge.

The access leg is at most ``max_access_m`` long and crosses no known barrier; an edge whose leg
crosses one is passed over for the next nearest. Bridges and tunnels are entered only at their ends:
along them there is no link, and an end that no other usable edge touches is a point of its own.
"""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.barriers import BarrierIndex
from geo.bins import sort_segments
from geo.compiled import COMPILED, readonly
from geo.legs import link_all, link_one
from geo.links import AT_NODE_M, Link, Links
from geo.model import MAX_ACCESS_M
from geo.network import StreetNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: An added street is nearer when it is nearer by this: a nanometre is no difference, metres.
_NEARER_M = 1e-6
_SQUARE_M = 40.0
_PLACES_AT_ONCE = 20_000
_NO_BARRIERS = sort_segments(np.empty((0, 4)), 1.0)
_NO_BODIES = readonly(np.empty((0, 4)), np.float64)


class _Scratch(threading.local):
    """Keep one thread's arrays between searches: they are larger than what one place touches.

    ``mark`` is the last number that was stamped on an edge; it only grows, so that nothing needs to
    be wiped.
    """

    def __init__(self) -> None:
        self.mark = 0
        self._edges, self._room = 0, 0
        self.arrays(1, 1)

    def arrays(self, edges: int, room: int) -> tuple[Longs, Ints, Longs, Floats]:
        """Return stamps and slots of so many edges, and lists with so much room."""
        if edges > self._edges:
            self._edges = edges
            self._of_edges = np.zeros(edges, np.int64), np.empty(edges, np.int32)
        if room > self._room:
            self._room = room
            self._lists = np.empty(room, np.int64), np.empty(room)
        return (*self._of_edges, *self._lists)


_scratch = _Scratch()


class StreetIndex:
    """Find the link of any place; built once for the edges that a profile can use.

    ``usable`` marks those edges, bridges and tunnels included (``ProfileGraph.usable``).
    """

    def __init__(
        self, network: StreetNetwork, usable: Bools, barriers: BarrierIndex | None = None
    ) -> None:
        ends, edge, offset = _candidates(network, np.asarray(usable), barriers)
        self._network = network
        self._barriers = barriers
        self._ends, self._edge, self._offset = ends, edge, offset
        self._length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
        self._grid = sort_segments(ends, _SQUARE_M) if COMPILED else None

    def link(
        self, xy: Floats, max_access_m: float = MAX_ACCESS_M, *, across: bool = False
    ) -> Links:
        """Return the link of every place; ``xy`` are metres in the network's CRS, shape (n, 2).

        Equally near edges: the lowest row wins. A place inside water has no link: nobody stands
        there, though a street without a bridge's tag may run through. ``across`` lets legs cross
        barriers and begin in water: they will be built.
        """
        places = readonly(np.reshape(xy, (-1, 2)), np.float64)
        if len(places) == 1 and self._grid is not None:
            x, y = places[0].tolist()
            return Links.of(self.link_one(x, y, max_access_m, across=across))
        barriers = None if across else self._barriers
        if self._grid is None:
            segment = self._segments_by_tree(places, max_access_m, barriers)
        else:
            segment = self._segments_by_kernel(places, max_access_m, barriers)
        if barriers is not None:
            near = np.flatnonzero(segment >= 0)
            segment[near[barriers.holds(places[near])]] = -1
        return self._links(places, segment)

    def link_one(
        self, x: float, y: float, max_access_m: float = MAX_ACCESS_M, *, across: bool = False
    ) -> Link | None:
        """Answer :meth:`link` for one place, to the last bit, without arrays in between."""
        grid = self._grid
        if grid is None:
            return self.link(np.array([[x, y]]), max_access_m, across=across).row(0)
        if not grid.nx:
            return None
        barriers = None if across else self._barriers
        walls, bodies = (
            (_NO_BARRIERS, _NO_BODIES) if barriers is None else (barriers.bins, barriers.boxes)
        )
        segment, _scratch.mark, share, foot_x, foot_y, may_be_wet = link_one(
            x, y, grid, self._entry_edge, walls, bodies,
            float(max_access_m), _scratch.mark, self._arrays(walls.nx > 0),
        )  # fmt: skip
        if segment < 0 or (may_be_wet and barriers and barriers.holds(np.array([[x, y]]))[0]):
            return None
        edge = self._edge.item(segment)
        whole = float(self._network.length_m.item(edge))
        along = min(self._offset.item(segment) + share * self._length.item(segment), whole)
        offset = along
        if along <= AT_NODE_M and along <= whole / 2:
            offset = 0.0
        elif whole - along <= AT_NODE_M:
            offset = whole
        leg = float(np.hypot(x - foot_x, y - foot_y)) + abs(offset - along)
        return Link(edge, offset, leg, (foot_x, foot_y))

    def link_by_tree(self, xy: Floats, max_access_m: float = MAX_ACCESS_M) -> Links:
        """Answer :meth:`link` by Shapely's tree, without compiled kernels."""
        places = np.asarray(xy, float).reshape(-1, 2)
        segment = self._segments_by_tree(places, max_access_m, self._barriers)
        return self._links(places, segment)

    def _segments_by_kernel(
        self, places: Floats, reach: float, barriers: BarrierIndex | None
    ) -> Longs:
        grid = self._grid
        assert grid is not None
        blockers = _NO_BARRIERS if barriers is None else barriers.bins
        entries = np.full(len(places), -1, np.int64)
        if grid.nx:
            _scratch.mark = link_all(
                places, grid, self._entry_edge, blockers, float(reach),
                _scratch.mark, self._arrays(blockers.nx > 0), entries,
            )  # fmt: skip
        found = entries >= 0
        entries[found] = grid.segment[entries[found]]
        return entries

    def _arrays(self, has_barriers: bool) -> tuple[Longs, Ints, Longs, Floats]:
        """Return what the kernels write to meanwhile."""
        edges = self._network.n_edges if has_barriers else 0
        return _scratch.arrays(edges, edges + self._lone_entries)

    @cached_property
    def _entry_edge(self) -> Ints:
        """Return the edge of every entry of the bins."""
        assert self._grid is not None
        return readonly(self._edge[self._grid.segment], np.int32)

    @cached_property
    def _lone_entries(self) -> int:
        """Return how many entries of the bins are ends of bridges, each its own candidate."""
        assert self._grid is not None
        return int(np.count_nonzero(self._length[self._grid.segment] == 0.0))

    def _segments_by_tree(
        self, places: Floats, reach: float, barriers: BarrierIndex | None
    ) -> Longs:
        """Return the segment that every place links to, or −1."""
        chosen = np.full(len(places), -1, np.int64)
        if not len(self._ends):
            return chosen
        tree = shapely.STRtree(shapely.linestrings(self._ends.reshape(-1, 2, 2)))
        for first in range(0, len(places), _PLACES_AT_ONCE):
            part = places[first : first + _PLACES_AT_ONCE]
            # The tree measures a little differently in the last bits: ask for more, then measure.
            place, segment = tree.query(
                shapely.points(part), predicate="dwithin", distance=reach * (1 + 1e-9)
            )
            chosen[first : first + len(part)] = self._best_of(part, place, segment, reach, barriers)
        return chosen

    def _best_of(
        self,
        places: Floats,
        place: NDArray[np.int64],
        segment: NDArray[np.int64],
        reach: float,
        barriers: BarrierIndex | None,
    ) -> Longs:
        """Return, from candidate pairs, the nearest clear edge's segment of each place."""
        chosen = np.full(len(places), -1, np.int64)
        _, foot = _feet(places[place], self._ends[segment])
        square = ((places[place] - foot) ** 2).sum(axis=1)
        lone = self._length[segment] == 0.0
        rival = np.where(lone, self._network.n_edges + segment, self._edge[segment])
        order = np.lexsort((segment, square, rival, place))
        order = order[square[order] <= reach * reach]
        owner = np.stack([place[order], rival[order]])
        order = order[np.r_[True, (owner[:, 1:] != owner[:, :-1]).any(axis=0)][: len(order)]]
        if barriers is not None:
            blocked = barriers.crosses_by_tree(places[place[order]], foot[order])
            order = order[blocked < 0]
        order = order[np.lexsort((self._edge[segment[order]], square[order], place[order]))]
        who, first = np.unique(place[order], return_index=True)
        chosen[who] = segment[order[first]]
        return chosen

    def _links(self, places: Floats, segment: NDArray[np.int64]) -> Links:
        """Return the links of places to their segments."""
        found = segment >= 0
        at = segment[found]
        share, foot = _feet(places[found], self._ends[at])
        edge = np.full(len(places), -1, np.int32)
        offset, leg = np.full(len(places), np.nan), np.full(len(places), np.nan)
        xy = np.full((len(places), 2), np.nan)
        edge[found], xy[found] = self._edge[at], foot
        whole = self._network.length_m[edge[found]]
        along = np.minimum(self._offset[at] + share * self._length[at], whole)
        at_u = (along <= AT_NODE_M) & (along <= whole / 2)
        at_v = (whole - along <= AT_NODE_M) & ~at_u
        offset[found] = np.where(at_u, 0.0, np.where(at_v, whole, along))
        # What the snap leaves out is walked: a trip stays no shorter than its straight line.
        leg[found] = np.hypot(*(places[found] - foot).T) + np.abs(offset[found] - along)
        return Links(edge, offset, leg, xy)


class WidenedIndex:
    """Find the link of any place among the streets of a file and those that were added to them.

    Where an added street begins, the street of the file is named.
    """

    def __init__(self, imported: StreetIndex, added: StreetIndex) -> None:
        self._both = imported, added

    def link(
        self, xy: Floats, max_access_m: float = MAX_ACCESS_M, *, across: bool = False
    ) -> Links:
        """Return the link of every place, as :meth:`StreetIndex.link` of all streets would."""
        places = np.asarray(xy, float).reshape(-1, 2)
        old, new = (index.link(places, max_access_m, across=across) for index in self._both)
        apart = [np.hypot(*(places - links.xy).T) for links in (old, new)]
        nearer = (new.edge >= 0) & ((old.edge < 0) | (apart[1] < apart[0] - _NEARER_M))
        return Links(
            np.where(nearer, new.edge, old.edge),
            np.where(nearer, new.offset_m, old.offset_m),
            np.where(nearer, new.leg_m, old.leg_m),
            np.where(nearer[:, None], new.xy, old.xy),
        )

    def link_one(
        self, x: float, y: float, max_access_m: float = MAX_ACCESS_M, *, across: bool = False
    ) -> Link | None:
        """Answer :meth:`link` for one place."""
        old, new = (index.link_one(x, y, max_access_m, across=across) for index in self._both)
        if old is None or new is None:
            return old or new
        apart = [float(np.hypot(x - link.xy[0], y - link.xy[1])) for link in (old, new)]
        return new if apart[1] < apart[0] - _NEARER_M else old


def _feet(places: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Return the share along each segment of the point nearest to its place, and that point."""
    start, step = ends[:, :2], ends[:, 2:] - ends[:, :2]
    square = step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1]
    apart = places - start
    share = (apart[:, 0] * step[:, 0] + apart[:, 1] * step[:, 1]) / np.where(square > 0, square, 1)
    share = np.clip(share, 0.0, 1.0)
    return share, np.where((share == 1.0)[:, None], ends[:, 2:], start + share[:, None] * step)


def _candidates(
    network: StreetNetwork, usable: Bools, barriers: BarrierIndex | None
) -> tuple[Floats, Ints, Floats]:
    """Return what places may link to: segments, their edges, and the offsets where they begin.

    Ends of bridges and tunnels that touch no other usable edge are segments of no length. An end
    in the middle of water (a pier, a street cut off by the file) is nowhere to step ashore.
    """
    xy, start = network.coords, network.coord_start
    owner = np.repeat(np.arange(network.n_edges), np.diff(start))
    inside = np.flatnonzero(owner[1:] == owner[:-1])
    piece = np.hypot(*(xy[inside + 1] - xy[inside]).T)
    total = np.cumsum(piece) - piece
    edge = owner[inside].astype(np.int32)
    first = np.r_[True, edge[1:] != edge[:-1]][: len(edge)]
    offset = total - np.repeat(total[first], np.diff(np.r_[np.flatnonzero(first), len(edge)]))
    open_ = (usable & ~network.bridge_or_tunnel)[edge] & (piece > 0.0)
    ends = np.hstack([xy[inside], xy[inside + 1]])[open_]
    lone_edge, lone_offset, lone_xy = lone_ends(network, usable)
    if barriers is not None and len(lone_edge):
        ashore = ~barriers.holds(lone_xy)
        lone_edge, lone_offset, lone_xy = lone_edge[ashore], lone_offset[ashore], lone_xy[ashore]
    return (
        readonly(np.vstack([ends, np.hstack([lone_xy, lone_xy])]), np.float64),
        np.concatenate([edge[open_], lone_edge]).astype(np.int32),
        np.concatenate([offset[open_], lone_offset]),
    )


def lone_ends(network: StreetNetwork, usable: Bools) -> tuple[Ints, Floats, Floats]:
    """Return the ends of bridges and tunnels where no other usable edge begins."""
    bridge = np.flatnonzero(usable & network.bridge_or_tunnel)
    # A node that two bridge edges share is in the middle of a bridge, no end of it.
    uses = np.bincount(network.edge_u[usable], minlength=network.n_nodes)
    uses += np.bincount(network.edge_v[usable], minlength=network.n_nodes)
    at_u = bridge[uses[network.edge_u[bridge]] == 1]
    at_v = bridge[uses[network.edge_v[bridge]] == 1]
    xy = network.coords[
        np.concatenate([network.coord_start[at_u], network.coord_start[at_v + 1] - 1])
    ]
    edge = np.concatenate([at_u, at_v]).astype(np.int32)
    return edge, np.concatenate([np.zeros(len(at_u)), network.length_m[at_v]]), xy
