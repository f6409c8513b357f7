"""Seed places beside streets, the same in every run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

SEED = 1_000


def beside_streets(edges: gpd.GeoDataFrame, count: int, seed: int = SEED) -> NDArray[np.float64]:
    """Return places up to some 20 m off the streets, metres, denser where streets are longer."""
    edges = edges[~edges["highway"].str.startswith("motorway")]
    rng = np.random.default_rng(seed)
    length = edges["length_m"].to_numpy()
    row = rng.choice(len(edges), count, p=length / length.sum())
    spots = edges.geometry.iloc[row].interpolate(rng.uniform(0, 1, count), normalized=True)
    return np.column_stack([spots.x, spots.y]) + rng.normal(0, 10, (count, 2))
