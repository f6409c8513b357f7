"""Write a story as plain values or as a small text file, and read it back without loss.

The text is TOML, made to be read and edited by hand::

    format = "yizhan-story/1"
    name = "三月例会"

    [[views]]
    topic = "night"
    title = "23 点，只剩 {share} %"
    layers = ["cells", "stations"]
    figures = ["before", "share"]

    [views.asked]
    at = "23:00"

    [views.against]

Reading names everything that is wrong at once.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import tomli_w

from geo.errors import Fault, GeoError, InputError, shown
from geo.model import SERVICES, profile_named
from geo.printable import printable
from geo.scenario import changes as kinds
from geo.story.views import (
    COMPARED,
    FIGURES,
    LAYERS,
    MOST_FIGURES,
    MOST_VIEWS,
    PROPOSAL,
    TOPICS,
    Asked,
    Camera,
    Story,
    View,
    budget_named,
    instant,
    named_figures,
)

FORMAT = "yizhan-story/1"
LONGEST_NAME, LONGEST_TITLE, LONGEST_SENTENCE, LONGEST_ID = 120, 120, 400, 64
#: A story is what people write; something larger is another file.
MOST_CHARACTERS, MOST_SCENARIOS, MOST_CHANGES = 4_000_000, 20, 1_000
#: Whether an hour can be understood does not depend on the day.
_ANY_DAY = date(2026, 1, 5)

Scenarios = dict[str, tuple[str, tuple[Mapping[str, Any], ...]]]


def plain(story: Story) -> dict[str, Any]:
    """Return a story as plain values, fit for JSON; :func:`parsed` reads them back."""
    return {
        "format": FORMAT,
        "name": story.name,
        "views": [plain_view(view) for view in story.views],
        "scenarios": {
            key: {"name": name, "changes": [dict(change) for change in changes]}
            for key, (name, changes) in story.scenarios.items()
        },
    }


def plain_view(view: View) -> dict[str, Any]:
    """Return one view as plain values, with all its fields."""
    return {
        "topic": view.topic,
        "title": view.title,
        "sentence": view.sentence,
        "layers": list(view.layers),
        "figures": list(view.figures),
        "camera": None if view.camera is None else list(view.camera),
        "asked": _plain_asked(view.asked),
        "against": None if view.against is None else _plain_asked(view.against),
    }


def _plain_asked(asked: Asked) -> dict[str, Any]:
    return {
        "profile": asked.profile,
        "budget": asked.budget,
        "services": list(asked.services),
        "at": asked.at,
        "scenario": asked.scenario,
    }


def written(story: Story) -> str:
    """Return a story as text; :func:`read` reads it back."""
    return tomli_w.dumps(_without_blanks(plain(story)))


def _without_blanks(value: Any) -> Any:
    """Return plain values without what is not there; TOML has no word for it."""
    if isinstance(value, dict):
        return {key: _without_blanks(each) for key, each in value.items() if each is not None}
    return [_without_blanks(each) for each in value] if isinstance(value, list) else value


def read(text: str) -> Story:
    """Read the text of a story, or raise :class:`~geo.errors.InputError` with all its faults."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(Fault("story", f"{len(text):,} characters", "give the text of a story"))
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        seen = f"no TOML ({error})"
        raise InputError(Fault("story", seen, "mend that line, or export it again")) from error
    return parsed(content)


def parsed(value: Any) -> Story:
    """Read the plain values of a story, or raise an error with everything that is wrong."""
    if not isinstance(value, Mapping):
        raise InputError(Fault("story", shown(value), f"give an object of format {FORMAT}"))
    reading = _Reading()
    story = reading.story(value)
    if reading.faults:
        raise InputError(reading.faults)
    return story


def parsed_view(value: Any, where: str = "view") -> View:
    """Read the plain values of one view, or raise an error with everything that is wrong."""
    reading = _Reading()
    view = reading.view(value, where)
    if reading.faults:
        raise InputError(reading.faults)
    return view


class _Reading:
    """Read plain values field by field, collecting what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, where: str, seen: str, remedy: str) -> None:
        """Add what is wrong."""
        self.faults.append(Fault(where, seen, remedy))

    def story(self, value: Any) -> Story:
        """Return a story; what is wrong with it is among the faults."""
        fields = self.fields(value, "story", ("format", "name", "views", "scenarios"))
        if fields.get("format", FORMAT) != FORMAT:
            self.fault("format", shown(fields["format"]), f"this version reads {FORMAT}")
        name = self.text(fields.get("name"), "name", LONGEST_NAME)
        if not name.strip() and isinstance(fields.get("name", ""), str):
            self.fault("name", "no name", f"give a text of 1 to {LONGEST_NAME} characters")
        rows = self.rows(fields.get("views"), "views", 1, MOST_VIEWS)
        views = tuple(self.view(row, f"views[{number}]") for number, row in enumerate(rows))
        return Story(name, views, self.scenarios(fields.get("scenarios")))

    def view(self, value: Any, where: str) -> View:
        """Return a view; what is wrong with it is among the faults."""
        names = ("topic", "title", "sentence", "layers", "figures", "camera", "asked", "against")
        fields = self.fields(value, where, names)
        usual = View()
        against = fields.get("against")
        view = View(
            self.one_of(fields.get("topic", usual.topic), f"{where}.topic", TOPICS),
            self.told(fields.get("title"), f"{where}.title", LONGEST_TITLE),
            self.told(fields.get("sentence"), f"{where}.sentence", LONGEST_SENTENCE),
            self.some_of(
                fields.get("layers", usual.layers), f"{where}.layers", LAYERS, len(LAYERS)
            ),
            self.asked(fields.get("asked", {}), f"{where}.asked"),
            None if against is None else self.asked(against, f"{where}.against"),
            self.camera(fields.get("camera"), f"{where}.camera"),
            self.some_of(fields.get("figures", []), f"{where}.figures", FIGURES, MOST_FIGURES),
        )
        if view.against is None:
            self.alone(view, where)
        return view

    def alone(self, view: View, where: str) -> None:
        """Add the figures that compare in a view that has nothing to compare with."""
        for field in ("title", "sentence", "figures"):
            said = getattr(view, field)
            names = named_figures(said) if isinstance(said, str) else said
            for name in dict.fromkeys(name for name in names if name in COMPARED):
                remedy = "give against, the question to compare with, or leave it out"
                self.fault(
                    f"{where}.{field}", f"{name!r} compares, and there is no against", remedy
                )

    def asked(self, value: Any, where: str) -> Asked:
        """Return a question; what is wrong with it is among the faults."""
        names = ("profile", "budget", "services", "at", "scenario")
        fields, usual, before = self.fields(value, where, names), Asked(), len(self.faults)
        profile = fields.get("profile", usual.profile)
        budget = fields.get("budget", usual.budget)
        self.understood(profile, f"{where}.profile", profile_named)
        self.understood(budget, f"{where}.budget", budget_named)
        services = fields.get("services", [])
        wanted = self.some_of(services, f"{where}.services", SERVICES, len(SERVICES))
        at, scenario = fields.get("at"), fields.get("scenario")
        if at is not None:
            self.understood(at, f"{where}.at", lambda text: instant(text, _ANY_DAY))
        if scenario is not None:
            self.id(scenario, f"{where}.scenario")
        if len(self.faults) > before:
            return usual
        return Asked(profile, budget, wanted, at, scenario)

    def camera(self, value: Any, where: str) -> Camera | None:
        """Return a box of degrees, ``None`` for the whole city."""
        if value is None:
            return None
        remedy = "give west, south, east, north in degrees, west < east and south < north"
        if isinstance(value, list | tuple) and len(value) == 4 and all(map(_is_degree, value)):
            west, south, east, north = map(float, value)
            if -180 <= west < east <= 180 and -90 <= south < north <= 90:
                return west, south, east, north
        self.fault(where, shown(value), remedy)
        return None

    def scenarios(self, value: Any) -> Scenarios:
        """Return the scenarios that a story carries along."""
        if value is None:
            return {}
        if not isinstance(value, Mapping) or len(value) > MOST_SCENARIOS:
            seen = f"{len(value)} of them" if isinstance(value, Mapping) else shown(value)
            self.fault("scenarios", seen, f"give an object of at most {MOST_SCENARIOS} scenarios")
            return {}
        out: Scenarios = {}
        for key, given in value.items():
            where = f"scenarios.{shown(key)}"
            if key == PROPOSAL:
                self.fault(where, shown(key), "give it another name: that one is the tool's own")
            elif self.id(key, where):
                fields = self.fields(given, where, ("name", "changes"))
                name = self.text(fields.get("name"), f"{where}.name", LONGEST_NAME)
                out[key] = name, self.changes(fields.get("changes", []), f"{where}.changes")
        return out

    def changes(self, value: Any, where: str) -> tuple[Mapping[str, Any], ...]:
        """Return the changes of a scenario in their plain form."""
        rows = self.rows(value, where, 0, MOST_CHANGES)
        try:
            made = tuple(kinds.plain(change) for change in kinds.parsed(rows, where))
            json.dumps(made, ensure_ascii=False).encode()
        except InputError as error:
            self.faults += error.faults
            return ()
        except UnicodeEncodeError as error:
            self.fault(where, f"half of a letter ({error.reason})", "export the scenario again")
            return ()
        return made

    def id(self, value: Any, where: str) -> bool:
        """Return whether a value can name a scenario, or add that it cannot."""
        before = len(self.faults)
        if not self.text(value, where, LONGEST_ID) and len(self.faults) == before:
            self.fault(where, shown(value), "give the name of a scenario")
        return len(self.faults) == before

    def fields(self, value: Any, where: str, known: Sequence[str]) -> Mapping[str, Any]:
        """Return the fields of an object, none after adding that it is no object."""
        if not isinstance(value, Mapping):
            self.fault(where, shown(value), f"give an object with {', '.join(known)}")
            return {}
        for name in sorted(value.keys() - set(known), key=str):
            self.fault(where, shown(name), f"leave it out; there are {', '.join(known)}")
        return value

    def rows(self, value: Any, where: str, least: int, most: int) -> Sequence[Any]:
        """Return a list of a size that is allowed, () after adding that it is none."""
        if isinstance(value, list | tuple) and least <= len(value) <= most:
            return value
        seen = f"{len(value):,} of them" if isinstance(value, list | tuple) else shown(value)
        self.fault(where, seen, f"give a list of {least} to {most:,}")
        return ()

    def text(self, value: Any, where: str, longest: int) -> str:
        """Return a text that can be shown, "" where there is none or after adding its fault."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(where, shown(value), "give a text")
        elif len(value) > longest:
            self.fault(where, f"{len(value):,} characters", f"give at most {longest:,}")
        elif printable(value) != value or any("\ud800" <= sign <= "\udfff" for sign in value):
            self.fault(where, shown(value), "leave out line breaks and signs that are not shown")
        else:
            return value
        return ""

    def told(self, value: Any, where: str, longest: int) -> str:
        """Return a text in which figures may stand, each one that is known."""
        text = self.text(value, where, longest)
        for name in dict.fromkeys(named_figures(text)):
            if name not in FIGURES:
                seen = f"no figure is called {shown(name)}"
                self.fault(where, seen, f"in braces stand only {', '.join(FIGURES)}")
        return text

    def one_of(self, value: Any, where: str, known: Sequence[str]) -> str:
        """Return a word that is known."""
        if isinstance(value, str) and value in known:
            return value
        self.fault(where, shown(value), f"choose of {', '.join(known)}")
        return known[-1]

    def some_of(self, value: Any, where: str, known: Any, most: int) -> tuple[str, ...]:
        """Return words that are known, each once; () after adding what is wrong with them."""
        before = len(self.faults)
        for word in self.rows(value, where, 0, most):
            self.one_of(word, where, list(known))
        if len(self.faults) > before:
            return ()
        if len(set(value)) < len(value):
            self.fault(where, shown(value), "name each once")
        return tuple(value)

    def understood(self, value: Any, where: str, read: Callable[[str], Any]) -> None:
        """Add what is wrong with a word of a question."""
        if not isinstance(value, str):
            self.fault(where, shown(value), "give a text")
            return
        try:
            read(value)
        except GeoError as error:
            self.fault(where, shown(value), str(error))


def _is_degree(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= 360 and math.isfinite(value)
