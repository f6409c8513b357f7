"""Find the city that is asked for: as it is, or after the changes of a scenario.

A scenario belongs to one version of its city. When the city was imported anew, the scenario is not
mixed with what it was never made for: whoever asks is told, and may carry it over
(:func:`fitting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from geo import errors, scenario, workspace
from geo.city import CityData
from geo.errors import Fault, InputError, cut, first_told
from geo.scenario import changes as plain_changes
from geo.scenario.changes import Change
from geo.story import PROPOSAL
from webmap import catalog
from webmap.catalog import LoadedCity
from webmap.store import engine, scenarios
from webmap.store.engine import Store
from webmap.store.scenarios import CityVersion, PlainChange, Scenario

#: How the city as it is may be called where a scenario could stand.
TODAY = "today"
#: What may stand there and names no scenario that is kept.
NOT_KEPT = (TODAY, PROPOSAL)


class ScenarioOutdated(errors.ScenarioOutdated):
    """Raise for a scenario whose city was imported anew since; ``members`` hold both dates."""

    def __init__(self, kept: Scenario, city: LoadedCity) -> None:
        super().__init__(
            f"scenario {kept.name!r} was made for {city.slug} as imported on "
            f"{kept.base.date}; the city is that of {city.imported} by now"
        )
        self.members = {
            "scenario": kept.id,
            "revision": kept.revision,
            "base_date": kept.base.date,
            "city_date": city.imported,
        }


class ChangesRefused(InputError):
    """Raise for changes that cannot be made; ``members`` hold the faults one by one.

    Of very many only the first are told, and ``faults_left_out`` counts the others.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(faults)
        first, others = first_told(self.faults)
        self.members = {
            "faults": [{k: cut(text) for k, text in asdict(fault).items()} for fault in first],
            "faults_left_out": others,
        }


def version(city: LoadedCity) -> CityVersion:
    """Return which version of a city this is."""
    return CityVersion(city.mark, city.imported)


@contextmanager
def refusing() -> Iterator[None]:
    """Tell the faults of changes one by one (:class:`ChangesRefused`)."""
    try:
        yield
    except InputError as error:
        raise ChangesRefused(error.faults) from None


def parsed(rows: Any) -> tuple[Change, ...]:
    """Read plain changes, or raise :class:`ChangesRefused` with all that is wrong in their form."""
    with refusing():
        return plain_changes.parsed(rows)


def changed(city: LoadedCity, changes: Sequence[Change]) -> LoadedCity:
    """Return a city after changes, or raise :class:`ChangesRefused` with what cannot be done."""
    with refusing():
        return city.changed(changes)


def city(slug: str, scenario_id: str | None = None) -> LoadedCity:
    """Return a city as it is (no id, or :data:`TODAY`), or after the changes of a scenario.

    :data:`~geo.story.PROPOSAL` is what the tool itself proposes. Raises
    :class:`~webmap.store.errors.ScenarioNotFound`, or :class:`ScenarioOutdated`.
    """
    store = engine.current()
    try:
        return after(catalog.current().city(slug), store, scenario_id)
    except ScenarioOutdated:  # unless the look-out has not seen the new import yet
        return after(renewed(slug), store, scenario_id)


def after(base: LoadedCity, store: Store, scenario_id: str | None) -> LoadedCity:
    """Return a city after the changes of a scenario, as :func:`city` does without asking anew."""
    found = named(base, store, scenario_id)
    if found is not None:
        return changed(base, parsed(found.changes))
    return base.proposed() if scenario_id == PROPOSAL else base


def named(base: LoadedCity, store: Store, scenario_id: str | None) -> Scenario | None:
    """Return the scenario of an id, ``None`` where it calls no one that is kept.

    Raises :class:`~webmap.store.errors.ScenarioNotFound`, or :class:`ScenarioOutdated`.
    """
    if not scenario_id or scenario_id in NOT_KEPT:
        return None
    found = scenarios.get(store, base.slug, scenario_id)
    if found.base.mark != base.mark:
        raise ScenarioOutdated(found, base)
    return found


def base_of(kept: Scenario) -> LoadedCity:
    """Return the city that a scenario was made for, or raise :class:`ScenarioOutdated`."""
    base = renewed(kept.city) if outdated(kept) else catalog.current().city(kept.city)
    if kept.base.mark != base.mark:
        raise ScenarioOutdated(kept, base)
    return base


def outdated(kept: Scenario) -> bool:
    """Return whether a scenario was made for another version of its city than the loaded one."""
    return kept.base.mark != catalog.current().city(kept.city).mark


def renewed(slug: str) -> LoadedCity:
    """Return a city, loaded now if it was written anew and the look-out has not seen it yet."""
    known = catalog.current()
    if workspace.version(slug) != known.city(slug).version:
        known.refresh()
    return known.city(slug)


def fitting(
    data: CityData, rows: Sequence[PlainChange]
) -> tuple[list[PlainChange], list[dict[str, Any]]]:
    """Return the changes that can be made in a city, and ``number`` and ``faults`` of the others.

    A change is left out only where it fails after all those before it that can be made.
    """
    kept: list[PlainChange] = []
    refused: list[dict[str, Any]] = []

    def take(first: int, block: Sequence[PlainChange]) -> None:
        if not block:
            return
        try:
            scenario.apply(data, plain_changes.parsed([*kept, *block]))
        except InputError as error:
            if len(block) == 1:
                told = ChangesRefused(error.faults).members["faults"]
                refused.append({"number": first, "faults": told})
            else:
                middle = len(block) // 2
                take(first, block[:middle])
                take(first + middle, block[middle:])
        else:
            kept.extend(block)

    take(1, rows)
    return kept, refused
