"""Add the way from a place to the street nodes to the nodes' times: kernels of :mod:`geo.reach`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.access import FORBIDDEN, ON_FOOT
from geo.buckets import UNREACHED
from geo.compiled import inline, kernel
from geo.network import milliseconds

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Gaits = NDArray[np.int8]

_SLACK_MS = 1e-6  # as in geo.network.milliseconds
# Links lie at an end exactly or 5 cm from it; kept as float32 they move by less than this.
_AT_END_M = 0.01


class Streets(NamedTuple):
    """Hold what a place needs to know of its edge; see :class:`geo.network.ProfileGraph`."""

    u: Ints
    v: Ints
    length_m: Floats
    forward: Gaits
    backward: Gaits
    speed_mps: Floats
    n_nodes: int


class Doors(NamedTuple):
    """Hold the stations that stand on edges, sorted by edge: see :class:`geo.reach.Seeds`."""

    edge: Ints
    offset_m: Floats
    leg_ms: Ints
    station: Ints


@inline
def _ms(metres, speed_mps):
    return np.int64(math.ceil(metres / speed_mps * 1000.0 - _SLACK_MS))


@kernel
def arrive(edge, offset, leg, streets, time, station, doors, label):
    """Write the label (time << 32 | station) of every place; unlinked ones keep theirs."""
    for i in range(len(edge)):
        e = edge[i]
        if e < 0:
            continue
        along, whole = offset[i], streets.length_m[e]
        at_v = whole - along <= min(_AT_END_M, along)
        at_u = along <= _AT_END_M and not at_v
        best = label[i]
        legs = _ms(leg[i], streets.speed_mps[ON_FOOT])
        first = np.searchsorted(doors.edge, e)
        for layer in range(len(streets.forward)):
            ahead, behind = streets.forward[layer, e], streets.backward[layer, e]
            node = streets.v[e] + layer * streets.n_nodes
            if time[node] != UNREACHED:
                if at_v:
                    best = min(best, ((legs + time[node]) << 32) | station[node])
                elif ahead != FORBIDDEN:
                    way = _ms(whole - along, streets.speed_mps[ahead])
                    best = min(best, ((legs + way + time[node]) << 32) | station[node])
            node = streets.u[e] + layer * streets.n_nodes
            if time[node] != UNREACHED:
                if at_u:
                    best = min(best, ((legs + time[node]) << 32) | station[node])
                elif behind != FORBIDDEN:
                    way = _ms(along, streets.speed_mps[behind])
                    best = min(best, ((legs + way + time[node]) << 32) | station[node])
            door = first
            while door < len(doors.edge) and doors.edge[door] == e:
                step = doors.offset_m[door] - along
                gait = ahead if step > 0.0 else behind
                if step == 0.0 or gait != FORBIDDEN:
                    way = np.int64(0)
                    if step != 0.0:
                        way = _ms(abs(step), streets.speed_mps[gait])
                    total = legs + way + doors.leg_ms[door]
                    best = min(best, (total << 32) | doors.station[door])
                door += 1
        label[i] = best


def arrive_plain(edge, offset, leg, streets, time, station, doors, label):
    """Do what :func:`arrive` does, by array arithmetic."""
    here = np.flatnonzero(edge >= 0)
    e, along = edge[here], offset[here]
    whole = streets.length_m[e]
    legs = milliseconds(leg[here], streets.speed_mps[ON_FOOT])
    at_v = whole - along <= np.minimum(_AT_END_M, along)
    at_u = (along <= _AT_END_M) & ~at_v
    best = label[here]
    for layer in range(len(streets.forward)):
        for ends, gaits, way, at_end in (
            (streets.v, streets.forward, np.where(at_v, 0.0, whole - along), at_v),
            (streets.u, streets.backward, np.where(at_u, 0.0, along), at_u),
        ):
            node = ends[e] + layer * streets.n_nodes
            gait = gaits[layer][e]
            fits = (time[node] != UNREACHED) & (at_end | (gait != FORBIDDEN))
            cost = milliseconds(way, np.where(gait == FORBIDDEN, 1.0, streets.speed_mps[gait]))
            total = legs + cost + time[node]
            offer = (total << 32) | station[node].astype(np.int64)
            best = np.where(fits, np.minimum(best, offer), best)
    label[here] = best
    _doors_plain(edge, offset, leg, streets, doors, label)


def _doors_plain(edge, offset, leg, streets, doors, label):
    """Lower the labels of places that share their edge with a station's door."""
    low = np.searchsorted(doors.edge, edge, side="left")
    high = np.searchsorted(doors.edge, edge, side="right")
    for i in np.flatnonzero((high > low) & (edge >= 0)):
        door = np.arange(low[i], high[i])
        step = doors.offset_m[door] - offset[i]
        for layer in range(len(streets.forward)):
            gait = np.where(
                step > 0, streets.forward[layer][edge[i]], streets.backward[layer][edge[i]]
            )
            fits = (step == 0.0) | (gait != FORBIDDEN)
            way = milliseconds(
                np.abs(step), np.where(gait == FORBIDDEN, 1.0, streets.speed_mps[gait])
            )
            own = milliseconds(leg[i], streets.speed_mps[ON_FOOT])
            total = own + way + doors.leg_ms[door]
            offer = (total << 32) | doors.station[door].astype(np.int64)
            label[i] = min([label[i], *offer[fits]])
