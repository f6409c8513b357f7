"""Hold how places – stations, people, map pixels, riders – are tied to the streets.

A link is the straight *access leg* to a street edge; :mod:`geo.street_index` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: A link this near to an end of its edge is at the end, in metres.
AT_NODE_M = 0.05


class Link(NamedTuple):
    """Hold the link of one place that has one, as a row of :class:`Links` does."""

    edge: int
    offset_m: float
    leg_m: float
    xy: tuple[float, float]


@dataclass(frozen=True)
class Links:
    """Hold the link of every place: edge row (−1 = none within reach) and where on it.

    ``offset_m`` is measured along the edge from its ``u``; within :data:`AT_NODE_M` of an end it is
    exactly 0 or the edge's length, and ``leg_m``, the length of the access leg, holds those
    centimetres. ``xy`` is where the leg meets the street (metric CRS). NaN where there is no link.
    """

    edge: Ints
    offset_m: Floats
    leg_m: Floats
    xy: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def row(self, row: int) -> Link | None:
        """Return the link of one place, ``None`` where it has none."""
        edge = int(self.edge[row])
        if edge < 0:
            return None
        x, y = self.xy[row].tolist()
        return Link(edge, float(self.offset_m[row]), float(self.leg_m[row]), (x, y))

    def take(self, rows: NDArray[np.integer]) -> Links:
        """Return the links of some places, in the order of ``rows``."""
        return Links(self.edge[rows], self.offset_m[rows], self.leg_m[rows], self.xy[rows])

    def only(self, rows: NDArray[np.integer]) -> Links:
        """Return all links, of which only those in ``rows`` lead to a street; numbers stay."""
        edge = np.full(len(self), -1, np.int32)
        edge[rows] = self.edge[rows]
        return Links(edge, self.offset_m, self.leg_m, self.xy)

    def followed_by(self, others: Links) -> Links:
        """Return these links and behind them the others."""
        return Links(
            np.append(self.edge, others.edge),
            np.append(self.offset_m, others.offset_m),
            np.append(self.leg_m, others.leg_m),
            np.vstack([self.xy, others.xy]),
        )

    def with_rows(self, rows: NDArray[np.integer], others: Links) -> Links:
        """Return these links, of which those in ``rows`` are the others, in their order."""
        edge, offset, leg, xy = (
            self.edge.copy(), self.offset_m.copy(), self.leg_m.copy(), self.xy.copy()
        )  # fmt: skip
        edge[rows], offset[rows] = others.edge, others.offset_m
        leg[rows], xy[rows] = others.leg_m, others.xy
        return Links(edge, offset, leg, xy)

    @classmethod
    def none(cls) -> Links:
        """Return the links of no places."""
        return cls(np.empty(0, np.int32), np.empty(0), np.empty(0), np.empty((0, 2)))

    @classmethod
    def of(cls, link: Link | None) -> Links:
        """Return the link of one place alone."""
        if link is None:
            nan = np.full(1, np.nan)
            return cls(np.full(1, -1, np.int32), nan, nan.copy(), np.full((1, 2), np.nan))
        return cls(
            np.array([link.edge], np.int32),
            np.array([link.offset_m]),
            np.array([link.leg_m]),
            np.array([link.xy]),
        )
