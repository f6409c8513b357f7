"""Pack accesses and pixel tables into named arrays and back; no file is touched here.

Names are dotted paths (``units.walk.edge``), so that a folder of ``.npy`` files reads like a table
of contents.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geo.links import Links
from geo.pixels import PixelGrid, PixelTable


def with_prefix(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """Return the arrays whose names start with a prefix and a dot, without it."""
    head = prefix + "."
    return {name[len(head) :]: a for name, a in arrays.items() if name.startswith(head)}


def link_arrays(prefix: str, links: Mapping[str, Links]) -> dict[str, np.ndarray]:
    """Return accesses as named arrays: ``prefix.set.edge`` and so on."""
    return {
        f"{prefix}.{name}.{part}": getattr(link, part)
        for name, link in links.items()
        for part in ("edge", "offset_m", "leg_m", "xy")
    }


def links_from(arrays: Mapping[str, np.ndarray]) -> dict[str, Links]:
    """Return what :func:`link_arrays` packed; names without the leading prefix."""
    names = {name.split(".")[0] for name in arrays}
    return {
        name: Links(
            **{part: np.array(values) for part, values in with_prefix(arrays, name).items()}
        )
        for name in sorted(names)
    }


def pixel_arrays(table: PixelTable) -> dict[str, np.ndarray]:
    """Return a pixel table as named arrays."""
    grid = table.grid
    out: dict[str, np.ndarray] = {
        "pixels.grid": np.array([grid.x0, grid.y0, grid.step_m, grid.rows, grid.cols]),
        "pixels.index": table.index,
        "pixels.cell": table.cell,
    }
    for part in ("edge", "offset_m", "leg_m"):
        out |= {f"pixels.{part}.{name}": a for name, a in getattr(table, part).items()}
    return out


def pixels_from(arrays: Mapping[str, np.ndarray]) -> PixelTable:
    """Return what :func:`pixel_arrays` packed; names without the leading prefix."""
    x0, y0, step_m, rows, cols = arrays["grid"].tolist()
    return PixelTable(
        PixelGrid(x0, y0, step_m, int(rows), int(cols)),
        arrays["index"],
        arrays["cell"],
        *(with_prefix(arrays, part) for part in ("edge", "offset_m", "leg_m")),
    )
