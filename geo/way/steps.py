"""Put a way into steps that can be said to somebody: streets, turns, stairs, where to get off.

A step is a stretch on one street in one manner. Bends within a street are no turns. A stretch of
less than :data:`SLIVER_M`, or a nameless one of less than :data:`CONNECTOR_M` in the same manner as
its neighbour, is part of the next step, and the turn is the one from before it to after it: so a
crossing, a slip road or the two carriageways of one street do not fill the list. So is a short
access leg at the beginning: whoever stands beside a street is told where to go along it. Where
nameless ways meet at a junction, a plain turn begins a new step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.access import RIDING
from geo.arcs import milliseconds
from geo.network import ProfileGraph, StreetNetwork
from geo.way import turns
from geo.way.tracing import Piece

Floats = NDArray[np.float64]

#: A stretch shorter than this is part of the next step, metres.
SLIVER_M = 5.0
#: A nameless stretch between streets shorter than this is, too.
CONNECTOR_M = 15.0
#: A leg to a door shorter than this has no side, metres.
LEG_M = 0.5
#: A change of direction beyond this is a turn that is told, whatever the streets' names, degrees.
_REAL_TURN = 50.0

RIDE, PUSH, WALK, STAIRS, LEAVE = "ride", "push", "walk", "stairs", "leave"


@dataclass(frozen=True)
class Step:
    """Hold one step of a way.

    ``kind`` is ``ride``, ``push`` (the vehicle along a footway or against a one-way), ``walk``,
    ``stairs`` or ``leave``: there the vehicle is left for good, on account of a ``cause``: a
    ``gate`` (by name, "" = none), ``steps``, or a ``street`` that refuses it. ``street`` is the
    name of the street ("" = none). ``turn``, one of :data:`geo.way.turns.TURNS`, says how the step
    is entered and ``heading`` where its first metres lead (compass degrees). ``first`` and ``last``
    are the vertices of the way between which it lies. The last step arrives, with the door on a
    ``side``: ``left``, ``right`` or ``ahead``. Stairs have ``flights`` and, where the source counts
    them, ``stairs``.
    """

    kind: str
    street: str
    metres: float
    seconds: float
    turn: str
    heading: int
    first: int
    last: int
    gate: str = ""
    cause: str = ""
    side: str = ""
    flights: int = 0
    stairs: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain values."""
        return asdict(self) | {"metres": round(self.metres, 1), "seconds": round(self.seconds, 1)}


@dataclass(frozen=True)
class Stretch:
    """Hold a part of a way before it is put into words.

    ``first`` to ``last`` are its vertices; its direction is looked at from ``core`` on, behind what
    it has taken up. ``leaves`` are why and at which gate the vehicle is left before it, ``None`` =
    not.
    """

    kind: str
    street: str
    metres: float
    ms: int
    first: int
    last: int
    core: int
    leaves: tuple[str, str] | None = None
    flights: int = 0
    stairs: int | None = 0

    def then(self, other: Stretch) -> Stretch:
        """Return this stretch and the one behind it as one, in this one's manner."""
        unknown = self.stairs is None or other.stairs is None
        return replace(
            self,
            metres=self.metres + other.metres,
            ms=self.ms + other.ms,
            last=other.last,
            flights=self.flights + other.flights,
            stairs=None if unknown else (self.stairs or 0) + (other.stairs or 0),
        )

    def after(self, sliver: Stretch) -> Stretch:
        """Return this stretch with a short one before it as part of it."""
        return replace(
            self,
            metres=self.metres + sliver.metres,
            ms=self.ms + sliver.ms,
            first=sliver.first,
            leaves=sliver.leaves,
        )

    def is_like(self, other: Stretch) -> bool:
        """Return whether two stretches are on one street (or none) in one manner."""
        return (self.kind, self.street) == (other.kind, other.street)


def steps_of(
    network: StreetNetwork,
    graph: ProfileGraph,
    pieces: Sequence[Piece],
    line: Floats,
    corners: Sequence[int],
    legs_m: tuple[float, float],
) -> tuple[Step, ...]:
    """Return a way's steps.

    ``line`` are its vertices, ``corners`` those where its pieces begin and, last, where they end;
    ``legs_m`` the lengths of the access legs before and behind them.
    """
    legs = [
        Stretch(WALK, "", metres, int(milliseconds(np.array(metres), graph.walk_mps)), *ends)
        for metres, ends in zip(
            legs_m,
            ((0, corners[0], 0), (corners[-1], len(line) - 1, corners[-1])),
            strict=True,
        )
    ]
    parts = _without_slivers(_stretches(network, graph, pieces, line, corners), line)
    start, door = legs
    if len(parts) == 1 and parts[0].metres < LEG_M and parts[0].leaves is None:
        start = start.then(parts.pop())
    if start.metres >= SLIVER_M:
        left = parts[0].leaves if parts else None
        if left is not None:
            parts[0] = replace(parts[0], leaves=None)
        parts.insert(0, replace(start, leaves=left))
    elif parts:
        parts[0] = parts[0].after(replace(start, leaves=parts[0].leaves))
    else:
        door = door.after(start)
    return tuple(_told(parts, door, line))


def _stretches(
    network: StreetNetwork,
    graph: ProfileGraph,
    pieces: Sequence[Piece],
    line: Floats,
    corners: Sequence[int],
) -> list[Stretch]:
    """Return the pieces as stretches; those on one street in one manner are one."""
    out: list[Stretch] = []
    before: Piece | None = None
    climbs = False
    for k, piece in enumerate(pieces):
        node = node_at(network, piece.edge, piece.start_m)
        kind = _kind(network, graph, piece)
        leaves = None
        if graph.layers == 2 and piece.layer == 1 and (before is None or before.layer == 0):
            leaves = _cause(network, graph, piece, node)
        part = Stretch(
            kind,
            network.names[network.name_id[piece.edge]],
            abs(piece.end_m - piece.start_m),
            _ms(network, graph, piece),
            corners[k],
            corners[k + 1],
            corners[k],
            leaves=leaves,
            flights=int(kind == STAIRS and not climbs),
            stairs=_stairs(network, piece) if kind == STAIRS else 0,
        )
        last = out[-1] if out else None
        if last is None or leaves is not None or not last.is_like(part):
            out.append(part)
        elif _runs_on(last, part, line) or not _is_junction(network, graph, piece.layer, node):
            out[-1] = last.then(part)
        else:
            out.append(part)
        before, climbs = piece, kind == STAIRS
    return out


def _without_slivers(parts: list[Stretch], line: Floats) -> list[Stretch]:
    """Return the stretches, of which the short ones belong to their neighbours."""
    out: list[Stretch] = []
    ahead = parts[::-1]
    while ahead:
        part = ahead.pop()
        before, behind = (out[-1] if out else None), (ahead[-1] if ahead else None)
        if part.leaves is not None:
            before = None
        if behind is not None and behind.leaves is not None:
            behind = None
        if not _is_sliver(part, before, behind):
            out.append(part)
        elif before and behind and before.is_like(behind) and _runs_on(before, behind, line):
            ahead.pop()
            out[-1] = before.then(part).then(behind)
        elif behind and (behind.kind == part.kind or not _takes(before, part, line)):
            if behind.kind == STAIRS:
                out.append(part)
            else:
                ahead[-1] = behind.after(part)
        elif before and _takes(before, part, line):
            out[-1] = before.then(part)
        else:
            out.append(part)
    return out


def _takes(before: Stretch | None, part: Stretch, line: Floats) -> bool:
    """Return whether a stretch takes up a short one behind it: no turn into that may be lost."""
    if before is None or (before.kind == STAIRS and part.kind != STAIRS):
        return False
    return abs(_bend(before, part, line)) <= _REAL_TURN


def _is_sliver(part: Stretch, before: Stretch | None, behind: Stretch | None) -> bool:
    if part.kind == STAIRS:
        return False
    beside = any(each is not None and each.kind == part.kind for each in (before, behind))
    return part.metres < SLIVER_M or (not part.street and part.metres < CONNECTOR_M and beside)


def _runs_on(before: Stretch, behind: Stretch, line: Floats) -> bool:
    """Return whether two stretches of one manner and name are one: without a name, if straight."""
    return bool(before.street) or abs(_bend(before, behind, line)) <= _REAL_TURN


def _bend(before: Stretch, part: Stretch, line: Floats) -> float:
    """Return by how many degrees the direction changes from one stretch to another."""
    return turns.angle(
        turns.heading(line, before.last, before.core), turns.heading(line, part.core, part.last)
    )


def _told(parts: Sequence[Stretch], door: Stretch, line: Floats) -> list[Step]:
    """Return stretches as steps, the leg to the door last."""
    out: list[Step] = []
    before: Stretch | None = None
    for part in parts:
        heading = round(turns.heading(line, part.core, part.last) or 0.0) % 360
        if part.leaves is not None:
            cause, gate = part.leaves
            at = part.first
            out.append(
                Step(LEAVE, "", 0.0, 0.0, "straight", heading, at, at, gate=gate, cause=cause)
            )
        turn = "start" if before is None else turns.turn(_bend(before, part, line))
        out.append(_step(part, turn, heading))
        before = part
    found = turns.heading(line, door.first, door.last)
    side = "ahead"
    if before is not None and door.metres >= LEG_M:
        side = turns.side(_bend(before, door, line))
    return [*out, replace(_step(door, "arrive", round(found or 0.0) % 360), side=side)]


def _step(part: Stretch, turn: str, heading: int) -> Step:
    return Step(
        part.kind, part.street, part.metres, part.ms / 1000.0, turn, heading,
        part.first, part.last,
        flights=part.flights,
        stairs=part.stairs if part.kind == STAIRS else None,
    )  # fmt: skip


def _kind(network: StreetNetwork, graph: ProfileGraph, piece: Piece) -> str:
    if _gait(graph, piece, piece.layer) == RIDING:
        return RIDE
    if graph.layers == 2 and piece.layer == 0:
        return PUSH
    return STAIRS if _highway(network, piece) == "steps" else WALK


def _highway(network: StreetNetwork, piece: Piece) -> str:
    return network.highways[network.highway_id[piece.edge]]


def _gait(graph: ProfileGraph, piece: Piece, layer: int) -> int:
    gaits = graph.forward if piece.end_m > piece.start_m else graph.backward
    return int(gaits[layer, piece.edge])


def _ms(network: StreetNetwork, graph: ProfileGraph, piece: Piece) -> int:
    metres = abs(piece.end_m - piece.start_m)
    speed = graph.speed_mps[_gait(graph, piece, piece.layer)]
    return max(1, int(milliseconds(np.array(metres), speed)))


def _stairs(network: StreetNetwork, piece: Piece) -> int | None:
    """Return how many single stairs a piece has, in proportion to its edge; ``None`` = unknown."""
    counted, whole = int(network.step_count[piece.edge]), float(network.length_m[piece.edge])
    return round(counted * abs(piece.end_m - piece.start_m) / whole) if counted else None


def _cause(
    network: StreetNetwork, graph: ProfileGraph, piece: Piece, node: int | None
) -> tuple[str, str]:
    """Return why the vehicle is left before a piece, and the name of the gate that refuses it."""
    if node is not None and graph.blocked[0, node]:
        return "gate", network.gate_name(node)
    return "steps" if _highway(network, piece) == "steps" else "street", ""


def node_at(network: StreetNetwork, edge: int, offset_m: float) -> int | None:
    """Return the node where a point of an edge lies, ``None`` between its ends."""
    if offset_m == 0.0:
        return int(network.edge_u[edge])
    return int(network.edge_v[edge]) if offset_m == network.length_m[edge] else None


def _is_junction(network: StreetNetwork, graph: ProfileGraph, layer: int, node: int | None) -> bool:
    """Return whether three ways or more meet at a node."""
    if node is None:
        return False
    here = node + layer * network.n_nodes
    first, ahead = graph.onward
    near = np.append(
        ahead[first[here] : first[here + 1]],
        graph.arcs[graph.indptr[here] : graph.indptr[here + 1]],
    )
    return len(np.setdiff1d((near >> 32) % network.n_nodes, [node])) > 2
