"""Give every figure of an answer a name of its own, by which a reader finds it in the files.

The name is the way to the figure in the JSON of :func:`geo.study.summary`, joined by dots:
``people.covered``, ``uncovered.severed.people``, ``levels.3.full``. The brief quotes figures by
these names and the export lists them under the same ones, so each can be looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Plain = str | int | float | bool | None

#: Parts of a summary that are no figures: texts about it stand in ``about``.
_NO_FIGURES = (
    "provenance", "need", "city", "name", "synthetic", "barrier_kinds", "barriers_known",
    "scenario", "suppressed",
)  # fmt: skip


def named(summary: Mapping[str, Any]) -> dict[str, Plain]:
    """Return the figures of a study's summary under their names, in its own order."""
    told = {key: value for key, value in summary.items() if key not in _NO_FIGURES}
    return dict(_leaves(told, ""))


def _leaves(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Plain]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
