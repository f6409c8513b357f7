"""Decide who may move where: which streets and gates admit a travel profile, and at which gait.

Every edge has, for each layer of a profile and each direction, a *gait*: forbidden, on foot, or
riding. Layer 0 is the profile's vehicle (or the only layer, on foot); layer 1 is on foot after the
vehicle has been left. A street that refuses cycling but not entry is pushed along on foot in layer
0, and so is a one-way street against its direction; steps are never pushed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.model import Mode, TravelProfile

FORBIDDEN, ON_FOOT, RIDING = 0, 1, 2

Bools = NDArray[np.bool_]
Gaits = NDArray[np.int8]

_ALLOWED = frozenset({"yes", "designated", "permissive", "official"})
# Nothing on wheels passes these unless a tag says so.
_NARROW = frozenset({"turnstile", "full-height_turnstile", "kissing_gate", "stile"})
# At a gate "dismount" is a step of pushing: it takes no time and turns nobody away.
_PUSH_THROUGH = frozenset({"dismount", "use_sidepath"})


@dataclass(frozen=True)
class EdgeGaits:
    """Hold the gait along (u → v) and against (v → u) every edge, shape (layers, edges)."""

    forward: Gaits
    backward: Gaits


def _deciding_tag(frame: pd.DataFrame, tags: Iterable[str]) -> pd.Series:
    """Return, row by row, the value of the first tag that is present."""
    decided = pd.Series("", index=frame.index, dtype=object)
    for tag in tags:
        decided = decided.where(decided != "", frame[tag].astype(object))
    return decided


def _is(series: pd.Series, values: Iterable[str]) -> Bools:
    return series.isin(list(values)).to_numpy(dtype=bool)


def _admits(edges: pd.DataFrame, mode: Mode) -> Bools:
    """Return the edges whose kind and tags admit the mode, whatever the direction."""
    refused = _is(_deciding_tag(edges, mode.access_tags), mode.refused)
    return _is(edges["highway"], mode.highways) & ~refused


def _directions(edges: pd.DataFrame) -> tuple[Bools, Bools]:
    """Return where riding forward and backward is lawful; the cyclists' own rule comes first."""
    rule = _deciding_tag(edges, ("oneway_bicycle", "oneway"))
    return ~_is(rule, ("-1",)), ~_is(rule, ("yes",))


def edge_gaits(edges: pd.DataFrame, profile: TravelProfile) -> EdgeGaits:
    """Return the gaits of a profile on every edge of a checked ``edges`` frame."""
    on_foot = _admits(edges, profile.walk)
    walking = np.where(on_foot, ON_FOOT, FORBIDDEN).astype(np.int8)
    if profile.ride is None:
        return EdgeGaits(walking[None, :], walking[None, :].copy())
    ride = profile.ride
    refused = _is(_deciding_tag(edges, ride.access_tags), ride.refused)
    ride_kind = _is(edges["highway"], ride.highways)
    push_kind = _is(edges["highway"], profile.push_highways)
    invited = push_kind & _is(edges[ride.access_tags[0]], _ALLOWED)
    riding = (ride_kind | invited) & ~refused
    pushing = (ride_kind | push_kind) & on_foot
    along, against = _directions(edges) if ride.oneway else (np.True_, np.True_)
    layers = []
    for lawful in (along, against):
        vehicle = np.where(riding & lawful, RIDING, np.where(pushing, ON_FOOT, FORBIDDEN))
        layers.append(np.stack([vehicle.astype(np.int8), walking]))
    return EdgeGaits(layers[0], layers[1])


def _gate_refuses(nodes: pd.DataFrame, mode: Mode) -> Bools:
    """Return the gates and other barriers on a street that turn the mode away."""
    own = mode.access_tags[0]
    turned_away = _is(_deciding_tag(nodes, mode.access_tags), mode.refused - _PUSH_THROUGH)
    if own != "foot":
        narrow = _is(nodes["barrier"], _NARROW) & ~_is(nodes[own], _ALLOWED)
        turned_away = turned_away | narrow
    return turned_away & ~_is(nodes["barrier"], ("", "no"))


def blocked_nodes(nodes: pd.DataFrame, profile: TravelProfile) -> Bools:
    """Return the nodes that can be reached but not passed, shape (layers, nodes)."""
    on_foot = _gate_refuses(nodes, profile.walk)
    if profile.ride is None:
        return on_foot[None, :]
    return np.stack([_gate_refuses(nodes, profile.ride), on_foot])
