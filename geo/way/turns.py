"""Name the turns of a line as a person on it takes them, from directions in the metric CRS.

Directions are looked at over :data:`LOOK_M` metres before and after a corner, so that a crooked
vertex or a rounded kerb does not make a turn of its own. Angles are those of a compass, in degrees:
positive to the right.

========  =======================================
to 20°    straight
to 50°    slight_left, slight_right
to 120°   left, right
to 160°   sharp_left, sharp_right
beyond    back
========  =======================================
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Every word for the way a step is entered.
TURNS = (
    "start", "straight", "slight_left", "left", "sharp_left", "slight_right", "right",
    "sharp_right", "back", "arrive",
)  # fmt: skip

LOOK_M = 12.0
_STRAIGHT, _SLIGHT, _PLAIN, _SHARP = 20.0, 50.0, 120.0, 160.0


def heading(line: Floats, first: int, last: int) -> float | None:
    """Return the compass direction of a line's first metres between two of its vertices, degrees.

    ``None`` where all of these lie in one place. From ``last`` to a ``first`` behind it, it is the
    direction in which the last metres are travelled.
    """
    if first <= last:
        end = _ahead(line[first : last + 1])
        step = end - line[first]
    else:
        end = _ahead(line[last : first + 1][::-1])
        step = line[first] - end
    if not np.hypot(*step) > 1e-6:
        return None
    return math.degrees(math.atan2(step[0], step[1])) % 360.0


def _ahead(line: Floats) -> Floats:
    """Return the point so many metres along a line, or its end."""
    if len(line) < 2:
        return line[0]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = min(LOOK_M, along[-1])
    return np.array([np.interp(at, along, line[:, axis]) for axis in (0, 1)])


def angle(before: float | None, after: float | None) -> float:
    """Return by how many degrees a direction changes, −180 to 180; unknown directions do not."""
    if before is None or after is None:
        return 0.0
    return (after - before + 180.0) % 360.0 - 180.0


def turn(degrees: float) -> str:
    """Return the word for a change of direction."""
    size, side = abs(degrees), "right" if degrees > 0 else "left"
    if size <= _STRAIGHT:
        return "straight"
    if size <= _SLIGHT:
        return f"slight_{side}"
    if size <= _PLAIN:
        return side
    return f"sharp_{side}" if size <= _SHARP else "back"


def side(degrees: float) -> str:
    """Return on which side a door lies that is seen under an angle to the direction of travel."""
    if abs(degrees) <= _STRAIGHT:
        return "ahead"
    return "right" if degrees > 0 else "left"
