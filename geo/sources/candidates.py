"""Read where a new station could be: lists of idle rooms and hosts, or places tagged in OSM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import frames
from geo.errors import Fault, InputError
from geo.sources.notes import Note
from geo.sources.places import read_places
from geo.sources.stations import read_stations

#: What a candidate has besides everything that a station has.
FIELDS: dict[str, tuple[str, ...]] = {
    "cost": ("费用", "成本", "造价", "投资", "建设费用", "改造费用", "price"),
}

#: The most that one action may cost, in any unit; sums and ratios of such costs stay numbers.
MOST_COST = 1e9
#: What to do about a cost that is none.
COST_REMEDY = f"give a number from 0 to {MOST_COST:,.0f}"


def read_candidates(
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    datum: str | None = None,
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Read sites into the columns of ``stations`` and ``cost`` (WGS84; NaN: none of its own).

    ``path`` is a list or a layer as for stations, or an OSM PBF file of which ``where`` names the
    tag: ``{"amenity": ["bank"]}``. For lists ``where`` keeps the rows whose column has one of the
    values. Raises :class:`~geo.errors.InputError` with all faults and their rows.
    """
    wanted = dict(where or {})
    if path.suffix.lower() == ".pbf":
        found, notes = read_stations(_tag(path, wanted), osm_paths=(path,))
        return found.assign(cost=np.nan), notes
    named = dict(fields or {})
    own = {key: named.pop(key) for key in FIELDS if key in named}
    cost, faults = _costs(path, own, wanted, datum)
    try:
        found, notes = read_stations(path, fields=named, where=wanted, datum=datum)
    except InputError as error:
        # Both readings see what is wrong with the positions.
        raise InputError(dict.fromkeys((*error.faults, *faults))) from error
    if faults:
        raise InputError(faults)
    return found.assign(cost=cost), notes


def _tag(path: Path, where: Mapping[str, Sequence[str]]) -> str:
    """Return the tag that ``where`` names, as :func:`read_stations` reads it."""
    if len(where) != 1:
        seen = f"{len(where)} tags to choose places by"
        raise InputError(Fault(path.name, seen, "name one, as --where amenity=bank"))
    ((key, values),) = where.items()
    return f"osm:{key}={','.join(values)}"


def _costs(
    path: Path,
    fields: Mapping[str, str],
    where: Mapping[str, Sequence[str]],
    datum: str | None,
) -> tuple[np.ndarray, list[Fault]]:
    """Return the cost of every row, NaN where the file has none, and what is wrong with them."""
    places = read_places(path, FIELDS, fields=fields, where=where, datum=datum)
    words = places.column("cost")
    cost = pd.to_numeric(words, errors="coerce").to_numpy(float)
    odd = (words != "").to_numpy() & ~((cost >= 0) & (cost <= MOST_COST))
    at = f"{path.name}: column {places.found.get('cost', 'cost')}"
    faults = frames.row_faults(
        at, odd, lambda row: repr(words.iloc[row]), COST_REMEDY, places.numbers
    )
    return cost, [*places.faults, *faults]
