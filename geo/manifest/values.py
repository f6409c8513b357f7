"""Hold a scenario, and hold it against the city that it was made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geo import workspace
from geo.capacity import Crowd
from geo.city import ANYTIME, CityData
from geo.errors import ScenarioOutdated
from geo.model import Budget, Need, TravelProfile
from geo.scenario import changes as kinds
from geo.scenario import making
from geo.scenario.changes import Change
from geo.software import versions

#: What was chosen at the import and does not change any figure.
_NAMES_ONLY = ("slug", "name")
_VERSION_DIGITS = 16


@dataclass(frozen=True)
class Base:
    """Name the city that a scenario changes, by what it was made of.

    ``inputs`` are SHA-256 by role and file name; ``version`` is a digest of them and of the options
    of the import, the same wherever the same files were imported in the same way.
    """

    slug: str
    name: str
    version: str
    inputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Hold what a scenario was made to answer."""

    profile: TravelProfile
    budget: Budget
    need: Need = ANYTIME
    crowd: Crowd | None = None


@dataclass(frozen=True)
class Scenario:
    """Hold changes to a city under a name, with the question and what they stand on."""

    name: str
    base: Base
    question: Question
    changes: tuple[Change, ...] = ()
    note: str = ""
    software: dict[str, str] = field(default_factory=versions)


def base_of(slug: str) -> Base:
    """Return what a city in the workspace was made of."""
    content = workspace.manifest(slug)
    inputs: dict[str, str] = {}
    for entry in content["inputs"]:
        name = f"{entry['role']}:{entry['file']}"
        while name in inputs:  # two files of one name, from two folders
            name += "+"
        inputs[name] = entry["sha256"]
    options = {k: v for k, v in content["options"].items() if k not in _NAMES_ONLY}
    made_of = json.dumps([inputs, options], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:_VERSION_DIGITS]
    return Base(slug, content["city"]["name"], digest, inputs)


def of(
    slug: str, name: str, question: Question, changes: Sequence[Change] = (), note: str = ""
) -> Scenario:
    """Return a scenario of a city in the workspace as it is now."""
    return Scenario(name, base_of(slug), question, tuple(changes), note)


def differences(made: Scenario, slug: str) -> tuple[str, ...]:
    """Return what the city of a scenario and the one in the workspace do not share; () = nothing.

    Names are the inputs' and, if only the options of the import differ, ``options``.
    """
    now = base_of(slug)
    if now.version == made.base.version:
        return ()
    names = sorted({*now.inputs, *made.base.inputs})
    other = tuple(n for n in names if now.inputs.get(n) != made.base.inputs.get(n))
    return other or ("options",)


def check_base(made: Scenario, slug: str) -> None:
    """Refuse a scenario of another version of the city, with what differs."""
    other = differences(made, slug)
    if other:
        raise ScenarioOutdated(
            f"scenario {made.name!r} was made for another import of {made.base.slug!r} "
            f"(version {made.base.version}, here {base_of(slug).version}; "
            f"different: {', '.join(other)}); check its changes and make it anew, "
            "or run it all the same with --anyway"
        )


def city(made: Scenario, slug: str | None = None, *, anyway: bool = False) -> CityData:
    """Load the city of a scenario, or the one of that slug, and make the changes.

    Raises :class:`~geo.errors.ScenarioOutdated` for a city of other inputs, unless it is to be
    changed ``anyway``, and :class:`~geo.errors.InputError` with every change that cannot be made.
    """
    slug = made.base.slug if slug is None else slug
    if not anyway:
        check_base(made, slug)
    return making.apply(workspace.load(slug), made.changes)


def told(made: Scenario, slug: str) -> dict[str, Any]:
    """Return what an answer says of the scenario that it stands on, as plain values.

    ``other_inputs`` names what the city has been imported from anew since, ``other_software`` what
    computed another version when the scenario was made: figures may differ in their last digits.
    """
    now = versions()
    return {
        "name": made.name,
        "note": made.note,
        "base_version": made.base.version,
        "changes": [kinds.plain(change) for change in made.changes],
        "other_inputs": list(differences(made, slug)),
        "other_software": sorted(k for k, v in made.software.items() if now.get(k, v) != v),
    }
