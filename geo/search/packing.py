"""Pack an index as plain lists, for a page that has to search without the server."""

from __future__ import annotations

from typing import Any

from geo.search.entries import KINDS
from geo.search.ranking import scale
from geo.search.table import Index
from geo.search.variants import PAIRS

#: Changes when a page that reads older packs can no longer read them.
FORMAT = 1


def pack(index: Index) -> dict[str, Any]:
    """Return everything that can be found, fit for JSON; ``match.js`` finds the same in it.

    Columns stand row by row: ``kind`` (a place in ``kinds``), ``id``, ``name``, ``detail`` (a place
    in ``details``), ``level``, ``lon`` and ``lat`` (millionths of a degree, each the difference
    from the row before); ``hosts`` are pairs of a row and its host. ``readings`` give for each
    Chinese character its readings, best first; ``simplified`` are pairs of a traditional and a
    simplified character; ``scale`` the metres of a millionth of a degree eastward and northward.
    """
    entries = index.entries
    details = {text: place for place, text in enumerate(dict.fromkeys(entries.detail))}
    return {
        "format": FORMAT,
        "kinds": list(KINDS),
        "scale": list(scale(entries)),
        "kind": entries.kind.tolist(),
        "id": entries.id,
        "name": entries.name,
        "details": list(details),
        "detail": [details[text] for text in entries.detail],
        "hosts": [[row, host] for row, host in enumerate(entries.host) if host],
        "level": entries.level,
        "lon": _differences(entries.lon.tolist()),
        "lat": _differences(entries.lat.tolist()),
        "readings": {character: " ".join(ways) for character, ways in index.readings.items()},
        "simplified": PAIRS,
    }


def _differences(values: list[int]) -> list[int]:
    return [value - before for value, before in zip(values, [0, *values], strict=False)]
