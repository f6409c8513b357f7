"""Hold the points along edges that are nodes too: there a street that was added joins an edge.

The edge is not cut: whoever is tied to it keeps number, offset and way, to the millisecond, and can
turn off at the joint besides (see :mod:`geo.scenario.joining`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.compiled import readonly

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Joints:
    """Hold joints sorted by edge and offset (metres from the edge's ``u``), and their nodes."""

    edge: Ints
    offset_m: Floats
    node: Ints

    def beside(self, edge: Ints) -> tuple[Longs, Longs]:
        """Return every place that shares its edge with joints, and those joints: two row arrays."""
        low = np.searchsorted(self.edge, edge, side="left")
        count = np.searchsorted(self.edge, edge, side="right") - low
        place = np.repeat(np.arange(len(edge)), count)
        return place, np.repeat(low - (np.cumsum(count) - count), count) + np.arange(len(place))


NO_JOINTS = Joints(readonly([], np.int32), readonly([], np.float64), readonly([], np.int32))
