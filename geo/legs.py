"""Find the access leg of a place: the kernels behind :mod:`geo.street_index`.

Street segments stand in bins; the nearest is looked for in rings of squares around the place. Only
where its leg crosses a barrier all edges within reach are listed, each by its nearest point, and
the nearest one with a clear leg is taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.barriers import blocking_entry, crossing
from geo.bins import Bins, column
from geo.compiled import inline, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@inline
def nearest_on(
    px: float, py: float, x0: float, y0: float, x1: float, y1: float
) -> tuple[float, float, float]:
    """Return the share (0–1) along a segment of its point nearest to P, and that point."""
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    t = 0.0
    if square > 0.0:
        t = ((px - x0) * dx + (py - y0) * dy) / square
    if t <= 0.0:
        return 0.0, x0, y0
    if t >= 1.0:  # the end itself, so that edges meeting there are equally far to the last bit
        return 1.0, x1, y1
    return t, x0 + t * dx, y0 + t * dy


@inline
def _square_distance(px: float, py: float, xy: Floats, entry: int) -> float:
    """Return the squared distance of P to a segment of the bins."""
    _, qx, qy = nearest_on(px, py, xy[entry, 0], xy[entry, 1], xy[entry, 2], xy[entry, 3])
    return (px - qx) * (px - qx) + (py - qy) * (py - qy)


@kernel
def _nearest_entry(px: float, py: float, grid: Bins, entry_edge: Ints, reach: float) -> int:
    """Return the bin entry nearest to P, by rings of squares around it, or −1."""
    cx = int(np.floor((px - grid.left) / grid.size))
    cy = int(np.floor((py - grid.bottom) / grid.size))
    best, best_square, best_edge = -1, reach * reach, -1
    for ring in range(int(reach / grid.size) + 2):
        if ring > 0:
            seen = min(  # every square nearer than this has been looked at
                px - (grid.left + (cx - ring + 1) * grid.size),
                grid.left + (cx + ring) * grid.size - px,
                py - (grid.bottom + (cy - ring + 1) * grid.size),
                grid.bottom + (cy + ring) * grid.size - py,
            )
            if seen > 0.0 and seen * seen > best_square:
                break
        for row in range(max(cy - ring, 0), min(cy + ring, grid.ny - 1) + 1):
            on_rim = row == cy - ring or row == cy + ring
            for col in range(cx - ring, cx + ring + 1, 1 if on_rim else 2 * ring):
                if col < 0 or col >= grid.nx:
                    continue
                square = row * grid.nx + col
                for entry in range(grid.start[square], grid.start[square + 1]):
                    apart = _square_distance(px, py, grid.xy, entry)
                    if apart < best_square or (
                        apart == best_square and (best < 0 or entry_edge[entry] < best_edge)
                    ):
                        best, best_square, best_edge = entry, apart, entry_edge[entry]
    return best


@kernel
def _gather(
    px: float,
    py: float,
    grid: Bins,
    entry_edge: Ints,
    reach: float,
    mark: int,
    stamps: Longs,
    slots: Ints,
    picked: Longs,
    square_of: Floats,
) -> int:
    """List each edge within reach by its nearest entry; return how many there are.

    Entries of no length are ends of bridges, each listed for itself. ``stamps`` holds the last
    mark that listed an edge, ``slots`` where; ``picked`` and ``square_of`` are the list: entries
    and squared distances.
    """
    count = 0
    west = column(px - reach, grid.left, grid.size, grid.nx)
    east = column(px + reach, grid.left, grid.size, grid.nx)
    south = column(py - reach, grid.bottom, grid.size, grid.ny)
    north = column(py + reach, grid.bottom, grid.size, grid.ny)
    for row in range(south, north + 1):
        for entry in range(grid.start[row * grid.nx + west], grid.start[row * grid.nx + east + 1]):
            apart = _square_distance(px, py, grid.xy, entry)
            edge = entry_edge[entry]
            if apart > reach * reach:
                continue
            lone = grid.xy[entry, 0] == grid.xy[entry, 2] and grid.xy[entry, 1] == grid.xy[entry, 3]
            if lone or stamps[edge] != mark:
                if not lone:
                    stamps[edge] = mark
                    slots[edge] = count
                picked[count] = entry
                square_of[count] = apart
                count += 1
            elif apart < square_of[slots[edge]]:
                picked[slots[edge]] = entry
                square_of[slots[edge]] = apart
    return count


@kernel
def _nearest_clear(
    px: float,
    py: float,
    grid: Bins,
    entry_edge: Ints,
    barriers: Bins,
    count: int,
    picked: Longs,
    square_of: Floats,
) -> int:
    """Return, of the edges listed, the entry of the nearest whose leg is clear, or −1."""
    wall = barriers.xy
    best, best_square, best_edge, last = -1, np.inf, -1, -1
    for i in range(count):
        entry, apart = picked[i], square_of[i]
        edge = entry_edge[entry]
        if apart > best_square or (apart == best_square and edge > best_edge):
            continue
        ax, ay, bx, by = grid.xy[entry, 0], grid.xy[entry, 1], grid.xy[entry, 2], grid.xy[entry, 3]
        _, qx, qy = nearest_on(px, py, ax, ay, bx, by)
        if last >= 0:  # what blocked the last leg very likely blocks this one
            ax, ay, bx, by = wall[last, 0], wall[last, 1], wall[last, 2], wall[last, 3]
            if crossing(px, py, qx, qy, ax, ay, bx, by) >= 0.0:
                continue
        found = blocking_entry(px, py, qx, qy, barriers, False)
        if found >= 0:
            last = found
        else:
            best, best_square, best_edge = entry, apart, edge
    return best


@inline
def _linked_entry(
    px: float,
    py: float,
    grid: Bins,
    entry_edge: Ints,
    barriers: Bins,
    reach: float,
    mark: int,
    scratch: tuple[Longs, Ints, Longs, Floats],
) -> tuple[int, int]:
    """Return the bin entry that P links to, or −1, and the last mark that is used in the scratch.

    ``mark`` is the last one that was used before.
    """
    stamps, slots, picked, square_of = scratch
    entry = _nearest_entry(px, py, grid, entry_edge, reach)
    if entry < 0 or barriers.nx == 0:
        return entry, mark
    ax, ay, bx, by = grid.xy[entry, 0], grid.xy[entry, 1], grid.xy[entry, 2], grid.xy[entry, 3]
    _, qx, qy = nearest_on(px, py, ax, ay, bx, by)
    if blocking_entry(px, py, qx, qy, barriers, False) < 0:
        return entry, mark
    near = 2.0 * np.hypot(px - qx, py - qy) + grid.size
    for radius in (min(near, reach), reach):
        mark += 1
        count = _gather(px, py, grid, entry_edge, radius, mark, stamps, slots, picked, square_of)
        entry = _nearest_clear(px, py, grid, entry_edge, barriers, count, picked, square_of)
        if entry >= 0:
            break
    return entry, mark


@kernel
def link_all(
    places: Floats,
    grid: Bins,
    entry_edge: Ints,
    barriers: Bins,
    reach: float,
    mark: int,
    scratch: tuple[Longs, Ints, Longs, Floats],
    entries: Longs,
) -> int:
    """Write the bin entry that every place links to into ``entries``; return the last mark used."""
    for i in range(len(places)):
        entries[i], mark = _linked_entry(
            places[i, 0], places[i, 1], grid, entry_edge, barriers, reach, mark, scratch
        )
    return mark


@kernel
def link_one(
    px: float,
    py: float,
    grid: Bins,
    entry_edge: Ints,
    barriers: Bins,
    bodies: Floats,
    reach: float,
    mark: int,
    scratch: tuple[Longs, Ints, Longs, Floats],
) -> tuple[int, int, float, float, float, bool]:
    """Return the segment that P links to (−1 = none), the last mark used, and where they meet.

    Where: the share along the segment, and the point. At last, whether P is in one of the boxes
    ``bodies`` (x0, y0, x1, y1), so that it may be in water.
    """
    entry, mark = _linked_entry(px, py, grid, entry_edge, barriers, reach, mark, scratch)
    if entry < 0:
        return -1, mark, 0.0, px, py, False
    ax, ay, bx, by = grid.xy[entry, 0], grid.xy[entry, 1], grid.xy[entry, 2], grid.xy[entry, 3]
    share, qx, qy = nearest_on(px, py, ax, ay, bx, by)
    is_in_box = False
    for i in range(len(bodies)):
        if bodies[i, 0] <= px <= bodies[i, 2] and bodies[i, 1] <= py <= bodies[i, 3]:
            is_in_box = True
            break
    return grid.segment[entry], mark, share, qx, qy, is_in_box
